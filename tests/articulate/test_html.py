"""Pages in HTML through the confined child: shapes, what is left out, and what bombs come to."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.articulate import Particulars, Understood, confined, html, understand
from parley.articulate.answering import Target
from parley.crypto import Digest
from parley.document import Document, Position, Prevails
from parley.errors import Malformed, Unavailable

ENGLISH = Particulars(language="en")
PAGE = """<!DOCTYPE html><html><head><title>Shown in a tab</title><style>p{color:red}</style></head><body>
<!-- a comment --><h1>Treaty on <i>Barges</i></h1>
<p>The Parties,</p><p>Recalling <b>one</b>&nbsp;thing,</p><p>Have agreed as follows:</p>
<p align="center"><b>Article 1</b></p><p align="center">Use of terms</p>
<ol start="3"><li>One:<ol type="a"><li>x;</li><li value="3">y.</li></ol></li><li>Two</li></ol>
<p>Article 2<br>Scope</p><ol type="i"><li>p;</li><li>q.</li></ol><ul><li>bullet</li></ul>
<p style="display: none">unseen</p><p hidden>unseen</p><script>alert("unseen")</script>
<table><caption>Table 1. Limits</caption><tr><th>a<th>b<tr><td>1|2<td>3</table>
<h2>Annex I</h2><p>1. First.</p><p>(a) <span>in</span>line</p></body></html>"""


def read(page: str | bytes) -> Understood:
    return understand("page.html", page.encode() if isinstance(page, str) else page, ENGLISH)


def directly(page: str) -> Document:
    """Without the child, for many small pages."""
    return html.read("page.html", page.encode(), ENGLISH)[0]


def test_a_page_as_it_is_published() -> None:
    made = read(PAGE).document
    assert made.title == "Treaty on Barges"
    assert [(each.e_id, each.label, each.heading, each.words) for each in made.provisions] == [
        ("preamble", "", "", "The Parties,"),
        ("preamble__rec_1", "", "", "Recalling one thing,"),
        ("preamble__wrapup", "", "", "Have agreed as follows:"),
        ("art_1", "Article 1", "Use of terms", ""),
        ("art_1__para_3", "3.", "", "One:"),
        ("art_1__para_3__point_a", "(a)", "", "x;"),
        ("art_1__para_3__point_c", "(c)", "", "y."),
        ("art_1__para_4", "4.", "", "Two"),
        ("art_2", "Article 2", "Scope", ""),
        ("art_2__point_i", "(i)", "", "p;"),
        ("art_2__point_ii", "(ii)", "", "q."),
        ("art_2__point_nn-3", "–", "", "bullet"),
        ("art_2__table_1", "Table 1", "Limits", "a | b\n1\\|2 | 3"),
        ("att_i", "Annex I", "", ""),
        ("att_i__para_1", "1.", "", "First."),
        ("att_i__para_1__point_a", "(a)", "", "inline"),
    ]
    assert Document.from_bytes(made.to_bytes()) == made


def test_what_a_reader_would_not_see_is_left_out_and_counted() -> None:
    found = read(PAGE)
    assert {each.what: each.count for each in found.left_out} == {"comment": 1, "hidden": 2, "script": 1}
    assert b"unseen" not in found.document.to_bytes()


def test_the_page_stays_beside_its_text_and_the_text_prevails() -> None:
    made = read(PAGE).document
    assert made.original is not None
    assert (made.original.name, made.original.size) == ("page.html", len(PAGE.encode()))
    assert made.prevails is Prevails.TEXT


def test_entities_are_never_fetched() -> None:
    page = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><p>a &x; b</p>'
    assert "root:" not in read(page).document.to_bytes().decode()


def test_the_page_s_own_encoding_counts() -> None:
    page = '<html><head><meta charset="windows-1251"></head><body><p>Привет</p></body></html>'.encode("cp1251")
    assert read(page).document.provisions[0].words == "Привет"


@pytest.mark.parametrize(
    ("page", "code"),
    [
        (b"", "articulate.empty"),
        (b"  \n", "articulate.empty"),
        (b"<!-- only -->", "articulate.not-html"),
        (b"<p>a &#8238; b</p>", "wording.bidi-control"),
        (b"<div>" * 230 + b"alpha", "articulate.too-deep"),
        (b"<p>" + b"a" * (17 << 20), "articulate.too-long"),
    ],
)
def test_pages_that_are_not_taken(page: bytes, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        read(page)
    assert caught.value.code == code


@pytest.mark.parametrize("depth", [1, 50, 150, 250, 300, 2000])
def test_words_nested_deep_are_refused_and_never_lost(depth: int) -> None:
    try:
        made = read("<div>" * depth + "alpha" + "</div>" * depth + "<p>omega</p>").document
    except Malformed as error:
        assert error.code == "articulate.too-deep"  # noqa: PT017 - either
    else:
        assert [each.words for each in made.provisions] == ["alpha", "omega"]


def test_a_child_that_needs_too_much_is_ended() -> None:
    page = ("<p>" + "word " * 40 + "</p>") * 20_000
    for limits in ({"memory": 60 << 20}, {"wall": 0.01}):
        with pytest.raises(Malformed) as caught:
            confined.read("html", "p.html", page.encode(), ENGLISH, **limits)  # type: ignore[arg-type]
        assert caught.value.code == "articulate.too-much"


def test_a_machine_that_starts_no_more_programs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(confined.sys, "executable", str(tmp_path / "none"))
    with pytest.raises(Unavailable) as caught:
        confined.read("html", "p.html", b"<p>Words.</p>", ENGLISH)
    assert (caught.value.code, caught.value.details) == ("articulate.no-child", {})


def test_a_child_that_never_ends_runs_out_of_its_seconds() -> None:
    """A page that takes many times the second of processor time it is given, within memory and wall time."""
    bomb = "".join(f"<p>{number}. The “term {number}” is used in Article {number}.</p>" for number in range(60_000))
    with pytest.raises(Malformed) as caught:
        confined.read("html", "p.html", bomb.encode(), ENGLISH, seconds=1)
    assert caught.value.code == "articulate.too-much"


def test_what_comes_back_is_our_error_with_its_details() -> None:
    with pytest.raises(Malformed) as caught:
        read("<p>one</p>\n<p>two\u202e</p>")
    assert caught.value.details["line"] == 2


def test_answer_lines_in_a_page_are_answers_where_they_can_be_looked_up() -> None:
    page = "<h1>T</h1><h2>Article 1</h2><p>Re: RU-1 Article 4 — refuse</p><p>We decline.</p><p>Re: RU-1 — noted</p>"
    asked = []

    def resolve(paper: str, place: str | None) -> Target | None:
        asked.append((paper, place))
        return Target(deposit=Digest(b"\x07" * 32), provision=9 if place else None)

    made = understand("t.html", page.encode(), ENGLISH, resolve=resolve).document
    assert asked == [("RU-1", "Article 4"), ("RU-1", None)]
    assert [(each.provision, each.position) for each in made.provisions[0].answers] == [
        (9, Position.REFUSE),
        (None, Position.NOTED),
    ]
    assert made.provisions[0].words == "We decline."
    assert b"Re: RU-1" in understand("t.html", page.encode(), ENGLISH).document.to_bytes()


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("Re: RU-1 Article 4", "articulate.answer-form"),
        ("Re: RU-1 Article 4 — perhaps", "articulate.answer-position"),
        ("Re: RU-1 Article 99 — refuse", "articulate.answer-target"),
    ],
)
def test_answer_lines_in_a_page_that_answer_nothing(line: str, code: str) -> None:
    page = f"<h1>T</h1>\n<h2>Article 1</h2>\n<p>{line}</p>".encode()
    with pytest.raises(Malformed) as caught:
        understand("t.html", page, ENGLISH, resolve=lambda *_: None)
    assert (caught.value.code, caught.value.details["line"]) == (code, 3)


PIECES = st.sampled_from(
    ["<p>", "</p>", "<ol>", "<ol type=a start=3>", "<li>", "</ol>", "<b>Article 1</b>", "<h2>Annex</h2>", "words ",
     "1. one", "<br>", "<table>", "<tr>", "<td>", "</table>", "<!-- x -->", "<script>", "</script>", "&nbsp;", "&#x0;",
     "<div hidden>", "</div>", "<ul>", "<caption>", "<h1>", "</h1>", "(a) x;", "<li value=9>", "<svg>", "<", "\x00"]
)  # fmt: skip


@settings(max_examples=150)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_any_page_is_a_document_or_our_error(page: str) -> None:
    try:
        made = directly(page)
    except Malformed:
        return
    assert Document.from_bytes(made.to_bytes()) == made
