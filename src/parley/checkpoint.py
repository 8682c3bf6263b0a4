"""Checkpoints: what a log signs, witnesses cosign and a proof ends in (c2sp.org/tlog-checkpoint, tlog-cosignature).

A log of ours signs each checkpoint twice, with Ed25519 over the note's text and with ML-DSA-44 over a message that also
names the signer and a time. A witness cosigns it twice too, both times with a time. Both algorithms are required of
both, so no reader depends on either alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from parley.crypto import ED25519_SIGNATURE, MLDSA44_SIGNATURE, Digest, SigningKey
from parley.errors import Invalid, Malformed
from parley.merkle import EMPTY_ROOT, HASH, verify_inclusion
from parley.note import (
    MAX_NOTE,
    MAX_NUMBER,
    Algorithm,
    Note,
    NoteKey,
    SignatureLine,
    check_own_name,
    decode_base64,
    encode_base64,
    parse_decimal,
    to_text,
)

MAX_PATH = 63
"""Hashes of a proof: a log of 2^63 entries needs no more."""
MAX_EXTRA = 48_000
"""Bytes of a proof's `extra`: in base64 they still fit the 64 KiB lines of the Go reader."""
MAX_SECONDS = 253_402_300_799
"""The last second of the year 9999, POSIX: no time after it can be written, and verifiers may refuse the future."""

_LABEL = b"subtree/v1\n\x00"
_TIME = 8
_PROOF_HEAD = "c2sp.org/tlog-proof@v1"


