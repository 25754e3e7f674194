"""By which name we may be called, and whom we believe about a name (T-22, C-16)."""

from __future__ import annotations

import pytest

from server.app import create_app
from tests.browsing import BASE_URL, Visitor

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
EVIL = "evil.example"
FOREIGN = (
    EVIL,
    f"mooring.test.{EVIL}",
    f"{EVIL}:443",
    "mooring.test@evil.example",
    "mooring.test, evil.example",
    "mooring.test.",
    "notmooring.test",
    "[::1]",
    "169.254.169.254",
    "",
)


@pytest.mark.check("C-16")
@pytest.mark.parametrize("host", FOREIGN)
@pytest.mark.parametrize("path", ["/", "/sign-in", "/healthz", "/no-such-page"])
def test_a_foreign_name_finds_nothing(anybody, host, path):
    answer = anybody().raw("GET", path, headers={"Host": host})
    assert answer.status_code == 404
    assert host == "" or host not in answer.text
    assert EVIL not in str(answer.headers)


@pytest.mark.parametrize("host", ["mooring.test", "mooring.test:8443", "localhost:8000"])
def test_our_own_names_find_us(anybody, host):
    assert anybody().raw("GET", "/healthz", headers={"Host": host}).status_code == 200


def test_a_further_name_is_ours_when_it_is_set(settings):
    inner = create_app(settings.model_copy(update={"trusted_hosts": ["web.inner"]}))
    answer = Visitor(inner).raw("GET", "/healthz", headers={"Host": "web.inner:8000"})
    assert answer.status_code == 200


def test_another_process_of_ours_may_come_by_any_name(anybody):
    """It signs what it says; the name it reached us by is the deployment's business."""
    answer = anybody().raw("POST", "/internal/happenings", data="x", headers={"Host": "w:1"})
    assert answer.status_code == 403


@pytest.mark.check("C-14")
@pytest.mark.parametrize(
    "lie",
    [
        {"X-Forwarded-Host": EVIL},
        {"Forwarded": f"host={EVIL}"},
        {"X-Forwarded-Host": EVIL, "Origin": f"https://{EVIL}"},
        {"Host": EVIL, "Origin": f"https://{EVIL}"},
    ],
    ids=str,
)
def test_no_forwarded_name_makes_another_origin_ours(anybody, lie):
    browser = anybody()
    token = browser.get("/sign-in").text.partition('name="csrf_token" value="')[2][:200]
    answer = browser.raw(
        "POST",
        "/sign-in",
        data={"csrf_token": token.partition('"')[0], "email": "x@y.example", "password": "x"},
        headers={"Origin": BASE_URL, **lie},
    )
    # a lie about the name alone is not heard; one about the origin is refused
    expected = 403 if "Origin" in lie and "Host" not in lie else 404 if "Host" in lie else 422
    assert answer.status_code == expected
    assert EVIL not in answer.text + str(answer.headers)


@pytest.mark.parametrize(
    "header", ["X-Forwarded-Proto", "X-Forwarded-Prefix", "X-Forwarded-Port", "X-Script-Name",
               "X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override"],
)  # fmt: skip
def test_no_other_header_moves_a_request(anybody, header):
    plain = anybody().get("/board")
    moved = anybody().raw("GET", "/board", headers={header: "/dev/mailbox"})
    assert (moved.status_code, moved.headers["Location"]) == (303, plain.headers["Location"])
