"""Work on papers before and beside handing them over: what a file is understood to be, and a copy in another form."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from parley.cli.command import Word, command
from parley.cli.session import Session
from parley.errors import Malformed
from parley.words import say
from parley.words.neutral import shown
from parley.words.telling import left_out

if TYPE_CHECKING:
    from parley.articulate import LeftOut
    from parley.articulate.builder import Changes
    from parley.articulate.preview import Preview, Row, Warned
    from parley.articulate.writing import Form
    from parley.document import Document

_WORDS = 60


@command("preview", data=True, home=False, secret=False)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--language")
@click.option("--with-language", multiple=True, metavar="TAG=FILE")
@click.option("--changes", type=Word(("accept", "reject")))
@click.option("--full", is_flag=True)
def preview(
    session: Session,
    file: Path,
    language: str | None,
    with_language: tuple[str, ...],
    changes: Literal["accept", "reject"] | None,
    full: bool,
) -> None:

    from parley.articulate import Particulars, Understood, is_read, together, understand
    from parley.articulate.preview import preview as understood_as
    from parley.cli.files import beginning, check_source, language_files, read_file
    from parley.cli.particulars import DEFAULT_LANGUAGE, in_other_letters
    from parley.client.wish import check_language

    others = language_files(with_language)
    if language is None and is_read(file.name) and in_other_letters(beginning(check_source(file))):
        raise Malformed("use.language-unsaid", file=file.name)  # as deposit would
    sources = [(check_language(language or DEFAULT_LANGUAGE), file), *others]
    said = [(each, Particulars(language=tag, changes=changes or "")) for tag, each in sources]
    read = [understand(each.name, read_file(each), particulars) for each, particulars in said]
    document = together([each.document for each in read])
    whole = Understood(document=document, left_out=tuple(each for one in read for each in one.left_out))
    found = understood_as(whole)
    if session.json:
        session.print_json("preview", found)
        return
    session.data(_lines(found, full=full))
    session.tell(_warnings(found))


@command("export", data=True)
@click.argument("reference", metavar="REF|FILE")
@click.option("--as", "as_", type=Word(("akn", "docx", "html", "md")), required=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--language", default="en")
@click.option("--changes", type=Word(("accept", "reject")))
def export(
    session: Session,
    reference: str,
    as_: Form,
    output: Path | None,
    language: str,
    changes: Literal["accept", "reject"] | None,
) -> None:

    from parley.articulate.writing import ENDINGS, write_as
    from parley.cli.files import check_new, write_new
    from parley.client.references import is_reference

    name = reference.strip() if is_reference(reference) else Path(reference).stem
    file = check_new(output or Path(f"{name.replace('/', '-')}.{ENDINGS[as_]}"))
    left: tuple[LeftOut, ...] = ()
    if is_reference(reference):
        with session.delegation() as delegation:
            document = delegation.read(reference).document
    else:
        document, left = _understood(Path(reference), language, changes or "")
    write_new(file, write_as(document, as_), private=True)
    if session.json:
        session.print_json("written", [str(file)])
        return
    session.data([str(file)])
    session.tell([*(f"- {left_out(each.what, each.count)}" for each in left), say("export.done", file=file)])


def _understood(file: Path, language: str, changes: Changes) -> tuple[Document, tuple[LeftOut, ...]]:
    from parley.articulate import Particulars, understand
    from parley.cli.files import read_file
    from parley.client.wish import check_language

    said = Particulars(language=check_language(language), changes=changes)
    found = understand(file.name, read_file(file), said)
    return found.document, found.left_out


def _lines(found: Preview, *, full: bool) -> list[str]:
    lines = [
        shown(found.title),
        say("preview.count", count=len(found.provisions), languages=", ".join(found.languages)),
    ]
    for row in found.provisions:
        lines += ["", *_row(row, full=full)] if not row.depth else _row(row, full=full)
    return lines


def _row(row: Row, *, full: bool) -> list[str]:
    """A provision: number, name, identifier, heading; under it the words, and what must be shown with it and why."""
    indent = "  " * row.depth
    head = f"{indent}#{row.number}  {row.name}  [{row.e_id}]"
    lines = [shown(f"{head}  {row.heading}".rstrip())]
    words = row.words if full else row.words.replace("\n", " ")[:_WORDS] + ("…" if len(row.words) > _WORDS else "")
    lines += [f"{indent}    {shown(line)}" for line in words.split("\n") if line]
    for why in dict.fromkeys(each.why for each in row.companions):
        named = ", ".join(shown(each.name) for each in row.companions if each.why == why)
        lines.append(f"{indent}    {say('preview.with', why=say(f'preview.{why}'), names=named)}")
    return lines


def _warnings(found: Preview) -> list[str]:
    if not found.warnings:
        return [say("preview.nothing-odd")]
    return [f"- {_warning(each)}" for each in found.warnings]


def _warning(warned: Warned) -> str:
    if warned.what == "left-out":
        return left_out(warned.where, int(warned.detail))
    return say(f"preview.{warned.what}", where=warned.where, detail=warned.detail)
