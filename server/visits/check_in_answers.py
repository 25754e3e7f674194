"""What each check-in screen sends, and the sentence for whatever is missing; pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from server.people import phones
from server.people.us_states import CODES
from server.visits.check_in_policy import Step
from server.visits.identity_policy import day_of

Problems = dict[str, str]
Word = Annotated[str, StringConstraints(strip_whitespace=True, max_length=12)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Choice = Literal["", "yes", "no", "doctor"]
CHOOSE = "Please choose one answer."


class Answer(BaseModel):
    """Nothing extra, and nothing of what was typed in an error (T-05, T-37)."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    def problems(self) -> Problems:
        """What is missing, by field, in words for the person answering."""
        return {}


class Identity(Answer):
    """TEL-1: two identifiers."""

    full_name: Name = ""
    birth_date_month: Word = ""
    birth_date_day: Word = ""
    birth_date_year: Word = ""

    @property
    def born_on(self) -> date | None:
        return day_of(self.birth_date_year, self.birth_date_month, self.birth_date_day)

    def problems(self) -> Problems:
        found: Problems = {}
        if not self.full_name:
            found["full_name"] = "Please write your full name."
        if self.born_on is None:
            found["birth_date"] = "Please write month, day and year, for example 3 14 1985."
        return found


class Place(Answer):
    """TEL-2: where they are now."""

    place: Literal["", "same", "other", "doctor"] = ""
    street: Line = ""
    unit: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""
    city: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = ""
    state: Word = ""

    def problems(self) -> Problems:
        if not self.place:
            return {"place": CHOOSE}
        if self.place != "other":
            return {}
        found: Problems = {}
        if not self.street:
            found["street"] = "Please write the street and number, so that help can find you."
        if not self.city:
            found["city"] = "Please write the city."
        if self.state not in CODES:
            found["state"] = "Please choose the state."
        return found


class Contact(Answer):
    """TEL-3, TEL-5: how to reach them, and somebody near."""

    phone: Line = ""
    support_name: Line = ""
    support_phone: Line = ""
    support_reachable: Choice = ""

    def problems(self) -> Problems:
        found: Problems = {}
        if phones.number(self.phone) is None:
            found["phone"] = "Please write your number with its area code: 303 555 0142."
        if not self.support_reachable:
            found["support_reachable"] = CHOOSE
        if self.support_phone and phones.number(self.support_phone) is None:
            found["support_phone"] = "Please write their number with its area code."
        if self.support_reachable == "yes":
            if not self.support_name:
                found["support_name"] = "Please write their name."
            if not self.support_phone:
                found["support_phone"] = "Please write their number."
        return found


class Private(Answer):
    """TEL-6: who can hear."""

    private: Choice = ""
    who_else: Name = ""

    def problems(self) -> Problems:
        return {} if self.private else {"private": CHOOSE}


class Safety(Answer):
    """NUD-8 (c) to (f): one question, under its own name."""

    driving: Choice = ""
    ketamine: Choice = ""
    substances: Choice = ""
    during: Choice = ""

    def to(self, step: Step) -> str:
        """The answer to this question."""
        said: str = getattr(self, step.value)
        return said


class Consent(Answer):
    """TEL-7: agreed, and to which wording."""

    consent: Literal["", "yes"] = ""
    consent_version: Annotated[str, StringConstraints(max_length=20)] = ""

    def problems(self) -> Problems:
        if self.consent:
            return {}
        return {"consent": "Please tick the box if you agree. If you do not, please call us."}


_SHAPES: dict[Step, type[Answer]] = {
    Step.IDENTITY: Identity,
    Step.PLACE: Place,
    Step.CONTACT: Contact,
    Step.PRIVATE: Private,
    Step.CONSENT: Consent,
}


def read(step: Step, form: Mapping[str, str]) -> tuple[Answer | None, Problems]:
    """The answer of one screen, or what is missing."""
    try:
        answer = _SHAPES.get(step, Safety).model_validate(dict(form))
    except ValidationError as wrong:
        fields = {str(each["loc"][0]) for each in wrong.errors(include_input=False)}
        return None, dict.fromkeys(fields, "Please write this again, a little shorter.")
    if isinstance(answer, Safety) and not answer.to(step):
        return None, {step.value: CHOOSE}
    problems = answer.problems()
    return (None, problems) if problems else (answer, {})
