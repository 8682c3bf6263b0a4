"""The papers of a record, read out of its evidence: what is verified here without a trust file is all that pages say.

Every file is verified, and must be what the list says that it is: acts about this very paper, excerpts of it that are
proven, released to the public, and due. Whose the keys are is for a reader with a trust file, and never on a page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from parley.act import (
    Act,
    Audience,
    Confirmation,
    Deposit,
    Enrol,
    Expiry,
    Fault,
    Handover,
    Notice,
    PaperAct,
    Receipt,
    Refusal,
    Release,
    Statement,
    Withdrawal,
)
from parley.answers import Delivery, ReleaseAnswer, Released, standing
from parley.canonical import Time
from parley.crypto import Digest
from parley.disclosure import Leaf
from parley.errors import Invalid, Malformed
from parley.findings import PaperShown
from parley.paper import Done, Outcome, Paper
from parley.record.inputs import Inputs, PaperInput, excerpt_file
from parley.register import At
from parley.sitting import Sitting
from parley.verdict import ActShown, Verdict, verify
from parley.words.clock import Clocks

PUBLIC = Audience(parties=(), public=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcerptRead:
    """An excerpt: its place among those of its paper, its files, and what its evidence proves.

    `beside` are the numbers of the excerpts of the same paper that it is context to: it holds the releases of them.
    """

    number: int
    stem: str
    evidence: bytes
    verdict: Verdict
    beside: tuple[int, ...] = ()

    @property
    def numbers(self) -> tuple[int, ...]:
        """The running numbers shown."""
        return tuple(leaf.number for leaf in self.verdict.text.provisions) if self.verdict.text else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What became of one set of provisions and the public: who released it, and what that amounts to by now."""

    provisions: tuple[int, ...] | None
    answer: ReleaseAnswer
    by: tuple[str, ...]
    lapses: Time | None
    taken_back: Time | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRead:
    """A paper with its verdict; `paper` are its acts as the rules see them, as far as they are shown.

    `acts` are those about this paper, in log order: not registers, and not another paper's. `agreed` is what was agreed
    with the public by the time of the record. `leaves` are all provisions that the excerpts show, each once, of `total`
    where that is known; `places` says in which excerpt each is read first.
    """

    reference: str
    stem: str
    verdict: Verdict
    shown: PaperShown
    paper: Paper
    acts: tuple[ActShown, ...]
    agreed: tuple[Agreed, ...]
    excerpts: tuple[ExcerptRead, ...]
    leaves: tuple[Leaf, ...]
    places: Mapping[int, int]
    total: int | None

    @property
    def deposit(self) -> Deposit:
        return self.shown.deposit

    @property
    def replaced(self) -> bool:
        """Whether its sender put another paper in its place."""
        return any(answer.word is Delivery.REPLACED for answer in self.shown.delivery)


def _agreed(paper: Paper, acts: Sequence[ActShown], total: int | None, now: Time) -> Iterator[Agreed]:
    """Each set of provisions that anyone released to the public, in the order of the first release of it."""
    sets: dict[tuple[int, ...] | None, list[Done]] = {}
    for done in paper.releases:
        if isinstance(done.act, Release) and done.act.audience == PUBLIC:
            sets.setdefault(done.act.provisions, []).append(done)
    for provisions, group in sets.items():
        answer = standing(paper, provisions, PUBLIC, now=now, total=total)
        yield _agreed_set(paper, provisions, acts, answer, group)


def _agreed_set(
    paper: Paper,
    provisions: tuple[int, ...] | None,
    acts: Sequence[ActShown],
    answer: ReleaseAnswer,
    group: Sequence[Done],
) -> Agreed:
    gone = paper.withdrawn_releases
    back = [act.time for act in acts if getattr(act.act, "release", None) in {done.digest for done in group}]
    ends = [done.act.until for done in group if isinstance(done.act, Release) and done.act.until is not None]
    if answer.word is Released.NOT_RELEASED and (marked := [done for done in group if _one_sided(done)]):
        # What was shown against the terms stays marked so, taken back or not.
        answer = replace(answer, word=Released.ONE_SIDED, parties=_parties(marked))
    return Agreed(
        provisions=provisions,
        answer=answer,
        by=_parties([done for done in group if done.digest not in gone]),
        lapses=max(ends, default=None),
        taken_back=max(back, default=None),
    )


def _one_sided(done: Done) -> bool:
    return isinstance(done.act, Release) and done.act.one_sided


