"""The other pages that Parley writes, in a browser: slip, recovery sheet, register, changes; and what drives it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from parley.words.pages import Slip, SlipParty, slip_page
from parley.words.rendering import fingerprint
from tests.browser.browser import DRIVER, Browser
from tests.browser.conftest import Files

pytestmark = pytest.mark.slow


def test_axe_finds_nothing_on_a_slip_or_its_print(browser: Browser, files: Files) -> None:
    browser.open(files["slip.html"])
    assert "RU-1" in browser.text("h1")
    assert browser.accessible()
    assert browser.accessible(printed=True)
    assert browser.quiet()


CLOCKS = ("10:02:11 UTC", "05:02:11 Washington", "13:02:11 Moscow")
FONTS = ("", "DejaVu Serif", "DejaVu Sans", "TeX Gyre Termes")
"""The first that is there of those that the page asks for, and others; the second and third are among the widest."""


def rich_slip(*names: str) -> str:
    """A slip with all that a cover can say, at some length, and terms of seven lines."""
    at = f"Thu 26 Nov 2026 {' · '.join(CLOCKS)}"
    subject = "Draft agreement on measures to ensure the security of both, their allies and neighbours, second text"
    because = "It replaces the text of 15 December, in which a line of Article 4 was missing. Nothing else was changed."
    cover = {"to": ", ".join(names), "handed in": at, "to be signed for by": at, "opens": "when signed for",
             "language": "en, authentic text", "content": "about 21 kB", "subject": subject, "precedence": "flash",
             "sender's number": "No. 1234/dnr of 17 December", "pages": "14", "languages": "en, ru, fr",
             "also handed over": f"by A. Petrova to B. Miller, {at}", "note": because, "our number": "No. 12",
             "replaces": "RU-1", "replaced by": "RU-3"}  # fmt: skip
    outcome = "It has signed for it, has opened it, and says that it matches its seal."
    recipients = tuple(
        SlipParty(
            name=name,
            capacity="for information" if place else "",
            outcome=outcome,
            times=tuple(
                (word, "the recipient signed for it", (f"Thu {place * 7 + number} Nov 2026", *CLOCKS))
                for number, word in ((1, "sent"), (1, "deposited"), (place + 2, "informed"), (place + 3, "received"))
            ),
            signed_by="B. Miller, Ministry of Foreign Affairs, Registry",
            terms="UNDER RESERVE: noted, not accepted",
        )
        for place, name in enumerate(names)
    )
    number = "77945 38475 12466 22153 54635 68012 93613 01854"
    return slip_page(
        Slip(
            reference="RU-2",
            handle="amber-heron",
            digest="3f9a01c2" * 8,
            sender="Russian Federation",
            sender_signed_by="A. Petrova, Registry",
            designation="response to US-1 · NON-PAPER",
            rows=tuple(cover.items()),
            terms_head="essence, asked by the sender",
            terms=("a provision is shown only when all who have the paper have agreed to its being shown",) * 7,
            recipients=recipients,
            numbers=tuple((name, number) for name in ("Russian Federation", *names)),
            log="depositary.example/log/1",
            printed=at,
        )
    )


def in_font(page: str, font: str) -> str:
    """The page in another font, with rules that allow it."""
    style = page.partition("<style>")[2].partition("</style>")[0]
    other = re.sub(r'Georgia, "Times New Roman", "Noto Serif", serif', f'"{font}"', style)
    return page.replace(style, other).replace(fingerprint(style), fingerprint(other))


def one_sheet(browser: Browser, file: Path) -> None:
    text = file.read_text("utf-8")
    for font in FONTS:
        file.write_text(in_font(text, font) if font else text, "utf-8")
        browser.open(file)
        assert (browser("sheets"), browser("sheets", paper="Letter")) == (1, 1), font
        assert browser.quiet()


def test_a_slip_prints_on_one_sheet_of_either_paper_in_any_font(browser: Browser, files: Files) -> None:
    one_sheet(browser, files["slip.html"])


@pytest.mark.parametrize("others", [[], ["France"], ["France", "Norway"]])
def test_so_does_one_with_all_that_a_cover_can_say(browser: Browser, tmp_path: Path, others: list[str]) -> None:
    (tmp_path / "rich.html").write_text(rich_slip("United States", *others), "utf-8")
    one_sheet(browser, tmp_path / "rich.html")


def test_what_is_too_long_for_a_sheet_is_seen_to_be(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "long.html").write_text(rich_slip(*map(str, range(20))), "utf-8")
    browser.open(tmp_path / "long.html")
    assert browser("sheets") > 1
    assert browser("sheets", paper="Letter") > 1


def test_a_slip_fits_a_telephone(browser: Browser, files: Files) -> None:
    browser.open(files["slip.html"], width=360)
    assert browser.fits()
    assert browser.accessible()
    assert browser("broken") == []


def test_axe_finds_nothing_on_a_page_of_changes(browser: Browser, files: Files) -> None:
    for colours in ("light", "dark"):
        browser.open(files["changes.html"], colours=colours)
        assert browser.accessible()
    browser.open(files["changes.html"], width=360)
    assert browser.fits()
    assert browser.quiet()


def test_axe_finds_nothing_on_a_register(browser: Browser, files: Files) -> None:
    for colours in ("light", "dark"):
        for width in (1000, 360):
            browser.open(files["register.html"], colours=colours, width=width)
            assert browser.accessible()
    assert browser.accessible(printed=True)
    assert browser.quiet()


@pytest.mark.parametrize("width", [1200, 700, 360])
def test_a_register_breaks_no_word_and_shows_where_it_goes_on(browser: Browser, files: Files, width: int) -> None:
    browser.open(files["register.html"], width=width)
    assert browser("broken") == []
    assert all(each["seen"] for each in browser("moved"))
    assert browser.fits()


def test_a_register_in_dejavu_fits_a_window_and_a_sheet(browser: Browser, files: Files) -> None:
    text = files["register.html"].read_text("utf-8")
    files["register-wide.html"].write_text(in_font(text, "DejaVu Serif"), "utf-8")
    browser.open(files["register-wide.html"], width=1200)
    assert "informed" in browser.text("main")
    assert browser("moved") == []
    assert browser("sheets") == 1


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
        '<table style="width:1em;table-layout:fixed;overflow-wrap:anywhere"><tr><td>broken</td></tr></table>'
        '<svg width="90" height="20"><text x="1" y="15">one</text><text x="20" y="15">other</text></svg>'
        '<div class="wide" style="overflow:auto"><p style="width:900px">wide</p></div>'
        "<script>missing()</script></body></html>",
        "utf-8",
    )
    browser.open(bad, width=360)
    for claim in (browser.quiet, browser.fits, browser.accessible):
        with pytest.raises(AssertionError):
            claim()
    assert browser("broken") == ["broken"]
    assert browser("crossed") == ["one / other"]
    assert browser("moved") == [{"what": "P", "seen": False}]
    with pytest.raises(AssertionError, match="nobody can see it"):
        browser.tab_to("x")


def test_no_registry_stands_in_its_lock() -> None:
    lock = json.loads((DRIVER / "package-lock.json").read_text("utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert set(packages) == {"node_modules/axe-core", "node_modules/playwright-core"}
    assert all("integrity" in package and "resolved" not in package for package in packages.values())
