"""Places for what takes memory while it is on its way: so many in all, and so many of one party."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from parley.errors import Unavailable


class Slots:
    """Counts what is under way; belongs to one event loop."""

    def __init__(self, most: int, most_of_one: int) -> None:
        self._most, self._most_of_one = most, most_of_one
        self._taken: Counter[str] = Counter()

    @contextmanager
    def taken(self, party: str) -> Iterator[None]:
        """One place for as long as this is open. Raises: Unavailable("depositary.busy") when there is none."""
        if self._taken.total() >= self._most or self._taken[party] >= self._most_of_one:
            raise Unavailable("depositary.busy")
        self._taken[party] += 1
        try:
            yield
        finally:
            self._taken[party] -= 1
