"""Every look at a record has a name a patient can read (T-08)."""

from __future__ import annotations

import re
from pathlib import Path

from server.visits.who_looked import IN_EMERGENCY, LOOKS

SERVER = Path(__file__).parents[3] / "server"
_RECORDED = re.compile(
    r"audit\.record(?:_read)?\(\s*\w+,\s*\w+(?:\(\))?,\s*f?\"([^\"]+)\"", re.S
)
#: shown to nobody else, or about nobody's record
NOT_LOOKS = {"own-record:who-looked"}


def recorded() -> set[str]:
    """Every action that is written down anywhere."""
    sources = (path.read_text() for path in SERVER.rglob("*.py"))
    return {action for source in sources for action in _RECORDED.findall(source)}


def is_look(action: str) -> bool:
    return action.endswith((":read", "looked", ":export")) or action.startswith("chart:")


def test_every_look_that_is_recorded_has_words():
    tabs = {"chart:overview", "chart:history", "chart:safety"}
    looks = {action for action in recorded() if is_look(action)}
    assert "chart:{tab}" in looks
    assert (looks - {"chart:{tab}"} | tabs) - NOT_LOOKS <= set(LOOKS)


def test_words_of_a_look_are_neutral():
    telling = re.compile(r"clinic|visit note|drug|psych|therap|mental|diagnos|dose", re.I)
    assert [words for words in LOOKS.values() if telling.search(words)] == []
    assert set(LOOKS) >= IN_EMERGENCY
