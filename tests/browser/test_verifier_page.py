"""verify.html in a browser, from a file and without a network: what it is given, what it says, and by whose hands."""

from __future__ import annotations

from pathlib import Path

import pytest

from parley.cli.app import run as parley
from parley.policy import Trust
from parley.record import browser as verifier
from parley.record import page
from parley.words import clock
from tests.browser.browser import Browser
from tests.browser.conftest import Files
from tests.record.excerpts import shown_in

pytestmark = pytest.mark.slow

VERIFIER = Path(page.__file__).with_name("verify.html")
QUOTED = (
    "we propose unilateral transparency and mutual commitments about ground-launched offensive missiles and permanent "
    "combat forces in the territory of Ukraine"
)
SAME = "This page is, to the letter, the one that its evidence makes."
DIFFERS = "THE PAGE SHOWS SOMETHING ELSE than its evidence proves. Do not go by the page; go by what stands here."
AGREEMENT = "This does not say that either side agrees with the text."


def given(browser: Browser, files: Files, name: str, *, trust: bool = True) -> str:
    """What the verdict says of a file that was dropped, with a stranger's trust file chosen by keyboard."""
    browser.open(VERIFIER)
    browser.drop(files[name])
    browser("wait", where="#verdict-head", text="What was found")
    if trust:
        browser.tab_to("own-file")
        browser("choose", key="Enter", file=str(files["both.trust"]))
        browser("wait", where="#own-status", text="both.trust")
    assert browser.quiet()
    return browser.text("#verdict")


def said(capsys: pytest.CaptureFixture[str], files: Files, name: str) -> tuple[int, str]:
    """What `parley verify` says of the same file, on one line."""
    code = parley(["verify", str(files[name]), "--trust", str(files["both.trust"])])
    return code, " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("name", ["essence.evidence", "en.html", "fr.html", "ru.html"])
