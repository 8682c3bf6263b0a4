"""The three questions an excerpt is asked, and their answers apart: text, release, delivery.

None of the words means that anyone agrees with the text. *Text*: does it stand in the document that was deposited?
*Release*: was showing it agreed, the author's own doing, or one-sided? *Delivery*: did the document reach anyone? What
is not released is not told: a leak is neither confirmed nor denied.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal

from parley import publication
from parley.act import Audience, Deposit, Expiry, Receipt, Refusal, Release, Withdrawal
from parley.canonical import Time
from parley.crypto import Digest
from parley.disclosure import Leaf, Manifest, Openings, subject_of, verify_openings
from parley.errors import Invalid
from parley.exchange import Actor
from parley.paper import Done, Paper


def subject_of_act(act: Deposit) -> Digest:
    """The subject that the commitment of a deposit is bound to: who deposits where."""
    return subject_of(log=act.log, negotiation=act.negotiation or b"", nonce=act.nonce, party=act.by.party)


class Delivery(Enum):
    """What became of a paper with one recipient, as far as the file shows."""

    DELIVERED = "delivered"
    MADE_AVAILABLE = "made available"
    REFUSED = "refused"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    NO_RECEIPT = "no receipt in this file"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """One answer about delivery: to whom, and by which act at which entry; both null where there is none.

    Of REPLACED `party` is the sender and `act` the deposit that replaces the paper.
    """

    word: Delivery
    party: str
    act: Digest | None = None
    index: int | None = None
    under_reserve: bool = False


_OUTCOMES: dict[type, Delivery] = {
    Receipt: Delivery.DELIVERED,
    Refusal: Delivery.REFUSED,
    Expiry: Delivery.EXPIRED,
    Withdrawal: Delivery.WITHDRAWN,
}


def delivery(paper: Paper, replacing: Done | None) -> tuple[Delivered, ...]:
    """What the acts shown say of each recipient, in the order of the deposit; then whether the paper was replaced."""
    found = [_delivered(paper, recipient.party) for recipient in paper.act.recipients]
    if replacing is not None:
        found.append(_answer(Delivery.REPLACED, paper.act.by.party, replacing))
    return tuple(found)


def _answer(word: Delivery, party: str, done: Done) -> Delivered:
    reserve = isinstance(done.act, Receipt) and done.act.terms_taken == "under_reserve"
    return Delivered(word=word, party=party, act=done.digest, index=done.at.index, under_reserve=reserve)


def _delivered(paper: Paper, party: str) -> Delivered:
    done = paper.outcomes[party].done
    available = paper.available(party)
    for item in done:  # in log order: the first outcome is the outcome
        # That nobody answered in time takes nothing away from what was made available.
        if type(item.act) in _OUTCOMES and not (available is not None and isinstance(item.act, Expiry)):
            return _answer(_OUTCOMES[type(item.act)], party, item)
    if available is not None:
        return _answer(Delivery.MADE_AVAILABLE, party, available)
    return Delivered(word=Delivery.NO_RECEIPT, party=party)


class Released(Enum):
    """By whose leave an excerpt is shown."""

    BY_CONSENT = "by consent"
    BY_AUTHOR = "by its author"
    BY_RECIPIENT = "by its recipient"
    ONE_SIDED = "one-sided"
    NOT_RELEASED = "not released"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseAnswer:
    """By whose leave. `since` is the time before which the release does not count, where there is one.

    `parties` released; `missing` are those whose consent the terms ask and the file does not hold, for this very set
    and audience. `under_reserve`: the recipient never accepted the terms.
    """

    word: Released
    parties: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    audience: Audience | None = None
    since: Time | None = None
    under_reserve: bool = False


def release(paper: Paper, openings: Openings) -> ReleaseAnswer:
    """Judge the releases shown that are for exactly the provisions opened; of several audiences the widest wins.

    The manifest, which names title and files, belongs to a release of the whole and to no other.
    """
    groups: dict[tuple[Audience, tuple[int, ...] | None], list[Done]] = {}
    for done, act in publication.standing_releases(paper):
        if _covers(act, openings):
            groups.setdefault((act.audience, act.provisions), []).append(done)
    whole = _opened(openings) - {0} == set(range(1, openings.total + 1))
    answers = [_judge(paper, group, None if whole else provisions) for (_, provisions), group in groups.items()]
    if not answers:
        # Without any release the openings are not examined, so nothing may be read off them here either.
        full = bool(paper.releases) and whole
        rule = paper.act.terms.publication.full if full else paper.act.terms.publication.excerpts
        return ReleaseAnswer(word=Released.NOT_RELEASED, missing=rule.parties)
    order = list(Released)
    return min(
        answers, key=lambda a: (not _counts(a), not (a.audience and a.audience.public), order.index(a.word), a.missing)
    )


def _counts(answer: ReleaseAnswer) -> bool:
    return answer.word is not Released.NOT_RELEASED


def standing(
    paper: Paper, provisions: tuple[int, ...] | None, audience: Audience, *, now: Time, total: int | None = None
) -> ReleaseAnswer:
    """What the releases of this very set to this very audience amount to, while they stand at `now`.

    A release that lapsed before the consent it belongs to was complete counts for nothing any more. `missing` is whose
    release the terms still ask for. `total` is how many provisions the paper has, where that is known.
    """
    scope = publication.scope_of(provisions, total)
    found = list(publication.releases_for(paper, provisions, audience))
    group = [done for done, _ in found]
    rule = publication.rule_of(paper, scope)
    complete = _complete(paper, group, scope) if group and rule.mode == "consent" else None
    if complete is None:
        group = [done for done, act in found if (act.until or now) >= now]
    if not group:
        return ReleaseAnswer(word=Released.NOT_RELEASED, missing=rule.parties, audience=audience)
    return _judge(paper, group, scope)


def _opened(openings: Openings) -> set[int]:
    return {leaf.number for leaf in openings.leaves}


def _covers(act: Release, openings: Openings) -> bool:
    opened = _opened(openings)
    if act.provisions is None:
        return opened - {0} == set(range(1, openings.total + 1))
    return opened == set(act.provisions)


def _judge(paper: Paper, group: list[Done], scope: tuple[int, ...] | None) -> ReleaseAnswer:
    """The answer of releases for one set and one audience, in log order.

    `scope` is what they amount to: all provisions named one by one are the whole paper, and fall under its rule. The
    depositary, which does not know how many there are, cannot see that.
    """
    acts = {done.digest: done.act for done in group if isinstance(done.act, Release)}
    first = next(iter(acts.values()))
    rule, alone = publication.rule_of(paper, scope), publication.alone(paper, scope)
    together = _complete(paper, group, scope) if rule.mode == "consent" else None
    if together is not None:
        return _answered(paper, Released.BY_CONSENT, together)
    missing = tuple(party for party in rule.parties if party not in {done.act.by.party for done in group})
    for actor, word in ((Actor.SENDER, Released.BY_AUTHOR), (Actor.RECIPIENT, Released.BY_RECIPIENT)):
        able = [d for d in group if d.act.by.party in alone and not acts[d.digest].one_sided]
        own = [done for done in able if publication.actor(paper, done.act.by.party) is actor]
        if own:
            return _answered(paper, word, own, missing)
    marked = [done for done in group if acts[done.digest].one_sided]
    if marked:
        return _answered(paper, Released.ONE_SIDED, marked, missing)
    return ReleaseAnswer(word=Released.NOT_RELEASED, missing=missing, audience=first.audience)


def _under_reserve(paper: Paper, party: str) -> bool:
    receipt = paper.receipt(party)
    return receipt is not None and receipt.terms_taken == "under_reserve"


def _complete(paper: Paper, group: list[Done], scope: tuple[int, ...] | None) -> list[Done] | None:
    """The releases of the consent asked, when one of them names all the others, and none had lapsed by then.

    The log admits no release that names a withdrawn one, and no withdrawal of one so named. So a file that leaves a
    withdrawal out cannot make a consent that was taken back look complete.
    """
    shown = {done.digest: done for done in group}
    for last in group:
        if not isinstance(last.act, Release) or not publication.completes(paper, last.act, scope):
            continue
        joined = [last, *(shown[digest] for digest in last.act.beside if digest in shown)]
        if all(_standing(done, last) for done in joined):
            return sorted(joined, key=lambda done: done.at.index)
    return None


def _standing(done: Done, last: Done) -> bool:
    until = done.act.until if isinstance(done.act, Release) else None
    return until is None or last.at.time <= until


def _answered(paper: Paper, word: Released, group: list[Done], missing: tuple[str, ...] = ()) -> ReleaseAnswer:
    acts = [done.act for done in group if isinstance(done.act, Release)]
    parties = tuple(sorted({act.by.party for act in acts}))
    reserve = word is Released.BY_RECIPIENT and all(_under_reserve(paper, party) for party in parties)
    starts = [act.not_before for act in acts if act.not_before is not None]
    embargo = paper.act.terms.embargo
    if embargo is not None and word is not Released.ONE_SIDED and not reserve:
        starts.append(embargo)
    return ReleaseAnswer(
        word=word,
        parties=parties,
        missing=missing,
        audience=acts[0].audience,
        since=max(starts) if starts else None,
        under_reserve=reserve,
    )


Text = Literal["genuine", "incomplete", "not proven", "withheld"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextAnswer:
    """Whether the words stand in the deposited document, and which were left out.

    "not proven" says nothing about the document, "withheld" nothing at all: then no words are given.
    """

    word: Text
    manifest: Manifest | None = None
    provisions: tuple[Leaf, ...] = ()
    omitted: tuple[int, ...] = ()
    missing: tuple[int, ...] = ()
    total: int | None = None


def text(paper: Paper, openings: Openings, released: ReleaseAnswer) -> TextAnswer:
    """Examine the openings against the deposit's commitment.

    With no release at all they are not examined, so that a leak is not confirmed. With releases of something else they
    are, so that a damaged file is not taken for an unreleased excerpt; but nothing is told of them.
    Raises: Malformed for the form of what was committed.
    """
    if not paper.releases:
        return TextAnswer(word="withheld")
    try:
        shown = verify_openings(openings, subject=subject_of_act(paper.act), commitment=paper.act.commitment)
    except Invalid:
        return TextAnswer(word="not proven")
    if released.word is Released.NOT_RELEASED:
        return TextAnswer(word="withheld")
    return TextAnswer(
        word="incomplete" if shown.missing else "genuine",
        manifest=shown.manifest,
        provisions=shown.provisions,
        omitted=shown.omitted,
        missing=shown.missing,
        total=shown.total,
    )
