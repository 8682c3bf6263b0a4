"""Policies, quorums, trust files and numbers: the files of vectors, and what they do to real checkpoints."""

from __future__ import annotations

import json
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.checkpoint import Checkpoint, Cosignature, LogSigner, SignedCheckpoint, TlogProof, WitnessSigner
from parley.crypto import KeySetId, SigningKey, tagged
from parley.errors import Invalid, Malformed, ParleyError
from parley.merkle import Tree, leaf_hash
from parley.note import Note
from parley.policy import Policy, Trust, TrustedParty, compare_number, number, parse_number

ROOT = Path(__file__).parent.parent
VECTORS = ROOT / "vectors" / "policy"
NAMES = ("policies.json", "quorums.json", "trusts.json", "numbers.json")
FILES = {name: json.loads((VECTORS / name).read_text("utf-8")) for name in NAMES}
TIME = 1643130960


def seeded(number: int) -> SigningKey:
    return SigningKey(bytes([number]) * 32, bytes([number + 1]) * 32)


LOG = LogSigner("log.example/log", seeded(1))
WITNESSES = {
    name: WitnessSigner(f"witness.example/{name}", seeded(5 + 2 * place))
    for place, name in enumerate(("oslo", "wien", "rome"))
}
KEYS = {name: signer.keys for name, signer in WITNESSES.items()}
TREE = Tree(leaf_hash(leaf) for leaf in (b"", b"\x00", b"\x10"))
CHECKPOINT = Checkpoint(origin=LOG.name, size=3, root=TREE.root())
TWO_OF_THREE = Policy.write(logs=LOG.keys, witnesses=KEYS, needed=2)


def vectors(name: str) -> list[Any]:
    cases = FILES[name]["cases"]
    assert cases
    return [pytest.param(case, id=case["name"]) for case in cases]


def filled(name: str, text: str) -> str:
    """The text of a case with its keys."""
    for key, vkey in FILES[name]["keys"].items():
        text = text.replace(f"{{{key}}}", vkey)
    assert "{" not in text
    return text


def refused(case: dict[str, Any], check: Callable[[], object]) -> ParleyError:
    with pytest.raises({"malformed": Malformed, "invalid": Invalid}[case["expect"]]) as caught:
        check()
    assert caught.value.code == case["code"]
    return caught.value


def signed_by(*names: str, seconds: int = TIME) -> Note:
    note = LOG.sign_checkpoint(CHECKPOINT, TIME)
    for name in names:
        note = note.with_signatures(WITNESSES[name].cosign(CHECKPOINT, seconds))
    return note


# --- vectors ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", vectors("policies.json"))
def test_policy_vectors(case: dict[str, Any]) -> None:
    text = filled("policies.json", case["text"])
    if case["expect"] != "ok":
        refused(case, lambda: Policy.parse(text))
        return
    policy = Policy.parse(text)
    assert policy.text == text
    assert (policy.needed, list(policy.members)) == (case["needed"], case["members"])
    assert (len(policy.logs), len(policy.witnesses)) == (case["origins"], case["witnesses"])
    assert len(policy.keys) == 2 * (case["origins"] + case["witnesses"])


@pytest.mark.parametrize("case", vectors("quorums.json"))
def test_quorum_vectors(case: dict[str, Any]) -> None:
    policy = Policy.parse(filled("quorums.json", case["text"]))
    halves = {}
    for name, witness in policy.witnesses.items():
        halves |= {f"{name}-ed": witness.ed25519, f"{name}-pq": witness.mldsa44}
    lines = tuple(Cosignature(key=halves[name], seconds=seconds) for name, seconds in case["cosigned"].items())
    note = LOG.sign_checkpoint(CHECKPOINT, TIME)
    (keys,) = policy.logs.values()
    signed = SignedCheckpoint(checkpoint=CHECKPOINT, log_keys=keys, log_seconds=TIME, cosignatures=lines, note=note)
    view = policy.view(signed)
    assert view.met == (case["expect"] == "ok")
    if case["expect"] != "ok":
        refused(case, lambda: policy.check(signed))
        assert (view.earliest, view.latest) == (None, None)
        return
    assert policy.check(signed) == view
    assert (view.earliest, view.latest) == (case["earliest"], case["latest"])


