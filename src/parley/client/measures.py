"""What a delegation does under agreements: notices handed over as papers, and read back out of the papers of all."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Unpack

from parley.act import Deposit, Notice, Receipt
from parley.canonical import Time
from parley.client import drafting
from parley.client.opening import open_paper
from parley.client.references import find, find_negotiation
from parley.client.session import Session
from parley.client.source import Source
from parley.client.views import Draft
from parley.client.wish import Options, Wish
from parley.crypto import sha256
from parley.document import Document, File
from parley.envelope import Part
from parley.errors import Malformed, ParleyError, Refused
from parley.fold import Negotiation
from parley.measures.agreement import Agreement
from parley.measures.content import Content, read_head
from parley.measures.message import Message
from parley.measures.paper_text import MEDIA_TYPE, document_of, read_paper
from parley.measures.papers import Filed
from parley.paper import Paper
from parley.terms import Terms

FILE_NAME = "notice.toml"


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
        language = options.get("language", agreement.languages[0])
        file = File(name=FILE_NAME, media_type=MEDIA_TYPE, size=len(data), sha256=sha256(data))
        source = Source(
            document=document_of(content, agreement, file, language=language),
            attachments=(),
            original=Part(name=FILE_NAME, size=len(data), open=lambda: io.BytesIO(data), digest=file.sha256),
            removed=(),
        )
        options["language"] = language
        options.setdefault("at_once", form.role == "notification")
        options.setdefault("precedence", form.precedence)
        wish = Wish(to=to, role=form.role, terms=terms, in_reply_to=in_reply_to, **options)
        return drafting.prepare_read(self._session, source, handle, wish)

    def message(self, reference: str, agreement: Agreement) -> Message:
        """A paper under an agreement as a message. Raises: Refused("notice.none") for a paper that is no such form."""
        negotiation, paper = find(self._session, reference, signing=False)
        content = self._content(paper.act, agreement)
        if content is None:
            raise Refused("notice.none", reference=paper.reference)
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
        data = self._file(paper.act)
        if data is None:
            raise Refused("notice.none", reference=paper.reference)
        return read_head(data[1])[0]

    def filed(self, agreement: Agreement, handle: str | None = None) -> tuple[Filed, ...]:
        """Every paper under an agreement in one negotiation, as far as this home may read it, in the log's order."""
        negotiation = find_negotiation(self._session, handle)
        return tuple(self._filed(negotiation, agreement))

    def _filed(self, negotiation: Negotiation, agreement: Agreement) -> Iterator[Filed]:
        for paper in sorted(negotiation.papers.values(), key=lambda each: each.at.index):
            try:
                content = self._content(paper.act, agreement)
            except ParleyError:
                continue  # not ours to open, not handed over, or a fault of its sender's that reading it will name
            if content is not None:
                yield filed_of(paper, content)

    def _content(self, act: Deposit, agreement: Agreement) -> Content | None:
        """What a paper says under this agreement; None where it is no filled form of it."""
        found = self._file(act)
        if found is None or read_head(found[1])[0] != agreement.id:
            return None
        return read_paper(*found, agreement)

    def _file(self, act: Deposit) -> tuple[Document, bytes] | None:
        """The document of a filled form and its file; None for any other paper. Raises: as `open_paper`."""
        original = open_paper(self._session, act).document.original
        if original is None or original.media_type != MEDIA_TYPE:
            return None
        opened = open_paper(self._session, act, sink=None)
        return opened.document, opened.parts[-1].content or b""


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
        content=content,
    )
