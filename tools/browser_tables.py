"""Writes src/parley/record/verifier/tables.mjs: which characters may stand, frozen at Unicode 14, for the browser.

The same tables as `parley.unicode14`, and what RFC 5892 CONTEXTJ needs of a character: its joining type, and whether it
is a virama. It runs from the root of the checkout: python -m tools.browser_tables
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import Path

from idna.idnadata import joining_types

from parley import unicode14, wording

OUT = Path(__file__).parent.parent / "src" / "parley" / "record" / "verifier" / "tables.mjs"
VIRAMA = 9


def runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """First and last of each run of consecutive numbers, in order."""
    found: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def table(found: Iterable[tuple[int, int]]) -> str:
    """Gaps and lengths in turn, in hexadecimal, as in `parley.unicode14`."""
    words, position = [], 0
    for first, last in found:
        words += [f"{first - position:x}", f"{last - first:x}"]
        position = last
    return " ".join(words)


def assigned() -> set[int]:
    """What Unicode 14 has: no other character passes, so what a newer one says of newer characters is not asked."""
    return {value for first, last in wording._runs(unicode14.ASSIGNED) for value in range(first, last + 1)}


def joining(kind: str) -> list[tuple[int, int]]:
    """The runs of a joining type: idna packs first and end of each into one number."""
    packed = joining_types.get(kind, ())
    return runs({value for each in packed for value in range(each >> 32, each & 0xFFFFFFFF)} & assigned())


def written() -> str:
    """The whole file."""
    tables = {
        "ASSIGNED": unicode14.ASSIGNED,
        "HIDDEN": unicode14.HIDDEN,
        "SPACES": unicode14.SPACES,
        "JOINING_T": table(joining("T")),
        "JOINING_D": table(joining("D")),
        "JOINING_L": table(joining("L")),
        "JOINING_R": table(joining("R")),
        "VIRAMA": table(runs(value for value in assigned() if unicodedata.combining(chr(value)) == VIRAMA)),
    }
    head = (
        "// Which characters words may hold, frozen at Unicode 14, and how letters join (RFC 5892 CONTEXTJ).\n"
        "// Written by tools/browser_tables.py; do not edit. Gaps and lengths in turn, in hexadecimal.\n\n"
    )
    return head + "".join(f'export const {name} =\n  "{value}";\n' for name, value in tables.items())


if __name__ == "__main__":
    OUT.write_text(written(), encoding="utf-8")
