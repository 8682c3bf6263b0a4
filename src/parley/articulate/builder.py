"""Turns a stream of headings and blocks of words into the provisions of a document, whatever file they came from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from parley.articulate import numbering
from parley.articulate.answering import Resolve, answers, is_answer_line
from parley.articulate.companions import companions
from parley.articulate.settling import Node, is_numbered, is_plain, settled
from parley.document import (
    MAX_HEADING,
    MAX_PROVISIONS,
    MAX_TITLE,
    Document,
    File,
    Language,
    LanguageStatus,
    Prevails,
    Provision,
    Standing,
)
from parley.errors import Malformed
from parley.identifiers import Identifiers, Kind
from parley.wording import canonical_line, canonical_words

MAX_TEXT = 2 * 1024 * 1024
Changes = Literal["", "accept", "reject"]
"""What becomes of the tracked changes in a file; "" refuses one that holds any."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Particulars:
    """What a file does not say about itself, and the sender does; `changes` is what becomes of tracked ones."""

    language: str
    status: LanguageStatus = "authentic"
    standing: Standing = "formal"
    attachments: tuple[File, ...] = ()
    original: File | None = None
    prevails: Prevails = Prevails.TEXT
    changes: Changes = ""


# Headings take ranks below 100 by their level and their words; numbered words nest below any heading.
_PARAGRAPH, _POINT, _STEP, _DEEPER = 100, 120, 10, 300
LONE = 7
"""The level of a heading that nothing but its words shows: "Article 4" in a paragraph of its own."""
_DASH = "–"
_ENDED = re.compile('[.!?。।؟]["”»’)]?$')
_CLOSED = re.compile(r"(?:[.:;,!?—–。：；，،؛؟।]|\b(?:and|or|и|или|و|או))$")
_UNSPACED = re.compile("[\u3000-\u9fff\uff00-\uffef]{2}")  # scripts that write no spaces between words


