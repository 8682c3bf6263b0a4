"""Word files to provisions, only in the confined child: words, automatic numbers, tables, footnotes, and nothing else.

The file itself never goes along: comments, names of authors, hidden text and earlier wordings would travel in it. They
are counted and left out. What is numbered by Word reads as if the number had been typed, and a line is a paragraph.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from parley.articulate import numbering
from parley.articulate.answering import Resolve
from parley.articulate.builder import LONE, Builder, Changes, Particulars
from parley.articulate.confined import LeftOut
from parley.articulate.word import changes
from parley.articulate.word.inline import Inline
from parley.articulate.word.numbers import BULLET, Label, Numbers
from parley.articulate.word.package import Package, Relation, W, parse
from parley.articulate.word.styles import Styles
from parley.document import Document
from parley.errors import Malformed
from parley.wording import canonical_words

MAX_TITLE = 300
_WRAPPERS = tuple(W + name for name in ("sdt", "sdtContent", "customXml", "smartTag", "body"))
_CORE = "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}lastModifiedBy"
_CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
_ENDS_SENTENCE = (".", ";", ":", ",")


def prepare() -> None:
    """Load what reading needs, while files may still be opened."""
    parse(b"<p>x</p>")
    canonical_words("х")
    "x".encode("cp437")  # in which archives name their parts


def read(
    name: str, data: bytes, particulars: Particulars, resolve: Resolve | None = None
) -> tuple[Document, tuple[LeftOut, ...]]:
    """Articulate a Word file. Headings are those of its styles and those that their words show, as in plain text.

    Raises: Malformed("articulate.tracked-changes") when it holds changes and the particulars do not say what becomes of
    them, Malformed("articulate.docx-inside") for words in a form that is not read, Malformed("articulate.not-docx"),
    Malformed("articulate.macros"), Malformed("articulate.entities"), Malformed("articulate.too-much"),
    Malformed("articulate.number-format"), Malformed("articulate.empty"), or for words that may not stand.
    """
    if not data:
        raise Malformed("articulate.empty")
    text = _Text(Package(data), Builder(particulars, resolve), particulars.changes)
    text.walk(text.body)
    return text.builder.document(name=name), text.left()


class _Text:
    """Walks the body in reading order and hands paragraphs and tables to the builder."""

    def __init__(self, package: Package, builder: Builder, chosen: Changes) -> None:
        self.builder = builder
        self._package = package
        self._relations = package.relations(package.main)
        self._root = package.part(package.main)
        self.body = self._root.find(W + "body") if self._root is not None else None
        if self.body is None:
            raise Malformed("articulate.not-docx")
        self._left: Counter[str] = Counter()
        self._authors: set[str] = set()
        notes = {each: part for kind in ("footnote", "endnote") for each, part in self._part(f"{kind}s")}
        self._settle([self._root, *(part for _, part in notes.items())], chosen)
        self._styles = Styles(next((part for _, part in self._part("styles")), None))
        self._numbers = Numbers(next((part for _, part in self._part("numbering")), None), self._styles)
        self._inline = Inline(self._styles, notes, self._left)
        self._line = 0
        self._unseen()

    def _part(self, kind: str) -> Iterator[tuple[str, Any]]:
        for each in self._relations.values():
            if each.kind == kind and not each.outside:
                part = self._package.part(each.target)
                if part is not None:
                    yield kind, part

    def _settle(self, parts: list[Any], chosen: Changes) -> None:
        """Accept or reject changes in the text and its notes. Raises: Malformed("articulate.tracked-changes")."""
        found = sum(changes.count(part) for part in parts)
        if not found:
            return
        if not chosen:
            raise Malformed("articulate.tracked-changes", count=found)
        self._left["change"] = found
        for part in parts:
            self._authors |= changes.authors(part)
            changes.resolve(part, accept=chosen == "accept")

    # --- what is not taken --------------------------------------------------------------------------------------

    def _unseen(self) -> None:
        """Count comments, names of persons, headers and footers, and what the file would fetch from elsewhere."""
        comments = [each for _, part in self._part("comments") for each in part.iter(W + "comment")]
        self._left["comment"] = len(comments)
        self._authors |= {name for each in comments if (name := each.get(W + "author"))}
        for kind in ("header", "footer"):
            self._left[kind] = sum(any(each.text for each in part.iter(W + "t")) for _, part in self._part(kind))
        outer = self._package.relations("")
        for each in [*outer.values(), *self._relations.values()]:
            self._left["outside"] += each.outside and each.kind != "hyperlink"
            self._left["data"] += not each.outside and each.kind in ("customXml", "custom-properties")
        self._persons(outer)
        self._left["author"] = len(self._authors)

    def _persons(self, outer: dict[str, Relation]) -> None:
        named = [each.target for each in outer.values() if each.kind == "core-properties" and not each.outside]
        for part in filter(lambda root: root is not None, map(self._package.part, named)):
            said = [each.text or "" for each in part.iter(_CORE, _CREATOR)]
            self._authors |= {text for text in said if text.strip()}

    def left(self) -> tuple[LeftOut, ...]:
        """What was left out, by what it is."""
        return tuple(LeftOut(what=what, count=count) for what, count in sorted(self._left.items()) if count)

    # --- what is ------------------------------------------------------------------------------------------------

    def walk(self, element: Any) -> None:
        """The paragraphs and tables in an element. Raises: Malformed("articulate.docx-inside")."""
        for child in element:
            if child.tag == W + "p":
                self._paragraph(child)
            elif child.tag == W + "tbl":
                self._table(child)
            elif child.tag in _WRAPPERS:
                self.walk(child)
            elif child.tag in (W + "altChunk", W + "subDoc"):
                # Another document, which Word shows as part of this one.
                raise Malformed("articulate.docx-inside", line=self._line + 1)

    def _paragraph(self, paragraph: Any) -> None:
        self._line += 1
        line = self._line
        if self._styles.is_named(paragraph, "toc( [1-9]|  ?heading)"):
            self._left["contents"] += 1
            return
        words, boxes = self._read(paragraph)
        label = None if self._vanished(paragraph, words) else self._numbers.label(paragraph)
        notes = self._inline.notes()
        level = self._styles.heading(paragraph)
        bare = self._inline.unmarked(words)
        if not bare and label is None:
            pass
        elif not self.builder.titled and self.builder.empty and self._is_title(paragraph, bare, label):
            self.builder.title(bare, line=line)
        elif level and bare and len(bare) <= MAX_TITLE and not bare.endswith(_ENDS_SENTENCE[1:]):
            number = label.text if label is not None and label.text != BULLET else ""
            self.builder.heading(f"{number} {bare}".strip(), level=min(level, LONE - 1), line=line, notes=notes)
        else:
            self._block(words, label, notes, line)
        for box in boxes:
            self.walk(box)

    def _read(self, paragraph: Any) -> tuple[str, list[Any]]:
        words, boxes = self._inline.read(paragraph)
        return canonical_words(words, line=self._line), boxes

    def _vanished(self, paragraph: Any, words: str) -> bool:
        """Whether nothing of a paragraph shows, its end included: then Word does not count it."""
        mark = paragraph.find(f"{W}pPr/{W}rPr/{W}vanish")
        return mark is not None and mark.get(W + "val", "true") in ("1", "true", "on") and not words

    def _is_title(self, paragraph: Any, words: str, label: Label | None) -> bool:
        """A paragraph in the style of titles, or else a first line that is neither numbered nor a sentence."""
        if not words or label is not None or len(words) > MAX_TITLE:
            return False
        if self._styles.is_named(paragraph, "title"):
            return True
        plain = "\n" not in words and numbering.numbered(words) is None and not words.endswith(_ENDS_SENTENCE)
        opened = numbering.lone(words)
        return plain and (opened is None or (not opened.label and numbering.is_apart(words)))

    def _block(self, words: str, label: Label | None, notes: list[str], line: int) -> None:
        """Words with the number before them: read as if it had been typed, unless only Word's levels tell it apart."""
        typed = f"{label.text} {words}".strip() if label is not None else words
        opened = numbering.numbered(typed)
        if label is not None and (label.alike or opened is None or opened.label != label.text):
            if numbering.division(label.text) is not None:
                self._division(label.text, words, notes, line)
            else:
                self.builder.block(words, line=line, label=label.text, depth=label.level + 1, notes=notes)
            return
        first, _, rest = typed.partition("\n")
        if numbering.lone(self._inline.unmarked(first)) is not None and not rest[:1].islower():
            heading = self._inline.unmarked(first)
            self.builder.heading(heading, level=LONE, line=line, notes=() if rest else notes)
            if rest:
                self.builder.block(rest, line=line, notes=notes)
        else:
            self.builder.block(typed, line=line, notes=notes)

    def _division(self, number: str, words: str, notes: list[str], line: int) -> None:
        """ "Article 4" counted by Word: what follows is its heading, or the words of the article."""
        first, _, rest = words.partition("\n")
        titled = numbering.is_title(self._inline.unmarked(first))
        heading = f"{number} {self._inline.unmarked(first)}" if titled else number
        rest = rest if titled else words
        self.builder.heading(heading, level=LONE, line=line, notes=() if rest else notes)
        if rest:
            self.builder.block(rest, line=line, notes=notes)

    def _table(self, table: Any) -> None:
        """Rows of cells; a table with one cell in each row only places words on the page, and is none."""
        rows = [row for row in table.iter(W + "tr") if next(row.iterancestors(W + "tbl")) is table]
        cells = [[cell for cell in row.iter(W + "tc") if next(cell.iterancestors(W + "tr")) is row] for row in rows]
        if all(len(row) < 2 for row in cells):
            for row in cells:
                for cell in row:
                    self.walk(cell)
            return
        line = self._line + 1
        written = [[self._cell(cell) for cell in row] for row in cells]
        self.builder.table(written, line=line, notes=self._inline.notes())

    def _cell(self, cell: Any) -> str:
        """The words of a cell, numbers included."""
        said = []
        for paragraph in cell.iter(W + "p"):
            if re.fullmatch(r"\{.*\}txbxContent", paragraph.getparent().tag):
                continue
            self._line += 1
            words, boxes = self._read(paragraph)
            label = None if self._vanished(paragraph, words) else self._numbers.label(paragraph)
            said.append(f"{label.text} {words}" if label is not None else words)
            for box in boxes:
                said.append(" ".join(self._read(each)[0] for each in box.iter(W + "p")))
        return " ".join(each for each in said if each)
