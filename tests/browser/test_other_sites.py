"""What another site can do to somebody who is signed in here: nothing (C-14, C-15, C-16, T-20).

The other site is tried twice: under another name, and on another port of our own name, where
the browser sends our cookies along and only our own refusal stands between.
"""

from __future__ import annotations

import uuid
from html import escape

import pytest
from playwright.sync_api import Page, Response
from sqlalchemy import func, select

from server.identity import cookies
from server.visits.models import Visit, VisitMessage
from tests.other_site import OtherSite
from tests.people import DEMO_PASSWORD, DR_RIVERA
from tests.two_people import DESK, PHONE, Side

PLACES = ("same_site", "cross_site")


@pytest.fixture(scope="module")
def other():
    site = OtherSite()
    yield site
    site.stop()


@pytest.fixture
def doctor(chromium, stack):
    """Dr. Rivera, signed in, with another site in a second tab."""
    side = Side(chromium, DESK)
    side.page.goto(stack.sign_in_link(DR_RIVERA, "/today"))
    yield side
    side.close()


@pytest.fixture
def stranger(chromium):
    side = Side(chromium, PHONE)
    yield side
    side.close()


def post_form(page: Page, site: OtherSite, origin: str, url: str, fields: dict) -> Response:
    """The form on the other site's page, sent by its button as a person would be tricked to."""
    inputs = "".join(
        f'<input name="{escape(k)}" value="{escape(v)}">' for k, v in fields.items()
    )
    site.pages["/win"] = (
        f'<!doctype html><form method="post" action="{escape(url)}">{inputs}'
        "<button>You have won</button></form>"
    )
    page.goto(f"{origin}/win")
    with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        page.click("button")
    return answered.value


ASK = """async ([url, how]) => {
  try {
    const answer = await fetch(url, { credentials: "include", ...how });
    return answer.type === "opaque" ? "unread" : `read ${answer.status}`;
  } catch { return "blocked"; }
}"""
JSON = "application/json"
FETCHES = {
    "a simple one": {"method": "POST", "body": "{}", "mode": "no-cors"},
    "text that is JSON": {
        "method": "POST", "body": '{"page":"p","tab":"t"}', "mode": "no-cors",
        "headers": {"Content-Type": "text/plain"},
    },
    "with our header": {
        "method": "POST", "body": '{"page":"p","tab":"t"}',
        "headers": {"X-Mooring": "1", "Content-Type": JSON},
    },
    "a PUT": {"method": "PUT", "body": "{}", "headers": {"X-Mooring": "1"}},
    "a look": {"method": "GET"},
}  # fmt: skip


def state(stack, visit_id: str) -> tuple:
    """What an attack would have changed."""
    with stack.database.reading() as session:
        visit = session.scalars(select(Visit).where(Visit.id == uuid.UUID(visit_id))).one()
        words = session.scalar(select(func.count()).select_from(VisitMessage))
        return visit.state, visit.version, words


@pytest.mark.check("C-14")
@pytest.mark.parametrize("place", PLACES)
def test_a_form_of_another_site_changes_nothing(stack, other, doctor, place, record_property):
    visit = stack.visit(ready=True)["visit_id"]
    origin = getattr(other, place)
    before = state(stack, visit)
    attacks = {
        "/sign-out": {},
        f"/today/{visit}/message": {"text": "Do not come today."},
        f"/visits/{visit}/end": {"outcome": "completed"},
        f"/visits/{visit}/start": {"identity": "confirmed"},
    }
    for path, fields in attacks.items():
        answer = post_form(doctor.page, other, origin, stack.url + path, fields)
        assert answer.status == 403, path
        sent = answer.request.all_headers().get("cookie", "")
        # Else nothing was proven: on our own site's other port the cookie does come along.
        assert (cookies.STAFF in sent) is (place == "same_site"), path
    assert state(stack, visit) == before
    doctor.page.goto(f"{stack.url}/today")
    assert doctor.page.url == f"{stack.url}/today"
    record_property("figure", f"{len(attacks)} forms, 403 each")


