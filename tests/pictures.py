"""Moving pictures for fake cameras: every frame differs, so that "growing" means moving."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

WIDTH, HEIGHT, RATE, SECONDS = 640, 360, 15, 6
Colour = tuple[int, int, int]  # luma, and the two differences


@dataclass(frozen=True)
class Sitter:
    """A drawn person who nods: enough of a face for a picture of a call."""

    wall: Colour
    skin: Colour
    hair: Colour
    coat: Colour


AT_HOME = Sitter((178, 120, 134), (165, 112, 152), (62, 124, 134), (96, 138, 118))
AT_THE_CLINIC = Sitter((196, 130, 124), (126, 114, 148), (40, 128, 130), (228, 128, 128))


def write_camera(path: Path, sitter: Sitter | None = None) -> Path:
    """A film as MJPEG: slanted waves that wander to the left, or somebody who nods."""
    draw: Callable[[int], av.VideoFrame] = _waves
    if sitter is not None:
        who = sitter
        draw = lambda count: _nod(who, count)  # noqa: E731
    with av.open(str(path), "w", format="mjpeg") as film:
        stream = film.add_stream("mjpeg", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuvj420p"
        stream.time_base = Fraction(1, RATE)
        for count in range(RATE * SECONDS):
            film.mux(stream.encode(draw(count)))
        film.mux(stream.encode())
    return path


def write_small_camera(path: Path) -> Path:
    """The waves at a quarter of the size, and at 15 frames a second in truth.

    Chromium plays MJPEG at 30, and two browsers in a call encode and decode each of them.
    """
    with path.open("wb") as out:
        out.write(
            f"YUV4MPEG2 W{WIDTH // 2} H{HEIGHT // 2} F{RATE}:1 Ip A1:1 C420jpeg\n".encode()
        )
        for count in range(RATE * SECONDS):
            out.write(b"FRAME\n")
            for plane in _waves(count, WIDTH // 2, HEIGHT // 2).planes:
                whole, wide = bytes(plane), plane.line_size
                rows = range(0, plane.height * wide, wide)
                out.writelines(whole[row : row + plane.width] for row in rows)
    return path


def _waves(count: int, width: int = WIDTH, height: int = HEIGHT) -> av.VideoFrame:
    frame = av.VideoFrame(width, height, "yuvj420p")
    for plane, level, size in zip(frame.planes, (120, 118, 140), (60, 25, 25), strict=True):
        wide = plane.line_size
        wave = bytes(round(level + size * math.sin(x / 40)) for x in range(wide * 2 + 1024))
        rows = [wave[(count * 9 + y * 2) % 1024 :][:wide] for y in range(plane.height)]
        plane.update(b"".join(rows))
    return frame


def _nod(who: Sitter, count: int) -> av.VideoFrame:
    sway = 7 * math.sin(2 * math.pi * count / (RATE * SECONDS))
    nod = 4 * math.sin(4 * math.pi * count / (RATE * SECONDS))
    x, y = WIDTH / 2 + sway, 160 + nod
    shapes = (
        (WIDTH / 2 + sway / 2, 390, 128, 150, who.coat),
        (x, y - 12, 56, 70, who.hair),
        (x, y + 66, 19, 34, who.skin),
        (x, y, 43, 56, who.skin),
        (x - 17, y - 7, 4, 4, who.hair),
        (x + 17, y - 7, 4, 4, who.hair),
        (x, y + 26, 14, 5, who.hair),
        (x, y + 23, 14, 4, who.skin),  # over the mouth, so that it smiles
    )
    frame = av.VideoFrame(WIDTH, HEIGHT, "yuvj420p")
    for which, plane in enumerate(frame.planes):
        scale = plane.height / HEIGHT
        rows = []
        for line in range(plane.height):
            row = bytearray([who.wall[which]]) * plane.line_size
            for x0, y0, across, down, colour in shapes:
                inside = 1 - ((line / scale - y0) / down) ** 2
                if inside > 0:
                    half = across * math.sqrt(inside)
                    start, end = round((x0 - half) * scale), round((x0 + half) * scale)
                    row[start:end] = bytes([colour[which]]) * (end - start)
            rows.append(bytes(row))
        plane.update(b"".join(rows))
    return frame
