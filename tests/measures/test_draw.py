"""The joint draw: the same everywhere, uniform, changed wholly by one bit, and nothing while a seed is missing."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.canonical import Time, convert, decode, decode_any, encode
from parley.crypto import Nonce
from parley.errors import Malformed
from parley.measures.draw import Drawn, DrawTerms, NotDrawn, Seed, draw, seed_from_dice

ROOT = Path(__file__).parents[2]
VECTORS = ROOT / "vectors" / "measures" / "draw.json"
CASES: list[dict[str, Any]] = json.loads(VECTORS.read_text("utf-8"))["cases"]


def terms_of(**changed: Any) -> DrawTerms:
    members: dict[str, Any] = {
        "algorithm": "parley/draw/v1",
        "excluded": ("Base C",),
        "id": Nonce(bytes(16)),
        "if_not_shown": "others_choose",
        "items": ("Base A", "Base B", "Base C", "Base D", "Base E"),
        "parties": ("ru", "us"),
        "bind_by": Time.from_text("2022-02-15T12:00:00.000Z"),
        "show_by": Time.from_text("2022-03-01T12:00:00.000Z"),
        "sign_by": Time.from_text("2022-03-15T12:00:00.000Z"),
        "take": 2,
    }
    return DrawTerms(**members | changed)


def seed(text: str) -> Seed:
    return Seed(hashlib.sha256(text.encode()).digest())


def drawn(terms: DrawTerms, ru: Seed, us: Seed) -> tuple[str, ...]:
    result = draw(terms, {"ru": ru, "us": us})
    assert isinstance(result, Drawn)
    return result.items


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_written_case(case: dict[str, Any]) -> None:
    terms = convert(case["terms"], DrawTerms)
    result = draw(terms, {party: Seed.from_text(text) for party, text in case["seeds"].items()})
    assert result == Drawn(items=tuple(case["drawn"]))
    assert terms.subject.hex() == case["subject"]


@pytest.mark.slow
def test_another_program_draws_the_same() -> None:
    """interop/node/draw.mjs was written from spec/draw.md and shares no code with ours."""
    command = ["node", str(ROOT / "interop" / "node" / "draw.mjs"), str(VECTORS)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    theirs = [json.loads(line) for line in lines]
    assert theirs == [{key: case[key] for key in ("name", "subject", "drawn")} for case in CASES]


def test_the_example_of_the_specification() -> None:
    page = (ROOT / "spec" / "draw.md").read_text("utf-8")
    block = page.split("```json\n")[1].split("```")[0]
    terms = convert(json.loads(block), DrawTerms)
    names = ", ".join(drawn(terms, Seed(bytes(32)), Seed(b"\x01" * 32)))
    assert f"in this order: {names}." in page


@given(
    items=st.lists(st.text("abcdefghij", min_size=1, max_size=5), min_size=1, max_size=40, unique=True),
    data=st.data(),
    one=st.binary(min_size=32, max_size=32),
    two=st.binary(min_size=32, max_size=32),
)
def test_what_is_drawn_is_in_the_list_once_and_not_excluded(
    items: list[str], data: st.DataObject, one: bytes, two: bytes
) -> None:
    names = tuple(sorted(items))
    excluded = tuple(sorted(data.draw(st.sets(st.sampled_from(names), max_size=len(names) - 1))))
    take = data.draw(st.integers(1, len(names) - len(excluded)))
    terms = terms_of(items=names, excluded=excluded, take=take)
    result = drawn(terms, Seed(one), Seed(two))
    assert len(result) == len(set(result)) == take
    assert set(result) <= set(names) - set(excluded)
    assert decode(encode(terms), DrawTerms) == terms


@settings(max_examples=40)
@given(place=st.integers(0, 511), base=st.binary(min_size=64, max_size=64))
def test_one_bit_of_one_seed_draws_something_else(place: int, base: bytes) -> None:
    """Forty of two thousand, in order: by chance equal once in more draws than there will ever be."""
    terms = terms_of(items=tuple(f"Site {n:04}" for n in range(2000)), excluded=(), take=40)
    changed = bytearray(base)
    changed[place // 8] ^= 1 << place % 8
    before = drawn(terms, Seed(base[:32]), Seed(base[32:]))
    after = drawn(terms, Seed(bytes(changed[:32])), Seed(bytes(changed[32:])))
    assert sum(a == b for a, b in zip(before, after, strict=True)) <= 3


@pytest.mark.parametrize(
    "changed",
    [
        {"excluded": ()},
        {"take": 1},
        {"id": Nonce(b"\x01" * 16)},
        {"bind_by": Time.from_text("2022-02-15T12:00:00.001Z")},
        {"show_by": Time.from_text("2022-03-01T12:00:00.001Z")},
        {"sign_by": Time.from_text("2022-03-15T12:00:00.001Z")},
        {"if_not_shown": "void"},
        {"parties": ("by", "ru", "us")},
        {"items": ("Base A", "Base B", "Base C", "Base D", "Base E", "Base F")},
    ],
)
def test_a_seed_is_bound_to_all_of_the_terms(changed: dict[str, Any]) -> None:
    assert terms_of(**changed).subject != terms_of().subject


def test_who_stands_for_which_seed_matters() -> None:
    terms = terms_of(items=tuple(f"Site {n:04}" for n in range(2000)), excluded=(), take=5)
    assert drawn(terms, seed("one"), seed("two")) != drawn(terms, seed("two"), seed("one"))


@pytest.mark.parametrize("consequence", ["others_choose", "all_count", "void"])
def test_nothing_is_drawn_from_fewer_seeds(consequence: str) -> None:
    terms = terms_of(if_not_shown=consequence)
    assert draw(terms, {"us": seed("us"), "by": seed("by")}) == NotDrawn(
        missing=("ru",), consequence=terms.if_not_shown
    )
    assert draw(terms, {}) == NotDrawn(missing=("ru", "us"), consequence=terms.if_not_shown)


def test_a_seed_of_a_stranger_changes_nothing() -> None:
    seeds = {"ru": seed("ru"), "us": seed("us")}
    assert draw(terms_of(), seeds | {"by": seed("by")}) == draw(terms_of(), seeds)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"items": (), "excluded": ()}, "draw.items"),
        ({"items": ("Base B", "Base A"), "excluded": ()}, "draw.order"),
        ({"items": ("Base A", "Base A"), "excluded": (), "take": 1}, "draw.order"),
        ({"excluded": ("Base Z",)}, "draw.excluded"),
        ({"excluded": ("Base C", "Base C")}, "draw.order"),
        ({"take": 0}, "draw.take"),
        ({"take": 5}, "draw.take"),
        ({"parties": ("ru",)}, "draw.parties"),
        ({"parties": ("us", "ru")}, "draw.order"),
        ({"items": ("Base A\u202e",), "excluded": (), "take": 1}, "wording.bidi-control"),
    ],
)
def test_terms_that_are_none(changed: dict[str, Any], code: str) -> None:
    with pytest.raises(Malformed) as caught:
        terms_of(**changed)
    assert caught.value.code == code


def test_another_algorithm_is_refused() -> None:
    value = decode_any(encode(terms_of())) | {"algorithm": "parley/draw/v2"}
    with pytest.raises(Malformed):
        decode(encode(value), DrawTerms)


def test_dice_typed_in_any_way_are_one_seed() -> None:
    throws = "1234561234" * 10
    spaced = "\n".join(" ".join(throws[i : i + 10]) for i in range(0, 100, 10))
    assert seed_from_dice(throws) == seed_from_dice(spaced)
    assert seed_from_dice(throws) != seed_from_dice(throws[:-1] + "5")


@pytest.mark.parametrize(
    ("throws", "code"), [("1" * 99, "draw.dice-few"), ("7" * 100, "draw.dice"), ("a", "draw.dice")]
)
def test_dice_that_are_none(throws: str, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        seed_from_dice(throws)
    assert caught.value.code == code


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("sites", "take"), [(5, 2), (7, 1), (11, 3)])
def test_each_site_and_each_order_is_equally_likely(sites: int, take: int) -> None:
    """Chi-square over 100,000 draws whose seeds are counted up, for the first site drawn and for the whole order.

    The seeds are no more random than 0, 1, 2, …, so the test always gives the same. The bound is the mean of the
    distribution and six of its standard deviations.
    """
    runs = 100_000
    terms = terms_of(items=tuple(f"Site {n:02}" for n in range(sites)), excluded=(), take=take)
    results = Counter(drawn(terms, Seed(i.to_bytes(32, "big")), Seed(bytes(32))) for i in range(runs))
    firsts = Counter[str]()
    for order, times in results.items():
        firsts[order[0]] += times
    orders = 1
    for left in range(sites, sites - take, -1):
        orders *= left
    for counted, kinds in ((firsts, sites), (results, orders)):
        expected = runs / kinds
        statistic = sum((times - expected) ** 2 / expected for times in counted.values())
        statistic += expected * (kinds - len(counted))
        assert statistic < (kinds - 1) + 6 * (2 * (kinds - 1)) ** 0.5
