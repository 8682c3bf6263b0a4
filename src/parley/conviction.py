"""What convicts a depositary: things it signed that cannot all be true of one honest log.

Only entries under checkpoints that the log signed with both its keys count; the quorum of witnesses is not asked for,
since a depositary's own signature is enough to hold against it. Nothing here rests on whose the parties' keys are: an
entry says that the depositary admitted the act, whoever signed it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from parley import partial
from parley.act import Act, Convene, Enrol, Genesis, RegisterAct
from parley.chain import Chain
from parley.checkpoint import Checkpoint
from parley.crypto import Digest
from parley.errors import Refused
from parley.evidence import Item
from parley.partial import Glimpse
from parley.register import At
from parley.statement import Signed


class Crime(Enum):
    """What is proven of a depositary."""

    TWO_LEAVES = "two entries at one place of the log"
    TWO_ROOTS = "two logs of one size"
    LINK_TWICE = "two acts at one place of a chain"
    TIME_BACKWARDS = "an entry earlier than the one before it"
    NOT_ADMISSIBLE = "an act entered that the rules refuse"
    OUTSIDE_CHAIN = "an act entered outside its chain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conviction:
    """A crime, the two places of the log that prove it (of TWO_ROOTS: the two equal sizes), and of NOT_ADMISSIBLE the
    rule, as the code with which the table refuses the act."""

    crime: Crime
    first: int
    second: int
    rule: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is held against a depositary, all of it verified: entries in order, their acts by digest, checkpoints."""

    items: Sequence[Item]
    signed: dict[Digest, Signed]
    checkpoints: Sequence[Checkpoint]


def convict(case: Case) -> Conviction | None:
    """Return the first crime that the case proves, in the order of `Crime`; None when all of it fits one honest log."""
    judges: tuple[Callable[[Case], Conviction | None], ...] = (
        two_leaves,
        two_roots,
        link_twice,
        time_backwards,
        not_admissible,
        outside_chain,
    )
    return next((found for judge in judges if (found := judge(case)) is not None), None)


def two_leaves(case: Case) -> Conviction | None:
    """One index, different entries. Both were proven under checkpoints of the log, which therefore differ too."""
    for one, other in pairwise(case.items):
        if one.proof.index == other.proof.index and one.entry != other.entry:
            return Conviction(crime=Crime.TWO_LEAVES, first=one.proof.index, second=other.proof.index)
    return None


def two_roots(case: Case) -> Conviction | None:
    """One size, different roots."""
    roots: dict[int, Digest] = {}
    for checkpoint in case.checkpoints:
        if roots.setdefault(checkpoint.size, checkpoint.root) != checkpoint.root:
            return Conviction(crime=Crime.TWO_ROOTS, first=checkpoint.size, second=checkpoint.size)
    return None


def link_twice(case: Case) -> Conviction | None:
    """One link in two entries. A link is the hash of a chain's head, so two acts were entered behind one head."""
    seen: dict[bytes, int] = {}
    for item in case.items:
        first = seen.setdefault(item.entry.link, item.proof.index)
        if first != item.proof.index:
            return Conviction(crime=Crime.LINK_TWICE, first=first, second=item.proof.index)
    return None


def time_backwards(case: Case) -> Conviction | None:
    """A higher index with an earlier time."""
    for one, other in pairwise(case.items):
        if other.proof.index > one.proof.index and other.entry.time < one.entry.time:
            return Conviction(crime=Crime.TIME_BACKWARDS, first=one.proof.index, second=other.proof.index)
    return None


def not_admissible(case: Case) -> Conviction | None:
    """An act that no acts beside those shown could have made admissible where it was entered: see `partial`."""
    glimpse = Glimpse(places={item.digest: item.proof.index for item in reversed(case.items)})
    judged: set[tuple[Digest, At]] = set()
    for item in case.items:
        signed = case.signed.get(item.digest)
        if signed is None or (item.digest, item.at) in judged:
            continue
        judged.add((item.digest, item.at))  # an entry proven twice is still one entry
        try:
            glimpse = partial.admit(glimpse, signed, item.at)
        except Refused as refused:
            first = next((i.proof.index for i in case.items if i.digest.hex() == refused.winner), item.proof.index)
            return Conviction(crime=Crime.NOT_ADMISSIBLE, first=first, second=item.proof.index, rule=refused.code)
    return None


def outside_chain(case: Case) -> Conviction | None:
    """An act of a chain between two acts of that chain, of which every one from the first on is shown; or a first act
    that does not begin its chain."""
    for first in case.items:
        if not begins_chain(first):
            return Conviction(crime=Crime.OUTSIDE_CHAIN, first=first.proof.index, second=first.proof.index)
        if isinstance(first.act, Convene | Enrol):
            inside = walk(case.items, first)
            last = inside[-1].proof.index
            for item in case.items:
                if item.act is None or item in inside or not _same_chain(first.act, item.act):
                    continue
                if first.proof.index < item.proof.index < last:
                    return Conviction(crime=Crime.OUTSIDE_CHAIN, first=last, second=item.proof.index)
    return None


def walk(items: Iterable[Item], first: Item) -> list[Item]:
    """The entries whose links follow one another from a chain's first act on; others are passed over.

    Links hash the secret payload of the first act and every digest since, so no other chain's entry fits by chance.
    """
    if first.statement is None:
        return []
    chain, inside = Chain.start(first.statement.envelope.payload), []
    for item in items:
        if item.entry.link == chain.link:
            inside.append(item)
            chain = chain.extend(item.digest)
    return inside or [first]


def begins_chain(item: Item) -> bool:
    """Whether an entry bears the first link of its chain, if its act is one that always begins a chain."""
    if item.statement is None or not isinstance(item.act, Genesis | Convene):
        return True
    return item.entry.link == Chain.start(item.statement.envelope.payload).link


def _same_chain(first: Act, other: Act) -> bool:
    if isinstance(other, Genesis):
        return False
    if isinstance(first, Enrol):
        return isinstance(other, RegisterAct) and other.by.party == first.by.party
    return other.negotiation == first.negotiation
