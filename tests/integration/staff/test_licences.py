"""Credentials, licences by state, and where the privacy officer is written to."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from server.audit.models import AuditRow
from server.emergency_access.models import EmergencyAccess
from server.messages.models import Letter
from server.people import licences, rosters
from server.people.models import Clinic, Clinician, Licence
from tests.integration.emergency_access.filled_in import ask
from tests.people import (
    DR_LIND,
    DR_OSEI,
    HARBOR,
    JORDAN_LEE,
    MORGAN,
    NOOR_HADDAD,
    PRIYA_RAMAN,
)

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PAGE = f"/people/{DR_OSEI.id}/licences"
OFFICER = "/people/privacy-officer"
NEXT_YEAR = date.today().replace(day=1) + timedelta(days=400)  # noqa: DTZ011  # a day, not a moment
TEXAS = {
    "state": "TX", "kind": "FULL", "profession": "Physician", "number": "TX-4711",
    "valid_from": "2020-01-01", "expires_on": NEXT_YEAR.isoformat(),
}  # fmt: skip
SHOWN = {"short_name": "Dr. Osei", "credentials": "MD, MPH", "page_phone": "(303) 555-0188"}


@pytest.fixture
def covers(reading):
    """Whether Dr. Osei may treat somebody who is in Texas, today."""

    def now() -> bool:
        with reading() as session:
            today = datetime.now(UTC).date()
            return licences.valid_in(session, DR_OSEI.id, "TX", on=today) is not None

    return now


def test_a_licence_is_kept_renewed_and_ended(noor, covers, reading):
    """TEL-11, on both engines: what a visit was held under stays where it points at."""
    assert not covers()
    kept = noor.submit(f"{PAGE}/keep", TEXAS, page=PAGE)
    assert kept.headers["Location"] == f"{PAGE}?said=keep"
    assert covers()
    with reading() as session:
        mine = (Licence.account_id == DR_OSEI.id, Licence.state == "TX")
        first = session.scalars(select(Licence).where(*mine)).one()
    assert first.verified_on == datetime.now(UTC).date()
    noor.submit(f"{PAGE}/keep", {**TEXAS, "number": "TX-4712"}, page=PAGE)
    ended = noor.submit(f"{PAGE}/end", {"licence": str(first.id)}, page=PAGE)
    assert ended.status_code == 303
    assert not covers()
    with reading() as session:
        licence = session.scalars(select(Licence).where(*mine)).one()
        assert (licence.id, licence.number) == (first.id, "TX-4712")
        acts = session.scalars(select(AuditRow).where(AuditRow.object == str(first.id)))
        told = {(row.action, row.actor) for row in acts}
    by = f"staff:{NOOR_HADDAD.id}"
    assert told == {("account:licence", by), ("account:licence-end", by)}


@pytest.mark.parametrize(
    ("days", "covered"), [(-1, False), (0, True), (30, True), (60, True), (61, False)]
)
def test_a_licence_covers_its_first_day_and_its_last(transaction, days, covered):
    """TEL-11: on a page, when a visit begins and on the list of a day alike."""
    first = date(2026, 2, 1)
    on = first + timedelta(days=days)
    with transaction() as session:
        licence = session.scalars(select(Licence).where(Licence.account_id == DR_OSEI.id)).one()
        licence.valid_from, licence.expires_on = first, first + timedelta(days=60)
        held = licences.valid_in(session, DR_OSEI.id, licence.state, on=on)
        listed = rosters.licensed(session, [DR_OSEI.id], on)
        assert licence.covers(on) is (held is licence) is bool(listed) is covered


def test_patients_are_shown_what_was_kept(noor, reading):
    assert noor.submit(f"{PAGE}/shown", SHOWN, page=PAGE).status_code == 303
    with reading() as session:
        osei = session.get_one(Clinician, DR_OSEI.id)
        assert (osei.credentials, osei.page_phone) == ("MD, MPH", "+13035550188")
        assert session.scalar(select(AuditRow).where(AuditRow.action == "account:introduce"))
    assert "(303) 555-0188" in noor.get(PAGE).text


@on_sqlite
@pytest.mark.parametrize(
    ("what", "changed", "says"),
    [
        ("keep", {"state": "ZZ"}, "choose the state"),
        ("keep", {"state": "XX"}, "choose the state"),
        ("keep", {"kind": "none"}, "choose the kind"),
        ("keep", {"number": "  "}, "number on the licence"),
        ("keep", {"valid_from": "soon"}, "first day"),
        ("keep", {"expires_on": "2019-12-31"}, "before the first"),
        ("keep", {"expires_on": "2020-06-30"}, "has passed"),
        ("keep", {"account_id": str(DR_LIND.id)}, ""),
        ("shown", {"short_name": " "}, "call them"),
        ("shown", {"page_phone": "call me"}, "whole phone number"),
    ],
)
def test_what_is_off_is_said_and_nothing_is_kept(noor, reading, covers, what, changed, says):
    typed = {**(TEXAS if what == "keep" else SHOWN), **changed}
    answer = noor.submit(f"{PAGE}/{what}", typed, page=PAGE)
    assert answer.status_code == 422
    assert says in answer.text
    assert not covers()
    with reading() as session:
        assert session.get_one(Clinician, DR_OSEI.id).credentials == DR_OSEI.credentials


@on_sqlite
@pytest.mark.parametrize("person", [DR_LIND, JORDAN_LEE], ids=["abroad", "who does not treat"])
def test_nobody_else_has_such_a_page(noor, reading, person):
    """T-02; and a licence is ended on its own clinician's page alone."""
    page = f"/people/{person.id}/licences"
    assert noor.get(page).status_code == 404
    for what, fields in (("keep", TEXAS), ("shown", SHOWN)):
        assert noor.submit(f"{page}/{what}", fields, page=PAGE).status_code == 404
    with reading() as session:
        theirs = session.scalars(select(Licence).where(Licence.account_id == DR_LIND.id)).one()
    named = {"licence": str(theirs.id)}
    assert noor.submit(f"{PAGE}/end", named, page=PAGE).status_code == 404


