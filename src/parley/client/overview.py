"""Where things stand: the front page, the inbox, the status and the register, one paper shown."""

from __future__ import annotations

from collections.abc import Iterator

from parley.act import Expiry, Receipt, Refusal
from parley.client import glance, officers, trusting
from parley.client.front_views import FrontPage, NextStep
from parley.client.references import find, find_negotiation
from parley.client.session import Session
from parley.client.viewing import OUR_REF, negotiation_view, paper_view
from parley.client.views import Inbox, NegotiationView, Officer, PaperView, RegisterRow
from parley.errors import Malformed, Unavailable
from parley.exchange import OPEN
from parley.fold import Negotiation
from parley.paper import Done, Paper

LATELY = 14 * 86_400_000
"""What became of a paper of ours stands on the front page for a fortnight."""

SOON = 30 * 86_400_000
"""Powers that end within thirty days are said first."""


def front_page(session: Session) -> FrontPage:
    """The front page; from what is held where the depositary cannot be reached."""
    reached = True
    try:
        session.sync()
    except Unavailable:
        session.known  # noqa: B018 - raises when there is nothing held to show either
        reached = False
    return FrontPage(
        me=officers.me(session),
        inbox=inbox_now(session, fetch=reached),
        news=_news(session),
        joining=tuple(
            negotiation_view(session, negotiation)
            for negotiation in session.known.world.negotiations.values()
            if session.party in negotiation.joined and set(negotiation.convene.parties) - set(negotiation.joined)
        ),
        ends_soon=_ends_soon(session),
        unsent=tuple(posted.purpose.split(" ")[0] for posted in session.ledger.waiting()),
        compared=bool(session.ledger.all_kept(trusting.KIND)),
        negotiates=any(session.party in each.joined for each in session.known.world.negotiations.values()),
        owed=glance.owed_by_us(session),
        steps=tuple(_steps(session, fetch=reached)),
        clock_off=session.remote.seconds_off or 0,
        checked=session.known.last_time,
        reached=reached,
    )


def _steps(session: Session, *, fetch: bool) -> Iterator[tuple[str, NextStep]]:
    for negotiation, paper in session.known.world.papers():
        if paper.is_open(session.party) or (paper.act.by.party == session.party and _waits(paper)):
            step = glance.next_step(session, negotiation, paper, fetch=fetch)
            if step is not None:
                yield paper.digest.hex(), step


def _news(session: Session) -> tuple[PaperView, ...]:
    """Own papers with an outcome not older than `LATELY` that none of ours replaces, the newest outcome first."""
    since, found = session.now - LATELY, []
    for negotiation, paper in session.known.world.papers():
        if paper.act.by.party != session.party or paper.replaced_by is not None:
            continue
        times = [done.at.time for party in paper.outcomes if (done := _outcome(paper, party)) is not None]
        if times and max(times) >= since:
            found.append((max(times), negotiation, paper))
    found.sort(key=lambda each: each[0], reverse=True)
    return tuple(paper_view(session, negotiation, paper, fetch=False) for _, negotiation, paper in found)


def _outcome(paper: Paper, party: str) -> Done | None:
    """What somebody else did to end it: a receipt, a refusal, an expiry; our own withdrawal is no news to us.

    Nor is that nobody signed for what lay open to its recipient.
    """
    outcome = paper.outcomes[party]
    answered = outcome.find(Receipt) or outcome.find(Refusal)
    return answered or (outcome.find(Expiry) if paper.available(party) is None else None)


def _ends_soon(session: Session) -> tuple[Officer, ...]:
    if session.party not in session.known.world.registers:
        return ()
    now = session.now
    return tuple(
        each for each in officers.officers(session) if each.revoked is None and now <= each.until <= now + SOON
    )


def inbox(session: Session, *, fetch: bool) -> Inbox:
    session.sync()
    return inbox_now(session, fetch=fetch)


def inbox_now(session: Session, *, fetch: bool) -> Inbox:
    """What waits for us, and whom we wait for, oldest limit first."""
    papers = sorted(session.known.world.papers(), key=lambda found: found[1].act.accept_by)
    for_us = [found for found in papers if found[1].is_open(session.party)]
    waiting = [found for found in papers if found[1].act.by.party == session.party and _waits(found[1])]
    to_join = [
        negotiation
        for negotiation in session.known.world.negotiations.values()
        if session.party not in negotiation.joined
    ]
    return Inbox(
        for_us=tuple(paper_view(session, *found, fetch=fetch) for found in for_us),
        we_wait=tuple(paper_view(session, *found, fetch=False) for found in waiting),
        to_join=tuple(negotiation_view(session, negotiation, fetch=fetch) for negotiation in to_join),
    )


def _waits(paper: Paper) -> bool:
    return any(outcome.state in OPEN for outcome in paper.outcomes.values())


def show(session: Session, reference: str, *, fetch: bool) -> PaperView:
    """One paper, with the cover opened."""
    if fetch:
        session.sync()
    return paper_view(session, *find(session, reference, signing=False), fetch=fetch)


def negotiations(session: Session) -> tuple[NegotiationView, ...]:
    """All negotiations, newest first."""
    found = sorted(session.known.world.negotiations.values(), key=lambda each: each.convened.at.index, reverse=True)
    return tuple(negotiation_view(session, negotiation) for negotiation in found)


def status(session: Session, handle: str | None, *, fetch: bool) -> tuple[PaperView, ...]:
    """Every paper of one negotiation, or of all, in log order."""
    return tuple(paper_view(session, *found, fetch=False) for found in _papers(session, handle, fetch=fetch))


def _papers(session: Session, handle: str | None, *, fetch: bool) -> list[tuple[Negotiation, Paper]]:
    if fetch:
        session.sync()
    if handle is not None:
        negotiation = find_negotiation(session, handle)
        return [(negotiation, paper) for paper in negotiation.in_order()]
    return sorted(session.known.world.papers(), key=lambda found: found[1].at.index)


def register(session: Session, handle: str | None, *, fetch: bool) -> tuple[RegisterRow, ...]:
    """A row for each paper and recipient, in log order."""
    rows = []
    for found in _papers(session, handle, fetch=fetch):
        view = paper_view(session, *found, fetch=fetch)  # with its subject, also where nobody looked at it before
        for delivery in view.deliveries:
            ours = delivery.party == session.party
            rows.append(
                RegisterRow(paper=view, delivery=delivery, direction="out" if view.ours else "in" if ours else "other")
            )
    return tuple(rows)


def note_our_ref(session: Session, reference: str, our_ref: str) -> None:
    """Keep our registry's own number for a paper, in the ledger of this home alone."""
    _, paper = find(session, reference, signing=False)
    if not our_ref.strip() or len(our_ref) > 200:
        raise Malformed("our-ref.form")
    session.ledger.keep(OUR_REF, paper.digest.hex(), our_ref.encode("utf-8"))
