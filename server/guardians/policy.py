"""Whose address is whose, which scopes a desk may change, when a minor is of age; pure."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

#: what a coordinator arranges; consent and forms are a clinician's to give (ROLE-4)
LOGISTICS = frozenset({"join", "times"})


class Relation(Protocol):
    """What of a guardianship decides whether it still is one."""

    @property
    def ends_on(self) -> date: ...
    @property
    def ended_at(self) -> datetime | None: ...


def of_age_on(born_on: date, years: int) -> date:
    """The first day on which they are so old; who was born on a leap day, on 1 March."""
    try:
        return born_on.replace(year=born_on.year + years)
    except ValueError:
        return date(born_on.year + years, 3, 1)


def is_live(relation: Relation, zone: str, *, now: datetime) -> bool:
    """It ends at 00:00 on its day where the minor lives, or when somebody ended it."""
    if relation.ended_at is not None:
        return False
    return now.astimezone(ZoneInfo(zone)).date() < relation.ends_on


def is_minor(born_on: date, years: int, zone: str, *, now: datetime) -> bool:
    """Not of age yet, where they live."""
    return now.astimezone(ZoneInfo(zone)).date() < of_age_on(born_on, years)


def same_mailbox(one: str, other: str) -> bool:
    """Whether two addresses end in one mailbox; `sam+teen@` is Sam's own."""
    return bool(one.strip()) and _mailbox(one) == _mailbox(other)


def same_number(one: str, other: str) -> bool:
    """Whether two numbers ring one phone, however they are written."""
    return bool(digits(one)) and digits(one) == digits(other)


def _mailbox(address: str) -> tuple[str, str]:
    name, _, host = address.strip().casefold().rpartition("@")
    return name.partition("+")[0], host


def digits(number: str) -> str:
    """A number as it is compared: the last ten of its digits."""
    return re.sub(r"\D", "", number)[-10:]
