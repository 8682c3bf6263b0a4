"""What every enrolled party may read of another: who it is and which key papers are sealed to, each with its proof."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from parley import register as registers
from parley import statement
from parley.canonical import encode
from parley.chain import Chain, Entry
from parley.checkpoint import TlogProof
from parley.client.ledger import Held
from parley.crypto import KeySetId, VerifyingKey
from parley.errors import Invalid, Refused
from parley.merkle import leaf_hash
from parley.note import NoteKey
from parley.register import At, Register
from parley.statement import Signed
from parley.wire import Item


def verify(items: Iterable[Item], party: str, keys: tuple[NoteKey, ...]) -> list[tuple[At, Signed]]:
    """Return a party's enrolments, and the ends of its reading keys, with their places.

    Verified: their signatures, their entries under signed checkpoints, that all are of one root, and that the first
    begins a chain. Not that none is kept back. Raises: Malformed; Invalid; Refused("party.unknown") for none at all.
    """
    register: Register | None = None
    found: list[tuple[At, Signed]] = []
    for item in items:
        at, signed, entry = _proven(item, party, keys, register)
        if register is None and entry.link != Chain.start(signed.envelope.payload).link:
            raise Invalid("party.not-first-enrolment", party=party)
        if found and at.index <= found[-1][0].index:
            raise Invalid("remote.proof-of-another-act")
        try:
            register = registers.admit_for_all(register, signed, at)
        except Refused as error:
            raise Invalid("party.other-root", party=party) from error
        found.append((at, signed))
    if not found:
        raise Refused("party.unknown", party=party)
    return found


def _proven(item: Item, party: str, keys: tuple[NoteKey, ...], register: Register | None) -> tuple[At, Signed, Entry]:
    def root(key_id: KeySetId) -> VerifyingKey | None:
        return register.key(key_id) if register else None

    signed = statement.verify(statement.read(encode(item.act)), root)
    proof = TlogProof.parse(item.proof)
    proof.verify(leaf_hash(proof.extra), keys)
    entry = Entry.parse(proof.extra)
    if entry.act != signed.digest or not registers.is_for_all(signed.act) or signed.act.by.party != party:
        raise Invalid("remote.proof-of-another-act")
    return At(index=proof.index, time=entry.time), signed, entry


def register_of(places: Sequence[tuple[At, Signed]]) -> Register:
    """The register that verified acts show; there is one act at least."""
    (at, signed), *others = places
    register = registers.admit_for_all(None, signed, at)
    for at, signed in others:
        register = registers.admit_for_all(register, signed, at)
    return register


def held(places: Iterable[tuple[At, Signed]]) -> list[Held]:
    """The same as the ledger keeps them."""
    return [Held(index=at.index, digest=signed.digest, envelope=signed.data) for at, signed in places]
