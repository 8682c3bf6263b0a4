"""Reading a record's evidence: each file is what the list says, and what is not public or not due is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from parley.act import Audience, Withdrawal
from parley.answers import ReleaseAnswer, Released
from parley.canonical import Time
from parley.crypto import Digest
from parley.errors import Invalid, Malformed, ParleyError
from parley.record.inputs import Inputs, PaperInput
from parley.record.papers import PUBLIC, Agreed, read
from parley.record.site import build
from parley.statement import Signed
from parley.terms import Publication, PublicationRule, Terms, preset
from parley.verdict import verify
from tests.evidence_build import LoggedCase, two_states
from tests.record.excerpts import unreleased
from tests.record.records import about, cut, of_one, received, whole

WHOLE = whole()


def fails(inputs: Inputs) -> ParleyError:
    with pytest.raises((Malformed, Invalid)) as caught:
        read(inputs)
    return caught.value


def changed(**members: object) -> Inputs:
    """The whole record with the first paper changed."""
    return replace(WHOLE, papers=(replace(WHOLE.papers[0], **members), WHOLE.papers[1]))  # type: ignore[arg-type]


def one_paper(terms: str = "public") -> tuple[LoggedCase, Signed]:
    case = two_states()
    return case, received(case, "us", "ru", terms=terms)


def agreed(case: LoggedCase, deposit: Signed, *, later: int = 0) -> tuple[Agreed, ...]:
    inputs = of_one(case, deposit, as_of=Time(case.now + later))
    return read(inputs).papers[0].agreed


# --- what is refused --------------------------------------------------------------------------------------------


def test_papers_come_in_the_order_of_the_register_whatever_the_order_of_the_list() -> None:
    found = read(replace(WHOLE, papers=WHOLE.papers[::-1]))
    assert [paper.reference for paper in found.papers] == ["US-1", "RU-1"]
    assert found.parties == ("ru", "us")
    assert found.zones == ("Europe/Vienna", "Europe/Vienna")
    assert found.reference_of(WHOLE.papers[1].digest) == "RU-1"
    assert found.reference_of(Digest(bytes(32))) is None


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"evidence": WHOLE.papers[1].evidence}, "site.other-evidence"),
        ({"evidence": WHOLE.papers[0].excerpts[0]}, "site.other-evidence"),
        ({"digest": WHOLE.papers[1].digest}, "site.other-evidence"),
        ({"reference": "RU-7"}, "site.other-evidence"),
        ({"excerpts": (WHOLE.papers[0].evidence,)}, "site.other-evidence"),
        ({"excerpts": (unreleased(2),)}, "site.other-evidence"),
        ({"evidence": b"{}\n"}, "site.evidence"),
        ({"evidence": WHOLE.papers[0].evidence.replace(b'"kind":"act"', b'"kind":"fork"')}, "site.evidence"),
        ({"excerpts": (b"",)}, "site.evidence"),
    ],
)
def test_evidence_of_something_else_is_refused(members: dict[str, object], code: str) -> None:
    error = fails(changed(**members))
    assert error.code == code
    assert str(error.details["file"]).startswith("evidence/")


def test_an_excerpt_that_was_not_released_is_refused() -> None:
    case, deposit = one_paper("essence")
    case.admit(case.release("ru", deposit, provisions=(1,)))
    assert fails(of_one(case, deposit, cut(case, deposit, 1))).code == "site.not-public"


def test_an_excerpt_for_named_parties_is_refused() -> None:
    case, deposit = one_paper()
    case.admit(case.release("us", deposit, provisions=(1,), audience=Audience(parties=("ru",), public=False)))
    assert fails(of_one(case, deposit, cut(case, deposit, 1))).code == "site.not-public"


def test_a_release_to_named_parties_does_not_stand_in_a_record() -> None:
    case, deposit = one_paper()
    case.admit(case.release("us", deposit, provisions=(1,), audience=Audience(parties=("ru",), public=False)))
    shown = [act for act in case.acts if getattr(act.act, "deposit", deposit.digest) == deposit.digest]
    inputs = of_one(case, deposit)
    paper = replace(inputs.papers[0], evidence=case.of_acts(*shown[7:]).encode())
    assert fails(replace(inputs, papers=(paper,))).code in ("site.not-public", "site.other-evidence")


def test_an_excerpt_before_its_time_is_refused_and_after_it_is_not() -> None:
    case, deposit = one_paper()
    due = Time(case.now + 100_000)
    case.admit(case.release("us", deposit, provisions=(1,), not_before=due))
    inputs = of_one(case, deposit, cut(case, deposit, 1))
    assert fails(inputs).code == "site.not-public"
    assert len(read(replace(inputs, as_of=due)).papers[0].excerpts) == 1


def test_an_excerpt_that_fails_is_refused() -> None:
    case, deposit = one_paper()
    case.admit(case.release("us", deposit, provisions=(1,)))
    other = case.paper("us", "ru", terms="public")
    forged = cut(case, deposit, 1)
    case.commitments[deposit.digest] = case.commitments[other.digest]
    assert fails(of_one(case, deposit, cut(case, deposit, 1))).code == "site.not-public"
    assert read(of_one(case, deposit, forged)).papers[0].excerpts[0].numbers == (1,)


def test_evidence_from_several_states_of_the_register_is_told_of() -> None:
    case, first = one_paper()
    early = PaperInput(reference="US-1", digest=first.digest, evidence=about(case, first))
    second = received(case, "ru", "us", terms="public")
    later = of_one(case, second, reference="RU-1")
    inputs = replace(later, papers=(early, *later.papers))
    assert read(later).one_tree
    assert not read(inputs).one_tree
    line = "they are proven from several states of it"
    assert line in build(inputs)["index.html"].decode()
    assert line not in build(later)["index.html"].decode()


def test_two_files_proven_in_two_registers_of_one_size_make_no_record() -> None:
    case, first = one_paper()
    other = two_states()
    second = received(other, "ru", "us", terms="public")
    assert case.of_paper(first).items[-1].proof.note != other.of_paper(second).items[-1].proof.note
    early = PaperInput(reference="US-1", digest=first.digest, evidence=about(case, first))
    later = of_one(other, second, reference="RU-1")
    error = fails(replace(later, papers=(early, *later.papers)))
    assert (error.code, error.details) == ("site.two-roots", {"size": 12})
    assert isinstance(error, Invalid)


def test_acts_about_another_paper_do_not_belong_into_its_file() -> None:
    case, deposit = one_paper()
    other = received(case, "ru", "us")
    both = case.of_acts(*[act for act in case.acts[7:] if act.act.kind != "join"]).encode()
    inputs = of_one(case, deposit)
    paper = replace(inputs.papers[0], evidence=both)
    assert fails(replace(inputs, papers=(paper,))).code == "site.other-evidence"
    assert other.digest != deposit.digest


def test_the_paper_that_replaces_it_may_stand_in_its_file() -> None:
    case = two_states()
    deposit = case.paper("us", "ru")
    newer = case.paper("us", "ru", replaces=deposit.digest)
    evidence = case.of_acts(deposit, newer).encode()
    inputs = of_one(case, deposit)
    found = read(replace(inputs, papers=(replace(inputs.papers[0], evidence=evidence),)))
    assert [answer.word.value for answer in found.papers[0].shown.delivery] == ["no receipt in this file", "replaced"]
    assert [act.act.kind for act in found.papers[0].acts if act.act] == ["deposit"]


def test_two_negotiations_make_no_record() -> None:
    case, deposit = one_paper()
    own = PaperInput(reference="US-1", digest=deposit.digest, evidence=about(case, deposit))
    from parley.crypto import Nonce

    case.negotiation = Nonce(bytes(15) + b"\x02")
    case.convene("us", "ru")
    case.join("ru")
    other = case.paper("ru", "us")
    strange = PaperInput(reference="RU-1", digest=other.digest, evidence=about(case, other))
    assert fails(replace(of_one(case, deposit), papers=(own, strange))).code == "site.several"


# --- what was agreed --------------------------------------------------------------------------------------------


def test_what_is_agreed_and_what_is_missing() -> None:
    case = two_states()
    terms = replace_author(preset("essence", parties=("ru", "us")))
    deposit = received(case, "us", "ru", terms=terms)
    assert agreed(case, deposit) == ()
    case.admit(case.release("ru", deposit, provisions=(1,)))
    (half,) = agreed(case, deposit)
    assert (half.answer.word, half.by, half.answer.missing) == (Released.NOT_RELEASED, ("ru",), ("us",))
    case.admit(case.release("us", deposit, provisions=(1,)))
    (both,) = agreed(case, deposit)
    assert (both.answer.word, both.by) == (Released.BY_CONSENT, ("ru", "us"))


def replace_author(terms: object) -> object:
    """The same terms, by which the author, too, needs the other's agreement."""
    from msgspec.structs import replace as changed_struct

    return changed_struct(terms, author_free=False)  # type: ignore[type-var]


