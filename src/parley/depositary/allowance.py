"""What an office takes from one party before it says: enough. The rules allow more, and others must read it.

Everybody who negotiates with a party reads its register; everybody named in a Convene reads the negotiation, whether it
joins or not.
"""

from __future__ import annotations

from parley.canonical import Time
from parley.errors import Refused
from parley.fold import World
from parley.register import Register

DAY = 24 * 3600 * 1000
ENROLMENTS_A_DAY = 12
"""Reading keys that a party may enrol within twenty-four hours of log time."""

MOST_UNJOINED = 64
"""Negotiations that a party has convened and that somebody named in them has not joined."""


def check_enrolments(register: Register, now: Time) -> None:
    """Raises: Refused("register.too-often") when the party has replaced its reading key too often since yesterday."""
    lately = sum(1 for term in register.reading if term.since.time > now - DAY)
    if lately >= ENROLMENTS_A_DAY:
        raise Refused("register.too-often", most=ENROLMENTS_A_DAY)


def check_unjoined(world: World, party: str) -> None:
    """Raises: Refused("convene.too-many") when too many of a party's negotiations wait for somebody to join."""
    waiting = sum(
        1
        for each in world.negotiations.values()
        if each.convene.by.party == party and len(each.joined) < len(each.convene.parties)
    )
    if waiting >= MOST_UNJOINED:
        raise Refused("convene.too-many", most=MOST_UNJOINED)
