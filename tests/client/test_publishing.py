"""What of a negotiation a party may show in public: by its terms, by what was said, and by what was agreed."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from parley.act import Words
from parley.answers import Released
from parley.canonical import Time
from parley.client import Delegation
from parley.client.publishing import PublicPaper, Publishable
from parley.errors import Refused
from parley.evidence import parse
from parley.policy import Trust
from parley.record.inputs import Inputs, PaperInput
from parley.record.site import Compared, build, compare
from parley.verdict import Result, verify
from tests.client.places import DAY, Office, draft_file, trust_each_other, two

TEXT = """# Draft

## Article 1

Areas are land areas.

## Article 2

The Parties shall consult.

## Article 3

No Party may decide alone.
"""


def sent(office: Office, folder: Path, terms: str, **options: object) -> tuple[Delegation, Delegation]:
    """A paper of us, signed for by ru."""
    ru, us = two(office, folder)
    us.send(us.prepare(draft_file(folder, TEXT), to=["ru"], role="proposal", terms=terms))
    ru.receive("US-1", terms="accepted", **options)  # type: ignore[arg-type]
    us.sync()
    return ru, us


def kinds(data: bytes) -> list[str]:
    return [item.act.kind for item in parse(data).items if item.act is not None]


def only(found: Publishable) -> PublicPaper:
    (paper,) = found.papers
    return paper


def record_of(found: Publishable) -> Inputs:
    papers = tuple(
        PaperInput(
            reference=paper.reference,
            digest=paper.digest,
            evidence=paper.evidence,
            excerpts=tuple(each.evidence for each in paper.excerpts),
        )
        for paper in found.papers
    )
    return Inputs(by=found.party, handle=found.handle, as_of=found.as_of, papers=papers, trust=found.trust.encode())


def nothing(delegation: Delegation) -> None:
    with pytest.raises(Refused) as caught:
        delegation.publishable()
    assert caught.value.code == "record.nothing"


# --- which papers -----------------------------------------------------------------------------------------------


def test_a_confidential_paper_is_not_named_until_somebody_speaks_of_it(office: Office, tmp_path: Path) -> None:
    ru, us = sent(office, tmp_path, "confidential")
    nothing(us)
    nothing(ru)
    ru.statement("acknowledges", "US-1", (Words(language="en", text="We have it."),))
    paper = only(us.publishable())
    assert (paper.reference, paper.excerpts, paper.withheld) == ("US-1", (), ())
    assert "statement" in kinds(paper.evidence)


@pytest.mark.parametrize("terms", ["essence", "public"])
def test_a_paper_whose_terms_let_both_speak_of_it_is_named(office: Office, tmp_path: Path, terms: str) -> None:
    ru, us = sent(office, tmp_path, terms)
    for delegation in (ru, us):
        paper = only(delegation.publishable())
        assert kinds(paper.evidence).count("receipt") == 1
        assert paper.excerpts == ()


def test_a_paper_of_others_is_named_only_when_they_spoke_of_it(office: Office, tmp_path: Path) -> None:
    names = {"us": "United States", "ru": "Russian Federation", "fr": "France"}
    us, ru, fr = all_ = [office.party(tmp_path, party, name) for party, name in names.items()]
    trust_each_other(*all_)
    us.convene("Security guarantees", ["ru", "fr"])
    for each in (ru, fr):
        each.sync()
        each.join(us.negotiation().handle)
    us.sync()
    us.send(us.prepare(draft_file(tmp_path, TEXT), to=["ru"], role="proposal", terms="essence"))
    nothing(fr)
    ru.receive("US-1", terms="accepted")
    us.statement("describes", "US-1", (Words(language="en", text="It is about consulting."),))
    assert only(fr.publishable()).excerpts == ()


# --- which acts -------------------------------------------------------------------------------------------------


def test_what_was_agreed_with_named_parties_stays_between_them(office: Office, tmp_path: Path) -> None:
    ru, us = sent(office, tmp_path, "essence")
    us.release("US-1", provisions=[1], audience=["ru"])
    paper = only(us.publishable())
    assert "release" not in kinds(paper.evidence)
    assert paper.excerpts == ()
    assert only(ru.publishable()).excerpts == ()


def test_what_was_agreed_and_taken_back_is_not_told(office: Office, tmp_path: Path) -> None:
    ru, us = sent(office, tmp_path, "essence")
    ru.release("US-1", provisions=[2])
    digest = ru.show("US-1").releases[0].digest
    assert "release" in kinds(only(us.publishable()).evidence)
    ru.withdraw_release("US-1", digest)
    found = kinds(only(us.publishable()).evidence)
    assert "release" not in found
    assert "withdrawal" not in found


def test_what_was_shown_one_sidedly_and_taken_back_is_told(office: Office, tmp_path: Path) -> None:
    ru, us = sent(office, tmp_path, "essence")
    ru.release("US-1", provisions=[2], one_sided=True)
    ru.withdraw_release("US-1", ru.show("US-1").releases[0].digest)
    paper = only(us.publishable())
    assert {"release", "withdrawal"} <= set(kinds(paper.evidence))
    assert (paper.excerpts, paper.withheld) == ((), ())
    page = build(record_of(us.publishable()))["us-1.html"].decode()
    assert "ONE-SIDED:" in page
    assert "Taken back" in page


# --- which words ------------------------------------------------------------------------------------------------


def test_words_go_out_by_consent_and_prove_themselves(office: Office, tmp_path: Path) -> None:
    ru, us = sent(office, tmp_path, "essence")
    ru.release("US-1", provisions=[2, 3])
    assert only(ru.publishable()).excerpts == ()
    us.release("US-1", provisions=[2, 3])
    for delegation in (us, ru):
        found = delegation.publishable()
        (excerpt,) = only(found).excerpts
        assert excerpt.provisions == (2, 3)
        verdict = verify(excerpt.evidence, Trust.parse(found.trust))
        assert verdict.result is Result.PROVEN
        assert verdict.release is not None
        assert verdict.release.word is Released.BY_CONSENT


def test_nothing_else_of_the_paper_stands_in_any_file(office: Office, tmp_path: Path) -> None:
    _, us = sent(office, tmp_path, "essence")
    us.release("US-1", provisions=[3])
    files = build(record_of(us.publishable()))
    assert not [name for name, data in files.items() if _stands_in("The Parties shall consult.", data)]
    shown = {name for name, data in files.items() if _stands_in("No Party may decide alone.", data)}
    assert {"us-1.html", "us-1-excerpt-1.html", "evidence/us-1-excerpt-1.evidence"} <= shown


def _stands_in(words: str, data: bytes) -> bool:
    """Whether words stand in a file as they are, or within base64 at any of its three places."""
    plain = words.encode()
    return plain in data or any(base64.b64encode(b"." * part + plain)[4:-8] in data for part in range(3))


def test_words_released_against_the_terms_are_repeated_only_when_told_to(office: Office, tmp_path: Path) -> None:
    ru, us = sent(office, tmp_path, "essence")
    ru.release("US-1", provisions=[2], one_sided=True)
    paper = only(us.publishable())
    assert (paper.excerpts, paper.withheld) == ((), ((2,),))
    paper = only(us.publishable(one_sided=True))
    assert ([each.provisions for each in paper.excerpts], paper.withheld) == ([(2,)], ())


def test_words_wait_until_they_are_due(office: Office, tmp_path: Path) -> None:
    _, us = sent(office, tmp_path, "public")
    us.release("US-1", provisions=[2], not_before=Time(office.clock() + DAY))
    assert only(us.publishable()).excerpts == ()
    office.pass_(2 * DAY)
    assert len(only(us.publishable()).excerpts) == 1


def test_the_other_sides_words_stand_beside_as_context(office: Office, tmp_path: Path) -> None:
    ru, us = sent(office, tmp_path, "public")
    us.release("US-1", provisions=[2])
    us.release("US-1", provisions=[3])
    ru.release("US-1", provisions=[1])
    paper = only(us.publishable())
    releases = [[item.act.provisions for item in parse(each.evidence).items if item.act and item.act.kind == "release"]  # type: ignore[attr-defined]
                for each in paper.excerpts]  # fmt: skip
    assert releases == [[(2,)], [(3,)], [(2,), (1,)]]
    assert "Context, excerpt 3: provision 1" in build(record_of(us.publishable()))["us-1.html"].decode()


def test_a_file_taken_in_whole_has_a_page_and_no_words(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"%PDF-1.4 not really")
    us.send(us.prepare(scan, to=["ru"], role="note", terms="public"))
    ru.receive("US-1", terms="accepted")
    us.sync()
    us.release("US-1", provisions=None)
    paper = only(us.publishable())
    assert (paper.excerpts, paper.closed) == ((), (None,))
    assert "release" in kinds(paper.evidence)


# --- whose keys -------------------------------------------------------------------------------------------------


def test_parties_stand_under_the_names_they_gave_themselves(office: Office, tmp_path: Path) -> None:
    _, us = sent(office, tmp_path, "essence")
    number = next(each.number for each in us.partners() if not each.ours)
    us.trust("ru", number, name="The Other Side")
    assert "The Other Side" in us.trust_file()
    trust = Trust.parse(us.publishable().trust)
    assert "The Other Side" not in us.publishable().trust
    assert [each.party for each in trust.parties] == ["ru", "us"]


def test_a_record_of_it_holds_and_is_what_its_evidence_gives(office: Office, tmp_path: Path) -> None:
    ru, us = sent(office, tmp_path, "essence")
    us.send(us.prepare(draft_file(tmp_path, TEXT), to=["ru"], role="note", terms="public"))
    us.release("US-2", provisions=None)
    found = us.publishable(us.negotiation().handle)
    assert [paper.reference for paper in found.papers] == ["US-1", "US-2"]
    assert compare(build(record_of(found))).word is Compared.SAME
    other = ru.publishable()
    assert (other.party, [each.closed for each in other.papers]) == ("ru", [(), (None,)])  # not signed for yet
    assert compare(build(record_of(other))).word is Compared.SAME
