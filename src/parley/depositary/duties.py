"""What the depositary itself owes: to hand over after a receipt, to record a fetch, to record that a limit has passed.

A duty is found again from the acts at every start, so that one half done before a crash is done after it; a duty that
has been fulfilled meanwhile, or that the fold refuses, is dropped.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from collections import deque
from collections.abc import Container
from dataclasses import dataclass
from typing import Any, Literal

from parley.act import Act, Deposit, Expiry, Handover, Notice, Receipt
from parley.canonical import Time
from parley.crypto import Digest, Nonce
from parley.exchange import ANSWERED, OPEN
from parley.fold import Negotiation, World, in_round
from parley.paper import Outcome, Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Something owed about one paper; `party` is the recipient, empty for an expiry."""

    kind: Literal["inform", "hand_over", "expire"]
    negotiation: Nonce
    deposit: Digest
    party: str = ""


Owed = tuple[type[Act], dict[str, Any]]
"""An act to sign: its kind, and the members that are its own."""


class Duties:
    """The duties that are due, and those whose time will come; any thread may add."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._due: deque[Duty] = deque()
        self._known: set[Duty] = set()
        self._later: list[tuple[Time, int, Duty]] = []
        self._count = itertools.count()

    def add(self, *duties: Duty) -> None:
        """Have these done with the next group; one that is waiting already is not added twice."""
        with self._lock:
            for duty in duties:
                if duty not in self._known:
                    self._known.add(duty)
                    self._due.append(duty)

    def at(self, time: Time, duty: Duty) -> None:
        """Have this done at a time or soon after."""
        with self._lock:
            heapq.heappush(self._later, (time, next(self._count), duty))

    def take(self, now: Time, most: int) -> list[Duty]:
        """Take at most so many of those that are due now."""
        with self._lock:
            while self._later and self._later[0][0] <= now:
                self._due.append(heapq.heappop(self._later)[2])
            taken = [self._due.popleft() for _ in range(min(most, len(self._due)))]
            self._known.difference_update(taken)
            return taken

    def due(self) -> bool:
        """Whether something waits for the next group."""
        return bool(self._due)

    def next_time(self) -> Time | None:
        """When the next of the later duties is due."""
        with self._lock:
            return self._later[0][0] if self._later else None

    def follow(self, act: Act, digest: Digest) -> None:
        """Note what an act that is now in a published checkpoint obliges to."""
        if act.negotiation is None:
            return
        if isinstance(act, Deposit):
            self.at(Time(act.accept_by + 1), Duty(kind="expire", negotiation=act.negotiation, deposit=digest))
        elif isinstance(act, Receipt):
            self.add(Duty(kind="hand_over", negotiation=act.negotiation, deposit=act.deposit, party=act.by.party))

    def find_again(self, world: World) -> None:
        """Note everything that the acts so far leave to be done: after a start."""
        for negotiation, paper in world.papers():
            waits = any(outcome.state in OPEN for outcome in paper.outcomes.values())
            if waits:
                expire = Duty(kind="expire", negotiation=negotiation.id, deposit=paper.digest)
                self.at(Time(paper.act.accept_by + 1), expire)
            for party, outcome in sorted(paper.outcomes.items()):
                if outcome.state in ANSWERED and outcome.find(Handover) is None:
                    self.add(Duty(kind="hand_over", negotiation=negotiation.id, deposit=paper.digest, party=party))


def to_inform(negotiation: Negotiation, party: str, shown: Container[int]) -> list[Duty]:
    """Duties to a party that is shown the entries `shown` of a negotiation.

    A notice for each paper among them that waits for it and has none.
    """
    return [
        Duty(kind="inform", negotiation=negotiation.id, deposit=paper.digest, party=party)
        for paper in negotiation.papers.values()
        if paper.at.index in shown and paper.is_open(party) and paper.outcomes[party].find(Notice) is None
    ]


def owed(world: World, duty: Duty, time: Time) -> list[Owed]:
    """The acts that fulfil a duty at this time; none when it is fulfilled, or its time has passed or not come."""
    negotiation = world.negotiations.get(duty.negotiation)
    paper = negotiation.papers.get(duty.deposit) if negotiation else None
    if negotiation is None or paper is None:
        return []
    match duty.kind:
        case "expire":
            waiting = sorted(party for party, outcome in paper.outcomes.items() if outcome.state in OPEN)
            expired = bool(waiting) and time > paper.act.accept_by
            return [(Expiry, {"deposit": paper.digest, "recipients": tuple(waiting)})] if expired else []
        case "inform":
            outcome = paper.outcomes[duty.party]
            if outcome.state not in OPEN or outcome.find(Notice):
                return []
            notice: Owed = (
                Notice,
                {"channel": "fetched", "deposit": paper.digest, "time": time, "to": duty.party},
            )
            return [notice, *_handover(paper, duty.party, outcome)] if _at_once(paper) else [notice]
        case "hand_over":
            return _hand_over(negotiation, paper, duty.party, time)


def _at_once(paper: Paper) -> bool:
    return paper.act.opening.kind == "at_once"


def _hand_over(negotiation: Negotiation, paper: Paper, party: str, time: Time) -> list[Owed]:
    opening = paper.act.opening
    if opening.kind == "not_before" and opening.time is not None and time < opening.time:
        return []
    if opening.kind != "together":
        return _handover(paper, party, paper.outcomes[party])
    # The receipt that completes a round opens all its papers for all its parties; until then the fold refuses.
    rounds = in_round(negotiation, opening.round)
    if not all(outcome.state in ANSWERED for other in rounds for outcome in other.outcomes.values()):
        return []
    return [
        item
        for other in rounds
        for to, outcome in sorted(other.outcomes.items())
        for item in _handover(other, to, outcome)
    ]


def _handover(paper: Paper, party: str, outcome: Outcome) -> list[Owed]:
    if outcome.find(Handover) is not None or paper.act.header is None:
        return []
    if outcome.state not in ANSWERED and not _at_once(paper):
        return []
    return [(Handover, {"deposit": paper.digest, "header": paper.act.header.digest, "to": party})]


def opens_later(world: World, duty: Duty, time: Time) -> Time | None:
    """The time at which a handover that is too early now will be due."""
    negotiation = world.negotiations.get(duty.negotiation)
    paper = negotiation.papers.get(duty.deposit) if negotiation else None
    if paper is None or duty.kind != "hand_over":
        return None
    opening = paper.act.opening.time
    return opening if opening is not None and time < opening else None
