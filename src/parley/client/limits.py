"""Time limits: always an instant in an act; people give a date, the negotiation's rule gives working days."""

from __future__ import annotations

import re
from collections.abc import Container
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from parley.canonical import Time
from parley.errors import Malformed
from parley.words import zones

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WEEKEND = (5, 6)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def zone(name: str) -> ZoneInfo:
    """A zone of the IANA database. Raises: Malformed("limit.zone")."""
    found = zones.zone(name)
    if found is None:
        raise Malformed("limit.zone", zone=name[:60])
    return found


def end_of_day(day: date, zone_name: str) -> Time:
    """The last millisecond of a day where the reader is."""
    midnight = datetime.combine(day + timedelta(days=1), time(), zone(zone_name))
    return Time((midnight - _EPOCH) // timedelta(milliseconds=1) - 1)


def day_of(instant: Time, zone_name: str) -> date:
    """The day on which an instant falls there."""
    return (_EPOCH + timedelta(milliseconds=int(instant))).astimezone(zone(zone_name)).date()


def is_working(day: date, non_working: Container[str]) -> bool:
    """Monday to Friday, but for the days that the negotiation's rules name."""
    return day.weekday() not in _WEEKEND and day.isoformat() not in non_working


def after_working_days(now: Time, days: int, non_working: Container[str], zone_name: str) -> Time:
    """The end of the n-th working day after today, where the reader is."""
    day = day_of(now, zone_name)
    while days:
        day += timedelta(days=1)
        days -= is_working(day, non_working)
    return end_of_day(day, zone_name)


def parse_limit(text: str, zone_name: str) -> Time:
    """A date, meaning its end where the reader is, or an instant with its offset ("2022-01-31T21:00Z").

    Raises: Malformed("limit.form").
    """
    try:
        if _DATE.fullmatch(text):
            return end_of_day(date.fromisoformat(text), zone_name)
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError("no offset")
        limit = Time((moment - _EPOCH) // timedelta(milliseconds=1))
        limit.to_text()  # an offset may lead out of the years that can be written
        return limit
    except (ValueError, OverflowError) as error:
        raise Malformed("limit.form", limit=text[:60]) from error


def next_working(limit: Time, non_working: Container[str], zone_name: str) -> Time | None:
    """The end of the next working day, when the limit falls on another; None when it does not."""
    day = day_of(limit, zone_name)
    if is_working(day, non_working):
        return None
    while not is_working(day, non_working):
        day += timedelta(days=1)
    return end_of_day(day, zone_name)
