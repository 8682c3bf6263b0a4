"""The public record of a negotiation: what may be shown, as pages that need no server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from parley.cli.command import Word, command
from parley.cli.session import Session
from parley.words import LANGUAGES, say
from parley.words.telling import provisions

if TYPE_CHECKING:
    from parley.client.publishing import Publishable
    from parley.record.inputs import Inputs

PATH = click.Path(path_type=Path)


@command("record", data=True, asks=True)
@click.argument("what", type=Word(("build",)), expose_value=False)
@click.argument("handle", required=False)
@click.option("-o", "--output", type=PATH, metavar="DIR", required=True)
@click.option("--press", "press_file", type=PATH, metavar="FILE")
@click.option("--address", metavar="ADDRESS")
@click.option("--language", "languages", type=Word(LANGUAGES), multiple=True)
@click.option("--one-sided", is_flag=True)
@click.option("--replace", is_flag=True)
def record(
    session: Session,
    handle: str | None,
    output: Path,
    press_file: Path | None,
    address: str | None,
    languages: tuple[str, ...],
    one_sided: bool,
    replace: bool,
) -> None:
    from dataclasses import replace as replace_

    from parley.cli.files import check_new, read_file, write_folder
    from parley.record import press
    from parley.record.inputs import LIST, check_address
    from parley.record.site import build

    if not replace:
        check_new(output)
    if address is not None:
        check_address(address)
    printed = read_file(press_file, most=press.MAX_BYTES) if press_file is not None else None
    agreements = _agreements(press_file, printed)
    with session.delegation() as delegation:
        found = delegation.publishable(handle, one_sided=one_sided)
    inputs = replace_(
        inputs_of(found, printed, address, tuple(dict.fromkeys(languages)) or LANGUAGES), agreements=agreements
    )
    files = build(inputs)  # verifies everything, before anything is asked
    lines = _reveals(session, found)
    lines += [say("record-command.agreement", name=name) for name, _ in agreements]
    session.tell([say("record-command.meaning", handle=found.handle), *(f"- {line}" for line in lines)])
    session.confirm(say("ask.write-negotiation", word=found.handle), found.handle)
    write_folder(output, files, instead_of=LIST if replace else None)
    if session.json:
        references = [paper.reference for paper in found.papers]
        value = {"folder": output, "handle": found.handle, "papers": references, "files": len(files), "reveals": lines}
        session.print_json("record", value)
        return
    session.data(str(output))
    session.tell(say("record-command.written", folder=output, count=len(files)))
    session.tell(say("ask.next", commands=f"parley verify {output} --trust FILE"))


def _agreements(press_file: Path | None, printed: bytes | None) -> tuple[tuple[str, bytes], ...]:
    """The agreements that the press file names: one that comes with the program, or a file beside it.

    Raises: as `press.agreements`, `templates.read` and `read_file`.
    """
    from parley.cli import templates
    from parley.cli.files import read_file
    from parley.measures.agreement_file import LARGEST
    from parley.record import press

    if press_file is None or printed is None:
        return ()
    return tuple(
        (
            name.removesuffix(".toml"),
            read_file(press_file.parent / name, most=LARGEST) if name.endswith(".toml") else templates.read(name),
        )
        for name in press.agreements(printed)
    )


def inputs_of(found: Publishable, printed: bytes | None, address: str | None, languages: tuple[str, ...]) -> Inputs:
    """What a record is written from: what may be shown, what others printed, and in which languages to write it."""
    from parley.record.inputs import Inputs, PaperInput

    papers = tuple(
        PaperInput(
            reference=paper.reference,
            digest=paper.digest,
            evidence=paper.evidence,
            excerpts=tuple(excerpt.evidence for excerpt in paper.excerpts),
        )
        for paper in found.papers
    )
    return Inputs(
        by=found.party,
        handle=found.handle,
        as_of=found.as_of,
        papers=papers,
        languages=languages,
        address=address,
        press=printed,
        trust=found.trust.encode("utf-8"),
    )


def _reveals(session: Session, found: Publishable) -> list[str]:
    """What the record will show to everybody, paper by paper, and what is left out of it."""
    from parley.cli.prove import reveals

    lines = []
    for paper in found.papers:
        told = reveals(session, paper.evidence, only=paper.digest)[:2]
        told += [say("record-command.words", what=provisions(excerpt.provisions)) for excerpt in paper.excerpts]
        told += [say("record-command.withheld", what=provisions(numbers)) for numbers in paper.withheld]
        told += [say("record-command.closed", what=provisions(numbers)) for numbers in paper.closed]
        lines += [say("record-command.line", reference=paper.reference, what=what) for what in told]
    return [*lines, say("evidence.officers")]


__all__ = ["inputs_of", "record"]
