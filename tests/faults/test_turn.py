"""The relay as we ship it: who gets in, how often, and where to (C-29, C-30, T-35)."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest

from server.visits import turn
from tests.coturn import SECRET, connection, coturn, refusal, refusal_at_last, shipped

MORGAN = "participant-morgan"
ALEX = "participant-alex"
# coturn forgets an allocation about a second after it ended: a test that asks often uses
# another participant, or the quota speaks first.


def own(participant: str = MORGAN, *, secret: str = SECRET, now=None, **lifetime):
    lasts = timedelta(**lifetime) if lifetime else turn.CALL_LIFETIME
    now = now or datetime.now(UTC)
    return turn.credentials(secret, participant=participant, now=now, lifetime=lasts)


@pytest.fixture(scope="module")
def relay(tmp_path_factory):
    with coturn(tmp_path_factory.mktemp("relay"), shipped()) as running:
        yield running


@pytest.fixture(scope="module")
def relay_for_two_people(tmp_path_factory):
    """As shipped, but with the quota of a call without a third person (C-30 counts to four)."""
    folder = tmp_path_factory.mktemp("quota")
    configuration = shipped(without="user-quota") + "\nuser-quota=3"
    with coturn(folder, configuration) as running:
        yield running


@pytest.fixture(scope="module")
def two_family_relay(tmp_path_factory):
    folder = tmp_path_factory.mktemp("relay6")
    with coturn(folder, shipped(), ipv6=True) as running:
        yield running


@pytest.fixture(scope="module")
def open_relay(tmp_path_factory):
    """Without the deny list, to show that it is the list that refuses."""
    folder = tmp_path_factory.mktemp("open")
    with coturn(folder, shipped(without="denied-peer-ip"), ipv6=True) as running:
        yield running


@pytest.fixture(scope="module")
def probe_relay(tmp_path_factory):
    folder = tmp_path_factory.mktemp("probe")
    with coturn(folder, shipped("turnserver-probe.conf")) as running:
        yield running


def test_our_credentials_open_an_allocation(relay):
    async def scene():
        async with connection(relay, own()) as morgan:
            host, port = await morgan.allocate()
            assert (host, port > 0) == ("127.0.0.1", True)

    asyncio.run(scene())


@pytest.mark.check("C-30")
@pytest.mark.parametrize(
    "credential",
    [
        lambda: own(secret="a-secret-of-somebody-else-altogether"),
        lambda: own(now=datetime.now(UTC) - timedelta(seconds=660)),
        lambda: {**own(), "username": own(now=datetime.now(UTC) + timedelta(1))["username"]},
        lambda: {"username": "", "credential": ""},
    ],
    ids=["wrong signature", "run out", "later time, old signature", "nobody"],
)
def test_other_credentials_are_refused(relay, credential):
    async def scene():
        async with connection(relay, credential()) as stranger:
            assert await refusal(stranger.allocate()) in (400, 401)

    asyncio.run(scene())


@pytest.mark.check("C-30")
def test_a_wrong_signature_and_a_name_that_ran_out_are_401(relay):
    async def scene():
        for bad in (own(secret="x" * 40), own(now=datetime.now(UTC) - timedelta(hours=1))):
            async with connection(relay, bad) as stranger:
                assert await refusal(stranger.allocate()) == 401

    asyncio.run(scene())


@pytest.mark.check("C-30")
def test_above_the_quota_of_one_participant_is_486(relay_for_two_people):
    relay = relay_for_two_people

    async def scene():
        async with AsyncExitStack() as stack:
            roads = [
                await stack.enter_async_context(connection(relay, own(ALEX))) for _ in range(4)
            ]
            granted = [await refusal(road.allocate()) for road in roads]
            assert granted == [None, None, None, 486]
            # Fresh credentials are still the same participant.
            later = own(ALEX, now=datetime.now(UTC) + timedelta(seconds=30))
            fifth = await stack.enter_async_context(connection(relay, later))
            assert await refusal(fifth.allocate()) == 486

    asyncio.run(scene())


def test_the_shipped_quota_carries_a_full_mesh_and_no_more(relay):
    others, roads, generations = 4, 3, 2  # UDP, TCP and TLS; while ICE restarts both exist

    async def scene():
        async with AsyncExitStack() as stack:
            granted = []
            for _ in range(others * roads * generations + 1):
                road = await stack.enter_async_context(connection(relay, own("participant-5")))
                granted.append(await refusal(road.allocate()))
            assert granted == [None] * 24 + [486]

    asyncio.run(scene())


@pytest.mark.check("C-30")
def test_a_call_outlives_its_credential_but_opens_no_new_road(relay):
    async def scene():
        short = own("participant-casey", seconds=2)
        async with connection(relay, short) as casey:
            await casey.allocate()
            ran_out = int(short["username"].partition(":")[0]) + 1
            await asyncio.sleep(max(0.0, ran_out - datetime.now(UTC).timestamp()))
            assert await refusal_at_last(relay, short) == 401
            assert await casey.refresh_once() > 0

    asyncio.run(scene())


INTERNAL = [
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "192.0.0.192",
    "198.18.0.1",
    "0.0.0.1",
    "224.0.0.251",
    "255.255.255.255",
]
INTERNAL_6 = [
    "::1",
    "::",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:192.168.1.1",
    "64:ff9b::a00:1",
    "64:ff9b::a9fe:a9fe",
    "2002:a00:1::1",
    "2001:0:a00:1::1",
    "fd00:ec2::254",
    "fc00::1",
    "fe80::1",
    "ff02::1",
]


@pytest.mark.check("C-29")
@pytest.mark.parametrize("peer", INTERNAL)
def test_no_peer_inside(relay, peer):
    async def scene():
        async with connection(relay, own(peer)) as morgan:
            await morgan.allocate()
            assert await refusal(morgan.permit(peer)) == 403

    asyncio.run(scene())


@pytest.mark.check("C-29")
@pytest.mark.parametrize("peer", INTERNAL_6)
def test_no_ipv6_peer_over_an_ipv4_relay(relay, peer):
    async def scene():
        async with connection(relay, own(peer)) as morgan:
            await morgan.allocate()
            assert await refusal(morgan.permit(peer)) in (403, 443)

    asyncio.run(scene())


@pytest.mark.check("C-29")
@pytest.mark.parametrize("peer", INTERNAL_6)
def test_no_peer_inside_over_an_ipv6_relay(two_family_relay, peer):
    """CVE-2026-27624: Debian's coturn grants IPv4-mapped peers unless they are listed too."""

    async def scene():
        async with connection(two_family_relay, own(peer)) as morgan:
            await morgan.allocate(family=6)
            assert await refusal(morgan.permit(peer)) == 403

    asyncio.run(scene())


