"""The drawing of what happened: time downwards, a column for each party, a sign of its own for each kind of event.

It is a picture of the table beside it and of nothing else; whoever cannot see it loses nothing. Forms carry the
meaning, not colours, and no sign stands without its word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from parley.record.events import Event
from parley.words import say
from parley.words.clock import UTC_ONLY, day
from parley.words.neutral import shown

ROW, HEAD, LEFT, LANE, RIGHT = 34, 46, 230, 180, 300
MOST = 150
"""Events in a drawing; more cannot be seen at once."""
_RADIUS = 8


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing and how many of the events it shows."""

    svg: Markup
    count: int
    total: int


def draw(found: Sequence[Event], parties: Sequence[str], called: Sequence[str]) -> Drawing:
    """Draw the last events for these parties, under the names they are called by, in this order."""
    drawn = found[-MOST:]
    lanes = {party: LEFT + LANE // 2 + place * LANE for place, party in enumerate(parties)}
    width, height = LEFT + LANE * len(lanes) + RIGHT, HEAD + ROW * len(drawn) + 10
    pieces = [_text(x, 20, _short(name), "lane-name") for x, name in zip(lanes.values(), called, strict=True)]
    pieces += [_line(x, HEAD - 16, x, height - 4, "lane") for x in lanes.values()]
    end, before = LEFT + LANE * len(lanes), ""
    for place, event in enumerate(drawn):
        y = HEAD + ROW * place + ROW // 2
        pieces += _when(event, y, before)
        pieces += _signs(event, y, lanes, end)
        pieces.append(_text(end + 14, y + 5, f"{event.reference} · {event.what}", "event"))
        before = day(event.time)
    svg = Markup(  # noqa: S704 - numbers and our own class names; every text went through escape
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-labelledby="drawing-name" aria-describedby="drawing-how">\n'
        f'<title id="drawing-name">{escape(say("record.timeline"))}</title>\n{_ARROW}\n'
        + "\n".join(pieces)
        + "\n</svg>"
    )
    return Drawing(svg, len(drawn), len(found))


_ARROW = (
    '<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" '
    'orient="auto-start-reverse"><path d="M0 0 10 5 0 10z"/></marker></defs>'
)


def _short(name: str) -> str:
    return name if len(name) <= 24 else name[:23] + "…"


def _text(x: int, y: int, text: str, kind: str) -> str:
    return f'<text x="{x}" y="{y}" class="{kind}">{escape(shown(text))}</text>'


def _line(x1: int, y1: int, x2: int, y2: int, kind: str, more: str = "") -> str:
    return f'<path class="{kind}" d="M{x1} {y1} {x2} {y2}"{more}/>'


def _when(event: Event, y: int, before: str) -> list[str]:
    today = day(event.time)
    hour = "" if event.day_only else UTC_ONLY.hours(event.time)
    return [
        *([_text(4, y + 5, today, "day")] if today != before else []),
        *([_text(LEFT - 8, y + 5, hour, "hour")] if hour else []),
    ]


def _signs(event: Event, y: int, lanes: dict[str, int], end: int) -> list[str]:
    own = lanes.get(event.by, end)
    if event.mark == "arrow":
        start = [f'<circle class="sign" cx="{own}" cy="{y}" r="3"/>']
        ends = [lanes[party] for party in event.to if party in lanes]
        return start + [_line(own, y, x, y, "way", ' marker-end="url(#head)"') for x in ends]
    places = [lanes[party] for party in event.to if party in lanes] or [own]
    return [_sign(event.mark, x, y) for x in places]


def _sign(mark: str, x: int, y: int) -> str:
    r = _RADIUS
    match mark:
        case "circle":
            return f'<circle class="sign" cx="{x}" cy="{y}" r="{r}"/>'
        case "cross":
            arms = f"M{x - 5} {y - 5} {x + 5} {y + 5}M{x - 5} {y + 5} {x + 5} {y - 5}"
            return f'<circle class="open" cx="{x}" cy="{y}" r="{r}"/><path class="way" d="{arms}"/>'
        case "square":
            return f'<rect class="sign" x="{x - 7}" y="{y - 7}" width="14" height="14"/>'
        case "double":
            return _diamond(x, y, r + 3, "open") + _diamond(x, y, r - 2, "sign")
        case "diamond":
            return _diamond(x, y, r, "sign")
        case _:
            return f'<circle class="dashed" cx="{x}" cy="{y}" r="{r}"/>'


def _diamond(x: int, y: int, r: int, kind: str) -> str:
    return f'<path class="{kind}" d="M{x} {y - r} {x + r} {y} {x} {y + r} {x - r} {y}z"/>'
