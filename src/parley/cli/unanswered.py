"""What was signed and never answered: finished first, so that a repeated command is not a second paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.cli.session import Session
from parley.words import say
from parley.words.neutral import shown

if TYPE_CHECKING:
    from parley.client import Delegation
    from parley.client.views import Draft, Entered


def finish(session: Session, delegation: Delegation) -> list[Entered]:
    """Send again, the same bytes, whatever was signed here and has no answer. Raises: Unavailable, as any sending."""
    found = []
    for draft in delegation.unanswered():
        entered = delegation.send(draft)
        session.tell(say("unanswered.paper", reference=entered.reference, title=shown(draft.title)))
        found.append(entered)
    return found + list(delegation.settle())


def finished_before(session: Session, delegation: Delegation, draft: Draft, *, limit_chosen: bool) -> Entered | None:
    """When this very paper was signed before and never answered: that one's entry, and the new draft is forgotten.

    A limit that nobody chose moves with the day, and makes no other paper.
    """
    for earlier in delegation.unanswered():
        if _same(earlier, draft) and not (limit_chosen and earlier.accept_by != draft.accept_by):
            delegation.discard(draft.id)
            entered = delegation.send(earlier)
            session.tell(say("unanswered.same", reference=entered.reference))
            return entered
    return None


def others_waiting(session: Session, delegation: Delegation) -> list[str]:
    """A sentence for each earlier paper that was signed and never answered, beside the one that is shown now."""
    return [
        say("unanswered.other", title=shown(earlier.title), party=session.the(earlier.recipients[0].party))
        for earlier in delegation.unanswered()
    ]


def _same(one: Draft, other: Draft) -> bool:
    """Whether two drafts are one paper: every word and file of it, and all that is said about it but the limit."""
    return one.content == other.content and _said(one) == _said(other)


def _said(draft: Draft) -> tuple[object, ...]:
    return (
        draft.handle,
        (tuple(partner.party for partner in draft.recipients), draft.info),
        (draft.role, draft.standing, draft.opening, draft.in_reply_to, draft.replaces),
        (draft.language, draft.language_status, draft.terms, draft.cover),
    )
