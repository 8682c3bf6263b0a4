"""An escrow of a million items: committed, answered from, shown and amended; beside raw hashing and pymerkle."""

from __future__ import annotations

import hashlib
import json
import os
import random
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bench.report import Section
from parley.cli import collect_rarely
from parley.client.escrow_index import beside
from parley.crypto import Digest, chacha20
from parley.measures.amendment import amend, prove_amendment, verify_amendment
from parley.measures.escrow import Committed, commit, place_items
from parley.measures.escrow_answers import answer, contained, verify_answer, verify_contained
from parley.measures.escrow_plan import Blind, Cell, Grid, Item, Plan, Seed, Step
from parley.measures.escrow_steps import Progress, open_step, verify_step

ITEMS, SLOTS, CHANGED = 1_000_000, 1 << 20, 1_000
LEAVES = 7
"""A slot: its four layers, its key, its use, its counts."""
LENGTHS = (70, 67, 82, 65, 57, 100, 84, 150, 72, 86, 86, 86, 101, 133)
"""Bytes of each SHA-256 of a slot of this escrow: its seven leaves; the slot, its cut, its two zones, a node in each of
three trees. Beside them one SHAKE256 for its zones, of 128 bytes from 87, and 272 bytes of ChaCha20 for its secrets."""
SAMPLE, RUNS = 100_000, 200
SUBJECT = Digest(bytes(32))


