"""The few elements that our drawings are made of: whole coordinates, escaped text, one colour, and no style or script.

Everything has the colour of the text around it, so a drawing within a page is light on dark where the page is. One that
stands alone is black on white. Texts come harmless from the caller; those too long for their place are cut short here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

FONT = 13
LETTER = 7
"""How wide a letter of that size is taken to be: more than it is on average."""

Place = tuple[int, int]


def drawing(
    name: str, *, width: int, height: int, title: str, desc: str, pieces: Iterable[str], alone: bool = False
) -> str:
    """An SVG whose title and description are read in its place; `name` begins the ids, for several on one page."""
    space = ' xmlns="http://www.w3.org/2000/svg" version="1.1" color="#111"' if alone else ""
    ground = [f'<rect width="{width}" height="{height}" fill="#fff" stroke="none"/>'] if alone else []
    head = (
        f'<svg{space} viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-labelledby="{name}-title" aria-describedby="{name}-desc" font-family="serif" font-size="{FONT}" '
        f'fill="none" stroke="currentColor">'
    )
    lines = [
        head,
        f'<title id="{name}-title">{escape(title)}</title>',
        f'<desc id="{name}-desc">{escape(desc)}</desc>',
        *ground,
        *pieces,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def text(x: int, y: int, words: str, *, anchor: str = "start", bold: bool = False, most: int | None = None) -> str:
    """Words on one line, cut to `most` letters."""
    more = (f' text-anchor="{anchor}"' if anchor != "start" else "") + (' font-weight="bold"' if bold else "")
    return f'<text x="{x}" y="{y}" fill="currentColor" stroke="none"{more}>{escape(short(words, most))}</text>'


def short(words: str, most: int | None) -> str:
    """`words` as they are, or so many of their letters, the last of them an ellipsis."""
    return words if most is None or len(words) <= most else words[: most - 1].rstrip() + "…"


def line(places: Sequence[Place], *, thick: int = 1, dashes: str = "", faint: bool = False) -> str:
    """A line through these places."""
    way = "M" + " ".join(f"{x} {y}" for x, y in places)
    more = (f' stroke-width="{thick}"' if thick != 1 else "") + (f' stroke-dasharray="{dashes}"' if dashes else "")
    return f'<path d="{way}"{more}{_faint(faint)}/>'


def box(x: int, y: int, width: int, height: int, *, faint: bool = False) -> str:
    """The outline of a rectangle."""
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}"{_faint(faint)}/>'


def bar(x: int, y: int, width: int, height: int, *, dashes: str, filled: bool, words: str) -> str:
    """A rectangle, filled or open; `words` are shown by a program that shows titles."""
    more = (f' stroke-dasharray="{dashes}"' if dashes else "") + (' fill="currentColor"' if filled else "")
    place = f'x="{x}" y="{y}" width="{width}" height="{height}"'
    return f"<rect {place}{more}><title>{escape(words)}</title></rect>"


def _faint(faint: bool) -> str:
    return ' stroke-opacity="0.35"' if faint else ""


SIGNS = (
    "M{w} {y}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
    "M{w} {n}h8v8h-8z",
    "M{x} {n}l5 8h-10z",
    "M{x} {s}l5 -8h-10z",
    "M{w} {n}l8 8M{w} {s}l8 -8",
)
"""A circle, a square, a triangle up, one down, a cross."""
DIAMOND = "M{x} {n}m0 -1l5 5l-5 5l-5 -5z"
REACH = 5
"""How far a sign reaches from its place."""


def sign(shape: str, x: int, y: int, *, words: str = "", filled: bool = True) -> str:
    """A sign at a place; `words` are shown by a program that shows titles."""
    way = shape.format(x=x, y=y, w=x - 4, n=y - 4, s=y + 4)
    fill = ' fill="currentColor"' if filled else ""
    return f'<path d="{way}"{fill}><title>{escape(words)}</title></path>' if words else f'<path d="{way}"{fill}/>'
