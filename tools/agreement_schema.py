"""Writes the JSON Schema of agreements' files: shapes from the grammar, words from the tables of spec/measures.md.

    python -m tools.agreement_schema            writes spec/agreement.schema.json, and the same for the package
    python -m tools.agreement_schema --check    exits 1 when a file is not what this writes

A table of the page belongs to the record named above it, `<!-- members: Form -->`, under a heading that is its title
and a paragraph that says what it is.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from parley.measures.agreement import Agreement
from parley.measures.entry import MAX_LABEL, MAX_TEXT

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "spec" / "measures.md"
WRITTEN = (ROOT / "spec" / "agreement.schema.json", ROOT / "src" / "parley" / "measures" / "agreement.schema.json")

ONE_OF = {
    "Condition": ("at_least", "more_than", "is"),
    "Due": ("before", "after"),
    "NoticePeriod": ("hours", "days", "months", "years"),
    "Span": ("hours", "days", "months", "years"),
    "Trigger": ("on", "every", "in_force", "form"),
}
"""Members of which a table has exactly one; the records check it with `check`, which a schema cannot see."""

_SECTION = re.compile(r"### ([^\n]+)\n\n((?:[^\n]+\n)+)\n<!-- members: ([A-Za-z]+) -->\n\n((?:\|[^\n]*\n)+)")
_ROW = re.compile(r"\| `([a-z_]+)` \| (must|–) \| (.+) \|")


class Section(NamedTuple):
    """What the page says of one record: its title, what it is; of each member whether it must be, and what it is."""

    title: str
    words: str
    members: Mapping[str, tuple[bool, str]]


def sections(page: str) -> dict[str, Section]:
    """The tables of the page by their records."""
    found: dict[str, Section] = {}
    for title, words, record, rows in _SECTION.findall(page):
        members = {name: (must == "must", plain(text)) for name, must, text in _ROW.findall(rows)}
        expect(record not in found and len(members) == rows.count("\n") - 2, record)
        found[record] = Section(title=title, words=plain(words), members=members)
    return found


def expect(sound: bool, record: str) -> None:
    """Raises: ValueError unless the table of this record has a row for each member, once, and says which must be."""
    if not sound:
        raise ValueError(f"{PAGE.name}: the table of {record} is not that of the grammar")


def plain(text: str) -> str:
    """Words of the page as an editor shows them: on one line, without its marks and links."""
    text = re.sub(r"\s*\(\[[^\]]*\]\([^)]*\)\)", "", text)
    return " ".join(text.replace("`", "").split())


def schema(page: str) -> dict[str, Any]:
    """The whole schema, of draft 2020-12."""
    told = sections(page)
    records = msgspec.json.schema(Agreement)["$defs"]
    expect(set(told) == set(records), ", ".join(sorted(set(told) ^ set(records))))
    defs = {name: record(name, records[name], told[name]) for name in sorted(records)}
    whole = defs.pop("Agreement")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **whole,
        "title": "An agreement of Parley",
        "$defs": defs,
    }


def record(name: str, shape: Mapping[str, Any], told: Section) -> dict[str, Any]:
    """One table of the file."""
    required = shape.get("required", [])
    expect({member for member, (must, _) in told.members.items() if must} == set(required), name)
    expect(set(told.members) == set(shape["properties"]), name)
    found: dict[str, Any] = {
        "title": told.title,
        "description": told.words,
        "type": "object",
        "properties": {
            member: member_of(member, shape["properties"][member]) | {"description": words}
            for member, (_, words) in told.members.items()
        },
        "required": list(required),
        "additionalProperties": False,
    }
    if name in ONE_OF:
        found["oneOf"] = [{"required": [each]} for each in ONE_OF[name]]
    return found


def member_of(name: str, shape: Mapping[str, Any]) -> dict[str, Any]:
    """One member: TOML has no null, so what may be left out is simply not there."""
    if shape.get("additionalProperties") == {"type": "string"}:
        return texts(MAX_TEXT if name == "text" else MAX_LABEL)
    kinds = [_cleaned(kind) for kind in shape.get("anyOf", [shape]) if kind != {"type": "null"}]
    return kinds[0] if len(kinds) == 1 else {"anyOf": kinds}


def texts(most: int) -> dict[str, Any]:
    """A text by language."""
    return {
        "type": "object",
        "propertyNames": {"pattern": "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"},
        "additionalProperties": {"type": "string", "minLength": 1, "maxLength": most},
    }


def _cleaned(shape: Any) -> Any:
    """Without what the grammar says for Python alone; patterns end as those of JavaScript do."""
    if isinstance(shape, list):
        return [_cleaned(each) for each in shape]
    if not isinstance(shape, dict):
        return shape
    found = {name: _cleaned(value) for name, value in shape.items() if name not in ("default", "title", "description")}
    if "pattern" in found:
        found["pattern"] = found["pattern"].replace("\\Z", "$")
    return found


def text(page: str) -> str:
    """The file, as it is written."""
    return json.dumps(schema(page), indent=2, ensure_ascii=False) + "\n"


def stale() -> Iterator[Path]:
    """The files that are not what the page and the grammar make."""
    wanted = text(PAGE.read_text("utf-8"))
    return (file for file in WRITTEN if not file.exists() or file.read_text("utf-8") != wanted)


def main(arguments: list[str]) -> int:
    if "--check" in arguments:
        found = [str(file.relative_to(ROOT)) for file in stale()]
        sys.stderr.write("".join(f"{file}: run: python -m tools.agreement_schema\n" for file in found))
        return 1 if found else 0
    for file in list(stale()):
        file.write_text(text(PAGE.read_text("utf-8")), "utf-8")
        sys.stdout.write(f"{file.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
