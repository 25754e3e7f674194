"""Whether an account exists cannot be told from how long a refusal takes (C-35, T-14)."""

from __future__ import annotations

from statistics import mean
from time import perf_counter

import pytest

from server.app import create_app
from server.identity import passwords
from tests.browsing import Visitor, assets
from tests.people import STAFF

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TRIES = 200


@pytest.mark.check("C-35")
def test_an_unknown_account_costs_one_hash_like_any_other(app, anybody, monkeypatch):
    """The fast half of the proof: what takes the time is done the same number of times."""
    hashed = []
    verify = passwords._HASHER.verify

    class Counting:
        """The real hasher, with a tally."""

        hash = staticmethod(passwords._HASHER.hash)

        @staticmethod
        def verify(stored: str, plain: str) -> bool:
            hashed.append(stored.split("$")[3])
            return verify(stored, plain)

    monkeypatch.setattr(passwords, "_HASHER", Counting)
    for email in (STAFF[0].email, "nobody@harbor.example"):
        anybody().submit("/sign-in", {"email": email, "password": "wrong"})
    assert len(hashed) == 2
    assert hashed[0] == hashed[1]  # memory, passes and lanes are the same


@pytest.mark.slow
@pytest.mark.check("C-35")
def test_the_means_of_two_hundred_tries_differ_by_less_than_twenty_milliseconds(
    settings, record_property
):
    """Each from a network of its own and at one of several accounts, below every limit."""
    behind = create_app(
        settings.model_copy(update={"trusted_proxies": ["127.0.0.1"]}), assets=assets()
    )
    spent: dict[bool, list[float]] = {True: [], False: []}
    for number in range(TRIES):
        for known, times in spent.items():
            email = STAFF[number % len(STAFF)].email if known else f"nobody{number}@x.example"
            address = f"198.51.{number}.{int(known) + 1}"
            browser = Visitor(behind, **{"X-Forwarded-For": address})
            shown = browser.get("/sign-in")
            assert shown.status_code == 200
            began = perf_counter()
            answer = browser.submit("/sign-in", {"email": email, "password": "wrong"})
            times.append(perf_counter() - began)
            assert answer.status_code == 422
    difference = abs(mean(spent[True]) - mean(spent[False])) * 1000
    record_property("figure", f"{TRIES} tries each: means differ by {difference:.1f} ms")
    assert difference < 20
