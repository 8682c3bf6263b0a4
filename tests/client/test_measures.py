"""Notices through a real depositary: sealed, made available at once, read back, and counted by both sides alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from parley.canonical import Time
from parley.cli.templates import read as read_template
from parley.client import Delegation, drafting
from parley.client.opening import open_paper
from parley.client.references import find
from parley.client.source import source_of
from parley.client.views import Draft
from parley.client.wish import Wish
from parley.document import file_of
from parley.errors import Invalid, Malformed, Refused
from parley.measures.agreement_file import read_agreement
from parley.measures.content import Content, of_items, read_content, write_content
from parley.measures.message import parse_message, print_message
from parley.measures.paper_text import MEDIA_TYPE, document_of, read_paper
from parley.measures.step_text import MEDIA_TYPE as AGREEMENT_TYPE
from parley.measures.step_text import document_of_agreement
from tests.client.places import DAY, Office, draft_file, trust_each_other, two
from tests.measures.agreements import SMALL, form, small
from tests.measures.altered import altered, with_status
from tests.measures.test_content import content

AGREEMENT = small()
MEASURES = Path(__file__).parents[1] / "measures" / "data"


def prepared(delegation: Delegation, *, to: str = "us", **changes: Any) -> Draft:
    found = content(**changes.pop("items", {}))
    found = replace(found, test=changes.pop("test", False))
    data = write_content(found)
    return delegation.measures.prepare_notice(data, found, AGREEMENT, to=[to], terms="public", **changes)


def sent(delegation: Delegation, **changes: Any) -> str:
    return delegation.send(prepared(delegation, **changes)).reference


def both(office: Office, folder: Path) -> tuple[Delegation, Delegation]:
    ru, us = two(office, folder)
    ru.sync()
    ru.join("amber-heron")
    us.sync()
    return ru, us


def available(delegation: Delegation, reference: str) -> None:
    """Reads on until the paper is at this party's disposal: that comes with the depositary's next batch."""
    delegation.sync()
    for _ in range(200):
        if delegation.show(reference).deliveries[0].state != "waiting":
            return
    raise AssertionError(f"{reference} is not made available")


# --- handed over --------------------------------------------------------------------------------------------------


def test_a_notice_can_be_read_at_once_without_a_signature(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    draft = prepared(ru)
    assert (draft.role, draft.opening, draft.cover.precedence) == ("notification", "at_once", "priority")
    assert draft.title == "Notification of an exercise (A small agreement, art. 1)"
    reference = ru.send(draft).reference
    available(us, reference)
    words = [provision.words for provision in us.read(reference).document.provisions]
    assert words == [
        "Autumn 2017\nwith a second line",
        "12700 persons",
        "2017-09-14",
        "NO",
        "North",
        "2017-09-13T08:30:00.000Z",
    ]
    assert us.show(reference).deliveries[0].state == "made available"


def test_both_sides_print_the_same_message_and_read_it_back(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    reference = sent(ru)
    us.sync()
    texts = {print_message(each.measures.message(reference, AGREEMENT), AGREEMENT, "en") for each in (ru, us)}
    (text,) = texts
    assert "\nMESSAGE NUMBER: RU-1\n" in text
    message = parse_message(text, AGREEMENT)
    assert message == us.measures.message(reference, AGREEMENT)
    assert message.content == content()
    assert us.measures.agreement_named(reference) == "small"


def test_what_answers_a_notice_must_name_it(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    reference = sent(ru)
    us.sync()
    question = read_content(b'agreement = "small"\nform = "question"\n[items]\ntext = "Whose troops?"\n', AGREEMENT)
    given: dict[str, Any] = {"to": ["ru"], "terms": "public"}
    with pytest.raises(Refused) as caught:
        us.measures.prepare_notice(write_content(question), question, AGREEMENT, **given)
    assert caught.value.code == "notice.follows"
    draft = us.measures.prepare_notice(write_content(question), question, AGREEMENT, in_reply_to=reference, **given)
    assert (draft.role, draft.opening) == ("question", "on_receipt")
    assert us.measures.message(us.send(draft).reference, AGREEMENT).answers == "RU-1"


def test_a_notice_in_another_language_is_the_same_to_a_program(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    reference = sent(ru, language="ru")
    available(us, reference)
    assert us.read(reference).document.title.startswith("Уведомление об учении")
    assert us.measures.message(reference, AGREEMENT).content == content()
    with pytest.raises(Malformed) as caught:
        prepared(ru, language="fr")
    assert caught.value.code == "notice.language"


# --- read back ----------------------------------------------------------------------------------------------------


def test_all_that_a_home_may_read_is_filed_with_its_four_times(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    sent(ru)
    sent(ru, items={"troops": 100}, test=True)
    ru.send(ru.prepare(draft_file(tmp_path), to=["us"], role="note", terms="public"))
    available(us, "RU-2")
    ru.sync()
    ours, theirs = ru.measures.filed(AGREEMENT), us.measures.filed(AGREEMENT)
    assert [each.reference for each in ours] == ["RU-1", "RU-2"]
    assert [each.content for each in ours] == [each.content for each in theirs]
    first, test = theirs
    assert (first.sender, first.to, first.answers, test.content.test) == ("ru", ("us",), None, True)
    assert first.made <= first.informed["us"]
    assert "us" not in first.received
    us.receive("RU-1", terms="accepted")
    again = us.measures.filed(AGREEMENT)[0]
    assert again.received["us"] >= again.made


def test_who_is_only_informed_owes_nothing(office: Office, tmp_path: Path) -> None:
    ru, _ = both(office, tmp_path)
    fr = office.party(tmp_path, "fr", "France")
    fr.sync()
    trust_each_other(ru, fr)
    ru.convene("Exercises", ["us", "fr"], handle="calm-lake", unconfirmed=True)
    ru.send(prepared(ru, handle="calm-lake", info=["fr"]))
    (found,) = ru.measures.filed(AGREEMENT, "calm-lake")
    assert found.to == ("us",)
    assert ru.measures.message("calm-lake/RU-1", AGREEMENT).info == ("fr",)


def test_a_paper_that_is_no_notice_is_none(office: Office, tmp_path: Path) -> None:
    ru, _ = both(office, tmp_path)
    ru.send(ru.prepare(draft_file(tmp_path), to=["us"], role="note", terms="public"))
    for reading in (
        lambda: ru.measures.message("RU-1", AGREEMENT),
        lambda: ru.measures.agreement_named("RU-1"),
    ):
        with pytest.raises(Refused) as caught:
            reading()
        assert caught.value.code == "notice.none"
    assert ru.measures.filed(AGREEMENT) == ()


def test_a_notice_under_another_agreement_is_not_counted_here(office: Office, tmp_path: Path) -> None:
    ru, _ = both(office, tmp_path)
    sent(ru)
    other = structs.replace(AGREEMENT, id="other")
    assert ru.measures.filed(other) == ()
    with pytest.raises(Refused) as caught:
        ru.measures.message("RU-1", other)
    assert (caught.value.code, caught.value.details["agreement"]) == ("notice.elsewhere", "small")


# --- the text and the file ----------------------------------------------------------------------------------------


def test_a_text_that_says_something_else_than_its_file_counts_for_nothing(office: Office, tmp_path: Path) -> None:
    ru, _ = both(office, tmp_path)
    reference = sent(ru)
    _, paper = find(ru._session, reference, signing=False)
    opened = open_paper(ru._session, paper.act, sink=None)
    data = opened.parts[-1].content or b""
    assert read_paper(opened.document, data, AGREEMENT) == content()
    lies = data.replace(b"12700", b"2700")
    with pytest.raises(Invalid) as caught:
        read_paper(opened.document, lies, AGREEMENT)
    assert caught.value.code == "notice.other-words"
    for other in altered(opened.document):
        with pytest.raises(Invalid) as annexed:
            read_paper(other, data, AGREEMENT)
        assert annexed.value.code == "notice.other-words"
    assert read_paper(with_status(opened.document), data, AGREEMENT) == content()  # a translation says so itself
    with pytest.raises(Malformed) as bare:
        read_paper(structs.replace(opened.document, original=None), data, AGREEMENT)
    assert bare.value.code == "notice.no-file"


def test_a_test_says_so_in_its_title() -> None:
    data = write_content(content())
    file = file_of("notice.toml", MEDIA_TYPE, data)
    document = document_of(replace(content(), test=True, remarks="Only a test."), AGREEMENT, file, language="en")
    assert document.title.startswith("TEST: Notification")
    assert (document.provisions[-1].heading, document.provisions[-1].words) == ("Remarks", "Only a test.")
    assert [each.label for each in document.provisions[:2]] == ["1", "2.A"]
    with pytest.raises(Malformed):
        document_of(replace(content(), form="war"), AGREEMENT, file, language="en")


def test_the_agreement_of_these_tests_has_the_forms_they_speak_of() -> None:
    assert form("question").follows == ("exercise",)
    assert "notifiable" in SMALL


# --- agreements ---------------------------------------------------------------------------------------------------

GIVEN: dict[str, Any] = {"terms": "public"}


def adopted(office: Office, folder: Path) -> tuple[Delegation, Delegation]:
    """ru and us, both of which adopted the small agreement."""
    ru, us = both(office, folder)
    ru.send(ru.measures.prepare_agreement(SMALL.encode(), to=["us"], **GIVEN))
    us.receive("RU-1", terms="accepted")
    us.send(us.measures.prepare_agreement(SMALL.encode(), to=["ru"], **GIVEN))
    ru.receive("US-1", terms="accepted")
    us.sync()
    return ru, us


def test_an_agreement_is_adopted_when_both_deposited_the_same_file(office: Office, tmp_path: Path) -> None:
    ru, us = adopted(office, tmp_path)
    for delegation in (ru, us):
        steps = list(delegation.measures.underway().steps())
        assert [(step.kind, step.sender) for step in steps] == [("adoption", "ru"), ("adoption", "us")]
        assert len({step.agreement for step in steps}) == 1
        assert delegation.measures.text("small").agreement == AGREEMENT
    assert us.show("US-1").role == "response"
    assert us.show("US-1").in_reply_to == "RU-1"


def test_a_notice_over_the_threshold_is_owed_in_time(office: Office, tmp_path: Path) -> None:
    ru, us = adopted(office, tmp_path)
    late = sent(ru)
    available(us, late)
    small_one = sent(ru, items={"troops": 8_999})
    available(us, small_one)
    ru.sync()
    for delegation in (ru, us):
        ((text, owed),) = delegation.measures.obligations()
        assert text.agreement.id == "small"
        (one,) = owed
        assert (one.debtor, one.creditor, one.measure.id, one.state.value) == ("ru", "us", "prior-notice", "met-late")
        assert one.reason.paper is not None
        assert one.reason.paper.reference == late


def test_a_notice_that_was_taken_back_or_replaced_counts_for_nothing(office: Office, tmp_path: Path) -> None:
    ru, us = adopted(office, tmp_path)
    ru.withdraw(sent(ru))
    assert ru.measures.filed(AGREEMENT) == ()
    wrong = ru.send(prepared(ru, at_once=False)).reference
    ru.send(prepared(ru, items={"troops": 8_999}, replaces=wrong, at_once=False))
    (found,) = ru.measures.filed(AGREEMENT)
    assert found.content.count("troops") == 8_999
    ((_, owed),) = us.measures.obligations()
    assert owed == ()


def test_what_was_signed_for_counts_beside_what_replaces_it(office: Office, tmp_path: Path) -> None:
    """Nobody makes a notice undone by a paper that replaces it: both count, on both sides."""
    ru, us = adopted(office, tmp_path)
    first = sent(ru, at_once=False)
    us.sync()
    us.receive(first, terms="accepted")
    ru.sync()
    second = sent(ru, items={"troops": 8_999}, replaces=first)
    available(us, second)
    ru.sync()
    for delegation in (ru, us):
        papers = delegation.measures.filed(AGREEMENT)
        assert [(each.reference, each.content.count("troops")) for each in papers] == [(first, 12_700), (second, 8_999)]
        assert [each.replaces for each in papers] == [None, papers[0].digest]
        ((_, owed),) = delegation.measures.obligations()
        assert [(each.reason.paper.reference, each.state.value) for each in owed if each.reason.paper] == [
            (first, "met-late")
        ]


def test_an_adoption_that_was_signed_for_cannot_be_replaced_by_a_note(office: Office, tmp_path: Path) -> None:
    ru, us = adopted(office, tmp_path)
    available(us, sent(ru))
    before = us.measures.obligations()
    ru.send(ru.prepare(draft_file(tmp_path), to=["us"], role="note", terms="public", replaces="RU-1"))
    us.sync()
    for delegation in (ru, us):
        steps = [(step.kind, step.sender) for step in delegation.measures.underway().steps()]
        assert steps == [("adoption", "ru"), ("adoption", "us")]
        assert delegation.measures.obligations() == before
    assert [each.state.value for _, owed in before for each in owed] == ["met-late"]


def test_a_suspension_a_contest_and_its_end_are_seen_alike(office: Office, tmp_path: Path) -> None:
    ru, us = adopted(office, tmp_path)
    us.send(us.measures.prepare_step("small", "suspension", to=["ru"], measures=["prior-notice"], because="?", **GIVEN))
    available(ru, "US-2")
    ru.send(ru.measures.prepare_step("small", "contesting", to=["us"], cites="US-2", **GIVEN))
    available(us, "RU-2")
    us.send(us.measures.prepare_step("small", "resumption", to=["ru"], cites="US-2", **GIVEN))
    available(ru, "US-3")
    us.sync()
    for delegation in (ru, us):
        steps = list(delegation.measures.underway().steps())[2:]
        assert [(step.kind, step.sender, step.measures) for step in steps] == [
            ("suspension", "us", ("prior-notice",)),
            ("contesting", "ru", ()),
            ("resumption", "us", ()),
        ]
        assert steps[1].cites == steps[2].cites == steps[0].digest
    words = [each.words for each in ru.read("US-2").document.provisions]
    assert words == ["prior-notice", "all", "?"]


def test_an_agreement_whose_text_is_another_than_its_file_is_adopted_by_nobody(office: Office, tmp_path: Path) -> None:
    """What a person reads and answers with the same file is that file, or nothing at all."""
    ru, us = both(office, tmp_path)
    data = SMALL.encode()
    file = file_of("small.toml", AGREEMENT_TYPE, data)
    found = document_of_agreement(AGREEMENT, file, language="en")
    first = structs.replace(found.provisions[0], words="Each side tells the other what it likes.")
    softer = structs.replace(found, provisions=(first, *found.provisions[1:]))
    wish = Wish(to=["us"], role="proposal", **GIVEN)
    ru.send(drafting.prepare_read(ru._session, source_of(softer, data), None, wish))
    us.receive("RU-1", terms="accepted")
    for delegation in (ru, us):
        under = delegation.measures.underway()
        assert (under.texts, list(under.steps())) == ({}, [])
    draft = us.measures.prepare_agreement(data, to=["ru"], **GIVEN)
    assert (draft.role, draft.in_reply_to) == ("proposal", None)


def test_a_denunciation_is_taken_back_by_name_and_before_the_end(office: Office, tmp_path: Path) -> None:
    notice = 'notice = { months = 3, mark = "seen", source = "here" }\n\n[[sources]]'
    text = SMALL.replace("[[sources]]", notice, 1).encode()
    ru, us = both(office, tmp_path)
    ru.send(ru.measures.prepare_agreement(text, to=["us"], **GIVEN))
    us.receive("RU-1", terms="accepted")
    us.send(us.measures.prepare_agreement(text, to=["ru"], **GIVEN))
    us.send(us.measures.prepare_step("small", "denunciation", to=["ru"], **GIVEN))
    with pytest.raises(Refused) as unnamed:
        us.measures.prepare_step("small", "resumption", to=["ru"], **GIVEN)
    assert (unnamed.value.code, unnamed.value.details["reference"]) == ("step.which", "US-2")
    assert us.measures.prepare_step("small", "resumption", to=["ru"], cites="US-2", **GIVEN).role == "notification"
    with pytest.raises(Refused) as nothing:
        ru.measures.prepare_step("small", "resumption", to=["us"], **GIVEN)
    assert nothing.value.code == "step.nothing-to-resume"
    office.clock.pass_(100 * DAY)
    for cites in ("US-2", None):
        with pytest.raises(Refused) as late:
            us.measures.prepare_step("small", "resumption", to=["ru"], cites=cites, **GIVEN)
        assert late.value.code == "step.ended"


def test_an_amendment_takes_the_place_of_the_text_it_answers(office: Office, tmp_path: Path) -> None:
    ru, us = adopted(office, tmp_path)
    amended = SMALL.replace("at_least = 9000", "at_least = 5000").encode()
    us.send(us.measures.prepare_agreement(amended, to=["ru"], amends="small", **GIVEN))
    ru.receive("US-2", terms="accepted")
    ru.send(ru.measures.prepare_agreement(amended, to=["us"], **GIVEN))
    us.receive("RU-2", terms="accepted")
    steps = list(us.measures.underway().steps())
    assert [step.kind for step in steps] == ["adoption", "adoption", "amendment", "amendment"]
    assert steps[2].agreement == steps[3].agreement == steps[0].agreement
    assert steps[2].becomes == steps[3].becomes == us.measures.text("small").digest
    threshold = us.measures.text("small").agreement.threshold("notifiable")
    assert threshold is not None
    assert threshold.any[0].at_least == 5000


@pytest.mark.parametrize(
    ("name", "kind", "more", "code"),
    [
        ("large", "suspension", {}, "agreement.not-here"),
        ("small", "suspension", {"measures": ["war"]}, "agreement.no-measure"),
        ("small", "suspension", {"towards": ["Nobody & Nowhere"]}, "party.unknown"),
        ("small", "suspension", {"towards": ["us", "xx"]}, "deposit.not-a-party"),
        ("small", "contesting", {}, "step.cites"),
        ("small", "counter_measure", {"cites": "RU-9"}, "reference.unknown"),
        ("small", "denunciation", {"because": "x" * 2_001}, "step.long"),
    ],
)
def test_statements_about_what_is_not_there(
    office: Office, tmp_path: Path, name: str, kind: Any, more: dict[str, Any], code: str
) -> None:
    ru, _ = both(office, tmp_path)
    ru.send(ru.measures.prepare_agreement(SMALL.encode(), to=["us"], **GIVEN))
    with pytest.raises((Refused, Malformed)) as caught:
        ru.measures.prepare_step(name, kind, to=["us"], **GIVEN, **more)
    assert caught.value.code == code
    with pytest.raises(Refused) as amending:
        ru.measures.prepare_agreement(SMALL.replace("9000", "1").encode(), to=["us"], amends="large", **GIVEN)
    assert amending.value.code == "agreement.not-here"


# --- rounds -------------------------------------------------------------------------------------------------------


def declared(delegation: Delegation, **changes: Any) -> Draft:
    found = content(**changes.pop("items", {}))
    data = write_content(found)
    return delegation.measures.prepare_declaration(
        data, found, AGREEMENT, round_name=changes.pop("round_name", "2026-09"), terms="public", **changes
    )


def opened(delegation: Delegation, reference: str) -> str:
    """The words of a paper, read as soon as it is handed over."""
    while delegation.show(reference).deliveries[0].handed_over is None:
        delegation.sync()
    return delegation.read(reference).document.provisions[0].words


def test_a_round_opens_for_all_when_the_last_has_signed_and_for_nobody_before(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    deadline = Time(office.clock() + 5 * DAY)
    ru.send(declared(ru, deadline=deadline, items={"designation": "Ours"}))
    us.sync()
    us.receive("RU-1", terms="accepted")
    with pytest.raises(Refused):
        us.read("RU-1")
    draft = declared(us, items={"designation": "Theirs"})
    assert (draft.opening, draft.accept_by) == ("together", deadline)
    us.send(draft)
    with pytest.raises(Refused):
        us.read("RU-1")
    ru.receive("US-1", terms="accepted")
    assert opened(ru, "US-1") == "Theirs"
    assert opened(us, "RU-1") == "Ours"
    assert {each.reference for each in us.measures.filed(AGREEMENT)} == {"RU-1", "US-1"}


def test_who_stays_away_sees_nothing_and_the_others_lose_nothing(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    ru.send(declared(ru, deadline=Time(office.clock() + DAY)))
    us.sync()
    us.receive("RU-1", terms="accepted")
    office.clock.pass_(2 * DAY)
    us.sync()
    with pytest.raises(Refused):
        us.read("RU-1")
    assert us.measures.filed(AGREEMENT) == ()
    assert [each.reference for each in ru.measures.filed(AGREEMENT)] == ["RU-1"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "round.already"),
        ({"round_name": "2027-03"}, "round.deadline"),
        ({"round_name": "2027-03", "deadline": Time(0)}, "round.past"),
        ({"round_name": "September 2026"}, "round.name"),
        ({"round_name": "x" * 41}, "round.name"),
    ],
)
def test_a_round_that_a_paper_cannot_go_into(
    office: Office, tmp_path: Path, changes: dict[str, Any], code: str
) -> None:
    ru, _ = both(office, tmp_path)
    ru.send(declared(ru, deadline=Time(office.clock() + DAY)))
    with pytest.raises((Refused, Malformed)) as caught:
        declared(ru, **changes)
    assert caught.value.code == code


def test_a_round_has_one_deadline(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    ru.send(declared(ru, deadline=Time(office.clock() + DAY)))
    us.sync()
    with pytest.raises(Refused) as caught:
        declared(us, deadline=Time(office.clock() + 2 * DAY))
    assert caught.value.code == "round.other-deadline"


def test_nobody_declares_in_a_round_that_is_over(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    ru.send(declared(ru, deadline=Time(office.clock() + DAY)))
    office.clock.pass_(2 * DAY)
    us.sync()
    with pytest.raises(Refused) as caught:
        declared(us)
    assert (caught.value.code, caught.value.details["name"]) == ("round.over", "2026-09")


def test_what_is_exchanged_in_a_round_is_not_shown_to_the_others_first(office: Office, tmp_path: Path) -> None:
    ru, _ = both(office, tmp_path)
    agreement = read_agreement((MEASURES / "small.toml").read_bytes())
    found = agreement.form("data")
    assert found is not None
    figures = of_items(agreement, found, {"day": date(2022, 7, 1), "arms": 300, "others": 20})
    data = write_content(figures)
    with pytest.raises(Refused) as caught:
        ru.measures.prepare_notice(data, figures, agreement, to=["us"], terms="public")
    assert (caught.value.code, caught.value.details["form"]) == ("notice.together", "data")
    tried = replace(figures, test=True)
    ru.measures.prepare_notice(write_content(tried), tried, agreement, to=["us"], terms="public")
    round_ = {"round_name": "2022-07", "deadline": Time(office.clock() + DAY)}
    assert ru.measures.prepare_declaration(data, figures, agreement, terms="public", **round_).opening == "together"


# --- inspections --------------------------------------------------------------------------------------------------

VIENNA = read_agreement(read_template("vienna-document-2011"))


def filled(name: str, **items: Any) -> Content:
    """A form of the Vienna Document, its required items answered by anything that may stand there."""
    found = VIENNA.form(name)
    assert found is not None
    default: dict[str, Any] = {
        "text": "As agreed.", "count": 1, "date": date(2022, 3, 1), "yes_no": True,
        "time": Time.from_text("2022-03-01T12:00:00.000Z"),
    }  # fmt: skip
    given = {
        item.id: item.choices[0].id if item.type == "choice" else max(item.at_least or 0, default[item.type])
        if item.type == "count" else default[item.type]
        for item in found.items
        if item.required
    }  # fmt: skip
    return of_items(VIENNA, found, given | items)


def asked(delegation: Delegation, name: str, to: str, **changes: Any) -> str:
    one = filled(name)
    draft = delegation.measures.prepare_notice(write_content(one), one, VIENNA, to=[to], terms="public", **changes)
    return delegation.send(draft).reference


def test_one_party_may_not_ask_twice_and_the_board_says_who_has_the_place(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    file = read_template("vienna-document-2011")
    ru.send(ru.measures.prepare_agreement(file, to=["us"], **GIVEN))
    us.receive("RU-1", terms="accepted")
    request = asked(us, "inspection-request", "ru")
    ru.receive(request, terms="accepted")
    reply = asked(ru, "inspection-reply", "us", in_reply_to=request)
    us.receive(reply, terms="accepted")
    with pytest.raises(Refused) as caught:
        asked(us, "inspection-request", "ru")
    assert caught.value.code == "inspection.share"
    for delegation in (ru, us):
        ((text, board),) = delegation.measures.quotas()
        assert text.agreement.id == "vienna-document-2011"
        (row,) = [each for each in board if each.quota.startswith("inspection") and each.party == "ru"]
        assert (row.number, [each.inspection.reference for each in row.taken], row.left) == (3, [request], 2)
        assert row.left_for["us"] == 0


def test_a_reply_of_a_party_that_was_not_asked_is_refused(office: Office, tmp_path: Path) -> None:
    _, us = both(office, tmp_path)
    request = asked(us, "inspection-request", "ru")
    with pytest.raises(Refused) as caught:
        asked(us, "inspection-reply", "ru", in_reply_to=request)
    assert caught.value.code == "inspection.not-asked"


def test_what_was_not_signed_for_cannot_be_told_to_be_a_request(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    request = asked(us, "inspection-request", "ru")
    ru.sync()
    with pytest.raises(Refused) as caught:
        asked(ru, "inspection-reply", "us", in_reply_to=request)
    assert (caught.value.code, caught.value.details["reference"]) == ("notice.sign-first", request)
    ru.receive(request, terms="accepted")
    us.sync()
    assert asked(ru, "inspection-reply", "us", in_reply_to=request) == "RU-1"
    ru.send(ru.prepare(draft_file(tmp_path), to=["us"], role="note", terms="public"))
    us.receive("RU-2", terms="accepted")
    with pytest.raises(Refused) as other:
        asked(us, "inspection-reply", "ru", in_reply_to="RU-2")
    assert other.value.code == "inspection.follows"


def test_after_the_last_day_nobody_can_be_asked_and_no_place_is_open(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    asked(us, "inspection-request", "ru")
    ru.sync()
    ended = read_template("vienna-document-2011").replace(b"\nfigures =", b"\nexpires = 2011-12-31\nfigures =", 1)
    ru.send(ru.measures.prepare_agreement(ended, to=["us"], **GIVEN))
    us.receive("RU-1", terms="accepted")
    one = filled("inspection-request")
    agreement = read_agreement(ended)
    with pytest.raises(Refused) as caught:
        us.measures.prepare_notice(write_content(one), one, agreement, to=["ru"], terms="public")
    assert (caught.value.code, caught.value.details["day"]) == ("inspection.ended", "2011-12-31")
    for ((_, board),) in (us.measures.quotas(), us.measures.quotas(year=2010)):
        assert board
        assert all((row.left, set(row.left_for.values()) - {0}) == (0, set()) for row in board)


# --- all of it at once --------------------------------------------------------------------------------------------


def test_how_things_stand_is_the_same_on_both_sides(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    assert ru.measures.overviews() == ()
    data = SMALL.encode("utf-8")
    for one, other in ((ru, us), (us, ru)):
        draft = one.measures.prepare_agreement(data, to=[other.me().party], terms="public")
        reference = one.send(draft).reference
        other.sync()
        other.receive(reference, terms="accepted")
    reference = sent(ru)
    available(us, reference)
    ru.sync()
    ((_, ours),), ((_, theirs),) = ru.measures.overviews(year=2017), us.measures.overviews(year=2017)
    assert [(each.reference, each.first) for each in ours.announced] == [(reference, date(2017, 9, 14))]
    assert [each.reference for each in theirs.announced] == [reference]
    assert [owed.state for owed in ours.owed] == [owed.state for owed in theirs.owed]
    assert len(ours.owed) == 1
    assert (ours.year, ours.limits, ours.quotas) == (2017, (), ())
    ((_, later),) = ru.measures.overviews()
    assert later.year == date.fromisoformat(office.clock().to_text()[:10]).year
    assert later.announced == ()
    with pytest.raises(Malformed) as caught:
        ru.measures.overviews(year=1600)
    assert caught.value.code == "inspection.year"
