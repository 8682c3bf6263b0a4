"""Styles of a Word file: what a paragraph or a run has by itself, by its style, and by the styles that is based on.

Source: ECMA-376 part 1, 17.7 (styles), 17.7.3 (properties that switch), 17.9.23 (numbers that belong to a style).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from parley.articulate.word.package import W, switch, value

MAX_BASED_ON = 32


@dataclass(frozen=True, kw_only=True, slots=True)
class Style:
    """A style as far as words, numbers and headings depend on it."""

    id: str
    name: str
    based_on: str
    paragraph: Any
    run: Any


class Styles:
    """The styles of a file, none where it has no such part."""

    def __init__(self, root: Any) -> None:
        self._styles: dict[str, Style] = {}
        self._default = ""
        for each in root.iterchildren(W + "style") if root is not None else ():
            style = Style(
                id=each.get(W + "styleId", ""),
                name=(value(each, "name") or "").casefold(),
                based_on=value(each, "basedOn") or "",
                paragraph=each.find(W + "pPr"),
                run=each.find(W + "rPr"),
            )
            self._styles[style.id] = style
            if each.get(W + "type") == "paragraph" and each.get(W + "default") in ("1", "true", "on"):
                self._default = style.id
        self._hidden_by_default = bool(switch(root, "docDefaults/rPrDefault/rPr/vanish"))

    def chain(self, style: str | None) -> Iterator[Style]:
        """A style and what it is based on, nearest first."""
        seen = 0
        while style in self._styles and seen < MAX_BASED_ON:
            yield self._styles[style]
            style, seen = self._styles[style].based_on, seen + 1

    def of(self, paragraph: Any) -> list[Style]:
        """The styles of a paragraph, nearest first."""
        return list(self.chain(value(paragraph, "pPr/pStyle") or self._default))

    def is_named(self, paragraph: Any, pattern: str) -> bool:
        """Whether the paragraph's own style has such a name; names are the same in every language of Word."""
        styles = self.of(paragraph)
        return bool(styles) and re.fullmatch(pattern, styles[0].name) is not None

    def heading(self, paragraph: Any) -> int:
        """The level of a heading from 1, or 0 for words that are none."""
        own = paragraph.find(W + "pPr")
        for properties in (own, *(style.paragraph for style in self.of(paragraph))):
            said = value(properties, "outlineLvl")
            if said is not None:
                return int(said) + 1 if re.fullmatch("[0-8]", said) else 0
        for style in self.of(paragraph):
            named = re.fullmatch("heading ([1-9])", style.name)
            if named:
                return int(named[1])
        return 0

    def numbering(self, paragraph: Any) -> tuple[str, int | None, str]:
        """The list a paragraph is in, its level, and the style that says so: ("", None, "") where it is in none.

        The level is None where only a style says the list: the list then knows which of its levels that style has.
        """
        own = paragraph.find(W + "pPr")
        number, level = value(own, "numPr/numId"), value(own, "numPr/ilvl")
        at = int(level) if level is not None and re.fullmatch("[0-8]", level) else None
        if number is not None:
            return ("", None, "") if number == "0" else (number, at or 0, "")
        for style in self.of(paragraph):
            number = value(style.paragraph, "numPr/numId")
            if number is not None:
                said = value(style.paragraph, "numPr/ilvl")
                inherited = int(said) if said is not None and re.fullmatch("[0-8]", said) else None
                first = self.of(paragraph)[0].id
                return ("", None, "") if number == "0" else (number, at if at is not None else inherited, first)
        return "", None, ""

    def list_of(self, style: str) -> str:
        """The list that a numbering style names, or ""."""
        return next((n for each in self.chain(style) if (n := value(each.paragraph, "numPr/numId"))), "")

    def hidden(self, run: Any, paragraph: Any) -> bool:
        """Whether the words of a run are hidden text. A style switches what the style below it says."""
        direct = switch(run, "rPr/vanish")
        if direct is not None:
            return direct
        said = [self._switched(self.of(paragraph)), self._switched(self.chain(value(run, "rPr/rStyle")))]
        return self._hidden_by_default or said.count(True) == 1

    def _switched(self, styles: Any) -> bool:
        return next((found for each in styles if (found := switch(each.run, "vanish")) is not None), False)
