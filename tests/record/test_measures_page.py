"""The page of measures in a public record: whole papers alone, to the letter, each beside its page and its evidence."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from parley import evidence
from parley.act import Withdrawal
from parley.canonical import Time
from parley.crypto import sha256
from parley.disclosure import contents
from parley.errors import Malformed
from parley.record import papers
from parley.record.inputs import Inputs
from parley.record.measures_page import MOST_YEARS, whole_papers
from parley.record.site import Compared, build, compare
from parley.statement import Signed
from parley.words import LANGUAGES
from parley.words.rendering import fingerprint
from tests.record.excerpts import Seen
from tests.record.measured import (
    AGREEMENT,
    DATA,
    EXERCISE,
    FILE,
    NAME,
    PRESS,
    Measured,
    adoption,
    document,
    measured,
)
from tests.record.test_site import language_of
from tests.words.forbidden import forbidden_in

INPUTS = measured()
FILES = build(INPUTS)
PAGES = {name: data for name, data in FILES.items() if name.startswith("measures")}


def text_of(files: dict[str, bytes], name: str = "measures.html") -> str:
    return re.sub(r"\s*\n\s*", "\n", Seen(files[name]).text)


def table(files: dict[str, bytes], number: int, name: str = "measures.html") -> list[list[str]]:
    """The rows of a table of the page, as text."""
    found = re.findall(r"<tbody>(.*?)</tbody>", files[name].decode(), re.DOTALL)[number]
    return [
        [re.sub(r"<[^>]+>", " ", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)]
        for row in re.findall(r"<tr>(.*?)</tr>", found, re.DOTALL)
    ]


# --- what counts --------------------------------------------------------------------------------------------------


def test_each_language_has_its_page_and_the_first_page_leads_there() -> None:
    assert set(PAGES) == {"measures.html", "measures.fr.html", "measures.ru.html"}
    assert (
        '<a href="measures.html">What was declared and announced under agreements</a>' in FILES["index.html"].decode()
    )
    assert 'href="measures.ru.html"' in FILES["index.ru.html"].decode()
    assert compare(FILES).word is Compared.SAME


def test_declared_totals_stand_with_their_papers_and_the_evidence_of_their_words() -> None:
    rows = table(FILES, 0)
    assert [row[:6] for row in rows[:2]] == [
        ["Deployed ICBMs, SLBMs and heavy bombers", "Party ru", "2022-01-01", "578", "700", "122"],
        ["Deployed ICBMs, SLBMs and heavy bombers", "Party us", "2022-01-01", "675", "700", "25"],
    ]
    assert len(rows) == 8
    page = FILES["measures.html"].decode()
    for link in ('href="us-1.html">US-1</a>', 'href="evidence/us-1-excerpt-1.evidence">evidence of US-1</a>'):
        assert link in page
    assert evidence.parse(FILES["evidence/us-1-excerpt-1.evidence"]).kind == "excerpt"


def test_an_activity_is_drawn_in_each_of_its_years() -> None:
    text = text_of(FILES)
    assert "What was notified for 2021" in text
    assert "What was notified for 2022" in text
    assert [row[:4] for row in table(FILES, 1)] == [
        ["Party ru", "Notification of an exercise", "2021-12-28", "2022-01-03"]
    ]


def test_a_test_a_part_what_is_one_sided_and_another_role_count_nowhere() -> None:
    text, page = text_of(FILES), FILES["measures.html"].decode()
    assert set(re.findall(r'<a href="([a-z]{2}-[0-9]+)\.html">', page)) == {"us-1", "ru-1", "ru-2"}
    assert "RU-3" not in text
    assert "RU-4" not in text
    assert "US-2" not in text
    assert "US-3" not in text
    assert "What is shown in part, or not at all, is counted nowhere." in text
    reading = papers.read(INPUTS)
    assert [each.paper.reference for each in whole_papers(reading)] == ["US-1", "RU-1", "RU-2", "RU-3", "US-3"]


def test_where_the_text_of_the_agreement_comes_from_is_said() -> None:
    assert "Nothing here proves that anyone agreed to it." in text_of(FILES)
    found = Measured()
    found.show(found.paper("us", adoption(), role="proposal"))
    found.show(found.paper("ru", document("exercise", EXERCISE)))
    text = text_of(build(found.inputs()))
    assert "The text of the agreement is the file of a paper in this record: US-1." in text
    changed = build(found.inputs(agreements=((NAME, FILE + b"\n# another file\n"),)))
    assert "Nothing here proves that anyone agreed to it." in text_of(changed)


def test_a_paper_that_was_changed_stays_beside_the_change() -> None:
    found = Measured()
    first = found.paper("ru", document("exercise", EXERCISE))
    found.show(first)
    later = document("exercise", {**EXERCISE, "start": date(2022, 2, 1), "end": date(2022, 2, 2)})
    found.show(found.paper("ru", later, in_reply_to=first.digest))
    rows = table(build(found.inputs()), 0)
    assert [(row[2], row[4]) for row in rows] == [("2021-12-28", "changed by RU-2"), ("2022-02-01", "as notified")]


def test_all_provisions_without_the_title_are_not_the_whole_paper() -> None:
    found = Measured()
    made = document("exercise", EXERCISE)
    found.show(found.paper("ru", made), *range(1, len(made.provisions) + 1))
    assert not [name for name in build(found.inputs()) if name.startswith("measures")]


LATER = {**EXERCISE, "start": date(2022, 2, 1), "end": date(2022, 2, 2)}


def told_of(found: Measured, first: Signed, second: Signed) -> Inputs:
    """The record whose evidence of the first paper also shows that the second replaces it."""
    one, two = found.inputs().papers
    acts = [each for each in found.case.acts if first.digest in (each.digest, getattr(each.act, "deposit", None))]
    return found.inputs(papers=(replace(one, evidence=found.case.of_acts(*acts, second).encode()), two))


def test_a_paper_that_was_replaced_before_anybody_had_it_counts_nowhere() -> None:
    found = Measured()
    made = contents(document("exercise", EXERCISE))
    first = found.case.paper("ru", "us", contents=list(made), terms="public", role="notification")
    found.papers.append(("RU-1", first, []))
    found.show(first)
    assert len(table(build(found.inputs()), 0)) == 1
    found.case.tick(60)
    second = found.paper("ru", document("exercise", LATER), replaces=first.digest)
    found.show(second)
    assert [row[2] for row in table(build(told_of(found, first, second)), 0)] == ["2022-02-01"]


def test_a_paper_that_was_signed_for_stays_beside_the_one_that_replaces_it() -> None:
    found = Measured()
    first = found.paper("ru", document("exercise", EXERCISE))
    found.show(first)
    second = found.paper("ru", document("exercise", LATER), replaces=first.digest)
    found.show(second)
    rows = table(build(told_of(found, first, second)), 0)
    assert [(row[2], row[4]) for row in rows] == [("2021-12-28", "changed by RU-2"), ("2022-02-01", "as notified")]


def test_a_paper_that_its_sender_took_back_counts_nowhere() -> None:
    found = Measured()
    made = contents(document("exercise", EXERCISE))
    deposit = found.case.paper("ru", "us", contents=list(made), terms="public", role="notification")
    found.papers.append(("RU-1", deposit, []))
    found.show(deposit)
    assert len(table(build(found.inputs()), 0)) == 1
    found.case.tick(60)
    found.case.admit(found.case.act(Withdrawal, "ru", deposit=deposit.digest, release=None))
    assert not [name for name in build(found.inputs()) if name.startswith("measures")]


def test_what_is_declared_for_a_day_that_has_not_come_is_not_counted_yet() -> None:
    found = Measured()
    found.show(found.paper("us", document("data", {**DATA, "as-of": date(2022, 6, 1)}), role="declaration"))
    assert not [name for name in build(found.inputs()) if name.startswith("measures")]
    later = build(found.inputs(as_of=Time.from_text("2022-06-01T00:00:00.000Z")))
    assert table(later, 0)[0][2] == "2022-06-01"


def test_no_more_than_the_last_years_are_drawn_and_the_table_has_all() -> None:
    found = Measured()
    for year in range(2000, 2000 + MOST_YEARS + 2):
        days = {"start": date(year, 5, 1), "end": date(year, 5, 2)}
        found.show(found.paper("ru", document("exercise", {**EXERCISE, **days})))
    files = build(found.inputs(languages=("en",)))
    assert files["measures.html"].decode().count("<svg") == MOST_YEARS
    assert len(table(files, 0)) == MOST_YEARS + 2


# --- where there is none ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"press": None, "agreements": ()},
        {"press": b'agreements = ["new-start"]\n', "agreements": "new-start"},
        {"papers": ()},
    ],
)
def test_without_an_agreement_or_a_paper_that_counts_there_is_no_page(changes: dict[str, Any]) -> None:
    if changes.get("agreements") == "new-start":
        from parley.cli import templates

        changes = {**changes, "agreements": (("new-start", templates.read("new-start")),)}
    files = build(replace(INPUTS, **changes))
    assert not [name for name in files if name.startswith("measures")]
    assert b"measures.html" not in files["index.html"]
    assert compare(files).word is Compared.SAME


def test_an_agreement_that_does_not_hold_together_is_named() -> None:
    with pytest.raises(Malformed) as caught:
        build(replace(INPUTS, agreements=((NAME, b"version = 2\n"),)))
    assert caught.value.code == "site.agreement"
    assert caught.value.details["file"] == f"agreements/{NAME}.toml"


# --- what a reader can check --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "old", "new", "found"),
    [
        ("measures.html", b"578", b"579", ("measures.html", "changed")),
        (f"agreements/{NAME}.toml", b"# What", b"# what", ("index.fr.html", "changed")),
        (f"agreements/{NAME}.toml", b'id = "data"', b'id = "dat"', (f"agreements/{NAME}.toml", "broken")),
        ("press.toml", b"[", b"", ("press.toml", "broken")),
        ("press.toml", b'["security', b'["other', ("agreements/other-guarantees-2022.toml", "missing")),
    ],
)
def test_a_change_is_seen(name: str, old: bytes, new: bytes, found: tuple[str, str]) -> None:
    assert old in FILES[name]
    seen = compare(FILES | {name: FILES[name].replace(old, new, 1)})
    assert (seen.word, seen.file, seen.how) == (Compared.DIFFERS, *found)


@pytest.mark.parametrize("name", ["measures.html", "measures.ru.html", f"agreements/{NAME}.toml"])
def test_a_file_that_is_gone_is_named(name: str) -> None:
    seen = compare({each: data for each, data in FILES.items() if each != name})
    assert (seen.word, seen.file, seen.how) == (Compared.DIFFERS, name, "missing")


def test_the_agreement_in_the_record_is_the_file_itself() -> None:
    assert FILES[f"agreements/{NAME}.toml"] == FILE
    assert FILES["press.toml"] == PRESS
    assert sha256(FILES[f"agreements/{NAME}.toml"]) == sha256(FILE)


# --- what a browser makes of it -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_the_page_fetches_nothing_runs_nothing_and_can_be_walked_through(name: str) -> None:
    page = Seen(PAGES[name])
    rules = next(str(given["content"]) for tag, given in page.elements if tag == "meta" and given.get("http-equiv"))
    assert rules.startswith(f"default-src 'none'; style-src '{fingerprint(page.raw['style'])}';")
    assert "script-src" not in rules
    assert [given.get("type") for tag, given in page.elements if tag == "script"] == ["application/ld+json"]
    headings = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert headings[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(headings))
    ids = [given["id"] for _, given in page.elements if "id" in given]
    assert len(set(ids)) == len(ids)
    for tag, given in page.elements:
        assert tag not in ("img", "iframe", "object", "form", "base", "b")
        assert not {each for each in given if each.startswith("on") or each in ("style", "src", "xlink:href")}
        assert all(given.get(each) in (None, *ids) for each in ("aria-labelledby", "aria-describedby"))
        link = (given.get("href") or "").partition("#")[0]
        assert tag not in ("a", "link") or not link or link in FILES, link


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_speaks_the_language_of_its_name(language: str) -> None:
    name = "measures.html" if language == "en" else f"measures.{language}.html"
    assert language_of(name) == language
    text = text_of(FILES, name)
    assert forbidden_in(text, language) == []
    title = {"en": "Measures in the negotiation", "fr": "Mesures dans la négociation", "ru": "Меры в переговорах"}
    assert title[language] in text
    if language != "en":
        for english in ("Counted are", "evidence of", "as notified", "at most", "What was"):
            assert english not in text, english


def test_what_papers_say_is_text_and_never_markup() -> None:
    found = Measured()
    found.show(found.paper("ru", document("exercise", EXERCISE)))
    hostile = AGREEMENT.name["en"] + " <script>alert(1)</script>"
    files = build(found.inputs(agreements=((NAME, FILE.replace(AGREEMENT.name["en"].encode(), hostile.encode())),)))
    assert not [name for name in files if name.startswith("measures")], "another name is another title"
    assert b"<b>" not in FILES["measures.html"]
