"""No sentence that nobody says: every key of en.toml is asked for by the source, by itself or through its table.

Errors are used by their codes, which `test_catalogue` looks for.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import click

from parley import words
from parley.cli.app import FAMILIES
from parley.cli.command import Command
from parley.words import catalogue, public
from tests.cli.test_help import COMMANDS

SOURCE = Path(words.__file__).parents[1]
OWN = sorted(catalogue().keys() - public("en").keys())
"""The keys of en.toml, which commands alone speak."""
FORM = re.compile(r"(?:[a-z]|\\-|\(\.\+\))+(?:\\\.(?:[a-z]|\\-|\(\.\+\))+)+")
"""A regular expression for keys that is made of nothing but names, dots, and places where anything may stand."""
ON_THE_FIRST_SCREEN = {"options.environment", "options.version"}


@cache
def trees() -> tuple[ast.AST, ...]:
    return tuple(ast.parse(path.read_text("utf-8")) for path in sorted(SOURCE.rglob("*.py")))


@cache
def constants() -> frozenset[str]:
    """Every text and number that stands in the source, and every text in quotation marks in a template."""
    found = {
        str(node.value)
        for tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and type(node.value) in (str, int)
    }
    for path in SOURCE.glob("*/templates/*.html"):
        found |= set(re.findall(r'"([a-z.-]+)"', path.read_text("utf-8")))
    return frozenset(found)


def _plain(text: str) -> str:
    return text.casefold().replace("_", "-").replace(" ", "-")


@cache
def values() -> frozenset[str]:
    """The same as keys have them: an enumeration's MADE_AVAILABLE and "made available" are made-available there."""
    return frozenset(map(_plain, constants()))


@cache
def looked_up() -> tuple[re.Pattern[str], ...]:
    """The forms of keys that are put together: f"audit.{name}", and the tables of which `term` is asked a word."""
    found = {f"{re.escape(table)}\\.(.+)" for table in words._TABLES.values()}
    for tree in trees():
        for node in ast.walk(tree):
            match node:
                case ast.JoinedStr(values=parts):
                    found.add("".join(re.escape(p.value) if isinstance(p, ast.Constant) else "(.+)" for p in parts))
                case ast.Call(func=ast.Name(id="term"), args=[ast.Constant(value=str(table)), *_]):
                    found.add(f"{re.escape(table)}\\.(.+)")
    return tuple(re.compile(form) for form in found if FORM.fullmatch(form) and re.search("[a-z]", form))


def is_used(key: str) -> bool:
    """Whether a key stands in the source, or what is put into a form of it does: all of it a text that stands there."""
    if key in constants():
        return True
    matches = (form.fullmatch(key) for form in looked_up())
    return any(match and values().issuperset(map(_plain, match.groups())) for match in matches)


def of_commands() -> Iterator[str]:
    """The keys that the help of all commands asks for: a sentence of the command's own hides the common one."""
    yield from (f"help.{family}.line" for family in FAMILIES)
    for command in COMMANDS.values():
        assert isinstance(command, Command)
        yield from (f"help.{command.key}.{part}" for part in ("line", "text", "examples"))
        for parameter in command.get_params(click.Context(command)):
            if isinstance(parameter, click.Option):
                name = "help" if parameter.is_eager else str(parameter.name).rstrip("_").replace("_", "-")
                own = f"options.{command.key}.{name}"
                yield own if own in catalogue() else f"options.{name}"


def unused(keys: Iterable[str]) -> list[str]:
    asked = {*of_commands(), *ON_THE_FIRST_SCREEN}
    return [
        key
        for key in keys
        if key not in asked and not (key in constants() if key.startswith(("help.", "options.")) else is_used(key))
    ]


def test_every_sentence_is_said_somewhere() -> None:
    assert len(OWN) > 1000
    assert unused(key for key in OWN if not re.fullmatch(r"errors\..+\..+", key)) == []


def test_sentences_that_nobody_says_are_found() -> None:
    invented = ["audit.unheard-of", "screen.unheard-of", "help.unheard-of.line", "options.unheard-of", "unheard.of"]
    assert unused([*invented, "audit.papers", "screen.paper", "help.audit.line", "options.audit.answering"]) == invented
