"""The numbers that Word counts by itself: "Article 4", "2.", "(b)", as they would be printed before each paragraph.

Source: ECMA-376 part 1, 17.9 (numbering), 17.18.59 (ways to write a number).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from parley.articulate.word.package import W, switch, value
from parley.articulate.word.styles import Styles
from parley.errors import Malformed

BULLET = "–"
MAX_NUMBER = 30_000
_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщыэюя"
_CHINESE = "〇一二三四五六七八九"
_ROMAN = (("m", 1000), ("cm", 900), ("d", 500), ("cd", 400), ("c", 100), ("xc", 90), ("l", 50), ("xl", 40), ("x", 10),
          ("ix", 9), ("v", 5), ("iv", 4), ("i", 1))  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Level:
    """One level of a list: from where it counts, how it writes a number, what stands around it."""

    start: int
    format: str
    text: str
    legal: bool
    restart: int | None
    style: str
    unseen: bool


@dataclass(kw_only=True, slots=True)
class _List:
    """A definition of levels with its counters, which all lists made from it share."""

    levels: dict[int, Level]
    counts: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Made:
    """A list: its definition, and what it has otherwise."""

    of: _List
    levels: dict[int, Level]
    starts: dict[int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """A number as printed and its level from 0; `alike` when a level outside it writes its numbers the same way."""

    text: str
    level: int
    alike: bool


class Numbers:
    """Counts on with each paragraph; paragraphs must come in reading order."""

    def __init__(self, root: Any, styles: Styles) -> None:
        self._styles = styles
        self._made: dict[str, _Made] = {}
        self._begun: set[tuple[str, int]] = set()
        if root is None:
            return
        abstract = {each.get(W + "abstractNumId"): each for each in root.iterchildren(W + "abstractNum")}
        chosen = {each.get(W + "numId", ""): value(each, "abstractNumId") for each in root.iterchildren(W + "num")}
        lists: dict[str | None, _List] = {}
        for each in root.iterchildren(W + "num"):
            name = self._linked(abstract, chosen, value(each, "abstractNumId"))
            if name not in abstract:
                continue
            if name not in lists:
                lists[name] = _List(levels=_levels(abstract[name]))
            self._made[each.get(W + "numId", "")] = _made(each, lists[name])

    def _linked(self, abstract: dict[str | None, Any], chosen: dict[str, str | None], name: str | None) -> str | None:
        """The definition that one stands for which only names a numbering style."""
        for _ in range(len(abstract)):
            style = value(abstract.get(name), "numStyleLink") if name in abstract else None
            if style is None:
                break
            name = chosen.get(self._styles.list_of(style))
        return name

    def label(self, paragraph: Any) -> Label | None:
        """The number that stands before a paragraph, counted; None for one without.

        Raises: Malformed("articulate.number-format") for a way to write numbers that is not known here.
        """
        name, level, style = self._styles.numbering(paragraph)
        made = self._made.get(name)
        if made is None:
            return None
        if style:
            bound = next((at for at, each in made.levels.items() if each.style == style), None)
            level = bound if bound is not None else level
        at = level or 0
        if at not in made.levels:
            return None
        self._count(name, made, at)
        written = _written(made, at)
        own = made.levels[at]
        looks = [(each.format, _shape(each.text)) for outer, each in made.levels.items() if outer < at]
        return Label(text=written, level=at, alike=(own.format, _shape(own.text)) in looks) if written else None

    def _count(self, name: str, made: _Made, at: int) -> None:
        counts = made.of.counts
        if at in made.starts and (name, at) not in self._begun:
            counts[at] = made.starts[at]
        elif at in counts:
            counts[at] += 1
        else:
            counts[at] = made.levels[at].start
        self._begun.add((name, at))
        for inner in [each for each in counts if each > at]:
            after = made.levels[inner].restart if inner in made.levels else None
            if after is None or (after and at < after):
                del counts[inner]


def _made(element: Any, of: _List) -> _Made:
    levels, starts = dict(of.levels), {}
    for each in element.iterchildren(W + "lvlOverride"):
        at = _integer(each.get(W + "ilvl"), 0)
        own = each.find(W + "lvl")
        if own is not None:
            levels[at] = _level(own)
        start = value(each, "startOverride")
        if start is not None:
            starts[at] = _integer(start, 1)
    return _Made(of=of, levels=levels, starts=starts)


def _levels(abstract: Any) -> dict[int, Level]:
    return {_integer(each.get(W + "ilvl"), 0): _level(each) for each in abstract.iterchildren(W + "lvl")}


def _level(element: Any) -> Level:
    format_ = value(element, "numFmt") or "decimal"
    picture = element.find(W + "lvlPicBulletId") is not None
    restart = value(element, "lvlRestart")
    return Level(
        start=_integer(value(element, "start"), 0),
        format="bullet" if picture else format_,
        text=value(element, "lvlText") or "",
        legal=bool(switch(element, "isLgl")),
        restart=None if restart is None else _integer(restart, 0),
        style=value(element, "pStyle") or "",
        unseen=bool(switch(element, "rPr/vanish")),
    )


def _integer(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and re.fullmatch("[0-9]{1,9}", text) else otherwise


def _shape(text: str) -> str:
    return re.sub("%[1-9]", "%", text)


def _written(made: _Made, at: int) -> str:
    own = made.levels[at]
    if own.unseen:
        return ""
    if own.format == "bullet":
        return BULLET

    def number(match: re.Match[str]) -> str:
        place = int(match[1]) - 1
        each = made.levels.get(place)
        if each is None:
            return ""
        return written(made.of.counts.get(place, each.start), "decimal" if own.legal else each.format)

    return " ".join(re.sub("%([1-9])", number, own.text).split())


def written(number: int, format_: str) -> str:
    """A number as Word writes it. Raises: Malformed("articulate.number-format") for a way that is not known here."""
    if format_ == "none" or number > MAX_NUMBER:
        return "" if format_ == "none" else str(number)
    match format_:
        case "decimal":
            return str(number)
        case "decimalZero":
            return f"{number:02}"
        case "lowerLetter" | "upperLetter":
            return _cased(_letters(number, "abcdefghijklmnopqrstuvwxyz"), format_)
        case "russianLower" | "russianUpper":
            return _cased(_letters(number, _RUSSIAN), format_)
        case "lowerRoman" | "upperRoman":
            return _cased(roman(number), format_)
        case "chineseCounting" | "chineseCountingThousand" | "japaneseCounting" if number < 100:
            return _chinese(number)
    raise Malformed("articulate.number-format", format=re.sub("[^A-Za-z0-9]", "", format_)[:40])


def _cased(text: str, format_: str) -> str:
    return text.upper() if "upper" in format_.casefold() else text


def _letters(number: int, alphabet: str) -> str:
    """a, b, … z, aa, bb, …: Word repeats the letter."""
    times, place = divmod(number - 1, len(alphabet))
    return alphabet[place] * (times + 1) if number else ""


def roman(number: int) -> str:
    """iv, ix, xl; nothing for nought."""
    text = ""
    for sign, each in _ROMAN:
        text += sign * (number // each)
        number %= each
    return text


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    ten = ("" if tens == 1 else _CHINESE[tens]) + "十" if tens else ""
    return ten + (_CHINESE[ones] if ones or not tens else "")
