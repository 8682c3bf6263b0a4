"""Axes: a calendar from left to right and whole numbers from below, both in whole units of the drawing.

Whatever lies within what an axis was made for has its place on it, and nothing of it lies beside the drawing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count

_STEPS = (1, 2, 5)
YEAR_ROOM, TICKS = 44, 6
"""How far apart the labels of years stand at least, and into how many parts an axis of values is cut at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Whole years from one place to another."""

    first: date
    last: date
    left: int
    right: int

    @classmethod
    def around(cls, days: Iterable[date], *, left: int, right: int) -> Days:
        """The years of these days, of which there must be one."""
        known = list(days)
        first, last = min(known).replace(month=1, day=1), max(known).replace(month=12, day=31)
        return cls(first=first, last=last, left=left, right=right)

    def x(self, day: date) -> int:
        """The place of a day; one before or after these years is at the end that is nearer."""
        within = min(max(day, self.first), self.last)
        passed = within.toordinal() - self.first.toordinal()
        return self.left + passed * (self.right - self.left) // (self.last.toordinal() - self.first.toordinal())

    def years(self) -> Iterator[tuple[int, int]]:
        """The years to be named, with the place at which each begins: not more than there is room for."""
        total = self.last.year - self.first.year + 1
        step = next(
            step for step in _rising() if -(-total // step) * YEAR_ROOM <= max(self.right - self.left, YEAR_ROOM)
        )
        for year in range(-(-self.first.year // step) * step, self.last.year + 1, step):
            yield year, self.x(date(year, 1, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """Whole numbers from a low one, never above 0, to a high one, with the distance between those to be named."""

    low: int
    high: int
    step: int
    top: int
    bottom: int

    @classmethod
    def around(cls, values: Iterable[int], *, top: int, bottom: int) -> Values:
        """An axis for these values and 0."""
        known = [0, *values]
        low, high = min(known), max(1, *known)
        step = next(step for step in _rising() if -(-high // step) + -(low // step) <= TICKS + (low < 0))
        return cls(low=low // step * step, high=-(-high // step) * step, step=step, top=top, bottom=bottom)

    def y(self, value: int) -> int:
        """The place of a value."""
        return self.bottom - (value - self.low) * (self.bottom - self.top) // (self.high - self.low)

    def ticks(self) -> Iterator[tuple[int, int]]:
        """The values to be named, with the place of each."""
        for value in range(self.low, self.high + 1, self.step):
            yield value, self.y(value)


def _rising() -> Iterator[int]:
    """1, 2, 5, 10, 20, 50, and so on."""
    return (step * 10**power for power in count() for step in _STEPS)


def apart(places: list[int], *, gap: int, top: int, bottom: int) -> list[int]:
    """Places for labels at these heights, moved as little as it takes to stand `gap` apart, between top and bottom.

    In the order of the heights given; there must be room for all of them.
    """
    order = sorted(range(len(places)), key=lambda place: (places[place], place))
    found = list(places)
    least = top
    for number in order:
        found[number] = max(places[number], least)
        least = found[number] + gap
    most = bottom
    for number in reversed(order):
        found[number] = min(found[number], most)
        most = found[number] - gap
    return found
