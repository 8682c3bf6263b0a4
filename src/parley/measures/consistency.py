"""Whether the parts of an agreement fit together: every fault at once, each with its place in the file.

What is looked for: names that name nothing, or two things; texts that lack a language; rules that contradict each
other, can never apply, wait for one another in a circle, or never end. What an agreement means nobody here judges.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from parley.document import MAX_NAME_BYTES
from parley.errors import Detail, Malformed
from parley.measures.agreement import Agreement, Condition, Measure, Quota
from parley.measures.entry import (
    LAST_YEAR,
    MAX_LABEL,
    MAX_TEXT,
    Entry,
    Labels,
    Marked,
    NoticePeriod,
    Span,
    check_day,
    check_figures,
    check_label,
)
from parley.measures.form import Form, table_name

MOST_PERIODS = 2_400
MOMENTS = ("sent", "made", "informed", "received")
NAMED = ("sources", "forms", "thresholds", "measures", "limits", "restraints", "quotas", "drawings")

Path = tuple[str | int, ...]
"""Where in the file: names of tables and members, and places from 0 in lists."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One fault: its place, its code, and what its sentence needs."""

    path: Path
    code: str
    details: dict[str, Detail] = field(default_factory=dict)


def problems(agreement: Agreement) -> tuple[Problem, ...]:
    """All faults of an agreement that was read as one, in the order of this module; none when it is sound."""
    found: list[Problem] = []
    for step in (_records, _names, _texts, _references, _forms, _thresholds, _measures, _limits, _quotas, _ends):
        found.extend(step(agreement))
    found.extend(_readings(agreement))
    return tuple(found)


def _problem(path: Path, code: str, **details: Detail) -> Problem:
    return Problem(path=path, code=code, details=details)


def _twice(path: Path, names: Sequence[str]) -> Iterator[Problem]:
    times = Counter(names)
    for place, name in enumerate(names):
        if times[name] > 1 and name in names[:place]:
            yield _problem((*path, place), "agreement.twice", name=name)


def _names(agreement: Agreement) -> Iterator[Problem]:
    for table in NAMED:
        yield from _twice((table,), [each.id for each in getattr(agreement, table)])
    yield from _twice(("provisions",), [each.id for each in agreement.provisions])
    for place, form in enumerate(agreement.forms):
        yield from _twice(("forms", place, "items"), [item.id for item in form.items])
        yield from _twice(("forms", place, "items"), [item.number for item in form.items])
        for at, item in enumerate(form.items):
            yield from _twice(("forms", place, "items", at, "choices"), [choice.id for choice in item.choices])


def _entries(value: Any, path: Path = ()) -> Iterator[tuple[Path, Entry]]:
    """Every table of the file with its place."""
    if isinstance(value, Entry):
        yield path, value
        for name in value.__struct_fields__:
            yield from _entries(getattr(value, name), (*path, name))
    elif isinstance(value, tuple):
        for place, each in enumerate(value):
            yield from _entries(each, (*path, place))


def _records(agreement: Agreement) -> Iterator[Problem]:
    for path, entry in _entries(agreement):
        yield from _malformed(path, entry.check)


def _malformed(path: Path, check: Callable[[], None]) -> Iterator[Problem]:
    try:
        check()
    except Malformed as error:
        yield Problem(path=path, code=error.code, details=error.details)


def _texts(agreement: Agreement) -> Iterator[Problem]:
    wanted = set(agreement.languages)
    for path, entry in _entries(agreement):
        for name in ("name", "title", "text", "unit"):
            texts: Labels | str = getattr(entry, name, {})
            if isinstance(texts, str) or (not texts and name not in entry.labels):
                continue
            most = MAX_TEXT if name == "text" else MAX_LABEL
            for language, text in texts.items():
                yield from _malformed((*path, name, language), partial(check_label, language, text, most=most))
            if set(texts) != wanted:
                yield _problem((*path, name), "agreement.languages", wanted=", ".join(agreement.languages))


