"""Terms at work: who may show what alone, and what the releases of one set amount to at a time."""

from __future__ import annotations

import pytest

from parley.act import Audience, Withdrawal
from parley.answers import Released, standing
from parley.canonical import Time
from parley.paper import Paper
from parley.publication import alone, releases_for, rule_of, standing_releases, to_join
from parley.statement import Signed
from parley.terms import Publication, PublicationRule, preset
from tests.build import Case
from tests.evidence_build import delivered, two_states

PUBLIC = Audience(parties=(), public=True)
FREE = PublicationRule(mode="free", parties=())
NONE = PublicationRule(mode="none", parties=())


def paper_of(case: Case, deposit: Signed) -> Paper:
    return case.world.negotiations[case.negotiation].paper(deposit.digest)


@pytest.mark.parametrize(
    ("terms", "taken", "parts", "whole"),
    [
        ("confidential", "accepted", (), ()),
        ("confidential", "under_reserve", ("ru",), ("ru",)),
        ("essence", "accepted", ("us",), ("us",)),
        ("essence", "under_reserve", ("us", "ru"), ("us", "ru")),
        ("public", "accepted", ("us", "ru"), ("us", "ru")),
    ],
)
def test_who_may_show_it_alone(terms: str, taken: str, parts: tuple[str, ...], whole: tuple[str, ...]) -> None:
    case = two_states()
    deposit = case.paper("us", "ru", terms=terms)
    case.admit(case.receipt("ru", deposit, terms_taken=taken))
    paper = paper_of(case, deposit)
    assert alone(paper, (1,)) == parts
    assert alone(paper, None) == whole
    # and the log admits exactly these, each alone, as the verifier calls them
    for party in ("us", "ru"):
        for provisions in ((1,), None):
            release = case.release(party, deposit, provisions=provisions)
            if party in alone(paper, provisions):
                case.admit(release)
                word = standing(paper_of(case, deposit), provisions, PUBLIC, now=case.now).word
                assert word in (Released.BY_AUTHOR, Released.BY_RECIPIENT, Released.BY_CONSENT)


def test_single_provisions_and_the_whole_have_a_rule_each() -> None:
    plain = preset("public", parties=("us", "ru"))
    terms = type(plain)(
        audience=(), author_free=False, embargo=None, force="asked", publication=Publication(excerpts=FREE, full=NONE)
    )
    case = two_states()
    paper = paper_of(case, case.paper("us", "ru", terms=terms))
    assert (rule_of(paper, (1, 2)), rule_of(paper, None)) == (FREE, NONE)
    assert (alone(paper, (1,)), alone(paper, None)) == (("us", "ru"), ())


def test_a_set_nobody_released_wants_everyone_the_terms_name() -> None:
    case, deposit = delivered()
    answer = standing(paper_of(case, deposit), (1,), PUBLIC, now=case.now)
    assert (answer.word, answer.missing) == (Released.NOT_RELEASED, ("ru", "us"))


def test_a_set_is_complete_when_the_last_of_them_joins() -> None:
    case, deposit = delivered()
    case.admit(case.release("ru", deposit, provisions=(1,)))
    answer = standing(paper_of(case, deposit), (1,), PUBLIC, now=case.now)
    assert (answer.word, answer.missing) == (Released.NOT_RELEASED, ("us",))
    case.admit(case.release("us", deposit, provisions=(1,)))
    answer = standing(paper_of(case, deposit), (1,), PUBLIC, now=case.now)
    assert (answer.word, answer.parties) == (Released.BY_CONSENT, ("ru", "us"))


def test_another_set_or_audience_counts_for_nothing() -> None:
    case, deposit = delivered()
    case.admit(case.release("us", deposit, provisions=(1, 3)))
    paper = paper_of(case, deposit)
    assert standing(paper, (1,), PUBLIC, now=case.now).word is Released.NOT_RELEASED
    assert standing(paper, (1, 3), Audience(parties=("fr",), public=False), now=case.now).word is Released.NOT_RELEASED
    assert standing(paper, (1, 3), PUBLIC, now=case.now).word is Released.BY_AUTHOR


def test_what_lapsed_unmatched_is_gone_and_what_was_complete_stays() -> None:
    case, deposit = delivered()
    until = Time(case.now + 5000)
    case.admit(case.release("ru", deposit, provisions=(1,), until=until))
    case.admit(case.release("ru", deposit, provisions=(3,), until=until))
    case.admit(case.release("us", deposit, provisions=(3,)))
    paper = paper_of(case, deposit)
    assert standing(paper, (1,), PUBLIC, now=until).missing == ("us",)
    assert standing(paper, (1,), PUBLIC, now=Time(until + 1)).missing == ("ru", "us")
    assert standing(paper, (3,), PUBLIC, now=Time(until + 1)).word is Released.BY_CONSENT


def test_what_was_taken_back_is_gone() -> None:
    case, deposit = delivered()
    mine = case.admit(case.release("ru", deposit, provisions=(1,)))
    case.admit(case.act(Withdrawal, "ru", deposit=deposit.digest, release=mine.digest))
    assert standing(paper_of(case, deposit), (1,), PUBLIC, now=case.now).missing == ("ru", "us")


def test_the_releases_that_stand_and_those_that_a_new_one_joins() -> None:
    case, deposit = delivered(terms="public")
    few = Audience(parties=("fr",), public=False)
    gone = case.admit(case.release("ru", deposit, provisions=(3,)))
    case.admit(case.act(Withdrawal, "ru", deposit=deposit.digest, release=gone.digest))
    narrow = case.admit(case.release("ru", deposit, provisions=(1,), audience=few))
    whole = case.admit(case.release("ru", deposit, provisions=None))
    marked = case.admit(case.release("ru", deposit, provisions=(1,), one_sided=True))
    plain = case.admit(case.release("ru", deposit, provisions=(1,)))
    paper = paper_of(case, deposit)
    assert [done.digest for done, _ in standing_releases(paper)] == [
        each.digest for each in (narrow, whole, marked, plain)
    ]
    assert [(done.digest, act) for done, act in releases_for(paper, (1,), PUBLIC)] == [
        (each.digest, each.act) for each in (marked, plain)
    ]
    assert list(releases_for(paper, (3,), PUBLIC)) == []
    assert to_join(paper, "us", PUBLIC, (1,)) == (plain.digest,), "one-sided, it is nobody's consent"
    assert to_join(paper, "us", few, (1,)) == (narrow.digest,)
    assert to_join(paper, "us", PUBLIC, None) == (whole.digest,)
    assert to_join(paper, "us", PUBLIC, (3,)) == to_join(paper, "ru", PUBLIC, (1,)) == ()


def test_one_sided_says_so() -> None:
    case, deposit = delivered()
    case.admit(case.release("ru", deposit, provisions=(1,), one_sided=True))
    answer = standing(paper_of(case, deposit), (1,), PUBLIC, now=case.now)
    assert (answer.word, answer.missing) == (Released.ONE_SIDED, ("us",))
