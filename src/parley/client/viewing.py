"""Papers and negotiations as values for a person: from the fold alone, but for the cover, which is opened here."""

from __future__ import annotations

from collections.abc import Iterable

from parley.act import (
    Confirmation,
    Deposit,
    Expiry,
    Fault,
    Handover,
    Notice,
    Receipt,
    Recipient,
    Refusal,
    Release,
    Statement,
    Withdrawal,
    Words,
)
from parley.age import open_small
from parley.canonical import Time
from parley.client.calling import called, handle_of, in_use
from parley.client.own_parts import held_here
from parley.client.references import named
from parley.client.session import Session
from parley.client.trusting import compared_at, name_of
from parley.client.views import (
    Delivery,
    NegotiationView,
    PaperView,
    ReleaseView,
    StatementView,
)
from parley.crypto import Digest, ReadingKeyId
from parley.envelope import Cover, open_cover
from parley.errors import Invalid, Malformed, ParleyError, Refused, Unavailable
from parley.exchange import ANSWERED, ENDED, TABLE, Actor, State
from parley.fold import Negotiation
from parley.paper import Done, Outcome, Paper
from parley.sealed_shape import check_cover_shape

OUR_REF = "our-ref"


def paper_view(session: Session, negotiation: Negotiation, paper: Paper, *, fetch: bool) -> PaperView:
    """A paper as it stands; with `fetch`, its cover is fetched when it is not here."""
    act = paper.act
    kept = session.ledger.kept(OUR_REF, paper.digest.hex())
    return PaperView(
        reference=paper.reference,
        called=called(session, negotiation, paper),
        handle=handle_of(session, negotiation),
        digest=paper.digest.hex(),
        sender=act.by.party,
        sender_name=name_of(session, act.by.party),
        sender_compared=compared_at(session, act.by.party),
        sender_signed_by=session.holder_of(act.by.party, act.by.keys),
        role=act.role,
        in_reply_to=named(negotiation, act.in_reply_to),
        standing=act.standing,
        language=act.language,
        language_status=act.language_status,
        terms=act.terms,
        opening=act.opening.kind,
        opens=act.opening.time,
        accept_by=act.accept_by,
        length=act.payload.length if act.payload else 0,
        deposited=paper.at.time,
        index=paper.at.index,
        deliveries=tuple(_delivery(session, paper, recipient) for recipient in act.recipients),
        replaces=named(negotiation, act.replaces),
        replaced_by=named(negotiation, paper.replaced_by),
        statements=tuple(_statement(session, done) for done in paper.statements),
        releases=tuple(_release(session, paper, done) for done in paper.releases),
        cover=cover_of(session, paper, fetch=fetch),
        our_ref=kept.decode("utf-8") if kept is not None else None,
        ours=act.by.party == session.party,
        for_us=session.party in paper.outcomes,
        join_first=session.party not in negotiation.joined,
        may=may(session, paper),
        known_to=session.known.tree.size,
    )


def _delivery(session: Session, paper: Paper, recipient: Recipient) -> Delivery:
    outcome = paper.outcomes[recipient.party]
    notice, receipt, refusal = (_act(outcome, kind) for kind in (Notice, Receipt, Refusal))
    fault = _act(outcome, Fault)
    answer = outcome.find(Receipt) or outcome.find(Refusal)
    state = state_of(paper, recipient.party)
    ending = outcome.find(Refusal) or outcome.find(Withdrawal)
    if state is State.EXPIRED:
        ending = outcome.find(Expiry)
    return Delivery(
        party=recipient.party,
        name=name_of(session, recipient.party),
        capacity=recipient.capacity,
        state=state.value,
        sent=paper.act.claimed_time,
        deposited=paper.at.time,
        informed=_time(outcome.find(Notice)),
        channel=notice.channel if isinstance(notice, Notice) else None,
        received=_time(outcome.find(Receipt)),
        handed_over=_time(outcome.find(Handover)),
        confirmed=_time(outcome.find(Confirmation)),
        ended=_time(ending),
        terms_taken=receipt.terms_taken if isinstance(receipt, Receipt) else None,
        refusal_reason=refusal.reason if isinstance(refusal, Refusal) else None,
        refusal_words=_words(refusal.words) if isinstance(refusal, Refusal) else (),
        fault_reason=fault.reason if isinstance(fault, Fault) else None,
        signed_by=session.holder_of(recipient.party, answer.act.by.keys) if answer else None,
    )


def state_of(paper: Paper, party: str) -> State:
    """Where a paper stands with a recipient, as a verdict says it: made available stays so when its limit is over."""
    state = paper.outcomes[party].state
    return State.MADE_AVAILABLE if state is State.EXPIRED and paper.available(party) is not None else state


def _act(outcome: Outcome, kind: type[Notice] | type[Receipt] | type[Refusal] | type[Fault]) -> object:
    done = outcome.find(kind)
    return done.act if done else None


def _time(done: Done | None) -> Time | None:
    return done.at.time if done else None


