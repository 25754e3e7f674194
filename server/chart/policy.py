"""Who may write a clinical note, and how long it may be; coordinators never (ROLE-4, T-04)."""

from __future__ import annotations

#: about twenty pages; longer is a paste by mistake
LONGEST_NOTE = 50_000
AUTHORS = frozenset({"psychiatrist", "therapist", "trainee"})


def reason_not_to_write(role: str) -> str | None:
    """Why this role may not write or read notes, or None. It is told as "not found" (C-08)."""
    return None if role in AUTHORS else "We could not find that page."
