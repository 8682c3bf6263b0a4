"""Canonical words: the vectors, that the form is a fixed point, and that places are the right ones."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from parley import unicode14, wording
from parley.errors import Malformed

ROOT = Path(__file__).parent.parent
VECTORS = ROOT / "vectors" / "words"


def cases(name: str) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in json.loads((VECTORS / name).read_text("utf-8"))["cases"]]


@pytest.mark.parametrize("case", cases("canonical.json"))
def test_canonical_vectors(case: dict[str, Any]) -> None:
    if case["expect"] == "ok":
        assert wording.canonical_words(case["text"]) == case["canonical"]
        assert wording.check_words(case["canonical"]) == case["canonical"]
        return
    with pytest.raises(Malformed) as caught:
        wording.canonical_words(case["text"])
    assert caught.value.code == case["code"]
    assert caught.value.details == {member: case[member] for member in ("line", "column", "character")}


@pytest.mark.parametrize("case", cases("displayed.json"))
def test_displayed_vectors(case: dict[str, Any]) -> None:
    if case["expect"] == "ok":
        assert wording.displayed(case["text"]) == case["text"]
        return
    with pytest.raises(Malformed) as caught:
        wording.displayed(case["text"])
    assert caught.value.code == case["code"]


# Texts that meet every rule: ordinary letters of several scripts among all that the rules are about.
TEXTS = st.text(
    st.one_of(
        st.sampled_from(
            "abé \n\t\r\u00a0\u3000\u2028\u200c\u200d\u0301\u0327\u094d\u0915\u093cمیخ가\u1100\u1161\u202e\ufe0f"
        ),
        st.characters(),
    ),
    max_size=40,
)


@given(TEXTS)
@example("\u0915\u094d\u093c\u200d")
@example("a\n\u0301")
@example(" \u0301")
def test_the_canonical_form_is_its_own_and_is_nfc(text: str) -> None:
    try:
        words = wording.canonical_words(text)
    except Malformed:
        assert list(wording.faults(text))
        return
    assert not list(wording.faults(text))
    assert wording.canonical_words(words) == words
    assert wording.check_words(words) == words
    assert unicodedata.is_normalized("NFC", words)
    assert words == words.strip()
    assert wording.displayed(words, most=1000, lines=True) == words
    assert "\n" not in wording.canonical_line(text)


@given(TEXTS)
def test_an_accepted_text_means_the_same_letters(text: str) -> None:
    """Nothing but spaces and line ends is ever dropped or changed."""
    try:
        words = wording.canonical_words(text)
    except Malformed:
        return
    assert "".join(words.split()) == "".join(unicodedata.normalize("NFC", text).split())


@given(TEXTS)
def test_cleaning_takes_out_what_hides_and_reports_it(text: str) -> None:
    before = [place for place in wording.faults(text) if place.code not in ("wording.control", "wording.unassigned")]
    clean, removed = wording.cleaned(text)
    assert list(removed) == before
    codes = {place.code for place in wording.faults(clean)}
    assert codes <= {"wording.control", "wording.unassigned", "wording.joiner"}


def test_cleaning_shows_place_and_character() -> None:
    clean, removed = wording.cleaned("One.\npay\u202e 100\u200b now")
    assert clean == "One.\npay 100 now"
    assert [(place.line, place.column, place.character) for place in removed] == [(2, 4, "\u202e"), (2, 9, "\u200b")]
    assert wording.cleaned("می\u200cخواهم") == ("می\u200cخواهم", ())


def test_the_line_of_an_error_counts_from_the_line_given() -> None:
    with pytest.raises(Malformed) as caught:
        wording.canonical_words("a\nb\u200b", line=10)
    assert caught.value.details["line"] == 11


def test_a_joiner_is_looked_at_in_a_long_line() -> None:
    far = "سلام " * 3000
    assert "\u200c" in wording.canonical_words(far + "می\u200cخواهم " + far)
    with pytest.raises(Malformed):
        wording.canonical_words(far + "x\u200cy " + far)


def test_check_words_refuses_what_it_would_change() -> None:
    for text in ("a  b", " a", "a\n\n\nb", "a\u00a0b", "a\r\nb", "e\u0301"):
        with pytest.raises(Malformed) as caught:
            wording.check_words(text)
        assert caught.value.code == "wording.not-canonical"


def test_displayed_takes_several_lines_only_where_asked() -> None:
    assert wording.displayed("a\nb", lines=True) == "a\nb"
    with pytest.raises(Malformed) as caught:
        wording.displayed("a\nb")
    assert caught.value.details == {"line": 1, "column": 2, "character": "U+000A"}
    with pytest.raises(Malformed):
        wording.displayed("abc", most=2)


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(Malformed) as caught:
        wording.canonical_words("a\ud800")
    assert caught.value.code == "wording.unassigned"


def members(table: str) -> set[int]:
    """The code points of a packed table, read by a reader of its own."""
    numbers = [int(word, 16) for word in table.split()]
    found: set[int] = set()
    position = 0
    while numbers:
        gap, more, *numbers = numbers
        position += gap
        found.update(range(position, position + more + 1))
        position += more
    return found


def test_the_table_is_unicode_14() -> None:
    assigned = members(unicode14.ASSIGNED)
    # 144,697 characters (The Unicode Standard, Version 14.0.0, summary) and the 65 control codes.
    assert len(assigned) == 144_697 + 65
    later = {code for code in assigned if unicodedata.category(chr(code)) in ("Cn", "Co", "Cs")}
    assert not later
    assert members(unicode14.HIDDEN) <= assigned
    assert members(unicode14.SPACES) <= assigned
    if unicodedata.unidata_version == "14.0.0":
        all_ = {code for code in range(0x110000) if unicodedata.category(chr(code)) not in ("Cn", "Co", "Cs")}
        assert assigned == all_


def test_the_table_is_what_its_script_writes() -> None:
    """Or the script refuses, on an interpreter of another Unicode version."""
    done = subprocess.run([sys.executable, str(ROOT / "tools" / "unicode14.py")], capture_output=True, check=False)
    if unicodedata.unidata_version == "14.0.0":
        assert done.stdout == Path(unicode14.__file__).read_bytes()
    else:
        assert done.returncode == 1
