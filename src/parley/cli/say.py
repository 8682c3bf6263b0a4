"""Say in public: statements about a paper in one's own words, and agreement to its provisions being shown."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from parley.act import StatementKind
from parley.cli import act_screens
from parley.cli.command import Word, command
from parley.cli.handover import exact, sign, split, tell_entered
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
    values = {"paper": paper.reference, "sender": session.the(paper.sender)}
    if kind == "acknowledges":
        own = next((each for each in paper.deliveries if each.party == session.ours), None)
        if own is None or own.received is None:
            raise Malformed("use.nothing-received", reference=paper.reference)
        time = session.clocks(paper.sender).instant(own.received)
        values |= {"party": session.the(session.ours), "time": time}
    return in_languages([say(key, **values)])


@command("release", data=True, asks=True)
@click.argument("reference")
@click.option("--provisions", metavar="NUMBERS")
@click.option("--to", "audience", multiple=True)
@click.option("--not-before", metavar="TIME")
@click.option("--until", metavar="TIME")
@click.option("--one-sided", is_flag=True)
@click.option("--take-back", metavar="DIGITS")
@to_prepare
def release(
    session: Session,
    reference: str,
    provisions: str | None,
    audience: tuple[str, ...],
    not_before: str | None,
    until: str | None,
    one_sided: bool,
    take_back: str | None,
    draft_file: Path | None,
    signers: tuple[str, ...],
) -> None:
    from parley.cli.setup import instant

    numbers = provision_numbers(provisions) if provisions is not None else None
    with session.delegation() as delegation:
        check_hands(delegation, "release", draft_file)
        paper = exact(delegation, reference)
        session.learn(delegation.partners())
        preparing = delegation.preparing(draft_file, split(signers)) if draft_file is not None else None
        if take_back is not None:
            if preparing is not None and draft_file is not None:
                written(session, preparing.withdraw_release(paper.digest, take_back), draft_file)
                return
            sign(session, paper)
            tell_entered(session, delegation.withdraw_release(paper.digest, take_back), "release.taken-back")
            return
        zone = delegation.me().zone
        to = [delegation.partner(party).party for party in split(audience) if party.casefold() != "public"]
        settings: dict[str, Any] = {
            "provisions": numbers,
            "audience": to,
            "not_before": instant(not_before, zone) if not_before else None,
            "until": instant(until, zone) if until else None,
            "one_sided": one_sided,
        }
        if preparing is not None and draft_file is not None:
            written(session, preparing.release(paper.digest, **settings), draft_file)
            return
        session.tell(act_screens.release(session, numbers, to, one_sided=one_sided))
        sign(session, paper)
        entered = delegation.release(paper.digest, **settings)
    tell_entered(session, entered, "release.done")


def provision_numbers(text: str) -> list[int]:
    """`3,5,7-9` as numbers, each once and in order. Raises: Malformed."""
    found: set[int] = set()
    for part in re.split(r"[,\s]+", text.strip()):
        match = re.fullmatch(r"([1-9][0-9]{0,4})(?:-([1-9][0-9]{0,4}))?", part)
        if match is None or (match[2] and int(match[2]) < int(match[1])):
            raise Malformed("use.releases")
        found.update(range(int(match[1]), int(match[2] or match[1]) + 1))
    return sorted(found)
