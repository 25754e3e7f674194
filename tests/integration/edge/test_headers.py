"""What every kind of answer tells a browser, also outside the demo (C-15, C-33, T-20)."""

from __future__ import annotations

import pytest
from werkzeug.test import Client

from server.app import create_app, served
from server.assets import DIST
from server.identity import cookies
from tests.browsing import BASE_URL, Visitor, assets, needs_front_end
from tests.people import DR_RIVERA, MORGAN

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
A_YEAR = 365 * 24 * 3600


@pytest.fixture
def outside(settings):
    """The same app as a deployment has it: not a demo."""
    web = create_app(settings.model_copy(update={"demo": False}), assets=assets())

    @web.get("/broken")
    def broken():
        raise ZeroDivisionError("canary in the message")

    broken.door = web.view_functions["site.home"].door
    yield web
    web.extensions["dispatcher"].stop()
    web.extensions["database"].engine.dispose()


def check(headers, *, page: bool):
    for name, value in EVERYWHERE.items():
        assert headers[name] == value
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http:" not in policy.replace("http://localhost", "")
    age = headers["Strict-Transport-Security"].partition("max-age=")[2].partition(";")[0]
    assert int(age) >= A_YEAR
    assert "Access-Control-Allow-Origin" not in headers
    assert "Server" not in headers
    assert not any(name.startswith("X-Powered") for name, _ in headers)
    if page:
        assert headers["Cache-Control"] == "no-store"
        assert "camera=(self)" in headers["Permissions-Policy"]
        assert "require-trusted-types-for 'script'" in policy


@pytest.mark.check("C-15")
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/healthz", 200),
        ("GET", "/no-such-page", 404),
        ("GET", "/board", 303),
        ("POST", "/sign-in", 403),
        ("DELETE", "/", 405),
        ("POST", "/visit/message", 403),
        ("GET", "/broken", 500),
        ("GET", "/v/unknown", 404),
        ("HEAD", "/", 200),
        ("OPTIONS", "/", 200),
    ],
)
def test_every_answer_of_a_view(outside, method, path, status):
    answer = Visitor(outside).raw(method, path)
    assert answer.status_code == status
    check(answer.headers, page=True)
    assert "canary" not in answer.text


@pytest.mark.check("C-15")
def test_every_page_of_somebody_signed_in(outside, a_visit):
    visit = a_visit()
    patient = Visitor(outside)
    patient.open_link(visit.link(MORGAN))
    check(patient.get("/visit/check-in/identity").headers, page=True)
    staff = Visitor(outside)
    staff.sign_in(DR_RIVERA)
    check(staff.get(f"/visits/{visit.id}").headers, page=True)


@needs_front_end
@pytest.mark.check("C-15")
def test_every_file(outside):
    files = [DIST / "icons.svg", *sorted(DIST.glob("assets/*.css"))[:2]]
    files += [*sorted(DIST.glob("assets/*.js"))[:2], *sorted(DIST.glob("assets/*.woff2"))[:1]]
    browser = Client(served(outside))
    for file in files:
        with browser.get(f"/static/app/{file.relative_to(DIST)}", base_url=BASE_URL) as answer:
            assert answer.status_code == 200, file
            check(answer.headers, page=False)
            assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.check("C-15")
def test_a_chart_pane_may_be_framed_by_ourselves_alone(as_staff, a_visit):
    doctor, visit = as_staff(DR_RIVERA), a_visit()
    pane = doctor.get(f"/visits/{visit.id}/chart").headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in pane
    page = doctor.get(f"/visits/{visit.id}").headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page


@pytest.mark.check("C-33")
def test_every_cookie_is_bound_to_this_host_and_hidden_from_scripts(
    outside, a_visit, record_property
):
    visit = a_visit()
    staff, patient = Visitor(outside), Visitor(outside)
    answers = [staff.get("/sign-in"), staff.sign_in(DR_RIVERA)]
    answers.append(staff.post(f"/visits/{visit.id}/ticket", {"page": "p", "tab": "t"}))
    answers.append(patient.open_link(visit.link(MORGAN)))
    answers.append(staff.submit("/sign-out", page="/today"))
    told = [line for answer in answers for line in answer.headers.getlist("Set-Cookie")]
    names = {line.partition("=")[0] for line in told}
    assert names >= {"__Host-form", cookies.STAFF, cookies.CALL, cookies.VISIT}
    for line in told:
        attributes = {part.strip().lower() for part in line.split(";")[1:]}
        assert line.startswith("__Host-")
        assert {"secure", "path=/"} <= attributes, line
        assert "httponly" in attributes, line
        assert not any(each.startswith("domain") for each in attributes)
        deleted = "max-age=0" in attributes
        same_site = {"samesite=strict", "samesite=lax"} & attributes
        assert deleted or same_site, line
        if line.startswith((cookies.STAFF, cookies.CALL)) and not deleted:
            assert "samesite=strict" in attributes
    record_property("figure", f"{len(names)} cookies, {len(told)} times")
