"""Notes, checkpoints, cosignatures, proofs and tiles: the files of vectors, published examples, and round trips."""

from __future__ import annotations

import base64
import json
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from parley.checkpoint import (
    MAX_EXTRA,
    MAX_SECONDS,
    Checkpoint,
    LogSigner,
    TlogProof,
    WitnessSigner,
    open_checkpoint,
    signed_message,
    verify_line,
)
from parley.crypto import Digest, SigningKey, sha256
from parley.errors import Invalid, Malformed, ParleyError
from parley.merkle import Tree, leaf_hash
from parley.note import Algorithm, Note, NoteKey, SignatureLine, parse_decimal

ROOT = Path(__file__).parent.parent
VECTORS = ROOT / "vectors" / "checkpoint"
FILES = {name: json.loads((VECTORS / name).read_text("utf-8")) for name in ("notes.json", "proofs.json")}
ORIGIN = "depositary.example/n/2022-0001"
TIME = 1643130960
SEED = bytes(range(32))
LOG = LogSigner(ORIGIN, SigningKey(SEED, SEED))
OSLO = WitnessSigner("witness.example/oslo", SigningKey(b"o" * 32, b"p" * 32))
TREE = Tree(leaf_hash(leaf) for leaf in (b"", b"\x00", b"\x10"))
THREE = Checkpoint(origin=ORIGIN, size=3, root=TREE.root())
SIGNED = LOG.sign_checkpoint(THREE, TIME)


def vectors(name: str) -> list[Any]:
    cases = FILES[name]["cases"]
    assert cases
    return [pytest.param(case, id=case["name"]) for case in cases]


def joined(name: str, pieces: list[dict[str, Any]]) -> bytes:
    """The bytes of a case."""
    found = b""
    for piece in pieces:
        match piece:
            case {"hex": data}:
                found += bytes.fromhex(data)
            case {"part": part}:
                found += FILES[name]["parts"][part].encode()
            case {"text": text}:
                found += text.encode() * piece.get("times", 1)
    return found


def known(name: str, case: dict[str, Any]) -> dict[str, NoteKey]:
    keys = FILES[name]["keys"]
    return {key: NoteKey.parse(keys[key]) for key in case.get("keys", keys)}


def refused(case: dict[str, Any], check: Callable[[], object]) -> None:
    with pytest.raises({"malformed": Malformed, "invalid": Invalid}[case["expect"]]) as caught:
        check()
    assert caught.value.code == case["code"]


# --- vectors ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", vectors("notes.json"))
def test_note_vectors(case: dict[str, Any]) -> None:
    data, keys = joined("notes.json", case["note"]), known("notes.json", case)
    if case["expect"] != "ok":
        refused(case, lambda: open_checkpoint(data, keys.values()))
        return
    signed = open_checkpoint(data, keys.values())
    assert signed.note.encode() == data
    assert signed.checkpoint.size == case["size"]
    assert signed.checkpoint.root == base64.b64decode(case["root"])
    assert signed.log_seconds == case["log_seconds"]
    names = {key: name for name, key in keys.items()}
    assert {names[line.key]: line.seconds for line in signed.cosignatures} == case["cosigned"]
    assert {names[key] for key in signed.log_keys} == {"log-ed", "log-pq"}


@pytest.mark.parametrize("case", vectors("proofs.json"))
def test_proof_vectors(case: dict[str, Any]) -> None:
    data, keys = joined("proofs.json", case["proof"]), known("proofs.json", case)
    leaf = Digest(base64.b64decode(case["leaf"]))

    def check() -> TlogProof:
        proof = TlogProof.parse(data)
        assert proof.encode() == data
        entry = proof.verify(leaf, tuple(keys.values()))
        assert (entry.index, entry.leaf) == (proof.index, leaf)
        assert entry.signed.checkpoint.size == 3
        return proof

    if case["expect"] != "ok":
        refused(case, check)
        return
    proof = check()
    assert (proof.index, proof.extra) == (case["index"], base64.b64decode(case["extra"]))


def test_the_vectors_are_what_the_tool_writes() -> None:
    tool = runpy.run_path(str(ROOT / "tools" / "checkpoint_vectors.py"))
    for name, text in tool["files"](tool["stored_parts"](VECTORS)).items():
        assert (VECTORS / name).read_text("utf-8") == text


