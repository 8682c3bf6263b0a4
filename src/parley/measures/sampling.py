"""How many of N items to inspect so that, if d are not as declared, at least one of them is found with a given chance.

Two answers are given. The exact one is the least n with 1 - C(N-d, n) / C(N, n) >= P, the hypergeometric distribution:
drawing without replacement. The other is the planning formula of the International Atomic Energy Agency,
n = ceil(N * (1 - (1-P)^(1/d))), equal to the exact one or a few items above. Both rest on two assumptions, to be
printed wherever they are: each inspection tells for certain whether its item is as declared, and the choice is random.

All arithmetic is in whole numbers and fractions; nothing is rounded but the figure that a person reads.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import comb

from parley.errors import Malformed

MAX_ITEMS = 100_000
MAX_DENOMINATOR = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class SampleSize:
    """How many to inspect of `items`, `false` of which are not as declared, to find one with chance `confidence`.

    `detection` and `detection_by_formula` are the chances that `exact` and `by_formula` inspections really give.
    """

    items: int
    false: int
    confidence: Fraction
    exact: int
    by_formula: int
    detection: Fraction
    detection_by_formula: Fraction


def detection(*, items: int, false: int, inspected: int) -> Fraction:
    """The chance that at least one of `inspected` items, chosen at random of `items`, is one of the `false` ones.

    Raises: Malformed("sampling.items"), Malformed("sampling.false"), Malformed("sampling.inspected") for numbers that
    are no such sample.
    """
    _check(items, false)
    if not 0 <= inspected <= items:
        raise Malformed("sampling.inspected", found=inspected, most=items)
    return 1 - Fraction(*_missed(items, false, inspected))


def sample_size(*, items: int, false: int, confidence: Fraction) -> SampleSize:
    """The least number of inspections for this chance of detection, exactly and by the planning formula.

    Raises: Malformed as `detection` does; Malformed("sampling.confidence") unless 0 < confidence < 1 with a denominator
    of at most a million.
    """
    _check(items, false)
    if not 0 < confidence < 1 or confidence.denominator > MAX_DENOMINATOR:
        raise Malformed("sampling.confidence")
    exact = _least(items, lambda n: _enough(_missed(items, false, n), 1 - confidence))
    formula = _least(items, lambda n: _enough(((items - n) ** false, items**false), 1 - confidence))
    return SampleSize(
        items=items,
        false=false,
        confidence=confidence,
        exact=exact,
        by_formula=formula,
        detection=detection(items=items, false=false, inspected=exact),
        detection_by_formula=detection(items=items, false=false, inspected=formula),
    )


def _check(items: int, false: int) -> None:
    if not 1 <= items <= MAX_ITEMS:
        raise Malformed("sampling.items", found=items, most=MAX_ITEMS)
    if not 1 <= false <= items:
        raise Malformed("sampling.false", found=false, most=items)


def _missed(items: int, false: int, inspected: int) -> tuple[int, int]:
    """The chance that no inspected item is a false one, as a fraction: of two equal forms the smaller one."""
    few, many = sorted((false, inspected))
    return comb(items - many, few), comb(items, few)


def _enough(missed: tuple[int, int], most: Fraction) -> bool:
    return missed[0] * most.denominator <= most.numerator * missed[1]


def _least(items: int, enough: Callable[[int], bool]) -> int:
    """The least n that is enough. Doubling first: small samples are decided on small numbers."""
    high = 1
    while high < items and not enough(high):
        high *= 2
    return bisect_left(range(min(high, items) + 1), True, lo=high // 2, key=enough)
