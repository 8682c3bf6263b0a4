"""Verdicts in sentences: an answer first, what is not shown last, and nothing that could be taken for agreement."""

from __future__ import annotations

import re

import pytest

from parley.act import Expiry, Opening, Refusal, Withdrawal
from parley.conviction import Conviction, Crime
from parley.verdict import verify
from parley.words.verdicts import conviction_lines, step_lines, verdict_lines
from tests.evidence_build import LoggedCase, delivered, two_states
from tests.simulator import Dishonest, dishonest
from tests.words.forbidden import forbidden_in

LAST = "This does not show: "


def said(case: LoggedCase, data: bytes, **trust: object) -> list[str]:
    return verdict_lines(verify(data, case.trust(**trust)))  # type: ignore[arg-type]  # needed=…


def test_a_delivered_paper() -> None:
    case, deposit = delivered()
    lines = said(case, case.of_paper(deposit).encode())
    text = "\n".join(lines)
    assert lines[0].startswith("PROVEN. ")
    assert "from the United States of America to the Russian Federation" in text
    assert "DELIVERED: signed for by the Russian Federation, Wed 26 Jan 2022" in text
    assert "accepted" in text
    assert "signed by A. Officer, Registry for the United States of America; powers granted at entry" in text
    assert forbidden_in(text) == []


def test_every_verdict_ends_with_what_it_does_not_show() -> None:
    case, deposit = delivered()
    for trust in (None, case.trust(), case.trust("ru"), case.trust(needed=2)):
        last = verdict_lines(verify(case.of_paper(deposit).encode(), trust))[-1]
        assert last.startswith(LAST)
        assert last.endswith("that either side agrees with the text.")


def test_without_a_trust_file_the_numbers_to_compare_are_given() -> None:
    case, deposit = delivered()
    lines = verdict_lines(verify(case.of_paper(deposit).encode(), None))
    assert lines[0] == "The signatures fit together. Who they belong to was not checked: no trust file given."
    assert sum(line.startswith(("  ru   ", "  us   ")) for line in lines) == 2
    assert "from 'us' (not checked) to 'ru' (not checked)" in "\n".join(lines)


def test_a_trust_file_that_does_not_name_a_party_does_not_vouch_for_it() -> None:
    case, deposit = delivered()
    lines = verdict_lines(verify(case.of_paper(deposit).encode(), case.trust("ru")))
    assert lines[0].startswith("The signatures fit together. Who some of them belong to")
    assert "that 'us' is the party it says it is" in lines[-1]


def test_terms_under_reserve_are_said() -> None:
    case = two_states()
    deposit = case.paper("us", "ru")
    case.admit(case.receipt("ru", deposit, terms_taken="under_reserve"))
    assert "UNDER RESERVE: noted, not accepted" in "\n".join(said(case, case.of_paper(deposit).encode()))


def test_what_was_not_delivered_is_not_called_delivered() -> None:
    """A party that signed nothing in the file is called by its id: nothing in it shows whose id that is."""
    for act, members, word in (
        (Refusal, {"reason": "terms", "words": ()}, "REFUSED, unread, by the Russian Federation"),
        (Withdrawal, {"release": None}, "WITHDRAWN by its sender before 'ru' (not checked) had answered"),
        (Expiry, {"recipients": ("ru",)}, "EXPIRED: no answer of 'ru' (not checked)"),
        (None, {}, "NO RECEIPT IN THIS FILE: nothing here shows that 'ru' (not checked) signed for"),
    ):
        case = two_states()
        deposit = case.paper("us", "ru")
        by = {"Refusal": "ru", "Withdrawal": "us"}.get(act.__name__ if act else "", "depositary")
        if act is Expiry:
            case.tick(4000)
        if act is not None:
            case.admit(case.act(act, by, deposit=deposit.digest, **members))
        text = "\n".join(said(case, case.of_paper(deposit).encode()))
        assert word in text
        assert "DELIVERED" not in text


@pytest.mark.parametrize("shown", [True, False])
def test_a_paper_that_opened_at_once_is_not_called_unread(shown: bool) -> None:
    """It was there to be read before it was refused, and a file may leave that out."""
    case = two_states()
    deposit = case.paper("us", "ru", opening=Opening(kind="at_once", round=None, time=None))
    handover = case.admit(case.handover("ru", deposit))
    refusal = case.admit(case.act(Refusal, "ru", deposit=deposit.digest, reason="terms", words=()))
    file = case.of_acts(deposit, handover, refusal) if shown else case.of_acts(deposit, refusal)
    text = "\n".join(said(case, file.encode()))
    assert "REFUSED by the Russian Federation, Wed 26 Jan 2022" in text
    assert "unread" not in text