@pytest.mark.check("C-14")
@pytest.mark.parametrize("place", PLACES)
def test_a_script_of_another_site_reads_and_changes_nothing(
    stack, other, doctor, place, record_property
):
    visit = stack.visit(ready=True)["visit_id"]
    before = state(stack, visit)
    page = doctor.page
    page.goto(f"{getattr(other, place)}/")
    arrived = answered_by(page)
    for name, how in FETCHES.items():
        for path in (f"/visits/{visit}/ticket", "/sign-out", f"/visits/{visit}/note"):
            outcome = page.evaluate(ASK, [stack.url + path, how])
            assert outcome in ("unread", "blocked"), f"{name}: {path} was {outcome}"
    # Asked before by the browser (OPTIONS), or refused: nothing that would change anything.
    told = {(method, status) for method, status in arrived.values() if method != "OPTIONS"}
    assert ("POST", 403) in told
    assert {status for _, status in told} <= {403, 405}, told
    assert state(stack, visit) == before
    page.goto(f"{stack.url}/today")
    assert page.url == f"{stack.url}/today"
    record_property("figure", f"{len(arrived)} calls arrived, none was heard")


def answered_by(page: Page) -> dict[str, tuple[str, int]]:
    """What the network saw of each request, also where the page is not told."""
    asked: dict[str, str] = {}
    answered: dict[str, tuple[str, int]] = {}
    network = page.context.new_cdp_session(page)
    network.on(
        "Network.requestWillBeSent",
        lambda e: asked.update({e["requestId"]: e["request"]["method"]}),
    )
    network.on(
        "Network.responseReceivedExtraInfo",
        lambda e: answered.update(
            {e["requestId"]: (asked.get(e["requestId"], "OPTIONS"), e["statusCode"])}
        ),
    )
    network.send("Network.enable")
    return answered


@pytest.mark.check("C-14")
@pytest.mark.parametrize("place", PLACES)
def test_nobody_is_signed_in_by_another_site(stack, other, stranger, place):
    """Login CSRF: with a password of the attacker's, or a link of the attacker's."""
    origin = getattr(other, place)
    link = stack.visit(ready=True)["patient_url"]
    credentials = {"email": DR_RIVERA.email, "password": DEMO_PASSWORD}
    for url, fields in ((f"{stack.url}/sign-in", credentials), (link, {})):
        assert post_form(stranger.page, other, origin, url, fields).status == 403
    held = {cookie["name"] for cookie in stranger.context.cookies(stack.url)}
    assert held & {cookies.STAFF, cookies.VISIT, cookies.CALL} == set()


@pytest.mark.check("C-15")
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("path", ["/sign-in", "/help", "/today"])
def test_a_frame_of_another_site_stays_empty(stack, other, doctor, place, path):
    other.pages["/frame"] = f'<!doctype html><iframe src="{stack.url}{path}"></iframe>'
    page = doctor.page
    with page.expect_event(
        "console", lambda line: "frame-ancestors" in line.text and stack.url in line.text
    ):
        page.goto(f"{getattr(other, place)}/frame")
    inside = page.frames[1]
    assert stack.url not in inside.url
    assert inside.locator("body *").count() == 0 or "chrome-error" in inside.url


@pytest.mark.check("C-16")
@pytest.mark.parametrize("place", PLACES)
def test_a_socket_from_another_site_does_not_open(stack, other, doctor, place):
    page = doctor.page
    page.goto(f"{getattr(other, place)}/")
    node = stack.settings.signaling_nodes["n1"].public_url.replace("http", "ws", 1)
    opened = page.evaluate(
        """url => new Promise(done => {
          const socket = new WebSocket(url);
          socket.onopen = () => done(true);
          socket.onerror = () => done(false);
        })""",
        f"{node}/signaling/n1/?EIO=4&transport=websocket&room=r",
    )
    assert opened is False
