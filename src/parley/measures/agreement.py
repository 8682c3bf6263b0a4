"""An agreement as data: its forms, and what the parties owe one another by them, in one grammar.

A treaty or a politically binding document is written down once, in a TOML file, in whoever's own words; from there on
thresholds, deadlines, limits and quotas are computed. Nothing in the engine names a treaty, and an agreement from the
other side can do no harm: it has no code, no expressions, and everything in it is bounded.

A record here says what it may hold: members, sizes, and combinations that mean nothing. Whether the parts fit together
is `measures.consistency`; how the file is read is `measures.agreement_file`, from which alone a sound agreement comes.
Whole numbers only; dates are of the calendar, and whose clock ends a day, each measure says.

Every number stands beside a mark: `seen` where it was read in a source, `to_be_checked` where it still has to be
compared with the text. A number of which nobody is sure has no place in an agreement. Source: spec/measures.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from parley.errors import Malformed
from parley.measures.draw import Consequence
from parley.measures.entry import (
    Entry,
    Id,
    Labels,
    Marked,
    NoticePeriod,
    Provision,
    Some,
    Source,
    Span,
    Whole,
    check_day,
)
from parley.measures.form import Form

Moment = Literal["sent", "made", "informed", "received"]
"""The four times of a paper: the sender's claim, its entry, the notice to a recipient, that recipient's receipt."""

Owing = Literal["each", "sender", "addressee"]
"""Who owes: each party; who sent the paper that began it; or to whom that paper was addressed."""

Towards = Literal["all", "sender", "addressee"]
MeasureKind = Literal["notification", "exchange", "reply", "inspection", "visit", "report", "meeting"]


class Condition(Marked, frozen=True, kw_only=True):
    """One item compared with one number, or one choice: `at_least` and `more_than` are not the same."""

    item: Id
    at_least: Whole | None = None
    more_than: Whole | None = None
    is_: bool | Id | None = msgspec.field(default=None, name="is")

    def check(self) -> None:
        if [self.at_least, self.more_than, self.is_].count(None) != 2:
            raise Malformed("agreement.condition")


class Threshold(Entry, frozen=True, kw_only=True):
    """When something counts: any one of `any` and every one of `all` holds, on the items of one form."""

    id: Id
    title: Labels
    provision: str
    form: Id
    any: Annotated[tuple[Condition, ...], Meta(max_length=50)] = ()
    all: Annotated[tuple[Condition, ...], Meta(max_length=50)] = ()

    def check(self) -> None:
        super().check()
        if not self.any and not self.all:
            raise Malformed("agreement.threshold")


class Due(Marked, frozen=True, kw_only=True):
    """By when: so long before or after what the trigger names.

    `of` is "trigger" (the date, the period's day, the entry into force), one of the four times of the paper that began
    it, or an item of its form. A deadline in days, months or years is the end of that day by the measure's clock.
    The mark is that of the trigger's day and period too.
    """

    before: Span | None = None
    after: Span | None = None
    of: str = "trigger"

    def check(self) -> None:
        if (self.before is None) == (self.after is None):
            raise Malformed("agreement.due")


class Trigger(Entry, frozen=True, kw_only=True):
    """What begins an obligation: a day, a period, the entry into force, or a paper of a form, if over a threshold."""

    labels: ClassVar[tuple[str, ...]] = ()
    on: date | None = None
    every: Span | None = None
    first: date | None = None
    in_force: bool = False
    form: Id | None = None
    threshold: Id | None = None

    def check(self) -> None:
        kinds = [self.on is not None, self.every is not None, self.in_force, self.form is not None]
        if sum(kinds) != 1 or (self.every is None) != (self.first is None) or (self.threshold and not self.form):
            raise Malformed("agreement.trigger")
        if self.every and not (self.every.months or self.every.years):
            raise Malformed("agreement.every")
        for day in (self.on, self.first):
            check_day(day)


class Measure(Entry, frozen=True, kw_only=True):
    """One rule: who owes which paper to whom, what begins it, by when, and which time of that paper counts.

    `period` is the item of `form` that names the day for which it is given, where the trigger is a day or a period.
    """

    id: Id
    kind: MeasureKind
    title: Labels
    provision: str
    party: Owing = "each"
    to: Towards = "all"
    form: Id
    trigger: Trigger
    due: Due
    counts: Moment = "made"
    clock: Literal["utc", "local"] = "utc"
    period: Id | None = None
    together: bool = False


class Term(Entry, frozen=True, kw_only=True):
    """One item of a sum, counted so many times."""

    labels: ClassVar[tuple[str, ...]] = ()
    item: Id
    times: Annotated[int, Meta(ge=1, le=1000)] = 1


class Limit(Marked, frozen=True, kw_only=True):
    """A sum of declared items that may not be above a number, from one day on and until another.

    `as_of` is the item of the form that names the day of the declaration. What is attributed rather than counted is a
    term with its own `times`. Without `at_most` the sum is counted and shown, and its limit is still to be agreed.
    """

    labels: ClassVar[tuple[str, ...]] = ("title",)
    id: Id
    title: Labels
    provision: str
    form: Id
    as_of: Id
    sum: Annotated[tuple[Term, ...], Meta(min_length=1, max_length=50)]
    at_most: Whole | None = None
    since: date = msgspec.field(name="from")
    until: date | None = None

    def check(self) -> None:
        super().check()
        check_day(self.since)
        check_day(self.until)
        if self.until is not None and self.until < self.since:
            raise Malformed("agreement.until")


class ReadingRule(Entry, frozen=True, kw_only=True):
    """By which form a party says how it reads another's declaration: of which limit, and by how much more or less.

    A paper of this form answers the declaration. Of its counts those in `more` are added to the declared sum and those
    in `less` taken off; `words` is the item with its reason. Where the item `standing` says yes, the reading goes for
    every later declaration of that party too, until its author's next standing reading of the same limit.
    """

    labels: ClassVar[tuple[str, ...]] = ()
    limit: Id
    form: Id
    more: Annotated[tuple[Id, ...], Meta(max_length=20)] = ()
    less: Annotated[tuple[Id, ...], Meta(max_length=20)] = ()
    words: Id
    standing: Id | None = None

    def check(self) -> None:
        if not self.more and not self.less:
            raise Malformed("agreement.reading")


class Restraint(Marked, frozen=True, kw_only=True):
    """How many activities over a threshold a party may hold: in so many calendar years, or at the same time.

    Those that are also over the threshold `not_over` do not count here.
    """

    labels: ClassVar[tuple[str, ...]] = ("title",)
    id: Id
    title: Labels
    provision: str
    threshold: Id
    not_over: Id | None = None
    at_most: Whole
    calendar_years: Annotated[int, Meta(ge=1, le=10)] | None = None
    start: Id
    end: Id


class QuotaYear(Marked, frozen=True, kw_only=True):
    """That the years of a quota are not those of the calendar: on which day the first begins, and so all others."""

    begins: date

    def check(self) -> None:
        check_day(self.begins)


class Quota(Marked, frozen=True, kw_only=True):
    """How many requests of a form are open to a year: on the party asked (`passive`) or who asks (`active`).

    The year is that of the calendar, unless `year` says when it begins. The number is fixed, or it is so many of what
    a party last declared, divided and rounded up, with a most. Of these one asking party has at most `per_asking`, or
    the fraction one in `share_of`, never less than one. `as_of` is the item that names the day from which a declared
    number goes; without it, it goes from its entry on. `report` is the form of the report on what was asked for, where
    no measure of that kind says so.
    """

    labels: ClassVar[tuple[str, ...]] = ("title",)
    id: Id
    title: Labels
    provision: str
    form: Id
    counted: Literal["passive", "active"]
    at_most: Whole | None = None
    declared: Id | None = None
    item: Id | None = None
    as_of: Id | None = None
    divided_by: Some | None = None
    most: Some | None = None
    per_asking: Some | None = None
    share_of: Some | None = None
    year: QuotaYear | None = None
    report: Id | None = None

    def check(self) -> None:
        super().check()
        by_rule = [self.declared, self.item, self.divided_by]
        if (self.at_most is None) == (None in by_rule) or (self.at_most is not None and by_rule != [None] * 3):
            raise Malformed("agreement.quota")
        if (self.per_asking and self.share_of) or (self.as_of and not self.declared):
            raise Malformed("agreement.quota")


class Drawing(Marked, frozen=True, kw_only=True):
    """That sites are drawn together: how many, and what follows when a party does not show its seed."""

    labels: ClassVar[tuple[str, ...]] = ("title",)
    id: Id
    title: Labels
    provision: str
    take: Some
    if_not_shown: Consequence


class Agreement(Entry, frozen=True, kw_only=True):
    """The whole of it. `in_force` is a day, or nothing: then it is when all parties have adopted it.

    `notice` is how long after a denunciation its obligations go on. `figures` is the mark of the two days.
    """

    labels: ClassVar[tuple[str, ...]] = ("name",)
    version: Literal[1]
    id: Id
    name: Labels
    languages: Annotated[tuple[str, ...], Meta(min_length=1, max_length=10)]
    in_force: date | None = None
    expires: date | None = None
    figures: Marked | None = None
    notice: NoticePeriod | None = None
    sources: Annotated[tuple[Source, ...], Meta(max_length=100)] = ()
    provisions: Annotated[tuple[Provision, ...], Meta(min_length=1, max_length=500)]
    forms: Annotated[tuple[Form, ...], Meta(min_length=1, max_length=100)]
    thresholds: Annotated[tuple[Threshold, ...], Meta(max_length=200)] = ()
    measures: Annotated[tuple[Measure, ...], Meta(max_length=200)] = ()
    limits: Annotated[tuple[Limit, ...], Meta(max_length=100)] = ()
    readings: Annotated[tuple[ReadingRule, ...], Meta(max_length=100)] = ()
    restraints: Annotated[tuple[Restraint, ...], Meta(max_length=100)] = ()
    quotas: Annotated[tuple[Quota, ...], Meta(max_length=100)] = ()
    drawings: Annotated[tuple[Drawing, ...], Meta(max_length=50)] = ()

    def ended(self, on: date) -> bool:
        """Whether its last day is over on a day; one without a last day does not end by itself."""
        return self.expires is not None and on > self.expires

    def form(self, name: str) -> Form | None:
        """The form with this id, None where there is none."""
        return next((each for each in self.forms if each.id == name), None)

    def limit(self, name: str) -> Limit | None:
        """The limit with this id, None where there is none."""
        return next((each for each in self.limits if each.id == name), None)

    def threshold(self, name: str) -> Threshold | None:
        """The threshold with this id, None where there is none."""
        return next((each for each in self.thresholds if each.id == name), None)

    def marked(self) -> Iterator[Marked | NoticePeriod]:
        """The mark and source of everything that holds a number, in the order of the members of this record."""
        yield from filter(None, (self.figures, self.notice))
        yield from (each.figures for each in self.provisions if each.figures)
        yield from (item.figures for form in self.forms for item in form.items if item.figures)
        for threshold in self.thresholds:
            yield from threshold.any + threshold.all
        yield from (measure.due for measure in self.measures)
        yield from (*self.limits, *self.restraints)
        for quota in self.quotas:
            yield from filter(None, (quota, quota.year))
        yield from self.drawings
