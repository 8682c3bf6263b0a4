"""The page of an excerpt in a browser: from a file, without a network, small, by keyboard, printed, without script."""

from __future__ import annotations

import pytest

from tests.browser.browser import Browser
from tests.browser.conftest import Files

pytestmark = pytest.mark.slow

LANGUAGES = ("en", "fr", "ru")
WORDS = {
    "en": ("GENUINE", "BY CONSENT", "DELIVERED", "UNDER RESERVE"),
    "fr": ("EXACT", "D'UN COMMUN ACCORD", "DÉLIVRÉ", "SOUS RÉSERVE"),
    "ru": ("ПОДЛИННЫЙ", "ПО ОБЩЕМУ СОГЛАСИЮ", "ДОСТАВЛЕНО", "С ОГОВОРКОЙ"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_in_each_language_what_its_evidence_proves(browser: Browser, files: Files, language: str) -> None:
    browser.open(files[f"{language}.html"])
    answers = browser.text("dl.answers")
    for word in WORDS[language]:
        assert word in answers
    assert "mutual transparency" in browser.text("#provision-5")
    assert browser("count", where=".gap") == 3
    assert browser.quiet()


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_it_light_dark_or_printed(browser: Browser, files: Files, language: str) -> None:
    for colours in ("light", "dark"):
        browser.open(files[f"{language}.html"], colours=colours)
        assert browser.accessible()
    assert browser.accessible(printed=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_fits_a_telephone(browser: Browser, files: Files, language: str) -> None:
    for width in (360, 320):
        browser.open(files[f"{language}.html"], width=width)
        assert browser.fits()


def test_it_is_whole_without_script(browser: Browser, files: Files) -> None:
    browser.open(files["en.html"])
    with_script = browser.text()
    browser.open(files["en.html"], script=False)
    assert browser.text() == with_script
    assert browser.quiet()


def test_that_nobody_received_it_stands_before_its_heading(browser: Browser, files: Files) -> None:
    browser.open(files["unreceived.html"])
    assert browser.text().startswith("NO RECEIPT IN THIS FILE: nothing here shows")
    assert browser.accessible()
    assert browser.quiet()


def test_the_keyboard_reaches_how_to_check_it(browser: Browser, files: Files) -> None:
    browser.open(files["en.html"])
    browser.tab_to("How to check this page")
    browser.press("Enter")
    assert browser.quiet()


def test_the_numbers_to_compare_are_those_of_the_parties(browser: Browser, files: Files) -> None:
    browser.open(files["en.html"])
    page = browser.text()
    assert "United States (us)" in page
    assert "Russian Federation (ru)" in page
    assert "This does not say that either side agrees with the text." in page
