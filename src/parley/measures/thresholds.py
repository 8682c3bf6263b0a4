"""Thresholds: whether what a paper says reaches one, by which of its items, and by how much.

"At least" and "more than" are different: 9,000 reaches the first and not the second. An item without an answer reaches
nothing. Whether the figures are true nobody here knows: an answer is about what was declared.
"""

from __future__ import annotations

from dataclasses import dataclass

from parley.measures.agreement import Agreement, Condition, Threshold
from parley.measures.content import Content, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One condition beside what the paper says: `over` is how far a count lies above its number, below 0 if under it.

    At a condition "more than", `over` is 0 where the count is just that number, and the condition does not hold.
    """

    condition: Condition
    value: Value | None
    holds: bool
    over: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Whether a threshold was reached, with its conditions as they were compared, in the order of the file."""

    threshold: Threshold
    reached: bool
    any: tuple[Compared, ...]
    all: tuple[Compared, ...]

    @property
    def deciding(self) -> tuple[Compared, ...]:
        """What made it so: the conditions that hold where it was reached, those that fail where it was not.

        Of a group that did not stand in the way, nothing is named.
        """
        if self.reached:
            return tuple(each for each in (*self.any, *self.all) if each.holds)
        failing = tuple(each for each in self.all if not each.holds)
        return failing if any(each.holds for each in self.any) else (*self.any, *failing)


def applies(threshold: Threshold, content: Content) -> Answer:
    """Compare a content with a threshold of its form; one of another form reaches nothing."""
    given = content.items if content.form == threshold.form else {}
    some = tuple(_compare(each, given.get(each.item)) for each in threshold.any)
    every = tuple(_compare(each, given.get(each.item)) for each in threshold.all)
    reached = (not some or any(each.holds for each in some)) and all(each.holds for each in every)
    return Answer(threshold=threshold, reached=reached, any=some, all=every)


def answers(agreement: Agreement, content: Content) -> tuple[Answer, ...]:
    """The answer of every threshold for the form of a content, in the order of the agreement's file."""
    return tuple(applies(each, content) for each in agreement.thresholds if each.form == content.form)


def _compare(condition: Condition, value: Value | None) -> Compared:
    if condition.is_ is not None:
        same = type(value) is type(condition.is_) and value == condition.is_
        return Compared(condition=condition, value=value, holds=same, over=None)
    if type(value) is not int:  # neither yes or no, nor an instant
        return Compared(condition=condition, value=value, holds=False, over=None)
    if condition.at_least is not None:
        over = value - condition.at_least
        return Compared(condition=condition, value=value, holds=over >= 0, over=over)
    over = value - (condition.more_than or 0)
    return Compared(condition=condition, value=value, holds=over > 0, over=over)
