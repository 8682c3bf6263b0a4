"""Sealed parts: which a deposit must bring, and who may fetch which.

A party may name a part in an act only when it has brought all of its bytes itself. Otherwise a recipient could name
the header of a paper it has not signed for in a deposit of its own, and would be served it as that paper's sender.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from parley.act import Act, Convene, Deposit, Handover, Rules, Sealed
from parley.crypto import Digest, Nonce
from parley.depositary.store import Blobs, Holding, Store
from parley.errors import Malformed, Refused
from parley.exchange import ENDED, State
from parley.fold import World
from parley.sealed_shape import MAX_HEADER, check_cover_shape, check_header_shape, check_payload_length, cover_length

LARGEST_TITLE = 1 << 20
"""Bytes of a sealed title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One place where an act names a sealed part."""

    part: Literal["header", "payload", "cover", "title"]
    negotiation: Nonce
    deposit: Digest


@dataclass(slots=True)
class Named:
    """Where each sealed part is named: a cache over the acts."""

    uses: dict[Digest, tuple[Use, ...]] = field(default_factory=dict)

    def add(self, act: Act, digest: Digest) -> None:
        """Take in an act that is in a published checkpoint."""
        if isinstance(act, Convene) and act.negotiation is not None:
            self._add(act.title, Use(part="title", negotiation=act.negotiation, deposit=digest))
        elif isinstance(act, Deposit) and act.negotiation is not None:
            for part, sealed in (("header", act.header), ("payload", act.payload), ("cover", act.cover)):
                if sealed is not None:
                    use = Use(part=part, negotiation=act.negotiation, deposit=digest)  # type: ignore[arg-type]  # of the three
                    self._add(sealed.digest, use)

    def _add(self, digest: Digest, use: Use) -> None:
        self.uses[digest] = (*self.uses.get(digest, ()), use)

    def fill(self, world: World) -> None:
        """Take in all acts so far: after a start."""
        for negotiation in world.negotiations.values():
            self.add(negotiation.convene, negotiation.convened.digest)
            for paper in negotiation.papers.values():
                self.add(paper.act, paper.digest)


# --- what an act must bring -------------------------------------------------------------------------------------


def parts(act: Act) -> list[Sealed]:
    """The sealed parts that a deposit names, with their lengths."""
    if not isinstance(act, Deposit):
        return []
    return [part for part in (act.header, act.payload, act.cover) if part is not None]


def check_held(store: Store, act: Act) -> None:
    """Refuse an act that names a sealed part which its party has not brought in full, with the length named.

    Raises: Refused.
    """
    for part in parts(act):
        held = store.holding(part.digest, act.by.party)
        if held is None or held.length != part.length:
            raise Refused("deposit.not-held")
    if isinstance(act, Convene):
        title = store.holding(act.title, act.by.party)
        if title is None or title.length > LARGEST_TITLE:
            raise Refused("convene.title-not-held")


def check_shape(blobs: Blobs, act: Act, rules: Rules) -> None:
    """Refuse a deposit beyond the rules, or whose parts have not the one shape that sealed parts have.

    The parts themselves are read, except the payload, of which only the length can be checked. Raises: Refused.
    """
    if not isinstance(act, Deposit):
        return
    if len(act.recipients) > rules.most_recipients:
        raise Refused("deposit.recipients", most=rules.most_recipients)
    if act.header is None or act.payload is None or act.cover is None:
        return
    if act.payload.length > rules.largest_payload:
        raise Refused("deposit.too-large", most=rules.largest_payload)
    readers = len(act.recipients) + 1
    try:
        check_payload_length(act.payload.length)
        check_header_shape(_read(blobs, act.header, MAX_HEADER), stanzas=readers)
        check_cover_shape(_read(blobs, act.cover, cover_length(readers)), stanzas=readers)
    except Malformed as error:
        raise Refused(error.code) from error


def _read(blobs: Blobs, part: Sealed, most: int) -> bytes:
    if part.length > most:
        raise Refused("deposit.too-large", most=most)
    return b"".join(blobs.read(part.digest, 0, part.length))


# --- who may fetch ----------------------------------------------------------------------------------------------


def check_may_fetch(world: World, named: Named, holding: Holding | None, digest: Digest, party: str) -> Digest:
    """Return `digest` when the party may be served this part now.

    Raises: Refused "sealed.unknown" alike for a part that is not there and one that is not for this party;
    "sealed.not-handed-over" for a header before its handover; "sealed.ended" after refusal or withdrawal, and after the
    expiry of what was not made available at once.
    """
    if holding is not None:  # it has all the bytes already
        return digest
    reasons = []
    for use in named.uses.get(digest, ()):
        reason = _reason_against(world, use, party)
        if reason is None:
            return digest
        reasons.append(reason)
    raise Refused(max(reasons, default="sealed.unknown", key=_TELLING.index))


_TELLING = ("sealed.unknown", "sealed.ended", "sealed.not-handed-over")


def _reason_against(world: World, use: Use, party: str) -> str | None:
    negotiation = world.negotiations[use.negotiation]
    if use.part == "title":
        return None if party in negotiation.convene.parties else "sealed.unknown"
    paper = negotiation.papers[use.deposit]
    if party == paper.act.by.party:
        return None
    outcome = paper.outcomes.get(party)
    if outcome is None:
        return "sealed.unknown"
    # What was made available at once stays so when its limit passes: that nobody signed takes nothing back.
    stays = outcome.state is State.EXPIRED and outcome.find(Handover) is not None
    if outcome.state in ENDED and not stays:
        return "sealed.ended"
    if use.part == "header" and outcome.find(Handover) is None:
        return "sealed.not-handed-over"
    return None
