"""Text of others cannot move the cursor, hide, or turn the reading direction."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.words import neutral
from parley.words.neutral import shown


@pytest.mark.parametrize(
    ("text", "harmless"),
    [
        ("plain text 123", "plain text 123"),
        ("\x1b[31mred", "‹U+001B›[31mred"),
        ("a\rb", "a‹U+000D›b"),
        ("a\nb", "a‹U+000A›b"),
        ("a\tb", "a b"),
        ("gpj\u202e.exe", "gpj‹U+202E›.exe"),
        ("\u2066x\u2069", "‹U+2066›x‹U+2069›"),
        ("pay\u200bment", "pay‹U+200B›ment"),
        ("pay\u200cment", "pay‹U+200C›ment"),
        ("\ufeffx", "‹U+FEFF›x"),
        ("a\u0085b\u2028c", "a‹U+0085›b‹U+2028›c"),
        ("tag\U000e0041", "tag‹U+E0041›"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष", "क्\u200dष"),
        ("Договор №5 — «да»", "Договор №5 — «да»"),
        ("條約草案", "條約草案"),
        ("שלום", "שלום"),
        ("a\x01\u200cb", "a‹U+0001›‹U+200C›b"),  # a joiner behind what has no name
        ("a\ue000\u200db", "a‹U+E000›‹U+200D›b"),
        ("name\u3164\uffa0", "name‹U+3164›‹U+FFA0›"),  # letters by their category, and nothing to be seen
        ("e\u0301\u2028e\u0301 \u06a9\u064e", "é‹U+2028›é \u06a9\u064e"),  # a line's end hides no mark beside it
        ("e\u0301\U00016d67\U00016d67", "é‹U+16D67›‹U+16D67›"),  # later versions of Unicode make one sign of the two
    ],
)
def test_what_hides_is_written_out_and_spelling_stays(text: str, harmless: str) -> None:
    assert shown(text) == harmless


def test_lines_stay_where_they_are_wanted() -> None:
    assert shown("a\nb\x07", lines=True) == "a\nb‹U+0007›"


@given(st.text())
def test_nothing_that_controls_is_left(text: str) -> None:
    said = shown(text)
    for character in said:
        assert unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp"), repr(character)
        assert character not in "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff"


@given(st.text())
def test_showing_twice_changes_nothing_more(text: str) -> None:
    assert shown(shown(text)) == shown(text)


def test_what_is_passed_at_a_glance_would_have_stayed_as_it_is() -> None:
    """Each sign of it, alone and behind a letter, gets the long way's answer; none composes with it."""
    quick = [chr(value) for value in range(0x3000) if neutral._PLAIN.fullmatch(chr(value))]
    assert {"a", "é", "ё", "\u00a0", "№", "→", "…"} <= set(quick)
    for character in quick:
        for before in ("", "a", "и"):
            assert neutral._line(before + character) == before + character == shown(before + character)
            assert unicodedata.is_normalized("NFC", before + character)
    hiding = "\t\n\x7f\x85\u00ad\u0301\u200b\u202e\u2028"
    assert not any(neutral._PLAIN.fullmatch(character) for character in hiding)
