"""What others printed, with the way each quotation took: from who said it to the page that is held.

    [[quotation]]
    about = "US-1"
    said_by = "A. Name"
    capacity = "Foreign Minister"
    on = "2022-01-27"
    language = "en"
    original_language = "ru"
    form = "says"
    words = "There is no positive reaction on the main question."
    chain = [
      { who = "Foreign Minister", held = false },
      { who = "his Ministry", as = "quoted", held = false },
      { who = "a news agency", as = "printed", held = true },
    ]

One entry for each way, never merged: the same words by two ways are two entries. Nothing here judges what is printed.

Before the first of them may stand `agreements = ["new-start", "ours.toml"]`: the agreements whose forms the record
reads in papers that it shows whole, each one that comes with the program, or a file beside this one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from parley.canonical import Time
from parley.errors import Malformed
from parley.wording import displayed
from parley.words import say
from parley.words.clock import read_instant

FORMS = ("says", "denies", "refuses")
"""What the speaker does. To refuse a comment is not to deny, and needs no words."""
WAYS = ("quoted", "published", "printed", "broadcast", "translated")
"""How a link of the chain passed on what the one before it said."""
MAX_AGREEMENTS = 20
MAX_BYTES, MAX_QUOTATIONS, MAX_LINKS, MAX_WORDS, MAX_NAME = 4 << 20, 2_000, 12, 4_000, 200

_TEXTS = ("about", "said_by", "capacity", "language", "form", "words")
_MEMBERS = {*_TEXTS, "on", "original_language", "chain"}
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_AGREEMENT = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+){0,20}(?:\.toml)?")
_LINE = re.compile(r"at line ([0-9]+)")
_MARK = re.compile(r"^[ \t]*\[\[[ \t]*quotation[ \t]*\]\]", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One who passed the words on; `way` is empty for the first, from whom they come. `held`: a copy is at hand."""

    who: str
    way: str
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """One quotation by one way. `day` alone is known where `time` is its first instant; `original` is a language."""

    about: str
    said_by: str
    capacity: str
    time: Time
    day_only: bool
    language: str
    original: str | None
    form: str
    words: str
    chain: tuple[Link, ...]

    def way(self) -> str:
        """`Foreign Minister, as quoted by his Ministry, as printed by a news agency`."""
        told = self.chain[0].who
        for link in self.chain[1:]:
            told = say(f"record.press-{link.way}", chain=told, who=link.who)
        return told

    def holdings(self) -> list[str]:
        """Of which links a copy is held, and which are only named."""
        return [say("record.press-held" if link.held else "record.press-named", who=link.who) for link in self.chain]


def parse(data: bytes, references: Sequence[str]) -> tuple[Quotation, ...]:
    """Read a press file about the papers of these references; in the order of what was said.

    Verifies form alone: nothing of what was printed. Raises: as `agreements`, Malformed("press.tables"),
    Malformed("press.member", number, line, member), each naming the first place where the file is wrong.
    """
    text, table = _table(data)
    agreements(data)
    entries = table.get("quotation", [])
    if (
        set(table) - {"quotation", "agreements"}
        or not isinstance(entries, list)
        or not all(isinstance(e, dict) for e in entries)
    ):
        raise Malformed("press.tables")
    if len(entries) > MAX_QUOTATIONS:
        raise Malformed("press.size")
    lines = [text.count("\n", 0, mark.start()) + 1 for mark in _MARK.finditer(text)]
    read = [
        _Reader(entry, number, lines[number - 1] if number <= len(lines) else 1).quotation(references)
        for number, entry in enumerate(entries, start=1)
    ]
    return tuple(sorted(read, key=lambda each: each.time))


def agreements(data: bytes) -> tuple[str, ...]:
    """The agreements that a press file names, each as it stands there: `new-start`, or `ours.toml`.

    Raises: Malformed("press.size"), Malformed("press.not-text"), Malformed("press.form", line);
    Malformed("press.agreements") for names of another form, twice, or too many.
    """
    _, table = _table(data)
    found = table.get("agreements", [])
    if not isinstance(found, list) or not all(isinstance(each, str) and _AGREEMENT.fullmatch(each) for each in found):
        raise Malformed("press.agreements", most=MAX_AGREEMENTS)
    if len(found) > MAX_AGREEMENTS or len({each.removesuffix(".toml") for each in found}) != len(found):
        raise Malformed("press.agreements", most=MAX_AGREEMENTS)
    return tuple(found)


