"""The shapes of what pages send as JSON; anything else is refused with the field's name."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from server.errors import Invalid

Opaque = Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9_-]+$")]
Word = Annotated[str, Field(max_length=20)]
Milliseconds = Annotated[float, Field(ge=0, le=600_000)]
Share = Annotated[float, Field(ge=0, le=100)]


class Form(BaseModel):
    """Nothing extra, and nothing of what was typed in an error (T-05, T-37)."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


F = TypeVar("F", bound=Form)


class AskTicket(Form):
    page: Opaque
    tab: Opaque
    move: bool = False
    unreachable: Annotated[str, Field(max_length=40)] | None = None


class AskBoardTicket(Form):
    page: Opaque
    tab: Opaque = "board"
    move: bool = False
    unreachable: Annotated[str, Field(max_length=40)] | None = None


class Leaving(Form):
    page: Opaque


class Sample(Form):
    rtt_ms: Milliseconds | None = None
    loss: Share | None = None
    jitter_ms: Milliseconds | None = None
    freezes: Annotated[float, Field(ge=0, le=100_000)] | None = None
    kbps: Annotated[float, Field(ge=0, le=10_000_000)] | None = None
    mos: Annotated[float, Field(ge=1, le=5)] | None = None
    road: Literal["", "direct", "relay"] = ""


class Quality(Form):
    page: Opaque
    samples: Annotated[list[Sample], Field(max_length=60)]


class TestResult(Form):
    verdict: Literal["ok", "weak", "audio-only", "failed"]
    failed_leg: Word = ""
    words: Annotated[str, Field(max_length=200)] = ""
    camera: Word = ""
    microphone: Word = ""
    speaker: Word = ""
    rtt_ms: Milliseconds | None = None
    loss_up: Share | None = None
    loss_down: Share | None = None
    jitter_ms: Milliseconds | None = None
    frames: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    direct: Word = ""
    relay: Word = ""


class Words(Form):
    text: Annotated[str, Field(max_length=2000)]
    participant: uuid.UUID | None = None


class CodeSpoken(Form):
    outcome: Literal["matched", "skipped", "mismatch"]
    participant: uuid.UUID | None = None


class EndVisit(Form):
    outcome: Word
    technical_outcome: Word
    next_step: Annotated[str, Field(max_length=500)]
    next_words: Annotated[str, Field(max_length=500)] = ""


def read(form: type[F], body: Any) -> F:
    """The body as this form, or Invalid naming the fields."""
    try:
        return form.model_validate({} if body is None else body)
    except ValidationError as wrong:
        found = wrong.errors(include_input=False, include_url=False, include_context=False)
        fields = sorted({".".join(str(part) for part in each["loc"]) for each in found})
        raise Invalid("Some of what was sent could not be read.", fields=fields) from None
