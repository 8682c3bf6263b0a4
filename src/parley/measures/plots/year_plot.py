"""A calendar year, a row a month: a bar for each activity, from its first day to its last, under a name of its own.

Bars stand in as many lines as it takes for none to touch another or another's name. Those of one party are filled, open
or dashed alike; who it is, the names say.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from parley.measures.plots.svg import LETTER, bar, box, drawing, text

WIDTH, LEFT, DAY, HEAD, EDGE = 760, 64, 22, 30, 10
ROW, LANE, MOST = 22, 26, 14
"""The height of a month without an activity, and of each line of bars; letters of a name at most."""
RIGHT = LEFT + 31 * DAY
LOOKS = (("", True), ("", False), ("4 2", False), ("1 2", False))
"""Dashes of a bar's outline, and whether it is filled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """An activity of a party under its name; `words` are shown by a program that shows titles."""

    party: str
    name: str
    first: date
    last: date
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class YearWords:
    """What is said of the drawing, and the names of the twelve months."""

    title: str
    desc: str
    months: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """A bar within a month: from one place to another, its name at a third, in one of the lines."""

    of: Bar
    left: int
    right: int
    name_at: int
    lane: int


def year_plot(name: str, year: int, bars: Sequence[Bar], words: YearWords, *, alone: bool = False) -> str:
    """The drawing of a year from 1900 to 2200; of a bar that begins before or ends after it, the part within."""
    parties = list(dict.fromkeys(each.party for each in bars))
    looks = {party: LOOKS[place % len(LOOKS)] for place, party in enumerate(parties)}
    pieces = [text(LEFT + DAY * day - DAY // 2, HEAD - 8, str(day), anchor="middle") for day in range(1, 32)]
    top = HEAD
    for month in range(1, 13):
        placed = _placed(year, month, bars)
        height = ROW + LANE * max((each.lane + 1 for each in placed), default=0)
        pieces += _month(year, month, words.months[month - 1], top, height)
        pieces += _bars(placed, top, looks)
        top += height
    return drawing(name, width=WIDTH, height=top + EDGE, title=words.title, desc=words.desc, pieces=pieces, alone=alone)


def _month(year: int, month: int, name: str, top: int, height: int) -> Iterator[str]:
    days = monthrange(year, month)[1]
    yield text(EDGE, top + 15, name, bold=True, most=6)
    for day in range(1, days + 1):
        at = LEFT + DAY * (day - 1)
        yield box(at, top, DAY, height, faint=True)
        if date(year, month, day).weekday() >= 5:
            yield text(at + DAY // 2, top + 15, "·", anchor="middle")


def _placed(year: int, month: int, bars: Sequence[Bar]) -> list[_Placed]:
    """The bars of a month, each in the first line in which neither it nor its name touches what stands there."""
    begin, end = date(year, month, 1), date(year, month, monthrange(year, month)[1])
    found: list[_Placed] = []
    lanes: list[int] = []
    for each in sorted(bars, key=lambda each: (each.first, each.last, each.name)):
        if each.first > end or each.last < begin:
            continue
        left = LEFT + DAY * (max(each.first, begin).day - 1) + 2
        right = LEFT + DAY * min(each.last, end).day - 2
        room = LETTER * min(len(each.name), MOST)
        name_at = max(LEFT, min(left, RIGHT - room))
        free = (at for at, taken in enumerate(lanes) if taken < min(left, name_at))
        lane = next(free, len(lanes))
        lanes[lane : lane + 1] = [max(right, name_at + room) + LETTER]
        found.append(_Placed(of=each, left=left, right=right, name_at=name_at, lane=lane))
    return found


def _bars(placed: Sequence[_Placed], top: int, looks: Mapping[str, tuple[str, bool]]) -> Iterator[str]:
    for each in placed:
        y = top + ROW + LANE * each.lane
        dashes, filled = looks[each.of.party]
        yield text(each.name_at, y + 8, each.of.name, most=MOST)
        yield bar(each.left, y + 12, each.right - each.left, 7, dashes=dashes, filled=filled, words=each.of.words)
