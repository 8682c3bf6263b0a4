"""What the parties did to an agreement itself: adopted, amended, suspended, contested, denounced it; pair by pair.

A step is a deposit like any other, and what it does is computed here. Each speaks for its own sender: a suspension, or
a counter-measure, says that its sender does not perform what it would owe; it releases nobody else, and what the others
make of it they say in steps of their own. Whether any of it is lawful nobody here judges; both sides' words are kept.

`Standing` is immutable and takes steps in any order; `Standing.at` says how the agreement stood at one moment, from the
steps entered until then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date
from typing import Literal

from rpds import HashTrieMap, List

from parley.canonical import Time
from parley.crypto import Digest
from parley.errors import Malformed
from parley.measures.agreement import Agreement
from parley.measures.clocks import DAY, HOUR, day_of, end_of, shifted

StepKind = Literal["adoption", "amendment", "suspension", "counter_measure", "resumption", "contesting", "denunciation"]

UNBINDING = ("suspension", "counter_measure", "denunciation")
"""Steps that are nothing before their own sender has adopted the text: whoever adopts it afterwards is bound by it."""

CITING = ("counter_measure", "contesting")
"""Steps that are nothing without the paper they cite."""

_NONE: List[Step] = List()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one party did to the text of an agreement whose file has this digest.

    `measures` and `towards` are those meant, none for all of them. `cites` is the paper that a step is about: the act
    that a counter-measure answers, the insufficient answer or the suspension that is contested, the step of its own
    that a resumption takes back. `becomes` is the digest of the file that an amendment puts in this one's place, and
    `in_force` the day on which that one enters into force by its own words.
    """

    kind: StepKind
    reference: str
    digest: Digest
    agreement: Digest
    sender: str
    entry: int
    made: Time
    measures: tuple[str, ...] = ()
    towards: tuple[str, ...] = ()
    cites: Digest | None = None
    becomes: Digest | None = None
    in_force: date | None = None

    def __post_init__(self) -> None:
        if self.kind in CITING and self.cites is None:
            raise Malformed("step.cites")
        if (self.kind == "amendment") != (self.becomes is not None) or self.becomes == self.agreement:
            raise Malformed("step.becomes")

    def covers(self, measure: str, party: str) -> bool:
        """Whether this measure towards this party is among those meant."""
        return (not self.measures or measure in self.measures) and (not self.towards or party in self.towards)


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """The last millisecond in which an agreement binds, and the step that ends it, None for a day in its own text."""

    at: Time
    step: Step | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingAt:
    """How an agreement stands at a moment.

    `since` is the day of its entry into force, `bound` the instant from which papers begin obligations: never before
    the last party had adopted it. Both are None as long as one has not. `adopted` has the first step by which each
    party did, and what it suspended or denounced before that one is left out. `amended` is the last amendment, once all
    parties have deposited the same, and `replaced` the instant from which that other text is in force: never before
    its own day. What one party deposits alone is no amendment. `succeeds` says that this text came in the place of an
    earlier one.
    """

    now: Time
    since: date | None
    bound: Time | None
    succeeds: bool
    expiry: End | None
    adopted: Mapping[str, Step]
    amended: Step | None
    replaced: Time | None
    denounced: dict[str, End]
    releases: dict[str, tuple[Step, ...]]
    resumptions: dict[str, tuple[Step, ...]]
    contests: HashTrieMap[Digest, List[Step]]

    def end(self, one: str, other: str) -> End | None:
        """When the agreement ends between two parties, by its own day or a denunciation, whichever is first."""
        ends = [end for end in (self.expiry, self.denounced.get(one), self.denounced.get(other)) if end]
        return min(ends, key=lambda end: end.at, default=None)

    def released(self, debtor: str, creditor: str, measure: str, at: Time) -> Step | None:
        """The first suspension or counter-measure of the debtor that was in effect at an instant, for this measure."""
        for step in self.releases.get(debtor, ()):
            if step.made <= at and step.covers(measure, creditor) and not self._resumed(step, measure, creditor, at):
                return step
        return None

    def _resumed(self, step: Step, measure: str, creditor: str, at: Time) -> bool:
        return any(
            step.entry < each.entry and each.made <= at and each.covers(measure, creditor)
            for each in self.resumptions.get(step.sender, ())
            if each.cites in (None, step.digest)
        )

    def contested(self, paper: Digest, creditor: str, measure: str, debtor: str) -> Step | None:
        """The creditor's word against a paper of the debtor, the first that it has not taken back."""
        found = [
            step
            for step in self.contests.get(paper, _NONE)
            if step.made <= self.now and step.sender == creditor and step.covers(measure, debtor)
        ]
        standing = [step for step in found if not self._taken_back(step, measure, debtor)]
        return min(standing, key=lambda step: step.entry, default=None)

    def _taken_back(self, step: Step, measure: str, debtor: str) -> bool:
        return any(
            step.entry < each.entry and each.covers(measure, debtor)
            for each in self.resumptions.get(step.sender, ())
            if each.cites == step.digest
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All that the parties did to one text of an agreement, whose file has the digest `text`."""

    agreement: Agreement
    text: Digest
    parties: Collection[str]
    steps: HashTrieMap[Digest, Step] = field(default_factory=HashTrieMap)
    contests: HashTrieMap[Digest, List[Step]] = field(default_factory=HashTrieMap)

    def with_step(self, step: Step) -> Standing:
        """The same with one step more; a step about another text, or by a stranger, changes nothing."""
        about = self.text in (step.agreement, step.becomes)
        if not about or step.sender not in self.parties or step.digest in self.steps:
            return self
        contests = self.contests
        if step.kind == "contesting" and step.cites is not None:
            contests = contests.insert(step.cites, contests.get(step.cites, _NONE).push_front(step))
        return replace(self, steps=self.steps.insert(step.digest, step), contests=contests)

    def at(self, now: Time) -> StandingAt:
        """How the agreement stands at a moment, by the steps entered until then."""
        steps = sorted((step for step in self.steps.values() if step.made <= now), key=lambda step: step.entry)
        own = [step for step in steps if step.agreement == self.text and step.kind != "adoption"]
        adopted = _first(step for step in steps if step.kind == "adoption" or step.becomes == self.text)
        own = [step for step in own if step.kind not in UNBINDING or not _undone(step, adopted)]
        resumptions = _by_sender(step for step in own if step.kind == "resumption")
        last = self._last(adopted)
        succeeds = any(step.kind == "amendment" for step in adopted.values())
        since, bound = _begin(last, self.agreement.in_force, succeeds=succeeds)
        amended, replaced = self._amended([step for step in own if step.kind == "amendment"])
        expires = self.agreement.expires
        return StandingAt(
            now=now,
            since=since,
            bound=bound,
            succeeds=succeeds,
            expiry=End(at=end_of(expires, UTC), step=None) if expires else None,
            adopted=adopted,
            amended=amended,
            replaced=replaced,
            denounced=self._denounced([step for step in own if step.kind == "denunciation"], resumptions),
            releases=_by_sender(step for step in own if step.kind in ("suspension", "counter_measure")),
            resumptions=resumptions,
            contests=self.contests,
        )

    def _amended(self, amendments: Iterable[Step]) -> tuple[Step | None, Time | None]:
        """The step that made an amendment complete, and when it takes effect: of several new texts the first to."""
        by_text: dict[Digest, dict[str, Step]] = {}
        for step in amendments:
            if step.becomes is not None:
                by_text.setdefault(step.becomes, {}).setdefault(step.sender, step)
        complete = [last for steps in by_text.values() if (last := self._last(steps))]
        begins = [(bound, last.entry, last) for last in complete if (bound := _bound(last))]
        if not begins:
            return None, None
        replaced, _, amended = min(begins, key=lambda each: each[:2])
        return amended, replaced

    def _last(self, steps: Mapping[str, Step]) -> Step | None:
        """The step by which the last party did the same as all others; None as long as one has not."""
        if not self.parties or any(party not in steps for party in self.parties):
            return None
        return max(steps.values(), key=lambda step: step.entry)

    def _denounced(self, denunciations: Iterable[Step], resumptions: Mapping[str, tuple[Step, ...]]) -> dict[str, End]:
        """The end of each party that denounced the agreement and did not take it back before that end."""
        found: dict[str, End] = {}
        for step in denunciations:
            end = End(at=end_if_denounced(self.agreement, step.made), step=step)
            back = any(each.cites == step.digest and each.made <= end.at for each in resumptions.get(step.sender, ()))
            if not back and (step.sender not in found or end.at < found[step.sender].at):
                found[step.sender] = end
        return found


def end_if_denounced(agreement: Agreement, made: Time) -> Time:
    """The last millisecond in which an agreement binds a party that denounced it at an instant."""
    notice = agreement.notice
    if notice is None or notice.hours is not None:
        return Time(made + (notice.hours or 0) * HOUR if notice else made)
    return end_of(shifted(day_of(made, UTC), notice), UTC)


def _begin(last: Step | None, in_force: date | None, *, succeeds: bool) -> tuple[date | None, Time | None]:
    """The day on which a text enters into force, and from which instant it binds; `in_force` is the day it names."""
    if last is None:
        return None, None
    day = day_of(last.made, UTC)
    since = in_force or day
    if succeeds:
        since = max(since, day)
    start = Time(end_of(since, UTC) - DAY + 1)
    return since, max(last.made, start) if in_force else last.made


def _bound(amendment: Step) -> Time | None:
    """From when the text binds that takes this one's place, by the step that made the amendment complete."""
    return _begin(amendment, amendment.in_force, succeeds=True)[1]


def _undone(step: Step, adopted: Mapping[str, Step]) -> bool:
    """Whether its sender adopted the text after it stated this; the times of a log go with its entries."""
    bound = adopted.get(step.sender)
    return bound is not None and (step.made, step.entry) < (bound.made, bound.entry)


def _by_sender(steps: Iterable[Step]) -> dict[str, tuple[Step, ...]]:
    found: dict[str, list[Step]] = {}
    for step in steps:
        found.setdefault(step.sender, []).append(step)
    return {sender: tuple(each) for sender, each in found.items()}


def _first(steps: Iterable[Step]) -> dict[str, Step]:
    """The first step of each sender; they come in the order of the log."""
    found: dict[str, Step] = {}
    for step in steps:
        found.setdefault(step.sender, step)
    return found
