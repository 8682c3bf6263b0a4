"""Three hands: one officer prepares, one or two sign, any machine of the party sends; a file goes between.

The first signature fixes the bytes: until then the signers, the moment and the place in the chain are a proposal, and
the officer who signs first puts in its own moment and the newest link that it has verified. A second officer signs
those very bytes, after the same checks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from msgspec import structs

from parley import fold, statement
from parley.act import Act, By, Capability, Confirmation, Convene, Deposit, Receipt, capability_of
from parley.canonical import encode
from parley.client import draft_file, trusting
from parley.client.calling import called, handle_of, use
from parley.client.convening import convened
from parley.client.draft_file import OpenedDraft, opened
from parley.client.draft_view import Prepared, concerned, names_of, negotiation_of, paper_of, prepared
from parley.client.kept_drafts import discard, kept_draft
from parley.client.officers import find_officer
from parley.client.opening import open_paper
from parley.client.receiving import check_before_receipt, what_opens
from parley.client.session import Intent, Session
from parley.client.viewing import OUR_REF, cover_of, open_title
from parley.client.views import Entered
from parley.crypto import Digest, KeySetId
from parley.draft import Draft, draft_of
from parley.errors import Invalid, Refused
from parley.fold import World
from parley.sealed_shape import check_cover_shape, check_header_shape, check_payload_length
from parley.statement import Signed, Unfinished, act_digest

# --- who signs --------------------------------------------------------------------------------------------------


def officers_for(session: Session, acts: Sequence[Act], names: Sequence[str]) -> tuple[KeySetId, ...]:
    """The officers who are to sign, ascending: those named, else the only ones it can be.

    This officer alone where its powers allow; this one and the only other where they ask for two; else the only one or
    the only two who may. Raises: Refused("draft.which-officers"), Refused("draft.no-officers"),
    Refused("draft.officers-number"), Refused("officer.…").
    """
    needed = {capability for act in acts if (capability := capability_of(act)) is not None}
    able = _able(session, needed)
    if names:
        chosen = {find_officer(session, name) for name in names}
        for key in sorted(chosen - set(able)):
            raise Refused("draft.not-able", name=names_of(session, (key,)))
    else:
        chosen = _obvious(session, able)
    if len(chosen) > 2 or len(chosen) < max(able[key] for key in chosen):
        raise Refused("draft.officers-number", names=names_of(session, tuple(sorted(chosen))))
    return tuple(sorted(chosen))


def _able(session: Session, needed: set[Capability]) -> dict[KeySetId, int]:
    """The officers who have all these capabilities now, with how many their powers ask for."""
    register, place = session.register(), session.known.next_place(session.now)
    found: dict[KeySetId, int] = {}
    for key in register.grants:
        try:
            found[key] = max(register.grant(key, capability, place).powers.needs for capability in needed)
        except Refused:
            continue
    return found


def _obvious(session: Session, able: dict[KeySetId, int]) -> set[KeySetId]:
    own = session.keyring.signing.id
    if not able:
        raise Refused("draft.no-officers")
    if able.get(own) == 1:
        return {own}
    both = max(able.values()) == 2 or own in able
    if len(able) == (2 if both else 1):
        return set(able)
    if len(able) == 1:
        raise Refused("draft.officers-number", names=names_of(session, tuple(able)))
    raise Refused("draft.which-officers", candidates=names_of(session, tuple(sorted(able))))


# --- preparing --------------------------------------------------------------------------------------------------


def prepare(session: Session, path: Path, intents: Sequence[Intent], names: Sequence[str]) -> Prepared:
    """Write what is meant to a new draft file, unsigned, once it was tried against all that is known.

    Raises: as signing it would; Refused("file.exists"), Unavailable.
    """
    acts = [intent.build() for intent in intents]
    draft = _named(session, acts, officers_for(session, acts, names))
    if all(intent.trial for intent in intents):
        _try(session, draft)
    found = prepared(session, draft, readable=session.reads)
    draft_file.create(session, path, draft)
    return found


def prepare_deposit(
    session: Session, path: Path, name: str, joining: Sequence[Intent], names: Sequence[str]
) -> Prepared:
    """Write a deposit that `drafting` sealed to a new draft file; it lies there and no longer in the home."""
    kept = kept_draft(session, name)
    try:
        acts = [*(intent.build() for intent in joining), kept.deposit]
        draft = _named(session, acts, officers_for(session, acts, names))
        _try(session, draft)
        found = prepared(session, draft, readable=session.reads)
        draft_file.create(session, path, draft)
    finally:
        discard(session, name, keep_held=True)
    return found


def _named(session: Session, acts: Sequence[Act], keys: tuple[KeySetId, ...]) -> Draft:
    """The acts with their signers, all with one moment and one place in the chain: those of the first."""
    by = By(party=session.party, keys=keys)
    first = acts[0]
    return draft_of([structs.replace(act, after=first.after, by=by, claimed_time=first.claimed_time) for act in acts])


def _try(session: Session, draft: Draft) -> None:
    """Admit the acts to what is known, as the depositary would. Raises: Refused."""
    world: World = session.known.world
    place = session.known.next_place(session.now)
    for each in draft.acts:
        world = fold.admit(world, _as_if_signed(each), place)


def _as_if_signed(each: Unfinished) -> Signed:
    """For a trial alone, which asks for no signature: it is neither kept nor sent."""
    return Signed(act=each.act, envelope=each.envelope, digest=act_digest(each.envelope))


# --- showing ----------------------------------------------------------------------------------------------------


def show(session: Session, path: Path) -> Prepared:
    """What a draft file holds, as far as this officer may read it; the signatures in it hold."""
    session.sync()
    with opened(session, path) as found:
        _check_ours(session, found.draft)
        return prepared(session, found.draft, readable=found.readable)


def _check_ours(session: Session, draft: Draft) -> None:
    """Raises: Refused("draft.other-party"); Invalid when a signature in it does not hold."""
    act = draft.act
    if (act.by.party, act.log) != (session.party, session.party_file.log):
        raise Refused("draft.other-party", party=act.by.party)
    for each in draft.acts:
        statement.verify_unfinished(each, session.register().key)


# --- signing ----------------------------------------------------------------------------------------------------


def sign(session: Session, path: Path, *, shown: str, names: Sequence[str], unconfirmed: bool) -> Prepared:
    """Add this officer's signature to a draft, once everything was checked that is checked before any signature.

    `shown` is what was shown before. `names` are other signers, for a draft that nobody has signed. An officer who has
    signed already changes nothing. Raises: Refused("draft.changed"), Refused("draft.not-a-signer"), and as the act.
    """
    session.sync()
    with opened(session, path) as found:
        draft = found.draft
        _check_ours(session, draft)
        if draft.shown.hex() != shown:
            raise Refused("draft.changed", file=path.name)
        if session.keyring.signing.id not in draft.signers:
            draft = _sign(session, found, names, unconfirmed=unconfirmed)
        return prepared(session, draft, readable=found.readable)


def _sign(session: Session, found: OpenedDraft, names: Sequence[str], *, unconfirmed: bool) -> Draft:
    draft, key = found.draft, session.keyring.signing
    if draft.signers and names:
        raise Refused("draft.signers-fixed", names=names_of(session, draft.signers))
    if not draft.signers:
        draft = _begin(session, draft, names)
    if key.id not in draft.missing:
        raise Refused("draft.not-a-signer", names=names_of(session, draft.act.by.keys))
    if not found.readable:
        session.box()  # raises where this officer may not read: nobody signs what it cannot see
        raise Refused("draft.not-ours")
    session.reader.check_clock()
    _check(session, draft, unconfirmed=unconfirmed)
    if not isinstance(draft.act, Convene) or all(p in session.known.world.registers for p in draft.act.parties):
        _try(session, draft)
    signed = Draft(acts=tuple(session.sign(each, key) for each in draft.acts))
    draft_file.replace(session, found, signed)
    return signed


def _begin(session: Session, draft: Draft, names: Sequence[str]) -> Draft:
    """The acts as the first to sign puts them: at its moment, behind all that it has verified."""
    acts = [each.act for each in draft.acts]
    fresh = session.common(draft.act.negotiation, session.keyring.signing)
    keys = officers_for(session, acts, names) if names else draft.act.by.keys
    acts[0] = structs.replace(acts[0], after=fresh["after"], claimed_time=fresh["claimed_time"])
    return _named(session, acts, keys)


def _check(session: Session, draft: Draft, *, unconfirmed: bool) -> None:
    """What no fold can see, checked by each who signs: numbers compared, what lies sealed, what opens.

    Raises: Refused, Invalid, Unavailable.
    """
    act, negotiation = draft.act, negotiation_of(session, draft)
    for party in concerned(session, draft, negotiation):
        trusting.check_trusted(session, party, unconfirmed=unconfirmed)
    paper = paper_of(draft, negotiation)
    match act:
        case Deposit():
            _check_sealed(session, act)
            open_paper(session, act)
        case Convene(title=title):
            if open_title(session, title) is None:
                raise Invalid("draft.title")
        case Receipt() if negotiation is not None and paper is not None:
            check_before_receipt(session, negotiation, paper, unconfirmed=unconfirmed)
        case Confirmation() if paper is not None:
            if what_opens(session, paper) is not None:
                raise Invalid("draft.does-not-match", reference=paper.reference)
        case _:
            pass


def _check_sealed(session: Session, act: Deposit) -> None:
    """Sealed to as many readers as the act names and no more, and of the one shape. Raises: Malformed, Invalid."""
    readers = len(act.recipients) + 1
    for part, check in ((act.header, check_header_shape), (act.cover, check_cover_shape)):
        if part is not None:
            check(session.fetch(part.digest, part.length).read_bytes(), stanzas=readers)
    if act.payload is not None:
        check_payload_length(act.payload.length)


# --- sending ----------------------------------------------------------------------------------------------------


def send(session: Session, path: Path) -> Entered:
    """Hand in what a draft holds, by whatever powers this officer has; the same bytes however often it is repeated.

    Raises: Refused("draft.unsigned") with whose signature is missing; Invalid, Unavailable, and as the depositary says.
    """
    session.offline = False
    with opened(session, path, keep=True) as found:
        draft = found.draft
        if draft.missing:
            _check_ours(session, draft)
            raise Refused("draft.unsigned", names=names_of(session, draft.missing), file=path.name)
        session.sync()
        signed = [_whole(session, each) for each in draft.acts]
        negotiation = negotiation_of(session, draft)
        if len(signed) > 1 and negotiation is not None and session.party in negotiation.joined:
            signed = signed[1:]  # a colleague has joined meanwhile, or this is a repeat
        entered = [_carry(session, each) for each in signed]
    return _settled(session, signed[-1], entered[-1])


def _whole(session: Session, each: Unfinished) -> Signed:
    """An act with all its signatures, when it is ours and they hold. Raises: Refused("draft.other-party"), Invalid."""
    if (each.act.by.party, each.act.log) != (session.party, session.party_file.log):
        raise Refused("draft.other-party", party=each.act.by.party)
    return statement.verify(statement.read(encode(each.envelope)), session.register().key)


def _carry(session: Session, signed: Signed) -> Entered:
    act, known = signed.act, session.known.world
    trial = not isinstance(act, Convene) or all(party in known.registers for party in act.parties)
    return session.carry(signed, about=_about(session, act), trial=trial)


def _about(session: Session, act: Act) -> str:
    if isinstance(act, Convene) or act.negotiation is None:
        return getattr(act, "handle", session.party)
    negotiation = session.negotiation(act.negotiation)
    digest = getattr(act, "deposit", None)
    paper = negotiation.papers.get(digest) if isinstance(digest, Digest) else None
    return called(session, negotiation, paper) if paper else handle_of(session, negotiation)


def _settled(session: Session, signed: Signed, entered: Entered) -> Entered:
    """What this machine remembers of an act that is in: a paper's name, our number for it, the negotiation in use."""
    act = signed.act
    if isinstance(act, Convene):
        use(session, convened(session, signed.digest))
    if not isinstance(act, Deposit) or act.negotiation is None:
        return entered
    paper = session.paper(act.negotiation, signed.digest)
    cover = cover_of(session, paper, fetch=False)
    if cover is not None and cover.reference:
        session.ledger.keep(OUR_REF, paper.digest.hex(), cover.reference.encode("utf-8"))
    return replace(entered, reference=called(session, session.negotiation(act.negotiation), paper))
