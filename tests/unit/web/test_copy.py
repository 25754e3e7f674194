"""Every word a patient reads: plain, honest, without pressure, at first neutral."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pyphen
import pytest

from tests.unit.web.patient_pages import ENVIRONMENT, EVERY, NEUTRAL, OPEN, WEB, page

EXEMPT = [
    line
    for line in (Path(__file__).parent / "exempt.txt").read_text().splitlines()
    if line and not line.startswith("#")
]
GRADE, WORDS_A_SENTENCE = 6.0, 15
EXCLUSION = "given only in a clinic"
BANNED = (
    "breakthrough", "revolutionary", "miracle", "cure", "cures", "beacon of hope",
    "life-saving", "guaranteed", "proven", "safe and effective", "rapid relief",
)  # fmt: skip
PRESSURE = ("hurry", "last chance", "seconds left", "expires in", "don't miss", "act now")
TELLING = re.compile(
    r"ketamin|psychiatr|psycholog|therap|mental|ptsd|trauma|depress|anxiety|suicid|drug|diagnos"
    r"|dose|dosing|treatment|veteran|screening|integration",
    re.I,
)
SYLLABLES = pyphen.Pyphen(lang="en_US")
BLOCKS = ("p", "h1", "h2", "h3", "li", "button", "label", "legend", "option", "title", "div")


class Sentences(HTMLParser):
    """What a page says, block by block; scripts and hidden fields say nothing."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.blocks: list[str] = [""]
        self._silent = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = dict(attrs).get("class") or ""
        if tag in ("script", "style", "svg", "template"):
            self._silent += 1
        elif tag in BLOCKS or "button" in classes or "hint" in classes:
            self.blocks.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "svg", "template"):
            self._silent -= 1
        elif tag in BLOCKS:
            self.blocks.append("")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.blocks[-1] += data

    @property
    def said(self) -> list[str]:
        """One sentence each."""
        texts = (" ".join(block.split()) for block in self.blocks)
        parts = (
            part for text in texts for part in re.split(r"(?<=[.!?:])\s+(?=[A-Z0-9“])", text)
        )
        return [part for part in parts if re.search(r"[A-Za-z]", part)]


def plain(sentence: str) -> str:
    """Without names, times, numbers and the exempt strings, which have no grade."""
    for exempt in EXEMPT:
        sentence = sentence.replace(exempt, "")
    sentence = sentence.replace("Dr. Rivera", "Sam").replace("Harbor Clinic", "us")
    return re.sub(r"[\d+():,-]+", " ", sentence)


def words_of(sentence: str) -> list[str]:
    return re.findall(r"[A-Za-z’']+", sentence)


