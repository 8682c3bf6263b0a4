"""Writes vectors/measures/escrow.json: escrows with what they commit to, and openings, good and spoiled.

    python -m tools.escrow_vectors

Secrets are made from names, so a second run writes the same file. Each case says what a verifier must find: `proved`
with what it proves, or the family and code of the refusal. Families are for every language, codes are ours.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from parley.canonical import Base64, convert, decode_any, encode
from parley.crypto import Digest
from parley.disclosure import subject_of
from parley.errors import ParleyError
from parley.measures.amendment import Amendment, amend, prove_amendment, verify_amendment
from parley.measures.escrow import Committed, commit, place_items
from parley.measures.escrow_answers import (
    Absent,
    Answer,
    Contained,
    Totals,
    answer,
    contained,
    totals,
    verify_answer,
    verify_contained,
    verify_totals,
)
from parley.measures.escrow_plan import Blind, Cell, Grid, Place, Plan, Salt, Seed, Step, item_of
from parley.measures.escrow_steps import Progress, StepOpening, open_step, verify_step
from parley.measures.range_index import Use
from parley.measures.slot_tree import open_slot, siblings

OUT = Path(__file__).parent.parent / "vectors" / "measures" / "escrow.json"
GRID = Grid(columns=40, rows=30, south=-10, unit="1 km, from 55.0 N 37.0 E", west=-20)
STEPS = (
    Step(layers=("existence",), of="all"),
    Step(layers=("region",), of="all"),
    Step(layers=("place",), of="named"),
    Step(layers=("place", "contents"), of="all"),
)
SITES: tuple[tuple[str, str, Place, dict[str, int]], ...] = (
    ("A-01", "North", Cell(east=-3, north=14), {"launchers": 12, "warheads": 48}),
    ("A-02", "North", Cell(east=7, north=2), {"warheads": 210}),
    ("A-03", "South", Cell(east=-18, north=-9), {"launchers": 3}),
)
NAMES = ("Base A", "Żagań", "База 12")


def secret(text: str) -> bytes:
    """Thirty-two bytes that a name gives."""
    return hashlib.sha256(text.encode()).digest()


def subject(nonce: int) -> Digest:
    """Who deposits where, for a deposit of the examples."""
    return subject_of(
        log="depositary.example/log/1", negotiation=bytes(16), nonce=nonce.to_bytes(16, "big"), party="us"
    )


def plan_of(grid: Grid | None) -> Plan:
    """The plan of every escrow here."""
    return Plan(
        algorithm="parley/escrow/v1",
        categories=("launchers", "warheads"),
        grid=grid,
        questions=8,
        slots=16,
        steps=STEPS,
    )


def made(name: str, *, grid: Grid | None = GRID, nonce: int = 1) -> Committed:
    """An escrow of three sites whose secrets come from its name."""
    plan = plan_of(grid)
    sites = [
        item_of(plan, uid=uid, region=region, place=place if grid else NAMES[at], contents=contents)
        for at, (uid, region, place, contents) in enumerate(SITES)
    ]
    seed, blind = Seed(secret(f"{name}/seed")), Blind(secret(f"{name}/blind"))
    return commit(place_items(sites, plan=plan, seed=seed, blind=blind, subject=subject(nonce)))


def amended(before: Committed) -> Committed:
    """The next half-year: one site changed, one gone, one new."""
    plan = before.plan
    new = item_of(plan, uid="A-04", region="East", place=Cell(east=1, north=1), contents={"launchers": 1})
    other = item_of(plan, uid="A-01", region="North", place=Cell(east=-3, north=14), contents={"launchers": 13})
    changed = amend(
        before.escrow, put=(new, other), remove=("A-03",), blind=Blind(secret("second")), subject=subject(2)
    )
    return commit(changed)


def amended_again(before: Committed) -> Committed:
    """Another next half-year of the same: the same slots, of which nothing may be seen by who has seen the other."""
    plan = before.plan
    new = item_of(plan, uid="A-04", region="East", place=Cell(east=2, north=1), contents={"launchers": 1})
    other = item_of(plan, uid="A-01", region="North", place=Cell(east=-3, north=14), contents={"launchers": 14})
    return commit(amend(before.escrow, put=(new, other), blind=Blind(secret("third")), subject=subject(3)))


ESCROWS: dict[str, Committed] = {"grid": made("grid"), "names": made("names", grid=None), "twin": made("twin")}
ESCROWS["amended"] = amended(ESCROWS["grid"])
ESCROWS["amended otherwise"] = amended_again(ESCROWS["grid"])
ESCROWS["amended twice"] = commit(
    amend(ESCROWS["amended"].escrow, remove=("A-01",), blind=Blind(secret("fourth")), subject=subject(4))
)
ESCROWS["empty"] = commit(replace(ESCROWS["grid"].escrow, items=()))


@dataclass(frozen=True, kw_only=True)
class Case:
    """One thing to verify, and against what."""

    name: str
    kind: str
    of: str
    proof: Any
    given: dict[str, Any]


def progress_of(made: Committed, step: int) -> Progress:
    """How far an escrow is after so many steps."""
    progress = Progress()
    for number in range(1, step + 1):
        uids = ["A-01"] if made.plan.steps[number - 1].of == "named" else None
        opening = open_step(made, number, uids)
        progress = verify_step(opening, progress, made.commitment, subject=made.escrow.subject).progress
    return progress


def steps() -> Iterator[Case]:
    """Steps, each in its turn, and steps that are not."""
    grid = ESCROWS["grid"]
    first, third = open_step(grid, 1), open_step(grid, 3, ["A-02"])
    empty = next(slot for slot in range(16) if grid.held[slot] is None)
    dummy = replace(
        third, slots=(open_slot(empty, grid.leaves(empty), ("place",)),), siblings=siblings(grid.levels, [empty])
    )
    early = replace(third, step=2)

    def case(name: str, proof: StepOpening, reached: int, of: str = "grid") -> Case:
        return Case(name=name, kind="step", of=of, proof=proof, given={"reached": reached})

    yield case("the first step shows what exists", first, 0)
    yield case("the second step shows regions", open_step(grid, 2), 1)
    yield case("the third step shows a place that was named", third, 2)
    yield case("more places may be named", open_step(grid, 3, ["A-01", "A-03"]), 3)
    yield case("the last step shows the rest", open_step(grid, 4), 3)
    yield case("a step before its time", open_step(grid, 2), 0)
    yield case("a step again that is of all", first, 1)
    yield case("a step called another", early, 1)
    yield case("a slot left out", replace(first, slots=first.slots[:-1]), 0)
    yield case("slots reordered", replace(first, slots=first.slots[::-1]), 0)
    yield case("a path cut short", replace(third, siblings=third.siblings[:-1]), 2)
    yield case("a path reordered", replace(third, siblings=third.siblings[::-1]), 2)
    yield case("an empty slot as an item", dummy, 2)
    yield case("a slot under another number", replace(third, slots=(replace(third.slots[0], number=0),)), 2)
    yield case("a step of another escrow with the same words", open_step(ESCROWS["twin"], 1), 0)
    yield case("its slots under these roots", replace(open_step(ESCROWS["twin"], 1), roots=grid.roots), 0)
    yield case("a step under another deposit", first, 0, of="grid under another deposit")


def where(made: Committed, kind: str) -> Place:
    """The first place of the grid that is answered in this way."""
    for key in range(GRID.columns * GRID.rows):
        cell = Cell(east=key % GRID.columns + GRID.west, north=key // GRID.columns + GRID.south)
        lookup = answer(made, cell).lookup
        used = lookup.at and lookup.at.use
        found = (
            f"zone {len(lookup.zones)}"
            if lookup.at is None
            else "beside"
            if used is None
            else "unused"
            if used.slot is None
            else "used"
        )
        if found == kind:
            return cell
    raise AssertionError(kind)


def answers() -> Iterator[Case]:
    """Answers of every kind, and for other places."""
    grid, names = ESCROWS["grid"], ESCROWS["names"]

    def case(name: str, proof: Answer, asked: Place, of: str = "grid", reached: int = 0) -> Case:
        return Case(name=name, kind="answer", of=of, proof=proof, given={"asked": asked, "reached": reached})

    spots = {kind: where(grid, kind) for kind in ("zone 1", "zone 2", "beside", "unused", "used")}
    for kind, spot in spots.items():
        yield case(f"the way down ends at: {kind}", answer(grid, spot), spot)
    yield case("a name that is declared", answer(names, "База 12"), "База 12", of="names")
    yield case("a name that is not", answer(names, "Base B"), "Base B", of="names")
    yield case("an item after the first step", answer(grid, spots["used"]), spots["used"], reached=1)
    shown = answer(grid, spots["zone 1"])
    lookup = shown.lookup
    yield case("the answer for another place", shown, spots["used"])
    yield case("the same, under its name", replace(shown, place=spots["used"]), spots["used"])
    yield case("a turn cut off", replace(shown, lookup=replace(lookup, turns=lookup.turns[1:])), spots["zone 1"])
    yield case("turns reordered", replace(shown, lookup=replace(lookup, turns=lookup.turns[::-1])), spots["zone 1"])
    twice = replace(shown, lookup=replace(lookup, zones=lookup.zones * 2))
    yield case("a zone that leaves the place out already", twice, spots["zone 1"])
    inner = answer(grid, spots["zone 2"])
    inverted = replace(inner, lookup=replace(inner.lookup, zones=inner.lookup.zones[::-1]))
    yield case("zones inside out", inverted, spots["zone 2"])
    used = answer(grid, spots["used"])
    no = (
        used.lookup.at
        and used.lookup.at.use
        and replace(used.lookup.at, use=Use(salt=used.lookup.at.use.salt, slot=None))
    )
    denied = replace(used, item=None, siblings=(), lookup=replace(used.lookup, at=no))
    yield case("an item denied", denied, spots["used"])
    yield case("an item not opened", replace(used, item=None, siblings=()), spots["used"])
    twin = answer(ESCROWS["twin"], spots["used"])
    yield case("an answer of another escrow with the same words", twin, spots["used"])
    yield case("a place outside the grid", shown, Cell(east=20, north=0))
    yield case("a name where cells are meant", shown, "Base A")


def sums() -> Iterator[Case]:
    """Totals, and items in them."""
    grid = ESCROWS["grid"]
    all_of_it, slot = totals(grid), grid.find("A-02")
    part = contained(grid, "A-02")
    last = part.path[-1]

    def total(name: str, proof: Totals) -> Case:
        return Case(name=name, kind="totals", of="grid", proof=proof, given={})

    def inside(name: str, proof: Contained, counts: tuple[int, ...] = (0, 210), slot: int = slot) -> Case:
        return Case(name=name, kind="contained", of="grid", proof=proof, given={"slot": slot, "counts": list(counts)})

    yield total("the totals", all_of_it)
    yield total("totals that are too low", replace(all_of_it, totals=(15, 257)))
    yield total("a total that is too large to write", replace(all_of_it, totals=(15, 2**53 - 1)))
    yield inside("an item in the totals", part)
    yield inside("an item with other counts", part, counts=(0, 209))
    yield inside("a negative count", part, counts=(0, -1))
    yield inside("another item's counts", part, slot=slot ^ 1)
    yield inside("a sum that overflows", replace(part, path=(*part.path[:-1], replace(last, sums=(0, 2**53 - 1)))))
    yield inside("a negative sum", replace(part, path=(*part.path[:-1], replace(last, sums=(0, -5)))))
    yield inside("a sum that is too low", replace(part, path=(*part.path[:-1], replace(last, sums=(1, 1)))))
    yield inside("a path cut short", replace(part, path=part.path[:-1]))
    yield inside("another salt", replace(part, salt=Salt(bytes(32))))


def amendments() -> Iterator[Case]:
    """The amendment, shown and unshown, and what is not it."""
    grid, after = ESCROWS["grid"], ESCROWS["amended"]
    shown, shut = (prove_amendment(grid, after, show=show) for show in (True, False))

    def case(name: str, proof: Amendment, reached: int = 1, after: str = "amended") -> Case:
        return Case(name=name, kind="amendment", of="grid", proof=proof, given={"after": after, "reached": reached})

    first = shown.changed[0]
    yield case("what changed, by kind", shown)
    yield case("what changed, by slot alone", shut, reached=0)
    yield case("kinds before the step that shows what exists", shown, reached=0)
    otherwise = prove_amendment(grid, ESCROWS["amended otherwise"], show=False)
    yield case("the same slots changed otherwise", otherwise, after="amended otherwise")
    yield case("one amendment under the roots of another", replace(otherwise, after=shown.after))
    yield case("a change left out", replace(shown, changed=shown.changed[1:]))
    yield case("changes reordered", replace(shown, changed=shown.changed[::-1]))
    same = replace(shown, changed=(replace(first, after=first.before), *shown.changed[1:]))
    yield case("a change that is none", same)
    yield case("a node too many", replace(shown, siblings=(*shown.siblings, Base64(bytes(32)))))
    yield case("an amendment of another escrow", shown, after="twin")


def verify(case: Case) -> Any:
    """What our verifier makes of a case."""
    of = case.of.removesuffix(" under another deposit")
    commitment, who = ESCROWS[of].commitment, subject(9) if of != case.of else ESCROWS[of].escrow.subject
    progress = progress_of(ESCROWS[of], case.given.get("reached", 0))
    match case.kind:
        case "step":
            opened = verify_step(case.proof, progress, commitment, subject=who)
            members = ("slot", "uid", "region", "place", "counts")
            return [decode_any(encode({name: getattr(item, name) for name in members})) for item in opened.items]
        case "answer":
            found = verify_answer(case.proof, case.given["asked"], progress, commitment, subject=who)
            if isinstance(found, Absent):
                return {"first": f"{found.first:032x}", "last": f"{found.last:032x}"}
            return {"slot": found.slot}
        case "totals":
            return verify_totals(case.proof, commitment, subject=who)
        case "contained":
            return verify_contained(case.proof, **case.given, commitment=commitment, subject=who)
        case _:
            after = ESCROWS[case.given["after"]]
            changes = verify_amendment(
                case.proof, before=commitment, before_subject=who, after=after.commitment,
                after_subject=after.escrow.subject, progress=progress,
            ).changes  # fmt: skip
            return [{"slot": c.slot, "kind": c.kind, "before": c.before, "after": c.after} for c in changes]


def outcome(work: Callable[[], Any]) -> dict[str, Any]:
    """What is proved, or the family and code of the refusal."""
    try:
        return {"outcome": "proved", "proves": work()}
    except ParleyError as error:
        return {"outcome": type(error).__name__.lower(), "code": error.code}


def read(case: dict[str, Any]) -> Case:
    """A case of the file, its values read as anyone's would be."""
    kinds = {"step": StepOpening, "answer": Answer, "totals": Totals, "contained": Contained, "amendment": Amendment}
    given = dict(case["given"])
    if "asked" in given and not isinstance(given["asked"], str):
        given["asked"] = convert(given["asked"], Cell)
    proof = convert(case["proof"], kinds[case["kind"]])
    return Case(name=case["name"], kind=case["kind"], of=case["of"], proof=proof, given=given)


def plain(value: object) -> Any:
    """A value as JSON, written and read canonically."""
    return decode_any(encode(value))


def progress_members(case: Case) -> dict[str, Any]:
    """What others know of the escrow when the case is verified, for who has no code of ours."""
    progress = progress_of(ESCROWS[case.of.removesuffix(" under another deposit")], case.given.get("reached", 0))
    uids = {str(slot): uid for slot, uid in progress.uids.items()}
    return {"step": progress.step, "uids": uids, "complete": progress.complete}


def main() -> None:
    escrows = {
        name: {
            "escrow": plain(each.escrow),
            "roots": plain(each.roots),
            "commitment": plain(each.commitment)["commitment"],
        }
        for name, each in ESCROWS.items()
    }
    cases = [
        {"name": f"{case.kind}: {case.name}", "kind": case.kind, "of": case.of, "given": plain(case.given),
         "subject": (subject(9) if case.of not in ESCROWS else ESCROWS[case.of].escrow.subject).hex(),
         "progress": progress_members(case), "proof": plain(case.proof), **outcome(lambda case=case: verify(case))}
        for case in (*steps(), *answers(), *sums(), *amendments())
    ]  # fmt: skip
    OUT.write_text(json.dumps({"escrows": escrows, "cases": cases}, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
