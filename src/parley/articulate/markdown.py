"""Markdown (CommonMark) to provisions. Raw HTML is text; nothing in a file is ever interpreted or fetched."""

from __future__ import annotations

from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from parley.articulate import numbering
from parley.articulate.answering import Resolve
from parley.articulate.builder import LONE, Builder, Particulars, decode_text, flowed
from parley.document import Document
from parley.errors import Malformed

MAX_NESTING = 40


def read(name: str, data: bytes, particulars: Particulars, resolve: Resolve | None = None) -> Document:
    """Articulate a Markdown file: the first heading is the title, other headings open articles and sections.

    Numbered items and lines that open with "1." or "(a)" are paragraphs and points. An answer line right under a
    heading speaks for the whole article, after words for these; without `resolve` it stays among the words.
    Raises: Malformed("articulate.…") or Malformed("wording.…") with the line.
    """
    builder = Builder(particulars, resolve)
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": MAX_NESTING}).enable("table")
    tokens = parser.parse(decode_text(data))
    # Past its limit of nesting the parser leaves words out without a word.
    deepest = max(tokens, key=lambda token: token.level, default=None)
    if deepest is not None and deepest.level >= MAX_NESTING - 1:
        raise Malformed("articulate.too-deep", line=deepest.map[0] + 1 if deepest.map else 1)
    items = _Items(builder)
    for index, token in enumerate(tokens):
        line = token.map[0] + 1 if token.map else 1
        items.see(tokens, index, line=line)
        if token.type == "inline" and tokens[index - 1].type == "heading_open":
            text = " ".join(flowed(_soft_lines(token), line=line).split("\n"))
            if builder.titled:
                builder.heading(text, level=int(tokens[index - 1].tag[1:]), line=line)
            else:
                builder.title(text, line=line)
        elif token.type == "table_open":
            builder.table(_rows(tokens, index), line=line)
        elif token.type == "inline" and tokens[index - 1].type not in ("td_open", "th_open"):
            words = "\n".join(flowed(hard, line=line) for hard in _hard_lines(token))
            opened = numbering.lone(words) if token.level == 1 else None
            # Only the bare number: what a mark sets off could be the article's words, and the mark is one of them.
            if opened is not None and words in (opened.label, opened.rest):
                builder.heading(words, level=LONE, line=line)
            else:
                items.words(words, line=line)
        elif token.type in ("code_block", "fence"):
            items.words(token.content, line=line)
    return builder.document(name=name)


def _rows(tokens: list[Token], index: int) -> list[list[str]]:
    """The cells of the table that opens here."""
    rows: list[list[str]] = []
    for place in range(index, len(tokens)):
        if tokens[place].type == "table_close":
            break
        if tokens[place].type == "tr_open":
            rows.append([])
        elif tokens[place].type in ("td_open", "th_open"):
            rows[-1].append(" ".join(_soft_lines(tokens[place + 1])))
    return rows


class _Items:
    """The list items that are open: how deep, and the number that the first words of the last will carry."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._numbers: list[list[str]] = []
        self._label, self._line = "", 1

    def see(self, tokens: list[Token], index: int, *, line: int) -> None:
        """Follow lists. An item without words of its own is still a number, and is kept."""
        kind = tokens[index].type
        if kind in ("list_item_open", "list_item_close", "heading_open"):
            self._without_words()
        if kind in ("ordered_list_open", "bullet_list_open"):
            self._without_words()
            self._numbers.append(_printed(tokens, index))
        elif kind in ("ordered_list_close", "bullet_list_close"):
            self._numbers.pop()
        elif kind == "list_item_open":
            self._label, self._line = self._numbers[-1].pop(0), line

    def words(self, text: str, *, line: int) -> None:
        """Words in the item that is open, or in none."""
        label, self._label = self._label, ""
        self._builder.block(text, line=line, label=label, depth=len(self._numbers))

    def _without_words(self) -> None:
        if self._label:
            self.words("", line=self._line)


def _printed(tokens: list[Token], index: int) -> list[str]:
    """The numbers of a list's items as its author wrote them; counted only where all are written alike.

    CommonMark counts from the first and would print 1, 2 for a treaty's 1 and 3.
    """
    items = []
    for token in tokens[index + 1 :]:
        if token.level == tokens[index].level and token.type == tokens[index].type.replace("open", "close"):
            break
        if token.type == "list_item_open" and token.level == tokens[index].level + 1:
            items.append(token)
    if tokens[index].type == "bullet_list_open":
        return ["–"] * len(items)
    written = [item.info for item in items]
    if len(written) > 1 and len(set(written)) == 1:
        written = [str(int(written[0]) + place) for place in range(len(written))]
    return [f"{number}{item.markup}" for number, item in zip(written, items, strict=True)]


def _hard_lines(token: Token) -> Iterator[list[str]]:
    """The text of a paragraph: lines that a hard break ends, each a list of the lines it was wrapped into."""
    lines = [""]
    addresses: list[str] = []
    for child in token.children or []:
        if child.type == "hardbreak":
            yield lines
            lines = [""]
        elif child.type == "softbreak":
            lines.append("")
        elif child.type == "link_open":
            addresses.append("" if child.info == "auto" else f" <{child.attrGet('href')}>")
        elif child.type == "link_close":
            # A reader of the words would not see where a link leads otherwise.
            lines[-1] += addresses.pop()
        else:
            lines[-1] += f"[image: {child.content}]" if child.type == "image" else child.content
    yield lines


def _soft_lines(token: Token) -> list[str]:
    return [line for hard in _hard_lines(token) for line in hard]