def _references(agreement: Agreement) -> Iterator[Problem]:
    provisions = {each.id for each in agreement.provisions}
    sources = {each.id for each in agreement.sources}
    for path, entry in _entries(agreement):
        provision = getattr(entry, "provision", None)
        if provision is not None and provision not in provisions:
            yield _problem((*path, "provision"), "agreement.no-provision", name=provision)
        if isinstance(entry, Marked | NoticePeriod) and entry.source not in sources:
            yield _problem((*path, "source"), "agreement.no-source", name=entry.source)


def _forms(agreement: Agreement) -> Iterator[Problem]:
    known = {form.id for form in agreement.forms}
    for place, form in enumerate(agreement.forms):
        for name in form.follows:
            if name not in known:
                yield _problem(("forms", place, "follows"), "agreement.no-form", name=name)
        yield from _refusal(("forms", place, "refusal"), form)
        yield from _table(("forms", place), agreement, form)
    possible = {form.id for form in agreement.forms if not form.follows}
    while more := {form.id for form in agreement.forms if possible & set(form.follows)} - possible:
        possible |= more
    for place, form in enumerate(agreement.forms):
        if form.id not in possible and set(form.follows) <= known:
            yield _problem(("forms", place, "follows"), "agreement.circular", name=form.id)


def _refusal(path: Path, form: Form) -> Iterator[Problem]:
    rule = form.refusal
    if rule is None:
        return
    yield from _choice(path, form, rule.item, (rule.choice,))
    if rule.reason is not None:
        yield from _choice(path, form, rule.reason, rule.allowed)


def _table(path: Path, agreement: Agreement, form: Form) -> Iterator[Problem]:
    """What is said of records, and which items there are for a paper as a whole."""
    rule = form.table
    if rule is None:
        return
    if rule.identified_by is not None:
        yield from _typed((*path, "table"), form, rule.identified_by, "text", "count", "choice")
    for name in rule.each_of:
        yield from _typed((*path, "table"), form, name, "choice")
    for name in rule.same:
        yield from _typed((*path, "table"), form, name, "date", "time", "text", "choice", "yes_no")
    yield from _twice((*path, "table", "same"), rule.same)
    for at, item in enumerate(form.items):
        if item.required and not form.of_the_whole(item):
            yield _problem((*path, "items", at), "agreement.of-record", name=item.id)
    if len(table_name(agreement.id, form.id)) > MAX_NAME_BYTES:
        yield _problem((*path, "id"), "agreement.table-name", most=MAX_NAME_BYTES)


def _choice(path: Path, form: Form, name: str, choices: Iterable[str]) -> Iterator[Problem]:
    yield from _item(path, form, name, "choice")
    item = form.item(name)
    if item is None or item.type != "choice":
        return
    known = {choice.id for choice in item.choices}
    for choice in choices:
        if choice not in known:
            yield _problem(path, "agreement.no-choice", name=choice)


def _typed(path: Path, form: Form | None, name: str, *types: str) -> Iterator[Problem]:
    """A fault unless the form has such an item of one of these types; a form that is missing was named already."""
    item = form.item(name) if form else None
    if form and (item is None or item.type not in types):
        yield _problem(path, "agreement.no-item", name=name, type=types[0])


def _item(path: Path, form: Form | None, name: str, *types: str) -> Iterator[Problem]:
    """The same of an item on which a rule hangs: it says something of a paper as a whole."""
    yield from _typed(path, form, name, *types)
    item = form.item(name) if form else None
    if form and item and item.type in types and not form.of_the_whole(item):
        yield _problem(path, "agreement.not-same", name=name)


def _needed(path: Path, form: Form | None, name: str, *types: str) -> Iterator[Problem]:
    """The same of an item on which a deadline, a period or a sum hangs: no paper may leave it out."""
    yield from _item(path, form, name, *types)
    item = form.item(name) if form else None
    if item and item.type in types and not item.required:
        yield _problem(path, "agreement.optional", name=name)


