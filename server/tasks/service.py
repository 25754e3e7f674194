"""Give somebody work with a due time, take it up, finish it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from server import walls
from server.access.actor import Actor
from server.audit import service as audit
from server.errors import NotFound
from server.tasks.models import Task


def open_task(
    session: Session,
    *,
    clinic_id: uuid.UUID,
    kind: str,
    for_role: str,
    words: str,
    due_at: datetime,
    now: datetime,
    visit_id: uuid.UUID | None = None,
    owner_id: uuid.UUID | None = None,
) -> Task:
    """One piece of work; the same words for a visit are not said twice while they wait.

    What somebody has taken up already is asked for anew: a second call for help is one more.
    """
    already = session.scalar(
        select(Task).where(
            Task.clinic_id == clinic_id,
            Task.kind == kind,
            Task.visit_id == visit_id,
            Task.for_role == for_role,
            Task.words == words[:200],
            Task.owner_id == owner_id,
            Task.acknowledged_at.is_(None),
            Task.done_at.is_(None),
        )
    )
    if already is not None and visit_id is not None:
        already.due_at = min(already.due_at, due_at)
        return already
    task = Task(
        id=uuid.uuid4(),
        clinic_id=clinic_id,
        kind=kind,
        visit_id=visit_id,
        owner_id=owner_id,
        for_role=for_role,
        words=words[:200],
        created_at=now,
        due_at=due_at,
    )
    session.add(task)
    return task


def open_for(session: Session, actor: Actor) -> Sequence[Task]:
    """What waits for this member of staff, the most urgent first."""
    return session.scalars(
        select(Task)
        .where(
            walls.of_clinic(Task.clinic_id, actor),
            Task.done_at.is_(None),
            or_(walls.of_account(Task.owner_id, actor), Task.for_role == actor.role),
        )
        .order_by(Task.due_at, Task.id)
    ).all()


def acknowledge(session: Session, actor: Actor, task_id: uuid.UUID, *, now: datetime) -> None:
    """Somebody has seen it and takes it."""
    task = of_actor(session, actor, task_id)
    if task.acknowledged_at is None:
        task.acknowledged_at = now
        task.owner_id = actor.account_id
        audit.record(session, actor, "task:acknowledge", task.id, now=now)


def finish(session: Session, actor: Actor, task_id: uuid.UUID, *, now: datetime) -> None:
    """It is done."""
    task = of_actor(session, actor, task_id)
    if task.done_at is None:
        task.done_at = now
        audit.record(session, actor, "task:finish", task.id, now=now)


def of_actor(session: Session, actor: Actor, task_id: uuid.UUID) -> Task:
    """A task of the actor's clinic that they may take, or have taken."""
    theirs = or_(Task.for_role == actor.role, walls.of_account(Task.owner_id, actor))
    own = (Task.id == task_id, walls.of_clinic(Task.clinic_id, actor), theirs)
    task = session.scalar(select(Task).where(*own))
    if task is None:
        raise NotFound
    return task
