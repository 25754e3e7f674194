"""A code word and one quiet tap: heard at once, noticed by nobody beside her (T-10)."""

from __future__ import annotations

import re
import statistics
from datetime import UTC, datetime, timedelta
from html import unescape
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from config.policy import policy
from server.control.models import ControlOrder
from server.messages.models import Letter
from server.signals import contact
from server.signals import service as signals
from server.signals.contact import Wishes
from server.signals.models import CodeWord, QuietSignal, SignalKind
from server.tasks.models import Task
from server.visits import conversion, invitations
from server.visits.models import Participant, Room, Visit, VisitMessage
from tests.actors import staff
from tests.people import DR_OSEI, DR_RIVERA, JORDAN_LEE, LINH, MORGAN, SAM_WHITFIELD

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WORD = "Blue heron"
RIVERA = staff(DR_RIVERA)


@pytest.fixture
def visit(a_visit, transaction, now):
    """Morgan and Dr. Rivera have agreed on a word."""
    opened = a_visit(also=(LINH,))
    with transaction() as session:
        signals.agree(session, RIVERA, MORGAN.id, WORD, shortest=4, now=now)
        session.get_one(Room, opened.room_id).node = "n1"
    return opened


@pytest.fixture
def morgan(as_patient, visit):
    return as_patient(visit.link(MORGAN))


def kinds(reading) -> set[SignalKind]:
    with reading() as session:
        return set(session.scalars(select(QuietSignal.kind)))


def tasks(reading) -> dict[str, set]:
    with reading() as session:
        found: dict[str, set] = {}
        for task in session.scalars(select(Task)):
            found.setdefault(task.kind, set()).add(task.owner_id)
        return found


def seen_of(doctor, visit) -> str:
    """What "I have seen it" sends, as her page has it now."""
    page = doctor.get(f"/visits/{visit.id}/live").text
    return unescape(re.search(r'data-post="([^"]*/signals/seen[^"]*)"', page)[1])


def bare(answer) -> tuple:
    """The whole answer but for what differs each time anyway: the form's token."""
    token = answer.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    headers = [(k, v) for k, v in answer.headers if k != "Set-Cookie"]
    return answer.status_code, sorted(headers), answer.text.replace(token or "\0", "")


def test_the_page_is_answered_as_for_any_message(morgan):
    ordinary = morgan.post("/visit/message", {"text": "I am a little late today"})
    secret = morgan.post("/visit/message", {"text": "I am a blue heron today"})
    assert bare(ordinary) == bare(secret)
    state = morgan.get("/visit/state?page=p").text
    morgan.post("/visit/message", {"text": "blueheron"})
    assert morgan.get("/visit/state?page=p").text == state


def test_those_who_treat_are_told_and_the_desk_is_asked_to_call(morgan, reading):
    morgan.post("/visit/message", {"text": "The BLUE  heron is back"})
    assert kinds(reading) == {SignalKind.CODE_WORD}
    assert tasks(reading) == {
        "code-word": {DR_RIVERA.id, SAM_WHITFIELD.id},
        "call-back": {None},
    }
    with reading() as session:
        assert session.scalars(select(VisitMessage.text)).all() == ["The is back"]
        desk = session.scalars(select(Task).where(Task.for_role == "coordinator")).one()
        assert desk.words == "Call the patient back as arranged."


def test_the_word_alone_leaves_no_empty_message(morgan, reading):
    morgan.post("/visit/message", {"text": WORD})
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(VisitMessage)) == 0
    assert kinds(reading) == {SignalKind.CODE_WORD}


def test_it_is_heard_in_an_answer_of_the_check_in_also_beside_a_mistake(
    morgan, reading, as_staff, visit
):
    page = "/visit/check-in/private"
    typed = {"private": "", "who_else": "my brother, blue heron"}
    assert morgan.submit(page, typed).status_code == 422
    assert kinds(reading) == {SignalKind.CODE_WORD}
    morgan.submit(page, {**typed, "private": "yes"})
    assert "my brother, blue heron" in morgan.get(page).text  # hers is as she left it
    chart = as_staff(DR_RIVERA).get(f"/visits/{visit.id}/chart").text
    assert "my brother" in chart
    assert "heron" not in chart


