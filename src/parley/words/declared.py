"""What a declaration comes to, in words: its totals, and each limit beside them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from parley.canonical import Time
from parley.measures.agreement import Agreement
from parley.measures.content import Content, Value
from parley.measures.counting import Counted, counted
from parley.measures.declaration import Declared
from parley.words import say, term
from parley.words.agreements import label, number
from parley.words.neutral import shown


def told(agreement: Agreement, found: Content | Declared) -> Iterator[str]:
    """How many records there are, what they come to, and how that stands to each limit."""
    content = found.content if isinstance(found, Declared) else found
    if isinstance(found, Declared):
        yield say("declare.one-record") if len(found.rows) == 1 else say("declare.records", count=len(found.rows))
    form = agreement.form(content.form)
    for item in form.items if form else ():
        if item.id in content.items:
            yield say("declare.total", title=label(item.title), value=_said(content.items[item.id]))
    beside = counted(agreement, content)
    if not beside:
        yield say("declare.no-limit")
    for each in beside:
        yield _limit(each)


def _said(value: Value) -> str:
    if isinstance(value, int) and not isinstance(value, bool | Time):
        return number(value)
    return str(_plain(value)) if not isinstance(value, bool) else say("notify.yes" if value else "notify.no")


def _limit(found: Counted) -> str:
    values = {"title": label(found.limit.title), "state": term("limit-states", found.state)}
    if found.declared is None:
        return say("declare.limit-incomplete", **values)
    values["declared"] = number(found.declared)
    if found.limit.at_most is None or found.left is None:
        return say("declare.limit-open", **values)
    values["number"] = number(found.limit.at_most)
    if found.left < 0:
        return say("declare.limit-above", over=number(-found.left), **values)
    return say("declare.limit", left=number(found.left), **values)


def as_value(agreement: Agreement, found: Content | Declared) -> dict[str, Any]:
    """The same as data."""
    content = found.content if isinstance(found, Declared) else found
    return {
        "agreement": agreement.id,
        "form": content.form,
        "records": len(found.rows) if isinstance(found, Declared) else None,
        "items": {name: _plain(value) for name, value in content.items.items()},
        "limits": [
            {
                "limit": each.limit.id,
                "day": each.day.isoformat(),
                "declared": each.declared,
                "at_most": each.limit.at_most,
                "left": each.left,
                "state": each.state,
            }
            for each in counted(agreement, content)
        ],
    }


def _plain(value: Value) -> str | int | bool:
    match value:
        case Time():
            return value.to_text()
        case date():
            return value.isoformat()
        case str():
            return shown(value)
        case _:
            return value
