"""Restraints: how many activities over a threshold a party holds, in so many calendar years or at the same time.

An activity is a paper of the threshold's form that is over it, from its first to its last day. Announced ones count as
those that were held: whether one was held as announced nobody here judges. One that was changed by a later paper is not
counted any more, and stays beside the others, so that nobody makes room by changing what was.

Pure and in whole numbers. The result never depends on the order in which papers are given. Source: spec/measures.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from parley.crypto import Digest
from parley.measures.agreement import Agreement, Restraint
from parley.measures.papers import Filed, in_order
from parley.measures.thresholds import applies


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """An activity over a threshold: its paper, its first and its last day.

    `replaced_by` is a later paper of the same form by the same party that answers or replaces this one: the activity as
    changed.
    """

    party: str
    paper: Digest
    reference: str
    start: date
    end: date
    replaced_by: Digest | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RestraintRow:
    """One restraint and party: the activities in a window of calendar years, or on days on which they go on together.

    Those that were replaced are in `replaced` and do not count.
    """

    restraint: str
    party: str
    first: date
    last: date
    at_most: int
    activities: tuple[Activity, ...]
    replaced: tuple[Activity, ...]

    @property
    def left(self) -> int:
        """How many more there may be; less than 0 where there are too many."""
        return self.at_most - len(self.activities)


def restraints(agreement: Agreement, papers: Iterable[Filed]) -> tuple[RestraintRow, ...]:
    """Each restraint and party with an activity over its threshold, window by window, announced ones included.

    In calendar years: a row for every window that ends in a year with an activity, which counts in the year in which
    it begins. At the same time: a row for every stretch of days on which more go on than just before and just after.
    """
    filed = in_order(papers, agreement=agreement.id)
    return tuple(row for restraint in agreement.restraints for row in _restraint(agreement, restraint, filed))


def _restraint(agreement: Agreement, restraint: Restraint, filed: Sequence[Filed]) -> Iterator[RestraintRow]:
    found = sorted(_activities(agreement, restraint, filed), key=lambda each: (each.party, each.start, each.paper))
    for party, of in groupby(found, key=lambda each: each.party):
        every = list(of)
        windows = _years(restraint.calendar_years, every) if restraint.calendar_years else _together(every)
        for first, last, activities in windows:
            yield RestraintRow(
                restraint=restraint.id,
                party=party,
                first=first,
                last=last,
                at_most=restraint.at_most,
                activities=tuple(each for each in activities if each.replaced_by is None),
                replaced=tuple(each for each in activities if each.replaced_by is not None),
            )


def _activities(agreement: Agreement, restraint: Restraint, filed: Sequence[Filed]) -> Iterator[Activity]:
    over = agreement.threshold(restraint.threshold)
    beyond = agreement.threshold(restraint.not_over or "")
    if over is None:
        return
    papers = [paper for paper in filed if paper.content.form == over.form]
    later = changes(papers)
    for paper in papers:
        start, end = paper.content.day(restraint.start), paper.content.day(restraint.end)
        beyond_it = beyond is not None and applies(beyond, paper.content).reached
        counts = applies(over, paper.content).reached and not beyond_it
        if counts and start is not None and end is not None:
            yield Activity(
                party=paper.sender,
                paper=paper.digest,
                reference=paper.reference,
                start=start,
                end=max(start, end),
                replaced_by=later.get(paper.digest),
            )


def changes(papers: Sequence[Filed]) -> dict[Digest, Digest]:
    """By the paper that was changed the first that changes it: of the same form and party, in answer or in its place.

    Whether what is changed is over a threshold then, or no longer, makes no difference.
    """
    known = {paper.digest: paper for paper in papers}
    found: dict[Digest, Digest] = {}
    for paper in papers:
        for former in (known.get(each) for each in (paper.answers, paper.replaces) if each):
            if former is None or former.sender != paper.sender or former.content.form != paper.content.form:
                continue
            if former.entry < paper.entry:
                found.setdefault(former.digest, paper.digest)
    return found


def _years(length: int, found: Sequence[Activity]) -> Iterator[tuple[date, date, list[Activity]]]:
    """A window with too many may be moved back to end in a year with an activity, and still has too many."""
    by_year = {year: list(of) for year, of in groupby(found, key=lambda each: each.start.year)}
    for year in by_year:
        years = range(year - length + 1, year + 1)
        yield date(years[0], 1, 1), date(year, 12, 31), [each for of in years for each in by_year.get(of, [])]


def _together(found: Sequence[Activity]) -> Iterator[tuple[date, date, list[Activity]]]:
    """From the day on which the last of them begins to the day on which the first of them ends."""
    going: list[Activity] = []
    starts = [(day, list(of)) for day, of in groupby(found, key=lambda each: each.start)]
    for place, (day, of) in enumerate(starts):
        going = [each for each in going if each.end >= day] + of
        first_end = min(each.end for each in going)
        if place + 1 == len(starts) or first_end < starts[place + 1][0]:
            yield day, first_end, going
