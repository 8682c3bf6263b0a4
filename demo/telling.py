"""How the demo writes times, and what a scene shows: lines, each with a tone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from parley.canonical import Time

Tone = Literal["plain", "quiet", "good", "late", "words"]
CLOCKS = (("Moscow", "Europe/Moscow"), ("UTC", "UTC"), ("Washington", "America/New_York"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line on screen and page; a tone never says what the words do not."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """One of the twelve sentences, the second it falls on in the telling, and what was shown under it."""

    second: int
    said: str
    lines: tuple[Line, ...]


def plain(text: str) -> Line:
    return Line(text=text)


def quiet(text: str) -> Line:
    return Line(text=text, tone="quiet")


def good(text: str) -> Line:
    return Line(text=text, tone="good")


def late(text: str) -> Line:
    return Line(text=text, tone="late")


def words(text: str) -> Line:
    return Line(text=text, tone="words")


def moment(time: Time) -> datetime:
    return datetime.fromtimestamp(int(time) / 1000, UTC)


def day(time: Time, zone: str = "Europe/Moscow") -> str:
    """`26 January 2022`, in the zone."""
    there = moment(time).astimezone(ZoneInfo(zone))
    return f"{there.day} {there:%B %Y}"


def three_clocks(time: Time) -> str:
    """`20:16 Moscow · 17:16 UTC · 12:16 Washington`."""
    return " · ".join(f"{moment(time).astimezone(ZoneInfo(zone)):%H:%M} {city}" for city, zone in CLOCKS)
