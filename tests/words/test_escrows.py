"""What a person reads of a declaration under one seal: what is proven, what is not, and what contradicts itself."""

from __future__ import annotations

import json

from parley.cli.output import as_json
from parley.measures.escrow_conflicts import Contradiction
from parley.measures.escrow_story import Story
from parley.words.clock import UTC_ONLY
from parley.words.escrows import (
    MOST_ROWS,
    as_value,
    changes,
    contradiction,
    faults,
    head,
    item_columns,
    item_rows,
    place,
    question_rows,
    step_rows,
    totals,
)
from tests.measures.escrow_build import committed, plan
from tests.measures.escrow_rail import BY_NAME, Rail, false_leaves
from tests.measures.test_escrow_story import MADE, NAMED, OTHER, amended, whole
from tests.words.forbidden import forbidden_in


def naming(party: str) -> str:
    return {"us": "United States", "ru": "Russian Federation"}[party]


def said(story: Story) -> list[str]:
    return list(faults(story, naming=naming))


def test_all_that_is_proven() -> None:
    story = whole().story()
    assert head(story, naming=naming, clocks=UTC_ONLY) == [
        ("sealed by", "United States"),
        ("sealed in", "US-2, Mon 10 Jan 2022 09:00 UTC"),
        ("plan", "US-1: counts launchers, warheads; places are names; 32 slots; each party may ask 16 questions"),
    ]
    assert list(step_rows(story))[2] == ["3", "place", "items named", "US-9, US-10"]
    assert item_columns(story) == ["item", "region", "place", "launchers", "warheads", "shown in"]
    assert list(item_rows(story))[11] == ["site-011", "Region C", "Base 11", "11", "1,100", "US-3, US-8, US-11"]
    assert list(question_rows(story, naming=naming)) == [
        ["RU-4", "Russian Federation", "Base 3", "an item is there", "US-5"],
        ["RU-6", "Russian Federation", "Base 77", "no item, by this spelling", "US-7"],
    ]
    assert list(totals(story)) == [
        "Declared in all: launchers 66, warheads 6,600 (US-12).",
        "Shown to be contained in them: site-003, site-005",
    ]
    assert said(story) == []


def test_what_is_still_shut_has_a_dash() -> None:
    rail = Rail()
    held = rail.begin(MADE)
    rail.answer(MADE, "Base 3", rail.ask("Base 3", held))
    rail.ask("Base 4", held)
    story = rail.story()
    slot = MADE.find("site-003")
    assert list(item_rows(story)) == [[f"in slot {slot}", "—", "Base 3", "—", "—", "US-4"]]
    assert [row[-1] for row in step_rows(story)] == ["next", "—", "—", "—"]
    assert list(question_rows(story, naming=naming))[1][3:] == ["not answered", "—"]


def test_what_is_not_proven_has_its_reason() -> None:
    rail = Rail()
    held = rail.begin(MADE)
    rail.open(MADE, held, 2)
    rail.open(OTHER, held, 1)
    rail.answer(MADE, "Base 4", rail.ask("Base 3", held))
    rail.open(MADE, held, 1, sender="ru")
    assert said(rail.story()) == [
        "NOT PROVEN: US-3 (a step). Step 2 is not due; step 1 comes next.",
        (
            "NOT PROVEN: US-4 (a step). This is not out of the escrow that was handed over. Nothing may be believed "
            "that came with it."
        ),
        (
            "NOT PROVEN: US-6 (answer). This is the answer for another place. Ask for the answer for the place that "
            "was named."
        ),
        (
            "RU-7 (a step) of Russian Federation counts for nothing. Russian Federation did not seal this declaration, "
            "and nobody else can open it or answer for it. It proves nothing."
        ),
    ]


def test_what_waits_for_an_earlier_paper_is_not_blamed() -> None:
    rail = Rail()
    held = rail.begin(MADE)
    rail.hand(None, held)
    rail.open(MADE, held, 2)
    assert not as_value(rail.story())["sound"]
    assert said(rail.story()) == ["NOT CHECKED: US-4. First open here what came before: US-3"]
    assert as_value(rail.story())["pending"] == ["US-4"]


def test_contradictions_are_named_with_both_papers() -> None:
    rail = Rail()
    made = false_leaves({3: {"place": b'"Base X"'}})
    held = rail.begin(made)
    rail.answer(made, "Base X", rail.ask("Base X", held))
    for number, uids in enumerate((None, None, ["site-003"]), start=1):
        rail.open(made, held, number, uids)
    assert said(rail.story()) == [
        (
            "CONTRADICTION: US-4 says that no item is at Base X, and US-7 opened an item there. Both were sealed; "
            "together the papers prove that the declaration was made falsely."
        )
    ]
    empty = false_leaves({3: {"existence": b"null"}})
    rail = Rail()
    held = rail.begin(empty)
    rail.answer(empty, "Base 3", rail.ask("Base 3", held))
    rail.open(empty, held, 1)
    twice = false_leaves({3: {"place": b'"Base 4"'}, 5: {"contents": b"[1,90000]"}})
    both = Rail()
    sealed = both.begin(twice)
    for number, uids in enumerate((None, None, ["site-003"]), start=1):
        both.open(twice, sealed, number, uids)
    both.open(twice, sealed, 3, ["site-004"])
    more = Rail()
    made = false_leaves({5: {"contents": b"[1,90000]"}})
    held = more.begin(made)
    for number, uids in enumerate((None, None, NAMED, None), start=1):
        more.open(made, held, number, uids)
    more.totals(made, held)
    for found, words in (
        (rail, "US-4 says that an item is at Base 3, and US-5 shows its slot to be empty"),
        (both, "US-5 and US-6 show two items at Base 4"),
        (more, "US-7 declares fewer in all than US-6 brings to light: warheads"),
    ):
        (line,) = said(found.story())
        assert line.startswith(f"CONTRADICTION: {words}")
        assert forbidden_in(line) == []


