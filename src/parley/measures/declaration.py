"""A declared table as one paper of its form: its records, and what they come to.

A paper of a form that may be a table is either the form filled in, which gives totals, or a table, whose counts are
added up and whose other items are those that every record has the same. Rules count both alike. Which form a table is
of its columns say where the agreement has several. Source: spec/measures.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from parley.errors import Malformed
from parley.measures.agreement import Agreement
from parley.measures.content import Content, Value, of_items
from parley.measures.declaration_table import Row, columns, read_table
from parley.measures.form import Form

MAX_RECORDS = 10_000
"""Records of one paper: each is a provision of its text. What has more is kept in an escrow, or parted."""

LARGEST = 8 * 1024 * 1024
"""Bytes of such a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A table that is declared: what it comes to, as the content of its form, and its records in their order."""

    content: Content
    rows: tuple[Row, ...]


def read_declaration(agreement: Agreement, form: Form, pieces: Iterable[bytes]) -> Declared:
    """A table of this form, which comes in pieces of any size.

    Verifies what `read_table` does, and that totals lie in the bounds of their items; not that anything is true.
    Raises: Malformed("declaration.…") of the first fault, with its `line`.
    """
    check_form(agreement, form)
    rows = tuple(read_table(form, _bounded(pieces), most=MAX_RECORDS))
    if not rows:
        raise Malformed("declaration.empty", line=1)
    try:
        content = of_items(agreement, form, totals(form, rows))
    except Malformed as error:
        raise Malformed("declaration.total", line=rows[-1].line, **error.details) from error
    return Declared(content=content, rows=rows)


def check_form(agreement: Agreement, form: Form) -> None:
    """Raises: Malformed("declaration.no-table") for a form of which there are no tables."""
    if form.table is None:
        tables = ", ".join(each.id for each in agreement.forms if each.table is not None)
        raise Malformed("declaration.no-table", form=form.id, forms=tables or "—")


def _bounded(pieces: Iterable[bytes]) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > LARGEST:
            raise Malformed("declaration.size", most=LARGEST)
        yield piece


def totals(form: Form, rows: Iterable[Row]) -> Mapping[str, Value]:
    """By the id of each item what records come to: the sum of a count, and what all have the same."""
    found: dict[str, Value] = {}
    for row in rows:
        for item in form.items:
            value = row.items.get(item.id)
            if value is None or not form.of_the_whole(item):
                continue
            if item.type == "count" and isinstance(value, int):
                before = found.get(item.id, 0)
                value += before if isinstance(before, int) else 0
            found[item.id] = value
    return {item.id: found[item.id] for item in form.items if item.id in found}


def form_for(agreement: Agreement, head: bytes, name: str | None = None) -> Form:
    """The form that a table is of: the one named, the only one, else the only one that has all its columns.

    `head` begins with its first line. Raises: Malformed("declaration.no-form"), Malformed("declaration.no-table"),
    Malformed("declaration.which-form"); of the first line as `read_table`.
    """
    if name is not None:
        form = agreement.form(name)
        if form is None:
            raise Malformed("declaration.no-form", form=name[:60], forms=", ".join(each.id for each in agreement.forms))
        check_form(agreement, form)
        return form
    tables = [form for form in agreement.forms if form.table is not None]
    if not tables:
        raise Malformed("declaration.no-tables", agreement=agreement.id)
    if len(tables) > 1:
        named = set(columns(head))
        fitting = [form for form in tables if named <= {item.id for item in form.items}]
        if len(fitting) != 1:
            raise Malformed("declaration.which-form", forms=", ".join(each.id for each in fitting or tables))
        tables = fitting
    return tables[0]


def blank_table(form: Form) -> str:
    """The first line of a table of this form, which names all its items: what is not needed may be taken out."""
    return ",".join(item.id for item in form.items) + "\n"
