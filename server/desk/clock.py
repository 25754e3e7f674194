"""Times as the reader's clock shows them, with the zone named."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip


def local(instant: datetime, zone: str) -> datetime:
    """The moment on the clocks of that zone."""
    return instant.astimezone(ZoneInfo(zone))


def hour(instant: datetime, zone: str) -> str:
    """10:30"""
    return f"{local(instant, zone):%H:%M}"


def day(when: date) -> str:
    """Tuesday 24 November"""
    return f"{WEEKDAYS[when.weekday()]} {when.day} {MONTHS[when.month - 1]}"


def born(when: date) -> str:
    """14 March 1985: months in words, so that nobody reads the day for the month."""
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def place_of(zone: str) -> str:
    """Denver, from America/Denver."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def zone_words(instant: datetime, zone: str) -> str:
    """Denver, MST"""
    return f"{place_of(zone)}, {local(instant, zone).tzname()}"


def span_of_day(instant: datetime, zone: str) -> tuple[datetime, datetime]:
    """From midnight to midnight by that zone's clocks; a day may have 25 hours."""
    today = local(instant, zone).date()
    tz = ZoneInfo(zone)
    return (
        datetime.combine(today, time(), tz),
        datetime.combine(today + timedelta(days=1), time(), tz),
    )


def typed(day_typed: str, hour_typed: str, zone: str) -> datetime | None:
    """The moment somebody typed as day and hour of that zone, or None if it is no moment.

    An hour that the change to summer time leaves out is no moment either.
    """
    try:
        naive = datetime.fromisoformat(f"{day_typed}T{hour_typed}")
    except ValueError:
        return None
    if naive.tzinfo is not None:
        return None
    moment = naive.replace(tzinfo=ZoneInfo(zone))
    back = datetime.fromtimestamp(moment.timestamp(), ZoneInfo(zone)).replace(tzinfo=None)
    return moment.astimezone(UTC) if back == naive else None
