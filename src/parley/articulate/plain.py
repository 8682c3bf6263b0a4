"""Plain text to provisions: blocks between empty lines, headings by their words and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from parley.articulate import numbering
from parley.articulate.answering import Resolve
from parley.articulate.builder import Builder, Particulars, decode_text, flowed
from parley.document import Document
from parley.identifiers import Kind

_LEVELS = {Kind.PART: 1, Kind.ANNEX: 1, Kind.CHAPTER: 2, Kind.SECTION: 3, Kind.PREAMBLE: 4, Kind.ARTICLE: 4}
MAX_RUN_IN = 100


def read(name: str, data: bytes, particulars: Particulars, resolve: Resolve | None = None) -> Document:
    """Articulate a text file: its first block, when one line, is the title; "Article 4. Bases" alone is a heading.

    Numbers and answer lines are read as in Markdown. Raises: Malformed with the line.
    """
    builder = Builder(particulars, resolve)
    for line, block in _blocks(decode_text(data)):
        words = flowed(block, line=line)
        opened = _heading(words)
        if opened is not None:
            builder.heading(words, level=_LEVELS[opened.kind], line=line)
        elif not builder.titled and builder.empty and len(block) == 1 and numbering.numbered(words) is None:
            builder.title(words, line=line)
        else:
            builder.block(words, line=line)
    return builder.document(name=name)


def _heading(words: str) -> numbering.Opened | None:
    """A block that is nothing but a division's number and, set off by a mark, a short heading."""
    if "\n" in words or len(words) > MAX_RUN_IN or words[-1:] in ";,":
        return None
    opened = numbering.division(words, marked=True)
    if opened is None and words.casefold().rstrip(".:") in numbering.PREAMBLES:
        return numbering.heading(words)
    return opened if opened is not None and opened.rest[-1:] not in tuple(".;:") else None


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
