"""Which text takes the place of which: only one that every party handed over, and then from its own day on."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from parley.crypto import Digest
from parley.measures.agreement import Agreement
from parley.measures.obligation import Obligation
from parley.measures.obligations import obligations
from parley.measures.papers import Filed
from parley.measures.standing import Standing, Step
from parley.measures.succession import Handed, adopted_by_all, text_steps
from tests.measures.obligation_build import HALF_YEARLY, NOTICE, REPLY, at, digest, filed, step, under, utc

TWO = ("ru", "us")
OLD, NEW, THIRD, OTHER = (digest(name) for name in ("old", "new", "third", "other"))
PAPERS = under(NOTICE, REPLY, HALF_YEARLY)
FROM_A_DAY = under(NOTICE, REPLY, HALF_YEARLY, head="in_force = 2022-01-20\n")


def handed(sender: str, text: Digest, day: int, *, name: str = "invented", in_force: date | None = None) -> Handed:
    return Handed(
        reference=f"{sender}-{day}",
        digest=digest(f"{sender} {text.hex()} {day}"),
        sender=sender,
        entry=day,
        made=at(f"2022-01-{day:02}T12:00"),
        text=text,
        id=name,
        in_force=in_force,
    )


def kinds(*files: Handed) -> list[tuple[str, str, Digest, Digest | None]]:
    return [(each.kind, each.sender, each.agreement, each.becomes) for each in text_steps(files, TWO)]


BOTH = (handed("ru", OLD, 1), handed("us", OLD, 2))


def test_what_both_handed_over_is_adopted_and_what_one_did_replaces_nothing() -> None:
    assert kinds(*BOTH) == [("adoption", "ru", OLD, None), ("adoption", "us", OLD, None)]
    assert kinds(*BOTH, handed("ru", NEW, 3))[2:] == [("amendment", "ru", OLD, NEW)]
    assert adopted_by_all((*BOTH, handed("ru", NEW, 3)), TWO) == {OLD: 2}
    assert adopted_by_all((*BOTH, handed("us", NEW, 4), handed("ru", NEW, 3)), TWO) == {OLD: 2, NEW: 4}
    assert adopted_by_all(BOTH, ()) == {}


def test_two_texts_of_which_none_is_adopted_amend_nothing() -> None:
    assert [kind for kind, *_ in kinds(handed("ru", OLD, 1), handed("us", NEW, 2))] == ["adoption", "adoption"]


def test_a_text_of_another_id_amends_nothing() -> None:
    assert kinds(*BOTH, handed("ru", NEW, 3, name="another"))[2:] == [("adoption", "ru", NEW, None)]


def test_what_is_amended_is_what_was_complete_before_whatever_was_handed_over_first() -> None:
    early = handed("ru", NEW, 1)
    files = (early, handed("ru", OLD, 2), handed("us", OLD, 3), handed("us", NEW, 4))
    found = text_steps(files, TWO)
    assert [(each.kind, each.sender) for each in found if each.becomes == NEW] == [
        ("amendment", "ru"),
        ("amendment", "us"),
    ]
    assert {each.kind for each in found if each.agreement == OLD and each.becomes is None} == {"adoption"}


def test_a_third_text_takes_the_place_of_both_before_it() -> None:
    files = (*BOTH, *(handed(party, NEW, 3, in_force=date(2023, 1, 1)) for party in TWO))
    files += tuple(handed(party, THIRD, 5) for party in TWO)
    thirds = [each for each in text_steps(files, TWO) if each.becomes == THIRD]
    assert {each.agreement for each in thirds} == {OLD, NEW}
    state = Standing(agreement=PAPERS, text=OLD, parties=TWO)
    for each in text_steps(files, TWO):
        state = state.with_step(each)
    assert state.at(at("2024-01-01")).replaced == at("2022-01-05T12:00")  # not the day in 2023 of the second
    assert state.at(at("2022-01-04")).replaced == at("2023-01-01")


# --- what is owed -------------------------------------------------------------------------------------------------


def owed(
    files: tuple[Handed, ...], more: list[Step], now: Any, text: Digest, papers: tuple[Filed, ...] = ()
) -> tuple[Obligation, ...]:
    agreement: Agreement = FROM_A_DAY if text == NEW else PAPERS
    steps = [*text_steps(files, TWO), *more]
    return obligations(agreement, utc(*TWO), papers, steps, now, text=text)


def test_until_the_day_on_which_an_adopted_amendment_enters_into_force_the_old_text_stays() -> None:
    files = (*BOTH, *(handed(party, NEW, 3, in_force=date(2022, 1, 20)) for party in TWO))
    asked = {day: filed(f"q{day}", "us", ["ru"], "request", f"2022-01-{day}", what="?") for day in (10, 21)}
    papers = tuple(asked.values())
    for text, day in ((OLD, 10), (NEW, 21)):
        found = [each for each in owed(files, [], at("2022-02-01"), text, papers) if each.measure.id == "reply"]
        assert [each.begun for each in found] == [asked[day]]


DAYS = st.integers(min_value=3, max_value=28)
TEXTS = st.sampled_from((OLD, NEW, THIRD, OTHER))
NAMES = st.sampled_from(("invented", "invented", "another"))


@given(
    st.lists(st.tuples(TEXTS, DAYS, NAMES), max_size=6),
    st.lists(
        st.tuples(st.sampled_from(("suspension", "counter_measure", "contesting", "resumption")), DAYS), max_size=4
    ),
    st.integers(min_value=1, max_value=60),
)
def test_a_one_sided_act_changes_nothing_that_the_other_owes(
    texts: list[tuple[Digest, int, str]], said: list[tuple[Any, int]], later: int
) -> None:
    papers = (
        filed("asked-us", "ru", ["us"], "request", "2022-01-05", what="?"),
        filed("asked-ru", "us", ["ru"], "request", "2022-01-05", what="?"),
        filed(
            "exercise", "us", ["ru"], "notice", "2022-01-06", start=date(2022, 1, 9), troops=9000, at=at("2022-01-09")
        ),
    )
    files = BOTH + tuple(handed("ru", text, day, name="invented" if text == OLD else name) for text, day, name in texts)
    suspends = digest("about what")
    steps = [
        step(f"s{n}", kind, "ru", f"2022-01-{day:02}", text=OLD, cites=suspends) for n, (kind, day) in enumerate(said)
    ]
    now = at("2022-01-06") + later * 86_400_000
    before, after = (
        [each for each in owed(one, more, now, OLD, papers) if each.debtor == "us"]
        for one, more in ((BOTH, []), (files, steps))
    )
    assert before
    assert after == before
