"""Values as JSON and CSV. JSON bears a version member and never a secret: what is secret is left out by type."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections.abc import Iterable, Sequence
from enum import Enum
from pathlib import Path
from typing import Any

import msgspec

from parley.canonical import Text

VERSION = 1
SECRET = frozenset({"Sheet", "Root"})
"""Types that never leave as JSON."""


def as_json(name: str, value: object) -> str:
    """`{"version": 1, NAME: value}`, indented."""
    return json.dumps({"version": VERSION, name: plain_value(value)}, ensure_ascii=False, indent=2)


def plain_value(value: object) -> Any:
    """A value of ours as JSON has them: instants as text, digests in hex, records as objects."""
    if isinstance(value, Text):
        return value.to_text()
    if isinstance(value, Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = [(item.name, getattr(value, item.name)) for item in dataclasses.fields(value)]
        return {key: plain_value(member) for key, member in fields if type(member).__name__ not in SECRET}
    if isinstance(value, msgspec.Struct):
        return plain_value(msgspec.to_builtins(value, enc_hook=plain_value))
    if isinstance(value, dict):
        return {str(key): plain_value(member) for key, member in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        return [plain_value(member) for member in value]
    return str(value) if isinstance(value, Path) else value


def as_csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Comma-separated values after RFC 4180; a cell that a spreadsheet would compute gets an apostrophe before it."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(head)
    for row in rows:
        writer.writerow([f"'{cell}" if cell[:1] in tuple("=+-@\t\r") and cell != "-" else cell for cell in row])
    return written.getvalue()
