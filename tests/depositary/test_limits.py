"""Limits on what anybody may have the depositary read, keep or send."""

from __future__ import annotations

from typing import Any

import pytest

from parley.act import Enrol, Statement, Words
from parley.canonical import Base64, decode
from parley.crypto import ReadingSecret
from parley.depositary import office
from parley.tiles import decode_bundle
from parley.wire import LARGEST_PAGE_BYTES, ChainPage, Items
from tests.build import seed
from tests.depositary.live import Live, two


def grow(live: Live, size: int) -> int:
    """Acts of one negotiation that come to more than `size` bytes; returns how many."""
    deposit = live.admit(live.deposit("us", "ru"))
    words = tuple(Words(language="en", text="x" * 2000) for _ in range(20))
    count = done = 0
    while done <= size:
        said = live.act(Statement, "us", about="describes", deposit=deposit.digest, words=words)
        assert len(said.data) <= live.office.rules.largest_act
        live.admit(said)
        done, count = done + len(said.data), count + 1
    return count


def test_a_flood_of_large_acts_is_read_in_pages_of_bounded_size() -> None:
    live = two()
    grow(live, 2 * LARGEST_PAGE_BYTES)
    done, pages = 0, 0
    while True:
        data = live.office.negotiation(live.requester("ru"), live.negotiation, done)
        page = decode(data, ChainPage)
        assert len(data) < LARGEST_PAGE_BYTES + (1 << 20)
        assert page.acts
        done, pages = done + len(page.acts), pages + 1
        if done == page.length:
            break
    assert pages == 3


def test_acts_are_small_unless_an_office_decides_otherwise() -> None:
    assert office.default_rules("office").largest_act == 64 << 10


def test_the_public_log_and_proofs_read_no_acts(monkeypatch: pytest.MonkeyPatch) -> None:
    live = two()
    size = live.office.view.size

    def none(*_args: Any) -> Any:
        raise AssertionError("acts were read")

    monkeypatch.setattr(live.store, "rows", none)
    assert len(decode_bundle(live.office.tile(f"tile/entries/000.p/{size}"), size)) == size
    assert live.office.sequencer.prove(1).startswith("c2sp.org/tlog-proof@v1\n")


def test_all_enrolments_are_found_however_long_the_register(monkeypatch: pytest.MonkeyPatch) -> None:
    live = two()
    first = live.world.registers["ru"].enrol
    key = Base64(ReadingSecret(seed("another")).public.encoded)
    members = {name: getattr(first, name) for name in ("languages", "names", "root", "zone")}
    live.admit(live.root_act(Enrol, "ru", reading_key=key, **members))
    chain = live.store.chain
    monkeypatch.setattr(live.store, "chain", lambda name, start, _limit: chain(name, start, 1))  # pages of one
    assert len(decode(live.office.party(live.requester("us"), "ru"), Items).acts) == 2
