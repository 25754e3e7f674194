"""Accounts are invited, changed and ended on record."""

from __future__ import annotations

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One step forward."""


def downgrade() -> None:
    """One step back."""
