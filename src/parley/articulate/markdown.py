"""Markdown (CommonMark) to provisions. Raw HTML is text; nothing in a file is ever interpreted or fetched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from parley.articulate.answering import Resolve
from parley.articulate.builder import Builder, Particulars, decode_text, flowed
from parley.document import Document


def read(name: str, data: bytes, particulars: Particulars, resolve: Resolve | None = None) -> Document:
    """Articulate a Markdown file: the first heading is the title, other headings open articles and sections.

    Numbered items and lines that open with "1." or "(a)" are paragraphs and points. An answer line right under a
    heading speaks for the whole article, after words for these; without `resolve` it stays among the words.
    Raises: Malformed("articulate.…") or Malformed("wording.…") with the line.
    """
    builder = Builder(particulars, resolve)
    tokens = MarkdownIt("commonmark", {"html": False}).parse(decode_text(data))
    lists = _Lists()
    for index, token in enumerate(tokens):
        line = token.map[0] + 1 if token.map else 1
        lists.see(token, tokens, index)
        if token.type == "inline" and tokens[index - 1].type == "heading_open":
            text = " ".join(part for part in flowed(_soft_lines(token), line=line).split("\n"))
            if builder.titled:
                builder.heading(text, level=int(tokens[index - 1].tag[1:]), line=line)
            else:
                builder.title(text, line=line)
        elif token.type == "inline":
            text = "\n".join(flowed(hard, line=line) for hard in _hard_lines(token))
            builder.block(text, line=line, label=lists.take_label(), depth=lists.depth)
        elif token.type in ("code_block", "fence"):
            builder.block(token.content, line=line, label=lists.take_label(), depth=lists.depth)
    return builder.document(name=name)


@dataclass(slots=True)
class _Lists:
    """Which list item is open: how deep, and the number its first words will carry."""

    depth: int = 0
    label: str = ""
    _numbers: list[list[str]] | None = None

    def see(self, token: Token, tokens: list[Token], index: int) -> None:
        if self._numbers is None:
            self._numbers = []
        if token.type in ("ordered_list_open", "bullet_list_open"):
            self._numbers.append(_printed(tokens, index))
            self.depth += 1
        elif token.type in ("ordered_list_close", "bullet_list_close"):
            self._numbers.pop()
            self.depth -= 1
        elif token.type == "list_item_open":
            self.label = self._numbers[-1].pop(0)

    def take_label(self) -> str:
        label, self.label = self.label, ""
        return label


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
