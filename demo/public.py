"""What reaches the public, and what does not: statements, the essence by consent, a leaked copy, what was answered.

At the end of the story it leaves pages that anyone can open: the essence, and the page that checks it.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from demo.stage import NAMES, Stage
from demo.telling import Line, day, good, plain, quiet, words
from parley.act import Words
from parley.cli.files import write_folder
from parley.cli.record import inputs_of
from parley.disclosure import Leaf
from parley.errors import Unavailable
from parley.negotiation.comparison import Likeness
from parley.negotiation.coverage import Article
from parley.policy import Trust
from parley.record.browser import verifier
from parley.record.page import render
from parley.record.site import build
from parley.verdict import Verdict, verify
from parley.words import LANGUAGES, say

PRESS = Path(__file__).parent / "press.toml"

ESSENCE = "section 3, section 5(1)"
"""What both sides agree to show of the response: the main question, and one of the lesser ones."""


def sample(name: str) -> Path:
    """One of the papers written for the project."""
    return Path(str(resources.files("parley.samples").joinpath(name)))


def release_own_text(stage: Stage) -> list[Line]:
    """17 December 2021, 13:30 in Moscow: its author publishes the draft."""
    stage.clock.set("2021-12-17T10:30:00.000Z")
    stage.ru.release("RU-1")
    published = stage.ru.excerpt("RU-1")
    (stage.files / "RU-1-published.evidence").write_bytes(published)
    return [good(f"RU-1 · {_answers(verify(published, None))}"), quiet(say("meaning.agreement"))]


def _answers(verdict: Verdict) -> str:
    """The three answers about an excerpt, in one line."""
    if verdict.text is None or verdict.release is None:
        raise Unavailable("demo.release")
    delivered = ", ".join(
        f"{each.word.value.upper()} to the {NAMES[each.party]}" for each in verdict.papers[0].delivery
    )
    return f"{verdict.text.word.upper()} · {verdict.release.word.value.upper()} · {delivered}"


# --- own words, and the paper's ---------------------------------------------------------------------------------


def own_words_and_essence(stage: Stage) -> list[Line]:
    """26 and 27 January 2022: each side says what the response is about; then both let two provisions be shown."""
    stage.clock.set("2022-01-26T20:30:00.000Z")
    about = "It deals with force posture, exercises, missiles in Europe, and arms control after START."
    stage.us.statement("describes", "US-1", [Words(language="en", text=about)])
    stage.clock.set("2022-01-27T09:00:00.000Z")
    reply = "On the main question there is no positive answer in it. On some lesser ones one may talk."
    stage.ru.statement("describes", "US-1", [Words(language="en", text=reply)])
    lines = [
        words(f"{each.name}, {day(each.time)}, in its own words: “{each.words[0][1]}”")
        for each in stage.ru.show("US-1").statements
    ]
    for desk in (stage.ru, stage.us):
        numbers = desk.select("US-1", ESSENCE).numbers
        desk.release("US-1", provisions=numbers)
    essence = stage.us.excerpt("US-1", provisions=numbers)
    (stage.files / "essence.evidence").write_bytes(essence)
    verdict = verify(essence, None)
    return [*lines, good(f"the paper's words: {_answers(verdict)}"), *_shown(verdict)]


def _shown(verdict: Verdict) -> Iterator[Line]:
    """The provisions shown and the gaps between them, in reading order."""
    if verdict.text is None or verdict.text.total is None:
        raise Unavailable("demo.release")
    last = 0
    above: tuple[str, ...] = ()
    for leaf in verdict.text.provisions:
        yield from _gap(last + 1, leaf.number - 1)
        yield words(_worded(leaf, above))
        last, above = leaf.number, leaf.path
    yield from _gap(last + 1, verdict.text.total)


def _gap(first: int, last: int) -> Iterator[Line]:
    if first == last:
        yield quiet(f"[ {say('page.gap-one', number=first)} ]")
    elif first < last:
        yield quiet(f"[ {say('page.gap', count=last - first + 1, first=first, last=last)} ]")


def _worded(leaf: Leaf, above: tuple[str, ...]) -> str:
    """Headings that were not said just above, and the words."""
    new = leaf.path[len(above) :] if leaf.path[: len(above)] == above else leaf.path
    said = [" — ".join(new), f"“{leaf.words}”" if leaf.words else ""]
    return " ".join(part for part in said if part)


# --- a leaked copy, at one's own desk ---------------------------------------------------------------------------


def leaked_page(stage: Stage) -> list[Line]:
    """2 February 2022: a newspaper prints some pages; the United States lays them beside its paper."""
    stage.clock.set("2022-02-02T09:00:00.000Z")
    leaked = stage.files / "leaked.txt"
    leaked.write_text(_printed(), "utf-8")
    found = stage.us.compare_text(leaked.name, leaked.read_bytes(), "US-1").comparison
    lines = []
    for likeness, said in ((Likeness.IDENTICAL, "word for word"), (Likeness.NEAR, "with words changed")):
        points = [_point(match.name) for match in found.matches if match.likeness is likeness]
        if not points:
            raise Unavailable("demo.leak")
        lines.append(plain(f"of the response, {said}: what stands under {' and '.join(points)}"))
    nowhere = " ".join(found.nowhere)
    return [
        *lines,
        plain(f"nowhere in it: “{nowhere}”"),
        quiet(
            "Compared at one desk, with the paper that is open there; nothing was sent, kept or confirmed to anyone."
        ),
    ]


def _printed() -> str:
    """What the newspaper printed: some of the response as it is, some not quite, and a sentence of its own."""
    text = sample("response.md").read_text("utf-8")
    copied = text[text.index("We keep to the rule") : text.index("## 4.")]
    changed = text[text.index("We propose that talks") : text.index("3. We are ready to discuss")]
    changed = changed.replace("2. ", "").replace("begin soon", "begin this spring")
    return f"This newspaper has seen the pages.\n\n{copied}\n{changed}"


# --- what was answered ------------------------------------------------------------------------------------------


def answered(stage: Stage) -> list[Line]:
    """17 February 2022: every article of the draft, with what the response answers to it."""
    stage.clock.set("2022-02-17T15:00:00.000Z")
    found = stage.ru.coverage("US-1").coverage
    if found is None or not found.by_article:
        raise Unavailable("demo.coverage")
    counts = {state: found.count(state) for state in {article.state for article in found.articles}}
    totals = {state.value: count for state, count in counts.items()}
    lines = [plain(_article(article)) for article in found.articles]
    return [good(say("coverage.totals", total=len(found.articles), reference=found.reference, **totals)), *lines]


def _article(article: Article) -> str:
    """`Article 4 — Bases: refused (under 3: refuses)`."""
    state = say(f"coverage.{article.state.value}")
    given = "; ".join(f"under {_point(each.name)}: {say(f'positions.{each.position.value}')}" for each in article.given)
    return f"{article.name}: {state} ({given})" if given else f"{article.name}: {state}"


def _point(name: str) -> str:
    """`3. — The open door` is point 3; `6. 2. — Nuclear arms control` is 6(2)."""
    first, *more = name.partition(" — ")[0].replace(".", "").split()
    return first + "".join(f"({each})" for each in more)


# --- pages for anyone -------------------------------------------------------------------------------------------


def publish(stage: Stage, trust: Trust) -> None:
    """Write the pages that anyone can open: the essence and what checks it, each a file by itself; and the record."""
    stage.public.mkdir()
    essence = (stage.files / "essence.evidence").read_bytes()
    pages = {"essence.html": render(essence, "en"), "verify.html": verifier(trust)}
    for name, page in pages.items():
        (stage.public / name).write_bytes(page)
    write_folder(stage.public / "record", build(inputs_of(stage.us.publishable(), PRESS.read_bytes(), None, LANGUAGES)))
