"""The pages of those who work here: lists, board, chart, arrangements, accounts."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

from config.policy import policy
from server.identity import password_links
from server.identity.models import Account
from server.tenancy import EVERY_CLINIC
from tests.people import (
    CASEY,
    DR_OSEI,
    DR_RIVERA,
    JORDAN_LEE,
    LINH,
    NOOR_HADDAD,
    SAM_WHITFIELD,
    open_visit,
)
from tests.walk.hands import submit
from tests.walk.stops import Stop, Walk, Whose


def desk(walk: Walk) -> Iterator[Stop]:
    """The lists, the board and its forms, the chart, one's own set-up."""
    visit = walk.stack.visit(ready=True)["visit_id"]
    yield from walk.signed_in(DR_OSEI, {"today, nobody": "/today"})
    pages = {
        "chart": f"/visits/{visit}/chart",
        "chart, history": f"/visits/{visit}/chart/history",
        "chart, safety": f"/visits/{visit}/chart/safety",
        "staff, no such page": f"/visits/{uuid.uuid4()}",
        "arrangements": f"/visits/{visit}/arrangements",
        "set-up": "/set-up",
    }
    yield from walk.signed_in(DR_RIVERA, pages)
    with walk.person(Whose.STAFF) as doctor:
        doctor.page.goto(walk.stack.sign_in_link(DR_RIVERA, "/set-up"))
        doctor.act("turn-on")
        doctor.expect_call("testing")
        yield walk.at("set-up, testing", doctor)
        yield from walk.layers(doctor, "set-up", "devices")
    yield from walk.signed_in(
        JORDAN_LEE,
        {"board": "/board", "new visit": "/board/new", "manage": f"/board/visits/{visit}"},
    )
    yield from _arrangements(walk)
    with walk.person(Whose.STAFF) as jordan:
        jordan.page.goto(walk.stack.sign_in_link(JORDAN_LEE, f"/board/visits/{visit}"))
        jordan.page.locator('form[action$="/copy"] button').first.click()
        jordan.page.wait_for_selector("[data-copy]")
        yield walk.at("manage, a fresh link", jordan)
        jordan.page.goto(f"{walk.stack.url}/board/new")
        yield walk.refused("new visit, with errors", jordan)


def _arrangements(walk: Walk) -> Iterator[Stop]:
    """Of a minor with a guardian: scopes, what is missing, how to reach them."""
    with walk.stack.database.transaction() as session:
        minor = open_visit(session, now=datetime.now(UTC), patient=CASEY, also=(LINH,))
    page = {"arrangements, of a minor": f"/visits/{minor.id}/arrangements"}
    yield from walk.signed_in(DR_RIVERA, page)
    with walk.person(Whose.STAFF) as jordan:
        jordan.page.goto(
            walk.stack.sign_in_link(JORDAN_LEE, f"/visits/{minor.id}/arrangements")
        )
        jordan.page.fill("#email", CASEY.email)
        jordan.page.locator('form[action$="/add"] button').click()
        jordan.page.wait_for_selector('[role="alert"]')
        yield walk.at("arrangements, with errors", jordan)


def accounts(walk: Walk) -> Iterator[Stop]:
    """Who works here, an invitation and its link, and where somebody is signed in."""
    with walk.person(Whose.STAFF) as admin:
        admin.page.goto(walk.stack.sign_in_link(NOOR_HADDAD, "/people"))
        yield walk.at("people", admin)
        yield walk.to("person", admin, f"/people/{DR_OSEI.id}")
        admin.page.goto(f"{walk.stack.url}/people/{DR_OSEI.id}/licences")
        yield walk.refused("licences, with errors", admin)
        yield walk.to("privacy officer", admin, "/people/privacy-officer")
        admin.page.goto(f"{walk.stack.url}/people/new")
        yield walk.refused("invite, with errors", admin)
        admin.page.fill("[name=name]", "Ada Nwosu")
        admin.page.fill("[name=email]", f"ada.{uuid.uuid4().hex[:8]}@harbor.example")
        admin.page.select_option("[name=role]", "therapist")
        submit(admin.page)
        admin.page.wait_for_selector("[role=status]")
        yield walk.at("person, invited", admin)
    yield from _password(walk, admin.page.url.rpartition("/")[2].partition("?")[0])
    with walk.person(Whose.STAFF) as here, walk.person(Whose.STAFF) as there:
        there.page.goto(walk.stack.sign_in_link(SAM_WHITFIELD))
        here.page.goto(walk.stack.sign_in_link(SAM_WHITFIELD, "/sessions"))
        yield walk.at("sessions", here)
        here.page.locator('form[action="/sessions/end/others"] button').click()
        here.page.wait_for_selector("[role=status]")
        yield walk.at("sessions, ended elsewhere", here)


def _password(walk: Walk, account_id: str) -> Iterator[Stop]:
    """By the link of the letter, which the mailbox shows too."""
    with walk.stack.database.transaction(EVERY_CLINIC) as session:
        account = session.get_one(Account, uuid.UUID(account_id))
        _, token = password_links.make(session, account, policy(), now=datetime.now(UTC))
    with walk.person(Whose.STAFF) as invited:
        yield walk.to("set password", invited, f"/set-password/{token}")
        submit(invited.page)
        invited.page.wait_for_selector(".field-error")
        yield walk.at("set password, too short", invited)
        yield walk.to("set password, link over", invited, "/set-password/over")
