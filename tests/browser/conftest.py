"""One negotiation, with a real depositary and real releases; the files that come of it; one browser to read them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from parley import evidence
from parley.act import Genesis, RegisterAct
from parley.canonical import Base64, Time
from parley.client import Delegation, Ports
from parley.client.home import Home
from parley.client.opening import open_paper
from parley.client.proving import logged
from parley.client.references import find
from parley.client.session import Session
from parley.disclosure import OpenedLeaf, Openings
from parley.policy import Trust
from parley.record import page
from tests.browser.browser import Browser, install
from tests.cli.stage import PASSPHRASE, Stage, found, free_port, must

SAMPLES = Path(page.__file__).parents[1] / "samples"
SHOWN = "section 2(1), section 4(a)"
"""Of the response; with each, the heading or the opening words above it must be read."""


@dataclass(frozen=True)
class Files:
    """What the negotiation left: pages by their language, evidence by what became of it, a trust file."""

    folder: Path

    def __getitem__(self, name: str) -> Path:
        return self.folder / name


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    install()
    opened = Browser()
    try:
        yield opened
    finally:
        opened.close()


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    stage = Stage(tmp_path_factory.mktemp("negotiated"), free_port())
    found(stage)
    stage.start()
    try:
        _leak(stage.folder)
        _negotiate(stage)
        _spoil(stage.folder)
        _cut(stage, "unreleased.evidence", 1)
        _release_without_opening_words(stage)
        _cut(stage, "incomplete.evidence", 9)
    finally:
        stage.stop()
    return Files(stage.folder)


def _negotiate(stage: Stage) -> None:
    """A draft, a response under the terms `essence`, the same provisions released by both, and a paper nobody took."""
    for name in ("draft-treaty.md", "response.md", "letter.md"):
        shutil.copy(SAMPLES / name, stage.folder)
    for actor, line in (
        ("ru", "parley deposit draft-treaty.md --to us --role proposal --terms public --yes"),
        ("us", "parley receive RU-1 --accept --yes"),
        ("us", "parley reply RU-1 response.md --terms essence --standing non_paper --yes"),
        ("ru", "parley receive US-1 --under-reserve --yes"),
        ("ru", f"parley release US-1 --provisions '{SHOWN}' --yes"),
        ("us", f"parley release US-1 --provisions '{SHOWN}' --yes"),
        ("us", f"parley excerpt US-1 --provisions '{SHOWN}' -o en.html --evidence essence.evidence --yes"),
        ("ru", f"parley excerpt US-1 --provisions '{SHOWN}' -o fr.html --language fr --yes"),
        ("ru", f"parley excerpt US-1 --provisions '{SHOWN}' -o ru.html --language ru --yes"),
        ("ru", "parley deposit letter.md --to us --role note --terms public --yes"),
        ("ru", "parley release RU-2 --provisions 1 --yes"),
        ("ru", "parley excerpt RU-2 --provisions 1 -o unreceived.html --evidence unreceived.evidence --yes"),
        ("ru", "parley print RU-1 -o slip.html"),
        ("ru", "parley register -o register.html"),
        ("us", "parley compare RU-1 leaked.txt --html changes.html"),
    ):
        must(stage.run(actor, line))
    _trust_of_a_stranger(stage)


def _trust_of_a_stranger(stage: Stage) -> None:
    """A party's trust file names the others; a stranger's, put together of two, names both."""
    for actor in ("ru", "us"):
        must(stage.run(actor, f"parley trust -o {actor}.trust"))
    ours, theirs = (Trust.parse((stage.folder / f"{actor}.trust").read_text("utf-8")) for actor in ("ru", "us"))
    parties = {each.party: each for trust in (ours, theirs) for each in trust.parties}
    whole = Trust(policy=ours.policy, parties=tuple(parties[name] for name in sorted(parties)))
    (stage.folder / "both.trust").write_text(whole.to_text(), "utf-8")


def _leak(folder: Path) -> None:
    """A copy of the draft in which some words are others, and some stand nowhere."""
    text = (SAMPLES / "draft-treaty.md").read_text("utf-8").replace("any further", "a further").replace("heavy", "all")
    (folder / "leaked.txt").write_text(text.partition("## Article 8")[0] + "\nNobody would comment.\n", "utf-8")


def _spoil(folder: Path) -> None:
    """What somebody makes of the excerpt: a word changed, or words left out; in the evidence, or on the page alone."""
    honest = evidence.parse((folder / "essence.evidence").read_bytes())
    opening = honest.opening
    assert opening is not None
    before, after = b"mutual transparency", b"unilateral transparency"
    assert any(before in leaf.data for leaf in opening.leaves)
    forged = [_with_words(leaf, before, after) for leaf in opening.leaves]
    trimmed = [leaf for leaf in opening.leaves if b"We are ready to work on confidence" not in leaf.data]
    assert len(trimmed) == len(opening.leaves) - 1
    for name, leaves in (("forged", forged), ("trimmed", trimmed)):
        cut = Openings(blind=opening.blind, leaves=tuple(leaves), total=opening.total)
        changed = replace(honest, opening=cut)
        (folder / f"{name}.evidence").write_bytes(changed.encode())
    drawn = (folder / "en.html").read_text("utf-8").replace(before.decode(), after.decode(), 1)
    (folder / "drawn.html").write_text(drawn, "utf-8")


def _with_words(leaf: OpenedLeaf, before: bytes, after: bytes) -> OpenedLeaf:
    return OpenedLeaf(data=Base64(leaf.data.replace(before, after)), number=leaf.number, proof=leaf.proof)


def _release_without_opening_words(stage: Stage) -> None:
    """Both sides agree to show one point without the words that it follows; the `parley` command adds those."""
    for actor in ("ru", "us"):
        ports = Ports(clock=lambda: Time(stage.clock()))
        with Delegation.open(stage.folder / actor, lambda: PASSPHRASE, ports=ports) as delegation:
            delegation.release("US-1", provisions=[9])


def _cut(stage: Stage, name: str, number: int) -> None:
    """A party's own program cuts one provision out of the response, whatever was agreed."""
    home = Home.open(stage.folder / "ru")
    session = Session.open(home, lambda: PASSPHRASE, tls_ca=None, ports=Ports(clock=lambda: Time(stage.clock())))
    try:
        session.sync()
        _, paper = find(session, "US-1", signing=False)
        everything = [logged(session, act) for act in session.known.acts.values()]
        support = [item for item in everything if isinstance(item.signed.act, Genesis | RegisterAct)]
        deposit = next(item for item in everything if item.signed.digest == paper.digest)
        opening = open_paper(session, paper.act).committed.reveal([number])
        data = evidence.excerpt(deposit, everything, opening, support=support).encode()
    finally:
        session.close()
    (stage.folder / name).write_bytes(data)
