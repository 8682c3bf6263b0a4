"""An agreement in sentences: its provisions, and under each what is owed, counted and limited, and how sure it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from parley.errors import Malformed
from parley.measures.agreement import (
    Agreement,
    Condition,
    Drawing,
    Due,
    Limit,
    Measure,
    Quota,
    QuotaYear,
    Restraint,
    Threshold,
    Trigger,
)
from parley.measures.consistency import MOMENTS, Problem
from parley.measures.entry import Labels, Marked, NoticePeriod, Span, in_language
from parley.measures.form import Form, Item
from parley.words import explain, say, spoken, term
from parley.words.neutral import shown

Part = TypeVar("Part", Measure, Threshold, Limit, Restraint, Quota, Form, Drawing)


def label(texts: Labels) -> str:
    """A text in the language that is being spoken, else in another."""
    return in_language(texts, spoken())


def number(value: int) -> str:
    """A whole number with what stands between thousands in the language that is being spoken."""
    return f"{value:,}".replace(",", say("numbers.thousands"))


def fault(problem: Problem) -> str:
    """What is wrong with an agreement's file, with the line."""
    return explain(Malformed(problem.code, **problem.details))


def told(agreement: Agreement) -> Iterator[str]:
    """The whole of it: head, then each provision with what it asks, then the sources."""
    yield shown(f"{label(agreement.name)} ({agreement.id})")
    yield from _dates(agreement)
    marks = [each.mark for each in agreement.marked()]
    yield say("agreement.marks", seen=marks.count("seen"), open=marks.count("to_be_checked"))
    teller = _Teller(agreement)
    for provision in agreement.provisions:
        yield ""
        yield shown(f"{provision.id}  {label(provision.title)}")
        if provision.text:
            yield f"  {shown(label(provision.text))}{_mark(provision.figures)}"
        yield from (f"  {line}" for line in teller.of_provision(provision.id))
    yield ""
    yield say("agreement.sources")
    for source in agreement.sources:
        yield f"  {shown(source.id)}: {shown(' '.join(filter(None, (source.title, source.address))))}"


def _dates(agreement: Agreement) -> Iterator[str]:
    mark = _mark(agreement.figures)
    if agreement.in_force:
        yield say("agreement.in-force", day=agreement.in_force.isoformat()) + mark
    else:
        yield say("agreement.in-force-adopted")
    if agreement.expires:
        yield say("agreement.expires", day=agreement.expires.isoformat()) + mark
    if agreement.notice:
        yield say("agreement.notice", span=span(agreement.notice)) + _mark(agreement.notice)


def _mark(number_: Marked | NoticePeriod | None) -> str:
    """How sure a number is, behind its sentence; nothing where there is none."""
    if number_ is None:
        return ""
    return " " + say(f"agreement.mark-{number_.mark.replace('_', '-')}", source=number_.source)


def span(length: Span) -> str:
    """`48 hours`, `42 days`, `6 months`."""
    for unit in ("hours", "days", "months", "years"):
        count = getattr(length, unit)
        if count is not None:
            return say(f"spans.one-{unit}") if count == 1 else say(f"spans.{unit}", count=count)
    return ""


