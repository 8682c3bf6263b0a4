"""Statements about an agreement: one way to write them, a text that says the same, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from parley import canonical
from parley.crypto import Digest, sha256
from parley.document import Document, file_of
from parley.errors import Invalid, Malformed
from parley.measures.step_file import MEDIA_TYPE, Stated
from parley.measures.step_text import NAMES, document_of_agreement, document_of_step, read_step, read_text
from tests.measures.agreements import SMALL, small
from tests.measures.altered import altered, with_status

AGREEMENT = small()
TEXT = sha256(SMALL.encode())
CITED = Digest(bytes(31) + b"\1")
KINDS = ("suspension", "counter_measure", "resumption", "contesting", "denunciation")


def stated(**changes: Any) -> Stated:
    given_: dict[str, Any] = {
        "agreement": TEXT, "because": "", "cites": CITED, "kind": "suspension", "measures": (), "towards": (),
    }  # fmt: skip
    return Stated(**(given_ | changes))


def document(one: Stated, language: str = "en") -> Document:
    return document_of_step(one, AGREEMENT, file_of("step.json", MEDIA_TYPE, canonical.encode(one)), language=language)


@given(
    st.sampled_from(KINDS),
    st.sets(st.sampled_from(["prior-notice", "other"])),
    st.sets(st.sampled_from(["us", "fr", "cn"])),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40),
    st.sampled_from(["en", "ru"]),
)
def test_what_is_written_is_read_back_equal(
    kind: Any, measures: set[str], towards: set[str], because: str, language: str
) -> None:
    one = stated(
        kind=kind,
        measures=tuple(sorted(measures)),
        towards=tuple(sorted(towards)),
        because=" ".join(because.split()),
    )
    assert read_step(document(one, language), canonical.encode(one), AGREEMENT) == one


def test_a_statement_in_words() -> None:
    found = document(stated(measures=("prior-notice",), towards=("us",), because="They did first."))
    assert found.title == "Suspension: A small agreement"
    assert [(each.heading, each.words) for each in found.provisions] == [
        ("Measures", "prior-notice"),
        ("Towards", "us"),
        ("Because", "They did first."),
    ]
    assert [each.words for each in document(stated()).provisions] == ["all", "all"]
    assert document(stated(), "ru").title == "Приостановление: Малое соглашение"


def test_every_language_names_every_kind() -> None:
    for names in NAMES.values():
        assert {*KINDS, "measures", "towards", "because", "all"} == set(names)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "contesting", "cites": None}, "step.cites"),
        ({"kind": "counter_measure", "cites": None}, "step.cites"),
        ({"measures": ("b", "a")}, "step.names"),
        ({"towards": ("us", "us")}, "step.names"),
        ({"because": "x" * 2_001}, "step.long"),
    ],
)
def test_what_is_no_statement(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Malformed) as caught:
        stated(**changes)
    assert caught.value.code == code


@pytest.mark.parametrize("because", ["\u202e", "a\0b", "\u200b"])
def test_a_reason_that_hides_something(because: str) -> None:
    with pytest.raises(Malformed) as caught:
        stated(because=because)
    assert caught.value.code.startswith("wording.")


def test_a_text_that_says_something_else_changes_nothing() -> None:
    one = stated(because="They did first.")
    data, found = canonical.encode(one), document(one)
    for lie in (
        structs.replace(found, title="Resumption: A small agreement"),
        document(stated(because="They did not.")),
        document(stated(kind="denunciation", because="They did first.")),
        with_status(found),
        *altered(found),
    ):
        with pytest.raises(Invalid) as caught:
            read_step(lie, data, AGREEMENT)
        assert caught.value.code == "step.other-words"


@given(st.binary(max_size=120))
def test_any_bytes_are_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        read_step(document(stated()), data, AGREEMENT)


def test_a_statement_without_its_file() -> None:
    one = stated()
    bare = structs.replace(document(one), original=None, prevails="text")
    with pytest.raises(Malformed) as caught:
        read_step(bare, canonical.encode(one), AGREEMENT)
    assert caught.value.code == "step.no-file"


def test_an_agreement_is_sealed_with_its_provisions_in_its_own_words() -> None:
    file = file_of("small.toml", "application/vnd.parley.agreement+toml", SMALL.encode())
    found = document_of_agreement(AGREEMENT, file, language="en")
    assert [(each.label, each.heading, each.words) for each in found.provisions] == [
        ("art. 1", "Exercises", "Each side tells the other of large exercises."),
        ("art. 2", "Replies", ""),
    ]
    assert found.prevails.value == "original"
    assert read_text(found, SMALL.encode()) == AGREEMENT
    with pytest.raises(Malformed) as caught:
        document_of_agreement(AGREEMENT, file, language="fr")
    assert caught.value.code == "notice.language"


def test_an_agreement_under_another_text_is_not_read() -> None:
    """Whoever reads the text and answers with the same file would have adopted what it never read."""
    file = file_of("small.toml", "application/vnd.parley.agreement+toml", SMALL.encode())
    found = document_of_agreement(AGREEMENT, file, language="en")
    softer = structs.replace(found.provisions[0], words="Each side tells the other of exercises when it likes.")
    for lie in (
        structs.replace(found, title="Another agreement"),
        structs.replace(found, provisions=(softer, *found.provisions[1:])),
        with_status(found),
        *altered(found),
    ):
        with pytest.raises(Invalid) as caught:
            read_text(lie, SMALL.encode())
        assert caught.value.code == "step.other-words"
    with pytest.raises(Malformed) as bare:
        read_text(structs.replace(found, original=None, prevails="text"), SMALL.encode())
    assert bare.value.code == "step.no-file"
    with pytest.raises(Malformed):
        read_text(found, b"version = 2\n")
