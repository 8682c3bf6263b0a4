"""Turns a stream of headings and blocks of words into the provisions of a document, whatever file they came from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from parley.articulate import numbering
from parley.articulate.answering import Resolve, answers, is_answer_line
from parley.document import (
    MAX_HEADING,
    MAX_PROVISIONS,
    MAX_TITLE,
    Answer,
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Particulars:
    """What a file does not say about itself, and the sender does."""

    language: str
    status: LanguageStatus = "authentic"
    standing: Standing = "formal"
    attachments: tuple[File, ...] = ()
    original: File | None = None
    prevails: Prevails = Prevails.TEXT


@dataclass(kw_only=True, slots=True)
class _Node:
    """A provision in the making. `rank` orders nesting: a node holds what follows it with a higher rank."""

    kind: Kind
    rank: int
    label: str = ""
    heading: str = ""
    words: str = ""
    holder: int = -1
    answers: list[Answer] = field(default_factory=list)
    line: int = 0


# Headings take ranks 1 to 8 by their level; numbered words nest below any heading.
_PARAGRAPH, _POINT, _ROMAN, _DEEPER = 10, 20, 30, 40
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
        self._nodes: list[_Node] = []
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

    def heading(self, text: str, *, level: int, line: int) -> None:
        """A heading, `level` from 1 (outermost) to 6. Raises: Malformed for words that may not stand or too many."""
        opened = numbering.heading(canonical_line(text, line=line))
        if len(opened.rest) > MAX_HEADING:
            raise Malformed("articulate.heading-too-long", line=line, most=MAX_HEADING)
        if opened.rest or opened.label:
            self._add(_Node(kind=opened.kind, rank=level, label=opened.label, heading=opened.rest, line=line))

    def block(self, text: str, *, line: int, label: str = "", depth: int = 0) -> None:
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

    def _answer(self, text: str, *, line: int) -> None:
        if self._resolve is None or not self._open:
            raise Malformed("articulate.answer-place", line=line)
        self._nodes[self._open[-1]].answers.extend(answers(text, self._resolve, line=line))

    def _listed(self, label: str, words: str, *, depth: int, line: int) -> None:
        numbered = depth == 1 and re.match(r"\d", label) is not None
        kind, rank = (Kind.PARAGRAPH, _PARAGRAPH) if numbered else (Kind.POINT, _DEEPER + depth)
        self._add(_Node(kind=kind, rank=rank, label=label, words=words, line=line))

    def _words(self, text: str, *, depth: int, line: int) -> None:
        opened = numbering.numbered(text)
        if opened is None:
            self._plain(text, depth=depth, line=line)
        elif opened.kind is Kind.PARAGRAPH:
            self._add(_Node(kind=Kind.PARAGRAPH, rank=_PARAGRAPH, label=opened.label, words=opened.rest, line=line))
        else:
            rank = self._point_rank(opened.label)
            self._add(_Node(kind=Kind.POINT, rank=rank, label=opened.label, words=opened.rest, line=line))

    def _point_rank(self, label: str) -> int:
        """A roman label nests under an open letter, unless it is the very next letter."""
        letters = [self._nodes[index] for index in self._open if self._nodes[index].rank == _POINT]
        if letters and numbering.is_roman(label) and not numbering.is_roman(letters[-1].label):
            return _POINT if numbering.follows_as_letter(label, letters[-1].label) else _ROMAN
        return _POINT

    def _plain(self, text: str, *, depth: int, line: int) -> None:
        """Words without a number: more words of an open list item, or a paragraph under the last heading."""
        if depth and self._open and self._nodes[self._open[-1]].rank >= _PARAGRAPH:
            node = self._nodes[self._open[-1]]
            node.words = f"{node.words}\n\n{text}" if node.words else text
        elif text:
            self._add(_Node(kind=Kind.PARAGRAPH, rank=_PARAGRAPH, words=text, line=line))

    def _add(self, node: _Node) -> None:
        if len(self._nodes) >= MAX_PROVISIONS:
            raise Malformed("document.provisions", found=MAX_PROVISIONS + 1, most=MAX_PROVISIONS)
        while self._open and self._nodes[self._open[-1]].rank >= node.rank:
            self._open.pop()
        node.holder = self._open[-1] if self._open else -1
        self._open.append(len(self._nodes))
        self._nodes.append(node)

    def document(self, *, name: str) -> Document:
        """The finished document; `name` stands for the title when the file has none. Raises: Malformed when empty."""
        if not self._nodes and self._title:
            self._add(_Node(kind=Kind.SECTION, rank=1, heading=self._title))
        if not self._nodes:
            raise Malformed("articulate.empty")
        self._name_recitals()
        nodes = self._settled()
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

    def _name_recitals(self) -> None:
        """Words under a preamble are recitals."""
        for node in self._nodes:
            if node.holder >= 0 and self._nodes[node.holder].kind is Kind.PREAMBLE and node.kind is Kind.PARAGRAPH:
                node.kind = Kind.RECITAL

    def _settled(self) -> list[_Node]:
        """Give a division its only unnumbered words as its own; call words before numbered ones a chapeau."""
        children: dict[int, list[int]] = {}
        for index, node in enumerate(self._nodes):
            children.setdefault(node.holder, []).append(index)
        absorbed: dict[int, int] = {}
        for holder, below in children.items():
            first = self._nodes[below[0]]
            if holder < 0 or self._nodes[holder].kind is Kind.PREAMBLE or not _is_plain(first):
                continue
            points = children.get(below[0], [])
            if len(below) == 1 and all(self._nodes[index].kind is Kind.POINT for index in points):
                # The division's only words are its own; points that follow them hang from the division.
                self._nodes[holder].words = first.words
                self._nodes[holder].answers += first.answers
                absorbed[below[0]] = holder
                continue
            introduced = next((place for place, index in enumerate(below) if not _is_plain(self._nodes[index])), 0)
            before = self._nodes[below[introduced - 1]] if introduced else None
            if before and _is_numbered(self._nodes[below[introduced]]) and below[introduced - 1] not in children:
                before.kind = Kind.CHAPEAU
        return _without(self._nodes, absorbed)


def _is_plain(node: _Node) -> bool:
    return node.kind is Kind.PARAGRAPH and not node.label


def _is_numbered(node: _Node) -> bool:
    return node.kind in (Kind.PARAGRAPH, Kind.POINT) and bool(node.label)


def _without(nodes: list[_Node], absorbed: dict[int, int]) -> list[_Node]:
    """The nodes that are left, their holders renumbered."""
    place: dict[int, int] = {-1: -1}
    left: list[_Node] = []
    for index, node in enumerate(nodes):
        if index in absorbed:
            place[index] = place[absorbed[index]]
            continue
        place[index] = len(left)
        node.holder = place[node.holder]
        left.append(node)
    return left


def _provisions(nodes: list[_Node], language: str) -> list[Provision]:
    identifiers = Identifiers()
    made: list[Provision] = []
    chapeaux: dict[int, int] = {}
    for number, node in enumerate(nodes, start=1):
        holder = made[node.holder] if node.holder >= 0 else None
        companions = {*holder.requires, holder.number} if holder else set()
        if _is_numbered(node) and node.holder in chapeaux:
            companions.add(chapeaux[node.holder])
        if node.kind is Kind.CHAPEAU:
            chapeaux[node.holder] = number
        identifier = identifiers.next(node.kind, node.label, holder=holder.e_id if holder else "")
        made.append(
            Provision(
                number=number,
                kind=node.kind,
                label=node.label,
                heading=node.heading,
                words=node.words,
                language=language,
                e_id=identifier,
                w_id=identifier,
                parent=holder.number if holder else 0,
                requires=tuple(sorted(companions)),
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


def decode_text(data: bytes) -> str:
    """The text of a file that must be UTF-8.

    Raises: Malformed("articulate.empty"), Malformed("articulate.too-long"), Malformed("articulate.not-utf8").
    """
    if len(data) > MAX_TEXT:
        raise Malformed("articulate.too-long", most=MAX_TEXT)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed("articulate.not-utf8", line=data.count(b"\n", 0, error.start) + 1) from error
    if not text.strip():
        raise Malformed("articulate.empty")
    return text
