"""Programs the tests need and PyPI does not bring: found, installed where we may, missed."""

from __future__ import annotations

import os
import shutil
import subprocess

#: the same engine without a window of its own: a call in it costs half
SHELL = "chromium-headless-shell"
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = {SHELL: SHELL, "chromium": "chromium", "turnserver": "coturn"}


def missing() -> set[str]:
    """Which of them are not here, after one attempt to install all that are not."""
    _install(*(program for program in PACKAGES if not shutil.which(program)))
    found = {"chromium": chromium(), "coturn": coturn()}
    return {name for name, program in found.items() if program is None}


def chromium() -> str | None:
    """A Chromium for many tests: named by $CHROMIUM, without a window, or a whole one."""
    return _named() or _found_or_installed(SHELL) or whole_chromium()


def whole_chromium() -> str | None:
    """The Chromium that people use: named by $CHROMIUM, on PATH, or from Debian."""
    on_path = (program for name in CHROMIUMS if (program := shutil.which(name)))
    return _named() or next(on_path, None) or _found_or_installed("chromium")


def coturn() -> str | None:
    """A TURN server, for the calls that go by relay."""
    return _found_or_installed("turnserver")


def _named() -> str | None:
    return shutil.which(os.environ.get("CHROMIUM", ""))


def _found_or_installed(program: str) -> str | None:
    if not shutil.which(program):
        _install(program)
    return shutil.which(program)


def _install(*programs: str) -> None:
    """From Debian, when we are root on one."""
    if not programs or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    packages = [PACKAGES[program] for program in programs]
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    for command in (["apt-get", "update", "-qq"], install):
        subprocess.run(
            command,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
