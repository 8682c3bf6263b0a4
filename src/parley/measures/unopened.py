"""Papers that are not open to whoever looks, and for which obligations they may have been given.

What a paper says stands in it, and not in the register: whoever refused it unread, has not signed for it yet or is none
of its recipients sees that it was handed over, by whom, to whom, as what and in answer to what, and no more. Its
obligation reads as if nothing had been given, which the other side sees otherwise; so such papers are named beside it.

Pure. Source: spec/measures.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from parley.crypto import Digest
from parley.measures.agreement import Agreement
from parley.measures.obligation import Obligation, State
from parley.measures.papers import Filed

OPEN = (State.DUE, State.MISSED, State.EXPIRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unopened:
    """What the register shows of a paper: `role` as what it was handed over, `answers` the paper that it answers."""

    reference: str
    sender: str
    to: tuple[str, ...]
    role: str
    answers: Digest | None


def with_unopened(agreement: Agreement, owed: Obligation, papers: Iterable[Unopened]) -> Obligation:
    """The same obligation; where nothing is seen to have been given, with the papers that may be what is owed.

    These are of the debtor, to the creditor, in the role of the form that is owed, and in answer to the paper that
    began it, if one did.
    """
    form = agreement.form(owed.measure.form)
    if owed.state not in OPEN or form is None:
        return owed
    about = owed.begun.digest if isinstance(owed.begun, Filed) else None
    found = tuple(
        each.reference
        for each in papers
        if each.sender == owed.debtor
        and owed.creditor in each.to
        and each.role == form.role
        and about in (None, each.answers)
    )
    return replace(owed, unopened=found) if found else owed
