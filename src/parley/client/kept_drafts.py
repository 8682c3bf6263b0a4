"""Drafts as they lie in a home: unsigned deposits in the ledger, and sealed parts that nobody has been given."""

from __future__ import annotations

from parley.act import Deposit
from parley.articulate import LeftOut
from parley.canonical import Record, decode
from parley.client import own_parts, trusting
from parley.client.calling import handle_of
from parley.client.limits import next_working
from parley.client.opening import open_paper
from parley.client.references import named
from parley.client.session import Session
from parley.client.views import Draft, FileView
from parley.document import Document, File
from parley.envelope import Cover
from parley.errors import Refused
from parley.identifiers import Kind

KIND = "draft"
_WORDS = 12


class KeptDraft(Record, frozen=True):
    """How a draft lies in the ledger: nothing of the text, which lies sealed."""

    deposit: Deposit
    our_ref: str | None
    removed: tuple[str, ...]
    left_out: tuple[LeftOut, ...] = ()


def kept_draft(session: Session, name: str) -> KeptDraft:
    """A draft by its id. Raises: Refused("draft.unknown")."""
    kept = session.ledger.kept(KIND, name)
    if kept is None:
        raise Refused("draft.unknown", draft=name[:40])
    return decode(kept, KeptDraft)


def draft(session: Session, name: str) -> Draft:
    """A draft as it was shown, opened again from what lies sealed."""
    kept = kept_draft(session, name)
    opened = open_paper(session, kept.deposit)
    return draft_view(session, kept, opened.document, opened.cover)


def drafts(session: Session) -> tuple[Draft, ...]:
    return tuple(draft(session, name) for name in session.ledger.all_kept(KIND))


def unanswered(session: Session) -> tuple[Draft, ...]:
    """Drafts that were signed, and whose answer nobody has had."""
    names = session.ledger.all_kept(KIND)
    return tuple(draft(session, name) for name in names if session.ledger.untold(purpose_of(name)) is not None)


def discard(session: Session, name: str, *, keep_held: bool = False) -> None:
    """Forget a draft and its sealed parts. Raises: Refused("draft.signed") once it was signed.

    With `keep_held`, parts stay that no draft file takes along: without them what is held could never be opened.
    """
    act = kept_draft(session, name).deposit
    if session.ledger.untold(purpose_of(name)) is not None:
        raise Refused("draft.signed")
    session.ledger.forget(KIND, name)
    if not (keep_held and act.opening.kind == "held"):
        own_parts.forget(session, act)


def purpose_of(name: str) -> str:
    """The wish that sending a draft is."""
    return f"deposit {name}"


def draft_view(session: Session, kept: KeptDraft, document: Document, cover: Cover) -> Draft:
    act = kept.deposit
    assert act.negotiation is not None  # noqa: S101 - act.py refuses a Deposit without one
    payload = own_parts.parts_of(session, act).payload
    negotiation = session.negotiation(act.negotiation)
    shown = [trusting.partner(session, recipient.party) for recipient in act.recipients]
    rules, zone = negotiation.convene.rules, session.register(act.recipients[0].party).enrol.zone
    # The limit of a round, of what is held, of what needs no signature: no working day helps anybody there.
    fixed = act.opening.kind in ("at_once", "held", "together")
    offer = None if fixed else next_working(act.accept_by, rules.non_working, zone)
    words = " ".join(provision.words for provision in document.provisions).split()
    return Draft(
        id=act.nonce.hex(),
        handle=handle_of(session, negotiation),
        sender=session.party,
        sender_name=trusting.name_of(session, session.party),
        recipients=tuple(shown),
        info=tuple(each.party for each in act.recipients if each.capacity == "info"),
        role=act.role,
        in_reply_to=named(negotiation, act.in_reply_to),
        replaces=named(negotiation, act.replaces),
        standing=act.standing,
        language=act.language,
        language_status=act.language_status,
        terms=act.terms,
        opening=act.opening.kind,
        opens=act.opening.time,
        accept_by=act.accept_by,
        limit_non_working=offer is not None,
        next_working=offer,
        title=document.title,
        cover=cover,
        provisions=len(document.provisions),
        excerptable=document.provisions[0].kind is not Kind.FILE,
        first_words=" ".join(words[:_WORDS]),
        last_words=" ".join(words[-_WORDS:]),
        attachments=tuple(file_view(file) for file in document.attachments),
        original=file_view(document.original) if document.original else None,
        prevails=document.prevails.value,
        length=payload.length,
        digest_of_payload=payload.digest.hex(),
        content=session.likeness(document.to_bytes()),
        untrusted=tuple(each.party for each in shown if each.compared is None),
        join_first=session.party not in negotiation.joined,
        removed=kept.removed,
        left_out=tuple((each.what, each.count) for each in kept.left_out),
    )


def file_view(file: File) -> FileView:
    return FileView(name=file.name, media_type=file.media_type, size=file.size, sha256=file.sha256.hex())
