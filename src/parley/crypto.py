"""The only importer of `cryptography`: hashes, the two signatures, the hybrid key encapsulation, the ciphers.

Every signature of ours is two: Ed25519 (RFC 8032) and ML-DSA-44 (FIPS 204), both required, under one key set id, so
that dropping one is a failure and not a downgrade. Every hash of ours starts with a tag that names its purpose.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, lru_cache

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import ciphers, hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.ciphers.algorithms import ChaCha20
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from parley.canonical import Base64, Hex, Record
from parley.errors import Invalid, Malformed

Rng = Callable[[int], bytes]
"""Where randomness comes from: given a number of bytes, returns that many. Passed in, never reached for."""


class Digest(Hex, size=32):
    """A SHA-256 digest."""


class KeySetId(Hex, size=32):
    """The name of an Ed25519 and an ML-DSA-44 public key that sign together."""


class ReadingKeyId(Hex, size=32):
    """The name of a public reading key."""


class Nonce(Hex, size=16):
    """Sixteen random bytes that a key uses once in a log."""


class Link(Hex, size=32):
    """What a log entry shows of its chain: the hash of the chain's head before it."""


ED25519_PUBLIC, ED25519_SIGNATURE = 32, 64
MLDSA44_PUBLIC, MLDSA44_SIGNATURE = 1312, 2420
MLKEM768_PUBLIC, X25519_PUBLIC, ENCAPSULATED = 1184, 32, 1120
READING_PUBLIC = MLKEM768_PUBLIC + X25519_PUBLIC


def sha256(*parts: bytes) -> Digest:
    """SHA-256 of the parts joined."""
    state = hashlib.sha256()  # a quarter of the time of `cryptography`'s on short parts: every act has a dozen
    for part in parts:
        state.update(part)
    return Digest(state.digest())


class Sha256:
    """SHA-256 of a stream, fed piece by piece."""

    def __init__(self) -> None:
        self._state = hashlib.sha256()

    def update(self, piece: bytes | memoryview) -> None:
        self._state.update(piece)

    def digest(self) -> Digest:
        return Digest(self._state.digest())


def tagged(tag: str, *parts: bytes) -> Digest:
    """SHA-256(tag || 0x0A || parts): no digest made for one purpose can stand for another."""
    return sha256(tag.encode("ascii"), b"\n", *parts)


def hmac_sha256(key: bytes, *parts: bytes) -> Digest:
    """HMAC-SHA-256 of the parts joined (RFC 2104)."""
    return Digest(hmac.digest(key, b"".join(parts), "sha256"))


def equal(a: bytes, b: bytes) -> bool:
    """Compare in a time that does not depend on where they differ."""
    return hmac.compare_digest(a, b)


