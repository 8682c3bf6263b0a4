"""Declared sums beside their limits, in words: a row each, and under it how others read the same declaration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from parley.measures.agreement import Agreement
from parley.measures.counting import Beside, LimitRow
from parley.words import say, term
from parley.words.agreements import label, number
from parley.words.neutral import shown

Naming = Callable[[str], str]
COLUMNS = ("limit", "party", "day", "declared", "at-most", "left", "state", "paper")


def rows(agreement: Agreement, found: Iterable[LimitRow], *, naming: Naming) -> Iterator[tuple[list[str], list[str]]]:
    """The cells of each row, and a line for each reading beside it."""
    for each in found:
        cells = [
            _title(agreement, each),
            naming(each.party),
            each.day.isoformat(),
            "—" if each.declared is None else number(each.declared),
            say("limits.open") if each.at_most is None else number(each.at_most),
            _left(each),
            _state(each),
            each.reference,
        ]
        beside = [
            say(
                "limits.beside",
                limit=_title(agreement, each),
                left=_left(reading),
                by=naming(reading.reading.by),
                reference=each.reference,
                value="—" if reading.value is None else number(reading.value),
                difference=("+" if reading.reading.difference >= 0 else "") + number(reading.reading.difference),
                words=shown(reading.reading.words),
            )
            for reading in each.readings
        ]
        yield cells, beside


def _left(row: LimitRow | Beside) -> str:
    if row.left is None:
        return "—"
    return number(row.left) if row.left >= 0 else say("limits.over", number=number(-row.left))


def _state(row: LimitRow) -> str:
    state = term("limit-states", row.state)
    return state if row.corrected_by is None else say("limits.corrected", state=state)


def _title(agreement: Agreement, row: LimitRow) -> str:
    found = agreement.limit(row.limit)
    return label(found.title) if found else row.limit


def as_values(agreement: Agreement, found: Iterable[LimitRow]) -> Iterator[dict[str, Any]]:
    """The same as data."""
    for each in found:
        yield {
            "agreement": agreement.id,
            "limit": each.limit,
            "party": each.party,
            "day": each.day.isoformat(),
            "declared": each.declared,
            "at_most": each.at_most,
            "left": each.left,
            "state": each.state,
            "corrected": each.corrected_by is not None,
            "paper": each.reference,
            "readings": [
                {
                    "by": reading.reading.by,
                    "paper": reading.reading.reference,
                    "difference": reading.reading.difference,
                    "value": reading.value,
                    "left": reading.left,
                    "words": reading.reading.words,
                }
                for reading in each.readings
            ],
        }
