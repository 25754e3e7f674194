"""Add to the record; the caller's transaction carries it and seals it last."""

from __future__ import annotations

import uuid
from contextvars import ContextVar
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.access.actor import Actor
from server.audit.models import AuditRow
from server.audit.pending import happens_anyway, note

__all__ = ["happens_anyway", "record", "record_read", "record_refusal", "request_id"]

#: set by the edge for each request, so that rows of one request can be found together
request_id: ContextVar[str] = ContextVar("request_id", default="")
#: a page that looks again by itself is one look (T-08): one row a minute and browser
SAME_LOOK = timedelta(minutes=1)


def record(
    session: Session,
    actor: Actor,
    action: str,
    about: uuid.UUID | str,
    *,
    now: datetime,
    reason: str = "",
    policy_version: str = "",
    clinic_id: uuid.UUID | None = None,
    patient_id: uuid.UUID | None = None,
) -> None:
    """Write down that `actor` did `action` to `about` (ids and codes only, NUD-15)."""
    row = _row(actor, action, about, "done", reason, now)
    row.policy_version = policy_version
    row.clinic_id = clinic_id or actor.clinic_id
    row.patient_id = patient_id
    note(session, [row])


def record_read(
    session: Session,
    actor: Actor,
    action: str,
    about: uuid.UUID | str,
    *,
    now: datetime,
    patient_id: uuid.UUID | None = None,
) -> None:
    """Write down a look, unless this browser's same look is on record from this minute."""
    before = select(AuditRow.id).where(
        AuditRow.clinic_id == actor.clinic_id,
        AuditRow.at > now - SAME_LOOK,
        AuditRow.at <= now,
        AuditRow.actor == actor.tag,
        AuditRow.browser == _browser(actor),
        AuditRow.action == action,
        AuditRow.object == str(about)[:80],
        AuditRow.decision == "done",
    )
    if session.scalar(before.limit(1)) is None:
        record(session, actor, action, about, now=now, patient_id=patient_id)


def record_refusal(
    session: Session,
    actor: Actor,
    action: str,
    about: uuid.UUID | str,
    *,
    code: str,
    now: datetime,
    policy_version: str = "",
    patient_id: uuid.UUID | None = None,
) -> None:
    """Write down that it was refused, and by which rule."""
    row = _row(actor, action, about, "refused", code, now)
    row.policy_version = policy_version
    row.clinic_id = actor.clinic_id
    row.patient_id = patient_id
    note(session, [row])


def _row(
    actor: Actor,
    action: str,
    about: uuid.UUID | str,
    decision: str,
    reason: str,
    now: datetime,
) -> AuditRow:
    return AuditRow(
        at=now,
        actor=actor.tag,
        role=actor.role,
        action=action,
        object=str(about)[:80],
        decision=decision,
        reason=reason[:80],
        policy_version="",
        request_id=request_id.get(),
        browser=_browser(actor),
    )


def _browser(actor: Actor) -> str:
    return actor.session[:16]
