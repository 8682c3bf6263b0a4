"""Writes vectors/measures/draw.json: draws of few and many items, with what each of them draws.

    python -m tools.draw_vectors

The seeds are made from the names of the cases, so a second run writes the same file.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from parley import canonical
from parley.canonical import decode_any, encode
from parley.measures.draw import Drawn, DrawTerms, Seed, draw

OUT = Path(__file__).parent.parent / "vectors" / "measures" / "draw.json"
BASES = ["Base A", "Base B", "Base C", "Base D", "Base E"]

CASES: tuple[tuple[str, list[str], list[str], list[str], int], ...] = (
    ("two of five, one excluded", BASES, ["Base C"], ["ru", "us"], 2),
    ("one of one", ["Base A"], [], ["ru", "us"], 1),
    ("one of two", ["Base A", "Base B"], [], ["ru", "us"], 1),
    ("all of five: an order", BASES, [], ["ru", "us"], 5),
    ("three parties", BASES, [], ["by", "ru", "us"], 3),
    ("the only one that is not excluded", BASES, BASES[1:], ["ru", "us"], 1),
    ("names in several scripts", ["Anlage 7", "Żagań", "База 12", "پایگاه"], [], ["de", "ir"], 2),
    ("forty of nine hundred", [f"Site {n:04}" for n in range(900)], ["Site 0007"], ["ru", "us"], 40),
    ("one of a power of two", [f"Site {n:04}" for n in range(256)], [], ["ru", "us"], 1),
    ("one of a power of two and one more", [f"Site {n:04}" for n in range(257)], [], ["ru", "us"], 1),
)


def case(name: str, items: list[str], excluded: list[str], parties: list[str], take: int) -> dict[str, Any]:
    """One case: terms, seeds, and what is drawn."""
    seeds = {party: hashlib.sha256(f"{name}/{party}".encode()).hexdigest() for party in parties}
    if name == "two of five, one excluded":  # the example of spec/draw.md
        seeds = {"ru": "00" * 32, "us": "01" * 32}
    terms = {
        "algorithm": "parley/draw/v1",
        "bind_by": "2022-02-15T12:00:00.000Z",
        "excluded": excluded,
        "id": "33" * 16,
        "if_not_shown": "others_choose",
        "items": items,
        "parties": parties,
        "show_by": "2022-03-01T12:00:00.000Z",
        "sign_by": "2022-03-15T12:00:00.000Z",
        "take": take,
    }
    read = canonical.decode(encode(terms), DrawTerms)
    result = draw(read, {party: Seed.from_text(seed) for party, seed in seeds.items()})
    return {
        "name": name,
        "terms": decode_any(encode(read)),
        "seeds": seeds,
        "subject": read.subject.hex(),
        "drawn": list(result.items) if isinstance(result, Drawn) else None,
    }


def main() -> None:
    OUT.parent.mkdir(exist_ok=True)
    cases = [case(*each) for each in CASES]
    OUT.write_text(json.dumps({"cases": cases}, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
