"""The page of how things stand: one file, in three languages, with every number of its drawings in a table beside."""

from __future__ import annotations

import re
from datetime import UTC, date
from html.parser import HTMLParser
from typing import Any

import pytest
from lxml import etree

from parley.measures.agreement_file import read_agreement
from parley.measures.announced import announced
from parley.measures.obligations import obligations
from parley.measures.overview import Overview, overview
from parley.measures.papers import Filed
from parley.words import LANGUAGES, say, speaking
from parley.words.clock import Clocks
from parley.words.overview import Reader, overview_page
from tests.measures import agreements
from tests.measures.obligation_build import FORMS, MARK, NOTICE, REPLY, TEXT, adopted, at, filed, utc
from tests.words.forbidden import forbidden_in

EVIL = '<b>Exercise</b> "&" ‮of'
LIMIT = f"""
[[limits]]
id = "total"
title = {{ en = "All of it" }}
provision = "3"
form = "data"
as_of = "day"
sum = [{{ item = "total" }}]
at_most = 1550
from = 2018-02-05
{MARK.replace(", ", chr(10))}
"""
QUOTA = f"""
[[quotas]]
id = "requests"
title = {{ en = "Requests" }}
provision = "2"
form = "request"
counted = "passive"
at_most = 2
{MARK.replace(", ", chr(10))}
"""
DECLARED = FORMS.replace('provision = "3", required = false', 'provision = "3"')
HEAD = agreements.head("invented", "An invented agreement", "1: Notices", "2: Requests", "3: Data")
AGREEMENT = read_agreement("".join([HEAD, DECLARED, NOTICE, REPLY, LIMIT, QUOTA]).encode())
PARTIES = utc("ru", "us")
NAMES = {"ru": "Russian Federation", "us": "United States"}
NOW = at("2022-07-01T10:00")


def papers() -> list[Filed]:
    first = filed("ru-1", "ru", ["us"], "notice", "2022-05-30", start=date(2022, 8, 10), troops=12700)
    asked = filed("us-2", "us", ["ru"], "request", "2022-06-28T10:00", what="Which units?")
    return [
        first,
        filed("ru-2", "ru", ["us"], "notice", "2022-06-20", answers=first, start=date(2022, 9, 1), troops=13000),
        filed("ru-3", "ru", ["us"], "notice", "2021-12-20", start=date(2021, 12, 31), troops=9100),
        filed("us-1", "us", ["ru"], "data", "2022-03-01", day=date(2022, 3, 1), total=1515),
        filed("ru-4", "ru", ["us"], "data", "2022-03-01", day=date(2022, 3, 1), total=1474),
        asked,
        filed("us-3", "us", ["ru"], "request", "2022-06-30T12:00", what="Again?"),
    ]


def found(year: int = 2022, known: list[Filed] | None = None) -> Overview:
    known = papers() if known is None else known
    owed = obligations(AGREEMENT, PARTIES, known, adopted(PARTIES, "2021-01-01"), NOW, text=TEXT)
    return overview(AGREEMENT, known, owed, on=date(2022, 7, 1), year=year)


def page(of: Overview, language: str = "en", **names: str) -> str:
    reader = Reader(
        party="us",
        naming=lambda party: {**NAMES, **names}[party],
        clocks=Clocks.of(["America/New_York"]),
        now=NOW,
    )
    with speaking(language):
        return overview_page([("amber-heron", of)], reader)


