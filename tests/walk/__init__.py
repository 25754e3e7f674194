"""A walk past every page and every state of it; whoever comes along looks at each stop."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.walk.emergency import emergency
from tests.walk.patient import check_in, links, public
from tests.walk.staff import accounts, desk
from tests.walk.stops import Stop, Walk, Whose, Witness
from tests.walk.visit import visit

__all__ = ["PARTS", "Stop", "Walk", "Whose", "Witness", "along"]

_MAIN = {each.__name__: each for each in (public, check_in, visit, desk)}
_ASIDE = {each.__name__: each for each in (links, emergency, accounts)}
#: the way of a visit is walked in `make test`, the side roads in `make faults`
PARTS = (*_MAIN, *(pytest.param(part, marks=pytest.mark.slow) for part in _ASIDE))


def along(part: str, walk: Walk) -> Iterator[Stop]:
    """The stops of one part."""
    return (_MAIN | _ASIDE)[part](walk)
