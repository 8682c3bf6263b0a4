"""What an escrow is made from: a CSV file of items, and a TOML file that says how they are kept and opened.

    uid,region,place,launchers,warheads             or, on a grid:   uid,region,east,north,launchers,warheads
    A-01,North,Base 1,12,48                                          A-01,North,-3,14,12,48

The CSV is read as strictly as a table under an agreement (see `declaration_table`); its other columns are what is
counted. Without a plan, places are names, there are twice as many slots as items, each party may ask 16 questions, and
there are four steps.
Source: spec/escrow.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import msgspec

from parley.canonical import MAX_INTEGER
from parley.errors import Detail, Malformed
from parley.measures.declaration_table import cells_of, check_cell, lines_of
from parley.measures.escrow_plan import (
    DEFAULT_QUESTIONS,
    MAX_CATEGORIES,
    MAX_NAME,
    MAX_SLOTS,
    MIN_SLOTS,
    Cell,
    Grid,
    Item,
    Layer,
    Place,
    Plan,
    Step,
    check_item,
    line_of,
)
from parley.measures.toml import NotToml, read_toml

LARGEST_PLAN = 64 * 1024
"""Bytes of a plan's file."""
DEFAULT_STEPS = (
    Step(layers=("existence",), of="all"),
    Step(layers=("region",), of="all"),
    Step(layers=("place",), of="named"),
    Step(layers=("place", "contents"), of="all"),
)
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,15}")


class _GridFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    columns: int
    rows: int
    south: int
    unit: str
    west: int


class _StepFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    layers: tuple[Layer, ...]
    of: Literal["all", "named"]


class PlanFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A plan as it is written: what it leaves out has its default. Source: spec/escrow.md, On the rail."""

    slots: int | None = None
    questions: int | None = None
    grid: _GridFile | None = None
    steps: tuple[_StepFile, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The items of a declaration, under the plan made for them."""

    plan: Plan
    items: tuple[Item, ...]