class Read(HTMLParser):
    """Tables by the heading that names their region, cells as text; and every element with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._cell: list[str] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self._cell = []

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._cell is not None:
            self.tables[-1][-1].append("".join(self._cell))
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)


# --- what stands on it --------------------------------------------------------------------------------------------


def test_the_tables_say_what_is_owed_declared_announced_and_taken() -> None:
    owed, declared, year, quotas = Read(page(found())).tables
    assert owed[0] == ["by when", "left", "who", "what", "provision", "state", "why"]
    states = {(row[2], row[3], row[5]) for row in owed[1:]}
    assert states == {
        ("Russian Federation to United States", "Notice", "MET LATE"),
        ("Russian Federation to United States", "Notice", "met"),
        ("Russian Federation to United States", "Reply", "MISSED"),
        ("Russian Federation to United States", "Reply", "due"),
    }
    assert declared[1:] == [
        ["All of it", "Russian Federation", "2022-03-01", "1,474", "1,550", "76", "within", "RU-4"],
        ["All of it", "United States", "2022-03-01", "1,515", "1,550", "35", "within", "US-1"],
    ]
    assert year[1:] == [
        ["RU-1", "Russian Federation", "Notice of an exercise", "2022-08-10", "2022-08-10", "changed by RU-2"],
        ["RU-2", "Russian Federation", "Notice of an exercise", "2022-09-01", "2022-09-01", "as notified"],
    ]
    assert quotas[1:] == [
        ["Requests 2022", "Russian Federation", "2", "US-2, US-3", "0", "—"],
        ["Requests 2022", "United States", "2", "—", "2", "—"],
    ]


def test_another_year_has_its_own_activities_and_none_says_so() -> None:
    text = page(found(2021))
    assert [row[0] for row in Read(text).tables[2][1:]] == ["RU-3"]
    assert "Nothing was notified for 2020." in page(found(2020))
    assert not announced(AGREEMENT, papers(), 2020)


def test_nothing_declared_draws_nothing() -> None:
    text = page(found(known=[]))
    assert "<svg" not in text
    assert "Nothing is owed here." in text
    assert "Nothing was notified for 2022." in text


def test_every_total_of_the_drawing_stands_in_the_table_beside_it() -> None:
    text = page(found())
    plot = re.search(r'<svg [^>]*aria-labelledby="a1-plot-title".*?</svg>', text, re.DOTALL)
    assert plot
    tree: Any = etree.fromstring(plot[0])
    said = [each.text for each in tree.iter("title")][1:]
    table = Read(text).tables[1][1:]
    assert said == [f"{row[1]}, {row[2]}: {row[3]} ({row[7]})" for row in table]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_speaks_three_languages(language: str) -> None:
    text = page(found(), language)
    assert f'<html lang="{language}"' in text
    with speaking(language):
        for key in ("overview.owed", "overview.limits-table", "limits.plot", "obligation-states.missed"):
            assert say(key) in text.replace("&#39;", "'")
    visible = re.sub(r"<style>.*?</style>|<[^>]+>", " ", text, flags=re.DOTALL)
    assert forbidden_in(visible, language) == []
    number = {"en": "1,515", "fr": "1\u00a0515", "ru": "1\u00a0515"}[language]
    assert any(number in row for row in Read(text).tables[1])


# --- what it cannot do --------------------------------------------------------------------------------------------


def test_nothing_runs_and_nothing_is_fetched_and_the_rules_allow_the_style_alone() -> None:
    text = page(found(), us=EVIL, ru="Р" * 80)
    read = Read(text)
    assert {"script", "link", "img", "iframe", "form", "a", "b"}.isdisjoint(tag for tag, _ in read.elements)
    assert not [key for _, given in read.elements for key in given if key.startswith("on") or key in ("style", "href")]
    (policy,) = [given["content"] for _, given in read.elements if given.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src" not in policy
    assert "‮" not in text
    assert "&lt;b&gt;Exercise" in text


def test_every_id_stands_once_and_every_region_is_named_by_a_heading_that_is_there() -> None:
    of = found()
    with speaking("en"):
        reader = Reader(party="us", naming=str, clocks=Clocks.of([]), now=NOW)
        read = Read(overview_page([("x", of), ("y", of)], reader))
    ids = [given["id"] for _, given in read.elements if "id" in given]
    assert len(set(ids)) == len(ids) > 12
    for _, given in read.elements:
        for key in ("aria-labelledby", "aria-describedby"):
            assert given.get(key, ids[0]) in ids
    headings = [tag for tag, _ in read.elements if re.fullmatch("h[1-6]", tag)]
    assert headings[0] == "h1"
    assert headings.count("h2") == 2


def test_the_same_gives_the_same_page() -> None:
    same = papers()
    assert page(found(known=same)) == page(found(known=same[::-1]))
    assert UTC is PARTIES["ru"]


def test_where_agreements_of_several_negotiations_are_shown_each_says_in_which_it_runs() -> None:
    reader = Reader(party="us", naming=str, clocks=Clocks.of([]), now=NOW)
    with speaking("en"):
        one = overview_page([("amber-heron", found())], reader)
        both = overview_page([("amber-heron", found()), ("calm-harbour", found())], reader)
    assert one.count("amber-heron") == 2  # in the title of the window, and in that of the page
    assert " · amber-heron</bdi></h2>" in both
    assert " · calm-harbour</bdi></h2>" in both
