"""What the front page tells of agreements, draws and escrows: out of what lies in this home, and at once.

A front page may not make anybody wait, so what is opened for it is bounded, and where more would have to be opened it
says where to look instead. Nothing is fetched for it but the small papers in which a step is asked of us.
"""

from __future__ import annotations

from parley.act import Deposit
from parley.client.front_views import NextStep, OwedView
from parley.client.opening import open_paper
from parley.client.receiving import at_disposal
from parley.client.session import Session
from parley.client.underway import Underway
from parley.errors import ParleyError
from parley.fold import Negotiation
from parley.measures.draw_text import TERMS_TYPE
from parley.measures.escrow_papers import MEDIA_TYPE as ESCROW_TYPE
from parley.measures.obligation import State
from parley.measures.step_text import MEDIA_TYPE as TEXT_TYPE
from parley.paper import Paper

SOON = 7 * 86_400_000
"""What is due within a week is said on the front page, in milliseconds."""

MOST = 100
"""Papers that are opened to count what is owed: some milliseconds each."""

SMALL = 256 << 10
"""Bytes sealed of a paper that is opened, and fetched, to see whether it asks a step of us."""


# --- what we owe ----------------------------------------------------------------------------------------------------


def owed_by_us(session: Session) -> OwedView | None:
    """How many obligations of ours are missed or soon due, in all negotiations; None where no agreement is.

    Counted from the papers that lie here. Where these are more than `MOST`, nothing is counted.
    """
    every = session.known.world.negotiations.values()
    under_way = [negotiation for negotiation in every if _has_agreement(session, negotiation)]
    if not under_way:
        return None
    papers = [paper for negotiation in under_way for paper in negotiation.papers.values()]
    ours = [paper for paper in papers if at_disposal(session, paper)]
    here = [paper for paper in ours if _lies_here(session, paper.act)]
    if len(here) > MOST:
        return OwedView(missed=0, soon=0, counted=False, whole=False)
    now, owed = session.now, []
    for negotiation in under_way:
        under = Underway.read(session, negotiation, only=lambda paper: _lies_here(session, paper.act))
        all_ = [each for running in under.running(now) for each in under.owed(running.text, now)]
        owed += [each for each in all_ if each.debtor == session.party]
    due = [each.deadline for each in owed if each.state is State.DUE and each.deadline is not None]
    return OwedView(
        missed=sum(each.state is State.MISSED for each in owed),
        soon=sum(now <= deadline <= now + SOON for deadline in due),
        counted=True,
        whole=len(here) == len([paper for paper in ours if paper.act.payload is not None]),
    )


def _has_agreement(session: Session, negotiation: Negotiation) -> bool:
    """Whether somebody proposed an agreement's text here: of all other papers none has to be opened to know it."""
    proposed = (each for each in negotiation.in_order() if each.act.role == "proposal" and each.replaced_by is None)
    here = [paper for paper in proposed if at_disposal(session, paper) and _lies_here(session, paper.act)]
    return len(here) <= MOST and session.reads and any(_original(session, paper) == TEXT_TYPE for paper in here)


def _lies_here(session: Session, act: Deposit) -> bool:
    """Whether all sealed parts that a deposit names were fetched, or made, here."""
    parts = (act.cover, act.header, act.payload)
    return all(part is not None and session.home.sealed(part.digest).is_file() for part in parts)


# --- what is asked of us --------------------------------------------------------------------------------------------


def next_step(session: Session, negotiation: Negotiation, paper: Paper, *, fetch: bool) -> NextStep | None:
    """What goes on with a paper that nobody has signed for yet: a draw, or the answer to a question about an escrow.

    With `fetch`, a small paper that opens at once is fetched to see it.
    """
    act = paper.act
    answered = negotiation.papers.get(act.in_reply_to) if act.in_reply_to else None
    match act.opening.kind, act.role:
        case "at_once", "proposal":
            return "draw" if _small(session, paper, fetch=fetch) == TERMS_TYPE else None
        case (("held" | "together"), "declaration") if answered is not None:
            return next_step(session, negotiation, answered, fetch=fetch)
        case "at_once", "note" if answered is not None:
            about_ours = answered.act.opening.kind == "held" and answered.act.by.party == session.party
            if about_ours and not _answered(session, negotiation, paper):
                return "answer" if _small(session, paper, fetch=fetch) == ESCROW_TYPE else None
    return None


def _answered(session: Session, negotiation: Negotiation, paper: Paper) -> bool:
    return any(
        each.act.in_reply_to == paper.digest and each.act.by.party == session.party and not each.taken_back
        for each in negotiation.papers.values()
    )


def _small(session: Session, paper: Paper, *, fetch: bool) -> str | None:
    """The media type of a small paper's original; None where it is larger, not here, or not ours to open."""
    act = paper.act
    if act.payload is None or act.payload.length > SMALL or not at_disposal(session, paper):
        return None
    return _original(session, paper) if fetch or _lies_here(session, act) else None


def _original(session: Session, paper: Paper) -> str | None:
    try:
        original = open_paper(session, paper.act).document.original
    except ParleyError:
        return None  # not the sealed one, or not ours to open: whoever reads it is told
    return original.media_type if original else None
