"""Where a draw stands: the same in whatever order papers come, and nothing shown too early or too late counts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from parley import canonical
from parley.act import Opening
from parley.canonical import Base64, Time
from parley.crypto import Digest, Nonce, sha256
from parley.disclosure import Blind, Seal, commit
from parley.disclosure import Seed as DocumentSeed
from parley.document import Document, Prevails, file_of
from parley.errors import Invalid, Malformed
from parley.measures.draw import Drawn, DrawTerms, NotDrawn, Seed, draw
from parley.measures.draw_proof import MAX_BYTES, DrawProof, verify_draw
from parley.measures.draw_standing import DrawPaper, DrawStanding, check_terms, round_of, standing
from parley.measures.draw_text import (
    SEED_TYPE,
    TERMS_TYPE,
    SeedFile,
    Showing,
    document_of_seed,
    document_of_shown,
    document_of_terms,
    read_seed,
    read_terms,
)
from parley.measures.held_file import Shown, verify_shown
from parley.measures.site_list import read_sites
from parley.policy import Trust
from parley.words import explain

HOUR = 3_600_000
VECTORS = Path(__file__).parents[2] / "vectors" / "measures"
TERMS = DrawTerms(
    algorithm="parley/draw/v1",
    bind_by=Time(HOUR),
    excluded=("Base C",),
    id=Nonce(bytes(16)),
    if_not_shown="others_choose",
    items=("Base A", "Base B", "Base C", "Base D"),
    parties=("ru", "us"),
    show_by=Time(2 * HOUR),
    sign_by=Time(3 * HOUR),
    take=2,
)
RULES = sha256(b"the terms for handling the papers")
HELD = Opening(kind="held", round=None, time=None)
SEEDS = {"ru": Seed(bytes(32)), "us": Seed(b"\1" * 32)}
NOW = Time(500)
PROPOSED = DrawPaper(
    reference="US-1",
    digest=sha256(b"the deposit of the terms"),
    sender="us",
    entry=0,
    made=Time(1),
    in_reply_to=None,
    opening=Opening(kind="at_once", round=None, time=None),
    terms=RULES,
    subject=sha256(b"subject of the terms"),
    commitment=sha256(b"commitment of the terms"),
    recipients=("ru",),
    signed={},
    taken_back=False,
)
AT = PROPOSED.digest
ROUND = Opening(kind="together", round=round_of(TERMS, AT), time=None)


def seed_file(party: str, terms: DrawTerms = TERMS) -> bytes:
    return canonical.encode(SeedFile(draw=terms.subject, seed=SEEDS[party], terms=AT))


def sealed(party: str, data: bytes) -> tuple[Document, Seal]:
    document = document_of_seed(TERMS, file_of("seed.json", SEED_TYPE, data), language="en")
    return document, Seal(blind=Blind(sha256(b"blind", party.encode())), seed=DocumentSeed(sha256(b"seed")))


def subject(party: str) -> Digest:
    return sha256(b"subject", party.encode())


def bound(party: str, entry: int, data: bytes | None = None, made: int = 10) -> DrawPaper:
    document, seal = sealed(party, data or seed_file(party))
    committed = commit(document, seed=seal.seed, blind=seal.blind, subject=subject(party))
    return DrawPaper(
        reference=f"{party.upper()}-{entry}",
        digest=sha256(b"bound", party.encode(), bytes([entry])),
        sender=party,
        entry=entry,
        made=Time(made),
        in_reply_to=AT,
        opening=HELD,
        terms=RULES,
        subject=subject(party),
        commitment=committed.commitment,
        recipients=tuple(each for each in TERMS.parties if each != party),
        signed={},
        taken_back=False,
    )


def showing(own: DrawPaper, entry: int, *, signed: int | None = 30, made: int = 20) -> DrawPaper:
    recipients = own.recipients
    return replace(
        own,
        digest=sha256(b"showing", own.digest, bytes([entry])),
        entry=entry,
        made=Time(made),
        in_reply_to=own.digest,
        opening=ROUND,
        signed=dict.fromkeys(recipients, Time(signed)) if signed is not None else {},
    )


def held_of(own: DrawPaper, data: bytes | None = None) -> Shown:
    content = data or seed_file(own.sender)
    document, seal = sealed(own.sender, content)
    return Shown(deposit=own.digest, document=Base64(document.to_bytes()), file=Base64(content), seal=seal)


def shown_file(own: DrawPaper, data: bytes | None = None, *, bound: tuple[Digest, ...] | None = None) -> bytes:
    return canonical.encode(Showing(bound=bound or (RU.digest, US.digest), held=held_of(own, data)))


RU, US = bound("ru", 1), bound("us", 2)
SHOW_RU, SHOW_US = showing(RU, 3), showing(US, 4)
OPENED = {SHOW_RU.digest: shown_file(RU), SHOW_US.digest: shown_file(US)}
ALL = (RU, US, SHOW_RU, SHOW_US)


def stand(*papers: DrawPaper, opened: dict[Digest, bytes] | None = None, now: Time = NOW) -> DrawStanding:
    return standing(TERMS, PROPOSED, papers, OPENED if opened is None else opened, now)


def test_one_step_after_another() -> None:
    unsigned = showing(RU, 3, signed=None)
    stages = [
        stand(),
        stand(RU),
        stand(RU, US),
        stand(RU, US, SHOW_RU),
        stand(RU, US, unsigned, SHOW_US),
        stand(*ALL, opened={}),
        stand(*ALL),
    ]
    assert [each.stage for each in stages] == [
        "binding", "binding", "showing", "showing", "signing", "opening", "drawn",
    ]  # fmt: skip
    assert stages[4].to_sign == {"ru": (), "us": (unsigned,)}
    assert stages[-1].result == draw(TERMS, SEEDS)


@given(st.permutations(ALL))
def test_it_never_depends_on_the_order_in_which_papers_came(papers: list[DrawPaper]) -> None:
    assert stand(*papers) == stand(*ALL)


LATE_BY = {"bind": HOUR + 1, "show": 2 * HOUR + 1, "sign": 3 * HOUR + 1}


@pytest.mark.parametrize(
    ("papers", "missed", "limit"),
    [
        ((), {"ru": "not_bound", "us": "not_bound"}, "bind"),
        ((RU,), {"us": "not_bound"}, "bind"),
        ((RU, bound("us", 2, made=HOUR + 1)), {"us": "not_bound"}, "bind"),
        ((RU, US, SHOW_RU), {"us": "not_shown"}, "show"),
        ((RU, US, SHOW_RU, showing(US, 4, made=2 * HOUR + 1)), {"us": "not_shown"}, "show"),
        ((RU, US, SHOW_RU, replace(SHOW_US, terms=sha256(b"others"))), {"us": "not_shown"}, "show"),
        ((RU, US, SHOW_RU, replace(SHOW_US, taken_back=True)), {"us": "not_shown"}, "show"),
        ((RU, US, SHOW_RU, showing(US, 4, signed=3 * HOUR + 1)), {"ru": "not_signed"}, "sign"),
        ((RU, US, SHOW_RU, showing(US, 4, signed=None)), {"ru": "not_signed"}, "sign"),
    ],
)
def test_when_the_time_is_over_it_says_who_missed_what(
    papers: tuple[DrawPaper, ...], missed: dict[str, str], limit: str
) -> None:
    late = LATE_BY[limit]
    before, after = stand(*papers, now=Time(late - 1)), stand(*papers, now=Time(late))
    assert before.result is None
    assert after.missed == missed
    follows = "void" if limit == "bind" else "others_choose"
    assert after.result == NotDrawn(missing=tuple(sorted(missed)), consequence=follows)


def test_who_acts_in_the_last_moment_leaves_the_other_its_time() -> None:
    """Bound, or shown, a millisecond before the end: the other is not late for what it could not do before."""
    late = bound("us", 2, made=HOUR)
    assert stand(RU, late, now=Time(HOUR + 1)).stage == "showing"
    last = showing(US, 4, made=2 * HOUR, signed=None)
    assert stand(RU, US, SHOW_RU, last, now=Time(2 * HOUR + 1)).stage == "signing"
    for changes in ({"show_by": Time(HOUR + 1)}, {"sign_by": Time(2 * HOUR + 1)}, {"bind_by": Time(3 * HOUR)}):
        with pytest.raises(Malformed) as caught:
            structs.replace(TERMS, **changes)
        assert caught.value.code == "draw.times"


def test_the_last_millisecond_is_in_time() -> None:
    late = bound("us", 2, made=HOUR)
    papers = (RU, late, SHOW_RU, showing(late, 4, made=2 * HOUR, signed=3 * HOUR))
    bound_ = (RU.digest, late.digest)
    opened = {SHOW_RU.digest: shown_file(RU, bound=bound_), papers[-1].digest: shown_file(late, bound=bound_)}
    assert stand(*papers, opened=opened, now=Time(3 * HOUR + 1)).stage == "drawn"


def test_a_bound_paper_that_was_taken_back_still_binds() -> None:
    """Else whoever sees that the others have shown could leave without the consequence."""
    assert stand(replace(RU, taken_back=True), US).stage == "showing"


def test_terms_that_name_others_than_they_are_for_count_for_nothing() -> None:
    assert check_terms(TERMS, PROPOSED) == PROPOSED
    for other in (replace(PROPOSED, recipients=("fr",)), replace(PROPOSED, recipients=("fr", "ru"))):
        with pytest.raises(Invalid) as caught:
            check_terms(TERMS, other)
        assert caught.value.code == "draw.other-parties"


def test_a_seed_shown_before_all_were_bound_does_not_count() -> None:
    """Whoever did so may have told the other, who then binds itself knowing more."""
    early, later = showing(RU, 2), bound("us", 3)
    assert stand(RU, early, later).shown == {}
    assert stand(RU, early, later, showing(later, 4), now=Time(2 * HOUR + 1)).missed == {"ru": "not_shown"}


def test_the_first_paper_that_binds_is_the_one_that_counts() -> None:
    second = bound("ru", 5)
    assert stand(RU, US, second).bound["ru"] == RU
    assert stand(RU, US, showing(second, 6)).shown == {}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not JSON",
        shown_file(US),
        shown_file(RU, canonical.encode(SeedFile(draw=TERMS.subject, seed=Seed(b"\2" * 32), terms=AT))),
        shown_file(RU, canonical.encode(SeedFile(draw=sha256(b"another draw"), seed=SEEDS["ru"], terms=AT))),
        shown_file(RU, bound=(RU.digest, sha256(b"another paper that binds"))),
    ],
)
def test_rubbish_and_other_seeds_are_named_and_spoil_nothing_but_the_draw(content: bytes) -> None:
    found = stand(*ALL, opened=OPENED | {SHOW_RU.digest: content})
    assert (found.stage, found.missed) == ("not_drawn", {"ru": "other_seed"})


def test_a_seed_bound_to_another_draw_does_not_count() -> None:
    for draw_, terms in ((sha256(b"another draw"), AT), (TERMS.subject, sha256(b"the same terms, deposited again"))):
        other = canonical.encode(SeedFile(draw=draw_, seed=SEEDS["ru"], terms=terms))
        own = bound("ru", 1, other)
        papers = (own, US, showing(own, 3), SHOW_US)
        found = stand(*papers, opened=OPENED | {papers[2].digest: shown_file(own, other)})
        assert found.missed == {"ru": "other_seed"}


def test_another_draw_in_the_same_negotiation_is_another() -> None:
    other = structs.replace(TERMS, id=Nonce(b"\1" * 16))
    again = replace(PROPOSED, digest=sha256(b"its terms"))
    assert len({round_of(TERMS, AT).id, round_of(other, AT).id, round_of(TERMS, again.digest).id}) == 3
    assert standing(other, again, ALL, OPENED, NOW).bound == {}


# --- files and texts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "fr", "ru"])
def test_papers_of_a_draw_read_back_as_they_were_written(language: str) -> None:
    data = canonical.encode(TERMS)
    document = document_of_terms(TERMS, file_of("draw.json", TERMS_TYPE, data), language=language)
    assert read_terms(document, data) == TERMS
    text = document_of_seed(TERMS, file_of("seed.json", SEED_TYPE, seed_file("ru")), language=language)
    assert read_seed(text, seed_file("ru"), TERMS, AT) == SEEDS["ru"]
    for each in (text, document_of_shown(TERMS, file_of("s.json", SEED_TYPE, b"{}"), language=language)):
        assert SEEDS["ru"].hex() not in str(each.provisions)  # no screen that shows a text shows a seed


def test_a_text_that_says_something_else_than_its_file() -> None:
    data = canonical.encode(TERMS)
    document = document_of_seed(TERMS, file_of("draw.json", TERMS_TYPE, data), language="en")
    with pytest.raises(Invalid) as caught:
        read_terms(document, data)
    assert caught.value.code == "draw.other-words"
    other = structs.replace(TERMS, take=1)
    with pytest.raises(Invalid) as caught:
        read_seed(document, seed_file("ru"), other, AT)
    assert caught.value.code == "draw.other-draw"
    with pytest.raises(Malformed) as without:
        read_terms(structs.replace(document, original=None, prevails=Prevails.TEXT), data)
    assert without.value.code == "draw.no-file"
    with pytest.raises(Malformed) as malformed:
        document_of_terms(TERMS, file_of("draw.json", TERMS_TYPE, data), language="de")
    assert malformed.value.code == "notice.language"


def test_a_long_list_is_not_written_out() -> None:
    items = tuple(f"Site {number:04}" for number in range(300))
    terms = structs.replace(TERMS, items=items, excluded=(), take=3)
    data = canonical.encode(terms)
    document = document_of_terms(terms, file_of("draw.json", TERMS_TYPE, data), language="en")
    assert document.provisions[1].words == "300: Site 0000 … Site 0299"
    assert read_terms(document, data) == terms


def test_what_opens_a_held_paper_opens_that_one_alone() -> None:
    data = held_of(RU)
    document, file = verify_shown(data, deposit=RU.digest, subject=RU.subject, commitment=RU.commitment)
    assert (read_seed(document, file, TERMS, AT), file) == (SEEDS["ru"], seed_file("ru"))
    with pytest.raises(Invalid) as caught:
        verify_shown(data, deposit=US.digest, subject=RU.subject, commitment=RU.commitment)
    assert caught.value.code == "held.other-deposit"
    for changed in ({"subject": US.subject}, {"commitment": US.commitment}):
        members = {"deposit": RU.digest, "subject": RU.subject, "commitment": RU.commitment} | changed
        with pytest.raises(Invalid) as caught:
            verify_shown(data, **members)
        assert caught.value.code == "disclosure.commitment"


def test_a_held_document_without_a_file_shows_nothing() -> None:
    document, seal = sealed("ru", seed_file("ru"))
    bare = structs.replace(document, original=None, prevails=Prevails.TEXT)
    committed = commit(bare, seed=seal.seed, blind=seal.blind, subject=RU.subject)
    data = Shown(deposit=RU.digest, document=Base64(bare.to_bytes()), file=Base64(b"x"), seal=seal)
    with pytest.raises(Malformed) as caught:
        verify_shown(data, deposit=RU.digest, subject=RU.subject, commitment=committed.commitment)
    assert caught.value.code == "held.no-file"


def test_a_list_of_sites_is_read_strictly() -> None:
    sites = read_sites([b"site,excluded\nBase B,\nBase A,\nBase C,true\n"])
    assert (sites.items, sites.excluded) == (("Base A", "Base B", "Base C"), ("Base C",))
    for data, code, line in (
        (b"site\nA\nA\n", "declaration.twice", 3),
        (b"site\n=A\n", "declaration.formula", 2),
        (b"name\nA\n", "declaration.unknown-column", 1),
        (b"site\n\xff\n", "declaration.utf-8", 2),
    ):
        with pytest.raises(Malformed) as caught:
            read_sites([data])
        assert (caught.value.code, caught.value.details["line"]) == (code, line)
    with pytest.raises(Malformed) as unnamed:
        read_sites([b"name\nA\n"])
    assert "no column of that name. Missing still: site. Take it out, or name it as one of: site, excluded" in explain(
        unnamed.value
    )


def test_drawn_items_are_of_the_list_and_not_excluded() -> None:
    found = stand(*ALL).result
    assert isinstance(found, Drawn)
    assert set(found.items) <= set(TERMS.items) - set(TERMS.excluded)
    assert len(set(found.items)) == TERMS.take


# --- proven to anyone ---------------------------------------------------------------------------------------------


def test_a_draw_made_long_ago_is_still_proven() -> None:
    """The file of vectors/measures, written once by tools/draw_proof_vector.py."""
    data = (VECTORS / "bases.draw").read_bytes()
    found = verify_draw(data, Trust.parse((VECTORS / "bases.trust").read_text("utf-8")))
    assert found.verdict.result.value == "proven"
    assert set(found.drawn.items) < set(found.terms.items) - set(found.terms.excluded)
    assert DrawProof.read(data).write() == data
    with pytest.raises(Malformed) as caught:
        DrawProof.read(data + bytes(MAX_BYTES))
    assert caught.value.code == "evidence.size"
