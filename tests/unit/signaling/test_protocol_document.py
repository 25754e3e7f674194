"""docs/protocol.md says everything there is to say, for somebody who has only that page."""

import re
from pathlib import Path
from typing import get_args

import pytest

from signaling import limits, protocol, tickets
from signaling.reporter import as_event
from signaling.seats import Report, Seat
from tests.unit.signaling.seating import a_ticket

PAGE = (Path(__file__).parents[3] / "docs/protocol.md").read_text()
MODELS = (*protocol.FROM_BROWSER, *protocol.TO_BROWSER)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_message_is_named_with_its_fields(model):
    name = model.model_fields["type"].default
    assert re.search(rf"`{name}(\{{[^`]*\}})?`", PAGE), name
    for field in model.model_fields:
        assert field == "type" or field in PAGE, f"{name}.{field}"


@pytest.mark.parametrize(
    "code", [*get_args(protocol.RefusedCode), *get_args(tickets.TicketCode)]
)
def test_every_refusal_is_explained(code):
    assert re.search(rf"^\| `{code}` \| .+ \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("kind", limits.RATES)
def test_every_rate_is_the_one_that_holds(kind):
    rate = limits.RATES[kind]
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{kind}` | "))
    *_, last = row.split("|")[2].split(";") if ";" in row else [row.split("|")[2]]
    assert last.strip() == f"{rate.per_second:g} a second, {rate.burst:g} at once"


def test_the_other_limits_are_the_ones_that_hold():
    assert f"{limits.MESSAGE_BYTES // 1024} KiB, fragments" in PAGE
    assert f"SDP {protocol.SDP_LIMIT // 1024} KiB" in PAGE
    assert f"{protocol.CANDIDATES_PER_NEGOTIATION} candidates after each" in PAGE
    assert f"After {limits.INVALID_LIMIT} refusals" in PAGE
    frames = limits.FRAMES
    assert f"{frames.per_second:g} a second, {frames.burst:g} at once, then" in PAGE
    assert f"| {limits.OUTGOING_PACKETS}, then the socket is cut" in PAGE
    assert f"{limits.UNSEATED_AT_ONCE} open for each address" in PAGE
    assert f"within **{limits.UNSEATED_SECONDS:g} s**" in PAGE
    assert f"`version` is {protocol.PROTOCOL_VERSION}." in PAGE


def test_what_is_reported_to_web_is_ids_and_states():
    event = as_event(Report("joined", Seat(a_ticket("morgan"), "socket", "admitted")))
    assert set(event) == {
        "room", "peer", "page", "seat", "what", "stage", "muted", "camera", "hidden",
        "connected",
    }  # fmt: skip
