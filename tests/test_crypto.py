"""The two signatures, the hashes and the reading keys: what must hold, and every trap that must not."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from parley import crypto
from parley.canonical import Base64
from parley.crypto import Cipher, PublicKeys, Purpose, ReadingKey, ReadingSecret, Signatures, SigningKey, VerifyingKey
from parley.errors import Invalid, Malformed, ParleyError
from tests import edwards25519 as curve

VECTORS = json.loads((Path(__file__).parent.parent / "vectors" / "act" / "ed25519.json").read_text("utf-8"))
KEY = SigningKey(bytes(range(32)), bytes(range(32)))
OTHER = SigningKey(bytes(32), bytes(32))


# --- Ed25519 ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", VECTORS["cases"], ids=[case["name"] for case in VECTORS["cases"]])
def test_ed25519(case: dict[str, Any]) -> None:
    public, message, signature = (bytes.fromhex(case[name]) for name in ("public", "message", "signature"))
    if case["expect"] == "ok":
        assert crypto.verify_ed25519(public, message, signature) == message
        return
    with pytest.raises(ParleyError) as caught:
        crypto.verify_ed25519(public, message, signature)
    assert (type(caught.value).__name__.lower(), caught.value.code) == (case["expect"], case["code"])


def test_the_vectors_are_what_they_say() -> None:
    """Recomputed with arithmetic of our own: the traps are real, and an ordinary library alone falls into some."""
    told = {"holds and is refused": 0, "only the lenient one holds": 0, "mixed order holds": 0}
    for case in VECTORS["cases"]:
        public, message, signature = (bytes.fromhex(case[name]) for name in ("public", "message", "signature"))
        encoded = int.from_bytes(public, "little")
        point = curve.recover(encoded % 2**255 % curve.P, public[31] >> 7)
        r, s = signature[:32], int.from_bytes(signature[32:], "little") % curve.L
        held = point is not None and curve.holds(point, r, s, public, message, cofactor=1)
        lenient = point is not None and curve.holds(point, r, s, public, message, cofactor=8)
        assert (held, lenient) == (case["equation"], case["cofactored_equation"])
        told["holds and is refused"] += held and case["expect"] != "ok"
        told["only the lenient one holds"] += lenient and not held
        mixed = point is not None and curve.multiply(curve.L, point) != curve.IDENTITY
        told["mixed order holds"] += mixed and case["expect"] == "ok"
    assert all(count >= 3 for count in told.values()), told


def test_small_order_keys_are_all_the_multiples_of_a_point_of_order_eight() -> None:
    eighth = curve.torsion()
    small = {curve.encode(curve.multiply(factor, eighth)) for factor in range(8)}
    assert small == set(crypto._SMALL_ORDER)


def test_the_bare_library_believes_nobodys_signature() -> None:
    """Why the check of keys is ours: under the identity one signature holds for every message."""
    case = next(case for case in VECTORS["cases"] if case["public"] == "01" + "00" * 31)
    signature, bare = (
        bytes.fromhex(case["signature"]),
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(case["public"])),
    )
    for message in (b"one message", b"any other"):
        assert bare.verify(signature, message) is None  # type: ignore[func-returns-value]  # it raises, or says nothing
        with pytest.raises(Malformed, match=r"key\.ed25519-point"):
            crypto.verify_ed25519(bytes.fromhex(case["public"]), message, signature)


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_an_ed25519_key_of_another_length(size: int) -> None:
    with pytest.raises(Malformed, match=r"key\.ed25519-length"):
        crypto.check_ed25519_public(bytes(size))


@pytest.mark.parametrize("size", [0, 63, 65])
def test_an_ed25519_signature_of_another_length(size: int) -> None:
    with pytest.raises(Invalid, match=r"signature\.ed25519"):
        crypto.verify_ed25519(bytes(KEY.verifying.public.ed25519), b"", bytes(size))


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=32, max_size=32))
def test_a_key_is_taken_only_if_it_is_a_canonical_point_of_large_order(encoded: bytes) -> None:
    y, sign = int.from_bytes(encoded, "little") % 2**255, encoded[31] >> 7
    point = curve.recover(y, sign) if y < curve.P else None
    good = point is not None and curve.encode(point) == encoded and curve.multiply(8, point) != curve.IDENTITY
    if good:
        assert crypto.check_ed25519_public(encoded) == encoded
    else:
        with pytest.raises(Malformed, match=r"key\.ed25519-point"):
            crypto.check_ed25519_public(encoded)


def test_rfc_8032_test_2() -> None:
    """RFC 8032 section 7.1, TEST 2."""
    seed = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
    public = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    signature = (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    key = SigningKey(bytes.fromhex(seed), bytes(32))
    assert key.verifying.public.ed25519.hex() == public
    assert key.sign_ed25519(b"\x72").hex() == signature
    assert crypto.verify_ed25519(bytes.fromhex(public), b"\x72", bytes.fromhex(signature)) == b"\x72"


# --- both signatures --------------------------------------------------------------------------------------------


def test_both_signatures_are_required() -> None:
    """Dropping or spoiling one is a failure and not a downgrade."""
    both = KEY.sign(Purpose.ACT, b"body")
    assert KEY.verifying.verify(Purpose.ACT, b"body", both) == b"body"
    others = OTHER.sign(Purpose.ACT, b"body")
    for code, spoiled in (
        ("signature.ed25519", Signatures(ed25519=others.ed25519, mldsa44=both.mldsa44)),
        ("signature.mldsa44", Signatures(ed25519=both.ed25519, mldsa44=others.mldsa44)),
        ("signature.ed25519", Signatures(ed25519=Base64(b""), mldsa44=both.mldsa44)),
        ("signature.mldsa44", Signatures(ed25519=both.ed25519, mldsa44=Base64(b""))),
        ("signature.mldsa44", Signatures(ed25519=both.ed25519, mldsa44=Base64(both.mldsa44 + b"\x00"))),
    ):
        with pytest.raises(Invalid) as caught:
            KEY.verifying.verify(Purpose.ACT, b"body", spoiled)
        assert caught.value.code == code


def test_a_signature_for_one_purpose_serves_no_other() -> None:
    for purpose in Purpose:
        both = KEY.sign(purpose, b"body")
        for other in set(Purpose) - {purpose}:
            with pytest.raises(Invalid, match=r"signature\.mldsa44"):
                KEY.verifying.verify(other, b"body", both)


@settings(max_examples=20, deadline=None)
@given(st.binary(max_size=200))
def test_whatever_is_signed_verifies_and_nothing_else(body: bytes) -> None:
    both = KEY.sign(Purpose.ACT, body)
    assert KEY.verifying.verify(Purpose.ACT, body, both) == body
    with pytest.raises(Invalid):
        KEY.verifying.verify(Purpose.ACT, body + b"\x00", both)
    with pytest.raises(Invalid):
        OTHER.verifying.verify(Purpose.ACT, body, both)


def test_one_ed25519_signature_in_the_note_form() -> None:
    body = b"cosigned"
    assert crypto.verify_mldsa44(KEY.verifying.public.mldsa44, body, KEY.sign_mldsa44(body)) == body
    with pytest.raises(Invalid, match=r"signature\.mldsa44"):
        crypto.verify_mldsa44(KEY.verifying.public.mldsa44, body, KEY.sign_mldsa44(body, context=b"x"))
    with pytest.raises(Malformed, match=r"key\.mldsa-length"):
        crypto.verify_mldsa44(bytes(1311), body, KEY.sign_mldsa44(body))


def test_a_key_set_is_named_after_both_of_its_keys() -> None:
    public = KEY.verifying.public
    expected = hashlib.sha256(b"parley/keyset/v1\n" + public.ed25519 + public.mldsa44).digest()
    assert KEY.id == expected
    mixed = PublicKeys(ed25519=public.ed25519, mldsa44=OTHER.verifying.public.mldsa44)
    assert VerifyingKey(mixed).id not in (KEY.id, OTHER.id)


def test_impossible_key_sets_are_refused_before_anything_is_verified() -> None:
    public = KEY.verifying.public
    with pytest.raises(Malformed, match=r"key\.ed25519-point"):
        VerifyingKey(PublicKeys(ed25519=Base64(b"\x01" + bytes(31)), mldsa44=public.mldsa44))
    with pytest.raises(Malformed, match=r"key\.mldsa-length"):
        VerifyingKey(PublicKeys(ed25519=public.ed25519, mldsa44=Base64(public.mldsa44[:-1])))


def test_keys_come_from_a_secret_and_what_they_are_for() -> None:
    one = SigningKey.from_secret(bytes(32), info="root")
    assert one.id == SigningKey.from_secret(bytes(32), info="root").id
    assert one.id != SigningKey.from_secret(bytes(32), info="officer").id
    assert one.id != SigningKey.from_secret(b"\x01" * 32, info="root").id


def test_the_keys_of_the_projects_checkpoint_vector() -> None:
    """Seeds 00..1f: also computed by OpenSSL, Go's crypto/mldsa, noble and dilithium-py."""
    public = KEY.verifying.public
    assert public.ed25519.hex() == "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
    assert crypto.sha256(public.mldsa44).hex() == "9f107644c1084526af3bc8098680b05499a2325a644e388fb4f970e058d19d46"


