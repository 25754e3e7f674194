"""Find what was done to the record behind our back (C-22): where, in words an operator can use.

Without the key nobody can add, change, swap or move a row. Without the anchor the end of a
chain, or all of it, could be put back to an older state unseen.
"""

from __future__ import annotations

import hmac
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.audit.anchor import Anchored
from server.audit.chain import GENESIS, mac_of
from server.audit.models import AuditHead, AuditRow

_AT_A_TIME = 2000


@dataclass(frozen=True)
class Finding:
    """Something is wrong with a chain at a place."""

    chain: uuid.UUID | None
    seq: int | None
    words: str


@dataclass
class Walk:
    """What was read of one chain."""

    rows: int = 0
    last: AuditRow | None = None


def verify(session: Session, key: bytes, anchors: Iterable[Anchored]) -> Iterator[Finding]:
    """Read every chain from its first row, then compare its end with the head and anchors."""
    if session.get_bind().dialect.name == "postgresql":  # rows may be added while we read
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    anchored = _by_chain(anchors)
    heads = {head.chain: head for head in session.scalars(select(AuditHead))}
    walked: dict[uuid.UUID, Walk] = defaultdict(Walk)
    for row in _rows(session):
        if row.chain is None or row.seq is None or row.mac is None:
            yield Finding(row.chain, row.seq, f"is not sealed ({row.id})")
            continue
        yield from _step(walked[row.chain], row, key, anchored.get(row.chain, {}))
    for chain in sorted({*walked, *heads, *anchored}, key=str):
        head = heads.get(chain)
        yield from _end(chain, walked[chain].last, head, anchored.get(chain, {}))


def _rows(session: Session) -> Iterator[AuditRow]:
    """In order, a few at a time, and none kept in memory."""
    ordered = select(AuditRow).order_by(AuditRow.chain, AuditRow.seq, AuditRow.id)
    for row in session.scalars(ordered.execution_options(yield_per=_AT_A_TIME)):
        yield row
        session.expunge(row)


def _step(
    walk: Walk, row: AuditRow, key: bytes, anchored: dict[int, Anchored]
) -> Iterator[Finding]:
    seq, last = row.seq or 0, walk.last
    expected = (last.seq or 0) + 1 if last else 1
    walk.rows, walk.last = walk.rows + 1, row
    if seq > expected:
        yield Finding(row.chain, expected, _missing(expected, seq - 1))
    elif seq < expected:
        yield Finding(row.chain, seq, "is there twice")
    elif row.prev_mac != (last.mac if last else GENESIS):
        yield Finding(row.chain, seq, "does not follow the row before it")
    if not hmac.compare_digest(row.mac or "", mac_of(key, row)):
        yield Finding(row.chain, seq, "was changed, or was not written by us")
    elif seq in anchored and anchored[seq].mac != row.mac:
        at = f"{anchored[seq].at:%Y-%m-%d %H:%M} UTC"
        yield Finding(row.chain, seq, f"is not the row that was anchored at {at}")


def _end(
    chain: uuid.UUID,
    last: AuditRow | None,
    head: AuditHead | None,
    anchored: dict[int, Anchored],
) -> Iterator[Finding]:
    seq = (last.seq or 0) if last else 0
    mac = last.mac if last else GENESIS
    if anchored and max(anchored) > seq:
        newest = anchored[max(anchored)]
        at = f"{newest.at:%Y-%m-%d %H:%M} UTC"
        words = f"{_missing(seq + 1, newest.seq)}, and was there at {at}"
        yield Finding(chain, seq + 1, words)
    elif head is None:
        yield Finding(chain, seq, "is the last row, and the head of the chain is gone")
    elif head.seq > seq:
        yield Finding(chain, seq + 1, f"{_missing(seq + 1, head.seq)} at the end")
    elif (head.seq, head.mac) != (seq, mac):
        yield Finding(chain, seq, "is the last row, and the head of the chain is another")


def _missing(first: int, last: int) -> str:
    return "is missing" if first == last else f"and all to {last} is missing"


def _by_chain(anchors: Iterable[Anchored]) -> dict[uuid.UUID, dict[int, Anchored]]:
    found: dict[uuid.UUID, dict[int, Anchored]] = defaultdict(dict)
    for each in anchors:
        found[each.chain].setdefault(each.seq, each)
    return found