def test_an_agreement_that_ran_out_unmatched_is_none_any_more() -> None:
    case = two_states()
    deposit = received(case, "us", "ru", terms=replace_author(preset("essence", parties=("ru", "us"))))
    until = Time(case.now + 50_000)
    case.admit(case.release("ru", deposit, provisions=(1,), until=until))
    (running,) = agreed(case, deposit)
    assert (running.answer.missing, running.lapses) == (("us",), until)
    (over,) = agreed(case, deposit, later=60_000)
    assert (over.answer.word, over.answer.missing) == (Released.NOT_RELEASED, ("ru", "us"))


def test_what_was_shown_one_sidedly_stays_marked_when_it_was_taken_back() -> None:
    case, deposit = one_paper("essence")
    release = case.admit(case.release("ru", deposit, provisions=(2,), one_sided=True))
    (marked,) = agreed(case, deposit)
    assert (marked.answer.word, marked.by, marked.taken_back) == (Released.ONE_SIDED, ("ru",), None)
    case.tick(5)
    case.admit(case.act(Withdrawal, "ru", deposit=deposit.digest, release=release.digest))
    (back,) = agreed(case, deposit)
    assert (back.answer.word, back.answer.parties, back.by) == (Released.ONE_SIDED, ("ru",), ())
    assert back.taken_back == case.now


