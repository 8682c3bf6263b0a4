"""What a filled form begins, in a sentence for each threshold of its agreement."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from typing import Any

from parley.canonical import Time
from parley.measures.agreement import Agreement
from parley.measures.content import Content
from parley.measures.notice_due import due_by, is_voluntary
from parley.measures.thresholds import Answer, Compared, answers
from parley.words import say
from parley.words.agreements import label, number
from parley.words.clock import Clocks


def checked(agreement: Agreement, content: Content, *, now: Time, zone: tzinfo, clocks: Clocks) -> Iterator[str]:
    """`notifiable: yes. Troops 12,700, from 9,000`; `open to observation: no. Troops 12,700, from 13,000`.

    And by when it is to be given, if a measure asks for it.
    """
    if content.test:
        yield say("notify.is-test")
    found = answers(agreement, content)
    if not found:
        yield say("notify.no-threshold")
    for answer in found:
        reasons = "; ".join(_reason(agreement, content, each) for each in answer.deciding)
        key = "notify.reached" if answer.reached else "notify.not-reached"
        yield say(key, title=label(answer.threshold.title), reasons=reasons)
    for each in due_by(agreement, content, zone):
        key = "notify.due" if now <= each.by else "notify.late"
        yield say(key, title=label(each.measure.title), time=clocks.instant(each.by))
    yield from voluntary(agreement, content)


def late(agreement: Agreement, content: Content, *, now: Time, zone: tzinfo, clocks: Clocks) -> Iterator[str]:
    """What of it somebody who is about to sign should know: that it is late, or that no measure asks for it."""
    for each in due_by(agreement, content, zone):
        if each.by < now:
            yield say("notify.late", title=label(each.measure.title), time=clocks.instant(each.by))
    yield from voluntary(agreement, content)


def voluntary(agreement: Agreement, content: Content) -> Iterator[str]:
    """That no measure asks for such a notice, where that is so."""
    if is_voluntary(agreement, content):
        yield say("notify.voluntary")


def checked_value(agreement: Agreement, content: Content, *, now: Time, zone: tzinfo) -> list[dict[str, Any]]:
    """The same as data: each threshold, whether it is reached, what made it so, and what is owed by when for it."""
    owed = due_by(agreement, content, zone)
    return [
        {
            "threshold": answer.threshold.id,
            "title": label(answer.threshold.title),
            "provision": answer.threshold.provision,
            "reached": answer.reached,
            "because": [_compared(each) for each in answer.deciding],
            "says": _reasons(agreement, content, answer),
            "owed": [
                {"measure": each.measure.id, "by": each.by.to_text(), "late": each.by < now}
                for each in owed
                if each.measure.trigger.threshold == answer.threshold.id
            ],
        }
        for answer in answers(agreement, content)
    ]


def _reasons(agreement: Agreement, content: Content, answer: Answer) -> list[str]:
    return [_reason(agreement, content, each) for each in answer.deciding]


def _compared(found: Compared) -> dict[str, Any]:
    condition = found.condition
    value = found.value.to_text() if isinstance(found.value, Time) else found.value
    return {
        "item": condition.item,
        "value": value if isinstance(value, str | int | bool) or value is None else value.isoformat(),
        "at_least": condition.at_least,
        "more_than": condition.more_than,
        "is": condition.is_,
        "mark": condition.mark,
    }


def _reason(agreement: Agreement, content: Content, found: Compared) -> str:
    form = agreement.form(content.form)
    item = form.item(found.condition.item) if form else None
    name = label(item.title) if item else found.condition.item
    if found.value is None:
        said = say("notify.unsaid")
    elif isinstance(found.value, bool):
        said = say("notify.yes" if found.value else "notify.no")
    else:
        said = number(found.value) if isinstance(found.value, int) else str(found.value)
    condition = found.condition
    if condition.at_least is not None:
        return say("notify.from", item=name, value=said, number=number(condition.at_least))
    if condition.more_than is not None:
        return say("notify.above", item=name, value=said, number=number(condition.more_than))
    return say("notify.is", item=name, value=said)
