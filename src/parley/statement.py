"""Signed statements: DSSE envelopes over canonical JSON, two signatures by each key set.

What is signed is the DSSE pre-authentication encoding of payload type and payload, so a statement of one kind or
version can never be read as another. Source: DSSE 1.0.0, "protocol.md".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from parley.act import KINDS, Act, Enrol, FullPowers, Genesis
from parley.canonical import Base64, Record, Time, convert, decode, decode_any, encode
from parley.crypto import (
    ED25519_SIGNATURE,
    MLDSA44_SIGNATURE,
    Digest,
    KeySetId,
    Purpose,
    Signatures,
    SigningKey,
    VerifyingKey,
    tagged,
)
from parley.errors import Invalid, Malformed

_TYPE = "application/vnd.parley.{}.v1+json"
_NOT_ADMITTED = _TYPE.format("not-admitted")
_SHAPES = {_TYPE.format(kind): shape for kind, shape in KINDS.items()}


def type_of(kind: str) -> str:
    """The payload type of an act of this kind."""
    return _TYPE.format(kind)


class SignatureLine(Record, frozen=True):
    """One signature and the key set it belongs to."""

    keyid: KeySetId
    sig: Base64


class Envelope(Record, frozen=True, rename={"payload_type": "payloadType"}):
    """A DSSE envelope; for each key set, Ed25519 first, ML-DSA-44 second."""

    payload: Base64
    payload_type: str
    signatures: tuple[SignatureLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unverified:
    """A statement whose form is right and whose signatures nobody has checked yet."""

    act: Act
    envelope: Envelope
    digest: Digest

    def signatures(self) -> list[tuple[KeySetId, Signatures]]:
        return _pair(self.envelope)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A statement whose signatures hold under the keys it names: the only form in which an act is believed."""

    act: Act
    envelope: Envelope
    digest: Digest

    @property
    def data(self) -> bytes:
        """The envelope as canonical JSON: what is sent, stored, and shown as evidence."""
        return encode(self.envelope)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """A statement that its signers have not all signed: form only, and nobody believes it.

    The signatures in it are whole pairs, of some of the key sets that the act names, in their order.
    """

    act: Act
    envelope: Envelope

    @property
    def signers(self) -> tuple[KeySetId, ...]:
        """The key sets whose signatures are in it."""
        return tuple(line.keyid for line in self.envelope.signatures[::2])

    @property
    def missing(self) -> tuple[KeySetId, ...]:
        """The key sets that have still to sign."""
        return tuple(key for key in self.act.by.keys if key not in self.signers)


class NotAdmitted(Record, frozen=True):
    """The depositary's signed answer to a well-signed act that it did not admit; not an act itself."""

    act: Digest
    claimed_time: Time
    log: str
    reason: str
    winner: Digest | None


def pre_authentication(payload_type: str, payload: bytes) -> bytes:
    """The bytes that are signed: "DSSEv1" and the two lengths in ASCII decimal, space separated."""
    kind = payload_type.encode("ascii")
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def act_digest(envelope: Envelope) -> Digest:
    """SHA-256 over the signed bytes and every signature: a logged digest proves that the signatures existed too."""
    body = pre_authentication(envelope.payload_type, envelope.payload)
    return tagged("parley/act/v1", body, *(line.sig for line in envelope.signatures))


def sign(act: Act, keys: Iterable[SigningKey]) -> Signed:
    """Sign an act by the key sets that it names, in their order.

    Raises: Invalid when `keys` are not exactly the key sets in `act.by`; Malformed when the act would not be read back.
    """
    payload = encode(act)
    decode(payload, type(act))
    envelope = _seal(type_of(act.kind), payload, sorted(keys, key=lambda key: key.id))
    if tuple(line.keyid for line in envelope.signatures[::2]) != act.by.keys:
        raise Invalid("statement.keys")
    return Signed(act=act, envelope=envelope, digest=act_digest(envelope))


def _seal(payload_type: str, payload: bytes, keys: Iterable[SigningKey]) -> Envelope:
    body = pre_authentication(payload_type, payload)
    lines: list[SignatureLine] = []
    for key in keys:
        both = key.sign(Purpose.ACT, body)
        lines.append(SignatureLine(keyid=key.id, sig=both.ed25519))
        lines.append(SignatureLine(keyid=key.id, sig=both.mldsa44))
    return Envelope(payload=Base64(payload), payload_type=payload_type, signatures=tuple(lines))


def _pair(envelope: Envelope, *, counts: tuple[int, ...] = (2, 4)) -> list[tuple[KeySetId, Signatures]]:
    lines = envelope.signatures
    if len(lines) not in counts:
        raise Malformed("statement.signature-count", found=len(lines))
    pairs: list[tuple[KeySetId, Signatures]] = []
    for first, second in zip(lines[::2], lines[1::2], strict=True):
        if first.keyid != second.keyid:
            raise Malformed("statement.signature-order")
        if (len(first.sig), len(second.sig)) != (ED25519_SIGNATURE, MLDSA44_SIGNATURE):
            raise Malformed("statement.signature-length")
        pairs.append((first.keyid, Signatures(ed25519=first.sig, mldsa44=second.sig)))
    return pairs


def read(data: bytes) -> Unverified:
    """Read a statement from the bytes of its envelope. Verifies form only. Raises: Malformed."""
    return read_value(decode_any(data))


