"""Quotas and their board: fixed ones and the rule of sixtieths, first in log order, and what follows a request."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import ceil
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.crypto import Digest
from parley.errors import Malformed, ParleyError, Refused
from parley.measures.agreement_file import examine, read_agreement
from parley.measures.content import Content
from parley.measures.following import Inspection, Objection, check_answer, declined, follow
from parley.measures.inspections import QuotaRow, check_request, quota_board
from parley.measures.papers import Filed
from tests.measures.agreements import MARK, a_form, an_entry, an_item, head
from tests.measures.filing import filed


def form(name: str, items: str, more: str = "") -> str:
    return a_form(name, "ch. 9", items, more=more)


def item(name: str, number: int, type_: str, *choices: str, required: bool = True) -> str:
    return an_item(name, number, type_, "ch. 9", *choices, required=required)


def measure(name: str, kind: str, form_: str, trigger: str, owes: str) -> str:
    return an_entry(
        "measures", name, "ch. 9", f'kind = "{kind}"', f'party = "{owes}"', f'form = "{form_}"',
        f'trigger = {{ form = "{trigger}" }}', f'due = {{ after = {{ hours = 24 }}, of = "made", {MARK} }}',
    )  # fmt: skip


def quota(name: str, form_: str, rest: str, counted: str = "passive") -> str:
    return an_entry(
        "quotas", name, "ch. 9", f'form = "{form_}"', f'counted = "{counted}"', 'mark = "to_be_checked"',
        'source = "here"', rest,
    )  # fmt: skip


REASONS = ("force-majeure", "quota-filled", "not-convenient")
ANSWER = item("answer", 1, "choice", "yes", "no") + item("reason", 2, "choice", *REASONS, required=False)
VISITS = "".join(
    [
        head("visits", "Inspections and evaluations, invented for tests", "ch. 9: Verification"),
        form("strength", item("as-of", 1, "date") + item("units", 2, "count")),
        form("inspect", item("area", 1, "text")),
        form("evaluate", item("unit", 1, "text")),
        form(
            "reply",
            ANSWER,
            'follows = ["inspect", "evaluate"]\n'
            'refusal = { item = "answer", choice = "no", reason = "reason", allowed = '
            '["force-majeure", "quota-filled"] }',
        ),
        form("entry", item("place", 1, "text"), 'follows = ["reply"]'),
        form("report", item("findings", 1, "text"), 'follows = ["entry", "reply", "inspect"]'),
        form("protocol", item("findings", 1, "text"), 'follows = ["entry"]'),
        form(
            "comment",
            item("position", 1, "choice", "noted", "contested"),
            'follows = ["report"]\nrefusal = { item = "position", choice = "contested" }',
        ),
        form("note", item("words", 1, "text"), 'follows = ["inspect", "strength"]'),
        form(
            "letter",
            item("position", 1, "choice", "noted", "contested"),
            'refusal = { item = "position", choice = "contested" }',
        ),
        measure("answer-inspection", "reply", "reply", "inspect", "addressee"),
        measure("answer-evaluation", "reply", "reply", "evaluate", "addressee"),
        measure("report-on-it", "report", "report", "reply", "addressee"),
        quota("inspections", "inspect", "at_most = 3\nper_asking = 1"),
        quota(
            "evaluations",
            "evaluate",
            'declared = "strength"\nitem = "units"\nas_of = "as-of"\ndivided_by = 60\nmost = 15\nshare_of = 5',
        ),
        quota("sent-out", "evaluate", 'at_most = 4\nreport = "protocol"', counted="active"),
    ]
)
AGREEMENT = read_agreement(VISITS.encode())


class Log:
    """Papers one after another, each with the next entry."""

    def __init__(self) -> None:
        self.papers: list[Filed] = []

    def add(
        self, sender: str, form_: str, *to: str, made: str = "2012-03-01", answers: Any = None, **items: Any
    ) -> Filed:
        paper = filed(
            sender, form_, {name.replace("_", "-"): value for name, value in items.items()},
            entry=len(self.papers) + 1, to=to, made=made, answers=answers, agreement="visits",
        )  # fmt: skip
        self.papers.append(paper)
        return paper

    def inspect(self, sender: str, asked: str, **given_: Any) -> Filed:
        return self.add(sender, "inspect", asked, area="west", **given_)

    def evaluate(self, sender: str, asked: str, **given_: Any) -> Filed:
        return self.add(sender, "evaluate", asked, unit="brigade", **given_)

    def strength(self, sender: str, units: int, as_of: str = "2012-01-01", made: str = "2011-12-15") -> Filed:
        return self.add(sender, "strength", made=made, as_of=date.fromisoformat(as_of), units=units)

    def reply(self, request: Filed, answer: str = "yes", **given_: Any) -> Filed:
        return self.add(request.to[0], "reply", request.sender, answers=request, answer=answer, **given_)

    def row(self, quota_: str, party: str, year: int = 2012) -> QuotaRow:
        (found,) = [
            row for row in quota_board(AGREEMENT, self.papers, year) if (row.quota, row.party) == (quota_, party)
        ]
        return found

    def only(self) -> Inspection:
        (inspection,), _ = follow(AGREEMENT, self.papers)
        return inspection


def taken(row: QuotaRow) -> list[tuple[str, str]]:
    return [(each.inspection.asking, each.inspection.reference) for each in row.taken]


def late(row: QuotaRow) -> list[tuple[str, str]]:
    return [(each.inspection.reference, each.code) for each in row.late]


# --- how many there are -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("units", "number", "share"),
    [
        (0, 0, 0), (1, 1, 1), (59, 1, 1), (60, 1, 1), (61, 2, 1), (240, 4, 1), (241, 5, 1), (540, 9, 1), (541, 10, 2),
        (840, 14, 2), (841, 15, 3), (900, 15, 3), (901, 15, 3), (5000, 15, 3),
    ],
)  # fmt: skip
def test_the_rule_of_sixtieths(units: int, number: int, share: int) -> None:
    log = Log()
    paper = log.strength("ru", units)
    log.add("us", "strength", "ru", as_of=date(2012, 1, 1), units=1)
    row = log.row("evaluations", "ru")
    assert row.number == row.left == number == min(15, ceil(units / 60))
    assert row.left_for == {"us": share}
    assert row.basis is not None
    assert (row.basis.declared, row.basis.paper) == (units, paper.digest)


def test_a_number_goes_from_the_day_of_which_it_speaks() -> None:
    log = Log()
    log.strength("ru", 600, as_of="2012-01-01", made="2011-12-15")
    log.strength("ru", 60, as_of="2013-01-01", made="2012-12-15")
    assert [log.row("evaluations", "ru", year).number for year in (2011, 2012, 2013, 2014)] == [None, 10, 1, 1]


def test_the_last_declaration_for_a_day_counts() -> None:
    log = Log()
    log.strength("ru", 600)
    log.strength("ru", 120)
    assert log.row("evaluations", "ru").number == 2


def test_what_is_declared_after_the_year_does_not_change_it() -> None:
    log = Log()
    log.strength("ru", 600)
    log.strength("ru", 60, as_of="2012-01-01", made="2013-01-01")
    assert (log.row("evaluations", "ru").number, log.row("evaluations", "ru", 2013).number) == (10, 1)


def test_silence_does_not_pay() -> None:
    """Who declares nothing can be asked all the same; once declared, what was taken counts."""
    log = Log()
    log.evaluate("us", "ru")
    row = log.row("evaluations", "ru")
    assert (row.number, row.left, row.basis, row.left_for) == (None, None, None, {"us": None})
    assert taken(row) == [("us", "US-1")]
    log.strength("ru", 61, as_of="2012-06-01", made="2012-06-01")
    assert (log.row("evaluations", "ru").number, log.row("evaluations", "ru").left) == (2, 1)


# --- who took which ---------------------------------------------------------------------------------------------


def test_the_first_in_log_order_wins_the_last_one() -> None:
    log = Log()
    for party in ("us", "de", "fr"):
        log.inspect(party, "ru")
    log.inspect("gb", "ru")
    row = log.row("inspections", "ru")
    assert taken(row) == [("us", "US-1"), ("de", "DE-2"), ("fr", "FR-3")]
    assert late(row) == [("GB-4", "inspection.filled")]
    assert row.late[0].winner == log.papers[2].digest
    assert (row.number, row.left, row.left_for["gb"]) == (3, 0, 0)


def test_one_party_has_no_more_than_its_share() -> None:
    log = Log()
    first = log.inspect("us", "ru")
    log.inspect("de", "ru")
    log.inspect("us", "ru")
    row = log.row("inspections", "ru")
    assert taken(row) == [("us", "US-1"), ("de", "DE-2")]
    assert late(row) == [("US-3", "inspection.share")]
    assert row.late[0].winner == first.digest
    assert (row.left, row.left_for) == (1, {"de": 0, "us": 0})
    log.add("fr", "strength", "us", as_of=date(2012, 1, 1), units=1)
    assert log.row("inspections", "ru").left_for["fr"] == 1


def test_each_party_has_a_row_in_each_quota() -> None:
    log = Log()
    log.inspect("us", "ru")
    rows = quota_board(AGREEMENT, log.papers, 2012)
    assert [(row.quota, row.party) for row in rows] == [
        (name, party) for name in ("inspections", "evaluations", "sent-out") for party in ("ru", "us")
    ]
    assert log.row("inspections", "us").left_for == {"ru": 1}
    assert quota_board(AGREEMENT, [], 2012) == ()


def test_a_place_is_taken_in_every_quota_or_in_none() -> None:
    log = Log()
    for party in ("ru", "by", "kz", "am", "md"):
        log.strength(party, 60)
    for party in ("ru", "by", "kz", "am", "md"):
        log.evaluate("us", party)
    active, passive = log.row("sent-out", "us"), log.row("evaluations", "md")
    assert ([name for _, name in taken(active)], late(active)) == (
        ["US-6", "US-7", "US-8", "US-9"], [("US-10", "inspection.filled")],
    )  # fmt: skip
    assert (passive.taken, passive.late, passive.left) == ((), (), 1)
    assert (active.left, active.left_for) == (0, {"us": 0})


def test_years_are_apart_and_in_utc() -> None:
    log = Log()
    for made in ("2012-12-31", "2013-01-01"):
        log.inspect("us", "ru", made=made)
    assert [taken(log.row("inspections", "ru", year)) for year in (2012, 2013)] == [[("us", "US-1")], [("us", "US-2")]]


def test_one_paper_that_asks_two_parties_counts_for_each() -> None:
    log = Log()
    for party in ("ru", "by"):
        log.strength(party, 60)
    log.add("us", "evaluate", "ru", "by", "us", unit="joint")
    assert taken(log.row("evaluations", "ru")) == taken(log.row("evaluations", "by")) == [("us", "US-3")]
    assert log.row("sent-out", "us").left == 2
    assert [each.asked for each in follow(AGREEMENT, log.papers)[0]] == ["ru", "by"]


# --- refusals ---------------------------------------------------------------------------------------------------


def test_a_refusal_with_ground_gives_the_place_back_from_there_on() -> None:
    log = Log()
    first = log.inspect("us", "ru")
    for party in ("de", "fr", "gb"):
        log.inspect(party, "ru")
    refusal = log.reply(first, "no", reason="force-majeure")
    log.inspect("it", "ru")
    row = log.row("inspections", "ru")
    assert [name for _, name in taken(row)] == ["US-1", "DE-2", "FR-3", "IT-6"]
    assert [each.given_back for each in row.taken] == [refusal.digest, None, None, None]
    assert late(row) == [("GB-4", "inspection.filled")]
    assert row.left == 0
    assert row.taken[0].inspection.stage == "refused"


@pytest.mark.parametrize("given_", [{"reason": "not-convenient"}, {}])
def test_a_refusal_without_ground_gives_nothing_back(given_: dict[str, str]) -> None:
    log = Log()
    refusal = log.reply(log.inspect("us", "ru"), "no", **given_)
    row = log.row("inspections", "ru")
    assert (row.left, row.taken[0].given_back) == (2, None)
    inspection = row.taken[0].inspection
    assert (inspection.stage, inspection.replies[0].paper) == ("refused_without_ground", refusal.digest)
    no = inspection.replies[0].declined
    assert no is not None
    assert (no.reason, no.allowed) == (given_.get("reason"), False)


def test_the_first_reply_is_the_answer() -> None:
    log = Log()
    request = log.inspect("us", "ru")
    log.reply(request)
    log.reply(request, "no", reason="force-majeure")
    inspection = log.only()
    assert (inspection.stage, len(inspection.replies)) == ("accepted", 2)
    assert log.row("inspections", "ru").left == 2


def test_a_refusal_of_a_request_that_was_late_gives_nothing_back() -> None:
    log = Log()
    log.inspect("us", "ru")
    log.reply(log.inspect("us", "ru"), "no", reason="quota-filled")
    row = log.row("inspections", "ru")
    assert (row.left, late(row)) == (2, [("US-2", "inspection.share")])


def test_a_refusal_after_the_turn_of_the_year_is_of_the_year_of_the_request() -> None:
    log = Log()
    log.reply(log.inspect("us", "ru", made="2012-12-31"), "no", reason="force-majeure", made="2013-01-02")
    assert (log.row("inspections", "ru").left, log.row("inspections", "ru", 2013).left) == (3, 3)


def test_a_form_that_asks_no_reason_allows_every_refusal() -> None:
    comment = AGREEMENT.form("comment")
    assert comment is not None
    contested = declined(comment, Content(agreement="visits", form="comment", items={"position": "contested"}))
    assert contested is not None
    assert (contested.reason, contested.allowed) == (None, True)
    assert declined(comment, Content(agreement="visits", form="comment", items={"position": "noted"})) is None


# --- reply and report -------------------------------------------------------------------------------------------


def test_request_reply_report_and_its_contest_follow_one_another() -> None:
    log = Log()
    request = log.inspect("us", "ru")
    assert log.only().stage == "asked"
    reply = log.reply(request)
    assert log.only().stage == "accepted"
    report = log.add("us", "report", "ru", answers=reply, findings="nothing to note")
    assert log.only().stage == "reported"
    log.add("ru", "comment", "us", answers=report, position="noted")
    log.add("by", "comment", "us", answers=report, position="noted")
    own = log.add("us", "comment", "ru", answers=report, position="contested")
    log.add("ru", "letter", "us", answers=report, position="contested")  # of a form that follows no report
    assert log.only().stage == "reported"
    contest = log.add("ru", "comment", "us", answers=report, position="contested")
    third = log.add("by", "comment", "us", answers=report, position="contested")
    inspection = log.only()
    assert inspection.stage == "contested"
    (shown,) = inspection.reports
    assert (shown.step.paper, [step.paper for step in shown.contested]) == (
        report.digest, [contest.digest, third.digest],
    )  # fmt: skip
    assert [step.paper for step in inspection.steps][1:] == [own.digest]
    assert (inspection.asking, inspection.asked, inspection.day) == ("us", "ru", date(2012, 3, 1))
    assert log.row("inspections", "ru").taken[0].inspection == inspection
    assert follow(AGREEMENT, log.papers)[1] == ()


def test_a_report_is_contested_by_a_word_that_is_no_paper_under_the_agreement() -> None:
    log = Log()
    reply = log.reply(log.inspect("us", "ru"))
    report = log.add("us", "report", "ru", answers=reply, findings="more than declared")
    comment = log.add("ru", "comment", "us", answers=report, position="contested")

    def said(by: str, entry: int, of: Filed = report) -> Objection:
        paper = Digest(bytes([entry]) * 32)
        return Objection(by=by, of=of.digest, paper=paper, reference=f"{by.upper()}-{entry}", entry=entry)

    words = [said("by", 9), said("us", 7), said("ru", 8, reply), said("ru", 6)]
    (inspection,), _ = follow(AGREEMENT, log.papers, words)
    assert [step.reference for step in inspection.reports[0].contested] == [comment.reference, "RU-6", "BY-9"]
    assert follow(AGREEMENT, log.papers, [*words[::-1], words[0]])[0] == (inspection,)
    (row,) = [
        row
        for row in quota_board(AGREEMENT, log.papers, 2012, words)
        if (row.quota, row.party) == ("inspections", "ru")
    ]
    assert row.taken[0].inspection == inspection


def test_papers_on_the_way_are_shown_between_reply_and_report() -> None:
    log = Log()
    reply = log.reply(log.evaluate("us", "ru"))
    entry = log.add("us", "entry", "ru", answers=reply, place="north gate")
    assert log.only().stage == "under_way"
    assert [(step.by, step.form, step.paper) for step in log.only().steps] == [("us", "entry", entry.digest)]
    protocol = log.add("ru", "protocol", "us", answers=entry, findings="as declared")
    assert (log.only().stage, log.only().reports[0].step.paper) == ("reported", protocol.digest)
    log.add("by", "entry", "ru", answers=reply, place="south gate")
    log.add("us", "protocol", "ru", answers=reply, findings="a protocol follows an entry")
    assert [(each.reference, each.code) for each in follow(AGREEMENT, log.papers)[1]] == [
        ("BY-5", "inspection.not-asked"), ("US-6", "inspection.follows"),
    ]  # fmt: skip


def test_a_form_that_also_follows_something_else_may_stand_there() -> None:
    log = Log()
    strength = log.strength("ru", 60)
    log.add("by", "note", "ru", answers=strength, words="thank you")
    answer(log, "by", strength, "note", words="thank you")
    assert follow(AGREEMENT, log.papers) == ((), ())


def test_only_the_party_asked_replies() -> None:
    log = Log()
    request = log.inspect("us", "ru")
    note = log.add("us", "note", "ru", answers=request, words="we come by air")
    inspection = log.only()
    assert (inspection.replies, [step.paper for step in inspection.steps]) == ((), [note.digest])
    again = log.add("ru", "note", "us", answers=request, words="come by road")
    assert [step.paper for step in log.only().replies] == [again.digest]


def test_a_paper_behind_one_that_is_astray_is_astray() -> None:
    log = Log()
    lost = log.add("ru", "reply", "us", answer="yes")
    log.add("us", "entry", "ru", answers=lost, place="north gate")
    assert _astray(log) == [("RU-1", "inspection.follows"), ("US-2", "inspection.follows")]


def test_two_reports_that_contradict_each_other_both_stand() -> None:
    log = Log()
    reply = log.reply(log.inspect("us", "ru"))
    log.add("us", "report", "ru", answers=reply, findings="more than declared")
    log.add("ru", "report", "us", answers=reply, findings="as declared")
    assert [report.step.by for report in log.only().reports] == ["us", "ru"]


def test_a_report_may_answer_the_request_where_its_form_says_so() -> None:
    log = Log()
    request = log.inspect("us", "ru")
    log.add("us", "report", "ru", answers=request, findings="not let in")
    assert log.only().stage == "reported"


def _astray(log: Log) -> list[tuple[str, str]]:
    inspections, found = follow(AGREEMENT, log.papers)
    assert all(each.replies == each.steps == each.reports == () for each in inspections)
    return [(each.reference, each.code) for each in found]


def test_papers_that_stand_behind_nothing_are_astray() -> None:
    log = Log()
    request = log.inspect("us", "ru")
    evaluation = log.evaluate("de", "ru")
    strength = log.strength("ru", 60)
    log.add("ru", "reply", "us", answer="yes")
    log.add("ru", "reply", "us", answers=strength, answer="yes")
    log.add("by", "reply", "us", answers=request, answer="no", reason="force-majeure")
    log.add("us", "reply", "us", answers=request, answer="no", reason="force-majeure")
    log.add("by", "report", "us", answers=request, findings="none")
    log.add("de", "report", "ru", answers=evaluation, findings="a report follows the reply there")
    log.add("ru", "comment", "us", answers=request, position="contested")
    assert _astray(log) == [
        ("RU-4", "inspection.follows"), ("RU-5", "inspection.follows"), ("BY-6", "inspection.not-asked"),
        ("US-7", "inspection.not-asked"), ("BY-8", "inspection.not-asked"), ("DE-9", "inspection.follows"),
        ("RU-10", "inspection.follows"),
    ]  # fmt: skip
    assert log.row("inspections", "ru").left == 2


def test_a_request_to_nobody_else_asks_nobody() -> None:
    log = Log()
    log.inspect("us", "us")
    assert follow(AGREEMENT, log.papers) == ((), ())
    assert log.row("inspections", "us").left == 3


# --- before one signs -------------------------------------------------------------------------------------------


def refused(call: Any, *args: Any, **given_: Any) -> ParleyError:
    with pytest.raises(ParleyError) as caught:
        call(*args, **given_)
    return caught.value


def ask(log: Log, by: str, *to: str, form_: str = "inspect", on: date = date(2012, 5, 1)) -> None:
    check_request(AGREEMENT, log.papers, by=by, to=to, form=form_, on=on)


def test_a_request_is_tried_before_it_is_signed() -> None:
    log = Log()
    for party in ("us", "de"):
        log.inspect(party, "ru")
    ask(log, "fr", "ru")
    error = refused(ask, log, "us", "ru")
    assert (type(error), error.code, error.details) == (
        Refused,
        "inspection.share",
        {"party": "ru", "quota": "inspections"},
    )
    log.inspect("fr", "ru")
    error = refused(ask, log, "gb", "ru")
    assert isinstance(error, Refused)
    assert (error.code, error.winner) == ("inspection.filled", log.papers[2].digest.to_text())
    ask(log, "gb", "ru", on=date(2013, 1, 1))
    ask(log, "gb", "by")


def test_a_request_to_several_is_tried_as_a_whole() -> None:
    log = Log()
    ask(log, "us", "a", "b", "c", "d", form_="evaluate")
    error = refused(ask, log, "us", "a", "b", "c", "d", "e", form_="evaluate")
    assert (error.code, error.details["quota"]) == ("inspection.filled", "sent-out")


def test_a_quota_of_nothing_has_no_winner() -> None:
    log = Log()
    log.strength("ru", 0)
    error = refused(ask, log, "us", "ru", form_="evaluate")
    assert isinstance(error, Refused)
    assert (error.code, error.winner) == ("inspection.filled", None)


@pytest.mark.parametrize(
    ("to", "form_", "on", "code"),
    [
        ((), "inspect", "2012-01-01", "inspection.nobody"),
        (("us",), "inspect", "2012-01-01", "inspection.nobody"),
        (("ru",), "report", "2012-01-01", "inspection.no-quota"),
        (("ru",), "inspect", "1899-12-31", "inspection.year"),
        (("ru",), "inspect", "2201-01-01", "inspection.year"),
    ],
)
def test_requests_that_cannot_be(to: tuple[str, ...], form_: str, on: str, code: str) -> None:
    error = refused(ask, Log(), "us", *to, form_=form_, on=date.fromisoformat(on))
    assert (type(error), error.code) == (Malformed, code)


def test_a_board_of_no_year() -> None:
    for year in (1899, 2201):
        assert refused(quota_board, AGREEMENT, [], year).code == "inspection.year"
    assert quota_board(AGREEMENT, [], 2200) == ()


def answer(log: Log, by: str, answers: Filed | None, form_: str, **items: Any) -> None:
    content = Content(agreement="visits", form=form_, items=items)
    check_answer(AGREEMENT, log.papers, by=by, answers=answers.digest if answers else None, content=content)


def test_an_answer_is_tried_before_it_is_signed() -> None:
    log = Log()
    request = log.inspect("us", "ru")
    answer(log, "ru", request, "reply", answer="yes")
    answer(log, "ru", request, "reply", answer="no", reason="force-majeure")
    error = refused(answer, log, "ru", request, "reply", answer="no", reason="not-convenient")
    assert (type(error), error.code) == (Refused, "inspection.reason")
    assert error.details == {"reason": "not-convenient", "allowed": "force-majeure, quota-filled"}
    assert refused(answer, log, "ru", request, "reply", answer="no").code == "inspection.reason"
    error = refused(answer, log, "ru", None, "reply", answer="yes")
    assert (error.code, error.details) == ("inspection.follows", {"form": "reply", "follows": "inspect, evaluate"})
    assert refused(answer, log, "by", request, "reply", answer="yes").code == "inspection.not-asked"
    assert refused(answer, log, "us", request, "reply", answer="yes").code == "inspection.not-asked"
    answer(log, "us", request, "report", findings="none")
    assert refused(answer, log, "by", request, "report", findings="none").code == "inspection.not-asked"
    report = log.add("us", "report", "ru", answers=request, findings="none")
    for party in ("us", "ru", "by"):
        answer(log, party, report, "comment", position="contested")
    answer(log, "by", None, "strength", units=3)
    answer(log, "by", None, "no-such-form")


# --- order ------------------------------------------------------------------------------------------------------

PARTIES = ("us", "de", "ru", "by")


@st.composite
def logs(draw: st.DrawFn) -> Log:
    log = Log()
    for _ in range(draw(st.integers(1, 14))):
        sender, other = draw(st.permutations(PARTIES))[:2]
        made = draw(st.sampled_from(["2012-03-01", "2012-11-30", "2013-02-01"]))
        about = draw(st.sampled_from([None, *log.papers]))
        match draw(
            st.sampled_from(["inspect", "evaluate", "strength", "reply", "refuse", "entry", "report", "comment"])
        ):
            case "inspect":
                log.inspect(sender, other, made=made)
            case "evaluate":
                log.evaluate(sender, other, made=made)
            case "strength":
                log.strength(sender, draw(st.integers(0, 400)), draw(st.sampled_from(["2012-01-01", "2012-06-01"])))
            case "reply":
                log.add(sender, "reply", other, made=made, answers=about, answer="yes")
            case "refuse":
                reason = draw(st.sampled_from(REASONS))
                log.add(sender, "reply", other, made=made, answers=about, answer="no", reason=reason)
            case "entry":
                log.add(sender, "entry", other, made=made, answers=about, place="gate")
            case "report":
                log.add(sender, "report", other, made=made, answers=about, findings="as declared")
            case _:
                log.add(sender, "comment", other, made=made, answers=about, position="contested")
    return log


@given(logs(), st.randoms(use_true_random=False))
def test_the_order_of_papers_changes_nothing(log: Log, random: Any) -> None:
    shuffled = [*log.papers, *random.choices(log.papers, k=2)]
    random.shuffle(shuffled)
    assert follow(AGREEMENT, shuffled) == follow(AGREEMENT, log.papers)
    for year in (2012, 2013):
        assert quota_board(AGREEMENT, shuffled, year) == quota_board(AGREEMENT, log.papers, year)


@given(logs())
def test_no_quota_is_ever_overdrawn_and_every_request_is_on_the_board(log: Log) -> None:
    for year in (2012, 2013):
        asked = {(each.request, each.asked) for each in follow(AGREEMENT, log.papers)[0] if each.day.year == year}
        shown = set()
        for row in quota_board(AGREEMENT, log.papers, year):
            held = [each for each in row.taken if each.given_back is None]
            if row.quota == "inspections":
                assert len(held) <= 3
                assert len({each.inspection.asking for each in held}) == len(held)
            if row.number is not None and row.left:
                assert row.left == row.number - len(held)
            shown |= {(each.inspection.request, each.inspection.asked) for each in (*row.taken, *row.late)}
        assert shown == asked


@given(logs())
def test_a_log_that_goes_on_takes_no_place_away(log: Log) -> None:
    """What was won stays won, whatever is filed later: only its own refusal gives it back."""
    early = replace(log.papers[-1]) if log.papers else None
    for row in quota_board(AGREEMENT, log.papers[:-1], 2012):
        (later,) = [
            each
            for each in quota_board(AGREEMENT, log.papers, 2012)
            if (each.quota, each.party) == (row.quota, row.party)
        ]
        assert [taken_.inspection.request for taken_ in later.taken][: len(row.taken)] == [
            taken_.inspection.request for taken_ in row.taken
        ]
        gained = later.taken[len(row.taken) :]
        assert all(early is not None and each.inspection.request == early.digest for each in gained)


# --- in an agreement's file -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('as_of = "as-of"', 'as_of = "units"', "agreement.no-item"),
        ("at_most = 3\nper_asking = 1", 'at_most = 3\nas_of = "as-of"', "agreement.quota"),
        ("at_most = 3\nper_asking = 1", "at_most = 3\nper_asking = 4", "agreement.quota-contradicts"),
        ('report = "protocol"', 'report = "minutes"', "agreement.no-form"),
    ],
)
def test_a_quota_that_does_not_fit(old: str, new: str, code: str) -> None:
    assert old in VISITS
    _, faults = examine(VISITS.replace(old, new).encode())
    assert code in [fault.code for fault in faults]


# --- what goes on all the same, and what was put right ------------------------------------------------------------


def held_by(log: Log, quota: str, party: str) -> Any:
    return next(row for row in quota_board(AGREEMENT, log.papers, 2012) if (row.quota, row.party) == (quota, party))


def test_an_inspection_that_took_place_holds_its_place_although_it_was_refused_first() -> None:
    log = Log()
    for asked in ("ru", "by", "fr", "de", "it", "nl"):
        log.strength(asked, 600)
        request = log.evaluate("us", asked)
        log.reply(request, "no", reason="quota-filled")
        yes = log.reply(request, "yes")
        entry = log.add("us", "entry", asked, answers=yes, place="gate")
        log.add("us", "protocol", asked, answers=entry, findings="seen")
    row = held_by(log, "sent-out", "us")
    assert (row.number, row.left) == (4, 0)
    assert [each.given_back for each in row.taken] == [None] * 4
    assert [each.inspection.asked for each in row.late] == ["it", "nl"]


def test_a_later_yes_alone_takes_the_place_again_and_says_how_far_it_is() -> None:
    log = Log()
    request = log.inspect("us", "ru")
    log.reply(request, "no", reason="quota-filled")
    assert (held_by(log, "inspections", "ru").left, follow(AGREEMENT, log.papers)[0][0].stage) == (3, "refused")
    log.reply(request, "yes")
    assert (held_by(log, "inspections", "ru").left, follow(AGREEMENT, log.papers)[0][0].stage) == (2, "accepted")


def test_a_request_put_right_by_its_author_takes_one_place() -> None:
    log = Log()
    first = log.inspect("us", "ru")
    second = log.inspect("us", "ru")
    log.papers[-1] = replace(second, replaces=first.digest)
    row = held_by(log, "inspections", "ru")
    assert [each.inspection.reference for each in row.taken] == [second.reference]
    assert (row.late, row.left_for["us"]) == ((), 0)
    with_no = log.reply(second, "no", reason="quota-filled")
    assert [each.given_back for each in held_by(log, "inspections", "ru").taken] == [with_no.digest]


def test_nobody_takes_over_the_place_of_anothers_request() -> None:
    log = Log()
    first = log.inspect("us", "ru")
    log.papers[-1:] = [first, replace(log.inspect("de", "ru"), replaces=first.digest)]
    row = held_by(log, "inspections", "ru")
    assert [each.inspection.asking for each in row.taken] == ["us", "de"]
