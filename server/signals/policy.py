"""Find the agreed word in what was written, take it out, and when a letter may go; pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

#: said every day, and so no word for one special moment
EVERYDAY = frozenset(
    {
        *("yes", "no", "ok", "okay", "help", "please", "thanks", "thankyou", "hello", "stop"),
        *("pain", "sorry", "fine", "good", "sad", "doctor", "nurse", "clinic", "today"),
        *("tomorrow", "late", "phone", "call", "mother", "father", "home", "work"),
    }
)


@dataclass(frozen=True)
class Hours:
    """From this hour until that one, where somebody lives."""

    begins: int
    ends: int
    zone: str

    @property
    def are_all(self) -> bool:
        return self.begins == 0 and self.ends == 24


def letters_of(words: str) -> str:
    """The letters and digits alone: case, spaces and accents over letters do not count."""
    plain = unicodedata.normalize("NFKD", words.casefold())
    return "".join(letter for letter in plain if letter.isalnum())


def reason_not_to_agree(words: str, shortest: int) -> str | None:
    """Why this is no good code word, or None."""
    if len(letters_of(words)) < shortest:
        return f"Please choose a word of at least {shortest} letters."
    if letters_of(words) in EVERYDAY:
        return "People write this word every day. Please choose a rarer one."
    return None


def says(code_word: str, text: str) -> bool:
    """Whether the word is in the text, standing by itself, however it is spaced."""
    return bool(_spots(code_word, text))


def without(code_word: str, text: str) -> str:
    """The text as staff read it: the word is taken out, and the gap closed."""
    spots = _spots(code_word, text)
    if not spots:
        return text
    for begin, end in reversed(spots):
        text = f"{text[:begin]} {text[end:]}"
    if not letters_of(text):
        return ""
    return re.sub(r"\s+([,.;:!?])", r"\1", re.sub(r"[ \t]+", " ", text)).strip(" \t\n,;:-")


def next_moment(hours: Hours, *, now: datetime) -> datetime:
    """Now, or when the hours in which somebody may be written to begin again."""
    if hours.are_all:
        return now
    there = now.astimezone(ZoneInfo(hours.zone))
    if hours.begins <= there.hour < hours.ends:
        return now
    day = there.date() if there.hour < hours.begins else there.date() + timedelta(days=1)
    opens = datetime(day.year, day.month, day.day, hours.begins, tzinfo=ZoneInfo(hours.zone))
    return opens.astimezone(now.tzinfo)


def _spots(code_word: str, text: str) -> list[tuple[int, int]]:
    """Where the word begins and ends in the text; letters are compared, the rest is passed."""
    word = letters_of(code_word)
    found = [(letter, at) for at, sign in enumerate(text) for letter in letters_of(sign)]
    letters = "".join(letter for letter, _at in found)
    spots, search_from = [], 0
    while word and (first := letters.find(word, search_from)) >= 0:
        begin, end = found[first][1], found[first + len(word) - 1][1] + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        if not text[:begin][-1:].isalnum() and not text[end : end + 1].isalnum():
            spots.append((begin, end))
            search_from = first + len(word)
        else:
            search_from = first + 1
    return spots
