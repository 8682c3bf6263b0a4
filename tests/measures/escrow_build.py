"""Escrows for tests: twelve invented sites on a grid or by name, and the plan they are declared under."""

from __future__ import annotations

import hashlib
from typing import Any

from parley.crypto import Digest
from parley.disclosure import subject_of
from parley.measures.escrow import Committed, Escrow, commit, place_items
from parley.measures.escrow_plan import Blind, Cell, Grid, Item, Plan, Seed, Step, item_of
from parley.measures.escrow_steps import Opened, Progress, open_step, verify_step

GRID = Grid(columns=400, rows=300, south=-100, unit="1 km, from 55.0 N 37.0 E", west=-200)
STEPS = (
    Step(layers=("existence",), of="all"),
    Step(layers=("region",), of="all"),
    Step(layers=("place",), of="named"),
    Step(layers=("place", "contents"), of="all"),
)
SITES = 12


def seed(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def subject(nonce: int = 1) -> Digest:
    return subject_of(
        log="depositary.example/log/1", negotiation=bytes(16), nonce=nonce.to_bytes(16, "big"), party="us"
    )


def plan(**changed: Any) -> Plan:
    members: dict[str, Any] = {
        "algorithm": "parley/escrow/v1",
        "categories": ("launchers", "warheads"),
        "grid": GRID,
        "questions": 16,
        "slots": 32,
        "steps": STEPS,
    }
    return Plan(**members | changed)


def place(number: int) -> Cell:
    return Cell(east=17 * number - 150, north=(31 * number) % 290 - 95)


def items(of: Plan, count: int = SITES) -> list[Item]:
    return [
        item_of(
            of,
            uid=f"site-{number:03}",
            region=f"Region {'ABC'[number % 3]}",
            place=place(number) if of.grid else f"Base {number}",
            contents={"launchers": number, "warheads": 100 * number},
        )
        for number in range(count)
    ]


def escrow(of: Plan | None = None, *, count: int = SITES, name: str = "one", nonce: int = 1) -> Escrow:
    of = of or plan()
    return place_items(
        items(of, count), plan=of, seed=Seed(seed(name)), blind=Blind(seed(f"{name}/blind")), subject=subject(nonce)
    )


def committed(of: Plan | None = None, **given: Any) -> Committed:
    return commit(escrow(of, **given))


def opened_to(made: Committed, step: int, named: tuple[str, ...] = ("site-003",)) -> list[Opened]:
    """Every step up to `step`, opened and verified."""
    progress, done = Progress(), []
    for number in range(1, step + 1):
        uids = named if made.plan.steps[number - 1].of == "named" else None
        opening = open_step(made, number, uids)
        done.append(verify_step(opening, progress, made.commitment, subject=made.escrow.subject))
        progress = done[-1].progress
    return done


def progress_at(made: Committed, step: int) -> Progress:
    return opened_to(made, step)[-1].progress if step else Progress()
