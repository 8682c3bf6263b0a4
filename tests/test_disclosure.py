"""Commitments and openings: the vectors, an independent recomputation, and what an adversary may try."""

from __future__ import annotations

import hashlib
import hmac
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley import canonical
from parley.articulate import Particulars, articulate
from parley.canonical import Base64
from parley.crypto import Digest
from parley.disclosure import (
    Blind,
    Leaf,
    Manifest,
    OpenedLeaf,
    Openings,
    Seal,
    Seed,
    check,
    commit,
    commit_contents,
    contents,
    depth,
    file_matches,
    subject_of,
    verify_openings,
)
from parley.document import Document, file_of
from parley.errors import Invalid, Malformed, ParleyError
from parley.merkle import leaf_hash, verify_inclusion

ROOT = Path(__file__).parent.parent
VECTORS = ROOT / "vectors" / "disclosure"
SAMPLES = ROOT / "src" / "parley" / "samples"
SEED, BLIND = Seed(b"s" * 32), Blind(b"b" * 32)
SUBJECT = subject_of(log="depositary.example/log/1", negotiation=b"\x01" * 16, nonce=b"\x02" * 16, party="us")


def cases(name: str) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in json.loads((VECTORS / name).read_text("utf-8"))["cases"]]


def treaty() -> Document:
    return articulate("t.md", (SAMPLES / "draft-treaty.md").read_bytes(), Particulars(language="en"))


def paragraphs(count: int) -> Document:
    text = "\n\n".join(f"Paragraph {number}." for number in range(count))
    return articulate("p.md", text.encode(), Particulars(language="en"))


def sealed(document: Document) -> Any:
    return commit(document, seed=SEED, blind=BLIND, subject=SUBJECT)


@pytest.mark.parametrize("case", cases("commitment.json"))
def test_commitment_vectors(case: dict[str, Any]) -> None:
    subject = subject_of(
        log=case["log"],
        negotiation=bytes.fromhex(case["negotiation"]),
        nonce=bytes.fromhex(case["nonce"]),
        party=case["party"],
    )
    made = commit_contents(
        [leaf.encode() for leaf in case["leaves"]],
        seed=Seed.from_text(case["seed"]),
        blind=Blind.from_text(case["blind"]),
        subject=subject,
    )
    assert subject.hex() == case["subject"]
    assert made.root.hex() == case["root"]
    assert made.commitment.hex() == case["commitment"]


@pytest.mark.parametrize("case", cases("openings.json"))
def test_opening_vectors(case: dict[str, Any]) -> None:
    def run() -> Any:
        return verify_openings(
            canonical.decode(canonical.encode(case["opening"]), Openings),
            subject=Digest.from_text(case["subject"]),
            commitment=Digest.from_text(case["commitment"]),
        )

    if case["expect"] == "ok":
        excerpt = run()
        assert list(excerpt.opened) == case["opened"]
        assert list(excerpt.missing) == case["missing"]
        assert sorted(excerpt.opened + excerpt.omitted) == list(range(1, excerpt.total + 1))
        return
    with pytest.raises({"malformed": Malformed, "invalid": Invalid}[case["expect"]]) as caught:
        run()
    assert caught.value.code == case["code"]


def test_the_opening_vectors_are_what_their_script_writes() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "disclosure_vectors.py")], capture_output=True, check=True
    )
    assert done.stdout == (VECTORS / "openings.json").read_bytes()


def recomputed(document: Document) -> bytes:
    """The commitment by hashlib alone, from the written rules."""
    leaves = []
    for number, content in enumerate(contents(document)):
        salt = hmac.new(SEED, b"parley/salt/v1\n" + number.to_bytes(4, "big"), "sha256").digest()
        leaves.append(b"parley/leaf/v1\n" + salt + content)
    total, width = len(leaves) - 1, 16
    while width < len(leaves):
        width *= 2
    for number in range(len(leaves), width):
        salt = hmac.new(SEED, b"parley/salt/v1\n" + number.to_bytes(4, "big"), "sha256").digest()
        leaves.append(b"parley/dummy/v1\n" + salt)
    level = [hashlib.sha256(b"\0" + leaf).digest() for leaf in leaves]
    while len(level) > 1:
        level = [hashlib.sha256(b"\1" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=True)]
    return hashlib.sha256(b"parley/commitment/v1\n" + SUBJECT + BLIND + total.to_bytes(4, "big") + level[0]).digest()


@pytest.mark.parametrize("count", [1, 14, 15, 16, 31, 32, 100])
def test_a_recomputation_by_another_hand_agrees(count: int) -> None:
    assert sealed(paragraphs(count)).commitment == recomputed(paragraphs(count))
    assert sealed(treaty()).commitment == recomputed(treaty())


@pytest.mark.parametrize(("total", "k"), [(1, 4), (15, 4), (16, 5), (31, 5), (32, 6), (65_535, 16)])
def test_the_depth_is_that_of_the_least_power_of_two(total: int, k: int) -> None:
    assert depth(total) == k


def test_the_members_of_a_leaf_are_fixed() -> None:
    manifest, first, *_ = contents(treaty())
    assert sorted(canonical.decode_any(first)) == [
        "answers",
        "eId",
        "language",
        "number",
        "path",
        "requires",
        "wId",
        "words",
    ]
    assert sorted(canonical.decode_any(manifest)) == [
        "attachments",
        "languages",
        "number",
        "original",
        "prevails",
        "standing",
        "title",
    ]
    assert canonical.decode(manifest, Manifest).title == "Draft Treaty on Security Guarantees"
    assert canonical.decode(first, Leaf).number == 1


