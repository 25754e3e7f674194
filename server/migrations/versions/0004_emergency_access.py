"""Emergency access to one chart, with a reason and an end."""

from __future__ import annotations

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One step forward."""


def downgrade() -> None:
    """One step back."""
