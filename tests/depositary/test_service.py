"""The rules of the depositary, act by act: what it admits, what it refuses and says, who may see what."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from parley import fold, statement
from parley.act import (
    By,
    Convene,
    Enrol,
    Expiry,
    Handover,
    Join,
    NegotiationRules,
    Notice,
    Opening,
    Receipt,
    Refusal,
    Revocation,
    Round,
    Sealed,
    Withdrawal,
    Words,
)
from parley.act import Statement as Said
from parley.canonical import Time, decode, decode_any, encode
from parley.chain import Entry
from parley.checkpoint import TlogProof, open_checkpoint
from parley.crypto import Nonce, SigningKey, sha256
from parley.depositary.keys import Keys
from parley.depositary.service import UPLOAD_LIFE
from parley.errors import Invalid, Malformed, ParleyError, Refused, Unavailable
from parley.exchange import State
from parley.merkle import leaf_hash, verify_consistency
from parley.note import NoteKey
from parley.sealed_shape import MAX_HEADER, SMALLEST
from parley.statement import Signed
from parley.tiles import decode_bundle, format_tile, tiles_of
from parley.wire import Admitted, ChainPage, Chains, InvitationCode, Item, Items
from tests.build import seed
from tests.depositary.live import Live, Sealing, header_bytes, on_disk, two
from tests.depositary.memory import MemoryStore


@pytest.fixture
def live() -> Live:
    return two()


def keys(live: Live) -> list[NoteKey]:
    return [NoteKey.parse(key) for key in live.world.genesis.act.log_keys]


def check(live: Live, signed: Signed, answer: Any) -> Entry:
    """What a party does with an answer: digest, leaf, path, checkpoint."""
    assert isinstance(answer, Admitted), answer
    proof = TlogProof.parse(answer.proof)
    entry = Entry.parse(proof.extra)
    assert (entry.act, proof.index) == (signed.digest, answer.index)
    proof.verify(leaf_hash(proof.extra), keys(live))
    return entry


# --- admitted ---------------------------------------------------------------------------------------------------


def test_every_act_of_the_first_day_is_answered_with_its_proof(live: Live) -> None:
    deposit = live.deposit("us", "ru")
    check(live, deposit, live.send(deposit)[0])
    receipt = live.receipt("ru", deposit)
    entry = check(live, receipt, live.send(receipt)[0])
    assert entry.time == live.now
    live.work()
    assert live.outcome(deposit, "ru").state is State.HANDED_OVER
    confirmation = live.confirmation("ru", deposit)
    check(live, confirmation, live.send(confirmation)[0])


def test_the_same_bytes_get_the_same_index(live: Live) -> None:
    deposit = live.deposit("us", "ru")
    first = live.send(deposit)[0]
    live.clock.pass_(5000)
    live.admit(live.act(Said, "us", about="describes", deposit=deposit.digest, words=(Words(language="en", text="x"),)))
    again = live.send(deposit)[0]
    check(live, deposit, again)
    assert isinstance(first, Admitted)
    assert isinstance(again, Admitted)
    assert first.index == again.index
    assert live.office.view.size == again.index + 2


def test_the_same_bytes_twice_in_one_group_are_one_act(live: Live) -> None:
    deposit = live.deposit("us", "ru")
    one, two_ = live.send(deposit, deposit)
    assert one == two_
    check(live, deposit, one)


def test_the_same_act_signed_again_is_another_with_a_used_nonce(live: Live) -> None:
    deposit = live.admit(live.deposit("us", "ru"))
    again = statement.sign(deposit.act, [live.parties["us"].officer])
    assert again.digest != deposit.digest
    answer = live.refused(again)
    assert (answer.reason, answer.winner) == ("act.nonce-used", deposit.digest)


def test_a_nonce_twice_in_one_group_is_refused_with_the_winner_of_the_group(live: Live) -> None:
    deposit = live.deposit("us", "ru")
    again = statement.sign(deposit.act, [live.parties["us"].officer])
    first, second = live.send(deposit, again)
    assert isinstance(first, Admitted)
    assert (second.reason, second.winner) == ("act.nonce-used", deposit.digest)  # type: ignore[union-attr]


def test_a_group_is_one_transaction_with_one_checkpoint(live: Live) -> None:
    deposits = [live.deposit("us", "ru") for _ in range(5)]
    answers = live.send(*deposits)
    notes = {TlogProof.parse(answer.proof).note for answer in answers}  # type: ignore[union-attr]
    assert len(notes) == 1
    assert [answer.index for answer in answers] == list(range(7, 12))  # type: ignore[union-attr]


def test_checkpoints_are_consistent_with_each_other(live: Live) -> None:
    old = open_checkpoint(live.office.checkpoint(), keys(live)).checkpoint
    live.admit(live.deposit("us", "ru"))
    live.admit(live.deposit("us", "ru"))
    new = open_checkpoint(live.office.checkpoint(), keys(live)).checkpoint
    path = live.office.sequencer.tree.consistency(old.size, new.size)
    verify_consistency(old=old.size, new=new.size, old_root=old.root, new_root=new.root, path=path)


def test_times_never_go_back(live: Live) -> None:
    first = check(live, deposit := live.deposit("us", "ru"), live.send(deposit)[0])
    live.clock.pass_(-60_000)
    second = check(live, deposit := live.deposit("us", "ru"), live.send(deposit)[0])
    assert second.time == first.time


# --- not signed, or not an act ----------------------------------------------------------------------------------


def test_bytes_that_are_no_act_get_no_signed_answer(live: Live) -> None:
    for data in (b"", b"{}", b"[" * 100_000, b"\xff\xfe", live.deposit("us", "ru").data + b"\n"):
        with pytest.raises(Malformed):
            live.office.examine(data)


def test_an_act_by_a_key_nobody_empowered_is_invalid(live: Live) -> None:
    with pytest.raises(Invalid, match=r"statement.unknown-key"):
        live.office.examine(live.act(Join, "us", key=SigningKey(bytes(32), bytes(32)), convene=sha256(b"x")).data)


def test_a_broken_signature_is_invalid(live: Live) -> None:
    data = live.deposit("us", "ru").data
    place = data.rindex(b'"sig":"') + 10
    broken = data[:place] + (b"A" if data[place : place + 1] != b"A" else b"B") + data[place + 1 :]
    with pytest.raises(Invalid, match=r"signature.mldsa44"):
        live.office.examine(broken)


def test_nobody_signs_for_the_depositary(live: Live) -> None:
    deposit = live.admit(live.deposit("us", "ru"))
    live.depositary = SigningKey.from_secret(seed("impostor"), info="act")
    forged = live.handover("ru", deposit)
    with pytest.raises(Invalid, match=r"statement.unknown-key"):
        live.office.examine(forged.data)


# --- refused by the depositary's own rules ----------------------------------------------------------------------


def test_a_clock_a_day_ahead_is_refused_and_told_the_time(live: Live) -> None:
    live.clock.pass_(24 * 3_600_000)
    signed = live.act(Join, "ru", convene=sha256(b"x"))
    live.clock.pass_(-24 * 3_600_000)
    answer = live.refused(signed)
    assert answer.reason == "clock.ahead"
    assert answer.claimed_time == live.now


@pytest.mark.parametrize(("ahead", "admitted"), [(300_000, True), (300_001, False), (-24 * 3_600_000, True)])
def test_a_clock_may_be_five_minutes_ahead_and_any_time_behind(live: Live, ahead: int, admitted: bool) -> None:
    deposit = live.admit(live.deposit("us", "ru"))
    live.clock.pass_(ahead)
    words = (Words(language="en", text="x"),)
    signed = live.act(Said, "us", about="describes", deposit=deposit.digest, words=words)
    live.clock.pass_(-ahead)
    assert isinstance(live.send(signed)[0], Admitted) is admitted


class TestInvitations:
    def enrolment(self, live: Live, party: str = "de") -> Signed:
        case = two()
        case.enrol(party)
        live.parties[party] = case.parties[party]
        return statement.verify(
            statement.read(case.office._store.chain(f"register/{party}", 0, 1)[0][1]),
            lambda key: case.world.key(party, key),
        )

    def test_none_is_refused(self, live: Live) -> None:
        assert live.refused(self.enrolment(live)).reason == "invitation.missing"

    def test_an_unknown_code_and_a_code_for_another_are_refused_alike(self, live: Live) -> None:
        enrol = self.enrolment(live)
        assert live.refused(enrol, InvitationCode(bytes(16))).reason == "invitation.unknown"
        assert live.refused(enrol, live.code("fr")).reason == "invitation.unknown"

    def test_it_is_spent_by_the_enrolment(self, live: Live) -> None:
        code = live.code("de")
        live.admit(self.enrolment(live), code)
        assert live.store.invitation(sha256(code)).used  # type: ignore[union-attr]

    def test_a_spent_one_lets_nobody_in(self, live: Live) -> None:
        code = live.code("de")
        live.store.append(live.store.head().size, [], live.store.head().note, used=[sha256(code)])
        assert live.refused(self.enrolment(live), code).reason == "invitation.used"

    def test_a_refused_enrolment_does_not_spend_it(self, live: Live) -> None:
        code, enrol = live.code("de"), self.enrolment(live)
        members = _members(enrol.act) | {"after": live.link(None, "us"), "nonce": live.nonce()}
        wrong = statement.sign(type(enrol.act)(**members), [live.parties["de"].root])
        assert live.refused(wrong, code).reason == "chain.unknown-after"
        live.admit(enrol, code)

    def test_another_root_for_the_same_party_comes_too_late(self, live: Live) -> None:
        live.admit(self.enrolment(live), live.code("de"))
        impostor = SigningKey.from_secret(seed("impostor"), info="root")
        enrol = live.world.registers["de"].enrol
        members = _members(enrol) | {"root": impostor.verifying.public, "nonce": live.nonce()}
        members["by"] = type(enrol.by)(party="de", keys=(impostor.id,))
        signed = statement.sign(type(enrol)(**members), [impostor])
        assert live.refused(signed, live.code("de")).reason == "register.not-the-root"

    def test_a_stranger_learns_nothing_of_who_is_enrolled(self, live: Live) -> None:
        stranger = SigningKey.from_secret(seed("stranger"), info="root")
        for code in (None, InvitationCode(bytes(16)), live.code("fr")):
            answers = []
            for party in ("ru", "de"):
                members = _members(live.world.registers["ru"].enrol) | {"root": stranger.verifying.public}
                members |= {"by": By(party=party, keys=(stranger.id,)), "nonce": live.nonce()}
                answers.append(live.refused(statement.sign(Enrol(**members), [stranger]), code))
            assert [answer.winner for answer in answers] == [None, None]
            assert {answer.reason for answer in answers} == {"invitation.unknown" if code else "invitation.missing"}

    def test_it_lapses(self, live: Live) -> None:
        code = live.code("de", until=live.now)
        live.clock.pass_(1)
        assert live.refused(self.enrolment(live), code).reason == "invitation.lapsed"

    def test_it_is_in_time_at_its_last_moment(self, live: Live) -> None:
        live.admit(self.enrolment(live), live.code("de", until=live.now))

    def test_a_refused_enrolment_leaves_it_unspent(self, live: Live) -> None:
        code = live.code("de")
        live.store.append, working = _full, live.store.append  # type: ignore[method-assign]
        assert isinstance(live.send(self.enrolment(live), code=code)[0], Unavailable)
        live.store.append = working  # type: ignore[method-assign]
        live.admit(self.enrolment(live), code)


def _full(*_args: Any, **_named: Any) -> None:
    raise Unavailable("store.disk-full")


class TestSealedParts:
    def test_a_deposit_whose_parts_are_not_here_is_refused(self, live: Live) -> None:
        members = Sealing(2, b"never brought").members()
        assert live.refused(live.deposit("us", "ru", **members)).reason == "deposit.not-held"

    def test_half_an_upload_is_not_here(self, live: Live) -> None:
        sealing = Sealing(2, b"half")
        for data in sealing.parts().values():
            live.office.upload(live.requester("us"), sha256(data), data[:100], 0, len(data))
        assert live.refused(live.deposit("us", "ru", **sealing.members())).reason == "deposit.not-held"

    def test_another_length_than_the_one_named_is_refused(self, live: Live) -> None:
        sealing = Sealing(2, b"length")
        for data in sealing.parts().values():
            live.bring("us", data)
        wrong = Sealed(digest=sha256(sealing.payload), length=len(sealing.payload) + 1)
        assert (
            live.refused(live.deposit("us", "ru", **sealing.members() | {"payload": wrong})).reason
            == "deposit.not-held"
        )

    def test_parts_that_another_party_brought_are_not_here(self, live: Live) -> None:
        """Or a recipient could name a header it has not signed for as its own, and be served it."""
        deposit = live.admit(live.deposit("us", "ru"))
        stolen = live.deposit(
            "ru", "us", header=deposit.act.header, payload=deposit.act.payload, cover=deposit.act.cover
        )  # type: ignore[attr-defined]
        assert live.refused(stolen).reason == "deposit.not-held"
        live.negotiation = Nonce(bytes(15) + b"\x02")
        rules = NegotiationRules(agreements=(), answer_days=10, non_working=(), terms=None, witnesses=())
        header = deposit.act.header.digest  # type: ignore[attr-defined]
        convene = live.act(
            Convene, "ru", after=None, parties=("ru", "us"), handle="grey-owl", rules=rules, title=header
        )
        assert live.refused(convene).reason == "convene.title-not-held"

    @pytest.mark.parametrize("readers", [1, 3])
    def test_a_header_for_more_or_fewer_readers_is_refused(self, live: Live, readers: int) -> None:
        sealing, other = Sealing(2, b"a"), header_bytes(readers)
        for data in (*sealing.parts().values(), other):
            live.bring("us", data)
        members = sealing.members() | {"header": Sealed(digest=sha256(other), length=len(other))}
        assert live.refused(live.deposit("us", "ru", **members)).reason == "sealed.stanza-count"

    def test_a_header_of_another_kind_is_refused(self, live: Live) -> None:
        sealing, other = Sealing(2, b"a"), b"age-encryption.org/v1\n-> scrypt AAAA 18\n"
        for data in (*sealing.parts().values(), other):
            live.bring("us", data)
        members = sealing.members() | {"header": Sealed(digest=sha256(other), length=len(other))}
        assert live.refused(live.deposit("us", "ru", **members)).reason.startswith("sealed.")

    def test_a_payload_that_is_not_padded_is_refused(self, live: Live) -> None:
        sealing, other = Sealing(2, b"a"), bytes(5000)
        for data in (*sealing.parts().values(), other):
            live.bring("us", data)
        members = sealing.members() | {"payload": Sealed(digest=sha256(other), length=len(other))}
        assert live.refused(live.deposit("us", "ru", **members)).reason == "sealed.not-padded"

    def test_a_cover_of_another_length_is_refused(self, live: Live) -> None:
        sealing, other = Sealing(2, b"a"), bytes(100)
        for data in (*sealing.parts().values(), other):
            live.bring("us", data)
        members = sealing.members() | {"cover": Sealed(digest=sha256(other), length=len(other))}
        assert live.refused(live.deposit("us", "ru", **members)).reason == "sealed.cover-length"

    def test_an_upload_beyond_the_rules_is_refused(self, live: Live) -> None:
        with pytest.raises(Refused, match=r"upload.too-large"):
            live.office.upload(live.requester("us"), sha256(b"x"), b"x", 0, (1 << 30) + 1)

    def test_more_recipients_than_the_rules_take_are_refused(self, live: Live) -> None:
        live.office.rules = structs.replace(live.office.rules, most_recipients=0)
        assert live.refused(live.deposit("us", "ru")).reason == "deposit.recipients"

    def test_a_payload_beyond_the_rules_is_refused_however_it_came_here(self, live: Live) -> None:
        deposit = live.deposit("us", "ru")
        live.office.rules = structs.replace(live.office.rules, largest_payload=SMALLEST - 1)
        assert live.refused(deposit).reason == "deposit.too-large"

    def test_a_header_beyond_any_size_is_not_read(self, live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
        data = bytes(MAX_HEADER + 1)
        header = Sealed(digest=live.bring("us", data), length=len(data))
        sealing = Sealing(2, b"large")
        for part in sealing.parts().values():
            live.bring("us", part)
        deposit = live.deposit("us", "ru", **sealing.members() | {"header": header})
        monkeypatch.setattr(live.blobs, "read", lambda *_: pytest.fail("it was read"))
        assert live.refused(deposit).reason == "deposit.too-large"

    def test_a_part_whose_file_is_gone_is_not_there(self, live: Live) -> None:
        digest = live.bring("us", b"lost by the disk")
        live.blobs.delete(digest)
        assert code_of(lambda: live.office.sealed(live.requester("us"), digest)) == "sealed.unknown"

    def test_one_piece_of_an_upload_at_a_time(self, live: Live) -> None:
        digest = sha256(b"part")
        with live.office._uploading(digest, "us"):
            assert code_of(lambda: live.bring("us", b"part")) == "upload.busy"
            live.bring("ru", b"part")
        live.bring("us", b"part")

    def test_a_held_deposit_brings_nothing(self, live: Live) -> None:
        opening = Opening(kind="held", round=None, time=None)
        live.admit(live.deposit("us", "ru", opening=opening, header=None, payload=None, cover=None))

    def test_uploads_say_where_to_go_on(self, live: Live) -> None:
        data, who = b"0123456789", live.requester("us")
        digest = sha256(data)
        assert live.office.upload_offset(who, digest) == 0
        assert live.office.upload(who, digest, data[:4], 0, 10) == 4
        assert live.office.upload_offset(who, digest) == 4
        assert live.office.upload_offset(live.requester("ru"), digest) == 0
        with pytest.raises(Refused, match=r"upload.offset"):
            live.office.upload(who, digest, data[:4], 0, 10)
        assert live.office.upload(who, digest, data[4:], 4, 10) == 10
        assert live.office.upload_offset(who, digest) == 10
        assert live.office.upload(who, digest, data[4:], 4, 10) == 10

    def test_an_upload_whose_last_byte_came_before_a_crash_is_held_after_the_start(self, live: Live) -> None:
        digest = sha256(b"0123456789")
        live.blobs.write(digest, "us", 0, b"0123456789")
        live.start()
        assert live.office.upload_offset(live.requester("us"), digest) == 10
        assert live.office.sealed(live.requester("us"), digest) == 10

    def test_what_no_act_names_is_swept_after_a_day(self, live: Live) -> None:
        stray = live.bring("us", b"stray")
        deposit = live.admit(live.deposit("us", "ru"))
        live.clock.pass_(UPLOAD_LIFE)
        assert live.office.sweep() == 0
        live.clock.pass_(1)
        assert live.office.sweep() == 1
        assert live.blobs.length(stray) is None
        assert live.blobs.length(deposit.act.header.digest) is not None  # type: ignore[attr-defined]
        assert live.office.upload_offset(live.requester("us"), stray) == 0


def test_a_negotiation_that_asks_for_witnesses_is_refused(live: Live) -> None:
    """Nothing here asks witnesses yet, and a quorum that is never met would hold every paper back."""
    rules = NegotiationRules(agreements=(), answer_days=10, non_working=(), terms=None, witnesses=("quorum none",))
    live.negotiation = Nonce(bytes(15) + b"\x02")
    assert live.refused(live.convene("us", "ru", rules=rules)).reason == "convene.witnesses"


def test_a_party_not_enrolled_cannot_be_convened_or_written_to(live: Live) -> None:
    live.negotiation = Nonce(bytes(15) + b"\x02")
    assert live.refused(live.convene("us", "fr")).reason == "register.not-enrolled"
    live.negotiation = Nonce(bytes(15) + b"\x01")
    live.enrol("de")
    assert live.refused(live.deposit("us", "de")).reason == "deposit.not-a-party"


def test_an_enrolment_with_a_key_that_is_none_is_refused_and_stops_nobody(live: Live) -> None:
    enrol, root = live.world.registers["ru"].enrol, live.parties["ru"].root
    members = {**_members(enrol), **live.common("ru", root, None, live.link(None, "ru")), "reading_key": b"x" * 10}
    assert live.refused(statement.sign(type(enrol)(**members), [root])).reason == "register.reading-key"
    live.admit(live.deposit("us", "ru"))


def test_what_the_rules_cannot_read_is_refused_and_stops_nobody(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of ours in the rules costs one act, and never the writer, which writes for all."""
    bad, good, admit = live.deposit("us", "ru"), live.deposit("us", "ru"), fold.admit

    def fails(world: Any, signed: Signed, at: Any) -> Any:
        if signed.digest == bad.digest:
            raise Malformed("key.ed25519-length")
        return admit(world, signed, at)

    monkeypatch.setattr(fold, "admit", fails)
    assert live.refused(bad).reason == "key.ed25519-length"
    live.admit(good)


