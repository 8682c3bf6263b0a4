"""Taking in: every check before a receipt, the receipt, the handover, the opening, and what is said of it.

The order is DESIGN 3, "Before it signs a receipt". Signatures, powers, chain, entry and the consistency of the
checkpoint were checked when the acts were read; the quorum, that we are a recipient and hold the key, the limit, and
the payload in hand are checked here, again each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from parley.act import (
    Confirmation,
    Fault,
    FaultReason,
    Handover,
    Opening,
    Receipt,
    Refusal,
    RefusalReason,
    TermsTaken,
    Words,
)
from parley.client import trusting
from parley.client.calling import called
from parley.client.convening import join, joining
from parley.client.home import create_new, open_new
from parley.client.kept_drafts import file_view
from parley.client.opening import NotTheSealed, nowhere, open_paper
from parley.client.references import Found, find, named
from parley.client.session import Intent, Session
from parley.client.viewing import OUR_REF, own_reading_key, paper_view
from parley.client.views import Already, Entered, Reading, Received
from parley.document import Document
from parley.envelope import Writer
from parley.errors import Refused, Unavailable
from parley.exchange import ANSWERED, ENDED, State
from parley.fold import Negotiation, round_complete
from parley.identifiers import Kind
from parley.paper import Paper
from parley.policy import Policy
from parley.sealed_shape import check_payload_length
from parley.terms import terms_digest

_WAITS = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds between looks for the handover: the depositary enters it in the batch after the receipt."""


def check_before_receipt(session: Session, negotiation: Negotiation, paper: Paper, *, unconfirmed: bool) -> None:
    """Raises unless a receipt may be signed: see the module's first words for what and in which order."""
    act = paper.act
    trusting.check_trusted(session, act.by.party, unconfirmed=unconfirmed)
    _check_quorum(session, negotiation)
    key = own_reading_key(act, session.party)
    if session.party not in paper.outcomes or key is None:
        raise Refused("paper.not-a-recipient", party=session.party)
    session.box().secret(key[0])
    if session.now > act.accept_by:
        raise Refused("paper.limit-passed", limit=act.accept_by.to_text())
    if act.payload is not None:  # of what is held, nothing but its seal is here to be signed for
        check_payload_length(act.payload.length)
        session.fetch(act.payload.digest, act.payload.length)


def _check_quorum(session: Session, negotiation: Negotiation) -> None:
    """The newest checkpoint meets the quorum of the negotiation's rules, which is none by default."""
    lines, signed = negotiation.convene.rules.witnesses, session.known.checkpoint
    if signed is None:
        raise Unavailable("log.no-checkpoint")
    if lines:
        text = "".join(f"{line}\n" for line in (*(f"log {key.to_text()}" for key in session.known.keys), *lines))
        policy = Policy.parse(text)
        policy.check(policy.open(signed.note.to_text()))


def receive(session: Session, reference: str, *, terms: TermsTaken, our_ref: str | None, unconfirmed: bool) -> Received:
    """Sign for a paper, join first where needed, open it when it is handed over, confirm or fault."""
    session.sync()
    negotiation, paper = find(session, reference, signing=True)
    joined, receipt, already = None, None, _already(session, paper)
    if already is None:
        _check_open(session, negotiation, paper)
        check_before_receipt(session, negotiation, paper, unconfirmed=unconfirmed)
        joined = join(session, negotiation, unconfirmed=unconfirmed)
        receipt = _sign_receipt(session, negotiation, paper, terms)
    if our_ref is not None:
        session.ledger.keep(OUR_REF, paper.digest.hex(), our_ref.encode("utf-8"))
    return _open_received(session, (negotiation, paper), joined=joined, receipt=receipt, already=already)


def _already(session: Session, paper: Paper) -> Already | None:
    """Who of us has received the paper, if anybody has."""
    outcome = paper.outcomes.get(session.party)
    done = outcome.find(Receipt) if outcome else None
    if done is None:
        return None
    own = session.keyring.signing.id in done.act.by.keys
    return Already(holder=session.holder_of(session.party, done.act.by.keys), time=done.at.time, ours=own)


