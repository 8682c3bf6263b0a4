"""How things stand under the agreements of a negotiation, as one page to print: obligations, limits, a year, quotas.

It is for the party itself: it shows what its papers say, whatever their terms keep from others. No state is said by a
colour, and each drawing has a table beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from parley.canonical import Time
from parley.measures.overview import Overview
from parley.words import quotas, say, with_article
from parley.words.agreements import label
from parley.words.clock import Clocks
from parley.words.drawings import ANNOUNCED_COLUMNS, announced_rows, limits_drawing, year_drawing
from parley.words.limits import COLUMNS as LIMIT_COLUMNS
from parley.words.limits import rows as limit_rows
from parley.words.neutral import shown
from parley.words.obligations import COLUMNS, row
from parley.words.rendering import Templates

Naming = Callable[[str], str]

_TEMPLATES = Templates(Path(__file__).with_name("templates"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads the page: the party, what it calls others, its clocks, and its time."""

    party: str
    naming: Naming
    clocks: Clocks
    now: Time


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table under a heading of its own on the page, where the place of its heading is `place`."""

    place: str
    title: str
    head: tuple[str, ...]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What the page has of one agreement; a drawing is None where there is nothing to draw."""

    name: str
    owed: Table
    plot: Markup | None
    limits: Table
    readings: tuple[str, ...]
    year: str
    none: str
    calendar: Markup | None
    announced: Table
    quotas: Table


def overview_page(found: Sequence[tuple[str, Overview]], reader: Reader) -> str:
    """The page in the language that is being spoken, of agreements and in which negotiation each runs, by its handle.

    One file, no script, nothing fetched.
    """
    handles = list(dict.fromkeys(handle for handle, _ in found))
    made = say("overview.made", party=with_article(reader.naming(reader.party)), time=reader.clocks.instant(reader.now))
    return _TEMPLATES.render(
        "overview.html",
        style="overview.css",
        title=say("overview.title", handle=", ".join(handles)),
        made=made,
        sections=[
            _section(each, handle if len(handles) > 1 else None, f"a{number}", reader)
            for number, (handle, each) in enumerate(found, start=1)
        ],
    )


def _section(of: Overview, handle: str | None, place: str, reader: Reader) -> Section:
    lined = list(limit_rows(of.agreement, of.limits, naming=reader.naming))
    svg = None
    if of.limits:
        svg = limits_drawing(
            [(of.agreement, of.limits)], naming=reader.naming, name=f"{place}-plot", desc=say("overview.limits-how")
        )
    year = year_drawing(of.agreement, of.announced, of.year, naming=reader.naming, name=f"{place}-year")
    return Section(
        name=shown(label(of.agreement.name)) + (f" · {handle}" if handle else ""),
        owed=Table(
            place=f"{place}-owed",
            title=say("overview.owed"),
            head=tuple(say(f"obligations.{column}") for column in COLUMNS),
            rows=[row(owed, now=reader.now, naming=reader.naming, clocks=reader.clocks) for owed in of.owed],
        ),
        plot=None if svg is None else Markup(svg),  # noqa: S704 - our own drawing, its texts escaped
        limits=Table(
            place=f"{place}-limits",
            title=say("overview.limits-table"),
            head=tuple(say(f"limits.{column}") for column in LIMIT_COLUMNS),
            rows=[cells for cells, _ in lined],
        ),
        readings=tuple(line.strip() for _, beside in lined for line in beside),
        year=say("overview.year", year=of.year),
        none=say("overview.year-none", year=of.year),
        calendar=Markup(year) if of.announced else None,  # noqa: S704 - the same
        announced=Table(
            place=f"{place}-announced",
            title=say("overview.year-table", year=of.year),
            head=tuple(say(key) for key in ANNOUNCED_COLUMNS),
            rows=list(announced_rows(of.agreement, of.announced, naming=reader.naming)),
        ),
        quotas=Table(
            place=f"{place}-quotas",
            title=say("overview.quotas", year=of.year),
            head=tuple(say(f"quotas.{column}") for column in quotas.COLUMNS),
            rows=list(quotas.rows(of.agreement, of.quotas, naming=reader.naming)),
        ),
    )