# --- refused by the fold, through the depositary ----------------------------------------------------------------


def test_a_receipt_without_powers_is_refused(live: Live) -> None:
    clerk = SigningKey.from_secret(seed("clerk"), info="officer")
    live.admit(live.powers("ru", clerk, capabilities=("deposit",)))
    deposit = live.admit(live.deposit("us", "ru"))
    receipt = live.receipt("ru", deposit).act
    by = type(receipt.by)(party="ru", keys=(clerk.id,))
    signed = statement.sign(type(receipt)(**{**_members(receipt), "by": by}), [clerk])
    assert live.refused(signed).reason == "powers.capability"


def _members(act: Any) -> dict[str, Any]:
    return {name: getattr(act, name) for name in type(act).__struct_fields__}


def test_a_receipt_after_the_powers_ended_is_refused(live: Live) -> None:
    clerk = SigningKey.from_secret(seed("clerk"), info="officer")
    live.admit(live.powers("ru", clerk, until=Time(live.now + 1000)))
    deposit = live.admit(live.deposit("us", "ru"))
    members = _members(live.receipt("ru", deposit).act)
    members["by"] = type(members["by"])(party="ru", keys=(clerk.id,))
    signed = statement.sign(Receipt(**members), [clerk])
    live.clock.pass_(1001)
    assert live.refused(signed).reason == "powers.dates"


