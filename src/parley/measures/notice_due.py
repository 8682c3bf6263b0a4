"""By when a notice had to be given of what it says itself, before anybody signs it.

A measure may be begun by the very paper that fulfils it: so long before the first day of an exercise its notice is due,
and whether it was in time its own words tell. Pure. Source: spec/measures.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, tzinfo

from parley.canonical import Time
from parley.errors import Malformed
from parley.measures.agreement import Agreement, Measure
from parley.measures.announced import days_of_form
from parley.measures.clocks import deadline
from parley.measures.content import Content
from parley.measures.thresholds import applies


@dataclass(frozen=True, slots=True, kw_only=True)
class DueBy:
    """A measure that a notice fulfils, and the last millisecond in which it does in time."""

    measure: Measure
    by: Time


def due_by(agreement: Agreement, content: Content, zone: tzinfo) -> tuple[DueBy, ...]:
    """The measures that ask for a notice by what it says, the first due first; a test is asked for by none.

    `zone` is the clock of its sender, for measures that are read by that.
    """
    found = []
    for measure in _own(agreement, content):
        start = content.items.get(measure.due.of)
        if _asks(agreement, measure, content) and isinstance(start, Time | date):
            clock = UTC if measure.clock == "utc" else zone
            found.append(DueBy(measure=measure, by=deadline(start, measure.due, clock)))
    return tuple(sorted(found, key=lambda each: each.by))


def is_voluntary(agreement: Agreement, content: Content) -> bool:
    """Whether measures ask for notices of this form, and none for this one, because it reaches no threshold."""
    own = _own(agreement, content)
    return bool(own) and not any(_asks(agreement, measure, content) for measure in own)


def check_days(agreement: Agreement, content: Content) -> Content:
    """The content. Raises: Malformed("notice.days") where what it announces would end before it begins."""
    form = agreement.form(content.form)
    days = days_of_form(agreement, form) if form else None
    if days is not None and days.last is not None:
        first, last = content.day(days.first), content.day(days.last)
        if first is not None and last is not None and last < first:
            raise Malformed("notice.days", first=first.isoformat(), last=last.isoformat(), item=days.last)
    return content


def _own(agreement: Agreement, content: Content) -> list[Measure]:
    """The measures for which a paper of this form is given, and which it begins itself."""
    if content.test:
        return []
    return [each for each in agreement.measures if each.form == each.trigger.form == content.form]


def _asks(agreement: Agreement, measure: Measure, content: Content) -> bool:
    threshold = agreement.threshold(measure.trigger.threshold or "")
    return measure.trigger.threshold is None or (threshold is not None and applies(threshold, content).reached)
