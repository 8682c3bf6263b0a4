"""Preparing a paper: articulated, sealed to its recipients and ourselves, and shown as exactly what would be signed.

A draft is an unsigned Deposit in the ledger and sealed parts in the home. It is signed by `handing.send`, unchanged but
for time, place in the chain, and the officer that signs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from msgspec import structs

from parley.act import Deposit, LanguageStatus, Opening, Recipient, Role, Sealed, Standing
from parley.archive import MemoryReader
from parley.articulate import Particulars, Resolve, Target
from parley.canonical import Time, encode
from parley.citing import Places
from parley.client import own_parts, trusting
from parley.client.calling import handle_of
from parley.client.digesting import ThreadedSha256
from parley.client.home import write_whole
from parley.client.kept_drafts import KIND, KeptDraft, draft_view
from parley.client.limits import after_working_days, parse_limit
from parley.client.opening import open_paper
from parley.client.own_parts import Parts
from parley.client.references import find, find_negotiation
from parley.client.session import Session
from parley.client.source import Source, read_source
from parley.client.views import Draft
from parley.client.wish import Wish, check_language
from parley.crypto import Digest, Nonce, ReadingKey
from parley.disclosure import Blind, Seal, Seed, commit, subject_of
from parley.document import Document, File
from parley.envelope import Bundle, Cover, OpenedPart, Part, seal
from parley.errors import Malformed, Refused
from parley.exchange import ENDED, TAKEN, State
from parley.fold import Negotiation
from parley.paper import Paper
from parley.terms import Terms, preset


@dataclass(frozen=True, kw_only=True)
class Designation:
    """What a deposit says beside its document, with every name and limit resolved."""

    recipients: tuple[Recipient, ...]
    role: Role
    in_reply_to: Digest | None
    replaces: Digest | None
    standing: Standing
    language: str
    language_status: LanguageStatus
    terms: Terms
    opening: Opening
    accept_by: Time
    cover: Cover
    our_ref: str | None


def prepare(session: Session, path: Path, handle: str | None, wish: Wish) -> Draft:
    """Read a file, seal it, and keep the unsigned deposit. Reads on in the log first."""
    session.sync()
    negotiation, recipients = check(session, handle, wish)
    particulars = Particulars(
        language=wish.language, status=wish.language_status, standing=wish.standing, changes=wish.changes
    )
    source = read_source(
        path,
        particulars,
        attach=tuple(wish.attach),
        original=wish.original,
        prevails=wish.prevails,
        clean=wish.clean,
        with_language=wish.with_language,
        resolve=_resolver(session, negotiation),
    )
    if wish.title:
        source = replace(source, document=structs.replace(source.document, title=wish.title))
    return _seal(session, negotiation, source, _designation(session, negotiation, recipients, source.document, wish))


def prepare_read(session: Session, source: Source, handle: str | None, wish: Wish) -> Draft:
    """As `prepare`, for a document that was made already, of a form and not of a text."""
    session.sync()
    negotiation, recipients = check(session, handle, wish)
    return _seal(session, negotiation, source, _designation(session, negotiation, recipients, source.document, wish))


def prepare_held(
    session: Session, handle: str | None, wish: Wish, sealing: Callable[[Digest], tuple[Source, Digest | None]]
) -> Draft:
    """As `prepare_read`, for a paper that is held: `sealing` is told the subject that its commitment is bound to.

    It gives the document with its files, and the commitment where that is another than the document's.
    """
    session.sync()
    negotiation, recipients = check(session, handle, wish)
    nonce = Nonce(session.ports.rng(16))
    log, party = session.party_file.log, session.party
    source, commitment = sealing(subject_of(log=log, negotiation=negotiation.id, nonce=nonce, party=party))
    said = _designation(session, negotiation, recipients, source.document, wish)
    return _seal(session, negotiation, source, said, nonce=nonce, commitment=commitment)


def check(session: Session, handle: str | None, wish: Wish) -> tuple[Negotiation, tuple[Recipient, ...]]:
    """All that a wish names, without its file: languages, the negotiation, papers, parties, their trust, the limit.

    Raises: as finding each of them does, Malformed for a language, Refused("trust.not-compared"),
    Refused("deposit.limit-passed").
    """
    for language in (wish.language, *(language for language, _ in wish.with_language)):
        check_language(language)
    answered = find(session, wish.in_reply_to, signing=True, handle=handle) if wish.in_reply_to else None
    negotiation = answered[0] if answered and handle is None else find_negotiation(session, handle)
    for party in (*wish.to, *wish.info):
        trusting.check_trusted(session, trusting.find_party(session, party), unconfirmed=wish.unconfirmed)
    recipients = _recipients(
        session, negotiation, [("to", party) for party in wish.to] + [("info", party) for party in wish.info]
    )
    _digest(session, negotiation, wish.replaces)
    _limit(session, negotiation, recipients, wish.accept_by)
    return negotiation, recipients


def _recipients(session: Session, negotiation: Negotiation, wanted: Sequence[tuple[str, str]]) -> tuple[Recipient, ...]:
    found = []
    for capacity, text in wanted:
        party = trusting.find_party(session, text)
        if party == session.party:
            raise Refused("deposit.to-ourselves")
        if party not in negotiation.convene.parties:
            raise Refused("deposit.not-a-party", party=party)
        key = trusting.reading_key(session, party)
        found.append(Recipient(capacity="to" if capacity == "to" else "info", party=party, reading_key=key.id))
    if not found:
        raise Refused("deposit.no-recipient")
    return tuple(found)


def _designation(
    session: Session, negotiation: Negotiation, recipients: tuple[Recipient, ...], document: Document, wish: Wish
) -> Designation:
    parties = (session.party, *(recipient.party for recipient in recipients))
    return Designation(
        recipients=recipients,
        role=wish.role,
        in_reply_to=_digest(session, negotiation, wish.in_reply_to),
        replaces=_digest(session, negotiation, wish.replaces),
        standing=wish.standing,
        language=wish.language,
        language_status=wish.language_status,
        terms=preset(wish.terms, parties=parties, force=wish.force) if isinstance(wish.terms, str) else wish.terms,
        opening=wish.opens or Opening(kind="at_once" if wish.at_once else "on_receipt", round=None, time=None),
        accept_by=_limit(session, negotiation, recipients, wish.accept_by),
        cover=_cover(document, wish),
        our_ref=wish.our_ref,
    )


def _resolver(session: Session, negotiation: Negotiation) -> Resolve:
    """Finds what a line `Re: RU-1 Article 4` is about, by opening that paper here."""
    opened: dict[Digest, Document] = {}

    def resolve(reference: str, place: str | None) -> Target | tuple[Target, ...] | None:
        found = [p for p in negotiation.papers.values() if p.reference.casefold() == reference.casefold()]
        if not found:
            return None
        paper = found[0]
        if place is None:
            return Target(deposit=paper.digest, provision=None)
        if paper.digest not in opened:
            opened[paper.digest] = open_paper(session, paper.act).document
        document = opened[paper.digest]
        one = document.find(place)
        try:
            named = (one.number,) if one else Places(document).roots(place)
        except Malformed as error:
            if error.code == "citing.unclear":
                raise
            return None
        return tuple(Target(deposit=paper.digest, provision=number) for number in named)

    return resolve


def _seal(
    session: Session,
    negotiation: Negotiation,
    source: Source,
    said: Designation,
    *,
    nonce: Nonce | None = None,
    commitment: Digest | None = None,
) -> Draft:
    """Seal under fresh secrets, keep the sealed parts and the unsigned deposit, and show it.

    What is held is sealed to ourselves alone, and its deposit names no parts.
    """
    rng, nonce = session.ports.rng, nonce or Nonce(session.ports.rng(16))
    own = trusting.reading_key(session, session.party)
    opened = Seal(blind=Blind(rng(32)), seed=Seed(rng(32)))
    subject = subject_of(log=session.party_file.log, negotiation=negotiation.id, nonce=nonce, party=session.party)
    _check_opens(source)
    committed = commit(source.document, seed=opened.seed, blind=opened.blind, subject=subject)
    bundle = Bundle(
        document=source.document.to_bytes(), seal=opened, attachments=source.attachments, original=source.original
    )
    held = said.opening.kind == "held"
    readers = [] if held else [trusting.reading_key(session, recipient.party) for recipient in said.recipients]
    parts = _write(session, bundle, said.cover, readers, own)
    if held:
        own_parts.keep(session, nonce.hex(), parts)
    deposit = Deposit(
        **session.common(negotiation.id, session.keyring.signing, nonce=nonce),
        accept_by=said.accept_by,
        commitment=commitment or committed.commitment,
        cover=None if held else parts.cover,
        header=None if held else parts.header,
        in_reply_to=said.in_reply_to,
        language=said.language,
        language_status=said.language_status,
        opening=said.opening,
        payload=None if held else parts.payload,
        recipients=said.recipients,
        replaces=said.replaces,
        role=said.role,
        sender_reading_key=own.id,
        standing=said.standing,
        terms=said.terms,
    )
    kept = KeptDraft(deposit=deposit, left_out=source.left_out, our_ref=said.our_ref, removed=source.removed)
    session.ledger.keep(KIND, nonce.hex(), encode(kept))
    return draft_view(session, kept, source.document, said.cover)


def _check_opens(source: Source) -> None:
    """Whether our own `read` will take what is about to be sealed: its bytes, and the files that go with it.

    Raises: Malformed("deposit.would-not-open"), Malformed for a document that has no form in which it is read.
    """
    document = source.document
    named = [(file.name, file.size, file.sha256) for file in document.files]
    parts = (*source.attachments, *((source.original,) if source.original else ()))
    sealed = [(part.name, part.size, part.digest) for part in parts]
    if named != sealed or Document.from_bytes(document.to_bytes()) != document:
        raise Malformed("deposit.would-not-open")


def _digest(session: Session, negotiation: Negotiation, reference: str | None) -> Digest | None:
    """The paper of a reference, which without a handle is one of the negotiation that the deposit belongs to."""
    handle = handle_of(session, negotiation)
    return find(session, reference, signing=True, handle=handle)[1].digest if reference else None


def _write(session: Session, bundle: Bundle, cover: Cover, recipients: Sequence[ReadingKey], own: ReadingKey) -> Parts:
    """Seal into the home; the payload is written as it is made, and never whole in memory."""
    with session.home.writing_sealed() as (file, path), ThreadedSha256() as digesting:
        parts = seal(
            bundle,
            cover,
            recipients=recipients,
            sender=own,
            rng=session.ports.rng,
            write=file.write,
            digesting=digesting,
        )
        session.home.keep_sealed(file, path, parts.payload_digest)
    write_whole(session.home.sealed(parts.header_digest), parts.header)
    write_whole(session.home.sealed(parts.cover_digest), parts.cover)
    return Parts(
        cover=Sealed(digest=parts.cover_digest, length=len(parts.cover)),
        header=Sealed(digest=parts.header_digest, length=len(parts.header)),
        payload=Sealed(digest=parts.payload_digest, length=parts.payload_length),
    )


def _cover(document: Document, wish: Wish) -> Cover:
    return Cover(
        also_handed_over=None,
        languages=tuple(version.language for version in document.languages),
        may_show=tuple(wish.may_show),
        note=wish.note,
        pages=wish.pages,
        precedence=wish.precedence,
        reference=wish.our_ref,
        shown_by_sender=tuple(wish.shown_by_us),
        subject=wish.subject or document.title or "—",
    )


def _limit(
    session: Session, negotiation: Negotiation, recipients: Sequence[Recipient], wanted: Time | str | None
) -> Time:
    """The limit as an instant. Raises: Refused("deposit.limit-passed") when it lies in the past."""
    rules, zone = negotiation.convene.rules, zone_of(session, recipients)
    if wanted is None:
        limit = after_working_days(session.now, rules.answer_days, rules.non_working, zone)
    elif isinstance(wanted, str):
        limit = parse_limit(wanted, zone)
    else:
        limit = wanted
    if limit <= session.now:
        raise Refused("deposit.limit-passed", limit=limit.to_text())
    return limit


def zone_of(session: Session, recipients: Sequence[Recipient]) -> str:
    """The zone of the first recipient's capital."""
    return session.register(recipients[0].party).enrol.zone


