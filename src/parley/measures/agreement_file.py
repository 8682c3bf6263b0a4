"""Reads an agreement's TOML file; every fault is named with its line.

A TOML reader says on which line a file is no TOML. What is wrong with a value it read is found here by its path: the
line where the innermost table or member of that path begins.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from parley.errors import Malformed
from parley.measures.agreement import Agreement
from parley.measures.consistency import Path, Problem, problems
from parley.measures.toml import NotToml, read_toml
from parley.wording import faults as hidden_in

LARGEST = 512 * 1024
"""Bytes of an agreement's file."""

_NAME = '"?[A-Za-z0-9_-]+"?'
_MEMBER = re.compile(rf"\s*({_NAME}(?:\s*\.\s*{_NAME})*)\s*=")
_TABLE = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.\s-]+?)\s*\]\]?\s*(?:#.*)?$")
_ELEMENT = re.compile(r"\s*\{")
_ENDS = {'"""': re.compile(r'(?:\\.|[^\\])*?"""'), "'''": re.compile(r".*?'''")}
_BEGINS = re.compile(r'''#|"""|\'{3}|"(?:\\.|[^"\\])*"|'[^']*\'''')
_STEP = re.compile(r"\.([A-Za-z0-9_-]+)|\[([0-9]+|\.\.\.)\]")


MOST_SHAPES = 50
"""Members that have no place, of one file; nobody mends more at a time."""

_SHAPES = {
    "unknown": re.compile(r"Object contains unknown field `(.*)`", re.DOTALL),
    "missing": re.compile(r"Object missing required field `(.*)`", re.DOTALL),
    "least": re.compile(r"Expected `int[^`]*` >"),
    "most": re.compile(r"Expected `int[^`]*` <"),
    "choice": re.compile(r"Invalid enum value"),
    "kind": re.compile(r"Expected `[^`]*`, got `"),
    "form": re.compile(""),
}
"""What the library says, by what is told of it; the last fits anything."""


def read_agreement(data: bytes) -> Agreement:
    """The agreement in a TOML file of at most 512 KiB.

    Verifies form and that the parts fit together; not that it says what the treaty says.
    Raises: Malformed, of the first fault, with its `line`.
    """
    agreement, faults = examine(data)
    if faults or agreement is None:
        raise Malformed(faults[0].code, **faults[0].details)
    return agreement


def examine(data: bytes) -> tuple[Agreement | None, tuple[Problem, ...]]:
    """The agreement, None where the file cannot be read as one, and all faults, each with its `line` among details."""
    try:
        text = _text(data)
        value = _value(text)
    except Malformed as error:
        return None, (Problem(path=(), code=error.code, details={"line": 1, **error.details}),)
    lines = _lines(text)
    agreement, shapes = _converted(value, lines)
    if agreement is None:
        return None, shapes
    faults = [_placed(each, lines, text) for each in problems(agreement)]
    return agreement, tuple(sorted(faults, key=lambda each: int(each.details["line"])))


def _placed(problem: Problem, lines: dict[Path, int], text: str) -> Problem:
    """The same with its line; a sign that nobody can see has its place in the file, not in the text it was found in."""
    line = _line(lines, problem.path)
    details = {**problem.details, "line": line}
    if "column" in details:
        seen = [place.column for place in hidden_in(text.split("\n")[line - 1]) if place.code == problem.code]
        details["column"] = seen[0] if seen else 1
    return Problem(path=problem.path, code=problem.code, details=details)


def _text(data: bytes) -> str:
    if len(data) > LARGEST:
        raise Malformed("agreement.size", most=LARGEST, found=len(data))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("agreement.utf-8", line=data.count(b"\n", 0, error.start) + 1) from error


def _value(text: str) -> dict[str, Any]:
    try:
        return read_toml(text)
    except NotToml as error:
        raise Malformed("agreement.toml", line=error.line) from error


def _converted(value: dict[str, Any], lines: dict[Path, int]) -> tuple[Agreement | None, tuple[Problem, ...]]:
    """The agreement, or what is wrong with its shape: every member that has no place, up to the first other fault.

    The library stops at the first. What has no place is taken out to look on; what is wrong otherwise cannot be.
    """
    found: list[Problem] = []
    while True:
        try:
            agreement = msgspec.convert(value, Agreement, strict=True)
        except msgspec.ValidationError as error:
            problem = _shape(error, lines)
            found.append(problem)
            if problem.details["fault"] != "unknown" or len(found) == MOST_SHAPES or not _taken_out(value, problem):
                return None, tuple(found)
        else:
            return (None, tuple(found)) if found else (agreement, ())


def _taken_out(value: Any, problem: Problem) -> bool:
    """Whether the member that a problem is about could be taken out of its table."""
    *way, name = problem.path
    try:
        for step in way:
            value = value[step]
        del value[name]
    except (LookupError, TypeError):
        return False
    return True


def _shape(error: msgspec.ValidationError, lines: dict[Path, int]) -> Problem:
    """The library says what was expected and where; of the file only names are repeated."""
    message, _, where = str(error).partition(" - at `")
    path: Path = tuple(
        int(place) if place.isdigit() else name or place for name, place in _STEP.findall(where.removeprefix("$"))
    )
    fault, named = next((fault, found) for fault, form in _SHAPES.items() if (found := form.match(message)))
    line = _line(lines, path)
    if fault in ("unknown", "missing"):
        path = (*path, named[1])
        line = _line(lines, path)
    members = [step for step in path if isinstance(step, str) and step != "..."]
    member = re.sub(r"[^ -~]", "?", members[-1])[:60] if members else "version"
    return Problem(path=path, code="agreement.shape", details={"line": line, "member": member, "fault": fault})


def _line(lines: dict[Path, int], path: Path) -> int:
    """The line of the innermost part of the path that the file has a line for."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _lines(text: str) -> dict[Path, int]:
    """Where each table and member begins, by its path; the text is TOML, so only what stands between is looked at.

    So does each table of a list that is written one to a line; of another list, the line is its member's.
    """
    found: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    listed: Path = ()
    quotes = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if quotes:
            quotes = _open_after(line, quotes)
            continue
        if header := _TABLE.match(line):
            table = _table(header[1] == "[[", header[2], counts)
            found.setdefault(table, number)
        elif member := _MEMBER.match(line):
            names = [name.strip().strip('"') for name in member[1].split(".")]
            for end in range(1, len(names) + 1):
                found.setdefault((*table, *names[:end]), number)
            listed = (*table, *names)
        elif _ELEMENT.match(line):
            counts[listed] = counts.get(listed, -1) + 1
            found.setdefault((*listed, counts[listed]), number)
        quotes = _open_after(line, "")
    return found


def _open_after(line: str, quotes: str) -> str:
    """The quotation marks of a text of several lines that is open at the end of a line, if one is."""
    place = 0
    while True:
        if quotes:
            end = _ENDS[quotes].match(line, place)
            if end is None:
                return quotes
            place, quotes = end.end(), ""
        begin = _BEGINS.search(line, place)
        if begin is None or begin[0] == "#":
            return ""
        place, quotes = begin.end(), begin[0] if begin[0] in _ENDS else ""


def _table(is_list: bool, name: str, counts: dict[Path, int]) -> Path:
    """The path of a header: `[[forms.items]]` is one more item of the form that was begun last."""
    path: Path = ()
    steps = [step.strip() for step in name.split(".")]
    for place, step in enumerate(steps):
        path = (*path, step)
        if is_list and place == len(steps) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def plain(value: Any) -> Any:
    """An agreement's records as dictionaries and lists, for `--json`; dates as text."""
    return msgspec.to_builtins(value)
