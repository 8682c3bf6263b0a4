"""The page of how things stand, the drawing of totals and the public page of measures, written by the commands, in a
browser: three languages, a telephone, light, dark, and on paper.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.browser import Browser
from tests.cli.stage import Stage, found, free_port, must
from tests.cli.transcript import FOLDER, check

pytestmark = pytest.mark.slow

LANGUAGES = ("en", "fr", "ru")
PAGES = [*(f"{language}.html" for language in LANGUAGES),
         *(f"site/measures{ending}.html" for ending in ("", ".fr", ".ru"))]  # fmt: skip


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the transcript of obligations, limits and pages leaves, and the page in each language."""
    stage = Stage(tmp_path_factory.mktemp("measures"), free_port())
    found(stage)
    stage.start()
    try:
        check(stage, (FOLDER / "ledger.txt").read_text("utf-8"))
        for language in LANGUAGES:
            must(stage.run("ru", f"parley obligations --page {language}.html --year 2022 --language {language}"))
    finally:
        stage.stop()
    return stage.folder


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_in_light_in_dark_or_on_paper(browser: Browser, written: Path, name: str) -> None:
    for colours in ("light", "dark"):
        browser.open(written / name, colours=colours)
        assert browser.accessible()
    assert browser.accessible(printed=True)
    assert browser.quiet()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [320, 360])
def test_the_page_fits_a_telephone(browser: Browser, written: Path, name: str, width: int) -> None:
    browser.open(written / name, width=width)
    assert browser.fits()


def test_the_page_says_what_the_commands_say(browser: Browser, written: Path) -> None:
    browser.open(written / "overview.html")
    told = browser.text()
    for word in (
        "What is owed, declared and notified in amber-heron",
        "Security guarantees, measures of 2022",
        "MET LATE",
        "Notification of an exercise",
        "2022-02-14",
        "Deployed ICBMs, SLBMs and heavy bombers",
    ):
        assert word in told


def test_the_keyboard_comes_to_whatever_must_be_moved_to_be_seen(browser: Browser, written: Path) -> None:
    browser.open(written / "overview.html", width=320)
    browser.press("Tab")
    focused = browser("focused")
    assert focused["ring"], "a wide table has the keyboard, and nobody can see it"


def test_a_drawing_that_stands_alone_can_be_shown_and_asks_for_nothing(browser: Browser, written: Path) -> None:
    assert "declared: 520; at most: 700" in (written / "limits.svg").read_text("utf-8")
    browser.open(written / "limits.svg")
    assert browser.quiet()


def test_the_first_page_of_the_record_leads_to_measures_and_these_to_the_papers(
    browser: Browser, written: Path
) -> None:
    browser.open(written / "site" / "index.html")
    browser.tab_to("What was declared and announced under agreements")
    browser.press("Enter")
    browser("wait", where="h1", text="Measures in the negotiation amber-heron")
    told = browser.text()
    for word in ("2022-02-14", "RU-2", "US-2", "675", "by consent or by leave of their author"):
        assert word in told
    assert "RU-3" not in told, "a declaration of which nobody agreed that it be shown"