@pytest.mark.parametrize("together", [True, False], ids=["in the same group", "a group earlier"])
def test_a_receipt_by_a_key_revoked_an_entry_earlier_is_refused(live: Live, together: bool) -> None:
    deposit = live.admit(live.deposit("us", "ru"))
    receipt = live.receipt("ru", deposit)
    revocation = live.root_act(Revocation, "ru", key=live.parties["ru"].officer.id, reading_key=None)
    answers = live.send(revocation, receipt) if together else [*live.send(revocation), *live.send(receipt)]
    assert isinstance(answers[0], Admitted)
    assert answers[1].reason == "powers.revoked"  # type: ignore[union-attr]
    assert live.outcome(deposit, "ru").state is State.WAITING


def test_a_second_receipt_names_the_first(live: Live) -> None:
    deposit = live.admit(live.deposit("us", "ru"))
    first, second = live.receipt("ru", deposit), live.receipt("ru", deposit)
    answers = live.send(first, second)
    assert isinstance(answers[0], Admitted)
    assert (answers[1].reason, answers[1].winner) == ("paper.not-now", first.digest)  # type: ignore[union-attr]


@pytest.mark.parametrize(("late", "admitted"), [(0, True), (1, False)])
def test_a_receipt_one_millisecond_late_with_no_expiry_in_the_log(live: Live, late: int, admitted: bool) -> None:
    """The group admits it in the very moment in which the expiry is due, and before that in the log."""
    deposit = live.admit(live.deposit("us", "ru", accept_by=Time(live.now + 60_000)))
    receipt = live.receipt("ru", deposit)
    live.office.sequencer.duties._later.clear()  # no timer: nothing but the limit itself decides
    live.clock.pass_(60_000 + late)
    answer = live.send(receipt)[0]
    assert not any(isinstance(item.act, Expiry) for item in live.outcome(deposit, "ru").done)
    if admitted:
        check(live, receipt, answer)
    else:
        assert answer.reason == "paper.limit-passed"  # type: ignore[union-attr]


def test_a_late_receipt_meets_the_expiry_of_its_own_group(live: Live) -> None:
    deposit = live.admit(live.deposit("us", "ru", accept_by=Time(live.now + 60_000)))
    receipt = live.receipt("ru", deposit)
    live.clock.pass_(60_001)
    answer = live.refused(receipt)
    assert answer.reason == "paper.not-now"
    assert answer.winner == live.outcome(deposit, "ru").find(Expiry).digest


@pytest.mark.parametrize("order", ["receipt first", "withdrawal first"])
def test_a_withdrawal_racing_a_receipt_ends_in_one_outcome(live: Live, order: str) -> None:
    deposit = live.admit(live.deposit("us", "ru"))
    receipt = live.receipt("ru", deposit)
    withdrawal = live.act(Withdrawal, "us", deposit=deposit.digest, release=None)
    if order == "receipt first":
        first, second = live.send(receipt, withdrawal)
        assert (second.reason, second.winner) == ("withdrawal.received", receipt.digest)  # type: ignore[union-attr]
    else:
        first, second = live.send(withdrawal, receipt)
        assert (second.reason, second.winner) == ("paper.not-now", withdrawal.digest)  # type: ignore[union-attr]
    assert isinstance(first, Admitted)
    live.work()
    state = live.outcome(deposit, "ru").state
    assert state is (State.HANDED_OVER if order == "receipt first" else State.WITHDRAWN)


@pytest.mark.parametrize(("force", "admitted"), [("asked", True), ("required", False)])
def test_under_reserve_where_asked_and_not_where_required(live: Live, force: str, admitted: bool) -> None:
    deposit = live.admit(live.deposit("us", "ru", force=force))
    answer = live.send(live.receipt("ru", deposit, terms_taken="under_reserve"))[0]
    assert isinstance(answer, Admitted) is admitted
    if not admitted:
        assert answer.reason == "receipt.terms-required"  # type: ignore[union-attr]


def test_an_act_for_another_log_is_refused(live: Live) -> None:
    signed = live.deposit("us", "ru")
    other = statement.sign(
        type(signed.act)(**{**_members(signed.act), "log": "other.example/log/1"}), [live.parties["us"].officer]
    )
    assert live.refused(other).reason == "act.other-log"


def test_three_recipients_end_as_receipt_refusal_and_expiry() -> None:
    live = Live()
    for party in ("us", "ru", "de", "fr"):
        live.enrol(party)
    live.admit(live.convene("us", "ru", "de", "fr"))
    for party in ("ru", "de", "fr"):
        live.join(party)
    deposit = live.admit(live.deposit("us", "ru", "de", "fr"))
    receipt = live.receipt("ru", deposit)
    check(live, receipt, live.send(receipt)[0])
    refusal = live.act(Refusal, "de", deposit=deposit.digest, reason="form", words=())
    check(live, refusal, live.send(refusal)[0])
    live.clock.pass_(3_600_001)
    live.work()
    assert live.outcome(deposit, "ru").state is State.HANDED_OVER
    assert live.outcome(deposit, "de").state is State.REFUSED
    expired = live.outcome(deposit, "fr")
    assert expired.state is State.EXPIRED
    assert expired.find(Expiry).act.recipients == ("fr",)
    assert live.office.sequencer.known(expired.find(Expiry).digest) is not None
    page = decode(live.office.negotiation(live.requester("us"), live.negotiation, 0), ChainPage)
    kinds = [statement.read_value(_plain(item.act)).act.kind for item in page.acts]
    assert kinds == ["convene", "join", "join", "join", "deposit", "receipt", "handover", "refusal", "expiry"]


def _plain(envelope: Any) -> Any:
    return decode_any(encode(envelope))


# --- the depositary's own acts ----------------------------------------------------------------------------------


def test_a_recipient_that_is_shown_a_paper_is_informed_of_it(live: Live) -> None:
    deposit = live.admit(live.deposit("us", "ru"))
    live.office.negotiation(live.requester("us"), live.negotiation, 0)
    live.work()
    assert live.outcome(deposit, "ru").done == ()
    live.clock.pass_(1000)
    live.office.negotiation(live.requester("ru"), live.negotiation, 0)
    live.office.negotiation(live.requester("ru"), live.negotiation, 0)
    live.work()
    done = live.outcome(deposit, "ru").done
    assert [type(item.act) for item in done] == [Notice]
    assert (done[0].act.channel, done[0].act.time) == ("fetched", live.now)
    live.office.negotiation(live.requester("ru"), live.negotiation, 0)
    live.work()
    assert live.outcome(deposit, "ru").done == done


def test_a_paper_open_at_once_is_handed_over_with_the_notice(live: Live) -> None:
    deposit = live.admit(live.deposit("us", "ru", opening=Opening(kind="at_once", round=None, time=None)))
    live.office.negotiation(live.requester("ru"), live.negotiation, 0)
    live.work()
    outcome = live.outcome(deposit, "ru")
    assert outcome.state is State.MADE_AVAILABLE
    assert [type(item.act) for item in outcome.done] == [Notice, Handover]
    live.admit(live.receipt("ru", deposit))
    live.work()
    assert [type(item.act) for item in live.outcome(deposit, "ru").done] == [Notice, Handover, Receipt]