@pytest.mark.parametrize("case", vectors("trusts.json"))
def test_trust_vectors(case: dict[str, Any]) -> None:
    text = filled("trusts.json", case["text"])
    if case["expect"] != "ok":
        refused(case, lambda: Trust.parse(text))
        return
    trust = Trust.parse(text)
    assert trust.to_text() == text
    assert [party.party for party in trust.parties] == case["parties"]
    assert Policy.parse(trust.policy.text) == trust.policy


@pytest.mark.parametrize("case", vectors("numbers.json"))
def test_number_vectors(case: dict[str, Any]) -> None:
    root = KeySetId(bytes.fromhex(case["root"]))
    if case["expect"] != "ok":
        refused(case, lambda: compare_number(root, case["number"]))
        return
    assert compare_number(root, case["number"]) == root
    assert parse_number(case["number"]) == number(root)


def test_the_vectors_are_what_the_tool_writes() -> None:
    for name, text in runpy.run_path(str(ROOT / "tools" / "policy_vectors.py"))["files"]().items():
        assert (VECTORS / name).read_text("utf-8") == text


# --- policies and checkpoints -----------------------------------------------------------------------------------


def test_a_quorum_of_real_cosignatures() -> None:
    view = TWO_OF_THREE.check(TWO_OF_THREE.open(signed_by("oslo", "rome", seconds=TIME + 9).encode()))
    assert [witness.name for witness in view.witnesses] == ["oslo", "rome"]
    assert (view.earliest, view.latest) == (TIME + 9, TIME + 9)


def test_one_witness_of_two_is_seen_and_is_not_enough() -> None:
    signed = TWO_OF_THREE.open(signed_by("oslo").encode())
    assert len(TWO_OF_THREE.view(signed).witnesses) == 1
    with pytest.raises(Invalid) as caught:
        TWO_OF_THREE.check(signed)
    assert caught.value.details == {"needed": 2, "found": 1}


def test_one_algorithm_of_each_of_three_witnesses_is_no_quorum() -> None:
    """Were a line enough, whoever breaks one algorithm could speak for every witness."""
    for half in (0, 1):
        note = LOG.sign_checkpoint(CHECKPOINT, TIME)
        for witness in WITNESSES.values():
            note = note.with_signatures(witness.cosign(CHECKPOINT, TIME)[half : half + 1])
        view = TWO_OF_THREE.view(TWO_OF_THREE.open(note.encode()))
        assert not view.met
        assert view.witnesses == ()


def test_a_checkpoint_opened_with_other_keys_is_not_taken() -> None:
    """Opened under one's own keys, a checkpoint of the same origin says nothing about the policy's log."""
    forger = LogSigner(LOG.name, seeded(50))
    own = Policy.write(logs=forger.keys)
    signed = own.open(forger.sign_checkpoint(CHECKPOINT, TIME).encode())
    own.check(signed)
    with pytest.raises(Invalid) as caught:
        TWO_OF_THREE.view(signed)
    assert caught.value.code == "checkpoint.unknown-log"


def test_a_checkpoint_opened_with_fewer_keys_than_the_policy_has_is_not_taken() -> None:
    second = LogSigner(LOG.name, seeded(60))
    strict = Policy.write(logs=[*LOG.keys, *second.keys])
    signed = Policy.write(logs=LOG.keys).open(signed_by().encode())
    with pytest.raises(Invalid):
        strict.check(signed)


