"""What a transaction has to say to the record, kept beside it until it is sealed."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from server.audit.models import AuditRow

_ROWS, _ANYWAY, _KEPT_BY = "audit", "audit-anyway", "before_commit"


def note(session: Session, rows: Iterable[AuditRow]) -> None:
    """Have these rows sealed at the end; a session that seals nothing must record nothing."""
    if session.info.get(_KEPT_BY) is None:
        raise RuntimeError("this session keeps no record: open a transaction for it")
    session.info.setdefault(_ROWS, []).extend(rows)


def keep_for_later(session: Session) -> None:
    """A session that only reads: whoever opened it takes the rows and has them sealed."""
    session.info[_KEPT_BY] = take


def take(session: Session) -> list[AuditRow]:
    """All of them, once."""
    rows: list[AuditRow] = session.info.pop(_ROWS, [])
    return rows


def happens_anyway(session: Session) -> None:
    """A broken record must not hold this up.

    Somebody may be in danger (R-21), or access is taken away and none is given (C-06).
    """
    session.info[_ANYWAY] = True


def may_go_unrecorded(session: Session) -> bool:
    """Whether the use case said so."""
    return bool(session.info.get(_ANYWAY))
