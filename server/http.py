"""The web edge as a view sees it: who asks, when, and one transaction per use case."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import structlog
from flask import current_app, g, request
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from config.settings import WebSettings
from server.access.actor import NOBODY, Actor
from server.audit import pending
from server.audit import service as audit
from server.audit.chain import NotRecorded
from server.db import Clinic, Database
from server.doors import Door, door_of
from server.errors import DomainError, Invalid, Unavailable
from server.tenancy import EVERY_CLINIC

#: whose record an address is about, to this asker
Whose = Callable[[Session, Actor, Mapping[str, Any]], uuid.UUID | None]
log = structlog.get_logger("web")


def now() -> datetime:
    """The time of this request, read once."""
    if "now" not in g:
        g.now = datetime.now(UTC)
    moment: datetime = g.now
    return moment


def actor() -> Actor:
    """Who is asking, as the door found them."""
    known: Actor = g.get("actor", NOBODY)
    return known


def door_asked() -> Door | None:
    """The door of the view that was asked for; none where there is no such page."""
    return door_of(current_app.view_functions.get(request.endpoint or ""))


def clinic() -> Clinic:
    """Whose rows this request may see: the asker's clinic's, and nobody's before they knock."""
    door = door_asked()
    return EVERY_CLINIC if door is not None and door.every_clinic else actor().clinic_id


def settings() -> WebSettings:
    """The settings this app was made with."""
    told: WebSettings = current_app.extensions["settings"]
    return told


def database() -> Database:
    """The database this app was made with."""
    db: Database = current_app.extensions["database"]
    return db


@contextmanager
def transaction() -> Iterator[Session]:
    """One use case; a refusal is rolled back and then audited in a transaction of its own."""
    try:
        with database().transaction(clinic()) as session:
            yield session
    except NotRecorded:
        raise
    except DomainError as refused:
        audit_refusal(refused, anyway=pending.may_go_unrecorded(session))
        raise


@contextmanager
def reading() -> Iterator[Session]:
    """A look without a write lock; a refusal is audited all the same."""
    try:
        with database().reading(clinic()) as session:
            yield session
    except DomainError as refused:
        audit_refusal(refused)
        raise


@contextmanager
def reading_on_record() -> Iterator[Session]:
    """A look at what is protected: no audit row, no read (C-23).

    It holds no write lock while it looks. What it wrote down is committed in a transaction of
    its own before the caller can answer; when that fails, nothing is shown.
    """
    with reading() as session:
        pending.keep_for_later(session)
        yield session
    if rows := pending.take(session):
        with database().transaction(clinic()) as own:
            pending.note(own, rows)


def audit_refusal(refused: DomainError, *, anyway: bool = False) -> None:
    """Put on record that the asker was refused; where that fails, they are told "not now"."""
    if isinstance(refused, Invalid):
        return  # a typing mistake decides nothing
    anyway = anyway or refused.bars_person_in_danger
    named = request.view_args or {}
    whose: Whose = current_app.extensions["whose"]
    try:
        with database().transaction(clinic() or EVERY_CLINIC) as session:
            if anyway:
                audit.happens_anyway(session)
            audit.record_refusal(
                session,
                actor(),
                request.endpoint or "-",
                named.get("visit_id", request.endpoint or ""),
                code=refused.code,
                now=now(),
                patient_id=whose(session, actor(), named),
            )
    except (SQLAlchemyError, NotRecorded):
        log.error("refusal-not-audited", code=refused.code)
        if not anyway:
            raise Unavailable("We cannot do this right now. Please try again.") from None
