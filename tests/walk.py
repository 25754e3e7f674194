"""A walk past every page and every state of it; whoever comes along looks at each stop."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from config.policy import policy
from server.demo.cast import Person, Staff
from server.identity import password_links
from server.identity.models import Account
from server.tenancy import EVERY_CLINIC
from server.visits.check_in_policy import Step
from server.visits.kinds import VisitState
from server.visits.models import Visit
from tests.house import Stack
from tests.people import (
    CASEY,
    DEMO_PASSWORD,
    DR_OSEI,
    DR_RIVERA,
    JORDAN_LEE,
    LINH,
    MORGAN,
    NOOR_HADDAD,
    PRIYA_RAMAN,
    SAM_WHITFIELD,
    open_visit,
)
from tests.two_people import DESK, PHONE, Side


class Whose(StrEnum):
    """For whom a page is: patients get larger targets, and nothing that gives them away."""

    PATIENT = "patient"
    STAFF = "staff"


@dataclass(frozen=True)
class Stop:
    """One page in one state."""

    name: str
    page: Page
    whose: Whose


class Witness(Side):
    """One person at a browser who also notes where every request goes."""

    def __init__(self, browser: Browser, whose: Whose) -> None:
        size = DESK if whose is Whose.STAFF else PHONE
        super().__init__(browser, size, reduced_motion="reduce")
        self.whose = whose
        self.asked: set[str] = set()
        self.refused_pages: set[str] = set()
        self.context.on("request", lambda request: self.asked.add(origin(request.url)))
        self.context.on("response", self._note_refusal)
        self.page.on("websocket", lambda socket: self.asked.add(origin(socket.url)))

    def _note_refusal(self, response: object) -> None:
        if response.status >= 400 and response.request.is_navigation_request():
            self.refused_pages.add(response.url)

    def _hear(self, message: object) -> None:
        """A page that says no is meant to; anything else in the console is a fault."""
        if message.location.get("url") not in self.refused_pages:
            super()._hear(message)


def origin(url: str) -> str:
    """Where a request goes: scheme, host and port; sockets count as what they upgrade."""
    parts = urlsplit(url)
    scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
    return f"{scheme}://{parts.netloc}"


class Walk:
    """The parts of the walk; each opens its own browsers and closes them."""

    def __init__(self, browser: Browser, stack: Stack) -> None:
        self._browser = browser
        self._stack = stack
        self.witnesses: list[Witness] = []

    @contextmanager
    def _person(self, whose: Whose) -> Iterator[Witness]:
        person = Witness(self._browser, whose)
        self.witnesses.append(person)
        try:
            yield person
        finally:
            person.close()

    def _at(self, name: str, side: Witness, page: Page | None = None) -> Stop:
        return Stop(name, page or side.page, side.whose)

    def _link(self, **changes: object) -> str:
        with self._stack.database.transaction() as session:
            visit = open_visit(session, now=datetime.now(UTC), **changes)
        return f"{self._stack.url}/v/{visit.link(MORGAN)}"

    def public(self) -> Iterator[Stop]:
        """What anybody may see, and the door for staff."""
        with self._person(Whose.PATIENT) as anybody:
            for name, path in PUBLIC.items():
                anybody.page.goto(self._stack.url + path)
                yield self._at(name, anybody)
            anybody.page.goto(self._stack.url)
            anybody.act("help")
            yield self._at("home, help open", anybody)
        with self._person(Whose.STAFF) as nobody:
            nobody.page.goto(f"{self._stack.url}/sign-in")
            yield self._at("sign-in", nobody)
            nobody.page.fill("#email", JORDAN_LEE.email)
            nobody.page.fill("#password", DEMO_PASSWORD + "?")
            nobody.act("sign-in")
            nobody.page.wait_for_selector("[data-errors]")
            yield self._at("sign-in, refused", nobody)

    def links(self) -> Iterator[Stop]:
        """The personal link in every state, and what one may say by it."""
        with self._person(Whose.PATIENT) as patient:
            url = self._link()
            patient.page.goto(url)
            yield self._at("link", patient)
            patient.page.goto(f"{url}/not-me")
            yield self._at("not me", patient)
            _submit(patient.page)
            yield self._at("thanks, not me", patient)
        for name, changes in LINK_STATES.items():
            with self._person(Whose.PATIENT) as patient:
                patient.open_link(self._link(**changes))
                patient.page.wait_for_load_state()
                yield self._at(f"link, {name}", patient)
        yield from self._closed_without_a_clinician()
        yield from self._cannot_come()
        yield from self._second_browser()

    def _closed_without_a_clinician(self) -> Iterator[Stop]:
        with self._stack.database.transaction() as session:
            opened = open_visit(session, now=datetime.now(UTC))
        with self._person(Whose.PATIENT) as patient:
            patient.open_link(f"{self._stack.url}/v/{opened.link(MORGAN)}")
            patient.page.wait_for_url("**/check-in/identity")
            with self._stack.database.transaction() as session:
                visit = session.get_one(Visit, opened.id)
                visit.state, visit.unattended = VisitState.ENDED, True
            patient.page.goto(f"{self._stack.url}/visit")
            yield self._at("link, closed without a clinician", patient)

    def _cannot_come(self) -> Iterator[Stop]:
        with self._person(Whose.PATIENT) as patient:
            patient.open_link(self._link(starts_in=timedelta(hours=3)))
            late = patient.page.locator('form[action="/visit/running-late"] button')
            if late.count():
                late.click()
                yield self._at("thanks, running late", patient)
            patient.page.goto(f"{self._stack.url}/visit/saved")
            yield self._at("thanks, saved", patient)
            patient.page.goto(f"{self._stack.url}/visit/cannot-come")
            yield self._at("cannot come", patient)
            _submit(patient.page)
            patient.page.wait_for_selector("[data-errors]")
            yield self._at("cannot come, with an error", patient)
            patient.page.locator('label:has([value="none"])').click()
            _submit(patient.page)
            yield self._at("thanks, cannot come", patient)

    def _second_browser(self) -> Iterator[Stop]:
        url = self._link()
        with self._person(Whose.PATIENT) as first:
            first.open_link(url)
        with self._person(Whose.PATIENT) as second:
            second.open_link(url)
            second.page.wait_for_url("**/visit/confirm")
            yield self._at("confirm", second)
            for tries in range(5):
                for part, value in (("month", "1"), ("day", "2"), ("year", "1983")):
                    second.page.fill(f"#birth_date_{part}", value)
                second.page.fill("#phone_end", "0000")
                _submit(second.page)
                if tries == 0:
                    second.page.wait_for_selector("[data-errors]")
                    yield self._at("confirm, with an error", second)
            yield self._at("confirm, no tries left", second)

    def check_in(self) -> Iterator[Stop]:
        """Every question, and each with what is missing."""
        with self._person(Whose.PATIENT) as patient:
            patient.open_link(self._link())
            patient.page.wait_for_url("**/check-in/identity")
            for step in Step:
                patient.page.goto(f"{self._stack.url}/visit/check-in/{step.value}")
                yield self._at(f"check-in, {step.value}", patient)
                if step is Step.PLACE:
                    patient.page.locator('label:has([value="other"])').click()
                    yield self._at("check-in, another place", patient)
                _empty_all(patient.page)
                patient.act("continue")
                patient.page.wait_for_load_state()
                if patient.page.locator("[data-errors]").count():
                    yield self._at(f"check-in, {step.value}, with errors", patient)
            for name in ("park", "not-private"):
                patient.page.goto(f"{self._stack.url}/visit/{name}")
                yield self._at(name, patient)
            patient.page.goto(f"{self._stack.url}/visit/test")
            yield self._at("test, days ahead", patient)

    def visit(self) -> Iterator[Stop]:
        """One visit on both sides, in every state of the call and with each layer open."""
        told = self._stack.visit(ready=True)
        with self._person(Whose.PATIENT) as patient, self._person(Whose.STAFF) as doctor:
            patient.open_link(told["patient_url"])
            yield from self._before_the_call(patient)
            yield from self._at_the_desk(doctor, told["visit_id"])
            patient.expect_call("connected")
            doctor.expect_call("connected")
            yield self._at("visit, connected", patient)
            yield from self._layers(
                patient, "visit", "chat", "code", "devices", "leave", "help"
            )
            yield from self._workspace_layers(doctor)
            yield from self._after_the_call(patient, doctor)

    def _before_the_call(self, patient: Witness) -> Iterator[Stop]:
        patient.expect_call("idle")
        yield self._at("visit, idle", patient)
        yield from self._layers(patient, "visit, idle", "phone")
        patient.act("turn-on")
        patient.expect_call("testing")
        yield self._at("visit, testing", patient)
        yield from self._layers(patient, "visit, testing", "devices")
        _show(patient.page, "[data-trouble]", "[data-heard]")
        yield self._at("visit, testing, with trouble", patient)
        patient.act("join")
        patient.expect_call("waiting")
        yield self._at("visit, waiting", patient)
        patient.page.locator('button[form="with-me"]:visible').click()
        expect(patient.page.locator('button[form="with-me"]:visible')).to_have_text("Saved")
        yield self._at("visit, waiting, said quietly", patient)
        layers = ("write", "breathe", "phone", "help")
        yield from self._layers(patient, "visit, waiting", *layers)

    def _at_the_desk(self, doctor: Witness, visit_id: str) -> Iterator[Stop]:
        doctor.page.goto(self._stack.sign_in_link(DR_RIVERA, "/today"))
        row = doctor.page.locator(f'[data-visit="{visit_id}"]')
        expect(row.locator("[data-who]")).to_be_visible()
        yield self._at("today", doctor)
        row.locator("summary").click()
        yield self._at("today, quick words", doctor)
        doctor.page.keyboard.press("Escape")
        card = row.locator("[data-who]").get_attribute("href")
        row.locator("[data-who]").click()
        doctor.page.wait_for_selector('dialog[data-dialog="who"][open]')
        yield self._at("today, who", doctor)
        doctor.page.goto(f"{self._stack.url}{card}")
        yield self._at("who", doctor)
        doctor.page.goto(f"{self._stack.url}/visits/{visit_id}")
        doctor.expect_call("idle")
        yield self._at("workspace, idle", doctor)
        doctor.act("turn-on")
        doctor.expect_call("testing")
        yield self._at("workspace, testing", doctor)
        doctor.act("join")
        doctor.expect_call("connecting")
        yield self._at("workspace, waiting", doctor)
        yield from self._opened(doctor, "workspace", "message")
        doctor.act("admit")

    def _workspace_layers(self, doctor: Witness) -> Iterator[Stop]:
        yield self._at("workspace, connected", doctor)
        opened = ("quiet", "end", "attest", "convert", "numbers", "patient-moved")
        opened += ("near-them", "keys")
        yield from self._opened(doctor, "workspace", *opened)
        yield from self._layers(doctor, "workspace", "chat", "devices", "code", "leave", "help")
        doctor.page.locator(".me summary").click()
        yield self._at("workspace, own menu", doctor)
        doctor.page.locator(".me summary").click()
        _show(doctor.page, "[data-note-conflict]", "[data-note-warning]", "[data-drop]")
        yield self._at("workspace, note in conflict, line lost", doctor)

    def _after_the_call(self, patient: Witness, doctor: Witness) -> Iterator[Stop]:
        patient.act("leave")
        patient.act("leave-now")
        patient.expect_call("left")
        yield self._at("visit, left", patient)
        patient.act("rejoin")
        patient.expect_call("connected")
        other = patient.context.new_page()
        other.goto(f"{self._stack.url}/visit")
        move = other.locator('dialog[open] [data-action="move-here"]')
        expect(move).to_be_visible()
        yield self._at("visit, move here?", patient, other)
        move.click()
        patient.expect_call("moved")
        yield self._at("visit, moved", patient)
        doctor.act("leave")
        doctor.act("leave-now")
        doctor.expect_call("left")
        yield self._at("workspace, left", doctor)
        doctor.act("rejoin")
        doctor.act("end")
        doctor.page.fill("#next_step", "We meet again in two weeks")
        doctor.act("end-now")
        expect(other.locator('html[data-call="ended"]')).to_be_attached()
        _show(other, "[data-come-back]")
        yield self._at("visit, ended", patient, other)
        doctor.expect_call("ended")
        yield self._at("workspace, ended", doctor)

    def desk(self) -> Iterator[Stop]:
        """The lists, the board and its forms, the chart, one's own set-up."""
        visit = self._stack.visit(ready=True)["visit_id"]
        yield from self._signed_in(DR_OSEI, {"today, nobody": "/today"})
        pages = {
            "chart": f"/visits/{visit}/chart",
            "chart, history": f"/visits/{visit}/chart/history",
            "chart, safety": f"/visits/{visit}/chart/safety",
            "staff, no such page": f"/visits/{uuid.uuid4()}",
            "arrangements": f"/visits/{visit}/arrangements",
            "set-up": "/set-up",
        }
        yield from self._signed_in(DR_RIVERA, pages)
        with self._person(Whose.STAFF) as doctor:
            doctor.page.goto(self._stack.sign_in_link(DR_RIVERA, "/set-up"))
            doctor.act("turn-on")
            doctor.expect_call("testing")
            yield self._at("set-up, testing", doctor)
            yield from self._layers(doctor, "set-up", "devices")
        yield from self._signed_in(
            JORDAN_LEE,
            {"board": "/board", "new visit": "/board/new", "manage": f"/board/visits/{visit}"},
        )
        yield from self._arrangements()
        with self._person(Whose.STAFF) as desk:
            desk.page.goto(self._stack.sign_in_link(JORDAN_LEE, f"/board/visits/{visit}"))
            desk.page.locator('form[action$="/copy"] button').first.click()
            desk.page.wait_for_selector("[data-copy]")
            yield self._at("manage, a fresh link", desk)
            desk.page.goto(f"{self._stack.url}/board/new")
            _submit(desk.page)
            desk.page.wait_for_selector("[data-errors]")
            yield self._at("new visit, with errors", desk)

    def emergency(self) -> Iterator[Stop]:
        """One record opened in an emergency, its review, and who looked, as each is told it."""
        visit = self._stack.visit(ready=True)
        with self._person(Whose.STAFF) as colleague:
            colleague.page.goto(self._stack.sign_in_link(DR_OSEI, "/emergency-access"))
            colleague.act("open-record")
            colleague.page.wait_for_selector("[data-errors]")
            yield self._at("emergency, with errors", colleague)
            fill_in(colleague.page, MORGAN)
            colleague.act("open-record")
            colleague.page.wait_for_url("**/emergency-access/record")
            yield self._at("emergency, record", colleague)
            colleague.page.goto(f"{self._stack.url}/visits/{visit['visit_id']}/chart")
            yield self._at("emergency, chart", colleague)
            with self._person(Whose.STAFF) as elsewhere:
                elsewhere.page.goto(self._stack.sign_in_link(DR_OSEI, "/emergency-access"))
                yield self._at("emergency, open elsewhere", elsewhere)
            colleague.act("close-access")
            colleague.page.wait_for_url(lambda url: url.endswith("?closed=1"))
        yield from self._privacy_officer()
        yield from self._own_looks(visit["patient_url"])

    def _privacy_officer(self) -> Iterator[Stop]:
        with self._person(Whose.STAFF) as officer:
            officer.page.goto(self._stack.sign_in_link(PRIYA_RAMAN, "/emergency-access/review"))
            officer.page.locator('button[value="accepted"]').first.click()
            officer.page.wait_for_selector(".field-error")
            yield self._at("emergency, review without a word", officer)
            for name, query in RECORD.items():
                officer.page.goto(f"{self._stack.url}/audit{query}")
                yield self._at(f"record, {name}", officer)
            officer.page.goto(f"{self._stack.url}/who-looked")
            _submit(officer.page)
            officer.page.wait_for_selector("[data-errors]")
            yield self._at("who looked, of whom, with errors", officer)
            officer.page.goto(f"{self._stack.url}/who-looked/{MORGAN.id}")
            yield self._at("who looked, printed", officer)

    def _own_looks(self, link: str) -> Iterator[Stop]:
        with self._person(Whose.PATIENT) as patient:
            patient.open_link(link)
            patient.page.wait_for_url("**/visit")
            patient.page.goto(f"{self._stack.url}/visit/who-looked")
            _submit(patient.page)
            patient.page.wait_for_selector("[data-errors]")
            yield self._at("own looks, asked again", patient)
            say_who(patient.page, MORGAN)
            _submit(patient.page)
            patient.page.wait_for_selector('[data-action="ask"]')
            yield self._at("own looks", patient)

    def accounts(self) -> Iterator[Stop]:
        """Who works here, an invitation and its link, and where somebody is signed in."""
        with self._person(Whose.STAFF) as admin:
            admin.page.goto(self._stack.sign_in_link(NOOR_HADDAD, "/people"))
            yield self._at("people", admin)
            admin.page.goto(f"{self._stack.url}/people/{DR_OSEI.id}")
            yield self._at("person", admin)
            admin.page.goto(f"{self._stack.url}/people/new")
            _submit(admin.page)
            admin.page.wait_for_selector("[data-errors]")
            yield self._at("invite, with errors", admin)
            admin.page.fill("[name=name]", "Ada Nwosu")
            admin.page.fill("[name=email]", f"ada.{uuid.uuid4().hex[:8]}@harbor.example")
            admin.page.select_option("[name=role]", "therapist")
            _submit(admin.page)
            admin.page.wait_for_selector("[role=status]")
            yield self._at("person, invited", admin)
        yield from self._password(admin.page.url.rpartition("/")[2].partition("?")[0])
        with self._person(Whose.STAFF) as here, self._person(Whose.STAFF) as there:
            there.page.goto(self._stack.sign_in_link(SAM_WHITFIELD))
            here.page.goto(self._stack.sign_in_link(SAM_WHITFIELD, "/sessions"))
            yield self._at("sessions", here)
            here.page.locator('form[action="/sessions/end/others"] button').click()
            here.page.wait_for_selector("[role=status]")
            yield self._at("sessions, ended elsewhere", here)

    def _password(self, account_id: str) -> Iterator[Stop]:
        """By the link of the letter, which the mailbox shows too."""
        with self._stack.database.transaction(EVERY_CLINIC) as session:
            account = session.get_one(Account, uuid.UUID(account_id))
            _, token = password_links.make(session, account, policy(), now=datetime.now(UTC))
        with self._person(Whose.STAFF) as invited:
            invited.page.goto(f"{self._stack.url}/set-password/{token}")
            yield self._at("set password", invited)
            _submit(invited.page)
            invited.page.wait_for_selector(".field-error")
            yield self._at("set password, too short", invited)
            invited.page.goto(f"{self._stack.url}/set-password/over")
            yield self._at("set password, link over", invited)

    def _arrangements(self) -> Iterator[Stop]:
        """Of a minor with a guardian: scopes, what is missing, how to reach them."""
        with self._stack.database.transaction() as session:
            minor = open_visit(session, now=datetime.now(UTC), patient=CASEY, also=(LINH,))
        page = {"arrangements, of a minor": f"/visits/{minor.id}/arrangements"}
        yield from self._signed_in(DR_RIVERA, page)
        with self._person(Whose.STAFF) as desk:
            desk.page.goto(
                self._stack.sign_in_link(JORDAN_LEE, f"/visits/{minor.id}/arrangements")
            )
            desk.page.fill("#email", CASEY.email)
            desk.page.locator('form[action$="/add"] button').click()
            desk.page.wait_for_selector('[role="alert"]')
            yield self._at("arrangements, with errors", desk)

    def _signed_in(self, who: Staff, pages: dict[str, str]) -> Iterator[Stop]:
        with self._person(Whose.STAFF) as staff:
            staff.page.goto(self._stack.sign_in_link(who))
            for name, path in pages.items():
                staff.page.goto(self._stack.url + path)
                yield self._at(name, staff)

    def _layers(self, side: Witness, where: str, *names: str) -> Iterator[Stop]:
        """Layers that their own action opens."""
        for name in names:
            side.act(name)
            side.page.wait_for_selector(f'dialog[data-dialog="{name}"][open]')
            yield self._at(f"{where}, {name} open", side)
            side.page.keyboard.press("Escape")

    def _opened(self, side: Witness, where: str, *names: str) -> Iterator[Stop]:
        """Layers that a button names."""
        for name in names:
            side.page.locator(f'[data-dialog-open="{name}"]:visible').first.click()
            side.page.wait_for_selector(f'dialog[data-dialog="{name}"][open]')
            yield self._at(f"{where}, {name} open", side)
            side.page.keyboard.press("Escape")


