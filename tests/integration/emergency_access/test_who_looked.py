"""Who looked at my record: behind two identifiers, by role, name and day alone (T-08, T-10)."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from server.audit import service as audit
from server.chart.models import DraftNote
from server.identity.models import LinkSession
from server.tasks.models import Task
from server.visits import who_looked
from server.visits.models import CheckIn
from tests.actors import staff
from tests.integration.emergency_access.filled_in import LIST, REASON, about, ask
from tests.people import (
    CASEY,
    DR_OSEI,
    DR_RIVERA,
    JORDAN_LEE,
    LINH,
    MORGAN,
    PRIYA_RAMAN,
    ROBIN,
    SAM_WHITFIELD,
)
from tests.said import as_said

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CANARY = "canary"


@pytest.fixture
def visit(a_visit):
    """Morgan's."""
    return a_visit()


@pytest.fixture
def morgan(as_patient, visit):
    """Morgan's phone; the link was opened a while ago."""
    return as_patient(visit.link(MORGAN))


@pytest.fixture
def on_record(as_staff, visit, transaction, as_patient):
    """Her doctor and her therapist looked, and a colleague in an emergency."""
    now = datetime.now(UTC)
    with transaction() as session:
        session.add_all(
            [
                DraftNote(
                    visit_id=visit.id, author_id=DR_RIVERA.id, saved_at=now, revision=1,
                    text=f"{CANARY} in a note",
                ),
                CheckIn(
                    participant_id=visit.participant(MORGAN), started_at=now, saved_at=now,
                    with_whom=f"{CANARY} in an answer",
                ),
            ]
        )  # fmt: skip
    as_staff(DR_RIVERA).get(f"/visits/{visit.id}/chart")
    as_staff(DR_RIVERA).get(f"/visits/{visit.id}/chart/history")
    as_staff(SAM_WHITFIELD).get(f"/visits/{visit.id}/chart/safety")
    osei = as_staff(DR_OSEI)
    ask(osei, MORGAN)
    osei.get(f"/visits/{visit.id}/chart")
    as_staff(JORDAN_LEE).get(f"/visits/{visit.id}/chart")  # refused, so nobody looked


@pytest.mark.check("C-38")
def test_an_old_session_is_asked_again_who_reads_it(morgan, on_record, transaction):
    asked = morgan.get(LIST)
    assert "First, is it you?" in asked.text
    assert DR_OSEI.name not in asked.text
    assert morgan.submit(LIST, as_said(MORGAN)).headers["Location"] == LIST
    assert DR_OSEI.name in morgan.get(LIST).text
    with transaction() as session:
        earlier = datetime.now(UTC) - timedelta(minutes=5, seconds=1)
        session.execute(update(LinkSession).values(proved_at=earlier))
    later = morgan.get(LIST)
    assert "First, is it you?" in later.text
    assert DR_OSEI.name not in later.text


def test_the_list_names_who_and_what_marks_an_emergency_and_says_nothing_clinical(
    morgan, on_record
):
    """T-17: a link is no login."""
    morgan.submit(LIST, as_said(MORGAN))
    page = morgan.get(LIST).text
    lines = dict(re.findall(r"<li class=\"card\"><b>(.+?)</b>(.+?)</li>", page, re.S))
    assert set(lines) == {DR_RIVERA.name, SAM_WHITFIELD.name, DR_OSEI.name}
    assert "Doctor" in lines[DR_RIVERA.name]
    assert "Your past visits, your record" in lines[DR_RIVERA.name]
    assert "Therapist" in lines[SAM_WHITFIELD.name]
    assert "opened in an emergency" in lines[DR_OSEI.name]
    assert "emergency" not in lines[DR_RIVERA.name]
    assert CANARY not in page
    assert REASON not in page
    main = re.sub(r"<[^>]+>", " ", page.partition("<main")[2].partition("</main>")[0])
    for word in ("Follow-up", "ketamine", "note:", "chart", "MD", "session", "psychiatr"):
        assert word not in main


@pytest.mark.check("C-38")
def test_both_must_be_right(morgan):
    for wrong in ({"phone_end": "0000"}, {"birth_date_day": "15"}, {"birth_date_year": ""}):
        assert morgan.submit(LIST, as_said(MORGAN, **wrong)).status_code == 422, wrong
        assert "First, is it you?" in morgan.get(LIST).text, wrong


@pytest.mark.check("C-38")
def test_five_wrong_tries_end_it_for_the_link_and_the_visit_goes_on(morgan, visit, as_patient):
    for left in (4, 3, 2, 1):
        answer = morgan.submit(LIST, as_said(MORGAN, phone_end="0000"))
        assert answer.status_code == 422
        assert ("You can try" in answer.text) == (left < 4)
    fifth = morgan.submit(LIST, as_said(MORGAN, phone_end="0000"))
    assert fifth.status_code == 429
    assert MORGAN.house.phone in fifth.text
    right = morgan.raw("GET", LIST)
    assert "Let us do this by phone" in right.text
    assert morgan.get("/visit").headers["Location"].startswith("/visit/check-in")
    tablet = as_patient(
        visit.link(MORGAN)
    )  # a further browser of the link has none left either
    tablet.submit("/visit/confirm", as_said(MORGAN))
    assert "Let us do this by phone" in tablet.get(LIST).text


