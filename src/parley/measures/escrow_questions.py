"""How many questions each party may ask about an escrow: so many as its plan says, the first in the log's order.

Four questions, each chosen by the answer before, open the place of any slot, however many places there are. What is
asked beyond the plan's number is owed no answer; one that is given all the same is as good as any other.
Source: spec/escrow.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from parley.crypto import Digest
from parley.measures.escrow_plan import Plan
from parley.measures.escrow_story import Asked


def asked_by(asked: Iterable[Asked]) -> Counter[str]:
    """How many questions each party has asked, of those that were read here."""
    return Counter(each.by for each in asked)


def beyond(asked: Iterable[Asked], plan: Plan) -> frozenset[Digest]:
    """The questions, given in the log's order, that are more than their party may ask."""
    found: set[Digest] = set()
    counted: Counter[str] = Counter()
    for each in asked:
        counted[each.by] += 1
        if counted[each.by] > plan.questions:
            found.add(each.digest)
    return frozenset(found)
