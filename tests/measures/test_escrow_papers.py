"""The files of an escrow's papers and their texts: one way to write each, and a text that says the same."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from parley import canonical
from parley.canonical import Base64, encode
from parley.crypto import Digest
from parley.document import Document, file_of
from parley.errors import Invalid, Malformed, ParleyError, Refused
from parley.measures import escrow_papers
from parley.measures.amendment import amend
from parley.measures.escrow import Committed, commit, place_items
from parley.measures.escrow_answers import Answer, answer
from parley.measures.escrow_papers import (
    MEDIA_TYPE,
    AnswerPaper,
    EscrowFile,
    OpeningPaper,
    QuestionPaper,
    TotalsPaper,
    answer_length,
    most_bytes_as,
    read_file,
)
from parley.measures.escrow_plan import (
    MAX_NAME,
    MAX_SLOTS,
    MIN_SLOTS,
    Blind,
    Cell,
    Item,
    Key,
    Place,
    Roots,
    Salt,
    Seed,
    Step,
)
from parley.measures.escrow_story import Handed
from parley.measures.escrow_text import MOST_LISTED, document_of, held_document, read_paper
from parley.measures.escrow_words import NAMES
from parley.measures.range_index import At, Lookup, Turn, Use, Zone
from parley.measures.slot_tree import OpenedSlot, leaf
from parley.words import explain
from tests.measures.altered import altered, with_status
from tests.measures.escrow_build import committed, items, plan, seed, subject
from tests.measures.escrow_rail import BY_NAME, Rail
from tests.measures.test_escrow_story import amended

MADE = committed(BY_NAME)
GRID = committed()


def files(made: Committed) -> dict[str, EscrowFile]:
    """One file of each kind, and an opening of each step."""
    rail = Rail()
    held = rail.begin(made)
    places = (Cell(east=-99, north=-2), Cell(east=0, north=0)) if made.plan.grid else ("Base 3", "Base 99")
    rail.ask(places[0], held)
    for number, uids in enumerate((None, None, ["site-003"], None), start=1):
        rail.open(made, held, number, uids)
    for place in places:
        rail.answer(made, place, held)
    rail.totals(made, held)
    rail.totals(made, held, ["site-003", "site-005"])
    found = [each for each in rail.papers if hasattr(each, "file")]
    return {f"{each.file.kind} {each.reference}": each.file for each in found if each.file}


def amendment() -> EscrowFile:
    rail = Rail()
    held = rail.begin(MADE)
    after = amended(MADE)
    found = rail.amend(MADE, after, rail.seal(after, held), show=False).file
    assert found is not None
    return found


ALL = [(MADE, file) for file in (*files(MADE).values(), amendment())] + [(GRID, file) for file in files(GRID).values()]


def document(file: EscrowFile, made: Committed = MADE, language: str = "en") -> Document:
    return document_of(file, made.plan, file_of("escrow.json", MEDIA_TYPE, encode(file)), language=language)


def said(file: EscrowFile, made: Committed = MADE, language: str = "en") -> list[tuple[str, str]]:
    return [(each.heading, each.words) for each in document(file, made, language).provisions]


@pytest.mark.parametrize("language", ["en", "ru", "fr", "en-GB"])
def test_every_file_is_read_back_equal_in_every_language(language: str) -> None:
    for made, file in ALL:
        data = encode(file)
        assert read_file(data) == file
        assert read_paper(document(file, made, language), data, made.plan) == file


def test_every_language_has_every_sentence_with_the_same_values() -> None:
    import string

    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for names in NAMES.values():
        assert {key: places(text) for key, text in names.items()} == {
            key: places(text) for key, text in NAMES["en"].items()
        }


@pytest.mark.parametrize("language", ["en", "ru", "fr"])
@pytest.mark.parametrize("made", [MADE, GRID, committed(plan(grid=None, slots=2048))])
def test_no_length_says_what_an_answer_says(language: str, made: Committed) -> None:
    """Of everything that is sealed: the file, and the document with its text."""
    there: list[Place] = [item.place for item in items(made.plan)]
    free: list[Place] = [f"Base {number}" for number in range(20, 99)]
    if made.plan.grid is not None:
        free = [Cell(east=at, north=9) for at in range(99)]
    sizes: dict[bool, set[tuple[int, int]]] = {True: set(), False: set()}
    for where in (*there, *free):
        file = AnswerPaper.of(answer(made, where), made.plan)
        words = document(file, made, language)
        place = len(dict(said(file, made, language)).get(NAMES[language]["place-asked"], "").encode())
        sizes[file.answer.item is not None].add((len(encode(file)), len(words.to_bytes()) - place))
    assert sizes[True] == sizes[False]
    assert len(sizes[True]) == 1


@pytest.mark.parametrize("place", ["Base  3", "Base 3 ", " Base 3", "Base\u00a03"])
def test_two_files_of_other_names_do_not_make_one_text(place: str) -> None:
    with pytest.raises(Malformed) as caught:
        document(QuestionPaper(kind="question", place=place))
    assert caught.value.code == "escrow.blanks"


def test_an_answer_says_what_it_is_about() -> None:
    """By name a spelling, on a grid a cell: who reads `no item` should not take it for more."""
    named, on_grid = (
        dict(said(AnswerPaper.of(answer(made, where), made.plan), made))["What it is about"]
        for made, where in ((MADE, "Base 77"), (GRID, Cell(east=0, north=0)))
    )
    assert named.startswith("This name, as it is spelled here.")
    assert on_grid.startswith("This cell.")


def test_the_longest_answer_fits_the_length_of_all() -> None:
    """Every part as long as it can be: four bytes a character, two zones, a key that is asked for, a slot opened."""
    hash_, zone = Digest(bytes(32)), Zone(first=Key(bytes(16)), last=Key(bytes(16)))
    at = At(hidden=None, key=zone.first, salt=Salt(bytes(32)), use=Use(salt=Salt(bytes(32)), slot=MAX_SLOTS - 1))
    for slots in (MIN_SLOTS, MAX_SLOTS):
        of = plan(grid=None, slots=slots)
        where = "\U00020000" * MAX_NAME
        longest = Answer(
            item=OpenedSlot(
                data=(Base64(leaf("place", bytes(32), encode(where))),),
                hidden=(Base64(bytes(32)),) * 3,
                number=slots - 1,
            ),
            lookup=Lookup(
                at=at, below=None, turns=(Turn(cut=zone.first, sibling=hash_),) * of.depth, zones=(zone, zone)
            ),
            place=where,
            roots=Roots(blind=Blind(bytes(32)), index=hash_, items=hash_, totals=hash_),
            siblings=(Base64(bytes(32)),) * of.depth,
        )
        assert len(encode(AnswerPaper.of(longest, of))) == answer_length(of)


@pytest.mark.parametrize(
    "change", [lambda old: old[:0], lambda old: old + "0", lambda old: old[1:], lambda old: "1" + old[1:]]
)
def test_an_answer_of_another_length_or_with_something_behind_it(change: Callable[[str], str]) -> None:
    file = AnswerPaper.of(answer(MADE, "Base 3"), MADE.plan)
    spoiled = structs.replace(file, padding=change(file.padding))
    with pytest.raises(Malformed) as caught:
        read_paper(document(spoiled), encode(spoiled), MADE.plan)
    assert caught.value.code == "escrow.padding"


def test_a_language_that_has_no_words_here() -> None:
    for language in ("de", "english"):
        with pytest.raises(Malformed) as caught:
            document(ALL[0][1], language=language)
        assert caught.value.code == "escrow.language"
        assert "en, fr, ru" in explain(caught.value)


def test_a_plan_in_sentences() -> None:
    rows = dict(said(files(MADE)["plan US-1"]))
    assert rows == {
        "What is counted": "launchers, warheads",
        "Places": "Each item has a place, which is a name.",
        "Room": "There are 32 slots, each with one item or empty. Which are empty does not show.",
        "Questions": "Each party may ask, at any time, whether an item is at a place: 16 questions at most. "
        "What is asked beyond that needs no answer.",
        "Step 1": "Of all items is opened: id.",
        "Step 2": "Of all items is opened: region.",
        "Step 3": "Of those items that the other side names is opened: place.",
        "Step 4": "Of all items is opened: place, contents.",
        "Order": "Steps are opened in this order.",
    }
    on_grid = dict(said(files(GRID)["plan US-1"], GRID))["Places"]
    assert "400 cells eastward from -200, 300 northward from -100" in on_grid
    assert "1 km, from 55.0 N 37.0 E" in on_grid


def test_an_opening_in_sentences() -> None:
    first = said(files(MADE)["opening US-4"])
    assert first[0] == ("Step 1", "Opened: id. Items: 12. Empty slots: 20.")
    assert (f"Slot {MADE.find('site-003')}", "id: site-003") in first
    assert len(first) == 13
    third = said(files(GRID)["opening US-6"], GRID)
    assert third == [
        ("Step 3", "Opened: place. Items: 1. Empty slots: 0."),
        (f"Slot {GRID.find('site-003')}", "place: east -99, north -2"),
    ]
    last = dict(said(files(MADE)["opening US-7"]))
    assert last[f"Slot {MADE.find('site-003')}"] == "place: Base 3\ncontents: launchers 3, warheads 300"


def test_questions_answers_totals_and_amendments_in_sentences() -> None:
    found = files(MADE)
    assert said(found["question RU-3"]) == [
        ("Place", "Base 3"),
        ("Question", "Is an item of the declaration at this place?"),
    ]
    assert said(found["answer US-8"])[1] == ("Answer", "An item of the declaration is at this place.")
    assert said(found["answer US-9"])[1] == ("Answer", "No item of the declaration is at this place.")
    assert said(found["totals US-10"]) == [("Declared in all", "launchers 66, warheads 6600")]
    assert said(found["totals US-11"])[1][1].startswith("Slots, 2 of them: ")
    assert said(amendment())[-1] == ("All others", "Every other slot is as it was.")
    assert said(amendment(), MADE, "ru")[-1] == ("Остальное", "Все прочие ячейки остались прежними.")


def test_a_long_list_ends_with_how_many_more_there_are() -> None:
    of = plan(grid=None, slots=2048, steps=(Step(layers=("existence",), of="all"),))
    made = committed(of, count=MOST_LISTED + 7)
    rail = Rail()
    file = rail.open(made, rail.begin(made), 1).file
    assert file is not None
    rows = said(file, made)
    assert len(rows) == MOST_LISTED + 2
    assert rows[-1] == ("More", "And 7 more, in the file that goes with this text.")


def test_what_only_the_sender_sees_as_it_signs() -> None:
    found = held_document(BY_NAME, 12, file_of("escrow.json", MEDIA_TYPE, b"{}"), language="en")
    assert found.title == "A sealed declaration"
    assert found.provisions[1].words == "12 items in 32 slots. The list stays sealed in the home that made it."


# --- files and texts that are not these -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"{}", "escrow.kind"),
        (b"[]", "escrow.kind"),
        (b'{"kind":"war"}', "escrow.kind"),
        (b'{"kind":["plan"]}', "escrow.kind"),
        (b'{"kind":"question"}', "escrow.kind"),
        (b'{"kind":"question","place":7}', "canonical.shape"),
        (b'{"kind":"question","place":"A", "x":1}', "canonical.not-canonical"),
        (b'{"kind":"question","place":"A","x":1}', "canonical.shape"),
        (b"kind", "escrow.kind"),
        (b'{"kind":"question",', "canonical.json"),
        (b'{"answer":{},"kind":"totals"}', "canonical.shape"),
    ],
)
def test_a_file_of_no_such_form(data: bytes, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        read_file(data)
    assert caught.value.code == code
    assert explain(caught.value)


@pytest.mark.parametrize("start", [b'{"kind":"question","place":[', b'{"kind":"opening","opening":[', b'{"answer":['])
def test_what_no_file_of_its_kind_can_be_is_not_decoded(start: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither one that is too long, nor one of which each few bytes take their memory once decoded."""
    monkeypatch.setattr(escrow_papers, "decode_any", None)
    for rest in (b'"' + b"x" * 300_000 + b'"', b"[]," * 10_000 + b"0"):
        with pytest.raises(Malformed) as caught:
            read_file(start + rest + b"]}", BY_NAME)
        assert caught.value.code == "escrow.file-large"
        assert explain(caught.value)


