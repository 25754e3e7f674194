"""Telephone numbers: kept as they are dialled, shown as people write them; pure."""

from __future__ import annotations

import phonenumbers


def number(typed: str) -> str | None:
    """A telephone number as it is dialled from anywhere, or None if it is none."""
    try:
        parsed = phonenumbers.parse(typed, "US")
    except phonenumbers.NumberParseException:
        return None
    whole = phonenumbers.ValidationResult.IS_POSSIBLE  # a number without area code is not
    if phonenumbers.is_possible_number_with_reason(parsed) != whole:
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def shown(stored: str) -> str:
    """A stored number as its owner would write it."""
    try:
        parsed = phonenumbers.parse(stored, "US")
    except phonenumbers.NumberParseException:
        return stored
    national = parsed.country_code == 1
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, form.NATIONAL if national else form.INTERNATIONAL)
