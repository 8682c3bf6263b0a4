"""The tree against its definition, against a foreign implementation, and against every way to spoil a proof."""

from __future__ import annotations

import base64
import json
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from parley.crypto import Digest, sha256
from parley.errors import Invalid, Malformed, ParleyError
from parley.merkle import EMPTY_ROOT, Tree, leaf_hash, node_hash, root_of, verify_consistency, verify_inclusion

ROOT = Path(__file__).parent.parent
VECTORS = ROOT / "vectors" / "merkle"
LARGEST = 130


def vectors(name: str) -> list[Any]:
    cases = json.loads((VECTORS / name).read_text("utf-8"))["cases"]
    assert cases
    return [pytest.param(case, id=case["name"]) for case in cases]


def fails_as(case: dict[str, Any], check: Callable[[], object]) -> None:
    """Run a case: "ok" returns, anything else raises the named class with the named code."""
    if case["expect"] == "ok":
        check()
        return
    with pytest.raises({"malformed": Malformed, "invalid": Invalid}[case["expect"]]) as caught:
        check()
    assert caught.value.code == case["code"]


def raw(text: str) -> Any:
    """Bytes of any length where a Digest is asked for: what a careless caller would pass."""
    return base64.b64decode(text, validate=True)


def by_definition(leaves: list[Digest]) -> Digest:
    """MTH of RFC 9162 section 2.1.1, word for word."""
    if not leaves:
        return sha256()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return sha256(b"\x01", by_definition(leaves[:k]), by_definition(leaves[k:]))


LEAVES = [leaf_hash(bytes([number])) for number in range(LARGEST)]
TREE = Tree(LEAVES)
ROOTS = [by_definition(LEAVES[:size]) for size in range(LARGEST + 1)]


# --- building ---------------------------------------------------------------------------------------------------


def test_hashes_are_as_defined() -> None:
    assert leaf_hash(b"data") == sha256(b"\x00data")
    assert node_hash(LEAVES[0], LEAVES[1]) == sha256(b"\x01", LEAVES[0], LEAVES[1])
    assert isinstance(leaf_hash(b""), Digest)
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("case", vectors("roots.json"))
def test_root_vectors(case: dict[str, Any]) -> None:
    leaves = [leaf_hash(bytes.fromhex(leaf)) for leaf in case["leaves"]]
    tree = Tree(leaves)
    assert [tree.root(size).hex() for size in range(len(leaves) + 1)] == case["roots"]
    assert [root_of(leaves[:size]).hex() for size in range(len(leaves) + 1)] == case["roots"]


def test_root_vectors_hold_the_published_values() -> None:
    """From transparency-dev/merkle testonly and Tessera testdata/log, copied here so that a rewrite shows."""
    reference, tessera = (param.values[0]["roots"] for param in vectors("roots.json"))
    assert reference[1] == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert reference[3] == "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
    assert reference[5] == "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"
    assert reference[7] == "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"
    assert reference[8] == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    assert tessera[1] == raw("0Nc2CrefWKseHj/mStd+LqC8B+NrX0btIiPt2SmN+ek=").hex()
    assert tessera[2] == raw("T1X2GdkhUjV3iyufF9b0kVsWFxIU0VI4EpNml2Teci4=").hex()
    assert tessera[3] == raw("Wqx3HImawpLnS/Gv4ubjAvi1WIOy0b8Ze0amvqbavKk=").hex()
    assert tessera[15] == raw("rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=").hex()


def test_proofs_of_the_reference_tree() -> None:
    """The published inclusion of leaf 0 in 8 and consistency of 6 with 8, by their first bytes."""
    data = next(param.values[0] for param in vectors("roots.json"))["leaves"]
    tree = Tree(leaf_hash(bytes.fromhex(leaf)) for leaf in data)
    assert [item.hex()[:16] for item in tree.inclusion(0)] == [
        "96a296d224f285c6",
        "5f083f0a1a33ca07",
        "6b47aaf29ee3c2af",
    ]
    assert [item.hex()[:16] for item in tree.consistency(6)] == [
        "0ebc5d3437fbe2db",
        "ca854ea128ed050b",
        "d37ee418976dd957",
    ]


def test_every_root_is_as_defined() -> None:
    assert [TREE.root(size) for size in range(LARGEST + 1)] == ROOTS
    assert TREE.root() == ROOTS[-1]
    assert TREE.size == LARGEST