def test_the_largest_that_a_file_can_be_is_read() -> None:
    """Every slot of a plan with items whose words are as long as they can be."""
    names = {
        "categories": tuple(f"{at:02}{'я' * 118}" for at in range(16)),
        "grid": None,
        "slots": 32,
        "steps": (Step(layers=("existence", "region", "place", "contents"), of="all"),),
    }
    of = plan(**names)
    listed = [
        Item(uid=f"{at:02}{'я' * 118}", region="я" * 120, place=f"{at:02}{'𝕏' * 118}", counts=(2**40,) * 16)
        for at in range(32)
    ]
    given_ = {"seed": Seed(seed("a")), "blind": Blind(seed("b")), "subject": subject()}
    made = commit(place_items(listed, plan=of, **given_))
    uids = [item.uid for item in listed]
    rail = Rail()
    held = rail.begin(made)
    rail.open(made, held, 1)
    rail.totals(made, held, uids)
    after = [structs.replace(item, counts=(1,) * 16) for item in listed]
    later = commit(amend(made.escrow, put=after, blind=Blind(seed("c")), subject=subject(2)))
    rail.amend(made, later, rail.seal(later, held), show=True)
    for paper in rail.papers:
        if isinstance(paper, Handed) and paper.file is not None:
            data = encode(paper.file)
            assert read_file(data, of) == paper.file
            assert len(data) <= most_bytes_as(paper.role, of, owner=True)
    assert all(story.sound for story in rail.stories())