def test_times_lie_between_what_witnesses_say() -> None:
    case, deposit = delivered()
    text = "\n".join(said(case, case.of_paper(deposit).encode(), needed=2))
    assert "as witnesses say" in text


@pytest.mark.parametrize("released", [True, False])
def test_words_are_shown_only_where_they_are_released(released: bool) -> None:
    case, deposit = delivered(terms="public")
    if released:
        case.admit(case.release("us", deposit, provisions=(1,)))
    lines = said(case, case.excerpt(deposit, 1).encode())
    text = "\n".join(lines)
    assert ("Words of article 1." in text) is released
    assert ("Text: GENUINE. Shown: 1 of 3 provisions; omitted: 2, 3." in text) is released
    assert ("NOT RELEASED" in text) is not released
    assert "AGREED" not in text


def test_an_excerpt_without_its_companion_is_incomplete() -> None:
    case, deposit = delivered(terms="public")
    case.admit(case.release("us", deposit, provisions=(2,)))
    lines = said(case, case.excerpt(deposit, 2).encode())
    assert lines[0].startswith("INCOMPLETE. Shown: 1 of 3 provisions")
    assert lines[2].startswith("The signatures hold. The file leaves something open")


def test_that_there_is_no_receipt_is_said_before_anything_else() -> None:
    case = two_states()
    deposit = case.paper("us", "ru", terms="public")
    case.admit(case.release("us", deposit, provisions=(1,)))
    for file in (case.of_paper(deposit), case.excerpt(deposit, 1)):
        assert said(case, file.encode())[0].startswith("NO RECEIPT IN THIS FILE: nothing here shows")
    case.admit(case.receipt("ru", deposit))
    assert said(case, case.of_paper(deposit).encode())[0].startswith("PROVEN.")


def test_what_one_side_shows_alone_is_said_before_anything_else() -> None:
    case, deposit = delivered()
    case.admit(case.release("ru", deposit, provisions=(1,), one_sided=True))
    assert said(case, case.excerpt(deposit, 1).encode())[0].startswith("ONE-SIDED, marked so by its own signer")


def test_a_paper_is_called_by_words_and_its_digits_stand_far_below() -> None:
    case, deposit = delivered()
    answer = case.paper("ru", "us", in_reply_to=deposit.digest, role="response")
    lines = said(case, case.of_paper(answer).encode())
    (place,) = (place for place, line in enumerate(lines) if line.startswith("The paper in this file: "))
    assert "response to another paper" in lines[place]
    for line in lines[: place + 4]:
        assert not re.search(r"\b[0-9a-f]{8}\b", line)
    text = "\n".join(lines)
    assert f"The paper in this file has the digits {answer.digest.hex()[:8]}." in text
    assert f"What it answers has the digits {deposit.digest.hex()[:8]}." in text


def test_a_history_names_the_paper_by_its_reference() -> None:
    case, deposit = delivered()
    case.paper("ru", "us", in_reply_to=deposit.digest, role="response")
    text = "\n".join(said(case, case.history().encode()))
    assert "Paper US-1: proposal" in text
    assert "Paper RU-1: response to US-1 · " in text


def test_a_conviction_names_the_crime_and_the_rule() -> None:
    case: Dishonest = dishonest()
    deposit = case.paper("us", "ru")
    receipt = case.logged(case.admit(case.receipt("ru", deposit)))
    case.rewind(receipt.at.index)
    instead = case.logged(case.admit(case.act(Refusal, "ru", deposit=deposit.digest, reason="terms", words=())))
    from parley import evidence

    file = evidence.fork([receipt, instead], support=case.support())
    text = "\n".join(verdict_lines(verify(file.encode(), case.trust())))
    assert text.startswith("PROVEN, against the depositary.")
    assert f"two different entries stand at one place of its register (entry {receipt.at.index})." in text


def test_a_conviction_by_two_registers_of_one_size_names_the_size() -> None:
    assert conviction_lines(Conviction(crime=Crime.TWO_ROOTS, first=7, second=7)) == [
        "The depositary is convicted: it signed two registers of one size (of 7 entries each)."
    ]
    (line,) = conviction_lines(Conviction(crime=Crime.TIME_BACKWARDS, first=3, second=7))
    assert line.endswith("(entries 3 and 7).")


def test_the_steps_are_numbered_and_carry_what_was_computed() -> None:
    case, deposit = delivered()
    lines = step_lines(verify(case.of_paper(deposit).encode(), case.trust(needed=2)).steps)
    numbers = [line.split(".")[0] for line in lines if not line.startswith(" ")]
    assert numbers == [str(number) for number in range(1, 11)]
    assert any("root=" in line for line in lines)
    assert any("leaf=" in line for line in lines)
