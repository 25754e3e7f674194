"""The record in tests: its key, and a database that seals with it."""

from __future__ import annotations

from server.audit.chain import Seal
from server.db import Database

AUDIT_KEY = "audit-" + "a" * 40


def sealed(url: str) -> Database:
    """A database whose every transaction seals what it recorded."""
    return Database(url, before_commit=Seal(AUDIT_KEY.encode()))
