"""Two browsers on two networks of their own: namespaces, cables and a switch, made by root.

Each browser runs in its own network namespace and reaches the other only over the bridge. The
house stays where it is, on loopback; a doorway on the bridge passes its ports on. For the
browsers the bridge's address is `localhost`, so camera and secure cookies work as on a desk.
"""

from __future__ import annotations

import os
import select
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import av
import pytest
from playwright.sync_api import Browser

from dev import engines
from tests.pictures import HEIGHT, RATE, WIDTH, write_camera
from tests.two_people import FLAGS

CHUNK = 64 * 1024
WAKES_SECONDS = 0.5


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


def _quietly(*arguments: str) -> None:
    with suppress(subprocess.CalledProcessError):
        _ip(*arguments)


class Place:
    """Where one browser stands: a namespace with one cable to the switch."""

    def __init__(self, network: Network, name: str, number: int) -> None:
        self.name = name
        self.address = f"{network.prefix}.{number}"
        self._network = network
        self._cable = f"{name}c"
        _ip("netns", "add", name)
        _ip("link", "add", self._cable, "type", "veth", "peer", "eth0", "netns", name)
        _ip("link", "set", self._cable, "master", network.bridge, "up")
        self._inside("link", "set", "lo", "up")
        self._inside("link", "set", "eth0", "up")
        self._settle()

    def move_to(self, number: int) -> None:
        """Another address, as when a phone goes from Wi-Fi to its mobile network (R-03)."""
        # First away, then here: taking the first address away takes those after it along.
        self._inside("addr", "del", f"{self.address}/24", "dev", "eth0")
        self.address = f"{self._network.prefix}.{number}"
        self._settle()

    def gone(self) -> None:
        """Take the place down, cable and all."""
        _quietly("link", "del", self._cable)
        _quietly("netns", "del", self.name)

    def _settle(self) -> None:
        self._inside("addr", "add", f"{self.address}/24", "dev", "eth0")
        self._inside("route", "add", "default", "via", self._network.address)

    def _inside(self, *arguments: str) -> None:
        _ip("-n", self.name, *arguments)


class Network:
    """A switch with an address of its own, at which the house can be reached."""

    def __init__(self, folder: Path) -> None:
        number = os.getpid() % 250 + 1
        self.prefix = f"10.77.{number}"
        self.address = f"{self.prefix}.1"
        self.bridge = f"mrg{number}"
        self._folder = folder
        self._places: list[Place] = []
        self._doors: list[Door] = []
        _ip("link", "add", self.bridge, "type", "bridge")
        _ip("addr", "add", f"{self.address}/24", "dev", self.bridge)
        _ip("link", "set", self.bridge, "up")

    def place(self) -> Place:
        """A new place on this network."""
        number = len(self._places) + 2
        self._places.append(Place(self, f"{self.bridge}p{number}", number))
        return self._places[-1]

    def open_door(self, ports: Sequence[int]) -> None:
        """Let the places reach these ports of our loopback."""
        self._doors += [Door(self.address, port) for port in ports]

    def browser(self, place: Place, like: Browser, *more_flags: str) -> Browser:
        """A Chromium that lives at this place, started like another."""
        camera = self._folder / "camera.y4m"
        if not camera.exists():
            steady(write_camera(self._folder / "camera.mjpeg"), camera)
        flags = (
            *FLAGS,
            f"--use-file-for-fake-video-capture={camera}",
            f"--host-resolver-rules=MAP localhost {self.address}",
            *more_flags,
        )
        return like.browser_type.launch(
            executable_path=self._wrapper(place), args=[*flags], timeout=60_000
        )

    def _wrapper(self, place: Place) -> Path:
        program = shutil.which(engines.chromium() or "chromium")
        script = self._folder / f"chromium-{place.name}"
        script.write_text(f'#!/bin/sh\nexec ip netns exec {place.name} {program} "$@"\n')
        script.chmod(0o755)
        return script

    def gone(self) -> None:
        """Take everything down."""
        for door in self._doors:
            door.close()
        for place in self._places:
            place.gone()
        _quietly("link", "del", self.bridge)


def steady(film: Path, camera: Path) -> None:
    """The same film with its rate in it: Chromium plays MJPEG at 30 frames a second, always."""
    with av.open(str(film)) as source, camera.open("wb") as out:
        out.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{RATE}:1 Ip A1:1 C420jpeg\n".encode())
        for frame in source.decode(video=0):
            out.write(b"FRAME\n")
            for plane in frame.reformat(format="yuv420p").planes:
                whole, wide = bytes(plane), plane.line_size
                rows = range(0, plane.height * wide, wide)
                out.writelines(whole[row : row + plane.width] for row in rows)


@contextmanager
def a_network(folder: Path) -> Iterator[Network]:
    """A network for one test, or a skip that says what is not proven."""
    if os.geteuid() != 0 or not shutil.which("ip"):
        pytest.skip("NOT PROVEN: network (two namespaces need root and iproute2)")
    try:
        network = Network(folder)
    except subprocess.CalledProcessError as refused:
        why = refused.stderr.decode().strip()
        pytest.skip(f"NOT PROVEN: network (this machine makes no bridge: {why})")
    try:
        yield network
    finally:
        network.gone()


class Door:
    """Passes on what comes to one address to the same port of loopback."""

    def __init__(self, address: str, port: int) -> None:
        self._port = port
        self._listening = socket.create_server((address, port))
        self._closed = threading.Event()
        self._threads = [threading.Thread(target=self._keep)]
        self._threads[0].start()

    def close(self) -> None:
        """Nobody comes in any more, and who was in is gone."""
        self._closed.set()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join()

    def _keep(self) -> None:
        while not self._closed.is_set():
            try:
                guest, _ = self._listening.accept()
            except OSError:
                return  # the door is closed
            self._threads.append(threading.Thread(target=self._lead_in, args=(guest,)))
            self._threads[-1].start()

    def _lead_in(self, guest: socket.socket) -> None:
        # Nobody in, or gone in the middle of a sentence: the guest hears so at once.
        with guest, suppress(OSError), self._inside() as inside:
            self._pass_on(guest, inside)

    def _inside(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self._port), timeout=5)

    def _pass_on(self, guest: socket.socket, inside: socket.socket) -> None:
        towards = {guest: inside, inside: guest}
        while not self._closed.is_set():
            for ready in select.select([*towards], [], [], WAKES_SECONDS)[0]:
                chunk = ready.recv(CHUNK)
                if not chunk:
                    return
                towards[ready].sendall(chunk)
