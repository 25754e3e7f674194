"""Hostile words in every field, as Chromium shows them to everybody: words (C-37, T-21)."""

from __future__ import annotations

import json
import threading
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from werkzeug.serving import make_server

from server.app import create_app, served
from server.identity import cookies
from tests import payloads
from tests.browsing import needs_front_end
from tests.payloads import PAYLOADS, SHARP
from tests.roles import HOST, address, routes
from tests.two_people import DESK, TwoPeople

pytestmark = [pytest.mark.check("C-37"), needs_front_end]
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ROTATIONS = [(7,), (0, 9, 18, 27, 36)]
WATCH = """
  window.violations = [];
  document.addEventListener("securitypolicyviolation",
    event => window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""
#: what no page of ours has, so that any of it came out of a payload
FOREIGN = """() => [...document.querySelectorAll("*")].flatMap(node => [
    ...[...node.attributes].filter(a => a.name.startsWith("on") || a.name === "srcdoc"
      || /^\\s*(java|vb)script:/i.test(a.value) && ["href", "src", "action"].includes(a.name)),
  ].map(a => `${node.tagName} ${a.name}`)).concat(
    [...document.querySelectorAll("base, object, embed, marquee, math, link[href*='evil']," +
      "meta[http-equiv], script:not([src]):not([type='application/json'])")]
      .map(node => node.outerHTML))"""
WORDS = """() => [document.documentElement.textContent,
  ...[...document.querySelectorAll("input, textarea, select")].map(field => field.value),
  ...[...document.querySelectorAll("[title], [aria-label], [placeholder], [data-copy]")]
    .flatMap(node => [...node.attributes].map(a => a.value))].join("\\n")"""


@pytest.fixture
def house(settings, browsers, visits, transaction):
    """The web process on a real port, and the same people's cookies."""
    inner: list = []
    server = make_server("localhost", 0, lambda e, s: inner[0](e, s), threaded=True)
    url = f"http://localhost:{server.server_port}"
    web = create_app(settings.model_copy(update={"base_url": url}))
    web.extensions["database"].when_committed("control", lambda _orders: None)
    inner.append(served(web))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield url
    server.shutdown()
    server.server_close()
    web.extensions["dispatcher"].stop()
    web.extensions["database"].engine.dispose()


class Watched:
    """One person's browser: what was run, and what was held back."""

    def __init__(self, browser: Browser, url: str, cookie_of) -> None:
        self.context: BrowserContext = browser.new_context(viewport=DESK)
        self.context.add_init_script(WATCH)
        for name in (cookies.STAFF, cookies.VISIT, cookies.CALL):
            if secret := cookie_of(name):
                held = {"name": name, "value": secret, "url": "https://localhost/"}
                self.context.add_cookies([{**held, "secure": True, "httpOnly": True}])
        self.page = self.context.new_page()
        self.ran: list[str] = []
        self.asked: list[str] = []
        self.page.on("dialog", self._dialog)
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", self._hear)
        self._url = url

    def _dialog(self, dialog) -> None:
        self.ran.append(f"{dialog.type}: {dialog.message}")
        dialog.dismiss()

    def _hear(self, line) -> None:
        if "Content Security Policy" in line.text or "TrustedHTML" in line.text:
            self.ran.append(line.text)

    def look(self, path: str) -> set[str]:
        """Open a page; the marks of payloads that stand there letter for letter."""
        self.page.goto(self._url + path)
        found = [*self.page.evaluate("() => window.violations"), *self.page.evaluate(FOREIGN)]
        assert found == [], f"{path}: {found}"
        text = self.page.evaluate(WORDS)
        return {payload for payload in PAYLOADS if payload in text}

    def unharmed(self) -> None:
        assert self.ran == []
        elsewhere = {urlsplit(url).netloc for url in self.asked if url.startswith("http")}
        assert {each.partition(":")[0] for each in elsewhere} <= {"localhost"}, elsewhere


