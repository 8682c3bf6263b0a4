"""Three hands and two officers: prepared at one machine, signed at others, sent from any; a draft shows nothing."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from parley import statement
from parley.act import Capability, Confirmation, Deposit, Fault, Holder, Receipt, Words
from parley.age import FILE_KEY, open_small, seal_header, seal_small
from parley.canonical import Time
from parley.client import Delegation, draft_file, request_office
from parley.client.draft_view import Prepared
from parley.crypto import sha256
from parley.draft import Draft, draft_of, read_draft
from parley.errors import Invalid, Malformed, ParleyError, Refused, Unavailable
from parley.sealed_shape import NONCE
from tests.client.places import DAY, PASSPHRASE, Failing, Office, two
from tests.client.places import draft_file as text_file
from tests.client.test_faults import _hand_over_spoiled, _other_words
from tests.client.test_signing_stopped import _alarmed, _stopped

ALL: tuple[Capability, ...] = ("deposit", "manage", "read", "receive", "release")


def _officer(
    office: Office, folder: Path, chief: Delegation, name: str, may: Sequence[Capability], *, needs: int = 2
) -> Delegation:
    """An officer's own machine, empowered, that has read on and compared nobody's number."""
    home, party = folder / name, chief.me().party
    request = request_office(
        home,
        chief.office_file(),
        passphrase=PASSPHRASE,
        holder=Holder(name=name, office=""),
        ports=office.ports(name),
    )
    root = chief.open_root(folder / f"{party}-root" / "root.key", PASSPHRASE)
    chief.empower(request, root=root, may=may, until=Time(office.clock() + 200 * DAY), needs=needs)  # type: ignore[arg-type]
    delegation = office.open(home)
    delegation.sync()
    return delegation


class Desk:
    """ru with two officers who only sign together, and us; in a negotiation that ru has not joined."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.office, self.folder = office, folder
        self.ru, self.us = two(office, folder)
        self.first = _officer(office, folder, self.ru, "ivanov", ALL)
        self.second = _officer(office, folder, self.ru, "orlova", ALL)
        for each in (self.first, self.second):
            each.sync()
            each.trust("us", self.us.me().number)

    def text(self) -> Path:
        return text_file(self.folder)

    def prepare(self, path: Path) -> Prepared:
        """A note to us, prepared by the first officer for both."""
        made = self.first.prepare(self.text(), to=["us"], role="note", terms="essence")
        return self.first.preparing(path, ["ivanov", "orlova"]).deposit(made)

    def both(self, path: Path) -> None:
        for each in (self.second, self.first):
            each.sign_file(path, each.show_file(path))


@pytest.fixture
def desk(office: Office, tmp_path: Path) -> Desk:
    return Desk(office, tmp_path)


def _sealed(delegation: Delegation) -> set[str]:
    return {path.name for path in (delegation._session.home.folder / "sealed").iterdir()}


def test_a_paper_of_two_officers_joins_and_is_signed_for(desk: Desk, tmp_path: Path) -> None:
    path, before = tmp_path / "note.draft", _sealed(desk.first)
    found = desk.prepare(path)
    assert (found.joins, found.complete, [each.signed for each in found.signers]) == (True, False, [False, False])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert _sealed(desk.first) == before, "what was prepared lies in the file, and nowhere else"
    assert desk.first.drafts() == ()
    shown = desk.second.show_file(path)
    assert shown.document is not None
    assert shown.document.title == "Draft"
    assert shown.shown == found.shown
    first = desk.second.sign_file(path, shown)
    assert [each.signed for each in first.signers] == [each.is_me for each in first.signers]
    again = desk.second.sign_file(path, desk.second.show_file(path))
    assert again == first, "signing twice changes nothing"
    with pytest.raises(Refused) as unsigned:
        desk.second.send_file(path)
    assert unsigned.value.code == "draft.unsigned"
    assert unsigned.value.details["names"] == "ivanov"
    assert desk.first.sign_file(path, desk.first.show_file(path)).complete
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    entered = desk.ru.send_file(path)
    assert (entered.reference, entered.already) == ("RU-1", False)
    assert desk.ru.send_file(path).already
    assert desk.second.send_file(path).index == entered.index
    received = desk.us.receive("RU-1", terms="accepted")
    assert received.matches
    assert [item.name for item in tmp_path.iterdir() if item.name.startswith(".")] == []
    assert desk.us.audit().bad is None
    assert desk.ru.audit().bad is None


