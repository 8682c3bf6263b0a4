"""Calendar arithmetic: which day an instant lies in by somebody's clock, and the last millisecond of a deadline.

Hours are exact: 48 of them are 48 hours, whatever the clocks of a capital do meanwhile. Days, months and years are of
the calendar: they lead from a day to a day, and a deadline counted in them ends with the end of that day, as the clock
by which it is read shows it. The room is pure, so a clock comes in as a `tzinfo` of whoever calls; UTC is one of them.
"""

from __future__ import annotations

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo

from parley.canonical import Time
from parley.measures.agreement import Due
from parley.measures.entry import LAST_YEAR, Span

HOUR = 3_600_000
DAY = 24 * HOUR
_EPOCH = date(1970, 1, 1).toordinal()
_START = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_DAY, _LAST_DAY = date(2, 1, 1), date(9998, 12, 31)
"""Where every calendar here ends: a year of room is left at both ends, so that no clock leads beyond."""
_FIRST = (_FIRST_DAY.toordinal() - _EPOCH) * DAY
_LAST = (_LAST_DAY.toordinal() - _EPOCH + 1) * DAY - 1


def day_of(at: Time, zone: tzinfo) -> date:
    """The day that a clock of this zone shows at an instant."""
    within = min(max(at, _FIRST), _LAST)
    if zone is UTC:
        return date.fromordinal(within // DAY + _EPOCH)
    return (_START + timedelta(milliseconds=within)).astimezone(zone).date()


def end_of(day: date, zone: tzinfo) -> Time:
    """The last millisecond of a day by a clock of this zone; a day that is left and comes back ends the second time."""
    day = min(max(day, _FIRST_DAY), _LAST_DAY)
    if zone is UTC:
        return Time((day.toordinal() - _EPOCH + 1) * DAY - 1)
    midnight = datetime.combine(day + timedelta(days=1), datetime.min.time())
    low, high = sorted(_instant(midnight.replace(tzinfo=zone, fold=fold)) for fold in (0, 1))
    if day_of(Time(high - 1), zone) > day:  # put forward over midnight itself, or back to it from behind
        high = low + bisect_left(range(low, high), True, key=lambda at: day_of(Time(at), zone) > day)
    return Time(high - 1)


def _instant(local: datetime) -> int:
    offset = local.utcoffset() or timedelta()
    return (local.replace(tzinfo=UTC) - offset - _START) // timedelta(milliseconds=1)


def shifted(day: date, span: Span, *, back: bool = False) -> date:
    """The day that lies so many days, months or years after another, or before it.

    A month that has no such day gives its last: 31 August and six months is the last of February. Hours lead to no
    other day; what is counted in them has an instant to be counted from.
    """
    sign = -1 if back else 1
    months = (span.months or 0) + 12 * (span.years or 0)
    if not months:
        ordinal = day.toordinal() + sign * (span.days or 0)
        return date.fromordinal(min(max(ordinal, _FIRST_DAY.toordinal()), _LAST_DAY.toordinal()))
    year, month = divmod(day.year * 12 + day.month - 1 + sign * months, 12)
    if not _FIRST_DAY.year <= year <= _LAST_DAY.year:
        return _FIRST_DAY if back else _LAST_DAY
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def due_day(start: date, due: Due) -> date:
    """The day that a deadline counted from a day ends with."""
    return shifted(start, due.before or due.after or Span(days=0), back=due.before is not None)


def deadline(start: date | Time, due: Due, zone: tzinfo) -> Time:
    """The last millisecond in which something is in time that is due so long before or after `start`."""
    span = due.before or due.after or Span(days=0)
    if isinstance(start, date):
        return end_of(due_day(start, due), zone)
    if span.hours is None:
        return end_of(due_day(day_of(start, zone), due), zone)
    exact = start - span.hours * HOUR if due.before else start + span.hours * HOUR
    return Time(min(max(exact, _FIRST), _LAST))


def days_of(first: date, every: Span) -> Iterator[date]:
    """The days of a period, each counted from the first, so that a short month does not shorten those after it."""
    months = (every.months or 0) + 12 * (every.years or 0)
    left = 12 * (LAST_YEAR - first.year + 1) - first.month
    for number in range(left // months + 1):
        yield shifted(first, Span(months=months * number))