def test_roots_agree_with_pymerkle() -> None:
    foreign = InmemoryTree(algorithm="sha256")
    foreign.append_entries([bytes([number]) for number in range(LARGEST)])
    for size in range(1, LARGEST + 1):
        assert foreign.get_root(size) == TREE.root(size)


def test_appending_one_by_one_is_the_same_and_gives_the_index() -> None:
    tree = Tree()
    assert [tree.append(leaf) for leaf in LEAVES[:40]] == list(range(40))
    assert tree.root() == TREE.root(40)
    tree.extend(LEAVES[40:])
    assert tree.root() == TREE.root()


def test_a_tree_keeps_what_it_said_of_smaller_sizes() -> None:
    tree = Tree(LEAVES[:7])
    before = (tree.root(5), tree.inclusion(4, 5), tree.consistency(3, 5))
    tree.extend(LEAVES[7:])
    assert (tree.root(5), tree.inclusion(4, 5), tree.consistency(3, 5)) == before


def test_subtrees_are_roots_of_aligned_runs() -> None:
    for level in range(8):
        width = 1 << level
        for index in range(LARGEST // width):
            run = LEAVES[index * width : (index + 1) * width]
            assert TREE.subtree(level, index) == by_definition(run)
    assert TREE.leaf(129) == LEAVES[129]
    assert TREE.subtrees(0, 3, 6) == b"".join(LEAVES[3:6])
    assert TREE.subtrees(5, 4, 4) == b""


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: TREE.root(LARGEST + 1), "merkle.size"),
        (lambda: TREE.root(-1), "merkle.size"),
        (lambda: TREE.inclusion(5, 5), "merkle.index"),
        (lambda: TREE.inclusion(-1, 5), "merkle.index"),
        (lambda: TREE.inclusion(0, 0), "merkle.index"),
        (lambda: TREE.inclusion(0, LARGEST + 1), "merkle.size"),
        (lambda: TREE.consistency(6, 5), "merkle.sizes"),
        (lambda: TREE.consistency(-1, 5), "merkle.sizes"),
        (lambda: TREE.consistency(1, LARGEST + 1), "merkle.size"),
        (lambda: TREE.subtree(7, 1), "merkle.subtree"),
        (lambda: TREE.subtree(8, 0), "merkle.subtree"),
        (lambda: TREE.subtree(-1, 0), "merkle.subtree"),
        (lambda: TREE.subtrees(0, 4, 3), "merkle.subtree"),
        (lambda: TREE.subtrees(0, -1, 3), "merkle.subtree"),
        (lambda: TREE.subtrees(99, 0, 1), "merkle.subtree"),
        (lambda: TREE.leaf(LARGEST), "merkle.subtree"),
        (lambda: Tree().append(Digest(bytes(32))[:31]), "merkle.hash-length"),  # type: ignore[arg-type]  # the point
    ],
)
def test_what_a_tree_does_not_hold_it_refuses(call: Callable[[], object], code: str) -> None:
    with pytest.raises(Malformed) as caught:
        call()
    assert caught.value.code == code


def test_a_refused_leaf_leaves_the_tree_as_it_was() -> None:
    tree = Tree(LEAVES[:3])
    with pytest.raises(Malformed):
        tree.append(b"short")  # type: ignore[arg-type]  # the point
    assert tree.append(LEAVES[3]) == 3
    assert tree.root() == TREE.root(4)


# --- proving and verifying --------------------------------------------------------------------------------------


def test_every_inclusion_proof_up_to_130_holds_at_its_index_only() -> None:
    for size in range(1, LARGEST + 1):
        for index in range(size):
            path = TREE.inclusion(index, size)
            root = ROOTS[size]
            assert verify_inclusion(index=index, size=size, leaf=LEAVES[index], path=path, root=root) is root
            with pytest.raises(Invalid):
                verify_inclusion(index=(index + 1) % (size + 1), size=size, leaf=LEAVES[index], path=path, root=root)


def test_every_consistency_proof_up_to_130_holds() -> None:
    for new in range(1, LARGEST + 1):
        for old in range(1, new + 1):
            path = TREE.consistency(old, new)
            before, after = ROOTS[old], ROOTS[new]
            assert verify_consistency(old=old, new=new, old_root=before, new_root=after, path=path) is after


