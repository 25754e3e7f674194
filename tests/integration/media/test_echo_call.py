"""The echo call itself: what comes back, for how long, and for how many at once."""

import asyncio

from tests.integration.media.echo_server import (
    Caller,
    Picture,
    a_ticket,
    echo_server,
    error_code,
    hang_up,
    post_offer,
)


def test_picture_sound_and_messages_come_back():
    async def scene():
        async with echo_server() as browser, Caller() as morgan:
            headers = await morgan.call(browser, a_ticket())
            await morgan.channel_opens()
            morgan.channel.send("17")
            async with asyncio.timeout(10):
                assert await morgan.heard.get() == "17"
                pictures = [await morgan.returned["video"].recv() for _ in range(5)]
                sounds = [await morgan.returned["audio"].recv() for _ in range(20)]
            assert {(p.width, p.height) for p in pictures} == {(320, 180)}
            assert len(sounds) == 20
            assert headers["Location"].startswith("echo/")  # also true behind /media/
            assert "lag;dur=" in headers["Server-Timing"]

    asyncio.run(scene())


def test_a_large_picture_comes_back_small():
    async def scene():
        async with echo_server() as browser, Caller(Picture(640, 360)) as morgan:
            await morgan.call(browser, a_ticket())
            async with asyncio.timeout(10):
                picture = await morgan.returned["video"].recv()
            assert (picture.width, picture.height) == (320, 180)

    asyncio.run(scene())


def test_a_long_message_is_not_returned():
    async def scene():
        async with echo_server() as browser, Caller() as morgan:
            await morgan.call(browser, a_ticket())
            await morgan.channel_opens()
            morgan.channel.send("x" * 5000)
            morgan.channel.send("after")
            async with asyncio.timeout(10):
                assert await morgan.heard.get() == "after"

    asyncio.run(scene())


def test_hanging_up_ends_the_call_and_tells_how_busy_the_server_was():
    async def scene():
        async with echo_server() as browser, Caller() as morgan:
            headers = await morgan.call(browser, a_ticket())
            ended = await hang_up(browser, headers)
            assert ended.status == 204
            assert "sessions;dur=0" in ended.headers["Server-Timing"]
            await morgan.until("closed", "failed")
            assert (await hang_up(browser, headers)).status == 204  # twice is no error
            never = await hang_up(browser, {"Location": "echo/never-was"})
            assert await error_code(never) == (404, "not-found")

    asyncio.run(scene())


def test_the_call_ends_by_itself_and_hanging_up_too_late_is_no_error():
    async def scene():
        async with echo_server(session_seconds=1.5) as browser, Caller() as morgan:
            headers = await morgan.call(browser, a_ticket())
            await morgan.until("closed", "failed", seconds=5)
            assert (await (await browser.get("/healthz")).json())["sessions"] == 0
            assert (await hang_up(browser, headers)).status == 204

    asyncio.run(scene())


def test_a_second_test_of_the_same_person_replaces_the_first():
    async def scene():
        async with echo_server() as browser, Caller() as first, Caller() as second:
            await first.call(browser, a_ticket())
            await second.call(browser, a_ticket())
            await first.until("closed", "failed")
            assert second.pc.connectionState == "connected"
            assert (await (await browser.get("/healthz")).json())["sessions"] == 1

    asyncio.run(scene())


def test_a_full_house_asks_to_come_back_and_keeps_the_ticket_good():
    async def scene():
        async with echo_server(max_sessions=1) as browser, Caller() as morgan, Caller() as alex:
            headers = await morgan.call(browser, a_ticket())
            ticket = a_ticket("participant-alex")
            refused = await post_offer(browser, ticket, await alex.offer())
            assert await error_code(refused) == (503, "busy")
            assert 1 <= int(refused.headers["Retry-After"]) <= 21
            await hang_up(browser, headers)
            accepted = await post_offer(browser, ticket, alex.pc.localDescription.sdp)
            assert accepted.status == 201

    asyncio.run(scene())


def test_a_person_who_already_tests_may_start_anew_in_a_full_house():
    async def scene():
        async with (
            echo_server(max_sessions=1) as browser,
            Caller() as first,
            Caller() as second,
        ):
            await first.call(browser, a_ticket())
            await second.call(browser, a_ticket())

    asyncio.run(scene())


def test_stopping_the_process_ends_every_call():
    async def scene():
        async with Caller() as morgan:
            async with echo_server() as browser:
                await morgan.call(browser, a_ticket())
            await morgan.until("closed", "failed")

    asyncio.run(scene())
