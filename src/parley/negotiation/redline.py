"""What changed between two papers: provisions aligned first, then words within each pair.

Aligned by the number a provision kept for life (wId) where the words are alike, by equal words wherever they stand, by
likeness, and last by the number alone. Nothing here proves that one paper was made from the other.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from parley.document import Document, Provision
from parley.negotiation.differing import Mark, Segment, differ
from parley.negotiation.folding import tokens
from parley.negotiation.outline import called

ALIKE = 0.5
"""The share of words in common from which two provisions count as one that was changed."""

_ENOUGH = 4  # words; fewer say nothing about where a provision went
_COMMON = 40  # provisions; a word that stands in more of them does not help to find one


class Change(StrEnum):
    """What became of a provision. One that moved may have other words too: its segments show them."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One provision of either paper, or of both. Numbers and names are None where the paper has no such provision."""

    change: Change
    old: int | None
    new: int | None
    old_name: str | None
    new_name: str | None
    heading: tuple[Segment, ...]
    words: tuple[Segment, ...]

    @property
    def renumbered(self) -> bool:
        """Whether it bears another name than before."""
        return self.old_name is not None and self.new_name is not None and self.old_name != self.new_name


@dataclass(frozen=True, kw_only=True, slots=True)
class Redline:
    """Every provision of both papers once, in the order of the second; what was removed stands where it stood."""

    lines: tuple[Line, ...]

    def count(self, change: Change) -> int:
        """How many provisions went this way."""
        return sum(line.change is change for line in self.lines)


def redline(old: Document, new: Document) -> Redline:
    """What changed from one document to the other.

    Verifies nothing. Likeness is by words (case and punctuation aside); the segments show every sign.
    """
    pairs = _Aligning(old, new).pairs()
    moved = _moved(old, new, pairs)
    back = {second: first for first, second in pairs.items()}
    lines = []
    for first, second in _order(old, new, pairs, back):
        before = old.provision(first) if first else None
        after = new.provision(second) if second else None
        lines.append(_line(old, new, before, after, moved=first in moved))
    return Redline(lines=tuple(lines))


def _line(old: Document, new: Document, before: Provision | None, after: Provision | None, *, moved: bool) -> Line:
    heading = differ(before.heading if before else "", after.heading if after else "")
    words = differ(before.words if before else "", after.words if after else "")
    if before is None:
        change = Change.ADDED
    elif after is None:
        change = Change.REMOVED
    elif moved:
        change = Change.MOVED
    else:
        changed = any(each.mark is not Mark.SAME for each in (*heading, *words))
        change = Change.CHANGED if changed else Change.SAME
    return Line(
        change=change,
        old=before.number if before else None,
        new=after.number if after else None,
        old_name=called(old, before.number) if before else None,
        new_name=called(new, after.number) if after else None,
        heading=heading,
        words=words,
    )


def _order(
    old: Document, new: Document, pairs: dict[int, int], back: dict[int, int]
) -> Iterator[tuple[int | None, int | None]]:
    """The second paper's provisions, each followed by what was removed after its counterpart in the first."""
    removed: dict[int, list[int]] = defaultdict(list)
    last = 0
    for provision in old.provisions:
        if provision.number in pairs:
            last = provision.number
        else:
            removed[last].append(provision.number)
    yield from ((number, None) for number in removed[0])
    for provision in new.provisions:
        first = back.get(provision.number)
        yield first, provision.number
        if first is not None:
            yield from ((number, None) for number in removed[first])


def _moved(old: Document, new: Document, pairs: dict[int, int]) -> set[int]:
    """Provisions of the first paper that stand elsewhere in the second: under another holder, or in another order.

    What moves along with its holder has not moved.
    """
    found: set[int] = set()
    beside: dict[int, list[int]] = defaultdict(list)
    for first in sorted(pairs):
        before, after = old.provision(first), new.provision(pairs[first])
        if (pairs.get(before.parent, 0) if before.parent else 0) == after.parent:
            beside[before.parent].append(first)
        else:
            found.add(first)
    for numbers in beside.values():
        kept = _rising([pairs[number] for number in numbers])
        found |= {number for number in numbers if pairs[number] not in kept}
    return found