def test_an_excerpt_is_genuine_by_consent_and_delivered(
    browser: Browser, files: Files, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    shown = given(browser, files, name)
    code, told = said(capsys, files, name)
    assert code == 0
    for sentence in (
        "PROVEN. The signatures hold, and they are of the depositary and the parties that your trust file names.",
        "GENUINE. Shown: 4 of 19 provisions",
        "BY CONSENT of the Russian Federation and the United States.",
        "DELIVERED: signed for by the Russian Federation",
        "taken UNDER RESERVE: noted, not accepted",
    ):
        assert sentence in shown
        assert sentence in told
    assert AGREEMENT in shown
    assert "We propose mutual transparency" in shown
    assert "ru.html" not in shown
    assert (SAME in shown) is name.endswith(".html")
    assert "not compared" not in shown
    assert browser("count", where="#verdict .alarm") == 0


def test_without_a_trust_file_it_says_whose_numbers_to_compare(browser: Browser, files: Files) -> None:
    shown = given(browser, files, "essence.evidence", trust=False)
    assert "Who they belong to was not checked: no trust file given." in shown
    assert "compare these numbers" in shown


def test_a_forged_paragraph_is_not_proven(browser: Browser, files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    shown = given(browser, files, "forged.evidence")
    code, told = said(capsys, files, "forged.evidence")
    assert code == 1
    for text in (shown, told):
        assert "NOT PROVEN. The words shown do not fit the paper; nothing follows from them about it." in text
        assert "transparency" not in text
        assert "GENUINE" not in text
    assert browser.text("#verdict .alarm").startswith("NOT PROVEN.")


def test_a_page_on_which_a_word_was_changed_is_told_apart_from_its_evidence(
    browser: Browser, files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = given(browser, files, "drawn.html")
    code, _ = said(capsys, files, "drawn.html")
    assert code == 1
    assert browser.text("#verdict .alarm").startswith("THE PAGE SHOWS SOMETHING ELSE")
    assert "mutual transparency" in shown
    assert "unilateral" not in shown


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("DELIVERED: signed for by", "REFUSED, unread, by"),
        ("BY CONSENT of", "AGREED BY"),
        ("<strong>receipt</strong>", "<strong>refusal</strong>"),
        ("<title>Excerpt of", "<title>Agreement on"),
        ("Terms called &#39;essence&#39;", "Terms called &#39;public&#39;"),
        (".gap { ", ".gap { display: none; "),
        ("<main>", "<main hidden>"),
    ],
)
@pytest.mark.parametrize("trust", [True, False])
def test_whatever_is_changed_on_a_page_raises_the_alarm_before_its_verdict(
    browser: Browser, files: Files, capsys: pytest.CaptureFixture[str], old: str, new: str, trust: bool
) -> None:
    """Words outside the provisions, and forms: the verdict that follows is that of the evidence, unchanged."""
    changed(files, "changed.html", old, new)
    shown = given(browser, files, "changed.html", trust=trust)
    code, _ = said(capsys, files, "changed.html")
    assert code == 1
    assert shown.split("\n\n")[1] == DIFFERS, "the first thing under the heading"
    assert browser.text("#status").endswith(f"{DIFFERS} {browser.text('#verdict .head')}"), (
        "and the first that is heard"
    )
    assert "DELIVERED: signed for by" in shown
    assert "BY CONSENT of" in shown
    assert SAME not in shown
    assert browser.accessible()


def changed(files: Files, name: str, old: str, new: str) -> None:
    """The English page with a text on it changed, as a file beside it."""
    text = files["en.html"].read_text("utf-8")
    assert old in text
    files[name].write_text(text.replace(old, new), "utf-8")


def test_a_page_in_other_words_cannot_be_compared_whole_and_that_is_said(
    browser: Browser, files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    changed(files, "other.html", page.edition("en"), "00000000")
    shown = given(browser, files, "other.html")
    code, _ = said(capsys, files, "other.html")
    assert code == 3
    assert "cannot be written again here and compared whole" in shown
    assert "Whatever else the page says was not compared" in shown
    assert SAME not in shown
    assert browser("count", where="#verdict .alarm") == 0
    text = files["other.html"].read_text("utf-8")
    files["other.html"].write_text(text.replace("mutual transparency", "unilateral transparency"), "utf-8")
    assert given(browser, files, "other.html").split("\n\n")[1] == DIFFERS


def test_a_clock_that_the_browser_does_not_know_raises_no_alarm(
    browser: Browser, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = shown_in(us="Mars/Olympus_Mons", ru="Europe/Moscow")
    files["earth.html"].write_bytes(page.render(data, "en"))
    assert SAME in given(browser, files, "earth.html", trust=False)
    known = clock.zone_of
    monkeypatch.setattr(clock, "zone_of", lambda name: known("Asia/Tehran" if name.startswith("Mars/") else name))
    files["mars.html"].write_bytes(page.render(data, "en"))
    shown = given(browser, files, "mars.html", trust=False)
    assert "but for local times beside UTC. Whether these are right, this browser cannot tell" in shown
    assert SAME not in shown
    assert browser("count", where="#verdict .alarm") == 0
    assert browser.accessible()


def test_a_point_without_its_opening_words_is_incomplete(
    browser: Browser, files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    given(browser, files, "incomplete.evidence")
    code, told = said(capsys, files, "incomplete.evidence")
    assert code == 3
    sentence = (
        "INCOMPLETE. Shown: 1 of 19 provisions; omitted: 1–8, 10–19; "
        "provisions that must be read with them are missing: 8."
    )
    assert browser.text("#verdict .alarm") == sentence
    assert told.startswith(sentence)


@pytest.mark.parametrize("name", ["unreleased.evidence", "trimmed.evidence"])
def test_of_words_that_nobody_released_just_so_nothing_is_said(
    browser: Browser, files: Files, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """Both agreed to four provisions together: three of them, with the opening words left away, are something else."""
    shown = given(browser, files, name)
    _, told = said(capsys, files, name)
    for text in (shown, told):
        assert "NOT RELEASED" in text
        assert "Nothing is said about it, either way." in text
        assert "Invented text" not in text
        assert "earlier and fuller" not in text
        assert "GENUINE" not in text
        assert "NOT PROVEN" not in text


@pytest.mark.parametrize("name", ["unreceived.evidence", "unreceived.html"])
def test_that_there_is_no_receipt_comes_before_anything_else(
    browser: Browser, files: Files, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    sentence = "NO RECEIPT IN THIS FILE: nothing here shows that 'us' (not checked) signed for this paper."
    shown = given(browser, files, name)
    assert shown.split("\n\n")[1] == sentence, "the first thing under the heading"
    assert browser.text("#verdict .alarm") == sentence
    code, told = said(capsys, files, name)
    assert code == 0
    assert told.startswith(sentence)


def test_it_works_with_the_keyboard_alone(browser: Browser, files: Files) -> None:
    browser.open(VERIFIER, width=360)
    browser.tab_to("file")
    browser("choose", key="Enter", file=str(files["en.html"]))
    browser("wait", where="#verdict-head", text="What was found")
    assert browser("focused")["id"] == "verdict-head", "who cannot see the page is brought to the answer"
    browser.tab_to("quotation-text")
    browser("type", text=QUOTED)
    browser.press("Tab", "Enter")
    browser("wait", where="#quotation-result", text="Words that differ: 2.")
    assert browser.fits()
    assert browser.quiet()


@pytest.mark.parametrize(("language", "word"), [("en", "DELIVERED"), ("fr", "DÉLIVRÉ"), ("ru", "ДОСТАВЛЕНО")])
def test_it_speaks_the_language_of_the_browser(browser: Browser, files: Files, language: str, word: str) -> None:
    browser.open(VERIFIER, language=language)
    browser.drop(files["essence.evidence"])
    browser("wait", where="#verdict", text=word)
    assert browser.accessible()
    assert browser.quiet()


@pytest.mark.parametrize("width", [320, 360])
def test_it_fits_a_telephone(browser: Browser, files: Files, width: int) -> None:
    for name in ("essence.evidence", "forged.evidence", "unreceived.html"):
        browser.open(VERIFIER, width=width)
        assert browser.fits()
        browser.drop(files[name])
        browser("wait", where="#verdict-head", text="What was found")
        assert browser.fits(), name


@pytest.mark.parametrize("name", ["en.html", "forged.evidence", "incomplete.evidence", "unreceived.html", "both.trust"])
def test_axe_finds_nothing_on_it_before_and_after(browser: Browser, files: Files, name: str) -> None:
    for colours in ("light", "dark"):
        browser.open(VERIFIER, colours=colours)
        assert browser.accessible()
        browser.drop(files[name])
        browser("wait", where="#verdict-head", text="What was found")
        assert browser.accessible()
    assert browser.accessible(printed=True)


def test_a_list_that_came_with_it_is_offered_and_asks_for_the_numbers(
    browser: Browser, files: Files, tmp_path: Path
) -> None:
    brought = tmp_path / "verify.html"
    brought.write_bytes(verifier.verifier(Trust.parse(files["both.trust"].read_text("utf-8"))))
    browser.open(brought)
    browser.tab_to("trust-nobody")
    browser.press("ArrowDown")
    assert browser("focused")["id"] == "trust-brought"
    browser.drop(files["essence.evidence"])
    browser("wait", where="#verdict .head", text="PROVEN, as far as the list that came with this page is right.")
    assert "your trust file" not in browser.text("#verdict"), "it is the list of whoever published the page"
    assert "compare these numbers" in browser.text("#verdict")
    assert browser.accessible()
    assert browser.quiet()


def test_a_file_of_any_other_kind_is_turned_away_in_words(browser: Browser, files: Files) -> None:
    browser.open(VERIFIER)
    browser.drop(files["letter.md"])
    browser("wait", where="#verdict", text="FAILED.")
    assert browser.quiet()
