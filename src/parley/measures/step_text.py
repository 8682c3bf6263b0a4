"""Documents of what parties do to an agreement: its own provisions where it is adopted or amended, a statement else."""

from __future__ import annotations

from collections.abc import Iterable

from parley import canonical
from parley.document import Document, File, Language, Prevails, Provision
from parley.errors import Invalid, Malformed
from parley.identifiers import Identifiers, Kind
from parley.measures.agreement import Agreement
from parley.measures.entry import in_language
from parley.measures.step_file import Stated
from parley.wording import canonical_line, canonical_words

MEDIA_TYPE = "application/vnd.parley.agreement+toml"
NAMES = {
    "en": {
        "suspension": "Suspension",
        "counter_measure": "Counter-measure",
        "resumption": "Resumption",
        "contesting": "Contested",
        "denunciation": "Denunciation",
        "measures": "Measures",
        "towards": "Towards",
        "because": "Because",
        "all": "all",
    },
    "ru": {
        "suspension": "Приостановление",
        "counter_measure": "Контрмера",
        "resumption": "Возобновление",
        "contesting": "Оспаривание",
        "denunciation": "Денонсация",
        "measures": "Меры",
        "towards": "В отношении",
        "because": "Основание",
        "all": "все",
    },
    "fr": {
        "suspension": "Suspension",
        "counter_measure": "Contre-mesure",
        "resumption": "Reprise",
        "contesting": "Contestation",
        "denunciation": "Dénonciation",
        "measures": "Mesures",
        "towards": "À l'égard de",
        "because": "Motif",
        "all": "tous",
    },
}


def document_of_agreement(agreement: Agreement, original: File, *, language: str) -> Document:
    """An agreement's own provisions, with what they say in its file's own words. Raises: Malformed for a language."""
    if language not in agreement.languages:
        raise Malformed("notice.language", language=language, languages=", ".join(agreement.languages))
    rows = [
        (each.id, in_language(each.title, language), in_language(each.text, language) if each.text else "")
        for each in agreement.provisions
    ]
    return _document(in_language(agreement.name, language), rows, original, language)


def document_of_step(stated: Stated, agreement: Agreement, original: File, *, language: str) -> Document:
    """A statement about an agreement, as its file makes it: which, about which measures, towards whom, and why."""
    names = NAMES.get(language, NAMES["en"])
    title = f"{names[stated.kind]}: {in_language(agreement.name, language)}"
    rows = [
        ("", names["measures"], ", ".join(stated.measures) or names["all"]),
        ("", names["towards"], ", ".join(stated.towards) or names["all"]),
    ]
    if stated.because:
        rows.append(("", names["because"], stated.because))
    return _document(title, rows, original, language)


def read_step(document: Document, data: bytes, agreement: Agreement) -> Stated:
    """What an opened paper states about an agreement; `data` is its original.

    Verifies that the text is the one that its file makes. Raises: Malformed, Invalid("step.other-words").
    """
    stated = canonical.decode(data, Stated)
    if document.original is None:
        raise Malformed("step.no-file")
    made = document_of_step(stated, agreement, document.original, language=document.languages[0].language)
    if (made.title, made.provisions) != (document.title, document.provisions):
        raise Invalid("step.other-words")
    return stated


def _document(title: str, rows: Iterable[tuple[str, str, str]], original: File, language: str) -> Document:
    identifiers, provisions = Identifiers(), []
    for number, (label, heading, words) in enumerate(rows, start=1):
        identifier = identifiers.next(Kind.ARTICLE, label)
        provision = Provision(
            number=number,
            kind=Kind.ARTICLE,
            label=label,
            heading=canonical_line(heading),
            words=canonical_words(words) if words else "",
            language=language,
            e_id=identifier,
            w_id=identifier,
            parent=0,
            requires=(),
            answers=(),
        )
        provisions.append(provision)
    return Document(
        title=canonical_line(title),
        standing="formal",
        languages=(Language(language=language, status="authentic", first=1, last=len(provisions)),),
        prevails=Prevails.ORIGINAL,
        attachments=(),
        original=original,
        provisions=tuple(provisions),
        version=1,
    )
