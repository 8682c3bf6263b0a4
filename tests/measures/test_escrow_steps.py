"""Steps come in their order, whole, and none of them shows a byte of a layer that is still shut."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.canonical import Base64, decode, encode
from parley.crypto import sha256
from parley.errors import Invalid, Malformed, ParleyError, Refused
from parley.measures import escrow as room
from parley.measures.escrow import Committed, commit, place_items
from parley.measures.escrow_plan import LAYERS, Blind, Item, Layer, Plan, Seed, Step
from parley.measures.escrow_steps import Progress, StepOpening, open_step, verify_step
from parley.measures.slot_tree import HASH, TAGS, OpenedSlot, open_slot, siblings
from parley.words import explain
from tests.measures.escrow_build import (
    SITES,
    STEPS,
    committed,
    items,
    opened_to,
    place,
    plan,
    progress_at,
    seed,
    subject,
)

MADE = committed()
EXISTENCE = b"parley/escrow-existence/v1\n" + bytes(32)
REGION = b"parley/escrow-region/v1\n" + bytes(32)


def step(number: int, made: Committed = MADE, uids: tuple[str, ...] | None = None) -> StepOpening:
    return open_step(made, number, uids)


def refused(opening: StepOpening, progress: Progress, made: Committed = MADE, **given: Any) -> ParleyError:
    with pytest.raises(ParleyError) as caught:
        verify_step(opening, progress, made.commitment, subject=given.get("subject", made.escrow.subject))
    return caught.value


def slot_changed(opening: StepOpening, at: int, **changed: Any) -> StepOpening:
    slots = list(opening.slots)
    slots[at] = msgspec.structs.replace(slots[at], **changed)
    return msgspec.structs.replace(opening, slots=tuple(slots))


def rooted(opening: StepOpening, **changed: Any) -> StepOpening:
    return msgspec.structs.replace(opening, roots=msgspec.structs.replace(opening.roots, **changed))


def holding(opening: StepOpening) -> int:
    """The first slot of an opening that has an item."""
    return next(at for at, opened in enumerate(opening.slots) if not opened.data[0].endswith(b"null"))


def test_all_steps_one_after_the_other_show_the_whole_declaration() -> None:
    done = opened_to(MADE, 4)
    assert [len(opened.items) for opened in done] == [SITES, SITES, 1, SITES]
    assert [opened.progress.step for opened in done] == [1, 2, 3, 4]
    assert all(opened.progress.complete for opened in done)
    declared = {item.uid: item for item in items(MADE.plan)}
    for shown in done[3].items:
        assert (shown.place, shown.counts) == (declared[shown.uid].place, declared[shown.uid].counts)
        assert shown.region is None
    for shown in done[1].items:
        assert (shown.region, shown.place, shown.counts) == (declared[shown.uid].region, None, None)
    assert {shown.uid for shown in done[0].items} == set(declared)


def test_a_step_is_read_as_it_was_written() -> None:
    for number, named in ((1, None), (2, None), (3, ("site-001", "site-007")), (4, None)):
        opening = step(number, uids=named)
        assert decode(encode(opening), StepOpening) == opening


def test_items_named_are_shown_and_no_others_and_more_may_be_named_later() -> None:
    progress = progress_at(MADE, 2)
    first = verify_step(step(3, uids=("site-004",)), progress, MADE.commitment, subject=subject())
    assert [shown.uid for shown in first.items] == ["site-004"]
    again = verify_step(step(3, uids=("site-005", "site-001")), first.progress, MADE.commitment, subject=subject())
    assert {shown.uid for shown in again.items} == {"site-001", "site-005"}
    none = verify_step(step(3, uids=()), again.progress, MADE.commitment, subject=subject())
    assert (none.items, none.progress) == ((), again.progress)


@pytest.mark.parametrize(
    ("reached", "number"), [(0, 2), (0, 3), (0, 4), (1, 1), (1, 3), (2, 1), (2, 4), (4, 4), (4, 1)]
)
def test_a_step_that_is_not_due_is_refused(reached: int, number: int) -> None:
    opening = step(number, uids=("site-003",) if number == 3 else None)
    error = refused(opening, progress_at(MADE, reached))
    assert isinstance(error, Refused)
    assert (error.code, error.details) == ("escrow.step-order", {"found": number, "expected": reached + 1})


# --- nothing early ----------------------------------------------------------------------------------------------


def everything_in(value: object) -> bytes:
    """All bytes of an opening: its JSON, and every base64 and hexadecimal string in it as the bytes it stands for."""
    found = [encode(value)]
    waiting: list[object] = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, bytes):
            found.append(bytes(each))
        elif isinstance(each, tuple):
            waiting += each
        elif isinstance(each, msgspec.Struct):
            waiting += [getattr(each, name) for name in each.__struct_fields__]
    return b"\x00".join(found)


def orders() -> st.SearchStrategy[tuple[Step, ...]]:
    """Plans of one to four steps: the layers in any order after existence, of all or of those named."""

    @st.composite
    def plans(draw: st.DrawFn) -> tuple[Step, ...]:
        rest = draw(st.permutations(LAYERS[1:]))
        cuts = sorted(draw(st.sets(st.integers(1, 2))))
        groups = [rest[a:b] for a, b in zip([0, *cuts], [*cuts, 3], strict=True)]
        if draw(st.booleans()):
            groups[0] = ["existence", *groups[0]]
        else:
            groups = [["existence"], *groups]
        return tuple(
            Step(
                layers=tuple(layer for layer in LAYERS if layer in group),
                of="all" if at == 0 else draw(st.sampled_from(("all", "named"))),
            )
            for at, group in enumerate(groups)
        )

    return plans()


@settings(max_examples=30, deadline=None)
@given(steps=orders(), name=st.text("abc", min_size=1, max_size=3))
def test_no_opening_of_earlier_steps_has_a_byte_of_a_later_layer(steps: tuple[Step, ...], name: str) -> None:
    """Neither its words, nor its salt, nor the bytes of its leaf, of any slot, in any writing."""
    of = plan(steps=steps, slots=16, grid=None)
    listed = [
        Item(counts=(10**9 + n, 10**8 + n), place=f"Place {n}", region=f"Region {n}", uid=f"Uid {n}") for n in range(5)
    ]
    made = commit(place_items(listed, plan=of, seed=Seed(seed(name)), blind=Blind(seed(name)), subject=subject()))
    shut: set[Layer] = set(LAYERS)
    seen = b""
    for number, each in enumerate(steps, start=1):
        shut -= set(each.layers)
        named = tuple(item.uid for item in listed) if each.of == "named" else None
        seen += everything_in(open_step(made, number, named))
        for slot in range(16):
            for layer, data in made.leaves(slot).items():
                salt, content = data[len(TAGS[layer]) :][:HASH], data[len(TAGS[layer]) + HASH :]
                if layer in shut:
                    assert data not in seen
                    assert salt not in seen
                    assert content == b"null" or content not in seen
                    assert salt.hex().encode() not in seen
                elif made.held[slot] is not None:
                    assert salt in seen  # so that the search would have found it


def test_an_empty_slot_never_opens_more_than_that_it_is_empty() -> None:
    made = committed(plan(steps=(Step(layers=LAYERS, of="all"),)))
    opening = open_step(made, 1)
    seen = everything_in(opening)
    for slot in range(32):
        if made.held[slot] is None:
            for layer in LAYERS[1:]:
                assert made.leaves(slot)[layer][len(TAGS[layer]) :][:HASH] not in seen


def test_shut_steps_have_the_same_size_whatever_the_contents() -> None:
    small = committed(count=SITES)
    big = commit(
        place_items(
            [Item(counts=(9**15, 9**15), place=place(n), region="R" * 100, uid=f"site-{n:03}") for n in range(SITES)],
            plan=plan(), seed=Seed(seed("one")), blind=Blind(seed("one/blind")), subject=subject(),
        )
    )  # fmt: skip
    assert len(encode(open_step(small, 1))) == len(encode(open_step(big, 1)))


# --- what is spoiled --------------------------------------------------------------------------------------------


def test_a_step_of_all_that_leaves_out_a_slot_is_incomplete() -> None:
    opening = step(1)
    error = refused(msgspec.structs.replace(opening, slots=opening.slots[:-1]), Progress())
    assert (type(error), error.code) == (Invalid, "escrow.incomplete")


def test_a_step_of_all_that_leaves_out_an_item_is_incomplete() -> None:
    """Here its siblings are even there: it would lead to the root."""
    opening = step(2)
    without = opening.slots[0].number
    left = [item.uid for item in MADE.held if item is not None and item != MADE.held[without]]
    of = plan(steps=(STEPS[0], Step(layers=("region",), of="named")))
    twin = commit(place_items(items(of), plan=of, seed=MADE.escrow.seed, blind=MADE.escrow.blind, subject=subject()))
    part = open_step(twin, 2, left)
    error = refused(msgspec.structs.replace(part, roots=MADE.roots), progress_at(MADE, 1))
    assert (type(error), error.code) == (Invalid, "escrow.incomplete")


def test_slots_in_another_order_or_twice() -> None:
    opening = step(1)
    assert refused(msgspec.structs.replace(opening, slots=opening.slots[::-1]), Progress()).code == "escrow.order"
    twice = (opening.slots[0], *opening.slots[:-1])
    assert refused(msgspec.structs.replace(opening, slots=twice), Progress()).code == "escrow.order"


def test_an_opening_of_another_escrow_with_the_same_words() -> None:
    other = committed(name="two")
    assert refused(open_step(other, 1), Progress()).code == "escrow.commitment"
    mixed = msgspec.structs.replace(open_step(other, 1), roots=MADE.roots)
    assert refused(mixed, Progress()).code == "escrow.root"


def test_an_opening_adopted_under_another_deposit() -> None:
    assert refused(step(1), Progress(), subject=subject(2)).code == "escrow.commitment"


def test_an_opening_under_another_plan() -> None:
    """The same places and roots; but a step was put before its time."""
    early = plan(
        steps=(Step(layers=("existence", "contents"), of="all"), *STEPS[1:3], Step(layers=("place",), of="all"))
    )
    twin = commit(
        place_items(items(early), plan=early, seed=MADE.escrow.seed, blind=MADE.escrow.blind, subject=subject())
    )
    assert twin.roots == MADE.roots
    with pytest.raises(Invalid) as caught:
        verify_step(
            open_step(twin, 1), Progress(),
            msgspec.structs.replace(MADE.commitment, plan=early), subject=subject(),
        )  # fmt: skip
    assert caught.value.code == "escrow.commitment"


@pytest.mark.parametrize("layer", LAYERS[1:])
def test_a_layer_opened_beside_those_of_the_step(layer: Layer) -> None:
    opening = step(1)
    at = holding(opening)
    leaves = MADE.leaves(opening.slots[at].number)
    more = slot_changed(
        opening,
        at,
        data=(*opening.slots[at].data, Base64(leaves[layer])),
        hidden=tuple(Base64(sha256(leaves[other])) for other in LAYERS[1:] if other != layer),
    )
    assert refused(more, Progress()).code == "escrow.opening"


def test_an_empty_slot_shown_as_an_item() -> None:
    opening = step(2)
    empty = next(slot for slot in range(32) if MADE.held[slot] is None)
    of_all = msgspec.structs.replace(opening, slots=tuple(sorted(
        (*opening.slots[1:], msgspec.structs.replace(opening.slots[0], number=empty)), key=lambda each: each.number
    )))  # fmt: skip
    assert refused(of_all, progress_at(MADE, 1)).code == "escrow.incomplete"
    progress = progress_at(MADE, 2)
    named = open_step(MADE, 3, ("site-003",))
    leaves = MADE.leaves(empty)
    dummy = msgspec.structs.replace(
        named, slots=(open_slot(empty, leaves, ("place",)),), siblings=siblings(MADE.levels, [empty])
    )
    error = refused(dummy, progress)
    assert (type(error), error.code, error.details) == (Invalid, "escrow.unused", {"slot": empty})


def test_an_empty_slot_named_with_its_existence() -> None:
    of = plan(steps=(Step(layers=("existence", "place"), of="named"),))
    made = committed(of)
    empty = next(slot for slot in range(32) if made.held[slot] is None)
    named = open_step(made, 1, ("site-003",))
    for shown in (("existence",), ("existence", "place")):
        dummy = msgspec.structs.replace(
            named, slots=(open_slot(empty, made.leaves(empty), shown),), siblings=siblings(made.levels, [empty])
        )
        assert refused(dummy, Progress(), made).code == ("escrow.unused" if len(shown) == 1 else "escrow.opening")


def test_an_item_that_was_not_known_to_exist_cannot_be_opened_later() -> None:
    of = plan(steps=(Step(layers=("existence",), of="named"), Step(layers=("place",), of="named")))
    made = committed(of)
    progress = verify_step(open_step(made, 1, ("site-001",)), Progress(), made.commitment, subject=subject()).progress
    assert not progress.complete
    assert refused(open_step(made, 2, ("site-002",)), progress, made).code == "escrow.unused"
    verify_step(open_step(made, 2, ("site-001",)), progress, made.commitment, subject=subject())


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda o: slot_changed(o, holding(o), data=(Base64(EXISTENCE + b'"x"'),)), "escrow.root"),
        (lambda o: slot_changed(o, 0, data=(Base64(REGION + b'"x"'),)), "escrow.leaf"),
        (lambda o: slot_changed(o, holding(o), data=(Base64(EXISTENCE),)), "escrow.leaf"),
        (lambda o: slot_changed(o, holding(o), data=()), "escrow.opening"),
        (lambda o: slot_changed(o, 0, hidden=o.slots[0].hidden[:2]), "escrow.opening"),
        (lambda o: slot_changed(o, 0, hidden=(Base64(b"x"), *o.slots[0].hidden[1:])), "canonical.length"),
        (lambda o: slot_changed(o, 0, hidden=o.slots[0].hidden[::-1]), "escrow.root"),
        (lambda o: slot_changed(o, 31, number=32), "escrow.incomplete"),
        (lambda o: msgspec.structs.replace(o, siblings=(Base64(bytes(32)),)), "escrow.proof-length"),
        (lambda o: rooted(o, items=o.roots.index), "escrow.commitment"),
        (lambda o: rooted(o, blind=Blind(bytes(32))), "escrow.commitment"),
        (lambda o: msgspec.structs.replace(o, step=9), "escrow.step-order"),
        (lambda o: msgspec.structs.replace(o, step=0), "escrow.step-order"),
        (lambda o: msgspec.structs.replace(o, step=-1), "escrow.step-order"),
    ],
)  # fmt: skip
def test_a_spoiled_opening(spoil: Any, code: str) -> None:
    assert refused(spoil(step(1)), Progress()).code == code


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda o: msgspec.structs.replace(o, siblings=o.siblings[:-1]), "escrow.proof-length"),
        (lambda o: msgspec.structs.replace(o, siblings=o.siblings[::-1]), "escrow.root"),
        (lambda o: msgspec.structs.replace(o, siblings=(Base64(b"x"), *o.siblings[1:])), "escrow.proof-length"),
        (lambda o: msgspec.structs.replace(o, slots=()), "escrow.proof-length"),
        (lambda o: slot_changed(o, 0, number=o.slots[0].number ^ 1), "escrow.root"),
        (lambda o: slot_changed(o, 0, number=32), "escrow.number"),
        (lambda o: slot_changed(o, 0, number=-1), "escrow.number"),
    ],
)
def test_a_spoiled_opening_of_items_named(spoil: Any, code: str) -> None:
    assert refused(spoil(step(3, uids=("site-003",))), progress_at(MADE, 2)).code == code


def forged(of: Plan, leaves: dict[int, dict[Layer, bytes]]) -> Committed:
    """A commitment of an owner who does not keep to the form: these contents in these slots."""
    made = committed(of)
    original = room.contents_of

    def contents(item: Item | None) -> tuple[bytes, ...]:
        found = dict(zip(LAYERS, original(item), strict=True))
        found |= leaves.get(-1 if item is None else int(item.uid[-3:]), {})
        return tuple(found[layer] for layer in LAYERS)

    room.contents_of = contents  # type: ignore[assignment]
    try:
        again = commit(made.escrow)
        again.leaves = {slot: again.leaves(slot) for slot in range(of.slots)}.__getitem__  # type: ignore[method-assign]
    finally:
        room.contents_of = original
    return again


@pytest.mark.parametrize(
    ("spoiled", "family", "code"),
    [
        ({3: {"existence": b'"site-004"'}}, Malformed, "escrow.uid-twice"),
        ({3: {"existence": b'""'}}, Malformed, "escrow.leaf"),
        ({3: {"existence": b"7"}}, Malformed, "canonical.shape"),
        ({3: {"existence": b'"a\\u0062"'}}, Malformed, "canonical.not-canonical"),
        ({3: {"place": b'{"east":-82,"north":29}'}}, Malformed, "escrow.place-twice"),
        ({3: {"place": b'"Base"'}}, Malformed, "escrow.place"),
        ({3: {"place": b'{"east":999,"north":29}'}}, Malformed, "escrow.place"),
        ({3: {"place": b"null"}}, Invalid, "escrow.unused"),
        ({3: {"contents": b"[1]"}}, Malformed, "escrow.leaf"),
        ({3: {"contents": b"[-1,0]"}}, Malformed, "escrow.leaf"),
        ({3: {"contents": b"[1.5,0]"}}, Malformed, "canonical.float"),
        ({3: {"contents": b"[9007199254740992,0]"}}, Malformed, "canonical.integer"),
        ({3: {"region": b'"\xe2\x80\xae"'}}, Malformed, "wording.bidi-control"),
    ],
)  # fmt: skip
def test_an_owner_who_did_not_keep_to_the_form_is_found_out_at_the_step(
    spoiled: dict[int, dict[Layer, bytes]], family: type[ParleyError], code: str
) -> None:
    of = plan(steps=(Step(layers=LAYERS, of="all"),))
    made = forged(of, spoiled)
    error = refused(open_step(made, 1), Progress(), made)
    assert (type(error), error.code) == (family, code)


def test_the_owner_is_told_what_cannot_be_opened() -> None:
    for work, code in (
        (lambda: open_step(MADE, 5), "escrow.no-such-step"),
        (lambda: open_step(MADE, 0), "escrow.no-such-step"),
        (lambda: open_step(MADE, 3), "escrow.named"),
        (lambda: open_step(MADE, 1, ["site-003"]), "escrow.named"),
        (lambda: open_step(MADE, 3, ["site-999"]), "escrow.no-such-item"),
    ):
        with pytest.raises(Malformed) as caught:
            work()
        assert caught.value.code == code


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 10**6), bit=st.integers(0, 7), number=st.sampled_from((1, 3)))
def test_one_bit_anywhere_is_seen(at: int, bit: int, number: int) -> None:
    """Any bit of the written opening: it is not read any more, or does not hold any more."""
    good = step(number, uids=("site-003",) if number == 3 else None)
    data = bytearray(encode(good))
    data[at % len(data)] ^= 1 << bit
    with pytest.raises(ParleyError):
        verify_step(decode(bytes(data), StepOpening), progress_at(MADE, number - 1), MADE.commitment, subject=subject())


def test_a_slot_is_read_as_it_was_written() -> None:
    for opened in step(1).slots:
        assert decode(encode(opened), OpenedSlot) == opened


def test_what_is_missing_or_too_much_for_a_step_is_said() -> None:
    for names, says in (
        (None, "Step 3 opens items that are named: add --item UID"),
        (["site-003"], "Step 1 opens all items, and not the 1 that were named: leave out --item"),
    ):
        with pytest.raises(Malformed) as caught:
            open_step(MADE, 1 if names else 3, names)
        assert explain(caught.value) == says
