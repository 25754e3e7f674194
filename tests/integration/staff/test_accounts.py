"""Accounts are given roles, ended and opened again, all of it at once and on record."""

from __future__ import annotations

from dataclasses import replace
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
from server.identity.models import Account, LinkSession, StaffRole
from server.staff import accounts
from server.tasks.models import Task
from server.visits import happenings, overstaying
from server.visits.kinds import Stage
from server.visits.models import Participant, Room
from tests.actors import staff
from tests.integration.staff.filled_in import NEW, act
from tests.people import (
    DEMO_PASSWORD,
    DR_LIND,
    DR_OSEI,
    JORDAN_LEE,
    MORGAN,
    NOOR_HADDAD,
    PRIYA_RAMAN,
    SAM_WHITFIELD,
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def admin(person=NOOR_HADDAD) -> Actor:
    return replace(staff(person), role="clinic_admin")


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