def _table(data: bytes) -> tuple[str, dict[str, Any]]:
    if len(data) > MAX_BYTES:
        raise Malformed("press.size")
    try:
        text = data.decode("utf-8")
        return text, tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise Malformed("press.not-text") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = _LINE.search(str(error))
        raise Malformed("press.form", line=int(found[1]) if found else len(data.splitlines())) from error


class _Reader:
    """Takes the members of one entry, each of the type it must have."""

    def __init__(self, entry: dict[str, Any], number: int, line: int) -> None:
        self.entry, self.number, self.line = entry, number, line

    def wrong(self, member: str) -> Malformed:
        return Malformed("press.member", number=self.number, line=self.line, member=member[:40])

    def quotation(self, references: Sequence[str]) -> Quotation:
        for member in self.entry:
            if member not in _MEMBERS:
                raise self.wrong(member)
        time, day_only = self._on()
        form = self._text("form", otherwise="says")
        quotation = Quotation(
            about=self._text("about").upper(),
            said_by=self._text("said_by"),
            capacity=self._text("capacity"),
            time=time,
            day_only=day_only,
            language=self._language("language") or "",
            original=self._language("original_language", otherwise=""),
            form=form,
            words=self._text("words", most=MAX_WORDS, otherwise="" if form == "refuses" else None),
            chain=self._chain(),
        )
        if quotation.about not in references:
            raise self.wrong("about")
        if form not in FORMS:
            raise self.wrong("form")
        return quotation

    def _text(self, member: str, *, most: int = MAX_NAME, otherwise: str | None = None) -> str:
        found = self.entry.get(member, otherwise)
        return self._named(found, member, most=most, empty=otherwise == "")

    def _named(self, found: object, member: str, *, most: int = MAX_NAME, empty: bool = False) -> str:
        if not isinstance(found, str) or not (found.strip() or empty):
            raise self.wrong(member)
        try:
            return displayed(found, most=most)
        except Malformed as error:
            raise self.wrong(member) from error

    def _language(self, member: str, *, otherwise: str | None = None) -> str | None:
        found = self._text(member, otherwise=otherwise)
        if found and not _LANGUAGE.fullmatch(found):
            raise self.wrong(member)
        return found or None

    def _on(self) -> tuple[Time, bool]:
        """A day, or an instant with its zone; as TOML has them, or as text."""
        found = self.entry.get("on")
        try:
            match found:
                case datetime():
                    return read_instant(found.isoformat().replace("+00:00", "Z")), False
                case date():
                    return Time.from_text(f"{found.isoformat()}T00:00:00.000Z"), True
                case str() if len(found) == 10:
                    return Time.from_text(f"{found}T00:00:00.000Z"), True
                case str():
                    return read_instant(found), False
                case _:
                    raise self.wrong("on")
        except Malformed as error:
            raise self.wrong("on") from error

    def _chain(self) -> tuple[Link, ...]:
        """From whom the words come to the page that is held: the last link is held, or nothing is."""
        found = self.entry.get("chain")
        if not isinstance(found, list) or not 1 <= len(found) <= MAX_LINKS:
            raise self.wrong("chain")
        links = tuple(self._link(each, first=place == 0) for place, each in enumerate(found))
        if not links[-1].held:
            raise self.wrong("chain: held")
        return links

    def _link(self, found: object, *, first: bool) -> Link:
        if not isinstance(found, dict) or set(found) - {"who", "as", "held"}:
            raise self.wrong("chain")
        way, held = found.get("as", ""), found.get("held")
        if not isinstance(held, bool):
            raise self.wrong("chain: held")
        if way not in (("",) if first else WAYS):
            raise self.wrong("chain: as")
        return Link(who=self._named(found.get("who"), "chain: who"), way=way, held=held)


__all__ = ["FORMS", "WAYS", "Link", "Quotation", "agreements", "parse"]
