"""The auditor's page: metadata of the own clinic, found, counted and copied; no more."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from server.access.actor import Actor, ActorKind
from server.audit import service as audit
from server.audit.anchor import drop_anchor
from server.tenancy import EVERY_CLINIC
from tests.people import (
    DR_LIND,
    DR_OSEI,
    DR_RIVERA,
    HARBOR,
    LAKESIDE,
    MORGAN,
    PATIENTS,
    PRIYA_RAMAN,
)
from tests.record import AUDIT_KEY

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TODAY = datetime.now(UTC)


@pytest.fixture
def priya(as_staff):
    """The auditor's browser."""
    return as_staff(PRIYA_RAMAN)


def _by(person, **changes: object) -> Actor:
    told = {"role": person.role.value, "session": "b" * 64, "clinic_id": person.house.id}
    return Actor(ActorKind.STAFF, account_id=person.id, **{**told, **changes})


@pytest.fixture
def wrote(transaction):
    """`wrote(DR_RIVERA, "chart:overview", MORGAN)`: a row of the record."""

    def write(person, action, about="thing", *, patient=None, at=TODAY, refused="") -> None:
        with transaction() as session:
            if refused:
                audit.record_refusal(session, _by(person), action, about, code=refused, now=at)
                return
            whose = patient.id if patient else None
            audit.record(session, _by(person), action, about, now=at, patient_id=whose)

    return write


def _rows(answer) -> list[str]:
    """The lines of the table, without markup."""
    assert answer.status_code == 200, answer.text[:400]
    body = answer.text.partition("<tbody>")[2].partition("</tbody>")[0]
    lines = [re.sub(r"<[^>]+>", " ", row) for row in body.split("</tr>")[:-1]]
    return [" ".join(line.split()) for line in lines]


def test_a_read_is_found_by_person_and_by_record(priya, as_staff, a_visit):
    visit = a_visit()
    as_staff(DR_RIVERA).get(f"/visits/{visit.id}/chart")
    (row,) = _rows(priya.get(f"/audit?actor=staff:{DR_RIVERA.id}&what=reads"))
    assert "Dr. Elena Rivera psychiatrist Opened the chart" in row
    assert str(MORGAN.id)[:8] in row
    for about in (str(MORGAN.id), str(MORGAN.id)[:8], str(visit.id)[:8]):
        assert row in _rows(priya.get(f"/audit?what=reads&about={about}"))


def test_no_patient_is_named(priya, as_staff, as_patient, a_visit):
    """Metadata only (CLINICAL.md §7): record numbers and ids."""
    visit = a_visit()
    as_patient(visit.link(MORGAN))
    as_staff(DR_RIVERA).get(f"/visits/{visit.id}/chart")
    for path in ("/audit", "/audit/copy"):
        page = priya.get(path).text
        for person in PATIENTS:
            assert person.name not in page
            assert person.phone not in page


def test_another_clinic_is_not_there(priya, wrote):
    """C-09: neither by list nor by filter."""
    wrote(DR_LIND, "chart:overview", "lakeside-thing")
    for query in ("", f"?actor=staff:{DR_LIND.id}", "?about=lakeside", "?sort=actor"):
        for path in ("/audit", "/audit/copy"):
            page = priya.get(path + query).text
            assert "lakeside-thing" not in page
            assert DR_LIND.name not in page
    assert LAKESIDE.name not in priya.get("/audit").text


def test_days_are_the_clinics_own(priya, wrote):
    """Denver's Tuesday ends at six in the morning of London's Wednesday."""
    wrote(DR_RIVERA, "note:save", "late-evening", at=datetime(2026, 1, 7, 6, 30, tzinfo=UTC))
    assert _rows(priya.get("/audit?from=2026-01-06&to=2026-01-06"))
    assert not _rows(priya.get("/audit?from=2026-01-07&to=2026-01-07"))


def test_what_was_refused_is_counted_and_found(priya, wrote):
    wrote(DR_OSEI, "chart_pages.overview", "thing", refused="not-found")
    wrote(DR_OSEI, "note:save", "thing")
    page = priya.get(f"/audit?actor=staff:{DR_OSEI.id}&about=thing")
    assert "<b>2</b> found" in page.text
    assert "<b>1</b> refused" in page.text
    (row,) = _rows(priya.get("/audit?decision=refused&about=thing"))
    assert "Refused not-found" in row


