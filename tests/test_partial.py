"""A file that leaves acts out never makes an honest depositary look guilty, and one whole agrees with the fold."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley import partial, statement
from parley.act import (
    DEPOSITARY,
    Act,
    Expiry,
    Fault,
    Join,
    Notice,
    Opening,
    Refusal,
    Revocation,
    Statement,
    Withdrawal,
    Words,
    named,
)
from parley.canonical import Time
from parley.crypto import ReadingSecret, sha256
from parley.errors import Refused
from parley.exchange import State
from parley.partial import Glimpse
from parley.register import At
from parley.statement import Signed
from tests.build import Case, seed, two_parties


def eventful() -> Case:
    """An honest log with every kind of act and every kind of outcome."""
    case = Case()
    for party in ("ru", "us", "fr"):
        case.enrol(party)
    case.convene("us", "ru", "fr")
    case.join("ru")
    case.join("fr")

    def about(shape: type[Act], by: str, deposit: object, **members: object) -> None:
        case.admit(case.act(shape, by, deposit=deposit.digest, **members))  # type: ignore[attr-defined]  # a Signed

    first = case.admit(case.deposit("us", "ru"))
    about(Notice, DEPOSITARY, first, channel="mail", time=case.now, to="ru")
    case.admit(case.receipt("ru", first, terms_taken="under_reserve"))
    case.admit(case.handover("ru", first))
    case.admit(case.confirmation("ru", first))
    case.admit(case.release("us", first, provisions=(1,)))
    withdrawn = case.admit(case.release("ru", first, provisions=(2,)))
    about(Withdrawal, "ru", first, release=withdrawn.digest)
    case.admit(case.release("ru", first, provisions=(1,)))
    about(Statement, "ru", first, about="describes", words=(Words(language="en", text="Its essence."),))
    at_once = case.admit(case.deposit("ru", "us", opening=Opening(kind="at_once", round=None, time=None)))
    case.admit(case.handover("us", at_once))
    about(Fault, "us", at_once, reason="form")
    case.admit(case.receipt("us", at_once))
    about(Withdrawal, "us", case.admit(case.deposit("us", "ru", replaces=first.digest)), release=None)
    about(Refusal, "ru", case.admit(case.deposit("us", "ru", in_reply_to=at_once.digest)), reason="other", words=())
    for party in ("us", "ru"):  # each takes back what nobody else had released by then
        taken = case.admit(case.release(party, first, provisions=(3,)))
        about(Withdrawal, party, first, release=taken.digest)
    both = case.admit(case.deposit("us", "fr", "ru"))
    about(Refusal, "ru", both, reason="form", words=())
    about(Withdrawal, "us", both, release=None)
    late = case.admit(case.deposit("us", "fr", "ru"))
    case.admit(case.receipt("fr", late))
    fresh = case.parties["us"].reading = ReadingSecret(seed("fresh"))
    enrol = case.acts[3].act
    case.admit(
        case.root_act(
            type(enrol),
            "us",
            reading_key=type(enrol.reading_key)(fresh.public.encoded),  # type: ignore[attr-defined]  # an Enrol
            **{name: getattr(enrol, name) for name in ("languages", "names", "zone", "root")},
        )
    )
    case.admit(case.deposit("ru", "us"))
    case.now = type(case.now)(case.now + 4_000_000)
    about(Expiry, DEPOSITARY, late, recipients=("ru",))
    case.admit(case.root_act(Revocation, "ru", key=case.parties["ru"].officer.id, reading_key=None))
    return case


CASE = eventful()


def glimpse(indices: Iterable[int], case: Case = CASE) -> Glimpse:
    shown = sorted(indices)
    seen = Glimpse(places={case.acts[index].digest: index for index in shown})
    for index in shown:
        seen = partial.admit(seen, case.acts[index], At(index=index, time=case.entries[index].time))
    return seen


def test_the_whole_agrees_with_the_fold() -> None:
    seen = glimpse(range(len(CASE.acts)))
    papers = CASE.world.negotiations[CASE.negotiation].papers
    assert set(seen.papers) == set(papers)
    for digest, paper in papers.items():
        for party, outcome in paper.outcomes.items():
            assert outcome.state in seen.papers[digest].possible[party]
    certain = [next(iter(s)) for p in seen.papers.values() for s in p.possible.values() if len(s) == 1]
    assert {State.CONFIRMED, State.EXPIRED} <= set(certain)
    assert {party: register.root.id for party, register in seen.registers.items()} == {
        party: register.root.id for party, register in CASE.world.registers.items()
    }


@settings(max_examples=300, deadline=None)
@given(st.sets(st.integers(1, len(CASE.acts) - 1)))
def test_no_part_of_an_honest_log_is_refused(indices: set[int]) -> None:
    """A file that is built so can therefore convict nobody, whatever its maker left out."""
    glimpse({0, *indices})


def test_no_single_act_and_no_pair_is_refused() -> None:
    for first in range(1, len(CASE.acts)):
        for second in range(first, len(CASE.acts)):
            glimpse({0, first, second})


@settings(max_examples=200, deadline=None)
@given(st.sets(st.sampled_from([i for i, act in enumerate(CASE.acts) if act.act.negotiation is not None])))
def test_what_is_left_out_only_leaves_more_possible(indices: set[int]) -> None:
    some, whole = glimpse({0, *indices}), glimpse(range(len(CASE.acts)))
    for digest, seen in some.papers.items():
        for party, possible in seen.possible.items():
            end = whole.papers[digest].possible[party]
            reached = partial._reachable(seen.paper.act.opening.kind, possible)
            assert end & reached, "what the paper came to is still among what it may have come to"


def test_powers_are_asked_for_apart() -> None:
    case = two_parties()
    deposit = case.admit(case.deposit("us", "ru"))
    at = At(index=7, time=case.now)
    with pytest.raises(Refused, match=r"register\.not-enrolled"):
        partial.powers(glimpse([0, 7], case), deposit.act, at)
    with pytest.raises(Refused, match=r"powers\.none"):
        partial.powers(glimpse([0, 3, 7], case), deposit.act, at)
    (grant,) = partial.powers(glimpse([0, 3, 4, 7], case), deposit.act, at)
    assert grant.at.index == 4
    handover = case.act(Notice, DEPOSITARY, deposit=deposit.digest, channel="mail", time=case.now, to="ru")
    assert partial.powers(glimpse([0], case), handover.act, at) == ()
    with pytest.raises(Refused, match=r"powers\.none"):
        partial.powers(Glimpse(places={}), handover.act, at)
    with pytest.raises(Refused, match=r"powers\.none"):  # what a root signs, no officer has the powers for
        partial.powers(glimpse([0, 3, 4], case), case.acts[3].act, at)


def test_an_act_must_follow_what_it_names() -> None:
    case = two_parties()
    deposit = case.admit(case.deposit("us", "ru"))
    receipt = case.receipt("ru", deposit)
    seen = Glimpse(places={receipt.digest: 5, deposit.digest: 7})
    with pytest.raises(Refused, match=r"chain\.names-unknown"):
        partial.admit(seen, receipt, At(index=5, time=case.now))
    assert named(receipt.act) == (deposit.digest,)


def test_an_act_of_a_paper_stays_in_its_negotiation() -> None:
    case = two_parties()
    deposit = case.admit(case.deposit("us", "ru"))
    case.negotiation = type(case.negotiation)(bytes(15) + b"\x09")
    strange = case.receipt("ru", deposit, after=None)
    seen = glimpse([0, 7], case)
    with pytest.raises(Refused, match=r"paper\.unknown"):
        partial.admit(seen, strange, At(index=8, time=case.now))


def test_a_stranger_acts_in_no_negotiation_it_is_not_of() -> None:
    case = two_parties()
    case.enrol("fr")
    deposit = case.deposit("fr", "ru")
    with pytest.raises(Refused, match=r"negotiation\.unknown"):
        partial.admit(glimpse(range(9), case), deposit, At(index=9, time=case.now))
    outside = case.deposit("us", "fr")
    with pytest.raises(Refused, match=r"deposit\.not-a-party"):
        partial.admit(glimpse(range(9), case), outside, At(index=9, time=case.now))


def test_a_paper_sealed_to_a_reading_key_that_has_ended() -> None:
    case = two_parties()
    old = case.deposit("us", "ru")
    case.admit(case.root_act(Revocation, "ru", key=None, reading_key=case.parties["ru"].reading.public.id))
    seen = glimpse(range(8), case)
    with pytest.raises(Refused, match=r"deposit\.reading-key"):
        partial.admit(seen, old, At(index=8, time=case.now))
    again = case.root_act(Revocation, "ru", key=None, reading_key=case.parties["ru"].reading.public.id)
    with pytest.raises(Refused, match=r"register\.nothing-to-revoke"):
        partial.admit(seen, again, At(index=8, time=case.now))


# --- what nothing that is left out could excuse -----------------------------------------------------------------


def three() -> Case:
    case = Case()
    for party in ("ru", "us", "fr"):
        case.enrol(party)
    case.convene("us", "ru", "fr")
    case.join("ru")
    case.join("fr")
    return case


def of(case: Case, shape: type[Act], by: str, deposit: Signed, **members: Any) -> Signed:
    return case.act(shape, by, deposit=deposit.digest, **members)


def enrolment(case: Case, **changes: Any) -> Signed:
    enrol = case.acts[1].act
    members = {name: getattr(enrol, name) for name in ("languages", "names", "zone", "root", "reading_key")}
    return case.root_act(type(enrol), "ru", **(members | changes))


def second_genesis(case: Case) -> Signed:
    genesis = case.genesis.act
    members = {name: getattr(genesis, name) for name in genesis.__struct_fields__}
    return statement.sign(type(genesis)(**(members | {"nonce": case.nonce()})), [case.depositary])


def revoked_twice(case: Case) -> Signed:
    members = {"key": case.parties["ru"].officer.id, "reading_key": None}
    case.admit(case.root_act(Revocation, "ru", **members))
    return case.root_act(Revocation, "ru", **members)


def powers_again(case: Case) -> Signed:
    case.admit(case.root_act(Revocation, "ru", key=case.parties["ru"].officer.id, reading_key=None))
    return case.powers("ru", case.parties["ru"].officer)


def after_refusal(case: Case) -> Signed:
    deposit = case.admit(case.deposit("us", "ru"))
    case.admit(of(case, Refusal, "ru", deposit, reason="form", words=()))
    return case.release("ru", deposit)


def late_withdrawal(case: Case) -> Signed:
    deposit = case.admit(case.deposit("us", "ru"))
    case.now = Time(case.now + 3_600_001)
    return of(case, Withdrawal, "us", deposit, release=None)


def lapsed(case: Case) -> Signed:
    deposit = case.admit(case.deposit("us", "ru"))
    return case.release("us", deposit, until=Time(case.now - 1))


def replaced_twice(case: Case) -> Signed:
    deposit = case.admit(case.deposit("us", "ru"))
    case.admit(case.deposit("us", "ru", replaces=deposit.digest))
    return case.deposit("us", "ru", replaces=deposit.digest)


def released(case: Case, *parties: str) -> tuple[Signed, Signed]:
    deposit = case.admit(case.deposit("us", "ru"))
    case.admit(case.receipt("ru", deposit))
    first, *_ = [case.admit(case.release(party, deposit, provisions=(1,))) for party in parties]
    return deposit, first


def taken_back_twice(case: Case) -> Signed:
    deposit, release = released(case, "us")
    case.admit(of(case, Withdrawal, "us", deposit, release=release.digest))
    return of(case, Withdrawal, "us", deposit, release=release.digest)


def taken_back_by_another(case: Case) -> Signed:
    deposit, release = released(case, "us")
    return of(case, Withdrawal, "ru", deposit, release=release.digest)


def taken_back_when_matched(case: Case) -> Signed:
    deposit, release = released(case, "us", "ru")
    return of(case, Withdrawal, "us", deposit, release=release.digest)


BREACHES: list[tuple[Callable[[Case], Signed], str]] = [
    (second_genesis, "genesis.second"),
    (lambda case: enrolment(case), "register.reading-key-known"),
    (lambda case: case.powers("ru", case.parties["ru"].root), "register.key-not-for-powers"),
    (powers_again, "register.key-not-for-powers"),
    (revoked_twice, "register.nothing-to-revoke"),
    (lambda case: case.act(Join, "ru", convene=sha256(b"another")), "join.other-procedure"),
    (lambda case: case.deposit("fr", "us", in_reply_to=case.admit(case.deposit("us", "ru")).digest),
     "deposit.reply-to-strange-paper"),
    (lambda case: case.deposit("ru", "us", replaces=case.admit(case.deposit("us", "ru")).digest),
     "deposit.replaces-strange-paper"),
    (replaced_twice, "deposit.already-replaced"),
    (lambda case: of(case, Withdrawal, "ru", case.admit(case.deposit("us", "ru")), release=None),
     "withdrawal.not-the-sender"),
    (late_withdrawal, "paper.limit-passed"),
    (after_refusal, "paper.not-now"),
    (lapsed, "release.lapsed"),
    (lambda case: case.release("fr", case.admit(case.deposit("us", "ru"))), "release.stranger"),
    (taken_back_twice, "withdrawal.already"),
    (taken_back_by_another, "withdrawal.no-such-release"),
    (taken_back_when_matched, "withdrawal.matched"),
]  # fmt: skip


@pytest.mark.parametrize(("breach", "code"), BREACHES, ids=[f"{n} {code}" for n, (_, code) in enumerate(BREACHES)])
def test_what_nothing_left_out_could_excuse(breach: Callable[[Case], Signed], code: str) -> None:
    """The fold refuses each of these too, for the same reason: the two never disagree about what is a breach."""
    case = three()
    bad = breach(case)
    at = At(index=len(case.acts), time=case.now)
    with pytest.raises(Refused) as caught:
        partial.admit(glimpse(range(len(case.acts)), case), bad, at)
    assert caught.value.code == code
    if code != "genesis.second":
        with pytest.raises(Refused) as by_fold:
            case.admit(bad)
        assert by_fold.value.code == code
