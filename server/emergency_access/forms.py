"""Read the form of an emergency, and say everything that is missing at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from config.policy import EmergencyTimes
from server.emergency_access.policy import LONGEST_REASON, Asked, is_too_short
from server.errors import Invalid


@dataclass(frozen=True)
class Filled:
    """What was typed; the birthday is None when it is no day."""

    name: str
    born_on: date | None
    reason: str
    password: str

    @property
    def asked(self) -> Asked:
        """For the use case, once nothing is missing."""
        if self.born_on is None:
            raise Invalid("Please give the date of birth.", fields=["birth_date"])
        return Asked(self.name, self.born_on, self.reason)


def read(form: Mapping[str, str]) -> Filled:
    """Cut to what the fields hold."""
    return Filled(
        name=form.get("full_name", "")[:120],
        born_on=_day(
            *(form.get(f"birth_date_{part}", "") for part in ("year", "month", "day"))
        ),
        reason=form.get("reason", "")[:LONGEST_REASON],
        password=form.get("password", "")[:200],
    )


def whats_missing(
    filled: Filled, times: EmergencyTimes, *, needs_proof: bool
) -> dict[str, str]:
    """Field by field; an incomplete form is no try and looks nobody up."""
    missing = {}
    if not filled.name.strip():
        missing["full_name"] = "Please type the whole name."
    if filled.born_on is None:
        missing["birth_date"] = "Please type the date of birth."
    if is_too_short(filled.reason, times):
        missing["reason"] = (
            f"Please give a reason of at least {times.reason_characters} characters."
        )
    if needs_proof and not filled.password:
        missing["password"] = "Please type your password."  # noqa: S105  # words
    return missing


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