def test_pages_of_fifty_never_overlap(priya, transaction):
    with transaction() as session:
        for number in range(120):
            audit.record(session, _by(DR_RIVERA), "note:save", f"thing-{number:03}", now=TODAY)
    for sort in ("newest", "oldest", "actor", "action"):
        seen = []
        for page in (1, 2, 3):
            shown = _rows(priya.get(f"/audit?about=thing-&sort={sort}&page={page}"))
            seen += [re.search(r"thing-\d+", row)[0] for row in shown]
        assert len(seen) == len(set(seen)) == 120
    assert "Page 2 of 3" in priya.get("/audit?about=thing-&page=2").text


def test_what_is_not_on_a_list_counts_for_nothing(priya, wrote):
    wrote(DR_RIVERA, "note:save", "thing")
    for query in (
        "sort=at;DROP TABLE audit_rows",
        "sort=mac",
        "page=-1",
        "page=%C2%B2",
        "actor=staff:' OR 1=1 --",
        "what=chart:",
        "decision=done'",
        "clinic_id=1",
    ):
        assert len(_rows(priya.get(f"/audit?about=thing&{query}"))) == 1, query
    assert priya.get("/audit?page=99999999999999999999").status_code == 200


def test_a_search_that_cannot_be_is_said_by_field(priya):
    for query in (
        "from=yesterday",
        "from=0001-01-01",
        "to=9999-12-31",
        "about=%00",
        "about=a%25b",
        "from=2026-02-02&to=2026-02-01",
    ):
        answer = priya.get(f"/audit?{query}")
        assert answer.status_code == 422, query
        assert "data-errors" in answer.text


def test_looking_is_on_record_too(priya, ask_database):
    done = "SELECT count(*) FROM audit_rows WHERE action = :what AND actor = :who"
    who = f"staff:{PRIYA_RAMAN.id}"
    priya.get("/audit")
    priya.get("/audit?what=reads")
    assert ask_database(done, what="audit:search", who=who) == 1
    priya.get("/audit/copy")
    priya.get("/audit/copy")
    assert ask_database(done, what="audit:copy", who=who) == 2


def test_a_copy_holds_every_row_and_no_formula(priya, wrote):
    for number in range(3):
        wrote(DR_RIVERA, "note:save", f"thing-{number}")
    wrote(DR_RIVERA, "=cmd|' /C calc'!A0", "thing-=1+1")
    wrote(DR_RIVERA, "+1", "@SUM(1)-thing", refused="-2")
    answer = priya.get("/audit/copy?sort=oldest")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="record-')
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    assert len([line for line in lines if "thing" in line["object"]]) == 5
    assert not [c for line in lines for c in line.values() if c[:1] in "=+-@\t\r" and c]
    assert lines[0]["who"]
    assert len(lines[0]["mac"]) == 64


def test_the_page_says_where_the_record_stands(priya, settings, database, ask_database):
    assert "has no anchor" in priya.get("/audit").text
    with database.reading(EVERY_CLINIC) as session:
        drop_anchor(session, settings.anchor_file, AUDIT_KEY.encode(), now=TODAY)
    page = priya.get("/audit").text
    assert 'data-standing="whole"' in page
    seq = ask_database("SELECT seq FROM audit_heads WHERE chain = :c", c=HARBOR.id.hex)
    assert f"Last anchored outside the database at row {seq}" in page


@pytest.mark.parametrize(
    "done",
    [
        "UPDATE audit_rows SET actor = 'staff:-' WHERE object = 'thing'",
        "DELETE FROM audit_rows WHERE object = 'thing'",
    ],
)
def test_a_record_that_was_touched_shows_at_once(priya, wrote, database, done):
    wrote(DR_RIVERA, "note:save", "thing")
    with database.engine.begin() as connection:
        for how in ("changed", "deleted"):
            connection.execute(text(f"DROP TRIGGER audit_rows_keep_{how}"))
        connection.execute(text(done))
    answer = priya.get("/audit/copy") and priya.get("/audit")
    assert 'data-standing="broken"' in answer.text


def test_older_days_are_a_search_away(priya, wrote):
    wrote(DR_RIVERA, "note:save", "long-ago", at=TODAY - timedelta(days=400))
    assert not _rows(priya.get("/audit?about=long-ago"))
    first = (TODAY - timedelta(days=401)).date()
    assert len(_rows(priya.get(f"/audit?about=long-ago&from={first}"))) == 1
