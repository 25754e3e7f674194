"""C-22: whatever the database's owner does to the record, `mooring audit verify` says so."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from server.access.actor import SYSTEM
from server.audit import append_only
from server.audit import service as audit
from server.audit.chain import GENESIS, Seal
from server.db import Database
from server.schema import alembic_config
from server.tenancy import EVERY_CLINIC, SETTING
from tests.people import HARBOR, LAKESIDE

ROWS = 6
FORGER = Seal(b"another key")
MY = "chain = :harbor"
THIRD, LAST = f"{MY} AND seq = :third", f"{MY} AND seq = :last"
PUT_HEAD_BACK = (
    f"UPDATE audit_heads SET seq = :last - 1, mac = (SELECT mac FROM audit_rows WHERE {MY} "
    f"AND seq = :last - 1) WHERE {MY}"
)
SAME_BUT = (
    "INSERT INTO audit_rows (id, clinic_id, at, actor, role, action, object, decision, reason, "
    "policy_version, request_id, browser, chain, seq, prev_mac, mac) SELECT :fresh, clinic_id, "
    "at, actor, role, action, object, decision, reason, policy_version, request_id, browser, "
    f"chain, :last + 1, mac, mac FROM audit_rows WHERE {LAST}"
)
SEE_ALL = f"SELECT set_config('{SETTING}', '{EVERY_CLINIC}', true)"
#: what is done, row counted from the first of the six; and where and what is found
TAMPERED = {
    "a field is changed": ([f"UPDATE audit_rows SET actor = 'staff:-' WHERE {THIRD}"], 3),
    "the time is changed": ([f"UPDATE audit_rows SET at = :noon WHERE {THIRD}"], 3),
    "a middle row is gone": ([f"DELETE FROM audit_rows WHERE {THIRD}"], 3),
    "the last row is gone": ([f"DELETE FROM audit_rows WHERE {LAST}"], 6),
    "the last row is gone, and its head set back": (
        [PUT_HEAD_BACK, f"DELETE FROM audit_rows WHERE {LAST}"],
        6,
    ),
    "two rows are swapped": (
        [
            f"UPDATE audit_rows SET seq = -1 WHERE {THIRD}",
            f"UPDATE audit_rows SET seq = :third WHERE {THIRD} + 1",
            f"UPDATE audit_rows SET seq = :third + 1 WHERE {MY} AND seq = -1",
        ],
        3,
    ),
    "a row is put in": ([SAME_BUT], 7),
    "a row is put in without a seal": (
        [SAME_BUT, f"UPDATE audit_rows SET mac = NULL WHERE {LAST} + 1"],
        7,
    ),
    "all rows are gone": (["DELETE FROM audit_rows", "DELETE FROM audit_heads"], 1),
}


@pytest.fixture
def first(database) -> int:
    """Six rows of Harbor Clinic, and some of others; says where Harbor's begin."""
    before = _ends(database)
    for number in range(ROWS):
        for clinic in (HARBOR.id, LAKESIDE.id, None):
            _record(database, f"row {number}", clinic)
    return before + 1


def _record(database: Database, about: str, clinic) -> None:
    with database.transaction(EVERY_CLINIC) as session:
        audit.record(
            session, SYSTEM, "visit:open", about, now=datetime.now(UTC), clinic_id=clinic
        )


def _ends(database: Database) -> int:
    with database.reading(EVERY_CLINIC) as session:
        head = text("SELECT seq FROM audit_heads WHERE chain = :harbor")
        return session.execute(head, {"harbor": _key(database)}).scalar() or 0


def _key(database: Database) -> str:
    return HARBOR.id.hex if _is_sqlite(database) else str(HARBOR.id)


def _is_sqlite(database: Database) -> bool:
    return database.engine.dialect.name == "sqlite"


def _as_owner(database: Database, statements: list[str], first: int) -> None:
    """Raw SQL, with the database's own refusal switched off, as only its owner can."""
    switch_off = [SEE_ALL, "ALTER TABLE audit_rows DISABLE TRIGGER USER"]
    if _is_sqlite(database):
        switch_off = [f"DROP TRIGGER audit_rows_keep_{how}" for how in ("changed", "deleted")]
    values = {
        "harbor": _key(database),
        "third": first + 2,
        "last": first + ROWS - 1,
        "noon": datetime(2026, 1, 1, 12, tzinfo=UTC).isoformat(" "),
        "fresh": "00000000000000000000000000000001",
    }
    with database.engine.begin() as connection:
        for statement in [*switch_off, *statements]:
            named = {name: values[name] for name in re.findall(r":(\w+)", statement)}
            connection.execute(text(statement), named)
        if not _is_sqlite(database):
            connection.execute(text("ALTER TABLE audit_rows ENABLE TRIGGER USER"))


@pytest.mark.check("C-22")
@pytest.mark.parametrize(("done", "found"), TAMPERED.values(), ids=TAMPERED)
def test_whatever_is_done_to_the_record_is_found(database, mooring, first, done, found):
    mooring("audit", "anchor")
    _as_owner(database, done, first)
    said = mooring("audit", "verify")
    assert said.exit_code != 0
    assert f"{HARBOR.name}: row {found + first - 1 if found > 1 else 1} " in said.output