def grade(sentences: list[str]) -> float:
    """Flesch-Kincaid: the school year in which it can be read."""
    words = [word for sentence in sentences for word in words_of(sentence)]
    syllables = sum(len(SYLLABLES.inserted(word).split("-")) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


@pytest.mark.parametrize("name", EVERY)
def test_a_page_reads_at_grade_six_or_below(name: str) -> None:
    said = [plain(sentence) for sentence in Sentences(page(name)).said]
    full = [sentence for sentence in said if len(words_of(sentence)) >= 3]
    assert grade(full) <= GRADE


@pytest.mark.parametrize("name", EVERY)
def test_no_sentence_is_longer_than_fifteen_words(name: str) -> None:
    long = [
        sentence
        for sentence in Sentences(page(name)).said
        if len(words_of(plain(sentence))) > WORDS_A_SENTENCE
    ]
    assert long == []


@pytest.mark.parametrize("name", EVERY)
def test_no_page_promises_or_presses(name: str) -> None:
    """ELIG-1, and UX 2.4: no hype, no countdown."""
    said = " ".join(Sentences(page(name)).said).lower()
    found = [
        word for word in (*BANNED, *PRESSURE) if re.search(rf"\b{re.escape(word)}\b", said)
    ]
    assert found == []


@pytest.mark.parametrize("name", NEUTRAL)
def test_before_the_link_is_opened_no_word_tells_what_it_is_about(name: str) -> None:
    """NUD-14, ARCHITECTURE §3.3: a mail scanner, a flatmate, a wrong number learn nothing."""
    assert TELLING.findall(page(name)) == []
    assert "Rivera" not in page(name)


@pytest.mark.parametrize("name", OPEN)
def test_every_other_page_states_the_exclusion_in_its_footer(name: str) -> None:
    """NUD-14: in words, on each page; taking it out breaks the build."""
    footer = page(name).partition("<footer")[2]
    assert EXCLUSION in footer
    assert "never prescribed, sent or taken through this site" in footer


@pytest.mark.parametrize("name", ["home", "consent"])
def test_what_is_known_stands_on_the_first_page_and_before_consent(name: str) -> None:
    """ELIG-1: the four facts, in these words."""
    said = " ".join(Sentences(page(name)).said)
    for fact in (*EXEMPT, EXCLUSION):
        assert fact in said


@pytest.mark.parametrize("name", EVERY)
def test_titles_say_nothing_to_somebody_who_looks_over_a_shoulder(name: str) -> None:
    title = re.search(r"<title>(.*?)</title>", page(name), re.S)
    assert title is not None
    assert TELLING.findall(title[1]) == []


@pytest.mark.parametrize("name", EVERY)
def test_every_page_has_help_in_the_same_place_a_skip_link_and_one_heading(name: str) -> None:
    """WCAG 3.2.6: help works without scripts, too."""
    html = page(name)
    assert '<a class="skip" href="#main">' in html
    assert re.search(r'<header.*?href="/help" data-action="help".*?</header>', html, re.S)
    assert "<h1" in html


@pytest.mark.parametrize("name", EVERY)
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(name: str) -> None:
    """C-15: script-src 'self', style-src 'self'."""
    html = page(name)
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style", html)
    assert all("application/json" in tag for tag in re.findall(r"<script[^>]*>", html))
    assert not re.search(r'(src|srcset)="https?:', html)


def test_the_visit_page_has_one_primary_act_in_each_panel() -> None:
    panels = re.findall(
        r'<section class="panel" data-panel="(\w+)"(.*?)</section>', page("visit"), re.S
    )
    assert [name for name, _ in panels] == [
        "idle",
        "testing",
        "waiting",
        "left",
        "moved",
        "ended",
    ]
    hidden = re.compile(
        r"<form[^>]* hidden>.*?</form>", re.S
    )  # the way back into an empty room
    primary = {
        name: len(re.findall(r'class="primary', hidden.sub("", inside)))
        for name, inside in panels
    }
    assert primary == {"idle": 1, "testing": 1, "waiting": 0, "left": 1, "moved": 1, "ended": 0}


def test_what_was_typed_is_still_there_beside_what_is_missing() -> None:
    template, context = EVERY["confirm"]
    again = {"errors": {"birth_date": "Please look."}, "values": {"phone_end": "0147"}}
    html = ENVIRONMENT.get_template(template).render({**context, **again})
    assert 'value="0147"' in html
    assert 'href="#birth_date"' in html
    assert 'id="birth_date-error"' in html


def test_the_words_in_the_devices_code_are_short_too() -> None:
    """The help texts are checked word by word in help.test.ts; here their grade."""
    source = "".join(
        (WEB / "src/devices" / name).read_text() for name in ("help.ts", "grade.ts", "index.ts")
    )
    said = [
        sentence
        for text in re.findall(r'"((?:[A-Z][a-z’]+|I|A) [^"]+?)"', source)
        for sentence in re.split(r"(?<=\.) ", text)
        if len(words_of(sentence)) >= 3
    ]
    assert len(said) > 30
    assert grade([plain(sentence) for sentence in said]) <= GRADE
