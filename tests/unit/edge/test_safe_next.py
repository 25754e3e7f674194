"""Where somebody may be sent after signing in: to a page of ours (T-20)."""

from __future__ import annotations

import pytest

from server.identity.policy import safe_next

ELSEWHERE = (
    "https://evil.example/", "//evil.example", "///evil.example", "////evil.example",
    "/\\evil.example", "\\/evil.example", "\\\\evil.example", "/\t/evil.example",
    "/\n/evil.example", "/\r/evil.example", "\t//evil.example", " //evil.example",
    "http:evil.example", "https:/evil.example", "https:evil.example", "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>", "vbscript:x", "evil.example", ".evil.example",
    "@evil.example", "?next=//evil.example", "#//evil.example", "/\x00/evil.example",
    "/\x0b/evil.example", "/\u2028/evil.example", "\ufeff//evil.example", "/today\r\nX-Evil: 1",
    "/today\nSet-Cookie: a=b", "%2f%2fevil.example", "", "today",
)  # fmt: skip
HERE = ("/today", "/visits/1?x=/y", "/a/..//evil.example", "/%5cevil.example", "/%0d%0aX: 1")


@pytest.mark.check("C-14")
@pytest.mark.parametrize("wanted", ELSEWHERE, ids=ascii)
def test_what_leads_elsewhere_is_not_followed(wanted):
    assert safe_next(wanted, "/home") == "/home"


@pytest.mark.parametrize("wanted", HERE)
def test_what_leads_to_a_page_of_ours_is(wanted):
    assert safe_next(wanted, "/home") == wanted