class Builder:
    """Collects headings and words in reading order, then makes the document.

    Words that open with a number become paragraphs and points; words without one belong to what they stand under.
    """

    def __init__(self, particulars: Particulars, resolve: Resolve | None) -> None:
        self._particulars = particulars
        self._resolve = resolve
        self._title = ""
        self._nodes: list[Node] = []
        self._open: list[int] = []

    def title(self, text: str, *, line: int) -> None:
        """The document's title."""
        self._title = canonical_line(text, line=line)
        if len(self._title) > MAX_TITLE:
            raise Malformed("articulate.heading-too-long", line=line, most=MAX_TITLE)

    @property
    def titled(self) -> bool:
        return bool(self._title)

    @property
    def empty(self) -> bool:
        return not self._nodes

    def heading(self, text: str, *, level: int, line: int, notes: Sequence[str] = ()) -> None:
        """A heading, `level` from 1 (outermost) to 7; headings of one level nest by their words, articles in sections.

        `notes` are footnotes; they go under the words of what they are about, which are read without them.

        Raises: Malformed for words that may not stand or too many.
        """
        opened = numbering.heading(canonical_line(text, line=line))
        if len(opened.rest) > MAX_HEADING:
            raise Malformed("articulate.heading-too-long", line=line, most=MAX_HEADING)
        if opened.rest or opened.label:
            rank = level * 10 + min(opened.order, 9)
            self._add(Node(kind=opened.kind, rank=rank, label=opened.label, heading=opened.rest, line=line))
            self._note(notes, line=line)

    def table(self, rows: Sequence[Sequence[str]], *, line: int, caption: str = "", notes: Sequence[str] = ()) -> None:
        """A table: one provision, its rows as lines, its cells set off by " | ". Raises: Malformed."""
        written = canonical_words("\n".join(" | ".join(_cell(cell) for cell in row) for row in rows), line=line)
        said = canonical_line(caption, line=line)
        last = self._nodes[-1] if self._nodes else None
        if not said and last is not None and is_plain(last) and numbering.caption(last.words):
            said = self._nodes.pop(self._open.pop()).words
        if written.strip(" |\n"):
            opened = numbering.caption(said)
            label, heading = (opened.label, opened.rest) if opened else ("", said)
            open_ = [self._nodes[index] for index in self._open]
            rank = next((max(_POINT, node.rank + 1) for node in reversed(open_) if _holds_table(node)), _PARAGRAPH)
            self._add(Node(kind=Kind.TABLE, rank=rank, label=label, heading=heading, words=written, line=line))
            self._note(notes, line=line)

    def block(self, text: str, *, line: int, label: str = "", depth: int = 0, notes: Sequence[str] = ()) -> None:
        """A block of words; `label` when the file itself numbers it, `depth` how deep in lists it stands, from 0.

        A block is cut where a line opens with a number or is an answer line. Raises: Malformed.
        """
        pieces = _cut(canonical_words(text, line=line))
        if label and (not pieces or is_answer_line(pieces[0]) or numbering.numbered(pieces[0])):
            pieces.insert(0, "")  # the number opens a provision whose own words are none
        for index, piece in enumerate(pieces):
            if index == 0 and label:
                self._listed(label, piece, depth=depth, line=line)
            elif self._resolve is not None and is_answer_line(piece):
                self._answer(piece, line=line)
            else:
                self._words(piece, depth=depth, line=line)
        self._note(notes, line=line)

    def _note(self, notes: Sequence[str], *, line: int) -> None:
        if notes and self._open:
            self._nodes[self._open[-1]].notes += [canonical_words(each, line=line) for each in notes]

    def _answer(self, text: str, *, line: int) -> None:
        if self._resolve is None or not self._open:
            raise Malformed("articulate.answer-place", line=line)
        self._nodes[self._open[-1]].answers.extend(answers(text, self._resolve, line=line))

    def _listed(self, label: str, words: str, *, depth: int, line: int) -> None:
        numbered = depth == 1 and re.match(r"\d", label) is not None
        kind, rank = (Kind.PARAGRAPH, _PARAGRAPH) if numbered else (Kind.POINT, _DEEPER + depth)
        self._add(Node(kind=kind, rank=rank, label=label, words=words, line=line))

    def _words(self, text: str, *, depth: int, line: int) -> None:
        opened = numbering.numbered(text) or self._dashed(text)
        if opened is None:
            self._plain(text, depth=depth, line=line)
        else:
            kind, rank, style = self._nested(opened)
            self._add(Node(kind=kind, rank=rank, label=opened.label, words=opened.rest, line=line, style=style))

    def _dashed(self, text: str) -> numbering.Opened | None:
        """A dash opens a point after words that end in a colon, and after another such point."""
        last = self._nodes[self._open[-1]] if self._open else None
        announced = last is not None and (last.words.endswith(":") or last.style == _DASH)
        return numbering.dashed(text) if announced else None

    def _nested(self, opened: numbering.Opened) -> tuple[Kind, int, str]:
        """Where a number stands: beside the open number of its style, else inside the innermost one."""
        label = opened.label
        chain = [self._nodes[index] for index in self._open if self._nodes[index].style]
        style = _style(label, chain)
        beside = next((node for node in reversed(chain) if node.style == style), None)
        if opened.kind is Kind.PARAGRAPH and style != "(1)":
            return Kind.PARAGRAPH, _PARAGRAPH + min(label.strip(".").count("."), 9), style
        if beside is not None:
            return beside.kind, beside.rank, style
        if style == "(1)" and not (chain and label == "(1)"):
            return Kind.PARAGRAPH, _PARAGRAPH, style
        return Kind.POINT, max([_POINT, *(node.rank + _STEP for node in chain if node.rank >= _POINT)]), style

    def _wraps_up(self, text: str) -> bool:
        """Whether words after points go on with the sentence that the points are part of."""
        last = self._nodes[self._open[-1]] if self._open else None
        if last is None or last.kind is not Kind.POINT or not last.words:
            return False
        return text[:1].islower() or not _ENDED.search(last.words)

    def _wrap_up(self, text: str, *, line: int) -> None:
        while self._open and self._nodes[self._open[-1]].kind is Kind.POINT and self._nodes[self._open[-1]].style:
            rank = self._nodes[self._open.pop()].rank
        self._add(Node(kind=Kind.WRAP_UP, rank=rank, words=text, line=line))

    def _plain(self, text: str, *, depth: int, line: int) -> None:
        """Words without a number: more words of an open list item, or a paragraph under the last heading."""
        last = self._nodes[self._open[-1]] if self._open else None
        if last is not None and last.style and self._wraps_up(text):
            self._wrap_up(text, line=line)
        elif depth and self._open and self._nodes[self._open[-1]].rank >= _PARAGRAPH:
            node = self._nodes[self._open[-1]]
            node.words = f"{node.words}\n\n{text}" if node.words else text
        elif text:
            self._add(Node(kind=Kind.PARAGRAPH, rank=_PARAGRAPH, words=text, line=line))

    def _add(self, node: Node) -> None:
        if len(self._nodes) >= MAX_PROVISIONS:
            raise Malformed("document.provisions", found=MAX_PROVISIONS + 1, most=MAX_PROVISIONS)
        while self._open and self._nodes[self._open[-1]].rank >= node.rank:
            self._open.pop()
        node.holder = self._open[-1] if self._open else -1
        self._open.append(len(self._nodes))
        self._nodes.append(node)

    def provision(
        self, kind: Kind, *, depth: int, label: str, heading: str, words: str, notes: Sequence[str], line: int
    ) -> None:
        """A provision that its file itself marks as such; `depth` is how deep it stands there. Raises: Malformed."""
        said, called = canonical_line(label, line=line), canonical_line(heading, line=line)
        if len(called) > MAX_HEADING:
            raise Malformed("articulate.heading-too-long", line=line, most=MAX_HEADING)
        self._add(Node(kind=kind, rank=depth, label=said, heading=called, words=words, line=line))
        self._note(notes, line=line)

    def own_words(self, words: str, notes: Sequence[str], *, line: int) -> None:
        """Words of the provision that came last."""
        node = self._nodes[self._open[-1]]
        node.words = "\n\n".join(each for each in (node.words, words) if each)
        self._note(notes, line=line)

    def document(self, *, name: str, exactly: bool = False) -> Document:
        """The finished document; `name` stands for the title when the file has none. Raises: Malformed when empty.

        `exactly` where the file marks its provisions itself, so that nothing is left to find out; one that would say
        nothing at all is named by what it is.
        """
        if not self._nodes and self._title:
            self._add(Node(kind=Kind.SECTION, rank=1, heading=self._title))
        if not self._nodes:
            raise Malformed("articulate.empty")
        for node in self._nodes if exactly else ():
            if not (node.label or node.heading or node.words or node.notes):
                node.heading = node.kind.value.capitalize()
        nodes = self._nodes if exactly else settled(self._nodes)
        provisions = tuple(_provisions(nodes, self._particulars.language))
        given = self._particulars
        return Document(
            title=self._title or canonical_line(name),
            standing=given.standing,
            languages=(Language(language=given.language, status=given.status, first=1, last=len(provisions)),),
            prevails=given.prevails,
            attachments=given.attachments,
            original=given.original,
            provisions=provisions,
            version=1,
        )


