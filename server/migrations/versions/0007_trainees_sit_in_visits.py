"""A trainee sits in a visit beside its clinician (ROLE-5)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BEFORE = (
    "patient",
    "guardian",
    "psychiatrist",
    "therapist",
    "interpreter",
    "support_person",
    "observer",
    "coordinator",
)
NOW = (*BEFORE[:4], "trainee", *BEFORE[4:])


def upgrade() -> None:
    """One step forward."""
    _change(BEFORE, NOW)


def downgrade() -> None:
    """One step back: who sat there as a trainee sat there as a therapist."""
    op.execute("UPDATE participants SET role = 'therapist' WHERE role = 'trainee'")
    _change(NOW, BEFORE)


def _change(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    with op.batch_alter_table("participants") as participants:
        participants.alter_column(
            "role", existing_type=_role(before), type_=_role(after), existing_nullable=False
        )


def _role(names: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*names, name="role", native_enum=False, create_constraint=True)