# --- published examples -----------------------------------------------------------------------------------------


def test_the_example_of_the_signed_note_specification() -> None:
    """Source: c2sp.org/signed-note, "Example"."""
    key = NoteKey.parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    note = Note.parse(
        "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ON"
        "ncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
    )
    signature = note.signature_by(key)
    assert signature is not None
    assert key.verify(note.text.encode(), signature) == b"This is an example message.\n"
    with pytest.raises(Invalid):
        key.verify(b"This is another message.\n", signature)


@pytest.mark.parametrize(
    ("vkey", "algorithm"),
    [
        ("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", 1),  # golang.org/x/mod/sumdb/note
        ("example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx", 1),  # Tessera testdata/log
        ("witness.example.org+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN", 4),  # Sunlight skylight/testdata
    ],
)
def test_published_keys_read_and_print(vkey: str, algorithm: int) -> None:
    key = NoteKey.parse(vkey)
    assert key.algorithm == algorithm
    assert key.to_text() == vkey


def test_our_own_vector() -> None:
    """One log of three leaves; the message and lines were checked with OpenSSL, Go, noble and dilithium-py."""
    plain, lattice = LOG.keys
    assert [plain.id.hex(), lattice.id.hex()] == ["de37a5a9", "9880b971"]
    assert plain.public.hex() == "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
    assert sha256(lattice.public).hex() == "9f107644c1084526af3bc8098680b05499a2325a644e388fb4f970e058d19d46"
    message = signed_message(lattice, THREE, TIME)
    assert len(message) == 130
    assert sha256(message).hex() == "e941d6156f2903e7692693ae886f9f784b8e1986754c89e45189b5cc8b072f6e"
    witness = WitnessSigner("witness.example/w1", SigningKey(SEED, SEED))
    assert witness.cosign(THREE, TIME)[0].to_text() == (
        "— witness.example/w1 519lMgAAAABh8DBQ6+61Yl5dCl0M8uBV0S6YUL6yZEclqjNgG+343Gu9f+Sb/VVWem9Q09Yu8Vb4t+ZO"
        "oUAekC69lQ+ncqKL/moHCg==\n"
    )
    proof = TlogProof(index=1, path=TREE.inclusion(1), note=Note(text=SIGNED.text, signatures=SIGNED.signatures[:1]))
    assert len(proof.encode()) == 329
    assert sha256(proof.encode()).hex() == "57cf8011cfe3d005a941472a79c567300326198d468f0e85c4fd260238f29cad"
    assert TlogProof.parse(proof.encode()) == proof


def test_sizes_of_lines() -> None:
    """From c2sp.org/tlog-cosignature: 68, 76 and 2432 bytes in base64."""
    lines = [*SIGNED.signatures, *OSLO.cosign(THREE, TIME)]
    assert [len(line.to_text().split(" ")[2].rstrip("\n")) for line in lines] == [92, 3244, 104, 3244]


# --- keys -------------------------------------------------------------------------------------------------------

PLAIN = LOG.keys[0].to_text()
ENCODED = PLAIN.split("+", 2)[2]