def test_another_logs_checkpoint_is_unknown() -> None:
    other = LogSigner("other.example/log", seeded(70))
    checkpoint = Checkpoint(origin=other.name, size=3, root=TREE.root())
    with pytest.raises(Invalid) as caught:
        TWO_OF_THREE.open(other.sign_checkpoint(checkpoint, TIME).encode())
    assert caught.value.code == "checkpoint.unknown-log"


def test_a_proof_is_taken_under_a_quorum_only() -> None:
    proof = TlogProof(index=1, path=TREE.inclusion(1), note=signed_by("oslo", "wien"))
    entry, view = TWO_OF_THREE.verify_proof(proof, leaf_hash(b"\x00"))
    assert (entry.index, entry.signed.checkpoint, view.met) == (1, CHECKPOINT, True)
    with pytest.raises(Invalid) as caught:
        TWO_OF_THREE.verify_proof(proof, leaf_hash(b"another entry"))
    assert caught.value.code == "merkle.inclusion"
    with pytest.raises(Invalid) as caught:
        TWO_OF_THREE.verify_proof(TlogProof(index=1, path=proof.path, note=signed_by("oslo")), leaf_hash(b"\x00"))
    assert caught.value.code == "policy.quorum"


def test_addresses_are_kept() -> None:
    plain, lattice = (key.to_text() for key in LOG.keys)
    ed, pq = (key.to_text() for key in KEYS["oslo"])
    policy = Policy.parse(
        f"log {plain} https://log.example/\nlog {lattice}\nwitness oslo-ed {ed} https://oslo.example/\n"
        f"witness oslo-pq {pq}\ngroup oslo all oslo-ed oslo-pq\nquorum oslo\n"
    )
    assert policy.log_urls == {LOG.name: ("https://log.example/",)}
    assert policy.witnesses["oslo"].url == "https://oslo.example/"


def test_an_error_names_the_line() -> None:
    text = TWO_OF_THREE.text + "quorum none\n"
    with pytest.raises(Malformed) as caught:
        Policy.parse(text)
    assert caught.value.details["line"] == text.count("\n")
    with pytest.raises(Malformed) as caught:
        Trust.parse(f"parley.trust/v1\n{text}\nparties\n")
    assert caught.value.details["line"] == text.count("\n") + 1
    good = f"parley.trust/v1\n{TWO_OF_THREE.text}\nparties\n"
    with pytest.raises(Malformed) as caught:
        Trust.parse(f"{good}us {'11' * 32} One\nbad\n")
    assert caught.value.details["line"] == good.count("\n") + 2


@pytest.mark.parametrize("needed", [-1, 4])
def test_a_policy_that_cannot_be_met_is_not_written(needed: int) -> None:
    with pytest.raises(Malformed):
        Policy.write(logs=LOG.keys, witnesses=KEYS, needed=needed)


def test_thirty_two_of_each_are_read() -> None:
    """The least that c2sp.org/tlog-policy recommends to take in."""
    logs = [key for place in range(32) for key in LogSigner(f"l{place}.example", seeded(place)).keys]
    pairs = {f"w{place}": WitnessSigner(f"w{place}.example", seeded(100 + place)).keys for place in range(0, 64, 2)}
    policy = Policy.write(logs=logs, witnesses=pairs, needed=22)
    assert (len(policy.logs), len(policy.witnesses), policy.needed) == (32, 32, 22)


# --- trust ------------------------------------------------------------------------------------------------------

PARTIES = (
    TrustedParty(party="us", root=KeySetId(b"1" * 32), name="United States of America"),
    TrustedParty(party="ru", root=KeySetId(b"2" * 32), name="Российская Федерация"),
)
TRUST = Trust(policy=TWO_OF_THREE, parties=PARTIES)


