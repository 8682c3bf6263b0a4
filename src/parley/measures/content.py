"""A form that was filled in: what one paper under an agreement says, item by item, and the file it is written in.

The file is TOML, for people: `parley notify --blank` writes it with the provision beside each item, and what is left
empty there, `""`, is an item without an answer. The same is written as a message in `measures.message`.
Source: spec/measures.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from parley.canonical import Time
from parley.errors import Detail, Malformed
from parley.measures.agreement import Agreement
from parley.measures.entry import FIRST_YEAR, LAST_YEAR, in_language
from parley.measures.form import Form, Item
from parley.measures.toml import NotToml, read_toml
from parley.wording import displayed

Value = int | str | bool | date | Time
"""A count, a text or a choice by its id, yes or no, a day, an instant."""

LARGEST = 64 * 1024
"""Bytes of such a file."""
MAX_WORDS = 4_000
MEMBERS = ("agreement", "form", "test", "remarks", "items")


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a paper says under an agreement: by the id of each item its value; a `test` counts for nothing."""

    agreement: str
    form: str
    items: Mapping[str, Value]
    remarks: str = ""
    test: bool = False

    def count(self, name: str) -> int | None:
        """The whole number of an item; None where it has no answer or is no count."""
        value = self.items.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def day(self, name: str) -> date | None:
        """The day of an item; None where it has no answer or is no day."""
        value = self.items.get(name)
        return value if isinstance(value, date) else None

    def instant(self, name: str) -> Time | None:
        """The instant of an item; None where it has no answer or is no instant."""
        value = self.items.get(name)
        return value if isinstance(value, Time) else None


def of_items(
    agreement: Agreement, form: Form, items: Mapping[str, Value], *, remarks: str = "", test: bool = False
) -> Content:
    """A content whose items are those of the form, each in its bounds. Raises: Malformed, with the `item`."""
    for name in items:
        if form.item(name) is None:
            raise Malformed("notice.unknown-item", item=name[:60], form=form.id)
    missing = [item for item in form.items if item.required and item.id not in items]
    if missing:
        raise _missing(*missing)
    for item in form.items:
        if item.id in items:
            _check(item, items[item.id])
    _check_words("remarks", remarks)
    said = "" if remarks.strip() in ("", "NONE") else remarks  # which is how a message says that there are none
    return Content(agreement=agreement.id, form=form.id, items=dict(items), remarks=said, test=test)


def _missing(first: Item, *others: Item) -> Malformed:
    """That items have no answer: all that have none, so that nobody fills in a form one refusal at a time."""
    more = {"more": ", ".join(f"{item.number} ({item.id})" for item in others)} if others else {}
    return Malformed("notice.missing", item=first.id, number=first.number, **more)


def _check_words(item: str, text: str) -> None:
    if len(text) > MAX_WORDS:
        raise Malformed("notice.long", item=item, most=MAX_WORDS)
    for number, line in enumerate(text.split("\n"), start=1):
        try:
            displayed(line, most=MAX_WORDS)
        except Malformed as error:
            raise Malformed(error.code, **{**error.details, "item": item, "line": number}) from error


def _check(item: Item, value: Value) -> None:
    match item.type:
        case "count":
            if not isinstance(value, int) or isinstance(value, bool):
                raise _wrong(item)
            _check_bounds(item, value)
        case "yes_no":
            if not isinstance(value, bool):
                raise _wrong(item)
        case "date":
            if not isinstance(value, date) or isinstance(value, datetime) or not FIRST_YEAR <= value.year <= LAST_YEAR:
                raise _wrong(item)
        case "time":
            if not isinstance(value, Time):
                raise _wrong(item)
        case "choice":
            if value not in [choice.id for choice in item.choices]:
                raise Malformed("notice.choice", item=item.id, choices=", ".join(each.id for each in item.choices))
        case _:
            if not isinstance(value, str) or not value.strip():
                raise _wrong(item)
            _check_words(item.id, value)


def _wrong(item: Item) -> Malformed:
    if item.type == "count":
        return Malformed("notice.number", item=item.id, **({"unit": in_language(item.unit, "en")} if item.unit else {}))
    return Malformed("notice.type", item=item.id, type=item.type)


def _check_bounds(item: Item, value: int) -> None:
    least, most = item.at_least or 0, item.at_most if item.at_most is not None else 10**15
    if not least <= value <= most:
        raise Malformed("notice.bounds", item=item.id, least=least, most=most)


# --- the file -----------------------------------------------------------------------------------------------------


def blank(agreement: Agreement, form: Form, language: str) -> str:
    """The form as a file to fill in: beside each item its number, what it asks, its provision, what may stand there."""
    lines = [
        f"# {in_language(agreement.name, language)}: {in_language(form.title, language)} ({form.provision})",
        f'agreement = "{agreement.id}"',
        f'form = "{form.id}"',
        "test = false",
        'remarks = ""',
        "",
        "[items]",
    ]
    for item in form.items:
        lines.append(
            f"# {item.number}. {in_language(item.title, language)} ({item.provision}) — {_asked(item, language)}"
        )
        lines.append(f'{item.id} = ""')
    return "\n".join(lines) + "\n"