@pytest.mark.parametrize(
    ("vkey", "code"),
    [
        ("", "note.key"),
        ("name", "note.key"),
        ("name+de37a5a9", "note.key"),
        (PLAIN.replace("de37a5a9", "de37a5a8"), "note.key-id"),
        (PLAIN.replace("de37a5a9", "DE37A5A9"), "note.key"),
        (PLAIN.replace("de37a5a9", "de37a5a"), "note.key"),
        (PLAIN.replace("2022", "2023"), "note.key-id"),
        (PLAIN + "\n", "canonical.base64"),
        (PLAIN + "=", "canonical.base64"),
        (" " + PLAIN, "note.key-name"),
        ("+de37a5a9+" + ENCODED, "note.key-name"),
        ("a b+de37a5a9+" + ENCODED, "note.key-name"),
        ("a\x00b+de37a5a9+" + ENCODED, "note.control"),
        ("a\ud800b+de37a5a9+" + ENCODED, "note.utf-8"),
        ("a" * 256 + "+de37a5a9+" + ENCODED, "note.key-name"),
        ("name+de37a5a9+", "canonical.base64"),
        ("name+de37a5a9+AQ==", "key.ed25519-length"),
        ("name+de37a5a9+" + base64.b64encode(b"\x02" + bytes(32)).decode(), "note.key-algorithm"),
        ("name+de37a5a9+" + base64.b64encode(b"\x01" + bytes(32)).decode(), "key.ed25519-point"),
        ("name+de37a5a9+" + base64.b64encode(b"\x04\x01" + bytes(31)).decode(), "key.ed25519-point"),
        ("name+de37a5a9+" + base64.b64encode(b"\x06" + bytes(1311)).decode(), "key.mldsa-length"),
    ],
)
def test_what_is_no_key(vkey: str, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        NoteKey.parse(vkey)
    assert caught.value.code == code


def test_one_public_key_has_another_id_for_each_algorithm_and_name() -> None:
    public = LOG.keys[0].public
    ids = {
        NoteKey(name=name, algorithm=algorithm, public=public).id
        for name in ("a", "b")
        for algorithm in (Algorithm.ED25519, Algorithm.ED25519_COSIGNATURE)
    }
    assert len(ids) == 4


@pytest.mark.parametrize("text", ["", "-1", "+1", "01", "00", " 1", "1 ", "1\n", "٣", "１", "1_0", "0x1", str(2**63)])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(Malformed):
        parse_decimal(text)


@given(st.integers(0, 2**63 - 1))
@example(2**63 - 1)
def test_numbers_read_as_they_print(value: int) -> None:
    assert parse_decimal(str(value)) == value


# --- signing ----------------------------------------------------------------------------------------------------


def test_a_signed_checkpoint_opens_with_its_times() -> None:
    note = SIGNED.with_signatures(OSLO.cosign(THREE, TIME + 7))
    signed = open_checkpoint(note.encode(), [*LOG.keys, *OSLO.keys])
    assert signed.checkpoint == THREE
    assert signed.log_seconds == TIME
    assert [(line.key, line.seconds) for line in signed.cosignatures] == [(key, TIME + 7) for key in OSLO.keys]


def test_a_newer_cosignature_takes_the_place_of_the_older() -> None:
    note = SIGNED.with_signatures(OSLO.cosign(THREE, TIME)).with_signatures(OSLO.cosign(THREE, TIME + 60))
    assert len(note.signatures) == 4
    signed = open_checkpoint(note.to_text(), [*LOG.keys, *OSLO.keys])
    assert {line.seconds for line in signed.cosignatures} == {TIME + 60}


def test_a_key_given_twice_counts_once() -> None:
    signed = open_checkpoint(SIGNED.with_signatures(OSLO.cosign(THREE, 5)).encode(), [*LOG.keys, *OSLO.keys] * 2)
    assert len(signed.cosignatures) == 2


def test_during_a_change_of_keys_every_key_of_the_log_must_sign() -> None:
    second = LogSigner(ORIGIN, SigningKey(b"x" * 32, b"y" * 32))
    keys = [*LOG.keys, *second.keys]
    with pytest.raises(Invalid) as caught:
        open_checkpoint(SIGNED.encode(), keys)
    assert caught.value.code == "checkpoint.log-signature-missing"
    both = SIGNED.with_signatures(second.sign_checkpoint(THREE, TIME + 1).signatures)
    assert open_checkpoint(both.encode(), keys).log_seconds == TIME + 1


def test_a_log_signs_only_its_own_checkpoints() -> None:
    with pytest.raises(Malformed) as caught:
        LOG.sign_checkpoint(Checkpoint(origin="other.example", size=3, root=TREE.root()), TIME)
    assert caught.value.code == "checkpoint.origin"


@pytest.mark.parametrize("seconds", [0, -1, MAX_SECONDS + 1, 2**64])
def test_nothing_is_signed_without_a_time_that_can_be_written(seconds: int) -> None:
    for sign in (LOG.sign_checkpoint, OSLO.cosign):
        with pytest.raises(Malformed) as caught:
            sign(THREE, seconds)
        assert caught.value.code == "checkpoint.time"


def test_the_last_second_of_9999_is_a_time() -> None:
    for key, line in zip(OSLO.keys, OSLO.cosign(THREE, MAX_SECONDS), strict=True):
        assert verify_line(key, THREE, line.signature) == MAX_SECONDS


@pytest.mark.parametrize("half", [0, 1])
def test_a_changed_bit_anywhere_in_a_line_is_refused(half: int) -> None:
    """Every bit of the time and some of the signature; ML-DSA-44 signs the time too."""
    key, line = OSLO.keys[half], OSLO.cosign(THREE, TIME)[half]
    for bit in [*range(64), *range(64, 8 * len(line.signature), 97)]:
        changed = int.from_bytes(line.signature, "big") ^ 1 << (8 * len(line.signature) - 1 - bit)
        with pytest.raises(Invalid):
            verify_line(key, THREE, changed.to_bytes(len(line.signature), "big"))


@pytest.mark.parametrize("half", [0, 1])
@pytest.mark.parametrize(
    "other",
    [
        Checkpoint(origin=ORIGIN, size=4, root=TREE.root()),
        Checkpoint(origin=ORIGIN, size=3, root=TREE.root(2)),
        Checkpoint(origin="depositary.example/n/2022-0002", size=3, root=TREE.root()),
    ],
)
def test_a_cosignature_holds_for_one_checkpoint_only(half: int, other: Checkpoint) -> None:
    line = OSLO.cosign(THREE, TIME)[half]
    with pytest.raises(Invalid):
        verify_line(OSLO.keys[half], other, line.signature)


# --- what we would write ourselves -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: Checkpoint(origin=ORIGIN, size=-1, root=TREE.root()), "note.number"),
        (lambda: Checkpoint(origin=ORIGIN, size=2**63, root=TREE.root()), "note.number"),
        (lambda: Checkpoint(origin="a\nb", size=1, root=TREE.root()), "note.key-name"),
        (lambda: Checkpoint(origin="", size=1, root=TREE.root()), "note.key-name"),
        (lambda: Note(text="no line end", signatures=SIGNED.signatures), "note.text"),
        (lambda: Note(text="x\n", signatures=()), "note.signature-count"),
        (lambda: Note(text="x\n", signatures=SIGNED.signatures[:1] * 101), "note.signature-count"),
        (lambda: Note(text="tab\t\n", signatures=SIGNED.signatures), "note.control"),
        (lambda: SignatureLine(name="x", key_id=b"123", signature=b"1"), "note.signature-line"),
        (lambda: SignatureLine(name="x", key_id=b"1234", signature=b""), "note.signature-line"),
        (lambda: SignatureLine(name="a b", key_id=b"1234", signature=b"1"), "note.key-name"),
        (lambda: TlogProof(index=-1, path=(), note=SIGNED), "note.number"),
        (lambda: TlogProof(index=0, path=(TREE.root(),) * 64, note=SIGNED), "proof.length"),
        (lambda: TlogProof(index=0, path=(), note=SIGNED, extra=bytes(MAX_EXTRA + 1)), "proof.extra"),
    ],
)
def test_what_could_not_be_read_again_is_not_made(make: Callable[[], object], code: str) -> None:
    with pytest.raises(Malformed) as caught:
        make()
    assert caught.value.code == code


