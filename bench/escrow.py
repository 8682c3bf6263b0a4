"""An escrow of a million items: committed, answered from, shown and amended; beside raw hashing and pymerkle."""

from __future__ import annotations

import hashlib
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench.report import Section
from parley.cli import collect_rarely
from parley.crypto import Digest
from parley.measures.amendment import amend, prove_amendment, verify_amendment
from parley.measures.escrow import Committed, commit, place_items
from parley.measures.escrow_answers import answer, contained, verify_answer, verify_contained
from parley.measures.escrow_plan import Blind, Cell, Grid, Item, Plan, Seed, Step
from parley.measures.escrow_steps import Progress, open_step, verify_step

ITEMS, SLOTS, CHANGED = 1_000_000, 1 << 20, 1_000
LEAVES = 7
"""A slot: its four layers, its key, its use, its counts."""
HASHES = 14
"""SHA-256 a slot, beside SHAKE256 for its salts and its zones: leaves, slot, cut, zones, and three nodes."""
SAMPLE, RUNS = 100_000, 200
SUBJECT = Digest(bytes(32))


def _plan() -> Plan:
    return Plan(
        algorithm="parley/escrow/v1",
        categories=("launchers", "missiles", "warheads"),
        grid=Grid(columns=20_000, rows=10_000, south=-5_000, unit="1 km", west=-10_000),
        slots=SLOTS,
        steps=(Step(layers=("existence",), of="named"), Step(layers=("region", "place", "contents"), of="named")),
    )


