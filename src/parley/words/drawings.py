"""Drawings of what runs under agreements, with the words on them; and the same as text, number by number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from parley.measures.agreement import Agreement, Limit
from parley.measures.announced import Announced
from parley.measures.counting import LimitRow
from parley.measures.plots.limit_plot import Line, Panel, Point, Words, limit_plot
from parley.measures.plots.year_plot import Bar, YearWords, year_plot
from parley.words import lines, say
from parley.words.agreements import label, number
from parley.words.limits import COLUMNS, rows
from parley.words.neutral import shown

Naming = Callable[[str], str]
Found = Sequence[tuple[Agreement, Sequence[LimitRow]]]
"""What was declared under each agreement of a negotiation."""

ANNOUNCED_COLUMNS = ("limits.paper", "limits.party", "overview.what", "overview.first-day", "overview.last-day",
                     "overview.changed")  # fmt: skip


def limits_drawing(
    found: Found, *, naming: Naming, name: str = "limits", desc: str | None = None, alone: bool = False
) -> str:
    """The totals of each limit over time, under which anything was declared.

    Its description has every number, unless there is another: where a table stands beside it.
    """
    panels = [
        _panel(agreement, limit, own, naming)
        for agreement, all_ in found
        for limit in agreement.limits
        if (own := [row for row in all_ if row.limit == limit.id])
    ]
    words = Words(
        title=say("limits.plot"),
        desc="\n".join(limits_told(found, naming=naming)) if desc is None else desc,
        reading=say("limits.plot-reading"),
        corrected=say("limits.plot-corrected"),
    )
    return limit_plot(name, panels, words, alone=alone)


def limits_told(found: Found, *, naming: Naming) -> Iterator[str]:
    """The table of limits as lines, each cell under its name, and each reading beside its declaration."""
    for agreement, all_ in found:
        for cells, beside in rows(agreement, all_, naming=naming):
            named = zip(COLUMNS, cells, strict=True)
            yield "; ".join(f"{say(f'limits.{column}')}: {cell}" for column, cell in named) + "."
            yield from (each.strip() for each in beside)


def _panel(agreement: Agreement, limit: Limit, found: Sequence[LimitRow], naming: Naming) -> Panel:
    since = max(limit.since, agreement.in_force or limit.since)
    last = [day for day in (limit.until, agreement.expires) if day is not None]
    until = min(last) if last else None
    parties = dict.fromkeys(row.party for row in found)
    return Panel(
        title=shown(_title(limit, since.isoformat(), until.isoformat() if until else None)),
        at_most=limit.at_most,
        since=since,
        until=until,
        limit_name="" if limit.at_most is None else say("limits.at-most-named", number=number(limit.at_most)),
        lines=tuple(_line(party, (row for row in found if row.party == party), naming) for party in parties),
    )


def _title(limit: Limit, since: str, until: str | None) -> str:
    title = label(limit.title)
    if limit.at_most is None:
        return say("limits.open-named", title=title)
    values = {"title": title, "number": number(limit.at_most), "day": since}
    return say("limits.until-named", **values, last=until) if until else say("limits.since-named", **values)


def _line(party: str, found: Iterable[LimitRow], naming: Naming) -> Line:
    return Line(party=party, name=shown(naming(party)), points=tuple(_point(row, naming) for row in found))


def _point(row: LimitRow, naming: Naming) -> Point:
    total = "—" if row.declared is None else number(row.declared)
    return Point(
        day=row.day,
        total=row.declared,
        words=say(
            "limits.plot-total",
            party=naming(row.party),
            day=row.day.isoformat(),
            total=total,
            reference=row.reference,
        ),
        corrected=row.corrected_by is not None,
        readings=tuple(
            (
                each.value,
                say(
                    "limits.plot-read",
                    by=naming(each.reading.by),
                    reference=row.reference,
                    total=number(each.value),
                ),
            )
            for each in row.readings
            if each.value is not None
        ),
    )


# --- a year -------------------------------------------------------------------------------------------------------


def year_drawing(agreement: Agreement, found: Sequence[Announced], year: int, *, naming: Naming, name: str) -> str:
    """The activities of a year that papers announce; the name of one that was changed stands in brackets."""
    bars = [
        Bar(
            party=each.party,
            name=f"({each.reference})" if each.changed_by else each.reference,
            first=each.first,
            last=each.last,
            words=_bar_words(agreement, each, naming),
        )
        for each in found
        if each.within(year)
    ]
    words = YearWords(
        title=say("overview.year", year=year),
        desc="\n".join(each.words for each in bars),
        months=lines("clock.months"),
    )
    return year_plot(name, year, bars, words)


def _bar_words(agreement: Agreement, each: Announced, naming: Naming) -> str:
    return say(
        "overview.year-desc",
        reference=each.reference,
        party=naming(each.party),
        what=_form_title(agreement, each),
        first=each.first.isoformat(),
        last=each.last.isoformat(),
    )


def _form_title(agreement: Agreement, each: Announced) -> str:
    form = agreement.form(each.form)
    return shown(label(form.title)) if form else each.form


def announced_rows(agreement: Agreement, found: Iterable[Announced], *, naming: Naming) -> Iterator[list[str]]:
    """The same as a table: a row an activity, under `ANNOUNCED_COLUMNS`."""
    for each in found:
        state = say("overview.changed-by", reference=each.changed_by) if each.changed_by else say("overview.stands")
        days = [each.first.isoformat(), each.last.isoformat()]
        yield [each.reference, naming(each.party), _form_title(agreement, each), *days, state]