def test_the_largest_proof_reads_as_it_prints() -> None:
    proof = TlogProof(index=2**63 - 1, path=(TREE.root(),) * 63, note=SIGNED, extra=bytes(MAX_EXTRA))
    assert TlogProof.parse(proof.encode()) == proof
    assert max(len(line) for line in proof.to_text().split("\n")) < 65_536


# --- fuzzing: whatever is accepted is what we would print ---------------------------------------------------------

NAMES = st.text(st.characters(exclude_categories=["Cs", "Z"], exclude_characters="+"), min_size=1, max_size=20).filter(
    lambda name: not any(character.isspace() or character < " " for character in name)
)
LINES = st.builds(
    SignatureLine, name=NAMES, key_id=st.binary(min_size=4, max_size=4), signature=st.binary(min_size=1, max_size=90)
)
TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20), min_size=1, max_size=6).map(
    lambda lines: "\n".join(lines) + "\n"
)
NOTES = st.builds(Note, text=TEXTS, signatures=st.lists(LINES, min_size=1, max_size=5).map(tuple))
DIGESTS = st.binary(min_size=32, max_size=32).map(Digest)
PROOFS = st.builds(
    TlogProof,
    index=st.integers(0, 2**63 - 1),
    path=st.lists(DIGESTS, max_size=63).map(tuple),
    note=NOTES,
    extra=st.binary(max_size=100),
)
CHECKPOINTS = st.builds(Checkpoint, origin=NAMES, size=st.integers(0, 2**63 - 1), root=DIGESTS)

