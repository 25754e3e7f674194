"""Seed the demo, and open a visit of it with a way in for each side."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from config.policy import policy
from config.settings import WebSettings
from server.commands.deployment import transaction
from server.commands.up import one_time_link
from server.demo import cast
from server.demo.check_in import check_in
from server.demo.day import open_now, seed


def seed_demo(settings: WebSettings) -> None:
    """The cast and a day of visits, where there are none."""
    _only_in_the_demo(settings)
    with transaction(settings) as session:
        seed(session, policy(), base_url=settings.base_url, now=datetime.now(UTC))


def open_visit(settings: WebSettings, *, ready: bool) -> dict[str, str]:
    """A visit of Morgan with Dr. Rivera that begins now."""
    _only_in_the_demo(settings)
    now = datetime.now(UTC)
    with transaction(settings) as session:
        seed(session, policy(), base_url=settings.base_url, now=now)
        doors = open_now(session, policy(), base_url=settings.base_url, now=now)
        if ready:
            check_in(session, doors.participant_id, policy(), now=now)
    return {
        "visit_id": str(doors.visit_id),
        "patient_url": doors.patient_url,
        "clinician_url": one_time_link(settings, cast.DR_RIVERA, f"/visits/{doors.visit_id}"),
    }


def _only_in_the_demo(settings: WebSettings) -> None:
    if not settings.demo:
        raise click.ClickException("This is for the demo only; MOORING_DEMO is not set.")
