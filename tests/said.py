"""What somebody types to say who they are, or whom they mean."""

from __future__ import annotations

from server.demo.cast import Companion, Person


def birthday(person: Person | Companion) -> dict[str, str]:
    """The three fields of a date of birth."""
    return {
        f"birth_date_{part}": str(getattr(person.born_on, part))
        for part in ("year", "month", "day")
    }


def named(person: Person | Companion, **changes: str) -> dict[str, str]:
    """Name and birthday, as a check-in or an emergency asks for them."""
    return {"full_name": person.name, **birthday(person), **changes}


def as_said(person: Person | Companion, **changes: str) -> dict[str, str]:
    """Birthday and number, as a further browser is asked for them."""
    return {**birthday(person), "phone_end": person.phone[-4:], **changes}
