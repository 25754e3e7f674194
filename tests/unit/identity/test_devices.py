"""A browser in a few words, a network without its last part."""

from __future__ import annotations

import pytest

from server.identity.devices import LONGEST, UNKNOWN, network, words

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1"


@pytest.mark.parametrize(
    ("user_agent", "said"),
    [
        (CHROME, "Chrome on Linux"),
        (CHROME + " Edg/156.0", "Edge on Linux"),
        (FIREFOX, "Firefox on Windows"),
        (IPHONE, "Safari on iPhone"),
        ("<script>alert(1)</script>", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_words_are_ours_and_never_what_the_browser_sent(user_agent, said):
    assert words(user_agent) == said
    assert len(said) <= LONGEST


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("203.0.113.9", "203.0.113.x"),
        ("2001:db8:1234:5678::1", "2001:db8:1234::/48"),
        ("-", ""),
        ("a forged header", ""),
    ],
)
def test_the_network_is_shown_without_the_machine(address, shown):
    assert network(address) == shown
