"""What a delegation does under agreements: notices handed over as papers, and read back out of the papers of all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Unpack

from parley import canonical
from parley.act import Opening
from parley.canonical import Time
from parley.client import drafting, ending, giving, rounds, texts, trusting
from parley.client.limits import day_of
from parley.client.opening import open_paper
from parley.client.references import find, find_negotiation, wanted
from parley.client.session import Session
from parley.client.source import source_of
from parley.client.standings import standings
from parley.client.underway import NOTICES, Running, Text, Underway, opened_file, stated_now
from parley.client.views import Draft
from parley.client.wish import Options, Wish
from parley.crypto import sha256
from parley.document import Document, File
from parley.errors import Malformed, Refused
from parley.measures import step_text
from parley.measures.agreement import Agreement
from parley.measures.agreement_file import read_agreement
from parley.measures.content import Content
from parley.measures.counting import LimitRow, limits, readings_in
from parley.measures.declaration import Declared
from parley.measures.form import table_name
from parley.measures.inspections import QuotaRow, closed_by, quota_board
from parley.measures.message import Message
from parley.measures.obligation import Obligation, in_due_order
from parley.measures.overview import Overview, overview
from parley.measures.paper_text import MEDIA_TYPE, TABLE_TYPE, document_of, head_of, read_paper
from parley.measures.papers import Filed
from parley.measures.standing_view import StandingView
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
        filled: Content | Declared,
        agreement: Agreement,
        *,
        to: Sequence[str],
        terms: str | Terms,
        handle: str | None = None,
        in_reply_to: str | None = None,
        **options: Unpack[Options],
    ) -> Draft:
        """Seal a filled form as a paper of its form's role, to be opened at once. Signs and sends nothing.

        `data` is the file that it was read from: a form, or a table that is declared. Raises: as `Delegation.prepare`;
        Refused("notice.follows") where the form answers other forms and no paper of one is named;
        Refused("notice.together") where the agreement has it exchanged in a round, and it would be shown alone.
        """
        content, rows = (filled.content, filled.rows) if isinstance(filled, Declared) else (filled, ())
        form = agreement.form(content.form)
        if form is None:
            raise Malformed("notice.no-form", form=content.form)
        if form.follows and in_reply_to is None:
            raise Refused("notice.follows", form=form.id, follows=", ".join(form.follows))
        if not content.test:
            if "opens" not in options:
                giving.check_alone(agreement, form.id)
            papers, replaces = self.filed(agreement, handle), options.get("replaces")
            named = {"answers": in_reply_to, "replaces": replaces, "handle": handle}
            giving.check_place(self._session, papers, content, agreement, to, **named)
        language = options.get("language", agreement.languages[0])
        name, kind = (table_name(agreement.id, form.id), TABLE_TYPE) if rows else (FILE_NAME, MEDIA_TYPE)
        file = File(name=name, media_type=kind, size=len(data), sha256=sha256(data))
        document = document_of(content, agreement, file, language=language, rows=rows)
        options["language"] = language
        if "opens" not in options:
            options.setdefault("at_once", form.role == "notification")
        options.setdefault("precedence", form.precedence)
        wish = Wish(to=to, role=form.role, terms=terms, in_reply_to=in_reply_to, **options)
        return drafting.prepare_read(self._session, source_of(document, data), handle, wish)

    def given_before(
        self, content: Content, agreement: Agreement, handle: str | None = None, in_reply_to: str | None = None
    ) -> str | None:
        """The last paper of our party that says the very same, in answer to the same; None where there is none."""
        return giving.given_before(self._session, self.filed(agreement, handle), content, in_reply_to, handle)

    def prepare_declaration(
        self,
        data: bytes,
        filled: Content | Declared,
        agreement: Agreement,
        *,
        round_name: str,
        terms: str | Terms,
        deadline: Time | None = None,
        handle: str | None = None,
        **options: Unpack[Options],
    ) -> Draft:
        """Seal a filled form, or a table, into a round: it opens for all parties of the negotiation, or for none.

        `deadline` is that of a round which nobody has begun. Signs and sends nothing.
        Raises: as `prepare_notice` and `rounds.round_for`.
        """
        self._session.sync()
        negotiation = find_negotiation(self._session, handle)
        meeting = rounds.round_for(negotiation, self._session.party, round_name, deadline, self._session.now)
        options["opens"] = Opening(kind="together", round=meeting, time=None)
        options["accept_by"] = meeting.deadline
        return self.prepare_notice(
            data,
            filled,
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
        Raises: Malformed as `read_agreement`; as `ending.check_text`; Refused("agreement.not-here") for an id of which
        no text was deposited.
        """
        self._session.sync()
        agreement, digest = read_agreement(data), sha256(data)
        under = self.underway(handle)
        ending.check_text(under, agreement, digest, by=self._session.party, amends=amends)
        same = [deposit for deposit, text in under.texts.items() if text.digest == digest]
        answered = same[0] if same else None
        if answered is None and amends is not None:
            amended = under.text_of(amends, self._session.now)
            answered = next((at for at, text in under.texts.items() if text == amended), None)
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
        Refused("deposit.not-a-party") towards a stranger; as `ending.check_resumption` and `ending.check_statement`;
        as finding a party and a paper; Malformed("step.cites") where a paper must be named and is not.
        """
        self._session.sync()
        text = self.text(name, handle)
        for measure in measures:
            if measure not in [each.id for each in text.agreement.measures]:
                known = ", ".join(each.id for each in text.agreement.measures)
                raise Refused("agreement.no-measure", name=measure[:60], candidates=known)
        about = find(self._session, cites, signing=True, handle=handle)[1].digest if cites else None
        under = self.underway(handle)
        if kind == "resumption":
            at = under.standing(text, self._session.now)
            ending.check_resumption(at, text, by=self._session.party, cites=about)
        stated = Stated(
            agreement=text.digest,
            because=because,
            cites=about,
            kind=kind,
            measures=tuple(sorted(set(measures))),
            towards=tuple(sorted({self._party_of(party, handle) for party in towards})),
        )
        data = canonical.encode(stated)
        ending.check_statement(under, stated_now(stated, self._session.party, self._session.now))
        language = options.setdefault("language", text.agreement.languages[0])
        file = File(name=STEP_NAME, media_type=STEP_TYPE, size=len(data), sha256=sha256(data))
        document = step_text.document_of_step(stated, text.agreement, file, language=language)
        options.setdefault("at_once", True)
        wish = Wish(to=to, role="notification", terms=terms, in_reply_to=cites, **options)
        return drafting.prepare_read(self._session, source_of(document, data), handle, wish)

    def _party_of(self, party: str, handle: str | None) -> str:
        """A party of the negotiation. Raises: as `find_party`; Refused("deposit.not-a-party")."""
        found = trusting.find_party(self._session, party)
        if found not in find_negotiation(self._session, handle).convene.parties:
            raise Refused("deposit.not-a-party", party=found)
        return found

    # --- what is under way ------------------------------------------------------------------------------------------

    def underway(self, handle: str | None = None) -> Underway:
        """Everything under agreements in one negotiation, opened."""
        return Underway.read(self._session, find_negotiation(self._session, handle))

    def text(self, name: str, handle: str | None = None) -> Text:
        """The text in force, else the newest that counts. Raises: Refused("agreement.not-here")."""
        found = self.underway(handle).text_of(name, self._session.now)
        if found is None:
            raise Refused("agreement.not-here", name=name[:60])
        return found

    def in_force(self, name: str, handle: str | None = None) -> Agreement | None:
        """The agreement of this id in the text that binds now; None where none does."""
        every = self.underway(handle).in_use(self._session.now)
        return next((each.agreement for each in every if (each.agreement.id, each.place) == (name, "in-force")), None)

    def begins(self, data: bytes, handle: str | None = None) -> date | None:
        """The day from which a text is in force if our party hands over its file now; None where others have yet to."""
        return ending.begins(self.underway(handle), read_agreement(data), sha256(data), by=self._session.party)

    def deposited(self, name: str, handle: str | None = None) -> texts.Deposited | None:
        """The text that this id means, in any negotiation of this home or in one. Raises: as `texts.named`."""
        return texts.named(self._session, name, handle)

    def to_adopt(self, name: str, handle: str | None = None) -> texts.Deposited | None:
        """The newest text of this id that our party has not handed over, else the one that the id means.

        Raises: as `texts.named`.
        """
        return texts.named(self._session, name, handle, adopting=True)

    def all_deposited(self) -> tuple[texts.Deposited, ...]:
        """Of every agreement in every negotiation of this home the text that its id means."""
        return texts.all_named(self._session)

    def standings(self, name: str | None = None, handle: str | None = None) -> tuple[StandingView, ...]:
        """How agreements stand here: see `standings.standings`."""
        return standings(self._session, name, handle)

    def _under(self, handle: str | None) -> Iterator[Underway]:
        """One negotiation; without a handle all, the one in use first."""
        for negotiation in wanted(self._session, handle):
            yield Underway.read(self._session, negotiation)

    def _in_use(self, handle: str | None) -> Iterator[tuple[Underway, Running]]:
        """Every agreement of one negotiation, or of all, in the text that counts now."""
        return ((under, running) for under in self._under(handle) for running in under.in_use(self._session.now))

    def obligations(self, handle: str | None = None) -> tuple[tuple[Running, tuple[Obligation, ...]], ...]:
        """Who owes what to whom now, under each text that counts in a negotiation, or in all.

        What began under a text that was amended since is there, under that text.
        """
        now = self._session.now
        return tuple(
            (running, under.owed(running.text, now)) for under in self._under(handle) for running in under.running(now)
        )

    def limits(self, handle: str | None = None) -> tuple[tuple[Running, tuple[LimitRow, ...]], ...]:
        """What was declared beside the limits, under each agreement of a negotiation, or of all, up to today."""
        on = day_of(self._session.now, "UTC")
        found = []
        for under, running in self._in_use(handle):
            papers = under.filed(running.agreement)
            readings, _ = readings_in(running.agreement, papers)
            found.append((running, limits(running.agreement, papers, readings, on)))
        return tuple(found)

    def quotas(
        self, handle: str | None = None, year: int | None = None
    ) -> tuple[tuple[Running, tuple[QuotaRow, ...]], ...]:
        """Who took which place of which quota in the year that begins in `year`, else in this one, by agreement."""
        on = day_of(self._session.now, "UTC")
        of = on if year is None else year
        return tuple(
            (
                running,
                closed_by(
                    running.agreement,
                    quota_board(
                        running.agreement, under.filed(running.agreement), of, parties=bound_by(under, running)
                    ),
                    on,
                ),
            )
            for under, running in self._in_use(handle)
        )

    def shut_requests(self, handle: str | None = None) -> tuple[str, ...]:
        """Papers that do not open here and may be requests under a quota, in one negotiation or in all."""
        found = dict[str, None]()
        for under, running in self._in_use(handle):
            forms = (running.agreement.form(quota.form) for quota in running.agreement.quotas)
            roles = {form.role for form in forms if form is not None}
            found |= dict.fromkeys(
                f"{running.handle}/{each.reference}" for each in under.unopened() if each.role in roles
            )
        return tuple(found)

    def overviews(self, handle: str | None = None, year: int | None = None) -> tuple[tuple[Running, Overview], ...]:
        """How things stand under each agreement of a negotiation, or of all, with a calendar year, else this one.

        Where a year is named, obligations are those due in it, and those whose deadline is not known yet.

        Raises: Malformed("inspection.year") for a year outside 1900 to 2200.
        """
        now = self._session.now
        on = day_of(now, "UTC")
        of = on.year if year is None else year
        found = []
        for under, running in self._in_use(handle):
            texts_ = [each.text for each in under.running(now) if _with(each, running)]
            every = (one for text in texts_ for one in under.owed(text, now))
            owed = in_due_order(one for one in every if year is None or one.in_year(year))
            papers, parties = under.filed(running.agreement), bound_by(under, running)
            found.append((running, overview(running.agreement, papers, owed, on=on, year=of, parties=parties)))
        return tuple(found)

    def message(self, reference: str, agreement: Agreement) -> Message:
        """A paper under an agreement as a message.

        Raises: Refused("notice.none") for a paper that is no filled form, Refused("notice.elsewhere") for one under
        another agreement.
        """
        negotiation, paper = find(self._session, reference, signing=False)
        document, original, data = self._notice(paper)
        named, _ = head_of(original, data)
        if named != agreement.id:
            raise Refused("notice.elsewhere", reference=paper.reference, agreement=named)
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
        _, original, data = self._notice(paper)
        return head_of(original, data)[0]

    def filed(self, agreement: Agreement, handle: str | None = None) -> tuple[Filed, ...]:
        """Every paper under an agreement in one negotiation, as far as this home may read it, in the log's order."""
        return self.underway(handle).filed(agreement)

    def _notice(self, paper: Paper) -> tuple[Document, File, bytes]:
        found = opened_file(self._session, paper.act)
        if found is None or found[0].original is None or found[0].original.media_type not in NOTICES:
            raise Refused("notice.none", reference=paper.reference)
        return found[0], found[0].original, found[1]


def bound_by(under: Underway, running: Running) -> tuple[str, ...]:
    """Who may be asked, and ask, under a text although it gave nobody a paper yet: all parties, once it is in force."""
    return under.parties if running.place == "in-force" else ()


def _with(each: Running, running: Running) -> bool:
    """Whether what is owed under one text is to be shown with another: its own, and what began under earlier ones."""
    replaced = each.place == "replaced" and each.agreement.id == running.agreement.id
    return each.text == running.text or (replaced and running.place == "in-force")
