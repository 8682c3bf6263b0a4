"""The papers of a draw: its terms, a seed that is held, and the seed shown; each with a text that its file makes."""

from __future__ import annotations

from collections.abc import Mapping

from parley.canonical import Record, decode
from parley.crypto import Digest
from parley.document import Document, File
from parley.errors import Invalid, Malformed
from parley.measures.draw import DrawTerms, Seed
from parley.measures.held_file import Shown
from parley.measures.rows import document_of_rows

MOST_LISTED = 200
TERMS_TYPE, SEED_TYPE = "application/vnd.parley.draw+json", "application/vnd.parley.seed+json"
SHOWING_TYPE = "application/vnd.parley.seed-shown+json"

NAMES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "terms": "Terms of a joint draw",
        "seed": "Seed for a joint draw",
        "shown": "Seed of a joint draw, shown",
        "take": "Number drawn",
        "items": "Drawn from",
        "excluded": "Not to be drawn",
        "parties": "Parties whose seeds count",
        "bind_by": "Bound to a seed by",
        "show_by": "Seeds shown by",
        "sign_by": "Papers that show them signed for by",
        "if_not_shown": "If a party does not show its seed",
        "others_choose": "the others choose in its place",
        "all_count": "every item counts as drawn",
        "void": "the draw is void",
        "none": "none",
    },
    "fr": {
        "terms": "Conditions d'un tirage commun",
        "seed": "Graine d'un tirage commun",
        "shown": "Graine d'un tirage commun, montrée",
        "take": "Nombre à tirer",
        "items": "Tirage parmi",
        "excluded": "Ne pas tirer",
        "parties": "Parties dont les graines comptent",
        "bind_by": "Liées à une graine au plus tard",
        "show_by": "Graines montrées au plus tard",
        "sign_by": "Documents qui les montrent reçus au plus tard",
        "if_not_shown": "Si une partie ne montre pas sa graine",
        "others_choose": "les autres choisissent à sa place",
        "all_count": "tout élément est réputé tiré",
        "void": "le tirage est nul",
        "none": "aucun",
    },
    "ru": {
        "terms": "Условия совместной жеребьёвки",
        "seed": "Число для совместной жеребьёвки",
        "shown": "Число совместной жеребьёвки, показанное",
        "take": "Сколько выбирается",
        "items": "Из числа",
        "excluded": "Не выбирать",
        "parties": "Стороны, чьи числа учитываются",
        "bind_by": "Связать себя числом до",
        "show_by": "Числа показать до",
        "sign_by": "Расписаться за показанное до",
        "if_not_shown": "Если сторона не покажет своё число",
        "others_choose": "другие выбирают вместо неё",
        "all_count": "выбранными считаются все",
        "void": "жеребьёвка недействительна",
        "none": "нет",
    },
}


class SeedFile(Record, frozen=True):
    """A party's seed, bound to one draw: to the deposit of its terms, and to their subject."""

    draw: Digest
    seed: Seed
    terms: Digest


class Showing(Record, frozen=True):
    """What shows a seed: by which deposits all parties are bound, in the terms' order, and what opens one's own."""

    bound: tuple[Digest, ...]
    held: Shown


def document_of_terms(terms: DrawTerms, original: File, *, language: str) -> Document:
    """The terms of a draw in rows; names stand one a line. Raises: Malformed for a language."""
    names = _names(language)
    rows = [
        ("1", names["take"], str(terms.take)),
        ("2", names["items"], _listed(terms.items)),
        ("3", names["excluded"], _listed(terms.excluded) or names["none"]),
        ("4", names["parties"], ", ".join(terms.parties)),
        ("5", names["bind_by"], terms.bind_by.to_text()),
        ("6", names["show_by"], terms.show_by.to_text()),
        ("7", names["sign_by"], terms.sign_by.to_text()),
        ("8", names["if_not_shown"], names[terms.if_not_shown]),
    ]
    return document_of_rows(names["terms"], rows, original, language)


def _listed(items: tuple[str, ...]) -> str:
    """All names, or of a long list how many there are, and the first and the last: the whole is in the file."""
    if len(items) <= MOST_LISTED:
        return "\n".join(items)
    return f"{len(items)}: {items[0]} … {items[-1]}"


def document_of_seed(terms: DrawTerms, original: File, *, language: str) -> Document:
    """What a party holds until all seeds are bound; the seed stands in the file alone, so that no screen shows it.

    Raises: Malformed for a language.
    """
    return document_of_rows(_names(language)["seed"], _draw_rows(terms, language), original, language)


def document_of_shown(terms: DrawTerms, original: File, *, language: str) -> Document:
    """The paper that shows a seed, which stands in its file alone. Raises: Malformed for a language."""
    return document_of_rows(_names(language)["shown"], _draw_rows(terms, language), original, language)


def _draw_rows(terms: DrawTerms, language: str) -> list[tuple[str, str, str]]:
    """Of which draw it is, as far as a person needs it to know one from another."""
    names, excluded = _names(language), set(terms.excluded)
    return [
        ("1", names["take"], str(terms.take)),
        ("2", names["items"], _listed(tuple(item for item in terms.items if item not in excluded))),
        ("3", names["show_by"], terms.show_by.to_text()),
    ]


def read_terms(document: Document, data: bytes) -> DrawTerms:
    """The terms of a draw from an opened paper; `data` is its original.

    Verifies that the text is the one that its file makes. Raises: Malformed, Invalid("draw.other-words").
    """
    terms = decode(data, DrawTerms)
    _check_same(document, document_of_terms(terms, _original(document), language=_language(document)))
    return terms


def read_seed(document: Document, data: bytes, terms: DrawTerms, at: Digest) -> Seed:
    """A seed for this draw from the document that was held; `at` is the deposit of the terms.

    Verifies that it is bound to these terms, and as `read_terms`. Raises: as `read_terms`, Invalid("draw.other-draw").
    """
    seed = decode(data, SeedFile)
    if (seed.draw, seed.terms) != (terms.subject, at):
        raise Invalid("draw.other-draw")
    _check_same(document, document_of_seed(terms, _original(document), language=_language(document)))
    return seed.seed


def _names(language: str) -> Mapping[str, str]:
    if language not in NAMES:
        raise Malformed("notice.language", language=language, languages=", ".join(NAMES))
    return NAMES[language]


def _language(document: Document) -> str:
    return document.languages[0].language


def _original(document: Document) -> File:
    if document.original is None:
        raise Malformed("draw.no-file")
    return document.original


def _check_same(document: Document, made: Document) -> None:
    """The whole of it: an annex or another standing would say what the file does not."""
    if made != document:
        raise Invalid("draw.other-words")