def check_open(session: Session, reference: str) -> None:
    """Raises: Refused, saying what happened, when our party cannot answer a paper any more."""
    _check_open(session, *find(session, reference, signing=True))


def _check_open(session: Session, negotiation: Negotiation, paper: Paper) -> None:
    outcome = paper.outcomes.get(session.party)
    if outcome is None:
        raise Refused("paper.not-a-recipient", party=session.party)
    if paper.is_open(session.party):
        if session.now > paper.act.accept_by:
            raise Refused("paper.limit-passed", reference=paper.reference, limit=paper.act.accept_by.to_text())
        return
    done = outcome.done[-1]
    details = {"winner": done.digest.hex(), "reference": paper.reference, "time": done.at.time.to_text()}
    if outcome.state is State.EXPIRED:
        raise Refused("paper.expired", **details)
    if outcome.state is State.WITHDRAWN:
        instead = named(negotiation, paper.replaced_by)
        raise Refused("paper.taken-back", **details, **({"instead": instead} if instead else {}))
    raise Refused("paper.ended", **details, state=outcome.state.value)


def _sign_receipt(session: Session, negotiation: Negotiation, paper: Paper, terms: TermsTaken) -> Entered:
    return session.carry_out(_receipt(session, negotiation, paper, terms))


def _receipt(session: Session, negotiation: Negotiation, paper: Paper, terms: TermsTaken) -> Intent:
    act = paper.act
    return Intent(
        purpose=f"receipt {paper.digest.hex()}",
        build=lambda: Receipt(
            **session.common(negotiation.id, session.keyring.signing),
            deposit=paper.digest,
            in_reply_to=act.in_reply_to,
            payload=act.payload.digest if act.payload else None,
            role=act.role,
            terms=terms_digest(act.terms),
            terms_taken=terms,
        ),
        about=called(session, negotiation, paper),
        chosen={"terms_taken": terms},
    )


def receipt_or_confirmation(
    session: Session, reference: str, *, terms: TermsTaken, unconfirmed: bool
) -> tuple[Intent, ...]:
    """To sign for a paper, joining first where needed; where it was handed over, to say whether it is the sealed one.

    Raises: Refused("paper.not-handed-over") between the two, Refused("paper.said") when it was said already.
    """
    session.sync()
    negotiation, paper = find(session, reference, signing=True)
    if _already(session, paper) is None:
        _check_open(session, negotiation, paper)
        check_before_receipt(session, negotiation, paper, unconfirmed=unconfirmed)
        joining_ = joining(session, negotiation, unconfirmed=unconfirmed)
        return (*joining_, _receipt(session, negotiation, paper, terms))
    outcome = paper.outcomes[session.party]
    if outcome.find(Handover) is None:
        raise Refused("paper.not-handed-over", reference=paper.reference, state=outcome.state.value)
    if outcome.state not in _UNSAID:
        raise Refused("paper.said", reference=paper.reference)
    return (_confirmation(session, negotiation, paper, what_opens(session, paper)),)


def what_opens(session: Session, paper: Paper) -> FaultReason | None:
    """Open a paper that was handed over: None when it is the sealed one, else what a fault would say."""
    try:
        open_paper(session, paper.act)
    except NotTheSealed as error:
        return error.reason
    return None


def _open_received(
    session: Session, found: Found, *, joined: Entered | None, receipt: Entered | None, already: Already | None
) -> Received:
    negotiation, paper = _await_handover(session, found)
    handed_over = paper.outcomes[session.party].find(Handover) is not None
    matches, fault = False, None
    if handed_over:
        fault = what_opens(session, paper)
        matches = fault is None
        _say(session, negotiation, paper, fault)
    negotiation = session.negotiation(negotiation.id)
    return Received(
        paper=paper_view(session, negotiation, negotiation.paper(paper.digest), fetch=True),
        receipt=receipt,
        joined=joined,
        already=already,
        handed_over=handed_over,
        matches=matches,
        fault=fault,
    )


