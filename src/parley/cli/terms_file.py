"""Terms from a TOML file that a person wrote: a preset to start from, and what is different."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from parley.cli.files import read_text
from parley.errors import Malformed
from parley.terms import Publication, PublicationRule, Terms, preset
from parley.words.clock import end_of_day, is_day, read_instant

MEMBERS = {"like", "force", "audience", "author_free", "embargo", "excerpts", "full"}
RULE = {"mode", "parties"}


Naming = Callable[[str], str]
"""The short name of a party that a person named."""


def read_terms(path: Path, parties: tuple[str, ...], find: Naming) -> Terms:
    """Terms from a file such as `like = "essence"`, `force = "required"`, `embargo = "2022-03-01"`.

    Raises: Malformed, naming the file and what is wrong in it; as `find` for a party that is not known.
    """
    text = read_text(path)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Malformed("file.terms", file=str(path), problem=str(error)[:100]) from error
    unknown = sorted(set(table) - MEMBERS)
    if unknown:
        raise Malformed("file.terms", file=str(path), problem=unknown[0][:40])
    return _terms(_Reader(path, table, find), parties)


def _terms(reader: _Reader, parties: tuple[str, ...]) -> Terms:
    start = preset(reader.text("like", "confidential"), parties=parties)
    embargo = reader.text("embargo", "")
    force = reader.text("force", start.force)
    if force not in ("asked", "required"):
        raise reader.wrong("force")
    return Terms(
        audience=reader.parties("audience"),
        author_free=reader.flag("author_free", default=start.author_free),
        embargo=(end_of_day(embargo, "UTC") if is_day(embargo) else read_instant(embargo)) if embargo else None,
        force="required" if force == "required" else "asked",
        publication=Publication(
            excerpts=reader.rule("excerpts", start.publication.excerpts),
            full=reader.rule("full", start.publication.full),
        ),
    )


class _Reader:
    """Takes members out of a table, each of the type it must have."""

    def __init__(self, path: Path, table: dict[str, Any], find: Naming) -> None:
        self.path, self.table, self.find = path, table, find

    def wrong(self, name: str) -> Malformed:
        return Malformed("file.terms", file=str(self.path), problem=name)

    def text(self, name: str, default: str) -> str:
        value = self.table.get(name, default)
        if not isinstance(value, str):
            raise self.wrong(name)
        return value

    def texts(self, name: str) -> list[str]:
        value = self.table.get(name, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.wrong(name)
        return value

    def parties(self, name: str) -> tuple[str, ...]:
        return tuple(sorted({self.find(each) for each in self.texts(name)}))

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.table.get(name, default)
        if not isinstance(value, bool):
            raise self.wrong(name)
        return value

    def rule(self, name: str, default: PublicationRule) -> PublicationRule:
        value = self.table.get(name)
        if value is None:
            return default
        if not isinstance(value, dict) or set(value) - RULE or value.get("mode") not in ("none", "consent", "free"):
            raise self.wrong(name)
        inner = _Reader(self.path, value, self.find)
        return PublicationRule(mode=value["mode"], parties=inner.parties("parties"))
