"""Papers that do not open here, or not yet: why is said, and nothing is signed, kept or written for them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec import structs

from parley.act import Deposit, Opening
from parley.canonical import Time
from parley.client import Delegation
from parley.client.home import LEDGER
from parley.client.ledger import Ledger
from parley.crypto import sha256
from parley.depositary import duties
from parley.errors import Invalid, Refused, Unavailable
from tests.client.places import Failing, Office, draft_file, trust_each_other, two


def _refused(step: Callable[[], object]) -> tuple[str, dict[str, str | int]]:
    with pytest.raises(Refused) as caught:
        step()
    return caught.value.code, caught.value.details


def _held(us: Delegation) -> str:
    """A paper of us like its first, of which only the commitment is deposited, as another home of theirs made it."""
    session = us._session
    (negotiation,) = session.known.world.negotiations.values()
    act = negotiation.in_order()[0].act
    opening = Opening(kind="held", round=None, time=None)

    def build() -> Deposit:
        members = session.common(negotiation.id, session.keyring.signing)
        return structs.replace(act, **members, opening=opening, header=None, payload=None, cover=None)

    session.perform("a held paper", build, about="US-2")
    return us.show("US-2").reference


def test_a_held_paper_is_signed_for_and_opens_nowhere_but_where_it_was_made(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    reference = _held(us)
    received = ru.receive(reference, terms="accepted")
    assert (received.receipt is None, received.handed_over, received.matches, received.fault) == (
        False,
        False,
        False,
        None,
    )
    assert ru.show(reference).deliveries[0].state == "received"
    assert ru.show(reference).may == ()
    assert _refused(lambda: ru.read(reference))[0] == "paper.not-handed-over"
    assert us.show(reference).may == ()
    (tmp_path / "taken").mkdir()
    for step in (lambda: us.read(reference), lambda: us.extract(reference, tmp_path / "taken")):
        assert _refused(step) == ("paper.held-elsewhere", {})
    assert list((tmp_path / "taken").iterdir()) == []
    assert ru.receive("US-1", terms="accepted").matches


def test_a_paper_signed_for_and_not_handed_over_yet(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The depositary takes its time: the receipt stands, nothing opens, nothing more is signed."""
    ru, us = two(office, tmp_path)
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    with monkeypatch.context() as patched:
        patched.setattr(duties, "_handover", lambda *_: [])
        received = ru.receive("US-1", terms="accepted")
        assert (received.handed_over, received.matches, received.receipt is None) == (False, False, False)
        said = ("paper.not-handed-over", {"reference": "US-1", "state": "received"})
        assert _refused(lambda: ru.read("US-1")) == said
        outbox = ru._session.ledger.outbox()
        path = tmp_path / "confirmation.draft"
        assert _refused(lambda: ru.preparing(path).receive("US-1", terms="accepted")) == said
        assert (path.exists(), ru._session.ledger.outbox()) == (False, outbox)
    sequencer = office.desk.depositary.sequencer
    sequencer.duties.find_again(sequencer.view.world)
    office.pass_(1)
    assert ru.receive("US-1", terms="accepted").matches
    assert ru.read("US-1").document.title == "Draft"


def test_a_paper_between_others_is_not_opened_to_be_cited(office: Office, tmp_path: Path) -> None:
    names = {"us": "United States", "ru": "Russian Federation", "fr": "France"}
    us, ru, fr = (office.party(tmp_path, party, name) for party, name in names.items())
    trust_each_other(us, ru, fr)
    us.convene("Security guarantees", ["ru", "fr"], handle="amber-heron")
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    fr.join("amber-heron")
    sealed = set((tmp_path / "fr" / "sealed").iterdir())
    citing = draft_file(tmp_path, "# Note\n\n## Article 1\n\nRe: US-1 Article 1: accept\n\nWe agree.\n")
    step = lambda: fr.prepare(citing, to=["us"], role="note", terms="essence")  # noqa: E731
    assert _refused(step) == ("paper.not-ours-to-open", {})
    assert _refused(lambda: fr.read("US-1")) == ("paper.not-a-recipient", {"party": "fr"})
    assert (fr.drafts(), set((tmp_path / "fr" / "sealed").iterdir())) == ((), sealed)


def test_a_draft_that_was_signed_is_not_forgotten(office: Office, tmp_path: Path) -> None:
    _, us = two(office, tmp_path)
    draft = us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence")
    parts = set((tmp_path / "us" / "sealed").iterdir())
    for good in range(20):  # until the act itself was sent, and its answer lost
        us._session.remote._transport = Failing(office.transport, good, lose_answer=True)
        with pytest.raises(Unavailable):
            us.send(draft)
        if us._session.ledger.waiting():
            break
    assert _refused(lambda: us.discard(draft.id)) == ("draft.signed", {})
    assert us.drafts() == (draft,)
    assert set((tmp_path / "us" / "sealed").iterdir()) >= parts
    us._session.remote._transport = office.transport
    assert us.send(draft).reference == "US-1"


def test_an_act_that_is_not_held_here_has_no_place(office: Office, tmp_path: Path) -> None:
    ru, _ = two(office, tmp_path)
    with pytest.raises(Invalid) as caught:
        ru._session.known.at(sha256(b"an act of elsewhere"))
    assert (caught.value.code, caught.value.details) == ("ledger.unknown-act", {})


def test_nothing_is_proven_by_a_home_without_a_checkpoint(office: Office, tmp_path: Path) -> None:
    """It has lost what the depositary signed; reading on brings it back."""
    ru, us = two(office, tmp_path)
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence"))
    ru.sync()
    ru.close()
    ledger = Ledger(tmp_path / "ru" / LEDGER)
    ledger._db.execute("DELETE FROM checkpoint")
    ledger.close()
    ru = office.open(tmp_path / "ru")
    with pytest.raises(Unavailable) as caught:
        ru.evidence("US-1")
    assert (caught.value.code, caught.value.details) == ("log.no-checkpoint", {})
    ru.sync()
    assert ru.evidence("US-1")


def test_a_paper_opens_at_its_time_and_not_before(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    opens = Time(office.clock() + 3_600_000)
    opening = Opening(kind="not_before", round=None, time=opens)
    draft = us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence", opens=opening)
    assert (draft.opening, draft.opens) == ("not_before", opens)
    us.send(draft)
    received = ru.receive("US-1", terms="accepted")
    assert (received.handed_over, received.paper.opens) == (False, opens)
    assert _refused(lambda: ru.read("US-1")) == ("paper.opens-later", {"reference": "US-1", "time": opens.to_text()})
    office.pass_(3_600_000)
    again = ru.receive("US-1", terms="accepted")
    assert (again.handed_over, again.matches) == (True, True)
    assert ru.read("US-1").document.title == "Draft"
