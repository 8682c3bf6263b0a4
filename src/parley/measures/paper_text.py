"""A filled form as the document that is sealed: one provision an item, so that items can be shown one by one.

The file that was filled in goes with it as the original, and the text prevails. Whoever opens the paper makes the
document once more from the file and compares: what a program reads and what a person reads are then the same.
"""

from __future__ import annotations

from parley.document import Document, File, Language, LanguageStatus, Prevails, Provision
from parley.errors import Invalid, Malformed
from parley.identifiers import Identifiers, Kind
from parley.measures.agreement import Agreement
from parley.measures.content import Content, read_content
from parley.measures.entry import in_language
from parley.measures.form import Item
from parley.measures.message import written
from parley.wording import canonical_line, canonical_words

MEDIA_TYPE = "application/vnd.parley.notice+toml"
REMARKS = {"en": "Remarks", "fr": "Remarques", "ru": "Примечания"}


def document_of(
    content: Content, agreement: Agreement, original: File, *, language: str, status: LanguageStatus = "authentic"
) -> Document:
    """The document of a filled form in one of the agreement's languages. Raises: Malformed for another language."""
    form = agreement.form(content.form)
    if form is None:
        raise Malformed("notice.no-form", form=content.form)
    if language not in agreement.languages:
        raise Malformed("notice.language", language=language, languages=", ".join(agreement.languages))
    rows = [(item.number, in_language(item.title, language), _answer(item, content, language)) for item in
            form.items if item.id in content.items]  # fmt: skip
    if content.remarks:
        rows.append(("", REMARKS.get(language, REMARKS["en"]), content.remarks))
    identifiers = Identifiers()
    provisions = []
    for number, (label, heading, words) in enumerate(rows, start=1):
        identifier = identifiers.next(Kind.PARAGRAPH, label)
        provisions.append(
            Provision(
                number=number, kind=Kind.PARAGRAPH, label=label, heading=canonical_line(heading),
                words=canonical_words(words), language=language, e_id=identifier, w_id=identifier, parent=0,
                requires=(), answers=(),
            )
        )  # fmt: skip
    title = f"{in_language(form.title, language)} ({in_language(agreement.name, language)}, {form.provision})"
    return Document(
        title=canonical_line(f"TEST: {title}" if content.test else title),
        standing="formal",
        languages=(Language(language=language, status=status, first=1, last=len(provisions)),),
        prevails=Prevails.TEXT,
        attachments=(),
        original=original,
        provisions=tuple(provisions),
        version=1,
    )


def _answer(item: Item, content: Content, language: str) -> str:
    """A choice by its title, a count with its unit."""
    value = content.items[item.id]
    for choice in item.choices:
        if choice.id == value:
            return in_language(choice.title, language)
    unit = f" {in_language(item.unit, language)}" if item.unit else ""
    return written(value) + unit


def read_paper(document: Document, data: bytes, agreement: Agreement) -> Content:
    """The content of a paper that was opened, of which `data` is the original.

    Verifies that the document is the one that its file makes; that the file is the one named is for the caller.
    Raises: Malformed as `read_content`, Invalid("notice.other-words") where the text says something else.
    """
    content = read_content(data, agreement)
    version = document.languages[0]
    if document.original is None:
        raise Malformed("notice.no-file")
    made = document_of(content, agreement, document.original, language=version.language, status=version.status)
    if made.provisions != document.provisions or made.title != document.title:
        raise Invalid("notice.other-words")
    return content
