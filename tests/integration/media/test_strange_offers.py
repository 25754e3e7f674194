"""However an offer is bent, the echo answers 201 or 400 and keeps nothing (C-20)."""

import asyncio
import random

import pytest

from tests.integration.media.echo_server import (
    Caller,
    a_ticket,
    echo_server,
    hang_up,
    post_offer,
)

TRIES = 150


def bent(sdp: str, chance: random.Random) -> str:
    lines = sdp.splitlines()
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(lines))
        match chance.randrange(5):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, lines[chance.randrange(len(lines))])
            case 2:
                lines[at] = lines[at][: chance.randrange(len(lines[at]) + 1)]
            case 3:
                lines[at] = lines[at].replace("0", str(chance.randrange(10**9)))
            case 4:
                lines[at] = lines[at] + " " + "9" * chance.randrange(200)
    return "\r\n".join([*lines, ""])


@pytest.mark.check("C-47")
def test_bent_offers_never_break_it():
    async def scene():
        chance = random.Random(20261122)
        seen = set()
        async with echo_server(session_seconds=60) as browser, Caller() as morgan:
            offer = await morgan.offer()
            for _ in range(TRIES):
                response = await post_offer(browser, a_ticket(), bent(offer, chance))
                seen.add(response.status)
                if response.status == 201:
                    await hang_up(browser, response.headers)
            assert seen == {201, 400}
            assert (await (await browser.get("/healthz")).json())["sessions"] == 0

    asyncio.run(scene())
