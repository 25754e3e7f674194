"""What one echo test costs the media process: `python -m tests.bench.echo_cpu`."""

import asyncio
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import aiohttp
import psutil

from tests.integration.media.echo_server import KEY, ORIGIN, Caller, a_ticket, hang_up

SECONDS = 5
ROUNDS = 3
ROOT = Path(__file__).parents[2]


def start(port: int) -> subprocess.Popen[bytes]:
    told = {
        "DEMO": "true",
        "ORIGINS": json.dumps([ORIGIN]),
        "TICKET_PUBLIC_KEY": json.dumps(KEY.as_dict(private=False)),
        "PORT": str(port),
        "ALLOW_PRIVATE_CANDIDATES": "true",
        "LOG_LEVEL": "WARNING",
    }
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    environ |= {f"MOORING_{name}": value for name, value in told.items()}
    return subprocess.Popen([sys.executable, "-m", "signaling.media"], cwd=ROOT, env=environ)


async def one_test(browser, peer: str) -> dict[str, float]:
    """Connect, keep the call for some seconds, hang up; what the caller saw."""
    async with Caller() as caller:
        began = time.monotonic()
        headers = await caller.call(browser, a_ticket(peer))
        await caller.returned["video"].recv()
        first = time.monotonic() - began
        pictures, until = 0, time.monotonic() + SECONDS
        while time.monotonic() < until:
            await caller.returned["video"].recv()
            pictures += 1
        timing = (await hang_up(browser, headers)).headers["Server-Timing"]
    lag = float(re.search(r"lag;dur=([\d.]+)", timing)[1])
    return {"first": first, "fps": pictures / SECONDS, "lag": lag}


async def main(port: int, process: psutil.Process) -> None:
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as browser:
        while True:
            try:
                await browser.get("/healthz")
                break
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)
        print("at once | CPU s a test | % of a core | first picture s | fps | lag ms | RSS MB")
        await one_test(browser, "to warm up")
        for at_once in (1, 2, 3):
            spent, wall, seen = 0.0, 0.0, []
            for _ in range(ROUNDS):
                before, began = sum(process.cpu_times()[:2]), time.monotonic()
                seen += await asyncio.gather(
                    *(one_test(browser, f"peer-{i}") for i in range(at_once))
                )
                spent += sum(process.cpu_times()[:2]) - before
                wall += time.monotonic() - began
            worst = {name: max(s[name] for s in seen) for name in ("first", "lag")}
            each, share = spent / at_once / ROUNDS, 100 * spent / wall
            print(
                f"{at_once:7} | {each:12.2f} | {share:11.0f} | {worst['first']:15.2f} | "
                f"{min(s['fps'] for s in seen):3.0f} | {worst['lag']:6.0f} | "
                f"{process.memory_info().rss / 2**20:6.0f}"
            )


if __name__ == "__main__":
    port = 18900 + os.getpid() % 500
    media = start(port)
    try:
        asyncio.run(main(port, psutil.Process(media.pid)))
    finally:
        media.terminate()
        media.wait()
