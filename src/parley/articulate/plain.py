"""Plain text to provisions: blocks between empty lines, headings by their words and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from parley.articulate import numbering
from parley.articulate.answering import Resolve
from parley.articulate.builder import LONE, Builder, Particulars, decode_text, flowed
from parley.document import Document
from parley.wording import canonical_line


def read(name: str, data: bytes, particulars: Particulars, resolve: Resolve | None = None) -> Document:
    """Articulate a text file: its first block, when one line, is the title; "Article 4. Bases" alone is a heading.

    Numbers and answer lines are read as in Markdown. Raises: Malformed with the line.
    """
    builder = Builder(particulars, resolve)
    for line, block in _blocks(decode_text(data)):
        rows = _rows(block)
        if rows:
            builder.table(rows, line=line)
            continue
        first = canonical_line(block[0], line=line)
        if len(block) > 1 and numbering.lone(first) is not None and not canonical_line(block[1])[:1].islower():
            # A heading and, right under it, what it heads.
            builder.heading(first, level=LONE, line=line)
            block, line = block[1:], line + 1
        words = flowed(block, line=line)
        untitled = not builder.titled and builder.empty and len(block) == 1
        if numbering.lone(words) is not None and not (untitled and numbering.is_apart(words)):
            builder.heading(words, level=LONE, line=line)
        elif untitled and numbering.numbered(words) is None:
            builder.title(words, line=line)
        else:
            builder.block(words, line=line)
    return builder.document(name=name)


def _rows(block: list[str]) -> list[list[str]]:
    """The cells of a block whose lines are all cut by tabs, or all by bars, into as many; none for any other."""
    for mark in ("\t", "|"):
        rows = [[cell.strip() for cell in line.strip(" ").strip("|").split(mark)] for line in block]
        if len(block) > 1 and len({len(row) for row in rows}) == 1 and len(rows[0]) > 1:
            return [row for row in rows if not all(re.fullmatch(":?-+:?", cell) for cell in row)]
    return []


def _blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    """Lines between empty lines, each block with the number of its first line. Form feeds are page breaks."""
    block: list[str] = []
    lines = re.sub("\r\n?", "\n", text).replace("\f", "\n").split("\n")
    for number, line in enumerate([*lines, ""], start=1):
        if line.strip():
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []
