"""What the depositary owes: all of it or nothing of it, once, whatever happens meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

from parley import fold
from parley.act import Confirmation, Deposit, Fault, Handover, Opening, Round
from parley.canonical import Time
from parley.crypto import Digest, Nonce, SigningKey, sha256
from parley.depositary.duties import Duties, Duty, opens_later, owed
from parley.errors import Refused
from parley.exchange import State
from parley.statement import Signed
from tests.build import START, seed
from tests.depositary.live import Live, two


def header_of(signed: Signed) -> Digest:
    assert isinstance(signed.act, Deposit)
    assert signed.act.header is not None
    return signed.act.header.digest


def a_round(live: Live, *parties: str) -> tuple[dict[str, Signed], list[tuple[str, str]]]:
    """A paper of each party to all the others that open together, and every (recipient, sender) of them."""
    for party in parties:
        live.enrol(party)
    live.admit(live.convene(parties[-1], *parties[:-1]))
    for party in parties[:-1]:
        live.join(party)
    deadline = Time(live.now + 3_600_000)
    opening = Opening(kind="together", round=Round(deadline=deadline, id=Nonce(bytes(16)), parties=parties), time=None)
    papers = {}
    for party in parties:
        others = sorted({*parties} - {party})
        papers[party] = live.admit(live.deposit(party, *others, opening=opening, accept_by=deadline))
    return papers, [(to, by) for to in parties for by in parties if to != by]


@pytest.mark.parametrize("again", [False, True], ids=["running", "after a start"])
def test_a_fault_before_the_round_is_complete_keeps_no_header_from_anybody(again: bool) -> None:
    live = Live()
    papers, ways = a_round(live, "aa", "bb", "zz")
    live.admit(live.receipt("bb", papers["aa"]))
    live.admit(live.act(Fault, "bb", deposit=papers["aa"].digest, reason="does_not_open"))
    for to, by in ways:
        if (to, by) != ("bb", "aa"):
            live.admit(live.receipt(to, papers[by]))
            with pytest.raises(Refused, match=r"sealed\.not-handed-over"):
                live.office.sealed(live.requester(to), header_of(papers[by]))
    if again:
        live.start()
    live.work()
    for to, by in ways:
        outcome = live.outcome(papers[by], to)
        assert sum(isinstance(item.act, Handover) for item in outcome.done) == 1
        assert outcome.state is (State.FAULTED if (to, by) == ("bb", "aa") else State.HANDED_OVER)
        assert live.office.sealed(live.requester(to), header_of(papers[by]))


@pytest.mark.parametrize("answer", ["confirmation", "fault"])
@pytest.mark.parametrize("again", [False, True], ids=["running", "after a start"])
def test_an_answer_before_the_handover_changes_nothing_about_it(answer: str, again: bool) -> None:
    live = two()
    deposit = live.admit(live.deposit("us", "ru"))
    live.admit(live.receipt("ru", deposit))
    duties = live.office.sequencer.duties.take(live.now, 256)  # as if the group with the handover were yet to come
    if answer == "fault":
        live.admit(live.act(Fault, "ru", deposit=deposit.digest, reason="does_not_open"))
    else:
        live.admit(live.act(Confirmation, "ru", deposit=deposit.digest))
    live.office.sequencer.duties.add(*duties)
    if again:
        live.start()
    live.work()
    assert [item.act.kind for item in live.outcome(deposit, "ru").done] == ["receipt", answer, "handover"]
    assert live.office.sealed(live.requester("ru"), header_of(deposit))


def test_the_acts_of_one_duty_are_entered_all_or_none(monkeypatch: pytest.MonkeyPatch) -> None:
    live = Live()
    papers, ways = a_round(live, "aa", "bb", "zz")
    for to, by in ways:
        live.admit(live.receipt(to, papers[by]))
    size, admit, calls = live.office.view.size, fold.admit, []

    def third(world: Any, signed: Signed, at: Any) -> Any:
        calls.append(signed)
        if len(calls) == 3:
            raise Refused("paper.not-now", act="handover", state="made up")
        return admit(world, signed, at)

    monkeypatch.setattr(fold, "admit", third)
    live.work()
    assert len(calls) == 3
    assert live.office.view.size == size
    monkeypatch.undo()
    live.start()
    live.work()
    assert all(live.outcome(papers[by], to).state is State.HANDED_OVER for to, by in ways)


# --- who is informed --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["on_receipt", "at_once"])
def test_nobody_is_informed_by_a_page_without_the_paper(kind: Any) -> None:
    live = two()
    deposit = live.admit(live.deposit("us", "ru", opening=Opening(kind=kind, round=None, time=None)))
    length = live.world.negotiations[live.negotiation].order.chain.length
    for after in (length, 10**11):
        live.office.negotiation(live.requester("ru"), live.negotiation, after)
    live.office.negotiation(live.requester("ru"), live.negotiation, 0, told=False)
    live.work()
    assert live.outcome(deposit, "ru").done == ()
    live.office.negotiation(live.requester("ru"), live.negotiation, length - 1)
    live.work()
    assert [item.act.kind for item in live.outcome(deposit, "ru").done][:1] == ["notice"]


@pytest.mark.parametrize(
    ("capability", "informed"), [("receive", True), ("read", True), ("carry", False), ("deposit", False)]
)
def test_a_party_is_informed_through_keys_that_receive_or_read(capability: Any, informed: bool) -> None:
    live = two()
    key = SigningKey.from_secret(seed("clerk"), info="officer")
    live.admit(live.powers("ru", key, capabilities=(capability,)))
    deposit = live.admit(live.deposit("us", "ru"))
    live.office.negotiation(live.requester("ru", key), live.negotiation, 0)
    live.office.negotiation(live.requester("ru", live.parties["ru"].root), live.negotiation, 0)
    live.work()
    assert [item.act.kind for item in live.outcome(deposit, "ru").done] == (["notice"] if informed else [])


def test_a_duty_that_others_have_fulfilled_owes_nothing() -> None:
    live = two()
    deposit = live.admit(live.deposit("us", "ru"))
    expire, inform, hand_over = (
        Duty(kind=kind, negotiation=live.negotiation, deposit=deposit.digest, party="ru")
        for kind in ("expire", "inform", "hand_over")  # type: ignore[assignment]
    )
    limit = deposit.act.accept_by  # type: ignore[attr-defined]
    assert owed(live.world, hand_over, live.now) == []  # nobody has answered yet
    assert owed(live.world, expire, limit) == []  # its last moment
    assert len(owed(live.world, expire, Time(limit + 1))) == 1
    assert len(owed(live.world, inform, live.now)) == 1
    live.admit(live.receipt("ru", deposit))
    live.work()
    for duty in (expire, inform, hand_over):
        assert owed(live.world, duty, Time(limit + 1)) == []
        assert opens_later(live.world, duty, live.now) is None


def test_a_duty_about_a_paper_that_is_not_there_owes_nothing() -> None:
    live = two()
    for negotiation in (live.negotiation, Nonce(bytes(16))):
        duty = Duty(kind="hand_over", negotiation=negotiation, deposit=sha256(b"none"), party="ru")
        assert owed(live.world, duty, live.now) == []
        assert opens_later(live.world, duty, live.now) is None


def test_the_same_duty_twice_is_done_once_and_may_come_again() -> None:
    duties, duty = Duties(), Duty(kind="inform", negotiation=Nonce(bytes(16)), deposit=sha256(b"x"), party="ru")
    duties.add(duty, duty)
    duties.add(duty)
    assert duties.take(START, 10) == [duty]
    assert not duties.due()
    duties.add(duty)
    assert duties.take(START, 10) == [duty]


def test_later_duties_come_in_the_order_of_their_times_and_not_before() -> None:
    duties = Duties()
    made = [Duty(kind="expire", negotiation=Nonce(bytes(16)), deposit=sha256(bytes((number,)))) for number in range(3)]
    for number in (2, 0, 1):
        duties.at(Time(START + number), made[number])
    assert duties.next_time() == START
    assert duties.take(Time(START - 1), 10) == []
    assert duties.take(Time(START + 1), 10) == made[:2]
    assert duties.next_time() == START + 2
    assert duties.take(Time(START + 5), 0) == []
    assert duties.due()  # its time has come, and there was no room for it
    assert duties.take(Time(START + 5), 10) == made[2:]
    assert duties.next_time() is None