def test_until_the_last_signature_a_draft_opens_for_its_own_party_alone(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "note.draft"
    act = desk.prepare(path).act
    assert isinstance(act, Deposit)
    parts: dict[str, bytes] = {}

    def collect() -> Draft:
        parts.clear()
        return read_draft([path.read_bytes()], lambda place, data: parts.update({place.path: b"".join(data)}))

    collect()
    (theirs,) = desk.us._session.box().reading
    (ours,) = desk.ru._session.box().reading
    shut = [data for name, data in parts.items() if name.startswith("shut/")]
    assert len(shut) == 2
    for data in shut:
        assert sha256(open_small(data, ours)) in (act.cover.digest, act.header.digest)  # type: ignore[union-attr]
        with pytest.raises(Invalid):
            open_small(data, theirs)
    with pytest.raises(Refused) as caught:
        desk.us.show_file(path)
    assert caught.value.code == "draft.other-party"
    desk.both(path)
    collect()
    assert not any(name.startswith("shut/") for name in parts)


def test_who_may_not_read_sees_the_act_and_signs_nothing_unseen(desk: Desk, tmp_path: Path) -> None:
    blind = _officer(desk.office, tmp_path, desk.ru, "blind", ["deposit", "manage"], needs=1)
    path = tmp_path / "note.draft"
    desk.prepare(path)
    shown = blind.show_file(path)
    assert (shown.document, shown.deposit) == (None, None)
    assert isinstance(shown.act, Deposit)
    with pytest.raises(Refused) as caught:
        blind.sign_file(path, shown, officers=["blind"], unconfirmed=True)
    assert caught.value.code == "keybox.not-for-us"


def test_a_machine_that_only_carries(desk: Desk, tmp_path: Path) -> None:
    clerk = _officer(desk.office, tmp_path, desk.ru, "clerk", ["carry"], needs=1)
    path = tmp_path / "note.draft"
    desk.prepare(path)
    desk.both(path)
    assert clerk.send_file(path).reference == "RU-1"
    assert desk.us.receive("RU-1", terms="accepted").matches


def test_what_was_shown_is_what_is_signed(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "note.draft"
    desk.prepare(path)
    shown = desk.second.show_file(path)
    path.unlink()
    desk.prepare(path)
    kept = path.read_bytes()
    with pytest.raises(Refused) as caught:
        desk.second.sign_file(path, shown)
    assert caught.value.code == "draft.changed"
    assert path.read_bytes() == kept


def test_a_file_that_was_exchanged_while_it_was_open_is_not_written_over(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "note.draft"
    desk.prepare(path)
    session = desk.first._session
    with draft_file.opened(session, path) as found:
        path.rename(tmp_path / "old.draft")
        path.write_bytes(b"another")
        with pytest.raises(Refused) as caught:
            draft_file.replace(session, found, found.draft)
    assert caught.value.code == "draft.changed"
    assert path.read_bytes() == b"another"
    assert sorted(item.name for item in tmp_path.glob("*.draft*")) == ["note.draft", "old.draft"]


def test_the_first_signature_fixes_moment_place_and_signers(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "note.draft"
    before = desk.prepare(path).act
    desk.office.pass_(DAY)
    desk.us.send(desk.us.prepare(desk.text(), to=["ru"], role="note", terms="essence"))
    first = desk.second.sign_file(path, desk.second.show_file(path)).act
    assert (first.nonce, first.by) == (before.nonce, before.by)
    assert (first.after, first.claimed_time) != (before.after, before.claimed_time)
    desk.office.pass_(DAY)
    desk.us.send(desk.us.prepare(desk.text(), to=["ru"], role="note", terms="essence"))
    second = desk.first.sign_file(path, desk.first.show_file(path)).act
    assert second == first, "the second officer signs the very same bytes"
    desk.first.send_file(path)
    with pytest.raises(Refused) as fixed:
        desk.ru.sign_file(path, desk.ru.show_file(path), officers=["ivanov"])
    assert fixed.value.code == "draft.signers-fixed"


def test_other_signers_can_be_named_while_nobody_has_signed(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "note.draft"
    desk.prepare(path)
    chief = desk.ru.me().officer
    assert chief is not None
    with pytest.raises(Refused) as caught:
        desk.ru.sign_file(path, desk.ru.show_file(path))
    assert caught.value.code == "draft.not-a-signer"
    found = desk.ru.sign_file(path, desk.ru.show_file(path), officers=[chief.holder.name])
    assert found.complete
    assert [each.key for each in found.signers] == [chief.key]
    assert desk.second.send_file(path).reference == "RU-1"


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["ivanov"], "draft.officers-number"),
        (["ivanov", "orlova", "Officer of Russian Federation"], "draft.officers-number"),
        (["ivanov", "nobody"], "officer.unknown"),
        (["ivanov", "clerk"], "draft.not-able"),
        ([], "draft.which-officers"),
    ],
)
def test_signers_that_cannot_be(desk: Desk, tmp_path: Path, names: list[str], code: str) -> None:
    _officer(desk.office, tmp_path, desk.ru, "clerk", ["carry"], needs=1)
    desk.first.sync()
    made = desk.first.prepare(desk.text(), to=["us"], role="note", terms="essence")
    with pytest.raises(Refused) as caught:
        desk.first.preparing(tmp_path / "x.draft", names).deposit(made)
    assert caught.value.code == code
    assert not (tmp_path / "x.draft").exists()
    assert desk.first.drafts() == ()


def test_signers_are_found_where_only_one_choice_is_possible(desk: Desk, tmp_path: Path) -> None:
    """Alone where the powers allow; the only two, where they ask for two and a revoked chief is not among them."""
    alone = desk.ru.preparing(tmp_path / "a.draft").join("amber-heron")
    assert [each.is_me for each in alone.signers] == [True]
    root = desk.ru.open_root(tmp_path / "ru-root" / "root.key", PASSPHRASE)
    desk.first.revoke("Officer of Russian Federation", root=root)
    desk.first.sync()
    pair = desk.first.preparing(tmp_path / "b.draft").join("amber-heron")
    assert sorted(each.holder.name for each in pair.signers if each.holder) == ["ivanov", "orlova"]
    drafter = _officer_by(desk, tmp_path, root)
    assert [each.key for each in drafter.preparing(tmp_path / "c.draft").join("amber-heron").signers] == [
        each.key for each in pair.signers
    ]


def _officer_by(desk: Desk, folder: Path, root: object) -> Delegation:
    """An officer who may only read, empowered from a colleague's machine with the root's stick."""
    request = request_office(
        folder / "drafter",
        desk.first.office_file(),
        passphrase=PASSPHRASE,
        holder=Holder(name="drafter", office=""),
        ports=desk.office.ports("drafter"),
    )
    desk.first.empower(request, root=root, may=["read"], until=Time(desk.office.clock() + DAY))  # type: ignore[arg-type]
    delegation = desk.office.open(folder / "drafter")
    delegation.sync()
    delegation.trust("us", desk.us.me().number)
    return delegation


def test_one_alone_signs_nothing_and_knows_it(desk: Desk) -> None:
    assert desk.ru.alone("receive")
    assert not desk.first.alone("receive")
    with pytest.raises(Refused) as caught:
        desk.first.join("amber-heron")
    assert caught.value.code == "powers.second-officer"


# --- every act --------------------------------------------------------------------------------------------------

Act = Callable[[Desk, Path], Prepared]


def _together(desk: Desk, path: Path, prepare: Callable[[Path], Prepared]) -> Prepared:
    found = prepare(path)
    desk.both(path)
    desk.first.send_file(path)
    for each in (desk.ru, desk.first, desk.second, desk.us):
        each.sync()
    return found


def test_a_paper_taken_in_by_two_receipt_first_and_then_the_confirmation(desk: Desk, tmp_path: Path) -> None:
    desk.us.send(desk.us.prepare(desk.text(), to=["ru"], role="note", terms="essence"))
    for each in (desk.first, desk.second):
        each.sync()
    names = ["ivanov", "orlova"]
    found = _together(
        desk,
        tmp_path / "receipt.draft",
        lambda path: desk.first.preparing(path, names).receive("US-1", terms="under_reserve", our_ref="No. 1"),
    )
    assert (found.act.kind, found.joins) == ("receipt", True)
    view = desk.first.show("US-1")
    assert (view.deliveries[0].terms_taken, view.our_ref) == ("under_reserve", "No. 1")
    received = desk.first.receive("US-1", terms="accepted")
    assert received.matches
    assert received.paper.deliveries[0].state == "handed over", "one alone confirms nothing"
    found = _together(
        desk,
        tmp_path / "confirmation.draft",
        lambda path: desk.second.preparing(path, names).receive("US-1", terms="accepted"),
    )
    assert found.act.kind == "confirmation"
    assert desk.us.show("US-1").deliveries[0].state == "confirmed"
    with pytest.raises(Refused) as caught:
        desk.first.preparing(tmp_path / "x.draft", names).receive("US-1", terms="accepted")
    assert caught.value.code == "paper.said"


def test_all_other_acts_of_two_officers(desk: Desk, tmp_path: Path) -> None:
    names, number = ["ivanov", "orlova"], iter(range(100))

    def act(prepare: Callable[[Path], Prepared]) -> Prepared:
        return _together(desk, tmp_path / f"{next(number)}.draft", prepare)

    for _ in range(3):
        desk.us.send(desk.us.prepare(desk.text(), to=["ru"], role="note", terms="essence"))
    for each in (desk.first, desk.second):
        each.sync()
    assert act(lambda path: desk.first.preparing(path, names).join("amber-heron")).act.kind == "join"
    refused = act(lambda path: desk.first.preparing(path, names).refuse("US-1", reason="form"))
    assert (refused.act.kind, refused.joins) == ("refusal", False)
    act(lambda path: desk.first.preparing(path, names).receive("US-2", terms="accepted"))
    act(lambda path: desk.first.preparing(path, names).fault("US-2", reason="words"))
    assert [desk.us.show(name).deliveries[0].state for name in ("US-1", "US-2")] == ["refused", "faulted"]
    act(lambda path: desk.first.preparing(path, names).statement("acknowledges", "US-2"))
    released = act(lambda path: desk.second.preparing(path, names).release("US-2", provisions=[1]))
    assert released.act.kind == "release"
    digest = desk.us.show("US-2").releases[0].digest
    act(lambda path: desk.first.preparing(path, names).withdraw_release("US-2", digest[:8]))
    assert desk.us.show("US-2").releases[0].withdrawn
    act(desk.prepare)
    act(lambda path: desk.first.preparing(path, names).withdraw("RU-1"))
    assert desk.us.show("RU-1").deliveries[0].state == "withdrawn"
    assert len(desk.us.show("US-2").statements) == 1
    assert desk.us.audit().bad is None


def test_an_agreement_is_signed_with_its_provisions_in_sight(desk: Desk, tmp_path: Path) -> None:
    _joined(desk)
    desk.us.send(desk.us.prepare(desk.text(), to=["ru"], role="note", terms="essence"))
    path, names = tmp_path / "release.draft", ["ivanov", "orlova"]
    desk.ru.receive("US-1", terms="accepted")
    desk.first.sync()
    desk.second.sync()
    prepared = desk.first.preparing(path, names).release("US-1", provisions=[1])
    shown = desk.second.show_file(path).selection
    assert shown is not None
    assert shown == prepared.selection
    assert [(each.number, each.why) for each in shown.chosen] == [(1, "asked")]
    assert (shown.reference, shown.chosen[0].begins != "") == ("US-1", True)
    whole = desk.first.preparing(tmp_path / "whole.draft", names).release("US-1", one_sided=True).selection
    assert whole is not None
    assert (whole.numbers, len(whole.chosen)) == (None, whole.total)


def test_an_alarm_stops_each_signature_and_the_sending(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "note.draft"
    desk.prepare(path)
    before = path.read_bytes()
    heard = _alarmed(desk.office, desk.second)
    _stopped(lambda: desk.second.sign_file(path, desk.second.show_file(path)))
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir() if item.name.startswith(".")] == []
    desk.second.answer_alarm(heard)
    desk.both(path)
    signed, sealed = path.read_bytes(), _sealed(desk.first)
    heard = _alarmed(desk.office, desk.first)
    _stopped(lambda: desk.first.send_file(path))
    assert desk.first._session.ledger.waiting() == [], "what was not sent is not kept"
    assert (path.read_bytes(), _sealed(desk.first)) == (signed, sealed)
    desk.first.answer_alarm(heard)
    assert desk.first.send_file(path).reference == "RU-1"


def test_a_paper_that_ended_is_prepared_once_more(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "note.draft"
    desk.prepare(path)
    desk.both(path)
    desk.first.send_file(path)
    desk.us.refuse("RU-1", reason="form")
    again, before = tmp_path / "again.draft", _sealed(desk.first)
    draft = desk.first.prepare_again("RU-1")
    found = _together(desk, again, lambda file: desk.first.preparing(file, ["ivanov", "orlova"]).deposit(draft))
    assert found.deposit is not None
    assert found.deposit.replaces == "RU-1"
    assert desk.us.receive("RU-2", terms="accepted").matches
    assert desk.first.drafts() == ()
    assert before <= _sealed(desk.first)


def test_a_negotiation_convened_by_two(desk: Desk, tmp_path: Path) -> None:
    found = _together(
        desk,
        tmp_path / "convene.draft",
        lambda path: desk.first.preparing(path, ["ivanov", "orlova"]).convene("Visits", ["us"], handle="calm-lake"),
    )
    assert (found.handle, found.title) == ("calm-lake", "Visits")
    assert desk.us.negotiation("calm-lake").convened_by == "ru"
    assert desk.first.negotiation().handle == "calm-lake", "it is the one in use where it was sent"
    shown = desk.second.show_file(tmp_path / "convene.draft")
    assert shown.title == "Visits"


# --- what is checked before a signature -------------------------------------------------------------------------


def _rewrite(desk: Desk, path: Path, change: Callable[[Deposit], Deposit], header: bytes | None = None) -> None:
    """The draft of a colleague who is not to be trusted: the same file with another act in it."""
    session = desk.first._session
    with draft_file.opened(session, path) as found:
        act = found.draft.act
        assert isinstance(act, Deposit)
        changed = change(act)
        if header is not None:
            session.home.sealed(sha256(header)).write_bytes(header)
        draft_file.replace(session, found, draft_of([changed]))


def _exchange(desk: Desk, path: Path, change: Callable[[Any], Any]) -> bytes:
    """The same of a draft that is no deposit; returns the file as it then lies there."""
    session = desk.first._session
    with draft_file.opened(session, path) as found:
        draft_file.replace(session, found, draft_of([change(found.draft.act)]))
    return path.read_bytes()


def _joined(desk: Desk) -> None:
    desk.ru.join("amber-heron")
    for each in (desk.first, desk.second):
        each.sync()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda act: structs.replace(act, commitment=sha256(b"other")), "disclosure.commitment"),
        (lambda act: structs.replace(act, accept_by=Time(act.claimed_time)), "deposit.limit-passed"),
        (lambda act: structs.replace(act, in_reply_to=sha256(b"nothing")), "paper.unknown"),
        (lambda act: structs.replace(act, sender_reading_key=act.recipients[0].reading_key), "keybox.no-such-key"),
    ],
    ids=["text", "limit", "reply", "reading key"],
)
def test_a_draft_that_says_what_is_not_so_is_not_signed(
    desk: Desk, tmp_path: Path, change: Callable[[Deposit], Deposit], code: str
) -> None:
    _joined(desk)
    path = tmp_path / "note.draft"
    desk.prepare(path)
    _rewrite(desk, path, change)
    kept = path.read_bytes()
    with pytest.raises(ParleyError) as caught:
        desk.second.sign_file(path, desk.second.show_file(path))
    assert caught.value.code == code
    assert path.read_bytes() == kept