@pytest.mark.check("C-29")
def test_public_peers_are_granted(two_family_relay):
    async def scene():
        async with connection(two_family_relay, own(ALEX)) as morgan:
            await morgan.allocate()
            assert await refusal(morgan.permit("1.1.1.1")) is None
        async with connection(two_family_relay, own(ALEX)) as morgan:
            await morgan.allocate(family=6)
            assert await refusal(morgan.permit("2606:4700:4700::1111")) is None

    asyncio.run(scene())


def test_it_is_the_list_that_refuses(open_relay):
    async def scene():
        async with connection(open_relay, own()) as morgan:
            await morgan.allocate()
            assert await refusal(morgan.permit("10.0.0.1")) is None
        async with connection(open_relay, own()) as morgan:
            await morgan.allocate(family=6)
            assert await refusal(morgan.permit("::ffff:10.0.0.1")) is None

    asyncio.run(scene())


@pytest.mark.check("C-30")
def test_a_probe_reaches_media_and_nobody_else(probe_relay):
    async def scene():
        async with connection(probe_relay, own(ALEX, seconds=60)) as morgan:
            await morgan.allocate()
            assert await refusal(morgan.permit("203.0.113.20")) is None  # as the file names it
            for peer in ("203.0.113.21", "1.1.1.1", "10.0.0.1", "127.0.0.1"):
                assert await refusal(morgan.permit(peer)) == 403

    asyncio.run(scene())


def test_a_probe_has_one_allocation(probe_relay):
    async def scene():
        probe = own("participant-robin", seconds=60)
        async with connection(probe_relay, probe) as one, connection(probe_relay, probe) as two:
            await one.allocate()
            assert await refusal(two.allocate()) == 486

    asyncio.run(scene())


def test_the_files_hold_no_secret():
    for name in ("turnserver.conf", "turnserver-probe.conf"):
        lines = shipped(name).splitlines()
        assert not [line for line in lines if line.startswith("static-auth-secret")]
