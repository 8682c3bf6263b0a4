"""Say in public: statements about a paper in one's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import click

from parley.act import StatementKind
from parley.cli.command import Word, command
from parley.cli.handover import exact, sign, tell_entered
from parley.cli.session import Session
from parley.cli.takein import in_languages
from parley.errors import Malformed
from parley.words import has, say, term
from parley.words.neutral import shown

if TYPE_CHECKING:
    from parley.act import Words
    from parley.client.views import PaperView


@command("statement", data=True, asks=True)
@click.argument("kind", type=Word(get_args(StatementKind)))
@click.argument("reference")
@click.argument("words", nargs=-1)
def statement(session: Session, kind: str, reference: str, words: tuple[str, ...]) -> None:
    with session.delegation() as delegation:
        paper = exact(delegation, reference)
        session.learn(delegation.partners())
        said = in_languages(words) or _proposed(session, kind, paper)
        session.tell(say("statement.about", party=session.the(session.ours), kind=term("statements", kind)))
        session.tell([f"  {shown(each.text)} ({each.language})" for each in said])
        session.tell(say("meaning.statement"))
        sign(session, paper)
        entered = delegation.statement(kind, paper.digest, said)  # type: ignore[arg-type]  # Word gave a kind
    tell_entered(session, entered, "statement.done")


def _proposed(session: Session, kind: str, paper: PaperView) -> tuple[Words, ...]:
    """The sentence that fits a bare acknowledgement or a request, made from the record; other kinds need words."""
    key = f"statement-proposals.{kind}"
    if not has(key):
        raise Malformed("use.statement-words", kind=kind.replace("_", "-"))
    values = {"paper": paper.reference, "sender": session.the(paper.sender)}
    if kind == "acknowledges":
        own = next((each for each in paper.deliveries if each.party == session.ours), None)
        if own is None or own.received is None:
            raise Malformed("use.nothing-received", reference=paper.reference)
        time = session.clocks(paper.sender).instant(own.received)
        values |= {"party": session.the(session.ours), "time": time}
    return in_languages([say(key, **values)])
