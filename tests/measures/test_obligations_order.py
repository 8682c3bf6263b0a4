"""Whatever came in which order: one view, the same as from nothing, the same as the plainest way finds it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from parley.canonical import Time
from parley.measures.obligation import Obligation, State, Why
from parley.measures.obligations import Obligations, obligations
from parley.measures.papers import Filed
from parley.measures.standing import Step
from tests.measures.obligation_build import TEXT, utc
from tests.measures.obligation_oracle import Answer, Oracle, Question
from tests.measures.obligation_worlds import PARTIES, WHEN, World, hour
from tests.measures.obligation_worlds import world as history


@st.composite
def worlds(draw: st.DrawFn) -> World:
    return history(lambda options: draw(st.sampled_from(options)))


moments = st.sampled_from(WHEN)


def seen(world: World, now: Time) -> tuple[Obligation, ...]:
    return obligations(world.agreement, utc(*PARTIES), world.papers, world.steps, now, text=TEXT)


@settings(max_examples=100, deadline=None)
@given(world=worlds(), data=st.data(), when=moments)
def test_the_order_in_which_acts_came_does_not_matter(world: World, data: st.DataObject, when: int) -> None:
    acts: list[Filed | Step] = data.draw(st.permutations([*world.papers, *world.steps]))
    state = Obligations.start(world.agreement, TEXT, utc(*PARTIES))
    for act in acts:
        state = state.with_paper(act) if isinstance(act, Filed) else state.with_step(act)
    assert state.view(hour(when)) == seen(world, hour(when))
    assert state.view(hour(10_000)) == seen(world, hour(10_000))


@settings(max_examples=100, deadline=None)
@given(world=worlds(), data=st.data(), when=moments)
def test_notices_and_receipts_may_come_later_and_in_any_order(world: World, data: st.DataObject, when: int) -> None:
    """Each paper comes several times, as it was known then; all together are the paper as it is known now."""
    parts: list[Filed] = []
    for paper in world.papers:
        parts.append(replace(paper, informed={}, received={}))
        for party in PARTIES:
            parts.append(
                replace(
                    paper,
                    informed={party: paper.informed[party]} if party in paper.informed else {},
                    received={party: paper.received[party]} if party in paper.received else {},
                )
            )
    known = replace(world, papers=tuple(data.draw(st.permutations(parts))))
    assert seen(known, hour(when)) == seen(world, hour(when))


@settings(max_examples=40, deadline=None)
@given(world=worlds(), when=moments)
def test_one_act_more_gives_the_same_as_all_from_nothing(world: World, when: int) -> None:
    now = hour(when)
    state = Obligations.start(world.agreement, TEXT, utc(*PARTIES))
    acts = sorted([*world.papers, *world.steps], key=lambda act: act.entry)
    for number, act in enumerate(acts, start=1):
        state = state.with_paper(act) if isinstance(act, Filed) else state.with_step(act)
        so_far = acts[:number]
        part = replace(
            world,
            papers=tuple(each for each in so_far if isinstance(each, Filed)),
            steps=tuple(each for each in so_far if isinstance(each, Step)),
        )
        assert state.view(now) == seen(part, now)
        # what was entered later changes nothing of the moment before
        assert state.view(act.made) == seen(world, act.made) or _same_instant(acts, number, act.made)


def _same_instant(acts: list[Filed | Step], number: int, made: Time) -> bool:
    return any(each.made == made for each in acts[number:])


def answers(view: Iterable[Obligation]) -> dict[Question, Answer]:
    return {
        (
            owed.measure.id,
            owed.begun.digest if isinstance(owed.begun, Filed) else owed.begun,
            owed.debtor,
            owed.creditor,
        ): (owed.state, owed.deadline)
        for owed in view
    }


@settings(max_examples=60, deadline=None)
@given(world=worlds(), when=moments)
def test_the_plainest_way_finds_the_same(world: World, when: int) -> None:
    now = hour(when)
    assert answers(seen(world, now)) == Oracle(world.agreement, PARTIES, world.papers, world.steps, now).answers()


def test_the_plainest_way_finds_the_same_in_histories_that_hold_everything() -> None:
    """Always the same histories; every state came about under every measure, and every reason."""
    found: set[tuple[str, State]] = set()
    reasons: set[Why] = set()
    against = 0
    for seed in range(700):
        random = Random(seed)
        world, now = history(random.choice), hour(random.choice(WHEN))
        view = seen(world, now)
        expected = Oracle(world.agreement, PARTIES, world.papers, world.steps, now).answers()
        assert answers(view) == expected, seed
        found |= {(owed.measure.id, owed.state) for owed in view}
        reasons |= {owed.reason.why for owed in view}
        against += sum(owed.reason.contested is not None for owed in view)
    missing = {(measure, state) for measure in ("notify", "reply", "half-yearly") for state in State} - found
    assert missing == set()
    assert reasons == set(Why)
    assert against > 10


@settings(max_examples=100, deadline=None)
@given(world=worlds(), when=moments)
def test_every_state_has_the_reason_that_belongs_to_it(world: World, when: int) -> None:
    now = hour(when)
    for owed in seen(world, now):
        reason = owed.reason
        given_ = reason.paper is not None and reason.at is not None
        assert given_ is (owed.state in (State.MET, State.MET_LATE, State.CONTESTED, State.VOLUNTARY))
        if owed.state in (State.SUSPENDED, State.COUNTER_MEASURE):
            assert reason.step is not None
            assert reason.step.sender == owed.debtor
        if owed.state is State.CONTESTED:
            assert reason.step is not None
            assert (reason.step.sender, reason.step.cites) == (owed.creditor, reason.paper and reason.paper.digest)
        if owed.state is State.MISSED:
            assert owed.deadline is not None
            assert owed.deadline < now
        if owed.state is State.MET and owed.deadline is not None:
            assert reason.at is not None
            assert reason.at <= owed.deadline
        if reason.contested is not None:
            assert reason.step is not None
            assert (reason.contested.sender, reason.contested.cites) == (owed.creditor, reason.step.digest)


@settings(max_examples=100, deadline=None)
@given(world=worlds(), when=moments)
def test_what_is_said_of_one_paper_stands_in_the_whole(world: World, when: int) -> None:
    now = hour(when)
    state = Obligations.start(world.agreement, TEXT, utc(*PARTIES))
    for paper in world.papers:
        state = state.with_paper(paper)
    for step in world.steps:
        state = state.with_step(step)
    whole = state.view(now)
    for paper in world.papers:
        about = state.about(paper.digest, now)
        assert all(owed in whole for owed in about)
        assert [owed for owed in whole if owed.begun == paper] == [owed for owed in about if owed.begun == paper]
        assert all(owed in about for owed in whole if owed.reason.paper == paper)
    for party in PARTIES:
        mine = tuple(owed for owed in whole if party in (owed.debtor, owed.creditor))
        assert state.view(now, party=party) == mine
