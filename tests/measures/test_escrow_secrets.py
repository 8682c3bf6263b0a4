"""Secrets of slots: one stream, each byte of it once, and the same whichever way they are read."""

from __future__ import annotations

import pytest

from parley.measures.escrow_secrets import SECRETS, UNCHANGED, Secrets
from parley.measures.range_building import Keyed
from tests.measures.escrow_build import seed
from tests.measures.test_escrow import secrets

SLOTS = 8192
CHANGED = {0: seed("a"), 17: seed("b"), 4095: seed("a"), 4096: seed("c"), 8191: seed("a")}
MADE = Secrets(seed("one"), SLOTS, CHANGED)


@pytest.mark.parametrize("slot", [0, 1, 15, 16, 17, 4095, 4096, 4097, 8190, 8191])
def test_one_slot_as_the_page_says(slot: int) -> None:
    assert MADE.of(slot) == secrets(seed("one"), slot, CHANGED.get(slot, UNCHANGED))


def test_all_of_them_are_those_of_each() -> None:
    """In one pass, over the ends of what is made at once, with slots in other versions among them."""
    whole = [secret for (secret,) in MADE.each("272s")]
    assert whole == [MADE.of(slot) for slot in range(SLOTS)]
    assert len(set(whole)) == SLOTS
    parts = list(MADE.each("128x32s32s32x32s16x"))
    assert parts == [(secret[128:160], secret[160:192], secret[224:256]) for secret in whole]


def test_no_part_of_any_slot_or_version_is_that_of_another() -> None:
    """Nothing that is shown can be what is shut: 272 bytes a slot, in parts of 16."""
    versions = [Secrets(seed("one"), 64, dict.fromkeys(range(64), seed(version))) for version in "abcd"]
    parts = {
        secret[at : at + 16]
        for each in (*versions, Secrets(seed("two"), 64, {}))
        for (secret,) in each.each("272s")
        for at in range(0, SECRETS, 16)
    }
    assert len(parts) == 5 * 64 * 17


def test_what_an_index_is_made_from_is_read_as_it_was_written() -> None:
    keys, uses = bytes(range(256)) * (SLOTS // 16), bytes(range(128)) * (SLOTS // 32)
    given = Keyed(keys=keys, secrets=MADE, space=1 << 128, uses=uses)
    found = Keyed.from_bytes(given.to_bytes())
    assert (found.keys, found.uses, found.space) == (keys, uses, 1 << 128)
    assert (found.secrets.seed, found.secrets.slots, found.secrets.versions) == (seed("one"), SLOTS, CHANGED)
