"""How a text of an agreement stands in a negotiation, put together for who asks: its parties, its papers, its words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from parley.canonical import Time
from parley.crypto import Digest
from parley.measures.standing import End, Step

Place = Literal["in-force", "coming", "replaced", "proposed"]
"""Whether a text binds; is adopted by all and binds from a day to come; gave its place to another, so that only what
began under it is still owed; or was not handed over by all, where no other text of its id was either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A text that not all parties handed over: by whom it was, in which papers, and whom it waits for."""

    by: tuple[Step, ...]
    waits_for: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a party stated about an agreement; `holds` whether it has its effect still; `cites` the paper it is about.

    `end` is when a denunciation ends the agreement for its party.
    """

    step: Step
    cites: str | None
    holds: bool
    end: End | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingView:
    """One text of an agreement as it stands in a negotiation now."""

    negotiation: str
    agreement: str
    digest: Digest
    place: Place
    since: date | None
    replaced: Time | None
    expires: date | None
    adopted: Proposal
    amendments: tuple[Proposal, ...]
    statements: tuple[Statement, ...]
    idle: tuple[tuple[Step, str], ...]
