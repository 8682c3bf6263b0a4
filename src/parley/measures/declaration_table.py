"""A table of data that is declared under an agreement: a CSV file, one record a line, its columns the items of a form.

It is read strictly, because what a spreadsheet makes of a file is not what its sender declared. UTF-8, with a byte
order mark or without; cells parted by commas, as in RFC 4180; a line ends with LF or CR LF, and nothing else breaks it;
the first line has the ids of the items. A cell that a spreadsheet would compute is refused, and what cannot be seen.

The file comes in as pieces of bytes of any size, and no more of it is held than one line and the identifiers: a file
that never ends is refused as soon as it has too many records. Source: spec/measures.md.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from parley.canonical import Time
from parley.errors import Detail, Malformed
from parley.measures.content import Value
from parley.measures.entry import FIRST_YEAR, LAST_YEAR
from parley.measures.form import Form, Item
from parley.wording import displayed

MAX_ROWS = 1_000_000
MAX_CELL = 1_000
"""Characters in a cell."""
MAX_LINE = 64 * 1024
"""Bytes of a line."""

_MARK = b"\xef\xbb\xbf"
"""The byte order mark that some programs put before a file in UTF-8."""

_FORMULA = "=+-@\t\r＝＋－＠"
"""What begins a cell that some spreadsheet computes, the wide forms of East Asian keyboards among them."""

_CELL = re.compile(r'(?:"(?:[^"]|"")*"|[^",\r][^,\r]*|)(?=,|\Z)')
_COUNT = re.compile(r"0|[1-9][0-9]{0,15}")
_NEGATIVE = re.compile(r"-[0-9]+")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(r"([0-9-]{10}T[0-9:]{8})(\.[0-9]{3})?Z")
_YES_NO = {"true": True, "TRUE": True, "false": False, "FALSE": False}
_MOST = 10**15


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One record: on which line it stands, and by the id of each item its value; empty cells are left out."""

    line: int
    items: Mapping[str, Value]


def read_table(form: Form, pieces: Iterable[bytes], *, most: int = MAX_ROWS) -> Iterator[Row]:
    """The records of a table, one after another. None of them counts before the last has come.

    Verifies the bytes, the columns, each cell by its item, that no two records have one identifier, and that every
    category of the form's table is there; not that anything declared is true.
    Raises: Malformed("declaration.…") of the first fault, with its `line`, `column` and `item` where it has them.
    """
    lines = lines_of(pieces)
    _, head = next(lines, (1, b""))
    table = _Table.of(form, cells_of(head.removeprefix(_MARK), 1))
    for rows, (line, data) in enumerate(lines, start=1):
        if rows > most:
            raise Malformed("declaration.rows", line=line, most=most)
        yield Row(line=line, items=table.row(cells_of(data, line), line))
    table.check_whole()


def columns(head: bytes) -> tuple[str, ...]:
    """The names in the first line of a table that begins so. Raises: Malformed, as `read_table`."""
    _, line = next(lines_of([head]), (1, b""))
    return tuple(cells_of(line.removeprefix(_MARK), 1))


# --- lines and cells ----------------------------------------------------------------------------------------------


