"""The recovery sheet: what is printed is what is typed back, and a slip of the hand is found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.client.keyring import Secret
from parley.client.root import GROUP, GROUPS, LETTERS, Root
from parley.errors import Malformed

seeds = st.binary(min_size=32, max_size=32).map(lambda data: Root(seed=Secret(data)))


@given(seeds)
def test_what_is_printed_is_typed_back(root: Root) -> None:
    groups = root.groups()
    assert [len(group) for group in groups] == [GROUP] * GROUPS
    assert set("".join(groups)) <= set(LETTERS)
    for typed in (" ".join(groups), "".join(groups).lower(), "-".join(groups), "\n".join(groups)):
        assert Root.from_groups(typed) == root


@given(seeds)
def test_letters_that_look_alike_are_read_as_meant(root: Root) -> None:
    typed = " ".join(root.groups()).replace("0", "O").replace("1", "l")
    assert Root.from_groups(typed) == root


@given(seeds, st.integers(0, GROUPS * GROUP - 1), st.integers(1, 31))
def test_one_wrong_letter_is_found(root: Root, place: int, step: int) -> None:
    text = "".join(root.groups())
    wrong = LETTERS[(LETTERS.index(text[place]) + step) % 32]
    with pytest.raises(Malformed) as caught:
        Root.from_groups(text[:place] + wrong + text[place + 1 :])
    assert caught.value.code == "sheet.checksum"


@given(seeds, st.integers(0, GROUPS - 2))
def test_two_groups_exchanged_are_found(root: Root, place: int) -> None:
    groups = list(root.groups())
    groups[place], groups[place + 1] = groups[place + 1], groups[place]
    if tuple(groups) != root.groups():
        with pytest.raises(Malformed):
            Root.from_groups(" ".join(groups))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "sheet.length"),
        ("0000", "sheet.length"),
        ("0" * 57, "sheet.length"),
        ("0" * 56, "sheet.checksum"),
        ("U" * 56, "sheet.letter"),
        ("0" * 55 + "é", "sheet.letter"),
    ],
)
def test_what_is_no_sheet_is_named(typed: str, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        Root.from_groups(typed)
    assert caught.value.code == code


def test_a_letter_out_of_place_is_named_by_group() -> None:
    groups = list(Root(seed=Secret(bytes(32))).groups())
    groups[2] = "0U00"
    with pytest.raises(Malformed) as caught:
        Root.from_groups(" ".join(groups))
    assert caught.value.details == {"group": 3, "place": 2}


def test_signing_and_recovery_keys_come_from_the_seed_alone() -> None:
    one, same, other = (Root(seed=Secret(bytes([value]) * 32)) for value in (1, 1, 2))
    assert one.signing.id == same.signing.id
    assert one.recovery.public.id == same.recovery.public.id
    assert one.signing.id != other.signing.id
    assert one.recovery.public.id != other.recovery.public.id
