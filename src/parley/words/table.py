"""Aligned tables for a terminal, and `key: value` lines where there is none. No boxes: columns are enough."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence

GAP = 2


def width(text: str) -> int:
    """How many columns a text takes: marks none, East Asian wide characters two."""
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def pad(text: str, columns: int) -> str:
    """`text` with spaces after it up to so many columns."""
    return text + " " * max(0, columns - width(text))


def aligned(rows: Sequence[Sequence[str]], *, indent: str = "", most: int | None = None) -> list[str]:
    """Rows of cells under one another. With `most`, the last column wraps at that width, under itself."""
    if not rows:
        return []
    columns = max(map(len, rows))
    widths = [max((width(row[place]) for row in rows if place < len(row)), default=0) for place in range(columns - 1)]
    before = len(indent) + sum(widths) + GAP * len(widths)
    found = []
    for row in rows:
        cells = [pad(cell, columns_) for cell, columns_ in zip(row[:-1], widths, strict=False)]
        head = indent + "".join(cell + " " * GAP for cell in cells)
        wrapped = hung(row[-1], (most - before) if most else None)
        found.append((head + wrapped[0]).rstrip())
        found.extend((" " * before + line).rstrip() for line in wrapped[1:])
    return found


def fitted(rows: Sequence[Sequence[str]], most: int, *, indent: str = "") -> list[list[str]]:
    """Rows of cells under one another in at most `most` columns, each row as its lines: cells wrap at words.

    The widest column gives way first. A word is never broken, so a table of long words may still be wider.
    """
    columns = max(map(len, rows), default=0)
    full = [[*row, *[""] * (columns - len(row))] for row in rows]
    widths = [max(width(row[place]) for row in full) for place in range(columns)]
    least = [max((width(word) for row in full for word in row[place].split()), default=0) for place in range(columns)]
    room = most - len(indent) - GAP * (columns - 1)
    while sum(widths) > room:
        wide = [place for place in range(columns) if widths[place] > least[place]]
        if not wide:
            break
        widths[max(wide, key=lambda place: widths[place])] -= 1
    return [_row(cells, widths, indent) for cells in full]


def _row(cells: Sequence[str], widths: Sequence[int], indent: str) -> list[str]:
    pieces = [_broken(cell, columns) for cell, columns in zip(cells, widths, strict=True)]
    lines = []
    for number in range(max(map(len, pieces))):
        found = [piece[number] if number < len(piece) else "" for piece in pieces]
        padded = (pad(text, columns) for text, columns in zip(found, widths, strict=True))
        lines.append((indent + (" " * GAP).join(padded)).rstrip())
    return lines


def _broken(text: str, columns: int) -> list[str]:
    """A cell in lines of so many columns, as they show: broken between words only."""
    if width(text) <= columns:
        return [text]
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if width(longer) <= columns or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def hung(text: str, most: int | None) -> list[str]:
    """`wrap`, with what follows a dash at the beginning of a line hung behind it."""
    found: list[str] = []
    for line in text.split("\n"):
        if line.startswith("- "):
            first, *rest = wrap(line[2:], most - 2 if most else None)
            found += [f"- {first}", *(f"  {piece}" for piece in rest)]
        else:
            found += wrap(line, most)
    return found


def wrap(text: str, most: int | None) -> list[str]:
    """A text in lines of at most `most` columns, where it has spaces to break at; never an empty list."""
    if most is None:
        return text.split("\n")
    lines: list[str] = []
    for line in text.split("\n"):
        lines.extend(textwrap.wrap(line, max(20, most), break_long_words=False, break_on_hyphens=False) or [""])
    return lines


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, plain: bool, most: int | None = None) -> list[str]:
    """A table with its head, in at most `most` columns; where `plain`, one `key: value` line a cell and an empty line
    between rows."""
    if not plain:
        return [line for row in fitted([head, *rows], most) for line in row] if most else aligned([head, *rows])
    found: list[str] = []
    for number, row in enumerate(rows):
        if number:
            found.append("")
        found.extend(f"{name}: {cell}" for name, cell in zip(head, row, strict=True) if cell)
    return found


def pairs(rows: Sequence[tuple[str, str]], *, plain: bool, indent: str = "", most: int | None = None) -> list[str]:
    """Names with their values: aligned, or where `plain` a `key: value` line for each line of a value."""
    if not plain:
        return aligned(rows, indent=indent, most=most)
    return [f"{indent}{name}: {line}" for name, value in rows for line in value.split("\n")]
