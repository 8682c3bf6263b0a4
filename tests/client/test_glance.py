"""What the front page tells of agreements, draws and escrows: counted alike with `due`, and nothing fetched for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from parley.canonical import Time
from parley.cli.templates import read as read_template
from parley.client import Delegation, glance
from parley.client.front_views import OwedView
from tests.client.places import DAY, Office, draft_file, two
from tests.client.test_draws import bind_both, proposed
from tests.client.test_escrows import answered, asked, sealed
from tests.client.test_measures import GIVEN, available, sent
from tests.client.test_measures import adopted as adopted_small

VIENNA = read_template("vienna-document-2011")


def adopted(office: Office, folder: Path) -> tuple[Delegation, Delegation]:
    """ru and us, both of which adopted an agreement that asks both for data every year."""
    ru, us = two(office, folder)
    ru.sync()
    ru.join("amber-heron")
    ru.send(ru.measures.prepare_agreement(VIENNA, to=["us"], **GIVEN))
    us.receive("RU-1", terms="accepted")
    us.send(us.measures.prepare_agreement(VIENNA, to=["ru"], **GIVEN))
    ru.receive("US-1", terms="accepted")
    us.sync()
    return ru, us


def counted(delegation: Delegation, now: Time) -> OwedView:
    """The same out of all that `due` lists."""
    ours = delegation.me().party
    all_ = [owed for _, found in delegation.measures.obligations() for owed in found if owed.debtor == ours]
    due = [owed for owed in all_ if owed.state.value == "due" and owed.deadline is not None]
    soon = [owed for owed in due if owed.deadline is not None and owed.deadline <= now + 7 * DAY]
    missed = [owed for owed in all_ if owed.state.value == "missed"]
    return OwedView(missed=len(missed), soon=len(soon), counted=True, whole=True)


def test_what_we_owe_is_counted_as_due_counts_it(office: Office, tmp_path: Path) -> None:
    ru, us = adopted(office, tmp_path)
    missed = soon = 0
    for _ in range(50):  # within the powers of both officers, which are for a year
        office.clock.pass_(7 * DAY)
        for delegation in (ru, us):
            owed = delegation.front_page().owed
            assert owed == counted(delegation, office.clock())
            assert owed is not None
            missed, soon = max(missed, owed.missed), max(soon, owed.soon)
    assert missed > 0
    assert soon > 0


def test_where_no_agreement_is_nothing_is_owed_and_no_paper_opened(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ru, us = two(office, tmp_path)
    for role in ("note", "notification", "declaration"):
        ru.send(ru.prepare(draft_file(tmp_path), to=["us"], role=role, terms="public"))
    monkeypatch.setattr(glance, "open_paper", lambda *_: pytest.fail("a paper was opened"))
    assert (ru.front_page().owed, us.front_page().owed) == (None, None)
    monkeypatch.undo()
    ru.send(ru.prepare(draft_file(tmp_path), to=["us"], role="proposal", terms="public"))
    assert ru.front_page().owed is None


def test_of_two_negotiations_both_count_whichever_is_in_use(office: Office, tmp_path: Path) -> None:
    ru, _ = adopted(office, tmp_path)
    office.clock.pass_(350 * DAY)
    ru.convene("Grain", ["us"], handle="calm-lake")
    ru.use("calm-lake")
    elsewhere = ru.front_page().owed
    assert elsewhere is not None
    assert elsewhere.missed > 0
    assert [each.handle for each, _ in ru.measures.obligations()] == ["amber-heron"]
    assert ru.measures.obligations("calm-lake") == ()
    ru.use("amber-heron")
    assert ru.front_page().owed == elsewhere


def test_what_was_not_fetched_is_not_fetched_for_the_count(office: Office, tmp_path: Path) -> None:
    ru, us = adopted_small(office, tmp_path)
    reference = sent(ru)
    available(us, reference)
    us.front_page()  # whatever it fetches, covers among it
    office.transport.sent.clear()
    owed = us.front_page().owed
    assert owed is not None
    assert not owed.whole
    assert [target for _, target in office.transport.sent if "sealed" in target] == []
    us.read(reference)
    owed = us.front_page().owed
    assert owed is not None
    assert owed.whole


def test_too_many_papers_are_not_opened(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ru, _ = adopted(office, tmp_path)
    assert ru.front_page().owed == counted(ru, office.clock())
    monkeypatch.setattr(glance, "MOST", 1)
    assert ru.front_page().owed == OwedView(missed=0, soon=0, counted=False, whole=False)


# --- what is asked of us --------------------------------------------------------------------------------------------


def steps(delegation: Delegation) -> dict[str, str]:
    """By the papers' references."""
    page = delegation.front_page()
    names = {paper.digest: paper.reference for paper in (*page.inbox.for_us, *page.inbox.we_wait)}
    return {names[digest]: step for digest, step in page.steps}


def test_a_draw_goes_on_with_its_own_command_on_both_sides(office: Office, tmp_path: Path) -> None:
    ru, us, reference = proposed(office, tmp_path)
    assert steps(ru) == steps(us) == {reference: "draw"}
    bind_both(ru, us, reference)
    us.sync()
    assert steps(ru) == steps(us) == {reference: "draw", "US-2": "draw", "RU-1": "draw"}


def test_other_proposals_that_can_be_read_at_once_are_no_draws(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    ru.join("amber-heron")
    us.sync()
    draft = us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="public", at_once=True)
    available(ru, us.send(draft).reference)
    assert steps(ru) == steps(us) == {}


def test_a_question_about_our_declaration_is_answered_with_its_own_command_once(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    ru.sync()
    ru.join("amber-heron")
    held = sealed(ru, us)
    question = asked(us, ru, held, "Base 77")
    assert steps(ru) == {question: "answer"}
    assert steps(us) == {}
    answered(ru, us, question)
    assert steps(ru) == {}
