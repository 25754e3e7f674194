"""C-23: what cannot be written down is not read; and nobody in danger waits for our record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from config.policy import policy
from server.access.actor import SYSTEM
from server.audit import service as audit
from server.demo.check_in import check_in
from server.visits.kinds import VisitKind
from tests.people import (
    CASEY,
    DR_OSEI,
    DR_RIVERA,
    JORDAN_LEE,
    LINH,
    MORGAN,
    NOOR_HADDAD,
)

CANARY = "Slept badly after the storm."
PAGE = {"page": "p", "tab": "t"}
REFUSE = {
    "sqlite": "BEGIN SELECT RAISE(ABORT, 'full'); END",
    "postgresql": "FOR EACH ROW EXECUTE FUNCTION audit_rows_keep()",
}


@pytest.fixture
def broken(app, database) -> Iterator[SimpleNamespace]:
    """`broken.now()`: from here on the database takes no row of the record."""
    how = REFUSE[database.engine.dialect.name]

    def run(statement: str) -> None:
        with database.engine.begin() as connection:
            connection.execute(text(statement))

    yield SimpleNamespace(
        now=lambda: run(f"CREATE TRIGGER nothing_is_written BEFORE INSERT ON audit_rows {how}")
    )
    on = " ON audit_rows" if database.engine.dialect.name == "postgresql" else ""
    run(f"DROP TRIGGER nothing_is_written{on}")


@pytest.fixture
def a_safety_visit(a_visit, transaction):
    """Morgan has checked in to a safety visit with Dr. Rivera."""
    visit = a_visit(kind=VisitKind.CRISIS_CHECKIN)
    with transaction() as session:
        check_in(session, visit.participant(MORGAN), policy(), now=datetime.now(UTC))
    return visit


@pytest.mark.check("C-23")
def test_no_record_no_read_and_no_write(as_staff, a_visit, broken, ask_database):
    visit = a_visit()
    rivera = as_staff(DR_RIVERA)
    note = {"text": CANARY, "revision": 0, "key": "k" * 8}
    assert rivera.put(f"/visits/{visit.id}/note", note).status_code == 200
    broken.now()
    with capture_logs() as logs:
        for path in ("", "/live", "/chart", "/chart/history", "/chart/safety"):
            answer = rivera.get(f"/visits/{visit.id}{path}")
            assert answer.status_code == 503, path
            for said in (CANARY, MORGAN.name, MORGAN.short_name):
                assert said not in answer.text, path
        more = {"text": "Changed.", "revision": 1, "key": "m" * 8}
        assert rivera.put(f"/visits/{visit.id}/note", more).status_code == 503
    assert ask_database("SELECT text FROM draft_notes") == CANARY
    alarms = [each for each in logs if each["event"] == "audit-broken"]
    assert [each["log_level"] for each in alarms] == ["critical"] * len(alarms)
    assert [each["count"] for each in alarms] == list(range(1, len(alarms) + 1))


@pytest.mark.check("C-23")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nobody_in_danger_is_kept_out(as_patient, anybody, a_safety_visit, broken):
    """She opens the link, her clinician signs in, both get their tickets and meet."""
    broken.now()
    visit = a_safety_visit
    with capture_logs() as logs:
        morgan = as_patient(visit.link(MORGAN))
        assert morgan.get("/visit").status_code == 200
        assert morgan.post("/visit/ticket", PAGE).status_code == 200
        rivera = anybody()
        rivera.sign_in(DR_RIVERA)
        screen = rivera.get(f"/visits/{visit.id}")
        assert screen.status_code == 200
        assert MORGAN.phone in screen.text  # help can be sent
        assert "The note cannot be opened right now" in screen.text
        assert rivera.post(f"/visits/{visit.id}/ticket", PAGE).status_code == 200
        seat = visit.participant(MORGAN)
        card = rivera.get(f"/visits/{visit.id}/who/{seat}")
        assert (card.status_code, MORGAN.name in card.text) == (200, True)
        admit = f"/visits/{visit.id}/participants/{seat}/admit"
        assert rivera.post(admit).status_code == 200
        assert rivera.get(f"/visits/{visit.id}/chart").status_code == 503
    written = [each["record"]["action"] for each in logs if each["event"] == "not-recorded"]
    for action in ("link:open", "session:sign-in", "visit:enter", "visit:admit"):
        assert action in written
    assert MORGAN.name not in str(logs)


@pytest.mark.check("C-23")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_visit_becomes_a_safety_visit_with_a_broken_record(as_patient, a_visit, broken):
    """NUD-8, NUD-9: a yes at check-in is never answered with "not now"."""
    visit = a_visit()
    morgan = as_patient(visit.link(MORGAN))
    morgan.submit("/visit/check-in/place", {"place": "same"})
    broken.now()
    answer = morgan.submit("/visit/check-in/during", {"during": "yes"})
    assert answer.headers["Location"] == "/visit"
    assert morgan.post("/visit/ticket", PAGE).status_code == 200


@pytest.mark.check("C-23")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_said_unseen_is_heard_with_a_broken_record(
    as_patient, a_visit, broken, ask_database
):
    """T-10: whoever has somebody beside them presses once."""
    morgan = as_patient(a_visit().link(MORGAN))
    morgan.get("/visit/check-in/private")
    broken.now()
    assert morgan.submit("/visit/saved", page="/visit/check-in/private").status_code == 200
    assert ask_database("SELECT kind FROM quiet_signals") == "not-alone"


@pytest.mark.check("C-23")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_refusal_in_a_safety_visit_is_told_as_it_is(as_patient, a_safety_visit, broken):
    """A second tab is asked whether to move here; "not now" would keep her out."""
    morgan = as_patient(a_safety_visit.link(MORGAN))
    assert morgan.post("/visit/ticket", PAGE).status_code == 200
    broken.now()
    other = {"page": "q", "tab": "u"}
    assert morgan.post("/visit/ticket", other).status_code == 409
    assert morgan.post("/visit/ticket", {**other, "move": True}).status_code == 200


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_leaving_is_never_refused(as_staff, broken):
    rivera = as_staff(DR_RIVERA)
    broken.now()
    assert rivera.submit("/sign-out", page="/set-up").status_code == 303
    assert rivera.get("/today").status_code == 303


@pytest.mark.check("C-06")
def test_nobody_is_kept_in(as_staff, as_patient, a_visit, broken):
    """Taking access away is never refused; giving it waits until it can be written down."""
    visit = a_visit(also=(LINH,))
    noor, rivera, osei = as_staff(NOOR_HADDAD), as_staff(DR_RIVERA), as_staff(DR_OSEI)
    linh = as_patient(visit.link(LINH))
    page = f"/people/{DR_OSEI.id}"
    broken.now()
    with capture_logs() as logs:
        seat = visit.participant(LINH)
        removed = rivera.post(f"/visits/{visit.id}/participants/{seat}/remove")
        assert removed.status_code == 200
        assert linh.get("/visit/state").status_code == 401
        assert noor.submit(f"{page}/end", page=page).status_code == 303
        assert osei.get("/set-up").status_code == 303
        assert noor.submit(f"{page}/open", page=page).status_code == 503
        role = {"role": "clinic_admin"}
        person = f"/people/{DR_RIVERA.id}"
        assert noor.submit(f"{person}/role", role, page=person).status_code == 503
        assert noor.submit(f"{person}/sign-out", page=person).status_code == 303
        assert rivera.get("/set-up").status_code == 303
    written = [each["record"]["action"] for each in logs if each["event"] == "not-recorded"]
    assert written == ["visit:remove", "account:disable", "session:end-all"]


@pytest.mark.check("C-06")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_guardian_is_out_whatever_the_record_does(as_staff, as_patient, a_visit, broken):
    visit = a_visit(patient=CASEY, also=(LINH,))
    desk, linh = as_staff(JORDAN_LEE), as_patient(visit.link(LINH))
    assert linh.get("/visit/state").status_code == 200
    broken.now()
    ending = f"/visits/{visit.id}/arrangements/end"
    answer = desk.submit(ending, {"guardian": str(LINH.id)}, page="/board")
    assert answer.status_code == 303
    assert linh.get("/visit/state").status_code == 401


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_looks_again_by_itself_is_one_look_a_minute(as_staff, a_visit, ask_database):
    visit = a_visit()
    rivera, elsewhere = as_staff(DR_RIVERA), as_staff(DR_RIVERA)
    reads = "SELECT count(*) FROM audit_rows WHERE action = 'note:read'"
    for _ in range(3):
        rivera.get(f"/visits/{visit.id}/live")
    assert ask_database(reads) == 1
    elsewhere.get(f"/visits/{visit.id}/live")
    assert ask_database(reads) == 2  # another browser is another look


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_session_that_seals_nothing_records_nothing(a_visit, database):
    """A read in a plain session would leave no row: it is refused, not forgotten."""
    with database.reading() as session, pytest.raises(RuntimeError, match="keeps no record"):
        audit.record(session, SYSTEM, "visit:open", a_visit().id, now=datetime.now(UTC))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_row_about_a_visit_says_whose_record_it_is(
    as_staff, as_patient, a_visit, ask_database
):
    """What "who looked at my record" is read from (T-08)."""
    visit = a_visit()
    as_patient(visit.link(MORGAN))
    as_staff(DR_RIVERA).get(f"/visits/{visit.id}/chart")
    assert as_staff(DR_OSEI).get(f"/visits/{visit.id}/chart").status_code == 404
    of_hers = "SELECT count(*) FROM audit_rows WHERE patient_id = :who AND action = :what"
    for action in ("link:open", "chart:overview"):
        assert ask_database(of_hers, who=MORGAN.id.hex, what=action) == 1
