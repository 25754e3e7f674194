"""Whose ticket says that they may decide who comes in (C-13)."""

from __future__ import annotations

import pytest

from server.visits.tickets import board_ticket
from tests.actors import browser, staff
from tests.people import DR_RIVERA, LINH, MORGAN, SAM_WHITFIELD


@pytest.mark.check("C-13")
def test_clinicians_are_hosts_and_nobody_else_is_even_when_admitted(visit, ask, admit):
    for host in (DR_RIVERA, SAM_WHITFIELD):
        assert ask(staff(host), visit=visit).host
    for person in (MORGAN, LINH):
        assert not ask(browser(visit, person)).host
        admit(visit, person)
        assert not ask(browser(visit, person)).host
    assert not board_ticket(staff(DR_RIVERA), "p1", ("n1",)).host
