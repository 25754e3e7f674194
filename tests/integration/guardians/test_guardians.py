"""A guardian is a person of their own, may what was given, and no longer than that (T-03)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from config.policy import policy
from server.access.actor import SYSTEM, Actor, ActorKind
from server.control.models import ControlOrder
from server.errors import Conflict, Invalid, NotAllowed
from server.guardians import service as guardians
from server.guardians.identities import Contact, refuse_guardians_own
from server.guardians.models import Scope
from server.messages.models import Letter
from server.people.models import Patient
from server.signals.contact import wishes_of
from server.visits import company, guardian_access, invitations, tickets
from server.visits.kinds import Role, Stage
from server.visits.models import Participant, Room, Visit
from tests.actors import staff
from tests.people import CASEY, DR_LIND, DR_RIVERA, JORDAN_LEE, LINH, MORGAN

sqlite_alone = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
OF_AGE = {"of_age_at": policy().minors.of_age_at}
BASE = "https://mooring.test"


@pytest.fixture
def now():
    return datetime.now(UTC)


def minor(session) -> Patient:
    return session.get_one(Patient, CASEY.id)


@sqlite_alone
@pytest.mark.parametrize(
    ("email", "phone", "field"),
    [
        (CASEY.email.upper(), "+13035550199", "email"),
        ("casey.nguyen+mom@mail.example", "+13035550199", "email"),
        ("kim@mail.example", "(303) 555-0171", "phone"),
    ],
)
def test_the_minors_own_mailbox_and_phone_are_refused(transaction, now, email, phone, field):
    contact = Contact("Kim Nguyen", email, phone)
    with transaction() as session, pytest.raises(Invalid) as refused:
        guardians.add(
            session, staff(DR_RIVERA), minor(session), contact, None, (), **OF_AGE, now=now
        )
    assert list(refused.value.facts["fields"]) == [field]
    assert "of their own" in refused.value.message


@sqlite_alone
def test_a_minor_is_not_reached_through_the_guardian(transaction):
    for contact in (
        Contact(CASEY.name, LINH.email, CASEY.phone),
        Contact(CASEY.name, CASEY.email, LINH.phone),
    ):
        with transaction() as session, pytest.raises(Invalid) as refused:
            refuse_guardians_own(session, minor(session), contact)
        assert "guardian" in refused.value.message


@sqlite_alone
def test_nothing_is_given_by_being_a_guardian(transaction, now):
    contact = Contact("Kim Nguyen", "kim@mail.example", "+13035550199")
    with transaction() as session:
        person = guardians.add(
            session, staff(DR_RIVERA), minor(session), contact, None, (), **OF_AGE, now=now
        )
        assert not any(guardians.may(session, person.id, scope, now=now) for scope in Scope)


@sqlite_alone
@pytest.mark.parametrize(
    ("scope", "allowed"), [("join", True), ("times", True), ("sign", False)]
)
def test_a_desk_changes_logistics_and_nothing_else(transaction, now, scope, allowed):
    left = frozenset(Scope) - {Scope(scope)}
    with transaction() as session:
        change = (session, staff(JORDAN_LEE), LINH.id, left)
        if allowed:
            guardians.set_scopes(*change, now=now)
            assert not guardians.may(session, LINH.id, Scope(scope), now=now)
            return
        with pytest.raises(NotAllowed):
            guardians.set_scopes(*change, now=now)


def test_ending_closes_seat_link_browser_and_socket(
    a_visit, as_patient, transaction, reading, now
):
    """C-06, for a guardian: what was open is closed by the same commit, on both engines."""
    visit = a_visit(patient=CASEY, also=(LINH,))
    mother = as_patient(visit.link(LINH))
    mother.post("/visit/ticket", {"page": "p", "tab": "t"})
    assert mother.get("/visit/state").json["me"]["stage"] == "precheck"
    with transaction() as session:
        session.get_one(Room, visit.room_id).node = "n1"
        guardian_access.end(session, staff(JORDAN_LEE), LINH.id, now=now)
    assert mother.get("/visit/state").status_code == 401
    assert mother.get(f"/v/{visit.link(LINH)}").status_code == 404
    with reading() as session:
        seat = session.get_one(Participant, visit.participant(LINH))
        assert seat.stage is Stage.REMOVED
        orders = session.scalars(select(ControlOrder).where(ControlOrder.order == "remove"))
        assert [each.claims["peer"] for each in orders] == [str(seat.id)]
    with transaction() as session, pytest.raises(Conflict):
        company.add_participant(
            session, staff(JORDAN_LEE), visit.id, Role.GUARDIAN, LINH.id, now, base_url=BASE
        )


@sqlite_alone
def test_who_may_not_join_any_more_is_out_and_may_be_asked_in_again(
    a_visit, transaction, reading, now
):
    visit = a_visit(patient=CASEY, also=(LINH,))
    rivera = staff(DR_RIVERA)
    with transaction() as session:
        guardian_access.set_scopes(session, rivera, LINH.id, {Scope.TIMES}, now=now)
    with reading() as session:
        assert session.get_one(Participant, visit.participant(LINH)).stage is Stage.REMOVED
    with transaction() as session:
        guardian_access.set_scopes(session, rivera, LINH.id, {Scope.JOIN}, now=now)
        seat, _token = company.add_participant(
            session, rivera, visit.id, Role.GUARDIAN, LINH.id, now, base_url=BASE
        )
        assert seat.id != visit.participant(LINH)


@sqlite_alone
def test_on_the_birthday_it_is_over_by_itself(a_visit, transaction, reading, now):
    """R-13; before the sweep comes, the ticket says so already."""
    visit = a_visit(patient=CASEY, also=(LINH,))
    today = now.astimezone().date()
    with transaction() as session:
        session.execute(
            text("UPDATE guardianships SET ends_on = :day"), {"day": today - timedelta(days=1)}
        )
    seat_id = visit.participant(LINH)
    link = Actor(ActorKind.LINK, "guardian", clinic_id=CASEY.house.id, participant_id=seat_id)
    with transaction() as session, pytest.raises(NotAllowed):
        tickets.ticket_for(session, link, tickets.Asked("p", "t"), policy(), ("n1",), now=now)
    with transaction() as session:
        assert list(guardians.to_end(session, now=now)) == [LINH.id]
        guardian_access.end(session, SYSTEM, LINH.id, now=now)
        assert list(guardians.to_end(session, now=now)) == []
    with reading() as session:
        assert session.get_one(Participant, visit.participant(LINH)).stage is Stage.REMOVED


@sqlite_alone
@pytest.mark.parametrize("hears", [True, False])
def test_a_letter_says_when_only_to_whoever_may_hear_it(
    a_visit, transaction, reading, now, hears
):
    scopes = {Scope.JOIN, Scope.TIMES} if hears else {Scope.JOIN}
    visit = a_visit(patient=CASEY, also=(LINH,))
    with transaction() as session:
        guardian_access.set_scopes(session, staff(DR_RIVERA), LINH.id, scopes, now=now)
        row = session.get_one(Visit, visit.id)
        seat = session.get_one(Participant, visit.participant(LINH))
        invitations.invite(session, row, seat, BASE, now=now)
    mine = select(Letter).where(Letter.to == LINH.email)
    with reading() as session:
        bodies = [each.body for each in session.scalars(mine)]
    assert [("Denver time" in body) for body in bodies] == [hears]
    with transaction() as session:
        invitations.say_cancelled(session, session.get_one(Visit, visit.id), now=now)
    with reading() as session:
        assert ("cancelled" in {each.kind for each in session.scalars(mine)}) is hears
    assert not any("Casey" in body or "Rivera" in body for body in bodies)


@sqlite_alone
def test_staff_see_and_change_it_on_one_page(a_visit, as_staff, reading):
    visit = a_visit(patient=CASEY, also=(LINH,))
    path = f"/visits/{visit.id}/arrangements"
    desk = as_staff(JORDAN_LEE)
    shown = desk.get(path).text
    assert LINH.email in shown
    assert "Until 20 May 2028" in shown
    assert shown.count("disabled") == 4  # consent and forms, of Linh and of whoever is added
    same = {"name": "Kim", "email": CASEY.email, "phone": "303 555 0199", "scope": "join"}
    refused = desk.submit(f"{path}/add", same, page=path)
    assert refused.status_code == 422
    assert "the patient&#39;s own e-mail" in refused.text
    assert 'value="303 555 0199"' in refused.text
    added = desk.submit(f"{path}/add", {**same, "email": "kim@mail.example"}, page=path)
    assert added.headers["Location"].endswith("?said=add")
    doctor = as_staff(DR_RIVERA)
    every = [scope.value for scope in Scope]
    scopes = {"guardian": str(LINH.id), "scope": ["times", "sign"], "shown": every}
    doctor.submit(f"{path}/scopes", scopes, page=path)
    scopes = {"guardian": str(LINH.id), "scope": "join", "shown": ["times", "sign"]}
    desk.submit(f"{path}/scopes", scopes, page=path)
    with reading() as session:
        held = {s for s in Scope if guardians.may(session, LINH.id, s, now=datetime.now(UTC))}
    assert held == {Scope.JOIN, Scope.SIGN}  # the desk left the clinician's as it was
    ended = desk.submit(f"{path}/end", {"guardian": str(LINH.id)}, page=path)
    assert "Ended" in desk.get(ended.headers["Location"]).text


@sqlite_alone
def test_an_older_page_gives_nothing_back_that_was_taken_since(
    a_visit, as_staff, transaction, now
):
    """Both see "join" given; the desk takes it, and the doctor adds "forms" on an old page."""
    path = f"/visits/{a_visit(patient=CASEY, also=(LINH,)).id}/arrangements"
    doctor, desk = as_staff(DR_RIVERA), as_staff(JORDAN_LEE)
    shown = re.findall(r'name="shown" value="(\w+)"', doctor.get(path).text)
    assert "join" in shown
    left = [scope for scope in shown if scope != "join"]
    one = {"guardian": str(LINH.id), "shown": shown}
    desk.submit(f"{path}/scopes", {**one, "scope": left}, page=path)
    doctor.submit(f"{path}/scopes", {**one, "scope": [*shown, "forms"]}, page=path)
    with transaction() as session:
        held = {s.value for s in Scope if guardians.may(session, LINH.id, s, now=now)}
    assert held == {*left, "forms"}


@sqlite_alone
def test_an_older_page_undoes_no_wish_and_loses_nothing_typed(a_visit, as_staff, transaction):
    """T-10: "do not call" holds, whatever a form that was opened before it says."""
    path = f"/visits/{a_visit().id}/arrangements"
    desk = as_staff(JORDAN_LEE)
    as_of = re.search(r'name="as_of" value="([^"]*)"', desk.get(path).text)[1]
    ways = {"by_email": "yes", "from_hour": "9", "until_hour": "17", "as_of": as_of}
    assert desk.submit(f"{path}/contact", ways, page=path).status_code == 303
    note = "Ask for Kim about the library book"
    older = {**ways, "by_phone": "yes", "note": note}
    refused = desk.submit(f"{path}/contact", older, page=path)
    assert (refused.status_code, note in refused.text) == (409, True)
    with transaction() as session:
        assert not wishes_of(session, MORGAN.id).by_phone
    wrong = desk.submit(f"{path}/contact", {**older, "until_hour": "9"}, page=path)
    assert (wrong.status_code, note in wrong.text) == (422, True)
    now_shown = re.search(r'name="as_of" value="([^"]*)"', refused.text)[1]
    answer = desk.submit(f"{path}/contact", {**older, "as_of": now_shown}, page=path)
    assert answer.status_code == 303


@sqlite_alone
def test_a_guardian_of_somebody_else_is_not_found_here(a_visit, as_staff):
    visit = a_visit(patient=MORGAN)
    path = f"/visits/{visit.id}/arrangements"
    answer = as_staff(JORDAN_LEE).submit(f"{path}/end", {"guardian": str(LINH.id)}, page=path)
    assert answer.status_code == 404
    assert as_staff(DR_LIND).get(path).status_code == 404


@sqlite_alone
def test_an_adult_has_no_guardian_and_none_can_be_added(a_visit, as_staff, transaction, now):
    visit = a_visit(patient=MORGAN)
    shown = as_staff(JORDAN_LEE).get(f"/visits/{visit.id}/arrangements").text
    assert "Nobody answers for them" in shown
    contact = Contact("Kim", "kim@mail.example", "+13035550199")
    with transaction() as session:
        adult = session.get_one(Patient, MORGAN.id)
    with transaction() as session, pytest.raises(Conflict):
        guardians.add(session, staff(DR_RIVERA), adult, contact, None, (), **OF_AGE, now=now)
