"""A synthetic call through the running deployment, for monitoring."""

from __future__ import annotations

import asyncio

import click

from config.settings import WebSettings
from server.commands.visit import open_visit


def probe(settings: WebSettings) -> int:
    """Two peers of our own call each other in a new visit; 0 if they met and lost little."""
    from signaling.media.probe import ProbeFailed  # noqa: PLC0415  # aiortc is slow to load
    from signaling.media.probe import probe as call  # noqa: PLC0415

    doors = open_visit(settings, ready=True)
    try:
        result = asyncio.run(call(doors["patient_url"], doors["clinician_url"]))
    except ProbeFailed as broken:
        click.echo(f"The synthetic call failed: {broken}", err=True)
        return 1
    trip = "?" if result.round_trip_ms is None else f"{result.round_trip_ms:.0f}"
    click.echo(
        f"admission to picture {result.setup_ms:.0f} ms, loss {result.loss_percent:.1f} %, "
        f"round trip {trip} ms, pictures {result.pictures_percent:.0f} %, "
        f"relayed messages {result.relayed_messages}"
    )
    return 0 if result.good else 1
