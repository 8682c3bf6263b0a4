"""Every sentence a person reads: errors, states, roles, screens, help, slips; what the public reads in three languages.

Commands speak English. Verdicts, states, terms, times and pages also speak French and Russian, where they are told to:

    with speaking("fr"):
        lines = verdict_lines(verdict)

A sentence is asked for by its key and given its values by name. A missing key, a missing value and a value too many are
defects of this program; tests find them by reading the source, so a person never does. What is filled in comes from
other people and is made harmless for a screen first (see `neutral`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Final

from parley.errors import ParleyError
from parley.words.neutral import shown

LANGUAGE: Final = "en"
LANGUAGES: Final = ("en", "fr", "ru")
"""What the public reads, in these; everything else in the first."""

_PLACE = re.compile(r"\{([a-z][a-z_]*)\}")
_OPTIONAL = re.compile(r"\[([^\[\]|]*\{[^\[\]|]*)(?:\|([^\[\]]*))?\]")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{12}Z")
_TABLES = {
    "act": "acts",
    "state": "states",
    "kind": "locked-files",
    "role": "roles",
    "opening": "openings",
    "type": "item-types",
    "fault": "shape-faults",
}

Sentence = str | list[str]
Naming = Callable[[str], str]
"""Turns the id of a party into the name a reader gave it."""


_spoken: ContextVar[str] = ContextVar("spoken", default=LANGUAGE)


class MissingWords(LookupError):
    """A key, or a value for a sentence, that does not exist: a defect of this program."""


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within it, what the public reads is said in this language. Raises: MissingWords for one that is not spoken."""
    if language not in LANGUAGES:
        raise MissingWords(language)
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def spoken() -> str:
    """The language that is being spoken."""
    return _spoken.get()


@cache
def public(language: str) -> Mapping[str, Sentence]:
    """What the public reads in a language, by keys, tables joined by dots."""
    return _read(Path(__file__).with_name("public") / f"{language}.toml")


@cache
def catalogue(language: str = LANGUAGE) -> Mapping[str, Sentence]:
    """All sentences of a language by their keys; reasons of errors are English in every one."""
    own = _read(Path(__file__).with_name(f"{LANGUAGE}.toml"))
    if language != LANGUAGE:
        own = {key: sentence for key, sentence in own.items() if key.startswith("errors.")}
    if twice := own.keys() & public(language).keys():
        raise MissingWords(f"said twice: {sorted(twice)}")
    return {**own, **public(language)}


def _read(path: Path) -> Mapping[str, Sentence]:
    flat: dict[str, Sentence] = {}
    _flatten(tomllib.loads(path.read_text("utf-8")), "", flat)
    return flat


def _flatten(table: Mapping[str, object], prefix: str, flat: dict[str, Sentence]) -> None:
    for name, value in table.items():
        if isinstance(value, dict):
            _flatten(value, f"{prefix}{name}.", flat)
        elif isinstance(value, str | list):
            flat[prefix + name] = value
        else:
            raise MissingWords(f"{prefix}{name} is not a sentence")


def has(key: str) -> bool:
    """Whether there is a sentence of this key."""
    return key in catalogue(spoken())


def lines(key: str) -> list[str]:
    """A list of sentences, such as the months or the examples of a command."""
    found = catalogue(spoken()).get(key)
    if not isinstance(found, list):
        raise MissingWords(key)
    return found


def say(key: str, /, **values: object) -> str:
    """The sentence of a key with its values filled in, each harmless for a screen.

    Raises: MissingWords unless the key exists and the values are exactly those the sentence names.
    """
    found = catalogue(spoken()).get(key)
    if not isinstance(found, str):
        raise MissingWords(key)
    if places(found) != values.keys():
        raise MissingWords(f"{key}: wants {sorted(places(found))}, given {sorted(values)}")
    return _fill(found, values) if values else found


@cache
def places(sentence: str) -> frozenset[str]:
    """The names of the values that a sentence of the catalogue wants."""
    return frozenset(_PLACE.findall(sentence))


def required_places(sentence: str) -> frozenset[str]:
    """Those it cannot do without: not the ones in square brackets."""
    return places(_OPTIONAL.sub("", sentence))


def with_article(name: str) -> str:
    """A party's name as it stands in a sentence: "the United States", "France"."""
    parts = set(name.split())
    return f"{say('names.article')} {name}" if parts & set(lines("names.want-article")) else name


def term(table: str, name: str) -> str:
    """One word of a table such as `roles`; a word that a newer version knows stands as it is written there."""
    key = f"{table}.{name}"
    return say(key) if has(key) else shown(name).replace("_", " ")


def explain(error: ParleyError, *, naming: Naming = shown) -> str:
    """What a person reads of an error: what is wrong, where, what to do next.

    A refusal that came over the network bears its code alone, so parts in square brackets fall away without values.
    Where a file is at fault and the sentence does not name it, its name stands before it.
    """
    found = catalogue(spoken()).get(f"errors.{error.code}")
    if not isinstance(found, str):
        return _fill(str(catalogue(spoken())["errors.unknown"]), {"code": error.code})
    values = {name: _detail(name, value, naming) for name, value in error.details.items()}

    def choose(match: re.Match[str]) -> str:
        return match[1] if places(match[1]) <= set(values) else match[2] or ""

    sentence = _OPTIONAL.sub(choose, found)
    said = _fill(sentence, {name: values.get(name, "…") for name in places(sentence)})
    return f"{shown(values['file'])}: {said}" if "file" in values and "file" not in places(found) else said


def explain_code(code: str) -> str:
    """The sentence of a code whose details are not known."""
    return explain(ParleyError(code))


def _detail(name: str, value: str | int, naming: Naming) -> str:
    text = str(value)
    if name == "party":
        return naming(text)
    if name == "problem" and has(f"errors.{text}"):
        return explain_code(text)
    if name in _TABLES:
        return term(_TABLES[name], text)
    if _INSTANT.fullmatch(text):
        from parley.canonical import Time
        from parley.words.clock import UTC_ONLY

        return UTC_ONLY.instant(Time.from_text(text))
    return text


def _fill(sentence: str, values: Mapping[str, object]) -> str:
    article, parts = f"{catalogue(spoken())['names.article']} ", []
    pieces, end = _pieces(sentence)
    for before, name, begins in pieces:
        value = shown(str(values[name]))
        # A name with its article, at the beginning of a sentence.
        parts += [before, value[0].upper() + value[1:] if begins and value.startswith(article) else value]
    return "".join(parts) + end


@cache
def _pieces(sentence: str) -> tuple[list[tuple[str, str, bool]], str]:
    """A sentence cut at its places: the words before each, its name, whether it begins a sentence; the words left."""
    found, last = [], 0
    for match in _PLACE.finditer(sentence):
        before = sentence[: match.start()]
        begins = before.endswith(". ") or (not before and sentence.endswith((".", ":", "?")))
        found.append((sentence[last : match.start()], match[1], begins))
        last = match.end()
    return found, sentence[last:]