def test_a_paper_not_to_be_opened_before_a_time_is_handed_over_then(live: Live) -> None:
    opens = Time(live.now + 10_000)
    deposit = live.admit(live.deposit("us", "ru", opening=Opening(kind="not_before", round=None, time=opens)))
    live.admit(live.receipt("ru", deposit))
    live.work()
    assert live.outcome(deposit, "ru").state is State.RECEIVED
    assert live.office.sequencer.duties.next_time() == opens
    live.clock.pass_(10_000)
    live.work()
    assert live.outcome(deposit, "ru").state is State.HANDED_OVER


def test_papers_of_a_round_are_handed_over_together(live: Live) -> None:
    deadline = Time(live.now + 3_600_000)
    meeting = Round(deadline=deadline, id=Nonce(bytes(16)), parties=("ru", "us"))
    opening = Opening(kind="together", round=meeting, time=None)
    one = live.admit(live.deposit("us", "ru", opening=opening, accept_by=deadline))
    live.admit(live.receipt("ru", one))
    live.work()
    assert live.outcome(one, "ru").state is State.RECEIVED
    other = live.admit(live.deposit("ru", "us", opening=opening, accept_by=deadline))
    live.work()
    assert live.outcome(one, "ru").state is State.RECEIVED
    live.admit(live.receipt("us", other))
    live.work()
    assert live.outcome(one, "ru").state is State.HANDED_OVER
    assert live.outcome(other, "us").state is State.HANDED_OVER


@pytest.mark.parametrize("disk", [False, True], ids=["memory", "disk"])
def test_a_start_finishes_what_was_half_done(disk: bool, tmp_path: Path) -> None:
    live = on_disk(tmp_path) if disk else two()
    received = live.admit(live.deposit("us", "ru"))
    waiting = live.admit(live.deposit("us", "ru", accept_by=Time(live.now + 1000)))
    live.admit(live.receipt("ru", received))
    assert live.outcome(received, "ru").state is State.RECEIVED
    live.clock.pass_(1001)
    live.start()
    live.work()
    assert live.outcome(received, "ru").state is State.HANDED_OVER
    assert live.outcome(waiting, "ru").state is State.EXPIRED
    live.store.close()


# --- the disk ---------------------------------------------------------------------------------------------------


class Full(MemoryStore):
    """A store whose disk fills up: before the group is written, or after, when nobody knows."""

    fails: str = ""

    def append(self, *args: Any, **named: Any) -> None:
        if self.fails == "before":
            raise Unavailable("store.disk-full")
        super().append(*args, **named)
        if self.fails == "after":
            raise Unavailable("store.disk")


def test_a_full_disk_admits_nothing_and_says_so() -> None:
    store = Full()
    live = two(store)
    deposit, second = live.deposit("us", "ru"), live.deposit("us", "ru")
    before = live.office.view
    store.fails = "before"
    answers = live.send(deposit, second)
    assert [answer.code for answer in answers] == ["store.disk-full"] * 2  # type: ignore[union-attr]
    assert live.office.view is before
    store.fails = ""
    check(live, second, live.send(second)[0])
    check(live, deposit, live.send(deposit)[0])


def test_a_duty_survives_a_full_disk() -> None:
    store = Full()
    live = two(store)
    deposit = live.admit(live.deposit("us", "ru"))
    live.admit(live.receipt("ru", deposit))
    store.fails = "before"
    live.office.sequencer.process([])
    assert live.outcome(deposit, "ru").state is State.RECEIVED
    store.fails = ""
    live.work()
    assert live.outcome(deposit, "ru").state is State.HANDED_OVER


def test_a_group_that_was_written_although_the_disk_complained_is_found() -> None:
    store = Full()
    live = two(store)
    deposit = live.deposit("us", "ru")
    store.fails = "after"
    assert isinstance(live.send(deposit)[0], Unavailable)
    store.fails = ""
    live.office.sequencer.process([])
    check(live, deposit, live.send(deposit)[0])
    assert live.office.view.size == store.head().size


def test_a_second_writer_is_noticed() -> None:
    live = two()
    first = live.office
    live.start()
    live.admit(live.deposit("us", "ru"))
    stale, live.office = live.office, first
    deposit = live.deposit("us", "ru")
    answer = live.send(deposit)[0]
    assert isinstance(answer, Unavailable)
    assert answer.code == "store.head-moved"
    assert stale.view.size == live.store.head().size


