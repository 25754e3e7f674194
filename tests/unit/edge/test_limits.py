"""How often one person may write: turns, told the time (T-28)."""

from __future__ import annotations

from server.limits import USUAL, Allowances, Rate


def taken(
    allowances: Allowances, what: str, who: str, tries: int, now: float, rate: Rate = USUAL
) -> int:
    return sum(allowances.take(what, who, rate, now) for _ in range(tries))


def test_a_burst_passes_and_then_a_trickle():
    allowances = Allowances()
    assert taken(allowances, "any.view", "morgan", 100, now=0) == USUAL.burst
    assert taken(allowances, "any.view", "morgan", 100, now=2) == 2 * USUAL.per_second


def test_one_persons_haste_is_not_anothers_and_not_at_another_thing():
    allowances = Allowances()
    taken(allowances, "any.view", "morgan", 100, now=0)
    assert allowances.take("any.view", "alex", USUAL, 0)
    assert allowances.take("other.view", "morgan", USUAL, 0)


def test_a_rate_of_its_own_is_ten_and_then_one_in_six_seconds():
    allowances, words = Allowances(), Rate(1 / 6, 10)
    assert taken(allowances, "any.view", "morgan", 30, now=100, rate=words) == 10
    assert taken(allowances, "any.view", "morgan", 30, now=106, rate=words) == 1


def test_after_a_pause_the_whole_burst_is_back():
    allowances = Allowances()
    taken(allowances, "any.view", "morgan", 100, now=0)
    assert taken(allowances, "any.view", "morgan", 100, now=1000) == USUAL.burst


def test_strangers_without_end_fill_no_memory(monkeypatch):
    monkeypatch.setattr("server.limits._REMEMBERED", 50)
    allowances = Allowances()
    for number in range(500):
        allowances.take("any.view", str(number), USUAL, float(number))
    assert len(allowances._turns) <= 51
