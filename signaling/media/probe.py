"""A whole synthetic call through a running deployment: does a visit work, and how well?"""

import asyncio
import contextlib
import statistics
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import aiohttp
import socketio.exceptions

from signaling.media.probe_door import Door, ProbeFailed
from signaling.media.probe_peer import FRAMES_A_SECOND, ProbePeer

SEAT_SECONDS = 15
ADMIT_SECONDS = 10
MEDIA_SECONDS = 20

__all__ = ["ProbeFailed", "ProbePeer", "ProbeResult", "call", "probe"]


@dataclass(frozen=True)
class ProbeResult:
    """What a synthetic call saw; the times run from the admission."""

    setup_ms: float
    patient_ms: float
    clinician_ms: float
    loss_percent: float
    round_trip_ms: float | None
    pictures_percent: float
    relayed_messages: int
    seconds: float

    @property
    def good(self) -> bool:
        """Both sides saw each other, and little was lost."""
        return self.loss_percent <= 5 and self.pictures_percent >= 80


async def probe(patient_url: str, clinician_url: str, *, seconds: float = 5) -> ProbeResult:
    """Call through the links of `mooring visit --json --ready`; ProbeFailed says what broke."""
    async with Door(patient_url) as patient_door, Door(clinician_url) as clinician_door:
        await _enter(patient_door, clinician_door)
        patient = ProbePeer(patient_door.ticket, origin=patient_door.origin)
        clinician = ProbePeer(clinician_door.ticket, origin=clinician_door.origin)
        try:
            return await call(patient, clinician, admit=clinician_door.admit, seconds=seconds)
        finally:
            with contextlib.suppress(ProbeFailed, aiohttp.ClientError, TimeoutError):
                await patient_door.leave()
                await clinician_door.leave()


async def call(
    patient: ProbePeer,
    clinician: ProbePeer,
    *,
    admit: Callable[[str], Awaitable[None]],
    seconds: float = 5,
) -> ProbeResult:
    """Seat both, admit the patient, count what arrives for some seconds, hang up."""
    try:
        await _step("no seat", SEAT_SECONDS, clinician.connect(), patient, clinician)
        await _step("no seat", SEAT_SECONDS, patient.connect(), patient, clinician)
        started = time.monotonic()
        await _step(
            "no admission", ADMIT_SECONDS, _admitted(admit, patient), patient, clinician
        )
        await _step(
            "no picture", MEDIA_SECONDS, _both_see(patient, clinician), patient, clinician
        )
        before = [await patient.counts(), await clinician.counts()]
        pictures = patient.pictures + clinician.pictures
        await _step("cut short", seconds + 5, asyncio.sleep(seconds), patient, clinician)
        after = [await patient.counts(), await clinician.counts()]
        came = patient.pictures + clinician.pictures - pictures
        return _result(patient, clinician, started, before, after, came, seconds)
    finally:
        await patient.close()
        await clinician.close()


async def _enter(*doors: Door) -> None:
    for door in doors:
        try:
            await door.enter()
        except (aiohttp.ClientError, TimeoutError) as broken:
            raise ProbeFailed(f"no page: {type(broken).__name__}") from broken


async def _admitted(admit: Callable[[str], Awaitable[None]], patient: ProbePeer) -> None:
    await admit(patient.ticket["peer"])


async def _both_see(patient: ProbePeer, clinician: ProbePeer) -> None:
    await patient.seen.wait()
    await clinician.seen.wait()


async def _step(
    name: str, limit: float, work: Coroutine[Any, Any, None], *peers: ProbePeer
) -> None:
    """Wait for the work, but not longer than it may take, nor past a peer's failure."""
    task = asyncio.ensure_future(work)
    failures = [peer.failure for peer in peers]
    done, _ = await asyncio.wait(
        [task, *failures], timeout=limit, return_when=asyncio.FIRST_COMPLETED
    )
    for failure in failures:
        if failure in done:
            task.cancel()
            raise ProbeFailed(f"{name}: {failure.exception()}") from failure.exception()
    if not done:
        task.cancel()
        raise ProbeFailed(f"{name} within {limit:.0f} s")
    try:
        await task
    except (aiohttp.ClientError, socketio.exceptions.ConnectionError) as broken:
        raise ProbeFailed(f"{name}: {broken or type(broken).__name__}") from broken


def _result(
    patient: ProbePeer,
    clinician: ProbePeer,
    started: float,
    before: list[tuple[int, int]],
    after: list[tuple[int, int]],
    came: int,
    seconds: float,
) -> ProbeResult:
    received = sum(late[0] - early[0] for early, late in zip(before, after, strict=True))
    lost = sum(late[1] - early[1] for early, late in zip(before, after, strict=True))
    patient_ms, clinician_ms = (
        ((peer.first_frame_at or started) - started) * 1000 for peer in (patient, clinician)
    )
    trips = patient.trips + clinician.trips
    return ProbeResult(
        setup_ms=max(patient_ms, clinician_ms),
        patient_ms=patient_ms,
        clinician_ms=clinician_ms,
        loss_percent=100 * lost / (received + lost) if received + lost else 100.0,
        round_trip_ms=statistics.median(trips) if trips else None,
        pictures_percent=100 * came / (2 * FRAMES_A_SECOND * seconds),
        relayed_messages=patient.relayed + clinician.relayed,
        seconds=seconds,
    )
