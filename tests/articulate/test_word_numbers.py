"""What Word counts by itself: levels, restarts, styles, ways to write numbers."""

from __future__ import annotations

import pytest

from parley.articulate import Particulars, docx
from parley.articulate.word.numbers import written
from parley.errors import Malformed
from tests.articulate import wordfile as word
from tests.articulate.wordfile import LEGAL, level, numbering, p, style, styles


def labels(*body: str, numbers: str, **parts: str) -> list[str]:
    made = docx.read("t.docx", word.docx(p("T"), *body, numbering=numbers, **parts), Particulars(language="en"))[0]
    return [each.label for each in made.provisions]


def listed(*levels: int, list_: int = 1) -> tuple[str, ...]:
    return tuple(p("Words of it.", number=(list_, each)) for each in levels)


def num(number: int, of: int, override: str = "") -> str:
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="{of}"/>{override}</w:num>'


@pytest.mark.parametrize(
    ("format_", "numbers"),
    [
        ("decimal", {0: "0", 1: "1", 12: "12"}),
        ("decimalZero", {1: "01", 12: "12"}),
        ("lowerLetter", {0: "", 1: "a", 26: "z", 27: "aa", 28: "bb", 53: "aaa"}),
        ("upperLetter", {3: "C"}),
        ("lowerRoman", {1: "i", 4: "iv", 9: "ix", 49: "xlix", 1990: "mcmxc"}),
        ("upperRoman", {0: "", 14: "XIV"}),
        ("russianLower", {1: "а", 10: "к", 29: "я", 30: "аа"}),
        ("russianUpper", {2: "Б"}),
        ("chineseCounting", {1: "一", 10: "十", 11: "十一", 20: "二十", 34: "三十四"}),
        ("none", {3: ""}),
    ],
)
def test_ways_to_write_a_number(format_: str, numbers: dict[int, str]) -> None:
    assert {number: written(number, format_) for number in numbers} == numbers


@pytest.mark.parametrize("format_", ["vietnameseCounting", "ordinalText", "", "<script>"])
def test_a_way_that_is_not_known_is_refused_and_not_guessed(format_: str) -> None:
    with pytest.raises(Malformed) as caught:
        written(1, format_)
    assert caught.value.code == "articulate.number-format"
    assert "<" not in str(caught.value.details["format"])


def test_no_number_is_so_large_that_writing_it_takes_long() -> None:
    assert written(999_999_999, "upperRoman") == "999999999"


def test_inner_levels_begin_again() -> None:
    found = labels(*listed(0, 1, 2, 2, 1, 0, 1), numbers=numbering(LEGAL))
    assert [each for each in found if each] == ["Article 1", "1.", "(a)", "(b)", "2.", "Article 2", "1."]


@pytest.mark.parametrize(
    ("restart", "expected"),
    [
        ("", ["1.", "1.1.", "1.1.1.", "1.2.", "1.2.1.", "2.", "2.1.", "2.1.1."]),
        ('<w:lvlRestart w:val="0"/>', ["1.", "1.1.", "1.1.1.", "1.2.", "1.2.2.", "2.", "2.1.", "2.1.3."]),
        ('<w:lvlRestart w:val="1"/>', ["1.", "1.1.", "1.1.1.", "1.2.", "1.2.2.", "2.", "2.1.", "2.1.1."]),
    ],
)
def test_when_a_level_begins_again(restart: str, expected: list[str]) -> None:
    levels = [level(0, "%1."), level(1, "%1.%2."), level(2, "%1.%2.%3.", more=restart)]
    assert labels(*listed(0, 1, 2, 1, 2, 0, 1, 2), numbers=numbering(levels)) == expected


def test_an_outer_number_is_arabic_inside_where_the_level_says_so() -> None:
    levels = [level(0, "%1.", "upperRoman"), level(1, "%1.%2.", more="<w:isLgl/>")]
    assert labels(*listed(0, 0, 1), numbers=numbering(levels)) == ["I.", "II.", "2.1."]


def test_lists_of_one_definition_count_on_unless_one_starts_anew() -> None:
    start = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    numbers = numbering([level(0, "%1.")], more=num(2, 1) + num(3, 1, start))
    body = (*listed(0, 0), *listed(0, list_=2), *listed(0, 0, list_=3), *listed(0))
    assert labels(*body, numbers=numbers) == ["1.", "2.", "3.", "5.", "6.", "7."]


