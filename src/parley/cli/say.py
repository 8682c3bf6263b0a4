"""Say in public: statements about a paper in one's own words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from parley.act import StatementKind
from parley.cli import act_screens
from parley.cli.command import Word, command
from parley.cli.handover import exact, sign, tell_entered
from parley.cli.particulars import split
from parley.cli.prepared import check_hands, to_prepare, written
from parley.cli.session import Session
from parley.cli.takein import in_languages
from parley.errors import Malformed
from parley.words import has, say

if TYPE_CHECKING:
    from parley.act import Words
    from parley.client.views import PaperView


@command("statement", data=True, asks=True)
@click.argument("kind", type=Word(get_args(StatementKind)))
@click.argument("reference")
@click.argument("words", nargs=-1)
@to_prepare
def statement(
    session: Session,
    kind: str,
    reference: str,
    words: tuple[str, ...],
    draft_file: Path | None,
    signers: tuple[str, ...],
) -> None:
    with session.delegation() as delegation:
        check_hands(delegation, "release", draft_file)
        paper = exact(delegation, reference)
        session.learn(delegation.partners())
        said = in_languages(words) or _proposed(session, kind, paper)
        if draft_file is not None:
            preparing = delegation.preparing(draft_file, split(signers))
            written(session, preparing.statement(kind, paper.digest, said), draft_file)  # type: ignore[arg-type]  # Word gave a kind
            return
        session.tell(act_screens.statement(session, kind, said))
        sign(session, paper)
        entered = delegation.statement(kind, paper.digest, said)  # type: ignore[arg-type]  # Word gave a kind
    tell_entered(session, entered, "statement.done")


def _proposed(session: Session, kind: str, paper: PaperView) -> tuple[Words, ...]:
    """The sentence that fits a bare acknowledgement or a request, made from the record; other kinds need words."""
    key = f"statement-proposals.{kind}"
    if not has(key):
        raise Malformed("use.statement-words", kind=kind.replace("_", "-"))
    values = {"paper": paper.called, "sender": session.the(paper.sender)}
    if kind == "acknowledges":
        own = next((each for each in paper.deliveries if each.party == session.ours), None)
        if own is None or own.received is None:
            raise Malformed("use.nothing-received", reference=paper.called)
        time = session.clocks(paper.sender).instant(own.received)
        values |= {"party": session.the(session.ours), "time": time}
    return in_languages([say(key, **values)])
