"""How many items to inspect: the exact number and the planning formula, against 108 known cases."""

from __future__ import annotations

import csv
from fractions import Fraction
from math import comb, prod
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.errors import Malformed
from parley.measures.sampling import MAX_ITEMS, detection, sample_size

VECTORS = Path(__file__).parents[2] / "vectors" / "measures" / "sampling.csv"
CASES = list(csv.DictReader(line for line in VECTORS.read_text("utf-8").splitlines() if not line.startswith("#")))


def test_there_are_the_known_cases() -> None:
    assert len(CASES) == 108


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['N']}-{case['d']}-{case['target_P']}")
def test_a_known_case(case: dict[str, str]) -> None:
    size = sample_size(items=int(case["N"]), false=int(case["d"]), confidence=Fraction(case["target_P"]))
    assert (size.exact, size.by_formula) == (int(case["n_exact"]), int(case["n_iaea"]))
    assert abs(size.detection - Fraction(case["P_at_n_exact"])) <= Fraction(1, 2_000_000)
    assert abs(size.detection_by_formula - Fraction(case["P_at_n_iaea"])) <= Fraction(1, 2_000_000)


def test_eighteen_of_seven_hundred() -> None:
    assert round(float(detection(items=700, false=70, inspected=18)), 3) == 0.854


samples = st.integers(1, 300).flatmap(
    lambda items: st.tuples(
        st.just(items),
        st.integers(1, items),
        st.fractions(Fraction(1, 1000), Fraction(999, 1000), max_denominator=1000),
    )
)


@given(samples)
def test_the_exact_number_is_the_least_that_is_enough(sample: tuple[int, int, Fraction]) -> None:
    items, false, confidence = sample
    size = sample_size(items=items, false=false, confidence=confidence)
    assert size.detection >= confidence > detection(items=items, false=false, inspected=size.exact - 1)
    # the formula rounds towards more work, never towards less certainty
    assert size.by_formula >= size.exact


@given(samples)
def test_detection_is_one_minus_the_chance_of_missing_every_time(sample: tuple[int, int, Fraction]) -> None:
    """Item by item, as one would reckon by hand, instead of by binomial coefficients."""
    items, false, _ = sample
    inspected = min(5, items)
    missed = prod((Fraction(max(items - false - i, 0), items - i) for i in range(inspected)), start=Fraction(1))
    assert detection(items=items, false=false, inspected=inspected) == 1 - missed


def test_the_largest_question_is_answered_at_once() -> None:
    size = sample_size(items=MAX_ITEMS, false=MAX_ITEMS // 2, confidence=Fraction(999_999, 1_000_000))
    assert size.exact == 20
    assert size.detection == 1 - Fraction(comb(MAX_ITEMS // 2, 20), comb(MAX_ITEMS, 20))


@pytest.mark.parametrize(
    ("items", "false", "confidence", "code"),
    [
        (0, 1, "1/2", "sampling.items"),
        (MAX_ITEMS + 1, 1, "1/2", "sampling.items"),
        (10, 0, "1/2", "sampling.false"),
        (10, 11, "1/2", "sampling.false"),
        (10, 1, "0", "sampling.confidence"),
        (10, 1, "1", "sampling.confidence"),
        (10, 1, "-1/2", "sampling.confidence"),
        (10, 1, "1/1000001", "sampling.confidence"),
    ],
)
def test_what_is_no_sample(items: int, false: int, confidence: str, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        sample_size(items=items, false=false, confidence=Fraction(confidence))
    assert caught.value.code == code


@pytest.mark.parametrize("inspected", [-1, 11])
def test_more_inspections_than_items(inspected: int) -> None:
    with pytest.raises(Malformed) as caught:
        detection(items=10, false=1, inspected=inspected)
    assert caught.value.code == "sampling.inspected"
