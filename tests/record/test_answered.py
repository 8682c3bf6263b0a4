"""Article by article, on the pages of a record: what was released is counted, and nothing else is told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.record.inputs import Inputs, PaperInput
from parley.record.papers import read
from parley.record.site import Compared, build, compare, suffix_of
from parley.words import LANGUAGES
from tests.record.excerpts import Seen
from tests.record.records import PROPOSAL, RESPONSE, Exchange, about, answered, hostile, received, whole

INPUTS = answered()
FILES = build(INPUTS)
SILENT = {
    "en": "silent in what was released",
    "fr": "silence dans ce qui a été publié",
    "ru": "молчание в том, что раскрыто",
}


@dataclass
class Row:
    """A row as a browser has it: the text of its cells, and where the links in them lead."""

    cells: list[str]
    links: list[str]


class Tables(HTMLParser):
    """The tables in the sections of these ids."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.found: dict[str, list[Row]] = {}
        self._section = ""
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "h2":
            self._section = str(attributes.get("id"))
        elif tag == "tr" and self._section in ("answered", "answers"):
            self.found.setdefault(self._section, []).append(Row([], []))
        elif tag in ("td", "th") and self._section in self.found:
            self.found[self._section][-1].cells.append("")
        elif tag == "a" and self._section in self.found:
            self.found[self._section][-1].links.append(str(attributes["href"]))

    def handle_data(self, data: str) -> None:
        if self._section in self.found and self.found[self._section][-1].cells:
            self.found[self._section][-1].cells[-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self._section = ""


def table(files: dict[str, bytes], page: str, section: str = "answered") -> list[Row]:
    """The rows below the head, white space folded."""
    rows = Tables(files[page]).found.get(section, [])[1:]
    return [Row([" ".join(cell.split()) for cell in row.cells], row.links) for row in rows]


def states(files: dict[str, bytes], page: str, section: str = "answered") -> dict[str, str]:
    return {row.cells[0]: row.cells[1] for row in table(files, page, section)}


ROWS = [
    ("Article 1 — Principles", "silent in what was released", ""),
    (
        "Article 2 — Bases",
        "answered as part of a range",
        "US-1, provision 2: proposes another text (2. Bases and ships)",
    ),
    (
        "Article 3 — Ships",
        "answered as part of a range",
        "US-1, provision 2: proposes another text (2. Bases and ships)",
    ),
    ("Article 4 — Missiles", "refused", "US-1, provision 3: refuses (3. Missiles)"),
]


# --- what is said -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("page", "section"), [("ru-1.html", "answered"), ("us-1.html", "answers")])
def test_both_pages_show_article_by_article_what_was_answered(page: str, section: str) -> None:
    assert [tuple(row.cells) for row in table(FILES, page, section)] == ROWS
    assert set(Tables(FILES[page]).found) == {section}


@pytest.mark.parametrize(("page", "section"), [("ru-1.html", "answered"), ("us-1.html", "answers")])
def test_each_answer_and_each_article_leads_to_its_provision(page: str, section: str) -> None:
    links = [link for row in table(FILES, page, section) for link in row.links]
    assert links == [
        "ru-1.html#provision-1-3",
        "ru-1.html#provision-1-6", "us-1.html#provision-1-2",
        "ru-1.html#provision-1-7", "us-1.html#provision-1-2",
        "ru-1.html#provision-1-10", "us-1.html#provision-1-3",
    ]  # fmt: skip
    for link in links:
        name, _, place = link.partition("#")
        assert place in {attributes.get("id") for _, attributes in Seen(FILES[name]).elements}


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_plainly_that_silence_is_silence_in_what_was_released(language: str) -> None:
    for stem, section in (("ru-1", "answered"), ("us-1", "answers")):
        page = f"{stem}{suffix_of(language, LANGUAGES)}"
        assert [row.cells[1] for row in table(FILES, page, section)].count(SILENT[language]) == 1
        assert [row.cells[0] for row in table(FILES, page, section)] == [row[0] for row in ROWS]
    text = " ".join(Seen(FILES[f"ru-1{suffix_of(language, LANGUAGES)}"]).text.split())
    assert {
        "en": "An article may be answered in a part that was not released",
        "fr": "Un article peut avoir sa réponse dans une partie qui n'a pas été publiée",
        "ru": "Ответ на статью может стоять в части, которая не раскрыта",
    }[language] in text


def test_names_are_said_in_their_authors_language_in_every_page() -> None:
    for name in ("ru-1.html", "ru-1.ru.html"):
        marked = re.findall(r'<bdi lang="([a-z]+)">([^<]*)</bdi>', FILES[name].decode())
        assert ("en", "Article 1 — Principles") in marked
        assert ("en", "2. Bases and ships") in marked


def test_a_provision_leads_to_what_it_answers() -> None:
    found = re.findall(r'<a href="([^"]*)">(Its author[^<]*)</a>', FILES["us-1.html"].decode())
    assert found == [
        ("ru-1.html#provision-1-6", "Its author&#39;s answer to RU-1, provision 6: proposes another text"),
        ("ru-1.html#provision-1-7", "Its author&#39;s answer to RU-1, provision 7: proposes another text"),
        ("ru-1.html#provision-1-10", "Its author&#39;s answer to RU-1, provision 10: refuses"),
    ]


def test_what_an_answer_is_about_and_what_it_leaves_open_in_an_article() -> None:
    exchange = Exchange()
    exchange.show(exchange.first)
    exchange.show(exchange.second, "Principles")
    row = table(build(exchange.inputs()), "ru-1.html")[0]
    assert row.cells == [
        "Article 1 — Principles",
        "answered",
        "US-1, provision 1: accepts (1. Principles) about: Article 1 1. silent in what was released: Article 1 2.",
    ]
    assert row.links == ["ru-1.html#provision-1-3", "us-1.html#provision-1-1", "ru-1.html#provision-1-4"]


def test_the_record_is_verified_with_it() -> None:
    assert compare(FILES).word is Compared.SAME
    name = "ru-1.html"
    changed = FILES[name].replace(b"silent in what was released</div></td>", b"answered</div></td>", 1)
    assert changed != FILES[name]
    found = compare(FILES | {name: changed})
    assert (found.word, found.file, found.how) == (Compared.DIFFERS, name, "changed")


# --- what is not said -------------------------------------------------------------------------------------------


def shown(first: list[str] | None, second: list[str], **texts: str) -> dict[str, bytes]:
    """The record when these were released of the proposal, the whole of it for none at all, and of the response."""
    exchange = Exchange(**texts)
    if first is None:
        exchange.show(exchange.first)
    elif first:
        exchange.show(exchange.first, *first)
    if second:
        exchange.show(exchange.second, *second)
    return build(exchange.inputs())


def test_articles_that_were_not_released_are_not_named() -> None:
    files = shown(["art_2", "art_4"], ["Missiles"])
    assert states(files, "ru-1.html") == {
        "Article 2 — Bases": "silent in what was released",
        "Article 4 — Missiles": "refused",
    }
    told = b"".join(data for name, data in files.items() if name.endswith((".html", ".atom")) and name != "verify.html")
    for word in (b"Principles", b"Ships", b"Boats", b"first of them"):
        assert word not in told


def test_an_answer_to_what_was_not_released_stands_with_its_number_alone() -> None:
    files = shown(["art_4"], ["Bases and ships", "Missiles"])
    assert [tuple(row.cells) for row in table(files, "ru-1.html")] == [
        ("Article 4 — Missiles", "refused", "US-1, provision 3: refuses (3. Missiles)"),
        *(
            (
                f"provision {number}, which is not shown here",
                "answered as part of a range",
                "US-1, provision 2: proposes another text (2. Bases and ships)",
            )
            for number in (6, 7)
        ),
    ]


def test_of_a_proposal_of_which_nothing_was_released_only_numbers_stand() -> None:
    files = shown([], ["Missiles"])
    for page, section in (("ru-1.html", "answered"), ("us-1.html", "answers")):
        assert states(files, page, section) == {"provision 10, which is not shown here": "refused"}
    answer = "Its author&#39;s answer to RU-1, provision 10: refuses"
    link = re.findall(rf'<a href="([^"]*)">{answer}</a>', files["us-1.html"].decode())
    assert link == ["ru-1.html"]


@pytest.mark.parametrize(("first", "second"), [(None, []), (["art_1"], []), ([], [])])
def test_without_an_answer_that_is_shown_there_is_no_table(first: list[str] | None, second: list[str]) -> None:
    files = shown(first, second)
    for page in ("ru-1.html", "us-1.html"):
        assert Tables(files[page]).found == {}
        assert "Article by article" not in files[page].decode()


def test_words_that_answer_nothing_make_no_table() -> None:
    files = shown(None, ["Missiles"], response=RESPONSE.replace("Re: RU-1 Article 4 — refuse\n\n", ""))
    assert Tables(files["us-1.html"]).found == Tables(files["ru-1.html"]).found == {}


OTHER = (
    RESPONSE.replace("art_1__para_1 — accept", "art_3 — refuse")
    .replace("We share the first of them.", "Secret words that nobody released.")
    .replace("## 1. Principles", "## 1. Another heading")
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_not_released_changes_nothing_of_the_table(language: str) -> None:
    """Two responses that differ only in a provision that was not released: what is told is the same."""
    told = []
    for response in (RESPONSE, OTHER):
        exchange = Exchange(response=response)
        exchange.show(exchange.first)
        exchange.show(exchange.second, "Bases and ships", "Missiles")
        files = build(exchange.inputs(languages=(language,)))
        assert b"Secret words" not in b"".join(files.values())
        told.append([table(files, "ru-1.html"), table(files, "us-1.html", "answers")])
    assert told[0] == told[1]
    assert told[0][0]


ARTICLES = ("art_1", "art_2", "art_3", "art_4")
HEADINGS = ("Principles", "Bases and ships", "Missiles")


@given(
    first=st.lists(st.sampled_from(ARTICLES), unique=True),
    second=st.lists(st.sampled_from(HEADINGS), unique=True, min_size=1),
)
@settings(max_examples=12, deadline=None)
def test_any_choice_of_what_is_released(first: list[str], second: list[str]) -> None:
    files = shown(first, second)
    wanted = {f"Article {name[-1]} — {words}" for name, words in zip(ARTICLES, _HEADS, strict=True) if name in first}
    rows = table(files, "ru-1.html")
    assert {row.cells[0] for row in rows if row.cells[0].startswith("Article")} == wanted
    assert {row.cells[1] for row in rows} <= {"answered", "answered as part of a range", "refused", SILENT["en"]}
    own = {number for number, heading in enumerate(HEADINGS, start=1) if heading in second}
    assert {int(each) for row in rows for each in re.findall("US-1, provision ([0-9]+)", row.cells[2])} == own
    assert compare(files).word is Compared.SAME


_HEADS = ("Principles", "Bases", "Ships", "Missiles")


# --- which papers -----------------------------------------------------------------------------------------------


def test_a_response_that_was_replaced_counts_on_its_own_page_alone() -> None:
    exchange = Exchange()
    exchange.show(exchange.first)
    exchange.show(exchange.second, "Missiles")
    document = exchange.documents[exchange.second.digest]
    newer = exchange.deposit(
        "us", document, role="response", in_reply_to=exchange.first.digest, replaces=exchange.second.digest
    )
    exchange.documents[newer.digest] = document
    exchange.show(newer, "Bases and ships")
    older = exchange.case.of_acts(
        *[act for act in exchange.case.acts if getattr(act.act, "deposit", None) == exchange.second.digest],
        exchange.second,
        newer,
    ).encode()
    inputs = exchange.inputs(exchange.paper(newer, "US-2"))
    papers = [inputs.papers[0], PaperInput(**{**_members(inputs.papers[1]), "evidence": older}), inputs.papers[2]]
    files = build(exchange.inputs(papers=tuple(papers)))
    assert {row.cells[2][:4] for row in table(files, "ru-1.html") if row.cells[2]} == {"US-2"}
    assert states(files, "us-1.html", "answers")["Article 4 — Missiles"] == "refused"
    assert "REPLACED by US-2" in Seen(files["us-1.html"]).text


def _members(paper: PaperInput) -> dict[str, object]:
    return {name: getattr(paper, name) for name in ("reference", "digest", "evidence", "excerpts")}


def test_two_responses_stand_in_one_table() -> None:
    exchange = Exchange()
    exchange.show(exchange.first)
    exchange.show(exchange.second, "Missiles")
    document = exchange.documents[exchange.second.digest]
    more = exchange.deposit("us", document, role="response", in_reply_to=exchange.first.digest)
    exchange.documents[more.digest] = document
    exchange.show(more, "Bases and ships", "Missiles")
    files = build(exchange.inputs(exchange.paper(more, "US-2")))
    row = table(files, "ru-1.html")[-1]
    assert row.cells[1:] == [
        "refused",
        "US-1, provision 3: refuses (3. Missiles) US-2, provision 3: refuses (3. Missiles)",
    ]
    assert row.links[1:] == ["us-1.html#provision-1-3", "us-2.html#provision-1-3"]
    assert [row.cells[2][:4] for row in table(files, "us-1.html", "answers") if row.cells[2]] == ["US-1"]


def test_a_paper_that_answers_and_is_answered_has_both_tables() -> None:
    exchange = Exchange()
    exchange.show(exchange.first)
    exchange.show(exchange.second)
    from tests.negotiation.papers import Held, paper

    held = Held(reference="US-1", digest=exchange.second.digest, document=exchange.documents[exchange.second.digest])
    document = paper("RU-2", "# Reply\n\n## 1. Missiles\n\nRe: US-1 3. — question\n\nWhy?\n", held).document
    third = exchange.deposit("ru", document, role="response", in_reply_to=exchange.second.digest)
    exchange.documents[third.digest] = document
    exchange.show(third)
    files = build(exchange.inputs(exchange.paper(third, "RU-2")))
    assert set(Tables(files["us-1.html"]).found) == {"answered", "answers"}
    assert states(files, "us-1.html")["3. Missiles"] == "answered"
    assert states(files, "ru-2.html", "answers")["1. Principles"] == SILENT["en"]
    ids = [attributes["id"] for _, attributes in Seen(files["us-1.html"]).elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_a_proposal_that_is_not_in_the_record_is_named_by_the_first_of_its_digits() -> None:
    exchange = Exchange()
    exchange.show(exchange.second, "Missiles")
    files = build(exchange.inputs(papers=(exchange.paper(exchange.second, "US-1"),)))
    text = Seen(files["us-1.html"]).text
    digits = exchange.first.digest.hex()[:8]
    assert f"Its author's answer to provision 10 of another paper (its digits begin {digits}): refuses" in text
    assert "US-1: response to another paper · formal" in text
    assert Tables(files["us-1.html"]).found == {}


@pytest.mark.parametrize("inputs", [hostile(), whole()], ids=["hostile", "whole"])
def test_answers_to_strange_papers_make_no_table(inputs: Inputs) -> None:
    files = build(inputs)
    assert not any(Tables(data).found for name, data in files.items() if name.endswith(".html"))


def test_identifiers_and_names_of_an_attackers_making_are_text() -> None:
    evil = PROPOSAL.replace("Missiles", "Missiles <b onclick=x>{{ 7 }}</b>")
    files = shown(None, ["Missiles"], proposal=evil)
    (row,) = [row for row in table(files, "ru-1.html") if row.cells[0].startswith("Article 4")]
    assert "<b onclick=x>{{ 7 }}</b>" in row.cells[0]
    assert [tag for tag, _ in Seen(files["ru-1.html"]).elements].count("b") == 0


# --- how it is read ---------------------------------------------------------------------------------------------


def test_what_is_released_is_read_once_whatever_the_number_of_excerpts() -> None:
    exchange = Exchange()
    exchange.show(exchange.second, "Missiles")
    exchange.show(exchange.second, "Bases and ships", "Missiles")
    (paper,) = read(exchange.inputs(papers=(exchange.paper(exchange.second, "US-1"),))).papers
    assert [leaf.number for leaf in paper.leaves] == [2, 3]
    assert paper.places == {2: 2, 3: 1}
    assert paper.total == 3


def test_replies_are_known_by_the_paper_they_reply_to() -> None:
    reading = read(INPUTS)
    first, second = reading.papers
    assert [first.reference, second.reference] == ["RU-1", "US-1"]
    assert [each.reference for each in reading.replies_to(first)] == ["US-1"]
    assert reading.replies_to(second) == ()
    assert reading.find(second.deposit.in_reply_to) == first
    assert reading.find(None) is None


def test_a_reply_without_words_is_known_too() -> None:
    exchange = Exchange()
    note = received(exchange.case, "us", "ru", in_reply_to=exchange.first.digest, role="note")
    paper = PaperInput(reference="US-2", digest=note.digest, evidence=about(exchange.case, note))
    reading = read(exchange.inputs(paper))
    assert [each.reference for each in reading.replies_to(reading.papers[0])] == ["US-1", "US-2"]
