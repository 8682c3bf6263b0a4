"""The front page: who you are, what waits, whom you wait for, what ends soon, the next command beside each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.cli.session import Session
from parley.cli.unanswered import finish
from parley.errors import Refused
from parley.words import say, term
from parley.words.clock import left, short_day
from parley.words.neutral import shown
from parley.words.table import aligned, fitted, width
from parley.words.telling import listed, what

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parley.client.front_views import FrontPage
    from parley.client.views import Me, NegotiationView, PaperView

MUCH = 5
"""Seconds by which two clocks may differ before somebody is told."""


def front(session: Session) -> int:
    """Show the front page; without a home, how to get one."""
    try:
        with session.delegation() as delegation:
            page = delegation.front_page()
            alarms = [alarm for alarm in delegation.alarms() if alarm.answered is None]
            if page.unsent and page.reached and not alarms:
                finish(session, delegation)
                page = delegation.front_page()
    except Refused as refused:
        if refused.code != "home.none":
            raise
        session.tell([say("front.nobody", home=session.home), *(f"  {line}" for line in _beginnings())])
        return 0
    if session.json:
        session.print_json("front", page)
        return 0
    session.prose(front_lines(session, page))
    if alarms:
        from parley.cli.alarms import alarm_lines

        session.tell(alarm_lines(session, alarms))
    return 0


def _beginnings() -> list[str]:
    rows = [
        ["parley init FILE.invitation", say("front.begin-found")],
        ['parley init OFFICE --name "…"', say("front.begin-office")],
        ["parley recover SHEET", say("front.begin-recover")],
        ["parley verify FILE", say("front.begin-verify")],
        ["parley --help", say("front.begin-help")],
    ]
    return aligned(rows)


def front_lines(session: Session, page: FrontPage) -> list[str]:
    """The page; every line that asks for something ends with the command that does it."""
    lines = [who_we_are(page.me)]
    if not page.reached:
        lines.append(say("front.not-reached", address=page.me.address, time=session.clocks().instant(page.checked)))
    if abs(page.clock_off) > MUCH:
        lines.append(say("front.clock", seconds=page.clock_off))
    lines += ["", say("front.waits")]
    lines += _papers(session, page, page.inbox.for_us, "receive")
    if not page.inbox.for_us and not page.inbox.to_join:
        lines.append("  " + say("front.nothing"))
    for negotiation in page.inbox.to_join:
        title = negotiation.title or say("negotiation.no-title")
        lines.append("  " + say("front.join", handle=negotiation.handle, title=title))
    lines += _owed(page)
    lines += ["", say("front.we-wait")]
    waiting = _papers(session, page, page.inbox.we_wait, "show") + _joining(session, page.joining)
    lines += waiting or ["  " + say("front.nothing")]
    if not (page.inbox.for_us or page.inbox.to_join or waiting or page.news):
        lines += ["", say("ask.next", commands=_first_step(page))]
    if page.news:
        lines += ["", say("front.news"), *_news(session, page.news)]
    if page.unsent:
        lines += ["", say("front.unsent"), *(f"  {shown(each)}" for each in page.unsent)]
    if page.ends_soon:
        lines += ["", say("front.ends-soon")]
    for officer in page.ends_soon:
        name = shown(officer.holder.name) or officer.key[:8]
        lines.append("  " + say("front.powers-end", name=name, day=short_day(officer.until)))
    return lines


def _first_step(page: FrontPage) -> str:
    """What to do where nobody waits for anything: what comes first of what was not done yet."""
    if not page.compared:
        return "parley trust PARTY"
    if not page.negotiates:
        return 'parley convene "TITLE" --with PARTY'
    return "parley deposit FILE --to PARTY --role note · parley status"


def who_we_are(me: Me) -> str:
    """Who sits here, for whom."""
    officer = me.officer
    if officer is None:
        return say("front.no-powers", party=shown(me.name), log=me.log)
    name = ", ".join(part for part in (shown(officer.holder.name), shown(officer.holder.office)) if part)
    may = ", ".join(term("capabilities", each) for each in officer.capabilities)
    return say("front.you", party=shown(me.name), name=name or say("names.unnamed-officer"), may=may, log=me.log)


def _owed(page: FrontPage) -> list[str]:
    """One line about what we owe under agreements; none where no agreement is, or nothing is missed or soon due."""
    owed = page.owed
    if owed is None or (owed.counted and not owed.missed + owed.soon):
        return []
    key = "owed-uncounted" if not owed.counted else "owed" if owed.whole else "owed-here"
    values = {"missed": owed.missed, "soon": owed.soon} if owed.counted else {}
    return ["", say(f"front.{key}", **values)]


def _papers(session: Session, page: FrontPage, papers: tuple[PaperView, ...], command: str) -> list[str]:
    rows, steps = [], dict(page.steps)
    for paper in papers:
        other = session.name(paper.sender) if not paper.ours else listed(
            session.name(delivery.party) for delivery in paper.deliveries if delivery.state == "waiting"
        )  # fmt: skip
        subject = shown(paper.cover.subject) if paper.cover else ""
        designation = what(role=paper.role, in_reply_to=paper.in_reply_to, standing=paper.standing)
        ends = left(session.now(), paper.accept_by)
        read = command == "receive" and "read" in paper.may
        step = steps.get(paper.digest)
        commands = [_STEPS[step], "read" if read else command] if step else ["read", command] if read else [command]
        beside = say("ask.next", commands=" · ".join(f"parley {each} {paper.called}" for each in commands))
        rows.append([paper.called, other, designation, subject, ends, beside])
    return _within(session, rows)


_STEPS = {"draw": "draw", "answer": "escrow answer"}
"""The command that goes on with a paper."""


def _within(session: Session, rows: list[list[str]]) -> list[str]:
    """Rows whose last cell is a command, which goes on a line of its own where the screen is too narrow for it."""
    lines = aligned(rows, indent="  ")
    if session.lines_only or all(width(line) <= session.width for line in lines):
        return lines
    found = fitted([row[:-1] for row in rows], session.width, indent="  ")
    return [line for row, block in zip(rows, found, strict=True) for line in (*block, f"    {row[-1]}")]


def _news(session: Session, papers: Sequence[PaperView]) -> list[str]:
    """What became of our papers with each recipient, and what to do about it."""
    rows = []
    for paper in papers:
        clocks = session.clocks(*(delivery.party for delivery in paper.deliveries))
        for delivery in paper.deliveries:
            time = delivery.received or delivery.ended
            key = _NEWS.get(delivery.state)
            if time is None or key is None:
                continue
            again = "again" in paper.may and key != "received"
            command = f"parley deposit --again {paper.called}" if again else f"parley show {paper.called}"
            says = say(f"front.{key}", party=session.the(delivery.party), time=clocks.instant(time))
            if delivery.terms_taken == "under_reserve":
                says = say("front.reserved", says=says)
            rows.append([paper.called, says, say("ask.next", commands=command)])
    return _within(session, rows)


_NEWS = {
    "received": "received",
    "handed over": "received",
    "confirmed": "received",
    "faulted": "faulted",
    "refused": "refused",
    "expired": "expired",
}
"""What is said of each state that somebody else brought about."""


def _joining(session: Session, negotiations: Sequence[NegotiationView]) -> list[str]:
    """Which parties have not joined what we convened or joined ourselves."""
    lines = []
    for negotiation in negotiations:
        missing = [session.the(party) for party in negotiation.parties if party not in negotiation.joined]
        lines.append("  " + say("front.joining", handle=negotiation.handle, parties=listed(missing)))
    return lines