def test_nothing_is_proven_of_size_zero() -> None:
    """The prover has nothing to send for an old size of 0, and the verifier takes nothing for a proof of it."""
    assert TREE.consistency(0, 5) == ()
    with pytest.raises(Invalid) as caught:
        verify_consistency(old=0, new=5, old_root=EMPTY_ROOT, new_root=ROOTS[5], path=())
    assert caught.value.code == "merkle.sizes"


@pytest.mark.parametrize("case", vectors("inclusion.json"))
def test_inclusion_vectors(case: dict[str, Any]) -> None:
    leaf, root, path = raw(case["leaf"]), raw(case["root"]), [raw(item) for item in case["path"]]
    fails_as(case, lambda: verify_inclusion(index=case["index"], size=case["size"], leaf=leaf, path=path, root=root))


@pytest.mark.parametrize("case", vectors("consistency.json"))
def test_consistency_vectors(case: dict[str, Any]) -> None:
    before, after, path = raw(case["old_root"]), raw(case["new_root"]), [raw(item) for item in case["path"]]
    fails_as(
        case,
        lambda: verify_consistency(old=case["old"], new=case["new"], old_root=before, new_root=after, path=path),
    )


@pytest.mark.parametrize("name", ["roots.json", "inclusion.json", "consistency.json"])
def test_the_vectors_are_what_the_tool_writes(name: str) -> None:
    tool = runpy.run_path(str(ROOT / "tools" / "merkle_vectors.py"))
    assert (VECTORS / name).read_text("utf-8") == tool["written"](name)


SIZES = st.integers(1, 5000)


@given(SIZES, st.data())
def test_a_proof_in_a_large_tree_holds_and_a_flipped_bit_breaks_it(size: int, data: st.DataObject) -> None:
    tree = Tree(leaf_hash(number.to_bytes(2, "big")) for number in range(size))
    index = data.draw(st.integers(0, size - 1))
    path, leaf, root = list(tree.inclusion(index)), tree.leaf(index), tree.root()
    verify_inclusion(index=index, size=size, leaf=leaf, path=path, root=root)
    place = data.draw(st.integers(0, len(path)))
    bit = data.draw(st.integers(0, 255))
    hashes = [leaf, *path]
    hashes[place] = Digest((int.from_bytes(hashes[place], "big") ^ 1 << bit).to_bytes(32, "big"))
    with pytest.raises(Invalid):
        verify_inclusion(index=index, size=size, leaf=hashes[0], path=hashes[1:], root=root)


@given(SIZES, st.data())
def test_a_tree_that_forgot_is_not_consistent(size: int, data: st.DataObject) -> None:
    """A log that replaces one early entry cannot prove the new tree from the old one by any proof of the new tree."""
    old = data.draw(st.integers(1, size))
    changed = data.draw(st.integers(0, old - 1))
    honest = [leaf_hash(number.to_bytes(2, "big")) for number in range(size)]
    forged = [*honest[:changed], leaf_hash(b"another entry"), *honest[changed + 1 :]]
    tree = Tree(forged)
    verify_consistency(old=old, new=size, old_root=tree.root(old), new_root=tree.root(), path=tree.consistency(old))
    with pytest.raises(Invalid):
        verify_consistency(
            old=old, new=size, old_root=root_of(honest[:old]), new_root=tree.root(), path=tree.consistency(old)
        )


DIGESTS = st.binary(min_size=32, max_size=32).map(Digest)
NUMBERS = st.one_of(st.integers(-2, 70), st.integers(-(2**70), 2**70))


@given(NUMBERS, NUMBERS, DIGESTS, DIGESTS, st.lists(st.one_of(DIGESTS, st.binary(max_size=40)), max_size=70))
def test_foreign_numbers_and_hashes_raise_only_our_errors(
    first: int, second: int, one: Digest, other: Digest, path: list[Any]
) -> None:
    """Random hashes prove nothing; no input loops for ever or raises anything but ours."""
    with pytest.raises(ParleyError):
        verify_inclusion(index=first, size=second, leaf=one, path=path, root=node_hash(one, other))
    with pytest.raises(ParleyError):
        verify_consistency(old=first, new=second, old_root=one, new_root=node_hash(one, other), path=path)
