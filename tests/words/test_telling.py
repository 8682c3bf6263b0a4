"""What a paper is and what its sender asks, in sentences."""

from __future__ import annotations

from typing import get_args

import pytest
from msgspec import structs

from parley.act import FaultReason, RefusalReason
from parley.canonical import Time
from parley.envelope import Cover, HandedOver
from parley.exchange import State
from parley.terms import PRESETS, Force, Publication, PublicationRule, Terms, preset
from parley.words import with_article
from parley.words.clock import UTC_ONLY
from parley.words.telling import (
    at,
    brief_terms,
    cover_rows,
    delivery_sentence,
    listed,
    preset_name,
    terms_head,
    terms_lines,
    what,
)

NAMES = {"ru": "Russian Federation", "us": "United States", "fr": "France"}
PARTIES = ("us", "ru")


def naming(party: str) -> str:
    return with_article(NAMES[party])


def cover(**changes: object) -> Cover:
    members: dict[str, object] = {
        "also_handed_over": None,
        "languages": ("en",),
        "may_show": (),
        "note": None,
        "pages": None,
        "precedence": "routine",
        "reference": None,
        "shown_by_sender": (),
        "subject": "Security guarantees",
    }
    return Cover(**(members | changes))  # type: ignore[arg-type]  # members by name


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("force", get_args(Force))
def test_a_preset_is_called_by_its_name(name: str, force: Force) -> None:
    terms = preset(name, parties=PARTIES, force=force)
    assert preset_name(terms, PARTIES) == name
    assert terms_head(terms, PARTIES).startswith(f"{name}, {force} by the sender")


def test_other_terms_are_the_senders_own() -> None:
    none, free = PublicationRule(mode="none", parties=()), PublicationRule(mode="free", parties=())
    terms = Terms(
        audience=(), author_free=True, embargo=None, force="asked", publication=Publication(excerpts=free, full=none)
    )
    assert terms_head(terms, PARTIES) == "the sender's own terms, asked by the sender"
    assert terms_lines(terms, None, naming=naming, clocks=UTC_ONLY) == [
        "both sides may say in public what it is about, in their own words",
        "sender and recipients may publish parts of it",
        "the whole of it is not to be published",
        "its author may publish its own text",
    ]


def test_the_essence_as_it_was_asked() -> None:
    terms = preset("essence", parties=PARTIES)
    shown = cover(shown_by_sender=("allies", "Ukraine", "the Congress"), may_show=("your government",))
    assert terms_lines(terms, shown, naming=naming, clocks=UTC_ONLY) == [
        "both sides may say in public what it is about, in their own words",
        "a provision is shown only when the Russian Federation and the United States have agreed to its being shown",
        "the whole of it is not to be published",
        "its author may publish its own text",
        "the sender has shown it to: allies, Ukraine and the Congress",
        "you may show it to: your government",
    ]


def test_confidence_binds_its_author_too() -> None:
    lines = terms_lines(preset("confidential", parties=PARTIES), None, naming=naming, clocks=UTC_ONLY)
    assert lines == ["nothing of it is to be published", "its author, too, keeps to this"]


@pytest.mark.parametrize("name", PRESETS)
def test_on_a_screen_each_thing_that_terms_ask_is_one_short_line(name: str) -> None:
    """Beside names of fifteen columns and a dash, eighty columns are enough for each."""
    lines = brief_terms(preset(name, parties=PARTIES), None, parties=PARTIES, naming=naming, clocks=UTC_ONLY)
    assert len(lines) == len(terms_lines(preset(name, parties=PARTIES), None, naming=naming, clocks=UTC_ONLY))
    assert max(map(len, lines)) <= 80 - len("  sender's number  - ")


def test_whose_consent_is_asked_is_said_in_a_word_or_by_name() -> None:
    terms = preset("essence", parties=PARTIES)

    def second(parties: tuple[str, ...]) -> str:
        return brief_terms(terms, None, parties=parties, naming=naming, clocks=UTC_ONLY)[1]

    assert second(PARTIES) == "a provision is shown only when both sides agree"
    assert second(("us", "fr")).endswith("only when the Russian Federation and the United States agree")
    three = preset("essence", parties=("fr", *PARTIES))
    lines = brief_terms(three, cover(may_show=("x",)), parties=("fr", *PARTIES), naming=naming, clocks=UTC_ONLY)
    assert lines[1] == "a provision is shown only when all sides agree"
    assert lines[-1] == "you may show it to: x"


def test_audience_and_embargo_are_said() -> None:
    plain = preset("public", parties=PARTIES)
    terms = Terms(
        audience=("fr",),
        author_free=plain.author_free,
        embargo=Time.from_text("2022-03-01T00:00:00.000Z"),
        force="asked",
        publication=plain.publication,
    )
    assert preset_name(terms, PARTIES) == "public"
    lines = terms_lines(terms, None, naming=naming, clocks=UTC_ONLY)
    assert lines[-2:] == ["not before Tue 1 Mar 2022 00:00 UTC", "it may also be shown to: France"]


def test_what_a_paper_is() -> None:
    assert what(role="response", in_reply_to="RU-1", standing="non_paper") == "response to RU-1 · NON-PAPER"
    assert what(role="counter_proposal", in_reply_to=None, standing="formal") == "counter-proposal · formal"


def test_names_in_a_row() -> None:
    assert [listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
    assert "\u202e" not in listed(["a\u202e"])


def test_a_cover_in_rows() -> None:
    also = HandedOver(at=Time.from_text("2022-01-26T17:02:00.000Z"), by="Ambassador", to="Deputy Minister")
    full = cover(precedence="flash", reference="No. 5", pages=3, note="replaces No. 4", also_handed_over=also)
    assert ("languages", "en, fr") in cover_rows(structs.replace(full, languages=("en", "fr")), clocks=UTC_ONLY)
    assert cover_rows(full, clocks=UTC_ONLY) == [
        ("subject", "Security guarantees"),
        ("precedence", "FLASH"),
        ("sender's number", "No. 5"),
        ("pages", "3"),
        ("also by hand", "by Ambassador to Deputy Minister, Wed 26 Jan 2022 17:02 UTC"),
        ("remark", "replaces No. 4"),
    ]


@pytest.mark.parametrize("state", [state.value for state in State])
def test_every_state_has_its_sentence(state: str) -> None:
    said = delivery_sentence(state, party="the United States", fault="form", reason="terms", available="noon")
    assert said.endswith(".")
    assert "nited States" in said
    assert ("noon" in said) is (state == State.MADE_AVAILABLE.value)


@pytest.mark.parametrize("reason", get_args(RefusalReason))
def test_a_refusal_tells_its_reason(reason: str) -> None:
    assert "Reason: " in delivery_sentence("refused", party="France", fault=None, reason=reason)


@pytest.mark.parametrize(("available", "unread"), [("", True), ("noon", False)])
def test_a_refused_paper_is_unread_unless_it_lay_open(available: str, unread: bool) -> None:
    said = delivery_sentence("refused", party="France", fault=None, reason="terms", available=available)
    assert (", unread." in said) is unread


@pytest.mark.parametrize("reason", get_args(FaultReason))
def test_a_fault_tells_its_reason(reason: str) -> None:
    assert "faulty: " in delivery_sentence("faulted", party="France", fault=reason, reason=None)


def test_not_yet() -> None:
    assert at(None, UTC_ONLY) == "not yet"
