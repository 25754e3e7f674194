"""How often one person may write: turns, told the time (T-28)."""

from __future__ import annotations

from server.limits import USUAL, Allowances


def taken(allowances: Allowances, what: str, who: str, tries: int, now: float) -> int:
    return sum(allowances.take(what, who, now) for _ in range(tries))


def test_a_burst_passes_and_then_a_trickle():
    allowances = Allowances()
    assert taken(allowances, "any.view", "morgan", 100, now=0) == USUAL.burst
    assert taken(allowances, "any.view", "morgan", 100, now=2) == 2 * USUAL.per_second


def test_one_persons_haste_is_not_anothers_and_not_at_another_thing():
    allowances = Allowances()
    taken(allowances, "any.view", "morgan", 100, now=0)
    assert allowances.take("any.view", "alex", 0)
    assert allowances.take("other.view", "morgan", 0)


def test_words_to_the_clinic_are_ten_and_then_one_in_six_seconds():
    allowances = Allowances()
    assert taken(allowances, "visit_api.message_clinic", "morgan", 30, now=100) == 10
    assert taken(allowances, "visit_api.message_clinic", "morgan", 30, now=106) == 1


def test_after_a_pause_the_whole_burst_is_back():
    allowances = Allowances()
    taken(allowances, "any.view", "morgan", 100, now=0)
    assert taken(allowances, "any.view", "morgan", 100, now=1000) == USUAL.burst


def test_strangers_without_end_fill_no_memory(monkeypatch):
    monkeypatch.setattr("server.limits._REMEMBERED", 50)
    allowances = Allowances()
    for number in range(500):
        allowances.take("any.view", str(number), float(number))
    assert len(allowances._turns) <= 51
