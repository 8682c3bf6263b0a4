"""Checking what others show: evidence, a page that carries it, a record of pages; without a network or a home."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from parley.cli.command import command
from parley.cli.progress import working
from parley.cli.session import Session
from parley.errors import Invalid, Refused
from parley.words import explain as sentence_of
from parley.words import say

if TYPE_CHECKING:
    from parley.policy import Trust
    from parley.record.page import Compared
    from parley.record.site import Comparison
    from parley.sitting import Sitting

PATH = click.Path(path_type=Path)
LARGEST_FILE = 80 << 20
"""An evidence file of 64 MiB, and the page around it."""
LARGEST_RECORD = 8 << 30
"""A record has a few hundred kilobytes for each paper and excerpt in each language."""


@command("verify", data=True, home=False, secret=False)
@click.argument("file", type=PATH)
@click.option("--trust", "trust_file", type=PATH, metavar="FILE")
@click.option("--explain", is_flag=True)
def verify(session: Session, file: Path, trust_file: Path | None, explain: bool) -> int:
    from parley.cli.files import read_file
    from parley.measures.draw_proof import looks_like_draw
    from parley.record.page import looks_like_page
    from parley.verdict import verify as check
    from parley.words.verdicts import step_lines, verdict_lines

    trust = _trust(trust_file)
    if file.is_dir():
        return _record(session, file, trust)
    if not file.suffix and not file.exists():
        raise Refused("folder.missing", file=str(file))
    data = read_file(file, most=LARGEST_FILE)
    if looks_like_draw(data):
        return _draw(session, data, trust)
    page = data if looks_like_page(data) else None
    try:
        verdict = check(_inside(page) if page is not None else data, trust)
        compared = _compared(page)
    except Invalid as invalid:
        if session.json:
            failure = {"result": "disproven", "error": invalid.code, "details": invalid.details}
            session.print_json("verdict", failure)
        else:
            session.prose([say("verdict.failed", reason=sentence_of(invalid)), "", say("verdict.failed-shows")])
        return 1
    code = _code(verdict.result.value, compared)
    if session.json:
        value = verdict if compared is None else {"page": compared, "verdict": verdict}
        session.print_json("verdict" if compared is None else "page", value)
        return code
    if explain:
        session.prose([*step_lines(verdict.steps), ""])
    said = say(f"page-check.{compared.name.lower().replace('_', '-')}") if compared is not None else None
    session.prose(verdict_lines(verdict, said))
    return code


def _draw(session: Session, data: bytes, trust: Trust | None) -> int:
    """A draw computed again from the file that proves it."""
    from parley.measures.draw_proof import verify_draw
    from parley.words.draws import as_value, proof_lines

    try:
        found = verify_draw(data, trust)
    except Invalid as invalid:
        if session.json:
            session.print_json("draw", {"result": "disproven", "error": invalid.code, "details": invalid.details})
        else:
            session.prose([say("verdict.failed", reason=sentence_of(invalid)), "", say("verdict.failed-shows")])
        return 1
    if session.json:
        session.print_json("draw", {**as_value(found.terms, found.standing), "verdict": found.verdict})
    else:
        session.prose(proof_lines(found))
    return _code(found.verdict.result.value, None)


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


# --- a record of pages ------------------------------------------------------------------------------------------


def _record(session: Session, folder: Path, trust: Trust | None) -> int:
    """The pages held against the evidence beside them, then each evidence against the reader's trust file."""
    from parley.cli.files import read_folder
    from parley.record.site import compare
    from parley.sitting import Sitting

    files, sitting = read_folder(folder, most=LARGEST_RECORD), Sitting()
    with working(session, say("working.checking")):
        found = compare(files, sitting)
        checked = _evidence(files, trust, sitting)
    codes = {"same": 0, "differs": 1, "other version": 3}
    results = {check.result for check in checked}
    code = max(codes[found.word.value], 3 if results - {"proven"} else 0)
    code = 1 if found.word.value == "differs" or "disproven" in results else code
    if session.json:
        value = {"word": found.word, "file": found.file, "how": found.how, "evidence": checked, "files": len(files)}
        session.print_json("record", value)
        return code
    session.data([_compared_line(found, len(files)), ""])
    session.data(_evidence_lines(checked))
    return code


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One evidence file of a record: what it proves to this reader; why it does not; whom to compare."""

    file: str
    result: str
    reason: str
    numbers: tuple[tuple[str, str], ...]


def _evidence(files: Mapping[str, bytes], trust: Trust | None, sitting: Sitting) -> list[Checked]:
    """Each evidence file, in the order of names: all that lie in the folder, whatever its list says."""
    from parley.errors import ParleyError
    from parley.verdict import verify as check

    found = []
    for name, data in sorted(files.items()):
        if not name.endswith(".evidence"):
            continue
        try:
            verdict = check(data, trust, sitting)
        except ParleyError as error:
            found.append(Checked(file=name, result="disproven", reason=sentence_of(error), numbers=()))
            continue
        unknown = tuple((each.party, each.number) for each in verdict.parties if each.name is None)
        found.append(Checked(file=name, result=verdict.result.value, reason="", numbers=unknown))
    return found


def _compared_line(found: Comparison, count: int) -> str:
    if found.word.value == "same":
        return say("site-check.same", count=count)
    if found.word.value == "other version":
        return say("site-check.other-version")
    reason = sentence_of(found.reason) if found.reason is not None else ""
    return say(f"site-check.{found.how}", file=found.file, **({"reason": reason} if found.how == "broken" else {}))


def _evidence_lines(checked: Sequence[Checked]) -> list[str]:
    counts = {word: sum(check.result == word for check in checked) for word in ("proven", "unchecked", "disproven")}
    lines = [say("site-check.evidence", **counts)]
    lines += [say("site-check.failed", file=each.file, reason=each.reason) for each in checked if each.reason]
    numbers = sorted({number for each in checked for number in each.numbers})
    if numbers:
        lines.append(say("verdict.compare"))
        lines += ["  " + say("verdict.number", party=party, number=number) for party, number in numbers]
    missing = [say(f"not-shown.{code}") for code in ("absence", "agreement")]
    return [*lines, say("verdict.not-shown", what="; ".join(missing))]


def _trust(file: Path | None) -> Trust | None:
    from parley.cli.files import read_text
    from parley.policy import Trust

    return Trust.parse(read_text(file)) if file is not None else None
