"""What is owed while a text is amended, through the client: one side's proposal changes nothing, on either side."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from parley.cli.templates import read as read_template
from parley.client import Delegation
from parley.errors import Malformed, Refused
from parley.measures.agreement_file import read_agreement
from parley.measures.content import read_content, write_content
from parley.words.deeds import adopting
from tests.client.places import DAY, Office
from tests.client.test_measures import GIVEN, adopted, available, both, sent
from tests.measures.agreements import MARK, SMALL

FEWER = SMALL.replace("at_least = 9000", "at_least = 5000").encode()
MORE = SMALL.replace("at_least = 9000", "at_least = 20000").encode()


def amend(delegation: Delegation, other: Delegation, data: bytes, *, name: str | None = "small") -> str:
    """Hands over a file, and lets the other sign for it."""
    to = other.me().party
    reference = delegation.send(delegation.measures.prepare_agreement(data, to=[to], amends=name, **GIVEN)).reference
    other.sync()
    other.receive(reference, terms="accepted")
    delegation.sync()
    return reference


def owed(delegation: Delegation) -> list[tuple[str, str, str]]:
    """Who owes what: debtor, state, and the paper that began it."""
    return [
        (each.debtor, each.state.value, getattr(each.begun, "reference", str(each.begun)))
        for _, all_ in delegation.measures.obligations()
        for each in all_
    ]


def test_an_amendment_by_one_side_alone_makes_nothing_vanish(office: Office, tmp_path: Path) -> None:
    ru, us = adopted(office, tmp_path)
    available(us, sent(ru))
    ru.sync()
    before = owed(us)
    assert before == [("ru", "met-late", "RU-2")]
    for delegation, other, data in ((ru, us, MORE), (us, ru, FEWER), (ru, us, FEWER.replace(b"5000", b"1"))):
        amend(delegation, other, data)
        for each in (ru, us):
            assert owed(each) == before
            threshold = each.measures.text("small").agreement.threshold("notifiable")
            assert threshold is not None
            assert threshold.any[0].at_least == 9000
            assert [running.place for running, _ in each.measures.obligations()] == ["in-force"]


def test_an_adopted_amendment_begins_its_own_and_leaves_what_began_before(office: Office, tmp_path: Path) -> None:
    ru, us = adopted(office, tmp_path)
    available(us, sent(ru))
    ru.sync()
    amend(ru, us, MORE)
    office.clock.pass_(DAY)
    amend(us, ru, MORE)
    office.clock.pass_(DAY)
    available(us, sent(ru))  # 12,700 are below the new threshold
    ru.sync()
    for delegation in (ru, us):
        assert owed(delegation) == [("ru", "met-late", "RU-2")]
        assert [each.place for each, _ in delegation.measures.obligations()] == ["replaced", "in-force"]
        assert [each.place for each, _ in delegation.measures.overviews()] == ["in-force"]
        ((_, page),) = delegation.measures.overviews()
        assert [each.state.value for each in page.owed] == ["met-late"]
    amend(ru, us, FEWER)
    office.clock.pass_(DAY)
    amend(us, ru, FEWER)  # amended twice
    available(us, sent(ru))
    ru.sync()
    for delegation in (ru, us):
        assert owed(delegation) == [("ru", "met-late", "RU-2"), ("ru", "met-late", "RU-6")]


def test_a_statement_after_a_proposal_is_about_the_text_in_force(office: Office, tmp_path: Path) -> None:
    """Whoever is handed an amendment can still suspend: not the proposal, but what binds."""
    ru, us = adopted(office, tmp_path)
    amend(ru, us, FEWER)
    us.send(us.measures.prepare_step("small", "suspension", to=["ru"], **GIVEN))
    available(ru, "US-2")
    office.clock.pass_(DAY)
    available(ru, sent(us, to="ru", items={"start": date(2030, 3, 1)}))
    us.sync()
    for delegation in (ru, us):
        assert owed(delegation) == [("us", "voluntary", "US-3")]


def test_a_proposal_does_not_undo_a_denunciation(office: Office, tmp_path: Path) -> None:
    ru, us = adopted(office, tmp_path)
    us.send(us.measures.prepare_step("small", "denunciation", to=["ru"], **GIVEN))
    available(ru, "US-2")
    office.clock.pass_(DAY)
    available(us, sent(ru))
    ru.sync()
    before = owed(us)
    amend(ru, us, FEWER)
    for delegation in (ru, us):
        assert owed(delegation) == before == [("ru", "voluntary", "RU-2")]


def test_what_is_said_after_an_amendment_goes_for_what_the_old_text_left_owed(office: Office, tmp_path: Path) -> None:
    ru, us = adopted(office, tmp_path)
    available(us, sent(ru))
    ru.sync()
    amend(ru, us, MORE)
    office.clock.pass_(DAY)
    amend(us, ru, MORE)
    us.send(us.measures.prepare_step("small", "contesting", to=["ru"], cites="RU-2", **GIVEN))
    available(ru, "US-3")
    for delegation in (ru, us):
        assert owed(delegation) == [("ru", "contested", "RU-2")]


def test_two_texts_that_nobody_adopted_stand_beside_each_other(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    amend(ru, us, SMALL.encode(), name=None)
    amend(us, ru, FEWER, name=None)
    for delegation in (ru, us):
        found = delegation.measures.obligations()
        assert [each.place for each, _ in found] == ["proposed", "proposed"]
        assert len({each.text.digest for each, _ in found}) == 2


def test_the_board_says_what_is_free_as_soon_as_the_agreement_is_in_force(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    file = read_template("vienna-document-2011")
    amend(ru, us, file, name=None)
    ((_, early),) = us.measures.quotas()
    assert early == ()
    amend(us, ru, file, name=None)
    for delegation in (ru, us):
        ((_, board),) = delegation.measures.quotas()
        free: list[Any] = [(row.party, row.left) for row in board if row.quota.startswith("inspection")]
        assert free == [("ru", 3), ("us", 3)]


# --- what has no sense --------------------------------------------------------------------------------------------


def state(delegation: Delegation, kind: Any, **more: Any) -> str:
    """Hands over a statement of us about the small agreement."""
    return delegation.send(delegation.measures.prepare_step("small", kind, to=["ru"], **GIVEN, **more)).reference


@pytest.mark.parametrize(
    ("before", "kind", "more", "code"),
    [
        ([], "suspension", {"towards": ["us"]}, "step.oneself"),
        ([], "suspension", {"towards": ["ru", "us"]}, "step.oneself"),
        ([], "counter_measure", {"cites": "US-1"}, "step.own-paper"),
        ([], "contesting", {"cites": "US-1"}, "step.own-paper"),
        ([], "resumption", {}, "step.nothing-to-resume"),
        ([], "resumption", {"cites": "RU-1"}, "step.not-yours"),
        ([], "resumption", {"cites": "US-1"}, "step.not-yours"),
        (["suspension", "resumption"], "resumption", {}, "step.nothing-to-resume"),
        (["suspension", "resumption"], "resumption", {"cites": "US-2"}, "step.resumed-already"),
        (["denunciation"], "denunciation", {}, "step.denounced-already"),
    ],
)
def test_a_statement_that_changes_nothing_is_not_signed(
    office: Office, tmp_path: Path, before: list[str], kind: str, more: dict[str, Any], code: str
) -> None:
    _, us = adopted(office, tmp_path)
    for each in before:
        state(us, each)
        us.sync()
    with pytest.raises(Refused) as caught:
        state(us, kind, **more)
    assert caught.value.code == code


def test_what_another_party_suspended_only_that_party_resumes(office: Office, tmp_path: Path) -> None:
    ru, us = adopted(office, tmp_path)
    ru.send(ru.measures.prepare_step("small", "suspension", to=["us"], **GIVEN))
    available(us, "RU-2")
    with pytest.raises(Refused) as caught:
        state(us, "resumption", cites="RU-2")
    assert (caught.value.code, caught.value.details["reference"]) == ("step.not-yours", "RU-2")
    state(us, "contesting", cites="RU-2")
    assert state(us, "resumption", cites="US-2") == "US-3"
    ru.send(ru.measures.prepare_step("small", "resumption", to=["us"], **GIVEN))


def test_part_of_a_suspension_may_be_resumed_and_then_the_rest(office: Office, tmp_path: Path) -> None:
    _, us = adopted(office, tmp_path)
    state(us, "suspension")
    us.sync()
    state(us, "resumption", measures=["prior-notice"], cites="US-2")
    us.sync()
    with pytest.raises(Refused) as caught:  # it has no other measure
        state(us, "resumption")
    assert caught.value.code == "step.nothing-to-resume"


def test_the_same_text_is_adopted_once_and_amended_by_another(office: Office, tmp_path: Path) -> None:
    ru, us = adopted(office, tmp_path)
    for name, code in ((None, "agreement.adopted-already"), ("small", "agreement.same-text")):
        with pytest.raises(Refused) as caught:
            us.measures.prepare_agreement(SMALL.encode(), to=["ru"], amends=name, **GIVEN)
        assert caught.value.code == code
    with pytest.raises(Malformed) as other:
        us.measures.prepare_agreement(
            FEWER.replace(b'id = "small"', b'id = "large"'), to=["ru"], amends="small", **GIVEN
        )
    assert other.value.code == "agreement.other-id"
    amend(us, ru, FEWER)
    with pytest.raises(Refused) as again:
        us.measures.prepare_agreement(FEWER, to=["ru"], amends="small", **GIVEN)
    assert (again.value.code, again.value.details["reference"]) == ("agreement.adopted-already", "US-2")


@pytest.mark.parametrize("kind", ["suspension", "denunciation"])
def test_what_is_not_in_force_is_neither_suspended_nor_denounced(office: Office, tmp_path: Path, kind: str) -> None:
    ru, us = both(office, tmp_path)
    amend(ru, us, SMALL.encode(), name=None)
    for delegation, to in ((us, "ru"), (ru, "us")):
        with pytest.raises(Refused) as caught:
            delegation.measures.prepare_step("small", kind, to=[to], **GIVEN)  # type: ignore[arg-type]
        assert caught.value.code == "step.not-in-force"
    amend(us, ru, SMALL.encode(), name=None)
    state(us, kind)


AGAIN = SMALL.encode() + b"\n# again\n"


def least(delegation: Delegation) -> float | None:
    """The number of the text in force from which on notice is owed."""
    agreement = delegation.measures.in_force("small")
    threshold = agreement.threshold("notifiable") if agreement else None
    return threshold.any[0].at_least if threshold else None


def test_an_earlier_text_comes_back_as_a_file_whose_bytes_differ(office: Office, tmp_path: Path) -> None:
    ru, us = adopted(office, tmp_path)
    for data, number in ((FEWER, 5000), (AGAIN, 9000)):
        office.clock.pass_(DAY)
        amend(ru, us, data)
        amend(us, ru, data)
        assert [least(each) for each in (ru, us)] == [number, number]
        for name in (None, "small"):
            with pytest.raises(Refused) as caught:
                us.measures.prepare_agreement(SMALL.encode(), to=["ru"], amends=name, **GIVEN)
            assert caught.value.code == "agreement.adopted-already"
    available(us, sent(ru))
    ru.sync()
    for delegation in (ru, us):
        assert owed(delegation) == [("ru", "met-late", "RU-4")]


@pytest.mark.parametrize("name", [None, "small"])
def test_a_denounced_text_comes_back_as_a_file_whose_bytes_differ(
    office: Office, tmp_path: Path, name: str | None
) -> None:
    ru, us = adopted(office, tmp_path)
    state(us, "denunciation")
    office.clock.pass_(DAY)
    with pytest.raises(Refused) as caught:
        us.measures.prepare_agreement(SMALL.encode(), to=["ru"], amends=name, **GIVEN)
    assert caught.value.code == "agreement.adopted-already"
    amend(us, ru, AGAIN, name=name)
    office.clock.pass_(DAY)
    amend(ru, us, AGAIN, name=name)
    available(us, sent(ru))
    ru.sync()
    for delegation in (ru, us):
        assert [each.place for each, _ in delegation.measures.obligations()] == ["replaced", "in-force"]
        assert owed(delegation) == [("ru", "met-late", "RU-3")]


def test_whoever_hands_over_a_text_last_is_told_from_when_it_is_in_force(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    today = date.fromisoformat(us._session.now.to_text()[:10])
    dated = b'in_force = 2040-01-01\nfigures = { mark = "seen", source = "here" }\n'
    later = dated + FEWER
    for data, name, day in ((SMALL.encode(), None, today), (later, "small", date(2040, 1, 1))):
        assert ru.measures.begins(data) is None
        before = us.measures.in_force("small")
        amend(ru, us, data, name=name)
        assert us.measures.begins(data) == day
        said = next(adopting(read_agreement(data), before, day))
        assert f"in force from {day}" in said
        assert "every party" in next(adopting(read_agreement(data), before, None))
        amend(us, ru, data, name=name)


# --- what is not open here ----------------------------------------------------------------------------------------

REPLIED = (
    SMALL
    + f"""
