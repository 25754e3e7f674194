"""While the database is away: help for everybody, "not now" for the rest (R-09, TEL-16)."""

from __future__ import annotations

import pytest

from server.app import create_app
from server.identity import cookies
from tests.browsing import Visitor, assets

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(params=[False, True], ids=["stranger", "with cookies"])
def browser(settings, tmp_path, request):
    """Somebody at the pages of a web process that cannot reach its database."""
    gone = f"sqlite:///{tmp_path}/no-such-folder/mooring.db"
    told = settings.model_copy(update={"database_url": gone, "demo": False})
    web = create_app(told, assets=assets())
    visitor = Visitor(web)
    if request.param:
        visitor.hold(cookies.VISIT, "secret")
        visitor.hold(cookies.STAFF, "secret")
    yield visitor
    web.extensions["dispatcher"].stop()


@pytest.mark.parametrize("page", ["/help", "/breathe", "/"])
def test_help_needs_no_database(browser, page):
    shown = browser.get(page)
    assert shown.status_code == 200
    assert "988" in shown.text


@pytest.mark.parametrize("path", ["/healthz", "/v/some-token"])
def test_the_rest_is_not_now_and_says_when_to_come_again(browser, path):
    answer = browser.get(path)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "3")
    assert "on our side" in answer.text or answer.json["error"]["code"] == "unavailable"


@pytest.mark.parametrize(
    ("path", "is_page"), [("/visit", True), ("/visit/state", False), ("/today", True)]
)
def test_nobody_is_taken_for_signed_out(browser, path, is_page):
    """A page that reads "please sign in" would send somebody in a call away."""
    answer = browser.get(path)
    if browser.cookie(cookies.VISIT) is None:
        assert answer.status_code == (303 if is_page else 401)
    else:
        assert answer.status_code == 503
        assert not is_page or "988" in answer.text