def _parties(group: Sequence[Done]) -> tuple[str, ...]:
    return tuple(sorted({done.act.by.party for done in group}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A record's inputs, verified: its papers in log order, and one register that all of it stands in.

    `one_tree` is whether all acts are proven in one tree of the log; `parties` by their ids, and `zones` in that order;
    `replies` are the papers that reply to a paper, in log order.
    """

    inputs: Inputs
    log: str
    one_tree: bool
    papers: tuple[PaperRead, ...]
    parties: tuple[str, ...]
    zones: tuple[str, ...]
    by_digest: Mapping[Digest, PaperRead]
    replies: Mapping[Digest, Sequence[PaperRead]]

    @property
    def verdicts(self) -> list[Verdict]:
        return [paper.verdict for paper in self.papers]

    def clocks(self) -> Clocks:
        """In the language that is being spoken."""
        return Clocks.of(self.zones)

    def find(self, digest: Digest | None) -> PaperRead | None:
        """A paper of this record."""
        return self.by_digest.get(digest) if digest is not None else None

    def reference_of(self, digest: Digest | None) -> str | None:
        """How a paper of this record is called."""
        found = self.find(digest)
        return found.reference if found else None

    def replies_to(self, paper: PaperRead) -> Sequence[PaperRead]:
        """The papers of this record that were handed in as replies to it."""
        return self.replies.get(paper.shown.digest, ())


def _all_parties(papers: Sequence[PaperRead]) -> tuple[str, ...]:
    """Everyone who signed for, sent or was to receive a paper, in the order of their ids."""
    found = {each.deposit.by.party for each in papers}
    found |= {recipient.party for each in papers for recipient in each.deposit.recipients}
    found |= {party.party for each in papers for party in each.verdict.parties}
    return tuple(sorted(found))


def _zones(papers: Sequence[PaperRead]) -> tuple[str, ...]:
    """The time zones of the parties by their ids: the order of parties in a record is the alphabet's."""
    found = {
        act.act.by.party: act.act.zone for each in papers for act in each.verdict.acts if isinstance(act.act, Enrol)
    }
    return tuple(found[party] for party in sorted(found))


def read(inputs: Inputs, sitting: Sitting | None = None) -> Reading:
    """Verify every evidence of a record, in one sitting, and that each is what the list says.

    Raises: Invalid("site.evidence", file) for evidence that does not hold, Malformed("site.other-evidence", file) for
    evidence of something else, Malformed("site.not-public", file) for what is not proven, not public, or not due,
    Invalid("site.two-roots", size) where two of them are proven in two trees of one size.
    """
    sitting = sitting or Sitting()
    papers = [_paper(each, inputs.as_of, sitting) for each in inputs.papers]
    logs = {paper.verdict.log for paper in papers}
    if len(logs) > 1 or len({paper.deposit.negotiation for paper in papers}) > 1:
        raise Malformed("site.several")
    ordered = sorted(papers, key=lambda paper: paper.paper.at.index)
    return Reading(
        inputs=inputs,
        log=logs.pop() if logs else "",
        one_tree=_in_one_tree(papers),
        papers=tuple(ordered),
        parties=_all_parties(papers),
        zones=_zones(papers),
        by_digest={paper.shown.digest: paper for paper in ordered},
        replies=_replies(ordered),
    )


def _in_one_tree(papers: Sequence[PaperRead]) -> bool:
    """Whether all evidence is proven in one tree. Of two sizes, nothing here shows that one continues the other."""
    verdicts = [verdict for paper in papers for verdict in (paper.verdict, *(each.verdict for each in paper.excerpts))]
    roots: dict[int, Digest] = {}
    for verdict in verdicts:
        for size, root in verdict.trees.items():
            if roots.setdefault(size, root) != root:
                raise Invalid("site.two-roots", size=size)
    return len(roots) < 2


def _replies(papers: Sequence[PaperRead]) -> Mapping[Digest, Sequence[PaperRead]]:
    found: dict[Digest, list[PaperRead]] = {}
    for paper in papers:
        if paper.deposit.in_reply_to is not None:
            found.setdefault(paper.deposit.in_reply_to, []).append(paper)
    return found


def _paper(given: PaperInput, as_of: Time, sitting: Sitting) -> PaperRead:
    file = f"evidence/{given.stem}.evidence"
    verdict = _verified(file, given.evidence, sitting)
    shown = next((each for each in verdict.papers if each.digest == given.digest), None)
    if verdict.kind != "act" or shown is None or shown.deposit.by.party.upper() != given.reference.rpartition("-")[0]:
        raise Malformed("site.other-evidence", file=file)
    for act in verdict.acts:
        if isinstance(act.act, PaperAct) and paper_of(act) != given.digest and not _replaces(act.act, given.digest):
            raise Malformed("site.other-evidence", file=file)
        if isinstance(act.act, Release) and act.act.audience != PUBLIC:
            raise Malformed("site.not-public", file=file)
    acts = tuple(act for act in verdict.acts if isinstance(act.act, PaperAct) and paper_of(act) == given.digest)
    paper = _as_ruled(verdict, shown, int(given.reference.rpartition("-")[2]))
    cut = [_excerpt(given, number, as_of, sitting) for number in range(1, len(given.excerpts) + 1)]
    excerpts = tuple(_with_beside(cut))
    texts = [each.verdict.text for each in excerpts if each.verdict.text is not None]
    leaves = {leaf.number: leaf for text in texts for leaf in text.provisions}
    total = next((text.total for text in texts if text.total is not None), None)
    return PaperRead(
        reference=given.reference,
        stem=given.stem,
        verdict=verdict,
        shown=shown,
        paper=paper,
        acts=acts,
        agreed=tuple(_agreed(paper, acts, total, as_of)),
        excerpts=excerpts,
        leaves=tuple(leaves[number] for number in sorted(leaves)),
        places=_places(excerpts),
        total=total,
    )


def _places(excerpts: Sequence[ExcerptRead]) -> dict[int, int]:
    found: dict[int, int] = {}
    for excerpt in in_reading_order(excerpts):
        for number in excerpt.numbers:
            found.setdefault(number, excerpt.number)
    return found


def in_reading_order(excerpts: Sequence[ExcerptRead]) -> list[ExcerptRead]:
    """Each excerpt, and right behind it those that are context to it."""
    found: list[ExcerptRead] = []
    for excerpt in sorted(excerpts, key=lambda each: (bool(each.beside), each.number)):
        if excerpt.beside and found:
            behind = max(place for place, each in enumerate(found) if excerpt.beside[0] in (each.number, *each.beside))
            found.insert(behind + 1, excerpt)
        else:
            found.append(excerpt)
    return found


def _verified(file: str, data: bytes, sitting: Sitting) -> Verdict:
    try:
        return replace(verify(data, None, sitting), steps=())  # no page tells them, and they are most of a verdict
    except (Malformed, Invalid) as error:
        raise Invalid("site.evidence", file=file, problem=error.code) from error


def _excerpt(given: PaperInput, number: int, as_of: Time, sitting: Sitting) -> ExcerptRead:
    data, file = given.excerpts[number - 1], excerpt_file(given.stem, number)
    verdict = _verified(file, data, sitting)
    text, release = verdict.text, verdict.release
    if text is None or all(each.digest != given.digest for each in verdict.papers):
        raise Malformed("site.other-evidence", file=file)
    if release is None or text.word not in ("genuine", "incomplete") or release.word is Released.NOT_RELEASED:
        raise Malformed("site.not-public", file=file)
    if release.audience != PUBLIC or (release.since is not None and as_of < release.since):
        raise Malformed("site.not-public", file=file)
    return ExcerptRead(number=number, stem=f"{given.stem}-excerpt-{number}", evidence=data, verdict=verdict)


def _with_beside(excerpts: Sequence[ExcerptRead]) -> Iterator[ExcerptRead]:
    """Which earlier excerpts each one stands beside: those whose releases its own evidence holds."""
    own = {excerpt.numbers: excerpt.number for excerpt in excerpts}
    for excerpt in excerpts:
        sets = [act.act.provisions for act in excerpt.verdict.acts if isinstance(act.act, Release)]
        beside = {own[numbers] for numbers in sets if numbers is not None and numbers in own}
        yield replace(excerpt, beside=tuple(sorted(number for number in beside if number < excerpt.number)))


def paper_of(act: ActShown) -> Digest | None:
    """Which paper an act is about."""
    if isinstance(act.act, Deposit):
        return act.digest
    found = getattr(act.act, "deposit", None)
    return found if isinstance(found, Digest) else None


def _replaces(act: Act, digest: Digest) -> bool:
    return isinstance(act, Deposit) and act.replaces == digest


def _as_ruled(verdict: Verdict, shown: PaperShown, number: int) -> Paper:
    """The paper as the rules about publication see it: who received it how, what was released, said, taken back."""
    entry = next(act for act in verdict.acts if act.digest == shown.digest)
    at = At(index=entry.index, time=entry.time)
    paper = Paper.deposited(shown.digest, shown.deposit, at, number)
    for each in verdict.acts:
        act = each.act
        if act is None or paper_of(each) != shown.digest or isinstance(act, Deposit):
            continue
        done = Done(digest=each.digest, act=act, at=At(index=each.index, time=each.time))
        match act:
            case Release():
                paper = replace(paper, releases=(*paper.releases, done))
            case Statement():
                paper = replace(paper, statements=(*paper.statements, done))
            case Withdrawal(release=Digest() as release):
                paper = replace(paper, withdrawn_releases=(*paper.withdrawn_releases, release))
            case _:
                for party in _recipients(act):
                    paper = _noted(paper, party, done)
    return paper


def _recipients(act: Act) -> tuple[str, ...]:
    match act:
        case Notice(to=party) | Handover(to=party):
            return (party,)
        case Receipt() | Refusal() | Confirmation() | Fault():
            return (act.by.party,)
        case Withdrawal(recipients=parties) | Expiry(recipients=parties):
            return parties
        case _:
            return ()


def _noted(paper: Paper, party: str, done: Done) -> Paper:
    outcome = paper.outcomes.get(party)
    if outcome is None:
        return paper
    changed = Outcome(state=outcome.state, done=(*outcome.done, done))
    return replace(paper, outcomes=paper.outcomes.insert(party, changed))