def test_what_can_be_as_large_is_what_its_role_can_be() -> None:
    of = plan(slots=1 << 10)
    assert most_bytes_as("note", of, owner=True) == most_bytes_as("response", of, owner=True) == 64 << 10
    assert most_bytes_as("declaration", of, owner=False) == most_bytes_as("proposal", of, owner=True) == 64 << 10
    assert most_bytes_as("declaration", of, owner=True) == 16 << 20
    assert most_bytes_as("declaration", plan(slots=1 << 15), owner=True) == (64 << 10) + (128 << 20)


@given(st.integers(0, 10**9), st.integers(0, 7), st.integers(0, len(ALL) - 1))
def test_one_bit_anywhere_is_seen_or_changes_the_text(at: int, bit: int, which: int) -> None:
    """A spoiled file is refused, or is another file: then it is not the one that the paper names."""
    made, file = ALL[which]
    data = bytearray(encode(file))
    data[at % len(data)] ^= 1 << bit
    with suppress(ParleyError):
        assert read_paper(document(file, made), bytes(data), made.plan) != file


def test_a_text_that_says_something_else_than_its_file() -> None:
    for made, file in ALL:
        honest = document(file, made)
        first = structs.replace(honest.provisions[0], words="Nothing at all.")
        for false in (
            structs.replace(honest, title="Another title"),
            structs.replace(honest, provisions=(first, *honest.provisions[1:])),
            with_status(honest),
            *altered(honest),
        ):
            with pytest.raises(Invalid) as caught:
                read_paper(false, encode(file), made.plan)
            assert caught.value.code == "escrow.other-words"


