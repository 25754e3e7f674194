"""The record from the command line: prove it, anchor it, adopt what is older than its chain."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import WebSettings
from server.access.actor import SYSTEM
from server.audit.adopt import AdoptedBefore
from server.audit.adopt import adopt as adopt_older
from server.audit.anchor import Anchored, AnchorUnreadable, anchored_in, drop_anchor
from server.audit.chain import HOUSE, Seal, key_of, open_database
from server.audit.models import AuditHead
from server.audit.service import record
from server.audit.verify import Finding
from server.audit.verify import verify as verify_chains
from server.commands.deployment import web_settings
from server.people.models import Clinic, Patient
from server.tenancy import EVERY_CLINIC
from server.visits import who_looked

_SHOWN = 50


@click.group()
def audit() -> None:
    """The record of who did what: prove it, anchor it."""


@audit.command()
@click.option(
    "--anchor",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The anchor file to compare with; without it, the one of the settings.",
)
@click.pass_obj
def verify(data_dir: Path | None, anchor: Path | None) -> None:
    """Read every chain; say clinic and row of whatever was done to it, and fail then."""
    settings = web_settings(data_dir)
    key = key_of(settings)
    try:
        anchors = list(anchored_in(anchor or settings.anchor_file, key))
    except AnchorUnreadable as trouble:
        raise click.ClickException(
            f"The anchor cannot be used: {trouble}. Without one, rows cut off at the end "
            "would not be noticed. `mooring audit anchor` writes one."
        ) from None
    with open_database(settings).reading(EVERY_CLINIC) as session:
        found = list(islice(verify_chains(session, key, anchors), _SHOWN + 1))
        names = _names(session)
        lengths = {head.chain: head.seq for head in session.scalars(select(AuditHead))}
    for finding in found[:_SHOWN]:
        click.echo(_words(finding, names))
    if found:
        more = "at least " if len(found) > _SHOWN else ""
        raise click.ClickException(f"The record is not whole: {more}{len(found)} findings.")
    for chain, length in sorted(lengths.items(), key=str):
        click.echo(f"{names.get(chain, chain)}: {length} rows, every one in its place.")
    click.echo(f"Compared with the anchor: {_newest(anchors)}")


@audit.command()
@click.pass_obj
def anchor(data_dir: Path | None) -> None:
    """Write where every chain stands now to the anchor file (the worker does each 10 min)."""
    settings = web_settings(data_dir)
    file = settings.anchor_file
    with open_database(settings).reading(EVERY_CLINIC) as session:
        count = drop_anchor(session, file, key_of(settings), now=datetime.now(UTC))
    click.echo(f"{count} chains anchored in {file}.")


@audit.command()
@click.pass_obj
def adopt(data_dir: Path | None) -> None:
    """Seal the rows of a database older than its chain; once, right after the upgrade."""
    try:
        count = adopt_what_is_older(web_settings(data_dir))
    except AdoptedBefore:
        raise click.ClickException(
            "Rows without a seal came after the adoption; nobody of ours wrote them. "
            "`mooring audit verify` names them."
        ) from None
    click.echo(f"{count} older rows are sealed.")


@audit.command()
@click.option("--patient", "patient_id", type=click.UUID, required=True, help="Their id.")
@click.pass_obj
def looked(data_dir: Path | None, patient_id: uuid.UUID) -> None:
    """Who opened one record, day by day, as its patient may ask (T-08); on record, too."""
    with open_database(web_settings(data_dir)).transaction(EVERY_CLINIC) as session:
        patient = session.get(Patient, patient_id)
        if patient is None:
            raise click.ClickException("There is no such patient.")
        zone = session.get_one(Clinic, patient.clinic_id).timezone
        looks = who_looked.of_patient(session, patient.clinic_id, patient.id, zone)
        record(
            session, SYSTEM, "record:who-looked", patient.id, now=datetime.now(UTC),
            clinic_id=patient.clinic_id, patient_id=patient.id,
        )  # fmt: skip
    for look in looks:
        urgent = " (in an emergency)" if look.in_emergency else ""
        click.echo(f"{look.day}  {look.name}, {look.role}: {', '.join(look.what)}{urgent}")
    click.echo(f"{len(looks)} lines." if looks else "Nobody has opened this record.")


def adopt_what_is_older(settings: WebSettings) -> int:
    """What every upgrade does after the steps."""
    with open_database(settings).transaction(EVERY_CLINIC) as session:
        return adopt_older(session, Seal(key_of(settings)), now=datetime.now(UTC))


def _names(session: Session) -> dict[uuid.UUID, str]:
    names = {clinic.id: clinic.name for clinic in session.scalars(select(Clinic))}
    return {**names, HOUSE: "The house"}


def _words(finding: Finding, names: dict[uuid.UUID, str]) -> str:
    if finding.chain is None:
        return f"No chain: a row {finding.words}."
    who = names.get(finding.chain, str(finding.chain))
    return f"{who}: row {finding.seq} {finding.words}."


def _newest(anchors: list[Anchored]) -> str:
    if not anchors:
        return "it is empty."
    return f"{len(anchors)} lines, the newest of {anchors[-1].at:%Y-%m-%d %H:%M} UTC."
