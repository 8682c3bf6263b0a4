"""The front page as a value: who you are, what waits, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from parley.canonical import Time
from parley.client.views import Inbox, Me, NegotiationView, Officer, PaperView

NextStep = Literal["draw", "answer"]
"""What goes on with a paper beside reading it and signing for it: a joint draw, the answer to a question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedView:
    """Obligations of ours under agreements: how many are missed, how many due within a week.

    Not `counted`: too many papers lie here to open them for a front page. `whole`: no paper is left to be fetched.
    """

    missed: int
    soon: int
    counted: bool
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontPage:
    """Who you are, what waits, whom you wait for; `ends_soon` are officers whose powers end within 30 days.

    `news` are own papers that somebody answered or let pass lately; `joining` are negotiations that others have not
    joined yet. `unsent` are acts signed here that the depositary has not answered yet: `settle` sends the same bytes
    again. `clock_off` is how many seconds this machine is ahead of the depositary. `compared`: another party's number
    was typed here; `negotiates`: ours has joined a negotiation. `owed` is of all negotiations, None where no
    agreement is; `steps` are the papers, by their digests, with which something else than a receipt goes on.
    """

    me: Me
    inbox: Inbox
    news: tuple[PaperView, ...]
    joining: tuple[NegotiationView, ...]
    ends_soon: tuple[Officer, ...]
    unsent: tuple[str, ...]
    compared: bool
    negotiates: bool
    owed: OwedView | None
    steps: tuple[tuple[str, NextStep], ...]
    clock_off: int
    checked: Time
    reached: bool
