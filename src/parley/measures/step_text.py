"""Documents of what parties do to an agreement: its own provisions where it is adopted or amended, a statement else."""

from __future__ import annotations

from parley import canonical
from parley.document import Document, File
from parley.errors import Invalid, Malformed
from parley.measures.agreement import Agreement
from parley.measures.agreement_file import read_agreement
from parley.measures.entry import in_language
from parley.measures.rows import document_of_rows
from parley.measures.step_file import Stated

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
    return document_of_rows(in_language(agreement.name, language), rows, original, language)


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
    return document_of_rows(title, rows, original, language)


def read_step(document: Document, data: bytes, agreement: Agreement) -> Stated:
    """What an opened paper states about an agreement; `data` is its original.

    Verifies that the document is the one that its file makes. Raises: Malformed, Invalid("step.other-words").
    """
    stated = canonical.decode(data, Stated)
    made = document_of_step(stated, agreement, _original(document), language=document.languages[0].language)
    if made != document:  # the whole of it: an annex would say what the file does not
        raise Invalid("step.other-words")
    return stated


def read_text(document: Document, data: bytes) -> Agreement:
    """The agreement of an opened paper that deposits its file; `data` is the original.

    Verifies that the document is the one that this file makes, and no other text goes along with it.
    Raises: Malformed as `read_agreement`, Invalid("step.other-words").
    """
    agreement = read_agreement(data)
    made = document_of_agreement(agreement, _original(document), language=document.languages[0].language)
    if made != document:
        raise Invalid("step.other-words")
    return agreement


def _original(document: Document) -> File:
    if document.original is None:
        raise Malformed("step.no-file")
    return document.original
