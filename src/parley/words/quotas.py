"""The board of quotas in words: how many there are, who took which, what is left, and who came too late."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from parley.measures.agreement import Agreement
from parley.measures.inspections import QuotaRow
from parley.words import say
from parley.words.agreements import label, number

Naming = Callable[[str], str]
COLUMNS = ("quota", "party", "number", "taken", "left", "late")


def rows(agreement: Agreement, board: Iterable[QuotaRow], *, naming: Naming) -> Iterator[list[str]]:
    """A row a quota and party, in the agreement's order."""
    titles = {quota.id: label(quota.title) for quota in agreement.quotas}
    of_the_calendar = {quota.id for quota in agreement.quotas if quota.year is None}
    for row in board:
        taken = [
            each.inspection.reference + (say("quotas.given-back") if each.given_back else "") for each in row.taken
        ]
        yield [
            f"{titles.get(row.quota, row.quota)} {row.year if row.quota in of_the_calendar else _span(row)}",
            naming(row.party),
            _count(row.number),
            ", ".join(taken) or "—",
            _count(row.left),
            ", ".join(each.inspection.reference for each in row.late) or "—",
        ]


def _span(row: QuotaRow) -> str:
    return f"{row.first.isoformat()}–{row.last.isoformat()}"


def _count(value: int | None) -> str:
    return "—" if value is None else number(value)


def as_values(agreement: Agreement, board: Iterable[QuotaRow]) -> Iterator[dict[str, Any]]:
    """The same as data."""
    for row in board:
        yield {
            "agreement": agreement.id,
            "quota": row.quota,
            "party": row.party,
            "year": row.year,
            "first": row.first.isoformat(),
            "last": row.last.isoformat(),
            "number": row.number,
            "taken": [
                {"paper": each.inspection.reference, "given_back": each.given_back is not None} for each in row.taken
            ],
            "left": row.left,
            "left_for": dict(row.left_for),
            "late": [each.inspection.reference for each in row.late],
        }