class _Teller:
    """Sentences on the parts of one agreement."""

    def __init__(self, agreement: Agreement) -> None:
        self.agreement = agreement

    def of_provision(self, name: str) -> Iterator[str]:
        """What the file draws from a provision, each in a sentence."""
        agreement = self.agreement

        def here(parts: Iterable[Part]) -> Iterator[Part]:
            return (part for part in parts if part.provision == name)

        yield from (self.marked(self.measure(each), each.due) for each in here(agreement.measures))
        for threshold in here(agreement.thresholds):
            yield from self.threshold(threshold)
        yield from (self.marked(self.limit(each), each) for each in here(agreement.limits))
        yield from (self.marked(self.restraint(each), each) for each in here(agreement.restraints))
        for quota in here(agreement.quotas):
            yield self.marked(self.quota(quota), quota)
            if quota.year is not None:
                yield self.marked(self.quota_year(quota, quota.year), quota.year)
        for form in here(agreement.forms):
            yield from self.form(form)
        yield from (self.drawing(each) for each in here(agreement.drawings))

    def marked(self, sentence: str, number_: Marked | NoticePeriod) -> str:
        return f"- {sentence}{_mark(number_)}"

    def name_of(self, form: str) -> str:
        found = self.agreement.form(form)
        return label(found.title) if found else form

    def item(self, form: str, name: str) -> str:
        found = self.agreement.form(form)
        item = found.item(name) if found else None
        return label(item.title) if item else name

    def measure(self, measure: Measure) -> str:
        return say(
            "agreement.measure",
            title=label(measure.title),
            party=say(f"agreement.party-{measure.party}"),
            form=self.name_of(measure.form),
            to=say(f"agreement.to-{measure.to}"),
            trigger=self.trigger(measure.trigger),
            due=self.due(measure),
            counts=term("moments", measure.counts),
        )

    def trigger(self, trigger: Trigger) -> str:
        if trigger.form is not None:
            threshold = self.agreement.threshold(trigger.threshold or "")
            key = "agreement.trigger-threshold" if threshold else "agreement.trigger-form"
            values = {"threshold": label(threshold.title)} if threshold else {}
            return say(key, form=self.name_of(trigger.form), **values)
        if trigger.on is not None:
            return say("agreement.trigger-on", day=trigger.on.isoformat())
        if trigger.every is not None and trigger.first is not None:
            return say("agreement.trigger-every", span=span(trigger.every), day=trigger.first.isoformat())
        return say("agreement.trigger-in-force")

    def due(self, measure: Measure) -> str:
        due = measure.due
        return say("agreement.due-before" if due.before else "agreement.due-after", **self._due(measure, due))

    def _due(self, measure: Measure, due: Due) -> dict[str, str]:
        length = due.before or due.after or Span(days=0)
        if due.of == "trigger":
            what = say("agreement.of-trigger")
        elif due.of in MOMENTS:
            what = say("agreement.of-moment", moment=term("moments", due.of))
        else:
            what = say("agreement.of-item", item=self.item(measure.trigger.form or "", due.of))
        return {"span": span(length), "what": what}

    def threshold(self, threshold: Threshold) -> Iterator[str]:
        for kind in ("any", "all"):
            conditions: tuple[Condition, ...] = getattr(threshold, kind)
            for condition in conditions:
                sentence = say(
                    f"agreement.threshold-{kind}",
                    title=label(threshold.title),
                    condition=self.condition(threshold.form, condition),
                )
                yield self.marked(sentence, condition)

    def condition(self, form: str, condition: Condition) -> str:
        item = self.item(form, condition.item)
        if condition.at_least is not None:
            return say("agreement.at-least", item=item, number=number(condition.at_least))
        if condition.more_than is not None:
            return say("agreement.more-than", item=item, number=number(condition.more_than))
        if isinstance(condition.is_, bool):
            return say("agreement.is-yes" if condition.is_ else "agreement.is-no", item=item)
        return say("agreement.is", item=item, choice=str(condition.is_))

    def limit(self, limit: Limit) -> str:
        terms = [
            self.item(limit.form, each.item)
            if each.times == 1
            else say("agreement.times", count=number(each.times), item=self.item(limit.form, each.item))
            for each in limit.sum
        ]
        until = say("agreement.limit-until", day=limit.until.isoformat()) if limit.until else ""
        values = {"title": label(limit.title), "sum": " + ".join(terms), "day": limit.since.isoformat(), "until": until}
        if limit.at_most is None:
            return say("agreement.limit-open", **values)
        return say("agreement.limit", number=number(limit.at_most), **values)

    def restraint(self, restraint: Restraint) -> str:
        values = {"title": label(restraint.title), "number": number(restraint.at_most)}
        values["over"] = self.title_of(restraint.threshold)
        if restraint.not_over:
            above = self.title_of(restraint.not_over)
            values["over"] = say("agreement.restraint-not-over", over=values["over"], above=above)
        if restraint.calendar_years is None:
            return say("agreement.restraint-at-once", **values)
        if restraint.calendar_years == 1:
            return say("agreement.restraint-one-year", **values)
        return say("agreement.restraint", years=restraint.calendar_years, **values)

    def title_of(self, threshold: str) -> str:
        found = self.agreement.threshold(threshold)
        return label(found.title) if found else threshold

    def quota(self, quota: Quota) -> str:
        if quota.at_most is not None:
            count = number(quota.at_most)
        else:
            count = say(
                "agreement.quota-rule",
                item=self.item(quota.declared or "", quota.item or ""),
                divided=number(quota.divided_by or 1),
                most=say("agreement.quota-most", number=number(quota.most)) if quota.most else "",
            )
        share = ""
        if quota.per_asking is not None:
            share = say("agreement.quota-per-asking", count=number(quota.per_asking))
        elif quota.share_of is not None:
            share = say("agreement.quota-share", share=number(quota.share_of))
        key = f"agreement.quota-{quota.counted}"
        form, year = self.name_of(quota.form), say("agreement.year-own" if quota.year else "agreement.year-calendar")
        return say(key, title=label(quota.title), form=form, count=count, share=share, year=year)

    def quota_year(self, quota: Quota, year: QuotaYear) -> str:
        return say("agreement.quota-year", title=label(quota.title), day=year.begins.isoformat())

    def form(self, form: Form) -> Iterator[str]:
        """The form; what may be a table; which of its items have bounds; and what it is read by."""
        follows = ", ".join(self.name_of(name) for name in form.follows)
        key = "agreement.form-follows" if follows else "agreement.form"
        values = {"follows": follows} if follows else {}
        yield "- " + say(key, title=label(form.title), id=form.id, count=len(form.items), **values)
        if form.table is not None:
            yield "  " + say("agreement.form-table")
        for item in form.items:
            if item.figures is not None:
                yield f"  {self.bounds(item)}{_mark(item.figures)}"
        for rule in self.agreement.readings:
            if rule.form == form.id:
                limit = self.agreement.limit(rule.limit)
                yield "  " + say("agreement.form-reads", limit=label(limit.title) if limit else rule.limit)

    def bounds(self, item: Item) -> str:
        least, most = item.at_least or 0, item.at_most
        if most is None:
            return say("agreement.bound-least", item=label(item.title), least=number(least))
        return say("agreement.bounds", item=label(item.title), least=number(least), most=number(most))

    def drawing(self, drawing: Drawing) -> str:
        sentence = say(
            "agreement.drawing",
            title=label(drawing.title),
            count=number(drawing.take),
            consequence=term("consequences", drawing.if_not_shown),
        )
        return self.marked(sentence, drawing)
