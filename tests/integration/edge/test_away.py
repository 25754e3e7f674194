"""After "Leave this site quickly" nothing of us shows until the link is opened again (C-38)."""

from __future__ import annotations

import pytest

from server.away import SOMEWHERE_DULL
from server.identity import cookies
from tests.people import MORGAN

pytestmark = [
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    pytest.mark.check("C-38"),
]
BY_BACK = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def token(a_visit):
    return a_visit().link(MORGAN)


@pytest.fixture
def left(as_patient, token):
    """Morgan's browser, a moment after she left."""
    browser = as_patient(token)
    assert browser.post("/visit/away").status_code == 200
    assert browser.cookie(cookies.AWAY)
    return browser


@pytest.mark.parametrize("page", ["/visit", "/visit/check-in/place", "/visit/who-looked"])
def test_her_own_pages_lead_elsewhere(left, page):
    assert left.get(page).headers["Location"] == SOMEWHERE_DULL


def test_a_public_page_is_hidden_from_back_alone(left):
    assert left.raw("GET", "/help", headers=BY_BACK).headers["Location"] == SOMEWHERE_DULL
    assert left.get("/help").status_code == 200


def test_the_link_is_the_way_back(left, token):
    assert left.raw("GET", f"/v/{token}", headers=BY_BACK).status_code == 200
    assert left.raw("GET", f"/v/{token}/not-me", headers=BY_BACK).status_code == 200
    assert left.cookie(cookies.AWAY)
    left.open_link(token)
    assert left.cookie(cookies.AWAY) is None
    assert left.get("/visit").headers["Location"] == "/visit/confirm"  # it asks who she is
