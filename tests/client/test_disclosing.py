"""Which provisions go out together, by whose leave, and that what goes out proves itself and shows nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.act import Release, Words
from parley.answers import Released
from parley.canonical import Time
from parley.client import Delegation
from parley.client.disclosing import choose, numbers_of
from parley.document import Language
from parley.errors import Malformed, Refused
from parley.evidence import parse
from parley.policy import Trust
from parley.record.page import Compared, compare, render
from parley.terms import Publication, PublicationRule, Terms, preset
from parley.verdict import Result, Verdict, verify
from tests.client.places import DAY, Office, draft_file, trust_each_other, two
from tests.test_document import document, provision

TEXT = """# Draft

## Article 1

Areas are land areas.

## Article 2

The Parties shall:

1. refrain from measures;
2. inform each other.

## Article 3

The Parties shall consult.
"""


def delivered(office: Office, folder: Path, **options: object) -> tuple[Delegation, Delegation]:
    """A paper of us with six provisions, signed for by ru; 5 must be read with 2 and 3."""
    ru, us = two(office, folder)
    said = {"role": "proposal", "terms": "essence", **options}
    taken = said.pop("taken", "accepted")
    us.send(us.prepare(draft_file(folder, TEXT), to=["ru"], **said))  # type: ignore[arg-type]
    ru.receive("US-1", terms=taken)  # type: ignore[arg-type]
    us.sync()
    return ru, us


def checked(delegation: Delegation, data: bytes) -> Verdict:
    return verify(data, Trust.parse(delegation.trust_file()))


def refused(call: object, code: str) -> Refused:
    with pytest.raises(Refused) as caught:
        call()  # type: ignore[operator]
    assert caught.value.code == code
    return caught.value


# --- which provisions -------------------------------------------------------------------------------------------


def test_companions_come_along_with_their_reason(office: Office, tmp_path: Path) -> None:
    _, us = delivered(office, tmp_path)
    selection = us.select("US-1", "5")
    assert selection.numbers == (2, 3, 5)
    assert [(each.number, each.why, each.of) for each in selection.chosen] == [
        (2, "required", 5),
        (3, "required", 5),
        (5, "asked", None),
    ]
    assert selection.chosen[1].begins == "The Parties shall:"
    assert us.select("US-1", "Article 3, #1").numbers == (1, 6)
    assert us.select("US-1", None).numbers is None


@pytest.mark.parametrize("text", ["9", "Article 9", "0", "3-1", "", ",", "--"])
def test_what_names_nothing_is_refused(office: Office, tmp_path: Path, text: str) -> None:
    _, us = delivered(office, tmp_path)
    with pytest.raises(Malformed):
        us.select("US-1", text)


def test_language_versions_are_shown_in_step() -> None:
    both = document(
        provision(1, "art_1"),
        provision(2, "art_2"),
        provision(3, "art_1", language="fr", label="Premier article"),
        provision(4, "art_2", language="fr", label="Article deux", requires=(3,)),
        languages=(
            Language(language="en", status="authentic", first=1, last=2),
            Language(language="fr", status="authentic", first=3, last=4),
        ),
    )
    selection = choose("US-1", both, "2")
    assert selection.numbers == (1, 2, 3, 4)
    assert {each.number: (each.why, each.of) for each in selection.chosen} == {
        1: ("counterpart", 3),
        2: ("asked", None),
        3: ("required", 4),
        4: ("counterpart", 2),
    }
    assert choose("US-1", both, "1").numbers == (1, 3)


@given(st.sets(st.integers(1, 99_999), min_size=1, max_size=20))
def test_numbers_are_read_in_any_writing(numbers: set[int]) -> None:
    wanted = tuple(sorted(numbers))
    assert numbers_of(", ".join(f"#{number}" for number in numbers)) == wanted
    assert numbers_of(" ".join(f"{number}-{number}" for number in numbers)) == wanted


def test_a_party_that_may_agree_and_not_read_names_numbers_and_sees_no_words(office: Office, tmp_path: Path) -> None:
    names = {"us": "United States", "ru": "Russian Federation", "fr": "France"}
    us, ru, fr = all_ = [office.party(tmp_path, party, name) for party, name in names.items()]
    trust_each_other(*all_)
    us.convene("Security guarantees", ["ru", "fr"])
    plain = preset("essence", parties=("us", "fr"))
    terms = Terms(audience=(), author_free=False, embargo=None, force="asked", publication=plain.publication)
    us.send(us.prepare(draft_file(tmp_path, TEXT), to=["ru"], role="proposal", terms=terms))
    ru.receive("US-1", terms="accepted")
    fr.sync()
    fr.join(us.negotiation().handle)
    selection = fr.select("US-1", "2,3,5")
    assert (selection.numbers, selection.chosen, selection.total) == ((2, 3, 5), (), None)
    refused(lambda: fr.select("US-1", "Article 3"), "paper.not-a-recipient")
    assert fr.leave("US-1", provisions=[2, 3, 5]).allowed
    fr.release("US-1", provisions=[2, 3, 5])
    refused(lambda: fr.excerpt("US-1", provisions=[2, 3, 5]), "paper.not-a-recipient")
    us.sync()
    assert us.leave("US-1", provisions=[2, 3, 5]).ours_suffices
    us.release("US-1", provisions=[2, 3, 5])
    verdict = checked(us, us.excerpt("US-1", provisions=[2, 3, 5]))
    assert verdict.release is not None
    assert (verdict.result, verdict.release.parties) == (Result.PROVEN, ("fr", "us"))


# --- by whose leave ---------------------------------------------------------------------------------------------


def test_an_excerpt_by_consent(office: Office, tmp_path: Path) -> None:
    ru, us = delivered(office, tmp_path)
    leave = ru.leave("US-1", provisions=[2, 3, 5])
    assert (leave.word, leave.missing, leave.alone) == (Released.NOT_RELEASED, ("ru", "us"), ("us",))
    assert (leave.allowed, leave.ours_suffices) == (True, False)
    refused(lambda: ru.excerpt("US-1", provisions=[2, 3, 5]), "excerpt.not-released")
    ru.release("US-1", provisions=[2, 3, 5])
    assert ru.leave("US-1", provisions=[2, 3, 5]).missing == ("us",)
    refused(lambda: ru.excerpt("US-1", provisions=[2, 3, 5]), "excerpt.not-released")
    us.release("US-1", provisions=[2, 3, 5])
    ru.sync()
    for side in (ru, us):
        verdict = checked(side, side.excerpt("US-1", provisions=[2, 3, 5]))
        assert verdict.text is not None
        assert verdict.release is not None
        assert (verdict.result, verdict.text.word) == (Result.PROVEN, "genuine")
        assert verdict.release.word is Released.BY_CONSENT
        assert [leaf.number for leaf in verdict.text.provisions] == [2, 3, 5]
        assert verdict.text.manifest is None


def test_one_more_or_one_fewer_is_another_set(office: Office, tmp_path: Path) -> None:
    _, us = delivered(office, tmp_path)
    us.release("US-1", provisions=[1, 6])
    refused(lambda: us.excerpt("US-1", provisions=[1]), "excerpt.not-released")
    refused(lambda: us.excerpt("US-1", provisions=[1, 6], audience=["ru"]), "excerpt.not-released")


def test_a_companion_is_never_left_out_in_silence(office: Office, tmp_path: Path) -> None:
    """Not even where the releases themselves leave it out, as another program could have signed them."""
    _, us = delivered(office, tmp_path)
    us.release("US-1", provisions=[5])
    refused(lambda: us.excerpt("US-1", provisions=[5]), "excerpt.companion")


def test_an_excerpt_waits_for_the_embargo_and_for_not_before(office: Office, tmp_path: Path) -> None:
    now = office.clock()
    plain = preset("essence", parties=("us", "ru"))
    terms = Terms(audience=(), author_free=True, embargo=Time(now + DAY), force="asked", publication=plain.publication)
    _, us = delivered(office, tmp_path, terms=terms)
    us.release("US-1", provisions=[1])
    us.release("US-1", provisions=[6], not_before=Time(now + 2 * DAY))
    found = refused(lambda: us.excerpt("US-1", provisions=[1]), "excerpt.not-before")
    assert found.details["time"] == Time(now + DAY).to_text()
    office.clock.pass_(DAY)
    assert checked(us, us.excerpt("US-1", provisions=[1])).result is Result.PROVEN
    refused(lambda: us.excerpt("US-1", provisions=[6]), "excerpt.not-before")
    office.clock.pass_(DAY)
    assert checked(us, us.excerpt("US-1", provisions=[6])).result is Result.PROVEN


def test_an_agreement_that_ran_out_unmatched_carries_nothing(office: Office, tmp_path: Path) -> None:
    ru, us = delivered(office, tmp_path)
    until = Time(office.clock() + DAY)
    us.release("US-1", provisions=[1], until=until)
    for side in (ru, us):
        side.sync()
        side.release("US-1", provisions=[6], until=until)
    us.excerpt("US-1", provisions=[1])
    office.clock.pass_(DAY + 1)
    found = refused(lambda: us.excerpt("US-1", provisions=[1]), "excerpt.lapsed")
    assert found.details["until"] == until.to_text()
    verdict = checked(us, us.excerpt("US-1", provisions=[6]))  # complete in time: it stands
    assert verdict.release is not None
    assert verdict.release.word is Released.BY_CONSENT


def test_what_was_taken_back_carries_nothing(office: Office, tmp_path: Path) -> None:
    _, us = delivered(office, tmp_path)
    entered = us.release("US-1", provisions=[1])
    us.excerpt("US-1", provisions=[1])
    us.withdraw_release("US-1", entered.digest[:8])
    refused(lambda: us.excerpt("US-1", provisions=[1]), "excerpt.not-released")


def test_taken_back_at_the_other_side_is_read_before_anything_is_cut(office: Office, tmp_path: Path) -> None:
    free = PublicationRule(mode="free", parties=())
    terms = Terms(
        audience=(), author_free=True, embargo=None, force="asked", publication=Publication(excerpts=free, full=free)
    )
    ru, us = delivered(office, tmp_path, terms=terms)
    entered = us.release("US-1", provisions=[1])
    ru.sync()
    us.withdraw_release("US-1", entered.digest[:8])
    refused(lambda: ru.excerpt("US-1", provisions=[1]), "excerpt.not-released")


def test_one_sided_goes_out_only_where_it_is_asked_for(office: Office, tmp_path: Path) -> None:
    ru, _ = delivered(office, tmp_path, terms="confidential")
    leave = ru.leave("US-1", provisions=[1])
    assert (leave.allowed, leave.alone, leave.mode) == (False, (), "none")
    ru.release("US-1", provisions=[1], one_sided=True)
    refused(lambda: ru.excerpt("US-1", provisions=[1]), "excerpt.one-sided")
    page = render(ru.excerpt("US-1", provisions=[1], one_sided=True), "en")
    assert page.index(b"ONE-SIDED, marked so by its own signer") < page.index(b"<h1>")


def test_all_provisions_one_by_one_need_what_the_whole_needs(office: Office, tmp_path: Path) -> None:
    rule = PublicationRule(mode="none", parties=())
    free = PublicationRule(mode="free", parties=())
    terms = Terms(
        audience=(), author_free=False, embargo=None, force="asked", publication=Publication(excerpts=free, full=rule)
    )
    ru, _ = delivered(office, tmp_path, terms=terms)
    total = ru.select("US-1", None).total
    assert total is not None
    every = list(range(1, total + 1))
    assert not ru.leave("US-1", provisions=every, total=total).allowed
    ru.release("US-1", provisions=every)  # the depositary, which cannot count them, enters it
    refused(lambda: ru.excerpt("US-1", provisions=every), "excerpt.not-released")
    assert ru.publishable().papers[0].excerpts == ()
    ru.release("US-1", provisions=every[:1])
    assert checked(ru, ru.excerpt("US-1", provisions=every[:1])).release is not None


@pytest.mark.parametrize(("taken", "alone"), [("accepted", ("us",)), ("under_reserve", ("us", "ru"))])
def test_under_reserve_its_recipient_may_show_it(
    office: Office, tmp_path: Path, taken: str, alone: tuple[str, ...]
) -> None:
    ru, _ = delivered(office, tmp_path, taken=taken)
    leave = ru.leave("US-1", provisions=[1])
    assert leave.alone == alone
    assert leave.ours_suffices is ("ru" in alone)


# --- what goes out ----------------------------------------------------------------------------------------------


def test_the_file_holds_the_acts_it_needs_and_no_others(office: Office, tmp_path: Path) -> None:
    ru, us = delivered(office, tmp_path)
    us.statement("describes", "US-1", [Words(language="en", text="It is short.")])
    taken_back = us.release("US-1", provisions=[6])
    us.withdraw_release("US-1", taken_back.digest[:8])
    us.release("US-1", provisions=[2, 3, 4], audience=["ru"])
    us.release("US-1", provisions=[1])
    data = us.excerpt("US-1", provisions=[1])
    acts = [item.act for item in parse(data).items if item.act is not None]
    assert sorted(act.kind for act in acts if act.negotiation is not None) == ["deposit", "receipt", "release"]
    assert b"It is short" not in data
    assert ru.sync() > 0


def test_the_whole_paper_goes_out_with_its_title(office: Office, tmp_path: Path) -> None:
    ru, us = delivered(office, tmp_path, terms="public")
    ru.release("US-1")
    us.sync()
    data = us.excerpt("US-1")
    verdict = checked(us, data)
    assert verdict.text is not None
    assert verdict.text.manifest is not None
    assert (verdict.text.manifest.title, verdict.text.omitted) == ("Draft", ())
    assert compare(render(data, "fr")) is Compared.SAME


def test_nothing_is_cut_from_a_file_taken_in_whole(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"%PDF-" + bytes(1000))
    us.send(us.prepare(scan, to=["ru"], role="note", terms="public"))
    us.release("US-1", provisions=[1])
    refused(lambda: us.excerpt("US-1", provisions=[1]), "excerpt.whole-file")
    assert ru.sync() > 0


def test_a_home_keeps_nothing_readable_of_what_it_cut(office: Office, tmp_path: Path) -> None:
    _, us = delivered(office, tmp_path)
    us.release("US-1", provisions=[1])
    us.excerpt("US-1", provisions=[1])
    for file in (tmp_path / "us").rglob("*"):
        assert not file.is_file() or b"land areas" not in file.read_bytes(), file


# --- context ----------------------------------------------------------------------------------------------------


def test_a_context_names_what_it_answers_and_shows_nothing_of_it(office: Office, tmp_path: Path) -> None:
    ru, us = delivered(office, tmp_path, taken="under_reserve")
    refused(lambda: ru.answered_by("US-1"), "context.nothing")
    us.release("US-1", provisions=[1])
    ru.sync()
    answered = ru.answered_by("US-1")
    assert (answered.party, answered.provisions, answered.audience) == ("us", (1,), ())
    ru.release("US-1", provisions=[6])
    data = ru.excerpt("US-1", provisions=[6], answered=answered)
    verdict = checked(ru, data)
    assert verdict.release is not None
    assert (verdict.result, verdict.release.word) == (Result.PROVEN, Released.BY_RECIPIENT)
    released = [act.act.provisions for act in verdict.acts if isinstance(act.act, Release)]
    assert released == [(1,), (6,)]
    page = render(data, "en").decode("utf-8")
    assert "which the United States agreed to show: provision 1" in page
    assert "land areas" not in page
    assert b"Context from a paper" in render(data, "en")
    assert b"Context from a paper" not in render(ru.excerpt("US-1", provisions=[6]), "en")


def test_which_of_several_a_context_answers_must_be_said(office: Office, tmp_path: Path) -> None:
    ru, us = delivered(office, tmp_path)
    first = us.release("US-1", provisions=[1])
    second = us.release("US-1", provisions=[6])
    ru.sync()
    found = refused(lambda: ru.answered_by("US-1"), "context.which")
    assert found.details["candidates"] == f"{first.digest[:8]}, {second.digest[:8]}"
    assert ru.answered_by("US-1", second.digest[:8]).provisions == (6,)
    refused(lambda: ru.answered_by("US-1", "00000000"), "context.no-such")
    refused(lambda: us.answered_by("US-1"), "context.nothing")
