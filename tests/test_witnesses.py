"""Acts proven in trees of several sizes: whether they are known to stand in one log, and what is said if not."""

from __future__ import annotations

import dataclasses

import pytest

from parley.act import Receipt
from parley.checkpoint import SignedCheckpoint, open_checkpoint
from parley.errors import Invalid
from parley.evidence import Evidence, Logged
from parley.note import Note
from parley.policy import Trust
from parley.statement import Signed
from parley.verdict import Result, Verdict, verify
from parley.witnesses import one_log, views
from tests.evidence_build import LoggedCase, delivered, two_states
from tests.simulator import dishonest

ALL = ("oslo", "vienna", "geneva")


def codes(found: Verdict) -> list[str]:
    return [item.code for item in found.not_shown]


def file_of(*logged: Logged, earlier: Note | None = None) -> Evidence:
    return Evidence(kind="act", items=tuple(item.item() for item in logged), earlier=earlier)


def in_two_trees(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[LoggedCase, Evidence]:
    """An honest log: the deposit proven in the tree that it made, the receipt in the next; each cosigned by some."""
    case = two_states()
    deposit = case.paper("us", "ru")
    first = case.note(by=before)
    support, shown = case.support(first), case.logged(deposit, first)
    receipt = case.admit(case.receipt("ru", deposit))
    return case, file_of(*support, shown, case.logged(receipt, case.note(by=after)))


def two_histories(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[Trust, Trust, Evidence]:
    """A depositary that showed us a log with its deposit, and ru another one, with another paper in its place, in which
    ru's receipt stands; nobody was ever shown a log in which both stand."""
    liar = dishonest()
    deposit = liar.paper("us", "ru")
    first = liar.note(by=before)
    support, shown = liar.support(first), liar.logged(deposit, first)
    liar.rewind(7)
    liar.admit(liar.deposit("us", "ru"))
    receipt = liar.force(liar.receipt("ru", deposit)).signed
    file = file_of(*support, shown, liar.logged(receipt, liar.note(by=after)))
    return liar.trust(), liar.trust(needed=1), file


def test_trees_of_two_sizes_are_not_passed_for_one_log() -> None:
    case, file = in_two_trees((), ())
    for trust in (case.trust(), None):
        found = verify(file.encode(), trust)
        assert (found.result, codes(found).count("one-log")) == (Result.UNCHECKED, 1)
    together = file_of(*(case.logged(act) for act in signed_of(file)))
    found = verify(together.encode(), case.trust())
    assert (found.result, "one-log" in codes(found)) == (Result.PROVEN, False)


def signed_of(file: Evidence) -> list[Signed]:
    return [item.statement for item in file.items if isinstance(item.statement, Signed)]


def test_two_histories_of_one_depositary_look_just_so() -> None:
    """No step refuses the file: what makes it doubtful is that the two trees were not compared, and that is said."""
    plain, _, file = two_histories((), ())
    found = verify(file.encode(), plain)
    assert (found.result, codes(found)) == (Result.UNCHECKED, ["one-log", "times", "absence", "agreement"])
    assert isinstance(found.acts[-1].act, Receipt)
    assert [shown.index for shown in found.acts][-2:] == [7, 8]


def test_a_quorum_that_cosigned_both_trees_answers_for_their_being_one_log() -> None:
    case, file = in_two_trees(ALL, ("vienna", "geneva"))
    found = verify(file.encode(), case.trust(needed=2))
    assert (found.result, "one-log" in codes(found)) == (Result.PROVEN, False)
    unasked = verify(file.encode(), case.trust())
    assert (unasked.result, "one-log" in codes(unasked)) == (Result.UNCHECKED, True), "the reader believes no witness"
    case, file = in_two_trees(ALL[:2], ALL[1:])
    assert verify(file.encode(), case.trust(needed=2)).result is Result.UNCHECKED, "only one of them saw both"
    assert verify(file.encode(), case.trust(needed=1)).result is Result.PROVEN


def test_quorums_with_no_witness_in_common_see_no_second_history() -> None:
    _, quorum, file = two_histories(("oslo",), ("vienna",))
    found = verify(file.encode(), quorum)
    assert (found.result, "one-log" in codes(found)) == (Result.UNCHECKED, True)
    assert "times" not in codes(found), "each tree had its quorum"


def test_an_earlier_checkpoint_is_no_second_tree() -> None:
    """No act is proven in it: it only bounds times, and those by a quorum of its own."""
    case, deposit = delivered()
    file = dataclasses.replace(case.of_paper(deposit), earlier=case.note(7))
    assert verify(file.encode(), case.trust()).result is Result.PROVEN


def test_two_checkpoints_of_one_tree_are_one_tree() -> None:
    case, deposit = delivered()
    receipt = case.acts[8]
    notes = (case.note(by=("oslo",)), case.note(by=("vienna",)))
    logged = [*case.support(notes[0]), case.logged(deposit, notes[0]), case.logged(receipt, notes[1])]
    assert verify(file_of(*logged).encode(), case.trust(needed=1)).result is Result.PROVEN


def opened(case: LoggedCase, *notes: Note) -> list[SignedCheckpoint]:
    return [open_checkpoint(note.to_text(), case.trust().policy.keys) for note in notes]


def test_three_trees_need_one_quorum_for_all() -> None:
    case, _ = delivered()
    policy = case.trust(needed=2).policy
    pairs = [case.note(size, by=by) for size, by in ((8, ALL[:2]), (9, ALL[1:]), (10, ALL[::2]))]
    assert not one_log(policy, opened(case, *pairs))
    assert not one_log(policy, opened(case, *pairs[:2]))
    assert one_log(policy, opened(case, case.note(8), case.note(9), case.note(10, by=ALL[:2])))
    assert one_log(None, opened(case, case.note(8)))
    assert not one_log(None, opened(case, case.note(8), case.note(9)))


def test_every_checkpoint_but_the_earlier_one_has_its_quorum() -> None:
    case, _ = delivered()
    policy = case.trust(needed=2).policy
    found = {
        note.to_text(): one for note, one in ((n, opened(case, n)[0]) for n in (case.note(8), case.note(9, by=())))
    }
    bare = case.note(9, by=()).to_text()
    assert [len(view.counted) for view in views(policy, found, unasked=bare).values()] == [3, 0]
    with pytest.raises(Invalid, match=r"policy\.quorum"):
        views(policy, found, unasked=None)
