"""Every column says what it holds, for encryption and masking to come (§2.1)."""

from __future__ import annotations

from server.db import Instant
from server.schema import METADATA

CLASSES = {"plain", "A0", "A1", "A2", "A3", "A4"}


def test_every_column_declares_its_class():
    silent = [
        f"{table.name}.{column.name}"
        for table in METADATA.sorted_tables
        for column in table.columns
        if column.info.get("holds") not in CLASSES
    ]
    assert silent == []


def test_moments_are_aware_and_in_utc_everywhere():
    naive = [
        f"{table.name}.{column.name}"
        for table in METADATA.sorted_tables
        for column in table.columns
        if column.name.endswith("_at") and not isinstance(column.type, Instant)
    ]
    assert naive == []


def test_what_a_person_said_or_wrote_is_never_called_plain():
    for name in ("text", "body", "words", "name", "phone", "email", "street", "city"):
        for table in METADATA.sorted_tables:
            if name in table.columns and table.name not in ("clinics", "local_numbers"):
                assert table.columns[name].info["holds"] != "plain", f"{table.name}.{name}"