def _items() -> list[Item]:
    cells = random.Random(1).sample(range(200_000_000), ITEMS)
    return [
        Item(
            counts=(number % 7, number % 5, number % 3),
            place=Cell(east=cell % 20_000 - 10_000, north=cell // 20_000 - 5_000),
            region=f"Region {number % 90}",
            uid=f"U-{number:07}",
        )
        for number, cell in enumerate(cells)
    ]


def _each(work: Callable[[int], object]) -> float:
    """The median time of one, over different ones."""
    times = []
    for number in random.Random(2).sample(range(ITEMS), RUNS):
        began = time.perf_counter()
        work(number)
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def _most_memory() -> float:
    line = next(each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def _raw() -> dict[str, float]:
    """Every leaf and, over it, every node: one hash after another, nothing made or kept but the digests."""
    sha256, leaf, node = hashlib.sha256, bytes(80), bytes(65)
    began = time.perf_counter()
    for _ in range(LEAVES * SLOTS):
        sha256(leaf).digest()
        sha256(node).digest()
    found = {"commit": time.perf_counter() - began}
    began = time.perf_counter()
    for _ in range(SLOTS):
        hashlib.shake_256(leaf).digest(272)
        hashlib.shake_256(leaf).digest(128)
        for _ in range(HASHES):
            sha256(leaf).digest()
    return found | {"same": time.perf_counter() - began}


def _pymerkle() -> dict[str, float]:
    """A tenth of a million leaves, and a proof of one, in the tree of another library."""
    from pymerkle import InmemoryTree, verify_inclusion

    tree = InmemoryTree(algorithm="sha256")
    began = time.perf_counter()
    for number in range(SAMPLE):
        tree.append_entry(number.to_bytes(80, "big"))
    root = tree.get_root()
    took = (time.perf_counter() - began) / SAMPLE * LEAVES * SLOTS
    began = time.perf_counter()
    proof = tree.prove_inclusion(SAMPLE // 2)
    proved = time.perf_counter() - began
    began = time.perf_counter()
    verify_inclusion(tree.get_leaf(SAMPLE // 2), root, proof)
    return {"commit": took, "prove": proved, "verify": time.perf_counter() - began}


def _parley() -> dict[str, float]:
    items = _items()
    seed, blind = Seed(bytes(32)), Blind(bytes(32))
    began = time.perf_counter()
    escrow = place_items(items, plan=_plan(), seed=seed, blind=blind, subject=SUBJECT)
    placed = time.perf_counter()
    made = commit(escrow)
    found = {"place": placed - began, "commit": time.perf_counter() - placed, "peak": _most_memory()}
    places = [Cell(east=number % 20_000 - 10_000, north=number % 9_973 - 5_000) for number in range(ITEMS)]
    contained(made, items[0].uid)  # what is made once, when it is first asked for

    def verified(number: int) -> None:
        place = places[number]
        verify_answer(answer(made, place), place, Progress(), made.commitment, subject=SUBJECT)

    def opened(number: int) -> None:
        first = verify_step(
            open_step(made, 1, [items[number].uid]), Progress(), made.commitment, subject=SUBJECT
        ).progress
        shown = verify_step(open_step(made, 2, [items[number].uid]), first, made.commitment, subject=SUBJECT).items[0]
        assert shown.counts is not None
        verify_contained(
            contained(made, shown.uid), slot=shown.slot, counts=shown.counts, commitment=made.commitment,
            subject=SUBJECT,
        )  # fmt: skip

    found["absence"] = _each(lambda number: answer(made, places[number]))
    found["absence verified"] = _each(verified) - found["absence"]
    found["item"] = _each(opened)
    return found | _amended(made, items)


def _amended(made: Committed, items: list[Item]) -> dict[str, float]:
    other = [Item(counts=(1, 1, 1), place=item.place, region=item.region, uid=item.uid) for item in items[:CHANGED]]
    began = time.perf_counter()
    after = commit(amend(made.escrow, put=other, blind=Blind(b"\x01" * 32), subject=SUBJECT))
    took = time.perf_counter() - began
    began = time.perf_counter()
    proof = prove_amendment(made, after, show=False)
    proved = time.perf_counter() - began
    began = time.perf_counter()
    verify_amendment(
        proof, before=made.commitment, before_subject=SUBJECT, after=after.commitment, after_subject=SUBJECT,
        progress=Progress(),
    )  # fmt: skip
    verified = time.perf_counter() - began
    return {"amend": took, "amendment": proved, "amendment verified": verified, "both": _most_memory()}


def _child(what: str) -> dict[str, float]:
    out = subprocess.run(
        [sys.executable, "-m", "bench.escrow", what], check=True, capture_output=True, text=True
    ).stdout
    answer: dict[str, float] = json.loads(out)
    return answer


def run() -> Section:
    """Each row a process of its own."""
    raw, other, ours = _child("raw"), _child("pymerkle"), _child("parley")
    base = raw["commit"]
    rows = [
        (f"hash {LEAVES * SLOTS:,} leaves and as many nodes", _seconds(base), "1.00", ""),
        ("make as many hashes as an escrow, and salts", _seconds(raw["same"]), f"{raw['same'] / base:.2f}", ""),
        ("pymerkle: a tree over as many leaves", _seconds(other["commit"]), f"{other['commit'] / base:.2f}", ""),
        ("pymerkle: prove one leaf of 100,000", _seconds(other["prove"]), "", ""),
        ("pymerkle: verify it", _seconds(other["verify"]), "", ""),
        ("parley: check the items and give them slots", _seconds(ours["place"]), f"{ours['place'] / base:.2f}", ""),
        ("parley: commit", _seconds(ours["commit"]), f"{ours['commit'] / base:.2f}", f"{ours['peak']:.0f} MiB"),
        ("parley: prove that a place is not in it", _seconds(ours["absence"]), "", ""),
        ("parley: verify that", _seconds(ours["absence verified"]), "", ""),
        ("parley: open an item, show it in the totals, verify all", _seconds(ours["item"]), "", ""),
        (f"parley: change {CHANGED:,} items and commit anew", _seconds(ours["amend"]), "", f"{ours['both']:.0f} MiB"),
        ("parley: prove what changed", _seconds(ours["amendment"]), "", ""),
        ("parley: verify that", _seconds(ours["amendment verified"]), "", ""),
    ]
    return Section(
        name="escrow",
        title="Escrow of a million items",
        method=(
            f"{ITEMS:,} items in {SLOTS:,} slots, {LEAVES} leaves a slot, three trees; one core, each library in a "
            f"process of its own. Proofs are medians of {RUNS}. pymerkle's tree is measured with {SAMPLE:,} leaves and "
            "scaled."
        ),
        columns=("work", "time", "against raw hashing", "most memory"),
        rows=tuple(rows),
        reading=(
            "Aim: commit within 3 times raw hashing of as many leaves, 5 times faster than pymerkle, in 2 GiB. Seen: "
            f"{ours['commit'] / base:.1f} times, {other['commit'] / ours['commit']:.1f} times faster. "
            f"{raw['same'] / ours['commit']:.0%} of it is bare hashing, the rest Python around millions of short ones. "
            "The memory of the amendment is that of both escrows."
        ),
    )


def _seconds(value: float) -> str:
    return f"{value:.2f} s" if value >= 1 else f"{1000 * value:.2f} ms"


if __name__ == "__main__":
    collect_rarely()  # as the program does, and for all three alike
    print(json.dumps({"raw": _raw, "pymerkle": _pymerkle, "parley": _parley}[sys.argv[1]]()))