def _plan() -> Plan:
    return Plan(
        algorithm="parley/escrow/v1",
        categories=("launchers", "missiles", "warheads"),
        grid=Grid(columns=20_000, rows=10_000, south=-5_000, unit="1 km", west=-10_000),
        questions=16,
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


class _Memory:
    """The most memory that this process and its children have had at once, looked at ten times a second."""

    def __init__(self) -> None:
        self.most = 0.0
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        own = Path("/proc/self")
        while True:
            children = (own / "task" / str(os.getpid()) / "children").read_text().split()
            with suppress(OSError, StopIteration):  # one has just ended
                self.most = max(self.most, sum(map(_resident, [own, *(own.parent / child for child in children)])))
            time.sleep(0.1)


def _resident(process: Path) -> float:
    """In MiB."""
    line = next(each for each in (process / "status").read_text().splitlines() if each.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def _raw() -> dict[str, float]:
    """Every leaf and, over it, every node: one hash after another, nothing made or kept but the digests."""
    sha256, leaf, node = hashlib.sha256, bytes(80), bytes(65)
    began = time.perf_counter()
    for _ in range(LEAVES * SLOTS):
        sha256(leaf).digest()
        sha256(node).digest()
    found = {"commit": time.perf_counter() - began}
    shake256, drawn, long = hashlib.shake_256, bytes(87), [bytes(length) for length in LENGTHS]
    began = time.perf_counter()
    for at in range(0, SLOTS, 4096):
        chacha20(bytes(32), at * 272, 4096 * 272)
        for _ in range(4096):
            shake256(drawn).digest(128)
            for data in long:
                sha256(data).digest()
    return found | {"same": time.perf_counter() - began}


def _pymerkle() -> dict[str, float]:
    """A tenth of a million leaves in the two trees of another library: one keeps all nodes, one the leaves alone."""
    from pymerkle import InmemoryTree, SqliteTree, verify_inclusion

    leaves = [number.to_bytes(80, "big") for number in range(SAMPLE)]
    found = {}
    for name, tree in (("nodes", InmemoryTree(algorithm="sha256")), ("leaves", SqliteTree(":memory:", "sha256"))):
        began = time.perf_counter()
        tree.append_entries(leaves)
        root = tree.get_root()
        found[f"{name} commit"] = (time.perf_counter() - began) / SAMPLE * LEAVES * SLOTS
        began = time.perf_counter()
        proof = tree.prove_inclusion(SAMPLE // 2)
        found[f"{name} prove"] = time.perf_counter() - began
        began = time.perf_counter()
        verify_inclusion(tree.get_leaf(SAMPLE // 2), root, proof)
        found[f"{name} verify"] = time.perf_counter() - began
    return found


def _alone() -> dict[str, float]:
    """The commitment made by one process."""
    memory = _Memory()
    escrow = place_items(_items(), plan=_plan(), seed=Seed(bytes(32)), blind=Blind(bytes(32)), subject=SUBJECT)
    began = time.perf_counter()
    commit(escrow)
    return {"commit": time.perf_counter() - began, "peak": memory.most}


def _parley() -> dict[str, float]:
    """As the program does it: the index in a second process."""
    memory, items = _Memory(), _items()
    seed, blind = Seed(bytes(32)), Blind(bytes(32))
    began = time.perf_counter()
    escrow = place_items(items, plan=_plan(), seed=seed, blind=blind, subject=SUBJECT)
    placed = time.perf_counter()
    made = commit(escrow, beside)
    found = {"place": placed - began, "commit": time.perf_counter() - placed, "peak": memory.most}
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
    found |= _amended(made, items)
    return found | {"both": memory.most}


def _amended(made: Committed, items: list[Item]) -> dict[str, float]:
    other = [Item(counts=(1, 1, 1), place=item.place, region=item.region, uid=item.uid) for item in items[:CHANGED]]
    began = time.perf_counter()
    after = commit(amend(made.escrow, put=other, blind=Blind(b"\x01" * 32), subject=SUBJECT), beside)
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
    return {"amend": took, "amendment": proved, "amendment verified": verified}


def _child(what: str) -> dict[str, float]:
    out = subprocess.run(
        [sys.executable, "-m", "bench.escrow", what], check=True, capture_output=True, text=True
    ).stdout
    answer: dict[str, float] = json.loads(out)
    return answer


def run() -> Section:
    """Each row a process of its own."""
    raw, other, alone, ours = (_child(name) for name in ("raw", "pymerkle", "alone", "parley"))
    base, committed = raw["commit"], ours["commit"]
    kept, bare = other["nodes commit"], other["leaves commit"]

    def against(seconds: float) -> tuple[str, str]:
        return _seconds(seconds), f"{seconds / base:.2f}"

    rows = [
        (f"hash {LEAVES * SLOTS:,} leaves and as many nodes", *against(base), ""),
        ("make the hashes and secrets of this escrow, and nothing else", *against(raw["same"]), ""),
        ("pymerkle, InmemoryTree: as many leaves", *against(kept), ""),
        ("pymerkle: prove one leaf of 100,000", _seconds(other["nodes prove"]), "", ""),
        ("pymerkle: verify it", _seconds(other["nodes verify"]), "", ""),
        ("pymerkle, SqliteTree in memory: as many leaves", *against(bare), ""),
        ("pymerkle: prove one leaf of 100,000", _seconds(other["leaves prove"]), "", ""),
        ("parley: check the items and give them slots", *against(ours["place"]), ""),
        ("parley: commit, in one process", *against(alone["commit"]), f"{alone['peak']:.0f} MiB"),
        ("parley: commit, its index in a second process", *against(committed), f"{ours['peak']:.0f} MiB"),
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
            f"{ITEMS:,} items in {SLOTS:,} slots, {LEAVES} leaves a slot, three trees; each library in a process of "
            "its own, on one core but where a second process is named. Raw hashing is of 80 and 65 bytes in one "
            "process; the row below makes every hash of this escrow at its own length, and its secrets. Proofs are "
            f"medians of {RUNS}. pymerkle is given {SAMPLE:,} entries of 80 bytes at once, and its time scaled to all "
            "leaves in proportion, which favours the InmemoryTree: it takes more for each, the more there are."
        ),
        columns=("work", "time", "against raw hashing", "most memory"),
        rows=tuple(rows),
        reading=(
            "Aim: commit within 3 times raw hashing of as many leaves, 5 times faster than pymerkle, in 2 GiB. Seen: "
            f"{committed / base:.1f} times, {kept / committed:.1f} times faster than its tree that keeps nodes for "
            f"proofs, as ours do, and {bare / committed:.1f} times faster than the one that keeps leaves alone. With "
            f"one process {alone['commit'] / base:.1f}, {kept / alone['commit']:.1f} and "
            f"{bare / alone['commit']:.1f} times. pymerkle's InmemoryTree has a root after every entry, which a log "
            f"needs and an escrow does not. In one process {raw['same'] / alone['commit']:.0%} is bare hashing, the "
            "rest Python around millions of short ones. Memory is that of both processes together, and in the "
            "amendment of both escrows."
        ),
    )


def _seconds(value: float) -> str:
    return f"{value:.2f} s" if value >= 1 else f"{1000 * value:.2f} ms"


if __name__ == "__main__":
    collect_rarely()  # as the program does, and for all three alike
    print(json.dumps({"raw": _raw, "pymerkle": _pymerkle, "alone": _alone, "parley": _parley}[sys.argv[1]]()))
