"""Show provisions: agreeing to it, cutting an excerpt that proves itself, giving context to another side's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from parley.answers import Released
from parley.cli import act_screens
from parley.cli.command import Word, command
from parley.cli.handover import exact, sign, tell_entered
from parley.cli.particulars import split
from parley.cli.prepared import check_hands, to_prepare, written
from parley.cli.screens import leave_lines, selection_lines
from parley.cli.session import Session
from parley.errors import Malformed, Refused
from parley.words import LANGUAGES, say, telling
from parley.words.telling import listed

if TYPE_CHECKING:
    from parley.canonical import Time
    from parley.client import Delegation
    from parley.client.disclosing import Answered, Leave, Selection
    from parley.client.views import PaperView

PATH = click.Path(path_type=Path)


# --- agreeing ---------------------------------------------------------------------------------------------------


@command("release", data=True, asks=True)
@click.argument("reference")
@click.option("--provisions", metavar="NAMES")
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

    with session.delegation() as delegation:
        check_hands(delegation, "release", draft_file)
        paper = exact(delegation, reference)
        session.learn(delegation.partners())
        if take_back is not None:
            _take_back(session, delegation, paper, take_back, draft_file, signers)
            return
        zone = delegation.me().zone
        times = [instant(time, zone) if time else None for time in (not_before, until)]
        to = _audience(delegation, audience)
        selection = delegation.select(paper.digest, provisions)
        settings: dict[str, Any] = {
            "provisions": selection.numbers,
            "audience": to,
            "not_before": times[0],
            "until": times[1],
            "one_sided": one_sided,
        }
        if draft_file is not None:
            _prepare(session, delegation, paper, settings, draft_file, signers)
            return
        session.tell(selection_lines(selection))
        leave = delegation.leave(paper.digest, provisions=selection.numbers, audience=to, total=selection.total)
        _agree(session, paper, selection, to, leave, one_sided=one_sided)
        entered = delegation.release(paper.digest, **settings)
        after = delegation.leave(paper.digest, provisions=selection.numbers, audience=to, total=selection.total)
    tell_entered(session, entered, "release.done")
    if not session.json:
        session.tell(leave_lines(session, paper, selection.numbers, to, after))


def _take_back(
    session: Session,
    delegation: Delegation,
    paper: PaperView,
    digits: str,
    draft_file: Path | None,
    signers: tuple[str, ...],
) -> None:
    if draft_file is not None:
        found = delegation.preparing(draft_file, split(signers)).withdraw_release(paper.digest, digits)
        written(session, found, draft_file)
        return
    sign(session, paper)
    tell_entered(session, delegation.withdraw_release(paper.digest, digits), "release.taken-back")


def _prepare(
    session: Session,
    delegation: Delegation,
    paper: PaperView,
    settings: dict[str, Any],
    draft_file: Path,
    signers: tuple[str, ...],
) -> None:
    """Write an agreement to a draft file instead of signing it."""
    written(session, delegation.preparing(draft_file, split(signers)).release(paper.digest, **settings), draft_file)


def _agree(
    session: Session, paper: PaperView, selection: Selection, to: Sequence[str], leave: Leave, *, one_sided: bool
) -> None:
    """Say exactly what the signature says, and ask for it. Raises, before it asks: Refused where terms forbid it."""
    session.tell(act_screens.release(session, selection.numbers, to, one_sided=one_sided))
    if not one_sided and not leave.allowed:
        if selection.numbers is not None and len(selection.numbers) == selection.total:
            raise Refused("release.whole", reference=paper.called)
        raise Refused("release.terms")
    sign(session, paper)


def _agree_first(
    session: Session,
    delegation: Delegation,
    paper: PaperView,
    selection: Selection,
    leave: Leave,
    settings: dict[str, Any],
) -> Leave:
    """Sign the agreement that is still missing before anything is cut, and say how things stand after it."""
    _agree(session, paper, selection, settings["audience"], leave, one_sided=settings["one_sided"])
    entered = delegation.release(paper.digest, **settings)
    session.tell(say("release.done", reference=entered.reference, time=_hours(session, entered.time)))
    return delegation.leave(
        paper.digest, provisions=selection.numbers, audience=settings["audience"], total=selection.total
    )


def _check_signs(paper: PaperView, *, signs: bool) -> None:
    """Raises: Refused("excerpt.nothing-to-sign") where a draft file would hold nothing."""
    if not signs:
        raise Refused("excerpt.nothing-to-sign", reference=paper.called)


def _audience(delegation: Delegation, audience: tuple[str, ...]) -> list[str]:
    """The parties named, by their ids; the public is no party."""
    return [delegation.partner(party).party for party in split(audience) if party.casefold() != "public"]


# --- cutting ----------------------------------------------------------------------------------------------------


@command("excerpt", data=True, asks=True)
@click.argument("reference")
@click.option("--provisions", metavar="NAMES")
@click.option("--to", "audience", multiple=True)
@click.option("-o", "--output", type=PATH, metavar="FILE")
@click.option("--evidence", type=PATH, metavar="FILE")
@click.option("--language", type=Word(LANGUAGES), default="en")
@click.option("--one-sided", is_flag=True)
@to_prepare
def excerpt(
    session: Session,
    reference: str,
    provisions: str | None,
    audience: tuple[str, ...],
    output: Path | None,
    evidence: Path | None,
    language: str,
    one_sided: bool,
    draft_file: Path | None,
    signers: tuple[str, ...],
) -> None:
    _check_files(reference, output, evidence, draft_file)
    with session.delegation() as delegation:
        if draft_file is not None:
            check_hands(delegation, "release", draft_file)
        paper = exact(delegation, reference)
        session.learn(delegation.partners())
        to, selection = _audience(delegation, audience), delegation.select(paper.digest, provisions)
        leave = delegation.leave(paper.digest, provisions=selection.numbers, audience=to, total=selection.total)
        signs = one_sided and leave.word is Released.NOT_RELEASED
        settings = {"provisions": selection.numbers, "audience": to, "one_sided": True}
        if draft_file is not None:
            _check_signs(paper, signs=signs)
            _prepare(session, delegation, paper, settings, draft_file, signers)
            return
        if signs:
            check_hands(delegation, "release", None)
        session.tell(selection_lines(selection))
        if signs:
            leave = _agree_first(session, delegation, paper, selection, leave, settings)
        session.tell(leave_lines(session, paper, selection.numbers, to, leave))
        data = delegation.excerpt(paper.digest, provisions=selection.numbers, audience=to, one_sided=one_sided)
    _write(session, paper, data, leave, output, evidence, language)


@command("context", data=True, asks=True)
@click.argument("reference")
@click.option("--provisions", metavar="NAMES", required=True)
@click.option("--beside", metavar="DIGITS")
@click.option("-o", "--output", type=PATH, metavar="FILE")
@click.option("--evidence", type=PATH, metavar="FILE")
@click.option("--language", type=Word(LANGUAGES), default="en")
@click.option("--one-sided", is_flag=True)
@to_prepare
def context(
    session: Session,
    reference: str,
    provisions: str,
    beside: str | None,
    output: Path | None,
    evidence: Path | None,
    language: str,
    one_sided: bool,
    draft_file: Path | None,
    signers: tuple[str, ...],
) -> None:
    _check_files(reference, output, evidence, draft_file)
    with session.delegation() as delegation:
        if draft_file is not None:
            check_hands(delegation, "release", draft_file)
        paper = exact(delegation, reference)
        session.learn(delegation.partners())
        answered = delegation.answered_by(paper.digest, beside)
        session.tell(_answers(session, answered))
        selection, to = delegation.select(paper.digest, provisions), list(answered.audience)
        if selection.numbers == answered.provisions:
            raise Malformed("context.same", reference=paper.called)
        leave = delegation.leave(paper.digest, provisions=selection.numbers, audience=to, total=selection.total)
        signs = leave.word is Released.NOT_RELEASED and (one_sided or leave.ours_suffices)
        settings = {"provisions": selection.numbers, "audience": to, "one_sided": one_sided}
        if draft_file is not None:
            _check_signs(paper, signs=signs)
            _prepare(session, delegation, paper, settings, draft_file, signers)
            return
        if signs:
            check_hands(delegation, "release", None)
        session.tell(selection_lines(selection))
        if signs:
            leave = _agree_first(session, delegation, paper, selection, leave, settings)
        session.tell(leave_lines(session, paper, selection.numbers, to, leave))
        data = delegation.excerpt(
            paper.digest, provisions=selection.numbers, audience=to, one_sided=one_sided, answered=answered
        )
    _write(session, paper, data, leave, output, evidence, language)


def _answers(session: Session, answered: Answered) -> str:
    audience = listed(map(session.the, answered.audience)) or say("telling.public")
    what = telling.provisions(answered.provisions)
    return say("context.answers", party=session.the(answered.party), what=what, audience=audience)


def _hours(session: Session, time: Time) -> str:
    return session.clocks(*session.zones).hours(time, seconds=True)


def _check_files(reference: str, output: Path | None, evidence: Path | None, draft_file: Path | None) -> None:
    """Raises: Malformed when nothing would be written, something is there already, or a file is named for a paper.

    With a draft file nothing else is written: what may be shown is known only when all have signed.
    """
    from parley.cli.files import check_new

    if Path(reference).suffix in (".html", ".htm", ".evidence") or Path(reference).is_file():
        raise Malformed("use.excerpt-of-excerpt", file=reference)
    if draft_file is not None and (output is not None or evidence is not None):
        raise Malformed("use.excerpt-or-draft")
    if draft_file is None and output is None and evidence is None:
        raise Malformed("use.excerpt-output")
    if output == evidence and output is not None:
        raise Malformed("use.same-file", file=str(output))
    for path in (output, evidence):
        if path is not None:
            check_new(path)


def _write(
    session: Session,
    paper: PaperView,
    data: bytes,
    leave: Leave,
    output: Path | None,
    evidence: Path | None,
    language: str,
) -> None:
    """Say what the files will show to whoever holds them, ask, and write them."""
    from parley.cli.files import write_new
    from parley.cli.prove import reveals
    from parley.record.page import render

    page = render(data, language)  # verifies the evidence, before anything is asked
    lines = reveals(session, data)
    session.tell([say("meaning.evidence"), *(f"- {line}" for line in lines)])
    session.confirm(say("ask.write-paper", word=paper.called), paper.called, f"{paper.handle}/{paper.reference}")
    written = [(path, content) for path, content in ((output, page), (evidence, data)) if path is not None]
    for path, content in written:
        write_new(path, content)
    if session.json:
        files = {"page": output, "evidence": evidence}
        value = {"reference": paper.reference, **files, "release": leave.word, "reveals": lines}
        session.print_json("excerpt", value)
        return
    session.data([str(path) for path, _ in written])
    session.tell(say("ask.next", commands=f"parley verify {written[0][0]} --trust FILE"))
