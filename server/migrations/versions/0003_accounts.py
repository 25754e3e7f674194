"""Accounts are invited, changed and ended on record."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ROLES = (
    "psychiatrist",
    "therapist",
    "coordinator",
    "site_nurse",
    "site_prescriber",
    "clinic_admin",
    "auditor",
)
WITH_TRAINEES = ("psychiatrist", "therapist", "trainee", *ROLES[2:])


def upgrade() -> None:
    """One step forward."""
    with op.batch_alter_table("clinics") as clinics:
        clinics.add_column(
            sa.Column("privacy_email", sa.String(254), server_default="", nullable=False)
        )
    with op.batch_alter_table("accounts") as accounts:
        accounts.add_column(
            sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True)
        )
        accounts.alter_column(
            "role",
            existing_type=_role(ROLES),
            type_=_role(WITH_TRAINEES),
            existing_nullable=False,
        )
    with op.batch_alter_table("staff_sessions") as sessions:
        sessions.add_column(
            sa.Column("device", sa.String(60), server_default="", nullable=False)
        )
        sessions.add_column(
            sa.Column("network", sa.String(48), server_default="", nullable=False)
        )
    op.create_table(
        "known_browsers",
        sa.Column("id_hash", sa.String(64), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_known_browsers_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id_hash", "account_id", name=op.f("pk_known_browsers")),
    )
    op.create_index(op.f("ix_known_browsers_seen_at"), "known_browsers", ["seen_at"])
    op.create_table(
        "password_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_password_links_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_links_token_hash")),
    )
    op.create_index(op.f("ix_password_links_account_id"), "password_links", ["account_id"])


def downgrade() -> None:
    """One step back."""
    op.drop_table("password_links")
    op.drop_table("known_browsers")
    with op.batch_alter_table("staff_sessions") as sessions:
        sessions.drop_column("network")
        sessions.drop_column("device")
    with op.batch_alter_table("accounts") as accounts:
        accounts.drop_column("signed_in_at")
        accounts.alter_column(
            "role",
            existing_type=_role(WITH_TRAINEES),
            type_=_role(ROLES),
            existing_nullable=False,
        )
    with op.batch_alter_table("clinics") as clinics:
        clinics.drop_column("privacy_email")


def _role(names: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*names, name="role", native_enum=False, create_constraint=True)