def test_a_trust_file_gives_the_roots_and_the_policy() -> None:
    assert TRUST.root_of("us") == KeySetId(b"1" * 32)
    assert TRUST.policy.text == TWO_OF_THREE.text
    with pytest.raises(Invalid) as caught:
        TRUST.root_of("fr")
    assert (caught.value.code, caught.value.details) == ("trust.unknown-party", {"party": "fr"})


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (f"US {'11' * 32} One", "trust.party-id"),
        (f"{'u' * 33} {'11' * 32} One", "trust.party-id"),
        (f"us {'11' * 32} ", "trust.name"),
        (f"us {'11' * 32} One ", "trust.name"),
        (f"us {'11' * 32}", "trust.form"),
        (f"us {'11' * 31} One", "canonical.hex"),
        (f"us {'11' * 32} One\u202e", "wording.bidi-control"),
    ],
)
def test_a_line_of_a_party_says_what_is_wrong_with_it(line: str, problem: str) -> None:
    good = f"parley.trust/v1\n{TWO_OF_THREE.text}\nparties\n"
    with pytest.raises(Malformed) as caught:
        Trust.parse(f"{good}{line}\n")
    assert caught.value.code == "trust.party-line"
    assert caught.value.details == {"line": good.count("\n") + 1, "problem": problem}


def test_two_parties_with_one_root_are_not_made() -> None:
    with pytest.raises(Malformed):
        Trust(policy=TWO_OF_THREE, parties=(PARTIES[0], TrustedParty(party="x", root=PARTIES[0].root, name="X")))


IDS = st.from_regex(r"[a-z][a-z0-9-]{0,31}", fullmatch=True)
WORDS = st.text(st.sampled_from("abcÀéßЖ字 -'."), min_size=1, max_size=40).filter(lambda name: name == name.strip(" "))


@given(st.lists(st.tuples(IDS, st.binary(min_size=32, max_size=32), WORDS), max_size=6))
def test_trust_files_read_as_they_print(rows: list[tuple[str, bytes, str]]) -> None:
    parties = tuple(TrustedParty(party=party, root=KeySetId(root), name=name) for party, root, name in rows)
    distinct = all(len({row[place] for row in rows}) == len(rows) for place in range(3))
    if not distinct:
        with pytest.raises(Malformed):
            Trust(policy=TWO_OF_THREE, parties=parties)
        return
    trust = Trust(policy=TWO_OF_THREE, parties=parties)
    assert Trust.parse(trust.to_text()) == trust


SCRAPS = [
    "\n",
    "\n\n",
    " ",
    "\t",
    "\r",
    "#",
    "none",
    "oslo",
    "parties\n",
    "\nparties\n",
    "log ",
    "quorum none\n",
    "\x00",
    "0",
]


@given(st.integers(0, 40_000), st.integers(0, 5), st.sampled_from([*SCRAPS, ""]))
def test_a_damaged_trust_file_is_refused_or_is_what_it_says(place: int, cut: int, scrap: str) -> None:
    text = TRUST.to_text()
    place %= len(text)
    damaged = text[:place] + scrap + text[place + cut :]
    try:
        trust = Trust.parse(damaged)
    except Malformed:
        return
    assert trust.to_text() == damaged


@given(st.text(max_size=200))
def test_any_text_raises_only_our_errors(text: str) -> None:
    for read in (Policy.parse, Trust.parse, lambda text: Trust.parse(f"parley.trust/v1\n{text}\n\nparties\n{text}")):
        with pytest.raises(Malformed):
            read(text)


# --- numbers ----------------------------------------------------------------------------------------------------


@given(st.binary(min_size=32, max_size=32))
def test_a_number_is_forty_digits_of_the_root(raw: bytes) -> None:
    root = KeySetId(raw)
    written = number(root)
    assert [len(group) for group in written.split(" ")] == [5] * 8
    assert int(written.replace(" ", "")) == int.from_bytes(tagged("parley/number/v1", raw), "big") % 10**40
    assert compare_number(root, written) == root


def test_another_roots_number_is_refused() -> None:
    with pytest.raises(Invalid) as caught:
        compare_number(KeySetId(b"1" * 32), number(KeySetId(b"2" * 32)))
    assert caught.value.code == "trust.number-differs"
