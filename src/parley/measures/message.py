"""A filled form as a formatted message, as networks of verification centres print them, and read back equal.

The order is that of the formats for Open Skies: precedence, from, to, info, subject, message number, date and time,
treaty reference, message reference (the message that must come before), numbered items, remarks, end.

    PRECEDENCE: ROUTINE
    FROM: ru
    TO: us
    INFO: NONE
    SUBJECT: Prior notification of an exercise
    MESSAGE NUMBER: RU-3
    DATE AND TIME: 2017-08-01T09:00:00.000Z
    TREATY REFERENCE: small exercise art. 1
    MESSAGE REFERENCE: NONE
    1. DESIGNATION: Autumn 2017
    2. TROOPS: 12700
    REMARKS: NONE
    END OF RU-3

Words of more than one line go on in lines indented by four blanks. A test has TEST at the beginning of every line.
Source: spec/measures.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from parley.canonical import Time
from parley.errors import Malformed
from parley.measures.agreement import Agreement
from parley.measures.content import Content, Value, of_items
from parley.measures.entry import in_language
from parley.measures.form import Form, Item

LARGEST = 256 * 1024
_TREATY = 64
"""In so many lines from the first the treaty is named, however many parties stand before it."""
NONE, TEST, INDENT = "NONE", "TEST ", "    "
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_COUNT = re.compile(r"0|[1-9][0-9]{0,15}")
_ITEM = re.compile(r"([0-9A-Za-z]{1,6}(?:\.[0-9A-Za-z]{1,6}){0,3})\. ([^:]{1,400}): (.*)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A content with what stands around it: who sends it to whom, when, under which number, in answer to which."""

    precedence: str
    sender: str
    to: tuple[str, ...]
    info: tuple[str, ...]
    number: str
    time: Time
    answers: str | None
    content: Content


def print_message(message: Message, agreement: Agreement, language: str) -> str:
    """The message as text, in lines ended by LF."""
    form = agreement.form(message.content.form)
    if form is None:
        raise Malformed("message.no-form", form=message.content.form)
    lines = [line for field in _fields(message, agreement, form, language) for line in field]
    mark = TEST if message.content.test else ""
    return "".join(f"{mark}{line}\n" for line in lines)


def _fields(message: Message, agreement: Agreement, form: Form, language: str) -> Iterator[list[str]]:
    head = {
        "PRECEDENCE": message.precedence.upper(),
        "FROM": message.sender,
        "TO": ", ".join(message.to),
        "INFO": ", ".join(message.info) or NONE,
        "SUBJECT": in_language(form.title, language),
        "MESSAGE NUMBER": message.number,
        "DATE AND TIME": message.time.to_text(),
        "TREATY REFERENCE": f"{agreement.id} {form.id} {form.provision}",
        "MESSAGE REFERENCE": message.answers or NONE,
    }
    for name, value in head.items():
        yield [f"{name}: {value}"]
    for item in form.items:
        if item.id in message.content.items:
            title = in_language(item.title, language).replace(":", " ").upper()
            yield _broken(f"{item.number}. {title}: ", _answer(item, message.content.items[item.id], language))
    yield _broken("REMARKS: ", message.content.remarks or NONE)
    yield [f"END OF {message.number}"]


def _answer(item: Item, value: Value, language: str) -> str:
    """A value as a message writes it: of a choice its title, where no other choice of the item is called so."""
    chosen = next((choice for choice in item.choices if choice.id == value), None)
    if chosen is None:
        return written(value)
    title = in_language(chosen.title, language)
    return title if _named(item, title) == [chosen.id] else chosen.id


def _named(item: Item, text: str) -> list[str]:
    """The choices that are called so, by their id or in any language."""
    return [choice.id for choice in item.choices if text in (choice.id, *choice.title.values())]


def _broken(head: str, text: str) -> list[str]:
    first, *more = text.split("\n")
    return [head + first, *(INDENT + line for line in more)]


def written(value: Value) -> str:
    """A value as a message writes it."""
    match value:
        case Time():
            return value.to_text()
        case bool():
            return "YES" if value else "NO"
        case date():
            return value.isoformat()
        case _:
            return str(value)


# --- and back -----------------------------------------------------------------------------------------------------


def treaty_of(data: bytes) -> str | None:
    """The id of the agreement that a message names, as far as its first lines tell; None of any other file."""
    plain = [line.removeprefix(TEST) for line in data[:LARGEST].decode("utf-8", "replace").split("\n")[:_TREATY]]
    if not plain[0].startswith("PRECEDENCE: "):
        return None
    for line in plain:
        if line.startswith("TREATY REFERENCE: "):
            return line.split(" ")[2]
    return None


