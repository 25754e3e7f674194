"""Things nobody would send: right ones bent, and values of every wrong kind."""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

#: what parsers trip over: ends of lines, of strings and of numbers; other scripts; halves
HOSTILE = (
    "", "\r", "\n", "\r\n", "\x00", "\t", "\x0b", "\x1b[2J", "\u2028", "\ufeff", "\u202e",
    "\ud800", "\udfff", "\uffff", "\U0001f9ff", "e\u0301", "\u0669", "\uff11", "\u00b2",
    "-0", "1e309", "NaN", "null", "9" * 40, "-1", "0x7f", "1_0", "%00", "%", "%2f..%2f", "../",
    "'", '"', "<b>", "{{7*7}}", "${7}", ";--", "\\", "[]", "[" * 200, "{" * 200, "a" * 3000,
    "127.0.0.1", "::1", "::ffff:10.0.0.1", "169.254.169.254", "a=candidate:", "a=", "m=audio ",
)  # fmt: skip
_LETTERS = st.text(st.characters(codec=None), max_size=12)

words: st.SearchStrategy[str] = st.one_of(
    st.sampled_from(HOSTILE), _LETTERS, st.text(string.printable, max_size=40)
)
values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.integers(-(2**70), 2**70),
        st.floats(), words,
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(words, inner, max_size=4)
    ),
    max_leaves=12,
)  # fmt: skip


@st.composite
def bent(draw: st.DrawFn, right: Sequence[str]) -> str:
    """One of the right ones, after a few accidents."""
    text = draw(st.sampled_from(right))
    for _ in range(draw(st.integers(1, 5))):
        begin = draw(st.integers(0, len(text)))
        end = min(len(text), begin + draw(st.sampled_from((0, 0, 1, 2, 7, 40))))
        other = draw(st.sampled_from(right))
        cut = draw(st.integers(0, len(other)))
        put = draw(st.one_of(words, st.just(other[cut : cut + 60]), st.just(text[begin:end])))
        text = text[:begin] + put + text[end:]
    return text


@st.composite
def bent_value(draw: st.DrawFn, right: Sequence[dict[str, Any]]) -> Any:
    """One of the right objects, with members lost, added or of another kind."""
    value: dict[str, Any] = dict(draw(st.sampled_from(right)))
    for name in list(value):
        match draw(st.integers(0, 7)):
            case 0:
                del value[name]
            case 1 | 2:
                value[name] = draw(values)
            case 3 if isinstance(value[name], str):
                value[name] = draw(bent([value[name]]))
    if draw(st.integers(0, 5)) == 0:
        value[draw(words)] = draw(values)
    return value if draw(st.integers(0, 20)) else draw(values)
