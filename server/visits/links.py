"""The personal link: open it, confirm a further browser, say it is not mine (T-17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from config.policy import Policy
from server.access.actor import Actor, ActorKind
from server.audit import service as audit
from server.errors import NotFound
from server.identity import link_sessions
from server.identity.models import LinkSession
from server.identity.secret_ids import hash_of, new_secret
from server.messages import service as messages
from server.visits import danger, front_desk, happenings, identifiers, invitations
from server.visits.models import Participant, VisitLink
from server.visits.queries import hold_room, participant, room_of, visit_in


class UnknownLink(NotFound):
    """Not a link of ours, or no longer one: both look the same (C-34)."""

    code = "unknown-link"


@dataclass(frozen=True)
class Opened:
    """What a browser gets: the secret of its cookie, and whether it is trusted already."""

    secret: str
    confirmed: bool


@dataclass(frozen=True)
class Confirmed:
    """How a confirmation went; a right one has a new secret (T-18)."""

    secret: str = ""
    tries_left: int = 0


def find(session: Session, token: str) -> VisitLink:
    """The link of a token, if it is one of ours and was not called back."""
    found = session.scalar(select(VisitLink).where(VisitLink.token_hash == hash_of(token)))
    if found is None or found.revoked_at is not None or found.not_me_at is not None:
        raise UnknownLink
    return found


def open_link(
    session: Session, token: str, held: str, times: Policy, *, now: datetime
) -> Opened:
    """Open the link in a browser: exactly one is ever the first (compare-and-set).

    A browser that still holds its own session of this link goes on with it, however long it
    was away. Any further one is shown to staff as new and must say who it is.
    """
    link, seat = _hold(session, token)
    own = link_sessions.of_cookie(session, held)
    if own is not None and _goes_on(own, link):
        own.seen_at = now
        if own.link_id != link.id:
            _is_first(session, link, own.id_hash)  # sent again, and opened where it was before
        return Opened(held, own.confirmed_at is not None)
    secret = new_secret()
    # A link sent again is a further way in, not a second person: whoever opened the one before
    # is the first, and this browser says who it is.
    known = link_sessions.is_known(session, seat.id)
    first = _is_first(session, link, hash_of(secret)) and not known
    room = room_of(session, seat)
    visit = visit_in(session, room.id)
    danger.keep_nobody_out(session, visit)
    link_sessions.open_one(
        session,
        secret,
        link_id=link.id,
        participant_id=seat.id,
        clinic_id=room.clinic_id,
        role=seat.role.value,
        confirmed=now if first else None,
        now=now,
    )
    if not first:
        seat.new_browser_at = now
        happenings.tell_boards(session, visit, now=now)
    kind = ActorKind.LINK if first else ActorKind.UNCONFIRMED
    actor = Actor(kind, seat.role.value, clinic_id=room.clinic_id, participant_id=seat.id)
    audit.record(
        session,
        actor,
        "link:open",
        seat.id,
        now=now,
        patient_id=visit.patient_id,
        policy_version=times.version,
    )
    return Opened(secret, first)


def _hold(session: Session, token: str) -> tuple[VisitLink, Participant]:
    """The link and whose it is; whoever opens, signs out or takes out, one at a time."""
    seat = participant(session, find(session, token).participant_id)
    hold_room(session, seat.room_id)
    return find(session, token), seat


def _goes_on(own: LinkSession, link: VisitLink) -> bool:
    """Whether a browser's session is one of this link, or of this person and trusted."""
    if own.revoked_at is not None or own.participant_id != link.participant_id:
        return False
    return own.link_id == link.id or own.confirmed_at is not None


def _is_first(session: Session, link: VisitLink, id_hash: str) -> bool:
    """By compare-and-set: of all browsers at once, one."""
    found = session.scalar(
        update(VisitLink)
        .where(VisitLink.id == link.id, VisitLink.first_session.is_(None))
        .values(first_session=id_hash)
        .returning(VisitLink.id)
    )
    return found is not None


def tries_left(session: Session, held: str, times: Policy) -> int:
    """How many tries all further browsers of this link have together."""
    own = link_sessions.of_cookie(session, held)
    used = link_sessions.tries(session, own.link_id) if own else times.identity_tries
    return max(0, times.identity_tries - used)


def confirm(
    session: Session,
    actor: Actor,
    held: str,
    said: identifiers.Said,
    times: Policy,
    *,
    now: datetime,
) -> Confirmed:
    """A further browser names two identifiers; right, it gets a new session id (T-18).

    It answers with the tries that are left and does not raise: a wrong try must be kept.
    """
    own = link_sessions.of_cookie(session, held)
    if own is None or own.id_hash != actor.session or own.confirmed_at is not None:
        raise NotFound
    seat = participant(session, own.participant_id)
    hold_room(session, seat.room_id)  # guesses count one by one
    if own.revoked_at is not None:
        raise NotFound  # signed out while they typed: no new session comes of it
    left = tries_left(session, held, times)
    if left == 0:
        return Confirmed()
    visit = visit_in(session, seat.room_id)
    danger.keep_nobody_out(session, visit)
    whose = visit.patient_id
    if not identifiers.match(said, identifiers.known_of(session, seat)):
        own.tries += 1
        code = "wrong-identifiers"
        audit.record_refusal(
            session, actor, "link:confirm", seat.id, code=code, now=now, patient_id=whose
        )
        return Confirmed(tries_left=left - 1)
    secret = link_sessions.renew(session, own, now=now)
    audit.record(session, actor, "link:confirm", seat.id, now=now, patient_id=whose)
    return Confirmed(secret, left)


def not_me(
    session: Session, token: str, held: str, times: Policy, *, now: datetime
) -> Participant:
    """The message reached somebody else: this link opens no further browser.

    The person in the visit is not thrown out by whoever else can read their messages: unless
    the browser that says so is their own, or there is none, the clinic decides.
    """
    audit.happens_anyway(session)
    link, seat = _hold(session, token)
    own = link_sessions.of_cookie(session, held)
    theirs = own is not None and own.id_hash == link.first_session
    link.not_me_at = now
    if theirs or link.first_session is None:
        link_sessions.revoke_all(session, link.id, now=now)
    else:
        link_sessions.revoke_unconfirmed(session, link.id, now=now)
    for kind in invitations.INVITATIONS:
        messages.withdraw(session, kind, seat.id)
    _tell_the_desk(session, seat, times, now=now)
    return seat


def _tell_the_desk(
    session: Session, seat: Participant, times: Policy, *, now: datetime
) -> None:
    visit = visit_in(session, seat.room_id)
    told = f"The link for {seat.name} reached somebody else. Check phone and e-mail."
    front_desk.ask(session, visit, "not-me", told, due_at=now + times.not_me_due, now=now)
    actor = Actor(ActorKind.NOBODY, clinic_id=visit.clinic_id)
    audit.record(session, actor, "link:not-me", seat.id, now=now, patient_id=visit.patient_id)
