"""Every audit row is chained to the one before it.

The steps know no key: rows from before this one stay unsealed until `mooring audit adopt`, which
`mooring database upgrade` and `mooring up` do at once.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BEFORE = ("ix_audit_rows_action", "ix_audit_rows_at", "ix_audit_rows_clinic_id")
ADDED = (
    ("patient_id", sa.Uuid()),
    ("chain", sa.Uuid()),
    ("seq", sa.BigInteger()),
    ("prev_mac", sa.String(64)),
    ("mac", sa.String(64)),
)
KEEP = {
    "sqlite": (
        "CREATE TRIGGER audit_rows_keep_changed BEFORE UPDATE ON audit_rows "
        "WHEN OLD.mac IS NOT NULL "
        "BEGIN SELECT RAISE(ABORT, 'the record is only ever added to'); END",
        "CREATE TRIGGER audit_rows_keep_deleted BEFORE DELETE ON audit_rows "
        "BEGIN SELECT RAISE(ABORT, 'the record is only ever added to'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION audit_rows_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'the record is only ever added to'; END $$",
        "CREATE TRIGGER audit_rows_keep_changed BEFORE UPDATE ON audit_rows "
        "FOR EACH ROW WHEN (OLD.mac IS NOT NULL) EXECUTE FUNCTION audit_rows_keep()",
        "CREATE TRIGGER audit_rows_keep_deleted BEFORE DELETE ON audit_rows "
        "FOR EACH ROW EXECUTE FUNCTION audit_rows_keep()",
        "CREATE TRIGGER audit_rows_keep_truncated BEFORE TRUNCATE ON audit_rows "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_rows_keep()",
    ),
}
KEEP_NO_MORE = {
    "sqlite": (
        "DROP TRIGGER audit_rows_keep_changed",
        "DROP TRIGGER audit_rows_keep_deleted",
    ),
    "postgresql": (
        "DROP TRIGGER audit_rows_keep_changed ON audit_rows",
        "DROP TRIGGER audit_rows_keep_deleted ON audit_rows",
        "DROP TRIGGER audit_rows_keep_truncated ON audit_rows",
        "DROP FUNCTION audit_rows_keep()",
    ),
}


def upgrade() -> None:
    """One step forward."""
    op.create_table(
        "audit_heads",
        sa.Column("chain", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_audit_heads")),
    )
    for name in BEFORE:
        op.drop_index(name, table_name="audit_rows")
    for name, kind in ADDED:
        op.add_column("audit_rows", sa.Column(name, kind, nullable=True))
    op.add_column(
        "audit_rows",
        sa.Column("browser", sa.String(16), nullable=False, server_default=""),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("audit_rows", "browser", server_default=None)
    op.create_index("ix_audit_rows_chain_seq", "audit_rows", ["chain", "seq"], unique=True)
    op.create_index("ix_audit_rows_clinic_id_at", "audit_rows", ["clinic_id", "at"])
    op.create_index("ix_audit_rows_patient_id_at", "audit_rows", ["patient_id", "at"])
    for statement in KEEP[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """And back: the seals are lost, the rows stay."""
    for statement in KEEP_NO_MORE[op.get_bind().dialect.name]:
        op.execute(statement)
    for name in ("chain_seq", "clinic_id_at", "patient_id_at"):
        op.drop_index(f"ix_audit_rows_{name}", table_name="audit_rows")
    for name in ("browser", *(name for name, _ in reversed(ADDED))):
        op.drop_column("audit_rows", name)
    for name, column in zip(BEFORE, ("action", "at", "clinic_id"), strict=True):
        op.create_index(name, "audit_rows", [column])
    op.drop_table("audit_heads")