@pytest.mark.parametrize("part", ["entry", "act", "digest"])
def test_one_flipped_bit_in_the_store_is_found_at_the_start(part: str) -> None:
    store = MemoryStore()
    live = two(store)
    row = store._rows[3]
    data = bytearray(getattr(row, part))
    data[len(data) // 2] ^= 1
    changed = type(row.digest)(data) if part == "digest" else bytes(data)
    store._rows[3] = replace(row, **{part: changed})
    with pytest.raises(Unavailable, match=r"store.damaged"):
        live.start()


@pytest.mark.parametrize(
    "change", [lambda rows: rows.pop(), lambda rows: rows.insert(4, rows[3]), lambda rows: rows.reverse()]
)
def test_rows_lost_or_moved_are_found_at_the_start(change: Any) -> None:
    store = MemoryStore()
    live = two(store)
    change(store._rows)
    with pytest.raises(Unavailable, match=r"store.damaged"):
        live.start()


def test_a_checkpoint_that_is_not_of_these_entries_is_found_at_the_start(live: Live) -> None:
    older = live.store.head().note
    live.admit(live.deposit("us", "ru"))
    assert isinstance(live.store, MemoryStore)
    for note in (older, "", "not a note\n"):
        live.store._note = note
        with pytest.raises(Unavailable, match=r"store\.damaged-checkpoint"):
            live.start()


def test_a_store_without_its_genesis_is_refused_at_the_start(live: Live) -> None:
    live.store = MemoryStore()
    with pytest.raises(Unavailable, match=r"store\.empty"):
        live.start()


def test_an_act_that_the_rules_refuse_is_found_at_the_start(live: Live) -> None:
    """Whole, signed and in the tree, and no depositary could have admitted it: a second genesis."""
    assert isinstance(live.store, MemoryStore)
    genesis, last = live.store._rows[0], live.store._rows[-1]
    entry = Entry.parse(last.entry)
    forged = Entry(act=genesis.digest, link=entry.link, time=entry.time).encode()
    live.store._rows[-1] = replace(last, act=genesis.act, digest=genesis.digest, entry=forged)
    with pytest.raises(Unavailable, match=r"store\.damaged"):
        live.start()


def test_another_secret_is_refused_at_the_start(live: Live) -> None:
    live.keys = Keys.from_secret(seed("other"))
    with pytest.raises(Unavailable, match=r"secret.other-depositary"):
        live.start()


# --- who may see what -------------------------------------------------------------------------------------------


@pytest.fixture
def three() -> Live:
    """us, ru and a stranger, de, who shares nothing with them."""
    live = two()
    live.enrol("de")
    return live


def code_of(work: Any) -> str:
    with pytest.raises(ParleyError) as caught:
        work()
    return caught.value.code


class TestSight:
    def test_chains_of_a_party_and_of_a_stranger(self, three: Live) -> None:
        mine = decode(three.office.chains(three.requester("ru")), Chains)
        assert [(chain.kind, chain.id, chain.length) for chain in mine.chains] == [
            ("negotiation", three.negotiation.hex(), 2),
            ("register", "ru", 2),
            ("register", "us", 2),
        ]
        strange = decode(three.office.chains(three.requester("de")), Chains)
        assert [chain.id for chain in strange.chains] == ["de"]

    def test_a_negotiation_is_for_those_named_in_it(self, three: Live) -> None:
        page = decode(three.office.negotiation(three.requester("ru"), three.negotiation, 1), ChainPage)
        assert (len(page.acts), page.length) == (1, 2)
        refusals = [
            code_of(lambda: three.office.negotiation(three.requester("de"), three.negotiation, 0)),
            code_of(lambda: three.office.negotiation(three.requester("de"), Nonce(bytes(16)), 0)),
        ]
        assert refusals == ["negotiation.unknown"] * 2

    def test_beyond_the_end_of_a_chain_is_an_empty_page(self, three: Live) -> None:
        page = decode(three.office.negotiation(three.requester("ru"), three.negotiation, 99), ChainPage)
        assert (page.acts, page.length) == ((), 2)

    def test_a_register_is_for_partners_and_an_enrolment_for_all(self, three: Live) -> None:
        page = decode(three.office.register(three.requester("ru"), "us", 0), ChainPage)
        assert page.length == 2
        assert code_of(lambda: three.office.register(three.requester("de"), "us", 0)) == "party.unknown"
        items = decode(three.office.party(three.requester("de"), "us", 0), Items)
        assert len(items.acts) == 1
        assert code_of(lambda: three.office.party(three.requester("de"), "fr", 0)) == "party.unknown"

    def test_to_name_a_party_does_not_show_its_officers(self, three: Live) -> None:
        """Before `de` has joined anything, whoever convenes with it learns who it is, and how to seal to it."""
        three.negotiation = Nonce(bytes(15) + b"\x02")
        convene = three.admit(three.convene("us", "de", "ru"))
        for party in ("us", "ru"):
            listed = decode(three.office.chains(three.requester(party)), Chains).chains
            assert "de" not in {chain.id for chain in listed}
            assert (
                code_of(lambda party=party: three.office.register(three.requester(party), "de", 0)) == "party.unknown"
            )
            assert len(decode(three.office.party(three.requester(party), "de", 0), Items).acts) == 1
        assert decode(three.office.register(three.requester("de"), "us", 0), ChainPage).length == 2
        assert code_of(lambda: three.office.register(three.requester("de"), "ru", 0)) == "party.unknown"
        three.admit(three.act(Join, "de", convene=convene.digest))
        for party in ("us", "ru"):
            assert decode(three.office.register(three.requester(party), "de", 0), ChainPage).length == 2
        assert code_of(lambda: three.office.register(three.requester("de"), "ru", 0)) == "party.unknown"
        three.admit(three.act(Join, "ru", convene=convene.digest))
        assert decode(three.office.register(three.requester("de"), "ru", 0), ChainPage).length == 2

    def test_that_a_reading_key_has_ended_is_for_all(self, three: Live) -> None:
        key = three.world.registers["de"].reading[0].key.id
        three.admit(three.root_act(Revocation, "de", key=three.parties["de"].officer.id, reading_key=None))
        three.admit(three.root_act(Revocation, "de", key=None, reading_key=key))
        items = decode(three.office.party(three.requester("us"), "de", 0), Items)
        assert [statement.read(encode(item.act)).act.kind for item in items.acts] == ["enrol", "revocation"]

    def test_a_party_named_but_not_joined_sees_the_negotiation(self, three: Live) -> None:
        three.negotiation = Nonce(bytes(15) + b"\x02")
        three.admit(three.convene("us", "de"))
        assert decode(three.office.negotiation(three.requester("de"), three.negotiation, 0), ChainPage).length == 1

    def test_sealed_parts_before_and_after_the_receipt(self, three: Live) -> None:
        deposit = three.admit(three.deposit("us", "ru"))
        parts = {name: getattr(deposit.act, name).digest for name in ("header", "payload", "cover")}
        ru, us, de = (three.requester(party) for party in ("ru", "us", "de"))
        for digest in parts.values():
            assert three.office.sealed(us, digest)
            assert code_of(lambda digest=digest: three.office.sealed(de, digest)) == "sealed.unknown"
        assert three.office.sealed(ru, parts["payload"])
        assert three.office.sealed(ru, parts["cover"])
        assert code_of(lambda: three.office.sealed(ru, parts["header"])) == "sealed.not-handed-over"
        three.admit(three.receipt("ru", deposit))
        assert code_of(lambda: three.office.sealed(ru, parts["header"])) == "sealed.not-handed-over"
        three.work()
        assert three.office.sealed(ru, parts["header"])
        assert code_of(lambda: three.office.sealed(de, parts["header"])) == "sealed.unknown"

    @pytest.mark.parametrize("end", ["refusal", "withdrawal", "expiry"])
    def test_nothing_is_served_to_a_recipient_after_the_end(self, three: Live, end: str) -> None:
        deposit = three.admit(three.deposit("us", "ru"))
        if end == "refusal":
            three.admit(three.act(Refusal, "ru", deposit=deposit.digest, reason="none_given", words=()))
        elif end == "withdrawal":
            three.admit(three.act(Withdrawal, "us", deposit=deposit.digest, release=None))
        else:
            three.clock.pass_(3_600_001)
            three.work()
        for name in ("header", "payload", "cover"):
            digest = getattr(deposit.act, name).digest
            assert code_of(lambda digest=digest: three.office.sealed(three.requester("ru"), digest)) == "sealed.ended"
            assert three.office.sealed(three.requester("us"), digest)

    def test_what_was_made_available_at_once_is_served_when_its_limit_has_passed(self, three: Live) -> None:
        """A colleague who sits down later reads it all the same; one to whom it never was does not."""
        opening = Opening(kind="at_once", round=None, time=None)
        deposit = three.admit(three.deposit("us", "ru", opening=opening))
        three.office.negotiation(three.requester("ru"), three.negotiation, 0)
        three.work()
        unseen = three.admit(three.deposit("us", "ru", opening=opening))
        three.clock.pass_(3_600_001)
        three.work()
        for each in (deposit, unseen):
            assert three.outcome(each, "ru").state is State.EXPIRED
        assert three.office.sealed(three.requester("ru"), deposit.act.header.digest)
        for name in ("header", "payload", "cover"):
            digest = getattr(unseen.act, name).digest
            assert code_of(lambda digest=digest: three.office.sealed(three.requester("ru"), digest)) == "sealed.ended"

    def test_a_title_is_for_the_parties(self, three: Live) -> None:
        title = three.world.negotiations[three.negotiation].convene.title
        assert three.office.sealed(three.requester("ru"), title)
        assert code_of(lambda: three.office.sealed(three.requester("de"), title)) == "sealed.unknown"

    def test_an_upload_is_for_its_uploader_and_the_same_bytes_for_who_has_them(self, three: Live) -> None:
        digest = three.bring("us", b"not yet named")
        assert three.office.sealed(three.requester("us"), digest) == 13
        assert code_of(lambda: three.office.sealed(three.requester("ru"), digest)) == "sealed.unknown"
        assert three.office.upload_offset(three.requester("ru"), digest) == 0
        three.bring("ru", b"not yet named")
        assert three.office.sealed(three.requester("ru"), digest) == 13

    def test_powers_are_asked_for_every_use(self, three: Live) -> None:
        reader = SigningKey.from_secret(seed("reader"), info="officer")
        three.admit(three.powers("ru", reader, capabilities=("read",)))
        who = three.requester("ru", reader)
        assert code_of(lambda: three.office.upload(who, sha256(b"x"), b"x", 0, 1)) == "powers.capability"
        assert decode(three.office.chains(who), Chains).chains
        three.admit(three.root_act(Revocation, "ru", key=reader.id, reading_key=None))
        assert code_of(lambda: three.office.chains(who)) == "powers.revoked"

    def test_the_root_reads_chains_and_the_key_box_and_fetches_nothing(self, three: Live) -> None:
        root = three.requester("ru", three.parties["ru"].root)
        assert decode(three.office.chains(root), Chains).chains
        three.office.put_keybox(root, b"box")
        assert three.office.keybox(root) == b"box"
        title = three.world.negotiations[three.negotiation].convene.title
        assert code_of(lambda: three.office.sealed(root, title)) == "powers.none"

    def test_a_key_box_is_a_partys_own(self, three: Live) -> None:
        three.office.put_keybox(three.requester("ru"), b"box")
        assert three.office.keybox(three.requester("ru")) == b"box"
        assert code_of(lambda: three.office.keybox(three.requester("us"))) == "keybox.empty"
        clerk = SigningKey.from_secret(seed("clerk"), info="officer")
        three.admit(three.powers("ru", clerk, capabilities=("receive",)))
        assert three.office.keybox(three.requester("ru", clerk)) == b"box"
        assert code_of(lambda: three.office.put_keybox(three.requester("ru", clerk), b"")) == "powers.capability"


# --- the public log ---------------------------------------------------------------------------------------------


def test_strangers_read_entries_and_tiles(live: Live) -> None:
    live.admit(live.deposit("us", "ru"))
    size = live.office.view.size
    item = decode(live.office.genesis(), Item)
    assert TlogProof.parse(item.proof).index == 0
    for tile in tiles_of(size):
        assert live.office.tile(format_tile(tile))
    entries = decode_bundle(live.office.tile(f"tile/entries/000.p/{size}"), size)
    assert live.office.tile(f"tile/0/000.p/{size}") == b"".join(leaf_hash(entry) for entry in entries)
    assert live.office.tile("tile/0/000.p/1") == leaf_hash(entries[0])


@pytest.mark.parametrize(
    "path", ["tile/0/000", "tile/1/000.p/1", "tile/0/001.p/1", "tile/entries/000.p/99", "tile/63/000"]
)
def test_a_tile_beyond_the_log_is_not_there(live: Live, path: str) -> None:
    assert code_of(lambda: live.office.tile(path)) == "tile.unknown"


def test_nothing_of_what_parties_say_or_of_secrets_is_in_the_journal(live: Live) -> None:
    deposit = live.admit(live.deposit("us", "ru"))
    words = (Words(language="en", text="confidential words"),)
    live.admit(live.act(Said, "us", about="describes", deposit=deposit.digest, words=words))
    live.refused(live.act(Join, "ru", convene=deposit.digest))
    text = "".join(live.lines)
    assert "act.refused" in text
    assert "group.published" in text
    for secret in ("confidential", seed("secret").hex(), deposit.digest.hex(), live.negotiation.hex()):
        assert secret not in text
