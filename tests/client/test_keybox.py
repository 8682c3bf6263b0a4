"""The key box: only the root puts it together, only its holders open it, an old one is told from the newest."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.age import FILE_KEY, seal_small
from parley.client.keybox import KeyBox, check_against, open_box
from parley.client.keyring import Keyring
from parley.client.root import Root
from parley.crypto import ReadingSecret
from parley.errors import Invalid, Malformed, ParleyError, Refused
from parley.sealed_shape import NONCE
from tests.client.places import Random

LOG = "depositary.example/log/1"
RNG = Random("keybox")
ROOT, OTHER_ROOT = Root.new(RNG), Root.new(RNG)
CHIEF, CLERK, STRANGER = (Keyring.new(RNG) for _ in range(3))
BOX = KeyBox(
    log=LOG,
    party="ru",
    reading=(ReadingSecret(RNG(32)),),
    holders=((CHIEF.signing.id, CHIEF.box.public), (CLERK.signing.id, CLERK.box.public)),
)
SEALED = BOX.seal(ROOT, RNG)


def _open(data: bytes, secret: ReadingSecret, root: Root = ROOT, log: str = LOG, party: str = "ru") -> KeyBox:
    return open_box(data, secret, root=root.signing.verifying, log=log, party=party)


def test_every_holder_and_the_sheet_open_it() -> None:
    for secret in (CHIEF.box, CLERK.box, ROOT.recovery):
        opened = _open(SEALED, secret)
        assert [each.seed for each in opened.reading] == [each.seed for each in BOX.reading]
        assert [key for key, _ in opened.holders] == [CHIEF.signing.id, CLERK.signing.id]


def test_nobody_else_does() -> None:
    for secret in (STRANGER.box, OTHER_ROOT.recovery):
        with pytest.raises(Refused) as caught:
            _open(SEALED, secret)
        assert caught.value.code == "keybox.not-for-us"


def test_an_officer_cannot_put_in_another() -> None:
    """A clerk knows every secret in the box, and who reads it: but not the root."""
    forged = BOX.with_holder(STRANGER.signing.id, STRANGER.box.public).seal(OTHER_ROOT, RNG)
    plain = open_plain(forged)
    resealed = seal_small(RNG(FILE_KEY), RNG(NONCE), plain, [ROOT.recovery.public, CHIEF.box.public])
    with pytest.raises(Invalid):
        _open(resealed, CHIEF.box)


def open_plain(data: bytes) -> bytes:
    from parley.age import open_small

    return open_small(data, CHIEF.box)


def test_a_box_of_another_party_or_log() -> None:
    for other in ({"party": "us"}, {"log": "other.example/log/1"}):
        with pytest.raises(Invalid) as caught:
            _open(SEALED, CHIEF.box, **other)  # type: ignore[arg-type]  # two texts
        assert caught.value.code == "keybox.other-party"


def test_an_old_box_is_behind_and_a_newer_is_not() -> None:
    added = BOX.with_reading(ReadingSecret(RNG(32)))
    enrolled = [secret.public.id for secret in added.reading]
    assert check_against(added, enrolled) is added
    assert check_against(added, enrolled[:1]) is added
    with pytest.raises(Refused) as caught:
        check_against(BOX, enrolled)
    assert caught.value.code == "keybox.behind"
    assert added.secret(enrolled[1]).public.id == enrolled[1]
    with pytest.raises(Refused):
        BOX.secret(enrolled[1])


def test_holders_come_and_go() -> None:
    without = BOX.without_holder(CLERK.signing.id)
    assert (without.holds(CHIEF.signing.id), without.holds(CLERK.signing.id)) == (True, False)
    again = without.with_holder(CLERK.signing.id, STRANGER.box.public).with_holder(CLERK.signing.id, CLERK.box.public)
    assert len(again.holders) == 2
    with pytest.raises(Refused):
        _open(without.seal(ROOT, RNG), CLERK.box)


def test_it_shows_nothing() -> None:
    assert BOX.reading[0].seed.hex()[:8] not in repr(BOX)
    assert BOX.reading[0].seed not in SEALED


@settings(max_examples=60)
@given(st.integers(0, len(SEALED) - 1), st.integers(0, 7))
def test_a_flipped_bit_opens_for_nobody(place: int, bit: int) -> None:
    changed = bytearray(SEALED)
    changed[place] ^= 1 << bit
    with pytest.raises(ParleyError):
        _open(bytes(changed), CHIEF.box)


@settings(max_examples=30)
@given(st.integers(0, len(SEALED) - 1))
def test_a_box_cut_short(length: int) -> None:
    with pytest.raises((Malformed, Invalid, Refused)):
        _open(SEALED[:length], CHIEF.box)
