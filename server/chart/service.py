"""Save a draft note so that no acknowledged word is ever lost (R-06, R-07, R-08).

A save names the revision it was written on and a key of its own. The revision settles who was
first; the key lets a retry of an answered save be answered again instead of saved twice.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from server.access.actor import Actor
from server.audit import service as audit
from server.chart.models import DraftNote
from server.chart.policy import LONGEST_NOTE, reason_not_to_write
from server.errors import Conflict, Invalid, NotFound
from server.visits import treating
from server.visits.models import Visit

#: the text as it is kept, and when it was
NEVER = 0


@dataclass(frozen=True)
class Draft:
    """The note as the clinic has it; revision 0 is a note nobody has begun."""

    text: str
    revision: int
    saved_at: datetime | None


NOTHING_YET = Draft("", NEVER, None)


class NoteConflict(Conflict):
    """Another tab of the same author was faster; both texts are kept, the person chooses."""

    code = "note-conflict"


def read(session: Session, actor: Actor, visit_id: uuid.UUID, *, now: datetime) -> Draft:
    """The actor's own draft about this visit; reading it is written down (T-08)."""
    visit = treating.visit(session, actor, visit_id)
    note = _of(session, actor, treating.first_of(session, visit).id)
    audit.record_read(
        session, actor, "note:read", visit.id, now=now, patient_id=visit.patient_id
    )
    return _draft(note)


def own_texts(
    session: Session, actor: Actor, visits: Collection[Visit], *, now: datetime
) -> dict[uuid.UUID, str]:
    """What the actor wrote about these visits, at one look; each read is written down (T-08).

    Nobody's words but their own: whoever shows them has asked before who treats this patient.
    """
    homes = _homes(session, visits)
    mine = (DraftNote.author_id == actor.account_id, DraftNote.visit_id.in_(homes.values()))
    found = {
        note.visit_id: note.text for note in session.scalars(select(DraftNote).where(*mine))
    }
    texts = {visit: found[home] for visit, home in homes.items() if found.get(home)}
    whose = {visit.id: visit.patient_id for visit in visits}
    for visit in texts:
        audit.record(session, actor, "note:read", visit, now=now, patient_id=whose[visit])
    return texts


def _homes(session: Session, visits: Collection[Visit]) -> dict[uuid.UUID, uuid.UUID]:
    """The visit that holds the note of each: the first of those that continue one another."""
    before = {visit.id: visit.continues_id for visit in visits}
    while unknown := {each for each in before.values() if each and each not in before}:
        earlier = select(Visit.id, Visit.continues_id).where(Visit.id.in_(unknown))
        before.update((visit, first) for visit, first in session.execute(earlier))
    homes = {}
    for visit in visits:
        home = visit.id
        while first := before[home]:
            home = first
        homes[visit.id] = home
    return homes


def save(
    session: Session,
    actor: Actor,
    visit_id: uuid.UUID,
    text: str,
    revision: int,
    key: str,
    *,
    now: datetime,
) -> Draft:
    """Keep `text` if it was written on the newest revision; say both texts if it was not."""
    if reason := reason_not_to_write(actor.role):
        raise NotFound(reason)
    visit = treating.visit(session, actor, visit_id)
    if len(text) > LONGEST_NOTE:
        raise Invalid(f"A note can have {LONGEST_NOTE} characters. Please shorten it.")
    home = treating.first_of(session, visit).id
    text = text.replace("\x00", "")
    note = _of(session, actor, home) or _begin(session, actor, home, now)
    if key and note.last_key == key and note.text == text:
        return _draft(note)  # a retry: it was saved, only the answer was lost
    if note.text == text and note.revision != NEVER:
        return _draft(note)  # the same words need no second version
    fresh = (DraftNote.id == note.id, DraftNote.revision == revision)
    kept = session.scalar(
        update(DraftNote)
        .where(*fresh)
        .values(text=text, revision=revision + 1, saved_at=now, last_key=key)
        .returning(DraftNote.revision)
        .execution_options(synchronize_session=False)
    )
    if kept is None:
        session.refresh(note)
        raise NoteConflict(
            "This note was changed in another window. Both texts are here; nothing is lost.",
            theirs={"text": note.text, "revision": note.revision},
        )
    audit.record(session, actor, "note:save", visit.id, now=now, patient_id=visit.patient_id)
    return Draft(text, kept, now)


def _of(session: Session, actor: Actor, home: uuid.UUID) -> DraftNote | None:
    mine = (DraftNote.visit_id == home, DraftNote.author_id == actor.account_id)
    return session.scalar(select(DraftNote).where(*mine))


def _begin(session: Session, actor: Actor, home: uuid.UUID, now: datetime) -> DraftNote:
    if actor.account_id is None:
        raise NotFound
    note = DraftNote(
        visit_id=home, author_id=actor.account_id, saved_at=now, text="", revision=0
    )
    try:
        with session.begin_nested():
            session.add(note)
    except IntegrityError:  # another tab began it in the same moment
        begun = _of(session, actor, home)
        if begun is None:
            raise
        return begun
    return note


def _draft(note: DraftNote | None) -> Draft:
    return Draft(note.text, note.revision, note.saved_at) if note else NOTHING_YET
