"""A real coturn on loopback for one test, and the raw requests that try it."""

import asyncio
import shutil
import socket
import subprocess
import time
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from aioice import stun, turn

PROGRAM = shutil.which("turnserver") or "/usr/bin/turnserver"
SHIPPED = Path(__file__).parent.parent / "config" / "deploy"
SECRET = "the-relay-secret-of-this-one-test-run"
FAMILY = {4: 0x01000000, 6: 0x02000000}
STARTS_WITHIN = 10

if "REQUESTED-ADDRESS-FAMILY" not in stun.ATTRIBUTES_BY_NAME:  # aioice never asks for IPv6
    _entry = (
        0x0017,
        "REQUESTED-ADDRESS-FAMILY",
        stun.pack_unsigned,
        stun.unpack_unsigned,
    )
    stun.ATTRIBUTES_BY_TYPE[0x0017] = _entry
    stun.ATTRIBUTES_BY_NAME["REQUESTED-ADDRESS-FAMILY"] = _entry


@dataclass(frozen=True)
class Coturn:
    """Where the relay listens, and the log it wrote."""

    port: int
    secret: str
    log: Path

    @property
    def url(self) -> str:
        return f"turn:127.0.0.1:{self.port}?transport=udp"


def shipped(name: str = "turnserver.conf", *, without: str = "") -> str:
    """The configuration we ship, without our own listening place, or one more kind of line."""
    dropped = ("listening-port", "min-port", "max-port", "syslog", *filter(None, [without]))
    lines = (SHIPPED / name).read_text().splitlines()
    return "\n".join(line for line in lines if not line.startswith(dropped))


@contextmanager
def coturn(folder: Path, configuration: str, *, ipv6: bool = False):
    """Start it with this configuration on free ports; say NOT PROVEN where there is none."""
    if not Path(PROGRAM).exists():
        pytest.skip("NOT PROVEN: coturn is not installed (apt-get install coturn)")
    port, log, conf = free_port(), folder / "coturn.log", folder / "turnserver.conf"
    low = free_port()
    added = [
        f"static-auth-secret={SECRET}",
        f"listening-port={port}",
        "listening-ip=127.0.0.1",
        "relay-ip=127.0.0.1",
        *(["relay-ip=::1"] if ipv6 else []),
        "allow-loopback-peers",
        f"min-port={low}",
        f"max-port={min(low + 200, 65535)}",
        f"userdb={folder / 'turndb'}",
        f"pidfile={folder / 'turnserver.pid'}",
        "relay-threads=1",
        f"log-file={log}",
        "simple-log",
    ]
    conf.write_text("\n".join([configuration, *added, ""]))
    process = subprocess.Popen(
        [PROGRAM, "-c", str(conf)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_until_it_answers(process, port, log)
        yield Coturn(port, SECRET, log)
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_it_answers(process, port: int, log: Path) -> None:
    question = bytes(stun.Message(stun.Method.BINDING, stun.Class.REQUEST))
    deadline = time.monotonic() + STARTS_WITHIN
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(0.1)
        asking.connect(("127.0.0.1", port))
        while time.monotonic() < deadline:
            if process.poll() is not None:
                break
            try:
                asking.send(question)
                asking.recv(2048)
            except OSError:  # not yet: refused at once, or no answer within the time-out
                continue
            return
    written = log.read_text()[-2000:] if log.exists() else "(no log)"
    raise AssertionError(f"coturn did not start: {written}")


class Allocation(turn.TurnClientUdpProtocol):
    """One relay allocation, asked for by hand, so that each refusal shows its number."""

    async def allocate(self, family: int = 4) -> tuple[str, int]:
        request = stun.Message(stun.Method.ALLOCATE, stun.Class.REQUEST)
        request.attributes["LIFETIME"] = 600
        request.attributes["REQUESTED-TRANSPORT"] = turn.UDP_TRANSPORT
        if family == 6:
            request.attributes["REQUESTED-ADDRESS-FAMILY"] = FAMILY[6]
        response, _ = await self.request_with_retry(request)
        return response.attributes["XOR-RELAYED-ADDRESS"]

    async def refresh_once(self, seconds: int = 600) -> int:
        request = stun.Message(stun.Method.REFRESH, stun.Class.REQUEST)
        request.attributes["LIFETIME"] = seconds
        response, _ = await self.request_with_retry(request)
        return response.attributes["LIFETIME"]

    async def permit(self, host: str) -> None:
        request = stun.Message(stun.Method.CREATE_PERMISSION, stun.Class.REQUEST)
        request.attributes["XOR-PEER-ADDRESS"] = (host, 9)
        await self.request_with_retry(request)


@asynccontextmanager
async def connection(relay: Coturn, own: dict):
    """A socket to the relay with these credentials; nothing asked for yet."""
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(
        lambda: Allocation(
            ("127.0.0.1", relay.port), own["username"], own["credential"], 600, 500
        ),
        remote_addr=("127.0.0.1", relay.port),
    )
    try:
        yield protocol
    finally:
        await refusal(protocol.refresh_once(0))  # or it holds its port for ten minutes
        transport.close()


async def refusal(asking) -> int | None:
    """The number of the refusal, or None when it was granted."""
    try:
        async with asyncio.timeout(5):
            await asking
    except stun.TransactionFailed as refused:
        return refused.response.error_code
    return None


async def refusal_at_last(relay, credential, patience: float = 5.0) -> int | None:
    """What a new road is told; the relay reads its clock once a second, later on a busy day."""
    until = time.monotonic() + patience
    while True:
        async with connection(relay, credential) as road:
            said = await refusal(road.allocate())
        if said is not None or time.monotonic() > until:
            return said
        await asyncio.sleep(0.25)