def chosen(app, browsers, visits, *, all_of_them: bool) -> dict[str, list[str]]:
    """Role -> paths it may open; each page once at least, by whoever has opened the fewest."""
    target = visits.targets()["own"]
    taken: dict[str, list[str]] = {role: [] for role in browsers}
    for rule, method in routes(app):
        if method != "GET" or rule.endpoint in ("demo.sign_in", "healthz"):
            continue
        path = address(rule, target)
        may = [role for role, browser in browsers.items() if _shown(browser.get(path))]
        first = min(may, key=lambda role: len(taken[role]), default=None)
        for role in may:
            if all_of_them or role == first:
                taken[role].append(path)
    return taken


def _shown(answer) -> bool:
    return answer.status_code == 200 and answer.mimetype == "text/html"


@SQLITE
@pytest.mark.slow
@pytest.mark.parametrize("rotations", ROTATIONS, ids=len)
def test_no_page_runs_what_somebody_wrote(
    house, app, browsers, visits, chromium, transaction, rotations, record_property
):  # fmt: skip
    seen, looks = set(), 0
    paths = chosen(app, browsers, visits, all_of_them=len(rotations) > 1)
    for rotation in rotations:
        with transaction() as session:
            among = SHARP if len(rotations) == 1 else PAYLOADS
            payloads.plant(session, payloads.rotated(rotation, among))
        for role, its in paths.items():
            watched = Watched(chromium, house, browsers[role].cookie)
            for path in its:
                seen |= watched.look(path)
                looks += 1
            watched.unharmed()
            watched.context.close()
    assert len(seen) >= (30 if len(rotations) > 1 else 10)
    record_property("figure", f"{looks} looks, {len(seen)} payloads read as words")


@SQLITE
def test_a_device_may_have_any_name(house, browsers, chromium):
    """The label of a camera comes from whoever made it, or whoever pretends to have."""
    watched = Watched(chromium, house, browsers[HOST].cookie)
    watched.context.add_init_script(NAME_DEVICES % json.dumps(PAYLOADS[:12]))
    watched.look("/set-up")
    watched.page.locator('[data-action="turn-on"]:visible').first.click()
    expect(watched.page.locator('html[data-call="testing"]')).to_be_attached()
    watched.page.wait_for_function(
        "word => document.documentElement.textContent.includes(word)", arg=PAYLOADS[0]
    )
    assert watched.page.evaluate(FOREIGN) == []
    watched.unharmed()
    watched.context.close()


NAME_DEVICES = """
  const labels = %s;
  const real = navigator.mediaDevices.enumerateDevices.bind(navigator.mediaDevices);
  navigator.mediaDevices.enumerateDevices = async () => (await real()).map((device, n) =>
    ({ deviceId: device.deviceId, kind: device.kind, groupId: device.groupId,
       label: labels[n %% labels.length] }));
"""
NAME_SESSIONS = """
  const own = Object.getOwnPropertyDescriptor(RTCPeerConnection.prototype, "localDescription");
  Object.defineProperty(RTCPeerConnection.prototype, "localDescription", { get() {
    const told = own.get.call(this);
    if (!told) return told;
    const sdp = told.sdp.replace(/^s=.*$/m, "s=<img src=x onerror=alert(1)>");
    return new RTCSessionDescription({ type: told.type, sdp });
  } });
"""


@pytest.fixture
def hostile_call(two_people: TwoPeople) -> TwoPeople:
    """A patient whose browser gives its sessions a hostile name."""
    two_people.patient.context.add_init_script(NAME_SESSIONS)
    for side in (two_people.patient, two_people.clinician):
        side.context.add_init_script(WATCH)
        side.ran = []
        side.page.on("dialog", lambda dialog, side=side: (side.ran.append(1), dialog.dismiss()))
    return two_people.in_a_call()


@pytest.mark.slow
def test_what_a_peer_sends_is_words_too(hostile_call):
    """The name of a session, and the chat, which no server of ours ever reads."""
    patient, doctor = hostile_call.patient, hostile_call.clinician
    patient.act("chat")
    doctor.act("chat")
    for payload in PAYLOADS:
        word = payload.replace("\t", " ")
        patient.page.fill("#chat-text", word)
        patient.page.keyboard.press("Enter")
        expect(doctor.page.locator("body")).to_contain_text(word.strip("\ufeff"))
    for side in (patient, doctor):
        assert side.ran == []
        assert side.page.evaluate("() => window.violations") == []
        assert side.page.evaluate(FOREIGN) == []
