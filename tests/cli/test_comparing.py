"""Coverage and compare beyond their transcripts: tables on a screen, JSON, the page, and nothing left behind."""

from __future__ import annotations

import json
import shutil
import stat
from pathlib import Path

import pytest

from parley.cli.comparing import coverage_lines, text_lines
from parley.cli.session import Session
from parley.client.comparing import ComparedText
from parley.negotiation.comparison import Index, Provided
from parley.negotiation.coverage import Held, cover
from tests.cli.stage import Stage
from tests.negotiation.papers import SAMPLES, paper, sample

DRAFT = sample("draft-treaty.md", "RU-1")


class Screen(Session):
    """A session at a terminal of 100 columns."""

    @property
    def lines_only(self) -> bool:
        return False

    @property
    def width(self) -> int:
        return 100


def lines(*responses: Held) -> list[str]:
    return coverage_lines(Screen(), cover(DRAFT, list(responses)))


def test_the_table_of_coverage_aligns() -> None:
    said = lines(sample("response.md", "US-1", DRAFT, number=2))
    rows = said[: said.index("")]
    column = rows[0].index("position")
    assert [row[column:].split(" ")[0] for row in rows[1:] if row[column : column + 1].strip()] == [
        "asks", "proposes", "refuses", "proposes", "amends", "proposes", "proposes",
    ]  # fmt: skip
    assert sum(row.startswith("Article") for row in rows) == 8
    assert "Of 8 articles of RU-1: 5 answered, 1 refused, 2 silent." in said


def test_an_article_answered_twice_is_named_once_on_a_screen() -> None:
    said = lines(sample("response.md", "US-1", DRAFT, number=2))
    assert sum("Article 5" in row for row in said) == 1


def test_answers_beside_the_articles_are_said_with_what_they_name() -> None:
    text = "# R\n\n## 1. A\n\nRe: RU-1 preamble — noted\n\nWords.\n"
    letter = sample("letter.md", "RU-2", number=9)
    other = "## 2. B\n\nRe: RU-2 — question\n\nWords.\n"
    said = lines(paper("US-1", text + other, DRAFT, letter, number=2))
    assert any("beside the articles" in row and "takes note" in row for row in said)
    assert any("2. — B (it answers another paper)" in row for row in said)


@pytest.mark.parametrize("forbidden", ["agreed", "agrees"])
def test_no_line_says_that_anybody_agreed(forbidden: str) -> None:
    assert not any(forbidden in row for row in lines(sample("response.md", "US-1", DRAFT, number=2)))


def test_a_text_found_whole_has_no_passage_left_over() -> None:
    held = Provided(reference="RU-1", number=1, name="Article 1", words="No military base is set up there.")
    comparison = Index([held]).compare(["no military base is set up there"])
    found = ComparedText(name="leak.txt", papers=("RU-1",), whole=(), comparison=comparison)
    assert text_lines(Screen(), found)[-1] == "Every passage of leak.txt was found."


@pytest.fixture
def two_papers(stage: Stage) -> Stage:
    """Two drafts handed over and opened; a leak of the first on the disk."""
    for name in ("draft-treaty.md", "response.md"):
        shutil.copy(SAMPLES / name, stage.folder / name)
    text = (stage.folder / "draft-treaty.md").read_text("utf-8")
    (stage.folder / "second.md").write_text(text.replace("no military base", "no permanent military base"), "utf-8")
    (stage.folder / "leak.txt").write_text("(a)\u200b sets up no military\u00ad base; <b>nobody</b> knows.\n", "utf-8")
    for name in ("draft-treaty.md", "second.md"):
        assert stage.run("ru", f"parley deposit {name} --to us --role proposal --terms public --yes").code == 0
    for reference in ("RU-1", "RU-2"):
        assert stage.run("us", f"parley receive {reference} --accept --yes").code == 0
    return stage


def files_of(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_json_pages_and_traces_left(two_papers: Stage) -> None:
    stage = two_papers
    before = files_of(stage.folder)
    redline = json.loads(stage.run("us", "parley compare RU-1 RU-2 --json").data)
    assert redline["version"] == 1
    changed = [line for line in redline["redline"]["redline"]["lines"] if line["change"] != "same"]
    assert [line["old_name"] for line in changed] == ["Article 4 2. (a)"]
    assert {"mark": "added", "text": "permanent "} in changed[0]["words"]
    compared = json.loads(stage.run("us", "parley compare leak.txt RU-1 --json").data)["compared"]
    near = [match for match in compared["comparison"]["matches"] if match["likeness"] != "none"]
    assert [match["name"] for match in near] == ["Article 4 2. (a)"]
    # No index, no fingerprint and no text of a paper is written anywhere, in a home or beside it.
    assert files_of(stage.folder) == before
    stage.run("us", "parley compare leak.txt RU-1 --html leak.html")
    page = stage.folder / "leak.html"
    assert files_of(stage.folder) == before | {"leak.html"}
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert "<b>" not in page.read_text("utf-8")
    assert "for your own eyes" in page.read_text("utf-8")


def test_coverage_as_json_with_and_without_an_answer(two_papers: Stage) -> None:
    stage = two_papers
    none = json.loads(stage.run("us", "parley coverage RU-1 --json").data)["coverage"]
    assert none["coverage"] is None
    assert stage.run("us", "parley reply RU-1 response.md --terms public --yes").code == 0
    found = json.loads(stage.run("us", "parley coverage US-1 --json").data)["coverage"]
    assert found["seen_as"] == "response"
    assert [article["state"] for article in found["coverage"]["articles"]].count("silent") == 2


def test_papers_held_are_compared_and_counted_without_the_depositary(two_papers: Stage) -> None:
    stage = two_papers
    stage.stop()
    assert stage.run("us", "parley compare RU-1 RU-2").code == 0
    assert stage.run("us", "parley compare leak.txt").code == 0
    assert stage.run("us", "parley coverage RU-1").code == 0