@lru_cache(maxsize=256)
def parse_hash(text: str) -> Digest:
    """Read 32 bytes of base64; the last ones are remembered: proofs of neighbours share most. Raises: Malformed."""
    data = decode_base64(text)
    if len(data) != HASH:
        raise Malformed("merkle.hash-length", expected=HASH, found=len(data))
    return Digest(data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The number of entries of a log and the root over them. `origin` is the log's name and its keys' name."""

    origin: str
    size: int
    root: Digest

    def __post_init__(self) -> None:
        check_own_name(self.origin)
        if not 0 <= self.size <= MAX_NUMBER:
            raise Malformed("note.number")
        if len(self.root) != HASH:
            raise Malformed("merkle.hash-length", expected=HASH, found=len(self.root))

    def to_text(self) -> str:
        """Write the note text: origin, size and root, a line each, and no extension lines."""
        return f"{self.origin}\n{self.size}\n{encode_base64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read a note text; verifies form only, not that an empty tree has the empty root.

        Raises: Malformed for anything but the three lines. Extension lines are refused: an ML-DSA-44 signature does not
        cover them (c2sp.org/tlog-cosignature).
        """
        lines = to_text(text).split("\n")
        if len(lines) < 4 or lines[-1]:
            raise Malformed("checkpoint.form")
        if len(lines) > 4:
            raise Malformed("checkpoint.extension")
        checkpoint = cls(origin=lines[0], size=parse_decimal(lines[1]), root=parse_hash(lines[2]))
        if checkpoint.to_text() != text:
            raise Malformed("checkpoint.form")
        return checkpoint


def signed_message(key: NoteKey, checkpoint: Checkpoint, seconds: int) -> bytes:
    """What `key` signs for `checkpoint` at a POSIX time in seconds; plain Ed25519 signs no time.

    Source: c2sp.org/signed-note for 0x01, c2sp.org/tlog-cosignature for 0x04 and 0x06.
    """
    text = checkpoint.to_text()
    match key.algorithm:
        case Algorithm.ED25519:
            return text.encode("utf-8")
        case Algorithm.ED25519_COSIGNATURE:
            return f"cosignature/v1\ntime {seconds}\n{text}".encode()
        case Algorithm.MLDSA44_COSIGNATURE:
            name, origin = key.name.encode("utf-8"), checkpoint.origin.encode("utf-8")
            ends = (0).to_bytes(8, "big") + checkpoint.size.to_bytes(8, "big")
            named = bytes((len(name),)) + name + seconds.to_bytes(_TIME, "big") + bytes((len(origin),)) + origin
            return _LABEL + named + ends + checkpoint.root


def verify_line(key: NoteKey, checkpoint: Checkpoint, signature: bytes) -> int:
    """Return the POSIX seconds in a signature of `key` over `checkpoint`, 0 for plain Ed25519, when it holds.

    `signature` is what follows the key id. Raises: Invalid when it has another length, a time past the
    year 9999, or fails.
    """
    seconds = 0
    expected = MLDSA44_SIGNATURE if key.algorithm is Algorithm.MLDSA44_COSIGNATURE else ED25519_SIGNATURE
    if key.algorithm is not Algorithm.ED25519:
        if len(signature) != _TIME + expected:
            raise Invalid("note.signature-length", expected=_TIME + expected, found=len(signature))
        seconds, signature = int.from_bytes(signature[:_TIME], "big"), signature[_TIME:]
    if len(signature) != expected:
        raise Invalid("note.signature-length", expected=expected, found=len(signature))
    if seconds > MAX_SECONDS:
        raise Invalid("checkpoint.time")
    key.verify(signed_message(key, checkpoint, seconds), signature)
    return seconds


class _Signer:
    """A name with a key set that signs checkpoints twice; subclasses say with which Ed25519 form."""

    _ed25519_form: Algorithm

    def __init__(self, name: str, key: SigningKey) -> None:
        self.name = check_own_name(name)
        self._key = key

    @cached_property
    def keys(self) -> tuple[NoteKey, NoteKey]:
        """The two public keys, Ed25519 first."""
        public = self._key.verifying.public
        return (
            NoteKey(name=self.name, algorithm=self._ed25519_form, public=bytes(public.ed25519)),
            NoteKey(name=self.name, algorithm=Algorithm.MLDSA44_COSIGNATURE, public=bytes(public.mldsa44)),
        )

    def _lines(self, checkpoint: Checkpoint, seconds: int) -> tuple[SignatureLine, SignatureLine]:
        if not 0 < seconds <= MAX_SECONDS:
            raise Malformed("checkpoint.time")
        plain, lattice = self.keys
        time = seconds.to_bytes(_TIME, "big")
        first = self._key.sign_ed25519(signed_message(plain, checkpoint, seconds))
        second = self._key.sign_mldsa44(signed_message(lattice, checkpoint, seconds))
        if plain.algorithm is Algorithm.ED25519_COSIGNATURE:
            first = time + first
        return (
            SignatureLine(name=self.name, key_id=plain.id, signature=first),
            SignatureLine(name=self.name, key_id=lattice.id, signature=time + second),
        )


class LogSigner(_Signer):
    """A log's own key set: its name is the origin, it signs with 0x01 and 0x06, and signs nothing else."""

    _ed25519_form = Algorithm.ED25519

    def sign_checkpoint(self, checkpoint: Checkpoint, time_seconds: int) -> Note:
        """Sign twice, at a POSIX time above 0. Raises: Malformed when the checkpoint is another log's."""
        if checkpoint.origin != self.name:
            raise Malformed("checkpoint.origin")
        return Note(text=checkpoint.to_text(), signatures=self._lines(checkpoint, time_seconds))


class WitnessSigner(_Signer):
    """A witness's key set: it cosigns with 0x04 and 0x06. It never shares a key with another witness or a log."""

    _ed25519_form = Algorithm.ED25519_COSIGNATURE

    def cosign(self, checkpoint: Checkpoint, time_seconds: int) -> tuple[SignatureLine, SignatureLine]:
        """Cosign twice, at a POSIX time above 0; that the checkpoint is consistent is the caller's to verify first.

        Raises: Malformed for a time that is not between 1970 and 9999.
        """
        return self._lines(checkpoint, time_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosignature:
    """A verified line of a witness: at this POSIX time the checkpoint was the largest consistent tree it had seen."""

    key: NoteKey
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCheckpoint:
    """A checkpoint whose log signed it with both algorithms, and the cosignatures by known keys; all verified.

    `log_seconds` is the log's own word and bounds nothing. `note` may hold further lines, by keys we do not know.
    """

    checkpoint: Checkpoint
    log_keys: tuple[NoteKey, ...]
    log_seconds: int
    cosignatures: tuple[Cosignature, ...]
    note: Note


def open_checkpoint(data: bytes | str, keys: Iterable[NoteKey]) -> SignedCheckpoint:
    """Return the checkpoint in a signed note that its log signed with Ed25519 and ML-DSA-44.

    Every key of the log must have signed, and every line that claims to be by one of `keys` must hold; lines by others
    are ignored. It does not ask for a quorum of witnesses: that is `policy`'s. Of `keys`, those named as the origin
    with 0x01 or 0x06 are the log's; those with another name and 0x04 or 0x06 are witnesses'.
    Raises: Malformed for the form of note and checkpoint, or two lines by one known key; Invalid for an unknown origin,
    a missing or failing signature, a cosignature without a time, or an empty tree with a root that is not empty's.
    """
    note = Note.parse(data)
    checkpoint = Checkpoint.parse(note.text)
    log, witnesses = _sort_keys(keys, checkpoint.origin)
    log_seconds = 0
    for key in log:
        signature = note.signature_by(key)
        if signature is None:
            raise Invalid("checkpoint.log-signature-missing", algorithm=int(key.algorithm))
        log_seconds = max(log_seconds, verify_line(key, checkpoint, signature))
    cosignatures = []
    for key in witnesses:
        signature = note.signature_by(key)
        if signature is not None:
            seconds = verify_line(key, checkpoint, signature)
            if not seconds:
                raise Invalid("checkpoint.time")
            cosignatures.append(Cosignature(key=key, seconds=seconds))
    if not checkpoint.size and checkpoint.root != EMPTY_ROOT:
        raise Invalid("checkpoint.empty-root")
    return SignedCheckpoint(
        checkpoint=checkpoint, log_keys=tuple(log), log_seconds=log_seconds, cosignatures=tuple(cosignatures), note=note
    )


def _sort_keys(keys: Iterable[NoteKey], origin: str) -> tuple[list[NoteKey], list[NoteKey]]:
    log_algorithms = {Algorithm.ED25519, Algorithm.MLDSA44_COSIGNATURE}
    known = list(dict.fromkeys(keys))
    log = [key for key in known if key.name == origin and key.algorithm in log_algorithms]
    if not log:
        raise Invalid("checkpoint.unknown-log")
    if {key.algorithm for key in log} != log_algorithms:
        raise Invalid("checkpoint.one-algorithm")
    witnesses = [key for key in known if key.name != origin and key.algorithm is not Algorithm.ED25519]
    return log, witnesses


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenEntry:
    """A leaf that stands at `index` of the log under `signed`; all verified but the quorum."""

    index: int
    leaf: Digest
    signed: SignedCheckpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class TlogProof:
    """An inclusion proof with the checkpoint it ends in, and bytes `extra` that nothing authenticates.

    `note` is not verified. Source: c2sp.org/tlog-proof.
    """

    index: int
    path: tuple[Digest, ...]
    note: Note
    extra: bytes = b""

    def __post_init__(self) -> None:
        if not 0 <= self.index <= MAX_NUMBER:
            raise Malformed("note.number")
        if len(self.path) > MAX_PATH:
            raise Malformed("proof.length", most=MAX_PATH, found=len(self.path))
        if len(self.extra) > MAX_EXTRA:
            raise Malformed("proof.extra", most=MAX_EXTRA, found=len(self.extra))

    def to_text(self) -> str:
        """Write the proof; an empty `extra` has no line."""
        return self._before_note() + "\n\n" + self.note.to_text()

    def _before_note(self) -> str:
        lines = [_PROOF_HEAD]
        if self.extra:
            lines.append(f"extra {encode_base64(self.extra)}")
        lines.append(f"index {self.index}")
        lines.extend(encode_base64(item) for item in self.path)
        return "\n".join(lines)

    def encode(self) -> bytes:
        """Write the proof in UTF-8."""
        return self.to_text().encode("utf-8")

    @classmethod
    def parse(cls, data: bytes | str) -> TlogProof:
        """Read a proof; verifies form only, and no signature.

        Raises: Malformed unless it is exactly as we would write it, with at most 63 hashes and 48,000 bytes of `extra`.
        """
        whole = data if isinstance(data, str) else to_text(data)
        head, separator, note = whole.partition("\n\n")
        to_text(head)  # what comes after it is for the note to judge, but for the length of both
        if len(whole.encode("utf-8", "surrogatepass")) > MAX_NOTE:
            raise Malformed("note.length", most=MAX_NOTE, found=len(whole))
        lines = head.split("\n")
        if not separator or lines.pop(0) != _PROOF_HEAD:
            raise Malformed("proof.form")
        extra = b""
        if lines and lines[0].startswith("extra "):
            extra = decode_base64(lines.pop(0).removeprefix("extra "))
        if not lines or not lines[0].startswith("index "):
            raise Malformed("proof.form")
        index = parse_decimal(lines.pop(0).removeprefix("index "))
        if len(lines) > MAX_PATH:
            raise Malformed("proof.length", most=MAX_PATH, found=len(lines))
        path = tuple(parse_hash(line) for line in lines)
        proof = cls(index=index, path=path, note=Note.parse(note), extra=extra)  # which is as it would be written
        if proof._before_note() != head:
            raise Malformed("proof.form")
        return proof

    def verify(self, leaf: Digest, keys: Sequence[NoteKey]) -> ProvenEntry:
        """Return the entry when `leaf` stands at `index` of the checkpoint that its log signed twice.

        `leaf` is for the caller to compute, from data it holds. It asks for no quorum: `Policy.verify_proof` does.
        Raises: as `open_checkpoint` and `verify_inclusion`.
        """
        signed = open_checkpoint(self.note.to_text(), keys)
        tree = signed.checkpoint
        verify_inclusion(index=self.index, size=tree.size, leaf=leaf, path=self.path, root=tree.root)
        return ProvenEntry(index=self.index, leaf=leaf, signed=signed)