def hkdf(secret: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    """HKDF-SHA-256 (RFC 5869), extract and expand."""
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def shake256(data: bytes, length: int) -> bytes:
    """SHAKE256 (FIPS 202) with an output of `length` bytes."""
    state = hashes.Hash(hashes.SHAKE256(length))
    state.update(data)
    return state.finalize()


def chacha20(key: bytes, start: int, length: int) -> bytes:
    """Bytes of the ChaCha20 stream of a key (RFC 8439; nonce of zeros, counter from 0), from byte `start` on."""
    block, skipped = divmod(start, 64)
    stream = ciphers.Cipher(ChaCha20(key, block.to_bytes(4, "little") + bytes(12)), mode=None).encryptor()
    return stream.update(bytes(skipped + length))[skipped:]


def stretch_passphrase(passphrase: str, *, salt: bytes, length: int = 32) -> bytes:
    """Argon2id (RFC 9106) with 64 MiB and three passes: about a tenth of a second, for us and for a guesser."""
    kdf = Argon2id(salt=salt, length=length, iterations=3, lanes=4, memory_cost=64 * 1024)
    return kdf.derive(passphrase.encode("utf-8"))


# --- signatures -------------------------------------------------------------------------------------------------


class Purpose(Enum):
    """What a key signs for. The value is the ML-DSA context; the log's and witnesses' keys sign nothing else."""

    ACT = b"parley/act/v1"
    HTTP = b"parley/http/v1"
    LOG = b""


class Signatures(Record, frozen=True):
    """The two signatures of one key set over one message: 64 and 2420 bytes."""

    ed25519: Base64
    mldsa44: Base64


class PublicKeys(Record, frozen=True):
    """The two public keys of one key set: 32 and 1312 bytes."""

    ed25519: Base64
    mldsa44: Base64


@dataclass(frozen=True)
class VerifyingKey:
    """A parsed key set, cached because parsing an ML-DSA key costs as much as a third of a verification."""

    public: PublicKeys

    def __post_init__(self) -> None:
        check_ed25519_public(self.public.ed25519)
        if len(self.public.mldsa44) != MLDSA44_PUBLIC:
            raise Malformed("key.mldsa-length", expected=MLDSA44_PUBLIC, found=len(self.public.mldsa44))

    @cached_property
    def id(self) -> KeySetId:
        return KeySetId(tagged("parley/keyset/v1", self.public.ed25519, self.public.mldsa44))

    @cached_property
    def _ed25519(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(self.public.ed25519)

    @cached_property
    def _mldsa44(self) -> MLDSA44PublicKey:
        return MLDSA44PublicKey.from_public_bytes(self.public.mldsa44)

    def verify(self, purpose: Purpose, body: bytes, signatures: Signatures) -> bytes:
        """Return `body` when both signatures over it hold for `purpose`; Ed25519, the cheaper, is checked first.

        Raises: Invalid when either does not. Source: RFC 8032 5.1.7, cofactorless; FIPS 204 section 5.3.
        """
        _verify_ed25519(self._ed25519, body, signatures.ed25519)
        _verify_mldsa44(self._mldsa44, body, signatures.mldsa44, purpose.value)
        return body


class SigningKey:
    """The secret half of a key set, made from two 32-byte seeds."""

    def __init__(self, ed25519_seed: bytes, mldsa44_seed: bytes) -> None:
        self._ed25519 = Ed25519PrivateKey.from_private_bytes(ed25519_seed)
        self._mldsa44 = MLDSA44PrivateKey.from_seed_bytes(mldsa44_seed)

    @classmethod
    def from_secret(cls, secret: bytes, *, info: str) -> SigningKey:
        """Derive a key set from one 32-byte secret; `info` names what it is for."""
        seeds = hkdf(secret, salt=b"", info=f"parley/{info}/signing/v1".encode("ascii"), length=64)
        return cls(seeds[:32], seeds[32:])

    @cached_property
    def verifying(self) -> VerifyingKey:
        return VerifyingKey(
            PublicKeys(
                ed25519=Base64(self._ed25519.public_key().public_bytes_raw()),
                mldsa44=Base64(self._mldsa44.public_key().public_bytes_raw()),
            )
        )

    @property
    def id(self) -> KeySetId:
        return self.verifying.id

    def sign(self, purpose: Purpose, body: bytes) -> Signatures:
        """Sign twice. ML-DSA is hedged: the library mixes in randomness of its own, so bytes differ between calls."""
        return Signatures(
            ed25519=Base64(self._ed25519.sign(body)),
            mldsa44=Base64(self._mldsa44.sign(body, context=purpose.value)),
        )

    def sign_ed25519(self, body: bytes) -> bytes:
        """Sign with Ed25519 alone, 64 bytes: for C2SP notes, where each algorithm signs a message of its own form."""
        return self._ed25519.sign(body)

    def sign_mldsa44(self, body: bytes, *, context: bytes = b"") -> bytes:
        """Sign with ML-DSA-44 alone, 2420 bytes, hedged: for C2SP notes, as `sign_ed25519`."""
        return self._mldsa44.sign(body, context=context)


# The eight points of small order, encoded canonically (y below 2^255-19). Under such a public key one signature holds
# for every message in libraries that compare without the cofactor, so neither a key nor an R may be one of them.
_SMALL_ORDER = frozenset(
    bytes.fromhex(point)
    for point in (
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    )
)
_P = 2**255 - 19
_NEGATIVE_ZEROS = frozenset(((1).to_bytes(32, "little"), (_P - 1).to_bytes(32, "little")))


def _canonical_point(encoded: bytes) -> bool:
    y = int.from_bytes(encoded, "little") & (2**255 - 1)
    minus_zero = encoded[31] & 0x80 and y.to_bytes(32, "little") in _NEGATIVE_ZEROS
    return y < _P and not minus_zero


def check_ed25519_public(encoded: bytes) -> bytes:
    """Return the 32 bytes of an Ed25519 public key that is a canonical point of large order.

    Raises: Malformed when the length is wrong, the encoding not canonical, the point off the curve or of small order.
    """
    if len(encoded) != ED25519_PUBLIC:
        raise Malformed("key.ed25519-length", expected=ED25519_PUBLIC, found=len(encoded))
    if not _canonical_point(encoded) or bytes(encoded) in _SMALL_ORDER or not _on_curve(encoded):
        raise Malformed("key.ed25519-point")
    return encoded


_D = -121665 * pow(121666, -1, _P) % _P


@lru_cache(maxsize=256)
def _on_curve(encoded: bytes) -> bool:
    """Whether x exists: (y^2 - 1) / (d y^2 + 1) is a square. OpenSSL finds out only when it verifies."""
    y = int.from_bytes(encoded, "little") & (2**255 - 1)
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    return square == 0 or pow(square, (_P - 1) // 2, _P) == 1


def _verify_ed25519(key: Ed25519PublicKey, body: bytes, signature: bytes) -> None:
    # OpenSSL recomputes R without the cofactor and compares it byte for byte, which also refuses a non-canonical R;
    # what it does not refuse is an R of small order.
    if len(signature) != ED25519_SIGNATURE or bytes(signature[:32]) in _SMALL_ORDER:
        raise Invalid("signature.ed25519")
    try:
        key.verify(signature, body)
    except InvalidSignature as error:
        raise Invalid("signature.ed25519") from error


def _verify_mldsa44(key: MLDSA44PublicKey, body: bytes, signature: bytes, context: bytes) -> None:
    if len(signature) != MLDSA44_SIGNATURE:
        raise Invalid("signature.mldsa44")
    try:
        key.verify(signature, body, context=context)
    except InvalidSignature as error:
        raise Invalid("signature.mldsa44") from error


def verify_ed25519(public: bytes, body: bytes, signature: bytes) -> bytes:
    """Return `body` when an Ed25519 signature holds by itself, as in C2SP signed notes.

    Raises: Malformed for a bad key, Invalid for a bad signature. Source: RFC 8032 5.1.7, cofactorless.
    """
    _verify_ed25519(Ed25519PublicKey.from_public_bytes(check_ed25519_public(public)), body, signature)
    return body


def verify_mldsa44(public: bytes, body: bytes, signature: bytes, *, context: bytes = b"") -> bytes:
    """Return `body` when an ML-DSA-44 signature holds by itself. Raises: Malformed, Invalid. Source: FIPS 204."""
    if len(public) != MLDSA44_PUBLIC:
        raise Malformed("key.mldsa-length", expected=MLDSA44_PUBLIC, found=len(public))
    _verify_mldsa44(MLDSA44PublicKey.from_public_bytes(public), body, signature, context)
    return body


# --- reading keys: X-Wing (ML-KEM-768 with X25519) --------------------------------------------------------------

_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


class ReadingKey:
    """A public reading key, 1216 bytes: ML-KEM-768 key, then X25519 key. Parse once, wrap often."""

    def __init__(self, encoded: bytes) -> None:
        if len(encoded) != READING_PUBLIC:
            raise Malformed("key.reading-length", expected=READING_PUBLIC, found=len(encoded))
        self.encoded = bytes(encoded)
        try:
            self._key = MLKEM768X25519PublicKey(
                MLKEM768PublicKey.from_public_bytes(self.encoded[:MLKEM768_PUBLIC]),
                X25519PublicKey.from_public_bytes(self.encoded[MLKEM768_PUBLIC:]),
            )
        except ValueError as error:
            raise Malformed("key.reading") from error

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ReadingKey) and self.encoded == other.encoded

    def __hash__(self) -> int:
        return hash(self.encoded)

    @cached_property
    def id(self) -> ReadingKeyId:
        return ReadingKeyId(tagged("parley/reading/v1", self.encoded))

    def wrap(self, secret: bytes, *, info: bytes) -> tuple[bytes, bytes]:
        """HPKE SealBase (RFC 9180): the encapsulated key, 1120 bytes, and `secret` encrypted with 16 bytes more."""
        try:
            sealed = _SUITE.encrypt(secret, self._key, info)
        except ValueError as error:  # an X25519 half of small order shows only here
            raise Malformed("key.reading") from error
        return sealed[:ENCAPSULATED], sealed[ENCAPSULATED:]


class ReadingSecret:
    """A secret reading key, made from 32 random bytes by SHAKE256 (X-Wing, draft-connolly-cfrg-xwing-kem)."""

    def __init__(self, seed: bytes) -> None:
        if len(seed) != 32:
            raise Malformed("key.reading-seed", expected=32, found=len(seed))
        self.seed = bytes(seed)
        expanded = shake256(self.seed, 96)
        self._key = MLKEM768X25519PrivateKey(
            MLKEM768PrivateKey.from_seed_bytes(expanded[:64]),
            X25519PrivateKey.from_private_bytes(expanded[64:]),
        )

    @cached_property
    def public(self) -> ReadingKey:
        expanded = shake256(self.seed, 96)
        lattice = MLKEM768PrivateKey.from_seed_bytes(expanded[:64]).public_key().public_bytes_raw()
        curve = X25519PrivateKey.from_private_bytes(expanded[64:]).public_key().public_bytes_raw()
        return ReadingKey(lattice + curve)

    def unwrap(self, encapsulated: bytes, sealed: bytes, *, info: bytes) -> bytes:
        """HPKE OpenBase (RFC 9180). Raises: Malformed, Invalid when it was not wrapped to this key so."""
        if len(encapsulated) != ENCAPSULATED:
            raise Malformed("key.encapsulated-length", expected=ENCAPSULATED, found=len(encapsulated))
        try:
            return _SUITE.decrypt(encapsulated + sealed, self._key, info)
        except (InvalidTag, ValueError) as error:
            raise Invalid("seal.unwrap") from error


# --- ciphers ----------------------------------------------------------------------------------------------------


class Cipher:
    """ChaCha20-Poly1305 (RFC 8439) under one 32-byte key."""

    def __init__(self, key: bytes) -> None:
        self._cipher = ChaCha20Poly1305(key)

    def encrypt(self, nonce: bytes, plain: bytes, *, associated: bytes = b"") -> bytes:
        return self._cipher.encrypt(nonce, plain, associated)

    def decrypt(self, nonce: bytes, sealed: bytes, *, associated: bytes = b"") -> bytes:
        """Raises: Invalid when the bytes are not what was encrypted under this key and nonce."""
        try:
            return self._cipher.decrypt(nonce, sealed, associated)
        except InvalidTag as error:
            raise Invalid("seal.decrypt") from error
