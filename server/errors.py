"""What can go wrong, in the clinic's words, with a stable code; knows nothing of HTTP."""

from __future__ import annotations

from typing import Any


class DomainError(Exception):
    """A use case was refused; `code` is stable, the sentence is for the person reading it."""

    code = "refused"
    #: a refusal that would bar a person in danger is not held up by a failing audit (R-21)
    bars_person_in_danger = False

    def __init__(self, message: str, *, code: str | None = None, **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.facts = facts


class Invalid(DomainError):
    """What was typed cannot be used as it is; `facts["fields"]` names the fields."""

    code = "invalid"


class NotSignedIn(DomainError):
    """Nobody is signed in, or the session has ended."""

    code = "not-signed-in"


class NotAllowed(DomainError):
    """This person may know of it, but may not do it."""

    code = "not-allowed"


class NotFound(DomainError):
    """It does not exist, or that it exists is none of this person's business."""

    code = "not-found"

    def __init__(self, message: str = "We could not find that page.", **facts: Any) -> None:
        super().__init__(message, **facts)


class Conflict(DomainError):
    """Somebody or something was faster; nothing was changed."""

    code = "conflict"


class Gone(DomainError):
    """It was there and is over."""

    code = "gone"


class TooMany(DomainError):
    """Asked too often."""

    code = "too-many"


class Unavailable(DomainError):
    """A part of the house does not answer; trying again soon is right."""

    code = "unavailable"