def _style(label: str, chain: Sequence[Node]) -> str:
    """The look of a number, "(a)" or "1."; a letter that reads as roman is so unless it is the next letter."""
    if len(label) == 1:
        return _DASH
    inner = label.strip("().、").split(" ")[0]
    if inner.isdigit() or not inner.isalpha():
        return re.sub(r"[0-9]+(\.[0-9]+)*", "1", label) if inner[:1].isdigit() else "1."
    frame = label.replace(inner, "{}")
    letter = frame.format("A" if inner.isupper() else "a")
    if not numbering.is_roman(inner):
        return letter
    before = next((node for node in reversed(chain) if node.style == letter), None)
    if before is not None:
        next_ = numbering.follows_as_letter(label, before.label) or numbering.is_roman(before.label)
        return letter if next_ and not any(node.style == frame.format("i") for node in chain) else frame.format("i")
    return frame.format("i")


def _cell(text: str) -> str:
    """A cell on one line, in which a bar is none between cells."""
    return " ".join(text.split()).replace("|", "\\|")


def _holds_table(node: Node) -> bool:
    """Whether a table that follows belongs to this provision: a numbered paragraph, or words that end in a colon."""
    numbered = node.kind is Kind.PARAGRAPH and bool(node.label)
    return node.rank >= _PARAGRAPH and node.kind is not Kind.TABLE and (numbered or node.words.endswith(":"))


