"""A dishonest sender: what was sealed is not what the deposit says. The recipient has signed, and says so."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from parley import canonical
from parley.canonical import decode
from parley.client import Delegation, drafting, kept_drafts
from parley.crypto import sha256
from parley.disclosure import Blind, Seal
from parley.document import Document
from parley.envelope import Bundle, Cover, Part, seal
from parley.errors import Refused
from parley.policy import Trust
from parley.verdict import Result, verify
from tests.client.places import Office, draft_file, two

Change = Callable[[dict[str, Any]], None]


def _hand_over_spoiled(us: Delegation, folder: Path, monkeypatch: pytest.MonkeyPatch, change: Change) -> None:
    """Let the sender's own program seal something else than it commits to."""

    def dishonest(bundle: Bundle, cover: Cover, **said: Any) -> Any:
        members = {"bundle": bundle, "cover": cover, **said}
        change(members)
        return seal(members.pop("bundle"), members.pop("cover"), **members)

    annex = folder / "annex.txt"
    annex.write_text("The annex.", encoding="utf-8")
    monkeypatch.setattr(drafting, "seal", dishonest)
    draft = us.prepare(draft_file(folder), to=["ru"], role="proposal", terms="essence", attach=[annex])
    monkeypatch.undo()
    us.send(draft)


def _document(bundle: Bundle) -> Document:
    return decode(bundle.document, Document)


def _other_words(said: dict[str, Any]) -> None:
    document = _document(said["bundle"])
    changed = structs.replace(document.provisions[0], words="Other words.")
    document = structs.replace(document, provisions=(changed, *document.provisions[1:]))
    said["bundle"] = _with(said["bundle"], document=document.to_bytes())


def _with(bundle: Bundle, **changes: Any) -> Bundle:
    members = {
        "document": bundle.document,
        "seal": bundle.seal,
        "attachments": bundle.attachments,
        "original": bundle.original,
    }
    return Bundle(**(members | changes))


def _other_blind(said: dict[str, Any]) -> None:
    bundle = said["bundle"]
    said["bundle"] = _with(bundle, seal=Seal(blind=Blind(bytes(32)), seed=bundle.seal.seed))


def _other_annex(said: dict[str, Any]) -> None:
    part = Part(name="annex.txt", size=3, open=lambda: io.BytesIO(b"No."))
    said["bundle"] = _with(said["bundle"], attachments=(part,))


def _no_annex(said: dict[str, Any]) -> None:
    said["bundle"] = _with(said["bundle"], attachments=())


def _one_file_more(said: dict[str, Any]) -> None:
    more = Part(name="more.txt", size=3, open=lambda: io.BytesIO(b"No."))
    said["bundle"] = _with(said["bundle"], attachments=(*said["bundle"].attachments, more))


def _no_document(said: dict[str, Any]) -> None:
    said["bundle"] = _with(said["bundle"], document=b"{}")


def _hidden_words(said: dict[str, Any]) -> None:
    value = canonical.decode_any(said["bundle"].document)
    value["provisions"][0]["words"] = "pay\u200bment"
    said["bundle"] = _with(said["bundle"], document=canonical.encode(value))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_other_words, "not_the_sealed_text"),
        (_other_blind, "not_the_sealed_text"),
        (_other_annex, "not_the_sealed_text"),
        (_no_annex, "not_the_sealed_text"),
        (_one_file_more, "not_the_sealed_text"),
        (_no_document, "form"),
        (_hidden_words, "words"),
    ],
)
def test_a_fault_is_found_signed_and_proven(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Change, reason: str
) -> None:
    ru, us = two(office, tmp_path)
    _hand_over_spoiled(us, tmp_path, monkeypatch, change)
    received = ru.receive("US-1", terms="accepted")
    assert (received.matches, received.fault, received.handed_over) == (False, reason, True)
    (delivery,) = received.paper.deliveries
    assert (delivery.state, delivery.fault_reason) == ("faulted", reason)
    again = ru.receive("US-1", terms="accepted")
    assert again.already is not None
    assert again.fault == reason
    us.sync()
    assert us.show("US-1").deliveries[0].state == "faulted"
    assert verify(ru.evidence("US-1"), Trust.parse(ru.trust_file())).result is Result.PROVEN
    (tmp_path / "out").mkdir()
    with pytest.raises(Exception):  # noqa: B017 - one of the four families, whichever the fault is of
        ru.extract("US-1", tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def _spoil_cover(us: Delegation, folder: Path, monkeypatch: pytest.MonkeyPatch, other: bytes | None) -> None:
    """Hand over a cover of another paper, or one that opens for nobody."""
    from parley.client.kept_drafts import KIND, KeptDraft

    draft = us.prepare(draft_file(folder), to=["ru"], role="proposal", terms="essence", subject="This")
    session = us._session
    kept = kept_drafts.kept_draft(session, draft.id)
    cover = kept.deposit.cover
    assert cover is not None
    data = session.home.sealed(cover.digest).read_bytes()
    if other is None:
        changed = bytearray(data)
        changed[-1] ^= 1
        other = bytes(changed)
    session.home.sealed(sha256(other)).write_bytes(other)
    deposit = structs.replace(kept.deposit, cover=structs.replace(cover, digest=sha256(other)))
    spoiled = KeptDraft(deposit=deposit, our_ref=None, removed=())
    session.ledger.keep(KIND, draft.id, canonical.encode(spoiled))
    us.send(draft)


def test_a_cover_that_does_not_open(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ru, us = two(office, tmp_path)
    _spoil_cover(us, tmp_path, monkeypatch, None)
    (waiting,) = ru.inbox().for_us
    assert waiting.cover is None
    received = ru.receive("US-1", terms="accepted")
    assert received.fault == "does_not_open"


def test_another_cover_outside_than_inside(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ru, us = two(office, tmp_path)
    other = us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence", subject="That")
    cover = kept_drafts.kept_draft(us._session, other.id).deposit.cover
    assert cover is not None
    _spoil_cover(us, tmp_path, monkeypatch, us._session.home.sealed(cover.digest).read_bytes())
    (waiting,) = ru.inbox().for_us
    assert waiting.cover is not None
    assert waiting.cover.subject == "That"
    assert ru.receive("US-1", terms="accepted").fault == "cover_differs"


def test_a_fault_of_ones_own_finding(office: Office, tmp_path: Path) -> None:
    """Said by hand it needs a receipt first, and once said or confirmed it is not said again."""
    ru, us = two(office, tmp_path)
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    ru.join("amber-heron")
    for _ in range(2):
        with pytest.raises(Refused) as caught:
            ru.fault("US-1", reason="form")
        assert caught.value.code == "paper.not-now"
        if ru.show("US-1").deliveries[0].state == "waiting":
            ru.receive("US-1", terms="accepted")
    assert ru._session.ledger.waiting() == []