def _form(path: Path, agreement: Agreement, name: str) -> Iterator[Problem]:
    if agreement.form(name) is None:
        yield _problem(path, "agreement.no-form", name=name)


def _thresholds(agreement: Agreement) -> Iterator[Problem]:
    for place, threshold in enumerate(agreement.thresholds):
        path: Path = ("thresholds", place)
        yield from _form((*path, "form"), agreement, threshold.form)
        form = agreement.form(threshold.form)
        for group in ("any", "all"):
            for at, condition in enumerate(getattr(threshold, group)):
                yield from _condition((*path, group, at), form, condition)


def _condition(path: Path, form: Form | None, condition: Condition) -> Iterator[Problem]:
    if form is None:
        return
    if isinstance(condition.is_, bool):
        yield from _item(path, form, condition.item, "yes_no")
    elif condition.is_ is not None:
        yield from _choice(path, form, condition.item, (condition.is_,))
    else:
        yield from _item(path, form, condition.item, "count")
        item = form.item(condition.item)
        if item and item.at_most is not None and not _reachable(condition, item.at_most):
            yield _problem(path, "agreement.never", name=condition.item)


def _reachable(condition: Condition, most: int) -> bool:
    if condition.at_least is not None:
        return condition.at_least <= most
    return condition.more_than is not None and condition.more_than < most


def _measures(agreement: Agreement) -> Iterator[Problem]:
    for place, measure in enumerate(agreement.measures):
        path: Path = ("measures", place)
        yield from _form((*path, "form"), agreement, measure.form)
        if measure.trigger.form is None:
            yield from _by_calendar(path, agreement, measure)
        else:
            yield from _by_paper(path, agreement, measure, measure.trigger.form)


def _by_calendar(path: Path, agreement: Agreement, measure: Measure) -> Iterator[Problem]:
    """A day, a period or the entry into force: each party owes, and the paper says for which day it is given."""
    if measure.party != "each" or measure.to != "all":
        yield _problem((*path, "party"), "agreement.party-by-date")
    if measure.due.of != "trigger":
        yield _problem((*path, "due"), "agreement.due-of", name=measure.due.of)
    if _span(measure).hours is not None:
        yield _problem((*path, "due"), "agreement.hours")
    if measure.period is None:
        yield _problem(path, "agreement.period")
    else:
        yield from _needed((*path, "period"), agreement.form(measure.form), measure.period, "date")
    if measure.trigger.every and measure.trigger.first:
        last = agreement.expires or date(LAST_YEAR, 12, 31)
        months = measure.trigger.every.months or 12 * (measure.trigger.every.years or 1)
        if (last.year - measure.trigger.first.year + 1) * 12 // months > MOST_PERIODS:
            yield _problem((*path, "trigger"), "agreement.unbounded", most=MOST_PERIODS)


def _by_paper(path: Path, agreement: Agreement, measure: Measure, name: str) -> Iterator[Problem]:
    yield from _form((*path, "trigger"), agreement, name)
    trigger, form = agreement.form(name), agreement.form(measure.form)
    if measure.party == "each":
        yield _problem((*path, "party"), "agreement.party-by-paper")
    if measure.party == measure.to == "sender":
        yield _problem((*path, "to"), "agreement.to-itself")
    if measure.together or measure.period:
        yield _problem(path, "agreement.by-paper")
    threshold = agreement.threshold(measure.trigger.threshold or "")
    if measure.trigger.threshold and (threshold is None or threshold.form != name):
        yield _problem((*path, "trigger"), "agreement.no-threshold", name=measure.trigger.threshold)
    if form and name != measure.form and name not in form.follows:
        yield _problem((*path, "form"), "agreement.no-answer", name=measure.form, to=name)
    # When a paper itself was due can only be told by what it says: so long before or after a day that it names.
    if name == measure.form and (measure.party != "sender" or measure.due.of in MOMENTS):
        yield _problem((*path, "due"), "agreement.own-paper", name=name)
    if measure.due.of not in MOMENTS:
        yield from _needed((*path, "due"), trigger, measure.due.of, "date", "time")
        item = trigger.item(measure.due.of) if trigger else None
        if item and item.type == "date" and _span(measure).hours is not None:
            yield _problem((*path, "due"), "agreement.hours")


