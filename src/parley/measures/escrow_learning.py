"""What each paper of an escrow adds to its story, once it is proven, and to the evidence for contradictions.

Source: spec/escrow.md, On the rail.
"""

from __future__ import annotations

from parley.errors import Refused
from parley.measures.escrow_answers import Absent, Present, verify_answer, verify_contained, verify_totals
from parley.measures.escrow_conflicts import Evidence, Where
from parley.measures.escrow_papers import AnswerPaper, EscrowFile, OpeningPaper, TotalsPaper
from parley.measures.escrow_plan import Commitment, Place
from parley.measures.escrow_steps import Leaves, Opened, Progress, Shown, read_leaves
from parley.measures.escrow_story import Asked, Known, Story, TotalsTold


def learn_step(story: Story, opened: Opened, reference: str) -> None:
    """What a step proved that is due."""
    story.progress = opened.progress
    story.opened_by.setdefault(opened.step, []).append(reference)
    for shown in opened.items:
        _learn(story, shown, reference)
    if "existence" in opened.layers and opened.progress.complete:
        _all_shown(story.evidence, frozenset(opened.progress.uids), reference)


def _learn(story: Story, shown: Shown, reference: str) -> None:
    known = story.items.setdefault(shown.slot, Known(slot=shown.slot))
    known.uid = shown.uid
    known.by.setdefault("existence", reference)
    story.evidence.uids.setdefault(shown.slot, (shown.uid, reference))
    if shown.region is not None:
        known.region = shown.region
        known.by.setdefault("region", reference)
    if shown.place is not None:
        known.place = shown.place
        known.by.setdefault("place", reference)
        _placed(story, shown.slot, shown.place, reference)
    if shown.counts is not None:
        known.counts = shown.counts
        known.by.setdefault("contents", reference)
        story.evidence.counts.setdefault(shown.slot, (shown.counts, reference))


def _placed(story: Story, slot: int, place: Place, reference: str) -> None:
    if story.plan is not None and slot not in story.evidence.places:
        where = Where(place=place, key=story.plan.key(place), reference=reference)
        story.evidence.places[slot] = where


def _all_shown(evidence: Evidence, there: frozenset[int], reference: str) -> None:
    if evidence.existence_by is None:
        evidence.there, evidence.existence_by = there, reference


def learn_totals(story: Story, file: TotalsPaper, reference: str, commitment: Commitment) -> None:
    """The totals, and items shown in them. Raises: Refused("escrow.contents-shut"), and as both proofs."""
    subject = story.sealed.subject
    found = verify_totals(file.totals, commitment, subject=subject)
    for each in file.items:
        known = story.items.get(each.slot)
        if known is None or known.counts is None:
            raise Refused("escrow.contents-shut", slot=each.slot)
        verify_contained(each.contained, slot=each.slot, counts=known.counts, commitment=commitment, subject=subject)
    slots = tuple(each.slot for each in file.items)
    story.totals.append(TotalsTold(reference=reference, totals=found, slots=slots))
    story.evidence.totals = (found, reference)


def learn_answer(story: Story, asked: Asked, file: AnswerPaper, reference: str, commitment: Commitment) -> None:
    """The answer to a question. Raises: as `verify_answer`."""
    # That no step showed the slot to be empty is for the contradictions, whichever of the two papers came first.
    found = verify_answer(file.answer, asked.place, Progress(), commitment, subject=story.sealed.subject)
    if asked not in story.questions:
        story.questions.append(asked)
    if asked.found is None:
        asked.found, asked.answered_by = found, reference
    _answered(story, found, reference)
    if isinstance(found, Present):
        known = story.items.setdefault(found.slot, Known(slot=found.slot))
        if known.place is None:
            known.place = found.place
            known.by.setdefault("place", reference)


def _answered(story: Story, found: Absent | Present, reference: str) -> None:
    if isinstance(found, Absent):
        story.evidence.absent.append((found, reference))
    else:
        _placed(story, found.slot, found.place, reference)


# --- what is proven although its time has not come ------------------------------------------------------------------


def learn_aside(story: Story, file: EscrowFile, reference: str, commitment: Commitment) -> None:
    """Evidence out of a paper of the owner's that does not count: what is proven of it by itself.

    Raises: as `read_leaves`, `verify_answer`, `verify_totals`, where nothing is.
    """
    subject = story.sealed.subject
    match file:
        case OpeningPaper():
            _leaves(story, read_leaves(file.opening, commitment, subject=subject), reference)
        case AnswerPaper():
            found = verify_answer(file.answer, file.answer.place, Progress(), commitment, subject=subject)
            _answered(story, found, reference)
        case TotalsPaper():
            story.evidence.totals = (verify_totals(file.totals, commitment, subject=subject), reference)
        case _:
            pass


def _leaves(story: Story, leaves: Leaves, reference: str) -> None:
    evidence = story.evidence
    for slot, layers in leaves.by_slot.items():
        if "existence" in layers:
            evidence.uids.setdefault(slot, (layers["existence"], reference))
        if "place" in layers:
            _placed(story, slot, layers["place"], reference)
        if "contents" in layers:
            evidence.counts.setdefault(slot, (layers["contents"], reference))
    for slot in () if leaves.whole else leaves.empty:
        evidence.empty.setdefault(slot, reference)
    if leaves.whole:
        _all_shown(evidence, frozenset(leaves.by_slot), reference)
