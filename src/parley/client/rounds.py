"""Rounds: papers that open together, for all their parties or for none.

Everybody names a round alike, `2026-09`, and its id follows from that name and the negotiation, so that all papers meet
in one round without anyone handing out a number. Its parties are all of the negotiation, and the first paper of it sets
the deadline.
"""

from __future__ import annotations

import re

from parley.act import Round
from parley.canonical import Time
from parley.crypto import Nonce, sha256
from parley.errors import Malformed, Refused
from parley.fold import Negotiation

_NAME = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)*")
_LABEL = b"parley/round/v1\n"


def round_id(negotiation: Negotiation, name: str) -> Nonce:
    """The id of a round by its name: 16 bytes. Raises: Malformed("round.name")."""
    folded = name.strip().casefold()
    if not _NAME.fullmatch(folded) or len(folded) > 40:
        raise Malformed("round.name", name=name[:40])
    return Nonce(sha256(_LABEL, negotiation.id, folded.encode())[:16])


def begun(negotiation: Negotiation, name: str) -> Round | None:
    """The round as somebody began it, None where nobody has. Raises: Malformed("round.name")."""
    wanted = round_id(negotiation, name)
    for paper in sorted(negotiation.papers.values(), key=lambda each: each.at.index):
        meeting = paper.act.opening.round
        if meeting is not None and meeting.id == wanted:
            return meeting
    return None


def round_for(negotiation: Negotiation, party: str, name: str, deadline: Time | None, now: Time) -> Round:
    """The round that a paper of a party goes into.

    Raises: Malformed("round.name"); Refused("round.deadline") where it is not begun and no deadline is given,
    Refused("round.other-deadline") where it has another; Refused("round.already") where this party has a paper in it;
    Refused("round.past") for a deadline that is over, Refused("round.over") for a round that is.
    """
    found = begun(negotiation, name)
    if found is None:
        if deadline is None:
            raise Refused("round.deadline", name=name)
        if deadline <= now:
            raise Refused("round.past", time=deadline.to_text())
        parties = tuple(sorted(negotiation.convene.parties))
        return Round(deadline=deadline, id=round_id(negotiation, name), parties=parties)
    if deadline not in (None, found.deadline):
        raise Refused("round.other-deadline", name=name, time=found.deadline.to_text())
    for paper in negotiation.papers.values():
        if paper.act.opening.round == found and paper.act.by.party == party:
            raise Refused("round.already", name=name, reference=paper.reference)
    if found.deadline <= now:
        raise Refused("round.over", name=name, time=found.deadline.to_text())
    return found