def _await_handover(session: Session, found: Found) -> Found:
    """The paper once its handover is known here, or as it is when the depositary takes its time."""
    negotiation, paper = found
    for wait in (*_WAITS, None):
        negotiation = session.negotiation(negotiation.id)
        paper = negotiation.paper(paper.digest)
        if paper.outcomes[session.party].find(Handover) is not None or wait is None:
            break
        if not _opens_now(session, negotiation, paper):
            break
        session.ports.pause(wait)
        session.sync()
    return negotiation, paper


def _opens_now(session: Session, negotiation: Negotiation, paper: Paper) -> bool:
    """Whether a handover can be on its way: what is held has none, and others wait for a time or for their round."""
    match paper.act.opening:
        case Opening(kind="held"):
            return False
        case Opening(kind="not_before", time=time) if time is not None:
            return session.now >= time
        case Opening(kind="together") as opening:
            return round_complete(negotiation, opening)
        case _:
            return True


def _say(session: Session, negotiation: Negotiation, paper: Paper, reason: FaultReason | None) -> None:
    """Confirm that the content is the sealed one, or sign a fault, unless our party has said either.

    Where the powers ask for two officers nothing is signed here: `receive` says what to do.
    """
    if paper.outcomes[session.party].state in _UNSAID and session.alone("receive"):
        session.carry_out(_confirmation(session, negotiation, paper, reason))


def _confirmation(session: Session, negotiation: Negotiation, paper: Paper, reason: FaultReason | None) -> Intent:
    purpose = f"{'confirmation' if reason is None else 'fault'} {paper.digest.hex()}"

    def build() -> Confirmation | Fault:
        common = session.common(negotiation.id, session.keyring.signing)
        if reason is None:
            return Confirmation(**common, deposit=paper.digest)
        return Fault(**common, deposit=paper.digest, reason=reason)

    return Intent(purpose=purpose, build=build, about=called(session, negotiation, paper))


_UNSAID = (State.RECEIVED, State.HANDED_OVER)


def refuse(session: Session, reference: str, *, reason: RefusalReason, words: Sequence[Words]) -> Entered:
    """Decline a paper."""
    *first, intent = refusal(session, reference, reason=reason, words=words)
    for each in first:
        session.carry_out(each)
    return session.carry_out(intent)


def refusal(session: Session, reference: str, *, reason: RefusalReason, words: Sequence[Words]) -> tuple[Intent, ...]:
    """To decline a paper; to join first where needed, because only a party to the procedure may answer."""
    session.sync()
    negotiation, paper = find(session, reference, signing=True)
    _check_open(session, negotiation, paper)
    intent = Intent(
        purpose=f"refusal {paper.digest.hex()}",
        build=lambda: Refusal(
            **session.common(negotiation.id, session.keyring.signing),
            deposit=paper.digest,
            reason=reason,
            words=tuple(words),
        ),
        about=called(session, negotiation, paper),
        chosen={"reason": reason, "words": tuple(words)},
    )
    return (*joining(session, negotiation, unconfirmed=True), intent)


def fault(session: Session, reference: str, *, reason: FaultReason) -> Entered:
    """Say that a paper signed for does not open or is not the sealed one."""
    return session.carry_out(faulting(session, reference, reason=reason))


def faulting(session: Session, reference: str, *, reason: FaultReason) -> Intent:
    """To say that a paper signed for does not open or is not the sealed one."""
    session.sync()
    intent = _confirmation(session, *find(session, reference, signing=True), reason)
    return replace(intent, chosen={"reason": reason})


# --- reading ----------------------------------------------------------------------------------------------------


