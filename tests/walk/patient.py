"""What anybody may see, and the patient's way: the link in every state, every question."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from server.visits.check_in_policy import Step
from server.visits.kinds import VisitState
from server.visits.models import Visit
from tests.people import DEMO_PASSWORD, JORDAN_LEE, MORGAN, open_visit
from tests.walk.hands import empty_all, submit
from tests.walk.stops import Stop, Walk, Whose


def public(walk: Walk) -> Iterator[Stop]:
    """What anybody may see, and the door for staff."""
    with walk.person(Whose.PATIENT) as anybody:
        for name, path in PUBLIC.items():
            yield walk.to(name, anybody, path)
        anybody.page.goto(walk.stack.url)
        anybody.act("help")
        yield walk.at("home, help open", anybody)
    with walk.person(Whose.STAFF) as nobody:
        yield walk.to("sign-in", nobody, "/sign-in")
        nobody.page.fill("#email", JORDAN_LEE.email)
        nobody.page.fill("#password", DEMO_PASSWORD + "?")
        nobody.act("sign-in")
        nobody.page.wait_for_selector("[data-errors]")
        yield walk.at("sign-in, refused", nobody)


def links(walk: Walk) -> Iterator[Stop]:
    """The personal link in every state, and what one may say by it."""
    with walk.person(Whose.PATIENT) as patient:
        url = walk.link()
        patient.page.goto(url)
        yield walk.at("link", patient)
        patient.page.goto(f"{url}/not-me")
        yield walk.at("not me", patient)
        submit(patient.page)
        yield walk.at("thanks, not me", patient)
    for name, changes in LINK_STATES.items():
        with walk.person(Whose.PATIENT) as patient:
            patient.open_link(walk.link(**changes))
            patient.page.wait_for_load_state()
            yield walk.at(f"link, {name}", patient)
    yield from _closed_without_a_clinician(walk)
    yield from _cannot_come(walk)
    yield from _second_browser(walk)


def _closed_without_a_clinician(walk: Walk) -> Iterator[Stop]:
    with walk.stack.database.transaction() as session:
        opened = open_visit(session, now=datetime.now(UTC))
    with walk.person(Whose.PATIENT) as patient:
        patient.open_link(f"{walk.stack.url}/v/{opened.link(MORGAN)}")
        patient.page.wait_for_url("**/check-in/identity")
        with walk.stack.database.transaction() as session:
            visit = session.get_one(Visit, opened.id)
            visit.state, visit.unattended = VisitState.ENDED, True
        yield walk.to("link, closed without a clinician", patient, "/visit")


def _cannot_come(walk: Walk) -> Iterator[Stop]:
    with walk.person(Whose.PATIENT) as patient:
        patient.open_link(walk.link(starts_in=timedelta(hours=3)))
        late = patient.page.locator('form[action="/visit/running-late"] button')
        if late.count():
            late.click()
            yield walk.at("thanks, running late", patient)
        yield walk.to("thanks, saved", patient, "/visit/saved")
        yield walk.to("cannot come", patient, "/visit/cannot-come")
        yield walk.refused("cannot come, with an error", patient)
        patient.page.locator('label:has([value="none"])').click()
        submit(patient.page)
        yield walk.at("thanks, cannot come", patient)


def _second_browser(walk: Walk) -> Iterator[Stop]:
    url = walk.link()
    with walk.person(Whose.PATIENT) as first:
        first.open_link(url)
    with walk.person(Whose.PATIENT) as second:
        second.open_link(url)
        second.page.wait_for_url("**/visit/confirm")
        yield walk.at("confirm", second)
        for tries in range(5):
            for part, value in (("month", "1"), ("day", "2"), ("year", "1983")):
                second.page.fill(f"#birth_date_{part}", value)
            second.page.fill("#phone_end", "0000")
            submit(second.page)
            if tries == 0:
                second.page.wait_for_selector("[data-errors]")
                yield walk.at("confirm, with an error", second)
        yield walk.at("confirm, no tries left", second)


def check_in(walk: Walk) -> Iterator[Stop]:
    """Every question, and each with what is missing."""
    with walk.person(Whose.PATIENT) as patient:
        patient.open_link(walk.link())
        patient.page.wait_for_url("**/check-in/identity")
        for step in Step:
            yield walk.to(f"check-in, {step.value}", patient, f"/visit/check-in/{step.value}")
            if step is Step.PLACE:
                patient.page.locator('label:has([value="other"])').click()
                yield walk.at("check-in, another place", patient)
            empty_all(patient.page)
            patient.act("continue")
            patient.page.wait_for_load_state()
            if patient.page.locator("[data-errors]").count():
                yield walk.at(f"check-in, {step.value}, with errors", patient)
        for name in ("park", "not-private"):
            yield walk.to(name, patient, f"/visit/{name}")
        yield walk.to("test, days ahead", patient, "/visit/test")


PUBLIC = {
    "home": "/",
    "help": "/help",
    "breathe": "/breathe",
    "link needed": "/link-needed",
    "unknown link": "/v/nobody-has-this-one",
    "no such page": "/nothing-here",
    "mailbox": "/dev/mailbox",
}
LINK_STATES = {
    "early": {"starts_in": timedelta(days=2)},
    "late": {"starts_in": timedelta(minutes=-75)},
    "ended": {"starts_in": timedelta(minutes=-75), "state": VisitState.ENDED},
    "cancelled": {"state": VisitState.CANCELLED_CLINIC},
}