def test_every_leaf_opens_and_a_general_verifier_agrees() -> None:
    committed = sealed(treaty())
    for number in range(committed.total + 1):
        openings = committed.reveal([number])
        leaf = openings.leaves[0]
        verify_openings(openings, subject=SUBJECT, commitment=committed.commitment)
        verify_inclusion(
            index=number,
            size=2 ** depth(committed.total),
            leaf=leaf_hash(leaf.data),
            path=[Digest(sibling) for sibling in leaf.proof],
            root=committed.root,
        )


def test_an_excerpt_says_what_is_omitted_and_what_is_missing() -> None:
    document = treaty()
    committed = sealed(document)
    point = document.find("art_4__para_1__point_a")
    assert point is not None
    alone = verify_openings(committed.reveal([point.number]), subject=SUBJECT, commitment=committed.commitment)
    assert alone.missing == point.requires
    assert alone.manifest is None
    assert alone.provisions[0].path == ("Article 4 — Enlargement and bases", "1.", "(a)")
    whole = document.companions([point.number])
    complete = verify_openings(committed.reveal([0, *whole]), subject=SUBJECT, commitment=committed.commitment)
    assert complete.missing == ()
    assert complete.manifest is not None
    assert complete.manifest.title == document.title
    assert set(complete.opened) | set(complete.omitted) == set(range(1, len(document.provisions) + 1))


def test_a_recipient_rebuilds_and_compares() -> None:
    document, seal = treaty(), Seal(seed=SEED, blind=BLIND)
    commitment = sealed(document).commitment
    assert check(document, seal, subject=SUBJECT, commitment=commitment).commitment == commitment
    others = [
        (paragraphs(3), seal, SUBJECT),
        (document, Seal(seed=Seed(b"t" * 32), blind=BLIND), SUBJECT),
        (document, Seal(seed=SEED, blind=Blind(b"c" * 32)), SUBJECT),
        (document, seal, Digest(b"\0" * 32)),
    ]
    for other, its_seal, subject in others:
        with pytest.raises(Invalid) as caught:
            check(other, its_seal, subject=subject, commitment=commitment)
        assert caught.value.code == "disclosure.commitment"


def test_the_seal_file_is_canonical() -> None:
    seal = Seal(seed=SEED, blind=BLIND)
    assert canonical.encode(seal) == b'{"blind":"' + b"62" * 32 + b'","seed":"' + b"73" * 32 + b'"}'
    assert canonical.decode(canonical.encode(seal), Seal) == seal


@pytest.mark.parametrize("member", ["log", "negotiation", "nonce", "party"])
def test_every_member_of_the_subject_counts(member: str) -> None:
    who: dict[str, Any] = {"log": "a.example", "negotiation": b"\1" * 16, "nonce": b"\2" * 16, "party": "us"}
    other = {"log": "b.example", "negotiation": b"\3" * 16, "nonce": b"\4" * 16, "party": "ru"}
    assert subject_of(**who) != subject_of(**{**who, member: other[member]})


def test_salts_differ_by_place_and_seed() -> None:
    same = [b"{}", b"{}", b"{}"]
    committed = commit_contents(same, seed=SEED, blind=BLIND, subject=SUBJECT)
    again = commit_contents(same, seed=Seed(b"u" * 32), blind=BLIND, subject=SUBJECT)
    assert len({*committed.leaves, *again.leaves}) == 6


def test_opening_asks_for_leaves_that_exist() -> None:
    committed = sealed(paragraphs(3))
    for numbers, code in (([], "disclosure.opening-empty"), ([4], "disclosure.number"), ([-1], "disclosure.number")):
        with pytest.raises(Malformed) as caught:
            committed.reveal(numbers)
        assert caught.value.code == code
    assert [leaf.number for leaf in committed.reveal([2, 1, 2]).leaves] == [1, 2]


def test_a_commitment_needs_a_provision() -> None:
    with pytest.raises(Malformed):
        commit_contents([b"{}"], seed=SEED, blind=BLIND, subject=SUBJECT)


def test_a_file_is_compared_with_what_the_document_names() -> None:
    named = file_of("scan.pdf", "application/pdf", b"content")
    assert file_matches(named, b"content") == b"content"
    for other in (b"contenT", b"content ", b""):
        with pytest.raises(Invalid) as caught:
            file_matches(named, other)
        assert caught.value.code == "disclosure.file"


@settings(max_examples=60)
@given(st.data())
def test_any_subset_verifies_and_any_changed_byte_does_not(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 40))
    committed = sealed(paragraphs(count))
    numbers = data.draw(st.sets(st.integers(0, count), min_size=1))
    openings = committed.reveal(numbers)
    excerpt = verify_openings(openings, subject=SUBJECT, commitment=committed.commitment)
    assert set(excerpt.opened) == numbers - {0}
    written = canonical.encode(openings)
    place = data.draw(st.integers(0, len(written) - 1))
    flipped = written[:place] + bytes([written[place] ^ data.draw(st.integers(1, 255))]) + written[place + 1 :]
    with pytest.raises((Malformed, Invalid)):
        verify_openings(canonical.decode(flipped, Openings), subject=SUBJECT, commitment=committed.commitment)


@given(
    st.builds(
        Openings,
        blind=st.just(BLIND),
        total=st.integers(1, 65_535),
        leaves=st.lists(
            st.builds(
                OpenedLeaf,
                data=st.binary(max_size=80).map(Base64),
                number=st.integers(-1, 20),
                proof=st.lists(st.binary(min_size=31, max_size=33).map(Base64), max_size=6).map(tuple),
            ),
            max_size=3,
        ).map(tuple),
    )
)
def test_nothing_but_our_errors_leaves_the_verifier(openings: Openings) -> None:
    with pytest.raises(ParleyError):
        verify_openings(openings, subject=SUBJECT, commitment=Digest(bytes(32)))