def test_a_paper_without_its_file_or_its_plan() -> None:
    file = QuestionPaper(kind="question", place="Base 3")
    bare = structs.replace(document(file), original=None, prevails="text")
    with pytest.raises(Malformed) as caught:
        read_paper(bare, encode(file), BY_NAME)
    assert caught.value.code == "escrow.no-file"
    with pytest.raises(Refused) as refused:
        read_paper(document(file), encode(file), None)
    assert refused.value.code == "escrow.no-plan"
    stated = files(MADE)["plan US-1"]
    assert read_paper(document(stated), encode(stated), None) == stated


def slot(**given_: Any) -> OpeningPaper:
    file = files(MADE)["opening US-6"]
    assert isinstance(file, OpeningPaper)
    (only,) = file.opening.slots
    return structs.replace(file, opening=structs.replace(file.opening, slots=(structs.replace(only, **given_),)))


@pytest.mark.parametrize(
    "content",
    [b'{"east":1}', b'{"east":"x","north":2}', b"[1]", b"[true,1]", b"[1,2,3]", b"7", b"true"],
)
def test_a_layer_that_cannot_be_told(content: bytes) -> None:
    data = b"parley/escrow-contents/v1\n" + bytes(32) + content
    with pytest.raises(Malformed) as caught:
        document(slot(data=(Base64(data),)))
    assert caught.value.code == "escrow.leaf"


def test_leaves_of_no_layer_and_steps_that_there_are_not() -> None:
    with pytest.raises(Malformed) as caught:
        document(slot(data=(Base64(b"parley/other/v1\n" + bytes(32) + b'"x"'),)))
    assert caught.value.code == "escrow.leaf"
    file = slot()
    with pytest.raises(Malformed) as caught:
        document(structs.replace(file, opening=structs.replace(file.opening, step=9)))
    assert caught.value.code == "escrow.no-such-step"
    totals = files(MADE)["totals US-10"]
    assert isinstance(totals, TotalsPaper)
    with pytest.raises(Malformed) as caught:
        document(structs.replace(totals, totals=structs.replace(totals.totals, totals=(1,))))
    assert caught.value.code == "escrow.sums"


def test_words_with_braces_are_words() -> None:
    file = QuestionPaper(kind="question", place="Base {0} {east}")
    assert said(file)[0] == ("Place", "Base {0} {east}")
    assert canonical.decode(encode(file), QuestionPaper) == file
    assert isinstance(slot().opening.slots[0], OpenedSlot)
