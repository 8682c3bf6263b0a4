"""Provisions by the names lawyers give them: every form, what is refused, and names given back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.articulate import Particulars, articulate
from parley.citing import Places, cite, name
from parley.document import Document, Language, Prevails, Provision
from parley.errors import Malformed
from parley.identifiers import Identifiers, Kind
from parley.naming import RANKS, key_of, ordinal, printed, same_value

TREATY = articulate(
    "t.md",
    b"""# Treaty

## Preamble

Recalling one,

Noting two,

## Article 1. Aim

Words.

## Article 2

1. one:

    (a) x;

    (b) y.

2. two.

3. three.

## Article 3

(a) x;

(b) y.

## Article 4

The Parties:

1. do:

    (a) x;

2. bar:

    (a) h;

    (b) i.

## Article IV bis. Late

(i) p;

(ii) q.

## Annex I

1. first.

2. second.

### Article 1

1. inner.

## Annex II

Free words.

More free words.
""",
    Particulars(language="en"),
)


def identified(text: str, document: Document = TREATY) -> list[str]:
    return [document.provision(number).e_id for number in Places(document).roots(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("art 3, art 4(2)", ["art_3", "art_4__para_2"]),
        ("Article 4, paragraph 2", ["art_4__para_2"]),
        ("ARTICLE 4 , PARAGRAPH 2", ["art_4__para_2"]),
        ("Art. 4(2)(a)", ["art_4__para_2__point_a"]),
        ("Art.4 (2) (a)", ["art_4__para_2__point_a"]),
        ("article 4.  para. 2, subpara. (b)", ["art_4__para_2__point_b"]),
        ("Art. 4 [2] [b]", ["art_4__para_2__point_b"]),
        ("articles 1-3 and 4bis", ["art_1", "art_2", "art_3", "art_ivbis"]),
        ("articles 1 to 3", ["art_1", "art_2", "art_3"]),
        ("arts 1, 3(a)", ["art_1", "art_3__point_a"]),
        ("art IV", ["art_4"]),
        ("art 4 bis, (ii)", ["art_ivbis__point_ii"]),
        ("preamble", ["preamble"]),
        ("second recital", ["preamble__rec_2"]),
        ("last recital of the preamble", ["preamble__rec_2"]),
        ("recitals 1-2", ["preamble__rec_1", "preamble__rec_2"]),
        ("annex I, 2", ["att_i__para_2"]),
        ("annex 1 art 1(1)", ["att_i__art_1__para_1"]),
        ("article 1 of annex I", ["att_i__art_1"]),
        ("annex II, second paragraph", ["att_ii__para_nn-2"]),
        ("article 1 and annex II", ["art_1", "att_ii"]),
        ("art 3; annex I", ["art_3", "att_i"]),
        ("annex II, annex I", ["att_i", "att_ii"]),
        ("paragraph 2 of Article 4", ["art_4__para_2"]),
        ("paragraphs 1 and 2 of Article 4", ["art_4__para_1", "art_4__para_2"]),
        ("points (a) and (b) of paragraph 1 of article 2", ["art_2__para_1__point_a", "art_2__para_1__point_b"]),
        ("paragraph 1 of art 2 and paragraph 2 of art 4", ["art_2__para_1", "art_4__para_2"]),
        ("art 2(1)(a), (2)", ["art_2__para_1__point_a", "art_2__para_2"]),
        ("art 2(1)-(3)", ["art_2__para_1", "art_2__para_2", "art_2__para_3"]),
        ("art 2(1), 4(2)", ["art_2__para_1", "art_4__para_2"]),
        ("4(2)", ["art_4__para_2"]),
        ("chapeau of article 4", ["art_4__intro"]),
        ("art 4, opening words", ["art_4__intro"]),
        ("статья 4, пункт 2", ["art_4__para_2"]),
        ("ст. 4, п. 2", ["art_4__para_2"]),
        ("пункт 2 статьи 4", ["art_4__para_2"]),
        ("статьи 1-3 и 4", ["art_1", "art_2", "art_3", "art_4"]),
        ("преамбула, второй абзац", ["preamble__rec_2"]),
        ("приложение I, статья 1", ["att_i__art_1"]),
        ("article 4, paragraphe 2", ["art_4__para_2"]),
        ("l'article premier", ["art_1"]),
        ("Article 1er", ["art_1"]),
        ("paragraphe 2 de l’article 4", ["art_4__para_2"]),
        ("art_4__para_2", ["art_4__para_2"]),
        ("“Late”", ["art_ivbis"]),
    ],
)
def test_names_as_lawyers_write_them(text: str, expected: list[str]) -> None:
    assert identified(text) == expected


def test_what_is_named_is_named_with_everything_below_it() -> None:
    assert [TREATY.provision(number).e_id for number in cite(TREATY, "art 2, art 3(b)")] == [
        "art_2",
        "art_2__para_1",
        "art_2__para_1__point_a",
        "art_2__para_1__point_b",
        "art_2__para_2",
        "art_2__para_3",
        "art_3__point_b",
    ]


def test_running_numbers_name_exactly_these_and_a_cross_everything_below() -> None:
    assert cite(TREATY, "3,5,7-9") == (3, 5, 7, 8, 9)
    assert cite(TREATY, "5") == (5,)
    assert cite(TREATY, "#5") == tuple(range(5, 11))


@pytest.mark.parametrize(
    ("text", "part", "nearest"),
    [
        ("art 14", "art 14", "art 4 (#14)"),
        ("art 1, art 2(9)", "(9)", "art 2(3) (#10)"),
        ("section II, art 4", "section ii", None),
        ("annex I, art 3", "art 3", "annex I, art 1 (#27)"),
        ("foo", "foo", None),
        ("art 3-1", "art 3-1", "art 3 (#11)"),
        ("", "", None),
        ("art 4 ?", "?", None),
        ("second", "second", None),
        ("0", "0", "1-31"),
        ("3-99", "3-99", "1-31"),
    ],
)
def test_what_is_not_there_is_said_with_what_is_near(text: str, part: str, nearest: str | None) -> None:
    with pytest.raises(Malformed) as caught:
        cite(TREATY, text)
    assert caught.value.code == "citing.unknown"
    assert caught.value.details["text"] == part
    if nearest is not None:
        assert caught.value.details["nearest"] == nearest


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("art 2, 3", "art 2(3) (#10); art 3 (#11)"),
        ("annex", "annex I (#24); annex II (#29)"),
        ("paragraph 3, paragraph 1", None),
    ],
)
def test_what_may_mean_two_places_is_not_guessed(text: str, candidates: str | None) -> None:
    with pytest.raises(Malformed) as caught:
        cite(TREATY, text)
    assert caught.value.code == "citing.unclear"
    if candidates:
        assert caught.value.details["candidates"] == candidates


def test_names_given_back() -> None:
    places = Places(TREATY)
    names = {each.e_id: places.name(each.number) for each in TREATY.provisions}
    assert {key: names[key] for key in (
        "preamble", "preamble__rec_2", "art_2__para_1__point_b", "art_3__point_a", "art_4__intro", "art_ivbis",
        "att_i__para_2", "att_i__art_1__para_1", "att_ii__para_nn-2",
    )} == {
        "preamble": "preamble",
        "preamble__rec_2": "recital 2",
        "art_2__para_1__point_b": "art 2(1)(b)",
        "art_3__point_a": "art 3(a)",
        "art_4__intro": "art 4, chapeau",
        "art_ivbis": "art IV bis",
        "att_i__para_2": "annex I, para 2",
        "att_i__art_1__para_1": "annex I, art 1(1)",
        "att_ii__para_nn-2": "annex II, second para",
    }  # fmt: skip
    assert name(TREATY, 4) == "art 1"


def test_repeated_numbers_are_told_apart_by_what_holds_them_or_by_running_number() -> None:
    made = articulate(
        "t.md",
        b"# T\n\n## Section I\n\n### Article 1\n\na\n\n## Section II\n\n### Article 1\n\nb\n\n### Article 1\n\nc\n",
        Particulars(language="en"),
    )
    assert [name(made, number) for number in range(1, 6)] == ["section I", "section I, art 1", "section II", "#4", "#5"]
    with pytest.raises(Malformed) as caught:
        cite(made, "art 1")
    assert caught.value.details["candidates"] == "section I, art 1 (#2); #4; #5"


def test_another_language_is_named_by_its_words_or_its_tag() -> None:
    made = two_languages()
    assert cite(made, "art 1") == (1, 2)
    assert cite(made, "статья 1") == cite(made, "ru: art 1") == (3, 4)
    assert [name(made, number) for number in (2, 3, 4)] == ["art 1(1)", "ru: art 1", "ru: art 1(1)"]


def two_languages() -> Document:
    def provision(number: int, kind: Kind, label: str, e_id: str, parent: int, language: str) -> Provision:
        requires = (parent,) if parent else ()
        return Provision(
            number=number, kind=kind, label=label, heading="", words="w", language=language, e_id=e_id, w_id=e_id,
            parent=parent, requires=requires, answers=(),
        )  # fmt: skip

    return document_of(
        (
            provision(1, Kind.ARTICLE, "Article 1", "art_1", 0, "en"),
            provision(2, Kind.PARAGRAPH, "1.", "art_1__para_1", 1, "en"),
            provision(3, Kind.ARTICLE, "Статья 1", "art_1", 0, "ru"),
            provision(4, Kind.PARAGRAPH, "1.", "art_1__para_1", 3, "ru"),
        ),
        (
            Language(language="en", status="authentic", first=1, last=2),
            Language(language="ru", status="authentic", first=3, last=4),
        ),
    )


def document_of(provisions: tuple[Provision, ...], languages: tuple[Language, ...]) -> Document:
    return Document(
        title="T", standing="formal", languages=languages, prevails=Prevails.TEXT, attachments=(), original=None,
        provisions=provisions, version=1,
    )  # fmt: skip


LABELS = st.sampled_from(
    ["", "", "1.", "2.", "(3)", "(a)", "(b)", "(i)", "–", "1.2.", "Article 1", "Article 4 bis", "Article IV", "Annex",
     "Annex I", "Appendix 1", "Статья 1", "第三条", "Section II", "а)", "(א)", "Protocol", "X.", "11.", "(aa)"]
)  # fmt: skip
HEADINGS = st.sampled_from(["", "", "Aim", "art 1", "General “rules”", "1", "Aim"])


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Trees of any kinds with any numbers, repeated and missing ones among them, in one or two languages."""
    provisions: list[Provision] = []
    languages: list[Language] = []
    for language in ("en", "ru")[: draw(st.integers(1, 2))]:
        hand, open_, first = Identifiers(), [], len(provisions) + 1
        for _ in range(draw(st.integers(1, 14))):
            kind, label = draw(st.sampled_from(Kind)), draw(LABELS)
            while open_ and (RANKS[open_[-1].kind] > RANKS[kind] or draw(st.booleans())):
                open_.pop()
            holder = open_[-1] if open_ else None
            identifier = hand.next(kind, label, holder=holder.e_id if holder else "")
            open_.append(
                Provision(
                    number=len(provisions) + 1,
                    kind=kind,
                    label=label,
                    heading=draw(HEADINGS),
                    words="w",
                    language=language,
                    e_id=identifier,
                    w_id=identifier,
                    parent=holder.number if holder else 0,
                    requires=(*holder.requires, holder.number) if holder else (),
                    answers=(),
                )
            )
            provisions.append(open_[-1])
        languages.append(Language(language=language, status="authentic", first=first, last=len(provisions)))
    return document_of(tuple(provisions), tuple(languages))


