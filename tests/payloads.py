"""Forty things that have been scripts somewhere, and where somebody could write them (C-37)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from html.parser import HTMLParser

from sqlalchemy import Column, String, Text, update
from sqlalchemy.orm import Session

from server.db import Base

#: `{m}` is the payload's own mark, by which it is found again
_TEMPLATES = (
    "<script>alert('{m}')</script>",
    "<b>{m}</b>",
    "<img src=x onerror=alert('{m}')>",
    "<svg onload=alert('{m}')>",
    "<svg/onload=alert(1)>{m}",
    "\"><script>alert('{m}')</script>",
    "'><img src=x onerror=alert('{m}')>",
    '" onmouseover="alert(\'{m}\')" x="',
    "' autofocus onfocus='alert(\"{m}\")",
    "</textarea><script>alert('{m}')</script>",
    "</title><script>alert('{m}')</script>",
    "</script><script>alert('{m}')</script>",
    "]]><script>alert('{m}')</script>",
    "--><script>alert('{m}')</script>",
    "javascript:alert('{m}')",
    "JaVaScRiPt:alert('{m}')//",
    "java\tscript:alert('{m}')",
    "data:text/html,<script>alert('{m}')</script>",
    "<a href=javascript:alert(1)>{m}</a>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'>{m}",
    "<iframe src=javascript:alert(1)>{m}",
    "<object data=javascript:alert(1)>{m}",
    "<embed src=javascript:alert(1)>{m}",
    "<form action=javascript:alert(1)><button>{m}",
    "<details open ontoggle=alert('{m}')>",
    "<video><source onerror=alert('{m}')></video>",
    "<input autofocus onfocus=alert('{m}')>",
    "<marquee onstart=alert('{m}')>",
    "<math><mtext><img src=x onerror=alert('{m}')>",
    "<style>*{{background:url(//evil.example/{m})}}</style>",
    "<link rel=stylesheet href=//evil.example/{m}>",
    "<meta http-equiv=refresh content='0;url=//evil.example/{m}'>",
    "<base href=//evil.example/{m}/>",
    "<img src=//evil.example/{m}>",
    "{{{{7*7}}}}{m}",
    "${{alert(1)}}{m}",
    "{{%print(7*7)%}}{m}",
    "&lt;script&gt;{m}&lt;/script&gt;",
    "\u003cimg src=x onerror=alert(1)\u003e{m}",
    "\u202e<b>{m}\ufeff",
)
PAYLOADS = tuple(each.format(m=f"x{n:02}") for n, each in enumerate(_TEMPLATES))
BENIGN = "x99"
#: those that become elements wherever they are not escaped
SHARP = tuple(each for each in PAYLOADS if each.startswith(("<", '">', "'>", "-->")))
_MARK = re.compile(r"x\d\d")

#: columns that hold what a person wrote although they are of no class, by their own names
PUBLIC = {
    "clinics.name", "clinics.address", "clinicians.credentials", "clinicians.short_name",
    "licences.number", "licences.profession", "local_numbers.nearest_ed",
}  # fmt: skip
#: what only we write, and read back as something else than words
NOT_WORDS = {
    "accounts.email", "check_ins.phone", "check_ins.support_phone", "clinicians.page_phone",
    "companions.phone", "outbox.to", "patients.phone", "patients.support_phone",
    "patients.timezone", "visits.timezone", "sign_in_attempts.email_hash",
    "sign_in_attempts.network", "staff_sessions.network", "telehealth_consents.confirmed_by",
}  # fmt: skip
_SHORTEST = 8


def fields() -> list[Column]:
    """Every column in which somebody's words may stand; a new one is among them."""
    return [
        column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if type(column.type) in (String, Text)
        and (column.type.length or 999) >= _SHORTEST
        and (column.info.get("holds") in ("A0", "A1", "A2", "A3") or _name(column) in PUBLIC)
        and _name(column) not in NOT_WORDS
        and not _is_a_choice(column)
    ]


def _is_a_choice(column: Column) -> bool:
    """A few words of ours, such as yes and no: no longer than the longest of them."""
    return (column.type.length or 999) < 20 or _name(column).endswith(("outcome", "language"))


def _name(column: Column) -> str:
    return f"{column.table.name}.{column.name}"


def benign(_number: int, column: Column) -> str:
    """A harmless word, for comparison."""
    return BENIGN


def rotated(by: int, among: Sequence[str] = PAYLOADS) -> Callable[[int, Column], str]:
    """Another payload in each field; forty rotations are every payload in every field."""

    def payload(number: int, column: Column) -> str:
        longest = column.type.length or 999
        for step in range(len(among)):
            found = among[(number + by + step) % len(among)]
            if len(found) <= longest:
                return found
        raise AssertionError(f"no payload fits {_name(column)}")

    return payload


def plant(session: Session, words: Callable[[int, Column], str]) -> set[str]:
    """Put these words into every field of every row; the marks that are there now."""
    marks = set()
    for number, column in enumerate(fields()):
        word = words(number, column)
        written = session.execute(update(column.table).values({column.name: word}))
        if written.rowcount:
            marks |= set(_MARK.findall(word))
    return marks


class Skeleton(HTMLParser):
    """What of a page is markup, and what of it is words."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.shape: Counter[str] = Counter()
        self.words: list[str] = []
        self.addresses: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element, the names of its attributes, and where it leads."""
        self.shape[f"<{tag} {' '.join(sorted(name for name, _ in attrs))}>"] += 1
        for name, value in attrs:
            self.words.append(value or "")
            if name in ("href", "src", "action", "formaction", "data", "srcdoc"):
                self.addresses.append(re.sub(r"[\x00-\x20]", "", value or "").lower())

    def handle_data(self, data: str) -> None:
        """Words, as a reader sees them."""
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        """A comment would hide words."""
        self.shape["<!-- -->"] += 1

    def marks(self) -> set[str]:
        """The payloads that stand here as words, letter for letter."""
        text = "\n".join(self.words)
        return {_MARK.search(each)[0] for each in PAYLOADS if each in text}

    def leads(self) -> Iterator[str]:
        """Addresses that are no addresses."""
        schemes = ("javascript:", "data:", "vbscript:", "//evil", "http://evil", "https://evil")
        return (each for each in self.addresses if each.startswith(schemes))