_EXAMPLES = {
    "count": "0",
    "date": "2022-01-26",
    "time": "2022-01-26T17:16:00Z",
    "yes_no": "true | false",
    "text": '"…"',
}


def _asked(item: Item, language: str) -> str:
    """What may stand there, in the signs of the file itself, so that it needs no language.

    A number with a unit is shown as the whole line, because the unit is not to be written.
    """
    choices = " | ".join(f'"{choice.id}"' for choice in item.choices)
    found = choices or _EXAMPLES[item.type]
    if item.unit:
        found = f"{item.id} = {found} ({in_language(item.unit, language)})"
    return found + ("" if item.required else ' | ""')


def read_head(data: bytes) -> tuple[str, str]:
    """The ids of the agreement and the form that a file names. Raises: Malformed, with its `line`."""
    value = _toml(data)
    return _text(value, "agreement"), _text(value, "form")


def read_content(data: bytes, agreement: Agreement) -> Content:
    """The content of a file of at most 64 KiB, under the agreement that it names.

    Verifies that every item is one of the form and in its bounds, and that none is missing; not that it is true.
    Raises: Malformed, of the first fault, with its `line`.
    """
    value, lines = _toml(data), _lines(data.decode("utf-8"))
    for name in value:
        if name not in MEMBERS:
            raise Malformed("notice.unknown-member", member=name[:60], line=lines.get(name, 1))
    if _text(value, "agreement") != agreement.id:
        raise Malformed("notice.other-agreement", agreement=agreement.id, line=lines.get("agreement", 1))
    form = agreement.form(_text(value, "form"))
    if form is None:
        raise Malformed("notice.no-form", form=_text(value, "form")[:60], line=lines.get("form", 1))
    items, test, remarks = value.get("items", {}), value.get("test", False), value.get("remarks", "")
    if not isinstance(items, dict) or not isinstance(test, bool) or not isinstance(remarks, str):
        raise Malformed("notice.form", line=1)
    try:
        return of_items(agreement, form, _values(items), remarks=remarks, test=test)
    except Malformed as error:
        details: dict[str, Detail] = dict(error.details)
        line = lines.get(str(details.get("item")), lines.get("items", 1))
        raise Malformed(error.code, **{**details, "line": line}) from error


def write_content(content: Content) -> bytes:
    """The same as a file, which `read_content` reads back equal."""
    lines = [
        f"agreement = {_quoted(content.agreement)}",
        f"form = {_quoted(content.form)}",
        f"test = {str(content.test).lower()}",
        f"remarks = {_quoted(content.remarks)}",
        "",
        "[items]",
        *(f"{name} = {_written(value)}" for name, value in content.items.items()),
    ]
    return ("\n".join(lines) + "\n").encode("utf-8")


def _quoted(text: str) -> str:
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}
    return '"' + "".join(escapes.get(sign, sign) for sign in text) + '"'


def _written(value: Value) -> str:
    match value:
        case Time():
            return value.to_text()
        case bool():
            return str(value).lower()
        case date():
            return value.isoformat()
        case str():
            return _quoted(value)
        case _:
            return str(value)


def _values(items: Mapping[str, Any]) -> dict[str, Value]:
    return {name: _value(name, value) for name, value in items.items() if value != ""}


def _value(name: str, value: Any) -> Value:
    match value:
        case datetime():
            if value.tzinfo is None:
                raise Malformed("notice.zone", item=name[:60])
            text = value.astimezone(UTC).isoformat(timespec="milliseconds")
            return Time.from_text(text.removesuffix("+00:00") + "Z")
        case bool() | int() | date() | str():
            return value
        case _:
            raise Malformed("notice.value", item=name[:60])


def _text(value: Mapping[str, Any], name: str) -> str:
    found = value.get(name)
    if not isinstance(found, str):
        raise Malformed("notice.head", member=name, line=1)
    return found


_NAME = re.compile(r'\s*(?:"?([A-Za-z0-9_-]+)"?\s*=|\[\s*(items)\s*\])')


def _toml(data: bytes) -> Mapping[str, Any]:
    if len(data) > LARGEST:
        raise Malformed("notice.size", most=LARGEST, found=len(data))
    try:
        return read_toml(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Malformed("notice.utf-8", line=data.count(b"\n", 0, error.start) + 1) from error
    except NotToml as error:
        raise _no_toml(error) from error


def _no_toml(error: NotToml) -> Malformed:
    match error.kind:
        case "day":
            return Malformed("notice.toml-day", line=error.line)
        case "twice":
            return Malformed("notice.toml-twice", line=error.line)
        case "commas":
            return Malformed("notice.toml-commas", line=error.line)
        case None:
            return Malformed("notice.toml", line=error.line)


def _lines(text: str) -> dict[str, int]:
    """On which line each member begins, and the table of the items; a name that stands twice, TOML has refused."""
    return dict(_named(text))


def _named(text: str) -> Iterator[tuple[str, int]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if found := _NAME.match(line):
            yield found[1] or found[2], number
