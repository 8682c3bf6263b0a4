"""An amendment changes what it says, leaves everything else as it was, and shows nothing of that."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from parley.canonical import Base64, decode, encode
from parley.errors import Invalid, Malformed, ParleyError, Refused
from parley.measures.amendment import Amended, Amendment, Change, amend, prove_amendment, verify_amendment
from parley.measures.escrow import Committed, Escrow, commit
from parley.measures.escrow_answers import Absent, Present, answer, totals, verify_answer, verify_totals
from parley.measures.escrow_plan import LAYERS, Blind, Cell, Item, Seed
from parley.measures.escrow_secrets import SECRETS
from parley.measures.escrow_steps import Progress
from parley.measures.slot_tree import TAGS
from tests.measures.escrow_build import SITES, committed, items, opened_to, place, plan, progress_at, seed, subject

MADE = committed()
MOVED = Item(counts=(3, 300), place=Cell(east=5, north=5), region="Region B", uid="site-003")
NEW = Item(counts=(1, 1), place=Cell(east=-7, north=9), region="Region A", uid="site-100")


def next_of(made: Committed = MADE, nonce: int = 2, **given: Any) -> Committed:
    return commit(amend(made.escrow, blind=Blind(seed(f"blind {nonce}")), subject=subject(nonce), **given))


AFTER = next_of(put=(MOVED, NEW), remove=("site-007",))


def verify(amendment: Amendment, before: Committed = MADE, after: Committed = AFTER, **given: Any) -> Amended:
    members: dict[str, Any] = {
        "before": before.commitment,
        "before_subject": before.escrow.subject,
        "after": after.commitment,
        "after_subject": after.escrow.subject,
        "progress": progress_at(MADE, 1),
    }
    return verify_amendment(amendment, **members | given)


def refused(amendment: Amendment, **given: Any) -> ParleyError:
    with pytest.raises(ParleyError) as caught:
        verify(amendment, **given)
    return caught.value


def test_what_changed_is_proved_by_slot_and_kind() -> None:
    amendment = prove_amendment(MADE, AFTER, show=True)
    assert decode(encode(amendment), Amendment) == amendment
    found = {change.after or change.before: change for change in verify(amendment).changes}
    assert {uid: change.kind for uid, change in found.items()} == {
        "site-003": "changed",
        "site-007": "removed",
        "site-100": "added",
    }
    assert found["site-003"].slot == MADE.find("site-003") == AFTER.find("site-003")
    assert found["site-100"].slot == AFTER.find("site-100")
    assert MADE.held[found["site-100"].slot] is None


def test_before_the_step_that_shows_what_exists_only_slots_are_shown() -> None:
    amendment = prove_amendment(MADE, AFTER, show=False)
    found = verify(amendment, progress=Progress())
    assert [change.kind for change in found.changes] == [None, None, None]
    assert {change.slot for change in found.changes} == {
        AFTER.find("site-003"), MADE.find("site-007"), AFTER.find("site-100"),
    }  # fmt: skip
    early = prove_amendment(MADE, AFTER, show=True)
    error = refused(early, progress=Progress())
    assert (type(error), error.code) == (Refused, "escrow.too-early")


def test_nothing_of_what_did_not_change_is_in_the_proof() -> None:
    for show in (True, False):
        seen = b"".join(
            bytes(part)
            for changed in prove_amendment(MADE, AFTER, show=show).changed
            for side in (changed.before, changed.after)
            for part in (*side.data, *side.hidden)
        )
        for slot in range(32):
            for layer in LAYERS:
                salt = MADE.leaves(slot)[layer][len(TAGS[layer]) :][:32]
                assert (salt in seen) == (
                    show and layer == "existence" and slot in {change.slot for change in verify(
                        prove_amendment(MADE, AFTER, show=True)).changes}
                )  # fmt: skip


def test_what_did_not_change_keeps_its_slot_its_salts_and_its_hash() -> None:
    changed = {AFTER.find("site-003"), MADE.find("site-007"), AFTER.find("site-100")}
    for slot in range(32):
        same = MADE.levels[0][32 * slot : 32 * slot + 32] == AFTER.levels[0][32 * slot : 32 * slot + 32]
        assert same == (slot not in changed)
        assert (MADE.secrets(slot) == AFTER.secrets(slot)) == (slot not in changed)


def test_the_new_commitment_answers_and_steps_like_any_other() -> None:
    assert isinstance(ask(AFTER, MOVED.place), Present)
    assert isinstance(ask(AFTER, place(3)), Absent)
    assert isinstance(ask(AFTER, place(7)), Absent)
    assert isinstance(ask(MADE, place(7)), Present)
    assert len(opened_to(AFTER, 4)[3].items) == SITES
    before, after = (verify_totals(totals(m), m.commitment, subject=m.escrow.subject) for m in (MADE, AFTER))
    assert after["launchers"] == before["launchers"] - 7 + 1


def ask(made: Committed, where: Any) -> Absent | Present:
    return verify_answer(answer(made, where), where, Progress(), made.commitment, subject=made.escrow.subject)


def test_an_amended_escrow_is_read_as_it_was_written_and_amended_again() -> None:
    assert decode(encode(AFTER.escrow), Escrow) == AFTER.escrow
    third = next_of(AFTER, 3, put=(replace(MOVED, counts=(9, 9)),), remove=("site-100",))
    left, gone = MADE.find("site-007"), AFTER.find("site-100")
    assert {each.blind: each.slots for each in third.escrow.versions} == {
        AFTER.escrow.blind: (left,),
        third.escrow.blind: tuple(sorted((AFTER.find("site-003"), gone))),
    }
    changes = verify(prove_amendment(AFTER, third, show=True), before=AFTER, after=third).changes
    assert {(change.kind, change.before) for change in changes} == {("changed", "site-003"), ("removed", "site-100")}
    whole = verify(prove_amendment(MADE, third, show=True), before=MADE, after=third).changes
    assert {change.kind for change in whole} == {"changed", "removed", "unused"}


def test_two_amendments_of_one_declaration_have_no_salt_in_common_for_what_they_change() -> None:
    """One has a mistake and the other puts it right: the salts that the second shows open nothing of the first."""
    wrong, right = (next_of(nonce=nonce, put=(replace(MOVED, counts=(nonce, nonce)), NEW)) for nonce in (2, 3))
    for uid in ("site-003", "site-100"):
        slot = wrong.find(uid)
        assert right.find(uid) == slot
        parts = [made.secrets(slot)[at : at + 16] for made in (MADE, wrong, right) for at in range(0, SECRETS, 16)]
        assert len(set(parts)) == len(parts)
        shut = [prove_amendment(MADE, made, show=False).changed for made in (wrong, right)]
        one, two = (next(each.after.hidden for each in side if each.after.number == slot) for side in shut)
        assert not set(one) & set(two)
    same = wrong.find("site-001")
    assert wrong.secrets(same) == right.secrets(same) == MADE.secrets(same)
    assert verify(prove_amendment(wrong, right, show=True), before=wrong, after=right).changes


def test_a_blind_is_not_used_for_a_second_amendment() -> None:
    with pytest.raises(Malformed) as caught:
        amend(AFTER.escrow, remove=("site-001",), blind=AFTER.escrow.blind, subject=subject(3))
    assert caught.value.code == "escrow.number"


def test_a_slot_that_is_left_is_not_taken_by_the_same_amendment() -> None:
    """Else one change of a slot would stand for two of the declaration."""
    after = next_of(remove=("site-007",), put=(NEW,))
    assert after.find("site-100") != MADE.find("site-007")


def test_zones_are_drawn_anew_where_a_range_moved() -> None:
    """The same key in another range, before and after: were the draw the same, two answers would give the key away."""
    again = 0
    for slot in range(32):
        if MADE.keys[slot] != AFTER.keys[slot]:
            continue
        ranges = []
        for made in (MADE, AFTER):
            at = made.by_key.index(slot)
            high = made.index.cut(at + 1) if at + 1 < 32 else made.plan.space
            ranges.append((made.index.cut(at), high))
        again += ranges[0] == ranges[1]
    assert 15 < again < 29  # most are untouched, those beside a change are not


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_any_amendment_is_proved_and_says_what_became_of_each_item(data: st.DataObject) -> None:
    declared = items(plan())
    gone = data.draw(st.sets(st.sampled_from([item.uid for item in declared]), max_size=5))
    kept = [item for item in declared if item.uid not in gone]
    other = data.draw(st.sets(st.sampled_from([item.uid for item in kept]), max_size=5))
    added = data.draw(st.integers(0, 8))
    put = [replace(item, counts=(99, item.counts[1])) for item in kept if item.uid in other] + [
        Item(counts=(0, 0), place=Cell(east=n, north=150), region="New", uid=f"new-{n}") for n in range(added)
    ]
    if not (gone or put):
        return
    after = next_of(put=put, remove=gone)
    found = verify(prove_amendment(MADE, after, show=True), after=after)
    assert {change.before for change in found.changes if change.kind == "removed"} == gone
    assert {change.after for change in found.changes if change.kind == "changed"} == other
    assert {change.after for change in found.changes if change.kind == "added"} == {f"new-{n}" for n in range(added)}
    assert {item.uid for item in after.held if item} == {item.uid for item in kept} | {f"new-{n}" for n in range(added)}


def test_all_slots_may_change() -> None:
    small = committed(plan(slots=16), count=0)
    after = next_of(
        small, put=[Item(counts=(1, 0), place=place(n), region="A", uid=f"{n}") for n in range(16)]
    )  # fmt: skip
    amendment = prove_amendment(small, after, show=True)
    assert amendment.siblings == ()
    found = verify(amendment, before=small, after=after, progress=progress_at(small, 1))
    assert [change.kind for change in found.changes] == ["added"] * 16
    assert found.changes[0] == Change(slot=0, kind="added", before=None, after=found.changes[0].after)


# --- what is refused --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "escrow.changes"),
        ({"put": (items(plan())[3],)}, "escrow.changes"),
        ({"put": (MOVED, MOVED)}, "escrow.changes"),
        ({"put": (MOVED,), "remove": ("site-003",)}, "escrow.changes"),
        ({"remove": ("site-999",)}, "escrow.no-such-item"),
        ({"put": (replace(NEW, place=place(4)),)}, "escrow.place-twice"),
        ({"put": (replace(NEW, counts=(-1, 0)),)}, "escrow.count"),
        ({"put": (replace(NEW, counts=(2**53 - 1, 0)),)}, "escrow.sums"),
        (
            {"put": [replace(NEW, uid=f"{n}", place=Cell(east=n, north=150)) for n in range(21)]},
            "escrow.full",
        ),
    ],
)
def test_amendments_that_cannot_be(given: dict[str, Any], code: str) -> None:
    with pytest.raises(Malformed) as caught:
        next_of(**given)
    assert caught.value.code == code


def test_a_place_that_an_item_leaves_may_be_taken() -> None:
    after = next_of(put=(replace(NEW, place=place(7)),), remove=("site-007",))
    assert isinstance(ask(after, place(7)), Present)


def _changed(amendment: Amendment, at: int, **members: Any) -> Amendment:
    changed = list(amendment.changed)
    changed[at] = replace(changed[at], **members)
    return replace(amendment, changed=tuple(changed))


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda a: replace(a, changed=a.changed[:-1]), "escrow.proof-length escrow.root"),
        (lambda a: replace(a, changed=a.changed[::-1]), "escrow.order"),
        (lambda a: replace(a, changed=(a.changed[0], *a.changed)), "escrow.order"),
        (lambda a: replace(a, changed=()), "escrow.number"),
        (lambda a: replace(a, siblings=a.siblings[:-1]), "escrow.proof-length"),
        (lambda a: replace(a, siblings=(*a.siblings, Base64(bytes(32)))), "escrow.proof-length"),
        (lambda a: replace(a, siblings=a.siblings[::-1]), "escrow.root"),
        (lambda a: replace(a, siblings=(Base64(b"x"), *a.siblings[1:])), "escrow.proof-length"),
        (lambda a: replace(a, after=a.before), "escrow.commitment"),
        (lambda a: replace(a, after=a.before, before=a.after), "escrow.commitment"),
        (lambda a: _changed(a, 0, after=a.changed[0].before), "escrow.unchanged"),
        (lambda a: _changed(a, 0, after=a.changed[0].before, before=a.changed[0].after), "escrow.root"),
        (lambda a: _changed(a, 0, after=a.changed[1].after), "escrow.order"),
        (lambda a: _changed(a, 1, after=replace(a.changed[1].after, data=())), "escrow.opening"),
        (lambda a: _changed(a, 2, before=replace(a.changed[2].before, number=32)), "escrow.order"),
    ],
)
def test_a_spoiled_amendment(spoil: Any, code: str) -> None:
    assert refused(spoil(prove_amendment(MADE, AFTER, show=True))).code in code.split()


def test_a_change_that_was_kept_quiet() -> None:
    """The owner changes two slots and lists one: the other's old and new hash cannot both be among the siblings."""
    quiet = next_of(put=(MOVED,))
    honest = prove_amendment(MADE, quiet, show=False)
    error = refused(replace(honest, after=AFTER.roots))
    assert (type(error), error.code) == (Invalid, "escrow.root")


def test_an_amendment_of_another_escrow_or_under_another_plan() -> None:
    amendment = prove_amendment(MADE, AFTER, show=True)
    assert refused(amendment, before_subject=subject(9)).code == "escrow.commitment"
    assert refused(amendment, after_subject=subject(9)).code == "escrow.commitment"
    assert refused(amendment, before=committed(name="two")).code == "escrow.commitment"
    other = committed(plan(slots=64))
    assert refused(amendment, after=other).code == "escrow.plan"


def test_the_owner_is_told_what_is_no_amendment() -> None:
    for before, after in ((MADE, MADE), (MADE, committed(name="two")), (MADE, committed(plan(slots=64)))):
        with pytest.raises(Malformed) as caught:
            prove_amendment(before, after, show=True)
        assert caught.value.code == "escrow.changes"
    assert MADE.escrow.seed == Seed(seed("one"))


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 10**6), bit=st.integers(0, 7), show=st.booleans())
def test_one_bit_anywhere_is_seen(at: int, bit: int, show: bool) -> None:
    data = bytearray(encode(prove_amendment(MADE, AFTER, show=show)))
    data[at % len(data)] ^= 1 << bit
    with pytest.raises(ParleyError):
        verify(decode(bytes(data), Amendment))
