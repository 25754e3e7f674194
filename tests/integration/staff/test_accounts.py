"""Accounts are invited, given roles, ended and opened again, all of it on record."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from config.policy import policy
from server.access.actor import SYSTEM, Actor, ActorKind
from server.audit.models import AuditRow
from server.control.models import ControlOrder
from server.errors import NotAllowed
from server.identity import cookies
from server.identity.models import Account, LinkSession, PasswordLink, StaffRole
from server.messages.models import Letter
from server.people.models import Clinician
from server.staff import accounts
from server.tasks.models import Task
from server.visits import happenings, overstaying
from server.visits.kinds import Stage
from server.visits.models import Participant, Room
from tests.people import (
    DEMO_PASSWORD,
    DR_LIND,
    DR_OSEI,
    DR_RIVERA,
    JORDAN_LEE,
    MORGAN,
    NOOR_HADDAD,
    PRIYA_RAMAN,
    SAM_WHITFIELD,
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

NEW = {"name": "Ada  Nwosu", "email": " Ada.Nwosu@harbor.example ", "role": "psychiatrist"}
PASSWORD = "a quiet road by the sea"
TOKEN = re.compile(r"/set-password/(\S+)")


@pytest.fixture
def noor(as_staff):
    return as_staff(NOOR_HADDAD)


@pytest.fixture
def latest_letter(reading):
    """The newest letter of a kind."""

    def newest(kind: str) -> Letter:
        with reading() as session:
            return session.scalars(
                select(Letter).where(Letter.kind == kind).order_by(Letter.due_at.desc())
            ).first()

    return newest


@pytest.fixture
def link(latest_letter):
    """The path in the newest letter with a link to set a password."""
    return lambda: TOKEN.search(latest_letter("password-link").body)[0]


def act(browser, person, what, **fields):
    return browser.submit(f"/people/{person.id}/{what}", fields, page=f"/people/{person.id}")


def admin(person=NOOR_HADDAD) -> Actor:
    return Actor(
        ActorKind.STAFF, role="clinic_admin", clinic_id=person.house.id, account_id=person.id
    )


def test_somebody_is_invited_sets_a_password_and_signs_in(app, noor, anybody, link, reading):
    answer = noor.submit("/people/new", NEW)
    assert answer.status_code == 303, answer.text
    assert "Invited" in noor.get(answer.headers["Location"]).text
    ada = anybody()
    for _ in range(3):  # a mail scanner looks, too
        assert ada.get(link()).status_code == 200
    assert ada.submit(link(), {"password": PASSWORD}).headers["Location"] == "/sign-in"
    signed = ada.submit("/sign-in", {"email": "ada.nwosu@harbor.example", "password": PASSWORD})
    assert signed.headers["Location"] == "/today"
    with reading() as session:
        account = session.scalar(select(Account).where(Account.name == "Ada Nwosu"))
        assert PASSWORD not in account.password_hash
        assert session.get(Clinician, account.id).short_name == "Ada Nwosu"


def test_an_account_that_was_only_invited_lets_nobody_in(app, noor, anybody):
    noor.submit("/people/new", NEW)
    for guess in ("", "no such account", "a", PASSWORD):
        fields = {"email": "ada.nwosu@harbor.example", "password": guess}
        assert anybody().submit("/sign-in", fields).status_code == 422


def test_a_link_works_once_for_a_day_and_until_the_next(app, noor, anybody, link, reading):
    noor.submit("/people/new", NEW)
    first = link()
    with reading() as session:
        kept = session.scalars(select(PasswordLink.token_hash)).one()
    assert kept not in first
    assert len(first.rpartition("/")[2]) >= 43  # 256 bits
    with time_machine.travel(datetime.now(UTC) + policy().password_link_lasts):
        assert anybody().get(first).status_code == 404
    with reading() as session:
        ada = session.scalar(select(Account).where(Account.name == "Ada Nwosu"))
    noor.submit(f"/people/{ada.id}/link", page=f"/people/{ada.id}")
    second = link()
    assert second != first
    assert anybody().get(first).status_code == 404
    assert anybody().submit(second, {"password": PASSWORD}).status_code == 303
    assert anybody().get(second).status_code == 404
    over, never = anybody().get(second), anybody().get("/set-password/never")
    assert over.text == never.text


@pytest.mark.parametrize(
    ("password", "says"),
    [("too short", "15 characters"), ("ada.nwosu is my name", "leave out"), ("", "15")],
)
def test_a_weak_password_is_said_and_the_link_stays_good(
    app, noor, anybody, link, password, says
):
    noor.submit("/people/new", NEW)
    browser = anybody()
    refused = browser.submit(link(), {"password": password})
    assert refused.status_code == 422
    assert says in refused.text
    assert browser.submit(link(), {"password": PASSWORD}).status_code == 303


def test_a_new_password_ends_every_session_and_is_told(
    app, noor, as_staff, anybody, link, latest_letter
):
    lost = as_staff(DR_OSEI)
    assert act(noor, DR_OSEI, "link").status_code == 303
    assert lost.get("/today").status_code == 200
    anybody().submit(link(), {"password": PASSWORD})
    assert lost.get("/today").status_code == 303
    assert latest_letter("password-set").to == DR_OSEI.email
    old = {"email": DR_OSEI.email, "password": DEMO_PASSWORD}
    assert anybody().submit("/sign-in", old).status_code == 422


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"name": " "}, "write their name"),
        ({"email": "nobody"}, "whole e-mail"),
        ({"role": "owner"}, "choose what they are"),
        ({"email": DR_RIVERA.email}, "already"),
        ({"email": DR_LIND.email}, "already"),
        ({"clinic_id": str(DR_LIND.house.id)}, ""),
        ({"password_hash": "x"}, ""),
    ],
)
def test_what_is_missing_is_said_and_nobody_is_invited(app, noor, reading, changed, says):
    """C-10: and no field but ours is ever taken."""
    answer = noor.submit("/people/new", {**NEW, **changed})
    assert answer.status_code == 422
    assert says in answer.text
    with reading() as session:
        assert session.scalar(select(Account).where(Account.name == "Ada Nwosu")) is None


def test_the_end_of_an_account_is_at_once_and_everywhere(
    app, noor, as_staff, anybody, a_visit, reading, transaction
):
    visit = a_visit(clinician=DR_OSEI)
    osei = as_staff(DR_OSEI)
    assert osei.post(f"/visits/{visit.id}/ticket", {"page": "p", "tab": "t"}).status_code == 200
    assert act(noor, DR_OSEI, "end").status_code == 303
    assert osei.get("/today").status_code == 303
    assert osei.post(f"/visits/{visit.id}/ticket", {"page": "p", "tab": "t"}).status_code == 401
    wrong = anybody().submit("/sign-in", {"email": DR_OSEI.email, "password": DEMO_PASSWORD})
    assert wrong.status_code == 422
    with reading() as session:
        orders = session.scalars(select(ControlOrder).where(ControlOrder.order == "revoke"))
        named = {peer for order in orders for peer in order.claims["peers"]}
        assert str(visit.participant(DR_OSEI)) in named
        assert any(peer.startswith("b-") for peer in named)
        seat = session.get_one(Participant, visit.participant(DR_OSEI))
        assert seat.present_until is None
        room = session.get_one(Room, seat.room_id).name
        task = session.scalars(select(Task).where(Task.kind == "needs-clinician")).one()
        assert (task.for_role, task.visit_id) == ("coordinator", visit.id)
    claim = {"room": room, "peer": str(seat.id), "page": "p", "seat": 1, "what": "present"}
    told = {"node": "n1", "boot": "b", "seq": 1, "events": [claim]}
    with transaction() as session:  # signaling has not heard of it yet
        assert happenings.hear(session, told, policy(), now=datetime.now(UTC)) == 0
        found = overstaying.found_in(session, told, now=datetime.now(UTC))
        assert [order["do"] for order in found.orders] == ["revoke"]
    assert act(noor, DR_OSEI, "open").status_code == 303
    assert osei.get("/today").status_code == 303  # what was closed stays closed
    anybody().sign_in(DR_OSEI)


def test_another_role_takes_effect_at_once(app, noor, as_staff, a_visit, reading):
    visit = a_visit(also=(SAM_WHITFIELD,))
    sam = as_staff(SAM_WHITFIELD)
    assert act(noor, SAM_WHITFIELD, "role", role="coordinator").status_code == 303
    assert sam.get("/today").status_code == 303
    again = as_staff(SAM_WHITFIELD)
    assert again.get("/board").status_code == 200
    asked = again.post(f"/visits/{visit.id}/ticket", {"page": "p", "tab": "t"})
    assert asked.status_code in (403, 404)
    with reading() as session:
        seat = session.get_one(Participant, visit.participant(SAM_WHITFIELD))
        assert seat.stage is Stage.REMOVED


@pytest.mark.parametrize("what", ["end", "role"])
def test_nobody_ends_or_changes_their_own_account(app, noor, what):
    answer = noor.submit(
        f"/people/{NOOR_HADDAD.id}/{what}", {"role": "auditor"}, page="/people/new"
    )
    assert answer.status_code == 409
    assert "your own account" in answer.text
    assert noor.get("/people").status_code == 200


def test_the_last_administrator_stays(transaction):
    now = datetime.now(UTC)
    with transaction() as session:
        accounts.change_role(session, admin(), JORDAN_LEE.id, StaffRole.CLINIC_ADMIN, now=now)
    with transaction() as session:
        accounts.disable(session, admin(JORDAN_LEE), NOOR_HADDAD.id, now=now)
    with pytest.raises(NotAllowed, match="only administrator"), transaction() as session:
        accounts.disable(session, admin(), JORDAN_LEE.id, now=now)
    keeper = Actor(ActorKind.SYSTEM, role=SYSTEM.role, clinic_id=JORDAN_LEE.house.id)
    with transaction() as session:  # a stolen account cannot wait for a second one
        accounts.disable(session, keeper, JORDAN_LEE.id, now=now)


@pytest.mark.parametrize("what", ["end", "role", "open", "link", "sign-out"])
def test_an_account_of_another_clinic_is_not_there(app, noor, what, reading):
    """T-02."""
    answer = noor.submit(
        f"/people/{DR_LIND.id}/{what}", {"role": "auditor"}, page="/people/new"
    )
    assert answer.status_code == 404
    assert noor.get(f"/people/{DR_LIND.id}").status_code == 404
    assert DR_LIND.name not in noor.get("/people").text
    with reading() as session:
        assert session.get_one(Account, DR_LIND.id).disabled_at is None


def test_an_auditor_reads_and_changes_nothing(app, as_staff):
    priya = as_staff(PRIYA_RAMAN)
    assert "Invite somebody" not in priya.get("/people").text
    assert "End their access" not in priya.get(f"/people/{DR_OSEI.id}").text
    assert act(priya, DR_OSEI, "end").status_code in (403, 404)


def test_the_administrator_reads_no_record(app, noor, a_visit):
    """CLINICAL.md §7: users and roles, and no clinical read."""
    visit = a_visit()
    for path in (f"/visits/{visit.id}", f"/visits/{visit.id}/chart", "/today", "/board"):
        assert noor.get(path).status_code == 404
    assert MORGAN.name not in noor.get("/people").text


def test_every_act_is_on_record(app, noor, reading):
    noor.submit("/people/new", NEW)
    for what in ("link", "sign-out", "end", "open"):
        act(noor, DR_OSEI, what)
    act(noor, DR_OSEI, "role", role="therapist")
    with reading() as session:
        found = session.scalars(
            select(AuditRow.action).where(AuditRow.actor == f"staff:{NOOR_HADDAD.id}")
        ).all()
        names = session.scalar(
            select(func.count()).where(
                AuditRow.reason.contains("Ada") | AuditRow.object.contains("@")
            )
        )
    acts = {
        "account:invite", "account:password-link", "session:end-all", "account:disable",
        "account:enable", "account:role",
    }  # fmt: skip
    assert acts <= set(found)
    assert names == 0


def test_whoever_ended_is_out_however_old_their_cookie(app, noor, as_staff):
    osei = as_staff(DR_OSEI)
    secret = osei.cookie(cookies.STAFF)
    act(noor, DR_OSEI, "end")
    act(noor, DR_OSEI, "open")
    osei.hold(cookies.STAFF, secret)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=1)):
        assert osei.get("/today").status_code == 303


@pytest.mark.check("C-06")
def test_whoever_was_in_the_call_is_told_to_close_it(
    app, noor, as_staff, as_patient, a_visit, transaction
):
    """A page that ignores its own end gets no picture all the same: the other side closes."""
    visit = a_visit(clinician=DR_OSEI)
    as_staff(DR_OSEI).post(f"/visits/{visit.id}/ticket", {"page": "p", "tab": "t"})
    morgan = as_patient(visit.link(MORGAN))
    with transaction() as session:
        seat = session.get_one(Participant, visit.participant(MORGAN))
        browser = session.scalars(select(LinkSession.id_hash)).one()
        seat.stage, seat.admitted_session, seat.seat_session = Stage.ADMITTED, browser, browser

    def shown():
        people = morgan.get("/visit/state").json["people"]
        return [each["stage"] for each in people if each["role"] == "psychiatrist"]

    assert shown() == ["admitted"]
    act(noor, DR_OSEI, "end")
    assert shown() != ["admitted"]
