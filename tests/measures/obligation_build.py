"""Agreements of a few lines, papers under them and steps about them, for tests."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, tzinfo
from itertools import count
from typing import Any

from parley.canonical import Time
from parley.crypto import Digest
from parley.measures.agreement import Agreement
from parley.measures.agreement_file import read_agreement
from parley.measures.content import Content, Value
from parley.measures.obligation import Obligation, State
from parley.measures.papers import Filed
from parley.measures.standing import Step
from parley.words import zones
from tests.measures import agreements
from tests.measures.agreements import MARK

_ENTRIES = count(1)

FORMS = """
[[forms]]
id = "notice"
title = { en = "Notice of an exercise" }
provision = "1"
items = [
  { id = "start", number = "1", title = { en = "Begins on" }, type = "date", provision = "1" },
  { id = "troops", number = "2", title = { en = "Troops" }, type = "count", provision = "1", required = false },
  { id = "tanks", number = "3", title = { en = "Tanks" }, type = "count", provision = "1", required = false },
  { id = "alert", number = "4", title = { en = "Alert" }, type = "yes_no", provision = "1", required = false },
  { id = "at", number = "5", title = { en = "At" }, type = "time", provision = "1" },
]

[[forms]]
id = "request"
title = { en = "Request" }
provision = "2"
items = [{ id = "what", number = "1", title = { en = "What" }, type = "text", provision = "2" }]

[[forms]]
id = "reply"
title = { en = "Reply" }
provision = "2"
follows = ["request", "notice"]
items = [{ id = "what", number = "1", title = { en = "What" }, type = "text", provision = "2" }]

[[forms]]
id = "data"
title = { en = "Data" }
provision = "3"
role = "declaration"
items = [
  { id = "day", number = "1", title = { en = "For the day" }, type = "date", provision = "3" },
  { id = "total", number = "2", title = { en = "Total" }, type = "count", provision = "3", required = false },
]
"""
NOTICE = f"""
[[thresholds]]
id = "notifiable"
title = {{ en = "Notifiable" }}
provision = "1"
form = "notice"
any = [
  {{ item = "troops", at_least = 9000, {MARK} }},
  {{ item = "tanks", at_least = 250, {MARK} }},
]

[[measures]]
id = "notify"
kind = "notification"
title = {{ en = "Notice" }}
provision = "1"
party = "sender"
to = "all"
form = "notice"
trigger = {{ form = "notice", threshold = "notifiable" }}
due = {{ before = {{ days = 42 }}, of = "start", {MARK} }}
"""
REPLY = f"""
[[measures]]
id = "reply"
kind = "reply"
title = {{ en = "Reply" }}
provision = "2"
party = "addressee"
to = "sender"
form = "reply"
trigger = {{ form = "request" }}
due = {{ after = {{ hours = 48 }}, of = "informed", {MARK} }}
"""
FIRST_DATA = f"""
[[measures]]
id = "first-data"
kind = "exchange"
title = {{ en = "First data" }}
provision = "3"
form = "data"
trigger = {{ in_force = true }}
due = {{ after = {{ days = 45 }}, {MARK} }}
counts = "received"
period = "day"
"""
HALF_YEARLY = f"""
[[measures]]
id = "half-yearly"
kind = "exchange"
title = {{ en = "Half-yearly data" }}
provision = "3"
form = "data"
trigger = {{ every = {{ months = 6 }}, first = 2011-08-31 }}
due = {{ after = {{ days = 30 }}, {MARK} }}
counts = "received"
period = "day"
"""
DATA = FIRST_DATA + HALF_YEARLY

TEXT = Digest(hashlib.sha256(b"the file of the invented agreement").digest())


def under(*measures: str, head: str = "") -> Agreement:
    """An agreement with these measures; `head` are further members of its first table, marked here."""
    if "in_force" in head or "expires" in head:
        head += f"figures = {{ {MARK} }}\n"
    head = re.sub(r"(notice = \{ .*?) \}", rf"\1, {MARK} }}", head)
    begin = agreements.head("invented", "An invented agreement", "1: Notices", "2: Requests", "3: Data", more=head)
    return read_agreement((begin + FORMS + "".join(measures)).encode())


def at(text: str) -> Time:
    """A day, or a day and a time, in UTC."""
    whole = text if "T" in text else text + "T00:00"
    return Time.from_text(whole + "0000-00-00T00:00:00.000Z"[len(whole) :])


def clock(name: str) -> tzinfo:
    found = zones.zone(name)
    assert found is not None
    return found


def digest(name: str) -> Digest:
    return Digest(hashlib.sha256(name.encode()).digest())


def filed(
    name: str,
    sender: str,
    to: Iterable[str],
    form: str,
    made: str,
    *,
    answers: Filed | None = None,
    informed: Mapping[str, str] | None = None,
    received: Mapping[str, str] | None = None,
    sent: str | None = None,
    test: bool = False,
    agreement: str = "invented",
    **items: Value,
) -> Filed:
    """A paper; who is addressed was informed when it was entered, unless the test says otherwise."""
    times = dict.fromkeys(to, made) if informed is None else informed
    return Filed(
        reference=name.upper(),
        digest=digest(name),
        sender=sender,
        to=tuple(to),
        entry=next(_ENTRIES),
        sent=at(sent or made),
        made=at(made),
        informed={party: at(time) for party, time in times.items()},
        received={party: at(time) for party, time in (received or {}).items()},
        answers=answers.digest if answers else None,
        content=Content(agreement=agreement, form=form, items=items, test=test),
    )


def step(name: str, kind: Any, sender: str, made: str, *, text: Digest = TEXT, **members: Any) -> Step:
    return Step(
        kind=kind,
        reference=name.upper(),
        digest=digest(name),
        agreement=text,
        sender=sender,
        entry=next(_ENTRIES),
        made=at(made),
        **members,
    )


def adopted(parties: Iterable[str], made: str, *, text: Digest = TEXT) -> list[Step]:
    return [step(f"{party}-adopts-{text.hex()}", "adoption", party, made, text=text) for party in parties]


def utc(*parties: str) -> dict[str, tzinfo]:
    return dict.fromkeys(parties, UTC)


def states(view: Iterable[Obligation], measure: str | None = None) -> dict[tuple[str, str], list[State]]:
    """The states by debtor and creditor, in the order of the view."""
    found: dict[tuple[str, str], list[State]] = {}
    for owed in view:
        if measure in (None, owed.measure.id):
            found.setdefault((owed.debtor, owed.creditor), []).append(owed.state)
    return found


def only(view: Iterable[Obligation], **members: Any) -> Obligation:
    """The one obligation of the view with these members; `measure` by its id."""
    found = [
        owed
        for owed in view
        if all(
            (owed.measure.id if name == "measure" else getattr(owed, name)) == each for name, each in members.items()
        )
    ]
    assert len(found) == 1, found
    return found[0]
