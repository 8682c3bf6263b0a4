"""The transition table: exactly one outcome for each recipient, whatever order acts arrive in."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from parley.act import (
    DEPOSITARY,
    Confirmation,
    Expiry,
    Fault,
    Handover,
    Notice,
    Opening,
    Receipt,
    Refusal,
    Round,
    Withdrawal,
)
from parley.canonical import Time
from parley.crypto import Nonce, sha256
from parley.errors import Refused
from parley.exchange import ANSWERED, ENDED, OPEN, TABLE, TAKEN, Actor, State, diagram
from parley.paper import Outcome, Paper
from parley.statement import Signed
from tests.build import Case, two_parties

OUTCOMES = ("receipt", "refusal", "withdrawal", "expiry")


def test_an_outcome_is_never_followed_by_another() -> None:
    for (_, _, state, act), target in TABLE.items():
        if act in OUTCOMES:
            assert state in OPEN
            assert target in ENDED | ANSWERED


def test_nothing_leaves_a_state_that_ended_without_a_receipt() -> None:
    for (_, _, state, act), target in TABLE.items():
        if state in ENDED:
            assert target is state
            assert act in ("release", "statement")


def test_a_state_is_open_or_answered_or_ended_and_never_two_of_them() -> None:
    assert frozenset(State) == OPEN | ANSWERED | ENDED
    assert len(State) == len(OPEN) + len(ANSWERED) + len(ENDED)


def test_who_ended_without_a_receipt_is_who_refused_or_could_not_take_it_any_more() -> None:
    ends = {act for (_, _, _, act), target in TABLE.items() if target in ENDED} - {"release", "statement"}
    assert ends == {"refusal", "withdrawal", "expiry"}
    assert not ENDED & TAKEN


def test_only_a_receipt_or_the_senders_own_choice_comes_before_a_handover() -> None:
    openings = ("at_once", "on_receipt", "not_before", "together")
    before = {(opening, state) for (opening, _, state, act) in TABLE if act == "handover"}
    assert before == {
        ("at_once", State.WAITING),
        *((opening, state) for opening in openings for state in (State.RECEIVED, State.CONFIRMED, State.FAULTED)),
    }


def test_a_held_paper_is_never_handed_over_nor_opened() -> None:
    assert not [key for key in TABLE if key[0] == "held" and key[3] in ("handover", "confirmation", "fault")]


def test_only_the_depositary_records_notices_expiries_and_handovers() -> None:
    for _, actor, _, act in TABLE:
        assert (actor is Actor.DEPOSITARY) == (act in ("notice", "expiry", "handover"))


@pytest.mark.parametrize("opening", ["at_once", "on_receipt", "together", "not_before", "held"])
def test_the_diagram_shows_every_change_and_nothing_else(opening: Any) -> None:
    shown = diagram(opening)
    rows = [key for key in TABLE if key[0] == opening and key[3] not in ("release", "statement")]
    assert shown.startswith("stateDiagram-v2\n")
    assert len(shown.splitlines()) == len(rows) + 2
    for _, actor, state, act in rows:
        assert f"{state.value.replace(' ', '_')} -->" in shown
        assert f"{act} by the {actor.value}" in shown


class Exchange(RuleBasedStateMachine):
    """Three recipients, one paper, acts of every kind in any order, at times around the limit."""

    @initialize(opening=st.sampled_from(["on_receipt", "at_once"]), force=st.sampled_from(["asked", "required"]))
    def start(self, opening: Any, force: str) -> None:
        self.case = two_parties_and("fr", "cn")
        self.force = force
        deposit = self.case.deposit(
            "us", "cn", "fr", "ru", force=force, opening=Opening(kind=opening, round=None, time=None)
        )
        self.deposit = self.case.admit(deposit)
        self.opening = opening
        self.seen: list[tuple[str, str]] = []

    @property
    def paper(self) -> Paper:
        return self.case.world.negotiations[self.case.negotiation].papers[self.deposit.digest]

    def attempt(self, signed: Signed) -> bool:
        before = self.case.world
        try:
            self.case.admit(signed)
        except Refused:
            assert self.case.world is before, "a refused act changed something"
            return False
        return True

    @rule(party=st.sampled_from(["ru", "fr", "cn"]), taken=st.sampled_from(["accepted", "under_reserve"]))
    def receipt(self, party: str, taken: str) -> None:
        late = self.case.now > self.paper.act.accept_by
        was_open = self.paper.is_open(party)
        admitted = self.attempt(self.case.receipt(party, self.deposit, terms_taken=taken))
        assert admitted == (was_open and not late and (taken == "accepted" or self.force == "asked"))

    @rule(party=st.sampled_from(["ru", "fr", "cn"]))
    def refusal(self, party: str) -> None:
        self.attempt(self.case.act(Refusal, party, deposit=self.deposit.digest, reason="none_given", words=()))

    @rule()
    def withdrawal(self) -> None:
        admitted = self.attempt(self.case.act(Withdrawal, "us", deposit=self.deposit.digest, release=None))
        if admitted:
            assert not any(outcome.state in TAKEN | OPEN for outcome in self.paper.outcomes.values())

    @rule(party=st.sampled_from(["ru", "fr", "cn"]))
    def withdrawal_by_another(self, party: str) -> None:
        assert not self.attempt(self.case.act(Withdrawal, party, deposit=self.deposit.digest, release=None))

    @rule(parties=st.lists(st.sampled_from(["cn", "fr", "ru"]), min_size=1, unique=True))
    def expiry(self, parties: list[str]) -> None:
        late = self.case.now > self.paper.act.accept_by
        expected = late and all(self.paper.is_open(party) for party in parties)
        act = self.case.act(Expiry, DEPOSITARY, deposit=self.deposit.digest, recipients=tuple(sorted(parties)))
        assert self.attempt(act) == expected

    @rule(party=st.sampled_from(["ru", "fr", "cn"]))
    def handover(self, party: str) -> None:
        outcome = self.paper.outcomes[party]
        expected = outcome.find(Handover) is None and (
            outcome.state in ANSWERED or (self.opening == "at_once" and outcome.state is State.WAITING)
        )
        assert self.attempt(self.case.handover(party, self.deposit)) == expected

    @rule(party=st.sampled_from(["ru", "fr", "cn"]), shape=st.sampled_from([Confirmation, Fault]))
    def opened(self, party: str, shape: Any) -> None:
        members = {"reason": "does_not_open"} if shape is Fault else {}
        state = self.paper.outcomes[party].state
        admitted = self.attempt(self.case.act(shape, party, deposit=self.deposit.digest, **members))
        assert admitted == (state in (State.RECEIVED, State.HANDED_OVER, State.MADE_AVAILABLE))

    @rule(party=st.sampled_from(["ru", "fr", "cn"]))
    def notice(self, party: str) -> None:
        act = self.case.act(
            Notice, DEPOSITARY, channel="fetched", deposit=self.deposit.digest, time=self.case.now, to=party
        )
        assert self.attempt(act) == self.paper.is_open(party)

    @rule(hours=st.sampled_from([0, 1, 30, 61]))
    def time_passes(self, hours: int) -> None:
        self.case.now = Time(self.case.now + hours * 60_000)

    @invariant()
    def one_outcome_each(self) -> None:
        if not hasattr(self, "deposit"):
            return
        for outcome in self.paper.outcomes.values():
            kinds = [item.act.kind for item in outcome.done if item.act.kind in OUTCOMES]
            assert len(kinds) <= 1
            assert bool(kinds) == (outcome.state in ENDED | ANSWERED)

    @invariant()
    def nothing_is_handed_over_before_its_receipt(self) -> None:
        if not hasattr(self, "deposit") or self.opening == "at_once":
            return
        for outcome in self.paper.outcomes.values():
            handover, receipt = outcome.find(Handover), outcome.find(Receipt)
            assert handover is None or (receipt is not None and receipt.at.index < handover.at.index)


def two_parties_and(*others: str) -> Case:
    case = Case()
    for party in ("ru", "us", *others):
        case.enrol(party)
    case.convene("us", "ru", *others)
    for party in ("ru", *others):
        case.join(party)
    return case


Exchange.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestExchange = Exchange.TestCase


def outcome(case: Case, deposit: Signed, party: str) -> Outcome:
    return case.world.negotiations[case.negotiation].papers[deposit.digest].outcomes[party]


def test_a_round_opens_for_all_or_for_none() -> None:
    case = two_parties()
    limit = Time(case.now + 1000)
    meeting = Round(deadline=limit, id=Nonce(bytes(16)), parties=("ru", "us"))
    opening = Opening(kind="together", round=meeting, time=None)
    first = case.admit(case.deposit("us", "ru", opening=opening, accept_by=limit))
    case.admit(case.receipt("ru", first))
    with pytest.raises(Refused, match=r"handover\.round-incomplete"):
        case.admit(case.handover("ru", first))
    second = case.admit(case.deposit("ru", "us", opening=opening, accept_by=limit))
    with pytest.raises(Refused, match=r"handover\.round-incomplete"):
        case.admit(case.handover("ru", first))
    case.admit(case.receipt("us", second))
    case.admit(case.handover("ru", first))
    case.admit(case.handover("us", second))
    assert outcome(case, second, "us").state is State.HANDED_OVER


def test_a_party_has_one_paper_in_a_round_and_another_once_it_took_that_back() -> None:
    case = two_parties()
    meeting = Round(deadline=Time(case.now + 3_600_000), id=Nonce(bytes(16)), parties=("ru", "us"))
    opening = Opening(kind="together", round=meeting, time=None)
    first = case.admit(case.deposit("us", "ru", opening=opening, accept_by=meeting.deadline))
    with pytest.raises(Refused, match=r"deposit\.round-twice") as caught:
        case.admit(case.deposit("us", "ru", opening=opening, accept_by=meeting.deadline))
    assert caught.value.winner == first.digest.hex()
    case.admit(case.act(Withdrawal, "us", deposit=first.digest, recipients=("ru",), release=None))
    second = case.admit(case.deposit("us", "ru", opening=opening, accept_by=meeting.deadline))
    other = case.admit(case.deposit("ru", "us", opening=opening, accept_by=meeting.deadline))
    case.admit(case.receipt("ru", second))
    case.admit(case.receipt("us", other))
    case.admit(case.handover("ru", second))  # what was taken back does not keep the round shut
    case.admit(case.handover("us", other))


def test_a_round_with_one_party_silent_opens_for_nobody() -> None:
    case = two_parties()
    limit = Time(case.now + 1000)
    meeting = Round(deadline=limit, id=Nonce(bytes(16)), parties=("ru", "us"))
    opening = Opening(kind="together", round=meeting, time=None)
    first = case.admit(case.deposit("us", "ru", opening=opening, accept_by=limit))
    second = case.admit(case.deposit("ru", "us", opening=opening, accept_by=limit))
    case.admit(case.receipt("ru", first))
    case.now = Time(limit + 1)
    with pytest.raises(Refused, match=r"paper\.limit-passed"):
        case.admit(case.receipt("us", second))
    with pytest.raises(Refused, match=r"handover\.round-incomplete"):
        case.admit(case.handover("ru", first))


def test_not_before_means_the_time_of_the_log() -> None:
    case = two_parties()
    when = Time(case.now + 500)
    deposit = case.admit(case.deposit("us", "ru", opening=Opening(kind="not_before", round=None, time=when)))
    case.admit(case.receipt("ru", deposit))
    case.now = Time(when - 1)
    with pytest.raises(Refused, match=r"handover\.early"):
        case.admit(case.handover("ru", deposit))
    case.now = when
    case.admit(case.handover("ru", deposit))


def test_a_handover_names_the_header_that_was_deposited() -> None:
    case = two_parties()
    deposit = case.admit(case.deposit("us", "ru"))
    case.admit(case.receipt("ru", deposit))
    with pytest.raises(Refused, match=r"handover\.other-header"):
        case.admit(case.handover("ru", deposit, header=sha256(b"another")))