def lines_of(pieces: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """The lines with their numbers from 1, without what ends them; after the last line end nothing need come."""
    number, rest = 1, b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            yield number, _line(line, number)
            number += 1
        _line(rest, number)
    if rest:
        yield number, _line(rest, number)


def _line(line: bytes, number: int) -> bytes:
    if len(line) > MAX_LINE:
        raise Malformed("declaration.line-long", line=number, most=MAX_LINE)
    return line.removesuffix(b"\r")


def cells_of(data: bytes, line: int) -> list[str]:
    """The cells of a line, none for an empty one. Raises: Malformed with `line` and `column`."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        column, _ = _unreadable(data[: error.start].decode("utf-8"))
        raise Malformed("declaration.utf-8", line=line, column=column) from error
    try:
        if text.endswith("\r"):
            raise csv.Error  # another before CR LF, which the reader would take for the end of the line as well
        # One line at a time: a quotation mark that is never closed then swallows one line, not the rest of the file.
        return next(csv.reader((text,), strict=True), [])
    except csv.Error as error:
        column, first = _unreadable(text)
        match first:
            case '"':
                raise Malformed("declaration.quotes", line=line, column=column) from error
            case "\r":
                raise Malformed("declaration.formula", line=line, column=column) from error
            case _:
                raise Malformed("declaration.character", line=line, column=column, character="U+000D") from error


def _unreadable(text: str) -> tuple[int, str]:
    """The number of the first cell that cannot be read, else of the last; and with what it begins."""
    column, place = 1, 0
    while (found := _CELL.match(text, place)) and found.end() < len(text):
        column, place = column + 1, found.end() + 1
    return column, text[place : place + 1]


# --- columns and values -------------------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class _Table:
    """The columns of a table, and what is remembered of its rows: identifiers, and categories met so far."""

    form: Form
    items: Sequence[Item]
    filled: frozenset[str]
    identified_by: int | None
    lines: dict[Value, int] = field(default_factory=dict)
    met: dict[str, set[Value]] = field(default_factory=dict)
    same: dict[str, tuple[Value | None, int]] = field(default_factory=dict)
    last: int = 1

    @classmethod
    def of(cls, form: Form, names: Sequence[str]) -> _Table:
        """The columns that the first line names. Raises: Malformed."""
        if not any(names):
            raise Malformed("declaration.empty", line=1)
        if len(names) == 1 and re.search(r"[;\t]", names[0]):
            raise Malformed("declaration.commas", line=1)
        items = []
        wanted = {item.id for item in form.items if item.required} | _filled(form)
        for column, name in enumerate(names, start=1):
            item = form.item(name)
            if item is None and (meant := form.item(name.strip().casefold())) is not None:
                raise Malformed("declaration.column-spelt", line=1, column=column, found=name[:60], item=meant.id)
            if item is None:
                raise _unknown(form, names, column, wanted)
            if name in names[: column - 1]:
                raise Malformed("declaration.column-twice", line=1, column=column, item=name)
            items.append(item)
        rule = form.table
        for item in form.items:
            if item.id in wanted and item.id not in names:
                raise Malformed("declaration.column-missing", line=1, item=item.id)
        return cls(
            form=form,
            items=items,
            filled=_filled(form),
            identified_by=names.index(rule.identified_by) if rule and rule.identified_by else None,
            met={name: set() for name in (rule.each_of if rule else ())},
        )

    def row(self, cells: Sequence[str], line: int) -> dict[str, Value]:
        """The values of one line. Raises: Malformed."""
        if len(cells) != len(self.items):
            raise Malformed("declaration.cells", line=line, found=len(cells), expected=len(self.items))
        found: dict[str, Value] = {}
        for column, (item, cell) in enumerate(zip(self.items, cells, strict=True), start=1):
            try:
                value = _value(item, cell, needed=item.required or item.id in self.filled)
            except Malformed as error:
                raise Malformed(error.code, line=line, column=column, item=item.id, **error.details) from error
            if value is not None:
                found[item.id] = value
        self._remember(found, line)
        return found

    def _remember(self, found: Mapping[str, Value], line: int) -> None:
        self.last = line
        for column, item in enumerate(self.items, start=1):
            if self.form.table is not None and item.id in self.form.table.same:
                said, first = self.same.setdefault(item.id, (found.get(item.id), line))
                if said != found.get(item.id):
                    raise Malformed("declaration.differs", line=line, column=column, item=item.id, first=first)
        if self.identified_by is not None:
            name = self.items[self.identified_by].id
            first = self.lines.setdefault(found[name], line) if name in found else line
            if first != line:
                column = self.identified_by + 1
                raise Malformed("declaration.twice", line=line, column=column, item=name, first=first)
        for name, met in self.met.items():
            if name in found:
                met.add(found[name])

    def check_whole(self) -> None:
        """Raises: Malformed("declaration.category") unless every mandatory category stands in some record."""
        for column, item in enumerate(self.items, start=1):
            for choice in item.choices if item.id in self.met else ():
                if choice.id not in self.met[item.id]:
                    raise Malformed(
                        "declaration.category", line=self.last, column=column, item=item.id, choice=choice.id
                    )


def _unknown(form: Form, names: Sequence[str], column: int, wanted: Container[str]) -> Malformed:
    """That a column is none of the form's; what is missing beside it may be what it was meant to be."""
    missing = [item.id for item in form.items if item.id in wanted and item.id not in names]
    more: dict[str, Detail] = {"missing": ", ".join(missing)} if missing else {}
    columns = ", ".join(item.id for item in form.items)
    return Malformed("declaration.unknown-column", line=1, column=column, columns=columns, **more)


def _filled(form: Form) -> frozenset[str]:
    """The columns that a table must have and in which no cell is empty, whatever is said of their items."""
    rule = form.table
    return frozenset(rule.each_of + ((rule.identified_by,) if rule.identified_by else ())) if rule else frozenset()


def _value(item: Item, cell: str, *, needed: bool) -> Value | None:
    """What a cell says, None where it is empty. Raises: Malformed, without its place."""
    if not cell:
        if needed:
            raise Malformed("declaration.missing")
        return None
    check_cell(cell, number=item.type == "count")
    return _READ[item.type](item, cell)


def check_cell(cell: str, *, number: bool) -> str:
    """Return a cell, not empty, that no spreadsheet computes and of which all can be seen; a `number` may be below 0.

    Raises: Malformed, without its place.
    """
    if cell[0] in _FORMULA and not (number and _NEGATIVE.fullmatch(cell)):
        raise Malformed("declaration.formula")
    if len(cell) > MAX_CELL:
        raise Malformed("declaration.cell-long", most=MAX_CELL)
    try:
        displayed(cell, most=MAX_CELL)
    except Malformed as error:
        seen: dict[str, Detail] = {name: error.details[name] for name in ("character",) if name in error.details}
        raise Malformed("declaration.character", **seen) from error
    if cell != cell.strip():
        raise Malformed("declaration.blanks")
    return cell


def _wrong(item: Item) -> Malformed:
    return Malformed("declaration.type", type=item.type)


def _count(item: Item, cell: str) -> int:
    if _NEGATIVE.fullmatch(cell):
        raise Malformed("declaration.negative")
    if not _COUNT.fullmatch(cell):
        raise _wrong(item)
    least, most = item.at_least or 0, item.at_most if item.at_most is not None else _MOST
    if not least <= int(cell) <= most:
        raise Malformed("declaration.bounds", least=least, most=most)
    return int(cell)


def _date(item: Item, cell: str) -> date:
    try:
        found = date.fromisoformat(cell) if _DAY.fullmatch(cell) else None
    except ValueError:
        found = None
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise _wrong(item)
    return found


def _time(item: Item, cell: str) -> Time:
    found = _INSTANT.fullmatch(cell)
    if found is None:
        raise _wrong(item)
    try:
        return Time.from_text(f"{found[1]}{found[2] or '.000'}Z")
    except Malformed as error:
        raise _wrong(item) from error


def _choice(item: Item, cell: str) -> str:
    if cell not in [choice.id for choice in item.choices]:
        raise Malformed("declaration.choice", choices=", ".join(choice.id for choice in item.choices))
    return cell


def _yes_no(item: Item, cell: str) -> bool:
    if cell not in _YES_NO:
        raise _wrong(item)
    return _YES_NO[cell]


def _text(_: Item, cell: str) -> str:
    return cell


_READ: Mapping[str, Callable[[Item, str], Value]] = {
    "count": _count,
    "date": _date,
    "time": _time,
    "choice": _choice,
    "yes_no": _yes_no,
    "text": _text,
}
