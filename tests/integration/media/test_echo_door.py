"""Who may start an echo call, from which page, and with what offer (T-24)."""

import asyncio
import json
import socket
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from aioice.ice import get_host_addresses

from signaling.media.echo import create_app
from tests.integration.media.echo_server import (
    KEY,
    ORIGIN,
    OTHER_KEY,
    Caller,
    a_ticket,
    echo_server,
    error_code,
    hang_up,
    media_settings,
    post_offer,
)


@pytest.mark.parametrize(
    ("ticket", "code"),
    [
        (lambda: None, "no-ticket"),
        (lambda: "not.a.ticket", "bad-ticket"),
        (lambda: a_ticket(key=OTHER_KEY), "bad-ticket"),
        (lambda: a_ticket(audience="signaling"), "wrong-audience"),
        (lambda: a_ticket(stage="admitted"), "wrong-audience"),
        (lambda: a_ticket(now=datetime.now(UTC) - timedelta(seconds=61)), "expired"),
        (lambda: a_ticket(now=datetime.now(UTC) - timedelta(seconds=30)), "before-start"),
    ],
)
def test_only_a_fresh_echo_ticket_opens(ticket, code):
    async def scene():
        async with echo_server() as browser, Caller() as morgan:
            response = await post_offer(browser, ticket(), await morgan.offer())
            assert await error_code(response) == (401, code)

    asyncio.run(scene())


def test_a_ticket_is_used_once_even_after_hanging_up():
    async def scene():
        async with echo_server() as browser, Caller() as morgan, Caller() as thief:
            ticket = a_ticket()
            headers = await morgan.call(browser, ticket)
            await hang_up(browser, headers)
            response = await post_offer(browser, ticket, await thief.offer())
            assert await error_code(response) == (401, "used")

    asyncio.run(scene())


def test_of_two_at_once_with_one_ticket_one_gets_in():
    async def scene():
        async with echo_server() as browser, Caller() as one, Caller() as two:
            ticket = a_ticket()
            offers = [await one.offer(), await two.offer()]
            answers = await asyncio.gather(*(post_offer(browser, ticket, o) for o in offers))
            assert sorted(a.status for a in answers) == [201, 401]

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("origin", "status"),
    [(ORIGIN, 201), ("https://evil.example", 403), ("null", 403), (ORIGIN + "/", 403)],
)
def test_only_the_configured_origins_may_call(origin, status):
    async def scene():
        async with echo_server() as browser, Caller() as morgan:
            response = await post_offer(
                browser, a_ticket(), await morgan.offer(), Origin=origin
            )
            assert response.status == status
            allowed = response.headers.get("Access-Control-Allow-Origin")
            assert allowed == (ORIGIN if status == 201 else None)
            preflight = await browser.options("/echo", headers={"Origin": origin})
            assert (preflight.status == 204) == (status == 201)

    asyncio.run(scene())


def test_a_page_of_ours_may_read_where_to_hang_up_and_how_busy_we_are():
    async def scene():
        async with echo_server() as browser:
            preflight = await browser.options(
                "/echo/some-call",
                headers={"Origin": ORIGIN, "Access-Control-Request-Method": "DELETE"},
            )
            assert "DELETE" in preflight.headers["Access-Control-Allow-Methods"]
            assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
            exposed = preflight.headers["Access-Control-Expose-Headers"]
            assert exposed == "Location, Retry-After, Server-Timing"

    asyncio.run(scene())


@pytest.mark.parametrize("origins", [["*"], [ORIGIN, "*"]])
def test_it_does_not_start_open_to_every_page(origins):
    with pytest.raises(ValueError, match="MOORING_ORIGINS"):
        create_app(media_settings(origins=origins))


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        (lambda sdp: "x" * 40_000, (413, "too-large")),
        (lambda sdp: "", (400, "bad-offer")),
        (lambda sdp: "v=0\r\nm=video\r\n", (400, "bad-offer")),
        (lambda sdp: sdp.replace("m=audio", "m=tuba"), (400, "bad-offer")),
        (lambda sdp: sdp + sdp[sdp.index("m=video") :], (400, "bad-offer")),
        (lambda sdp: sdp.replace("a=ice-ufrag", "a=nothing"), (400, "bad-offer")),
        (lambda sdp: sdp.replace("a=fingerprint", "a=nothing"), (400, "bad-offer")),
        (lambda sdp: "\x00\xff" * 100, (400, "bad-offer")),
    ],
)
def test_what_is_not_a_small_offer_is_refused(change, answer):
    async def scene():
        async with echo_server() as browser, Caller() as morgan:
            sdp = change(await morgan.offer())
            assert await error_code(await post_offer(browser, a_ticket(), sdp)) == answer
            assert (await (await browser.get("/healthz")).json())["sessions"] == 0

    asyncio.run(scene())


def test_an_offer_says_that_it_is_one():
    async def scene():
        async with echo_server() as browser:
            headers = {"Authorization": f"Bearer {a_ticket()}"}
            response = await browser.post("/echo", json={"sdp": ""}, headers=headers)
            assert await error_code(response) == (415, "not-sdp")

    asyncio.run(scene())


@pytest.mark.parametrize(("demo", "packets_come"), [(True, True), (False, False)])
def test_outside_the_demo_it_sends_nothing_into_the_private_network(demo, packets_come):
    async def scene():
        loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as inside:
            inside.bind((get_host_addresses(use_ipv4=True, use_ipv6=False)[0], 0))
            inside.setblocking(False)
            host, port = inside.getsockname()
            assert not ip_address(host).is_global, "this machine has no private address to try"
            async with (
                echo_server(demo=demo, allow_private_candidates=demo) as browser,
                Caller() as morgan,
            ):
                lines = (await morgan.offer()).splitlines()
                kept = [line for line in lines if not line.startswith("a=candidate")]
                at = next(i for i, line in enumerate(kept) if line.startswith("a=ice-ufrag"))
                kept.insert(at, f"a=candidate:1 1 udp 2130706431 {host} {port} typ host")
                response = await post_offer(browser, a_ticket(), "\r\n".join([*kept, ""]))
                assert response.status == 201
                try:
                    async with asyncio.timeout(1.5):
                        await loop.sock_recv(inside, 2048)
                    came = True
                except TimeoutError:
                    came = False
        assert came == packets_come

    asyncio.run(scene())


def test_a_browser_whose_candidates_were_all_dropped_still_gets_through():
    async def scene():
        async with (
            echo_server(demo=False, allow_private_candidates=False) as browser,
            Caller() as morgan,
        ):
            await morgan.call(browser, a_ticket())
            async with asyncio.timeout(10):
                await morgan.returned["video"].recv()

    asyncio.run(scene())


def test_it_never_asks_the_librarys_public_stun():
    async def scene():
        async with echo_server() as browser, Caller() as morgan:
            response = await post_offer(browser, a_ticket(), await morgan.offer())
            assert "typ srflx" not in await response.text()

    app = create_app(media_settings())
    assert app is not None
    asyncio.run(scene())


def test_health_tells_how_full_it_is():
    async def scene():
        async with echo_server() as browser:
            body = await (await browser.get("/healthz")).json()
            assert body == {"status": "ok", "node": "m1", "sessions": 0, "max_sessions": 3}

    asyncio.run(scene())


def test_it_knows_only_the_public_half_of_the_ticket_key():
    assert "d" not in json.loads(media_settings().ticket_public_key)
    assert "d" in KEY.as_dict(private=True)
