"""Joint draws of a delegation: their terms handed over, its own seed bound and shown, and what was drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Unpack

from parley import canonical, evidence
from parley.act import Opening, Receipt, Round
from parley.answers import Released
from parley.canonical import Base64, Time
from parley.client import disclosing, drafting, holding, proving, trusting
from parley.client.calling import called, handle_of
from parley.client.holding import Held
from parley.client.opening import open_file
from parley.client.receiving import at_disposal, readable
from parley.client.references import Found, find
from parley.client.session import Session
from parley.client.source import source_of
from parley.client.views import Draft
from parley.client.wish import Options, Wish
from parley.crypto import Digest, Nonce
from parley.document import file_of
from parley.errors import Invalid, Malformed, Refused
from parley.fold import Negotiation
from parley.measures.draw import Consequence, Drawn, DrawTerms, Seed
from parley.measures.draw_proof import DrawProof, draw_paper
from parley.measures.draw_standing import DrawPaper, DrawStanding, check_terms, round_of, standing
from parley.measures.draw_text import (
    SEED_TYPE,
    SHOWING_TYPE,
    TERMS_TYPE,
    SeedFile,
    Showing,
    document_of_seed,
    document_of_shown,
    document_of_terms,
    read_terms,
)
from parley.measures.held_file import Shown
from parley.measures.site_list import Sites
from parley.paper import Paper
from parley.terms import Terms

TERMS_NAME, SEED_NAME, SHOWN_NAME = "draw.json", "seed.json", "shown.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """By when parties are bound, show, and sign for what is shown: UTC milliseconds, an hour or more apart."""

    bind_by: Time
    show_by: Time
    sign_by: Time


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawView:
    """A draw as it stands at this home: the paper that has its terms, the terms, and how far it has come.

    `reference` is what the paper is called here: with the handle, where the plain name would mean another.
    """

    reference: str
    handle: str
    terms: DrawTerms
    standing: DrawStanding

    def called(self, reference: str) -> str:
        """What another paper of the same negotiation is called."""
        return f"{self.handle}/{reference}" if "/" in self.reference else reference


class Draws:
    """The part of a delegation that draws; made by `Delegation.draws`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def prepare_terms(
        self,
        sites: Sites,
        *,
        take: int,
        if_not_shown: Consequence,
        limits: Limits,
        to: Sequence[str],
        terms: str | Terms,
        handle: str | None = None,
        **options: Unpack[Options],
    ) -> Draft:
        """Seal the terms of a draw by us and the recipients, to be read at once. Signs and sends nothing.

        Raises: Malformed("draw.…") for terms that cannot be, Refused("draw.past") for a limit that has passed, and as
        `Delegation.prepare`.
        """
        session = self._session
        for limit in (limits.bind_by, limits.show_by, limits.sign_by):
            if limit <= session.now:
                raise Refused("draw.past", time=limit.to_text())
        parties = {session.party, *(trusting.find_party(session, party) for party in to)}
        draw = DrawTerms(
            algorithm="parley/draw/v1",
            bind_by=limits.bind_by,
            excluded=sites.excluded,
            id=Nonce(session.ports.rng(16)),
            if_not_shown=if_not_shown,
            items=sites.items,
            parties=tuple(sorted(parties)),
            show_by=limits.show_by,
            sign_by=limits.sign_by,
            take=take,
        )
        data, language = canonical.encode(draw), options.setdefault("language", "en")
        file = file_of(TERMS_NAME, TERMS_TYPE, data)
        source = source_of(document_of_terms(draw, file, language=language), data)
        options |= {"at_once": True, "accept_by": limits.sign_by}
        return drafting.prepare_read(
            session, source, handle, Wish(to=to, role="proposal", terms=terms, **options)
        )  # fmt: skip

    def prepare_seed(self, reference: str, seed: Seed | None = None, **options: Unpack[Options]) -> Draft:
        """Prepare the paper that binds us to a seed, random where none is given. Signs and sends nothing.

        Raises: Refused("draw.not-a-party"), Refused("draw.bound"), Refused("draw.over"), and as `view`.
        """
        session, ((_, paper), view) = self._session, self._view(reference)
        self._check_open(view, view.terms.bind_by)
        if session.party in view.standing.bound:
            raise Refused("draw.bound", reference=view.standing.bound[session.party].reference)
        file = SeedFile(draw=view.terms.subject, seed=seed or Seed(session.ports.rng(32)), terms=paper.digest)
        data, language = canonical.encode(file), options.setdefault("language", "en")

        def make(_: Digest) -> Held:
            original = file_of(SEED_NAME, SEED_TYPE, data)
            return Held(document=document_of_seed(view.terms, original, language=language), file=data)

        return holding.hold(session, view.handle, self._wish(view, paper, paper.digest, options), make)

    def prepare_showing(self, reference: str, **options: Unpack[Options]) -> Draft:
        """Prepare the paper that shows our seed in the one round of the draw. Signs and sends nothing.

        Raises: Refused("draw.not-a-party"), Refused("draw.over"), Refused("draw.not-all-bound"),
        Refused("draw.shown"), Refused("paper.held-elsewhere"), and as `view`.
        """
        session, ((found, paper), view) = self._session, self._view(reference)
        self._check_open(view, view.terms.show_by)
        standing_ = view.standing
        if session.party in standing_.shown:
            raise Refused("draw.shown", reference=standing_.shown[session.party].reference)
        missing = [party for party in view.terms.parties if party not in standing_.bound]
        if missing:
            raise Refused("draw.not-all-bound", parties=", ".join(missing))
        own = found.papers[standing_.bound[session.party].digest]
        listed = tuple(standing_.bound[party].digest for party in view.terms.parties)
        data = canonical.encode(Showing(bound=listed, held=self._shown(own)))
        language = options.setdefault("language", "en")
        file = file_of(SHOWN_NAME, SHOWING_TYPE, data)
        source = source_of(document_of_shown(view.terms, file, language=language), data)
        options["opens"] = Opening(kind="together", round=round_of(view.terms, paper.digest), time=None)
        return drafting.prepare_read(session, source, view.handle, self._wish(view, paper, own.digest, options))

    def view(self, reference: str) -> DrawView:
        """A draw as it stands, by the paper that has its terms, or any paper of it.

        Raises: as finding and opening a paper; Refused("draw.none") for a paper that is none of a draw.
        """
        return self._view(reference)[1]

    def proof(self, reference: str) -> bytes:
        """The file that proves a draw to anyone, and shows its papers to whoever has it.

        Raises: as `view`; Refused("draw.not-drawn"); Refused("draw.confidential") where the terms of its papers do not
        let us show them, and no release does.
        """
        session, ((found, paper), view) = self._session, self._view(reference)
        if not isinstance(view.standing.result, Drawn):
            raise Refused("draw.not-drawn", reference=view.reference)
        bound = [view.standing.bound[party].digest for party in view.terms.parties]
        shown = [found.papers[view.standing.shown[party].digest] for party in view.terms.parties]
        for each in (paper, *shown):
            self._check_leave(each)
        chain, support = proving.material(session, found)
        wanted = {paper.digest, *bound, *(each.digest for each in shown)}
        showing = {each.digest for each in shown}
        subjects = [
            item
            for item in chain
            if item.signed.digest in wanted
            or (isinstance(item.signed.act, Receipt) and item.signed.act.deposit in showing)
        ]
        file = evidence.for_act(subjects, support=support, earlier=proving.earlier(session, paper))
        opened = tuple(self._shown(each) for each in (paper, *shown))
        return DrawProof(evidence=file.encode().decode("utf-8"), kind="draw", opened=opened, version=1).write()

    def _check_leave(self, paper: Paper) -> None:
        leave = disclosing.leave_of(self._session, paper, None, disclosing.audience_of(self._session, ()), None)
        if leave.word is Released.NOT_RELEASED and self._session.party not in leave.alone:
            raise Refused("draw.confidential", reference=paper.reference)

    # --- reading ----------------------------------------------------------------------------------------------------

    def _view(self, reference: str) -> tuple[Found, DrawView]:
        session = self._session
        session.sync()
        negotiation, paper = find(session, reference, signing=False)
        paper = _terms_of(negotiation, paper)
        readable(session, paper.digest.hex())
        opened, data = open_file(session, paper.act)
        original = opened.document.original
        if original is None or original.media_type != TERMS_TYPE:
            raise Refused("draw.none", reference=paper.reference)
        draw = read_terms(opened.document, data)
        if session.now > draw.bind_by:
            session.reader.check_clock()  # a clock ahead of the office's would name parties that still have time
        papers = [_draw_paper(each) for each in negotiation.in_order()]
        shown = dict(self._opened(negotiation, round_of(draw, paper.digest)))
        found = standing(draw, check_terms(draw, _draw_paper(paper)), papers, shown, session.now)
        handle = handle_of(session, negotiation)
        name = called(session, negotiation, paper)
        return (negotiation, paper), DrawView(reference=name, handle=handle, terms=draw, standing=found)

    def _opened(self, negotiation: Negotiation, meeting: Round) -> Iterator[tuple[Digest, bytes]]:
        """What the papers of the round show, as far as they are ours to open; what does not open shows nothing."""
        for paper in negotiation.in_order():
            if paper.act.opening.round == meeting and at_disposal(self._session, paper):
                try:
                    yield paper.digest, open_file(self._session, paper.act)[1]
                except (Invalid, Malformed):
                    yield paper.digest, b""

    # --- showing ----------------------------------------------------------------------------------------------------

    def _shown(self, paper: Paper) -> Shown:
        """A paper with all that opens what its deposit commits to."""
        opened, data = open_file(self._session, paper.act)
        return Shown(
            deposit=paper.digest,
            document=Base64(opened.document.to_bytes()),
            file=Base64(data),
            seal=opened.seal,
        )

    def _check_open(self, view: DrawView, limit: Time) -> None:
        if self._session.party not in view.terms.parties:
            raise Refused("draw.not-a-party", reference=view.reference)
        if self._session.now > limit:
            raise Refused("draw.over", time=limit.to_text(), reference=view.reference)

    def _wish(self, view: DrawView, at: Paper, answers: Digest, options: Options) -> Wish:
        given: dict[str, Any] = {**options, "accept_by": view.terms.sign_by}
        others = [party for party in view.terms.parties if party != self._session.party]
        return Wish(to=others, role="declaration", terms=at.act.terms, in_reply_to=answers.hex(), **given)


def _terms_of(negotiation: Negotiation, paper: Paper) -> Paper:
    """The paper with the terms: this one where it is a proposal, else what it answers, or what that answers."""
    for _ in range(2):
        answered = negotiation.papers.get(paper.act.in_reply_to) if paper.act.in_reply_to else None
        if answered is None or paper.act.opening.kind not in ("held", "together"):
            break
        paper = answered
    return paper


def _draw_paper(paper: Paper) -> DrawPaper:
    receipts = {party: outcome.find(Receipt) for party, outcome in paper.outcomes.items()}
    return draw_paper(
        paper.act,
        digest=paper.digest,
        reference=paper.reference,
        entry=paper.at.index,
        made=paper.at.time,
        signed={party: done.at.time for party, done in receipts.items() if done is not None},
        taken_back=paper.taken_back,
    )
