"""Every page and call, with its door."""

from __future__ import annotations

import click

from config.settings import WebSettings
from server.app import create_app
from server.doors import ANYONE, Door, door_of


def routes(settings: WebSettings) -> None:
    """One line each: methods, path, who may use it."""
    app = create_app(settings)
    for rule in sorted(app.url_map.iter_rules(), key=str):
        door = door_of(app.view_functions[rule.endpoint])
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        click.echo(f"{methods:<6} {rule!s:<76} {_who(door)}")


def _who(door: Door | None) -> str:
    if door is None:
        return "nobody: it has no door"
    if door.machine:
        return "our other processes, signed"
    if door.kinds == ANYONE:
        return "anyone"
    return ", ".join(sorted(door.roles or door.kinds))
