"""What was understood of a text before anything is sealed: its provisions, what goes with what, what looks odd."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from parley.articulate import Understood
from parley.articulate.companions import defines
from parley.articulate.references import references
from parley.citing import Places
from parley.document import Document, Provision
from parley.identifiers import Kind
from parley.naming import key_of, same_value


@dataclass(frozen=True, kw_only=True, slots=True)
class Companion:
    """A provision that must be shown beside another, and why: chapeau, wrap-up, definition or proviso."""

    number: int
    name: str
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A provision as the preview shows it; `depth` is how many hold it."""

    number: int
    name: str
    kind: Kind
    e_id: str
    w_id: str
    label: str
    heading: str
    words: str
    depth: int
    language: str
    companions: tuple[Companion, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Warned:
    """Something to look at: `what` is a code, `where` a name, `detail` the words or the number that it is about."""

    what: str
    where: str
    detail: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """All of it."""

    title: str
    languages: tuple[str, ...]
    provisions: tuple[Row, ...]
    warnings: tuple[Warned, ...]


def preview(understood: Understood) -> Preview:
    """What a file was understood to be. Warnings block nothing."""
    document = understood.document
    places = Places(document)
    names = {each.number: places.name(each.number) for each in document.provisions}
    left_out = [Warned(what="left-out", where=each.what, detail=str(each.count)) for each in understood.left_out]
    return Preview(
        title=document.title,
        languages=tuple(version.language for version in document.languages),
        provisions=tuple(_row(document, each, names) for each in document.provisions),
        warnings=(*left_out, *_broken(document, places, names), *_numbers(document, names)),
    )


def _row(document: Document, provision: Provision, names: dict[int, str]) -> Row:
    holders = {each.number for each in document.lineage(provision.number)}
    return Row(
        number=provision.number,
        name=names[provision.number],
        kind=provision.kind,
        e_id=provision.e_id,
        w_id=provision.w_id,
        label=provision.label,
        heading=provision.heading,
        words=provision.words,
        depth=len(holders) - 1,
        language=provision.language,
        companions=tuple(
            Companion(number=number, name=names[number], why=_why(document.provision(number)))
            for number in provision.requires
            if number not in holders
        ),
    )


def _why(companion: Provision) -> str:
    if companion.kind in (Kind.CHAPEAU, Kind.WRAP_UP):
        return companion.kind.value
    return "definition" if defines(companion.words) else "proviso"


def _broken(document: Document, places: Places, names: dict[int, str]) -> Iterator[Warned]:
    for each in references(document, places):
        if not each.targets:
            said = document.provision(each.provision).words[each.start : each.end]
            yield Warned(what="broken-reference", where=names[each.provision], detail=said)


def _numbers(document: Document, names: dict[int, str]) -> Iterator[Warned]:
    """Numbers that come twice, and numbers that are left out, among provisions of one kind side by side."""
    beside: dict[tuple[str, int, Kind], list[Provision]] = {}
    for each in document.provisions:
        if key_of(each.label):
            beside.setdefault((each.language, each.parent, each.kind), []).append(each)
    for all_ in beside.values():
        seen: set[str] = set()
        for each in all_:
            if key_of(each.label) in seen:
                yield Warned(what="repeated-number", where=names[each.number], detail=each.label)
            seen.add(key_of(each.label))
        for before, after in pairwise(all_):
            if _skips(key_of(before.label), key_of(after.label)):
                yield Warned(what="gap", where=names[after.number], detail=f"{before.label} – {after.label}")


def _skips(before: str, after: str) -> bool:
    """Whether a number is left out between two: 4 and 6, IV and VI, b and d; what cannot be counted skips nothing."""
    if before.isdigit() and after.isdigit():
        return int(after) > int(before) + 1
    if len(before) == len(after) == 1 and ord(after) == ord(before) + 1:
        return False
    first, second = same_value(before), same_value(after)
    if first.isdigit() and second.isdigit():
        return int(second) > int(first) + 1
    return len(before) == len(after) == 1 and before.isalpha() and ord(after) > ord(before) + 1
