"""Limits on what anybody may have the depositary read, keep or send."""

from __future__ import annotations

from typing import Any

import pytest

from parley.act import Enrol, Statement, Words
from parley.canonical import Base64, decode
from parley.crypto import Nonce, ReadingSecret, sha256
from parley.depositary import allowance, office, service
from parley.depositary.allowance import DAY, ENROLMENTS_A_DAY
from parley.depositary.quota import LEAST, Quota
from parley.depositary.service import RESERVE, UPLOAD_LIFE
from parley.depositary.slots import Slots
from parley.errors import Malformed, Refused, Unavailable
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
    assert len(decode(live.office.party(live.requester("us"), "ru", 0), Items).acts) == 2


# --- what is brought and not named ------------------------------------------------------------------------------


def small(live: Live, parts: int) -> Live:
    """Let a party have so many small parts that no act names."""
    live.office._quota.most = parts * LEAST
    return live


def test_a_party_brings_twice_the_largest_paper_before_it_hands_one_over() -> None:
    live = two()
    assert live.office._quota.most == 2 * live.office.rules.largest_payload


def test_what_no_act_names_is_limited_for_each_party() -> None:
    live = small(two(), 3)
    for mark in range(3):
        live.bring("ru", bytes((mark,)))
    with pytest.raises(Refused, match=r"upload\.quota"):
        live.bring("ru", b"one too many")
    live.bring("ru", bytes((2,)))  # what is held already takes no room
    live.bring("us", b"another party's")


@pytest.mark.parametrize("again", [False, True], ids=["running", "after a start"])
def test_what_an_act_names_makes_room_again(again: bool) -> None:
    live = small(two(), 4)
    for _ in range(3):  # three parts each
        live.admit(live.deposit("us", "ru"))
        if again:
            live.start()
            small(live, 4)
    live.bring("us", b"a fourth")


def test_an_upload_under_way_counts_with_all_that_it_will_be() -> None:
    live = two()
    live.office._quota.most = 10 * LEAST
    half = sha256(b"a long part")
    live.office.upload(live.requester("ru"), half, b"x", 0, 8 * LEAST)
    with pytest.raises(Refused, match=r"upload\.quota"):
        live.office.upload(live.requester("ru"), sha256(b"other"), b"x", 0, 3 * LEAST)
    live.office.upload(live.requester("ru"), half, b"x", 1, 8 * LEAST)


def test_bytes_with_another_digest_take_no_room() -> None:
    live = small(two(), 1)
    for _ in range(3):
        with pytest.raises(Malformed, match=r"upload\.digest"):
            live.office.upload(live.requester("ru"), sha256(b"named"), b"brought", 0, 7)
    live.bring("ru", b"in its place")


def test_what_was_swept_makes_room() -> None:
    live = small(two(), 1)
    live.bring("ru", b"never handed over")
    live.clock.pass_(UPLOAD_LIFE + 1)
    assert live.office.sweep() > 0
    live.bring("ru", b"another")


def test_a_quota_filled_anew_counts_what_it_is_told() -> None:
    quota = Quota(3 * LEAST)
    quota.fill([("ru", sha256(b"a"), 2 * LEAST), ("us", sha256(b"a"), LEAST)])
    quota.take("ru", sha256(b"b"), 1, ())
    with pytest.raises(Refused):
        quota.take("ru", sha256(b"c"), 1, ())
    quota.take("ru", sha256(b"c"), 1, {sha256(b"b")})
    quota.take("us", sha256(b"c"), 2 * LEAST, ())


def test_uploads_leave_room_on_the_disk_for_acts(monkeypatch: pytest.MonkeyPatch) -> None:
    live = two()
    begun, ready = sha256(b"begun"), live.deposit("us", "ru")
    live.office.upload(live.requester("us"), begun, b"beg", 0, 5)
    monkeypatch.setattr(live.blobs, "free", lambda: RESERVE + 2)
    with pytest.raises(Unavailable, match=r"upload\.no-room"):
        live.bring("us", b"new")
    assert live.office.upload(live.requester("us"), begun, b"un", 3, 5) == 5
    monkeypatch.setattr(live.blobs, "free", lambda: 0)
    live.admit(ready)
    live.admit(live.receipt("ru", ready))
    live.work()
    assert [item.act.kind for item in live.outcome(ready, "ru").done] == ["receipt", "handover"]


# --- what others must read --------------------------------------------------------------------------------------


def another_key(live: Live, party: str, number: int) -> Any:
    first = live.world.registers[party].enrol
    key = Base64(ReadingSecret(seed(f"key {number}")).public.encoded)
    members = {name: getattr(first, name) for name in ("languages", "names", "root", "zone")}
    return live.root_act(Enrol, party, reading_key=key, **members)


def test_a_register_is_not_filled_in_a_day() -> None:
    live = two()
    for number in range(ENROLMENTS_A_DAY - 1):  # the first enrolment counts as well
        live.admit(another_key(live, "ru", number))
    assert live.refused(another_key(live, "ru", 98)).reason == "register.too-often"
    live.clock.pass_(DAY)
    live.admit(another_key(live, "ru", 99))


def test_what_is_for_all_of_a_register_is_read_in_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    live = two()
    for number in range(4):
        live.admit(another_key(live, "ru", number))
    monkeypatch.setattr(service, "LARGEST_ENROLMENTS", 2)
    pages = [decode(live.office.party(live.requester("us"), "ru", after), Items) for after in (0, 2, 4, 5, 99)]
    assert [(len(page.acts), page.more) for page in pages] == [
        (2, True),
        (2, True),
        (1, False),
        (0, False),
        (0, False),
    ]


def convened(live: Live, by: str, other: str, number: int) -> Any:
    """A further negotiation, which is `live.negotiation` from here on; not yet admitted."""
    live.negotiation = Nonce(bytes(14) + b"\x02" + bytes((number,)))
    return live.convene(by, other)


def test_nobody_convenes_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    live = two()
    monkeypatch.setattr(allowance, "MOST_UNJOINED", 2)
    for number in (1, 2):
        live.admit(convened(live, "us", "ru", number))
    assert live.refused(convened(live, "us", "ru", 3)).reason == "convene.too-many"
    live.admit(convened(live, "ru", "us", 4))  # what one party does is not laid to another
    live.negotiation = Nonce(bytes(14) + b"\x02\x01")
    live.join("ru")
    live.admit(convened(live, "us", "ru", 3))


def test_places_are_given_free() -> None:
    slots = Slots(3, 2)
    with slots.taken("ru"), slots.taken("ru"):
        with pytest.raises(Unavailable, match=r"depositary\.busy"), slots.taken("ru"):
            pass
        with slots.taken("us"), pytest.raises(Unavailable, match=r"depositary\.busy"), slots.taken("de"):
            pass
    with slots.taken("ru"), slots.taken("ru"):
        pass
