"""A moving picture for fake cameras: every frame differs, so that "growing" means moving."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

import av

WIDTH, HEIGHT, RATE, SECONDS = 640, 360, 15, 6


def write_camera(path: Path) -> Path:
    """A film of slanted waves that wander to the left, as MJPEG."""
    with av.open(str(path), "w", format="mjpeg") as film:
        stream = film.add_stream("mjpeg", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuvj420p"
        stream.time_base = Fraction(1, RATE)
        for count in range(RATE * SECONDS):
            film.mux(stream.encode(_picture(count)))
        film.mux(stream.encode())
    return path


def _picture(count: int) -> av.VideoFrame:
    frame = av.VideoFrame(WIDTH, HEIGHT, "yuvj420p")
    for plane, level, size in zip(frame.planes, (120, 118, 140), (60, 25, 25), strict=True):
        wide = plane.line_size
        wave = bytes(round(level + size * math.sin(x / 40)) for x in range(wide * 2 + 1024))
        rows = [wave[(count * 9 + y * 2) % 1024 :][:wide] for y in range(plane.height)]
        plane.update(b"".join(rows))
    return frame
