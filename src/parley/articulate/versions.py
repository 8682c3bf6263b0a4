"""Several languages of one text: consecutive ranges of one tree, what stands in the same place bearing the same wId."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from parley.document import MAX_PROVISIONS, Document, Language, Provision
from parley.errors import Malformed


def together(documents: Sequence[Document]) -> Document:
    """The first document with the language versions of the others after its own; title, files and standing are its own.

    A provision of a later language takes the wId of the one with its identifier in the first, else of the one that
    stands in the same place in its tree. Nothing is said about whether the languages say the same.
    Raises: Malformed("document.languages") for a language given twice, Malformed("document.provisions") for too many.
    """
    first = documents[0]
    provisions, languages = list(first.provisions), list(first.languages)
    for document in documents[1:]:
        before = len(provisions)
        if before + len(document.provisions) > MAX_PROVISIONS:
            raise Malformed("document.provisions", found=before + len(document.provisions), most=MAX_PROVISIONS)
        wids = _in_step(first.provisions[: first.languages[0].last], document.provisions)
        provisions += [_moved(each, before, wid) for each, wid in zip(document.provisions, wids, strict=True)]
        languages += [
            Language(language=each.language, status=each.status, first=each.first + before, last=each.last + before)
            for each in document.languages
        ]
    return structs.replace(first, provisions=tuple(provisions), languages=tuple(languages))


def _moved(provision: Provision, by: int, w_id: str) -> Provision:
    return structs.replace(
        provision,
        number=provision.number + by,
        parent=provision.parent + by if provision.parent else 0,
        requires=tuple(number + by for number in provision.requires),
        w_id=w_id,
    )


def _in_step(first: Sequence[Provision], other: Sequence[Provision]) -> list[str]:
    """The wIds of a later language, each once."""
    by_place = {place: each.w_id for each, place in zip(first, _places(first), strict=True)}
    by_id = {each.e_id: each.w_id for each in first}
    taken = {by_id[each.e_id] for each in other if each.e_id in by_id}
    own = {each.e_id for each in other if each.e_id not in by_id}
    found = []
    for each, place in zip(other, _places(other), strict=True):
        wanted = by_id.get(each.e_id) or by_place.get(place, each.e_id)
        if each.e_id not in by_id and (wanted in taken or (wanted in own and wanted != each.e_id)):
            wanted = each.e_id
        if each.e_id not in by_id and wanted in taken:
            wanted = _free(wanted, taken | own)
        taken.add(wanted)
        found.append(wanted)
    return found


def _free(identifier: str, taken: set[str]) -> str:
    occurrence = 2
    while f"{identifier}-{occurrence}" in taken:
        occurrence += 1
    return f"{identifier}-{occurrence}"


def _places(provisions: Sequence[Provision]) -> list[tuple[tuple[str, int], ...]]:
    """Where each stands: the kinds of all that hold it and of itself, each with its place among its like."""
    counted: dict[tuple[int, str], int] = {}
    places: list[tuple[tuple[str, int], ...]] = []
    offset = provisions[0].number - 1 if provisions else 0
    for each in provisions:
        key = (each.parent, each.kind.value)
        counted[key] = counted.get(key, 0) + 1
        above = places[each.parent - 1 - offset] if each.parent else ()
        places.append((*above, (each.kind.value, counted[key])))
    return places
