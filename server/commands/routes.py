"""Every page and call, with its door."""

from __future__ import annotations

import click

from config.settings import WebSettings
from server.app import create_app
from server.doors import door_of


def routes(settings: WebSettings) -> None:
    """One line each: methods, path, who may use it."""
    app = create_app(settings)
    for rule in sorted(app.url_map.iter_rules(), key=str):
        door = door_of(app.view_functions[rule.endpoint])
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        who = ", ".join(sorted(door.roles or door.kinds)) if door else "nobody: it has no door"
        click.echo(f"{methods:<10} {rule!s:<58} {who}")