@on_sqlite
def test_an_auditor_sees_them_and_changes_none(as_staff):
    priya = as_staff(PRIYA_RAMAN)
    assert "Colorado" in priya.get(PAGE).text
    assert "Keep the licence" not in priya.get(PAGE).text
    assert priya.submit(f"{PAGE}/keep", TEXAS, page="/people").status_code == 404
    assert "Keep it" not in priya.get(OFFICER).text
    changed = {"privacy_email": "x@y.example"}
    assert priya.submit(OFFICER, changed, page="/people").status_code == 404


def test_the_letter_about_an_emergency_goes_where_the_clinic_said(noor, as_staff, reading):
    """T-07, on both engines; the row says that it changed, and not to what."""
    changed = noor.submit(OFFICER, {"privacy_email": " officer@harbor.example "}, page=OFFICER)
    assert changed.status_code == 303
    assert "officer@harbor.example" in as_staff(PRIYA_RAMAN).get(OFFICER).text
    assert ask(as_staff(DR_OSEI), MORGAN).status_code == 303
    with reading() as session:
        access = session.scalars(select(EmergencyAccess)).one()
        letters = session.scalars(select(Letter.to).where(Letter.about == str(access.id))).all()
        rows = select(AuditRow).where(AuditRow.action == "clinic:privacy-email")
        assert session.scalars(rows).one().reason == "named"
    assert letters == ["officer@harbor.example"]


@on_sqlite
@pytest.mark.parametrize(("typed", "status"), [("", 303), ("nobody", 422), ("a b@c.d", 422)])
def test_an_address_is_whole_or_empty(noor, reading, typed, status):
    assert noor.submit(OFFICER, {"privacy_email": typed}, page=OFFICER).status_code == status
    with reading() as session:
        kept = session.get_one(Clinic, HARBOR.id).privacy_email
    assert kept == ("" if status == 303 else HARBOR.privacy_email)