@pytest.mark.check("C-22")
def test_a_clean_record_is_said_to_be_clean(database, mooring, first):
    mooring("audit", "anchor")
    _record(database, "after the anchor", HARBOR.id)
    said = mooring("audit", "verify")
    assert said.exit_code == 0, said.output
    assert f"{HARBOR.name}: {first + ROWS} rows, every one in its place." in said.output
    assert "The house: 6 rows" in said.output


@pytest.mark.check("C-22")
def test_a_whole_record_of_another_key_is_found(database, database_url, mooring, first):
    _as_owner(database, ["DELETE FROM audit_rows", "DELETE FROM audit_heads"], first)
    forged = Database(database_url, before_commit=FORGER)
    for number in range(ROWS):
        _record(forged, f"row {number}", HARBOR.id)
    forged.engine.dispose()
    mooring("audit", "anchor")
    said = mooring("audit", "verify")
    assert said.exit_code != 0
    assert f"{HARBOR.name}: row 1 was changed, or was not written by us." in said.output


@pytest.mark.check("C-22")
def test_an_older_state_of_all_tables_is_found_by_the_anchor_alone(
    database, mooring, first, settings, tmp_path
):
    """Rows and heads of yesterday agree with each other; the anchor knows better."""
    mooring("audit", "anchor")
    _as_owner(database, [PUT_HEAD_BACK, f"DELETE FROM audit_rows WHERE {LAST}"], first)
    assert mooring("audit", "verify").exit_code != 0
    settings.anchor_file.rename(tmp_path / "elsewhere")
    mooring("audit", "anchor")
    assert mooring("audit", "verify").exit_code == 0
    assert mooring("audit", "verify", "--anchor", str(tmp_path / "elsewhere")).exit_code != 0


@pytest.mark.check("C-22")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_row_that_went_since_the_last_anchor_is_missed_by_the_head(database, mooring, first):
    mooring("audit", "anchor")
    _record(database, "since then", HARBOR.id)
    _as_owner(database, [f"DELETE FROM audit_rows WHERE {LAST} + 1"], first)
    said = mooring("audit", "verify")
    assert said.exit_code != 0
    assert f"{HARBOR.name}: row {first + ROWS} is missing at the end." in said.output


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: file.unlink(),
        lambda file: file.write_text(file.read_text().replace('"seq": 6', '"seq": 5')),
        lambda file: file.write_text(file.read_text()[:-20]),
    ],
    ids=["gone", "changed", "cut"],
)
def test_an_anchor_that_is_not_ours_is_refused(mooring, first, settings, spoil):
    mooring("audit", "anchor")
    spoil(settings.anchor_file)
    said = mooring("audit", "verify")
    assert said.exit_code != 0
    assert "The anchor cannot be used" in said.output


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_rows SET actor = 'x'", "DELETE FROM audit_rows", "TRUNCATE audit_rows"],
)
def test_the_database_itself_refuses(database, first, statement):
    if _is_sqlite(database) and statement.startswith("TRUNCATE"):
        return  # SQLite has no such word
    with database.engine.begin() as connection:
        if not _is_sqlite(database):
            connection.execute(text(SEE_ALL))
        with pytest.raises(DBAPIError, match="only ever added to"):
            connection.execute(text(statement))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_rows_older_than_the_chain_are_adopted_once_and_said_to_be(database, mooring, first):
    """They are sealed as they are found; whatever comes unsealed later is nobody's."""
    older = "UPDATE audit_rows SET chain = NULL, seq = NULL, prev_mac = NULL, mac = NULL"
    _as_owner(database, [older, "DELETE FROM audit_heads"], first)
    mooring("audit", "anchor")
    assert "is not sealed" in mooring("audit", "verify").output
    assert f"{ROWS * 3} older rows are sealed." in mooring("audit", "adopt").output
    assert mooring("audit", "verify").exit_code == 0
    with database.engine.begin() as connection:
        unsealed = SAME_BUT.replace(":last + 1, mac, mac", "NULL, NULL, NULL")
        named = {"fresh": "f" * 32, "last": ROWS, "harbor": _key(database)}
        connection.execute(text(unsealed), named)
    assert mooring("audit", "adopt").exit_code != 0
    assert mooring("audit", "verify").exit_code != 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_chain_begins_with_nothing_before_it(ask_database, database):
    _record(database, "the first", LAKESIDE.id)
    assert ask_database("SELECT prev_mac FROM audit_rows WHERE seq = 1") == GENESIS


def test_ten_at_once_stand_in_one_row(database, first):
    """Parallel use cases of a clinic wait for each other at the head, and none is lost."""
    with ThreadPoolExecutor(10) as crew:
        list(crew.map(lambda n: _record(database, f"{n}", HARBOR.id), range(30)))
    assert _ends(database) == first + ROWS - 1 + 30


def test_the_steps_and_the_models_refuse_alike():
    """What step 0002 tells the database is what tables made from the models are told."""
    step = ScriptDirectory.from_config(alembic_config("")).get_revision("0002").module
    assert step.KEEP["sqlite"] == append_only.SQLITE
    assert step.KEEP["postgresql"] == append_only.POSTGRES