SCRAPS = st.one_of(
    st.sampled_from(["\n", "\n\n", " ", "  ", "\t", "\r\n", "=", "==", "+", "-", "0", "00", "A", "AAAA"]),
    st.sampled_from(["\u2014 ", "\u2013 ", "- ", "\u00a0", "\u2028", "\x85", "\ufeff", "\x00", "\u00e9", "e\u0301"]),
    st.sampled_from(["extra ", "index ", "c2sp.org/tlog-proof@v1\n"]),
)


@st.composite
def damaged(draw: st.DrawFn, originals: st.SearchStrategy[str]) -> str:
    """A well-formed text with up to three places cut, doubled, or filled with what parsers stumble over."""
    text = draw(originals)
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(text)))
        stop = draw(st.integers(start, min(len(text), start + 4)))
        text = text[:start] + draw(st.one_of(SCRAPS, st.just(""), st.just(text[start:stop] * 2))) + text[stop:]
    return text


@given(NOTES)
def test_notes_read_as_they_print(note: Note) -> None:
    assert Note.parse(note.to_text()) == note
    assert Note.parse(note.encode()) == note


@given(CHECKPOINTS)
def test_checkpoints_read_as_they_print(checkpoint: Checkpoint) -> None:
    assert Checkpoint.parse(checkpoint.to_text()) == checkpoint


@given(PROOFS)
def test_proofs_read_as_they_print(proof: TlogProof) -> None:
    assert TlogProof.parse(proof.encode()) == proof


def prints_what_it_reads(parse: Callable[[str], Any], text: str) -> None:
    """The one sentence: accepted is what would be printed, and nothing but our errors is raised."""
    try:
        value = parse(text)
    except Malformed:
        return
    assert value.to_text() == text


@given(damaged(NOTES.map(Note.to_text)))
def test_damaged_notes(text: str) -> None:
    prints_what_it_reads(Note.parse, text)


@given(damaged(CHECKPOINTS.map(Checkpoint.to_text)))
def test_damaged_checkpoints(text: str) -> None:
    prints_what_it_reads(Checkpoint.parse, text)


@given(damaged(PROOFS.map(TlogProof.to_text)))
def test_damaged_proofs(text: str) -> None:
    prints_what_it_reads(TlogProof.parse, text)


@given(damaged(st.sampled_from([PLAIN, OSLO.keys[0].to_text()])))
def test_damaged_keys(text: str) -> None:
    prints_what_it_reads(NoteKey.parse, text)


@given(damaged(LINES.map(SignatureLine.to_text)))
def test_damaged_lines(text: str) -> None:
    prints_what_it_reads(lambda line: SignatureLine.parse(line.removesuffix("\n")), text.rstrip("\n") + "\n")


@given(st.one_of(st.text(), st.binary()))
@example("\ud800\n\n— x AAAAAAA=\n")
def test_any_text_or_bytes_raise_only_our_errors(data: str | bytes) -> None:
    for read in (Note.parse, TlogProof.parse, lambda data: open_checkpoint(data, LOG.keys)):
        with pytest.raises(ParleyError):
            read(data)


@given(damaged(st.just(SIGNED.to_text())))
def test_a_damaged_checkpoint_opens_only_as_what_was_signed(text: str) -> None:
    """Damage may add or drop strangers' lines; it never changes what the log is taken to have said."""
    try:
        signed = open_checkpoint(text, LOG.keys)
    except ParleyError:
        return
    assert signed.checkpoint == THREE
    assert signed.log_seconds == TIME
