"""TOML from people one does not trust: read in little time, and where it is no TOML, the line is known.

The standard library's reader takes time that grows with the square of the parts of a dotted name, follows nesting as
deep as the stack, and lets an error of another kind out for a number of very many digits.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any, Literal

MOST_PARTS = 16
"""Of a dotted name; a file of ours has two."""

MOST_DIGITS = 4_300
"""Of a number that Python reads."""

_PART = r"""(?:[A-Za-z0-9_-]++|"(?:\\.|[^"\\\n])*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+"""
_LONG_NAME = re.compile(rf"(?<![A-Za-z0-9_-])(?:{_PART}){{{MOST_PARTS}}}")
_AT_LINE = re.compile(r"\(at line ([0-9]+), column [0-9]+\)")


Kind = Literal["day", "twice", "commas"]
"""A day that the calendar does not have; a name that stands twice; a number with commas in it."""

_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("day", re.compile(r"=\s*[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")),
    ("commas", re.compile(r"=\s*[0-9]{1,3}(?:,[0-9]{3})+\s*(?:#.*)?$")),
)


class NotToml(ValueError):
    """What was read is no TOML; `line` says where, and `kind` what it is, where that is one that people often meet."""

    def __init__(self, line: int, kind: Kind | None = None) -> None:
        super().__init__(line)
        self.line, self.kind = line, kind


def read_toml(text: str) -> dict[str, Any]:
    """The tables of a TOML text. Raises: NotToml for what is none, is nested too deep or has too long a name."""
    if long := _LONG_NAME.search(text):
        raise NotToml(text.count("\n", 0, long.start()) + 1)
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        found = _AT_LINE.search(str(error))
        lines = text.split("\n")
        line = int(found[1]) if found else _likely(lines)
        raise NotToml(line, _kind(str(error), lines[line - 1] if line <= len(lines) else "")) from error


def _kind(said: str, line: str) -> Kind | None:
    if "overwrite" in said or "twice" in said:
        return "twice"
    return next((kind for kind, pattern in _KINDS if pattern.search(line)), None)


def _likely(lines: list[str]) -> int:
    """Where the reader names no line: a number too long, nesting too deep, or the end of the text."""
    for number, line in enumerate(lines, start=1):
        if any(len(digits) > MOST_DIGITS for digits in re.findall("[0-9]+", line)):
            return number
    deepest = max(range(len(lines)), key=lambda place: lines[place].count("[") + lines[place].count("{"))
    if lines[deepest].count("[") + lines[deepest].count("{") > 100:
        return deepest + 1
    return len("\n".join(lines).splitlines()) or 1
