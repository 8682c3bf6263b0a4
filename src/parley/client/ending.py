"""Whether what a party is about to do to an agreement has any sense: asked before it signs, as nothing entered goes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from parley.client.underway import LAST, Text, Underway
from parley.crypto import Digest
from parley.errors import Malformed, Refused
from parley.measures.agreement import Agreement
from parley.measures.effect import why_none
from parley.measures.standing import UNBINDING, Standing, StandingAt, Step
from parley.measures.succession import Handed, text_steps


def check_resumption(at: StandingAt, text: Text, *, by: str, cites: Digest | None) -> None:
    """Whether a party may resume, before it signs: what it denounced it takes back by name, and before the end.

    Raises: Refused("step.ended") after the end, Refused("step.which") where the denunciation is not named.
    """
    end = at.denounced.get(by)
    if end is None or end.step is None:
        return
    if at.now > end.at:
        raise Refused("step.ended", reference=end.step.reference, time=end.at.to_text())
    if cites is None:
        raise Refused("step.which", name=text.agreement.id, reference=end.step.reference)


def check_statement(under: Underway, step: Step) -> None:
    """Whether a statement changes anything: about the text in force, or what an earlier one of its id left owed.

    Raises: Refused with a code of `effect.why_none`, which is "step.not-in-force" also for what suspends or denounces
    a text that another party has yet to adopt; Refused("step.oneself") where our own party is among those named.
    """
    if step.sender in step.towards:
        raise Refused("step.oneself")
    authors = {paper.digest: paper.act.by.party for paper in under.papers}
    name = under.agreements()[step.agreement].id
    texts = [each.text for each in under.running(step.made) if each.agreement.id == name]
    codes = [_why_none(under, text, step, authors) for text in texts]
    if None in codes:
        return
    code = next((each for each in codes if each != "step.not-yours"), "step.not-yours")
    reference = _reference(under, step)
    raise Refused(str(code), name=name, **({"reference": reference} if reference else {}))


def _why_none(under: Underway, text: Text, step: Step, authors: Mapping[Digest, str]) -> str | None:
    code = why_none(under.done_to(text), step, authors)
    if code is None and step.kind in UNBINDING and under.standing(text, step.made).bound is None:
        return "step.not-in-force"
    return code


def _reference(under: Underway, step: Step) -> str | None:
    """The paper that a refusal speaks of: the one that is cited, or the denunciation that was there before."""
    about = [
        each
        for each in under.steps()
        if each.digest == step.cites or (step.cites is None and each.kind == step.kind and each.sender == step.sender)
    ]
    papers = [paper.reference for paper in under.papers if paper.digest == step.cites]
    return papers[0] if papers else about[-1].reference if about else None


def check_text(under: Underway, agreement: Agreement, digest: Digest, *, by: str, amends: str | None) -> None:
    """Whether a party may hand over a text: none that it has handed over already, and an amendment under the same id.

    That goes for a text that was replaced or denounced since: it comes back as a file whose bytes differ.

    Raises: Refused("agreement.not-here") for an id of which there is no text; Refused("agreement.same-text"),
    Refused("agreement.adopted-already"), Malformed("agreement.other-id").
    """
    if amends is not None and under.text_of(amends, under.session.now) is None:
        raise Refused("agreement.not-here", name=amends[:60])
    if amends is not None and agreement.id != amends:
        raise Malformed("agreement.other-id", name=amends[:60], found=agreement.id)
    counts = under.text_of(agreement.id, under.session.now)
    ended = counts is not None and under.standing(counts, under.session.now).denounced
    if amends is not None and counts is not None and counts.digest == digest and not ended:
        raise Refused("agreement.same-text", name=agreement.id)
    for each in under.handed():
        if each.text == digest and each.sender == by:
            raise Refused("agreement.adopted-already", name=agreement.id, reference=each.reference)


def begins(under: Underway, agreement: Agreement, digest: Digest, *, by: str) -> date | None:
    """The day from which a text is in force if this party hands it over now; None where another has yet to."""
    files = under.handed()
    now = max(under.session.now, *(each.made for each in files)) if files else under.session.now
    ours = Handed(
        reference="",
        digest=digest,
        sender=by,
        entry=LAST,
        made=now,
        text=digest,
        id=agreement.id,
        in_force=agreement.in_force,
    )
    found = Standing(agreement=agreement, text=digest, parties=under.parties)
    for step in text_steps((*files, ours), under.parties):
        found = found.with_step(step)
    return found.at(now).since
