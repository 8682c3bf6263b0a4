"""Publication by rule: which releases the terms allow, whose consent is needed, and statements about a paper.

A release publishes nothing: it is a party's signed agreement that given provisions may be shown to an audience.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from parley.act import Audience, Release, Statement, Withdrawal
from parley.crypto import Digest
from parley.errors import Refused
from parley.exchange import TABLE, Actor
from parley.paper import Done, Paper
from parley.terms import PublicationRule


def rule_of(paper: Paper, provisions: tuple[int, ...] | None) -> PublicationRule:
    """The rule of the paper's terms for these provisions, or, for None, for the whole paper."""
    publication = paper.act.terms.publication
    return publication.full if provisions is None else publication.excerpts


def scope_of(provisions: tuple[int, ...] | None, total: int | None) -> tuple[int, ...] | None:
    """What a set amounts to in a paper of `total` provisions: all of them named one by one are the whole, None."""
    return None if total is not None and provisions == tuple(range(1, total + 1)) else provisions


def alone(paper: Paper, provisions: tuple[int, ...] | None) -> tuple[str, ...]:
    """The parties that may show these provisions without anyone's consent, as terms and receipts stand.

    The author, where the terms leave it its text; all whom the paper is from and for, where they are free; a recipient
    that took them under reserve.
    """
    free = rule_of(paper, provisions).mode == "free"
    author = paper.act.by.party
    found = [author] if free or paper.act.terms.author_free else []
    for party in paper.outcomes:
        receipt = paper.receipt(party)
        if free or (receipt is not None and receipt.terms_taken == "under_reserve"):
            found.append(party)
    return tuple(found)


def actor(paper: Paper, party: str) -> Actor:
    if party == paper.act.by.party:
        return Actor.SENDER
    return Actor.RECIPIENT if party in paper.outcomes else Actor.OTHER


def allowed(paper: Paper, release: Release) -> bool:
    """Whether the terms let this party release this: alone, or as one whose consent counts."""
    rule = rule_of(paper, release.provisions)
    return release.by.party in alone(paper, release.provisions) or (
        rule.mode == "consent" and release.by.party in rule.parties
    )


def publish(paper: Paper, done: Done) -> Paper:
    """Return the paper with a release or a statement more. Raises: Refused when table or terms do not allow it."""
    act = done.act
    _legal(paper, done)
    if isinstance(act, Statement):
        return replace(paper, statements=(*paper.statements, done))
    assert isinstance(act, Release)  # noqa: S101 - nothing else is published
    if actor(paper, act.by.party) is Actor.OTHER and not allowed(paper, act):
        raise Refused("release.stranger", party=act.by.party)
    if not act.one_sided and not allowed(paper, act):
        raise Refused("release.terms")
    if act.until is not None and act.until < done.at.time:
        raise Refused("release.lapsed", until=act.until.to_text())
    check_beside(paper, act)
    return replace(paper, releases=(*paper.releases, done))


def _legal(paper: Paper, done: Done) -> None:
    """A release or statement must be legal in the state with its own recipient; for others, in every state."""
    party = done.act.by.party
    who = actor(paper, party)
    outcomes = [paper.outcomes[party]] if who is Actor.RECIPIENT else list(paper.outcomes.values())
    for outcome in outcomes:
        if (paper.act.opening.kind, who, outcome.state, done.act.kind) not in TABLE:
            winner = outcome.winner(done.act.kind)
            raise Refused("paper.not-now", act=done.act.kind, state=outcome.state.value, winner=winner)


def withdraw_release(paper: Paper, done: Done) -> Paper:
    """Take back one's own release until a standing release of another joins it and completes the consent asked."""
    withdrawal = done.act
    assert isinstance(withdrawal, Withdrawal)  # noqa: S101 - nothing else takes back
    digest = withdrawal.release
    release = release_of(paper, digest) if digest else None
    if digest is None or release is None or release.by.party != withdrawal.by.party:
        raise Refused("withdrawal.no-such-release")
    if digest in paper.withdrawn_releases:
        raise Refused("withdrawal.already")
    check_not_complete(paper, digest)
    return replace(paper, withdrawn_releases=(*paper.withdrawn_releases, digest))


def check_not_complete(paper: Paper, digest: Digest) -> None:
    """Refuse to take back a release that is part of a complete consent: what all agreed to, stands."""
    for done in paper.releases:
        if (
            isinstance(done.act, Release)
            and digest in (done.digest, *done.act.beside)
            and completes(paper, done.act, done.act.provisions)
        ):
            raise Refused("withdrawal.matched", winner=done.digest.hex())


def check_beside(paper: Paper, release: Release, *, all_shown: bool = True) -> None:
    """Refuse a release that joins what is no release of the same set by another, or one taken back."""
    for digest in release.beside:
        joined = release_of(paper, digest)
        if joined is None and not all_shown:
            continue
        if joined is None or not matches(release, joined):
            raise Refused("release.beside")
        if digest in paper.withdrawn_releases:
            raise Refused("release.beside-withdrawn")


def release_of(paper: Paper, digest: Digest) -> Release | None:
    """A release of this paper by its digest, withdrawn or not."""
    found = next((item.act for item in paper.releases if item.digest == digest), None)
    return found if isinstance(found, Release) else None


def standing_releases(paper: Paper) -> Iterator[tuple[Done, Release]]:
    """The releases of a paper that were not taken back, in log order, whatever they are for and whenever they lapse."""
    for done in paper.releases:
        if isinstance(done.act, Release) and done.digest not in paper.withdrawn_releases:
            yield done, done.act


def releases_for(
    paper: Paper, provisions: tuple[int, ...] | None, audience: Audience
) -> Iterator[tuple[Done, Release]]:
    """The standing releases that are for this very set and this very audience."""
    for done, act in standing_releases(paper):
        if (act.provisions, act.audience) == (provisions, audience):
            yield done, act


def to_join(paper: Paper, party: str, audience: Audience, provisions: tuple[int, ...] | None) -> tuple[Digest, ...]:
    """The standing releases of other parties for this set and audience: what a new release names `beside` it."""
    others = {
        act.by.party: done.digest
        for done, act in releases_for(paper, provisions, audience)
        if act.by.party != party and not act.one_sided
    }
    return tuple(sorted(others.values()))


def completes(paper: Paper, release: Release, scope: tuple[int, ...] | None) -> bool:
    """Whether a release, with those it names `beside`, holds every consent that the terms ask for `scope`.

    That is its set; None, the whole paper, also where all its provisions are named one by one.
    """
    rule = rule_of(paper, scope)
    joined = [release_of(paper, digest) for digest in release.beside]
    parties = {release.by.party} | {other.by.party for other in joined if other}
    return rule.mode == "consent" and not release.one_sided and set(rule.parties) <= parties


def matches(one: Release, other: Release) -> bool:
    """Whether two parties released the same set to the same audience, neither against the terms."""
    same = (one.provisions, one.audience) == (other.provisions, other.audience)
    return same and one.by.party != other.by.party and not one.one_sided and not other.one_sided