@given(documents())
def test_every_name_given_back_finds_its_provision_and_what_is_below_it(document: Document) -> None:
    places = Places(document)
    for each in document.provisions:
        below = {each.number}
        below |= {other.number for other in document.provisions if set(other.requires) & below}
        assert set(places.subtree(each.number)) == below
        assert cite(document, places.name(each.number)) == tuple(sorted(below))


WORDS_ = st.sampled_from(
    ["art", "articles", "4", "(a)", "(2)", ",", ";", "and", "-", "annex", "I", "second", "recital", "preamble", "#3",
     "of", "paragraph", "“Aim”", "п", "статьи", "1er", "bis", "to", "\u202e", "ru:", "§", "IV"]
)  # fmt: skip


@given(documents(), st.lists(WORDS_, max_size=8).map(" ".join) | st.text(max_size=30))
def test_any_words_name_provisions_or_are_refused(document: Document, text: str) -> None:
    try:
        found = cite(document, text)
    except Malformed as error:
        assert error.code in ("citing.unknown", "citing.unclear", "document.no-provision")  # noqa: PT017
    else:
        assert found
        assert all(1 <= number <= len(document.provisions) for number in found)
        assert list(found) == sorted(set(found))


@pytest.mark.parametrize(
    ("label", "key", "number"),
    [
        ("Article 4 bis", "4bis", "4 bis"),
        ("ARTICLE IV", "iv", "IV"),
        ("(a)", "a", "a"),
        ("1.2.", "1-2", "1.2"),
        ("а)", "a", "a"),
        ("(א)", "א", "א"),
        ("–", "", ""),
        ("Annex", "", ""),
        ("第三条", "3", "3"),
    ],
)
def test_numbers_for_comparing_and_for_printing(label: str, key: str, number: str) -> None:
    assert (key_of(label), printed(label)) == (key, number)


@given(st.integers(1, 3000))
def test_roman_numbers_have_the_same_value(number: int) -> None:
    roman = same_value(str(number))
    assert same_value(roman) == str(number)


def test_places_in_words() -> None:
    assert [ordinal(place) for place in (1, 12, 13, 21, 22, 103, 111)] == [
        "first",
        "twelfth",
        "13th",
        "21st",
        "22nd",
        "103rd",
        "111th",
    ]