def test_a_draft_sealed_to_one_reader_more_is_not_signed(desk: Desk, tmp_path: Path) -> None:
    """A colleague adds a reader whom the act does not name: the header opens at our place, and has a place more."""
    _joined(desk)
    path = tmp_path / "note.draft"
    desk.prepare(path)
    session = desk.first._session
    (own,) = session.box().reading
    (theirs,) = desk.us._session.box().reading
    outsider = desk.first._session.keyring.box
    with draft_file.opened(session, path) as found:
        act = found.draft.act
        assert isinstance(act, Deposit)
        assert act.header is not None
        from parley.age import open_header

        file_key = open_header(session.home.sealed(act.header.digest).read_bytes(), own)
    header = seal_header(file_key, [theirs.public, own.public, outsider.public])
    part = structs.replace(act.header, digest=sha256(header), length=len(header))
    _rewrite(desk, path, lambda act: structs.replace(act, header=part), header)
    with pytest.raises(ParleyError) as caught:
        desk.second.sign_file(path, desk.second.show_file(path))
    assert caught.value.code == "sealed.stanza-count"


def test_a_party_not_compared_here_is_not_signed_for(desk: Desk, tmp_path: Path) -> None:
    new = _officer(desk.office, tmp_path, desk.ru, "new", ALL, needs=1)
    path = tmp_path / "note.draft"
    desk.prepare(path)
    shown = new.show_file(path)
    assert shown.untrusted == ("us",)
    with pytest.raises(Refused) as caught:
        new.sign_file(path, shown, officers=["new"])
    assert caught.value.code == "trust.not-compared"
    assert new.sign_file(path, shown, officers=["new"], unconfirmed=True).complete