def parse_message(text: str, agreement: Agreement) -> Message:
    """Read a message that `print_message` wrote under this agreement, in any of its languages.

    Verifies form, and that printing it again gives the same text. Raises: Malformed, with the `line`.
    """
    if len(text) > LARGEST:
        raise Malformed("message.size", most=LARGEST)
    lines = text.split("\n")
    if lines.pop() != "":
        raise Malformed("message.end", line=len(lines) + 1)
    test = bool(lines) and all(line.startswith(TEST) for line in lines)
    fields = _joined([line.removeprefix(TEST) if test else line for line in lines])
    head = _head(fields)
    form = _form(agreement, head["TREATY REFERENCE"])
    remarks = head["REMARKS"] if head["REMARKS"] != NONE else ""
    content = of_items(agreement, form, _items(form, fields[9:-2]), remarks=remarks, test=test)
    message = Message(
        precedence=head["PRECEDENCE"].lower(),
        sender=head["FROM"],
        to=_names(head["TO"]),
        info=_names(head["INFO"]),
        number=head["MESSAGE NUMBER"],
        time=_time(head["DATE AND TIME"]),
        answers=None if head["MESSAGE REFERENCE"] == NONE else head["MESSAGE REFERENCE"],
        content=content,
    )
    if text not in (print_message(message, agreement, language) for language in agreement.languages):
        raise Malformed("message.not-as-printed")
    return message


_HEAD = (
    "PRECEDENCE", "FROM", "TO", "INFO", "SUBJECT", "MESSAGE NUMBER", "DATE AND TIME", "TREATY REFERENCE",
    "MESSAGE REFERENCE",
)  # fmt: skip


def _joined(lines: Sequence[str]) -> list[tuple[int, str]]:
    """The fields with the line each begins on; lines indented belong to the one before."""
    fields: list[tuple[int, str]] = []
    for number, line in enumerate(lines, start=1):
        if line.startswith(INDENT) and fields:
            start, text = fields[-1]
            fields[-1] = (start, f"{text}\n{line.removeprefix(INDENT)}")
        else:
            fields.append((number, line))
    return fields


def _head(fields: Sequence[tuple[int, str]]) -> dict[str, str]:
    if len(fields) < len(_HEAD) + 2:
        raise Malformed("message.end", line=len(fields))
    found = {}
    for name, (line, text) in [*zip(_HEAD, fields, strict=False), ("REMARKS", fields[-2])]:
        if not text.startswith(f"{name}: "):
            raise Malformed("message.field", field=name, line=line)
        found[name] = text.removeprefix(f"{name}: ")
    if fields[-1][1] != f"END OF {found['MESSAGE NUMBER']}":
        raise Malformed("message.end", line=fields[-1][0])
    return found


def _form(agreement: Agreement, reference: str) -> Form:
    name, _, rest = reference.partition(" ")
    form = agreement.form(rest.partition(" ")[0])
    if name != agreement.id or form is None:
        raise Malformed("message.treaty", agreement=agreement.id, line=8)
    return form


def _items(form: Form, fields: Sequence[tuple[int, str]]) -> Mapping[str, Value]:
    by_number = {item.number: item for item in form.items}
    found: dict[str, Value] = {}
    for line, text in fields:
        match = _ITEM.fullmatch(text)
        item = by_number.get(match[1]) if match else None
        if match is None or item is None or item.id in found:
            raise Malformed("message.item", line=line)
        found[item.id] = _value(item, match[3], line)
    return found


def _value(item: Item, text: str, line: int) -> Value:
    try:
        match item.type:
            case "count" if _COUNT.fullmatch(text):
                return int(text)
            case "yes_no" if text in ("YES", "NO"):
                return text == "YES"
            case "date" if _DAY.fullmatch(text):
                return date.fromisoformat(text)
            case "time":
                return Time.from_text(text)
            case "choice":
                named = _named(item, text)
                return named[0] if len(named) == 1 else text
            case "text":
                return text
    except (Malformed, ValueError) as error:
        raise Malformed("message.value", item=item.id, type=item.type, line=line) from error
    raise Malformed("message.value", item=item.id, type=item.type, line=line)


def _names(text: str) -> tuple[str, ...]:
    return () if text == NONE else tuple(text.split(", "))


def _time(text: str) -> Time:
    try:
        return Time.from_text(text)
    except Malformed as error:
        raise Malformed("message.value", item="DATE AND TIME", type="time", line=7) from error
