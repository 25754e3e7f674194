"""What an auditor asks for, read from the address; nothing in it reaches the query unlisted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from server.errors import Invalid
from server.oversight.words import FAMILIES

SORTS = {
    "newest": "Newest first",
    "oldest": "Oldest first",
    "actor": "By person",
    "action": "By action",
}
DECISIONS = {"done": "Done", "refused": "Refused"}
USUAL_DAYS = 7
LAST_PAGE = 400
#: whole ids, the short ones of the list, and names of pages that a refusal is about
_ABOUT = re.compile(r"[A-Za-z0-9._ -]{0,80}")
_ACTOR = re.compile(r"([a-z]{1,12}:([0-9a-f-]{36}|-))?")


@dataclass(frozen=True)
class Asked:
    """One search; times are moments, `page` counts from 1."""

    first: date
    last: date
    zone: str
    actor: str = ""
    family: str = ""
    decision: str = ""
    about: str = ""
    sort: str = "newest"
    page: int = 1

    @property
    def since(self) -> datetime:
        """The first moment of the first day, where the clinic is."""
        return _midnight(self.first, self.zone)

    @property
    def until(self) -> datetime:
        """The first moment after the last day."""
        return _midnight(self.last + timedelta(days=1), self.zone)

    def address(self, **changes: Any) -> dict[str, str]:
        """The search as it stands in an address, with something changed."""
        told = {
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "actor": self.actor,
            "what": self.family,
            "decision": self.decision,
            "about": self.about,
            "sort": self.sort,
            "page": str(self.page),
        }
        return {**told, **{name: str(value) for name, value in changes.items()}}


def read(args: Mapping[str, str], zone: str, *, now: datetime) -> Asked:
    """The search of an address; what it cannot be is said by field."""
    today = now.astimezone(ZoneInfo(zone)).date()
    problems: dict[str, str] = {}
    last = _day(args.get("to", ""), today, "to", problems)
    first = _day(args.get("from", ""), last - timedelta(days=USUAL_DAYS), "from", problems)
    if first > last:
        problems["from"] = "The first day is after the last."
    about = args.get("about", "").strip()
    if not _ABOUT.fullmatch(about):
        problems["about"] = "Please write an id as the list shows it."
    if problems:
        raise Invalid("Please look at the search again.", fields=problems)
    who = args.get("actor", "")
    return Asked(
        first=first,
        last=last,
        zone=zone,
        actor=who if _ACTOR.fullmatch(who) else "",
        family=_one_of(FAMILIES, args.get("what", "")),
        decision=_one_of(DECISIONS, args.get("decision", "")),
        about=about.lower(),
        sort=_one_of(SORTS, args.get("sort", "")) or "newest",
        page=_page(args.get("page", "")),
    )


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def _day(typed: str, usual: date, field: str, problems: dict[str, str]) -> date:
    if not typed:
        return usual
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        problems[field] = "Please choose a day."
        return usual
    if not date(2000, 1, 1) <= day <= date(2200, 1, 1):
        problems[field] = "Please choose a day of this century."
        return usual
    return day


def _one_of(known: Mapping[str, object], said: str) -> str:
    return said if said in known else ""


def _page(typed: str) -> int:
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else 1
    return min(max(number, 1), LAST_PAGE)
