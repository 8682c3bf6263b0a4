"""How things stand under one agreement, all of it at once: what is owed, declared, announced, and left of quotas."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from parley.measures.agreement import Agreement
from parley.measures.announced import Announced, announced
from parley.measures.counting import LimitRow, limits, readings_in
from parley.measures.inspections import QuotaRow, closed_by, quota_board
from parley.measures.obligation import Obligation
from parley.measures.papers import Filed


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The obligations at a moment, what was declared for days until then, and a calendar year: who announced what, and
    who took which place of which quota.
    """

    agreement: Agreement
    year: int
    owed: tuple[Obligation, ...]
    limits: tuple[LimitRow, ...]
    announced: tuple[Announced, ...]
    quotas: tuple[QuotaRow, ...]


def overview(
    agreement: Agreement,
    papers: Iterable[Filed],
    owed: Iterable[Obligation],
    *,
    on: date,
    year: int,
    parties: Iterable[str] = (),
) -> Overview:
    """From the papers under an agreement, the obligations as they stand on a day, and the parties that it binds.

    Raises: Malformed("inspection.year") for a year outside 1900 to 2200.
    """
    known = tuple(papers)
    readings, _ = readings_in(agreement, known)
    return Overview(
        agreement=agreement,
        year=year,
        owed=tuple(owed),
        limits=limits(agreement, known, readings, on),
        announced=announced(agreement, known, year),
        quotas=closed_by(agreement, quota_board(agreement, known, year, parties=parties), on),
    )
