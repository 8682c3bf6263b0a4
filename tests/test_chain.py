"""Entries and chains: the bytes of the specification, and what an act must have seen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.canonical import Time
from parley.chain import ENTRY_SIZE, Chain, Entry, Order
from parley.crypto import Digest, KeySetId, Link, sha256
from parley.errors import Malformed, Refused
from parley.merkle import leaf_hash

VECTORS = json.loads((Path(__file__).parent.parent / "vectors" / "act" / "chain.json").read_text("utf-8"))
ONE, TWO = KeySetId(b"\x01" * 32), KeySetId(b"\x02" * 32)


def act(number: int) -> Digest:
    return sha256(b"act %d" % number)


def order(*acts: int, keys: tuple[KeySetId, ...] = (ONE,)) -> Order:
    """A chain of acts, each of which has seen all before it."""
    known = Order(chain=Chain.start(b"{}"))
    for number in acts:
        known = known.follow(act(number), after=known.chain.link if known.chain.length else None, keys=keys)
    return known


def test_the_vector_of_the_specification() -> None:
    vector = VECTORS["chain"]
    chain = Chain.start(vector["first_payload"].encode())
    for number, digest in enumerate(vector["acts"]):
        assert chain.head.hex() == vector["heads"][number]
        assert chain.link.hex() == vector["links"][number]
        if number == 0:
            time = Time(vector["entry"]["milliseconds"])
            entry = Entry(act=Digest.from_text(digest), link=chain.link, time=time)
            assert leaf_hash(entry.encode()).hex() == vector["entry"]["leaf_hash"]
        chain = chain.extend(Digest.from_text(digest))
    assert chain.length == len(vector["acts"])


@pytest.mark.parametrize("case", VECTORS["cases"], ids=[case["name"] for case in VECTORS["cases"]])
def test_entries(case: dict[str, Any]) -> None:
    data = bytes.fromhex(case["entry"])
    if case["expect"] == "ok":
        assert Entry.parse(data).encode() == data
        return
    with pytest.raises(Malformed) as caught:
        Entry.parse(data)
    assert caught.value.code == case["code"]


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32), st.integers(0, 253_402_300_799_999))
def test_an_entry_is_written_and_read_back(digest: bytes, link: bytes, time: int) -> None:
    entry = Entry(act=Digest(digest), link=Link(link), time=Time(time))
    assert len(entry.encode()) == ENTRY_SIZE
    assert Entry.parse(entry.encode()) == entry


@given(st.binary(max_size=80))
def test_any_bytes_are_an_entry_or_refused(data: bytes) -> None:
    try:
        entry = Entry.parse(data)
    except Malformed:
        return
    assert entry.encode() == data


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=6), st.binary(max_size=8), st.binary(max_size=8))
def test_links_are_never_shared_by_chains_or_places(acts: list[bytes], first: bytes, other: bytes) -> None:
    """Equal links would let a stranger group entries, and would look like two acts behind one head."""
    links = []
    for payload in {first, other}:
        chain = Chain.start(payload)
        links.append(chain.link)
        for digest in acts:
            chain = chain.extend(Digest(digest))
            links.append(chain.link)
    assert len(set(links)) == len(links)


def test_a_link_shows_nothing_of_its_head() -> None:
    chain = Chain.start(b"{}")
    assert bytes(chain.link) != bytes(chain.head)
    assert Chain.start(b"{ }").link != chain.link


def test_an_act_may_have_seen_less_than_the_newest() -> None:
    known = order(1)
    old = known.chain.link
    known = known.follow(act(2), after=old, keys=(ONE,))
    known = known.follow(act(3), after=old, keys=(TWO,))
    assert known.chain.length == 3


@pytest.mark.parametrize(
    ("after", "named", "keys", "code"),
    [
        ("none", [], (TWO,), "chain.not-first"),
        ("unknown", [], (TWO,), "chain.unknown-after"),
        ("first", [], (ONE,), "chain.goes-back"),
        ("first", [], (TWO, ONE), "chain.goes-back"),
        ("first", [2], (TWO,), "chain.names-unseen"),
        ("newest", [9], (TWO,), "chain.names-unknown"),
    ],
)
def test_what_may_not_follow(after: str, named: list[int], keys: tuple[KeySetId, ...], code: str) -> None:
    known = order(1)
    links = {"none": None, "unknown": Link(bytes(32)), "first": known.chain.link}
    known = known.follow(act(2), after=known.chain.link, keys=(ONE,))
    known = known.follow(act(3), after=known.chain.link, keys=(ONE,))
    links["newest"] = known.chain.link
    with pytest.raises(Refused) as caught:
        known.follow(act(4), after=links[after], keys=keys, named=[act(number) for number in named])
    assert caught.value.code == code


def test_the_first_act_has_seen_nothing() -> None:
    with pytest.raises(Refused, match=r"chain\.unknown-after"):
        Order(chain=Chain.start(b"{}")).follow(act(1), after=Chain.start(b"{}").link, keys=(ONE,))


def test_an_act_follows_once() -> None:
    known = order(1, 2)
    with pytest.raises(Refused) as caught:
        known.follow(act(1), after=known.chain.link, keys=(ONE,))
    assert (caught.value.code, caught.value.winner) == ("chain.repeated", act(1).hex())


def test_following_leaves_what_was_before_as_it_was() -> None:
    known = order(1)
    newer = known.follow(act(2), after=known.chain.link, keys=(ONE,))
    assert (known.chain.length, newer.chain.length) == (1, 2)
    assert known.follow(act(2), after=known.chain.link, keys=(ONE,)).chain == newer.chain


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from([ONE, TWO])), max_size=12))
def test_a_key_never_goes_back_and_others_are_not_held_up(steps: list[tuple[int, KeySetId]]) -> None:
    known, links, seen = order(0, keys=()), [], {ONE: 0, TWO: 0}
    links.append(known.chain.link)
    for number, (place, key) in enumerate(steps, 1):
        place = min(place, len(links) - 1)
        if place < seen[key]:
            with pytest.raises(Refused, match=r"chain\.goes-back"):
                known.follow(act(number), after=links[place], keys=(key,))
            continue
        known = known.follow(act(number), after=links[place], keys=(key,))
        seen[key] = place
        links.append(known.chain.link)
    assert known.chain.length == len(links)