def test_it_is_heard_when_she_calls_it_off(morgan, reading):
    fields = {"new_time": "none", "why": "The blue heron. I have a cold."}
    assert morgan.submit("/visit/cannot-come", fields).status_code == 200
    assert kinds(reading) == {SignalKind.CODE_WORD}
    with reading() as session:
        assert session.scalars(select(VisitMessage.text)).all() == ["The. I have a cold."]


def test_it_is_heard_on_a_screen_that_is_not_asked_any_more(
    morgan, reading, visit, transaction
):
    """A clinician made it a safety visit while she typed."""
    with transaction() as session:
        conversion.to_safety_visit(
            session, RIVERA, visit.id, "NUD-9", policy(), base_url="https://x",
            now=datetime.now(UTC),
        )  # fmt: skip
    asked_now = "/visit/check-in/place"
    late = morgan.submit("/visit/check-in/private", {"who_else": WORD}, page=asked_now)
    assert late.headers["Location"] == "/visit"
    assert kinds(reading) == {SignalKind.CODE_WORD}


def test_from_somebody_elses_page_it_is_a_word_like_any_other(as_patient, visit, reading):
    as_patient(visit.link(LINH)).post("/visit/message", {"text": WORD})
    assert kinds(reading) == set()


def test_said_again_it_is_one_and_after_it_was_seen_it_is_new(morgan, as_staff, visit, reading):
    for _ in range(3):
        morgan.post("/visit/message", {"text": WORD})
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(QuietSignal)) == 1
        assert session.scalar(select(func.count()).select_from(Task)) == 3
    doctor = as_staff(DR_RIVERA)
    assert "As arranged" in doctor.get(f"/visits/{visit.id}/live").text
    assert doctor.post(seen_of(doctor, visit)).status_code == 200
    assert "As arranged" not in doctor.get(f"/visits/{visit.id}/live").text
    morgan.post("/visit/message", {"text": WORD})
    assert "As arranged" in doctor.get(f"/visits/{visit.id}/live").text


def test_what_was_said_after_the_page_was_drawn_waits_to_be_seen(morgan, as_staff, visit):
    doctor = as_staff(DR_RIVERA)
    morgan.post("/visit/message", {"text": WORD})
    button = seen_of(doctor, visit)
    morgan.submit("/visit/saved", page="/visit/check-in/private")
    doctor.post(button)
    shown = doctor.get(f"/visits/{visit.id}/live").text
    assert "As arranged" not in shown
    assert "Not alone" in shown


def test_one_tap_flags_that_she_is_not_alone(morgan, reading, as_staff, visit):
    answer = morgan.submit("/visit/saved", page="/visit/check-in/private")
    assert answer.status_code == 200
    assert "Saved" in answer.text
    assert "alone" not in answer.text
    assert kinds(reading) == {SignalKind.NOT_ALONE}
    assert set(tasks(reading)) == {"not-alone", "call-back"}
    assert "Not alone" in as_staff(DR_RIVERA).get(f"/visits/{visit.id}/live").text
    board = as_staff(JORDAN_LEE).get("/board").text
    assert "Call back as arranged" in board
    assert "alone" not in board


def test_nobody_else_in_the_room_is_told_to_look(morgan, visit, reading):
    """No frame reaches a guardian's or the patient's own socket: orders go to the hosts."""
    morgan.post("/visit/message", {"text": WORD})
    morgan.submit("/visit/saved", page="/visit/check-in/private")
    hosts = {str(visit.participant(DR_RIVERA)), None}
    with reading() as session:
        told = {order.claims["peer"] for order in session.scalars(select(ControlOrder))}
    assert told <= hosts


def test_a_colleague_who_does_not_treat_learns_nothing(morgan, as_staff, visit):
    morgan.post("/visit/message", {"text": WORD})
    colleague = as_staff(DR_OSEI)
    today = colleague.get("/today").text
    assert "arranged" not in today
    assert MORGAN.short_name not in today
    assert colleague.post(f"/visits/{visit.id}/signals/seen").status_code == 404


