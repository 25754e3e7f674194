"""Accounts are invited, changed and ended on record."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One step forward."""
    with op.batch_alter_table("clinics") as clinics:
        clinics.add_column(
            sa.Column("privacy_email", sa.String(254), server_default="", nullable=False)
        )


def downgrade() -> None:
    """One step back."""
    with op.batch_alter_table("clinics") as clinics:
        clinics.drop_column("privacy_email")
