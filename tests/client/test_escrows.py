"""Escrows through a real depositary: sealed in one home, opened and asked about, and told alike in both."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from parley.act import Opening, Role
from parley.answers import subject_of_act
from parley.canonical import Time, decode, encode
from parley.client import Delegation, drafting, holding
from parley.client.opening import open_paper
from parley.client.references import find
from parley.client.views import Draft
from parley.client.wish import Wish
from parley.document import Document
from parley.envelope import Part
from parley.errors import Invalid, Malformed, ParleyError, Refused
from parley.measures.escrow import Committed, Escrow, commit, place_items
from parley.measures.escrow_answers import Absent, Present, answer
from parley.measures.escrow_papers import (
    MEDIA_TYPE,
    AnswerPaper,
    EscrowFile,
    OpeningPaper,
    PlanPaper,
    QuestionPaper,
)
from parley.measures.escrow_plan import Blind, Cell, Item, Plan, Seed, item_of
from parley.measures.escrow_steps import open_step
from parley.measures.escrow_story import Story
from parley.measures.escrow_text import document_of
from tests.client.places import Office, draft_file, trust_each_other, two
from tests.client.test_measures import available
from tests.measures.escrow_build import items, plan, seed

BY_NAME = plan(grid=None)
ITEMS = items(BY_NAME)
GRID = plan()
TERMS: dict[str, Any] = {"terms": "confidential"}


def both(office: Office, folder: Path) -> tuple[Delegation, Delegation]:
    ru, us = two(office, folder)
    ru.sync()
    ru.join("amber-heron")
    us.sync()
    return ru, us


def three(office: Office, folder: Path) -> tuple[Delegation, Delegation, Delegation]:
    names = {"us": "United States", "ru": "Russian Federation", "fr": "France"}
    us, ru, fr = (office.party(folder, party, name) for party, name in names.items())
    trust_each_other(us, ru, fr)
    us.convene("Declarations", ["ru", "fr"], handle="amber-heron")
    for home in (ru, fr):
        home.sync()
        home.join("amber-heron")
    return us, ru, fr


def sealed(ru: Delegation, us: Delegation, of: Plan = BY_NAME, listed: Sequence[Item] = ITEMS) -> str:
    """The reference of the held paper of an escrow that ru sealed for us, which both know."""
    stated = ru.send(ru.escrows.prepare_plan(of, to=["us"], **TERMS))
    held = ru.send(ru.escrows.prepare_declaration(listed, under=stated.digest, to=["us"], **TERMS)).reference
    available(us, stated.reference)
    us.sync()
    return held


def opened(ru: Delegation, us: Delegation, held: str, step: int | None = None, uids: Sequence[str] = ()) -> str:
    """The reference of an opening that is open in both homes."""
    reference = ru.send(ru.escrows.prepare_opening(held, step, uids, at_once=True, **TERMS)).reference
    available(us, reference)
    return reference


def asked(us: Delegation, ru: Delegation, held: str, place: Any) -> str:
    reference = us.send(us.escrows.prepare_question(held, place, **TERMS)).reference
    available(ru, reference)
    return reference


def answered(ru: Delegation, us: Delegation, question: str) -> str:
    reference = ru.send(ru.escrows.prepare_answer(question, at_once=True, **TERMS)).reference
    available(us, reference)
    return reference


def told(*homes: Delegation, about: str) -> Story:
    """The story that all these homes tell alike."""
    stories = [home.escrows.story(about) for home in homes]
    assert all(story == stories[0] for story in stories)
    return stories[0]


def codes(story: Story) -> list[tuple[str, str]]:
    return [(each.reference, each.code) for each in story.unproven]


def refused(work: Any) -> ParleyError:
    with pytest.raises(ParleyError) as caught:
        work()
    return caught.value


# --- who keeps to the rules -----------------------------------------------------------------------------------------


def test_the_whole_way_is_told_alike_in_both_homes(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    held = sealed(ru, us)
    assert held == "RU-2"
    story = told(ru, us, about=held)
    assert (story.owner, story.plan, story.plan_by, story.due()) == ("ru", BY_NAME, "RU-1", 1)
    first = opened(ru, us, held)
    present = answered(ru, us, asked(us, ru, held, "Base 3"))
    absent = answered(ru, us, asked(us, ru, held, "Base 77"))
    opened(ru, us, held)
    named = opened(ru, us, held, None, ["site-001"])
    again = opened(ru, us, held, None, ["site-002"])
    last = opened(ru, us, held)
    shown = ru.send(ru.escrows.prepare_totals(held, ["site-003"], at_once=True, **TERMS)).reference
    available(us, shown)
    story = told(ru, us, about=held)
    assert story.sound
    assert next(each.opened_by for each in story.steps) == (first,)
    assert [each.opened_by for each in story.steps][2:] == [(named, again), (last,)]
    assert [each.answered_by for each in story.questions] == [present, absent]
    assert [type(each.found) for each in story.questions] == [Present, Absent]
    assert {(each.uid, each.place, each.counts) for each in story.known()} == {
        (item.uid, item.place, item.counts) for item in ITEMS
    }
    assert story.totals[0].totals == {"launchers": 66, "warheads": 6600}
    for about in ("RU-1", first, present, story.questions[0].reference):
        assert us.escrows.told(about) == (story,)
    assert us.escrows.all() == (story,)


def test_what_binds_is_in_the_log_and_the_list_in_one_home(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    held = sealed(ru, us)
    _, paper = find(us._session, held, signing=False)
    assert (paper.act.opening.kind, paper.act.payload, paper.act.header) == ("held", None, None)
    escrow = decode(holding.opened(ru._session, paper.act)[1], Escrow)
    assert escrow.subject == subject_of_act(paper.act)
    assert commit(escrow).commitment.commitment == paper.act.commitment
    assert refused(lambda: holding.opened(us._session, paper.act)).code == "paper.held"
    assert refused(lambda: us.escrows.prepare_opening(held, **TERMS)).code == "escrow.not-ours"


def test_papers_have_their_roles_and_say_what_their_files_say(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    held = sealed(ru, us)
    opening = ru.escrows.prepare_opening(held, **TERMS)
    assert (opening.role, opening.opening, opening.in_reply_to) == ("declaration", "on_receipt", "RU-2")
    question = us.escrows.prepare_question(held, "Base 3", **TERMS)
    assert (question.role, question.opening, question.in_reply_to) == ("note", "at_once", "RU-2")
    reference = us.send(question).reference
    available(ru, reference)
    found = ru.escrows.prepare_answer(reference, **TERMS)
    assert (found.role, found.in_reply_to) == ("response", "US-1")
    assert "An item of the declaration is at this place." in found.first_words
    assert ru.send(ru.escrows.prepare_opening(held, language="ru", **TERMS)).reference == "RU-3"
    us.sync()
    us.receive("RU-3", terms="accepted")
    assert us.read("RU-3").document.title == "Запечатанное заявление: вскрыт этап 1"
    assert us.escrows.story(held).sound


def test_what_is_not_signed_for_waits(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    held = sealed(ru, us)
    reference = ru.send(ru.escrows.prepare_opening(held, **TERMS)).reference
    us.sync()
    story = us.escrows.story(held)
    assert (story.waiting, story.progress.step, story.sound) == ([reference], 0, True)
    assert ru.escrows.story(held).progress.step == 1
    us.receive(reference, terms="accepted")
    assert told(ru, us, about=held).progress.step == 1


def test_what_ended_before_anybody_had_it_is_no_step(office: Office, tmp_path: Path) -> None:
    """A step that was refused unread was not opened, for its sender neither: it can be opened again."""
    ru, us = both(office, tmp_path)
    held = sealed(ru, us)
    unread = ru.send(ru.escrows.prepare_opening(held, **TERMS)).reference
    us.sync()
    us.refuse(unread, reason="other", words=())
    ru.sync()
    story = told(ru, us, about=held)
    assert (story.due(), story.waiting) == (1, [])
    again = opened(ru, us, held)
    assert told(ru, us, about=held).steps[0].opened_by == (again,)


def test_a_seal_binds_although_it_was_refused(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    held = sealed(ru, us)
    us.refuse(held, reason="other", words=())
    ru.sync()
    opened(ru, us, held)
    assert told(ru, us, about=held).sound


def test_a_question_is_answered_once(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    held = sealed(ru, us)
    question = asked(us, ru, held, "Base 3")
    answer_ = answered(ru, us, question)
    error = refused(lambda: ru.escrows.prepare_answer(question, **TERMS))
    assert (error.code, error.details["answer"]) == ("escrow.answered", answer_)


def test_on_a_grid(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    held = sealed(ru, us, GRID, items(GRID))
    story = told(ru, us, about=held)
    assert story.plan is not None
    assert story.plan.grid == GRID.grid
    answered(ru, us, asked(us, ru, held, Cell(east=-99, north=-2)))
    assert isinstance(told(ru, us, about=held).questions[0].found, Present)
    assert refused(lambda: us.escrows.prepare_question(held, "Base 3", **TERMS)).code == "escrow.place"
    far = Cell(east=10**6, north=0)
    assert refused(lambda: us.escrows.prepare_question(held, far, **TERMS)).code == "escrow.place"


def test_the_declaration_of_the_next_half_year(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    held = sealed(ru, us)
    opened(ru, us, held)
    new = item_of(BY_NAME, uid="site-900", region="Region A", place="Base 900", contents={})
    listed = [*ITEMS[:2], *ITEMS[3:], new]
    assert ru.escrows.amended_waiting(held, listed) is None
    again = ru.send(ru.escrows.prepare_amended(held, listed, **TERMS)).reference
    us.sync()
    assert ru.escrows.amended_waiting(held, listed) == find(ru._session, again, signing=False)[1].digest.hex()
    assert ru.escrows.amended_waiting(held, ITEMS) is None
    assert told(ru, us, about=again).amendment is None
    proof = ru.send(ru.escrows.prepare_amendment(again, at_once=True, **TERMS)).reference
    available(us, proof)
    story = told(ru, us, about=again)
    assert story.amendment is not None
    assert {(each.kind, each.before, each.after) for each in story.amendment.changes} == {
        ("removed", "site-002", None),
        ("added", None, "site-900"),
    }
    assert told(ru, us, about=held).amended_by == [again]
    assert ru.escrows.amended_waiting(held, listed) is None
    opened(ru, us, again)
    assert "site-900" in [each.uid for each in told(ru, us, about=again).known()]
    assert refused(lambda: ru.escrows.prepare_amendment(held, **TERMS)).code == "escrow.amends-nothing"
    assert refused(lambda: ru.escrows.prepare_amended(again, listed, **TERMS)).code == "escrow.changes"


def test_a_plan_that_was_handed_over_is_used_once(office: Office, tmp_path: Path) -> None:
    """What was interrupted between the two papers of a seal goes on with the second."""
    ru, us = both(office, tmp_path)
    assert ru.escrows.plan_waiting(BY_NAME, ["us"]) is None
    stated = ru.send(ru.escrows.prepare_plan(BY_NAME, to=["us"], **TERMS))
    assert ru.escrows.plan_waiting(BY_NAME, ["us"]) == stated.digest
    assert ru.escrows.plan_waiting(GRID, ["us"]) is None
    ru.send(ru.escrows.prepare_declaration(ITEMS, under=stated.digest, to=["us"], **TERMS))
    assert ru.escrows.plan_waiting(BY_NAME, ["us"]) is None
    assert us.escrows.all() == ()


def test_a_step_that_is_read_before_the_one_before_it_is_not_called_wrong(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    held = sealed(ru, us)
    first = ru.send(ru.escrows.prepare_opening(held, **TERMS)).reference
    ru.sync()
    second = opened(ru, us, held)
    story = us.escrows.story(held)
    assert (story.waiting, story.pending, story.sound) == ([first], [second], False)
    us.receive(first, terms="accepted")
    assert told(ru, us, about=held).progress.step == 2


def test_an_answer_to_a_question_for_others_alone_is_told_by_its_place(office: Office, tmp_path: Path) -> None:
    us, ru, fr = three(office, tmp_path)
    to = ["us", "fr"]
    stated = ru.send(ru.escrows.prepare_plan(BY_NAME, to=to, **TERMS))
    held = ru.send(ru.escrows.prepare_declaration(ITEMS, under=stated.digest, to=to, **TERMS)).reference
    note = ru.send(ru.prepare(draft_file(tmp_path), to=["us"], role="note", in_reply_to=held, at_once=True, **TERMS))
    for home in (us, fr):
        available(home, stated.reference)
    available(us, note.reference)
    question = asked(us, ru, held, "Base 3")
    made = secret(ru, held)
    reply = AnswerPaper.of(answer(made, "Base 3"), made.plan)
    given = give(ru, fr, handed(ru, reply, BY_NAME, "fr", question, "response"))
    strayed = give(ru, fr, handed(ru, QuestionPaper(kind="question", place="Base 3"), BY_NAME, "fr", note.reference))
    story = fr.escrows.story(held)
    assert (story.elsewhere, story.waiting, story.pending) == ([note.reference, question], [], [])
    assert [(each.place, each.unseen, each.answered_by) for each in story.questions] == [("Base 3", True, given)]
    assert codes(story) == [(strayed, "escrow.reply")]
    ru_story = ru.escrows.story(held)
    assert (ru_story.waiting, codes(ru_story)) == ([], [(strayed, "escrow.reply")])
    assert [each.answered_by for each in ru_story.questions] == [given]


# --- nothing is undone once it is there -----------------------------------------------------------------------------


def replaced(ru: Delegation, us: Delegation, folder: Path, reference: str) -> None:
    """A note in its place: what it says does not matter."""
    note = draft_file(folder, "# Note\n\nNothing.\n")
    ru.send(ru.prepare(note, to=["us"], role="note", replaces=reference, **TERMS))
    us.sync()


def test_an_answer_that_was_handed_over_stays(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    held = sealed(ru, us)
    first = opened(ru, us, held)
    answer_ = answered(ru, us, asked(us, ru, held, "Base 77"))
    replaced(ru, us, tmp_path, answer_)
    replaced(ru, us, tmp_path, first)
    story = told(ru, us, about=held)
    assert ([each.answered_by for each in story.questions], story.progress.step) == ([answer_], 1)
    assert isinstance(story.questions[0].found, Absent)


def test_an_opening_that_nobody_had_is_replaced(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    held = sealed(ru, us)
    unread = ru.send(ru.escrows.prepare_opening(held, **TERMS)).reference
    replaced(ru, us, tmp_path, unread)
    us.receive(unread, terms="accepted")
    story = told(ru, us, about=held)
    assert (story.progress.step, story.waiting, story.sound) == (0, [], True)


def test_a_second_declaration_stands_beside_the_first_in_whose_place_it_is_put(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    held = sealed(ru, us)
    opened(ru, us, held)
    draft = ru.escrows.prepare_declaration(ITEMS[:2], under="RU-1", to=["us"], replaces=held, **TERMS)
    second = ru.send(draft).reference
    us.sync()
    for home in (ru, us):
        stories = home.escrows.all()
        assert [(each.sealed.reference, each.beside, each.progress.step) for each in stories] == [
            (held, [second], 1),
            (second, [held], 0),
        ]


def test_a_plan_stays_as_long_as_what_was_sealed_under_it(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    stated = ru.send(ru.escrows.prepare_plan(BY_NAME, to=["us"], at_once=False, **TERMS))
    held = ru.send(ru.escrows.prepare_declaration(ITEMS, under=stated.digest, to=["us"], **TERMS)).reference
    us.sync()
    replaced(ru, us, tmp_path, stated.reference)
    assert us.escrows.story(held).waiting == [stated.reference]
    us.receive(stated.reference, terms="accepted")
    opened(ru, us, held)
    assert told(ru, us, about=held).progress.step == 1


def test_a_seal_about_which_something_was_handed_over_is_not_taken_back(office: Office, tmp_path: Path) -> None:
    """Nobody needs to sign for a seal, so its sender can withdraw it; not, however, what was opened of it."""
    ru, us = both(office, tmp_path)
    held = sealed(ru, us)
    opened(ru, us, held)
    ru.withdraw(held)
    us.sync()
    assert told(ru, us, about=held).progress.step == 1


def test_a_seal_about_which_nothing_was_said_is_taken_back(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    held = sealed(ru, us)
    ru.withdraw(held)
    us.sync()
    assert (us.escrows.all(), ru.escrows.all()) == ((), ())


def test_a_plan_that_was_taken_back_is_not_used(office: Office, tmp_path: Path) -> None:
    ru, _ = both(office, tmp_path)
    ru.withdraw(ru.send(ru.escrows.prepare_plan(BY_NAME, to=["us"], **TERMS)).reference)
    assert ru.escrows.plan_waiting(BY_NAME, ["us"]) is None


# --- what is refused before anything is signed ----------------------------------------------------------------------


def test_what_the_owner_cannot_do(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    held = sealed(ru, us)
    for work, code in (
        (lambda: ru.escrows.prepare_opening(held, 2, **TERMS), "escrow.step-order"),
        (lambda: ru.escrows.prepare_opening(held, 9, **TERMS), "escrow.no-such-step"),
        (lambda: ru.escrows.prepare_opening(held, None, ["site-001"], **TERMS), "escrow.named"),
        (lambda: ru.escrows.prepare_totals(held, ["site-001"], **TERMS), "escrow.contents-shut"),
        (lambda: ru.escrows.prepare_totals(held, ["site-999"], **TERMS), "escrow.no-such-item"),
        (lambda: ru.escrows.prepare_question(held, "Base 3", **TERMS), "escrow.ask-others"),
        (lambda: ru.escrows.prepare_answer(held, **TERMS), "escrow.not-a-question"),
        (lambda: ru.escrows.prepare_declaration(ITEMS, under=held, to=["us"], **TERMS), "escrow.none"),
    ):
        assert refused(work).code == code
    for step in (1, 2):
        opened(ru, us, held, step)
    assert refused(lambda: ru.escrows.prepare_opening(held, 3, ["site-999"], **TERMS)).code == "escrow.no-such-item"
    assert refused(lambda: ru.escrows.prepare_opening(held, 3, **TERMS)).code == "escrow.named"
    opened(ru, us, held, 3, ["site-001"])
    opened(ru, us, held, 4)
    assert refused(lambda: ru.escrows.prepare_opening(held, **TERMS)).code == "escrow.all-open"
    assert ru.drafts() == ()


def test_what_is_no_escrow_is_none(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    note = ru.send(ru.prepare(draft_file(tmp_path), to=["us"], role="note", terms="public")).reference
    held = sealed(ru, us)
    assert refused(lambda: us.escrows.story(note)).code == "escrow.none"
    assert refused(lambda: us.escrows.story("RU-99")).code == "reference.unknown"
    reply = us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="note", terms="public", in_reply_to=held))
    ru.sync()
    story = ru.escrows.story(held)
    assert story.sound
    assert story.waiting == [reply.reference]  # nobody knows before it is signed for what it is about
    ru.receive(reply.reference, terms="accepted")
    assert told(ru, us, about=held).waiting == []
    assert refused(lambda: ru.escrows.question(reply.reference)).code == "escrow.not-a-question"


def test_a_home_that_has_not_got_the_list_opens_nothing(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    held = sealed(ru, us)
    paper = find(ru._session, held, signing=False)[1]
    ru._session.ledger.forget("held", paper.act.nonce.hex())
    assert refused(lambda: ru.escrows.prepare_opening(held, **TERMS)).code == "paper.held-elsewhere"


# --- a false owner --------------------------------------------------------------------------------------------------


def handed(
    home: Delegation, file: EscrowFile, of: Plan, to: str, in_reply_to: str, role: Role = "declaration", **changes: Any
) -> Draft:
    """A paper made past all checks of the client; `changes` are those of its document."""
    from io import BytesIO

    from msgspec import structs

    from parley.client.source import Source
    from parley.document import file_of

    data = encode(file)
    original = file_of("escrow.json", MEDIA_TYPE, data)
    document: Document = structs.replace(document_of(file, of, original, language="en"), **changes)
    part = Part(name=original.name, size=original.size, open=lambda: BytesIO(data), digest=original.sha256)
    source = Source(document=document, attachments=(), original=part, removed=())
    wish = Wish(to=[to], role=role, terms="confidential", in_reply_to=in_reply_to, at_once=True)
    return drafting.prepare_read(home._session, source, None, wish)


def give(home: Delegation, other: Delegation, draft: Draft) -> str:
    reference = home.send(draft).reference
    available(other, reference)
    return reference


def secret(ru: Delegation, held: str) -> Committed:
    paper = find(ru._session, held, signing=False)[1]
    return commit(decode(holding.opened(ru._session, paper.act)[1], Escrow))


def another(made: Committed, listed: Sequence[Item]) -> Committed:
    """A second list under the very plan and deposit of the first."""
    return commit(
        place_items(
            listed,
            plan=made.plan,
            seed=Seed(seed("another")),
            blind=Blind(seed("another blind")),
            subject=made.escrow.subject,
        )
    )


def test_a_false_owner_is_found_out_paper_by_paper(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    held = sealed(ru, us)
    made = secret(ru, held)
    other = another(made, ITEMS[:5])

    def opening(of: Committed, step: int, uids: Sequence[str] | None = None) -> OpeningPaper:
        return OpeningPaper(kind="opening", opening=open_step(of, step, uids))

    early = give(ru, us, handed(ru, opening(made, 2), BY_NAME, "us", held))
    false = give(ru, us, handed(ru, opening(other, 1), BY_NAME, "us", held))
    first = opened(ru, us, held)
    twice = give(ru, us, handed(ru, opening(made, 1), BY_NAME, "us", held))
    question = asked(us, ru, held, "Base 3")
    elsewhere = AnswerPaper.of(answer(made, "Base 77"), made.plan)
    wrong = give(ru, us, handed(ru, elsewhere, BY_NAME, "us", question, "response"))
    lie = AnswerPaper.of(answer(other, "Base 3"), other.plan)
    forged = give(ru, us, handed(ru, lie, BY_NAME, "us", question, "response"))
    story = told(ru, us, about=held)
    assert codes(story) == [
        (early, "escrow.step-order"),
        (false, "escrow.commitment"),
        (twice, "escrow.step-order"),
        (wrong, "escrow.elsewhere"),
        (forged, "escrow.commitment"),
    ]
    assert [each.opened_by for each in story.steps][:2] == [(first,), ()]
    assert story.questions[0].found is None
    answered(ru, us, question)
    assert isinstance(told(ru, us, about=held).questions[0].found, Present)


def test_a_text_that_says_something_else_than_its_file(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    held = sealed(ru, us)
    file = OpeningPaper(kind="opening", opening=open_step(secret(ru, held), 1))
    reference = give(ru, us, handed(ru, file, BY_NAME, "us", held, title="All is open"))
    assert codes(told(ru, us, about=held)) == [(reference, "escrow.other-words")]


def test_two_declarations_under_one_plan(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    held = sealed(ru, us)
    plan_ = find(ru._session, "RU-1", signing=False)[1].digest.hex()
    second = ru.send(ru.escrows.prepare_declaration(ITEMS[:5], under=plan_, to=["us"], **TERMS)).reference
    us.sync()
    one, two_ = us.escrows.told("RU-1")
    assert (one.beside, two_.beside) == ([second], [held])
    error = refused(lambda: us.escrows.story("RU-1"))
    assert (error.code, error.details["candidates"]) == ("escrow.which", f"{held}, {second}")
    opened(ru, us, second)
    assert len(told(ru, us, about=second).items) == 5
    assert told(ru, us, about=held).items == {}


def test_one_list_for_one_party_and_another_for_another(office: Office, tmp_path: Path) -> None:
    """Under two equal plans, each for one of them: both seals are in the log, and both are told of both."""
    us, ru, fr = three(office, tmp_path)
    held = sealed(ru, us)
    stated = ru.send(ru.escrows.prepare_plan(BY_NAME, to=["fr"], **TERMS))
    other = ru.send(ru.escrows.prepare_declaration(ITEMS[:5], under=stated.digest, to=["fr"], **TERMS)).reference
    for home in (us, fr):
        home.sync()
    assert (us.escrows.story(held).beside, fr.escrows.story(other).beside) == ([other], [held])
    assert [each.to for each in us.escrows.story(held).others] == [("fr",)]


def test_a_step_is_a_declaration_and_no_note(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    held = sealed(ru, us)
    file = OpeningPaper(kind="opening", opening=open_step(secret(ru, held), 1))
    noted = give(ru, us, handed(ru, file, BY_NAME, "us", held, "note"))
    story = told(ru, us, about=held)
    assert (story.progress.step, codes(story)) == (0, [(noted, "escrow.role")])


@pytest.mark.parametrize("role", ["note", "declaration"])
def test_a_paper_that_opens_in_years_excuses_no_step_out_of_order(office: Office, tmp_path: Path, role: Role) -> None:
    """It is for us, and can be no step that came before: we could not have had it."""
    ru, us = both(office, tmp_path)
    held = sealed(ru, us)
    opened(ru, us, held)
    later = Opening(kind="not_before", round=None, time=Time.from_text("2099-01-01T00:00:00.000Z"))
    draft = ru.prepare(
        draft_file(tmp_path, "# Note\n\nNothing.\n"),
        to=["us"],
        role=role,
        in_reply_to=held,
        opens=later,
        accept_by="2099-02-01T00:00:00.000Z",
        **TERMS,
    )
    note = ru.send(draft).reference
    file = OpeningPaper(kind="opening", opening=open_step(secret(ru, held), 4))
    early = give(ru, us, handed(ru, file, BY_NAME, "us", held))
    story = us.escrows.story(held)
    assert (story.waiting, story.pending, codes(story)) == ([note], [], [(early, "escrow.step-order")])
    assert not story.sound
    assert len(story.evidence.counts) == len(ITEMS)


def test_nobody_else_opens_or_answers(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    held = sealed(ru, us)
    opened(ru, us, held)
    _, paper = find(us._session, "RU-3", signing=False)
    content = open_paper(us._session, paper.act, sink=None).parts[-1].content
    assert content is not None
    copied = decode(content, OpeningPaper)
    reference = give(us, ru, handed(us, copied, BY_NAME, "ru", held))
    assert codes(told(ru, us, about=held)) == [(reference, "escrow.not-the-owner")]


def test_a_held_paper_under_a_strange_plan_is_no_escrow(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    stated = give(us, ru, us.escrows.prepare_plan(BY_NAME, to=["ru"], **TERMS))
    assert (
        refused(lambda: ru.escrows.prepare_declaration(ITEMS, under=stated, to=["us"], **TERMS)).code == "escrow.none"
    )
    question = QuestionPaper(kind="question", place="Base 3")
    note = give(ru, us, handed(ru, question, BY_NAME, "us", stated))
    held = ru.send(_held(ru, note)).reference
    us.sync()
    assert us.escrows.all() == ()
    assert refused(lambda: us.escrows.told(held)).code == "escrow.none"


def _held(home: Delegation, under: str) -> Draft:
    """A held paper that replies to whatever paper."""
    from parley.client.escrows import _held as made

    def make(subject: Any) -> holding.Held:
        escrow = place_items(ITEMS, plan=BY_NAME, seed=Seed(seed("a")), blind=Blind(seed("b")), subject=subject)
        return made(escrow, "en")

    return holding.hold(
        home._session, None, Wish(to=["us"], role="declaration", terms="confidential", in_reply_to=under), make
    )


def test_a_plan_with_another_text_leaves_nothing_proven(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    file = PlanPaper(kind="plan", plan=BY_NAME)
    draft = handed(ru, file, BY_NAME, "us", _note(ru, us, tmp_path), title="Another plan")
    stated = give(ru, us, draft)
    held = ru.send(_held(ru, stated)).reference
    us.sync()
    story = us.escrows.story(held)
    assert (story.plan, codes(story)) == (None, [(stated, "escrow.other-words")])
    for work in (
        lambda: us.escrows.prepare_question(held, "Base 3", **TERMS),
        lambda: ru.escrows.prepare_totals(held, **TERMS),
    ):
        assert refused(work).code == "escrow.no-plan"
    later = give(
        ru, us, handed(ru, OpeningPaper(kind="opening", opening=open_step(secret(ru, held), 1)), BY_NAME, "us", held)
    )
    assert (later, "escrow.no-plan") in codes(us.escrows.story(held))


def _note(ru: Delegation, us: Delegation, folder: Path) -> str:
    return ru.send(ru.prepare(draft_file(folder), to=["us"], role="note", terms="public", at_once=True)).reference


def test_what_lies_here_must_be_what_was_sealed(office: Office, tmp_path: Path) -> None:
    """The list in this home is another one than the log has the seal of."""
    ru, us = both(office, tmp_path)
    held = sealed(ru, us)
    original = holding.opened

    def other(session: Any, act: Any) -> Any:
        found, data = original(session, act)
        return found, encode(another(commit(decode(data, Escrow)), ITEMS).escrow)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(holding, "opened", other)
        error = refused(lambda: ru.escrows.prepare_opening(held, **TERMS))
    assert (type(error), error.code) == (Invalid, "escrow.commitment")
    assert isinstance(refused(lambda: ru.escrows.prepare_opening(held, 0, **TERMS)), Malformed | Refused)