def test_the_word_is_agreed_in_the_chart_and_nobody_else_reads_it(as_staff, visit, reading):
    doctor = as_staff(DR_RIVERA)
    safety = f"/visits/{visit.id}/chart/safety"
    assert f'value="{WORD}"' in doctor.get(safety).text
    path = f"/visits/{visit.id}/code-word"
    for poor in ("owl", ""):
        answer = doctor.submit(path, {"code_word": poor}, page=safety)
        assert "said=other-word" in answer.location
    with reading() as session:
        assert session.get_one(CodeWord, MORGAN.id).words == WORD
    assert (
        "said=word" in doctor.submit(path, {"code_word": " red   kite "}, page=safety).location
    )
    with reading() as session:
        assert session.get_one(CodeWord, MORGAN.id).words == "red kite"
    desk = as_staff(JORDAN_LEE)
    assert desk.get(safety).status_code == 404
    assert "kite" not in desk.get(f"/visits/{visit.id}/arrangements").text
    doctor.submit(path, {"forget": "yes", "code_word": "red kite"}, page=safety)
    with reading() as session:
        assert session.get(CodeWord, MORGAN.id) is None


def test_it_takes_no_longer_than_any_message(morgan, record_property):
    """The same class of time: what differs is lost in the way to the phone."""
    took = {"ordinary": [], "secret": []}
    for number in range(12):
        for name, text in (("ordinary", "grey"), ("secret", "blue")):
            began = perf_counter()
            morgan.post("/visit/message", {"text": f"{text} heron {number}"})
            took[name].append(perf_counter() - began)
    apart = statistics.median(took["secret"]) - statistics.median(took["ordinary"])
    record_property("figure", f"{apart * 1000:.1f} ms apart")
    assert abs(apart) < 0.02


def test_a_letter_waits_for_her_hours_and_takes_only_her_roads(
    a_visit, transaction, reading, now
):
    """Safe contact is kept by letters: no text message, and nothing at night."""
    visit = a_visit(starts_in=timedelta(days=3))
    there = now.astimezone(ZoneInfo(MORGAN.timezone))
    begins = (there.hour + 2) % 23
    wishes = Wishes(by_text=False, from_hour=begins, until_hour=begins + 1)
    with transaction() as session:
        contact.keep(session, RIVERA, MORGAN.id, wishes, now=now)
        row = session.get_one(Visit, visit.id)
        seat = session.get_one(Participant, visit.participant(MORGAN))
        invitations.invite(session, row, seat, "https://mooring.test", now=now)
    with reading() as session:
        letter = session.scalars(select(Letter)).one()
    assert letter.to == MORGAN.email
    assert letter.due_at > now + timedelta(minutes=30)
    assert letter.due_at.astimezone(there.tzinfo).hour == begins


def test_where_no_letter_may_come_in_time_the_desk_calls(a_visit, transaction, reading, now):
    visit = a_visit()
    begins = (now.astimezone(ZoneInfo(MORGAN.timezone)).hour + 2) % 23
    with transaction() as session:
        hours = Wishes(from_hour=begins, until_hour=begins + 1)
        contact.keep(session, RIVERA, MORGAN.id, hours, now=now)
        row = session.get_one(Visit, visit.id)
        seat = session.get_one(Participant, visit.participant(MORGAN))
        invitations.invite(session, row, seat, "https://mooring.test", now=now)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Letter)) == 0
        assert session.scalars(select(Task.kind)).all() == ["cannot-write"]


def test_whoever_calls_is_told_first_what_she_asked_for(
    transaction, morgan, as_staff, visit, now
):
    """No voicemail, her hours, and what to say: beside every button that calls her."""
    note = "Ask for Kim about the library book"
    with transaction() as session:
        contact.keep(
            session, RIVERA, MORGAN.id, Wishes(from_hour=9, until_hour=17, note=note), now=now
        )
    morgan.post("/visit/message", {"text": WORD})
    desk = as_staff(JORDAN_LEE)
    for page in ("/board", f"/board/visits/{visit.id}"):
        shown = desk.get(page).text
        assert all(words in shown for words in ("No voicemail", "9:00 to 17:00", note))
