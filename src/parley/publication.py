"""Publication by rule: which releases the terms allow, whose consent is needed, and statements about a paper.

A release publishes nothing: it is a party's signed agreement that given provisions may be shown to an audience.
"""

from __future__ import annotations

from dataclasses import replace

from parley.act import Release, Statement, Withdrawal
from parley.errors import Refused
from parley.exchange import TABLE, Actor
from parley.paper import Done, Paper
from parley.terms import PublicationRule


def rule_for(paper: Paper, release: Release) -> PublicationRule:
    """The rule of the paper's terms that this release falls under: single provisions, or the whole paper."""
    publication = paper.act.terms.publication
    return publication.full if release.provisions is None else publication.excerpts


def actor(paper: Paper, party: str) -> Actor:
    if party == paper.act.by.party:
        return Actor.SENDER
    return Actor.RECIPIENT if party in paper.outcomes else Actor.OTHER


def allowed(paper: Paper, release: Release) -> bool:
    """Whether the terms let this party release this: as the author, freely, as one whose consent counts, or because
    it took the terms under reserve."""
    party, rule = release.by.party, rule_for(paper, release)
    if rule.mode == "free" and actor(paper, party) is not Actor.OTHER:
        return True
    if rule.mode == "consent" and party in rule.parties:
        return True
    if actor(paper, party) is Actor.SENDER:
        return paper.act.terms.author_free
    receipt = paper.receipt(party)
    return receipt is not None and receipt.terms_taken == "under_reserve"


def publish(paper: Paper, done: Done) -> Paper:
    """Return the paper with a release or a statement more. Raises: Refused when table or terms do not allow it."""
    act = done.act
    _legal(paper, done)
    if isinstance(act, Statement):
        return replace(paper, statements=(*paper.statements, done))
    if not isinstance(act, Release):
        raise Refused("act.unknown")
    if actor(paper, act.by.party) is Actor.OTHER and not allowed(paper, act):
        raise Refused("release.stranger", party=act.by.party)
    if not act.one_sided and not allowed(paper, act):
        raise Refused("release.terms")
    if act.until is not None and act.until < done.at.time:
        raise Refused("release.lapsed", until=act.until.to_text())
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
    """Take back one's own release while no other party has released the same set to the same audience."""
    withdrawal = done.act
    if not isinstance(withdrawal, Withdrawal):
        raise Refused("act.unknown")
    release = next((item.act for item in paper.releases if item.digest == withdrawal.release), None)
    if not isinstance(release, Release) or release.by.party != withdrawal.by.party:
        raise Refused("withdrawal.no-such-release")
    if withdrawal.release in paper.withdrawn_releases:
        raise Refused("withdrawal.already")
    for other in paper.releases:
        if (
            isinstance(other.act, Release)
            and other.digest not in paper.withdrawn_releases
            and matches(release, other.act)
        ):
            raise Refused("withdrawal.matched", winner=other.digest.hex())
    assert withdrawal.release is not None  # noqa: S101 - the caller's match says so
    return replace(paper, withdrawn_releases=(*paper.withdrawn_releases, withdrawal.release))


def matches(one: Release, other: Release) -> bool:
    """Whether two parties released the same set to the same audience."""
    same = (one.provisions, one.audience) == (other.provisions, other.audience)
    return same and one.by.party != other.by.party
