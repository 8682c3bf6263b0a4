"""Write vectors/merkle: roots, inclusion and consistency proofs, and every way to spoil one.

The leaves and roots are those of the reference trees of Certificate Transparency (transparency-dev/merkle,
testonly/constants.go) and of Tessera's testdata/log; the spoiled proofs are our own. Run as
`python tools/merkle_vectors.py vectors/merkle`; a test runs it and compares.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from parley.crypto import Digest
from parley.merkle import EMPTY_ROOT, Tree, leaf_hash, node_hash

REFERENCE = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
TESSERA = ["one", "two", "three", "four", "five", "six", "seven", "eit", "nain", "ten"]
TESSERA += ["ileven", "twelf", "threeten", "fourten", "fivten"]

Case = dict[str, Any]


def text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def trees() -> Iterator[Case]:
    """Leaves in hex, and the root over the first n of them for each n."""
    for name, leaves in (
        ("reference leaves of Certificate Transparency", [bytes.fromhex(leaf) for leaf in REFERENCE]),
        ("Tessera testdata/log", [leaf.encode() for leaf in TESSERA]),
    ):
        tree = Tree(leaf_hash(leaf) for leaf in leaves)
        roots = [tree.root(size).hex() for size in range(tree.size + 1)]
        yield {"name": name, "leaves": [leaf.hex() for leaf in leaves], "roots": roots, "expect": "ok"}


def grown(size: int) -> Tree:
    return Tree(leaf_hash(bytes((number,))) for number in range(size))


def spoiled(path: list[bytes]) -> Iterator[tuple[str, list[bytes], str, str]]:
    """Every kind of damage to the hashes of a proof: its name, the path, class and code of the failure."""
    length = "merkle.proof-length"
    other = bytes(range(32))
    yield "a hash too many at the end", [*path, other], "invalid", length
    yield "a hash too many at the start", [other, *path], "invalid", length
    if path:
        yield "last hash missing", path[:-1], "invalid", length
        yield "first hash missing", path[1:], "invalid", length
        yield "no hashes", [], "invalid", length
        yield "a hash of 31 bytes", [path[0][:31], *path[1:]], "malformed", "merkle.hash-length"
        yield "a hash of 33 bytes", [*path[:-1], path[-1] + b"\x00"], "malformed", "merkle.hash-length"
        yield "an empty hash", [*path[:-1], b""], "malformed", "merkle.hash-length"
    for place, item in enumerate(path):
        flipped = bytes((item[0] ^ 1,)) + item[1:]
        yield f"hash {place} changed", [*path[:place], flipped, *path[place + 1 :]], "invalid", ""
    if len(path) > 1 and path[0] != path[1]:
        yield "two hashes swapped", [path[1], path[0], *path[2:]], "invalid", ""


def _proof(name: str, path: list[bytes], expect: str, code: str, **members: Any) -> Case:
    numbers = {key: text(value) if isinstance(value, bytes) else value for key, value in members.items()}
    case: Case = {"name": name, **numbers, "path": [text(item) for item in path], "expect": expect}
    return case | ({"code": code} if code else {})


def inclusion() -> Iterator[Case]:
    """Proofs that a leaf stands in a tree."""
    for index, size in ((0, 1), (0, 2), (1, 2), (2, 3), (0, 8), (5, 8), (4, 5), (6, 7), (3, 13), (12, 13), (96, 97)):
        tree = grown(size)
        where = {"index": index, "size": size, "leaf": tree.leaf(index), "root": tree.root()}
        path: list[bytes] = list(tree.inclusion(index))
        place = f"leaf {index} of {size}"
        yield _proof(place, path, "ok", "", **where)
        for what, damaged, expect, code in spoiled(path):
            yield _proof(f"{place}: {what}", damaged, expect, code or "merkle.inclusion", **where)
        for what, change in (
            ("index of the size", {"index": size}),
            ("negative index", {"index": -1}),
            ("size 0", {"size": 0}),
        ):
            yield _proof(f"{place}: {what}", path, "invalid", "merkle.index", **where | change)
        yield _proof(f"{place}: another leaf", path, "invalid", "merkle.inclusion", **where | {"leaf": EMPTY_ROOT})
        yield _proof(f"{place}: another root", path, "invalid", "merkle.inclusion", **where | {"root": EMPTY_ROOT})
        short = where | {"root": tree.root()[:15]}
        yield _proof(f"{place}: a root of 15 bytes", path, "malformed", "merkle.hash-length", **short)
        if index + 1 < size:
            code = "merkle.inclusion" if len(tree.inclusion(index + 1)) == len(path) else "merkle.proof-length"
            yield _proof(f"{place}: at the next index", path, "invalid", code, **where | {"index": index + 1})
    yield _proof("empty root and leaf", [], "malformed", "merkle.hash-length", index=0, size=1, leaf=b"", root=b"")
    two = grown(2)
    children = two.leaf(0) + two.leaf(1)
    yield _proof(
        "a node given as a leaf's data", [], "invalid", "merkle.inclusion",
        index=0, size=1, leaf=leaf_hash(children), root=node_hash(two.leaf(0), two.leaf(1)),
    )  # fmt: skip


def consistency() -> Iterator[Case]:
    """Proofs that one tree begins with another."""
    for old, new in (
        (1, 1),
        (1, 2),
        (1, 8),
        (2, 3),
        (3, 4),
        (4, 8),
        (6, 8),
        (5, 5),
        (7, 13),
        (8, 13),
        (64, 97),
        (96, 97),
    ):
        tree = grown(new)
        where = {"old": old, "new": new, "old_root": tree.root(old), "new_root": tree.root()}
        path: list[bytes] = list(tree.consistency(old))
        place = f"{old} to {new}"
        yield _proof(place, path, "ok", "", **where)
        for what, damaged, expect, code in spoiled(path):
            yield _proof(f"{place}: {what}", damaged, expect, code or "merkle.consistency", **where)
        for what, change in (
            ("old size 0", {"old": 0}),
            ("negative old size", {"old": -1}),
            ("shrinks", {"old": new + 1}),
        ):
            yield _proof(f"{place}: {what}", path, "invalid", "merkle.sizes", **where | change)
        for member in ("old_root", "new_root"):
            changed = Digest(bytes(reversed(tree.root())))
            yield _proof(
                f"{place}: another {member}", path, "invalid", "merkle.consistency", **where | {member: changed}
            )
            short = where | {member: tree.root()[:15]}
            yield _proof(f"{place}: {member} of 15 bytes", path, "malformed", "merkle.hash-length", **short)
        if old != new:
            swapped = where | {"old_root": where["new_root"], "new_root": where["old_root"]}
            yield _proof(f"{place}: roots swapped", path, "invalid", "merkle.consistency", **swapped)
    empty = {"old": 0, "new": 0, "old_root": EMPTY_ROOT, "new_root": EMPTY_ROOT}
    yield _proof("empty to empty", [], "invalid", "merkle.sizes", **empty)
    yield _proof("empty to 1", [], "invalid", "merkle.sizes", **empty | {"new": 1, "new_root": grown(1).root()})


FILES = {
    "roots.json": ("Leaves in hex, and the root over the first n of them at place n.", trees),
    "inclusion.json": (
        "Verify that leaf stands at index of the tree of that size and root. Hashes in base64.",
        inclusion,
    ),
    "consistency.json": (
        "Verify that the tree of size new begins with that of size old. Hashes in base64.",
        consistency,
    ),
}


def written(name: str) -> str:
    """The text of one file."""
    about, cases = FILES[name]
    return json.dumps({"about": about, "cases": list(cases())}, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for file in FILES:
        (Path(sys.argv[1]) / file).write_text(written(file), "utf-8")