# --- hashes -----------------------------------------------------------------------------------------------------


def test_hashes() -> None:
    assert crypto.sha256() == hashlib.sha256().digest()
    assert crypto.sha256(b"a", b"b") == hashlib.sha256(b"ab").digest()
    assert crypto.tagged("parley/x/v1", b"a", b"b") == hashlib.sha256(b"parley/x/v1\nab").digest()
    streamed = crypto.Sha256()
    for piece in (b"a", b"", b"b"):
        streamed.update(piece)
    assert streamed.digest() == streamed.digest() == hashlib.sha256(b"ab").digest()
    assert crypto.shake256(b"a", 96) == hashlib.shake_256(b"a").digest(96)
    assert crypto.equal(b"a", b"a")
    assert not crypto.equal(b"a", b"b")


def test_hmac_and_hkdf() -> None:
    """RFC 4231 test case 2; RFC 5869 test case 1."""
    found = crypto.hmac_sha256(b"Jefe", b"what do ya want ", b"for nothing?")
    assert found.hex() == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    derived = crypto.hkdf(b"\x0b" * 22, salt=bytes(range(13)), info=bytes(range(0xF0, 0xFA)), length=42)
    assert derived.hex() == ("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865")


def test_a_passphrase_is_stretched_with_its_salt() -> None:
    one = crypto.stretch_passphrase("correct horse", salt=b"salt of sixteen.")
    assert len(one) == 32
    assert one != crypto.stretch_passphrase("correct horse", salt=b"salt of sixteen!")


