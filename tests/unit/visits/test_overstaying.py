"""Whoever a node still seats and web no longer does (C-06)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from server.visits.happenings import Happening
from server.visits.kinds import Stage
from server.visits.overstaying import Seat, order_about

NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
SOME_TIME_AGO = NOW - timedelta(seconds=40)
HERE = Happening(room="r", peer="p", page="one", seat=2, what="present")
SEAT = Seat(Stage.ADMITTED, 2, "one", browser="phone", ended_at=None, is_open=True)


@pytest.mark.check("C-06")
@pytest.mark.parametrize(
    ("seat", "do", "as_of"),
    [
        (SEAT, None, None),
        (replace(SEAT, stage=Stage.WAITING), None, None),
        (replace(SEAT, page="two"), None, None),  # it has reloaded, and is on its way
        (replace(SEAT, page="two", ended_at=SOME_TIME_AGO), None, None),
        (replace(SEAT, ended_at=SOME_TIME_AGO), "revoke", SOME_TIME_AGO),
        (replace(SEAT, stage=Stage.REMOVED), "remove", NOW),
        (replace(SEAT, is_open=False), "end", NOW),
        (replace(SEAT, seat=3), "move", NOW),
        (None, "remove", NOW),
    ],
)
def test_what_follows_from_a_claim_and_its_row(seat, do, as_of):
    order = order_about(HERE, seat, now=NOW)
    assert (order and order["do"]) == do
    if order:
        assert (order["room"], order["said_at"]) == ("r", as_of.timestamp())
