"""Whether a filled form has its place among the papers under an agreement: asked before it is signed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from parley.client import trusting
from parley.client.limits import day_of
from parley.client.references import find
from parley.client.session import Session
from parley.errors import Refused
from parley.exchange import State
from parley.measures.agreement import Agreement
from parley.measures.content import Content
from parley.measures.following import check_answer
from parley.measures.inspections import check_request
from parley.measures.papers import Filed
from parley.paper import Paper


def check_place(
    session: Session,
    papers: Iterable[Filed],
    content: Content,
    agreement: Agreement,
    to: Sequence[str],
    *,
    answers: str | None,
    replaces: str | None,
    handle: str | None = None,
) -> None:
    """A request needs a place in every quota that counts it; what follows one is from a party of that inspection.

    With `handle`, bare references are papers of that negotiation.

    Raises: as `inspections.check_request` and `following.check_answer`; Refused("counting.own-reading"), as nobody
    reads its own declaration otherwise; Refused("notice.sign-first") where nobody can tell what is answered, because
    it was not signed for here.
    """
    ours = session.party
    if content.form in {quota.form for quota in agreement.quotas}:
        asked = [trusting.find_party(session, party) for party in to]
        on = day_of(session.now, "UTC")
        former = find(session, replaces, signing=True, handle=handle)[1].digest if replaces else None
        check_request(agreement, papers, by=ours, to=asked, form=content.form, on=on, replaces=former)
        return
    about = find(session, answers, signing=True, handle=handle)[1] if answers else None
    gives_reading = content.form in {reading.form for reading in agreement.readings}
    if about is not None and gives_reading and about.act.by.party == ours:
        raise Refused("counting.own-reading", party=ours, reference=about.reference)
    try:
        check_answer(agreement, papers, by=ours, answers=about.digest if about else None, content=content)
    except Refused as refused:
        if refused.code == "inspection.follows" and about is not None and unsigned(about, ours):
            raise Refused("notice.sign-first", reference=about.reference) from refused
        raise


def check_alone(agreement: Agreement, form: str) -> None:
    """What every measure has exchanged in a round is not shown to the others first.

    Raises: Refused("notice.together").
    """
    if {measure.together for measure in agreement.measures if measure.form == form} == {True}:
        raise Refused("notice.together", form=form, agreement=agreement.id)


def given_before(
    session: Session, papers: Iterable[Filed], content: Content, in_reply_to: str | None, handle: str | None = None
) -> str | None:
    """The last of these papers by our party that says the very same, in answer to the same; None where none does."""
    about = find(session, in_reply_to, signing=False, handle=handle)[1].digest if in_reply_to else None
    same = [
        each.reference
        for each in papers
        if each.sender == session.party and each.content == content and each.answers == about
    ]
    return same[-1] if same else None


def unsigned(paper: Paper, party: str) -> bool:
    """Whether a paper waits for the signature of this party, and opens for nobody else before."""
    outcome = paper.outcomes.get(party)
    return paper.act.opening.kind == "on_receipt" and outcome is not None and outcome.state is State.WAITING