def readable(session: Session, reference: str) -> Found:
    """The paper a reference names, when it may be opened here: ours, or handed over to us.

    What is held is enough when it is all here; else the log is read on. Raises: Refused("paper.receipt-first"),
    Refused("paper.opens-later"), Refused("paper.waits-round"), Refused("paper.not-handed-over"),
    Refused("paper.not-a-recipient"); where it ended unread, what happened.
    """
    found = find(session, reference, signing=False)
    if not at_disposal(session, found[1]):
        session.sync()
        found = find(session, reference, signing=False)
        if _comes_at_once(session, found[1]):
            found = _await_handover(session, found)
    paper = found[1]
    if at_disposal(session, paper):
        return found
    outcome = paper.outcomes.get(session.party)
    if outcome is None or outcome.state in ENDED:
        _check_open(session, *found)
    assert outcome is not None  # noqa: S101 - that was refused just now
    opens = paper.act.opening.time
    if outcome.state in ANSWERED and opens is not None and session.now < opens:
        raise Refused("paper.opens-later", reference=paper.reference, time=opens.to_text())
    together = paper.act.opening.kind == "together" and outcome.state in ANSWERED
    if together and not round_complete(found[0], paper.act.opening):
        raise Refused("paper.waits-round", reference=paper.reference)
    code = "paper.not-handed-over" if outcome.state in ANSWERED else "paper.receipt-first"
    raise Refused(code, reference=paper.reference, state=outcome.state.value)


def _comes_at_once(session: Session, paper: Paper) -> bool:
    """Whether a paper needs no signature to be read, and its handover is entered with the batch after it was seen."""
    return paper.act.opening.kind == "at_once" and session.reached and paper.is_open(session.party)


def at_disposal(session: Session, paper: Paper) -> bool:
    """Whether a paper may be opened here: ours, or handed over to us."""
    if paper.act.by.party == session.party:
        return True
    outcome = paper.outcomes.get(session.party)
    return outcome is not None and outcome.find(Handover) is not None


def read(session: Session, reference: str) -> Reading:
    """Open a paper in memory."""
    negotiation, paper = readable(session, reference)
    opened = open_paper(session, paper.act)
    document = opened.document
    return Reading(
        paper=paper_view(session, negotiation, paper, fetch=False),
        cover=opened.cover,
        document=document,
        attachments=tuple(file_view(file) for file in document.attachments),
        original=file_view(document.original) if document.original else None,
    )


def extract(
    session: Session, reference: str, folder: Path, *, text: bool, attachments: bool, original: bool
) -> tuple[Path, ...]:
    """Open a paper and write what is asked for, each file new, of mode 0600, through no link.

    The paper is checked as a whole before the first file is made. The text is `REFERENCE.txt`, unless the paper is one
    file taken in whole. Raises: Refused("file.exists") before anything else was written, Unavailable.
    """
    _, paper = readable(session, reference)
    opened = open_paper(session, paper.act)
    document = opened.document
    words = folder / f"{paper.reference}.txt"
    text = text and document.provisions[0].kind is not Kind.FILE
    wanted = {place: file.name for place, file in enumerate(document.attachments, start=1) if attachments}
    if original and document.original is not None:
        wanted[0] = document.original.name
    written = [folder / name for name in wanted.values()] + ([words] if text else [])
    for path in written:
        if path.is_symlink() or path.exists():
            raise Refused("file.exists", file=path.name)

    def sink(name: str, place: int) -> Writer:
        return open_new(folder / name) if place in wanted else nowhere(name, place)

    if wanted:
        open_paper(session, paper.act, sink=sink)
    if text:
        create_new(words, plain_text(document).encode("utf-8"))
    return tuple(written)


def plain_text(document: Document) -> str:
    """The document as text: title, then each provision's name and words, in the order of the document."""
    blocks = [document.title]
    for provision in document.provisions:
        blocks += [part for part in (provision.name, provision.words) if part]
    return "\n\n".join(block for block in blocks if block) + "\n"
