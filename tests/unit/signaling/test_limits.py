"""How much one socket, one address and one description may ask (SECURITY 2.8)."""

import pytest

from signaling.addresses import Addresses, address_of
from signaling.candidates import Sieve
from signaling.limits import RATES, Allowance, Bucket, Rate
from tests.unit.signaling.seating import candidates, describe

HOST = "candidate:1 1 udp 2122260223 {} 54321 typ host generation 0"


def test_a_bucket_lets_a_burst_through_and_then_a_trickle():
    bucket = Bucket(Rate(2, 6), at=0)
    assert [bucket.take(0) for _ in range(7)] == [True] * 6 + [False]
    assert [bucket.take(1) for _ in range(3)] == [True, True, False]
    assert not bucket.full(2)
    assert bucket.full(100)


def test_time_that_runs_backwards_gives_nothing():
    bucket = Bucket(Rate(1, 1), at=100)
    assert bucket.take(100)
    assert not bucket.take(50)


@pytest.mark.parametrize(
    ("kind", "burst"),
    [("describe", 6), ("candidates", 20), ("state", 10), ("expect", 4), ("bye", 4)],
)
def test_each_kind_of_message_has_its_own_allowance(kind, burst):
    allowance = Allowance(0)
    assert sum(allowance.take(kind, 0) for _ in range(100)) == burst
    assert allowance.take(next(other for other in RATES if other != kind), 0)


def test_twenty_refusals_in_a_minute_are_borne():
    allowance = Allowance(0)
    assert sum(allowance.forgive(0) for _ in range(50)) == 20
    assert allowance.forgive(60)


def test_only_handshakes_that_failed_count_against_an_address():
    addresses = Addresses()
    for _ in range(500):
        addresses.opened("198.51.100.7")
        addresses.seated("198.51.100.7")
    assert addresses.allow("198.51.100.7", 0)
    for _ in range(20):
        addresses.opened("198.51.100.7")
        addresses.failed("198.51.100.7", 0)
    assert not addresses.allow("198.51.100.7", 0)
    assert addresses.allow("198.51.100.8", 0)
    assert addresses.allow("198.51.100.7", 4)
    addresses.sweep(61)
    assert addresses.allow("198.51.100.7", 61)


def test_an_address_may_not_hold_the_door_with_open_handshakes():
    addresses = Addresses()
    for _ in range(100):
        assert addresses.allow("198.51.100.7", 0)
        addresses.opened("198.51.100.7")
    assert not addresses.allow("198.51.100.7", 0)


@pytest.mark.parametrize(
    ("remote", "forwarded", "address"),
    [
        ("127.0.0.1", None, None),
        ("::1", None, None),
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        ("192.0.2.4", "198.51.100.7", "192.0.2.4"),
        ("192.0.2.4", None, "192.0.2.4"),
    ],
)
def test_only_a_proxy_on_this_machine_may_say_whose_request_it_is(remote, forwarded, address):
    environ = {"REMOTE_ADDR": remote, "HTTP_X_FORWARDED_FOR": forwarded}
    assert address_of(environ) == address


@pytest.mark.parametrize(
    ("address", "passes"),
    [
        ("192.0.2.2", True), ("10.1.2.3", True), ("2001:db8::1", True), ("fd00::2", True),
        ("4f1c9a34-1b1a-4d3e-9a57-2f1f5f6d8f11.local", True),
        ("127.0.0.1", False), ("127.9.9.9", False), ("::1", False), ("::ffff:127.0.0.1", False),
        ("169.254.169.254", False), ("::ffff:169.254.169.254", False), ("fe80::1", False),
        ("fd00:ec2::254", False), ("100.100.100.200", False), ("64:ff9b::7f00:1", False),
        ("0.0.0.0", False), ("::", False), ("224.0.0.1", False), ("metadata.google", False),  # noqa: S104  (an address that must not pass)
        ("router.corp.local", False), ("2130706433", False), ("127.1", False), ("", False),
    ],
)  # fmt: skip
def test_a_peer_cannot_point_a_browser_at_forbidden_addresses(address, passes):
    line = HOST.format(address)
    sieve = Sieve(loopback=False)
    alone = sieve.candidates(candidates("rivera", line), room_for=64)
    assert (alone is not None) == passes
    sdp = f"v=0\r\na=candidate:9 1 udp 1 192.0.2.9 9 typ host\r\na={line}\r\na=mid:0\r\n"
    kept = sieve.describe(describe("rivera", sdp=sdp)).description.sdp
    assert (f"a={line}" in kept) == passes
    assert "192.0.2.9" in kept
    assert kept.endswith("a=mid:0\r\n")


def test_on_one_machine_loopback_is_where_both_browsers_are():
    sieve = Sieve(loopback=True)
    assert sieve.candidates(candidates("r", HOST.format("127.0.0.1")), room_for=64)
    assert not sieve.candidates(candidates("r", HOST.format("169.254.1.1")), room_for=64)


def test_the_end_of_candidates_passes():
    assert Sieve(loopback=False).candidates(candidates("rivera", ""), room_for=64)


@pytest.mark.parametrize("line", ["candidate:", "candidate:1 1 udp 1", "x", " "])
def test_a_torn_candidate_does_not_pass(line):
    assert Sieve(loopback=True).candidates(candidates("rivera", line), room_for=64) is None
