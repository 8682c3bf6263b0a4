"""A sitting changes how long it takes, and no verdict: what differs by one byte is verified as if it came alone."""

from __future__ import annotations

import dataclasses
import json
from copy import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from parley import canonical
from parley.act import Enrol, FullPowers, Genesis, RegisterAct
from parley.canonical import Base64
from parley.crypto import Purpose, Signatures, VerifyingKey
from parley.errors import Invalid, ParleyError
from parley.policy import Trust
from parley.sitting import Sitting
from parley.statement import Unverified, act_digest
from parley.verdict import Verdict, verify
from tests.build import Party
from tests.evidence_build import LoggedCase, two_states
from tests.evidence_cases import all_cases, evidence_bytes, trust_text


def two_papers() -> tuple[LoggedCase, bytes, bytes]:
    """Evidence of two papers, which repeat genesis, enrolments and full powers, byte for byte."""
    case = two_states()
    first, second = case.paper("us", "ru"), case.paper("ru", "us")
    case.admit(case.receipt("ru", first))
    case.admit(case.receipt("us", second))
    return case, case.of_paper(first).encode(), case.of_paper(second).encode()


CASE, FIRST, SECOND = two_papers()
SUPPORT = 5
"""Genesis, two enrolments, two full powers: the first acts of both files."""


def said(
    data: bytes, trust: Trust | None, sitting: Sitting | None
) -> Verdict | tuple[type[ParleyError], str, dict[str, Any]]:
    try:
        return verify(data, trust, sitting)
    except ParleyError as error:
        return type(error), error.code, dict(error.details)


def sat(trust: Trust | None = None) -> Sitting:
    """A sitting in which the first file held."""
    sitting = Sitting()
    verify(FIRST, trust, sitting)
    return sitting


# --- what is saved ----------------------------------------------------------------------------------------------


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What key sets were asked to verify, in order."""
    asked: list[bytes] = []
    verify_both = VerifyingKey.verify

    def verify_and_count(key: VerifyingKey, purpose: Purpose, body: bytes, signatures: Signatures) -> bytes:
        asked.append(body)
        return verify_both(key, purpose, body, signatures)

    monkeypatch.setattr(VerifyingKey, "verify", verify_and_count)
    return asked


def test_what_both_files_hold_is_verified_once(counted: list[bytes]) -> None:
    sitting = sat()
    before = len(counted)
    assert len(set(counted)) == before
    verify(SECOND, None, sitting)
    assert len(counted) - before == 2  # its deposit and its receipt
    verify(SECOND, None, sitting)
    verify(FIRST, CASE.trust(), sitting)
    assert len(counted) - before == 2


def test_without_a_sitting_everything_is_verified_every_time(counted: list[bytes]) -> None:
    verify(FIRST, None)
    before = len(counted)
    verify(FIRST, None)
    assert len(counted) == 2 * before


def test_what_failed_is_not_remembered(counted: list[bytes]) -> None:
    sitting, bad = Sitting(), forged(place=4)
    for _ in range(2):
        before = len(counted)
        assert said(bad, None, sitting) == (Invalid, "signature.mldsa44", {})
        assert len(counted) > before


# --- no verdict is another --------------------------------------------------------------------------------------


def test_every_vector_gets_the_same_verdict_in_one_sitting() -> None:
    sitting, seen = Sitting(), set()
    for case in all_cases():
        text, data = trust_text(case), evidence_bytes(case)
        try:
            trust = Trust.parse(text) if text is not None else None
        except ParleyError:
            continue
        alone = said(data, trust, None)
        assert said(data, trust, sitting) == alone, case["name"]
        seen.add(type(alone))
    assert seen == {Verdict, tuple}


@pytest.mark.parametrize("trusted", [False, True], ids=["alone", "trusted"])
def test_a_verdict_is_the_same_whatever_was_verified_before(trusted: bool) -> None:
    trust = CASE.trust() if trusted else None
    for sitting in (sat(), sat(CASE.trust()), sat(CASE.trust("us"))):
        assert verify(SECOND, trust, sitting) == verify(SECOND, trust)


def test_another_trust_file_is_asked_anew() -> None:
    """The same bytes, a reader who trusts other keys: nothing of the first reader's trust is carried over."""
    sitting = sat(CASE.trust())
    others = CASE.trust("us", "ru", roots={"us": CASE.parties["us"], "ru": Party("another")})
    assert said(SECOND, others, sitting) == said(SECOND, others, None)
    needed = CASE.trust(needed=len(CASE.witnesses))
    assert said(SECOND, needed, sitting) == said(SECOND, needed, None)


# --- one byte ---------------------------------------------------------------------------------------------------