def test_a_signature_that_does_not_hold_is_noticed_by_everybody(desk: Desk, tmp_path: Path) -> None:
    _joined(desk)
    path = tmp_path / "note.draft"
    desk.prepare(path)
    session = desk.second._session
    with draft_file.opened(session, path) as found:
        ours = statement.add_signature(found.draft.acts[0], session.keyring.signing)
        other = structs.replace(found.draft.act, claimed_time=Time(found.draft.act.claimed_time + 1))
        moved = structs.replace(statement.unsigned(other).envelope, signatures=ours.envelope.signatures)
        draft_file.replace(session, found, Draft(acts=(statement.Unfinished(act=other, envelope=moved),)))
    for step in (desk.first.show_file, desk.first.send_file):
        with pytest.raises(Invalid):
            step(path)


def test_a_receipt_that_names_another_role_is_not_signed(desk: Desk, tmp_path: Path) -> None:
    _joined(desk)
    desk.us.send(desk.us.prepare(desk.text(), to=["ru"], role="note", terms="essence"))
    path = tmp_path / "receipt.draft"
    desk.first.preparing(path, ["ivanov", "orlova"]).receive("US-1", terms="accepted")
    session = desk.first._session
    with draft_file.opened(session, path) as found:
        act = found.draft.act
        assert isinstance(act, Receipt)
        draft_file.replace(session, found, draft_of([structs.replace(act, role="response")]))
    with pytest.raises(Refused) as caught:
        desk.second.sign_file(path, desk.second.show_file(path))
    assert caught.value.code == "receipt.other-paper"


