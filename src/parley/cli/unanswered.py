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


def finished_before(session: Session, delegation: Delegation, draft: Draft) -> Entered | None:
    """When this very paper was signed before and never answered: that one's entry, and the new draft is forgotten."""
    for earlier in delegation.unanswered():
        if _looks(earlier) == _looks(draft):
            delegation.discard(draft.id)
            entered = delegation.send(earlier)
            session.tell(say("unanswered.same", reference=entered.reference))
            return entered
    return None


def _looks(draft: Draft) -> tuple[object, ...]:
    """All that a person was shown of a draft, but for its limit, which moves with the day."""
    return (
        draft.handle,
        tuple(partner.party for partner in draft.recipients),
        (draft.role, draft.standing, draft.opening, draft.in_reply_to, draft.replaces),
        (draft.language, draft.language_status, draft.terms, draft.title, draft.cover, draft.prevails),
        (draft.provisions, draft.first_words, draft.last_words, draft.length),
        (draft.attachments, draft.original),
    )
