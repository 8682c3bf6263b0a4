"""TOML from people one does not trust: read in little time, and where it is no TOML, the line is known.

The standard library's reader takes time that grows with the square of the parts of a dotted name, follows nesting as
deep as the stack, and lets an error of another kind out for a number of very many digits.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

MOST_PARTS = 16
"""Of a dotted name; a file of ours has two."""

MOST_DIGITS = 4_300
"""Of a number that Python reads."""

_PART = r"""(?:[A-Za-z0-9_-]++|"(?:\\.|[^"\\\n])*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+"""
_LONG_NAME = re.compile(rf"(?<![A-Za-z0-9_-])(?:{_PART}){{{MOST_PARTS}}}")
_AT_LINE = re.compile(r"\(at line ([0-9]+), column [0-9]+\)")


class NotToml(ValueError):
    """What was read is no TOML; `line` says where."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def read_toml(text: str) -> dict[str, Any]:
    """The tables of a TOML text. Raises: NotToml for what is none, is nested too deep or has too long a name."""
    if long := _LONG_NAME.search(text):
        raise NotToml(text.count("\n", 0, long.start()) + 1)
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        found = _AT_LINE.search(str(error))
        raise NotToml(int(found[1]) if found else _likely(text.split("\n"))) from error


def _likely(lines: list[str]) -> int:
    """Where the reader names no line: a number too long, nesting too deep, or the end of the text."""
    for number, line in enumerate(lines, start=1):
        if any(len(digits) > MOST_DIGITS for digits in re.findall("[0-9]+", line)):
            return number
    deepest = max(range(len(lines)), key=lambda place: lines[place].count("[") + lines[place].count("{"))
    if lines[deepest].count("[") + lines[deepest].count("{") > 100:
        return deepest + 1
    return len("\n".join(lines).splitlines()) or 1