def _rising(numbers: Sequence[int]) -> set[int]:
    """A longest rising run of a row, by patience sorting."""
    tops: list[int] = []
    piles: list[int] = []
    before: list[int] = []
    for place, number in enumerate(numbers):
        pile = bisect_left(tops, number)
        before.append(piles[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(number)
            piles.append(place)
        else:
            tops[pile], piles[pile] = number, place
    found: set[int] = set()
    place = piles[-1] if piles else -1
    while place >= 0:
        found.add(numbers[place])
        place = before[place]
    return found


def _texts(provisions: Sequence[Provision]) -> list[str]:
    """What a provision is known by: heading and words; where it has none of its own, the words of all it holds."""
    found = [f"{each.heading} {each.words}" for each in provisions]
    for each in reversed(provisions):
        if each.parent and not provisions[each.parent - 1].words:
            found[each.parent - 1] += f" {found[each.number - 1]}"
    return found


class _Aligning:
    """Finds for each provision of one paper its counterpart in the other, none twice."""

    def __init__(self, old: Document, new: Document) -> None:
        self._old, self._new = old.provisions, new.provisions
        self._words = [[tuple(tokens(text)) for text in _texts(side)] for side in (self._old, self._new)]
        self._bags = [[Counter(words) for words in side] for side in self._words]
        self._pairs: dict[int, int] = {}
        self._taken: set[int] = set()

    def pairs(self) -> dict[int, int]:
        """Numbers of the first paper with those of the second."""
        self._by_name(1.0)
        self._by_equal_words()
        self._by_name(ALIKE)
        self._by_likeness()
        self._by_name(0.0)
        return self._pairs

    def _name(self, side: int, number: int) -> Hashable:
        provision = (self._old, self._new)[side][number - 1]
        return provision.language, provision.w_id

    def _left(self, side: int) -> list[int]:
        taken = self._taken if side else self._pairs
        return [each.number for each in (self._old, self._new)[side] if each.number not in taken]

    def _pair(self, first: int, second: int) -> None:
        self._pairs[first] = second
        self._taken.add(second)

    def _by_name(self, least: float) -> None:
        """Those that bear one name and are at least so alike."""
        there = {self._name(1, number): number for number in self._left(1)}
        for number in self._left(0):
            other = there.get(self._name(0, number))
            if other is not None and self._alike(number, other) >= least:
                self._pair(number, other)

    def _by_equal_words(self) -> None:
        """Those of equal words, in their order where several are equal."""
        there: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for number in self._left(1):
            there[self._words[1][number - 1]].append(number)
        for number in self._left(0):
            words = self._words[0][number - 1]
            if len(words) >= _ENOUGH and there[words]:
                self._pair(number, there[words].pop(0))

    def _by_likeness(self) -> None:
        """The most alike first. Which way round two papers are compared makes no difference to the pairs."""
        rest = {side: [n for n in self._left(side) if len(self._words[side][n - 1]) >= _ENOUGH] for side in (0, 1)}
        where: dict[str, list[int]] = defaultdict(list)
        seen: Counter[str] = Counter()
        for side in (0, 1):
            for number in rest[side]:
                seen.update(self._bags[side][number - 1].keys())
        for number in rest[1]:
            for word in self._bags[1][number - 1]:
                if seen[word] <= _COMMON:
                    where[word].append(number)
        ranked = []
        for number in rest[0]:
            near = {other for word in self._bags[0][number - 1] for other in where.get(word, ())}
            scored = ((self._alike(number, other), other) for other in near)
            ranked += [(-score, abs(number - other), number + other, number, other) for score, other in scored
                       if score >= ALIKE]  # fmt: skip
        for *_, number, other in sorted(ranked):
            if number not in self._pairs and other not in self._taken:
                self._pair(number, other)

    def _alike(self, first: int, second: int) -> float:
        """Twice the words in common over all words; 1 where neither has any."""
        one, other = self._bags[0][first - 1], self._bags[1][second - 1]
        total = len(self._words[0][first - 1]) + len(self._words[1][second - 1])
        if self._words[0][first - 1] == self._words[1][second - 1]:
            return 1.0
        small, large = (one, other) if len(one) <= len(other) else (other, one)
        shared = sum(min(count, large[word]) for word, count in small.items() if word in large)
        # Just below 1: the same words in another order are not the same words.
        return min(0.999, 2 * shared / total) if total else 1.0
