"""What somebody is about to do to an agreement, in sentences: for the screen before it is signed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from parley.canonical import Time
from parley.measures.agreement import Agreement
from parley.measures.changed import differences
from parley.words import say
from parley.words.clock import Clocks
from parley.words.neutral import shown

MOST = 12
"""So many differences of two texts are told one by one."""


def adopting(agreement: Agreement, before: Agreement | None, begins: date | None) -> Iterator[str]:
    """That a text is adopted, or which one it is to replace, and what it changes in it.

    `begins` is the day from which this puts it in force, None where another party has yet to hand it over.
    """
    last = {"day": begins.isoformat()} if begins else {}
    if before is None:
        yield say("deeds.adopt-last" if last else "deeds.adopt", name=agreement.id, **last)
        return
    yield from amending(agreement.id, differences(before, agreement), begins)


def amending(name: str, found: Sequence[tuple[str, Any, Any]], begins: date | None = None) -> Iterator[str]:
    """That a text is to take another's place, and what it changes in it: place, old and new; `begins` as above."""
    last = {"day": begins.isoformat()} if begins else {}
    yield say("deeds.amend-last" if last else "deeds.amend", name=name, count=len(found), **last)
    for place, old, new in found[:MOST]:
        yield say("deeds.change", place=shown(place), old=_short(old), new=_short(new))
    if len(found) > MOST:
        yield say("deeds.more", count=len(found) - MOST)


def stating(kind: str, name: str, *, measures: Sequence[str], towards: Sequence[str], cites: str | None) -> str:
    """What a statement does, for which measures and towards whom."""
    about = {
        "name": name,
        "what": ", ".join(measures) or say("standing.all-measures"),
        "whom": ", ".join(towards) or say("standing.all-parties"),
    }
    if kind in ("counter_measure", "contesting"):
        return say(f"deeds.{kind}", cites=cites or "", **about)
    if kind == "denunciation":
        return say("deeds.denunciation", name=name)
    if kind == "resumption" and cites:
        return say("deeds.resumption-of", cites=cites, **about)
    return say(f"deeds.{kind}", **about)


def ending(name: str, end: Time, now: Time, clocks: Clocks) -> str:
    """When an agreement would end for whoever denounces it now."""
    if end <= now:
        return say("agreement.denounced-at-once", name=name)
    return say("agreement.denounced-until", name=name, time=clocks.instant(end))


def _short(value: Any) -> str:
    if value is None:
        return say("deeds.nothing")
    text = shown(str(value))
    return text if len(text) <= 60 else text[:59] + "…"
