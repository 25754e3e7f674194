"""Programs the tests need and PyPI does not bring: found, installed where we may, missed."""

from __future__ import annotations

import os
import shutil
import subprocess

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """A Chromium: named by $CHROMIUM, on PATH, or from Debian when we are root."""
    for name in (os.environ.get("CHROMIUM", ""), *CHROMIUMS):
        if name and (program := shutil.which(name)):
            return program
    _from_debian("chromium")
    return shutil.which("chromium")


def coturn() -> str | None:
    """A TURN server, for the calls that go by relay."""
    if program := shutil.which("turnserver"):
        return program
    _from_debian("coturn")
    return shutil.which("turnserver")


def _from_debian(package: str) -> None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": False}
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=environment, **quiet)
    subprocess.run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package],
        env=environment,
        **quiet,
    )