FREE, NONE = PublicationRule(mode="free", parties=()), PublicationRule(mode="none", parties=())
PARTS_ONLY = Terms(
    audience=(), author_free=False, embargo=None, force="asked", publication=Publication(excerpts=FREE, full=NONE)
)


def test_all_provisions_named_one_by_one_are_the_whole_paper_in_a_record_too() -> None:
    """The rule for the whole counts as soon as an excerpt shows how many there are, as it does for every excerpt."""
    case = two_states()
    deposit = received(case, "us", "ru", terms=PARTS_ONLY)
    for numbers in ((1, 2, 3), (1, 2)):
        case.admit(case.release("ru", deposit, provisions=numbers))
    assert verify(cut(case, deposit, 1, 2, 3), None).release == ReleaseAnswer(
        word=Released.NOT_RELEASED, audience=PUBLIC
    )
    inputs = of_one(case, deposit, cut(case, deposit, 1, 2))
    every, parts = read(inputs).papers[0].agreed
    assert (every.provisions, every.answer.word, every.by) == ((1, 2, 3), Released.NOT_RELEASED, ("ru",))
    assert (parts.provisions, parts.answer.word) == ((1, 2), Released.BY_RECIPIENT)


def test_what_is_not_known_to_be_the_whole_is_judged_as_the_register_judged_it() -> None:
    case = two_states()
    deposit = received(case, "us", "ru", terms=PARTS_ONLY)
    case.admit(case.release("ru", deposit, provisions=(1, 2, 3)))
    (found,) = agreed(case, deposit)
    assert found.answer.word is Released.BY_RECIPIENT


def test_the_whole_and_all_its_provisions_are_judged_alike() -> None:
    """Either way the whole needs both, and single provisions nobody; one side has agreed, to the one and the other."""
    both = PublicationRule(mode="consent", parties=("ru", "us"))
    terms = Terms(
        audience=(), author_free=False, embargo=None, force="asked", publication=Publication(excerpts=FREE, full=both)
    )
    case = two_states()
    deposit = received(case, "us", "ru", terms=terms)
    case.admit(case.release("us", deposit, provisions=(2,)))
    for numbers in (None, (1, 2, 3)):
        case.admit(case.release("ru", deposit, provisions=numbers))
    inputs = of_one(case, deposit, cut(case, deposit, 2))
    _, whole_paper, one_by_one = read(inputs).papers[0].agreed
    assert (whole_paper.provisions, one_by_one.provisions) == (None, (1, 2, 3))
    assert whole_paper.answer == one_by_one.answer
    assert (one_by_one.answer.word, one_by_one.answer.missing) == (Released.NOT_RELEASED, ("us",))


def test_what_was_agreed_and_taken_back_is_no_agreement() -> None:
    case = two_states()
    deposit = received(case, "us", "ru", terms=replace_author(preset("essence", parties=("ru", "us"))))
    release = case.admit(case.release("ru", deposit, provisions=(2,)))
    case.admit(case.act(Withdrawal, "ru", deposit=deposit.digest, release=release.digest))
    (back,) = agreed(case, deposit)
    assert (back.answer.word, back.by) == (Released.NOT_RELEASED, ())
