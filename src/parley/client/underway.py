"""What is under way under agreements in a negotiation: texts, what parties did to them, papers, obligations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo

from parley.act import Deposit, Notice, Receipt
from parley.canonical import Time
from parley.client.calling import handle_of
from parley.client.opening import open_file, open_paper
from parley.client.session import Session
from parley.crypto import Digest, Nonce
from parley.document import Document
from parley.errors import Invalid, Malformed, ParleyError
from parley.fold import Negotiation
from parley.measures import paper_text, step_file, step_text
from parley.measures.agreement import Agreement
from parley.measures.content import Content
from parley.measures.obligation import Obligation
from parley.measures.obligations import obligations
from parley.measures.papers import Filed
from parley.measures.standing import Step, StepKind
from parley.paper import Paper, counting
from parley.words.clock import zone_of

NOTICES = (paper_text.MEDIA_TYPE, paper_text.TABLE_TYPE)
"""The originals of papers under an agreement: a form that was filled in, a table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """An agreement that somebody deposited: its file and its digest, and which earlier one it amends, if any."""

    agreement: Agreement
    digest: Digest
    amends: Digest | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """An agreement in the newest text that was deposited in a negotiation: its id, and what it is called here."""

    negotiation: Nonce
    handle: str
    text: Text

    @property
    def agreement(self) -> Agreement:
        return self.text.agreement


@dataclass(slots=True, kw_only=True)
class Underway:
    """All papers of a negotiation that run under agreements, opened once, in the order of the log."""

    session: Session
    negotiation: Negotiation
    papers: tuple[Paper, ...]
    """Those that count, in the log's order."""
    texts: dict[Digest, Text] = field(default_factory=dict)
    """By the deposit."""
    opened: dict[Digest, tuple[Document, bytes]] = field(default_factory=dict)

    @classmethod
    def read(
        cls, session: Session, negotiation: Negotiation, *, only: Callable[[Paper], bool] = lambda _: True
    ) -> Underway:
        """Open every such paper that this home may read, or `only` some; one that does not hold is left out."""
        papers = tuple(paper for paper in counting(negotiation.papers) if only(paper))
        found = cls(session=session, negotiation=negotiation, papers=papers)
        for paper in found.papers:
            try:
                opened = opened_file(session, paper.act)
            except ParleyError:
                continue  # not ours to open, not handed over, or a fault of its sender's that reading it will name
            if opened is not None:
                found.opened[paper.digest] = opened
                found._note_text(paper, *opened)
        return found

    def _note_text(self, paper: Paper, document: Document, data: bytes) -> None:
        if document.original is None or document.original.media_type != step_text.MEDIA_TYPE:
            return
        try:
            agreement = step_text.read_text(document, data)
        except (Malformed, Invalid):
            return  # another text than its file's would be adopted unread
        digest, answered = document.original.sha256, self.texts.get(paper.act.in_reply_to or paper.digest)
        amends = None
        if answered is not None:
            amends = answered.amends if answered.digest == digest else answered.digest
        self.texts[paper.digest] = Text(agreement=agreement, digest=digest, amends=amends)

    def running(self) -> tuple[Running, ...]:
        """Every agreement here, in its newest text."""
        handle = handle_of(self.session, self.negotiation)
        newest = {text.agreement.id: text for text in self.texts.values()}
        return tuple(Running(negotiation=self.negotiation.id, handle=handle, text=text) for text in newest.values())

    # --- by agreement -----------------------------------------------------------------------------------------------

    def agreements(self) -> Mapping[Digest, Agreement]:
        """Every text that was deposited, by the digest of its file, the first first."""
        return {text.digest: text.agreement for text in self.texts.values()}

    def current(self, name: str) -> Text | None:
        """The newest text of this id that somebody deposited."""
        found = [text for text in self.texts.values() if text.agreement.id == name]
        return found[-1] if found else None

    def steps(self) -> Iterator[Step]:
        """What the parties did to these texts."""
        for paper in self.papers:
            if paper.digest in self.texts:
                text = self.texts[paper.digest]
                step = _step(paper, "adoption", text.digest)
                if text.amends is not None:
                    step = replace(step, kind="amendment", agreement=text.amends, becomes=text.digest)
                yield step
            elif (stated := self._stated(paper)) is not None:
                about = {"measures": stated.measures, "towards": stated.towards}
                yield _step(paper, stated.kind, stated.agreement, cites=stated.cites, **about)

    def _stated(self, paper: Paper) -> step_file.Stated | None:
        document, data = self.opened.get(paper.digest, (None, b""))
        if document is None or document.original is None or document.original.media_type != step_file.MEDIA_TYPE:
            return None
        texts = self.agreements()
        for digest, agreement in texts.items():
            try:
                stated = step_text.read_step(document, data, agreement)
            except ParleyError:
                continue
            if stated.agreement == digest:
                return stated
        return None

    def content(self, paper: Paper, agreement: Agreement) -> Content | None:
        """What a paper says under this agreement; None where it is no filled form of it. Raises: as `read_paper`."""
        document, data = self.opened.get(paper.digest, (None, b""))
        if document is None or document.original is None or document.original.media_type not in NOTICES:
            return None
        named, _ = paper_text.head_of(document.original, data)
        return paper_text.read_paper(document, data, agreement) if named == agreement.id else None

    def filed(self, agreement: Agreement) -> tuple[Filed, ...]:
        """Every paper under an agreement whose text says what its file says."""
        found = []
        for paper in self.papers:
            try:
                content = self.content(paper, agreement)
            except ParleyError:
                continue
            if content is not None:
                found.append(filed_of(paper, content))
        return tuple(found)

    def zones(self) -> Mapping[str, tzinfo]:
        """The clock of each party of the negotiation."""
        registers = self.session.known.world.registers
        return {
            party: zone_of(registers[party].enrol.zone) if party in registers else UTC
            for party in self.negotiation.convene.parties
        }

    def owed(self, text: Text, now: Time) -> tuple[Obligation, ...]:
        """Who owes what to whom under one text, at a moment."""
        papers = self.filed(text.agreement)
        return obligations(text.agreement, self.zones(), papers, self.steps(), now, text=text.digest)


