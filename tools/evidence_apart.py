"""Acts proven in two trees, of one log and of two, and papers that a receipt does not open: files and cases of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.evidence_build import two_states
from tests.evidence_cases import Case
from tests.simulator import dishonest
from tools.evidence_spoiled import PROVEN, UNCHECKED, case

from parley.act import Opening, Round
from parley.canonical import Time
from parley.evidence import Evidence, Logged

FILES = ("two-trees", "two-histories", "unopened")

_SUPPORT = [0, 1, 2, 3, 4]
"""The places of the genesis, and of two parties' enrolments and powers."""


def files() -> dict[str, Evidence]:
    return {"two-trees": _two_trees(), "two-histories": _two_histories(), "unopened": _unopened()}


def _in_order(*logged: Logged) -> Evidence:
    return Evidence(kind="act", items=tuple(item.item() for item in logged))


def _two_trees() -> Evidence:
    """The deposit proven in the tree that it made, the receipt in the next; one witness cosigned both."""
    log = two_states()
    deposit = log.paper("us", "ru")
    first = log.note(by=("oslo", "vienna"))
    before = [*log.support(first), log.logged(deposit, first)]
    receipt = log.admit(log.receipt("ru", deposit))
    return _in_order(*before, log.logged(receipt, log.note(by=("oslo", "geneva"))))


def _two_histories() -> Evidence:
    """The receipt stands in a log in which another paper has the place of the deposit; no witness cosigned both."""
    liar = dishonest()
    deposit = liar.paper("us", "ru")
    first = liar.note(by=("oslo",))
    before = [*liar.support(first), liar.logged(deposit, first)]
    liar.rewind(7)
    liar.admit(liar.deposit("us", "ru"))
    receipt = liar.force(liar.receipt("ru", deposit)).signed
    return _in_order(*before, liar.logged(receipt, liar.note(by=("vienna",))))


def _unopened() -> Evidence:
    """A round, a paper with a time, one that is held, and one that opens on receipt; each deposited and received."""
    log = two_states()
    limit = Time(log.now + 3_600_000)
    meeting = Round(deadline=limit, id=log.nonce(), parties=("ru", "us"))
    papers: list[dict[str, Any]] = [
        {"opening": Opening(kind="together", round=meeting, time=None), "accept_by": limit},
        {"opening": Opening(kind="not_before", round=None, time=Time(log.now + 1_800_000))},
        {"opening": Opening(kind="held", round=None, time=None), "header": None, "payload": None, "cover": None},
        {},
    ]
    for changes in papers:
        log.admit(log.receipt("ru", log.paper("us", "ru", **changes)))
    note = log.note(by=())
    support = [act.digest for act in log.acts[:5]]
    about = [act.digest for act in log.acts[7:]]
    return _in_order(*(item for item in log.all_logged(note) if item.signed.digest in (*support, *about)))


def cases() -> Iterator[Case]:
    yield case("one log, proven in two trees", "two-trees", "both", UNCHECKED)
    yield case("one log, proven in two trees, without a trust file", "two-trees", None, UNCHECKED)
    yield case("one log, proven in two trees that one quorum cosigned", "two-trees", "quorum", PROVEN)
    yield case("the same without what stands in the second tree", "two-trees", "both", PROVEN, drop=[6])
    yield case("two histories that nobody compared", "two-histories", "both", UNCHECKED)
    yield case("two histories, each with a quorum of its own", "two-histories", "quorum", UNCHECKED)
    for place, name in enumerate(("in a round", "before its time", "held", "that opens on receipt")):
        paper = [*_SUPPORT, 5 + 2 * place, 6 + 2 * place]
        yield case(f"a receipt for a paper {name}", "unopened", "both", PROVEN, keep=paper)
        yield case(f"a deposit alone of a paper {name}", "unopened", "both", PROVEN, keep=paper[:-1])
    yield case("receipts for papers of every opening", "unopened", "both", PROVEN)
