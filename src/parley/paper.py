"""A paper: one deposit, and what became of it with each recipient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rpds import HashTrieMap

from parley.act import Act, Deposit, Expiry, Handover, Receipt, Refusal, Withdrawal
from parley.crypto import Digest
from parley.exchange import OPEN, State
from parley.register import At


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """An act with its digest and its place in the log."""

    digest: Digest
    act: Act
    at: At


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Where a paper stands with one recipient, and the acts that brought it there, in log order."""

    state: State
    done: tuple[Done, ...] = ()

    def find(self, kind: type[Act]) -> Done | None:
        """The first act of a kind, such as the receipt."""
        return next((item for item in self.done if isinstance(item.act, kind)), None)

    @property
    def decided(self) -> Done | None:
        """The receipt, refusal, withdrawal or expiry: the act that ended the waiting."""
        return next((item for item in self.done if isinstance(item.act, Receipt | Refusal | Withdrawal | Expiry)), None)

    def winner(self, kind: str) -> str | None:
        """The digest of the act that an act of this kind came too late for: one of its kind, or the outcome."""
        same = next((item for item in self.done if item.act.kind == kind), None)
        first = same or self.decided or (self.done[-1] if self.done else None)
        return first.digest.hex() if first else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A deposit as it stands: `number` is its place among its sender's papers in the negotiation, never reused."""

    digest: Digest
    act: Deposit
    at: At
    number: int
    outcomes: HashTrieMap[str, Outcome]
    replaced_by: Digest | None = None
    releases: tuple[Done, ...] = ()
    withdrawn_releases: tuple[Digest, ...] = ()
    statements: tuple[Done, ...] = field(default=())

    @classmethod
    def deposited(cls, digest: Digest, act: Deposit, at: At, number: int) -> Paper:
        waiting = {recipient.party: Outcome(state=State.WAITING) for recipient in act.recipients}
        return cls(digest=digest, act=act, at=at, number=number, outcomes=HashTrieMap(waiting))

    @property
    def reference(self) -> str:
        """How people name the paper: `US-1`."""
        return f"{self.act.by.party.upper()}-{self.number}"

    def is_open(self, party: str) -> bool:
        """Whether this recipient has given no answer yet."""
        outcome = self.outcomes.get(party)
        return outcome is not None and outcome.state in OPEN

    def available(self, party: str) -> Done | None:
        """The handover of a paper that opens at once, which lay open to this recipient from then on, signed for or not.

        That nobody answered in time takes nothing away from it.
        """
        return self.outcomes[party].find(Handover) if self.act.opening.kind == "at_once" else None

    @property
    def taken_back(self) -> bool:
        """Whether its sender withdrew it, which ends it for all at once, before anybody had signed for it."""
        return any(outcome.state is State.WITHDRAWN for outcome in self.outcomes.values())

    def undone(self, replaced_at: int | None) -> bool:
        """Whether it was taken back, or replaced by the deposit at this entry, before it counted for anybody.

        What a recipient had by then, signed for or handed over, counts, and its correction beside it. What is held
        binds from its own entry on: no other paper takes its place.
        """
        if self.taken_back:
            return True
        if replaced_at is None or self.act.opening.kind == "held":
            return False
        return self.had_at is None or self.had_at > replaced_at

    @property
    def had_at(self) -> int | None:
        """The entry from which on a recipient has it: the first receipt or handover; None while there is neither."""
        done = (done for outcome in self.outcomes.values() for done in outcome.done)
        return min((each.at.index for each in done if isinstance(each.act, Receipt | Handover)), default=None)

    def receipt(self, party: str) -> Receipt | None:
        outcome = self.outcomes.get(party)
        done = outcome.find(Receipt) if outcome else None
        return done.act if done and isinstance(done.act, Receipt) else None


def counting(papers: Mapping[Digest, Paper]) -> list[Paper]:
    """The papers of a negotiation in log order, without those that were undone before they counted for anybody."""
    return [
        paper
        for paper in sorted(papers.values(), key=lambda each: each.at.index)
        if not paper.undone(papers[paper.replaced_by].at.index if paper.replaced_by is not None else None)
    ]
