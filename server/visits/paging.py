"""Call a clinician to somebody who needs one now: a seat, a page, a task each (NUD-9)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from config.policy import Policy
from server.access.actor import Actor
from server.identity import service as identity
from server.messages import letters
from server.messages import service as messages
from server.people import queries as people
from server.people.models import Clinician
from server.tasks import service as tasks
from server.visits import seats
from server.visits.kinds import Role
from server.visits.models import Visit

#: what a page says: never what the person said, and nothing of whom it is about (T-10)
REASON = "safety-visit"


def call_a_clinician(
    session: Session,
    actor: Actor,
    visit: Visit,
    own: uuid.UUID,
    times: Policy,
    *,
    here: Collection[uuid.UUID] = (),
    base_url: str,
    now: datetime,
) -> None:
    """Page whoever is on call and the patient's `own` clinician, signed in or not.

    Nobody is paged who is in the room already, or who asked for it.
    """
    on_call = people.on_call(session, visit.clinic_id, now=now)
    if on_call is not None:
        _give_a_seat(session, visit, on_call, now=now)
    both = (on_call, people.clinician(session, own))
    called = {each.account_id: each for each in both if each and each.account_id not in here}
    called.pop(actor.account_id or uuid.UUID(int=0), None)
    _page(session, visit, called.values(), base_url=base_url, now=now)
    _ask_for_it(session, visit, times, now=now)


def _give_a_seat(
    session: Session, visit: Visit, clinician: Clinician, *, now: datetime
) -> None:
    account = identity.account(session, clinician.account_id)
    role = Role(account.role.value)
    seats.sit_colleague(
        session, visit.room, role, clinician.short_name, now, account_id=account.id
    )


def _page(
    session: Session,
    visit: Visit,
    called: Iterable[Clinician],
    *,
    base_url: str,
    now: datetime,
) -> None:
    words = letters.on_call_page(link=f"{base_url}/visits/{visit.id}", reason=REASON)
    for clinician in called:
        messages.enqueue(
            session,
            letters.LetterKind.ON_CALL_PAGE,
            visit.id,
            words,
            clinic_id=visit.clinic_id,
            due_at=now,
            key=f"{visit.id}:{clinician.account_id}",
            email=clinician.page_email,
            phone=clinician.page_phone,
        )


def _ask_for_it(session: Session, visit: Visit, times: Policy, *, now: datetime) -> None:
    """ROLE-4: the clinicians are told what it is, the desk that a clinician must come."""
    for role, words in (
        ("psychiatrist", "Safety visit: somebody needs you now."),
        ("therapist", "Safety visit: somebody needs you now."),
        ("coordinator", "A clinician must come to a visit now. Call one if none has."),
    ):
        tasks.open_task(
            session,
            clinic_id=visit.clinic_id,
            kind="safety-visit",
            for_role=role,
            words=words,
            due_at=now + times.safety_visit_due,
            visit_id=visit.id,
            owner_id=visit.clinician_id if role == "psychiatrist" else None,
            now=now,
        )
