"""What is under way under agreements in a negotiation: texts, what parties did to them, papers, obligations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo

from parley import canonical
from parley.act import Deposit, Notice, Receipt
from parley.canonical import Time
from parley.client.calling import handle_of
from parley.client.opening import open_file, open_paper
from parley.client.session import Session
from parley.crypto import Digest, Nonce, sha256
from parley.document import Document
from parley.errors import Invalid, Malformed, ParleyError
from parley.fold import Negotiation
from parley.measures import paper_text, step_file, step_text
from parley.measures.agreement import Agreement
from parley.measures.content import Content
from parley.measures.obligation import Obligation
from parley.measures.obligations import obligations
from parley.measures.papers import Filed
from parley.measures.standing import Standing, StandingAt, Step, StepKind
from parley.measures.standing_view import Place
from parley.measures.succession import Handed, adopted_by_all, text_steps
from parley.measures.unopened import Unopened, with_unopened
from parley.paper import Paper, counting
from parley.words.clock import zone_of

NOTICES = (paper_text.MEDIA_TYPE, paper_text.TABLE_TYPE)
"""The originals of papers under an agreement: a form that was filled in, a table."""

LAST = 2**53
"""Behind every entry of a log."""

SPEAKING = ("suspension", "counter_measure", "resumption", "contesting")
"""Statements that go for what is still owed under the texts before theirs as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """An agreement that somebody deposited: its file and its digest."""

    agreement: Agreement
    digest: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A text of an agreement that counts in a negotiation, what that is called here, and the place of the text."""

    negotiation: Nonce
    handle: str
    text: Text
    place: Place

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
    shut: list[Paper] = field(default_factory=list)
    """Those that do not open here: not ours, not handed over or refused, or with a fault of its sender's."""
    _steps: tuple[Step, ...] | None = None

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
                found.shut.append(paper)  # whose fault it is reading it will say
                continue
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
        self.texts[paper.digest] = Text(agreement=agreement, digest=document.original.sha256)

    # --- which text counts ------------------------------------------------------------------------------------------

    def running(self, now: Time) -> tuple[Running, ...]:
        """Every text that all parties handed over; of an agreement without one, each that somebody did.

        What one side hands over alone thus changes nothing for a text that all have.
        """
        handle = handle_of(self.session, self.negotiation)
        found: list[Running] = []
        for name in dict.fromkeys(text.agreement.id for text in self.texts.values()):
            for text in self._counting(name):
                place = self._place(text, now)
                found.append(Running(negotiation=self.negotiation.id, handle=handle, text=text, place=place))
        return tuple(found)

    def in_use(self, now: Time) -> tuple[Running, ...]:
        """Of each agreement the text in force now; where none is, each that is adopted, or else proposed."""
        every = self.running(now)
        bound = {each.agreement.id for each in every if each.place == "in-force"}
        return tuple(
            each
            for each in every
            if each.place == "in-force" or (each.place != "replaced" and each.agreement.id not in bound)
        )

    def text_of(self, name: str, now: Time) -> Text | None:
        """The text that this id means now: the one in force, else the newest that counts; None where there is none."""
        found = [each.text for each in self.in_use(now) if each.agreement.id == name]
        return found[-1] if found else None

    def _counting(self, name: str) -> list[Text]:
        every = {text.digest: text for text in self.texts.values() if text.agreement.id == name}
        adopted = [digest for digest in adopted_by_all(self.handed(), self.parties) if digest in every]
        return [every[digest] for digest in adopted or every]

    def _place(self, text: Text, now: Time) -> Place:
        at = self.standing(text, now)
        if at.bound is None:
            return "proposed"
        if at.replaced is not None and at.replaced <= now:
            return "replaced"
        return "in-force" if at.bound <= now else "coming"

    @property
    def parties(self) -> tuple[str, ...]:
        return tuple(self.negotiation.convene.parties)

    def handed(self) -> tuple[Handed, ...]:
        """Every file of an agreement that a party handed over, in the order of the log."""
        return tuple(
            Handed(
                reference=paper.reference,
                digest=paper.digest,
                sender=paper.act.by.party,
                entry=paper.at.index,
                made=paper.at.time,
                text=text.digest,
                id=text.agreement.id,
                in_force=text.agreement.in_force,
            )
            for paper in self.papers
            if (text := self.texts.get(paper.digest)) is not None
        )

    # --- by agreement -----------------------------------------------------------------------------------------------

    def agreements(self) -> Mapping[Digest, Agreement]:
        """Every text that was deposited, by the digest of its file, the first first."""
        return {text.digest: text.agreement for text in self.texts.values()}

    def steps(self) -> tuple[Step, ...]:
        """What the parties did to these texts, in the order of the log."""
        if self._steps is None:
            found = list(text_steps(self.handed(), self.parties))
            for paper in self.papers:
                if paper.digest not in self.texts and (stated := self._stated(paper)) is not None:
                    about = {"measures": stated.measures, "towards": stated.towards}
                    found.append(_step(paper, stated.kind, stated.agreement, cites=stated.cites, **about))
            self._steps = tuple(sorted(found, key=lambda step: step.entry))
        return self._steps

    def steps_about(self, text: Text) -> tuple[Step, ...]:
        """Those about one text, and what was stated about a later one: it goes for what this one leaves owed too."""
        later = {step.becomes for step in self.steps() if step.kind == "amendment" and step.agreement == text.digest}
        later &= adopted_by_all(self.handed(), self.parties).keys()
        return tuple(
            replace(step, agreement=text.digest) if step.agreement in later and step.kind in SPEAKING else step
            for step in self.steps()
        )

    def done_to(self, text: Text) -> Standing:
        """All that the parties of its negotiation did to a text."""
        found = Standing(agreement=text.agreement, text=text.digest, parties=self.parties)
        for step in self.steps_about(text):
            found = found.with_step(step)
        return found

    def standing(self, text: Text, now: Time) -> StandingAt:
        """How a text stands, by what was done to it until now."""
        return self.done_to(text).at(now)

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
        """Every paper under an agreement whose text says what its file says, by this text or by one that all adopted.

        What began under an earlier text may be answered on a form of the later one, and a later quota be taken up by
        what was asked before.
        """
        texts = [agreement]
        adopted = adopted_by_all(self.handed(), self.parties)
        if any(digest in adopted for digest, each in self.agreements().items() if each == agreement):
            texts += [each.agreement for each in self._counting(agreement.id) if each.agreement != agreement]
        found = []
        for paper in self.papers:
            content = self._content(paper, texts)
            if content is not None:
                found.append(filed_of(paper, content))
        return tuple(found)

    def _content(self, paper: Paper, texts: Iterable[Agreement]) -> Content | None:
        for text in texts:
            try:
                content = self.content(paper, text)
            except ParleyError:
                continue
            if content is not None:
                return content
        return None

    def zones(self) -> Mapping[str, tzinfo]:
        """The clock of each party of the negotiation."""
        registers = self.session.known.world.registers
        return {party: zone_of(registers[party].enrol.zone) if party in registers else UTC for party in self.parties}

    def owed(self, text: Text, now: Time) -> tuple[Obligation, ...]:
        """Who owes what to whom under one text, at a moment."""
        papers, shut = self.filed(text.agreement), self.unopened()
        found = obligations(text.agreement, self.zones(), papers, self.steps_about(text), now, text=text.digest)
        return tuple(with_unopened(text.agreement, owed, shut) for owed in found)

    def unopened(self) -> tuple[Unopened, ...]:
        """What the register shows of the papers that do not open here, in the order of the log."""
        return tuple(
            Unopened(
                reference=paper.reference,
                sender=paper.act.by.party,
                to=tuple(each.party for each in paper.act.recipients if each.capacity == "to"),
                role=paper.act.role,
                answers=paper.act.in_reply_to,
            )
            for paper in self.shut
        )


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


def stated_now(stated: step_file.Stated, sender: str, now: Time) -> Step:
    """What a party is about to state, as the step that it would be if it were entered now, after all others."""
    return Step(
        kind=stated.kind,
        reference="",
        digest=sha256(canonical.encode(stated)),
        agreement=stated.agreement,
        sender=sender,
        entry=LAST,
        made=now,
        measures=stated.measures,
        towards=stated.towards,
        cites=stated.cites,
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
