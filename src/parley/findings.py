"""What verified acts amount to, by the kind of file: papers and their delivery, an excerpt, a history, a crime.

The last step of the verification of spec/evidence.md. Everything that comes here has been verified: entries, log,
signatures, powers, rules. A file proves presence, never absence, so each finding comes with what it does not show.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rpds import HashTrieMap

from parley import answers, fold, register
from parley.act import Convene, Deposit, Enrol, Genesis, PaperAct, RegisterAct
from parley.answers import Delivered, Delivery, ReleaseAnswer, Released, TextAnswer
from parley.checkpoint import Checkpoint
from parley.conviction import Case, Conviction, convict, walk
from parley.crypto import Digest
from parley.errors import Detail, Invalid, Malformed, Refused
from parley.evidence import Evidence, Item
from parley.fold import World
from parley.paper import Done, Paper
from parley.partial import Glimpse
from parley.register import Register
from parley.statement import Signed


@dataclass(frozen=True, slots=True, kw_only=True)
class NotShown:
    """Something a reader might think is shown, and is not: a code for `words`, and the details its sentence needs."""

    code: str
    details: tuple[tuple[str, Detail], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperShown:
    """A paper, and what the file shows of it. `reference` (US-1) is known only from a whole history."""

    digest: Digest
    deposit: Deposit
    delivery: tuple[Delivered, ...]
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """The content of a verdict. `text` and `release` belong to an excerpt, `conviction` to a fork."""

    papers: tuple[PaperShown, ...] = ()
    text: TextAnswer | None = None
    release: ReleaseAnswer | None = None
    conviction: Conviction | None = None
    not_shown: tuple[NotShown, ...] = ()


def find(
    file: Evidence, signed: Mapping[Digest, Signed], glimpse: Glimpse, checkpoints: Sequence[Checkpoint]
) -> Findings:
    """Return what the file shows beyond its acts.

    Raises: Malformed when it holds what its kind does not allow or lacks what it needs; Invalid when a history is not
    one chain or the fold refuses it, or when a fork convicts nobody.
    """
    match file.kind:
        case "act":
            return Findings(papers=_papers(glimpse), not_shown=_about_absent(file, glimpse))
        case "excerpt":
            return _excerpt(file, glimpse)
        case "history":
            return _history(file, signed, glimpse)
        case "fork":
            found = convict(Case(items=file.items, signed=dict(signed), checkpoints=checkpoints))
            if found is None:
                raise Invalid("evidence.no-conviction")
            return Findings(conviction=found)


def _papers(glimpse: Glimpse) -> tuple[PaperShown, ...]:
    seen = sorted(glimpse.papers.values(), key=lambda seen: seen.paper.at.index)
    return tuple(_paper(item.paper, _replacing(item.paper, glimpse)) for item in seen)


def _replacing(paper: Paper, glimpse: Glimpse) -> Done | None:
    newer = glimpse.papers.get(paper.replaced_by) if paper.replaced_by else None
    return Done(digest=newer.paper.digest, act=newer.paper.act, at=newer.paper.at) if newer else None


def _paper(paper: Paper, replacing: Done | None, *, reference: str | None = None) -> PaperShown:
    delivery = answers.delivery(paper, replacing)
    return PaperShown(digest=paper.digest, deposit=paper.act, delivery=delivery, reference=reference)


def _about_absent(file: Evidence, glimpse: Glimpse) -> tuple[NotShown, ...]:
    """Acts about a paper whose deposit is not in the file: what the paper is, only its digest says."""
    return tuple(
        NotShown(code="deposit", details=(("entry", item.proof.index),))
        for item in file.items
        if isinstance(item.act, PaperAct) and getattr(item.act, "deposit", None) not in (None, *glimpse.papers)
    )


def of_openings(papers: Iterable[PaperShown]) -> Iterator[NotShown]:
    """What a receipt may be taken for, and does not show, where a paper does not open by it alone."""
    openings = {paper.deposit.opening.kind for paper in papers}
    if "together" in openings:
        yield NotShown(code="round")
    if "not_before" in openings:
        yield NotShown(code="not-before")
    if "held" in openings:
        yield NotShown(code="held")


# --- excerpt ----------------------------------------------------------------------------------------------------


def _excerpt(file: Evidence, glimpse: Glimpse) -> Findings:
    if file.opening is None:
        raise Malformed("evidence.opening")
    paper = glimpse.papers[_subject(file)].paper
    shown = _paper(paper, _replacing(paper, glimpse))
    released = answers.release(paper, file.opening)
    text = answers.text(paper, file.opening, released)
    missing = [NotShown(code="text")] if text.word in ("not proven", "withheld") else []
    missing += [
        NotShown(code="delivery", details=(("party", item.party),))
        for item in shown.delivery
        if item.word is Delivery.NO_RECEIPT
    ]
    # Whatever was agreed to be shown are the words of the paper, and nothing shows that these are.
    answered = None if text.word == "not proven" else released
    if answered is None or answered.word is Released.NOT_RELEASED:
        missing.append(NotShown(code="release"))
    return Findings(papers=(shown,), text=text, release=answered, not_shown=tuple(missing))


def _subject(file: Evidence) -> Digest:
    """The one deposit that the excerpt is of; others may only replace it. Raises: Malformed, also for a strange act."""
    deposits = [(item.digest, item.act) for item in file.items if isinstance(item.act, Deposit)]
    subjects = [digest for digest, _ in deposits if all(d == digest or a.replaces == digest for d, a in deposits)]
    if len(subjects) != 1:
        raise Malformed("evidence.excerpt-acts")
    for item in file.items:
        strange = not isinstance(item.act, Genesis | RegisterAct | Deposit)
        if strange and getattr(item.act, "deposit", None) != subjects[0]:
            raise Malformed("evidence.excerpt-acts")
    return subjects[0]


# --- history ----------------------------------------------------------------------------------------------------


def _history(file: Evidence, signed: Mapping[Digest, Signed], glimpse: Glimpse) -> Findings:
    first = _first(file)
    chain = walk(file.items, first)
    support = (Genesis, RegisterAct) if isinstance(first.act, Convene) else (Genesis,)
    for item in file.items:
        if item not in chain and not (item.act is not None and isinstance(item.act, support)):
            raise Invalid("evidence.outside-chain", entry=item.proof.index)
        if item in chain and item.act is not None and item.act.negotiation != (first.act and first.act.negotiation):
            raise Invalid("evidence.outside-chain", entry=item.proof.index)
    bare = sum(item.act is None for item in chain)
    left_out = (NotShown(code="left-out", details=(("acts", bare),)),) if bare else ()
    if bare or not isinstance(first.act, Convene):
        if not bare:
            _fold_register(chain, signed)
        return Findings(papers=_papers(glimpse), not_shown=left_out)
    return Findings(papers=_fold(first.act, chain, signed, glimpse))


def _first(file: Evidence) -> Item:
    """The first act of the chain: the Convene, or of a register the Enrol."""
    starts = [item for item in file.items if isinstance(item.act, Convene)]
    starts += [item for item in file.items if isinstance(item.act, Enrol)]
    if not starts:
        raise Malformed("evidence.history-start")
    return starts[0]


def _fold(
    convene: Convene, chain: Sequence[Item], signed: Mapping[Digest, Signed], glimpse: Glimpse
) -> tuple[PaperShown, ...]:
    """Repeat the whole fold over a negotiation that is shown whole, with the registers that come along."""
    known = {term.key.id for shown in glimpse.registers.values() for term in shown.reading}
    named = {key for item in chain if isinstance(item.act, Deposit) for key in _reading_keys(item.act)}
    if not named <= known or not set(convene.parties) <= set(glimpse.registers):
        raise Malformed("evidence.register-missing")
    if glimpse.genesis is None:
        raise Malformed("evidence.genesis")
    registers: HashTrieMap[str, Register] = glimpse.registers
    world = World(genesis=signed[glimpse.genesis.digest], registers=registers)
    for item in chain:
        try:
            world = fold.admit(world, signed[item.digest], item.at)
        except Refused as refused:
            raise Invalid(refused.code, **{**refused.details, "entry": item.proof.index}) from refused
    return tuple(_whole(negotiation.papers, paper) for negotiation, paper in world.papers())


def _whole(papers: HashTrieMap[Digest, Paper], paper: Paper) -> PaperShown:
    newer = papers.get(paper.replaced_by) if paper.replaced_by else None
    replacing = Done(digest=newer.digest, act=newer.act, at=newer.at) if newer else None
    return _paper(paper, replacing, reference=paper.reference)


def _reading_keys(act: Deposit) -> set[object]:
    return {act.sender_reading_key, *(recipient.reading_key for recipient in act.recipients)}


def _fold_register(chain: Sequence[Item], signed: Mapping[Digest, Signed]) -> None:
    state: Register | None = None
    for item in chain:
        try:
            state = register.admit(state, signed[item.digest], item.at)
        except Refused as refused:
            raise Invalid(refused.code, **{**refused.details, "entry": item.proof.index}) from refused
