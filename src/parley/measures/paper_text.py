"""A filled form as the document that is sealed: one provision an item, so that items can be shown one by one.

Of a table the items are its totals, and each record is one provision more. The file that was filled in, or the table,
goes with it as the original, and the text prevails. Whoever opens the paper makes the document once more from the file
and compares: what a program reads and what a person reads are then the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from parley.document import Document, File, Language, LanguageStatus, Prevails, Provision
from parley.errors import Invalid, Malformed
from parley.identifiers import Identifiers, Kind
from parley.measures.agreement import Agreement
from parley.measures.content import Content, Value, read_content, read_head
from parley.measures.declaration import read_declaration
from parley.measures.declaration_table import Row
from parley.measures.entry import in_language
from parley.measures.form import Form, Item, table_name
from parley.measures.message import written
from parley.wording import canonical_line, canonical_words

MEDIA_TYPE = "application/vnd.parley.notice+toml"
TABLE_TYPE = "application/vnd.parley.table+csv"
REMARKS = {"en": "Remarks", "fr": "Remarques", "ru": "Примечания"}


def document_of(
    content: Content,
    agreement: Agreement,
    original: File,
    *,
    language: str,
    status: LanguageStatus = "authentic",
    rows: Sequence[Row] = (),
) -> Document:
    """The document of a filled form, or of a table, in one of the agreement's languages.

    Raises: Malformed for another language.
    """
    form = agreement.form(content.form)
    if form is None:
        raise Malformed("notice.no-form", form=content.form)
    if language not in agreement.languages:
        raise Malformed("notice.language", language=language, languages=", ".join(agreement.languages))
    entries = [
        _Entry(Kind.PARAGRAPH, item.number, in_language(item.title, language), _answer(item, content.items, language))
        for item in form.items
        if item.id in content.items
    ]
    if content.remarks:
        entries.append(_Entry(Kind.PARAGRAPH, "", REMARKS.get(language, REMARKS["en"]), content.remarks))
    entries.extend(_record(form, number, row, language) for number, row in enumerate(rows, start=1))
    provisions = tuple(_provisions(entries, language))
    title = f"{in_language(form.title, language)} ({in_language(agreement.name, language)}, {form.provision})"
    return Document(
        title=canonical_line(f"TEST: {title}" if content.test else title),
        standing="formal",
        languages=(Language(language=language, status=status, first=1, last=len(provisions)),),
        prevails=Prevails.TEXT,
        attachments=(),
        original=original,
        provisions=provisions,
        version=1,
    )


class _Entry(NamedTuple):
    """One provision to be: what it is, its number, its heading and its words."""

    kind: Kind
    label: str
    heading: str
    words: str


def _provisions(entries: Iterable[_Entry], language: str) -> Iterator[Provision]:
    identifiers = Identifiers()
    for number, entry in enumerate(entries, start=1):
        identifier = identifiers.next(entry.kind, entry.label)
        yield Provision(
            number=number, kind=entry.kind, label=entry.label, heading=canonical_line(entry.heading),
            words=canonical_words(entry.words), language=language, e_id=identifier, w_id=identifier, parent=0,
            requires=(), answers=(),
        )  # fmt: skip


def _record(form: Form, number: int, row: Row, language: str) -> _Entry:
    """A record of a table: its identifier, and a line for each item that is of it alone."""
    name = form.table.identified_by if form.table else None
    same = form.table.same if form.table else ()
    lines = [
        f"{in_language(item.title, language)}: {_answer(item, row.items, language)}"
        for item in form.items
        if item.id in row.items and item.id not in (name, *same)
    ]
    named = form.item(name) if name else None
    return _Entry(
        Kind.POINT, str(number), _answer(named, row.items, language) if named else "", "\n".join(lines) or "—"
    )


def _answer(item: Item, items: Mapping[str, Value], language: str) -> str:
    """A choice by its title, a count with its unit."""
    value = items[item.id]
    for choice in item.choices:
        if choice.id == value:
            return in_language(choice.title, language)
    unit = f" {in_language(item.unit, language)}" if item.unit else ""
    return written(value) + unit


def head_of(original: File, data: bytes) -> tuple[str, str]:
    """The ids of the agreement and the form that a paper's original names: a form in its head, a table in its name.

    Raises: Malformed, as `read_head`; Malformed("declaration.name") for a table that is called otherwise.
    """
    if original.media_type != TABLE_TYPE:
        return read_head(data)
    agreement, _, form = original.name.removesuffix(".csv").partition(".")
    if original.name != table_name(agreement, form):
        raise Malformed("declaration.name")
    return agreement, form


def read_paper(document: Document, data: bytes, agreement: Agreement) -> Content:
    """The content of a paper that was opened, of which `data` is the original; of a table, what it comes to.

    Verifies that the document is the one that its file makes; that the file is the one named is for the caller.
    Raises: Malformed as `read_content` and `read_declaration`, Invalid("notice.other-words") where the text says
    something else.
    """
    if document.original is None:
        raise Malformed("notice.no-file")
    rows: Sequence[Row] = ()
    if document.original.media_type == TABLE_TYPE:
        name = head_of(document.original, data)[1]
        form = agreement.form(name)
        if form is None:
            raise Malformed("notice.no-form", form=name)
        declared = read_declaration(agreement, form, [data])
        content, rows = declared.content, declared.rows
    else:
        content = read_content(data, agreement)
    version = document.languages[0]
    made = document_of(
        content, agreement, document.original, language=version.language, status=version.status, rows=rows
    )
    if made != document:  # the whole of it: an annex would say what the form does not
        raise Invalid("notice.other-words")
    return content