def with_signature(data: bytes, place: int, line: int) -> bytes:
    """The file with the first sign of one signature of one act changed, in its canonical form."""
    file = json.loads(data)
    signature = file["acts"][place]["act"]["signatures"][line]
    signature["sig"] = ("B" if signature["sig"][0] == "A" else "A") + signature["sig"][1:]
    return canonical.encode(file) + b"\n"


def forged(place: int, line: int = 1) -> bytes:
    """A file whose depositary entered an act with one bit of one signature changed: everything else in it fits."""
    case = copy(CASE)
    case.acts, case.entries = list(CASE.acts), list(CASE.entries)
    envelope = case.acts[place].envelope
    lines = list(envelope.signatures)
    sig = bytes((lines[line].sig[0], lines[line].sig[1] ^ 1)) + lines[line].sig[2:]
    lines[line] = structs.replace(lines[line], sig=Base64(sig))
    changed = structs.replace(envelope, signatures=tuple(lines))
    case.acts[place] = dataclasses.replace(case.acts[place], envelope=changed, digest=act_digest(changed))
    case.entries[place] = dataclasses.replace(case.entries[place], act=case.acts[place].digest)
    return case.of_acts(*case.acts[5:7]).encode()  # convening and joining: what supports them is in it


@pytest.mark.parametrize("place", range(SUPPORT))
@pytest.mark.parametrize(("line", "code"), [(0, "signature.ed25519"), (1, "signature.mldsa44")])
def test_a_forged_copy_is_found_though_the_true_one_held(place: int, line: int, code: str) -> None:
    bad = forged(place, line)
    assert said(bad, None, None) == (Invalid, code, {})
    assert said(bad, None, sat()) == (Invalid, code, {})


@pytest.mark.parametrize("place", range(SUPPORT))
@pytest.mark.parametrize("line", [0, 1], ids=["ed25519", "mldsa44"])
def test_a_changed_signature_of_a_support_act_is_found(place: int, line: int) -> None:
    bad = with_signature(SECOND, place, line)
    alone = said(bad, None, None)
    assert isinstance(alone, tuple)
    assert said(bad, None, sat()) == alone


def test_a_changed_signature_of_the_checkpoint_is_found() -> None:
    file = json.loads(SECOND)
    for item in file["acts"]:
        head, dash, line = item["proof"].partition("\n— ")
        name, space, rest = line.partition(" ")
        item["proof"] = head + dash + name + space + rest[:20] + ("B" if rest[20] == "A" else "A") + rest[21:]
    bad = canonical.encode(file) + b"\n"
    assert said(bad, None, None) == said(bad, None, sat())
    assert isinstance(said(bad, None, sat()), tuple)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_one_byte_anywhere(data: st.DataObject) -> None:
    """In the acts that both files share too: most of a file is they."""
    place = data.draw(st.integers(0, len(SECOND) - 1))
    changed = bytearray(SECOND)
    changed[place] ^= data.draw(st.sampled_from([1, 2, 4, 32]))
    assert said(bytes(changed), None, sat()) == said(bytes(changed), None, None)


# --- under everything that a check looks at ---------------------------------------------------------------------


def read(data: bytes, kind: type) -> Unverified:
    from parley import evidence

    return next(i.statement for i in evidence.parse(data).items if isinstance(i.act, kind))  # type: ignore[misc]


@pytest.mark.parametrize("kind", [Genesis, Enrol, FullPowers])
def test_an_act_that_does_not_belong_to_its_signatures_is_not_taken_for_the_one_that_does(kind: type) -> None:
    """A statement made up in memory: the bytes of one act, and what another says."""
    sitting, own = Sitting(), read(FIRST, kind)
    keys = {key.id: key for party in CASE.parties.values() for key in (party.root.verifying, party.officer.verifying)}
    held = sitting.statement(own, keys.get)
    assert held.act == own.act
    assert sitting.statement(own, keys.get) is held
    made_up = dataclasses.replace(own, act=own.act.__class__(**{**fields(own), "log": "other.example/log/1"}))
    if kind is FullPowers:  # the proof that the key exists names the log
        with pytest.raises(Invalid):
            sitting.statement(made_up, keys.get)
    else:
        assert sitting.statement(made_up, keys.get).act.log == "other.example/log/1"


def fields(unverified: Unverified) -> dict[str, Any]:
    return {name: getattr(unverified.act, name) for name in unverified.act.__struct_fields__}


def test_another_key_under_the_same_name_is_asked_anew() -> None:
    sitting, own = Sitting(), read(FIRST, FullPowers)
    assert isinstance(own.act, RegisterAct)
    root = CASE.parties[own.act.by.party].root.verifying
    sitting.statement(own, lambda _: root)
    other = Party("another").root.verifying
    with pytest.raises(ParleyError):
        sitting.statement(own, lambda _: other)
    with pytest.raises(ParleyError):
        sitting.statement(own, lambda _: None)
