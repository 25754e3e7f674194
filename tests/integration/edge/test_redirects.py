"""Nobody is sent elsewhere, and nothing asked for ends up as a header of ours (T-20, C-14)."""

from __future__ import annotations

import re
import uuid

import pytest
from flask import Flask

from server.demo_routes import sign_in_token
from tests.browsing import BASE_URL
from tests.people import DEMO_PASSWORD, DR_RIVERA, MORGAN
from tests.unit.edge.test_safe_next import ELSEWHERE, HERE

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SPLITS = [
    "%0d%0aX-Evil:%201%0d%0a%0d%0a<script>",
    *(
        pytest.param(each, marks=pytest.mark.slow)
        for each in ("%0aX-Evil:%201", "%0dX-Evil:%201", "%E5%98%8A%E5%98%8DX-Evil", "%00")
    ),
]


@pytest.mark.check("C-14")
def test_a_browser_lands_on_our_host_whatever_was_wanted(app, anybody, as_staff):
    signed_in = as_staff(DR_RIVERA)
    answers = [signed_in.get("/sign-in", query_string={"next": to}) for to in ELSEWHERE + HERE]
    for wanted in (ELSEWHERE[0], HERE[2]):
        fields = {"email": DR_RIVERA.email, "password": DEMO_PASSWORD, "next": wanted}
        answers.append(anybody().submit("/sign-in", fields))
    for answer in answers:
        assert answer.status_code == 303
        location = answer.headers["Location"]
        assert re.match(r"/(?![/\\])[\x21-\x7e]*$", location), location


def test_a_demo_link_leads_to_its_own_page_alone(app, anybody, settings):
    good = sign_in_token(settings.secret_key.get_secret_value(), DR_RIVERA, "/today", nonce="n")
    bent = good[:-3] + "abc"
    assert anybody().get(f"/demo/sign-in/{bent}").status_code == 404
    assert anybody().get(f"/demo/sign-in/{good}").headers["Location"] == "/today"


def paths(app: Flask, hostile: str):
    """Every address of ours, with something hostile wherever one may write something."""
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<uuid:\w+>", str(uuid.uuid4()), rule.rule)
        path = re.sub(r"<any\((\w+)[^>]*>", r"\1", path)
        yield rule, re.sub(r"<\w+>", hostile, path) + f"?next={hostile}&said={hostile}&page=p"


@pytest.mark.check("C-14")
@pytest.mark.parametrize("hostile", SPLITS)
def test_no_header_comes_from_what_was_asked(
    app, anybody, as_staff, as_patient, a_visit, hostile
):
    browsers = (anybody(), as_staff(DR_RIVERA), as_patient(a_visit().link(MORGAN)))
    for rule, path in paths(app, hostile):
        for browser in browsers:
            for method in rule.methods & {"GET", "POST"}:
                answer = browser.raw(method, path, headers={"Origin": BASE_URL})
                assert answer.status_code < 500, f"{method} {path}"
                told = str(answer.headers)
                assert "X-Evil" not in told.replace("%0AX-Evil", ""), f"{method} {path}"
                assert "\r\n\r\n<" not in told
