"""Signed statements: both signatures, by the keys named, over exactly these bytes, or nothing."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley import canonical, statement
from parley.act import By, Confirmation
from parley.canonical import Base64, Time
from parley.crypto import KeySetId, PublicKeys, SigningKey, VerifyingKey, sha256
from parley.errors import Invalid, Malformed, ParleyError
from parley.statement import NotAdmitted
from tests.build import LOG, seed, two_parties

VECTORS = json.loads((Path(__file__).parent.parent / "vectors" / "act" / "statements.json").read_text("utf-8"))
CASES: list[dict[str, Any]] = VECTORS["cases"]
KEYS = {
    KeySetId.from_text(name): VerifyingKey(
        PublicKeys(ed25519=Base64.from_text(key["ed25519"]), mldsa44=Base64.from_text(key["mldsa44"]))
    )
    for name, key in VECTORS["keys"].items()
}


def envelope_of(case: dict[str, Any]) -> bytes:
    """What the note in the vectors says to do."""
    value = json.loads(json.dumps(VECTORS["statements"][case["statement"]]["envelope"]))
    payload = base64.b64decode(value["payload"]).decode()
    for old, new in case["payload"]:
        assert old in payload
        payload = payload.replace(old, new)
    value["payload"] = base64.b64encode(payload.encode()).decode()
    if case["signatures"] is not None:
        value["signatures"] = [value["signatures"][place] for place in case["signatures"]]
    text = canonical.encode(value).decode()
    for old, new in case["envelope"]:
        assert old in text
        text = text.replace(old, new)
    return text.encode()


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_vector(case: dict[str, Any]) -> None:
    data = envelope_of(case)
    if case["expect"] == "ok":
        signed = statement.verify(statement.read(data), KEYS.get)
        told = VECTORS["statements"][case["statement"]]
        body = statement.pre_authentication(signed.envelope.payload_type, signed.envelope.payload)
        assert (signed.data, signed.digest.hex(), sha256(body).hex()) == (data, told["digest"], told["pae_sha256"])
        return
    with pytest.raises(ParleyError) as caught:
        statement.verify(statement.read(data), KEYS.get)
    assert (type(caught.value).__name__.lower(), caught.value.code) == (case["expect"], case["code"])


def test_the_keys_of_the_vectors_are_named_after_themselves() -> None:
    assert all(key.id == name for name, key in KEYS.items())


def test_the_signed_bytes_of_dsse() -> None:
    """DSSE 1.0.0, protocol.md: the example of the pre-authentication encoding."""
    assert statement.pre_authentication("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


CASE = two_parties()
DEPOSIT = CASE.admit(CASE.deposit("us", "ru"))
RECEIPT = CASE.receipt("ru", DEPOSIT)
OFFICER = CASE.parties["ru"].officer
KNOWN = statement.known({OFFICER.id: OFFICER.verifying})


def test_a_statement_is_read_back_and_verified() -> None:
    for signed in (*CASE.acts, RECEIPT):
        found = statement.read(signed.data)
        assert (found.act, found.digest, found.envelope) == (signed.act, signed.digest, signed.envelope)
        assert statement.verify(found, partial(CASE.world.key, found.act.by.party)) == signed


def test_two_signings_of_one_act_are_two_acts() -> None:
    """ML-DSA is hedged, and the digest covers the signatures: a client keeps what it signed and never signs again."""
    again = statement.sign(RECEIPT.act, [OFFICER])
    assert again.envelope.payload == RECEIPT.envelope.payload
    assert again.digest != RECEIPT.digest


def test_a_key_that_nobody_knows() -> None:
    with pytest.raises(Invalid, match=r"statement\.unknown-key"):
        statement.verify(statement.read(RECEIPT.data), statement.known({}))


def test_a_key_known_under_the_wrong_name() -> None:
    wrong = statement.known({OFFICER.id: CASE.parties["us"].officer.verifying})
    with pytest.raises(Invalid, match=r"signature\.ed25519"):
        statement.verify(statement.read(RECEIPT.data), wrong)


def test_only_the_keys_that_an_act_names_may_sign_it() -> None:
    for keys in ([CASE.parties["us"].officer], [], [OFFICER, CASE.parties["us"].officer]):
        with pytest.raises(Invalid, match=r"statement\.keys"):
            statement.sign(RECEIPT.act, keys)


def test_two_officers_sign_in_the_order_of_their_ids() -> None:
    keys = [OFFICER, SigningKey.from_secret(seed("second"), info="officer")]
    named = By(party="ru", keys=tuple(sorted(key.id for key in keys)))
    members = CASE.common("ru", OFFICER, CASE.negotiation) | {"by": named}
    act = Confirmation(**members, deposit=DEPOSIT.digest)
    for order in (keys, keys[::-1]):
        signed = statement.sign(act, order)
        assert [line.keyid for line in signed.envelope.signatures[::2]] == list(named.keys)
        found = statement.verify(statement.read(signed.data), {key.id: key.verifying for key in keys}.get)
        assert found == signed
    with pytest.raises(Invalid, match=r"statement\.unknown-key"):
        statement.verify(statement.read(signed.data), KNOWN)


def test_an_enrolment_is_signed_by_the_root_it_names_whoever_asks() -> None:
    enrol = statement.read(CASE.acts[1].data)
    assert statement.verify(enrol, statement.known({})).digest == enrol.digest
    assert statement.verify(statement.read(CASE.genesis.data), statement.known({})).act == CASE.genesis.act


def test_full_powers_prove_that_the_key_exists_and_for_whom() -> None:
    root = CASE.parties["ru"].root
    key = SigningKey.from_secret(seed("new officer"), info="officer")
    good = CASE.powers("ru", key)
    known = statement.known({root.id: root.verifying})
    assert statement.verify(statement.read(good.data), known).digest == good.digest
    for log, party, signer in ((LOG, "us", key), ("other.example/log/1", "ru", key), (LOG, "ru", OFFICER)):
        body = statement.possession_bytes(key.id, log=log, party=party)
        stolen = CASE.powers("ru", key, possession=signer.sign(statement.Purpose.ACT, body))
        with pytest.raises(Invalid, match=r"signature\."):
            statement.verify(statement.read(stolen.data), known)


def test_what_cannot_be_read_back_is_not_signed() -> None:
    act = CASE.receipt("ru", DEPOSIT).act
    broken = type(act)(**{name: getattr(act, name) for name in act.__struct_fields__} | {"role": "promise"})
    with pytest.raises(Malformed, match=r"canonical\.shape"):
        statement.sign(broken, [OFFICER])


DATA = RECEIPT.data


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(DATA) - 1), st.integers(1, 255))
def test_one_byte_changed_anywhere_is_refused(place: int, change: int) -> None:
    spoiled = bytearray(DATA)
    spoiled[place] ^= change
    with pytest.raises((Malformed, Invalid)):
        statement.verify(statement.read(bytes(spoiled)), KNOWN)


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=100))
def test_any_bytes_are_refused_in_the_four_families(data: bytes) -> None:
    for read in (statement.read, lambda d: statement.read_not_admitted(d, OFFICER.verifying)):
        with pytest.raises(Malformed):
            read(data)


# --- the answer to an act that is not admitted ------------------------------------------------------------------

ANSWER = NotAdmitted(act=RECEIPT.digest, claimed_time=Time(0), log=LOG, reason="paper.not-now", winner=DEPOSIT.digest)


def test_a_refusal_is_signed_and_names_the_winner() -> None:
    data = statement.sign_not_admitted(ANSWER, CASE.depositary)
    assert statement.read_not_admitted(data, CASE.depositary.verifying) == ANSWER
    with pytest.raises(Invalid, match=r"statement\.unknown-key"):
        statement.read_not_admitted(data, OFFICER.verifying)


def test_a_refusal_is_no_act_and_an_act_no_refusal() -> None:
    data = statement.sign_not_admitted(ANSWER, CASE.depositary)
    with pytest.raises(Malformed, match=r"statement\.kind"):
        statement.read(data)
    with pytest.raises(Malformed, match=r"statement\.kind"):
        statement.read_not_admitted(CASE.genesis.data, CASE.depositary.verifying)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda value: value["signatures"].pop(), "statement.signature-count"),
        (lambda value: value["signatures"].extend(value["signatures"]), "statement.unknown-key"),
        (lambda value: value.update(payload="e30="), "canonical.shape"),
        (lambda value: value["signatures"].reverse(), "statement.signature-length"),
    ],
)
def test_a_spoiled_refusal(change: Callable[[dict[str, Any]], None], code: str) -> None:
    value = json.loads(statement.sign_not_admitted(ANSWER, CASE.depositary))
    change(value)
    with pytest.raises((Malformed, Invalid)) as caught:
        statement.read_not_admitted(canonical.encode(value), CASE.depositary.verifying)
    assert caught.value.code == code


def test_another_reason_under_the_same_signatures() -> None:
    value = json.loads(statement.sign_not_admitted(ANSWER, CASE.depositary))
    payload = base64.b64decode(value["payload"]).replace(b"not-now", b"not-you")
    value["payload"] = base64.b64encode(payload).decode()
    with pytest.raises(Invalid, match=r"signature\.ed25519"):
        statement.read_not_admitted(canonical.encode(value), CASE.depositary.verifying)
