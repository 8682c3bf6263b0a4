"""What a draft file shows: what would be signed, exactly, by whom, and who has signed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from parley.act import Act, Convene, Deposit, Holder, Join, Release
from parley.client import trusting
from parley.client.calling import handle_of
from parley.client.disclosing import Selection, select
from parley.client.kept_drafts import KeptDraft, draft_view
from parley.client.opening import open_paper
from parley.client.references import named
from parley.client.session import Session
from parley.client.viewing import negotiation_view, open_title, paper_view
from parley.client.views import Draft as DepositView
from parley.client.views import NegotiationView, PaperView
from parley.crypto import Digest, KeySetId
from parley.document import Document
from parley.draft import Draft
from parley.errors import Refused
from parley.fold import Negotiation
from parley.paper import Paper

if TYPE_CHECKING:
    from parley.client.deed import Deed


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """An officer whom an act names: `key` is hex, `holder` None where no powers of that key are known here."""

    key: str
    holder: Holder | None
    signed: bool
    is_me: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A draft file as this officer sees it.

    `act` is what it is about; `joins` is true where a join of the negotiation is signed with it. `paper` is the paper
    that it speaks of; `deposit` and `document` are a paper that it would hand over, None where this officer may not
    read; `deed` what that paper does to an
    agreement; `title` that of a negotiation it would convene; `selection` what a release would allow to be shown.
    `shown` stands for all of this: signing compares it. `reached` is false where the depositary was not.
    """

    act: Act
    joins: bool
    handle: str
    negotiation: NegotiationView | None
    paper: PaperView | None
    deposit: DepositView | None
    document: Document | None
    deed: Deed | None
    selection: Selection | None
    title: str | None
    replies_to: str | None
    signers: tuple[Signer, ...]
    complete: bool
    shown: str
    untrusted: tuple[str, ...]
    reached: bool


def negotiation_of(session: Session, draft: Draft) -> Negotiation | None:
    """The negotiation an act belongs to, None for one that it would convene. Raises: Refused("negotiation.unknown")."""
    act = draft.act
    if isinstance(act, Convene):
        return None
    if act.negotiation is None:
        raise Refused("negotiation.unknown")
    return session.negotiation(act.negotiation)


def paper_of(draft: Draft, negotiation: Negotiation | None) -> Paper | None:
    """The paper that an act speaks of. Raises: Refused("paper.unknown")."""
    digest = getattr(draft.act, "deposit", None)
    return negotiation.paper(digest) if negotiation is not None and isinstance(digest, Digest) else None


def signers(session: Session, draft: Draft) -> tuple[Signer, ...]:
    """The officers an act names, by their names."""
    own = session.keyring.signing.id
    found = [
        Signer(
            key=key.hex(),
            holder=session.holder_of(session.party, (key,)),
            signed=key in draft.signers,
            is_me=key == own,
        )
        for key in draft.act.by.keys
    ]
    return tuple(sorted(found, key=lambda each: (each.holder.name if each.holder else "", each.key)))


def prepared(session: Session, draft: Draft, *, readable: bool) -> Prepared:
    """A draft whose parts are in the home as far as this officer may read them."""
    act, negotiation = draft.act, negotiation_of(session, draft)
    paper = paper_of(draft, negotiation)
    opened = open_paper(session, act) if isinstance(act, Deposit) and readable else None
    deposit = None
    if opened is not None and isinstance(act, Deposit):
        kept = KeptDraft(deposit=act, our_ref=None, removed=())
        deposit = draft_view(session, kept, opened.document, opened.cover)
    title = open_title(session, act.title) if isinstance(act, Convene) and readable else None
    return Prepared(
        act=act,
        joins=len(draft.acts) > 1,
        handle=handle_of(session, negotiation) if negotiation else getattr(act, "handle", ""),
        negotiation=negotiation_view(session, negotiation, fetch=True)
        if isinstance(act, Join) and negotiation
        else None,
        paper=paper_view(session, negotiation, paper, fetch=True) if negotiation and paper else None,
        deposit=deposit,
        document=opened.document if opened else None,
        deed=_deed(session, negotiation, act, opened.document) if opened else None,
        selection=selection(session, act) if isinstance(act, Release) else None,
        title=title,
        replies_to=named(negotiation, act.in_reply_to) if isinstance(act, Deposit) and negotiation else None,
        signers=signers(session, draft),
        complete=not draft.missing,
        shown=draft.shown.hex(),
        untrusted=untrusted(session, draft, negotiation),
        reached=session.reached,
    )


def _deed(session: Session, negotiation: Negotiation | None, act: Act, document: Document) -> Deed | None:
    from parley.client.deed import deed_of  # late, because few drafts are about an agreement

    if negotiation is None or not isinstance(act, Deposit) or document.original is None:
        return None
    return deed_of(session, negotiation, act, document)


def selection(session: Session, act: Release) -> Selection:
    """The provisions that a release names, and no others: companions that it leaves out are not shown as if signed."""
    numbers = act.provisions
    found = select(session, act.deposit.hex(), ",".join(map(str, numbers)) if numbers is not None else None)
    if numbers is None:
        return found
    return replace(found, numbers=numbers, chosen=tuple(each for each in found.chosen if each.number in numbers))


def concerned(session: Session, draft: Draft, negotiation: Negotiation | None) -> tuple[str, ...]:
    """The parties whose number must have been compared before this is signed."""
    act = draft.act
    parties: list[str] = []
    match act:
        case Convene(parties=all_):
            parties = list(all_)
        case Deposit(recipients=recipients):
            parties = [recipient.party for recipient in recipients]
        case _ if act.kind == "receipt":
            paper = paper_of(draft, negotiation)
            parties = [paper.act.by.party] if paper else []
        case Join() if negotiation is not None:
            parties = [negotiation.convene.by.party]
        case _:
            pass
    if len(draft.acts) > 1 and negotiation is not None and act.kind == "receipt":
        parties.append(negotiation.convene.by.party)
    return tuple(sorted({party for party in parties if party != session.party}))


def untrusted(session: Session, draft: Draft, negotiation: Negotiation | None) -> tuple[str, ...]:
    """Those of them whose number never was."""
    return tuple(p for p in concerned(session, draft, negotiation) if trusting.compared_at(session, p) is None)


def names_of(session: Session, keys: tuple[KeySetId, ...]) -> str:
    """The holders of keys, as people call them."""
    names = []
    for key in keys:
        holder = session.holder_of(session.party, (key,))
        names.append((holder.name or holder.office) if holder else key.hex()[:8])
    return ", ".join(sorted(names))
