"""Times as people in two capitals read them: UTC first, then each capital's own clock, the weekday always.

What counts is UTC; the clocks beside it are a courtesy. Zones come from the parties' enrolments (IANA names).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from parley.canonical import Time
from parley.errors import Malformed
from parley.words import has, lines, say, spoken, zones
from parley.words.neutral import shown

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,3})?)?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_ALMOST = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?")


def city(zone: str) -> str:
    """The city that stands for a zone: its capital where the zone is named after another place."""
    if has(f"cities.{zone}"):
        return say(f"cities.{zone}")
    return shown(zone.rpartition("/")[2].replace("_", " "))


def zone_of(name: str) -> ZoneInfo | timezone:
    """A time zone; UTC for a name that the tables do not have."""
    return zones.zone(name) or UTC


@dataclass(frozen=True, slots=True)
class Clocks:
    """UTC and the clocks of some capitals, given by zone name; the reader's own first. UTC is not repeated."""

    zones: tuple[str, ...] = ()

    @classmethod
    def of(cls, zones: Iterable[str]) -> Clocks:
        """The clocks of these zones, each once; zones that read as UTC are left out."""
        kept: dict[str, str] = {}
        for zone in zones:
            if zone_of(zone) is not UTC and zone not in ("UTC", "Etc/UTC"):
                kept.setdefault(city(zone), zone)
        return cls(tuple(kept.values()))

    def instant(self, time: Time, *, seconds: bool = False) -> str:
        """`Wed 26 Jan 2022 17:16 UTC · 20:16 Moscow · 12:16 Washington`; another day is named beside its clock."""
        return f"{day(time)} {self.hours(time, seconds=seconds)}"

    def hours(self, time: Time, *, seconds: bool = False) -> str:
        """The same without the date: `17:16:04 UTC · 20:16:04 Moscow`."""
        return " · ".join(f"{hour} {place}" for place, hour in self.parts(time, seconds=seconds))

    def parts(self, time: Time, *, seconds: bool = False) -> list[tuple[str, str]]:
        """Place and hour of each clock, UTC first: for pages that set them apart."""
        return list(_parts(self.zones, time, seconds, spoken()))


UTC_ONLY = Clocks()


@lru_cache(maxsize=1024)
def _parts(shown_zones: tuple[str, ...], time: Time, seconds: bool, _: str) -> tuple[tuple[str, str], ...]:
    """`Clocks.parts` in the language spoken; the last are remembered, because a record repeats its times."""
    moment = _moment(time, UTC)
    form = "%H:%M:%S" if seconds else "%H:%M"
    found = [(say("clock.utc"), moment.strftime(form))]
    for zone in shown_zones:
        local = _moment(time, zone_of(zone))
        hour = local.strftime(form)
        if local.date() != moment.date():
            hour = say("clock.day-change", weekday=weekday(local.date()), time=hour)
        found.append((city(zone), hour))
    return tuple(found)


def weekday(day: date) -> str:
    """The weekday's short name."""
    return lines("clock.weekdays")[day.weekday()]


def day(time: Time, zone: str = "UTC") -> str:
    """`Wed 26 Jan 2022`."""
    return _day(time, zone, spoken())


@lru_cache(maxsize=1024)
def _day(time: Time, zone: str, _: str) -> str:
    when = _moment(time, zone_of(zone)).date()
    month = lines("clock.months")[when.month - 1]
    return say("clock.date", weekday=weekday(when), day=when.day, month=month, year=when.year)


def short_day(time: Time) -> str:
    """`26 Jan 2022`, for columns."""
    when = _moment(time, UTC).date()
    return say("clock.short-date", day=when.day, month=lines("clock.months")[when.month - 1], year=when.year)


def left(now: Time, until: Time) -> str:
    """How long something still runs, in words: `6 days left`."""
    rest = until - now
    if rest < 0:
        return say("clock.over")
    if rest >= 2 * DAY:
        return say("clock.days-left", count=rest // DAY)
    if rest >= DAY:
        return say("clock.one-day-left")
    if rest >= 2 * HOUR:
        return say("clock.hours-left", count=rest // HOUR)
    if rest >= HOUR:
        return say("clock.one-hour-left")
    return say("clock.minutes-left", count=rest // MINUTE) if rest >= 2 * MINUTE else say("clock.moments-left")


def read_instant(text: str) -> Time:
    """An instant that somebody typed, with its zone: `2022-01-31T17:00Z`, `2022-01-31 20:00+03:00`.

    Raises: Malformed when it is no time, or names no zone.
    """
    if _ALMOST.fullmatch(text):
        raise Malformed("use.time-zone", text=text)
    if not _INSTANT.fullmatch(text):
        raise Malformed("use.time", text=text[:40])
    try:
        moment = datetime.fromisoformat(text)
        return Time((moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1))
    except (ValueError, OverflowError) as error:
        raise Malformed("use.time", text=text) from error


def is_day(text: str) -> bool:
    """Whether somebody typed a bare date."""
    return _DAY.fullmatch(text) is not None


def end_of_day(text: str, zone: str) -> Time:
    """The last instant of a bare date in a zone: 23:59:59.999 on its clock. Raises: Malformed when it is no date."""
    try:
        last = datetime.fromisoformat(f"{text}T23:59:59.999").replace(tzinfo=zone_of(zone))
        return Time((last - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1))
    except (ValueError, OverflowError) as error:
        raise Malformed("use.time", text=text[:40]) from error


def _moment(time: Time, zone: ZoneInfo | timezone) -> datetime:
    """What a clock in a zone shows; outside the years 1 to 9999, what UTC shows."""
    try:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(time))).astimezone(zone)
    except OverflowError:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(time))
