"""Documents: the tree in reading order, identifiers, files, and strict reading of document.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from parley import canonical
from parley.articulate import Particulars, articulate
from parley.canonical import MAX_INTEGER
from parley.crypto import Digest
from parley.document import (
    Answer,
    Document,
    Language,
    Position,
    Prevails,
    Provision,
    check_file_name,
    file_of,
)
from parley.errors import Malformed
from parley.identifiers import Identifiers, Kind, is_identifier, number_part

SAMPLES = Path(__file__).parent.parent / "src" / "parley" / "samples"


def provision(number: int, e_id: str, *, kind: Kind = Kind.ARTICLE, parent: int = 0, **members: Any) -> Provision:
    given_: dict[str, Any] = {
        "number": number,
        "kind": kind,
        "label": f"Article {number}",
        "heading": "",
        "words": "Words.",
        "language": "en",
        "e_id": e_id,
        "w_id": e_id,
        "parent": parent,
        "requires": (parent,) if parent else (),
        "answers": (),
    }
    return Provision(**{**given_, **members})


def document(*provisions: Provision, **members: Any) -> Document:
    given_: dict[str, Any] = {
        "title": "T",
        "standing": "formal",
        "languages": (Language(language="en", status="authentic", first=1, last=len(provisions)),),
        "prevails": Prevails.TEXT,
        "attachments": (),
        "original": None,
        "provisions": provisions,
        "version": 1,
    }
    return Document(**{**given_, **members})


def treaty() -> Document:
    return articulate("t.md", (SAMPLES / "draft-treaty.md").read_bytes(), Particulars(language="en"))


def refused(code: str, make: Any) -> None:
    with pytest.raises(Malformed) as caught:
        make()
    assert caught.value.code == code


def test_a_document_is_read_back_as_it_was_written() -> None:
    written = treaty().to_bytes()
    assert Document.from_bytes(written) == treaty()
    assert Document.from_bytes(written).to_bytes() == written
    assert json.loads(written)["provisions"][0].keys() >= {"eId", "wId", "number", "requires", "answers"}


def changed(**members: Any) -> bytes:
    return canonical.encode({**json.loads(treaty().to_bytes()), **members})


def changed_provision(**members: Any) -> bytes:
    value = json.loads(treaty().to_bytes())
    value["provisions"][12].update(members)
    return canonical.encode(value)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "canonical.json"),
        (b"{}", "canonical.shape"),
        (b" " + b"{}", "canonical.not-canonical"),
        (changed(version=2), "canonical.shape"),
        (changed(extra=None), "canonical.shape"),
        (changed(provisions=[]), "document.provisions"),
        (changed(languages=[]), "document.languages"),
        (changed(title="a\u202eb"), "wording.bidi-control"),
        (changed(title="a  b"), "wording.not-canonical"),
        (changed(title="t" * 1001), "wording.too-long"),
        (changed(prevails="original"), "document.no-original"),
        (changed(standing="informal"), "canonical.shape"),
        (changed_provision(words="hidden\u200b"), "wording.hidden"),
        (changed_provision(words="tail "), "wording.not-canonical"),
        (changed_provision(heading="two\nlines"), "wording.control"),
        (changed_provision(number=1), "document.place"),
        (changed_provision(language="fr"), "document.place"),
        (changed_provision(language="English"), "document.language-tag"),
        (changed_provision(parent=3), "document.parent"),
        (changed_provision(parent=13), "document.parent"),
        (changed_provision(parent=0), "document.identifier"),
        (changed_provision(requires=[11]), "document.requires"),
        (changed_provision(requires=[12, 11]), "document.requires"),
        (changed_provision(requires=[11, 12, 13]), "document.requires"),
        (changed_provision(requires=[11, 12, 99]), "document.requires"),
        (changed_provision(requires=[0, 11, 12]), "document.requires"),
        (changed_provision(eId="art_4__para_1__point_b"), "document.identifier-twice"),
        (changed_provision(eId="art_4__para_1"), "document.identifier"),
        (changed_provision(eId="art_4__para_1__art_a"), "document.identifier"),
        (changed_provision(eId="Art 4"), "document.identifier"),
        (changed_provision(wId="art_4__para_1__point_b"), "document.identifier-twice"),
        (changed_provision(label="", heading="", words=""), "document.provision-empty"),
        (changed_provision(kind="verse"), "canonical.shape"),
    ],
)
def test_what_is_not_a_document_is_refused(data: bytes, code: str) -> None:
    refused(code, lambda: Document.from_bytes(data))


@given(st.binary(max_size=60))
def test_nothing_but_our_errors_leaves_the_reader(data: bytes) -> None:
    with pytest.raises(Malformed):
        Document.from_bytes(data)


def test_paths_and_companions() -> None:
    made = treaty()
    point = made.find("art_4__para_1__point_b")
    assert point is not None
    assert made.path(point.number) == ("Article 4 — Enlargement and bases", "1.", "(b)")
    assert [step.e_id for step in made.lineage(point.number)] == ["art_4", "art_4__para_1", "art_4__para_1__point_b"]
    assert made.companions([point.number]) == (*point.requires, point.number)
    refused("document.no-provision", lambda: made.provision(0))
    refused("document.no-provision", lambda: made.path(999))


def test_companions_follow_what_companions_require() -> None:
    made = document(provision(1, "art_1", requires=(3,)), provision(2, "art_2"), provision(3, "art_3", requires=(2,)))
    assert made.companions([1]) == (1, 2, 3)
    circular = document(provision(1, "art_1", requires=(2,)), provision(2, "art_2", requires=(1,)))
    assert circular.companions([2]) == (1, 2)


def test_finding_by_label_identifier_or_number() -> None:
    made = treaty()
    article = made.find("article 4")
    assert article is not None
    assert (article.e_id, made.find("art_4"), made.find(f"#{article.number}")) == ("art_4", article, article)
    assert made.find("Article 44") is None
    assert made.find("1.") is None  # several paragraphs are so labelled
    assert made.find("#999") is None


def test_two_languages_are_consecutive_ranges_with_the_same_identifiers() -> None:
    english, russian = provision(1, "art_1"), provision(2, "art_1", language="ru", label="Статья 1")
    languages = (
        Language(language="en", status="authentic", first=1, last=1),
        Language(language="ru", status="unofficial_translation", first=2, last=2),
    )
    made = document(english, russian, languages=languages)
    assert Document.from_bytes(made.to_bytes()) == made
    refused("document.identifier-twice", lambda: document(provision(1, "art_1"), provision(2, "art_1")))
    refused("document.languages", lambda: document(english, russian, languages=languages[:1]))
    refused("document.languages", lambda: document(english, russian, languages=languages[::-1]))
    same = (languages[0], Language(language="en", status="authentic", first=2, last=2))
    refused("document.languages", lambda: document(english, russian, languages=same))


def test_a_parent_in_another_language_is_refused() -> None:
    child = provision(2, "art_1__para_1", kind=Kind.PARAGRAPH, parent=1, language="ru")
    languages = (
        Language(language="en", status="authentic", first=1, last=1),
        Language(language="ru", status="authentic", first=2, last=2),
    )
    refused("document.parent", lambda: document(provision(1, "art_1"), child, languages=languages))


def test_depth_is_bounded() -> None:
    chain = [provision(1, "art_1")]
    for number in range(2, 30):
        holder = chain[-1]
        identifier = f"{holder.e_id}__point_1"
        requires = (*holder.requires, holder.number)
        chain.append(
            provision(number, identifier, kind=Kind.POINT, parent=holder.number, requires=requires, label="(a)")
        )
    assert document(*chain[:24])
    refused("document.parent", lambda: document(*chain))


def test_answers_name_a_provision_once() -> None:
    deposit = Digest(b"\1" * 32)
    answer = Answer(deposit=deposit, provision=4, position=Position.REFUSE)
    whole = Answer(deposit=deposit, provision=None, position=Position.NOTED)
    made = document(provision(1, "art_1", answers=(answer, whole)))
    assert Document.from_bytes(made.to_bytes()).provisions[0].answers == (answer, whole)
    other = Answer(deposit=deposit, provision=4, position=Position.ACCEPT_IF)
    refused("document.answer-twice", lambda: provision(1, "art_1", answers=(answer, other)))
    refused("document.answer", lambda: Answer(deposit=deposit, provision=0, position=Position.REFUSE))


@pytest.mark.parametrize("name", ["a.pdf", "scan 2.pdf", "приложение.docx", "می‌خواهم.txt", "a.b.c"])
def test_file_names_that_may_stand(name: str) -> None:
    assert check_file_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", ".hidden", "a/b", "a\\b", "c:x", "-rf", "~x", "con", "NUL.txt", "document.json", "Seal.JSON", "x.",
     "a\nb", "a\u202efdp.exe", " a", "a\0", "é" * 51, "e\u0301", "a?b"],
)  # fmt: skip
def test_file_names_that_may_not(name: str) -> None:
    with pytest.raises(Malformed):
        check_file_name(name)


def test_files_are_named_once_and_typed() -> None:
    file = file_of("a.pdf", "application/pdf", b"x")
    refused("document.file-twice", lambda: document(provision(1, "art_1"), attachments=(file,), original=file))
    refused("document.media-type", lambda: file_of("a.pdf", "pdf", b"x"))
    for size in (-1, MAX_INTEGER + 1):
        refused("document.file-size", lambda size=size: structs.replace(file, size=size))
    upper = file_of("A.PDF", "application/pdf", b"y")
    refused("document.file-twice", lambda: document(provision(1, "art_1"), attachments=(file, upper)))
    made = document(provision(1, "art_1"), attachments=(file,), prevails=Prevails.TEXT)
    assert made.files == (file,)


@pytest.mark.parametrize(
    ("label", "number"),
    [
        ("Article 4", "4"),
        ("ARTICLE IV", "iv"),
        ("Article 4 bis", "4bis"),
        ("1.", "1"),
        ("1.2.", "1-2"),
        ("(a)", "a"),
        ("(iv)", "iv"),
        ("Статья 5", "5"),
        ("المادة ٤", "4"),
        ("ماده ۴", "4"),
        ("अनुच्छेद २", "2"),
        ("第四条", "4"),
        ("第十二条", "12"),
        ("第二十条", "20"),
        ("十、", "10"),
        ("第12条", "12"),
        ("(א)", ""),
        ("–", ""),
        ("", ""),
        ("Annex", ""),
    ],
)
def test_numbers_in_identifiers(label: str, number: str) -> None:
    assert number_part(label) == number


def test_repeated_and_missing_numbers_stay_unique() -> None:
    hand = Identifiers()
    made = [hand.next(Kind.ARTICLE, label) for label in ("Article 4", "Article 4", "Article 4-2", "Article 4")]
    assert made == ["art_4", "art_4-2", "art_4-2-2", "art_4-3"]
    assert hand.next(Kind.PARAGRAPH, "", holder="art_4") == "art_4__para_nn-1"
    assert hand.next(Kind.PARAGRAPH, "1.", holder="art_4") == "art_4__para_1"
    assert [hand.next(Kind.CHAPEAU, "", holder="art_4") for _ in range(2)] == ["art_4__intro", "art_4__intro_2"]
    assert hand.next(Kind.RECITAL, "") == "rec_1"


@given(st.lists(st.tuples(st.sampled_from(Kind), st.text(max_size=12), st.integers(0, 3)), max_size=30))
def test_identifiers_are_unique_and_well_formed(steps: list[tuple[Kind, str, int]]) -> None:
    hand, made = Identifiers(), [""]
    for kind, label, holder in steps:
        made.append(hand.next(kind, label, holder=made[holder % len(made)]))
    assert len(set(made)) == len(made)
    assert all(is_identifier(each) for each in made[1:])


def test_identifiers_do_not_move_when_words_change() -> None:
    text = (SAMPLES / "draft-treaty.md").read_text("utf-8")
    later = articulate("t.md", text.replace("armed attack", "attack").encode(), Particulars(language="en"))
    assert [each.e_id for each in later.provisions] == [each.e_id for each in treaty().provisions]
