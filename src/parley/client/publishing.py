"""What of a negotiation may be shown in public, chosen here from what is held: papers, acts, excerpts, whose keys.

A paper is shown where its terms let both sides say what it is about, or where somebody has said so in public already,
by a statement or a release. Of its acts are shown: how it was handed over and what became of it, statements, and what
was agreed with the public; not what was agreed with named parties alone, nor what was agreed and taken back, unless it
was one-sided: that stays marked. Words are shown only by releases to the public that stand and are due.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from parley import evidence, publication
from parley.act import Audience, Deposit, Release, Statement, Withdrawal
from parley.answers import Released
from parley.canonical import Time
from parley.client import disclosing, proving, trusting
from parley.client.calling import handle_of
from parley.client.references import find_negotiation
from parley.client.session import Session
from parley.crypto import Digest
from parley.errors import Refused
from parley.evidence import Logged
from parley.fold import Negotiation
from parley.paper import Done, Paper
from parley.policy import Trust, TrustedParty

PUBLIC = Audience(parties=(), public=True)

Numbers = tuple[int, ...] | None
"""Running numbers of provisions; None for the whole paper."""

_WORDLESS = (
    "excerpt.companion", "excerpt.whole-file", "paper.held", "paper.not-a-recipient", "paper.not-handed-over",
    "paper.not-ours-to-open", "paper.receipt-first",
)  # fmt: skip
"""Refusals that leave a paper without words here: it cannot be opened, or no excerpt can be cut from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicExcerpt:
    """Evidence of provisions that may be shown to all; None for the whole paper."""

    provisions: Numbers
    evidence: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicPaper:
    """A paper that may be shown, with the evidence of what became of it.

    `withheld` are one-sided sets that were left out; `closed` are sets that may be shown and cannot be cut here.
    """

    reference: str
    digest: Digest
    evidence: bytes
    excerpts: tuple[PublicExcerpt, ...]
    withheld: tuple[Numbers, ...]
    closed: tuple[Numbers, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Publishable:
    """All that a record of a negotiation is made from. `trust` names the parties as they named themselves."""

    party: str
    handle: str
    as_of: Time
    papers: tuple[PublicPaper, ...]
    trust: str


def publishable(session: Session, handle: str | None, *, one_sided: bool) -> Publishable:
    """Everything of a negotiation that may be shown in public, as things stand now.

    With `one_sided`, also the words of sets that somebody released against the terms, marked so.
    Raises: Refused("record.nothing") when no paper may be shown; as `find_negotiation`, and as `open_paper` for a paper
    that does not open.
    """
    session.sync()
    negotiation = find_negotiation(session, handle)
    chain, support = proving.material(session, negotiation)
    public = [paper for paper in negotiation.in_order() if is_public(session, paper)]
    if not public:
        raise Refused("record.nothing", handle=handle_of(session, negotiation))
    named = {paper.digest for paper in public}
    papers = tuple(_paper(session, paper, named, chain, support, one_sided=one_sided) for paper in public)
    return Publishable(
        party=session.party,
        handle=negotiation.convene.handle,
        as_of=session.now,
        papers=papers,
        trust=_trust(session, negotiation),
    )


def is_public(session: Session, paper: Paper) -> bool:
    """Whether it may be told that there is this paper: by its terms between those it concerns, or said already."""
    if any(isinstance(done.act, Statement) for done in paper.statements):
        return True
    if any(_to_public(done) and not _gone(paper, done) for done in paper.releases):
        return True
    concerns = session.party in (paper.act.by.party, *paper.outcomes)
    rules = paper.act.terms.publication
    return concerns and (rules.excerpts.mode != "none" or rules.full.mode != "none")


def _to_public(done: Done) -> bool:
    return isinstance(done.act, Release) and done.act.audience == PUBLIC


def _gone(paper: Paper, done: Done) -> bool:
    """Whether a release was taken back and nothing of it needs to be remembered."""
    one_sided = isinstance(done.act, Release) and done.act.one_sided
    return done.digest in paper.withdrawn_releases and not one_sided


# --- the acts ---------------------------------------------------------------------------------------------------


def _paper(
    session: Session,
    paper: Paper,
    named: set[Digest],
    chain: Sequence[Logged],
    support: Sequence[Logged],
    *,
    one_sided: bool,
) -> PublicPaper:
    releases = {done.digest for done in paper.releases if _to_public(done) and not _gone(paper, done)}
    subjects = [item for item in chain if _is_shown(item, paper, releases, named)]
    note = proving.earlier(session, paper)
    cut = _Cut()
    _excerpts(session, paper, cut, one_sided=one_sided)
    return PublicPaper(
        reference=paper.reference,
        digest=paper.digest,
        evidence=evidence.for_act(subjects, support=support, earlier=note).encode(),
        excerpts=tuple(cut.excerpts),
        withheld=tuple(cut.withheld),
        closed=tuple(cut.closed),
    )


def _is_shown(item: Logged, paper: Paper, releases: set[Digest], named: set[Digest]) -> bool:
    """Whether an act stands in the evidence of a paper."""
    act, digest = item.signed.act, item.signed.digest
    if isinstance(act, Deposit):
        return digest == paper.digest or (act.replaces == paper.digest and digest in named)
    if getattr(act, "deposit", None) != paper.digest:
        return False
    match act:
        case Release():
            return digest in releases
        case Withdrawal(release=Digest() as release):
            return release in releases
        case _:
            return True


# --- the words --------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Cut:
    """What has been cut of a paper so far, and what was left out."""

    excerpts: list[PublicExcerpt] = field(default_factory=list)
    withheld: list[Numbers] = field(default_factory=list)
    closed: list[Numbers] = field(default_factory=list)
    by: list[frozenset[str]] = field(default_factory=list)

    def answered(self, own: frozenset[str]) -> tuple[int, ...] | None:
        """The first set that nobody of these parties showed: what theirs stands beside."""
        before = zip(self.by, self.excerpts, strict=True)
        return next((each.provisions for by, each in before if not by & own and each.provisions is not None), None)


def _excerpts(session: Session, paper: Paper, cut: _Cut, *, one_sided: bool) -> None:
    """Cut the excerpts that may be shown now, in the order of their releases."""
    for provisions in _sets(paper):
        leave = disclosing.leave_of(session, paper, provisions, PUBLIC, None)
        if leave.word is Released.NOT_RELEASED or (leave.since is not None and session.now < leave.since):
            continue
        if leave.word is Released.ONE_SIDED and not one_sided:
            cut.withheld.append(provisions)
            continue
        own = frozenset(leave.parties)
        beside = cut.answered(own)
        answered = disclosing.answered_set(paper, beside, PUBLIC) if beside else None
        digits = paper.digest.hex()
        try:
            data = disclosing.excerpt(session, digits, provisions, one_sided=one_sided, answered=answered)
        except Refused as refused:
            # Only an opened paper shows whether the numbers released are all there are.
            if refused.code == "excerpt.one-sided":
                cut.withheld.append(provisions)
            elif refused.code in _WORDLESS:
                cut.closed.append(provisions)
            elif refused.code != "excerpt.not-released":
                raise
            continue
        cut.excerpts.append(PublicExcerpt(provisions=provisions, evidence=data))
        cut.by.append(own)


def _sets(paper: Paper) -> Iterator[Numbers]:
    """Each set of provisions released to the public and not taken back, once, the first released first."""
    yield from dict.fromkeys(
        act.provisions for _, act in publication.standing_releases(paper) if act.audience == PUBLIC
    )


# --- whose keys -------------------------------------------------------------------------------------------------


def _trust(session: Session, negotiation: Negotiation) -> str:
    """Our trust file, cut down to the parties of this negotiation, each under the name it gave itself.

    What we call another at home is our own affair.
    """
    own = Trust.parse(trusting.trust_file(session))
    parties = [
        TrustedParty(party=each.party, root=each.root, name=_own_name(session, each.party))
        for each in own.parties
        if each.party in negotiation.convene.parties
    ]
    return Trust(policy=own.policy, parties=tuple(sorted(parties, key=lambda each: each.party))).to_text()


def _own_name(session: Session, party: str) -> str:
    return session.register(party).enrol.names[0].text


__all__ = ["PublicExcerpt", "PublicPaper", "Publishable", "publishable"]
