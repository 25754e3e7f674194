"""What a guardian may do, and what a patient can tell us unseen."""

from __future__ import annotations

from datetime import UTC, date, datetime

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SCOPES = ("join", "times", "sign", "forms")
#: what every guardian had before there were scopes: their own link, and its letters
BEFORE = ("join", "times")
OF_AGE = 18


def upgrade() -> None:
    """One step forward."""
    op.create_table(
        "guardianships",
        sa.Column("companion_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("decides", sa.Boolean(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        _to("guardianships", "clinic_id", "clinics"),
        _to("guardianships", "companion_id", "companions"),
        _to("guardianships", "ended_by", "accounts"),
        _to("guardianships", "patient_id", "patients"),
        sa.PrimaryKeyConstraint("companion_id", name=op.f("pk_guardianships")),
    )
    op.create_index(op.f("ix_guardianships_patient_id"), "guardianships", ["patient_id"])
    op.create_table(
        "guardian_scopes",
        sa.Column("companion_id", sa.Uuid(), nullable=False),
        sa.Column("scope", _one_of("scope", *SCOPES), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=True),
        _to("guardian_scopes", "clinic_id", "clinics"),
        _to("guardian_scopes", "companion_id", "guardianships", "companion_id"),
        _to("guardian_scopes", "given_by", "accounts"),
        sa.PrimaryKeyConstraint("companion_id", "scope", name=op.f("pk_guardian_scopes")),
    )
    op.create_table(
        "code_words",
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.String(length=60), nullable=False),
        sa.Column("agreed_with", sa.Uuid(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        _to("code_words", "agreed_with", "accounts"),
        _to("code_words", "clinic_id", "clinics"),
        _to("code_words", "patient_id", "patients"),
        sa.PrimaryKeyConstraint("patient_id", name=op.f("pk_code_words")),
    )
    op.create_table(
        "quiet_signals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _one_of("kind", "code-word", "not-alone"), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_by", sa.Uuid(), nullable=True),
        _to("quiet_signals", "clinic_id", "clinics"),
        _to("quiet_signals", "participant_id", "participants"),
        _to("quiet_signals", "patient_id", "patients"),
        _to("quiet_signals", "room_id", "rooms"),
        _to("quiet_signals", "seen_by", "accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiet_signals")),
    )
    op.create_index(op.f("ix_quiet_signals_room_id"), "quiet_signals", ["room_id"])
    op.create_table(
        "safe_contacts",
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("by_email", sa.Boolean(), nullable=False),
        sa.Column("by_text", sa.Boolean(), nullable=False),
        sa.Column("by_phone", sa.Boolean(), nullable=False),
        sa.Column("voicemail", sa.Boolean(), nullable=False),
        sa.Column("from_hour", sa.Integer(), nullable=False),
        sa.Column("until_hour", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "from_hour >= 0 AND from_hour <= 23", name=op.f("ck_safe_contacts_from_is_an_hour")
        ),
        sa.CheckConstraint(
            "until_hour >= 1 AND until_hour <= 24",
            name=op.f("ck_safe_contacts_until_is_an_hour"),
        ),
        sa.CheckConstraint(
            "until_hour > from_hour", name=op.f("ck_safe_contacts_ends_after_it_begins")
        ),
        _to("safe_contacts", "changed_by", "accounts"),
        _to("safe_contacts", "clinic_id", "clinics"),
        _to("safe_contacts", "patient_id", "patients"),
        sa.PrimaryKeyConstraint("patient_id", name=op.f("pk_safe_contacts")),
    )
    _keep_who_is_a_guardian_already()


def downgrade() -> None:
    """One step back."""
    op.drop_table("safe_contacts")
    op.drop_index(op.f("ix_quiet_signals_room_id"), table_name="quiet_signals")
    op.drop_table("quiet_signals")
    op.drop_table("code_words")
    op.drop_table("guardian_scopes")
    op.drop_index(op.f("ix_guardianships_patient_id"), table_name="guardianships")
    op.drop_table("guardianships")


def _one_of(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True)


def _to(table: str, column: str, other: str, key: str = "id") -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.{key}"], name=name)


def _keep_who_is_a_guardian_already() -> None:
    """They keep what they had, until the minor is of age; nothing is added to it."""
    uuid, moment = sa.Uuid(), sa.DateTime(timezone=True)
    companions = sa.table("companions", sa.column("id", uuid), sa.column("clinic_id", uuid),
                          sa.column("patient_id", uuid), sa.column("kind", sa.String()))  # fmt: skip
    patients = sa.table("patients", sa.column("id", uuid), sa.column("born_on", sa.Date()))
    relations = sa.table("guardianships", *(sa.column(name, kind) for name, kind in (
        ("companion_id", uuid), ("clinic_id", uuid), ("patient_id", uuid),
        ("decides", sa.Boolean()), ("ends_on", sa.Date()), ("since", moment))))  # fmt: skip
    scopes = sa.table("guardian_scopes", *(sa.column(name, kind) for name, kind in (
        ("companion_id", uuid), ("scope", sa.String()), ("clinic_id", uuid),
        ("given_at", moment))))  # fmt: skip
    now = datetime.now(UTC)
    known = op.get_bind().execute(
        sa.select(companions.c.id, companions.c.clinic_id, patients.c.id, patients.c.born_on)
        .join_from(companions, patients, companions.c.patient_id == patients.c.id)
        .where(companions.c.kind == "guardian")
    )
    for companion, clinic, patient, born_on in known.all():
        op.bulk_insert(
            relations,
            [{"companion_id": companion, "clinic_id": clinic, "patient_id": patient,
              "decides": False, "ends_on": _of_age_on(born_on), "since": now}],
        )  # fmt: skip
        op.bulk_insert(
            scopes,
            [{"companion_id": companion, "scope": scope, "clinic_id": clinic, "given_at": now}
             for scope in BEFORE],
        )  # fmt: skip


def _of_age_on(born_on: date) -> date:
    try:
        return born_on.replace(year=born_on.year + OF_AGE)
    except ValueError:
        return date(born_on.year + OF_AGE, 3, 1)
