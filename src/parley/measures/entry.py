"""The tables of an agreement's file: what all have in common, texts in several languages, and marks on numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar, Literal, TypeAlias

import msgspec
from msgspec import Meta

from parley.errors import Malformed
from parley.wording import displayed

Mark = Literal["seen", "to_be_checked"]
"""Read in a source, or still to be compared with the text. There is no third."""

Id: TypeAlias = Annotated[str, Meta(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*\Z", max_length=60)]
Labels: TypeAlias = dict[str, str]
"""A short text in one or more languages, by language tag."""

Whole: TypeAlias = Annotated[int, Meta(ge=0, le=10**15)]
Some: TypeAlias = Annotated[int, Meta(ge=1, le=10**15)]
MAX_LABEL, MAX_TEXT = 200, 2000
FIRST_YEAR, LAST_YEAR = 1900, 2200

_DIGIT = re.compile(r"\d")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file. Members that may be left out have a value for that.

    Its shape is checked as it is read. `check` is for the rest, called for every table by `measures.consistency`, so
    that all faults of a file are found at once, each with its line; the texts of a table it checks itself. `labels`
    are those that may not be left out.
    """

    labels: ClassVar[tuple[str, ...]] = ("title",)

    def check(self) -> None:
        """Raises: Malformed when the members of this table do not go together."""


def check_label(language: str, text: str, *, most: int = MAX_LABEL) -> None:
    """Raises: Malformed unless there is a text, of one line and `most` characters, and the tag is one of a language."""
    if not _LANGUAGE.fullmatch(language) or not text.strip():
        raise Malformed("agreement.label")
    displayed(text, most=most)


def in_language(texts: Mapping[str, str], language: str) -> str:
    """The text in this language, else in English, else in the first that there is."""
    return texts.get(language) or texts.get("en") or next(iter(texts.values()))


class Source(Entry, frozen=True, kw_only=True):
    """Where a number was read, or is to be compared: a title, and an address where there is one."""

    labels: ClassVar[tuple[str, ...]] = ()
    id: Id
    title: str
    address: str = ""

    def check(self) -> None:
        displayed(self.title, most=MAX_LABEL)
        displayed(self.address, most=500)


class Marked(Entry, frozen=True, kw_only=True):
    """What holds a number: how sure it is, and by which source. Of several numbers, the mark of the least sure."""

    labels: ClassVar[tuple[str, ...]] = ()
    mark: Mark
    source: Id


def check_figures(figures: Marked | None, *, there: bool) -> None:
    """Raises: Malformed("agreement.unmarked") where a table that need not hold a number does, and bears no mark."""
    if there and figures is None:
        raise Malformed("agreement.unmarked")


class Provision(Entry, frozen=True, kw_only=True):
    """A place of the agreement's text, and what it says in the own words of whoever wrote this file.

    `figures` is the mark of the numbers in its text.
    """

    id: str
    title: Labels
    text: Labels = msgspec.field(default_factory=dict)
    figures: Marked | None = None

    def check(self) -> None:
        super().check()
        displayed(self.id, most=40)
        check_figures(self.figures, there=any(_DIGIT.search(text) for text in self.text.values()))


class Span(Entry, frozen=True, kw_only=True):
    """A length of time in one unit. Hours are exact; days, months and years are of the calendar."""

    labels: ClassVar[tuple[str, ...]] = ()
    hours: Annotated[int, Meta(ge=0, le=24 * 366)] | None = None
    days: Annotated[int, Meta(ge=0, le=3660)] | None = None
    months: Annotated[int, Meta(ge=1, le=1200)] | None = None
    years: Annotated[int, Meta(ge=1, le=100)] | None = None

    def check(self) -> None:
        if [self.hours, self.days, self.months, self.years].count(None) != 3:
            raise Malformed("agreement.span")


class NoticePeriod(Span, frozen=True, kw_only=True):
    """How long after a denunciation something goes on, with its mark."""

    mark: Mark
    source: Id


def check_day(day: date | None) -> None:
    """Raises: Malformed("agreement.day") for a day outside the years 1900 to 2200."""
    if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Malformed("agreement.day", first=FIRST_YEAR, last=LAST_YEAR)
