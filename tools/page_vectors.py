"""Writes vectors/page: pages of the evidence in vectors/evidence, and what must be said of them, whole and changed.

A page changes with every word and form of it; run it then. From the root of the checkout: python -m tools.page_vectors
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from parley.crypto import sha256
from parley.errors import ParleyError
from parley.record.page import compare, edition, render
from parley.words import LANGUAGES

VECTORS = Path(__file__).parent.parent / "vectors"
OUT = VECTORS / "page"
NOTE = (
    "pages: the page of an evidence file in vectors/evidence, in each language, by its SHA-256; excerpt.html is the "
    "English one. cases: replace each pair of texts in excerpt.html (the first stands in it at least once; all of them "
    "are replaced). expect: same, differs, other version, or the class of failure with its code. browser: what "
    "verify.html says instead: of a page in other words it still compares the provisions, and what hour it is in a "
    "capital it leaves to tables of time zones (spec/page.md)."
)
MOVED, REWORDED = "in every place an hour moved by one", "of another edition, and a word changed"
BROWSER = {MOVED: "other hours", REWORDED: "differs"}
"""As governments move their clocks: by older or newer tables of zones an hour may be right."""


def cases(page: str) -> Iterator[tuple[str, list[list[str]]]]:
    yield "as it was written", []
    yield from words_changed(page)
    yield from forms_changed()
    yield from rows_changed(page)
    yield from evidence_changed()


def words_changed(page: str) -> Iterator[tuple[str, list[list[str]]]]:
    released, *_ = re.findall("<dd>BY CONSENT.*\n", page)
    number, *_ = re.findall("[0-9 ]{47}", page)
    (digits,) = re.findall("<bdi>([0-9a-f]{64})</bdi>", page)
    yield "a word changed", [["Words of article 1.", "Words of article one."]]
    yield "a gap taken out", [["provision 2 not shown", ""]]
    yield "an answer changed", [["BY CONSENT", "AGREED"]]
    yield "a delivery turned round", [["DELIVERED: signed for by", "REFUSED, unread, by"]]
    yield "the answer about the text changed", [["GENUINE. Shown: 2 of 3", "GENUINE. Shown: 3 of 3"]]
    yield "an answer said twice", [[released, released + released]]
    yield "an answer taken out", [[released, ""]]
    yield "words of praise", [["<h1>", '<p class="alarm" role="note">Checked.</p>\n<h1>']]
    yield "the title changed", [["<title>Excerpt of", "<title>Agreement on"]]
    yield "the heading changed", [["<h1>Excerpt of", "<h1>Agreement on"]]
    yield "the status of a language changed", [["English · authentic text", "English · official translation"]]
    yield "what the sender asked changed", [["called &#39;essence&#39;", "called &#39;public&#39;"]]
    yield "what is not shown taken out", [["<li>that nothing else happened</li>\n", ""]]
    yield "a number to compare changed", [[number, number[::-1]]]
    yield "the digits of the citation changed", [[digits, digits[::-1]]]


def forms_changed() -> Iterator[tuple[str, list[list[str]]]]:
    yield "a script put in", [["</body>", "<script>alert(1)</script></body>"]]
    yield "words behind the evidence", [["</body>", "<p>And more.</p>\n</body>"]]
    yield "a paragraph in capital tags", [["<footer>", "<P>Both sides agree with the text.</P>\n<footer>"]]
    yield "a script in capital tags", [["<footer>", "<SCRIPT>alert(1)</SCRIPT>\n<footer>"]]
    yield "everything hidden", [["<main>", "<main hidden>"]]
    yield "other line ends", [["\n", "\r\n"]]
    yield "a line end less", [["</footer>\n", "</footer>"]]
    yield "a space more", [["</main>", " </main>"]]
    yield "a byte order mark", [["<!doctype html>", "\ufeff<!doctype html>"]]
    yield "a style put in", [["</style>", "h1{color:red}</style>"]]
    yield "a style changed", [[".gap { ", ".gap { display: none; "]]
    yield "other content rules", [["default-src &#39;none&#39;", "default-src &#39;self&#39;"]]
    yield "a link that leads elsewhere", [['href="#check"', 'href="https://parley.example/checked"']]
    yield "said to be in another language", [['<html lang="en"', '<html lang="fr"']]
    yield "said to be in a language of which there is no page", [['<html lang="en"', '<html lang="xx"']]
    yield "of a later version", [['content="1 ', 'content="2 ']]
    yield "of another edition", [[edition("en"), "00000000"]]
    yield REWORDED, [[edition("en"), "00000000"], ["Words of article 1.", "Words."]]
    yield "without a form", [['<meta name="parley-page"', '<meta name="page"']]


def rows_changed(page: str) -> Iterator[tuple[str, list[list[str]]]]:
    deposit, receipt, *_ = re.findall(r"<li><strong>.*?</li>\n", page, re.DOTALL)
    hour = "17:00:04 UTC · 18:00:04 Vienna"
    for what, old, new in (
        ("what", "<strong>receipt</strong>", "<strong>refusal</strong>"),
        ("by whom", "Party ru", "Party us"),
        ("signed by whom", "A. Officer", "B. Officer"),
        ("on which day", "Wed 26", "Tue 25"),
        ("when", "17:00:04 UTC", "16:00:04 UTC"),
        ("its entry", "<dd>8</dd>", "<dd>9</dd>"),
        ("an hour beside UTC", hour, hour.replace("18", "19")),
        ("an hour beside UTC less", hour, hour.partition(" ·")[0]),
        ("an hour beside UTC more", hour, f"{hour} · 20:00:04 Moscow"),
    ):
        yield f"a row changed: {what}", [[receipt, receipt.replace(old, new)]]
    yield "a row taken out", [[receipt, ""]]
    yield "two rows in another order", [[deposit + receipt, receipt + deposit]]
    yield "in every place an hour that no clock shows", [["18:00:04 Vienna", "18:01:04 Vienna"]]
    yield "in every place another city", [["Vienna", "Moscow"]]
    yield MOVED, [["18:00:04 Vienna", "19:00:04 Vienna"]]


def evidence_changed() -> Iterator[tuple[str, list[list[str]]]]:
    block, end = '<script type="application/vnd.parley.evidence+json" id="evidence">', "</script>"
    other = (VECTORS / "evidence" / "excerpt-other-set.evidence").read_text("utf-8")
    own = (VECTORS / "evidence" / "excerpt.evidence").read_text("utf-8")
    yield "around evidence that releases nothing of it", [[own, other]]
    yield "around evidence that fails", [["\\nindex 7\\n", "\\nindex 6\\n"]]
    yield "around evidence of another form", [['"version":1}', '"version": 1}']]
    yield "without evidence", [[block, "<script>"]]
    yield "with evidence twice", [["</body>", f"{block}{end}</body>"]]
    yield "with something that passes for evidence", [["<header>", '<header id="evidence">']]


def judged(page: bytes) -> tuple[str, str | None]:
    try:
        return compare(page).value, None
    except ParleyError as error:
        return type(error).__name__.lower(), error.code


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    evidence = (VECTORS / "evidence" / "excerpt.evidence").read_bytes()
    pages = {language: render(evidence, language) for language in LANGUAGES}
    (OUT / "excerpt.html").write_bytes(pages["en"])
    written: list[dict[str, Any]] = []
    for name, replace in cases(pages["en"].decode("utf-8")):
        text = pages["en"].decode("utf-8")
        for old, new in replace:
            if old not in text:
                raise SystemExit(f"{name}: {old[:60]!r} is not on the page")
            text = text.replace(old, new)
        if replace and replace[0][0] == evidence.decode("utf-8"):
            replace = [["EVIDENCE excerpt", "EVIDENCE excerpt-other-set"]]
        expect, code = judged(text.encode("utf-8"))
        more = {"browser": BROWSER[name]} if name in BROWSER else {}
        written.append({"name": name, "replace": replace, "expect": expect, "code": code} | more)
    listed = [
        {"evidence": "excerpt", "language": language, "edition": edition(language), "sha256": sha256(page).hex()}
        for language, page in pages.items()
    ]
    note = NOTE + ' The text "EVIDENCE name" stands for the whole file of that name.'
    value = {"note": note, "pages": listed, "cases": written}
    (OUT / "cases.json").write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
