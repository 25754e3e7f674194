"""The database's own refusal to change or drop an audit row, on both engines (T-13).

A row older than the chain has no mac yet and may be sealed once (`server/audit/adopt.py`).
"""

from __future__ import annotations

from sqlalchemy import DDL

SQLITE = (
    "CREATE TRIGGER audit_rows_keep_changed BEFORE UPDATE ON audit_rows "
    "WHEN OLD.mac IS NOT NULL "
    "BEGIN SELECT RAISE(ABORT, 'the record is only ever added to'); END",
    "CREATE TRIGGER audit_rows_keep_deleted BEFORE DELETE ON audit_rows "
    "BEGIN SELECT RAISE(ABORT, 'the record is only ever added to'); END",
)
POSTGRES = (
    "CREATE FUNCTION audit_rows_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "RAISE EXCEPTION 'the record is only ever added to'; END $$",
    "CREATE TRIGGER audit_rows_keep_changed BEFORE UPDATE ON audit_rows "
    "FOR EACH ROW WHEN (OLD.mac IS NOT NULL) EXECUTE FUNCTION audit_rows_keep()",
    "CREATE TRIGGER audit_rows_keep_deleted BEFORE DELETE ON audit_rows "
    "FOR EACH ROW EXECUTE FUNCTION audit_rows_keep()",
    "CREATE TRIGGER audit_rows_keep_truncated BEFORE TRUNCATE ON audit_rows "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_rows_keep()",
)
GUARDS = tuple(
    DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]  # no types
    for dialect, statements in (("sqlite", SQLITE), ("postgresql", POSTGRES))
    for statement in statements
)
