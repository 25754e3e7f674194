"""Nothing goes elsewhere, nothing stays behind, nothing said is written down (C-31, C-32)."""

from __future__ import annotations

import contextlib
import re
import sqlite3

import httpx
import pytest
import websocket
from playwright.sync_api import Browser, expect

from tests.house import Stack
from tests.two_people import PHONE, Side, TwoPeople
from tests.walk import PARTS

NEUTRAL = {
    "Your visit", "Visit", "Get help now", "A quiet minute", "Sign in", "Today", "Board",
    "A visit", "Open a visit", "Who is it?", "Chart", "My set-up", "Demo mailbox",
    "This did not work", "Mooring: video visits with your clinic",
    "Emergency access", "Who looked", "Record", "Arrangements", "People", "A member of staff",
    "Invite somebody", "Set your password", "This link is over", "Where you are signed in",
    "Credentials and licences", "Privacy officer",
}  # fmt: skip
CANARY = "CANARYq7"
#: what no log may hold (C-31); a link's token is added when there is one
FORBIDDEN = (CANARY, "candidate:", "a=fingerprint", "sid=", "token=")


@pytest.mark.check("C-32")
@pytest.mark.parametrize("part", PARTS)
def test_every_request_goes_to_our_own_house(walked, stack, part):
    walk, _look = walked(part)
    ours = {f"http://localhost:{stack.port + step}" for step in range(3)}
    within_the_page = {"data://", "blob://"}
    asked = set().union(*(witness.asked for witness in walk.witnesses))
    assert asked - within_the_page - ours == set()


@pytest.mark.check("C-38")
@pytest.mark.parametrize("part", PARTS)
def test_a_browser_keeps_only_opaque_ids(walked, part):
    _walk, look = walked(part)
    assert not look.found.kept, "\n".join(look.found.kept)


@pytest.mark.check("C-38")
@pytest.mark.parametrize("part", PARTS)
def test_titles_tell_a_stranger_nothing(walked, part):
    _walk, look = walked(part)
    titles = {re.sub(r"^(\(\d+\)|●) ", "", title) for title in look.found.titles}
    assert titles - NEUTRAL == set()


#: the walk also types nonsense and asks for pages that are not there
REFUSED_ON_PURPOSE = re.compile(r"responded with a status of 4\d\d")


@pytest.mark.parametrize("part", PARTS)
def test_no_page_complains(walked, part):
    """No CSP report, no error in a console, no exception that nobody caught."""
    walk, _look = walked(part)
    said = [line for witness in walk.witnesses for line in witness.complaints]
    assert [line for line in said if not REFUSED_ON_PURPOSE.search(line)] == []


@pytest.mark.check("C-31")
def test_no_log_holds_what_was_said(two_people, chromium, stack):
    """The house logs as much as it can, and what the other tests did is in there, too."""
    people = two_people
    token = people.visit["patient_url"].rsplit("/", 1)[1]
    answer_questions(chromium, stack)
    people.in_a_call()
    say_things(people)
    for refused in (malformed(people), strangers(stack), at_the_sockets(people)):
        assert all(status >= 400 for status in refused), refused
    assert broken(stack) == 503
    people.close()
    logs = {log.name: log.read_text() for log in (stack.folder / "log").glob("*.log")}
    logs.pop("up.log")  # the greeting at the terminal, with the demo's links
    assert {"web.log", "signaling.log", "media.log"} <= logs.keys()
    for name, text in logs.items():
        for word in (*FORBIDDEN, token):
            assert word not in text, f"{word} in {name}"
    assert "503" in logs["web.log"]


def say_things(people: TwoPeople) -> None:
    """Something in every field that takes words, on both sides."""
    patient, doctor = people.patient.page, people.clinician.page
    people.patient.act("chat")
    patient.fill("#chat-text", f"{CANARY} chat")
    patient.keyboard.press("Enter")
    patient.keyboard.press("Escape")
    doctor.fill("#note-text", f"{CANARY} note")
    expect(doctor.locator("[data-note-status]")).to_contain_text("Saved")
    visit = f"/visits/{people.visit['visit_id']}"
    url, place = people.stack.url, {"street": f"1 {CANARY}", "unit": CANARY, "city": CANARY}
    taken = [
        ask(patient, url, "/visit/message", {"text": f"{CANARY} words"}),
        ask(doctor, url, f"{visit}/message", {"text": f"{CANARY} words"}),
        ask(doctor, url, f"{visit}/moved", {**place, "state": "CO"}),
    ]
    because = {"identity": {"answer": "unable", "because": CANARY}}
    ask(doctor, url, f"{visit}/start", because)
    ask(patient, url, "/visit/device-test", {"verdict": "ok", "camera": f"{CANARY} HD"})
    words = {"next_step": f"{CANARY} next", "next_words": f"{CANARY} goodbye"}
    closing = {"outcome": "completed", "technical_outcome": "good", **words}
    taken.append(ask(doctor, url, f"{visit}/end", closing))
    assert taken == [200, 200, 200, 200]  # what was refused would prove little


