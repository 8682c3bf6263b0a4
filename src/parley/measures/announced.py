"""Activities that papers announce: an exercise, a visit, from its first to its last day, as the form says it.

Which form announces one follows from the agreement's data alone. Its first day is an item of type `date` before which a
measure asks for something, or from which a restraint counts. Its last day is the one that this restraint names; where
none does, the next item of that type after it; and where there is none, only the first day is known. Whether one took
place as announced nobody here judges.

Pure. The result never depends on the order in which papers are given. Source: spec/measures.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from parley.crypto import Digest
from parley.measures.agreement import Agreement
from parley.measures.form import Form
from parley.measures.papers import Filed, in_order
from parley.measures.restraints import changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The item of a form that names the first day of an activity, and the one that names its last, if any."""

    first: str
    last: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """An activity of which a paper gives notice. `changed_by` is the reference of the paper that changed it."""

    party: str
    form: str
    paper: Digest
    reference: str
    first: date
    last: date
    changed_by: str | None

    def within(self, year: int) -> bool:
        """Whether one of its days is of this calendar year."""
        return self.first.year <= year <= self.last.year


def days_of_form(agreement: Agreement, form: Form) -> Days | None:
    """Which items of a form are the days of an activity; None for a form that announces none."""
    named = {
        restraint.start: restraint.end
        for restraint in agreement.restraints
        if (over := agreement.threshold(restraint.threshold)) is not None and over.form == form.id
    }
    before = {each.due.of for each in agreement.measures if each.due.before and each.trigger.form == form.id}
    dates = [item.id for item in form.items if item.type == "date"]
    for place, name in enumerate(dates):
        if name in named:
            return Days(first=name, last=named[name])
        if name in before:
            return Days(first=name, last=dates[place + 1] if place + 1 < len(dates) else None)
    return None


def announced(agreement: Agreement, papers: Iterable[Filed], year: int | None = None) -> tuple[Announced, ...]:
    """The activities with a day in a calendar year, or in any, by their first day; also those that were changed."""
    filed = in_order(papers, agreement=agreement.id)
    changed, references = changes(filed), {paper.digest: paper.reference for paper in filed}
    known = {form.id: days for form in agreement.forms if (days := days_of_form(agreement, form)) is not None}
    found = (
        each for paper in filed for each in _of(paper, known, changed, references) if year is None or each.within(year)
    )
    return tuple(sorted(found, key=lambda each: (each.first, each.last, each.party, each.paper)))


def _of(
    paper: Filed, known: dict[str, Days], changed: dict[Digest, Digest], references: dict[Digest, str]
) -> Iterator[Announced]:
    days = known.get(paper.content.form)
    first = paper.content.day(days.first) if days else None
    if days is None or first is None:
        return
    last = paper.content.day(days.last) if days.last else None
    later = changed.get(paper.digest)
    yield Announced(
        party=paper.sender,
        form=paper.content.form,
        paper=paper.digest,
        reference=paper.reference,
        first=first,
        last=max(first, last or first),
        changed_by=references[later] if later else None,
    )