def test_a_contradiction_names_how_many_things_it_is_about_and_what_joins_two_declarations() -> None:
    found = Contradiction(
        conflict="uid_twice", papers=("US-5", "US-3"), through=("US-5", "US-9"), uid="site-003", count=1_200
    )
    line = contradiction(found)
    assert line == (
        "CONTRADICTION: US-5 and US-3 show two items with the id site-003, where there can be one. Together the papers "
        "prove that the declaration was made falsely. The same papers contradict each other in 1,200 items. That these "
        "slots are the same in the declaration before and after is proven by: US-5, US-9"
    )
    assert forbidden_in(line) == []


def test_a_question_for_others_alone_is_told_by_its_answer() -> None:
    rail = Rail()
    shut = rail.hand(None, rail.begin(MADE), sender="ru", role="note", here_from=None)
    rail.answer(MADE, "Base 3", shut)
    assert list(question_rows(rail.story(), naming=naming)) == [
        ["RU-3", "Russian Federation", "Base 3, as its answer says", "an item is there", "US-4"]
    ]
    value = as_value(rail.story())
    assert (value["sound"], value["elsewhere"], value["questions"][0]["unseen"]) == (True, ["RU-3"], True)


def test_two_declarations_under_one_plan_are_pointed_out() -> None:
    rail = Rail()
    stated = rail.plan(BY_NAME)
    rail.seal(MADE, stated)
    rail.seal(OTHER, stated)
    (line,) = said(rail.stories()[0])
    assert line.startswith(
        "More than one declaration was sealed by United States in this negotiation, and none takes the place of the "
        "other: beside this one US-3 (to Russian Federation)."
    )


def test_two_declarations_in_place_of_one_are_named_beside_each_other() -> None:
    rail = Rail()
    held = rail.begin(MADE)
    for number in (2, 3):
        rail.seal(amended(MADE, number), held)
    (line,) = said(rail.stories()[2])
    assert "beside this one US-3 (to Russian Federation)." in line


def test_what_changed() -> None:
    after = amended(MADE)
    rail = Rail()
    held = rail.begin(MADE)
    again = rail.seal(after, held)
    assert list(changes(rail.stories()[0])) == []
    assert list(changes(rail.stories()[1])) == ["What changed from US-2 is not proven yet."]
    rail.amend(MADE, after, again, show=False)
    shut = list(changes(rail.stories()[1]))
    assert shut[0] == "Changed from US-2: 2 of the slots, and no other (US-4)."
    assert sorted(shut[1:]) == sorted(
        f"  slot {MADE.find('site-002') if at else after.find('site-900')}" for at in (0, 1)
    )
    rail.open(MADE, held, 1)
    rail.amend(MADE, after, again, show=True)
    assert list(changes(rail.stories()[1])) == [
        "Changed from US-2: 2 of the slots, and no other (US-6).",
        "  site-002: taken out",
        "  site-900: added",
    ]
    before, now = (head(story, naming=naming, clocks=UTC_ONLY) for story in rail.stories())
    assert before[-1] == ("replaced by", "US-3")
    assert now[-1] == ("in the place of", "US-2")


def test_places_of_a_grid_and_a_plan_that_cannot_be_read() -> None:
    made = committed(plan())
    rail = Rail()
    rail.begin(made)
    assert "a cell being 1 km, from 55.0 N 37.0 E" in head(rail.story(), naming=naming, clocks=UTC_ONLY)[2][1]
    assert place(None) == "—"
    rail = Rail()
    rail.seal(made, rail.hand(None, None))
    story = rail.story()
    assert head(story, naming=naming, clocks=UTC_ONLY)[2][1] == "US-1, which cannot be read here"
    assert item_columns(story) == ["item", "region", "place", "shown in"]


def test_a_screen_shows_so_many_items_and_a_program_all() -> None:
    of = plan(grid=None, slots=1024)
    made = committed(of, count=MOST_ROWS + 5)
    rail = Rail()
    rail.open(made, rail.begin(made), 1)
    story = rail.story()
    assert len(list(item_rows(story))) == MOST_ROWS
    assert len(as_value(story)["items"]) == MOST_ROWS + 5


def test_as_data() -> None:
    rail = whole()
    value = json.loads(as_json("escrows", [as_value(story) for story in rail.stories()]))["escrows"][0]
    assert value["plan"]["steps"][0] == {"layers": ["existence"], "of": "all"}
    assert value["items"][3] == {
        "slot": MADE.find("site-003"),
        "uid": "site-003",
        "region": "Region A",
        "place": "Base 3",
        "counts": [3, 300],
        "opened_by": {"contents": "US-11", "existence": "US-3", "place": "US-5", "region": "US-8"},
    }
    assert [each["answer"] for each in value["questions"]] == ["present", "absent"]
    assert value["totals"][0]["totals"] == {"launchers": 66, "warheads": 6600}
    assert (value["changes"], value["contradictions"], value["not_proven"]) == (None, [], [])
    false = Rail()
    held = false.begin(MADE)
    false.open(MADE, held, 2)
    found = as_value(false.story())
    assert found["plan_paper"] == "US-1"
    assert [(each["paper"], each["code"]) for each in found["not_proven"]] == [("US-3", "escrow.step-order")]
