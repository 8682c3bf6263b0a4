"""Statements that change nothing, and why: suspended towards oneself, taken back twice, denounced twice, and the like.

Asked before a statement is signed, and again of what other programs entered all the same: the folds take such a
statement as they take any, it has no effect there, and whoever looks is told. Pure. Source: spec/measures.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from parley.crypto import Digest
from parley.measures.standing import UNBINDING, Standing, StandingAt, Step

RELEASING = ("suspension", "counter_measure")


def why_none(standing: Standing, step: Step, authors: Mapping[Digest, str]) -> str | None:
    """The code of what makes a statement one without effect, None where it has some or is no statement.

    `standing` is the text it is about with every step before it; `authors` says of papers who sent them.
    """
    at = standing.at(step.made)
    match step.kind:
        case "suspension" | "counter_measure" if step.towards and set(step.towards) == {step.sender}:
            return "step.oneself"
        case "contesting" | "counter_measure" if step.cites and authors.get(step.cites) == step.sender:
            return "step.own-paper"
        case kind if kind in UNBINDING and step.sender not in at.adopted:
            return "step.not-in-force"
        case "denunciation" if step.sender in at.denounced:
            return "step.denounced-already"
        case "resumption":
            return _why_not_resumed(standing, at, step)
    return None


def _why_not_resumed(standing: Standing, at: StandingAt, step: Step) -> str | None:
    if step.cites is None:
        own = at.releases.get(step.sender, ())
        return None if any(holds(standing, at, each) for each in own) else "step.nothing-to-resume"
    cited = standing.steps.get(step.cites)
    if cited is None or cited.sender != step.sender or cited.kind not in (*RELEASING, "contesting", "denunciation"):
        return "step.not-yours"
    return None if holds(standing, at, cited) else "step.resumed-already"


def holds(standing: Standing, at: StandingAt, step: Step) -> bool:
    """Whether a statement still has its effect at a moment, for some measure and towards some party."""
    if step.kind == "denunciation":
        end = at.denounced.get(step.sender)
        return end is not None and end.step is not None
    back = [each for each in at.resumptions.get(step.sender, ()) if each.entry > step.entry]
    if step.kind in RELEASING:
        if step not in at.releases.get(step.sender, ()):
            return False
        back = [each for each in back if each.cites in (None, step.digest)]
    else:
        back = [each for each in back if each.cites == step.digest]
    pairs = list(_pairs(standing, step))
    return any(not any(each.covers(*pair) for each in back) for pair in pairs) if pairs else not back


def _pairs(standing: Standing, step: Step) -> Iterator[tuple[str, str]]:
    """Every measure, and other party, that a statement is about."""
    for measure in standing.agreement.measures:
        for party in standing.parties:
            if party != step.sender and step.covers(measure.id, party):
                yield measure.id, party


def idle_steps(
    standing: Standing, steps: Iterable[Step], authors: Mapping[Digest, str]
) -> tuple[tuple[Step, str], ...]:
    """Those of the steps about one text that changed nothing when they were entered, each with its code.

    `standing` is the text with none of them.
    """
    found = []
    for step in sorted(steps, key=lambda each: each.entry):
        if step.agreement == standing.text and (code := why_none(standing, step, authors)) is not None:
            found.append((step, code))
        standing = standing.with_step(step)
    return tuple(found)