def test_a_list_may_have_a_level_of_its_own() -> None:
    own = f'<w:lvlOverride w:ilvl="0">{level(0, "(%1)", "lowerLetter", start=3)}</w:lvlOverride>'
    assert labels(*listed(0, 0, list_=2), numbers=numbering([level(0, "%1.")], more=num(2, 1, own))) == ["(c)", "(d)"]


def test_numbers_from_a_style_and_from_what_it_is_based_on() -> None:
    levels = [
        level(0, "Article %1", more='<w:pStyle w:val="Art"/>'),
        level(1, "%2.", more='<w:pStyle w:val="Par"/>'),
    ]
    said = styles(
        style("Art", ppr='<w:numPr><w:numId w:val="1"/></w:numPr>'),
        style("Par", ppr='<w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr>'),
        style("ParLoose", based_on="Par"),
        style("Loop", based_on="Loop"),
    )
    body = (
        p("Scope", style="Art"),
        p("Words.", style="Par"),
        p("Words.", style="ParLoose"),
        p("Words.", style="Par", properties='<w:numPr><w:numId w:val="0"/></w:numPr>'),
        p("Words.", style="Loop"),
        p("Words.", style="Missing"),
    )
    assert labels(*body, numbers=numbering(levels), styles=said) == ["Article 1", "1.", "2.", "", "", ""]


def test_a_definition_that_points_to_a_numbering_style() -> None:
    linked = '<w:abstractNum w:abstractNumId="9"><w:numStyleLink w:val="Lists"/></w:abstractNum>'
    said = styles(style("Lists", ppr='<w:numPr><w:numId w:val="1"/></w:numPr>', kind="numbering"))
    numbers = numbering([level(0, "%1.")], more=linked + num(9, 9))
    assert labels(*listed(0, 0, list_=9), numbers=numbers, styles=said) == ["1.", "2."]


def test_a_definition_that_points_to_itself_numbers_nothing() -> None:
    linked = '<w:abstractNum w:abstractNumId="9"><w:numStyleLink w:val="Lists"/></w:abstractNum>'
    said = styles(style("Lists", ppr='<w:numPr><w:numId w:val="9"/></w:numPr>', kind="numbering"))
    assert labels(*listed(0, list_=9), numbers=numbering(more=linked + num(9, 9)), styles=said) == [""]


def test_bullets_hidden_numbers_and_lists_that_are_not_there() -> None:
    levels = [level(0, "\uf0b7", "bullet"), level(1, "%2.", more="<w:rPr><w:vanish/></w:rPr>"), level(2, "", "none")]
    assert labels(*listed(0), numbers=numbering(levels)) == ["–"]
    assert labels(*listed(1), *listed(2), *listed(8), *listed(0, list_=77), numbers=numbering(levels)) == [""] * 4


def test_a_level_that_looks_like_an_outer_one_is_still_inside_it() -> None:
    levels = [level(0, "%1."), level(1, "%2.")]
    body = p("T"), *listed(0, 1, 1, 0)
    made = docx.read("t.docx", word.docx(*body, numbering=numbering(levels)), Particulars(language="en"))[0]
    assert [(each.label, each.parent) for each in made.provisions] == [("1.", 0), ("1.", 1), ("2.", 1), ("2.", 0)]


def test_a_level_without_the_one_around_it_counts_from_its_start() -> None:
    levels = [level(0, "%1.", start=3), level(1, "%1.%2.")]
    assert labels(*listed(1, 1), numbers=numbering(levels)) == ["3.1.", "3.2."]


@pytest.mark.parametrize(
    ("label", "expected"),
    [("Section %1", "Section 1"), ("§ %1", "§ 1"), ("%1", "1"), ("Статья %1.", "Статья 1"), ("%1)", "1)")],
)
def test_labels_of_every_look_are_kept_as_printed(label: str, expected: str) -> None:
    assert labels(*listed(0), numbers=numbering([level(0, label)]))[0] == expected


def test_a_chinese_number_before_its_words() -> None:
    numbers = numbering([level(0, "%1、", "chineseCounting")])
    body = p("T"), p("條約應解釋之。", number=(1, 0)), p("二、 應登記。")
    made = docx.read("t.docx", word.docx(*body, numbering=numbers), Particulars(language="zh"))[0]
    assert [(each.label, each.words) for each in made.provisions] == [("一、", "條約應解釋之。"), ("二、", "應登記。")]
