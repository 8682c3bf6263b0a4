"""The other pages that Parley writes, in a browser: slip, recovery sheet, register, changes; and what drives it."""

from __future__ import annotations

import json

import pytest

from tests.browser.browser import DRIVER, Browser
from tests.browser.conftest import Files

pytestmark = pytest.mark.slow


def test_axe_finds_nothing_on_a_slip_or_its_print(browser: Browser, files: Files) -> None:
    browser.open(files["slip.html"])
    assert "RU-1" in browser.text("h1")
    assert browser.accessible()
    assert browser.accessible(printed=True)
    assert browser.quiet()


def test_a_slip_prints_on_one_sheet(browser: Browser, files: Files) -> None:
    browser.open(files["slip.html"])
    assert browser("sheets") == 1


def test_a_slip_fits_a_telephone(browser: Browser, files: Files) -> None:
    browser.open(files["slip.html"], width=360)
    assert browser.fits()


def test_axe_finds_nothing_on_a_page_of_changes(browser: Browser, files: Files) -> None:
    for colours in ("light", "dark"):
        browser.open(files["changes.html"], colours=colours)
        assert browser.accessible()
    browser.open(files["changes.html"], width=360)
    assert browser.fits()
    assert browser.quiet()


def test_axe_finds_nothing_on_a_register(browser: Browser, files: Files) -> None:
    browser.open(files["register.html"])
    assert browser.accessible()
    assert browser.quiet()


def test_a_recovery_sheet_prints_on_one_sheet_and_axe_finds_nothing(browser: Browser, files: Files) -> None:
    (sheet,) = files.folder.rglob("ru*/recovery-sheet.html")
    browser.open(sheet)
    assert browser.accessible()
    assert browser.accessible(printed=True)
    assert browser("sheets") == 1
    assert browser.quiet()


def test_the_browser_would_tell_of_what_is_wrong(browser: Browser, files: Files) -> None:
    """A page with all that the other tests say is not there: else they could not fail."""
    bad = files["bad.html"]
    bad.write_text(
        '<!doctype html><html><body><img src="http://192.0.2.1/a.png"><p style="color:#ccc">pale</p>'
        '<div style="width:900px">wide</div><a href="#x" style="outline:none">x</a>'
        "<script>missing()</script></body></html>",
        "utf-8",
    )
    browser.open(bad, width=360)
    for claim in (browser.quiet, browser.fits, browser.accessible):
        with pytest.raises(AssertionError):
            claim()
    with pytest.raises(AssertionError, match="nobody can see it"):
        browser.tab_to("x")


def test_no_registry_stands_in_its_lock() -> None:
    lock = json.loads((DRIVER / "package-lock.json").read_text("utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert set(packages) == {"node_modules/axe-core", "node_modules/playwright-core"}
    assert all("integrity" in package and "resolved" not in package for package in packages.values())