def read_declaration(pieces: Iterable[bytes], plan: bytes | None = None, *, most: int = MAX_SLOTS // 2) -> Table:
    """The items in a CSV file, which comes in pieces of any size, and the plan that a TOML file makes for them.

    Verifies the bytes, the columns, each cell, that ids and places stand once each, and that all fit the plan; not that
    what is declared is so.
    Raises: Malformed of the first fault, with its `line`.
    """
    written = _Written.read(plan)
    lines, columns = _head(pieces, on_grid=written.grid is not None)
    try_out = written.plan(columns.categories, 0)
    items = list(_items(lines, columns, try_out, most))
    if not items:
        raise Malformed("escrow.no-items")
    return Table(plan=written.plan(columns.categories, len(items)), items=tuple(items))


def read_items(pieces: Iterable[bytes], plan: Plan, *, most: int = MAX_SLOTS // 2) -> tuple[Item, ...]:
    """The items in a CSV file under a plan that there is already, for an amendment.

    Raises: as `read_declaration`; Malformed("escrow.columns") where the table counts other things than the plan.
    """
    lines, columns = _head(pieces, on_grid=plan.grid is not None)
    if columns.categories != plan.categories:
        found, expected = (", ".join(names)[:200] for names in (columns.categories, plan.categories))
        raise Malformed("escrow.columns", line=1, found=found, expected=expected)
    items = tuple(_items(lines, columns, plan, most))
    if not items:
        raise Malformed("escrow.no-items")
    return items


def default_slots(items: int) -> int:
    """The least power of two that has twice as many slots as there are items, within what an escrow can have."""
    return min(MAX_SLOTS, max(MIN_SLOTS, 1 << max(0, 2 * items - 1).bit_length()))


# --- the table ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """Where each thing stands in a line. `counted` are columns in the order of their names, which is the plan's."""

    uid: int
    region: int
    place: tuple[int, ...]
    counted: tuple[int, ...]
    categories: tuple[str, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, names: Sequence[str], *, on_grid: bool) -> _Columns:
        """The columns that the first line names. Raises: Malformed."""
        if not any(names):
            raise Malformed("escrow.table-empty", line=1)
        if len(names) == 1 and re.search(r"[;\t]", names[0]):
            raise Malformed("declaration.commas", line=1)
        for column, name in enumerate(names, start=1):
            if not name:
                raise Malformed("escrow.column-unnamed", line=1, column=column)
            _line_at(name, line=1, column=column, item=name[:MAX_NAME])
            if name in names[: column - 1]:
                raise Malformed("declaration.column-twice", line=1, column=column, item=name)
        places = ("east", "north") if on_grid else ("place",)
        if not on_grid and "place" not in names and {"east", "north"} <= set(names):
            raise Malformed("escrow.no-grid", line=1)
        for wanted in ("uid", "region", *places):
            if wanted not in names:
                raise Malformed("declaration.column-missing", line=1, item=wanted)
        categories = tuple(sorted(set(names) - {"uid", "region", *places}))
        if not 1 <= len(categories) <= MAX_CATEGORIES:
            raise Malformed("escrow.categories", most=MAX_CATEGORIES)
        return cls(
            uid=names.index("uid"),
            region=names.index("region"),
            place=tuple(names.index(name) for name in places),
            counted=tuple(names.index(name) for name in categories),
            categories=categories,
            names=tuple(names),
        )


def _head(pieces: Iterable[bytes], *, on_grid: bool) -> tuple[Iterator[tuple[int, bytes]], _Columns]:
    """The lines below the first, and the columns that the first names."""
    lines = lines_of(pieces)
    _, head = next(lines, (1, b""))
    return lines, _Columns.of(cells_of(head.removeprefix(b"\xef\xbb\xbf"), 1), on_grid=on_grid)


def _items(lines: Iterable[tuple[int, bytes]], columns: _Columns, plan: Plan, most: int) -> Iterator[Item]:
    uids: dict[str, int] = {}
    keys: dict[int, int] = {}
    for rows, (line, data) in enumerate(lines, start=1):
        if rows > most:
            raise Malformed("declaration.rows", line=line, most=most)
        cells = cells_of(data, line)
        if len(cells) != len(columns.names):
            raise Malformed("declaration.cells", line=line, found=len(cells), expected=len(columns.names))
        item = _item(cells, columns, line)
        try:
            key = check_item(plan, item)
        except Malformed as error:
            details: dict[str, Detail] = {**error.details, "line": line}
            raise Malformed(error.code, **details) from error
        first = uids.setdefault(item.uid, line)
        if first != line:
            raise Malformed("declaration.twice", line=line, column=columns.uid + 1, item="uid", first=first)
        first = keys.setdefault(key, line)
        if first != line:
            name, column = ("place", columns.place[0] + 1)
            raise Malformed("declaration.twice", line=line, column=column, item=name, first=first)
        yield item


def _item(cells: Sequence[str], columns: _Columns, line: int) -> Item:
    """The item of a line. Raises: Malformed with `line`, `column` and `item`."""

    def text(at: int) -> str:
        return _line_at(cells[at], line=line, column=at + 1, item=columns.names[at])

    def whole(at: int, *, least: int) -> int:
        return _whole(cells[at], line=line, column=at + 1, item=columns.names[at], least=least)

    place: Place
    if len(columns.place) == 1:
        place = text(columns.place[0])
    else:
        east, north = columns.place
        place = Cell(east=whole(east, least=-MAX_INTEGER), north=whole(north, least=-MAX_INTEGER))
    return Item(
        counts=tuple(whole(at, least=0) for at in columns.counted),
        place=place,
        region=text(columns.region),
        uid=text(columns.uid),
    )


def _checked(cell: str, *, line: int, column: int, item: str, most: int, number: bool = False) -> str:
    where: dict[str, Detail] = {"line": line, "column": column, "item": item}
    if not cell:
        raise Malformed("declaration.missing", **where)
    if len(cell) > most:
        raise Malformed("declaration.cell-long", most=most, **where)
    try:
        return check_cell(cell, number=number)
    except Malformed as error:
        raise Malformed(error.code, **{**error.details, **where}) from error


def _line_at(cell: str, *, line: int, column: int, item: str) -> str:
    """A cell of words, in the one writing that they have. Raises: Malformed with its place."""
    _checked(cell, line=line, column=column, item=item, most=MAX_NAME)
    try:
        return line_of(cell)
    except Malformed as error:
        raise Malformed(error.code, line=line, column=column, item=item) from error


def _whole(cell: str, *, line: int, column: int, item: str, least: int) -> int:
    where: dict[str, Detail] = {"line": line, "column": column, "item": item}
    _checked(cell, line=line, column=column, item=item, most=MAX_NAME, number=True)
    if not _WHOLE.fullmatch(cell):
        raise Malformed("declaration.type", type="count", **where)
    if int(cell) < least == 0:
        raise Malformed("declaration.negative", **where)
    if not least <= int(cell) <= MAX_INTEGER:
        raise Malformed("declaration.bounds", least=least, most=MAX_INTEGER, **where)
    return int(cell)


# --- the plan -------------------------------------------------------------------------------------------------------

_MEMBERS = {
    "escrow.slots": "slots",
    "escrow.grid": "grid",
    "escrow.grid-small": "grid",
    "escrow.questions": "questions",
    "escrow.steps-number": "steps",
}
"""Which member of the file a fault of the plan is in."""

_STEP = re.compile(r"\.([A-Za-z0-9_-]+)|\[([0-9]+|\.\.\.)\]")
_UNKNOWN = re.compile(r"unknown field `([^`]*)`")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """A plan's file, and its text, in which faults have their line."""

    file: PlanFile
    text: str
    grid: Grid | None
    steps: tuple[Step, ...]

    @classmethod
    def read(cls, data: bytes | None) -> _Written:
        """Raises: Malformed with its `line`."""
        if data is None:
            return cls(file=PlanFile(), text="", grid=None, steps=DEFAULT_STEPS)
        if len(data) > LARGEST_PLAN:
            raise Malformed("escrow.plan-size", most=LARGEST_PLAN)
        try:
            text = data.decode("utf-8")
            file = msgspec.convert(read_toml(text), PlanFile, strict=True)
        except UnicodeDecodeError as error:
            raise Malformed("escrow.plan-toml", line=data.count(b"\n", 0, error.start) + 1) from error
        except NotToml as error:
            raise Malformed("escrow.plan-toml", line=error.line) from error
        except msgspec.ValidationError as error:
            raise _shape(error, text) from error
        grid: Grid | None = None
        steps: tuple[Step, ...] = DEFAULT_STEPS
        if file.grid is not None:
            with _at(_line(text, ("grid",))):
                grid = Grid(**msgspec.structs.asdict(file.grid))
        if file.steps is not None:
            steps = ()
            for place, step in enumerate(file.steps):
                with _at(_line(text, ("steps", place))):
                    steps += (Step(layers=step.layers, of=step.of),)
        return cls(file=file, text=text, grid=grid, steps=steps)

    def plan(self, categories: tuple[str, ...], items: int) -> Plan:
        """The plan for so many items. Raises: Malformed, with a `line` where a line of the file is at fault."""
        slots = default_slots(items) if self.file.slots is None else self.file.slots
        if self.file.slots is not None and items > slots:
            raise Malformed("escrow.items", found=items, most=slots)
        try:
            return Plan(
                algorithm="parley/escrow/v1",
                categories=categories,
                grid=self.grid,
                questions=DEFAULT_QUESTIONS if self.file.questions is None else self.file.questions,
                slots=slots,
                steps=self.steps,
            )
        except Malformed as error:
            path: tuple[str | int, ...] = (_MEMBERS[error.code],) if error.code in _MEMBERS else ()
            if error.code == "escrow.steps":
                path = ("steps", int(error.details["step"]) - 1)
            if not self.text or not path:
                raise
            raise Malformed(error.code, **{**error.details, "line": _line(self.text, path)}) from error


@contextmanager
def _at(line: int) -> Iterator[None]:
    """What is malformed within has its line."""
    try:
        yield
    except Malformed as error:
        details: dict[str, Detail] = {**error.details, "line": line}
        raise Malformed(error.code, **details) from error


def _shape(error: msgspec.ValidationError, text: str) -> Malformed:
    """The library says what was expected and where; the value found it does not repeat."""
    message, _, where = str(error).partition(" - at `")
    path: tuple[str | int, ...] = tuple(
        int(place) if place.isdigit() else name or place for name, place in _STEP.findall(where.removeprefix("$"))
    )
    unknown = _UNKNOWN.search(message)
    if unknown is not None:
        path = (*path, unknown[1])
    problem = re.sub(r"[^ -~]", "?", message)[:200]
    return Malformed("escrow.plan-shape", line=_line(text, path), problem=problem)


def _line(text: str, path: Sequence[str | int]) -> int:
    """The line of the innermost part of a path that has one of its own."""
    lines, found = text.split("\n"), 1
    start = 0
    for place, part in enumerate(path):
        following = path[place + 1] if place + 1 < len(path) else None
        if isinstance(part, int):
            continue
        nth = following if isinstance(following, int) else 0
        name = re.compile(rf"\s*(?:\[\[?\s*)?\"?{re.escape(part)}\"?\s*(?:\]|=|\.)")
        hits = [number for number, line in enumerate(lines, start=1) if number > start and name.match(line)]
        if hits:
            found = start = hits[min(nth, len(hits) - 1)]
    return found
