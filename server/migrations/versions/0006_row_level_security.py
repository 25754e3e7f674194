"""PostgreSQL itself keeps the clinics apart.

A transaction says whose rows it may see in the setting `mooring.clinic`: a clinic's id, `every`
for the house itself, and nothing shows nothing. FORCE, because the web process owns its tables.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TOLD = "NULLIF(current_setting('mooring.clinic', true), '')"
IN_THE_HOUSE = f"(SELECT {_TOLD} = 'every')"
CLINIC = f"(SELECT NULLIF({_TOLD}, 'every')::uuid)"

#: the row's own clinic stands in this column
OF_CLINIC = {
    "accounts": "clinic_id",
    "audit_rows": "clinic_id",
    "clinics": "id",
    "code_words": "clinic_id",
    "companions": "clinic_id",
    "emergency_accesses": "clinic_id",
    "emergency_tries": "clinic_id",
    "guardian_scopes": "clinic_id",
    "guardianships": "clinic_id",
    "link_sessions": "clinic_id",
    "on_call_shifts": "clinic_id",
    "outbox": "clinic_id",
    "patients": "clinic_id",
    "quiet_signals": "clinic_id",
    "rooms": "clinic_id",
    "safe_contacts": "clinic_id",
    "tasks": "clinic_id",
    "visits": "clinic_id",
}
#: rows that a clinic writes for the house
MAY_BE_NOBODYS = ("audit_rows",)
#: the row is its parent's, whose own lock decides: column -> (table, its key)
THROUGH = {
    "call_grants": {"account_id": ("accounts", "id")},
    "check_ins": {"participant_id": ("participants", "id")},
    "clinicians": {"account_id": ("accounts", "id")},
    "device_tests": {
        "participant_id": ("participants", "id"),
        "account_id": ("accounts", "id"),
    },
    "draft_notes": {"visit_id": ("visits", "id")},
    "known_browsers": {"account_id": ("accounts", "id")},
    "licences": {"account_id": ("accounts", "id")},
    "participants": {"room_id": ("rooms", "id")},
    "password_links": {"account_id": ("accounts", "id")},
    "quality_samples": {"visit_id": ("visits", "id")},
    "staff_sessions": {"account_id": ("accounts", "id")},
    "telehealth_consents": {"patient_id": ("patients", "id")},
    "treatment_relations": {"patient_id": ("patients", "id")},
    "visit_links": {"participant_id": ("participants", "id")},
    "visit_messages": {"room_id": ("rooms", "id")},
}
#: a clinic's transaction may add here and read nothing
OF_THE_HOUSE = ("control_orders", "sign_in_attempts")


def upgrade() -> None:
    """One step forward; SQLite has no such lock and relies on the first one."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, using, check in _locks():
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        policy = f'CREATE POLICY of_its_clinic ON "{table}"'
        op.execute(sa.text(f"{policy} USING ({using}) WITH CHECK ({check})"))


def downgrade() -> None:
    """And back."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, _using, _check in _locks():
        op.execute(f'DROP POLICY of_its_clinic ON "{table}"')
        op.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')


def _locks() -> Iterator[tuple[str, str, str]]:
    for table, column in OF_CLINIC.items():
        own = f"{IN_THE_HOUSE} OR {column} = {CLINIC}"
        yield table, own, f"{own} OR {column} IS NULL" if table in MAY_BE_NOBODYS else own
    for table, parents in THROUGH.items():
        own = " OR ".join(
            [
                IN_THE_HOUSE,
                *(_parent(table, column, *above) for column, above in parents.items()),
            ]
        )
        yield table, own, own
    for table in OF_THE_HOUSE:
        yield table, IN_THE_HOUSE, "true"


def _parent(table: str, column: str, above: str, key: str) -> str:
    same = f'above."{key}" = "{table}"."{column}"'
    return f'EXISTS (SELECT FROM "{above}" AS above WHERE {same})'
