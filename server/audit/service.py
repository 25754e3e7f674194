"""Add one row to the record; the caller's transaction carries it."""

from __future__ import annotations

import uuid
from contextvars import ContextVar
from datetime import datetime

from sqlalchemy.orm import Session

from server.access.actor import Actor
from server.audit.models import AuditRow

#: set by the edge for each request, so that rows of one request can be found together
request_id: ContextVar[str] = ContextVar("request_id", default="")


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
) -> None:
    """Write down that `actor` did `action` to `about` (ids and codes only, NUD-15)."""
    _add(session, actor, action, about, "done", reason, policy_version, clinic_id, now)


def record_refusal(
    session: Session,
    actor: Actor,
    action: str,
    about: uuid.UUID | str,
    *,
    code: str,
    now: datetime,
    policy_version: str = "",
) -> None:
    """Write down that it was refused, and by which rule."""
    _add(session, actor, action, about, "refused", code, policy_version, None, now)


def _add(
    session: Session,
    actor: Actor,
    action: str,
    about: uuid.UUID | str,
    decision: str,
    reason: str,
    policy_version: str,
    clinic_id: uuid.UUID | None,
    now: datetime,
) -> None:
    session.add(
        AuditRow(
            clinic_id=clinic_id or actor.clinic_id,
            at=now,
            actor=actor.tag,
            role=actor.role,
            action=action,
            object=str(about)[:80],
            decision=decision,
            reason=reason[:80],
            policy_version=policy_version,
            request_id=request_id.get(),
        )
    )
