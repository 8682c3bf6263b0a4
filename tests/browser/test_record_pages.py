"""The public record that `./run demo` leaves, in a browser: every page, in three languages, on paper and on a phone."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from demo import run

from tests.browser.browser import Browser

pytestmark = pytest.mark.slow

PAGES = ("index", "ru-1", "us-1", "ru-2", "ru-1-excerpt-1", "us-1-excerpt-1")
LANGUAGES = {"en": "", "fr": ".fr", "ru": ".ru"}


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("record") / "kept"
    out = io.StringIO()
    assert run.main(["--keep", str(folder)], out) == 0, out.getvalue()
    return folder / "public" / "record"


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_on_a_page_in_any_language_light_dark_or_printed(
    browser: Browser, record: Path, name: str
) -> None:
    for ending in LANGUAGES.values():
        for colours in ("light", "dark"):
            browser.open(record / f"{name}{ending}.html", colours=colours)
            assert browser.accessible()
        assert browser.accessible(printed=True)
        assert browser.quiet()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [320, 360])
def test_a_page_fits_a_telephone(browser: Browser, record: Path, name: str, width: int) -> None:
    browser.open(record / f"{name}.html", width=width)
    assert browser.fits()


@pytest.mark.parametrize("name", PAGES)
def test_on_a_telephone_tables_stand_in_full_and_a_drawing_shows_that_it_goes_on(
    browser: Browser, record: Path, name: str
) -> None:
    for ending in LANGUAGES.values():
        browser.open(record / f"{name}{ending}.html", width=380)
        moved = browser("moved")
        assert {each["what"] for each in moved} <= {"svg"}
        assert all(each["seen"] for each in moved)
        assert browser.accessible()


def test_the_texts_of_the_drawing_keep_apart(browser: Browser, record: Path) -> None:
    for ending in LANGUAGES.values():
        browser.open(record / f"index{ending}.html", width=1200)
        assert browser("crossed") == []


def test_on_paper_there_is_no_place_to_paste_into(browser: Browser, record: Path) -> None:
    browser.open(record / "us-1.html")
    assert browser("count", where="#quote") == 1
    assert browser.accessible(printed=True)
    assert browser("count", where="#quote") == 0


def test_the_first_page_tells_what_happened_and_leads_on(browser: Browser, record: Path) -> None:
    browser.open(record / "index.html")
    told = browser.text()
    for word in ("RU-1", "US-1", "RU-2", "Foreign Minister, as published by his Ministry"):
        assert word in told
    browser.tab_to("US-1")
    browser.press("Enter")
    browser("wait", where="h1", text="US-1")


def test_the_page_of_the_response_has_its_words_and_what_was_printed_of_it(browser: Browser, record: Path) -> None:
    browser.open(record / "us-1.html")
    told = browser.text()
    for word in (
        "We keep to the rule that a State chooses its own arrangements for its security.",
        "Foreign Minister, as quoted by his Ministry, as translated by a news agency",
        "DELIVERED",
    ):
        assert word in told
    assert "nuclear" not in browser.text("[aria-labelledby=shown]").casefold(), "words that nobody released"
    before = browser.text("main").casefold().split("what others printed")[0]
    assert before.count("nuclear") == 1, "the heading of an article of the draft, which its author released whole"
    assert "article 7 — nuclear weapons abroad" in before


def test_a_quotation_that_is_pasted_is_compared_on_the_readers_machine(browser: Browser, record: Path) -> None:
    for quotation, answer in (
        ("“a State chooses its own arrangements for its security”", "Word for word in provision 7."),
        ("a State chooses the arrangements for its own security", "Close to provision 7."),
        ("The moon is made of green cheese, said the ambassador.", "Not in what was released."),
    ):
        browser.open(record / "us-1.html")
        browser.tab_to("quoted")
        browser("type", text=quotation)
        browser.tab_to("compare")
        browser.press("Enter")
        browser("wait", where="#found", text=answer)
        assert browser.quiet()


def test_the_verifier_of_the_record_brings_its_list_and_checks_its_evidence(browser: Browser, record: Path) -> None:
    browser.open(record / "verify.html")
    browser.drop(record / "us-1-excerpt-1.html")
    browser("wait", where="#verdict", text="GENUINE")
    browser.tab_to("trust-nobody")
    browser.press("ArrowUp", "ArrowUp")
    browser("wait", where="#verdict .head", text="PROVEN, as far as the list that came with this page is right.")
    assert "your trust file" not in browser.text("#verdict")
    assert "BY CONSENT" in browser.text("#verdict .answers")
    assert browser.quiet()
