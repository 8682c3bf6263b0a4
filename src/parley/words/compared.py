"""A page with two texts side by side: what only one of them has stands in signs, and not in a colour alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from parley.negotiation.differing import Mark, Segment
from parley.words.pages import render

SIGNS = {Mark.REMOVED: ("[−", "−]"), Mark.ADDED: ("[+", "+]"), Mark.SAME: ("", "")}
"""What stands around a segment on a screen that has no colours, and for a reader who has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """One provision on the page: the word for what became of it, its name, and the segments from left to right."""

    word: str
    name: str
    segments: tuple[Segment, ...]


def marked(segments: Sequence[Segment]) -> str:
    """Segments as one text; spaces stay outside the signs."""
    pieces = []
    for each in segments:
        before, after = SIGNS[each.mark]
        kept = each.text.rstrip()
        pieces.append(f"{before}{kept}{after}{each.text[len(kept) :]}" if kept else each.text)
    return "".join(pieces)


def compared_page(
    title: str,
    *,
    summary: str,
    notes: Sequence[str],
    sides: tuple[str, str],
    rows: Sequence[Beside],
    nowhere: Sequence[str],
) -> str:
    """The page; what is on the left only is struck out there, what is on the right only underlined there."""
    return render("compared.html", title=title, summary=summary, notes=notes, sides=sides, rows=rows, nowhere=nowhere)