def _provisions(nodes: list[Node], language: str) -> list[Provision]:
    identifiers = Identifiers()
    made: list[Provision] = []
    chapeaux: dict[int, int] = {}
    further = companions(nodes)
    for number, node in enumerate(nodes, start=1):
        holder = made[node.holder] if node.holder >= 0 else None
        required = {*holder.requires, holder.number} | further[number - 1] if holder else set(further[number - 1])
        if is_numbered(node) and node.holder in chapeaux:
            required.add(chapeaux[node.holder])
        if node.kind is Kind.CHAPEAU:
            chapeaux[node.holder] = number
        identifier = identifiers.next(node.kind, node.label, holder=holder.e_id if holder else "")
        made.append(
            Provision(
                number=number,
                kind=node.kind,
                label=node.label,
                heading=node.heading,
                words="\n\n".join(each for each in (node.words, *node.notes) if each),
                language=language,
                e_id=identifier,
                w_id=identifier,
                parent=holder.number if holder else 0,
                requires=tuple(sorted(required - {number})),
                answers=tuple(node.answers),
            )
        )
    return made


def _cut(text: str) -> list[str]:
    """Cut words before each line that opens with a number or is an answer line, and after an answer line."""
    pieces: list[list[str]] = []
    for line in text.split("\n"):
        starts = not pieces or is_answer_line(line) or is_answer_line(pieces[-1][0])
        if starts or numbering.numbered(line) is not None:
            pieces.append([line])
        else:
            pieces[-1].append(line)
    return [joined for joined in ("\n".join(piece).strip("\n") for piece in pieces) if joined]


def flowed(lines: Iterable[str], *, line: int) -> str:
    """Join the lines of a wrapped paragraph, keeping a line end only where the next line opens something new.

    That is an answer line, or a number after a line that ends in a mark or opens with a number of the same kind:
    "Article" / "4. The Parties" stays one sentence.
    Raises: Malformed with the place of the first character that may not stand.
    """
    joined = ""
    previous = ""
    for offset, raw in enumerate(lines):
        text = canonical_words(raw, line=line + offset)
        before, now = numbering.numbered(previous), numbering.numbered(text)
        opens = now is not None and (_CLOSED.search(previous) or (before is not None and before.kind is now.kind))
        if not previous or opens or is_answer_line(text) or is_answer_line(previous):
            joined += ("\n" if joined else "") + text
        else:
            joined += ("" if _UNSPACED.fullmatch(previous[-1:] + text[:1]) else " ") + text
        previous = text or previous
    return joined


def from_utf8(data: bytes) -> str:
    """Bytes as text, without the mark some programs put before it. Raises: Malformed("articulate.not-utf-8", line)."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1  # of what stands behind the mark, as `start` is
        raise Malformed("articulate.not-utf-8", line=line) from error


def decode_text(data: bytes) -> str:
    """The text of a file that must be UTF-8.

    Raises: Malformed("articulate.empty"), Malformed("articulate.too-long"), Malformed("articulate.not-utf-8").
    """
    if len(data) > MAX_TEXT:
        raise Malformed("articulate.too-long", most=MAX_TEXT)
    text = from_utf8(data)
    if not text.strip():
        raise Malformed("articulate.empty")
    return text
