"""From a paper to its slip: every value already in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from parley.canonical import Time
from parley.cli.files import size
from parley.cli.screens import clocks_of, opens, outcome, parties_of, recipients, who
from parley.cli.session import Session
from parley.words import say, term
from parley.words.clock import Clocks, day
from parley.words.pages import Slip, SlipParty
from parley.words.telling import cover_rows, terms_head, terms_lines, what

if TYPE_CHECKING:
    from parley.client.views import Delivery, PaperView


def slip_of(session: Session, paper: PaperView, numbers: Mapping[str, str], *, log: str, now: Time) -> Slip:
    """The slip of a paper; `numbers` are those that people compare, by party id."""
    clocks = clocks_of(session, paper)
    rows = [(say("screen.to"), recipients(session, paper.deliveries))]
    rows.append((say("screen.handed-in"), clocks.instant(paper.deposited, seconds=True)))
    rows.append((say("screen.signed-for-by"), clocks.instant(paper.accept_by)))
    rows.append((say("screen.opens"), opens(paper, clocks)))
    rows.append((say("screen.language"), f"{paper.language}, {term('language-statuses', paper.language_status)}"))
    if paper.opening != "held":
        rows.append((say("screen.content"), say("screen.about", size=size(paper.length))))
    if paper.cover is not None:
        rows.extend(cover_rows(paper.cover, clocks=clocks))
    if paper.our_ref:
        rows.append((say("screen.our-ref"), paper.our_ref))
    if paper.replaces:
        rows.append((say("screen.replaces"), paper.replaces))
    if paper.replaced_by:
        rows.append((say("screen.replaced-by"), paper.replaced_by))
    parties = parties_of(paper)
    return Slip(
        reference=paper.reference,
        handle=paper.handle,
        digest=paper.digest,
        sender=session.name(paper.sender),
        sender_signed_by=who(paper.sender_signed_by),
        designation=what(role=paper.role, in_reply_to=paper.in_reply_to, standing=paper.standing),
        rows=tuple(rows),
        terms_head=terms_head(paper.terms, parties),
        terms=tuple(terms_lines(paper.terms, paper.cover, naming=session.the, clocks=clocks)),
        recipients=tuple(_recipient(session, each, clocks) for each in paper.deliveries),
        numbers=tuple((session.name(party), numbers[party]) for party in parties if party in numbers),
        log=log,
        printed=clocks.instant(now),
    )


def _recipient(session: Session, delivery: Delivery, clocks: Clocks) -> SlipParty:
    times = [
        ("sent", delivery.sent),
        ("deposited", delivery.deposited),
        ("informed", delivery.informed),
        ("received", delivery.received),
    ]
    taken = say(f"terms-sentences.{delivery.terms_taken}") if delivery.terms_taken else ""
    return SlipParty(
        name=session.name(delivery.party),
        capacity=say("slip.for-information") if delivery.capacity == "info" else "",
        outcome=outcome(session, delivery, clocks),
        times=tuple(
            (say(f"times.{name}"), say(f"times-meaning.{name}"), _clocks(time, clocks)) for name, time in times
        ),
        signed_by=who(delivery.signed_by) if delivery.signed_by else "",
        terms=taken,
    )


def _clocks(time: Time | None, clocks: Clocks) -> tuple[str, ...]:
    """The date, then each clock in a cell of its own."""
    if time is None:
        return (say("telling.not-yet"),)
    return (day(time), *(f"{hour} {place}" for place, hour in clocks.parts(time, seconds=True)))
