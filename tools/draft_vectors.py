"""Writes vectors/draft: draft files signed by nobody, by one and by both, what is in them, and ways to spoil one.

    python -m tools.draft_vectors

The ML-DSA halves of signatures are hedged, so a second run writes other files that say the same.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests import drafts

OUT = Path(__file__).parent.parent / "vectors" / "draft"

SPOILED: tuple[tuple[str, str, int, str, str], ...] = (
    ("the first member has another name", "unsigned", 0, "e", "draft.form"),
    ("the acts are no canonical JSON", "unsigned", 512, " ", "draft.form"),
    ("a newer version", "unsigned", -1, "version", "draft.form"),
    ("a byte of the payload", "whole", -1, "payload", "draft.part-changed"),
    ("a byte of the padding at the end", "whole", -2, "1", "draft.form"),
)
"""Name, file, place (-1: where the text of the fourth is found), what is written there, code."""


def _files() -> dict[str, bytes]:
    case, draft = drafts.unsigned()
    first, second = drafts.officers(case, "us")
    joined = drafts.unsigned(kind="join and receipt")[1]
    return {
        "unsigned": drafts.file_of(draft),
        "half": drafts.file_of(drafts.signed(draft, first)),
        "whole": drafts.file_of(drafts.signed(draft, first, second)),
        "join-and-receipt": drafts.file_of(joined),
    }


def _told(data: bytes) -> dict[str, Any]:
    draft, parts = drafts.read(data)
    return {
        "acts": [each.act.kind for each in draft.acts],
        "missing": [key.hex() for key in draft.missing],
        "parts": {path: len(content) for path, content in parts.items()},
        "signers": [key.hex() for key in draft.signers],
    }


def _spoiled(name: str, data: bytes, place: int, what: str, code: str) -> dict[str, Any]:
    """A case as: write these bytes at this place."""
    if what == "version":
        place, what = data.index(b'"version":1') + 10, "2"
    elif what == "payload":
        place, what = data.index(drafts.PAYLOAD) + 7, "!"
    elif place < 0:
        place += len(data)
    return {"at": place, "code": code, "name": name, "write": what}


def main() -> None:
    OUT.mkdir(exist_ok=True)
    files = _files()
    for name, data in files.items():
        (OUT / f"{name}.draft").write_bytes(data)
    cases = {
        "note": "Every file reads as told; each spoiled one is a file with `write` in place of the bytes at `at`.",
        "files": {name: _told(data) for name, data in files.items()},
        "spoiled": [{"file": file} | _spoiled(name, files[file], *rest) for name, file, *rest in SPOILED],  # type: ignore[arg-type]
    }
    (OUT / "cases.json").write_text(json.dumps(cases, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
