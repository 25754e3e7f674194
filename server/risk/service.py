"""Who to call: the lines anybody may use, and the numbers of the place a patient is in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml
from sqlalchemy.orm import Session

import config
from server.people import queries as people

FILE = Path(config.__file__).with_name("crisis_lines.yaml")


@dataclass(frozen=True)
class HelpLine:
    """One line to call or to text; never both."""

    label: str
    detail: str
    tel: str = ""
    sms: str = ""


@dataclass(frozen=True)
class LocalHelp:
    """Ten-digit numbers that reach help where the patient is, from anywhere (TEL-4)."""

    police: str
    fire_ems: str
    mobile_crisis: str
    nearest_ed: str
    #: the city was not known: these are the numbers of its state
    of_the_state: bool
    verified_on: date


@cache
def help_lines(country: str = "US") -> tuple[HelpLine, ...]:
    """The crisis lines of a country; "Get help now" shows the clinic's own number beside."""
    lines = yaml.safe_load(FILE.read_text())[country]["everybody"]
    return tuple(HelpLine(**line) for line in lines)


def local_help(session: Session, *, state: str, city: str) -> LocalHelp | None:
    """Emergency numbers for an address, for the clinician and never by a guess of ours."""
    known = people.local_numbers(session, state, city)
    if known is None:
        return None
    return LocalHelp(
        police=known.police,
        fire_ems=known.fire_ems,
        mobile_crisis=known.mobile_crisis,
        nearest_ed=known.nearest_ed,
        of_the_state=not known.city,
        verified_on=known.verified_on,
    )