def again(session: Session, reference: str, accept_by: Time | str | None, *, unconfirmed: bool) -> Draft:
    """The same document, files and designation, sealed anew for a new deposit that replaces the old one."""
    session.sync()
    negotiation, paper = find(session, reference, signing=True)
    act = paper.act
    if act.by.party != session.party:
        raise Refused("again.not-ours", reference=paper.reference)
    if act.opening.kind == "held":  # its seal binds whether anybody signed for it or not
        raise Refused("again.held", reference=paper.reference)
    _check_ended(paper)
    for recipient in act.recipients:
        trusting.check_trusted(session, recipient.party, unconfirmed=unconfirmed)
    recipients = _recipients(session, negotiation, [(each.capacity, each.party) for each in act.recipients])
    opened = open_paper(session, act, sink=None)
    files = [_part(file, part) for file, part in zip(opened.document.files, opened.parts, strict=True)]
    has_original = opened.document.original is not None
    source = Source(
        document=opened.document,
        attachments=tuple(files[:-1] if has_original else files),
        original=files[-1] if has_original else None,
        removed=(),
    )
    said = Designation(
        recipients=recipients,
        role=act.role,
        in_reply_to=act.in_reply_to,
        replaces=paper.digest,
        standing=act.standing,
        language=act.language,
        language_status=act.language_status,
        terms=act.terms,
        opening=act.opening,
        accept_by=_limit(session, negotiation, recipients, accept_by),
        cover=opened.cover,
        our_ref=opened.cover.reference,
    )
    return _seal(session, negotiation, source, said)


def _check_ended(paper: Paper) -> None:
    """Raises: Refused when a paper did not end without a receipt everywhere, unless somebody found it faulty."""
    states = {outcome.state for outcome in paper.outcomes.values()}
    if State.FAULTED in states:
        return
    if states & TAKEN:
        raise Refused("again.received", reference=paper.reference)
    if not states <= ENDED:
        raise Refused("again.waits", reference=paper.reference)


def _part(file: File, part: OpenedPart) -> Part:
    content = part.content or b""
    return Part(name=file.name, size=file.size, open=lambda: MemoryReader(content), digest=file.sha256)