def test_after_five_wrong_tries_the_right_answer_is_too_late(morgan):
    form = morgan.get(LIST).text
    token = re.search(r'csrf_token" value="([^"]+)"', form)[1]
    for _ in range(5):
        morgan.submit(LIST, as_said(MORGAN, phone_end="0000"))
    answer = morgan.raw(
        "POST",
        LIST,
        data={**as_said(MORGAN), "csrf_token": token},
        headers={"Origin": "https://mooring.test", "Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 429


def test_a_browser_that_has_not_said_who_it_is_has_no_list(visit, as_patient, anybody):
    as_patient(visit.link(MORGAN))
    second = as_patient(visit.link(MORGAN))
    assert second.get(LIST).headers.get("Location") == "/link-needed"
    assert anybody().get(LIST).headers["Location"] == "/link-needed"


def test_a_guardian_gets_no_list(a_visit, as_patient):
    """T-03: it would tell of visits that are the young person's own."""
    casey = a_visit(patient=CASEY, also=(LINH,))
    guardian = as_patient(casey.link(LINH))
    assert guardian.get(LIST).status_code == 404
    assert as_patient(casey.link(CASEY)).get(LIST).status_code == 200


def test_a_list_nobody_is_on_says_so(morgan):
    morgan.submit(LIST, as_said(MORGAN))
    assert "Nobody has opened your record yet" in morgan.get(LIST).text


def test_asking_the_clinic_gives_the_number_and_the_desk_a_task(morgan, reading, as_staff):
    morgan.submit(LIST, as_said(MORGAN))
    for _ in range(2):  # asking twice is asking once
        answer = morgan.submit(f"{LIST}/ask", page=LIST)
        assert answer.status_code == 200
        assert MORGAN.house.phone in answer.text
    with reading() as session:
        task = session.scalars(select(Task)).one()
    assert (task.kind, task.for_role) == ("who-looked", "coordinator")
    assert task.due_at - task.created_at == timedelta(hours=24)
    assert "Asks who opened their record" in as_staff(JORDAN_LEE).get("/board").text


def test_nobody_asks_without_having_said_who_they_are(morgan, ask_database):
    answer = morgan.submit(f"{LIST}/ask", page="/visit/check-in/identity")
    assert answer.headers["Location"] == LIST
    assert ask_database("SELECT count(*) FROM tasks") == 0


def test_a_look_late_in_the_evening_belongs_to_that_evening(
    as_staff, visit, transaction, reading
):
    as_staff(DR_RIVERA).get(f"/visits/{visit.id}/chart")
    with reading() as session:
        east = who_looked.of_patient(session, MORGAN.house.id, MORGAN.id, "Pacific/Kiritimati")
        west = who_looked.of_patient(session, MORGAN.house.id, MORGAN.id, "Pacific/Niue")
    assert east[0].day - west[0].day == timedelta(days=1)


def test_only_looks_at_this_record_count_and_only_those_that_were_allowed(
    as_staff, visit, a_visit, transaction, reading
):
    other = a_visit(patient=CASEY)
    as_staff(DR_RIVERA).get(f"/visits/{other.id}/chart")
    with transaction() as session:
        audit.record_refusal(
            session, staff(DR_OSEI), "chart:overview", visit.id, code="not-found",
            now=datetime.now(UTC), patient_id=MORGAN.id,
        )  # fmt: skip
    with reading() as session:
        looks = {
            person.name: who_looked.of_patient(session, person.house.id, person.id, "UTC")
            for person in (MORGAN, CASEY)
        }
    assert looks[MORGAN.name] == []
    assert [look.name for look in looks[CASEY.name]] == [DR_RIVERA.name]


@pytest.fixture
def priya(as_staff):
    """The privacy officer."""
    return as_staff(PRIYA_RAMAN)


def test_the_privacy_officer_prints_the_list_of_whoever_asks(priya, on_record):
    found = priya.submit("/who-looked", about(MORGAN))
    assert found.headers["Location"] == f"/who-looked/{MORGAN.id}"
    page = priya.get(found.headers["Location"]).text
    for words in (MORGAN.name, DR_RIVERA.name, DR_OSEI.name, "In an emergency", "Doctor"):
        assert words in page
    assert CANARY not in page
    again = priya.get(found.headers["Location"]).text
    assert PRIYA_RAMAN.name in again.partition("<tbody>")[2]  # looking at it is a look


def test_the_list_of_another_clinics_patient_is_nobodys_here(priya):
    real, random = (priya.get(f"/who-looked/{each}") for each in (ROBIN.id, uuid.uuid4()))
    assert (real.status_code, real.data) == (404, random.data)
    for person in (ROBIN, MORGAN):
        answer = priya.submit("/who-looked", about(person, full_name=f"{person.name}x"))
        assert answer.status_code == 422
    assert priya.submit("/who-looked", about(ROBIN)).status_code == 422


def test_nobody_else_of_the_clinic_has_the_list(as_staff):
    for person in (DR_RIVERA, DR_OSEI, JORDAN_LEE):
        browser = as_staff(person)
        for path in ("/who-looked", f"/who-looked/{MORGAN.id}"):
            assert browser.get(path).status_code == 404, person.name
