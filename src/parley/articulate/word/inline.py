"""The words inside a paragraph of a Word file, with the marks of footnotes, and without what does not show.

Source: ECMA-376 part 1, 17.3.3 (what runs hold), 17.11 (footnotes), 17.16 (fields); part 3, 9 (alternatives).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from parley.articulate.word.package import W
from parley.articulate.word.styles import Styles
from parley.errors import Malformed

_ALTERNATIVES = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath"
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_MARK = re.compile(r" ?\([⁰¹²³⁴⁵⁶⁷⁸⁹]+\)")
_SPACES = {
    W + "tab": " ", W + "ptab": " ", W + "cr": "\n", W + "noBreakHyphen": "\u2011",
}  # fmt: skip
_LOST = {W + "object": "object", W + "sym": "symbol", _MATH: "math"}
_PASSED = frozenset(
    W + name
    for name in ("pPr", "rPr", "instrText", "softHyphen", "sdtPr", "sdtEndPr", "rt", "fldData")
)  # fmt: skip


class Inline:
    """Reads paragraphs; footnotes are numbered as they come, whatever numbers their file gives them."""

    def __init__(self, styles: Styles, notes: dict[str, Any], left: Counter[str]) -> None:
        """`notes` are the parts of footnotes and endnotes, `left` counts what is left out."""
        self._styles = styles
        self._left = left
        self._bodies = {
            (each.tag, each.get(W + "id")): each
            for part in notes.values()
            for each in part
            if each.tag in (W + "footnote", W + "endnote")
        }
        self._noted, self._waiting = 0, list[str]()
        self._paragraph: Any = None
        self._boxes: list[Any] = []
        self._fields: list[bool] = []

    def read(self, paragraph: Any) -> tuple[str, list[Any]]:
        """The words of a paragraph, and the text boxes that hang from it."""
        before = self._paragraph, self._boxes
        self._paragraph, self._boxes = paragraph, []
        self._fields = [True] * len(self._fields)  # an instruction ends with its paragraph: else it would hide the rest
        words, boxes = "".join(self._words(paragraph)), self._boxes
        self._paragraph, self._boxes = before
        return words, boxes

    def notes(self) -> list[str]:
        """The footnotes of what was read since this was last asked, each with its mark."""
        taken, self._waiting = self._waiting, []
        return taken

    def unmarked(self, words: str) -> str:
        """Words without the marks of footnotes."""
        return _MARK.sub("", words)

    def _words(self, element: Any) -> Iterator[str]:
        for child in element:
            tag = child.tag
            if tag == W + "r":
                yield from self._run(child)
            elif tag == _ALTERNATIVES + "AlternateContent":
                yield from self._alternative(child)
            elif tag in _LOST:
                self._left[_LOST[tag]] += 1
            elif tag not in _PASSED and isinstance(tag, str):
                yield from self._words(child)

    def _run(self, run: Any) -> Iterator[str]:
        if self._styles.hidden(run, self._paragraph):
            self._fields_in(run)
            self._left["hidden"] += any(each.text for each in run.iter(W + "t"))
            return
        for child in run:
            self._fields_at(child)
            if not all(self._fields):
                continue
            yield from self._in_run(child)

    def _in_run(self, child: Any) -> Iterator[str]:
        tag = child.tag
        if tag == W + "t":
            yield child.text or ""
        elif tag in _SPACES:
            yield _SPACES[tag]
        elif tag == W + "br":
            yield "\n"
        elif tag in (W + "footnoteReference", W + "endnoteReference"):
            yield self._note(child)
        elif tag == _ALTERNATIVES + "AlternateContent":
            yield from self._alternative(child)
        elif tag in (W + "drawing", W + "pict"):
            self._picture(child)
        elif tag in _LOST:
            self._left[_LOST[tag]] += 1
        elif tag == W + "ruby":
            yield from (word for base in child.iter(W + "rubyBase") for word in self._words(base))

    def _alternative(self, element: Any) -> Iterator[str]:
        """Of what is offered, the first that holds words or a picture, as a program of today would."""
        for offered in element:
            if any(True for _ in offered.iter(W + "t", W + "drawing", W + "pict")):
                for child in offered:
                    yield from self._run_of(child)
                return

    def _run_of(self, child: Any) -> Iterator[str]:
        if child.tag == W + "r":
            yield from self._run(child)
        else:
            yield from self._in_run(child)

    def _picture(self, element: Any) -> None:
        """A text box holds paragraphs, which follow the one it hangs from; any other picture is left out."""
        boxes = [each for each in element.iter(W + "txbxContent") if not any(_inside(each, element))]
        self._boxes += boxes
        self._left["image"] += not boxes

    def _note(self, reference: Any) -> str:
        """A mark in the words, and the note kept for below them. Raises: Malformed("articulate.not-docx")."""
        body = self._bodies.get((reference.tag.removesuffix("Reference"), reference.get(W + "id")))
        if body is None:
            raise Malformed("articulate.not-docx")
        self._noted += 1
        mark = str(self._noted).translate(_RAISED)
        place = len(self._waiting)
        self._waiting.append("")
        around, self._fields = self._fields, []
        words = " ".join(self.read(each)[0] for each in body.iter(W + "p"))
        self._fields = around
        self._waiting[place] = f"{mark} {' '.join(words.split())}"
        return f" ({mark})"

    # --- fields: between their begin and their middle stands an instruction, after it what shows -------------------

    def _fields_at(self, child: Any) -> None:
        if child.tag != W + "fldChar":
            return
        kind = child.get(W + "fldCharType")
        if kind == "begin":
            self._fields.append(False)
        elif kind == "separate" and self._fields:
            self._fields[-1] = True
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _fields_in(self, run: Any) -> None:
        for child in run.iter(W + "fldChar"):
            self._fields_at(child)


def _inside(box: Any, outermost: Any) -> Iterator[bool]:
    """Whether a text box stands inside another one of the same picture."""
    for each in box.iterancestors():
        if each is outermost:
            return
        if each.tag == W + "txbxContent":
            yield True