def test_a_confirmation_of_what_does_not_open_is_not_signed(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sender sealed other words than it committed to; a colleague prepares to say that all is well."""
    _joined(desk)
    _hand_over_spoiled(desk.us, tmp_path, monkeypatch, _other_words)
    for each in (desk.first, desk.second):
        each.sync()
    names, path = ["ivanov", "orlova"], tmp_path / "confirmation.draft"
    receipt = tmp_path / "receipt.draft"
    _together(desk, receipt, lambda path: desk.first.preparing(path, names).receive("US-1", terms="accepted"))
    fault = desk.first.preparing(path, names).receive("US-1", terms="accepted").act
    assert isinstance(fault, Fault)
    common = {name: getattr(fault, name) for name in Confirmation.__struct_fields__}
    kept = _exchange(desk, path, lambda _: Confirmation(**common))
    with pytest.raises(Invalid) as caught:
        desk.second.sign_file(path, desk.second.show_file(path))
    assert (caught.value.code, caught.value.details) == ("draft.does-not-match", {"reference": "US-1"})
    assert path.read_bytes() == kept


def test_a_negotiation_whose_title_does_not_open_is_not_signed(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "convene.draft"
    desk.first.preparing(path, ["ivanov", "orlova"]).convene("Visits", ["us"], handle="calm-lake")
    title = seal_small(bytes(FILE_KEY), bytes(NONCE), bytes(256), [desk.us._session.box().reading[0].public])
    desk.first._session.home.sealed(sha256(title)).write_bytes(title)
    kept = _exchange(desk, path, lambda act: structs.replace(act, title=sha256(title)))
    with pytest.raises(Invalid) as caught:
        desk.second.sign_file(path, desk.second.show_file(path))
    assert (caught.value.code, caught.value.details) == ("draft.title", {})
    assert path.read_bytes() == kept


def test_what_no_officer_may_sign_is_not_prepared(office: Office, tmp_path: Path) -> None:
    """The only one who might speak in public was revoked; those who are left may do other things."""
    ru, us = two(office, tmp_path)
    us.send(us.prepare(text_file(tmp_path), to=["ru"], role="note", terms="essence"))
    left = _officer(office, tmp_path, ru, "ivanov", ["manage", "read"], needs=1)
    root = ru.open_root(tmp_path / "ru-root" / "root.key", PASSPHRASE)
    left.revoke("Officer of Russian Federation", root=root)
    left.sync()
    path = tmp_path / "words.draft"
    with pytest.raises(Refused) as caught:
        left.preparing(path).statement("describes", "US-1", [Words(language="en", text="Our words.")])
    assert (caught.value.code, caught.value.details) == ("draft.no-officers", {})
    assert not path.exists()
    left.trust("us", us.me().number)
    assert left.preparing(tmp_path / "join.draft").join("amber-heron").signers[0].is_me


def test_one_who_has_seen_more_than_the_first_does_not_go_back(desk: Desk, tmp_path: Path) -> None:
    _joined(desk)
    path = tmp_path / "note.draft"
    desk.prepare(path)
    desk.second.sign_file(path, desk.second.show_file(path))
    other = tmp_path / "other.draft"
    desk.us.send(desk.us.prepare(desk.text(), to=["ru"], role="note", terms="essence"))
    desk.first.sync()
    desk.first.preparing(other, ["ivanov", "orlova"]).receive("US-1", terms="accepted")
    desk.both(other)
    desk.first.send_file(other)
    with pytest.raises(Refused) as caught:
        desk.first.sign_file(path, desk.first.show_file(path))
    assert caught.value.code == "chain.goes-back"


# --- files, lines ------------------------------------------------------------------------------------------------


def test_files_that_are_none(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "note.draft"
    desk.prepare(path)
    (tmp_path / "link.draft").symlink_to(path)
    (tmp_path / "folder.draft").mkdir()
    os.mkfifo(tmp_path / "pipe.draft")
    for name, code in (
        ("link.draft", "draft.link"),
        ("folder.draft", "draft.link"),
        ("pipe.draft", "draft.link"),
        ("draft.md", "draft.form"),
    ):
        for step in (desk.first.show_file, desk.first.send_file):
            with pytest.raises(Malformed) as caught:
                step(tmp_path / name)
            assert caught.value.code == code
    for step in (desk.first.show_file, desk.first.send_file):
        with pytest.raises(Refused) as missing:
            step(tmp_path / "none.draft")
        assert missing.value.code == "file.missing"
    for name in ("note.draft", "link.draft"):
        kept = path.read_bytes()
        with pytest.raises(Refused) as exists:
            desk.first.preparing(tmp_path / name, ["ivanov", "orlova"]).join("amber-heron")
        assert exists.value.code == "file.exists"
        assert path.read_bytes() == kept


def test_every_part_of_the_file_is_guarded(desk: Desk, tmp_path: Path) -> None:
    _joined(desk)
    path, before = tmp_path / "note.draft", _sealed(desk.first)
    desk.prepare(path)
    whole, codes = path.read_bytes(), set()
    for at in range(40, len(whole), 997):
        path.write_bytes(whole[:at] + bytes((whole[at] ^ 1,)) + whole[at + 1 :])
        with pytest.raises(ParleyError) as caught:
            desk.second.sign_file(path, desk.second.show_file(path))
        codes.add(caught.value.code)
    assert "draft.not-ours" in codes  # a sealed part of it opens for nobody here
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Malformed):
        desk.first.show_file(path)
    assert _sealed(desk.first) == before
    path.write_bytes(whole)
    assert desk.first.show_file(path).document is not None


def test_prepared_and_signed_where_nothing_can_be_reached(desk: Desk, tmp_path: Path) -> None:
    _joined(desk)
    path, shut = tmp_path / "note.draft", desk.office.failing(0, lose_answer=False)
    assert desk.first.me().reads, "the key box was fetched while there was a line"
    with desk.office.open(tmp_path / "ivanov", ports=shut) as away:
        assert away.me().reads
        with pytest.raises(Unavailable):
            away.prepare(desk.text(), to=["us"], role="note", terms="essence")
        away.work_offline()
        made = away.prepare(desk.text(), to=["us"], role="note", terms="essence")
        found = away.preparing(path, ["ivanov", "orlova"]).deposit(made)
        assert not found.reached
        away.sign_file(path, away.show_file(path))
        with pytest.raises(Refused):
            away.send_file(path)
    assert desk.second.sign_file(path, desk.second.show_file(path)).reached
    with desk.office.open(tmp_path / "ivanov", ports=shut) as away, pytest.raises(Unavailable):
        away.send_file(path)
    assert desk.second.send_file(path).reference == "RU-1"
    assert desk.us.receive("RU-1", terms="accepted").matches


@pytest.mark.parametrize("lose_answer", [False, True])
def test_a_line_that_drops_while_sending_makes_no_second_paper(desk: Desk, tmp_path: Path, lose_answer: bool) -> None:
    path = tmp_path / "note.draft"
    desk.prepare(path)
    desk.both(path)
    done, good = False, 0
    while not done:
        ports = desk.office.failing(good, lose_answer=lose_answer, name=f"f{good}")
        assert isinstance(ports.transport, Failing)
        with desk.office.open(tmp_path / "orlova", ports=ports) as failing:
            try:
                assert failing.send_file(path).reference == "RU-1"
                done = True
            except Unavailable:
                good += 1
        assert good < 60
    assert good > 3
    assert [paper.reference for paper in desk.us.status()] == ["RU-1"]
    assert desk.second.send_file(path).already


def test_what_did_not_arrive_is_sent_by_any_later_command(desk: Desk, tmp_path: Path) -> None:
    """The line drops behind the last upload: the act waits in the home, and its sealed parts with it."""
    path = tmp_path / "note.draft"
    desk.prepare(path)
    desk.both(path)
    for good in range(60):
        with desk.office.open(tmp_path / "orlova", ports=desk.office.failing(good, lose_answer=False)) as failing:
            with pytest.raises(Unavailable):
                failing.send_file(path)
            waiting = [posted.purpose.split()[0] for posted in failing._session.ledger.waiting()]
        if waiting == ["deposit"]:
            break
    path.unlink()
    with desk.office.open(tmp_path / "orlova") as later:
        assert [entered.already for entered in later.settle()] == [True]
    assert desk.us.receive("RU-1", terms="accepted").matches


def test_a_second_copy_signed_anew_is_no_second_paper(desk: Desk, tmp_path: Path) -> None:
    _joined(desk)
    path, copy = tmp_path / "note.draft", tmp_path / "copy.draft"
    desk.prepare(path)
    copy.write_bytes(path.read_bytes())
    desk.both(path)
    desk.first.send_file(path)
    desk.office.pass_(DAY)
    desk.both(copy)
    with pytest.raises(Refused) as caught:
        desk.first.send_file(copy)
    assert caught.value.code == "act.nonce-used"
    assert [paper.reference for paper in desk.us.status()] == ["RU-1"]


def test_a_draft_that_cannot_be_written_leaves_nothing(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "none"
    with pytest.raises(Unavailable):
        desk.first.preparing(folder / "x.draft", ["ivanov", "orlova"]).join("amber-heron")
    assert not folder.exists()
