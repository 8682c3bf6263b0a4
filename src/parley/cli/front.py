"""The front page: who you are, what waits, whom you wait for, what ends soon, the next command beside each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.cli.session import Session
from parley.cli.unanswered import finish
from parley.errors import Refused
from parley.words import say, term
from parley.words.clock import left, short_day
from parley.words.neutral import shown
from parley.words.table import aligned

if TYPE_CHECKING:
    from parley.client.views import FrontPage, Me, PaperView

MUCH = 5
"""Seconds by which two clocks may differ before somebody is told."""


def front(session: Session) -> int:
    """Show the front page; without a home, how to get one."""
    try:
        with session.delegation() as delegation:
            page = delegation.front_page()
            if page.unsent and page.reached:
                finish(session, delegation)
                page = delegation.front_page()
            alarms = delegation.alarms()
    except Refused as refused:
        if refused.code != "home.none":
            raise
        session.tell([say("front.nobody", home=session.home), *(f"  {line}" for line in _beginnings())])
        return 0
    if session.json:
        session.print_json("front", page)
        return 0
    session.data(front_lines(session, page))
    for alarm in alarms:
        from parley.words import explain_code

        session.tell(say("audit.alarm", what=explain_code(alarm.code), proof=alarm.proof))
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
    lines += _papers(session, page.inbox.for_us, "receive")
    if not page.inbox.for_us and not page.inbox.to_join:
        lines.append("  " + say("front.nothing"))
    for negotiation in page.inbox.to_join:
        title = negotiation.title or say("negotiation.no-title")
        lines.append("  " + say("front.join", handle=negotiation.handle, title=title))
    lines += ["", say("front.we-wait")]
    lines += _papers(session, page.inbox.we_wait, "show") or ["  " + say("front.nothing")]
    if page.unsent:
        lines += ["", say("front.unsent"), *(f"  {shown(each)}" for each in page.unsent)]
    if page.ends_soon:
        lines += ["", say("front.ends-soon")]
    for officer in page.ends_soon:
        name = shown(officer.holder.name) or officer.key[:8]
        lines.append("  " + say("front.powers-end", name=name, day=short_day(officer.until)))
    return lines


def who_we_are(me: Me) -> str:
    """Who sits here, for whom."""
    officer = me.officer
    if officer is None:
        return say("front.no-powers", party=shown(me.name), log=me.log)
    name = ", ".join(part for part in (shown(officer.holder.name), shown(officer.holder.office)) if part)
    may = ", ".join(term("capabilities", each) for each in officer.capabilities)
    return say("front.you", party=shown(me.name), name=name or say("names.unnamed-officer"), may=may, log=me.log)


def _papers(session: Session, papers: tuple[PaperView, ...], command: str) -> list[str]:
    from parley.words.telling import listed, what

    rows = []
    for paper in papers:
        other = session.name(paper.sender) if not paper.ours else listed(
            session.name(delivery.party) for delivery in paper.deliveries if delivery.state == "waiting"
        )  # fmt: skip
        subject = shown(paper.cover.subject) if paper.cover else ""
        designation = what(role=paper.role, in_reply_to=paper.in_reply_to, standing=paper.standing)
        ends = left(session.now(), paper.accept_by)
        commands = ["read", command] if command == "receive" and "read" in paper.may else [command]
        beside = say("ask.next", commands=" · ".join(f"parley {each} {paper.reference}" for each in commands))
        rows.append([paper.reference, other, designation, subject, ends, beside])
    return aligned(rows, indent="  ")
