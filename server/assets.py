"""Find what Vite built: the scripts and styles of an entry, from its manifest."""

from __future__ import annotations

import json
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from markupsafe import Markup

DIST = Path(__file__).parents[1] / "web" / "dist"
BASE = "/static/app/"
#: these run as soon as the page is read so far, and find of it only what stands before them
AT_ONCE = frozenset({"call/early"})


class Assets:
    """The built front end; read once, when the first page asks."""

    def __init__(self, dist: Path = DIST) -> None:
        self.dist = dist

    @cached_property
    def _manifest(self) -> dict[str, dict[str, Any]]:
        parsed: dict[str, dict[str, Any]] = {}
        for manifest in (self.dist / ".vite").glob("*.json"):
            parsed |= json.loads(manifest.read_text())
        return parsed

    def tags(self, entry: str) -> Markup:
        """Link and script tags of an entry such as `call/patient`; nothing inline (CSP)."""
        kind = Markup("") if entry in AT_ONCE else Markup(' type="module"')
        styles, scripts = self.files(entry)
        lines = [Markup('<link rel="stylesheet" href="{}">').format(BASE + s) for s in styles]
        lines += [
            Markup('<link rel="modulepreload" href="{}">').format(BASE + s) for s in scripts[1:]
        ]
        lines += [
            Markup('<script{} src="{}"></script>').format(kind, BASE + s) for s in scripts[:1]
        ]
        return Markup("\n").join(lines)

    def files(self, entry: str) -> tuple[list[str], list[str]]:
        """Styles and scripts of an entry, the entry's own script first."""
        styles: list[str] = []
        scripts: list[str] = []
        self._collect(f"src/{entry}.ts", styles, scripts)
        return styles, scripts

    def url(self, name: str) -> str:
        """The address of a file with a name of its own, `icons.svg`: new with its content."""
        content = sha256((self.dist / name).read_bytes()).hexdigest()
        return f"{BASE}{name}?{content[:10]}"

    def _collect(self, key: str, styles: list[str], scripts: list[str]) -> None:
        chunk = self._manifest[key]
        if chunk["file"] in scripts:
            return
        scripts.append(chunk["file"])
        styles += [s for s in chunk.get("css", ()) if s not in styles]
        for each in chunk.get("imports", ()):
            self._collect(each, styles, scripts)