def answer_questions(browser: Browser, stack: Stack) -> None:
    """Words in every field of the check-in."""
    patient = Side(browser, PHONE)
    patient.open_link(stack.visit(ready=False)["patient_url"])
    patient.page.wait_for_url("**/check-in/identity")
    for step in ("identity", "place", "contact", "private"):
        patient.page.goto(f"{stack.url}/visit/check-in/{step}")
        if step == "place":
            patient.page.locator('label:has([value="other"])').click()
        for field in patient.page.locator("main input:visible:not([type=radio])").all():
            field.fill(CANARY[: int(field.get_attribute("maxlength") or 200)])
        for yes in patient.page.locator("label:has([value=yes])").all():
            yes.click()
        patient.act("continue")
        patient.page.wait_for_load_state()
    patient.close()


def ask(page: object, url: str, path: str, body: object) -> int:
    """A post as our own script would send it, by a browser that is signed in."""
    headers = {"X-Mooring": "1", "Origin": url, "Content-Type": "application/json"}
    return page.request.post(url + path, data=body, headers=headers).status


def malformed(people: TwoPeople) -> list[int]:
    """What nobody can read, and what somebody may not ask."""
    patient, url = people.patient.page, people.stack.url
    visit = f"/visits/{people.visit['visit_id']}"
    return [
        ask(patient, url, "/visit/ticket", f'{{"page": "{CANARY}'),
        ask(patient, url, "/visit/ticket", {"page": "x", CANARY: CANARY}),
        ask(patient, url, "/visit/message", {"text": CANARY * 400}),
        ask(patient, url, f"{visit}/end", {"next_step": CANARY}),
        ask(patient, url, f"{visit}/participants/{CANARY}/admit", {}),
        ask(people.clinician.page, url, f"/visits/{CANARY}/chart", {}),
        ask(people.clinician.page, url, f"{visit}/moved", {"city": CANARY, "state": CANARY}),
    ]


def strangers(stack: Stack) -> list[int]:
    """Somebody from outside, with words in every place a log might quote."""
    media = f"http://localhost:{stack.port + 2}"
    with httpx.Client(base_url=stack.url, headers={"User-Agent": CANARY}) as browser:
        return [
            browser.get(f"/v/{CANARY}").status_code,
            browser.get(f"/{CANARY}?token={CANARY}").status_code,
            browser.post("/sign-in", data={"email": CANARY, "password": CANARY}).status_code,
            browser.post("/internal/happenings", content=CANARY).status_code,
            browser.get("/today", headers={"Cookie": f"__Host-staff={CANARY}"}).status_code
            + 200,  # sent on to the door
            browser.post(f"{media}/echo", content=f"v=0\r\na=candidate:{CANARY}").status_code,
            browser.post(
                f"{media}/echo",
                content=CANARY,
                headers={"Authorization": f"Bearer {CANARY}", "Origin": stack.url},
            ).status_code,
        ]


def at_the_sockets(people: TwoPeople) -> list[int]:
    """Bad tickets at signaling's door, and nonsense behind it."""
    stack = people.stack
    address = f"ws://localhost:{stack.port + 1}/signaling/n1/?EIO=4&transport=websocket"
    answers = []
    for said in (f'40{{"ticket":"{CANARY}.{CANARY}.{CANARY}"}}', f'42["signal",{CANARY}]'):
        with contextlib.closing(
            websocket.create_connection(
                f"{address}&room={CANARY}", origin=stack.url, timeout=10
            )
        ) as socket:
            socket.recv()
            socket.send(said)
            with contextlib.suppress(websocket.WebSocketException, TimeoutError):
                answers.append(socket.recv())
    assert not any(str(answer).startswith('40{"sid"') for answer in answers)
    return [400]


def broken(stack: Stack) -> int:
    """A table is gone: the answer of a page that needs it, with somebody's words bound."""
    file = stack.settings.database_url.removeprefix("sqlite:///")
    with contextlib.closing(sqlite3.connect(file, timeout=20)) as database:
        database.execute("ALTER TABLE visit_links RENAME TO lost")
        try:
            return httpx.get(f"{stack.url}/v/{CANARY}").status_code
        finally:
            database.execute("ALTER TABLE lost RENAME TO visit_links")