def _words(words: Iterable[Words]) -> tuple[tuple[str, str], ...]:
    return tuple((each.language, each.text) for each in words)


def _statement(session: Session, done: Done) -> StatementView:
    act = done.act
    assert isinstance(act, Statement)  # noqa: S101 - publication.py puts nothing else among a paper's statements
    return StatementView(
        kind=act.about,
        party=act.by.party,
        name=name_of(session, act.by.party),
        time=done.at.time,
        words=_words(act.words),
    )


def _release(session: Session, paper: Paper, done: Done) -> ReleaseView:
    act = done.act
    assert isinstance(act, Release)  # noqa: S101 - publication.py puts nothing else among a paper's releases
    return ReleaseView(
        digest=done.digest.hex(),
        party=act.by.party,
        name=name_of(session, act.by.party),
        time=done.at.time,
        provisions=act.provisions,
        audience=act.audience.parties,
        not_before=act.not_before,
        until=act.until,
        one_sided=act.one_sided,
        withdrawn=done.digest in paper.withdrawn_releases,
    )


def may(session: Session, paper: Paper) -> tuple[str, ...]:
    """What the table and the clock let our party do with a paper now, whatever the powers of this officer."""
    opening, in_time = paper.act.opening.kind, session.now <= paper.act.accept_by
    found: list[str] = []
    if paper.act.by.party == session.party:
        states = [outcome.state for outcome in paper.outcomes.values()]
        taken = any(state in ANSWERED for state in states)
        if in_time and not taken and any((opening, Actor.SENDER, state, "withdrawal") in TABLE for state in states):
            found.append("withdraw")
        unread = not taken and paper.replaced_by is None and all(state_of(paper, to) in ENDED for to in paper.outcomes)
        if unread and opening != "held":  # its seal stands in the log, whether anybody signed for it or not
            found.append("again")
        if opening != "held" or held_here(session, paper.act):
            found.append("read")
        return tuple(found)
    outcome = paper.outcomes.get(session.party)
    if outcome is None:
        return ()
    for act, name in (("receipt", "receive"), ("refusal", "refuse"), ("fault", "fault")):
        if (opening, Actor.RECIPIENT, outcome.state, act) in TABLE and (in_time or act == "fault"):
            found.append(name)
    if outcome.find(Handover) is not None:
        found.append("read")
    return tuple(found)


# --- the cover and the title ------------------------------------------------------------------------------------


def own_reading_key(act: Deposit, party: str) -> tuple[ReadingKeyId, int] | None:
    """The reading key a paper is sealed to for a party, and the place of its stanza; None when it is not."""
    for place, recipient in enumerate(act.recipients):
        if recipient.party == party:
            return recipient.reading_key, place
    if act.by.party == party:
        return act.sender_reading_key, len(act.recipients)
    return None


def cover_of(session: Session, paper: Paper, *, fetch: bool) -> Cover | None:
    """The cover, when it is for us, at hand or to be had, and opens; None otherwise.

    A cover that does not open is no reason to hide the paper: whoever signs for it sees that it has none.
    """
    sealed, key = paper.act.cover, own_reading_key(paper.act, session.party)
    if sealed is None or key is None or not (fetch or session.home.sealed(sealed.digest).is_file()):
        return None
    try:
        data = session.fetch(sealed.digest, sealed.length).read_bytes()
        check_cover_shape(data, stanzas=len(paper.act.recipients) + 1)
        return open_cover(data, session.box().secret(key[0]))
    except (Refused, Invalid, Malformed, Unavailable):
        return None
    except OSError as error:
        raise Unavailable("home.unreadable", file="sealed") from error


def title_of(session: Session, negotiation: Negotiation, *, fetch: bool) -> str | None:
    """The title of a negotiation, when it opens here."""
    digest = negotiation.convene.title
    if not (fetch or session.home.sealed(digest).is_file()):
        return None
    return open_title(session, digest)


def open_title(session: Session, digest: Digest) -> str | None:
    """A title by the digest of its sealed file, fetched when it is not here; None when it does not open."""
    try:
        data = session.remote.download_small(session.keyring.signing, digest, session.home).read_bytes()
        for secret in reversed(session.box().reading):
            try:
                return open_small(data, secret).rstrip(b"\0").decode("utf-8")
            except Invalid:
                continue
    except (ParleyError, UnicodeDecodeError, OSError):
        return None
    return None


def negotiation_view(session: Session, negotiation: Negotiation, *, fetch: bool = False) -> NegotiationView:
    convene = negotiation.convene
    return NegotiationView(
        handle=handle_of(session, negotiation),
        id=negotiation.id.hex(),
        title=title_of(session, negotiation, fetch=fetch),
        convened_by=convene.by.party,
        convened=negotiation.convened.at.time,
        parties=convene.parties,
        joined=tuple(sorted(negotiation.joined)),
        rules=convene.rules,
        we_joined=session.party in negotiation.joined,
        in_use=in_use(session) == negotiation.id,
        papers=len(negotiation.papers),
    )
