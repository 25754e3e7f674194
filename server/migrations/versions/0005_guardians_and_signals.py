"""What a guardian may do, and what a patient can tell us unseen."""

from __future__ import annotations

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One step forward."""


def downgrade() -> None:
    """One step back."""