[[measures]]
id = "answer"
kind = "reply"
title = {{ en = "An answer", ru = "Ответ" }}
provision = "art. 2"
party = "addressee"
to = "sender"
form = "question"
trigger = {{ form = "exercise" }}
due = {{ after = {{ days = 2 }}, of = "made", {MARK} }}
"""
).encode()


def test_an_answer_that_its_creditor_refused_unread_is_named(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    amend(ru, us, REPLIED, name=None)
    amend(us, ru, REPLIED, name=None)
    agreement = read_agreement(REPLIED)
    request = sent(ru, items={"troops": 100})
    available(us, request)
    question = read_content(b'agreement = "small"\nform = "question"\n[items]\ntext = "Why?"\n', agreement)
    draft = us.measures.prepare_notice(
        write_content(question), question, agreement, to=["ru"], in_reply_to=request, **GIVEN
    )
    reference = us.send(draft).reference
    ru.sync()
    ru.refuse(reference, reason="other")
    us.sync()
    office.clock.pass_(4 * DAY)
    found = {}
    for delegation in (ru, us):
        delegation.sync()
        ((_, view),) = delegation.measures.obligations()
        (one,) = [each for each in view if each.measure.id == "answer"]
        found[delegation.me().party] = (one.state.value, one.unopened)
    assert found == {"ru": ("missed", (reference,)), "us": ("met", ())}