# --- reading keys and ciphers -----------------------------------------------------------------------------------

SECRET = ReadingSecret(bytes(range(32)))


def test_what_is_wrapped_is_unwrapped_by_its_own_key_for_its_own_use() -> None:
    encapsulated, sealed = SECRET.public.wrap(b"sixteen bytes ok", info=b"use")
    assert (len(encapsulated), len(sealed)) == (1120, 32)
    assert SECRET.unwrap(encapsulated, sealed, info=b"use") == b"sixteen bytes ok"
    spoiled = bytes((sealed[0] ^ 1,)) + sealed[1:]
    for secret, enc, body, info in (
        (ReadingSecret(bytes(32)), encapsulated, sealed, b"use"),
        (SECRET, encapsulated, sealed, b"other use"),
        (SECRET, encapsulated, spoiled, b"use"),
        (SECRET, bytes(1120), sealed, b"use"),
        (SECRET, encapsulated, sealed[:8], b"use"),
    ):
        with pytest.raises(Invalid, match=r"seal\.unwrap"):
            secret.unwrap(enc, body, info=info)
    with pytest.raises(Malformed, match=r"key\.encapsulated-length"):
        SECRET.unwrap(encapsulated[:-1], sealed, info=b"use")


def test_a_reading_key_is_named_after_its_bytes() -> None:
    encoded = SECRET.public.encoded
    assert len(encoded) == crypto.READING_PUBLIC
    assert ReadingKey(encoded).id == hashlib.sha256(b"parley/reading/v1\n" + encoded).digest()


@pytest.mark.parametrize("size", [0, 1215, 1217])
def test_a_reading_key_of_another_length(size: int) -> None:
    with pytest.raises(Malformed, match=r"key\.reading-length"):
        ReadingKey(bytes(size))
    with pytest.raises(Malformed, match=r"key\.reading-seed"):
        ReadingSecret(bytes(31))


def test_a_reading_key_that_is_none() -> None:
    """ML-KEM coefficients above q (FIPS 203 section 7.2), and an X25519 half of small order, which shows in use."""
    with pytest.raises(Malformed, match=r"key\.reading"):
        ReadingKey(b"\xff" * 1184 + SECRET.public.encoded[1184:])
    weak = ReadingKey(SECRET.public.encoded[:1184] + bytes(32))
    with pytest.raises(Malformed, match=r"key\.reading"):
        weak.wrap(b"secret", info=b"use")


def test_the_cipher_refuses_what_it_did_not_write() -> None:
    cipher = Cipher(bytes(32))
    sealed = cipher.encrypt(bytes(12), b"plain", associated=b"with")
    assert cipher.decrypt(bytes(12), sealed, associated=b"with") == b"plain"
    wrong = ((bytes(12), sealed, b""), (b"\x01" * 12, sealed, b"with"), (bytes(12), b"", b"with"))
    for nonce, data, associated in wrong:
        with pytest.raises(Invalid, match=r"seal\.decrypt"):
            cipher.decrypt(nonce, data, associated=associated)


@pytest.mark.parametrize(
    ("key", "counter", "block"),
    [
        (bytes(32), 0, "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7"),
        (bytes(32), 1, "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed"),
        (bytes(31) + b"\x01", 1, "3aeb5224ecf849929b9d828db1ced4dd832025e8018b8160b82284f3c949aa5a"),
    ],
)
def test_chacha20_of_rfc_8439(key: bytes, counter: int, block: str) -> None:
    """Appendix A.1, the first halves of vectors 1 to 3: those with a nonce of zeros."""
    assert crypto.chacha20(key, 64 * counter, 32).hex() == block


@given(start=st.integers(0, 2**37), length=st.integers(0, 300), more=st.integers(0, 200))
def test_a_stream_is_the_same_wherever_one_begins(start: int, length: int, more: int) -> None:
    whole = crypto.chacha20(bytes(range(32)), start, more + length)
    assert len(whole) == more + length
    assert crypto.chacha20(bytes(range(32)), start + more, length) == whole[more:]
