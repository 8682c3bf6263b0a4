"""Tracked changes: refused, or all of them accepted or rejected, and then no trace of the other text is left."""

from __future__ import annotations

from typing import Literal

import pytest

from parley.articulate import Particulars, docx
from parley.errors import Malformed
from tests.articulate import wordfile as word
from tests.articulate.wordfile import level, note, notes, numbering, p, run, table

WHO = 'w:id="1" w:author="D. Drafter" w:date="2022-01-20T10:00:00Z"'
MARK = "<w:rPr><w:{} " + WHO + "/></w:rPr>"


def ins(inside: str) -> str:
    return f"<w:ins {WHO}>{inside}</w:ins>"


def gone(text: str) -> str:
    return f"<w:del {WHO}><w:r><w:delText>{text}</w:delText></w:r></w:del>"


def texts(changes: Literal["accept", "reject"], *body: str, **parts: str) -> list[str]:
    particulars = Particulars(language="en", changes=changes)
    made = docx.read("t.docx", word.docx(p("T"), *body, **parts), particulars)[0]
    return [f"{each.label} {each.words}".strip() for each in made.provisions]


def both(*body: str, **parts: str) -> tuple[list[str], list[str]]:
    return texts("accept", *body, **parts), texts("reject", *body, **parts)


PLAIN = p("We ", ins(run("firmly ")), gone("gently "), "decline.")


@pytest.mark.parametrize(
    "body",
    [
        PLAIN,
        p("a", properties=MARK.format("ins")),
        p("a", properties=f"<w:pPrChange {WHO}><w:pPr/></w:pPrChange>"),
        p(run("a", f"<w:rPrChange {WHO}><w:rPr/></w:rPrChange>")),
        p(f"<w:moveFrom {WHO}>{run('a')}</w:moveFrom>", f"<w:moveTo {WHO}>{run('a')}</w:moveTo>"),
    ],
)
def test_a_file_with_changes_is_refused_until_one_says_what_becomes_of_them(body: str) -> None:
    with pytest.raises(Malformed) as caught:
        docx.read("t.docx", word.docx(p("T"), body), Particulars(language="en"))
    assert caught.value.code == "articulate.tracked-changes"
    assert int(caught.value.details["count"]) >= 1
    assert "Drafter" not in str(caught.value.details)


def test_changes_in_footnotes_count_too() -> None:
    footnotes = notes("footnote", "x").replace(run(" x"), ins(run(" x")))
    with pytest.raises(Malformed):
        docx.read("t.docx", word.docx(p("a", note(1)), footnotes=footnotes), Particulars(language="en"))


def test_words_that_came_and_went() -> None:
    assert both(PLAIN) == (["We firmly decline."], ["We gently decline."])


def test_nothing_of_the_other_text_is_left_and_both_are_counted() -> None:
    for chosen, lost in (("accept", b"gently"), ("reject", b"firmly")):
        made, left = docx.read(
            "t.docx",
            word.docx(p("T"), PLAIN),
            Particulars(language="en", changes=chosen),  # type: ignore[arg-type]  # one of two
        )
        assert lost not in made.to_bytes()
        assert {each.what: each.count for each in left} == {"author": 1, "change": 2}


def test_words_that_moved() -> None:
    first = p(run("First. "), f'<w:moveFromRangeStart w:id="1"/><w:moveFrom {WHO}>{run("Moved.")}</w:moveFrom>')
    second = p(f"<w:moveTo {WHO}>{run('Moved.')}</w:moveTo>", run(" Second."))
    assert both(first, second) == (["First.", "Moved. Second."], ["First. Moved.", "Second."])


def test_a_paragraph_that_was_cut_in_two_or_joined() -> None:
    cut = p("One", properties=MARK.format("ins")), p("two.")
    assert both(*cut) == (["One", "two."], ["Onetwo."])
    joined = p("One ", properties=MARK.format("del")), p("two.")
    assert both(*joined) == (["One two."], ["One", "two."])


def test_a_row_of_joined_paragraphs_keeps_its_order() -> None:
    body = [p(f"{n} ", properties=MARK.format("del")) for n in range(5)]
    assert texts("accept", *body, p("end")) == ["0 1 2 3 4 end"]


def test_a_paragraph_before_a_table_is_not_joined_to_it() -> None:
    assert texts("accept", p("One", properties=MARK.format("del")), table(("a", "b"))) == ["One", "a | b"]


def test_numbers_follow_the_text_that_is_chosen() -> None:
    numbers = numbering([level(0, "%1.")])
    new = p(ins(run("New.")), number=(1, 0), properties=MARK.format("ins"))
    body = p("One.", number=(1, 0)), new, p("Two.", number=(1, 0))
    assert both(*body, numbering=numbers) == (["1. One.", "2. New.", "3. Two."], ["1. One.", "2. Two."])


def test_a_number_given_or_taken_away() -> None:
    numbers = numbering([level(0, "%1.")])
    before = f"<w:pPrChange {WHO}><w:pPr>{{}}</w:pPr></w:pPrChange>"
    numbered = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    given = p("Words.", number=(1, 0), properties=before.format(""))
    assert both(given, numbering=numbers) == (["1. Words."], ["Words."])
    taken = p("Words.", properties=before.format(numbered))
    assert both(taken, numbering=numbers) == (["Words."], ["1. Words."])
    marked = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/><w:ins {WHO}/></w:numPr>'
    assert both(p("Words.", properties=marked), numbering=numbers) == (["1. Words."], ["Words."])


def test_properties_that_changed_keep_the_marks_beside_them() -> None:
    change = f"<w:pPrChange {WHO}><w:pPr/></w:pPrChange>"
    end = f"<w:rPr><w:ins {WHO}/><w:rPrChange {WHO}><w:rPr/></w:rPrChange></w:rPr>"
    assert both(p("One", properties=end + change), p("two.")) == (["One", "two."], ["Onetwo."])


def test_text_that_was_hidden_by_a_change() -> None:
    hidden = run("once seen", f"<w:vanish/><w:rPrChange {WHO}><w:rPr/></w:rPrChange>")
    assert both(p("a ", hidden)) == (["a"], ["a once seen"])


def test_rows_and_cells() -> None:
    rows = table(("a", "b"), ("c", "d")).replace("<w:tr>", f"<w:tr><w:trPr><w:ins {WHO}/></w:trPr>", 1)
    assert both(rows) == (["a | b\nc | d"], ["c | d"])
    went = rows.replace("<w:ins", "<w:del")
    assert both(went) == (["c | d"], ["a | b\nc | d"])
    cells = table(("a", "b", "c"), ("d", "e", "f")).replace("<w:tcPr/>", f"<w:tcPr><w:cellIns {WHO}/></w:tcPr>", 1)
    assert both(cells) == (["a | b | c\nd | e | f"], ["b | c\nd | e | f"])


def test_a_change_inside_a_change() -> None:
    inner = ins(run("kept ") + gone("lost ") + run("end"))
    assert both(p("a ", inner)) == (["a kept end"], ["a"])


def test_instructions_of_fields_stay_instructions() -> None:
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:delInstrText>REF secret</w:delInstrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:delText>4</w:delText></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    assert both(p("a ", f"<w:del {WHO}>{field}</w:del>")) == (["a"], ["a 4"])
