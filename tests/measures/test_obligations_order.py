"""Whatever came in which order: one view, the same as from nothing, the same as the plainest way finds it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from parley.canonical import Time
from parley.measures.agreement import Agreement
from parley.measures.content import Content
from parley.measures.obligation import Obligation, State
from parley.measures.obligations import Obligations, obligations
from parley.measures.papers import Filed
from parley.measures.standing import Step
from tests.measures.obligation_build import HALF_YEARLY, NOTICE, REPLY, TEXT, at, digest, under, utc
from tests.measures.obligation_oracle import Oracle

PARTIES = ("de", "ru", "us")
HOUR = 3_600_000
START = at("2022-02-01")
HEADS = ("", "expires = 2022-03-15\n", "notice = { days = 10 }\n", "expires = 2022-03-20\nnotice = { months = 1 }\n")
SINCE_2021 = HALF_YEARLY.replace("2011-08-31", "2021-08-31")
AGREEMENTS = [under(NOTICE, REPLY, SINCE_2021, head=head) for head in HEADS]
DAYS = (date(2021, 8, 31), date(2022, 2, 28), date(2022, 3, 1), date(2022, 8, 31), date(2024, 8, 31))
MEASURES = ("notify", "reply", "half-yearly")


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """An agreement and all that was done under it, in the order of the log."""

    agreement: Agreement
    papers: tuple[Filed, ...]
    steps: tuple[Step, ...]


def hour(number: int) -> Time:
    """An instant so many hours after the beginning; the last hours of March lie near several deadlines."""
    return Time(START + number * HOUR)


hours = st.integers(0, 24 * 70).map(lambda number: number - number % 6)
some = st.sets(st.sampled_from(PARTIES)).map(lambda found: tuple(sorted(found)))


@st.composite
def papers(draw: st.DrawFn, number: int, made: Time, before: list[Filed]) -> Filed:
    form = draw(st.sampled_from(("notice", "request", "request", "reply", "reply", "data")))
    sender = draw(st.sampled_from(PARTIES))
    others = tuple(party for party in PARTIES if party != sender)
    to = tuple(sorted(draw(st.sets(st.sampled_from(others), min_size=1))))
    asked = draw(st.sampled_from([each for each in before if each.content.form == "request"] or [None]))
    if form == "reply" and asked is not None and draw(st.integers(0, 3)):
        sender, to = draw(st.sampled_from(asked.to)), (asked.sender,)
    items: dict[str, Any] = {
        "notice": {"start": draw(st.sampled_from((date(2022, 3, 30), date(2022, 4, 20)))),
                   "troops": draw(st.sampled_from((8999, 9000)))},
        "request": {"what": "?"},
        "reply": {"what": "!"},
        "data": {"day": draw(st.sampled_from(DAYS))},
    }[form]  # fmt: skip
    waits = st.dictionaries(st.sampled_from(PARTIES), st.sampled_from((0, 6, 24, 48, 240)).map(lambda n: n * HOUR))
    informed = {party: Time(made + wait) for party, wait in draw(waits).items()}
    return Filed(
        reference=f"{sender}-{number}",
        digest=digest(f"paper {number}"),
        sender=sender,
        to=to,
        entry=number,
        sent=made,
        made=made,
        informed=informed,
        received={party: Time(made + wait) for party, wait in draw(waits).items()},
        answers=asked.digest if asked is not None and form == "reply" else None,
        content=Content(agreement="invented", form=form, items=items, test=draw(st.integers(0, 9)) == 0),
    )


@st.composite
def steps(draw: st.DrawFn, number: int, made: Time, papers: list[Filed], before: list[Step]) -> Step:
    kinds = ("suspension", "suspension", "counter_measure", "resumption", "resumption", "contesting", "contesting")
    kind: Any = draw(st.sampled_from((*kinds, "denunciation")))
    sender = draw(st.sampled_from(PARTIES))
    own = [each.digest for each in before if each.sender == sender]
    replies = [each.digest for each in papers if each.content.form != "request"]
    cited = draw(
        st.sampled_from((own if kind == "resumption" else replies + [each.digest for each in before]) or [None])
    )
    whole = draw(st.booleans())
    return Step(
        kind=kind,
        reference=f"{sender}-{number}",
        digest=digest(f"step {number}"),
        agreement=TEXT,
        sender=sender,
        entry=number,
        made=made,
        measures=() if whole else tuple(sorted(draw(st.sets(st.sampled_from(MEASURES))))),
        towards=() if whole else draw(some),
        cites=cited or (TEXT if kind in ("counter_measure", "contesting") else None),
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    agreement = draw(st.sampled_from(AGREEMENTS))
    moments = sorted(draw(st.lists(hours, min_size=1, max_size=14)))
    last = draw(st.sampled_from((-24, -24, -24, 240)))
    done: list[Step] = [
        Step(
            kind="adoption",
            reference=f"{party}-0",
            digest=digest(f"adoption {party}"),
            agreement=TEXT,
            sender=party,
            entry=entry,
            made=hour(last if party == "us" else -24),
        )
        for party, entry in (("de", 1), ("ru", 2), ("us", 10 * sum(moment <= last for moment in moments) + 5))
    ]
    filed: list[Filed] = []
    for number, moment in enumerate(moments, start=1):
        if draw(st.integers(0, 2)):
            filed.append(draw(papers(10 * number, hour(moment), filed)))
        else:
            done.append(draw(steps(10 * number, hour(moment), filed, done)))
    return World(agreement=agreement, papers=tuple(filed), steps=tuple(done))


def seen(world: World, now: Time) -> tuple[Obligation, ...]:
    return obligations(world.agreement, utc(*PARTIES), world.papers, world.steps, now, text=TEXT)


@settings(max_examples=100, deadline=None)
@given(world=worlds(), data=st.data(), when=hours)
def test_the_order_in_which_acts_came_does_not_matter(world: World, data: st.DataObject, when: int) -> None:
    acts: list[Filed | Step] = data.draw(st.permutations([*world.papers, *world.steps]))
    state = Obligations.start(world.agreement, TEXT, utc(*PARTIES))
    for act in acts:
        state = state.with_paper(act) if isinstance(act, Filed) else state.with_step(act)
    assert state.view(hour(when)) == seen(world, hour(when))
    assert state.view(hour(10_000)) == seen(world, hour(10_000))


@settings(max_examples=100, deadline=None)
@given(world=worlds(), data=st.data(), when=hours)
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
@given(world=worlds(), when=hours)
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


@settings(max_examples=150, deadline=None)
@given(world=worlds(), when=hours)
def test_the_plainest_way_finds_the_same(world: World, when: int) -> None:
    now = hour(when)
    found = {
        (
            owed.measure.id,
            owed.begun.digest if isinstance(owed.begun, Filed) else owed.begun,
            owed.debtor,
            owed.creditor,
        ): (owed.state, owed.deadline)
        for owed in seen(world, now)
    }
    assert found == Oracle(world.agreement, PARTIES, world.papers, world.steps, now).answers()


@settings(max_examples=100, deadline=None)
@given(world=worlds(), when=hours)
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
@given(world=worlds(), when=hours)
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
