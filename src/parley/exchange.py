"""The transition table: what may happen to a paper, by whom, in which state. Illegal is a missing key.

A paper has one state for each recipient. The table is blind to which side runs it: the depositary admits with it, a
party checks with it, an auditor convicts with it. The diagram in docs/ is drawn from it.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from parley.act import OpeningKind


class State(Enum):
    """Where a paper stands with one recipient."""

    WAITING = "waiting"
    MADE_AVAILABLE = "made available"
    RECEIVED = "received"
    HANDED_OVER = "handed over"
    CONFIRMED = "confirmed"
    FAULTED = "faulted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Actor(Enum):
    """Who acts, seen from the paper."""

    SENDER = "sender"
    RECIPIENT = "recipient"
    DEPOSITARY = "depositary"
    OTHER = "other party"


ANSWERED: Final = frozenset({State.RECEIVED, State.HANDED_OVER, State.CONFIRMED, State.FAULTED})
"""States that follow a receipt."""

TAKEN: Final = ANSWERED | {State.MADE_AVAILABLE}
"""States in which a recipient may have the paper: one of them refuses a withdrawal."""

OPEN: Final = frozenset({State.WAITING, State.MADE_AVAILABLE})
"""States without an outcome: receipt, refusal, withdrawal and expiry end them, the first in log order."""

ENDED: Final = frozenset({State.REFUSED, State.WITHDRAWN, State.EXPIRED})
"""Outcomes other than a receipt: nothing leaves them, so that this recipient never gets the paper."""

Key = tuple[OpeningKind, Actor, State, str]
"""Opening of the paper, who acts, the state with this recipient, and the kind of the act."""


def _outcomes(opening: OpeningKind, state: State) -> dict[Key, State]:
    table: dict[Key, State] = {
        (opening, Actor.DEPOSITARY, state, "notice"): state,
        (opening, Actor.RECIPIENT, state, "receipt"): State.RECEIVED,
        (opening, Actor.RECIPIENT, state, "refusal"): State.REFUSED,
        (opening, Actor.DEPOSITARY, state, "expiry"): State.EXPIRED,
    }
    if state not in TAKEN:
        table[opening, Actor.SENDER, state, "withdrawal"] = State.WITHDRAWN
    return table


def _opened(opening: OpeningKind) -> dict[Key, State]:
    """After a receipt. A recipient may have the header from the sender directly, so a handover need not come first;
    and what it says of the paper meanwhile is no reason to keep the header back."""
    table: dict[Key, State] = {(opening, Actor.DEPOSITARY, State.RECEIVED, "handover"): State.HANDED_OVER}
    for state in (State.CONFIRMED, State.FAULTED):
        table[opening, Actor.DEPOSITARY, state, "handover"] = state
    for state in (State.RECEIVED, State.HANDED_OVER):
        table[opening, Actor.RECIPIENT, state, "confirmation"] = State.CONFIRMED
        table[opening, Actor.RECIPIENT, state, "fault"] = State.FAULTED
    return table


def _publication(opening: OpeningKind) -> dict[Key, State]:
    """Releases and statements change no state: they need to be legal in it."""
    table: dict[Key, State] = {}
    for state in State:
        for actor in (Actor.SENDER, Actor.RECIPIENT, Actor.OTHER):
            table[opening, actor, state, "statement"] = state
        table[opening, Actor.SENDER, state, "release"] = state
        table[opening, Actor.OTHER, state, "release"] = state
        if state in ANSWERED or state is State.MADE_AVAILABLE:
            table[opening, Actor.RECIPIENT, state, "release"] = state
    return table


def _table() -> dict[Key, State]:
    table: dict[Key, State] = {}
    kinds: tuple[OpeningKind, ...] = ("at_once", "on_receipt", "together", "not_before", "held")
    for opening in kinds:
        table |= _outcomes(opening, State.WAITING) | _publication(opening)
        if opening != "held":  # of a held paper nothing but its commitment is deposited: there is nothing to hand over
            table |= _opened(opening)
    table |= _outcomes("at_once", State.MADE_AVAILABLE) | {
        ("at_once", Actor.DEPOSITARY, State.WAITING, "handover"): State.MADE_AVAILABLE,
        ("at_once", Actor.RECIPIENT, State.MADE_AVAILABLE, "confirmation"): State.MADE_AVAILABLE,
        ("at_once", Actor.RECIPIENT, State.MADE_AVAILABLE, "fault"): State.MADE_AVAILABLE,
    }
    return table


TABLE: Final[dict[Key, State]] = _table()


def diagram(opening: OpeningKind) -> str:
    """The part of the table that changes states, as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {_name(State.WAITING)}: deposit by the sender"]
    for (kind, actor, state, act), target in TABLE.items():
        if kind == opening and act not in ("release", "statement"):
            lines.append(f"    {_name(state)} --> {_name(target)}: {act} by the {actor.value}")
    return "\n".join(lines) + "\n"


def _name(state: State) -> str:
    return state.value.replace(" ", "_")
