"""Draft files: one form for one draft, and nothing in them that their acts do not name."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from parley import statement
from parley.act import By, Deposit
from parley.archive import Member, MemoryReader, Reader, write_archive
from parley.canonical import Time, encode
from parley.draft import Draft, Place, draft_of, parts_of, read_draft, write_draft
from parley.errors import Invalid, Malformed
from tests.build import two_parties
from tests.drafts import PARTS, SECOND, deposit, file_of, for_two, keys_of, officers, read, signed, unsigned, written

VECTORS = Path(__file__).parent.parent / "vectors" / "draft"
CASES = json.loads((VECTORS / "cases.json").read_text("utf-8"))
KINDS = ("deposit", "convene", "join and receipt")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("hands", [0, 1, 2])
def test_what_is_written_is_read_and_written_alike(kind: str, hands: int) -> None:
    case, before = unsigned(kind=kind)
    draft = signed(before, *officers(case, "us")[:hands])
    data = file_of(draft)
    found = read(data)
    assert found[0] == draft
    assert written(found) == data
    assert len(found[0].missing) == 2 - hands
    assert draft.shown == before.shown, "signatures change nothing of what was shown"


def test_small_parts_are_shut_until_all_have_signed_and_the_payload_never_is() -> None:
    case, draft = unsigned()
    first, second = officers(case, "us")
    for half in (draft, signed(draft, first), signed(draft, second)):
        assert [place.shut for place in half.places] == [True, True, False]
    whole = signed(draft, first, second)
    assert [place.shut for place in whole.places] == [False, False, False]
    assert [place.path.split("/")[0] for place in whole.places] == ["sealed"] * 3
    assert read(file_of(whole))[1] == {f"sealed/{digest.hex()}": PARTS[digest] for digest in list(PARTS)[:3]}


def test_what_all_have_signed_is_the_act_as_any_other() -> None:
    """Whoever signs first, the bytes are those that both would have signed at one desk."""
    case, draft = unsigned()
    first, second = officers(case, "us")
    at_once = statement.sign(draft.act, [second, first])
    for order in ((first, second), (second, first)):
        (envelope,) = (each.envelope for each in signed(draft, *order).acts)
        assert [line.keyid for line in envelope.signatures] == [first.id, first.id, second.id, second.id]
        verified = statement.verify(statement.read(encode(envelope)), keys_of(case).get)
        assert verified.act == at_once.act
        assert verified.envelope.payload == at_once.envelope.payload


def test_a_key_signs_once_and_only_what_names_it() -> None:
    case, draft = unsigned()
    first, _ = officers(case, "us")
    with pytest.raises(Invalid) as twice:
        signed(draft, first, first)
    with pytest.raises(Invalid) as stranger:
        signed(draft, case.parties["ru"].officer)
    assert twice.value.code == stranger.value.code == "statement.keys"


def test_a_signature_over_other_bytes_is_noticed() -> None:
    case, draft = unsigned()
    first, _ = officers(case, "us")
    (half,) = signed(draft, first).acts
    assert statement.verify_unfinished(half, keys_of(case).get) is half
    other = draft_of([structs.replace(draft.act, claimed_time=Time(draft.act.claimed_time + 1))]).acts[0]
    moved = statement.Unfinished(
        act=other.act, envelope=structs.replace(other.envelope, signatures=half.envelope.signatures)
    )
    with pytest.raises(Invalid):
        statement.verify_unfinished(moved, keys_of(case).get)
    with pytest.raises(Invalid) as unknown:
        statement.verify_unfinished(half, lambda _: None)
    assert unknown.value.code == "statement.unknown-key"


@pytest.mark.parametrize("name", CASES["files"])
def test_vector_reads_as_told(name: str) -> None:
    data, told = (VECTORS / f"{name}.draft").read_bytes(), CASES["files"][name]
    draft, parts = read(data)
    assert [each.act.kind for each in draft.acts] == told["acts"]
    assert [key.hex() for key in draft.signers] == told["signers"]
    assert [key.hex() for key in draft.missing] == told["missing"]
    assert {path: len(content) for path, content in parts.items()} == told["parts"]
    assert written((draft, parts)) == data


@pytest.mark.parametrize("case", CASES["spoiled"], ids=[case["name"] for case in CASES["spoiled"]])
def test_vector_spoiled(case: dict[str, Any]) -> None:
    data = bytearray((VECTORS / f"{case['file']}.draft").read_bytes())
    changed = case["write"].encode()
    assert data[case["at"] : case["at"] + len(changed)] != changed
    data[case["at"] : case["at"] + len(changed)] = changed
    _refused(bytes(data), case["code"])


def _refused(data: bytes, code: str = "draft.form") -> None:
    with pytest.raises((Malformed, Invalid)) as caught:
        read(data)
    assert caught.value.code == code


def _members(draft: Draft, *members: tuple[str, bytes]) -> bytes:
    """A file with these members behind `draft.json`, in place of those that belong there."""

    def member(path: str, data: bytes) -> Member:
        return Member(path=path, size=len(data), open=lambda: MemoryReader(data))

    return b"".join(write_archive([member("draft.json", draft.encode()), *(member(*each) for each in members)]))


def test_parts_that_the_acts_do_not_name_miss_or_misplace() -> None:
    _, draft = unsigned()
    right = [(place.path, (b"#" if place.shut else b"") + PARTS[place.part.digest]) for place in draft.places]
    assert read(_members(draft, *right))[0] == draft
    _refused(_members(draft, *right[:2]))
    _refused(_members(draft, right[1], right[0], right[2]))
    _refused(_members(draft, *right, ("sealed/more", b"x")))
    _refused(_members(draft, (right[0][0].replace("shut", "sealed"), right[0][1]), *right[1:]))
    _refused(_members(draft, *right[:2], (right[2][0], right[2][1] + b"x")))
    _refused(_members(draft, *right[:2], (right[2][0], right[2][1][::-1])), "draft.part-changed")
    _refused(_members(draft, (right[0][0], bytes(2 * 1024 * 1024 + 1)), *right[1:]))


def test_a_part_that_nobody_takes_is_compared_all_the_same() -> None:
    _, draft = unsigned()
    data = file_of(draft)
    assert read_draft([data], lambda _place, _pieces: None) == draft
    at = data.index(PARTS[draft.places[2].part.digest][:64])
    changed = data[: at + 5] + b"!" + data[at + 6 :]
    with pytest.raises(Invalid):
        read_draft([changed], lambda _place, _pieces: None)


def test_acts_that_do_not_go_together() -> None:
    case, draft = unsigned(kind="join and receipt")
    join, receipt = (each.act for each in draft.acts)
    own = By(party="us", keys=(SECOND.id,))
    for acts in (
        [],
        [receipt, join],
        [join, join],
        [join, receipt, receipt],
        [join, structs.replace(receipt, claimed_time=Time(receipt.claimed_time + 1))],
        [join, structs.replace(receipt, by=own)],
        [join, structs.replace(receipt, negotiation=case.nonce())],
        [case.acts[1].act],
        [case.acts[0].act],
    ):
        with pytest.raises(Malformed) as caught:
            draft_of(acts)
        assert caught.value.code == "draft.form"


def test_a_join_signed_and_its_receipt_not_is_no_draft() -> None:
    case, draft = unsigned(kind="join and receipt")
    first, _ = officers(case, "us")
    half = Draft(acts=(statement.add_signature(draft.acts[0], first), draft.acts[1]))
    _refused(_members(half))


def test_other_json_is_no_draft() -> None:
    _, draft = unsigned(kind="join and receipt")
    good = draft.encode()
    for changed in (
        good.replace(b'"version":1', b'"version":2'),
        good.replace(b'"version":1', b'"version":1,"x":1'),
        b" " + good,
        b"{}",
        b"",
    ):
        data = b"".join(
            write_archive([Member(path="draft.json", size=len(changed), open=lambda data=changed: MemoryReader(data))])  # type: ignore[misc]
        )
        _refused(data)
    _refused(b"")
    _refused(b"# Draft\n")
    _refused(file_of(draft)[:-1])
    _refused(file_of(draft) + b"\0")


def test_a_held_deposit_has_no_parts() -> None:
    case = two_parties()
    act = deposit(case)
    assert isinstance(act, Deposit)
    held = structs.replace(
        act, cover=None, header=None, payload=None, opening=structs.replace(act.opening, kind="held")
    )
    assert parts_of(held) == ()
    draft = draft_of([for_two(case, held)])
    assert read(file_of(draft)) == (draft, {})


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_file_in_any_pieces_is_the_same_draft(data: st.DataObject) -> None:
    _, draft = unsigned()
    file = file_of(draft)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(file)), max_size=8)))
    pieces = [file[start:end] for start, end in zip([0, *cuts], [*cuts, len(file)], strict=True)]
    assert read_draft(pieces, lambda _place, _pieces: None) == draft


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 255))
def test_no_changed_byte_is_read_as_the_same_draft(place: int, by: int) -> None:
    _, draft = unsigned()
    file = bytearray(file_of(draft))
    file[place % len(file)] ^= by
    try:
        found = read(bytes(file))
    except (Malformed, Invalid):
        return
    assert written(found) == bytes(file)
    assert found != read(file_of(draft)), "what is shut may differ: that, only its second seal can tell"


def test_a_part_is_written_with_the_size_that_was_said() -> None:
    _, draft = unsigned()

    def short(place: Place) -> tuple[int, Callable[[], Reader]]:
        return 10, lambda: MemoryReader(b"123")

    def stream() -> Iterator[bytes]:
        yield from write_draft(draft, short)

    with pytest.raises(Malformed):
        list(stream())
