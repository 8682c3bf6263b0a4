"""Papers taken into memory: the original alone, whatever else was sealed with it; one paper stops no reader."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from msgspec import structs

from parley import envelope
from parley.act import Deposit
from parley.client import Delegation, drafting, opening
from parley.client.opening import NotTheSealed, open_file, open_paper
from parley.client.references import find
from parley.client.source import Source, source_of
from parley.client.wish import Wish
from parley.document import file_of
from parley.envelope import Part
from parley.errors import Invalid
from parley.measures.content import write_content
from parley.measures.escrow_answers import answer
from parley.measures.escrow_papers import AnswerPaper
from parley.measures.paper_text import MEDIA_TYPE, document_of
from tests.client.places import Office, draft_file
from tests.client.test_escrows import BY_NAME, both, codes, give, handed, opened, sealed, secret
from tests.client.test_measures import AGREEMENT, available, sent
from tests.measures.test_content import content

ANNEX = b"x" * 300_000


def notice(data: bytes | None = None, annex: bytes = b"") -> Source:
    """A notice as the client makes it; beside it an annex, in place of its file other bytes."""
    file = write_content(content()) if data is None else data
    original = file_of("notice.toml", MEDIA_TYPE, file)
    source = source_of(document_of(content(), AGREEMENT, original, language="en"), file)
    if not annex:
        return source
    named = file_of("annex.bin", "application/octet-stream", annex)
    part = Part(name=named.name, size=named.size, open=lambda: BytesIO(annex), digest=named.sha256)
    document = structs.replace(source.document, attachments=(named,))
    return Source(document=document, attachments=(part,), original=source.original, removed=())


def give_notice(ru: Delegation, us: Delegation, source: Source) -> str:
    wish = Wish(to=["us"], role="notification", terms="public", at_once=True)
    reference = ru.send(drafting.prepare_read(ru._session, source, None, wish)).reference
    available(us, reference)
    return reference


def act_of(home: Delegation, reference: str) -> Deposit:
    return find(home._session, reference, signing=False)[1].act


def test_the_original_comes_into_memory_and_nothing_else(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ru, us = both(office, tmp_path)
    reference = give_notice(ru, us, notice(annex=ANNEX))
    monkeypatch.setattr(envelope, "MAX_IN_MEMORY", len(ANNEX) - 1)
    monkeypatch.setattr(opening, "LARGEST_FILE", len(write_content(content())))
    found, data = open_file(us._session, act_of(us, reference))
    assert data == write_content(content())
    checked = open_paper(us._session, act_of(us, reference))
    assert (found.document, found.parts, found.seal) == (checked.document, checked.parts, checked.seal)
    assert [part.content for part in found.parts] == [None, None]


def test_a_paper_without_an_original_has_no_file(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    (tmp_path / "annex.txt").write_bytes(b"an annex")
    draft = ru.prepare(
        draft_file(tmp_path), to=["us"], role="note", terms="public", at_once=True, attach=(tmp_path / "annex.txt",)
    )
    reference = give(ru, us, draft)
    found, data = open_file(us._session, act_of(us, reference))
    assert ([part.name for part in found.parts], data) == (["annex.txt"], b"")


def test_an_original_over_the_bound_is_a_fault_of_that_paper(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ru, us = both(office, tmp_path)
    large = write_content(content()) + b"#" * 1_000
    first, second = give_notice(ru, us, notice(large)), sent(ru)
    available(us, second)
    monkeypatch.setattr(opening, "LARGEST_FILE", len(large))
    assert open_file(us._session, act_of(us, first))[1] == large
    monkeypatch.setattr(opening, "LARGEST_FILE", len(large) - 1)
    with pytest.raises(Invalid) as caught:
        open_file(us._session, act_of(us, first))
    assert not isinstance(caught.value, NotTheSealed)  # its sender did nothing that a fault could be signed for
    assert (caught.value.code, caught.value.details) == ("paper.file-too-large", {"most": len(large) - 1})
    for home in (ru, us):
        assert [each.reference for each in home.measures.filed(AGREEMENT)] == [second]


def test_a_paper_with_a_large_annex_is_read_among_the_others(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ru, us = both(office, tmp_path)
    monkeypatch.setattr(envelope, "MAX_IN_MEMORY", len(ANNEX) - 1)
    reference = give_notice(ru, us, notice(annex=ANNEX))
    for home in (ru, us):
        (found,) = home.measures.underway().opened.values()
        assert (len(found[0].attachments), found[1]) == (1, write_content(content())), reference


def test_an_escrow_is_read_past_a_paper_that_is_too_large(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ru, us = both(office, tmp_path)
    held = sealed(ru, us)
    first = opened(ru, us, held)
    size = len(open_file(us._session, act_of(us, first))[1])
    found = answer(secret(ru, held), "Base 3")
    hostile = give(
        us, ru, handed(us, AnswerPaper(answer=found, kind="answer", padding="0" * size), BY_NAME, "ru", held)
    )
    monkeypatch.setattr(opening, "LARGEST_FILE", size)
    for home in (ru, us):
        story = home.escrows.story(held)
        assert [each.opened_by for each in story.steps[:1]] == [(first,)]
        assert (codes(story), story.waiting) == ([(hostile, "paper.file-too-large")], [])
