"""Limits and counting: what was declared beside what is allowed, and beside what other parties make of it.

A declared sum is so many times each of its items. It is set against the limit that applies on the day of which the
declaration speaks: before the first day of a limit more is lawful, and is shown as more, not as a breach. Whether a
number is true nobody here judges. A party that reads another's declaration otherwise says so in a paper of its own;
its reading stands beside the declared sum, with its author and its words. No reading changes a sum, two readings are
never made one, and a declaration that was corrected stays beside the correction.

Pure and in whole numbers. The result never depends on the order in which papers are given. Source: spec/measures.md.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Literal

from parley.crypto import Digest
from parley.errors import Detail, Malformed, ParleyError, Refused
from parley.measures.agreement import Agreement, Limit, ReadingRule
from parley.measures.content import Content
from parley.measures.papers import Filed, in_order

State = Literal["within", "above", "not_yet", "no_longer", "not_agreed", "incomplete"]
"""The limit holds and is kept, or is not; it does not hold yet, or no longer; its number is still to be agreed; or an
item of the sum was not declared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One ground of a reading: an item of its form, and by how much it moves the sum; less than 0 where it is less."""

    item: str
    difference: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How `by` reads the declaration `of` another party for one limit: by how much more or less, on which grounds.

    `paper`, `reference` and `entry` are of the paper that says so, `words` what it says. One that is `standing` goes
    for later declarations of the same party too, until its author's next standing reading of them.
    """

    by: str
    of: Digest
    limit: str
    parts: tuple[Part, ...]
    words: str
    paper: Digest
    reference: str
    entry: int
    standing: bool = False

    @property
    def difference(self) -> int:
        """By how much more than was declared, all grounds together; less than 0 where it is less."""
        return sum(part.difference for part in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A reading beside a declared sum: the sum as its author reads it, and what that leaves of the limit.

    `left` is less than 0 where it is above; both are None where there is no sum to read, `left` too without a number.
    """

    reading: Reading
    value: int | None
    left: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRow:
    """One limit, party and declaration: the declared sum on its `day`, the limit, whether it holds, and the readings.

    `missing` are the items of the sum without an answer. `left` is how near it is: what is left of the limit, less than
    0 where more was declared. `corrected_by` is the next declaration for the same day.
    """

    limit: str
    party: str
    day: date
    paper: Digest
    reference: str
    declared: int | None
    missing: tuple[str, ...]
    at_most: int | None
    left: int | None
    state: State
    readings: tuple[Beside, ...]
    corrected_by: Digest | None

    @property
    def excess(self) -> int:
        """How much more than the limit was declared, lawful or not; 0 where it is not above."""
        return max(0, -(self.left or 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unplaced:
    """A paper that gives a reading of something that it cannot be of: shown with its reason, and counted nowhere."""

    by: str
    paper: Digest
    reference: str
    code: str
    details: Mapping[str, Detail]


# --- what was declared --------------------------------------------------------------------------------------------


def limits(
    agreement: Agreement, papers: Iterable[Filed], readings: Iterable[Reading], on: date
) -> tuple[LimitRow, ...]:
    """Each limit, party and declaration for a day up to `on`, in this order, with all readings beside it.

    Raises: Malformed("counting.no-limit") and Malformed("counting.no-declaration") for a reading of something that is
    not there; Refused("counting.own-reading") for a party's reading of its own declaration.
    """
    filed = in_order(papers, agreement=agreement.id)
    known = {paper.digest: paper for paper in filed}
    by_limit: dict[str, list[Reading]] = {limit.id: [] for limit in agreement.limits}
    for reading in sorted(set(readings), key=lambda each: (each.entry, each.paper, each.limit)):
        _declaration(agreement, known, reading)
        by_limit[reading.limit].append(reading)
    return tuple(row for limit in agreement.limits for row in _rows(agreement, limit, filed, by_limit[limit.id], on))


def _declaration(agreement: Agreement, known: Mapping[Digest, Filed], reading: Reading) -> Filed:
    """The paper that a reading is of."""
    limit = agreement.limit(reading.limit)
    if limit is None:
        raise Malformed("counting.no-limit", limit=reading.limit[:60], reference=reading.reference)
    found = known.get(reading.of)
    if found is None or found.content.form != limit.form:
        raise Malformed("counting.no-declaration", limit=limit.id, reference=reading.reference)
    if found.sender == reading.by:
        raise Refused("counting.own-reading", party=reading.by, reference=reading.reference)
    return found


def _rows(
    agreement: Agreement, limit: Limit, filed: Sequence[Filed], readings: Sequence[Reading], on: date
) -> Iterator[LimitRow]:
    declared = [(paper, day) for paper in filed if (day := _day(limit, paper)) is not None]
    declared.sort(key=lambda each: (each[0].sender, each[1], each[0].entry))
    beside = _Readings.of(readings, {paper.digest: (paper.sender, day) for paper, day in declared})
    after: dict[Digest, Digest] = {
        former.digest: later.digest
        for (former, first), (later, second) in pairwise(declared)
        if (former.sender, first) == (later.sender, second)
    }
    for paper, day in declared:
        if day > on:
            continue
        value, missing = _sum(limit, paper.content)
        yield LimitRow(
            limit=limit.id,
            party=paper.sender,
            day=day,
            paper=paper.digest,
            reference=paper.reference,
            declared=value,
            missing=missing,
            at_most=limit.at_most,
            left=_left(limit, value),
            state=_state(agreement, limit, day, value),
            readings=tuple(_beside(limit, value, reading) for reading in beside.at(paper, day)),
            corrected_by=after.get(paper.digest),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One limit beside what a paper would declare that nobody has handed over yet; else as in a row."""

    limit: Limit
    day: date
    declared: int | None
    left: int | None
    state: State


def counted(agreement: Agreement, content: Content) -> tuple[Counted, ...]:
    """Each limit that is about this form, beside what the content says."""
    found = []
    for limit in agreement.limits:
        day = content.day(limit.as_of) if content.form == limit.form else None
        if day is not None:
            value, _ = _sum(limit, content)
            state = _state(agreement, limit, day, value)
            found.append(Counted(limit=limit, day=day, declared=value, left=_left(limit, value), state=state))
    return tuple(found)


def _day(limit: Limit, paper: Filed) -> date | None:
    return paper.content.day(limit.as_of) if paper.content.form == limit.form else None


def _sum(limit: Limit, content: Content) -> tuple[int | None, tuple[str, ...]]:
    """The declared sum, and the items that were not declared: without one of them there is no sum."""
    counts = [(term, content.count(term.item)) for term in limit.sum]
    missing = tuple(term.item for term, count in counts if count is None)
    return (None if missing else sum(term.times * (count or 0) for term, count in counts)), missing


def _left(limit: Limit, value: int | None) -> int | None:
    return None if limit.at_most is None or value is None else limit.at_most - value


def _beside(limit: Limit, declared: int | None, reading: Reading) -> Beside:
    value = None if declared is None else declared + reading.difference
    return Beside(reading=reading, value=value, left=_left(limit, value))


def _state(agreement: Agreement, limit: Limit, day: date, declared: int | None) -> State:
    """What the sum is to the limit on this day; the last day of a limit and of an agreement still count."""
    if declared is None:
        return "incomplete"
    if day < max(limit.since, agreement.in_force or limit.since):
        return "not_yet"
    if any(last is not None and day > last for last in (limit.until, agreement.expires)):
        return "no_longer"
    if limit.at_most is None:
        return "not_agreed"
    return "above" if declared > limit.at_most else "within"


def nearest(rows: Iterable[LimitRow]) -> tuple[LimitRow, ...]:
    """Of the rows in which a limit holds, those that leave the least of it, limit by limit; all that leave as little.

    Declarations that were corrected are passed over. Give the rows of one party for what is nearest for that party.
    """
    found: dict[str, list[LimitRow]] = {}
    for row in rows:
        if row.state in ("within", "above") and row.corrected_by is None:
            found.setdefault(row.limit, []).append(row)
    least = {limit: min(row.left or 0 for row in of) for limit, of in found.items()}
    return tuple(row for limit, of in found.items() for row in of if row.left == least[limit])


def latest(rows: Iterable[LimitRow]) -> tuple[LimitRow, ...]:
    """For each limit and party the row of its last day that was not corrected: how things stand."""
    found: dict[tuple[str, str], LimitRow] = {}
    for row in rows:
        if row.corrected_by is None:
            key = (row.limit, row.party)
            found[key] = max(found.get(key, row), row, key=lambda each: each.day)
    return tuple(found.values())


# --- what others make of it ---------------------------------------------------------------------------------------

_Place = tuple[date, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Readings:
    """The readings of one limit: by the declaration they are of; and the standing ones of a party, by their author."""

    direct: dict[Digest, list[Reading]] = field(default_factory=dict)
    standing: dict[str, dict[str, list[tuple[_Place, Reading]]]] = field(default_factory=dict)

    @classmethod
    def of(cls, readings: Iterable[Reading], declared: Mapping[Digest, tuple[str, date]]) -> _Readings:
        found = cls()
        for reading in readings:
            if reading.of not in declared:
                continue
            party, day = declared[reading.of]
            found.direct.setdefault(reading.of, []).append(reading)
            if reading.standing:
                of = found.standing.setdefault(party, {}).setdefault(reading.by, [])
                of.append(((day, reading.entry), reading))
        for by_author in found.standing.values():
            for of in by_author.values():
                of.sort(key=lambda each: each[0])
        return found

    def at(self, paper: Filed, day: date) -> tuple[Reading, ...]:
        """All readings of this declaration, by their place in the log."""
        found = dict.fromkeys(self.direct.get(paper.digest, ()))
        for of in self.standing.get(paper.sender, {}).values():
            place = bisect_right(of, day, key=lambda each: each[0][0])
            if place:
                found.setdefault(of[place - 1][1])
        return tuple(sorted(found, key=lambda each: (each.entry, each.paper)))


def readings_in(agreement: Agreement, papers: Iterable[Filed]) -> tuple[tuple[Reading, ...], tuple[Unplaced, ...]]:
    """The readings that papers give by the rules of an agreement, and the papers whose reading is of nothing.

    A paper whose counts for a limit are all left out gives no reading of it; 0 is a reading: "as declared".
    """
    filed = in_order(papers, agreement=agreement.id)
    known = {paper.digest: paper for paper in filed}
    placed: list[Reading] = []
    unplaced: list[Unplaced] = []
    for paper in filed:
        for rule in agreement.readings:
            reading = _reading(rule, paper) if rule.form == paper.content.form else None
            if reading is None:
                continue
            try:
                _declaration(agreement, known, reading)
            except ParleyError as error:
                unplaced.append(
                    Unplaced(
                        by=paper.sender,
                        paper=paper.digest,
                        reference=paper.reference,
                        code=error.code,
                        details=error.details,
                    )
                )
            else:
                placed.append(reading)
    return tuple(placed), tuple(unplaced)


def _reading(rule: ReadingRule, paper: Filed) -> Reading | None:
    signed = [(name, 1) for name in rule.more] + [(name, -1) for name in rule.less]
    parts = tuple(
        Part(item=name, difference=sign * count)
        for name, sign in signed
        if (count := paper.content.count(name)) is not None
    )
    if not parts:
        return None
    return Reading(
        by=paper.sender,
        of=paper.answers or paper.digest,  # of nothing: a paper that answers none is no declaration
        limit=rule.limit,
        parts=parts,
        words=str(paper.content.items.get(rule.words, "")),
        paper=paper.digest,
        reference=paper.reference,
        entry=paper.entry,
        standing=rule.standing is not None and paper.content.items.get(rule.standing) is True,
    )