def read_value(value: object) -> Unverified:
    """Read a statement from an envelope already decoded by `canonical`. Raises: Malformed."""
    envelope = convert(value, Envelope)
    shape = _SHAPES.get(envelope.payload_type)
    if shape is None:
        raise Malformed("statement.kind")
    act = decode(envelope.payload, shape)
    if tuple(key for key, _ in _pair(envelope)) != act.by.keys:
        raise Malformed("statement.keys")
    return Unverified(act=act, envelope=envelope, digest=act_digest(envelope))


# --- signing one after another ----------------------------------------------------------------------------------


def unsigned(act: Act) -> Unfinished:
    """An act as the bytes that its signers will sign. Raises: Malformed when it would not be read back."""
    payload = encode(act)
    decode(payload, type(act))
    envelope = Envelope(payload=Base64(payload), payload_type=_TYPE.format(act.kind), signatures=())
    return Unfinished(act=act, envelope=envelope)


def read_unfinished(envelope: Envelope) -> Unfinished:
    """Read a statement that need not have all its signatures. Verifies form only. Raises: Malformed."""
    shape = _SHAPES.get(envelope.payload_type)
    if shape is None:
        raise Malformed("statement.kind")
    found = Unfinished(act=decode(envelope.payload, shape), envelope=envelope)
    _pair(envelope, counts=(0, 2, 4))
    if found.signers != tuple(key for key in found.act.by.keys if key in found.signers):
        raise Malformed("statement.keys")
    return found


def add_signature(unfinished: Unfinished, key: SigningKey) -> Unfinished:
    """The same bytes with one key set's signatures more, in the order of the act.

    Raises: Invalid when the act does not name the key, or it has signed.
    """
    if key.id not in unfinished.missing:
        raise Invalid("statement.keys")
    envelope = unfinished.envelope
    own = _seal(envelope.payload_type, envelope.payload, (key,)).signatures
    lines = sorted((*envelope.signatures, *own), key=lambda line: line.keyid)  # stable: Ed25519 stays first
    signed = Envelope(payload=envelope.payload, payload_type=envelope.payload_type, signatures=tuple(lines))
    return Unfinished(act=unfinished.act, envelope=signed)


def verify_unfinished(unfinished: Unfinished, key_of: KeyOf) -> Unfinished:
    """Return the statement when every signature in it holds. Not verified: that there are any, powers, times, the log.

    Raises: Invalid; Malformed for an impossible key.
    """
    body = pre_authentication(unfinished.envelope.payload_type, unfinished.envelope.payload)
    _verify_all(body, _pair(unfinished.envelope, counts=(0, 2, 4)), key_of)
    return unfinished


KeyOf = Callable[[KeySetId], VerifyingKey | None]


def _verify_all(body: bytes, pairs: Iterable[tuple[KeySetId, Signatures]], key_of: KeyOf) -> None:
    for key_id, signatures in pairs:
        key = key_of(key_id)
        if key is None:
            raise Invalid("statement.unknown-key")
        key.verify(Purpose.ACT, body, signatures)


# --- verifying --------------------------------------------------------------------------------------------------


def verify(statement: Unverified, key_of: KeyOf) -> Signed:
    """Return the statement as signed when every signature holds under the keys that `key_of` knows.

    `Enrol` and `Genesis` name their own keys, and `FullPowers` carries a proof that the empowered key exists; those
    are checked here too. Not verified: powers, times, the log. Raises: Invalid; Malformed for an impossible key.
    """
    match statement.act:
        case Enrol(root=root):
            key_of = _only(VerifyingKey(root))
        case Genesis(act_keys=keys):
            key_of = _only(VerifyingKey(keys))
        case FullPowers() as powers:
            VerifyingKey(powers.key).verify(Purpose.ACT, possession_statement(powers), powers.possession)
        case _:
            pass
    body = pre_authentication(statement.envelope.payload_type, statement.envelope.payload)
    _verify_all(body, statement.signatures(), key_of)
    return Signed(act=statement.act, envelope=statement.envelope, digest=statement.digest)


def _only(key: VerifyingKey) -> KeyOf:
    return lambda key_id: key if key_id == key.id else None


def known(keys: Mapping[KeySetId, VerifyingKey]) -> KeyOf:
    """A `key_of` over a mapping."""
    return keys.get


class _Possession(Record, frozen=True):
    key: KeySetId
    log: str
    party: str


def possession_statement(powers: FullPowers) -> bytes:
    """What an empowered key signs to show that its holder has it: see `possession_bytes`."""
    return possession_bytes(VerifyingKey(powers.key).id, log=powers.log, party=powers.by.party)


def possession_bytes(key: KeySetId, *, log: str, party: str) -> bytes:
    """DSSE bytes naming the key, the log and the party, so that the proof serves nowhere else."""
    body = encode(_Possession(key=key, log=log, party=party))
    return pre_authentication(_TYPE.format("possession"), body)


def sign_not_admitted(answer: NotAdmitted, key: SigningKey) -> bytes:
    """The signed refusal as canonical JSON."""
    return encode(_seal(_NOT_ADMITTED, encode(answer), (key,)))


def read_not_admitted(data: bytes, key: VerifyingKey) -> NotAdmitted:
    """Read a signed refusal. Raises: Malformed, or Invalid when the depositary's key did not sign it."""
    envelope = decode(data, Envelope)
    if envelope.payload_type != _NOT_ADMITTED:
        raise Malformed("statement.kind")
    answer = decode(envelope.payload, NotAdmitted)
    pairs = _pair(envelope)
    if len(pairs) != 1 or pairs[0][0] != key.id:
        raise Invalid("statement.unknown-key")
    key.verify(Purpose.ACT, pre_authentication(envelope.payload_type, envelope.payload), pairs[0][1])
    return answer
