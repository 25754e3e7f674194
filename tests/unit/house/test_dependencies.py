"""What we are built from: pinned, hashed, new enough, and what it says it is (C-48, T-40)."""

from __future__ import annotations

import importlib.util
import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

pytestmark = pytest.mark.check("C-48")
ROOT = Path(__file__).parents[3]
LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-node.txt")

#: below these is a known hole
FLOORS = {
    "python-engineio": "4.13.2",
    "python-socketio": "5.16.2",
    "authlib": "1.6.11",
    "flask": "3.1.3",
    "flask-socketio": "5.7.0",
    "gevent": "26.9.0",
    "simple-websocket": "1.1.0",
}
JS_FLOORS = {"socket.io-parser": "4.2.7"}
#: unmaintained, or unsafe as they come
AVOIDED = {
    "passlib", "flask-login", "flask-session", "flask-talisman", "eventlet", "gevent-websocket",
    "python-jose", "bleach", "sqlalchemy-utils", "clamd", "detect-secrets", "pysqlcipher3",
}  # fmt: skip
#: not what their names say: each is another thing than the library we mean
LOOK_ALIKES = {
    "py-webauthn", "passkeys", "age", "k6", "zxcvbn-python", "flask-sessions",
    "flask-sessionstore",
}  # fmt: skip
_PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[a-z0-9,_-]+\])?==([^\s;\\]+)", re.I)


def pinned(lock: str) -> dict[str, tuple[str, str]]:
    """Name -> version and the lines that belong to it."""
    found = {}
    for block in re.split(r"\n(?=\S)", (ROOT / lock).read_text()):
        if not block.strip() or block.startswith(("#", "--")):
            continue
        pin = _PIN.match(block)
        assert pin, f"{lock}: not pinned: {block[:60]}"
        found[canonicalize_name(pin[1])] = (pin[2], block)
    return found


def in_package_lock() -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    packages = json.loads((ROOT / "web/package-lock.json").read_text())["packages"]
    for path, package in packages.items():
        if path:
            found.setdefault(path.rpartition("node_modules/")[2], []).append(package)
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_has_its_hashes(lock, record_property):
    without = [
        name
        for name, (_, block) in pinned(lock).items()
        if not re.search(r"--hash=sha256:[0-9a-f]{64}", block)
    ]
    assert without == []
    record_property("figure", f"{len(pinned(lock))} in {lock}")


def test_hashes_are_asked_for_at_every_install():
    makefile = (ROOT / "Makefile").read_text()
    installs = [line for line in makefile.splitlines() if "pip install" in line]
    ours = [
        line
        for line in installs
        if "--editable" not in line and "install --quiet --disable" not in line
    ]
    assert ours
    assert all("--require-hashes" in line for line in ours)
    assert "npm ci" in makefile


@pytest.mark.parametrize(("name", "floor"), FLOORS.items())
def test_nothing_is_below_its_floor(name, floor):
    version, _ = pinned("requirements.txt")[name]
    assert Version(version) >= Version(floor)


@pytest.mark.parametrize("lock", LOCKS)
def test_nothing_avoided_and_no_look_alike_is_locked(lock):
    assert (
        pinned(lock).keys() & {canonicalize_name(each) for each in AVOIDED | LOOK_ALIKES}
        == set()
    )


def test_what_the_driver_would_prefer_in_silence_is_not_installed():
    """engineio takes gevent-websocket when it is there, and our size limits with it (T-29)."""
    for module in ("geventwebsocket", "eventlet"):
        assert importlib.util.find_spec(module) is None


def test_everything_named_is_locked_as_named():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = pinned("requirements.txt")
    for line in project["dependencies"]:
        wanted = Requirement(line)
        version, _ = locked[canonicalize_name(wanted.name)]
        assert wanted.specifier.contains(version), line


def test_what_both_locks_name_they_name_alike():
    plain, dev = pinned("requirements.txt"), pinned("requirements-dev.txt")
    assert {name: version for name, (version, _) in plain.items()} == {
        name: dev[name][0] for name in plain
    }


def test_every_script_we_build_from_has_its_digest(record_property):
    packages = in_package_lock()
    without = [
        name
        for name, found in packages.items()
        for each in found
        if not each.get("integrity", "").startswith("sha512-") and not each.get("inBundle")
    ]
    assert without == []
    elsewhere = [
        name for name, found in packages.items() for each in found
        if not each.get("resolved", "https://registry.npmjs.org/").startswith(
            "https://registry.npmjs.org/"
        )
    ]  # fmt: skip
    assert elsewhere == []
    record_property("figure", f"{len(packages)} in package-lock.json")


@pytest.mark.parametrize(("name", "floor"), JS_FLOORS.items())
def test_no_script_is_below_its_floor(name, floor):
    for each in in_package_lock()[name]:
        assert Version(each["version"]) >= Version(floor)
