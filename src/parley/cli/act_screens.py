"""What is about to be signed, act by act: the same lines before a signature, and of what stands in a draft file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from parley.act import Confirmation, Convene, Deposit, Fault, Join, Receipt, Refusal, Release, Statement, Withdrawal
from parley.canonical import Time
from parley.cli.session import Session
from parley.words import say, telling, term
from parley.words.neutral import shown
from parley.words.table import aligned
from parley.words.telling import listed

if TYPE_CHECKING:
    from parley.act import Words
    from parley.client.deed import Deed
    from parley.client.draft_view import Prepared
    from parley.client.views import NegotiationView, PaperView
    from parley.words.clock import Clocks


def paper_head(session: Session, paper: PaperView) -> list[str]:
    """The paper that is about to be signed about: what it is, from whom to whom, and on what subject."""
    from parley.cli.screens import compared, paper_line, recipients

    rows = [(say("screen.paper"), paper_line(paper)), (say("screen.from"), compared(session, paper))]
    rows.append((say("screen.to"), recipients(session, paper.deliveries)))
    if paper.cover is not None:
        rows.append((say("cover.subject"), shown(paper.cover.subject)))
    return aligned(rows, indent="  ", most=session.width)


def procedure(session: Session, found: NegotiationView) -> list[str]:
    """The procedure that joining accepts, in sentences."""
    rules = found.rules
    rows = [
        (say("screen.negotiation"), found.handle),
        (say("convene.title"), shown(found.title or say("negotiation.no-title"))),
        (say("convene.by"), session.name(found.convened_by)),
        (say("convene.parties"), listed(session.name(party) for party in found.parties)),
        (say("convene.limit"), say("convene.limit-value", days=rules.answer_days)),
    ]
    if rules.non_working:
        rows.append((say("convene.holidays"), ", ".join(rules.non_working)))
    rows.append((say("convene.witnesses"), say("convene.witnesses-value", count=len(rules.witnesses))))
    return [*aligned(rows, indent="  ", most=session.width), say("meaning.join")]


def convening(session: Session, title: str, others: Sequence[str]) -> list[str]:
    names = listed(session.the(party) for party in others)
    return [say("convene.about", title=title, parties=names), say("meaning.convene-title"), say("meaning.convene")]


def statement(session: Session, kind: str, words: Sequence[Words]) -> list[str]:
    head = say("statement.about", party=session.the(session.ours), kind=term("statements", kind))
    return [head, *(f"  {shown(each.text)} ({each.language})" for each in words), say("meaning.statement")]


def release(
    session: Session, provisions: Sequence[int] | None, audience: Sequence[str], *, one_sided: bool
) -> list[str]:
    whom = listed(session.the(party) for party in audience) or say("telling.public")
    what = telling.provisions(provisions)
    lines = [say("meaning.release", party=session.the(session.ours), what=what, audience=whom)]
    return [*lines, say("release.one-sided")] if one_sided else lines


# --- of a draft file --------------------------------------------------------------------------------------------


def draft_file_screen(session: Session, found: Prepared, now: Time) -> list[str]:
    """What a draft file would have signed, exactly, as far as this officer may read it."""
    lines = _act(session, found, now)
    if found.joins:
        lines.append(say("screen.join-first", handle=found.handle))
    if not isinstance(found.act, Deposit):  # a deposit's own screen says it
        lines += [say("screen.not-compared", party=session.the(party)) for party in found.untrusted]
    return lines


def _act(session: Session, found: Prepared, now: Time) -> list[str]:
    from parley.cli.screens import receive_screen

    act, paper = found.act, found.paper
    match act:
        case Deposit():
            return _deposit(session, found, now)
        case Convene(parties=parties):
            title = found.title or say("negotiation.no-title")
            return convening(session, title, [party for party in parties if party != session.ours])
        case Join():
            return procedure(session, found.negotiation) if found.negotiation else []
        case Receipt(terms_taken=taken) if paper is not None:
            return [*receive_screen(session, paper, now), say("draft.terms", taken=say(f"terms-sentences.{taken}"))]
        case _:
            head = paper_head(session, paper) if paper is not None else []
            return [*head, *_about(session, found)]


def _deposit(session: Session, found: Prepared, now: Time) -> list[str]:
    """A paper that would be handed over, with what it does to an agreement."""
    from parley.cli.screens import draft_screen
    from parley.words.deeds import ending

    if found.deposit is None:
        return _shut(session, found)
    deed, clocks = found.deed, session.clocks()
    if deed is None:
        return draft_screen(session, found.deposit, now)
    ends = [ending(deed.name, deed.ends, now, clocks)] if deed.ends is not None else []
    return [*ends, *draft_screen(session, found.deposit, now, [*_does(session, deed, clocks)])]


def _does(session: Session, deed: Deed, clocks: Clocks) -> Iterator[str]:
    """The sentences that the command itself shows before it asks, made from the paper in the file."""
    from parley.words.deeds import amending, stating

    whom = [session.the(party) for party in deed.towards]
    match deed.kind:
        case "adopt":
            yield say("deeds.adopt", name=deed.name)
        case "amend":
            yield from amending(deed.name, deed.changes)
        case "declare" if deed.deadline is not None:
            yield say("deeds.declare-with", parties=listed(whom), time=clocks.instant(deed.deadline))
            if deed.beside:
                yield say("deeds.declared", papers=", ".join(deed.beside))
        case kind:
            yield stating(kind, deed.name, measures=deed.measures, towards=whom, cites=deed.cites)
            if deed.because:
                yield shown(deed.because)


def _about(session: Session, found: Prepared) -> list[str]:
    """What an act says of the paper it is about."""
    from parley.cli.screens import selection_lines

    act = found.act
    match act:
        case Refusal(reason=reason, words=words):
            said = [f"  {shown(each.text)} ({each.language})" for each in words]
            return [say("draft.reason", reason=term("refusal-reasons", reason)), *said, say("meaning.refusal")]
        case Fault(reason=reason):
            return [say("draft.reason", reason=term("fault-reasons", reason)), say("meaning.fault")]
        case Confirmation():
            return [say("meaning.confirmation")]
        case Statement(about=kind, words=words):
            return statement(session, kind, words)
        case Release(provisions=provisions, audience=audience, one_sided=one_sided):
            shown_ = selection_lines(found.selection) if found.selection is not None else []
            return [*shown_, *release(session, provisions, audience.parties, one_sided=one_sided)]
        case Withdrawal(release=digest) if digest is not None:
            return [say("draft.takes-back", digits=digest.hex()[:8])]
        case _:
            return [say("meaning.withdrawal")]


def _shut(session: Session, found: Prepared) -> list[str]:
    """A paper whose text this officer may not read: what the act says of it, which all parties will see."""
    act = found.act
    assert isinstance(act, Deposit)  # noqa: S101 - asked for above
    from parley.cli.screens import terms_cell
    from parley.words.telling import what

    parties = [session.ours, *(each.party for each in act.recipients)]
    rows = [
        (say("screen.paper"), what(role=act.role, in_reply_to=found.replies_to, standing=act.standing)),
        (say("screen.to"), listed(session.name(party) for party in parties[1:])),
        (say("screen.negotiation"), found.handle),
        (say("screen.sign-by"), session.clocks(*parties).instant(act.accept_by)),
        (say("screen.terms"), terms_cell(session, act.terms, None, parties)),
    ]
    return [*aligned(rows, indent="  ", most=session.width), say("draft.text-shut")]


def signer_lines(found: Prepared) -> list[str]:
    """Who is to sign, and who has."""
    from parley.cli.screens import who

    lines = []
    for each in found.signers:
        name = who(each.holder)
        key = "draft.signed-by" if each.signed else "draft.waits-for-you" if each.is_me else "draft.waits-for"
        lines.append(say(key, name=name) if key != "draft.waits-for-you" else say(key))
    return lines
