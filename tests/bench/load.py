"""CPU for each relayed message against the reference, and calls set up per second."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from tests.bench import nodes
from tests.bench.figures import percentile
from tests.bench.nodes import Reference, Signaling
from tests.bench.processes import cpu_seconds, resident_mb
from tests.bench.sockets import Socket, encoded

SDP = (Path(__file__).with_name("offer.sdp")).read_bytes().decode()
CANDIDATE = "candidate:1393633809 1 udp 2113937151 10.20.30.40 33134 typ host generation 0"
SET_UPS = 5
"""Calls set up in one breath in each room: as many as every limit of ours lets through."""
MESSAGES_A_CALL = 4
REFILL_SECONDS = 3.0
ROOM_COUNTS = (100, 500, 1_000)
JOINING_AT_ONCE = 20
CALLS_AT_ONCE = 20

Server = Reference | Signaling
Couple = tuple[Socket, Socket]


@dataclass(frozen=True)
class RelayCost:
    """What relaying cost one server with so many rooms open."""

    rooms: int
    messages: int
    cpu_microseconds: float
    per_second: float
    p99_ms: float
    resident_mb: float


@dataclass(frozen=True)
class CallRate:
    """Whole calls: two tickets, two sockets, an order to admit, offer, answer, candidates."""

    calls: int
    per_second: float
    cpu_ms: float
    median_ms: float
    p99_ms: float


def relay_costs(
    folder: Path, *, bursts: int, room_counts: tuple[int, ...], tell: Callable[[str], None]
) -> list[tuple[RelayCost, RelayCost]]:
    """For each number of rooms: bursts through ours and the reference in turn, in one run."""
    pairs = []
    for rooms in room_counts:
        with nodes.signaling(folder) as ours, nodes.reference(folder) as theirs:
            found = asyncio.run(_in_turn(ours, theirs, rooms, bursts))
        pairs += found
        tell(f"{rooms} rooms: {found}")
    return pairs


async def _in_turn(
    ours: Signaling, theirs: Reference, rooms: int, bursts: int
) -> list[tuple[RelayCost, RelayCost]]:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as http:
        seated: dict[type, list[Couple]] = {}
        for server in (ours, theirs):
            seated[type(server)] = await _seated(server, http, rooms)
            await _relay_cost(server, seated[type(server)])  # warm: compiled, cached, paged in
        pairs = []
        for turn in range(bursts):
            await asyncio.sleep(REFILL_SECONDS)
            order: list[Server] = [ours, theirs] if turn % 2 == 0 else [theirs, ours]
            costs = {type(s): await _relay_cost(s, seated[type(s)]) for s in order}
            pairs.append((costs[Signaling], costs[Reference]))
        _nobody_was_refused(seated[Signaling])
        for couple in (*seated[Signaling], *seated[Reference]):
            for socket in couple:
                await socket.close()
    return pairs


async def _relay_cost(server: Server, couples: list[Couple]) -> RelayCost:
    cpu_before, before = cpu_seconds(server.pid), time.perf_counter()
    delays = await _burst(couples, _set_up(server))
    wall, cpu = time.perf_counter() - before, cpu_seconds(server.pid) - cpu_before
    messages = len(couples) * SET_UPS * MESSAGES_A_CALL
    return RelayCost(
        len(couples), messages, cpu / messages * 1e6, messages / wall,
        percentile(delays, 99) * 1000, resident_mb(server.pid),
    )  # fmt: skip


async def _seated(server: Server, http: aiohttp.ClientSession, rooms: int) -> list[Couple]:
    door = asyncio.Semaphore(JOINING_AT_ONCE)

    async def couple(number: int) -> Couple:
        async with door:
            room = f"room-{number:06}"
            first = await server.sit(http, room, "clinician")
            return first, await server.sit(http, room, "patient")

    return await asyncio.gather(*(couple(number) for number in range(rooms)))


def _set_up(server: Server) -> list[tuple[bool, str, str]]:
    """The messages of one call: who sends, the packet, and what the other waits for."""
    candidates = [{"candidate": CANDIDATE, "sdpMid": "0", "sdpMLineIndex": 0,
                   "usernameFragment": "abcd"}]  # fmt: skip
    steps: list[tuple[bool, str, dict[str, object]]] = [
        (True, "describe", {"description": {"type": "offer", "sdp": SDP}}),
        (False, "describe", {"description": {"type": "answer", "sdp": SDP}}),
        (True, "candidates", {"candidates": candidates}),
        (False, "candidates", {"candidates": candidates}),
    ]
    to = {True: "clinician", False: "patient"}
    return [
        (
            by_patient,
            encoded("signal", server.out(kind, to[by_patient], content)),
            server.kind_of_arrival(kind),
        )
        for by_patient, kind, content in steps
    ]


async def _burst(couples: list[Couple], packets: list[tuple[bool, str, str]]) -> list[float]:
    """Every room sets up a few calls at once; how long each message was under way."""
    delays: list[float] = []

    async def talk(clinician: Socket, patient: Socket) -> None:
        for _ in range(SET_UPS):
            for by_patient, packet, arrival in packets:
                sender, receiver = (patient, clinician) if by_patient else (clinician, patient)
                sent = time.perf_counter()
                await sender.send_packet(packet)
                await receiver.next(arrival)
                delays.append(time.perf_counter() - sent)

    await asyncio.gather(*(talk(*couple) for couple in couples))
    return delays


def _nobody_was_refused(couples: list[Couple]) -> None:
    codes = {socket.refused for couple in couples for socket in couple} - {None}
    if codes:
        raise RuntimeError(f"the load broke a rule of the protocol: {codes}")


def call_rate(folder: Path, *, calls: int, at_once: int) -> CallRate:
    """Set up so many calls through one node, some at the same time."""
    with nodes.signaling(folder) as server:
        return asyncio.run(_call_rate(server, calls, at_once))


async def _call_rate(server: Signaling, calls: int, at_once: int) -> CallRate:
    connector = aiohttp.TCPConnector(limit=0)
    door = asyncio.Semaphore(at_once)
    packets = _set_up(server)
    set_up: list[float] = []

    async with aiohttp.ClientSession(connector=connector) as http:

        async def call(number: int) -> None:
            async with door:
                set_up.append(await _one_call(server, http, f"call-{number:06}", packets))

        await asyncio.gather(*(call(-number - 1) for number in range(20)))
        set_up.clear()
        cpu_before, before = cpu_seconds(server.pid), time.perf_counter()
        await asyncio.gather(*(call(number) for number in range(calls)))
        wall = time.perf_counter() - before
        cpu = cpu_seconds(server.pid) - cpu_before
    return CallRate(
        calls, calls / wall, cpu / calls * 1000,
        percentile(set_up, 50) * 1000, percentile(set_up, 99) * 1000,
    )  # fmt: skip


async def _one_call(
    server: Signaling,
    http: aiohttp.ClientSession,
    room: str,
    packets: list[tuple[bool, str, str]],
) -> float:
    """Seconds from the order to admit until the last message of the set-up has arrived."""
    clinician = await server.sit(http, room, "clinician")
    patient = await server.enter(http, room, server.ticket(room, "patient", "waiting"))
    began = time.perf_counter()
    await server.order(http, "admit", room, "patient")
    await patient.next("admitted")
    roster = await patient.next("roster")
    if roster["offer_to"] != ["clinician"]:
        raise RuntimeError(f"the one who came last was not told to offer: {roster}")
    for by_patient, packet, arrival in packets:
        sender, receiver = (patient, clinician) if by_patient else (clinician, patient)
        await sender.send_packet(packet)
        await receiver.next(arrival)
    took = time.perf_counter() - began
    await patient.close()
    await clinician.close()
    return took
