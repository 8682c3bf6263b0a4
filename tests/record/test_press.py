"""The press file: what is taken, in which words it is shown, and that what is wrong in it is named with its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.canonical import Time
from parley.errors import Malformed
from parley.record.press import FORMS, MAX_BYTES, WAYS, Link, agreements, parse
from parley.words import LANGUAGES, explain, speaking
from tests.record.records import PRESS

REFERENCES = ("US-1", "RU-1")
ONE = """[[quotation]]
about = "US-1"
said_by = "A. Name"
capacity = "Foreign Minister"
on = 2022-01-27
language = "en"
words = "Words."
chain = [{ who = "Foreign Minister", held = false }, { who = "a news agency", as = "printed", held = true }]
"""


def wrong(text: str | bytes) -> Malformed:
    with pytest.raises(Malformed) as caught:
        parse(text.encode() if isinstance(text, str) else text, REFERENCES)
    return caught.value


def test_a_file_is_read_in_the_order_of_what_was_said() -> None:
    found = parse(PRESS, REFERENCES)
    assert [(each.about, each.time.to_text(), each.day_only) for each in found] == [
        ("US-1", "2022-01-26T17:16:00.000Z", False),
        ("US-1", "2022-01-27T00:00:00.000Z", True),
        ("RU-1", "2022-01-28T00:00:00.000Z", True),
    ]
    assert found[1].chain == (
        Link(who="Foreign Minister", way="", held=False),
        Link(who="his Ministry", way="quoted", held=False),
        Link(who="a news agency", way="printed", held=True),
    )
    assert (found[1].original, found[1].form, found[2].form, found[2].words) == ("ru", "says", "refuses", "")


def test_one_speaker_by_two_ways_is_two_quotations() -> None:
    """And two translations of one sentence stay two: nothing is merged."""
    other = ONE.replace("a news agency", "another agency").replace('"Words."', '"The words."')
    found = parse((ONE + other).encode(), REFERENCES)
    assert [each.way() for each in found] == [
        "Foreign Minister, as printed by a news agency",
        "Foreign Minister, as printed by another agency",
    ]
    assert len(found) == 2


def test_the_way_of_a_quotation_in_words() -> None:
    quotation = parse(PRESS, REFERENCES)[1]
    assert quotation.way() == "Foreign Minister, as quoted by his Ministry, as printed by a news agency"
    assert quotation.holdings() == [
        "Named only, no copy is held: Foreign Minister.",
        "Named only, no copy is held: his Ministry.",
        "Whoever made this record holds a copy: a news agency.",
    ]


@pytest.mark.parametrize("way", WAYS)
def test_each_way_and_form_has_words_in_each_language(way: str) -> None:
    text = ONE.replace('"printed"', f'"{way}"')
    quotation = parse(text.encode(), REFERENCES)[0]
    said = set()
    for language in LANGUAGES:
        with speaking(language):
            said.add(quotation.way())
    assert len(said) == len(LANGUAGES)
    assert all("a news agency" in each for each in said)


@pytest.mark.parametrize("form", FORMS)
def test_forms(form: str) -> None:
    assert parse((ONE + f'form = "{form}"\n').encode(), REFERENCES)[0].form == form


def test_a_refusal_to_comment_needs_no_words_and_a_denial_does() -> None:
    without = ONE.replace('words = "Words."\n', "")
    assert parse((without + 'form = "refuses"\n').encode(), REFERENCES)[0].words == ""
    assert wrong(without + 'form = "denies"\n').details["member"] == "words"


@pytest.mark.parametrize(
    "written",
    ["2022-01-27T20:16:00+03:00", '"2022-01-27T17:16Z"', "2022-01-27T17:16:00Z", "2022-01-27 17:16:00Z"],
)
def test_an_instant_is_one_instant_in_any_writing(written: str) -> None:
    found = parse(ONE.replace("2022-01-27", written).encode(), REFERENCES)[0]
    assert (found.time, found.day_only) == (Time.from_text("2022-01-27T17:16:00.000Z"), False)


@pytest.mark.parametrize(
    ("old", "new", "member"),
    [
        ('about = "US-1"', 'about = "US-9"', "about"),
        ('about = "US-1"\n', "", "about"),
        ('said_by = "A. Name"', "said_by = 5", "said_by"),
        ('said_by = "A. Name"', 'said_by = " "', "said_by"),
        ('said_by = "A. Name"', f'said_by = "{"x" * 201}"', "said_by"),
        ('capacity = "Foreign Minister"', 'capacity = "a\\u202eb"', "capacity"),
        ("on = 2022-01-27", 'on = "yesterday"', "on"),
        ("on = 2022-01-27", "on = 2022-01-27T10:00:00", "on"),
        ("on = 2022-01-27", 'on = "2022-13-27"', "on"),
        ("on = 2022-01-27\n", "", "on"),
        ("on = 2022-01-27", "on = 17:00:00", "on"),
        ('language = "en"', 'language = "English"', "language"),
        ('language = "en"', 'language = "en"\noriginal_language = "!"', "original_language"),
        ('words = "Words."', 'words = ""', "words"),
        ('words = "Words."', 'words = ["a"]', "words"),
        ('words = "Words."', 'words = "Words."\nform = "hints"', "form"),
        ('words = "Words."', 'words = "Words."\nscore = 5', "score"),
        ('who = "a news agency", ', "", "chain: who"),
        ('as = "printed"', 'as = "whispered"', "chain: as"),
        ('as = "printed", ', "", "chain: as"),
        ('who = "Foreign Minister", held', 'who = "Foreign Minister", as = "quoted", held', "chain: as"),
        ("held = true", "held = false", "chain: held"),
        ("held = true", 'held = "yes"', "chain: held"),
        ("held = true", "held = true, sure = true", "chain"),
        ("chain = [", "chain = [[], ", "chain"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(old: str, new: str, member: str) -> None:
    assert old in ONE
    error = wrong(ONE + "\n" + ONE.replace(old, new))
    assert error.code == "press.member"
    assert error.details == {"number": 2, "line": 10, "member": member}
    assert explain(error).startswith("The press file is wrong at quotation 2 (line 10): look at ")
    assert "\n" not in explain(error)


def test_a_chain_of_nothing_is_none() -> None:
    lines = [line for line in ONE.splitlines() if not line.startswith("chain")]
    long = ", ".join(['{ who = "a", held = true }'] * 13)
    for chain in ("chain = []", "", f"chain = [{long}]"):
        assert wrong("\n".join([*lines, chain])).details["member"] == "chain"


@pytest.mark.parametrize(
    ("text", "line"), [("[[quotation]]\nabout =\n", 2), ("\n\nx", 3), ('a = "', 1), ("a = 1\na = 2\n", 2)]
)
def test_what_is_no_toml_is_named_with_its_line(text: str, line: int) -> None:
    error = wrong(text)
    assert (error.code, error.details) == ("press.form", {"line": line})


@pytest.mark.parametrize(
    "text", ["quotation = 5\n", "[quotation]\n", "quotation = [1]\n", "[other]\n", "x = 1\n" + ONE]
)
def test_other_tables_are_refused(text: str) -> None:
    assert wrong(text).code == "press.tables"


def test_what_is_no_text_or_too_much_is_refused() -> None:
    assert wrong(b"\xff\xfe").code == "press.not-text"
    assert wrong(b"#" * (MAX_BYTES + 1)).code == "press.size"
    many = "[[quotation]]\n" * 2001
    assert wrong(many).code == "press.size"
    assert parse(b"", REFERENCES) == ()


def said_of(text: str) -> str:
    """What a person reads of a file: nothing when it was taken, else one line."""
    try:
        parse(text.encode(), REFERENCES)
    except Malformed as error:
        return explain(error)
    return ""


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    said = said_of(text)
    assert "\n" not in said
    assert said.startswith("The press file ") or not said


@given(st.sampled_from(["about", "said_by", "on", "words", "chain"]), st.integers() | st.booleans() | st.dates())
def test_a_member_of_another_type_is_named(member: str, value: object) -> None:
    written = str(value).lower() if isinstance(value, bool) else str(value)
    text = "\n".join(f"{member} = {written}" if line.startswith(member) else line for line in ONE.splitlines())
    said = said_of(text)
    assert said.endswith(f"look at {member}. See the example in spec/record.md.") or (member == "on" and not said)


# --- agreements ---------------------------------------------------------------------------------------------------


def test_agreements_are_named_before_the_quotations() -> None:
    text = 'agreements = ["new-start", "ours-2.toml"]\n' + ONE
    assert agreements(text.encode()) == ("new-start", "ours-2.toml")
    assert parse(text.encode(), REFERENCES) == parse(ONE.encode(), REFERENCES)
    assert agreements(ONE.encode()) == agreements(b"") == ()


@pytest.mark.parametrize(
    "names",
    [
        '"new-start"',
        "[1]",
        '["New-Start"]',
        '["../ours.toml"]',
        '["a/b"]',
        '["ours.txt"]',
        '[""]',
        '["ours", "ours.toml"]',
        '["ours", "ours"]',
        str([f"a{number}" for number in range(21)]),
    ],
)
def test_other_names_of_agreements_are_refused(names: str) -> None:
    error = wrong(f"agreements = {names}\n")
    assert (error.code, error.details) == ("press.agreements", {"most": 20})
