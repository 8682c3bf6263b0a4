"""Papers that are held: only what binds is deposited, what they say lies in one home, and opens there alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from parley.answers import subject_of_act
from parley.client import Delegation, holding
from parley.client.holding import HELD, Held
from parley.client.opening import open_paper
from parley.client.references import find
from parley.client.views import Draft
from parley.client.wish import Wish
from parley.crypto import Digest, sha256
from parley.disclosure import check
from parley.document import Document, File, Language, Prevails, Provision
from parley.errors import Refused
from parley.identifiers import Kind
from tests.client.places import Office, two

FILE = b'{"seed":"' + b"07" * 32 + b'"}'
WISH = Wish(to=["ru"], role="note", terms="confidential")


def document(data: bytes = FILE) -> Document:
    words = Provision(
        number=1,
        kind=Kind.ARTICLE,
        label="1",
        heading="Seed",
        words="A seed for a draw.",
        language="en",
        e_id="art_1",
        w_id="art_1",
        parent=0,
        requires=(),
        answers=(),
    )
    return Document(
        title="A seed",
        standing="formal",
        languages=(Language(language="en", status="authentic", first=1, last=1),),
        prevails=Prevails.ORIGINAL,
        attachments=(),
        original=File(name="seed.json", media_type="application/json", size=len(data), sha256=sha256(data)),
        provisions=(words,),
        version=1,
    )


def held(us: Delegation, *, commitment: Digest | None = None, subjects: list[Digest] | None = None) -> Draft:
    def make(subject: Digest) -> Held:
        if subjects is not None:
            subjects.append(subject)
        return Held(document=document(), file=FILE, commitment=commitment)

    return holding.hold(us._session, None, WISH, make)


def test_a_held_paper_binds_its_sender_and_tells_nobody_anything(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    subjects: list[Digest] = []
    draft = held(us, subjects=subjects)
    assert (draft.opening, draft.title, draft.role) == ("held", "A seed", "note")
    reference = us.send(draft).reference
    _, paper = find(us._session, reference, signing=False)
    act = paper.act
    assert (act.opening, act.cover, act.header, act.payload) == (HELD, None, None, None)
    assert subjects == [subject_of_act(act)]
    opened, data = holding.opened(us._session, act)
    assert data == FILE
    # Whoever is given document and seal later can check that this is what was deposited.
    check(opened.document, opened.seal, subject=subject_of_act(act), commitment=act.commitment)
    assert us.read(reference).document == document()
    ru.sync()
    with pytest.raises(Refused) as caught:
        open_paper(ru._session, act)
    assert caught.value.code == "paper.held"
    assert all(FILE not in path.read_bytes() for path in (tmp_path / "us").rglob("*") if path.is_file())


def test_another_commitment_is_deposited_as_it_is_given(office: Office, tmp_path: Path) -> None:
    _, us = two(office, tmp_path)
    commitment = sha256(b"of something else")
    reference = us.send(held(us, commitment=commitment)).reference
    _, paper = find(us._session, reference, signing=False)
    assert paper.act.commitment == commitment
    assert holding.opened(us._session, paper.act)[1] == FILE


def test_a_draft_that_is_discarded_leaves_nothing_in_the_home(office: Office, tmp_path: Path) -> None:
    _, us = two(office, tmp_path)
    before = set((tmp_path / "us" / "sealed").iterdir())
    draft = held(us)
    assert set((tmp_path / "us" / "sealed").iterdir()) > before
    us.discard(draft.id)
    assert set((tmp_path / "us" / "sealed").iterdir()) == before
    assert us._session.ledger.all_kept("held") == {}


def test_what_is_held_stays_here_when_a_draft_file_takes_its_deposit_along(office: Office, tmp_path: Path) -> None:
    """The seal travels from hand to hand; what it binds to never leaves this home."""
    _, us = two(office, tmp_path)
    path = tmp_path / "held.draft"
    prepared = us.preparing(path).deposit(held(us))
    assert prepared.deposit is not None
    assert prepared.deposit.title == "A seed"
    us.sign_file(path, prepared)
    reference = us.send_file(path).reference
    _, paper = find(us._session, reference, signing=False)
    assert holding.opened(us._session, paper.act)[1] == FILE


def test_what_ended_unsigned_is_not_handed_over_again(office: Office, tmp_path: Path) -> None:
    """Its seal stands in the log all the same, and binds."""
    ru, us = two(office, tmp_path)
    reference = us.send(held(us)).reference
    ru.refuse(reference, reason="other", words=())
    us.sync()
    assert us.show(reference).may == ("read",)
    with pytest.raises(Refused) as caught:
        us.prepare_again(reference)
    assert caught.value.code == "again.held"
