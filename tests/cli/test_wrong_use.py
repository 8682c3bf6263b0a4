"""A line that does not say what is wanted, or says two things: one line in answer, and nothing is written or signed."""

from __future__ import annotations

from pathlib import Path

import pytest

from parley.errors import Malformed
from tests.cli.stage import Stage, must

CAPABILITIES = "carry, deposit, manage, read, receive, release"
WRONG: list[tuple[str, str, str, dict[str, str | int]]] = [
    ("ru", "parley register --csv --json", "use.csv-or-json", {}),
    ("us", "parley receive RU-1 --accept --under-reserve --yes", "use.accept-or-reserve", {}),
    ("us", "parley read RU-1 --original", "use.original-folder", {}),
    ("us", "parley statement acknowledges RU-1 --yes", "use.nothing-received", {"reference": "RU-1"}),
    ("us", "parley prepare paper.md -o new.draft --reply RU-1 --to ru", "use.reply-or-to", {}),
    ("us", "parley prepare paper.md -o new.draft --reply RU-1 --in-reply-to RU-1", "use.reply-or-to", {}),
    ("ru", "parley excerpt RU-1 --provisions 1 -o one.file --evidence one.file", "use.same-file", {"file": "one.file"}),
    (
        "ru",
        "parley empower clerk.request --may read,fly --until 2022-12-31 --yes",
        "use.capabilities",
        {"text": "fly", "choices": CAPABILITIES},
    ),
    (
        "ru",
        "parley empower clerk.request --may , --until 2022-12-31 --yes",
        "use.capabilities",
        {"text": ",", "choices": CAPABILITIES},
    ),
    ("ru", "parley deposit --again US-1 --yes", "again.not-ours", {"reference": "US-1"}),
    ("ru", "parley deposit --again RU-1 --yes", "again.waits", {"reference": "RU-1"}),
    ("ru", "parley reply RU-1 paper.md --yes", "reply.to-ourselves", {"reference": "RU-1"}),
    (
        "ru",
        "parley deposit нота.md --to us --role note --terms essence --yes",
        "use.language-unsaid",
        {"file": "нота.md"},
    ),
    ("ru", "parley deposit paper.md --role response", "act.response-to-nothing", {}),
    ("ru", "parley show RU1", "reference.form", {"reference": "RU1", "near": "RU-1"}),
    ("ru", "parley show 'us 12'", "reference.form", {"reference": "us 12", "near": "US-12"}),
    ("ru", "parley show 'Ältere Note'", "reference.form", {"reference": "Ältere Note"}),
    ("office", "parley depositary serve office --tls-cert paper.md", "use.tls-both", {}),
    ("office", "parley depositary serve office --tls-key paper.md", "use.tls-both", {}),
]


@pytest.fixture
def papers(stage: Stage) -> Stage:
    """A paper each way that nobody has signed for, and the request of an officer."""
    (stage.folder / "paper.md").write_text("# Letter\n\nWords.\n", "utf-8")
    (stage.folder / "нота.md").write_text("# Нота\n\nСлова.\n", "utf-8")
    must(stage.run("ru", "parley deposit paper.md --to us --role note --terms essence --yes"))
    must(stage.run("us", "parley deposit paper.md --to ru --role note --terms essence --yes"))
    must(stage.run("us", "parley inbox"))
    must(stage.run("ru", "parley inbox"))
    must(stage.run("ru", "parley officers -o ru.office"))
    must(stage.run("clerk", "parley init ru.office --name Clerk"))
    return stage


def files(stage: Stage) -> set[Path]:
    """Every file there is, but for those that SQLite has beside its own while it is open."""
    return {path for path in stage.folder.rglob("*") if not path.name.endswith(("-wal", "-shm"))}


def test_a_line_that_cannot_be_meant(papers: Stage) -> None:
    assert papers.served is not None
    before, size = files(papers), papers.served.depositary.view.size
    for actor, line, code, details in WRONG:
        done = papers.run(actor, line, [])
        assert done.error is not None, (line, done.said)
        assert (done.error.code, done.error.details) == (code, details), line
        assert done.code == (2 if isinstance(done.error, Malformed) else 3), line
        assert done.said.count("\n") == 1, (line, done.said)
        assert files(papers) == before, line
    assert papers.served.depositary.view.size == size
