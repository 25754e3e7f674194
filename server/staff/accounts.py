"""Invite somebody, give them another role, end and return their access; all of it on record."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config.policy import Policy
from server import walls
from server.access.actor import Actor, ActorKind
from server.audit import service as audit
from server.errors import Conflict, Invalid, NotAllowed, NotFound
from server.identity import password_links, sessions
from server.identity.models import Account, StaffRole
from server.messages import service as messages
from server.messages.letters import LetterKind, password_link, password_set
from server.people import rosters
from server.people.models import Clinician
from server.staff import policy as rules
from server.tasks import service as tasks
from server.visits import revocation


def of_clinic(session: Session, actor: Actor) -> Sequence[Account]:
    """Everybody who works at the actor's clinic, by name."""
    mine = select(Account).where(walls.of_clinic(Account.clinic_id, actor))
    return session.scalars(mine.order_by(Account.name, Account.id)).all()


def one(session: Session, actor: Actor, account_id: uuid.UUID) -> Account:
    """One account of the actor's clinic; any other is not there."""
    found = session.scalar(
        select(Account).where(
            Account.id == account_id, walls.of_clinic(Account.clinic_id, actor)
        )
    )
    if found is None:
        raise NotFound
    return found


def invite(
    session: Session,
    actor: Actor,
    *,
    name: str,
    email: str,
    role: StaffRole,
    times: Policy,
    base_url: str,
    now: datetime,
) -> Account:
    """A new account without a password, and a letter with the link to set one."""
    if actor.clinic_id is None:
        raise NotFound
    account = Account(
        id=uuid.uuid4(),
        clinic_id=actor.clinic_id,
        email=email.strip().lower(),
        name=" ".join(name.split()),
        role=role,
        password_hash="",
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(account)
    except IntegrityError:  # here or at another clinic: the answer is the same
        words = "There is an account with this e-mail already."
        raise Invalid(words, code="email-taken", fields={"email": words}) from None
    _introduce(session, account)
    audit.record(session, actor, "account:invite", account.id, now=now, reason=role.value)
    _write(session, account, times, base_url, now)
    return account


def send_link(
    session: Session,
    actor: Actor,
    account_id: uuid.UUID,
    *,
    times: Policy,
    base_url: str,
    now: datetime,
) -> None:
    """A fresh link to set a password: the first was lost, or the password is."""
    account = one(session, actor, account_id)
    if account.disabled_at is not None:
        raise Conflict("This account is ended. Open it again first.", code="account-ended")
    _write(session, account, times, base_url, now)
    audit.record(session, actor, "account:password-link", account.id, now=now)


def change_role(
    session: Session, actor: Actor, account_id: uuid.UUID, role: StaffRole, *, now: datetime
) -> None:
    """Another role from now on: signed out everywhere, and out of calls held by the old one."""
    account = _to_touch(session, actor, account_id)
    if account.role is role:
        return
    before, account.role = account.role, role
    _introduce(session, account)
    _sign_out(session, account, now)
    revocation.take_out_of_visits(session, account.id, role.value, now=now)
    if role not in rosters.TREATING:
        _ask_for_another_clinician(session, account, now)
    reason = f"{before.value} {role.value}"
    audit.record(session, actor, "account:role", account.id, now=now, reason=reason)


def disable(session: Session, actor: Actor, account_id: uuid.UUID, *, now: datetime) -> None:
    """Nothing of this account works from now on, on any node (T-09, C-06)."""
    audit.happens_anyway(session)
    account = _to_touch(session, actor, account_id)
    if account.disabled_at is not None:
        return
    account.disabled_at = now
    password_links.revoke(session, account.id, now=now)
    _sign_out(session, account, now)
    _ask_for_another_clinician(session, account, now)
    audit.record(
        session, actor, "account:disable", account.id, now=now, clinic_id=account.clinic_id
    )


def enable(session: Session, actor: Actor, account_id: uuid.UUID, *, now: datetime) -> None:
    """They may sign in again; what was closed stays closed."""
    account = one(session, actor, account_id)
    if account.disabled_at is None:
        return
    account.disabled_at = None
    audit.record(
        session, actor, "account:enable", account.id, now=now, clinic_id=account.clinic_id
    )


def end_sessions(
    session: Session, actor: Actor, account_id: uuid.UUID, *, now: datetime
) -> None:
    """Sign somebody out everywhere; their account stays."""
    audit.happens_anyway(session)
    account = one(session, actor, account_id)
    _sign_out(session, account, now)
    audit.record(session, actor, "session:end-all", account.id, now=now)


def set_password(session: Session, token: str, password_hash: str, *, now: datetime) -> Account:
    """By a link that works once; whoever was signed in with the former one is signed out."""
    account = password_links.use(session, token, password_hash, now=now)
    _sign_out(session, account, now)
    nobody = Actor(ActorKind.NOBODY, clinic_id=account.clinic_id)
    audit.record(session, nobody, "account:set-password", account.id, now=now)
    messages.enqueue(
        session,
        LetterKind.PASSWORD_SET,
        account.id,
        password_set(when=f"{now:%d %B %Y, %H:%M} UTC"),
        clinic_id=account.clinic_id,
        due_at=now,
        key=f"{account.id}:{now.timestamp()}",
        email=account.email,
    )
    return account


def _to_touch(session: Session, actor: Actor, account_id: uuid.UUID) -> Account:
    """The account, with all administrators held: two never end each other at once."""
    account = one(session, actor, account_id)
    session.execute(
        select(Account.id)
        .where(Account.clinic_id == account.clinic_id, Account.role == StaffRole.CLINIC_ADMIN)
        .order_by(Account.id)
        .with_for_update()
    )
    others = session.scalar(
        select(func.count()).where(
            Account.clinic_id == account.clinic_id,
            Account.role == StaffRole.CLINIC_ADMIN,
            Account.disabled_at.is_(None),
            Account.id != account.id,
        )
    )
    session.refresh(account)
    target = rules.Target(account.id, account.role is StaffRole.CLINIC_ADMIN)
    code = rules.reason_not_to_touch(target, by=actor.account_id, other_admins=others or 0)
    if code:
        raise NotAllowed(rules.WORDS[code], code=code)
    return account


def _sign_out(session: Session, account: Account, now: datetime) -> None:
    ended = sessions.end_all(session, account.id, now=now)
    revocation.close_seats(session, ended, now=now)


def _introduce(session: Session, account: Account) -> None:
    """Who sits in visits is shown by name; credentials come on the page of licences."""
    if account.role in rosters.SEATED and session.get(Clinician, account.id) is None:
        session.flush()
        session.add(
            Clinician(
                account_id=account.id,
                credentials="",
                short_name=account.name[:60],
                page_email=account.email,
                page_phone="",
            )
        )


def _ask_for_another_clinician(session: Session, account: Account, now: datetime) -> None:
    """Nobody waits for a clinician who cannot come: the desk hands their visits over."""
    for visit in revocation.visits_without(session, account.id):
        tasks.open_task(
            session,
            clinic_id=account.clinic_id,
            kind="needs-clinician",
            for_role="coordinator",
            words="This visit needs another clinician. Hand it over.",
            due_at=max(now, visit.starts_at),
            visit_id=visit.id,
            now=now,
        )


def _write(
    session: Session, account: Account, times: Policy, base_url: str, now: datetime
) -> None:
    link_id, token = password_links.make(session, account, times, now=now)
    hours = round(times.password_link_lasts.total_seconds() / 3600)
    messages.enqueue(
        session,
        LetterKind.PASSWORD_LINK,
        link_id,
        password_link(link=f"{base_url}/set-password/{token}", hours=hours),
        clinic_id=account.clinic_id,
        due_at=now,
        key=str(link_id),
        email=account.email,
    )