#: the way of a visit is walked in `make test`, the side roads in `make faults`
PARTS = (
    "public",
    "check_in",
    "visit",
    "desk",
    *(
        pytest.param(part, marks=pytest.mark.slow)
        for part in ("links", "emergency", "accounts")
    ),
)
PUBLIC = {
    "home": "/",
    "help": "/help",
    "breathe": "/breathe",
    "link needed": "/link-needed",
    "unknown link": "/v/nobody-has-this-one",
    "no such page": "/nothing-here",
    "mailbox": "/dev/mailbox",
}
RECORD = {
    "all": "",
    "refused": "?decision=refused",
    "nothing found": "?about=nobody-has-this-one",
    "with an error": "?from=2026-02-02&to=2026-02-01",
}
LINK_STATES = {
    "early": {"starts_in": timedelta(days=2)},
    "late": {"starts_in": timedelta(minutes=-75)},
    "ended": {"starts_in": timedelta(minutes=-75), "state": VisitState.ENDED},
    "cancelled": {"state": VisitState.CANCELLED_CLINIC},
}


def _submit(page: Page) -> None:
    page.locator("main button.primary:visible").first.click()
    page.wait_for_load_state()


def fill_in(page: Page, person: Person) -> None:
    """The form of an emergency, about this person."""
    page.fill("#full_name", person.name)
    _birthday(page, person)
    page.fill("#reason", "Found unconscious, her sister is on the phone")
    if page.locator("#password").count():
        page.fill("#password", DEMO_PASSWORD)


def say_who(page: Page, person: Person) -> None:
    """Birthday and number, as this person knows them."""
    _birthday(page, person)
    page.fill("#phone_end", person.phone[-4:])


def _birthday(page: Page, person: Person) -> None:
    for part in ("month", "day", "year"):
        page.fill(f"#birth_date_{part}", str(getattr(person.born_on, part)))


def _empty_all(page: Page) -> None:
    for field in page.locator("main input:visible").all():
        if field.get_attribute("type") not in ("radio", "checkbox", "hidden"):
            field.fill("")


def _show(page: Page, *places: str) -> None:
    """What only trouble brings up, brought up by hand."""
    for place in places:
        page.evaluate("place => { document.querySelector(place).hidden = false; }", place)