def opened_file(session: Session, act: Deposit) -> tuple[Document, bytes] | None:
    """The document and the file of a paper under an agreement; None for any other paper. Raises: as `open_file`."""
    original = open_paper(session, act).document.original
    if original is None or original.media_type not in (*NOTICES, step_text.MEDIA_TYPE, step_file.MEDIA_TYPE):
        return None
    opened, data = open_file(session, act)
    return opened.document, data


def _step(
    paper: Paper,
    kind: StepKind,
    agreement: Digest,
    *,
    measures: tuple[str, ...] = (),
    towards: tuple[str, ...] = (),
    cites: Digest | None = None,
) -> Step:
    return Step(
        kind=kind,
        reference=paper.reference,
        digest=paper.digest,
        agreement=agreement,
        sender=paper.act.by.party,
        entry=paper.at.index,
        made=paper.at.time,
        measures=measures,
        towards=towards,
        cites=cites,
    )


def filed_of(paper: Paper, content: Content) -> Filed:
    """A paper with its four times, as the acts show them."""
    informed: dict[str, Time] = {}
    received: dict[str, Time] = {}
    for party, outcome in paper.outcomes.items():
        for kind, found in ((Notice, informed), (Receipt, received)):
            done = outcome.find(kind)
            if done is not None:
                found[party] = done.at.time
    act = paper.act
    return Filed(
        reference=paper.reference,
        digest=paper.digest,
        sender=act.by.party,
        to=tuple(each.party for each in act.recipients if each.capacity == "to"),
        entry=paper.at.index,
        sent=act.claimed_time,
        made=paper.at.time,
        informed=informed,
        received=received,
        answers=act.in_reply_to,
        replaces=act.replaces,
        content=content,
    )
