"""What `./run demo` leaves for people to open, in a browser: the story, the essence, and the page that checks it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from demo import run

from tests.browser.browser import Browser

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "kept"
    out = io.StringIO()
    assert run.main(["--keep", str(folder)], out) == 0, out.getvalue()
    return folder


def test_axe_finds_nothing_on_the_story_light_dark_or_printed(browser: Browser, played: Path) -> None:
    for colours in ("light", "dark"):
        browser.open(played / "story.html", colours=colours)
        assert browser.accessible()
    assert browser.accessible(printed=True)
    assert browser.quiet()


def test_the_story_prints_on_one_sheet(browser: Browser, played: Path) -> None:
    browser.open(played / "story.html")
    assert browser("sheets") == 1


@pytest.mark.parametrize("width", [320, 360])
def test_the_story_fits_a_telephone(browser: Browser, played: Path, width: int) -> None:
    browser.open(played / "story.html", width=width)
    assert browser.fits()


def test_the_essence_is_checked_by_the_page_beside_it(browser: Browser, played: Path) -> None:
    browser.open(played / "public" / "verify.html")
    browser.drop(played / "public" / "essence.html")
    browser("wait", where="#verdict", text="GENUINE")
    browser.tab_to("trust-nobody")
    browser.press("ArrowUp", "ArrowUp")
    assert browser("focused")["id"] == "trust-brought"
    browser("wait", where="#verdict .head", text="PROVEN, as far as the list")
    answers = browser.text("#verdict .answers")
    for word in (
        "GENUINE. Shown: 3 of 19 provisions",
        "BY CONSENT of the Russian Federation and the United States",
        "DELIVERED",
    ):
        assert word in answers
    assert browser.quiet()


def test_the_forged_paragraph_is_refused_there(browser: Browser, played: Path) -> None:
    browser.open(played / "public" / "verify.html")
    browser.drop(played / "proofs" / "essence-forged.evidence")
    browser("wait", where="#verdict .alarm", text="NOT PROVEN.")
    assert "We agree to close" not in browser.text("#verdict")
    assert browser.quiet()
