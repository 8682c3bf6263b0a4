"""What the public's proof costs: a treaty taken apart and sealed, an excerpt cut and checked, here and in a browser."""

from __future__ import annotations

import hashlib
import random
import statistics
from pathlib import Path

from tests.browser.browser import Browser, install

from bench.report import Section, median

ARTICLES, PARAGRAPHS, WORDS = 150, 10, 60
"""Ninety thousand words: three hundred pages of three hundred words."""

RUNS = 31
OPENINGS = 7
READING = 1_000
"""Milliseconds in which somebody looks for a file; the page compiles its arithmetic meanwhile."""
ROOT = Path(__file__).parent.parent
VECTORS = ROOT / "vectors" / "evidence"


def _treaty() -> bytes:
    rng = random.Random(1)
    words = [f"word{number}" for number in range(4_000)]
    lines = ["# Treaty", ""]
    for article in range(1, ARTICLES + 1):
        lines += [f"## Article {article} — Heading", ""]
        for number in range(1, PARAGRAPHS + 1):
            other = f" as paragraph 1 of Article {rng.randint(1, ARTICLES)} says"
            lines += [f"{number}. " + " ".join(rng.choices(words, k=WORDS - 7)) + other + ".", ""]
    return "\n".join(lines).encode("utf-8")


def articulating() -> Section:
    """A treaty of 300 pages from Markdown to a document, and to its seal."""
    from parley.articulate import Particulars, articulate
    from parley.crypto import sha256
    from parley.disclosure import Blind, Seed, commit, contents

    data = _treaty()
    particulars = Particulars(language="en")
    document = articulate("treaty.md", data, particulars)
    seed, blind, subject = Seed(bytes(32)), Blind(bytes(32)), sha256(b"subject")
    leaves = contents(document)
    understood = median(lambda: articulate("treaty.md", data, particulars), 3)
    written = median(lambda: contents(document), 3)
    sealed = median(lambda: commit(document, seed=seed, blind=blind, subject=subject), 5)
    raw = median(lambda: [hashlib.sha256(leaf).digest() for leaf in leaves], 5)
    total = len(document.provisions)
    return Section(
        name="articulating",
        title="A treaty of 300 pages",
        method=f"{ARTICLES * PARAGRAPHS * WORDS:,} words in Markdown, {total:,} provisions, each with a reference.",
        columns=("work", "time", "against raw hashing"),
        rows=(
            ("raw hashing of its provisions", f"{1000 * raw:.1f} ms", "1"),
            (
                "articulate: provisions, references, companions",
                f"{understood:.2f} s",
                f"{understood / raw:,.0f}",
            ),
            ("write the provisions as they are sealed", f"{1000 * written:.1f} ms", f"{written / raw:.0f}"),
            ("commit: write them, salts, the tree, the seal", f"{1000 * sealed:.1f} ms", f"{sealed / raw:.0f}"),
        ),
        reading="A person waits for it once a paper. Most of it goes into references and what must accompany what.",
    )


def excerpts() -> Section:
    """An excerpt of two provisions: verified, written as a page, the page compared; and in the browser's program."""
    from parley.policy import Trust
    from parley.record.page import compare, render
    from parley.verdict import verify

    evidence = (VECTORS / "excerpt.evidence").read_bytes()
    trust = Trust.parse((VECTORS / "both.trust").read_text("utf-8"))
    verdict = verify(evidence, trust)
    page = render(evidence, "en")
    checked = median(lambda: verify(evidence, trust), RUNS)
    written = median(lambda: render(evidence, "en"), RUNS)
    compared = median(lambda: compare(page), RUNS)
    signatures = len(verdict.acts) * _one_verification()
    first, again = _in_chromium()
    return Section(
        name="excerpts",
        title="An excerpt checked",
        method=f"{len(evidence):,} bytes, {len(verdict.acts)} acts, two parties, consent, a receipt. Median of {RUNS}.",
        columns=("work", "time", "against its signatures alone"),
        rows=(
            ("the signatures of its acts, and nothing else", f"{1000 * signatures:.1f} ms", "1.0"),
            ("parley: verify the evidence", f"{1000 * checked:.1f} ms", f"{checked / signatures:.1f}"),
            ("parley: verify, and write its page", f"{1000 * written:.1f} ms", f"{written / signatures:.1f}"),
            ("parley: verify a page by writing it again", f"{1000 * compared:.1f} ms", f"{compared / signatures:.1f}"),
            ("verify.html in Chromium: dropped, verified, told", f"{1000 * first:.0f} ms", f"{first / signatures:.0f}"),
            ("the same again in the same page", f"{1000 * again:.0f} ms", f"{again / signatures:.0f}"),
        ),
        reading=(
            "Aim: under 5 ms in Python and 150 ms in a browser. "
            f"Seen: {1000 * checked:.1f} ms and {1000 * first:.0f} ms. "
            "Checkpoints have signatures of their own, of the log and of witnesses, before and behind."
        ),
    )


def _in_chromium() -> tuple[float, float]:
    """Seconds from a drop to what verify.html writes down: in a page just opened, and in the same page once more."""
    install()
    browser, first, again = Browser(), [], []
    try:
        for _ in range(OPENINGS):
            browser.open(ROOT / "src" / "parley" / "record" / "verify.html")
            browser("rest", milliseconds=READING)
            first.append(browser.drop_timed(VECTORS / "excerpt.evidence"))
            again += [browser.drop_timed(VECTORS / "excerpt.evidence") for _ in range(3)]
    finally:
        browser.close()
    return statistics.median(first), statistics.median(again)


def _one_verification() -> float:
    """Ed25519 and ML-DSA-44 over one act of usual size: what a verifier cannot save."""
    from parley.crypto import Purpose, SigningKey

    key = SigningKey.from_secret(bytes(32), info="bench")
    body = bytes(1500)
    signatures = key.sign(Purpose.ACT, body)
    return median(lambda: key.verifying.verify(Purpose.ACT, body, signatures), 200)
