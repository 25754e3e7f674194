"""The worker: sends letters, repeats orders to signaling, closes rooms nobody attends.

It keeps nothing to itself: each job asks the database what is due. `python -m server.worker`.
"""

from __future__ import annotations

import signal
import sys
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import structlog
from huey import SqliteHuey, crontab

from config.logging import configure
from config.policy import policy
from config.settings import SettingsRefused, WebSettings, WorkerSettings
from server import schema  # noqa: F401  (every table, so that foreign keys find theirs)
from server.access.actor import SYSTEM
from server.audit.anchor import drop_anchor
from server.audit.chain import key_of, open_database
from server.control import service as control
from server.control.dispatcher import Courier
from server.db import Wake
from server.emergency_access import closing
from server.guardians import service as guardians
from server.identity.sweep import forget_old
from server.letters_still_true import STILL_TRUE
from server.messages import service as messages
from server.messages.delivery import deliver_next
from server.messages.senders import senders
from server.queue import hang, open_queue
from server.tenancy import EVERY_CLINIC
from server.visits import guardian_access
from server.visits.ending import close_if_unattended, to_watch
from signaling import tickets

log = structlog.get_logger("worker")
Job = Callable[[], object]


def wake_outbox(settings: WebSettings) -> Wake:
    """What web calls after a commit that left a letter; a failing bell only costs time."""
    queue = open_queue(settings.data_dir)
    ring = hang(queue, "outbox", _nothing)

    def wake(_about: Sequence[Any]) -> None:
        try:
            ring()
        except Exception as trouble:  # the minute's sweep stands behind it
            log.warning("bell-not-rung", error=type(trouble).__name__)

    return wake


class Jobs:
    """What there is to do, for one deployment; each may run at any time and twice."""

    def __init__(self, settings: WebSettings) -> None:
        self.database = open_database(settings)
        self._anchor_file, self._audit_key = settings.anchor_file, key_of(settings)
        self._demo = settings.demo
        self._senders = senders(settings)
        self._courier = Courier(
            settings.signaling_nodes,
            tickets.private_key(settings.ticket_private_key.get_secret_value()),
        )

    def outbox(self) -> None:
        """Send every letter that is due."""
        while deliver_next(
            self.database,
            self._senders,
            STILL_TRUE,
            now=datetime.now(UTC),
            keep_words=self._demo,
        ):
            pass

    def orders(self) -> None:
        """Repeat the orders that signaling has not taken yet."""
        control.deliver_due(self.database, self._courier, now=datetime.now(UTC))

    def anchor(self) -> None:
        """Keep where the record stands outside the database (C-22)."""
        with self.database.reading(EVERY_CLINIC) as session:
            drop_anchor(session, self._anchor_file, self._audit_key, now=datetime.now(UTC))

    def unattended(self) -> None:
        """Close rooms that have been without a clinician for too long (NUD-10)."""
        with self.database.reading(EVERY_CLINIC) as session:
            watched = to_watch(session)

        def close(visit_id: uuid.UUID) -> bool:
            with self.database.transaction(EVERY_CLINIC) as session:
                return close_if_unattended(session, visit_id, policy(), now=datetime.now(UTC))

        if closed := _each(watched, close):
            log.info("closed-unattended", count=closed)
            self.orders()

    def emergencies(self) -> None:
        """Write down the end of each emergency access whose hour is over (T-07)."""
        with self.database.transaction(EVERY_CLINIC) as session:
            closing.close_expired(session, now=datetime.now(UTC))

    def of_age(self) -> None:
        """End the access of guardians on the birthday of a minor who is of age (§5.3)."""
        with self.database.reading(EVERY_CLINIC) as session:
            over = guardians.to_end(session, now=datetime.now(UTC))

        def end(companion_id: uuid.UUID) -> bool:
            with self.database.transaction(EVERY_CLINIC) as session:
                guardian_access.end(session, SYSTEM, companion_id, now=datetime.now(UTC))
            return True

        if ended := _each(over, end):
            log.info("guardians-ended", count=ended)
            self.orders()

    def sweep(self) -> None:
        """Forget sessions, grants, links, tries and letters that are over for long."""
        with self.database.transaction(EVERY_CLINIC) as session:
            gone = forget_old(session, policy(), now=datetime.now(UTC))
            gone += closing.forget_tries(session, policy().emergency, now=datetime.now(UTC))
            gone += messages.forget_before(session, datetime.now(UTC) - policy().sessions_kept)
        if gone:
            log.info("swept", count=gone)


def run(settings: WebSettings) -> None:
    """Work until told to stop."""
    jobs = Jobs(settings)
    queue = open_queue(settings.data_dir)
    hang(queue, "outbox", _guarded(jobs.outbox))
    for name, job in (
        ("each-minute-outbox", jobs.outbox),
        ("each-minute-orders", jobs.orders),
        ("each-minute-unattended", jobs.unattended),
        ("each-minute-emergencies", jobs.emergencies),
        ("each-minute-of-age", jobs.of_age),
    ):
        queue.periodic_task(crontab(minute="*"), name=name)(_guarded(job))
    queue.periodic_task(crontab(minute="*/10"), name="anchor")(_guarded(jobs.anchor))
    queue.periodic_task(crontab(minute="7"), name="sweep")(_guarded(jobs.sweep))
    signal.signal(signal.SIGTERM, _leave)  # until the consumer has its own
    _guarded(jobs.anchor)()
    try:
        log.info("started")
        _consume(queue)
    finally:
        _guarded(jobs.anchor)()


def _leave(_signal: int, _frame: object) -> None:
    raise SystemExit(0)


def _consume(queue: SqliteHuey) -> None:
    consumer = queue.create_consumer(
        workers=2,
        worker_type="thread",
        initial_delay=0.1,
        max_delay=0.5,
        graceful_signal="TERM",
        shutdown_timeout=10,
    )
    consumer.run()


def _each(ids: Iterable[uuid.UUID], act: Callable[[uuid.UUID], bool]) -> int:
    """One after the other, each on its own; returns with how many there was something to do."""
    acted = 0
    for one in ids:
        try:
            acted += act(one)
        except Exception as trouble:  # one room's trouble is not the next one's
            log.error("job-failed", error=type(trouble).__name__, exc_info=True)
    return acted


def _guarded(job: Job) -> Job:
    """A job that fails is written down and comes again; it takes no other with it."""

    def guarded() -> None:
        try:
            job()
        except Exception as trouble:
            log.error("job-failed", error=type(trouble).__name__, exc_info=True)

    return guarded


def _nothing() -> None:
    """Web rings by this name; the worker's task of the same name does the work."""


def main() -> None:
    """Read the settings and work."""
    try:
        settings = WorkerSettings.load()
    except SettingsRefused as refused:
        sys.exit(str(refused))
    configure(settings.log_level, process="worker")
    run(settings)


if __name__ == "__main__":
    main()
