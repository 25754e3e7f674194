"""The administrator at her pages."""

from __future__ import annotations

import pytest

from tests.people import NOOR_HADDAD


@pytest.fixture
def noor(as_staff):
    """Noor looks after the accounts."""
    return as_staff(NOOR_HADDAD)
