"""Writes docs/states.md from the transition table, so that the page cannot tell another story than the program.

python tools/draw_states.py            writes the page
python tools/draw_states.py --check    exits 1 when the page is not current
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import get_args

from parley.act import OpeningKind
from parley.exchange import ANSWERED, OPEN, TABLE, State, diagram

PAGE = Path(__file__).parent.parent / "docs" / "states.md"

HEAD = """# The states of a paper

This page is written by `tools/draw_states.py` from the table in `src/parley/exchange.py`; edit that, not this.

A paper has one state for each of its recipients. An act that has no row here is refused, with the name of the act that
came first. Two limits stand outside the table, in `fold.py`: after `accept_by` no receipt, refusal or withdrawal is
admitted, whether or not an expiry was entered; and a withdrawal is refused as soon as any recipient has signed for it.
"""

WHEN = {
    "at_once": "The header goes out with the listing. Without a receipt it is made available, never received.",
    "on_receipt": "The header goes out once the receipt is in the log. This is the ordinary case.",
    "together": "The header goes out once every party of the round has signed for every other's paper, by one limit.",
    "not_before": "The header goes out after the receipt, and not before a time that the deposit names.",
    "held": "Nothing but the commitment is deposited: there is no header to hand over.",
}


def _names(states: frozenset[State]) -> str:
    return ", ".join(state.value for state in State if state in states)


def _rows() -> list[str]:
    rows = ["| opening | who | state | act | next state |", "|---|---|---|---|---|"]
    for (opening, actor, state, act), target in TABLE.items():
        if act not in ("release", "statement"):
            rows.append(f"| {opening} | {actor.value} | {state.value} | {act} | {target.value} |")
    return rows


def page() -> str:
    """The whole page as it should stand."""
    parts = [HEAD]
    parts.append(f"Without an outcome: {_names(OPEN)}. After a receipt: {_names(ANSWERED)}.\n")
    for opening in get_args(OpeningKind):
        parts.append(f"## Opening `{opening}`\n\n{WHEN[opening]}\n\n```mermaid\n{diagram(opening)}```\n")
    parts.append("## Statements and releases\n")
    parts.append(
        "They change no state. A statement by any party is legal in every state. A release is legal in every state\n"
        "for the sender and for a third party whose consent the terms ask; for a recipient, once it has signed for\n"
        "the paper or the paper was made available to it. What the terms say of a release is in `publication.py`.\n"
    )
    parts.append("## The table\n\n" + "\n".join(_rows()) + "\n")
    return "\n".join(parts)


def main(arguments: list[str]) -> int:
    """Write the page, or with --check compare it."""
    if "--check" in arguments:
        return 0 if PAGE.read_text("utf-8") == page() else 1
    PAGE.write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
