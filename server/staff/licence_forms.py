"""What the forms of credentials and licences send, and what is said of a field that is off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from server.errors import Invalid
from server.people import phones
from server.people.models import LicenceKind
from server.people.us_states import CODES, OUTSIDE
from server.staff.licensing import Authority, Shown

KINDS = {
    LicenceKind.FULL: "Full licence",
    LicenceKind.COMPACT_PRIVILEGE: "Compact privilege",
    LicenceKind.TELEHEALTH_REGISTRATION: "Telehealth registration",
    LicenceKind.FEDERAL_VA: "Federal, for the VA",
}
WORDS = {
    "short_name": "Please write what patients call them.",
    "credentials": "Please keep the credentials short, for example MD or LPC.",
    "page_phone": "Please write a whole phone number, with its area code.",
    "state": "Please choose the state.",
    "kind": "Please choose the kind.",
    "profession": "Please write the profession on the licence.",
    "number": "Please write the number on the licence.",
    "valid_from": "Please choose the first day.",
    "expires_on": "Please choose the last day.",
}
RUN_OUT = "That day has passed. Please look at the licence again."
TURNED_ROUND = "The last day is before the first."
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Words = Annotated[str, StringConstraints(strip_whitespace=True)]
Sent = TypeVar("Sent", bound=BaseModel)


class Introduction(BaseModel):
    """How they are shown."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    csrf_token: str = ""
    short_name: Line = Field(max_length=60)
    credentials: Words = Field(default="", max_length=60)
    page_phone: Words = Field(default="", max_length=30)


class Paper(BaseModel):
    """One licence."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    csrf_token: str = ""
    state: str = Field(max_length=2)
    kind: LicenceKind
    profession: Line = Field(max_length=40)
    number: Line = Field(max_length=40)
    valid_from: date
    expires_on: date


def introduction(form: Mapping[str, str]) -> Shown:
    """What was typed, or which field to look at."""
    sent = _read(Introduction, form)
    phone = phones.number(sent.page_phone) if sent.page_phone else ""
    if phone is None:
        raise _off({"page_phone": WORDS["page_phone"]})
    return Shown(sent.short_name, sent.credentials, phone)


def authority(form: Mapping[str, str], *, today: date) -> Authority:
    """What was typed, or which field to look at; a licence that has run out is not kept."""
    sent = _read(Paper, form)
    if sent.state not in CODES - {OUTSIDE}:
        raise _off({"state": WORDS["state"]})
    if sent.expires_on < sent.valid_from:
        raise _off({"expires_on": TURNED_ROUND})
    if sent.expires_on < today:
        raise _off({"expires_on": RUN_OUT})
    return Authority(
        sent.state, sent.kind, sent.profession, sent.number, sent.valid_from, sent.expires_on
    )


def _read(shape: type[Sent], form: Mapping[str, str]) -> Sent:
    try:
        return shape.model_validate(dict(form))
    except ValidationError as refused:
        fields = {str(each["loc"][0]) for each in refused.errors(include_input=False)}
        raise _off({f: WORDS[f] for f in WORDS if f in fields}) from None


def _off(fields: dict[str, str]) -> Invalid:
    return Invalid("Please look at the form again.", fields=fields)
