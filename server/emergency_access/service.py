"""Open one record in an emergency; every step of it is on record (T-07, C-21).

Opening takes three steps, as hashing a password is slow and belongs to no transaction: a try is
counted, the password is checked, and only then is anybody looked up.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.policy import EmergencyTimes, Policy
from server.access.actor import Actor
from server.audit import service as audit
from server.emergency_access import closing, policy, queries
from server.emergency_access.models import EmergencyAccess, EmergencyTry
from server.emergency_access.policy import Asked
from server.errors import Conflict, Invalid, NotAllowed, NotFound, TooMany
from server.identity.models import Account, StaffRole
from server.messages import letters
from server.messages import service as messages
from server.messages.letters import LetterKind
from server.people import lookup
from server.people import queries as people
from server.people.models import TreatmentRelation


class TooManyTries(TooMany):
    """Somebody is looking for people, not for one person."""

    code = "emergency-too-many-tries"


class OneAtATime(Conflict):
    """A second record while one is open."""

    code = policy.ONE_AT_A_TIME


class ProveYourself(NotAllowed):
    """The sign-in is old, or it was not their password."""

    code = policy.PROVE_YOURSELF


class NobodyFound(NotAllowed):
    """No such person here; one of another clinic is told alike (T-02)."""

    code = "emergency-nobody-found"


class NotNeeded(Conflict):
    """They treat this person: their record is open to them as it is."""

    code = "emergency-not-needed"


@dataclass(frozen=True)
class Try:
    """A counted try whose password may still have to be checked, outside any transaction."""

    id: uuid.UUID
    password_hash: str
    is_proved: bool


def begin(session: Session, actor: Actor, times: EmergencyTimes, *, now: datetime) -> Try:
    """Count this try before anything is looked at, so that parallel guesses count too."""
    account = session.get(Account, actor.account_id, with_for_update=True)  # one by one
    if account is None or actor.clinic_id is None or actor.role not in policy.MAY_ASK:
        raise NotFound
    lately = (
        EmergencyTry.account_id == account.id,
        EmergencyTry.at > now - times.tries_window,
        EmergencyTry.succeeded.is_(False),
    )
    if (session.scalar(select(func.count()).where(*lately)) or 0) >= times.tries:
        minutes = round(times.tries_window.total_seconds() / 60)
        raise TooManyTries(
            f"Too many tries. Please wait {minutes} minutes, or call who treats this person."
        )
    proved_at = _proved_at(session, actor)
    row = EmergencyTry(
        id=uuid.uuid4(),
        clinic_id=actor.clinic_id,
        account_id=account.id,
        browser=actor.session,
        at=now,
    )
    session.add(row)
    fresh = proved_at is not None and now - proved_at <= times.proof_lasts
    return Try(row.id, account.password_hash, fresh)


def needs_proof(
    session: Session, actor: Actor, times: EmergencyTimes, *, now: datetime
) -> bool:
    """Whether the form asks for the password (it was given in the last minutes, or not)."""
    proved_at = _proved_at(session, actor)
    return proved_at is None or now - proved_at > times.proof_lasts


def prove(session: Session, actor: Actor, attempt: Try, *, now: datetime) -> None:
    """The password was right: for some minutes it need not be typed again."""
    row = session.get_one(EmergencyTry, attempt.id)
    row.proved_at = now
    audit.record(session, actor, "emergency:prove", actor.account_id or "-", now=now)


def open_access(
    session: Session,
    actor: Actor,
    attempt: Try,
    asked: Asked,
    rules: Policy,
    *,
    base_url: str,
    now: datetime,
) -> EmergencyAccess:
    """One record for this browser; the privacy officer's letter is in the same transaction."""
    if actor.account_id is None or actor.clinic_id is None:
        raise NotFound
    times = rules.emergency
    session.get(Account, actor.account_id, with_for_update=True)
    closing.close_expired(session, now=now, account_id=actor.account_id)
    before = queries.unclosed(session, actor)
    code = policy.reason_not_to_open(
        actor.role,
        asked.reason,
        times,
        proved_at=_proved_at(session, actor),
        another_is_open=before is not None,
        now=now,
    )
    if code is not None:
        raise _refusal(code, times)
    patient = lookup.by_name_and_birthday(
        session, actor.clinic_id, asked.name, asked.born_on, same=policy.is_exactly
    )
    if patient is None:
        raise NobodyFound(
            "We found nobody with exactly this name and date of birth. "
            "Please check the spelling, or ask the front desk."
        )
    if session.get(TreatmentRelation, (patient.id, actor.account_id)) is not None:
        raise NotNeeded("You treat this person. Their record is open to you from Today.")
    access = EmergencyAccess(
        id=uuid.uuid4(),
        clinic_id=actor.clinic_id,
        account_id=actor.account_id,
        patient_id=patient.id,
        browser=actor.session,
        reason=" ".join(asked.reason.replace("\x00", "").split())[: policy.LONGEST_REASON],
        opened_at=now,
        expires_at=now + times.lasts,
    )
    session.add(access)
    session.get_one(EmergencyTry, attempt.id).succeeded = True
    audit.record(
        session,
        actor,
        "emergency:open",
        access.id,
        now=now,
        policy_version=rules.version,
        patient_id=patient.id,
    )
    _tell_privacy_officer(session, access, base_url, now)
    return access


def _refusal(
    code: str, times: EmergencyTimes
) -> NotFound | Invalid | ProveYourself | OneAtATime:
    match code:
        case policy.NO_REASON:
            words = f"Please give a reason of at least {times.reason_characters} characters."
            return Invalid(words, code=code, fields=["reason"])
        case policy.PROVE_YOURSELF:
            return ProveYourself("Please type your password once more.")
        case policy.ONE_AT_A_TIME:
            return OneAtATime(
                "A record is open to you already. Close it first, then open the next one."
            )
        case _:
            return NotFound()


def _proved_at(session: Session, actor: Actor) -> datetime | None:
    """When this browser last showed the password of this account."""
    return session.scalar(
        select(func.max(EmergencyTry.proved_at)).where(
            EmergencyTry.account_id == actor.account_id,
            EmergencyTry.browser == actor.session,
        )
    )


def _tell_privacy_officer(
    session: Session, access: EmergencyAccess, base_url: str, now: datetime
) -> None:
    """To the address the clinic named; where it named none, to each of its auditors."""
    named = people.clinic(session, access.clinic_id).privacy_email
    auditors = select(Account.email).where(
        Account.clinic_id == access.clinic_id,
        Account.role == StaffRole.AUDITOR,
        Account.disabled_at.is_(None),
    )
    for number, email in enumerate([named] if named else session.scalars(auditors)):
        messages.enqueue(
            session,
            LetterKind.EMERGENCY_ACCESS,
            access.id,
            letters.emergency_access(link=f"{base_url}/emergency-access/review"),
            clinic_id=access.clinic_id,
            due_at=now,
            key=f"{access.id}:{number}",
            email=email,
        )
