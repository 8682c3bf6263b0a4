"""How an agreement stands in a negotiation, as a person asks it: adopted by whom, amended, suspended, denounced."""

from __future__ import annotations

from collections.abc import Iterator

from parley.canonical import Time
from parley.client.references import wanted
from parley.client.session import Session
from parley.client.underway import Running, Text, Underway
from parley.crypto import Digest
from parley.measures.effect import holds, idle_steps
from parley.measures.standing import Standing, Step
from parley.measures.standing_view import Proposal, StandingView, Statement


def standings(session: Session, name: str | None, handle: str | None) -> tuple[StandingView, ...]:
    """How the texts stand that count now, of one agreement or of all, in one negotiation or in all of this home.

    Raises: Refused("negotiation.unknown-handle").
    """
    return tuple(
        _view(under, running, session.now)
        for negotiation in wanted(session, handle)
        for under in [Underway.read(session, negotiation)]
        for running in under.in_use(session.now)
        if name in (None, running.agreement.id)
    )


def _view(under: Underway, running: Running, now: Time) -> StandingView:
    text = running.text
    done = under.done_to(text)
    at = done.at(now)
    files = {step.digest: step for step in under.steps() if step.kind in ("adoption", "amendment")}
    return StandingView(
        negotiation=running.handle,
        agreement=text.agreement.id,
        digest=text.digest,
        place=running.place,
        since=at.since,
        replaced=at.replaced,
        expires=text.agreement.expires,
        adopted=_proposal(under, text, files),
        amendments=tuple(_proposal(under, each, files) for each in _waiting(under, text)),
        statements=tuple(_statements(under, done, now)),
        idle=idle_steps(
            Standing(agreement=text.agreement, text=text.digest, parties=under.parties),
            under.steps_about(text),
            {paper.digest: paper.act.by.party for paper in under.papers},
        ),
    )


def _proposal(under: Underway, text: Text, files: dict[Digest, Step]) -> Proposal:
    by: dict[str, Step] = {}
    for each in under.handed():
        if each.text == text.digest:
            by.setdefault(each.sender, files[each.digest])
    return Proposal(by=tuple(by.values()), waits_for=tuple(party for party in under.parties if party not in by))


def _waiting(under: Underway, text: Text) -> Iterator[Text]:
    """Other texts of the same id that not all parties handed over, where this one is adopted."""
    counting = {each.text.digest for each in under.running(under.session.now)}
    for other in {each.digest: each for each in under.texts.values()}.values():
        if other.agreement.id == text.agreement.id and other.digest not in counting:
            yield other


def _statements(under: Underway, done: Standing, now: Time) -> Iterator[Statement]:
    at = done.at(now)
    papers = {paper.digest: paper.reference for paper in under.papers}
    for step in sorted(done.steps.values(), key=lambda each: each.entry):
        if step.kind in ("adoption", "amendment"):
            continue
        end = at.denounced.get(step.sender) if step.kind == "denunciation" else None
        yield Statement(
            step=step,
            cites=papers.get(step.cites) if step.cites else None,
            holds=step.kind != "resumption" and holds(done, at, step),
            end=end if end is not None and end.step == step else None,
        )