def _span(measure: Measure) -> Span:
    return measure.due.before or measure.due.after or Span(days=0)


def _limits(agreement: Agreement) -> Iterator[Problem]:
    for place, limit in enumerate(agreement.limits):
        path: Path = ("limits", place)
        yield from _form((*path, "form"), agreement, limit.form)
        form = agreement.form(limit.form)
        yield from _needed((*path, "as_of"), form, limit.as_of, "date")
        for at, term in enumerate(limit.sum):
            yield from _needed((*path, "sum", at), form, term.item, "count")
        yield from _twice((*path, "sum"), [term.item for term in limit.sum])
    for place, restraint in enumerate(agreement.restraints):
        threshold = agreement.threshold(restraint.threshold)
        if threshold is None:
            yield _problem(("restraints", place), "agreement.no-threshold", name=restraint.threshold)
            continue
        above = agreement.threshold(restraint.not_over or "")
        if restraint.not_over and (above is None or above.form != threshold.form):
            yield _problem(("restraints", place), "agreement.no-threshold", name=restraint.not_over)
        for name in (restraint.start, restraint.end):
            yield from _needed(("restraints", place), agreement.form(threshold.form), name, "date")


def _quotas(agreement: Agreement) -> Iterator[Problem]:
    for place, quota in enumerate(agreement.quotas):
        path: Path = ("quotas", place)
        yield from _form((*path, "form"), agreement, quota.form)
        if quota.declared is not None and quota.item is not None:
            yield from _form((*path, "declared"), agreement, quota.declared)
            yield from _needed((*path, "item"), agreement.form(quota.declared), quota.item, "count")
        if _too_many(quota):
            yield _problem(path, "agreement.quota-contradicts")
        if quota.as_of is not None:
            yield from _needed((*path, "as_of"), agreement.form(quota.declared or ""), quota.as_of, "date")
        if quota.report is not None:
            yield from _form((*path, "report"), agreement, quota.report)


def _too_many(quota: Quota) -> bool:
    """One asking party may not have more than there are."""
    whole = quota.at_most if quota.at_most is not None else quota.most
    return quota.per_asking is not None and whole is not None and quota.per_asking > whole


def _readings(agreement: Agreement) -> Iterator[Problem]:
    for place, rule in enumerate(agreement.readings):
        path: Path = ("readings", place)
        yield from _form((*path, "form"), agreement, rule.form)
        form, limit = agreement.form(rule.form), agreement.limit(rule.limit)
        if limit is None:
            yield _problem((*path, "limit"), "agreement.no-limit", name=rule.limit)
        elif form and limit.form not in form.follows:
            yield _problem((*path, "form"), "agreement.no-answer", name=rule.form, to=limit.form)
        for name in rule.more + rule.less:
            yield from _item(path, form, name, "count")
        yield from _twice(path, rule.more + rule.less)
        yield from _item(path, form, rule.words, "text")
        if rule.standing is not None:
            yield from _item(path, form, rule.standing, "yes_no")


def _ends(agreement: Agreement) -> Iterator[Problem]:
    for name in ("in_force", "expires"):
        day: date | None = getattr(agreement, name)
        yield from _malformed((name,), partial(check_day, day))
        yield from _malformed((name,), partial(check_figures, agreement.figures, there=day is not None))
    if agreement.in_force and agreement.expires and agreement.expires < agreement.in_force:
        yield _problem(("expires",), "agreement.until")
