"""Text, release and delivery: three answers to an excerpt, none of which says that anyone agrees."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from parley.act import DEPOSITARY, Audience, Deposit, Expiry, Opening, Refusal, Withdrawal
from parley.answers import Delivery, Released
from parley.canonical import Base64, Time
from parley.disclosure import Blind
from parley.errors import Invalid, Malformed
from parley.statement import Signed
from parley.terms import Publication, PublicationRule, Terms, preset
from parley.verdict import Result, Verdict, verify
from parley.words.verdicts import alarm_lines, clocks_of, release_lines, verdict_lines
from tests.evidence_build import LoggedCase, two_states

FREE = PublicationRule(mode="free", parties=())
NONE = PublicationRule(mode="none", parties=())
BOTH = PublicationRule(mode="consent", parties=("ru", "us"))


def received(taken: str = "accepted", **changes: Any) -> tuple[LoggedCase, Signed]:
    case = two_states()
    deposit = case.paper("us", "ru", **changes)
    case.admit(case.receipt("ru", deposit, terms_taken=taken))
    return case, deposit


def judged(case: LoggedCase, deposit: Signed, *numbers: int) -> Verdict:
    return verify(case.excerpt(deposit, *numbers).encode(), case.trust())


def released(found: Verdict) -> tuple[Released, tuple[str, ...], tuple[str, ...]]:
    assert found.release is not None
    return (found.release.word, found.release.parties, found.release.missing)


def text(found: Verdict) -> str:
    assert found.text is not None
    return found.text.word


def consents(case: LoggedCase, deposit: Signed, *parties: str, **changes: Any) -> None:
    for party in parties:
        case.admit(case.release(party, deposit, **{"provisions": (1, 3), **changes}))


# --- text -------------------------------------------------------------------------------------------------------


def test_genuine_by_consent_and_delivered() -> None:
    case, deposit = received()
    consents(case, deposit, "us", "ru")
    found = judged(case, deposit, 1, 3)
    assert (found.result, text(found)) == (Result.PROVEN, "genuine")
    assert released(found) == (Released.BY_CONSENT, ("ru", "us"), ())
    assert found.text is not None
    assert [leaf.words for leaf in found.text.provisions] == ["Words of article 1.", "Words of article 3."]
    assert (found.text.total, found.text.omitted, found.text.manifest) == (3, (2,), None)
    assert [item.word for item in found.papers[0].delivery] == [Delivery.DELIVERED]
    assert found.not_shown[-1].code == "agreement"


def test_incomplete_without_a_required_companion() -> None:
    case, deposit = received()
    consents(case, deposit, "us", "ru", provisions=(2,))
    found = judged(case, deposit, 2)
    assert (found.result, text(found)) == (Result.UNCHECKED, "incomplete")
    assert found.text is not None
    assert found.text.missing == (1,)


@pytest.mark.parametrize("spoil", ["words", "proof", "blind", "number", "total", "strange"])
def test_not_proven_says_nothing_about_the_document(spoil: str) -> None:
    case, deposit = received()
    consents(case, deposit, "us", "ru")
    file = case.excerpt(deposit, 1, 3)
    assert file.opening is not None
    first, last = file.opening.leaves
    data = {
        "words": {"leaves": ({"data": Base64(first.data.replace(b"article 1", b"article 9"))}, {})},
        "proof": {"leaves": ({}, {"proof": (first.proof[0], *last.proof[1:])})},
        "number": {"leaves": ({}, {"number": 2})},
        "blind": {"blind": Blind(bytes(32))},
        "total": {"total": 4},
        "strange": {"leaves": ({"data": Base64(b"no leaf at all")}, {})},
    }[spoil]
    openings = {name: getattr(file.opening, name) for name in ("blind", "leaves", "total")}
    changes = data.pop("leaves", None)
    if changes is not None:
        pairs = zip((first, last), changes, strict=True)
        openings["leaves"] = tuple(
            type(leaf)(**({n: getattr(leaf, n) for n in ("data", "number", "proof")} | change))
            for leaf, change in pairs
        )
    spoiled = dataclasses.replace(file, opening=type(file.opening)(**(openings | data)))
    found = verify(spoiled.encode(), case.trust())
    assert (found.result, text(found)) == (Result.DISPROVEN, "not proven")
    assert found.text is not None
    assert (found.text.provisions, found.text.total) == ((), None)
    assert {"text", "release"} <= {item.code for item in found.not_shown}
    assert [item.word for item in found.papers[0].delivery] == [Delivery.DELIVERED], "what else holds still holds"
    assert found.release is None, "what was agreed to be shown are the words of the paper, and not these"
    said = verdict_lines(found)
    assert "Release: NOT ANSWERED, because these words are not proven." in said
    assert not [line for line in said if "BY CONSENT" in line]


def test_an_opening_of_another_deposit() -> None:
    case, deposit = received()
    other = case.paper("us", "ru")
    consents(case, deposit, "us", "ru")
    spoiled = dataclasses.replace(case.excerpt(deposit, 1, 3), opening=case.commitments[other.digest].reveal((1, 3)))
    assert text(verify(spoiled.encode(), case.trust())) == "not proven"


# --- release ----------------------------------------------------------------------------------------------------


def test_with_no_release_a_leak_is_neither_confirmed_nor_denied() -> None:
    """True or spoiled, the openings make no difference to the verdict."""
    case, deposit = received()
    file = case.excerpt(deposit, 1, 3)
    found = verify(file.encode(), case.trust())
    assert (found.result, text(found)) == (Result.UNCHECKED, "withheld")
    assert released(found) == (Released.NOT_RELEASED, (), ("ru", "us"))
    assert file.opening is not None
    leak = case.commitments[case.paper("us", "ru").digest].reveal((1, 3))
    spoiled = dataclasses.replace(file, opening=leak)
    again = verify(spoiled.encode(), case.trust())
    assert (again.text, again.release, again.not_shown) == (found.text, found.release, found.not_shown)


@pytest.mark.parametrize("numbers", [(1,), (1, 2, 3), (3,), (0, 1, 3)])
def test_a_release_is_for_exactly_its_set(numbers: tuple[int, ...]) -> None:
    """Less can mislead as well as more; and the manifest, with title and files, belongs to a release of the whole."""
    case, deposit = received()
    consents(case, deposit, "us", "ru")
    found = judged(case, deposit, *numbers)
    assert (found.result, text(found), released(found)[0]) == (Result.UNCHECKED, "withheld", Released.NOT_RELEASED)


def test_one_consent_of_two_is_not_consent() -> None:
    terms = Terms(
        audience=(), author_free=False, embargo=None, force="asked", publication=Publication(excerpts=BOTH, full=NONE)
    )
    case, deposit = received(terms=terms)
    consents(case, deposit, "us")
    assert released(judged(case, deposit, 1, 3)) == (Released.NOT_RELEASED, (), ("ru",))
    consents(case, deposit, "ru", provisions=(1,))
    assert released(judged(case, deposit, 1, 3)) == (Released.NOT_RELEASED, (), ("ru",)), "another set"
    consents(case, deposit, "ru", audience=Audience(parties=("fr",), public=False))
    assert released(judged(case, deposit, 1, 3)) == (Released.NOT_RELEASED, (), ("ru",)), "another audience"
    consents(case, deposit, "ru")
    assert released(judged(case, deposit, 1, 3)) == (Released.BY_CONSENT, ("ru", "us"), ())


def test_the_author_alone_is_not_consent() -> None:
    case, deposit = received()
    consents(case, deposit, "us")
    assert released(judged(case, deposit, 1, 3)) == (Released.BY_AUTHOR, ("us",), ("ru",))


def test_a_consent_that_came_too_late_for_the_other_has_lapsed() -> None:
    for seconds, word in ((60, Released.BY_CONSENT), (61, Released.BY_AUTHOR)):
        case, deposit = received()
        consents(case, deposit, "us", until=Time(case.now + 60_000))
        case.tick(seconds)
        consents(case, deposit, "ru")
        assert released(judged(case, deposit, 1, 3))[0] is word


def test_a_release_taken_back_does_not_count() -> None:
    case, deposit = received()
    release = case.admit(case.release("us", deposit, provisions=(1, 3)))
    assert released(judged(case, deposit, 1, 3))[0] is Released.BY_AUTHOR
    case.admit(case.act(Withdrawal, "us", deposit=deposit.digest, release=release.digest))
    assert released(judged(case, deposit, 1, 3))[0] is Released.NOT_RELEASED
    consents(case, deposit, "ru", "us")
    assert released(judged(case, deposit, 1, 3))[0] is Released.BY_CONSENT


def test_by_its_recipient_because_the_terms_allow_it() -> None:
    case, deposit = received(terms="public")
    consents(case, deposit, "ru")
    found = judged(case, deposit, 1, 3)
    assert released(found) == (Released.BY_RECIPIENT, ("ru",), ())
    assert found.release is not None
    assert not found.release.under_reserve


def test_by_its_recipient_under_reserve() -> None:
    case, deposit = received("under_reserve", terms="confidential")
    consents(case, deposit, "ru")
    found = judged(case, deposit, 1, 3)
    assert released(found)[:2] == (Released.BY_RECIPIENT, ("ru",))
    assert found.release is not None
    assert found.release.under_reserve
    assert found.papers[0].delivery[0].under_reserve


def test_a_release_under_reserve_without_the_receipt_that_reserved_is_no_release() -> None:
    case, deposit = received("under_reserve", terms="confidential")
    consents(case, deposit, "ru")
    file = case.excerpt(deposit, 1, 3)
    kept = tuple(item for item in file.items if item.act is None or item.act.kind != "receipt")
    found = verify(dataclasses.replace(file, items=kept).encode(), case.trust())
    assert released(found)[0] is Released.NOT_RELEASED


def test_one_sided_marked_so_by_its_own_signer() -> None:
    case, deposit = received(terms="confidential")
    consents(case, deposit, "ru", one_sided=True)
    found = judged(case, deposit, 1, 3)
    assert released(found)[:2] == (Released.ONE_SIDED, ("ru",))
    assert (found.result, text(found)) == (Result.PROVEN, "genuine")


def test_a_one_sided_release_is_nobodys_consent() -> None:
    case, deposit = received()
    consents(case, deposit, "us")
    consents(case, deposit, "ru", one_sided=True)
    assert released(judged(case, deposit, 1, 3))[0] is Released.BY_AUTHOR


def test_the_whole_paper_may_come_with_its_manifest() -> None:
    case, deposit = received(terms="public")
    consents(case, deposit, "us", provisions=None)
    for numbers in ((0, 1, 2, 3), (1, 2, 3)):
        found = judged(case, deposit, *numbers)
        assert (released(found)[0], text(found)) == (Released.BY_AUTHOR, "genuine")
        assert found.text is not None
        assert (found.text.manifest is not None) is (0 in numbers)
    assert released(judged(case, deposit, 1, 2))[0] is Released.NOT_RELEASED


def test_all_provisions_named_one_by_one_are_the_whole_paper() -> None:
    """Terms that let single provisions be shown, and not the whole, are not got round by counting."""
    terms = Terms(
        audience=(),
        author_free=False,
        embargo=None,
        force="asked",
        publication=Publication(excerpts=FREE, full=NONE),
    )
    case, deposit = received(terms=terms)
    consents(case, deposit, "ru", provisions=(1, 2, 3))
    consents(case, deposit, "ru", provisions=(1, 2))
    found = judged(case, deposit, 1, 2, 3)
    assert (released(found)[0], text(found)) == (Released.NOT_RELEASED, "withheld")
    assert released(judged(case, deposit, 1, 2))[0] is Released.BY_RECIPIENT


def test_an_agreement_for_a_named_audience_says_so_before_anything_else() -> None:
    case, deposit = received()
    consents(case, deposit, "us", "ru", audience=Audience(parties=("fr",), public=False))
    found = judged(case, deposit, 1, 3)
    line = "NOT FOR THE PUBLIC: it may be shown to Party fr and to nobody else."
    assert found.release is not None
    naming, clocks = "Party {}".format, clocks_of(found)
    assert release_lines(found.release, naming, clocks)[1] == line
    assert alarm_lines(found, naming, clocks) == [line]
    consents(case, deposit, "us", "ru")
    found = judged(case, deposit, 1, 3)
    assert alarm_lines(found, naming, clocks) == []


def test_what_one_side_shows_to_all_is_not_hidden_by_consent_for_few() -> None:
    case, deposit = received()
    consents(case, deposit, "us", "ru", audience=Audience(parties=("fr",), public=False))
    consents(case, deposit, "ru", one_sided=True)
    assert released(judged(case, deposit, 1, 3))[0] is Released.ONE_SIDED


def test_an_embargo_and_a_releases_own_day_are_told() -> None:
    base = preset("essence", parties=("ru", "us"))
    day = Time.from_text("2022-03-01T00:00:00.000Z")
    later = Time.from_text("2022-04-01T00:00:00.000Z")
    terms = Terms(audience=(), author_free=True, embargo=day, force="asked", publication=base.publication)
    case, deposit = received(terms=terms)
    consents(case, deposit, "us", "ru")
    found = judged(case, deposit, 1, 3)
    assert found.release is not None
    assert found.release.since == day
    consents(case, deposit, "us", "ru", provisions=(1,), not_before=later)
    narrow = judged(case, deposit, 1)
    assert narrow.release is not None
    assert narrow.release.since == later


def test_an_embargo_does_not_bind_who_reserved() -> None:
    base = preset("confidential", parties=("ru", "us"))
    terms = Terms(
        audience=(),
        author_free=False,
        embargo=Time.from_text("2022-03-01T00:00:00.000Z"),
        force="asked",
        publication=base.publication,
    )
    case, deposit = received("under_reserve", terms=terms)
    consents(case, deposit, "ru")
    found = judged(case, deposit, 1, 3)
    assert found.release is not None
    assert found.release.since is None


def test_the_public_audience_is_named_before_a_narrow_one() -> None:
    case, deposit = received()
    few = Audience(parties=("fr",), public=False)
    consents(case, deposit, "us", "ru", audience=few)
    found = judged(case, deposit, 1, 3)
    assert found.release is not None
    assert found.release.audience == few
    consents(case, deposit, "us", "ru")
    wide = judged(case, deposit, 1, 3)
    assert wide.release is not None
    assert wide.release.audience is not None
    assert wide.release.audience.public


# --- delivery ---------------------------------------------------------------------------------------------------


def words(found: Verdict) -> list[tuple[Delivery, str]]:
    return [(item.word, item.party) for item in found.papers[0].delivery]


def test_deposited_is_not_delivered() -> None:
    case = two_states()
    deposit = case.paper("us", "ru", terms="public")
    consents(case, deposit, "us")
    found = judged(case, deposit, 1, 3)
    assert words(found) == [(Delivery.NO_RECEIPT, "ru")]
    assert ("delivery", (("party", "ru"),)) in [(item.code, item.details) for item in found.not_shown]


def test_refused_expired_withdrawn() -> None:
    def refuse(case: LoggedCase, deposit: Signed) -> Signed:
        return case.act(Refusal, "ru", deposit=deposit.digest, reason="terms", words=())

    def expire(case: LoggedCase, deposit: Signed) -> Signed:
        case.tick(3700)
        return case.act(Expiry, DEPOSITARY, deposit=deposit.digest, recipients=("ru",))

    def withdraw(case: LoggedCase, deposit: Signed) -> Signed:
        return case.act(Withdrawal, "us", deposit=deposit.digest, release=None)

    for end, word in ((refuse, Delivery.REFUSED), (expire, Delivery.EXPIRED), (withdraw, Delivery.WITHDRAWN)):
        case = two_states()
        deposit = case.paper("us", "ru")
        ended = case.admit(end(case, deposit))
        found = verify(case.of_paper(deposit).encode(), case.trust())
        assert words(found) == [(word, "ru")]
        assert found.papers[0].delivery[0].act == ended.digest


def test_made_available_is_not_received() -> None:
    case = two_states()
    deposit = case.paper("us", "ru", opening=Opening(kind="at_once", round=None, time=None))
    handover = case.admit(case.handover("ru", deposit))
    found = judged(case, deposit, 1)
    assert words(found) == [(Delivery.MADE_AVAILABLE, "ru")]
    assert found.papers[0].delivery[0].act == handover.digest
    case.admit(case.receipt("ru", deposit))
    assert words(judged(case, deposit, 1)) == [(Delivery.DELIVERED, "ru")]


def test_a_replaced_paper_says_by_which() -> None:
    case, deposit = received()
    newer = case.paper("us", "ru", replaces=deposit.digest)
    for found in (judged(case, deposit, 1), verify(case.of_paper(deposit).encode(), case.trust())):
        assert words(found) == [(Delivery.DELIVERED, "ru"), (Delivery.REPLACED, "us")]
        assert found.papers[0].delivery[1].act == newer.digest


# --- what may stand in an excerpt --------------------------------------------------------------------------------


def test_an_excerpt_shows_no_act_of_another_paper() -> None:
    case, deposit = received()
    consents(case, deposit, "us", "ru")
    other = case.paper("us", "ru")
    file = case.excerpt(deposit, 1, 3)
    items = sorted((*file.items, case.logged(other).item()), key=lambda item: item.proof.index)
    mixed = dataclasses.replace(file, items=tuple(items))
    with pytest.raises(Malformed, match=r"evidence\.excerpt-acts"):
        verify(mixed.encode(), case.trust())


def test_an_excerpt_shows_the_needed_acts_only() -> None:
    case, deposit = received()
    case.admit(case.handover("ru", deposit))
    case.admit(case.confirmation("ru", deposit))
    consents(case, deposit, "us", "ru")
    kinds = [item.act.kind for item in case.excerpt(deposit, 1, 3).items if item.act]
    assert kinds.count("release") == 2
    assert not {"handover", "confirmation", "convene", "join"} & set(kinds)


def test_an_excerpt_without_its_deposit() -> None:
    case, deposit = received()
    file = case.excerpt(deposit, 1)
    kept = tuple(item for item in file.items if not isinstance(item.act, Deposit))
    with pytest.raises(Malformed, match=r"evidence\.excerpt-acts"):
        verify(dataclasses.replace(file, items=kept).encode(), case.trust())


def test_a_release_that_the_rules_refuse_is_refused_here_too() -> None:
    case, deposit = received(terms="confidential")
    release = case.release("ru", deposit, provisions=(1, 3))
    link = case.link(case.negotiation, "ru")
    assert link is not None
    case._enter(release, link)
    with pytest.raises(Invalid, match=r"release\.terms"):
        judged(case, deposit, 1, 3)
