"""Checking what others show: an evidence file, or a page that carries one, without a network and without a home."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from parley.cli.command import command
from parley.cli.session import Session
from parley.errors import Invalid
from parley.words import explain as sentence_of
from parley.words import say

if TYPE_CHECKING:
    from parley.policy import Trust
    from parley.record.page import Compared

PATH = click.Path(path_type=Path)
LARGEST_FILE = 80 << 20
"""An evidence file of 64 MiB, and the page around it."""


@command("verify", data=True, home=False, secret=False)
@click.argument("file", type=PATH)
@click.option("--trust", "trust_file", type=PATH, metavar="FILE")
@click.option("--explain", is_flag=True)
def verify(session: Session, file: Path, trust_file: Path | None, explain: bool) -> int:
    from parley.cli.files import read_file
    from parley.record.page import looks_like_page
    from parley.verdict import verify as check
    from parley.words.verdicts import step_lines, verdict_lines

    data, trust = read_file(file, most=LARGEST_FILE), _trust(trust_file)
    page = data if looks_like_page(data) else None
    try:
        verdict = check(_inside(page) if page is not None else data, trust)
        compared = _compared(page)
    except Invalid as invalid:
        if session.json:
            failure = {"result": "disproven", "error": invalid.code, "details": invalid.details}
            session.print_json("verdict", failure)
        else:
            session.data([say("verdict.failed", reason=sentence_of(invalid)), "", say("verdict.failed-shows")])
        return 1
    code = _code(verdict.result.value, compared)
    if session.json:
        value = verdict if compared is None else {"page": compared, "verdict": verdict}
        session.print_json("verdict" if compared is None else "page", value)
        return code
    if explain:
        session.data([*step_lines(verdict.steps), ""])
    said = say(f"page-check.{compared.name.lower().replace('_', '-')}") if compared is not None else None
    session.data(verdict_lines(verdict, said))
    return code


def _inside(page: bytes) -> bytes:
    from parley.record.page import read

    return read(page).evidence


def _compared(page: bytes | None) -> Compared | None:
    from parley.record.page import compare

    return compare(page) if page is not None else None


def _code(result: str, compared: Compared | None) -> int:
    """The worse of two answers: what the evidence proves, and whether the page around it shows that."""
    codes = {"proven": 0, "disproven": 1, "unchecked": 3}
    pages = {"same": 0, "differs": 1, "other version": 3}
    found = {codes[result], pages[compared.value] if compared is not None else 0}
    return 1 if 1 in found else max(found)


def _trust(file: Path | None) -> Trust | None:
    from parley.cli.files import read_text
    from parley.policy import Trust

    return Trust.parse(read_text(file)) if file is not None else None
