"""A page beside ten thousand held provisions, and two papers of 105 pages beside one another, with other libraries."""

from __future__ import annotations

import random
import time

from bench.report import Section, median

PROVISIONS, WORDS, PAGE, RUNS = 10_000, 60, 8, 7
ARTICLES, PARAGRAPHS = 60, 7
EDITED = 0.025


def _vocabulary() -> tuple[list[str], list[float]]:
    """Four thousand words, as unequally frequent as a language's (Zipf)."""
    return [f"word{number}" for number in range(4_000)], [1 / (rank + 1) for rank in range(4_000)]


def _texts(rng: random.Random, count: int) -> list[str]:
    words, weights = _vocabulary()
    return [" ".join(rng.choices(words, weights=weights, k=WORDS)) for _ in range(count)]


def _edited(text: str, rng: random.Random) -> str:
    return " ".join("edited" if rng.random() < EDITED else word for word in text.split())


def page() -> Section:
    """One page against an index over all held provisions."""
    from datasketch import MinHash, MinHashLSH
    from rapidfuzz import fuzz, process

    from parley.negotiation.comparison import Index, Provided

    rng = random.Random(1)
    texts = _texts(rng, PROVISIONS)
    chosen = rng.sample(range(PROVISIONS), PAGE)
    quoted = [_edited(texts[number], rng) for number in chosen]
    whole = "\n".join(quoted)

    began = time.perf_counter()
    index = Index(Provided(reference="X-1", number=n, name=str(n), words=text) for n, text in enumerate(texts))
    built = time.perf_counter() - began
    ours = median(lambda: index.compare(quoted, whole=False), RUNS)
    found = {match.number for match in index.compare(quoted, whole=False).matches}

    def alignment() -> set[int]:
        scores = ((number, fuzz.partial_ratio(text, whole, score_cutoff=80)) for number, text in enumerate(texts))
        return {number for number, score in scores if score}

    def one_by_one() -> set[int]:
        return {
            place
            for passage in quoted
            for _, _, place in process.extract(passage, texts, scorer=fuzz.ratio, score_cutoff=80, limit=5)
        }

    fuzzy = median(alignment, 1)
    fuzzy_found = alignment()
    ratio = median(one_by_one, 1)
    ratio_found = one_by_one()

    def signature(text: str) -> MinHash:
        words = text.split()
        made = MinHash(num_perm=128)
        made.update_batch([" ".join(words[at : at + 4]).encode() for at in range(len(words) - 3)])
        return made

    began = time.perf_counter()
    lsh = MinHashLSH(threshold=0.5, num_perm=128)
    for number, text in enumerate(texts):
        lsh.insert(number, signature(text))
    lsh_built = time.perf_counter() - began

    def ask() -> set[int]:
        return {int(number) for passage in quoted for number in lsh.query(signature(passage))}

    minhash, minhash_found = median(ask, RUNS), ask()
    rows = [
        ("parley: index, passages, what differs", _seconds(built), _seconds(ours), found),
        ("rapidfuzz: partial_ratio, page as one", "none", _seconds(fuzzy), fuzzy_found),
        ("rapidfuzz: ratio, paragraphs cut alike", "none", _seconds(ratio), ratio_found),
        ("datasketch: MinHash LSH, cut alike", _seconds(lsh_built), _seconds(minhash), minhash_found),
    ]
    return Section(
        name="comparing-page",
        title="A page beside 10,000 held provisions",
        method=(
            f"{PAGE} of {PROVISIONS:,} provisions of {WORDS} words each, one word in forty changed, make a page. "
            "All on one core, in the same run."
        ),
        columns=("work", "made ready", "one page", "found", "besides"),
        rows=tuple(
            (work, ready, took, f"{len(hits & set(chosen))} of {PAGE}", str(len(hits - set(chosen))))
            for work, ready, took, hits in rows
        ),
        reading=(
            f"Aim: a page in under 100 ms. Seen: {_seconds(ours)}. Two of the others are given the page cut into the "
            "very paragraphs of the papers, which a leak is not; none of them says which words differ."
        ),
    )


def redlining() -> Section:
    """A paper of 105 pages and its next draft."""
    from rapidfuzz.distance import Indel

    from parley.articulate import Particulars, articulate
    from parley.document import Document
    from parley.negotiation.redline import Change, redline

    rng = random.Random(2)
    paragraphs = _texts(rng, ARTICLES * PARAGRAPHS)
    changed = [_edited(text, rng) for text in paragraphs]

    def document(texts: list[str]) -> Document:
        lines = ["# Draft"]
        for place, text in enumerate(texts):
            article, paragraph = divmod(place, PARAGRAPHS)
            lines += [f"## Article {article + 1}. On matter {article + 1}"] if not paragraph else []
            lines.append(f"{paragraph + 1}. {text}.")
        return articulate("draft.md", "\n\n".join(lines).encode(), Particulars(language="en"))

    old, new = document(paragraphs), document(changed)
    found = redline(old, new)
    ours = median(lambda: redline(old, new), RUNS)
    first, second = (" ".join(each).split() for each in (paragraphs, changed))
    whole = median(lambda: Indel.opcodes(first, second), RUNS)
    rows = [
        ("parley: align, then difflib by provision", _seconds(ours), f"{len(found.lines)} provisions"),
        ("rapidfuzz: Indel opcodes, whole text", _seconds(whole), f"{len(Indel.opcodes(first, second))} pieces"),
    ]
    return Section(
        name="comparing-redline",
        title="Redline of two papers of 105 pages",
        method=f"{len(first):,} words in {len(paragraphs)} paragraphs, one word in forty changed; one core, one run.",
        columns=("work", "time", "result"),
        rows=tuple(rows),
        reading=(
            f"Aim: well under a second. Seen: {_seconds(ours)}, {found.count(Change.CHANGED)} provisions changed. The "
            "whole text at once names no provision and sees nothing move."
        ),
    )


def _seconds(value: float) -> str:
    return f"{value:.2f} s" if value >= 1 else f"{1000 * value:.1f} ms"
