"""Whether two identifiers are theirs; pure. A name may be written in more than one way."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Known:
    """What the clinic knows of somebody; an interpreter may have no birthday with us."""

    name: str
    born_on: date | None
    phone: str


def same_name(said: str, known: str) -> bool:
    """First and last name are there, in whatever case, order, accents or between names."""
    ours = _words(known)
    return bool(ours) and {ours[0], ours[-1]} <= set(_words(said))


def same_phone_end(said: str, known: str) -> bool:
    """The last four digits of the number the clinic calls."""
    digits = "".join(c for c in said if c.isdigit())
    ours = "".join(c for c in known if c.isdigit())
    return len(digits) >= 4 and len(ours) >= 4 and digits[-4:] == ours[-4:]


def day_of(year: str, month: str, day: str) -> date | None:
    """A date somebody typed in three parts, or None if it is none."""
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "".join(c if c.isalnum() else " " for c in plain.casefold()).split()
