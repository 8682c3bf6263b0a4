"""Writes vectors/page: pages of the evidence in vectors/evidence, and what must be said of them, whole and changed.

A page changes with every word and form of it; run it then. From the root of the checkout: python -m tools.page_vectors
"""

from __future__ import annotations

import json
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
    "are replaced). expect: same, differs, other version, or the class of failure with its code."
)


def cases() -> list[tuple[str, list[list[str]]]]:
    block, end = '<script type="application/vnd.parley.evidence+json" id="evidence">', "</script>"
    other = (VECTORS / "evidence" / "excerpt-other-set.evidence").read_text("utf-8")
    own = (VECTORS / "evidence" / "excerpt.evidence").read_text("utf-8")
    return [
        ("as it was written", []),
        ("a word changed", [["Words of article 1.", "Words of article one."]]),
        ("a gap taken out", [["1 provision not shown: 2", ""]]),
        ("an answer changed", [["BY CONSENT", "AGREED"]]),
        ("a script put in", [["</body>", "<script>alert(1)</script></body>"]]),
        ("words behind the evidence", [["</body>", "<p>And more.</p>\n</body>"]]),
        ("a paragraph in capital tags", [["<footer>", "<P>Both sides agree with the text.</P>\n<footer>"]]),
        ("a script in capital tags", [["<footer>", "<SCRIPT>alert(1)</SCRIPT>\n<footer>"]]),
        ("everything hidden", [["<main>", "<main hidden>"]]),
        ("other line ends", [["\n", "\r\n"]]),
        ("a style put in", [["</style>", "h1{color:red}</style>"]]),
        ("said to be in another language", [['<html lang="en"', '<html lang="fr"']]),
        ("of a later version", [['content="1 ', 'content="2 ']]),
        ("of another edition", [[edition("en"), "00000000"]]),
        ("without a form", [['<meta name="parley-page"', '<meta name="page"']]),
        ("around evidence that releases nothing of it", [[own, other]]),
        ("around evidence that fails", [["\\nindex 7\\n", "\\nindex 6\\n"]]),
        ("around evidence of another form", [['"version":1}', '"version": 1}']]),
        ("without evidence", [[block, "<script>"]]),
        ("with evidence twice", [["</body>", f"{block}{end}</body>"]]),
        ("with something that passes for evidence", [["<header>", '<header id="evidence">']]),
    ]


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
    for name, replace in cases():
        text = pages["en"].decode("utf-8")
        for old, new in replace:
            if old not in text:
                raise SystemExit(f"{name}: {old[:60]!r} is not on the page")
            text = text.replace(old, new)
        if replace and replace[0][0] == evidence.decode("utf-8"):
            replace = [["EVIDENCE excerpt", "EVIDENCE excerpt-other-set"]]
        expect, code = judged(text.encode("utf-8"))
        written.append({"name": name, "replace": replace, "expect": expect, "code": code})
    listed = [
        {"evidence": "excerpt", "language": language, "edition": edition(language), "sha256": sha256(page).hex()}
        for language, page in pages.items()
    ]
    note = NOTE + ' The text "EVIDENCE name" stands for the whole file of that name.'
    value = {"note": note, "pages": listed, "cases": written}
    (OUT / "cases.json").write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
