"""The vectors of vectors/page: pages as bytes, whole and changed, for any reader in any language."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from parley.crypto import sha256
from parley.errors import ParleyError
from parley.record.page import compare, edition, render

VECTORS = Path(__file__).parents[2] / "vectors"
FOUND = json.loads((VECTORS / "page" / "cases.json").read_text("utf-8"))
PAGE = (VECTORS / "page" / "excerpt.html").read_bytes()


def _evidence(text: str) -> str:
    match = re.fullmatch("EVIDENCE ([a-z-]+)", text)
    return (VECTORS / "evidence" / f"{match[1]}.evidence").read_text("utf-8") if match else text


@pytest.mark.parametrize("page", FOUND["pages"], ids=lambda page: page["language"])
def test_a_page_is_these_bytes(page: dict[str, str]) -> None:
    """Fails when a word or form of the page changed: then write the vectors again, python -m tools.page_vectors."""
    written = render((VECTORS / "evidence" / f"{page['evidence']}.evidence").read_bytes(), page["language"])
    assert edition(page["language"]) == page["edition"]
    assert sha256(written).hex() == page["sha256"]
    assert page["language"] != "en" or written == PAGE


@pytest.mark.parametrize("case", FOUND["cases"], ids=lambda case: case["name"])
def test_what_is_said_of_a_page(case: dict[str, Any]) -> None:
    text = PAGE.decode("utf-8")
    for old, new in case["replace"]:
        assert _evidence(old) in text
        text = text.replace(_evidence(old), _evidence(new))
    try:
        expect, code = compare(text.encode("utf-8")).value, None
    except ParleyError as error:
        expect, code = type(error).__name__.lower(), error.code
    assert (expect, code) == (case["expect"], case["code"])


def test_each_answer_is_among_them() -> None:
    assert {case["expect"] for case in FOUND["cases"]} == {"same", "differs", "other version", "invalid", "malformed"}
