"""Evidence: one file that proves an act, or one provision of a document, to anyone, without a network.

    {"acts":[{"act":{…},"proof":"c2sp.org/tlog-proof@v1…"},…],"earlier":null,"kind":"act","opening":null,"version":1}

The file is canonical JSON and a final LF. Each act stands with the inclusion proof of its 73-byte entry, in the order
of the entries. Beside what it is about, a file holds what the check needs: the genesis of the depositary, and for each
key that signed, its full powers and the first enrolment of the party whose root gave them. This module writes and
reads such files; whether they hold is `verdict`'s to say. The exact form: spec/evidence.md.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, get_args

from parley import canonical, partial, statement
from parley.act import Act, Convene, Deposit, Enrol, Genesis, RegisterAct, Revocation
from parley.canonical import Record
from parley.chain import Entry
from parley.checkpoint import TlogProof
from parley.crypto import Digest
from parley.disclosure import Openings
from parley.errors import Invalid, Malformed
from parley.note import Note
from parley.partial import Glimpse
from parley.register import At
from parley.statement import Signed, Unverified

Kind = Literal["act", "excerpt", "fork", "history"]
VERSION = 1
MAX_BYTES = 64 * 1024 * 1024
MAX_ACTS = 10_000
BARE_KINDS: tuple[Kind, ...] = ("fork", "history")
"""Kinds of file in which an act may be left out and its digest given instead."""


class _File(Record, frozen=True):
    acts: tuple[dict[str, Any], ...]
    earlier: str | None
    kind: Kind
    opening: Openings | None
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An act, or only its digest, with the proof of its entry; form checked, nothing verified."""

    statement: Unverified | Signed | None
    digest: Digest
    proof: TlogProof
    entry: Entry

    @property
    def at(self) -> At:
        """Where the proof says that the entry stands."""
        return At(index=self.proof.index, time=self.entry.time)

    @property
    def act(self) -> Act | None:
        return self.statement.act if self.statement else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """A verified act with the proof of its entry: what evidence is built from."""

    signed: Signed
    proof: TlogProof

    @classmethod
    def of(cls, signed: Signed, proof: str | TlogProof) -> Logged:
        """Take an act with its proof text, whose `extra` is the entry.

        Verifies that the entry is of this act; not the proof itself. Raises: Malformed, Invalid.
        """
        proof = TlogProof.parse(proof) if isinstance(proof, str) else proof
        if Entry.parse(proof.extra).act != signed.digest:
            raise Invalid("evidence.other-entry", index=proof.index)
        return cls(signed=signed, proof=proof)

    @property
    def at(self) -> At:
        return At(index=self.proof.index, time=Entry.parse(self.proof.extra).time)

    def item(self) -> Item:
        entry = Entry.parse(self.proof.extra)
        return Item(statement=self.signed, digest=self.signed.digest, proof=self.proof, entry=entry)

    def bare(self) -> Item:
        """The same place in the log without the act: what a history shows of an act that is nobody's business."""
        entry = Entry.parse(self.proof.extra)
        return Item(statement=None, digest=self.signed.digest, proof=self.proof, entry=entry)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What an evidence file holds. `earlier` is a checkpoint that bounds times from below, or the second of a fork."""

    kind: Kind
    items: tuple[Item, ...]
    earlier: Note | None = None
    opening: Openings | None = None

    def encode(self) -> bytes:
        """Write the file."""
        file = _File(
            acts=tuple(_written(item) for item in self.items),
            earlier=self.earlier.to_text() if self.earlier else None,
            kind=self.kind,
            opening=self.opening,
            version=VERSION,
        )
        return canonical.encode(file) + b"\n"


Reader = Callable[[dict[str, Any], Kind], Item]


def _written(item: Item) -> dict[str, Any]:
    proof = item.proof.to_text()
    if item.statement is None:
        return {"digest": item.digest, "proof": proof}
    return {"act": item.statement.envelope, "proof": proof}


def parse(data: bytes, *, read: Reader | None = None) -> Evidence:
    """Read an evidence file, accepting only the bytes that `encode` would write. Verifies form only.

    `read` stands for `read_item` with whoever has read many of its items before.

    Raises: Malformed for other bytes, another version, an unknown kind or member, an act without its entry, acts out of
    the order of their entries, an opening outside an excerpt; Invalid when an entry is of another act.
    """
    if len(data) > MAX_BYTES:
        raise Malformed("evidence.size", most=MAX_BYTES)
    if not data.endswith(b"\n"):
        raise Malformed("evidence.last-line")
    value = canonical.decode_any(data[:-1])
    if not isinstance(value, dict) or value.get("kind") not in get_args(Kind):
        raise Malformed("evidence.kind")
    if type(value.get("version")) is not int or value["version"] != VERSION:
        raise Malformed("evidence.version")
    file = canonical.convert(value, _File)
    if not 0 < len(file.acts) <= MAX_ACTS:
        raise Malformed("evidence.acts", most=MAX_ACTS)
    if (file.opening is None) == (file.kind == "excerpt"):
        raise Malformed("evidence.opening")
    items = tuple((read or read_item)(item, file.kind) for item in file.acts)
    _in_order(items, file.kind)
    earlier = Note.parse(file.earlier) if file.earlier is not None else None
    return Evidence(kind=file.kind, items=items, earlier=earlier, opening=file.opening)


def read_item(value: dict[str, Any], kind: Kind) -> Item:
    """Read an act with its proof out of a file of this kind. Verifies form only. Raises: as `parse`."""
    proof = TlogProof.parse(value["proof"]) if isinstance(value.get("proof"), str) else None
    if proof is None:
        raise Malformed("evidence.item")
    found: Unverified | None = None
    if value.keys() == {"act", "proof"}:
        found = statement.read_value(value["act"])
        digest = found.digest
    elif value.keys() == {"digest", "proof"} and kind in BARE_KINDS and isinstance(value["digest"], str):
        digest = Digest.from_text(value["digest"])
    else:
        raise Malformed("evidence.item")
    entry = Entry.parse(proof.extra)
    if entry.act != digest:
        raise Invalid("evidence.other-entry", index=proof.index)
    return Item(statement=found, digest=digest, proof=proof, entry=entry)


def _place(item: Item) -> tuple[int, bytes, bytes]:
    """Where an item stands in the file. Only a fork can show two of one index; their bytes then decide."""
    return (item.proof.index, item.proof.extra, item.proof.encode())


def _in_order(items: Sequence[Item], kind: Kind) -> None:
    if kind == "fork":
        ordered = all(_place(one) <= _place(other) for one, other in pairwise(items))
    else:
        ordered = all(one.proof.index < other.proof.index for one, other in pairwise(items))
    if not ordered:
        raise Malformed("evidence.order")
    if not isinstance(items[0].act, Genesis):
        raise Malformed("evidence.genesis")


# --- building ---------------------------------------------------------------------------------------------------


def for_act(subjects: Iterable[Logged], *, support: Iterable[Logged], earlier: Note | None = None) -> Evidence:
    """Evidence of one act or several. `support` may be all register acts and the genesis: it takes what is needed.

    Raises: Malformed when the genesis is not there; Refused when `support` does not show the powers of a key.
    """
    return _built("act", subjects, support, earlier=earlier)


def for_paper(
    deposit: Logged, about: Iterable[Logged], *, support: Iterable[Logged], earlier: Note | None = None
) -> Evidence:
    """Evidence of a paper and all that became of it: of the acts in `about`, those that concern it and no others.

    These are its receipts, refusals, expiry, withdrawal, notices, handovers, confirmations and faults, and the deposit
    that replaces it; not its releases and statements. Raises: as `for_act`.
    """
    if not isinstance(deposit.signed.act, Deposit):
        raise Malformed("evidence.not-a-deposit")
    kept = [item for item in about if _concerns(item.signed.act, deposit.signed.digest, publication=False)]
    return _built("act", [deposit, *kept], support, earlier=earlier)


def excerpt(
    deposit: Logged,
    about: Iterable[Logged],
    opening: Openings,
    *,
    support: Iterable[Logged],
    earlier: Note | None = None,
) -> Evidence:
    """Evidence of single provisions: the deposit, its outcomes and releases from `about`, and the opened leaves.

    Handovers, notices and the recipients' word on what they opened stay out: an excerpt shows no other act than it
    needs. Raises: as `for_act`.
    """
    if not isinstance(deposit.signed.act, Deposit):
        raise Malformed("evidence.not-a-deposit")
    at_once = deposit.signed.act.opening.kind == "at_once"
    kinds = {"receipt", "refusal", "expiry", "withdrawal", "release", "deposit"} | ({"handover"} if at_once else set())
    kept = [
        item
        for item in about
        if item.signed.act.kind in kinds and _concerns(item.signed.act, deposit.signed.digest, publication=True)
    ]
    return _built("excerpt", [deposit, *kept], support, earlier=earlier, opening=opening)


def history(
    chain: Sequence[Logged], *, support: Iterable[Logged], without: Iterable[Digest] = (), earlier: Note | None = None
) -> Evidence:
    """Evidence of a chain from its first act on, in log order; of the acts in `without` it shows the digest alone.

    Of a negotiation the registers of all its parties come along whole, so that the fold can be repeated; of a register
    the chain is enough. Raises: as `for_act`; Malformed when `chain` does not begin with a Convene or an Enrol.
    """
    if not chain or not isinstance(chain[0].signed.act, Convene | Enrol):
        raise Malformed("evidence.history-start")
    left_out = set(without) - {chain[0].signed.digest}
    support = list(support)
    first = chain[0].signed.act
    parties = first.parties if isinstance(first, Convene) else ()
    registers = [s for s in support if isinstance(s.signed.act, RegisterAct) and s.signed.act.by.party in parties]
    last = chain[-1].proof.index
    items = [item.bare() if item.signed.digest in left_out else item.item() for item in chain]
    items += [item.item() for item in (_genesis(support), *registers) if item.proof.index < last]
    return Evidence(kind="history", items=_sorted(items, _entry), earlier=earlier)


def fork(
    convicting: Iterable[Logged],
    *,
    support: Iterable[Logged],
    bare: Iterable[Logged] = (),
    earlier: Note | None = None,
) -> Evidence:
    """Evidence against the depositary: entries that cannot stand in one honest log, of `bare` ones the digest alone.

    `earlier` is the second of two checkpoints of one size. It does not judge: `conviction` does.
    Raises: Malformed when the genesis is not in `support`.
    """
    support, shown = list(support), list(convicting)
    acts = [item.signed.act for item in shown]
    signers = {(act.by.party, key) for act in acts for key in act.by.keys}
    registers = _glimpse(support).registers
    about = {
        grant.act for party, key in signers if party in registers for grant in registers[party].grants.get(key, ())
    } | {
        item.signed.digest
        for item in support
        if isinstance(act := item.signed.act, Revocation) and (act.by.party, act.key) in signers
    }
    items = [item.item() for item in (*shown, *_needed(acts, about, support))] + [item.bare() for item in bare]
    return Evidence(kind="fork", items=_sorted(items, _place), earlier=earlier)


def _concerns(act: Act, deposit: Digest, *, publication: bool) -> bool:
    if isinstance(act, Deposit):
        return act.replaces == deposit
    if getattr(act, "deposit", None) != deposit:
        return False
    return publication or (act.kind not in ("release", "statement") and getattr(act, "release", None) is None)


def _built(
    kind: Kind,
    subjects: Iterable[Logged],
    support: Iterable[Logged],
    *,
    earlier: Note | None,
    opening: Openings | None = None,
) -> Evidence:
    subjects, support = list(subjects), list(support)
    glimpse = _glimpse(support)
    granted = {
        grant.act
        for subject in subjects
        if not isinstance(subject.signed.act, RegisterAct | Genesis)
        for grant in partial.powers(glimpse, subject.signed.act, subject.at)
    }
    acts = [subject.signed.act for subject in subjects]
    items = [item.item() for item in (*subjects, *_needed(acts, granted, support))]
    return Evidence(kind=kind, items=_sorted(items, _entry), earlier=earlier, opening=opening)


def _genesis(support: Iterable[Logged]) -> Logged:
    for item in support:
        if isinstance(item.signed.act, Genesis):
            return item
    raise Malformed("evidence.genesis")


def _glimpse(support: Iterable[Logged]) -> Glimpse:
    """The registers that the supporting acts show; of each place of the log the first act given counts."""
    _genesis(support := list(support))
    wanted = [item for item in support if isinstance(item.signed.act, RegisterAct | Genesis)]
    ordered = sorted({item.proof.index: item for item in reversed(wanted)}.items())
    glimpse = Glimpse(places={item.signed.digest: index for index, item in ordered})
    for _, item in ordered:
        glimpse = partial.admit(glimpse, item.signed, item.at)
    return glimpse


def _needed(acts: Iterable[Act], granted: Collection[Digest], support: Iterable[Logged]) -> Iterable[Logged]:
    """The genesis, the first enrolment of each party that signed, and the acts in `granted`."""
    parties = {act.by.party for act in acts}
    for item in sorted(support, key=lambda item: item.proof.index):
        act = item.signed.act
        if isinstance(act, Enrol) and act.by.party in parties:
            parties.remove(act.by.party)
            yield item
        elif isinstance(act, Genesis) or item.signed.digest in granted:
            yield item


def _entry(item: Item) -> tuple[int, bytes]:
    return (item.proof.index, item.proof.extra)


def _sorted(items: Iterable[Item], same: Callable[[Item], object]) -> tuple[Item, ...]:
    """In file order, of items that are the same only one: an act that is shown wins over its bare digest."""
    kept: dict[object, Item] = {}
    for item in items:
        if kept.setdefault(same(item), item).statement is None:
            kept[same(item)] = item
    return tuple(sorted(kept.values(), key=_place))
