"""Declared totals over time beside their limits: a panel a limit, a line a party, disputed readings beside the line.

Parties are told apart by dashes and signs, and by their names where a line ends, never by colour. What a total is to
its limit nobody judges here. A line is broken where a total is not known; a declaration that was corrected keeps its
sign, and no line goes through it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from parley.measures.plots.axes import Days, Values, apart
from parley.measures.plots.svg import DIAMOND, FONT, LETTER, REACH, SIGNS, drawing, line, sign, text

WIDTH, LEAST, HEAD, FOOT, NAMES = 760, 216, 44, 40, 190
"""Of a panel: its width, the height of its axes at least, the room above and below them, and beside them for names."""
LABEL, EDGE = 17, 12
DASHES = ("", "10 4", "3 3", "10 4 3 4", "16 4", "6 6")


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A declared total; `total` is None where it is not known. `readings` are others' totals with their words."""

    day: date
    total: int | None
    words: str
    corrected: bool = False
    readings: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The declarations of one party, by their days."""

    party: str
    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One limit: what it is about, its number from one day on and until another, as it is named, and the lines."""

    title: str
    at_most: int | None
    since: date
    until: date | None
    limit_name: str
    lines: tuple[Line, ...]

    @property
    def height(self) -> int:
        """With its margins: higher where many names stand at its side."""
        return HEAD + max(LEAST, LABEL * (len(self.lines) + 2)) + FOOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What is said of the whole drawing, and what the two signs mean that are not a party's."""

    title: str
    desc: str
    reading: str
    corrected: str


def limit_plot(name: str, panels: Sequence[Panel], words: Words, *, alone: bool = False) -> str:
    """The drawing, of which each panel has a declaration. Whole numbers, and the same bytes for the same input."""
    parties = list(dict.fromkeys(each.party for panel in panels for each in panel.lines))
    looks = {party: (DASHES[place % len(DASHES)], SIGNS[place % len(SIGNS)]) for place, party in enumerate(parties)}
    pieces: list[str] = []
    top = EDGE
    for panel in panels:
        pieces += _panel(panel, top, looks)
        top += panel.height
    pieces += _legend(top, words)
    return drawing(
        name, width=WIDTH, height=top + 3 * LABEL, title=words.title, desc=words.desc, pieces=pieces, alone=alone
    )


def _legend(top: int, words: Words) -> Iterator[str]:
    for row, (shape, said) in enumerate(((DIAMOND, words.reading), (SIGNS[0], words.corrected))):
        y = top + LABEL * (row + 1)
        yield sign(shape, EDGE + REACH, y - REACH + 1, filled=False)
        yield text(EDGE + 20, y, said, most=(WIDTH - EDGE - 20) // LETTER)


def _panel(panel: Panel, top: int, looks: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    points = [point for each in panel.lines for point in each.points]
    totals = [point.total for point in points if point.total is not None]
    read = [value for point in points for value, _ in point.readings]
    limit = [] if panel.at_most is None else [panel.at_most]
    below = top + panel.height - FOOT
    values = Values.around([*totals, *read, *limit], top=top + HEAD, bottom=below)
    left = 2 * EDGE + LETTER * max(len(f"{value:,}") for value, _ in values.ticks())
    known = [point.day for point in points]
    holds = [panel.since, *filter(None, [panel.until])] if limit else []
    days = Days.around([*known, *holds], left=left, right=WIDTH - NAMES)
    yield text(EDGE, top + FONT, panel.title, bold=True, most=(WIDTH - 2 * EDGE) // (LETTER + 1))
    yield from _axes(days, values)
    ends: list[tuple[int, int, str]] = []
    if panel.at_most is not None:
        ends.append(_limit_end(panel, panel.at_most, days, values))
        yield line([(days.x(panel.since), ends[0][1]), (ends[0][0], ends[0][1])], thick=3)
    for each in panel.lines:
        dashes, shape = looks[each.party]
        yield from _line(each, dashes, shape, days, values)
        ends += _line_end(each, days, values)
    yield from _names(ends, days, values)


def _axes(days: Days, values: Values) -> Iterator[str]:
    for value, y in values.ticks():
        yield line([(days.left, y), (days.right, y)], faint=True)
        yield text(days.left - 8, y + 4, f"{value:,}", anchor="end")
    for year, x in days.years():
        yield line([(x, values.bottom), (x, values.bottom + 5)])
        yield text(x, values.bottom + 5 + FONT, str(year), anchor="middle" if x > days.left else "start")
    yield line([(days.left, values.top), (days.left, values.bottom), (days.right, values.bottom)])


def _limit_end(panel: Panel, at_most: int, days: Days, values: Values) -> tuple[int, int, str]:
    end = days.right if panel.until is None else max(days.x(panel.until), days.x(panel.since))
    return end, values.y(at_most), panel.limit_name


def _line(of: Line, dashes: str, shape: str, days: Days, values: Values) -> Iterator[str]:
    standing = [point for point in of.points if not point.corrected]
    for known, run in groupby(standing, key=lambda point: point.total is not None):
        places = [(days.x(point.day), values.y(point.total or 0)) for point in run]
        if known and len(places) > 1:
            yield line(places, thick=2, dashes=dashes)
    for point in of.points:
        if point.total is None:
            continue
        x, y = days.x(point.day), values.y(point.total)
        yield sign(SIGNS[0] if point.corrected else shape, x, y, words=point.words, filled=not point.corrected)
        for value, words in point.readings:
            beside = min(x + 2 * REACH, days.right)
            yield line([(x, y), (beside, values.y(value))], faint=True)
            yield sign(DIAMOND, beside, values.y(value), words=words, filled=False)


def _line_end(of: Line, days: Days, values: Values) -> Iterator[tuple[int, int, str]]:
    """Where a line ends, with the name that stands there; of a party without a known total there is nothing to name."""
    known = [point for point in of.points if point.total is not None]
    standing = [point for point in known if not point.corrected] or known
    if standing:
        yield days.x(standing[-1].day), values.y(standing[-1].total or 0), of.name


def _names(ends: Sequence[tuple[int, int, str]], days: Days, values: Values) -> Iterator[str]:
    places = apart([y for _, y, _ in ends], gap=LABEL, top=values.top, bottom=values.bottom)
    for (x, y, name), place in zip(ends, places, strict=True):
        yield line([(x, y), (days.right + 4, place), (days.right + 8, place)], faint=True)
        yield text(days.right + EDGE, place + 4, name, most=(NAMES - 2 * EDGE) // LETTER)
