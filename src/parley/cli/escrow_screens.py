"""What is known of a declaration under one seal, as a screen shows it, and what can be done with it next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from parley.cli.session import Session
from parley.measures.escrow_questions import asked_by, beyond
from parley.words import escrows as words
from parley.words import say
from parley.words.table import pairs, table

if TYPE_CHECKING:
    from parley.measures.escrow_story import Story


def print_story(session: Session, story: Story) -> None:
    """All that is known of one escrow."""
    clocks = session.clocks(story.owner)
    plain, most = session.lines_only, session.width
    session.data(pairs(words.head(story, naming=session.name, clocks=clocks), plain=plain, most=most))
    _table(session, [say(f"escrow.{name}") for name in ("step", "opens", "of", "opened-by")], words.step_rows(story))
    _table(session, words.item_columns(story), words.item_rows(story))
    if len(story.items) > words.MOST_ROWS:
        session.prose(say("escrow.more", count=len(story.items) - words.MOST_ROWS))
    head = [say(f"escrow.{name}") for name in ("question", "asked-by", "place", "answer", "opened-by")]
    _table(session, head, words.question_rows(story, naming=session.name))
    for lines in (words.totals(story), words.changes(story), words.faults(story, naming=session.the)):
        said = list(lines)
        if said:
            session.data("")
            session.prose(said)
    if story.sound and any(step.opened_by for step in story.steps):
        session.tell(say("escrow.sound"))
    commands = _next(session, story)
    if commands:
        session.tell(say("ask.next", commands=" · ".join(commands)))


def _table(session: Session, head: list[str], rows: Iterable[list[str]]) -> None:
    found = list(rows)
    if found:
        session.data("")
        session.data(table(head, found, plain=session.lines_only, most=session.width))


def _next(session: Session, story: Story) -> list[str]:
    """What this side can do now, as commands to copy."""
    if story.waiting:
        return [f"parley receive {reference}" for reference in story.waiting[:3]]
    most = story.plan.questions if story.plan else 0
    if story.owner != session.ours:
        more = asked_by(story.questions)[session.ours] < most
        return [f"parley escrow ask {story.sealed.reference} PLACE"] if more else []
    late = beyond(story.questions, story.plan) if story.plan else frozenset()
    waiting = [each.reference for each in story.questions if each.found is None and each.digest not in late]
    unanswered = [f"parley escrow answer {reference}" for reference in waiting[:3]]
    return unanswered + ([f"parley escrow open {story.sealed.reference}"] if story.due() is not None else [])
