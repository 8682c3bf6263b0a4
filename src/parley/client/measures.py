"""What a delegation does under agreements: notices handed over as papers, and read back out of the papers of all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

from parley import canonical
from parley.act import Opening
from parley.canonical import Time
from parley.client import drafting, rounds, trusting
from parley.client.limits import day_of
from parley.client.opening import open_paper
from parley.client.references import find, find_negotiation
from parley.client.session import Session
from parley.client.source import source_of
from parley.client.underway import Text, Underway, opened_file
from parley.client.views import Draft
from parley.client.wish import Options, Wish
from parley.crypto import sha256
from parley.document import Document, File
from parley.errors import Malformed, Refused
from parley.measures import step_text
from parley.measures.agreement import Agreement
from parley.measures.agreement_file import read_agreement
from parley.measures.content import Content, read_head
from parley.measures.counting import LimitRow, limits, readings_in
from parley.measures.following import check_answer
from parley.measures.inspections import QuotaRow, check_request, quota_board
from parley.measures.message import Message
from parley.measures.obligation import Obligation
from parley.measures.paper_text import MEDIA_TYPE, document_of, read_paper
from parley.measures.papers import Filed
from parley.measures.step_file import MEDIA_TYPE as STEP_TYPE
from parley.measures.step_file import Stated, StatedKind
from parley.paper import Paper
from parley.terms import Terms

FILE_NAME, STEP_NAME = "notice.toml", "step.json"


class Measures:
    """The part of a delegation that knows agreements; made by `Delegation.measures`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def prepare_notice(
        self,
        data: bytes,
        content: Content,
        agreement: Agreement,
        *,
        to: Sequence[str],
        terms: str | Terms,
        handle: str | None = None,
        in_reply_to: str | None = None,
        **options: Unpack[Options],
    ) -> Draft:
        """Seal a filled form as a paper of its form's role, to be opened at once. Signs and sends nothing.

        `data` is the file that `content` was read from. Raises: as `Delegation.prepare`; Refused("notice.follows")
        where the form answers other forms and no paper of one is named.
        """
        form = agreement.form(content.form)
        if form is None:
            raise Malformed("notice.no-form", form=content.form)
        if form.follows and in_reply_to is None:
            raise Refused("notice.follows", form=form.id, follows=", ".join(form.follows))
        if not content.test:
            self._check_place(content, agreement, to, handle, in_reply_to)
        language = options.get("language", agreement.languages[0])
        file = File(name=FILE_NAME, media_type=MEDIA_TYPE, size=len(data), sha256=sha256(data))
        document = document_of(content, agreement, file, language=language)
        options["language"] = language
        if "opens" not in options:
            options.setdefault("at_once", form.role == "notification")
        options.setdefault("precedence", form.precedence)
        wish = Wish(to=to, role=form.role, terms=terms, in_reply_to=in_reply_to, **options)
        return drafting.prepare_read(self._session, source_of(document, data), handle, wish)

    def _check_place(
        self, content: Content, agreement: Agreement, to: Sequence[str], handle: str | None, answers: str | None
    ) -> None:
        """A request needs a place in every quota that counts it; what follows one is from a party of that inspection.

        Raises: as `inspections.check_request` and `following.check_answer`.
        """
        papers, ours = self.filed(agreement, handle), self._session.party
        if content.form in {quota.form for quota in agreement.quotas}:
            asked = [trusting.find_party(self._session, party) for party in to]
            on = day_of(self._session.now, "UTC")
            check_request(agreement, papers, by=ours, to=asked, form=content.form, on=on)
        else:
            about = find(self._session, answers, signing=True)[1].digest if answers else None
            check_answer(agreement, papers, by=ours, answers=about, content=content)

    def prepare_declaration(
        self,
        data: bytes,
        content: Content,
        agreement: Agreement,
        *,
        round_name: str,
        terms: str | Terms,
        deadline: Time | None = None,
        handle: str | None = None,
        **options: Unpack[Options],
    ) -> Draft:
        """Seal a filled form into a round: it opens for all parties of the negotiation together, or for none.

        `deadline` is that of a round which nobody has begun. Signs and sends nothing.
        Raises: as `prepare_notice` and `rounds.round_for`.
        """
        self._session.sync()
        negotiation = find_negotiation(self._session, handle)
        meeting = rounds.round_for(negotiation, self._session.party, round_name, deadline)
        options["opens"] = Opening(kind="together", round=meeting, time=None)
        options["accept_by"] = meeting.deadline
        return self.prepare_notice(
            data,
            content,
            agreement,
            to=[party for party in meeting.parties if party != self._session.party],
            terms=terms,
            handle=handle,
            **options,
        )

    def prepare_agreement(
        self,
        data: bytes,
        *,
        to: Sequence[str],
        terms: str | Terms,
        handle: str | None = None,
        amends: str | None = None,
        **options: Unpack[Options],
    ) -> Draft:
        """Seal an agreement's file: to adopt it, or with `amends`, the id of one adopted here, to take its place.

        Whoever deposits the same file after another answers that paper. Signs and sends nothing.
        Raises: Malformed as `read_agreement`; Refused("agreement.not-here") for an id of which no text was deposited.
        """
        self._session.sync()
        agreement, digest = read_agreement(data), sha256(data)
        under = self.underway(handle)
        same = [deposit for deposit, text in under.texts.items() if text.digest == digest]
        answered = same[0] if same else None
        if answered is None and amends is not None:
            answered = next((at for at, text in reversed(under.texts.items()) if text.agreement.id == amends), None)
            if answered is None:
                raise Refused("agreement.not-here", name=amends[:60])
        language = options.setdefault("language", agreement.languages[0])
        file = File(name=f"{agreement.id}.toml", media_type=step_text.MEDIA_TYPE, size=len(data), sha256=digest)
        document = step_text.document_of_agreement(agreement, file, language=language)
        wish = Wish(
            to=to,
            role="response" if answered else "proposal",
            terms=terms,
            in_reply_to=answered.hex() if answered else None,
            **options,
        )
        return drafting.prepare_read(self._session, source_of(document, data), handle, wish)

    def prepare_step(
        self,
        name: str,
        kind: StatedKind,
        *,
        to: Sequence[str],
        terms: str | Terms,
        measures: Sequence[str] = (),
        towards: Sequence[str] = (),
        cites: str | None = None,
        because: str = "",
        handle: str | None = None,
        **options: Unpack[Options],
    ) -> Draft:
        """Seal a statement about an agreement that was deposited here, by its id. Signs and sends nothing.

        Raises: Refused("agreement.not-here"), Refused("agreement.no-measure") for a measure that it does not have;
        as finding a party and a paper; Malformed("step.cites") where a paper must be named and is not.
        """
        self._session.sync()
        text = self.text(name, handle)
        for measure in measures:
            if measure not in [each.id for each in text.agreement.measures]:
                known = ", ".join(each.id for each in text.agreement.measures)
                raise Refused("agreement.no-measure", name=measure[:60], candidates=known)
        about = find(self._session, cites, signing=True)[1].digest if cites else None
        stated = Stated(
            agreement=text.digest,
            because=because,
            cites=about,
            kind=kind,
            measures=tuple(sorted(set(measures))),
            towards=tuple(sorted({trusting.find_party(self._session, party) for party in towards})),
        )
        data = canonical.encode(stated)
        language = options.setdefault("language", text.agreement.languages[0])
        file = File(name=STEP_NAME, media_type=STEP_TYPE, size=len(data), sha256=sha256(data))
        document = step_text.document_of_step(stated, text.agreement, file, language=language)
        options.setdefault("at_once", True)
        wish = Wish(to=to, role="notification", terms=terms, in_reply_to=cites, **options)
        return drafting.prepare_read(self._session, source_of(document, data), handle, wish)

    # --- what is under way ------------------------------------------------------------------------------------------

    def underway(self, handle: str | None = None) -> Underway:
        """Everything under agreements in one negotiation, opened."""
        return Underway.read(self._session, find_negotiation(self._session, handle))

    def text(self, name: str, handle: str | None = None) -> Text:
        """The newest text of an agreement that was deposited. Raises: Refused("agreement.not-here")."""
        found = self.underway(handle).current(name)
        if found is None:
            raise Refused("agreement.not-here", name=name[:60])
        return found

    def obligations(self, handle: str | None = None) -> tuple[tuple[Text, tuple[Obligation, ...]], ...]:
        """Who owes what to whom now, under each agreement of a negotiation."""
        under = self.underway(handle)
        newest = {text.agreement.id: text for text in under.texts.values()}
        return tuple((text, under.owed(text, self._session.now)) for text in newest.values())

    def limits(self, handle: str | None = None) -> tuple[tuple[Text, tuple[LimitRow, ...]], ...]:
        """What was declared beside the limits, under each agreement of a negotiation that has any, up to today."""
        under = self.underway(handle)
        newest = {text.agreement.id: text for text in under.texts.values()}
        on = day_of(self._session.now, "UTC")
        found = []
        for text in newest.values():
            papers = under.filed(text.agreement)
            readings, _ = readings_in(text.agreement, papers)
            found.append((text, limits(text.agreement, papers, readings, on)))
        return tuple(found)

    def quotas(
        self, handle: str | None = None, year: int | None = None
    ) -> tuple[tuple[Text, tuple[QuotaRow, ...]], ...]:
        """Who took which place of which quota in a year, this one if none is given, under each agreement."""
        under = self.underway(handle)
        newest = {text.agreement.id: text for text in under.texts.values()}
        wanted = day_of(self._session.now, "UTC").year if year is None else year
        return tuple(
            (text, quota_board(text.agreement, under.filed(text.agreement), wanted)) for text in newest.values()
        )

    def message(self, reference: str, agreement: Agreement) -> Message:
        """A paper under an agreement as a message. Raises: Refused("notice.none") for a paper that is no such form."""
        negotiation, paper = find(self._session, reference, signing=False)
        document, data = self._notice(paper)
        if read_head(data)[0] != agreement.id:
            raise Refused("notice.none", reference=paper.reference)
        content = read_paper(document, data, agreement)
        act = paper.act
        answered = negotiation.papers.get(act.in_reply_to) if act.in_reply_to else None
        cover = open_paper(self._session, act).cover
        return Message(
            precedence=cover.precedence,
            sender=act.by.party,
            to=tuple(each.party for each in act.recipients if each.capacity == "to"),
            info=tuple(each.party for each in act.recipients if each.capacity == "info"),
            number=paper.reference,
            time=paper.at.time,
            answers=answered.reference if answered else None,
            content=content,
        )

    def agreement_named(self, reference: str) -> str:
        """The id of the agreement that a paper names. Raises: Refused("notice.none") for a paper that names none."""
        _, paper = find(self._session, reference, signing=False)
        return read_head(self._notice(paper)[1])[0]

    def filed(self, agreement: Agreement, handle: str | None = None) -> tuple[Filed, ...]:
        """Every paper under an agreement in one negotiation, as far as this home may read it, in the log's order."""
        return self.underway(handle).filed(agreement)

    def _notice(self, paper: Paper) -> tuple[Document, bytes]:
        found = opened_file(self._session, paper.act)
        if found is None or found[0].original is None or found[0].original.media_type != MEDIA_TYPE:
            raise Refused("notice.none", reference=paper.reference)
        return found
