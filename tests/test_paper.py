"""What undoes a paper: nothing that its sender does once a recipient has it."""

from __future__ import annotations

from typing import Any

import pytest

from parley.act import Opening, Refusal, Withdrawal
from parley.paper import Paper, counting
from parley.statement import Signed
from tests.build import Case, two_parties


def papers(case: Case) -> Any:
    return case.world.negotiations[case.negotiation].papers


def counted(case: Case) -> list[str]:
    return [paper.reference for paper in counting(papers(case))]


def paper_of(case: Case, deposit: Signed) -> Paper:
    found: Paper = papers(case)[deposit.digest]
    return found


def opening(kind: Any) -> Opening:
    return Opening(kind=kind, round=None, time=None)


def instead_of(case: Case, deposit: Signed, **changes: Any) -> Signed:
    return case.admit(case.deposit("us", "ru", replaces=deposit.digest, **changes))


def test_what_nobody_had_is_undone_by_its_replacement() -> None:
    case = two_parties()
    first = case.admit(case.deposit("us", "ru"))
    assert (counted(case), paper_of(case, first).had_at) == (["US-1"], None)
    instead_of(case, first)
    assert counted(case) == ["US-2"]
    case.admit(case.receipt("ru", first))  # what is signed for later was replaced already
    assert counted(case) == ["US-2"]


def test_what_was_signed_for_stands_beside_its_replacement() -> None:
    case = two_parties()
    first = case.admit(case.deposit("us", "ru"))
    case.admit(case.receipt("ru", first))
    had = paper_of(case, first).had_at
    second = instead_of(case, first)
    assert had is not None
    assert had < paper_of(case, second).at.index
    assert counted(case) == ["US-1", "US-2"]
    case.admit(case.handover("ru", first))
    assert paper_of(case, first).had_at == had  # the first entry from which on somebody has it
    assert counted(case) == ["US-1", "US-2"]


def test_what_was_made_available_unsigned_counts_as_well() -> None:
    case = two_parties()
    first = case.admit(case.deposit("us", "ru", opening=opening("at_once")))
    case.admit(case.handover("ru", first))
    instead_of(case, first)
    assert counted(case) == ["US-1", "US-2"]


def test_one_recipient_of_several_is_enough() -> None:
    from tests.test_exchange import two_parties_and

    case = two_parties_and("fr")
    first = case.admit(case.deposit("us", "fr", "ru"))
    case.admit(case.act(Refusal, "fr", deposit=first.digest, reason="none_given", words=()))
    case.admit(case.receipt("ru", first))
    instead_of(case, first)
    assert counted(case) == ["US-1", "US-2"]


def test_a_refusal_alone_keeps_nothing() -> None:
    case = two_parties()
    first = case.admit(case.deposit("us", "ru"))
    case.admit(case.act(Refusal, "ru", deposit=first.digest, reason="none_given", words=()))
    assert counted(case) == ["US-1"]
    instead_of(case, first)
    assert counted(case) == ["US-2"]


@pytest.mark.parametrize("kind", ["on_receipt", "held"])
def test_what_its_sender_took_back_is_undone(kind: str) -> None:
    case = two_parties()
    changes = {"opening": opening(kind), "header": None, "payload": None, "cover": None} if kind == "held" else {}
    first = case.admit(case.deposit("us", "ru", **changes))
    case.admit(case.act(Withdrawal, "us", deposit=first.digest, recipients=("ru",), release=None))
    assert counted(case) == []


def test_nothing_takes_the_place_of_what_is_held() -> None:
    case = two_parties()
    first = case.admit(case.deposit("us", "ru", opening=opening("held"), header=None, payload=None, cover=None))
    instead_of(case, first)
    assert counted(case) == ["US-1", "US-2"]
