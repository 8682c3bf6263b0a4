"""The page of an excerpt: what stands on it first, what it shows and leaves out, and that it is that page or none."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley import words
from parley.act import Refusal
from parley.errors import Invalid, Malformed, Refused
from parley.record import page as pages
from parley.record.page import CLOSING, OPENING, Compared, compare, edition, looks_like_page, read, render
from parley.words import LANGUAGES, catalogue, rendering
from parley.words.rendering import fingerprint
from tests.evidence_build import delivered, two_states
from tests.record.excerpts import EVIL, EVIL_NAME, Seen, by_author, by_consent, hostile, one_sided, unreleased
from tests.words.forbidden import forbidden_in

EVIDENCE = by_consent(1, 3)
PAGES = {language: render(EVIDENCE, language) for language in LANGUAGES}
HOSTILE = hostile()
SPEC = Path(__file__).parents[2] / "spec" / "page.md"


def text_of(data: bytes, language: str = "en") -> str:
    return re.sub(r"\n+", "\n", Seen(render(data, language)).text)


# --- what stands on it ------------------------------------------------------------------------------------------


def test_the_answers_come_before_the_words_and_delivery_before_the_others() -> None:
    text = text_of(EVIDENCE)
    places = [
        text.rindex(piece) if piece.startswith("How") else text.index(piece)  # there is a link to it before
        for piece in (
            "A page cannot vouch for itself",
            "Delivery\nDELIVERED: signed for by Party ru, Wed 26 Jan 2022",
            "Text\nGENUINE. Shown: 2 of 3 provisions; omitted: 2.",
            "Release\nBY CONSENT of Party ru and Party us.",
            "This does not say that either side agrees with the text.",
            "Words of article 1.",
            "[ provision 2 not shown ]",
            "Words of article 3.",
            "Who did what, and when",
            "What its sender asked",
            "What this does not show",
            "How to check this page",
            "To cite this",
        )
    ]
    assert places == sorted(places)


def test_no_receipt_is_said_before_anything_else() -> None:
    text = text_of(by_author(1, receipt=False)).strip()
    body = text.partition("\n")[2].strip()  # the first line is the title
    said = "NO RECEIPT IN THIS FILE: nothing here shows that 'ru' (no name in this file) signed for this paper."
    assert body.startswith(said)
    assert text.count(said) == 2
    assert "DELIVERED" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_one_sided_page_says_so_for_ever(language: str) -> None:
    page = Seen(render(one_sided(1, 3), language))
    alarms = [attributes for tag, attributes in page.elements if attributes.get("class") == "alarm"]
    assert [alarm["role"] for alarm in alarms] == ["note"]
    first = page.text.strip().split("\n")[1:]
    word = {"en": "ONE-SIDED", "fr": "UNILATÉRALE", "ru": "В ОДНОСТОРОННЕМ"}[language]
    assert next(line for line in first if line).startswith(word)


def test_an_incomplete_excerpt_says_so_first() -> None:
    text = text_of(by_consent(2)).strip().partition("\n")[2].strip()
    assert text.startswith("INCOMPLETE. Shown: 1 of 3 provisions; omitted: 1, 3; provisions that must be read with")


@pytest.mark.parametrize(("outcome", "word"), [("refusal", "REFUSED, unread"), ("replaced", "REPLACED by")])
def test_what_else_became_of_the_paper_is_on_it(outcome: str, word: str) -> None:
    case = two_states()
    deposit = case.paper("us", "ru")
    if outcome == "refusal":
        case.admit(case.act(Refusal, "ru", deposit=deposit.digest, reason="terms", words=()))
    else:
        case.admit(case.receipt("ru", deposit))
        case.paper("us", "ru", replaces=deposit.digest)
    case.admit(case.release("us", deposit, provisions=(1,)))
    text = text_of(case.excerpt(deposit, 1).encode())
    answers = text[text.index("\nDelivery\n") : text.index("\nText\n")]
    assert f"\n{word}" in answers


def test_who_and_when_in_each_clock_with_the_entry() -> None:
    text = text_of(HOSTILE)
    assert re.search(r"Wed 26 Jan 2022 · 17:00:0([0-9]) UTC · 20:00:0\1 Moscow\nnumber in the register\n7\n", text)
    assert "A. Officer, Registry" in text
    assert "consent to its being shown · provision 1 · the public" in text


def test_parties_are_called_as_they_named_themselves_in_the_pages_language() -> None:
    assert EVIL_NAME in text_of(HOSTILE)
    assert "Сторона <us>" in text_of(HOSTILE, "ru")
    assert EVIL_NAME in text_of(HOSTILE, "fr")
    assert "Names imply no position" in text_of(HOSTILE)


def test_the_numbers_to_compare_and_the_way_to_check_are_on_it() -> None:
    text = text_of(EVIDENCE)
    assert len(re.findall(r"(?:[0-9]{5} ){7}[0-9]{5}", text)) == 2
    assert "parley verify FILE --trust TRUSTFILE" in text
    assert "verify.html" in text


def test_a_footnote_has_all_it_needs() -> None:
    text = text_of(EVIDENCE)
    cite = text[text.index("To cite this") :]
    digits = re.search(r"digits\n([0-9a-f]{64})", cite)
    assert digits
    for line in (
        "paper\nproposal · formal",
        "provisions\n1, 3 (there are 3)",
        "parties\nfrom Party us to Party ru",
        "handed in\nWed 26 Jan 2022 17:00:04 UTC",
        "register\ndepositary.example/log/1: number 7 in that register",
        "licence\nThe frame of this page is free for any use (CC0 1.0).",
    ):
        assert line in cite


def test_the_status_of_a_language_is_said_or_said_to_be_unknown() -> None:
    assert "English · authentic text" in text_of(HOSTILE)
    assert "German · status not in this file" in text_of(hostile(language="de"))
    assert "x-strange · status not in this file" in text_of(hostile(language="x-strange"))


def test_what_a_provision_answers_is_said() -> None:
    text = text_of(HOSTILE)
    answer = "Its author's answer to"
    assert f"{answer} provision 4 of another paper (its digits begin abababab): accepts on a condition" in text
    assert f"{answer} the whole of another paper (its digits begin cdcdcdcd): takes note" in text


def test_the_whole_paper_says_the_status_of_each_language_as_its_manifest_does() -> None:
    case, deposit = delivered(terms="public")
    case.admit(case.release("us", deposit, provisions=None))
    text = text_of(case.excerpt(deposit, 0, 1, 2, 3).encode())
    assert "Shown: 3 of 3 provisions; omitted: none." in text
    assert "not shown:" not in text
    assert text.count("English · authentic text") == 3


@given(st.sets(st.integers(1, 12), min_size=1))
@settings(max_examples=12, deadline=None)
def test_gaps_and_words_make_up_the_whole_in_reading_order(numbers: set[int]) -> None:
    text = text_of(by_consent(*sorted(numbers), provisions=12))
    shown = [int(number) for number in re.findall(r"Words of article ([0-9]+)\.", text)]
    assert shown == sorted(numbers)
    hidden = len(re.findall("provision [0-9]+ not shown", text))
    hidden += sum(map(int, re.findall(r"([0-9]+) provisions not shown", text)))
    assert hidden + len(shown) == 12
    for first, last in re.findall(r"provisions not shown: ([0-9]+) to ([0-9]+)", text):
        assert not numbers & set(range(int(first), int(last) + 1))


def test_context_names_what_it_stands_beside() -> None:
    case, deposit = delivered(terms="public")
    case.admit(case.release("us", deposit, provisions=(3,)))
    case.admit(case.release("ru", deposit, provisions=(1, 2)))
    text = text_of(case.excerpt(deposit, 1, 2).encode())
    assert "Context from a paper of Party us" in text
    assert "which Party us agreed to show: provision 3, Wed 26 Jan 2022" in text
    assert "Words of article 3." not in text


@pytest.mark.parametrize("numbers", [(0, 1, 2, 3), (1, 2, 3)])
def test_the_whole_paper_is_no_context_to_itself(numbers: tuple[int, ...]) -> None:
    """With its title and files or without them, what was agreed to is what is shown."""
    case, deposit = delivered(terms="public")
    case.admit(case.release("us", deposit, provisions=None))
    text = text_of(case.excerpt(deposit, *numbers).encode())
    assert "Excerpt of a paper of Party us" in text
    assert "Context from" not in text
    assert "shown as context" not in text


def test_the_whole_paper_shown_as_context_to_a_part_of_it() -> None:
    case, deposit = delivered(terms="public")
    case.admit(case.release("us", deposit, provisions=(3,)))
    case.admit(case.release("ru", deposit, provisions=None))
    for numbers in ((0, 1, 2, 3), (1, 2, 3)):
        text = text_of(case.excerpt(deposit, *numbers).encode())
        assert "Context from a paper of Party us" in text
        assert "which Party us agreed to show: provision 3, Wed 26 Jan 2022" in text
        assert text.count("shown as context") == 1


def test_all_provisions_named_one_by_one_are_no_context_to_the_whole() -> None:
    case, deposit = delivered(terms="public")
    case.admit(case.release("us", deposit, provisions=None))
    case.admit(case.release("ru", deposit, provisions=(1, 2, 3)))
    for numbers in ((0, 1, 2, 3), (1, 2, 3)):
        assert "Excerpt of a paper" in text_of(case.excerpt(deposit, *numbers).encode())


# --- what a browser makes of it ---------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [*PAGES.values(), render(HOSTILE, "en"), render(one_sided(1), "en")])
def test_a_page_runs_nothing_and_fetches_nothing(data: bytes) -> None:
    page = Seen(data)
    scripts = [attributes for tag, attributes in page.elements if tag == "script"]
    assert scripts == [{"type": "application/vnd.parley.evidence+json", "id": "evidence"}]
    for tag, attributes in page.elements:
        assert tag not in ("link", "img", "iframe", "object", "form", "base", "svg", "embed", "video", "audio")
        assert not {name for name in attributes if name.startswith("on") or name in ("style", "src", "srcdoc")}
        assert (attributes.get("href") or "#").startswith("#")
    assert not re.search(r"@import|url\(|expression", page.raw["style"])


@pytest.mark.parametrize("data", PAGES.values())
def test_the_content_rules_allow_the_very_style_and_nothing_else(data: bytes) -> None:
    page = Seen(data)
    rules = next(a["content"] for tag, a in page.elements if tag == "meta" and a.get("http-equiv"))
    style = fingerprint(page.raw["style"])
    assert rules == f"default-src 'none'; style-src '{style}'; form-action 'none'; base-uri 'none'"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_can_be_heard_and_walked_through(language: str) -> None:
    """One h1, headings without a leap, sections that are named, every place that is linked to, a language."""
    page = Seen(PAGES[language])
    headings = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert headings.count(1) == 1
    assert headings[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(headings))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = [attributes["aria-labelledby"] for tag, attributes in page.elements if tag == "section"]
    linked = [str(attributes["href"])[1:] for tag, attributes in page.elements if tag == "a"]
    assert set(named) | set(linked) <= set(ids)
    assert page.elements[0] == ("html", {"lang": language, "dir": "ltr"})
    assert ("main", {}) in page.elements


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_has_a_word_that_must_not_reach_a_person(language: str) -> None:
    assert forbidden_in(Seen(PAGES[language]).text, language) == []


def test_hostile_text_and_names_are_shown_as_text() -> None:
    page = Seen(render(HOSTILE, "en"))
    harmless = EVIL.replace("\u202e", "‹U+202E›")
    assert page.text.count(harmless) == 2  # words and heading
    assert "\u202e" not in render(HOSTILE, "en").decode()
    assert [tag for tag, _ in page.elements].count("script") == 1
    assert page.raw["script"].encode() == HOSTILE


def test_a_language_of_an_attackers_making_stays_in_its_attribute() -> None:
    page = Seen(render(hostile(language='en" onload="alert(1)'), "en"))
    assert any(attributes.get("lang") == 'en" onload="alert(1)' for _, attributes in page.elements)
    assert not any("onload" in attributes for _, attributes in page.elements)


def test_signs_newer_than_our_table_are_written_out_on_every_machine() -> None:
    assert "‹U+1FAE8›" in text_of(hostile(words="\U0001fae8"))  # of Unicode 15, which Python 3.12 knows


# --- that page, or none -----------------------------------------------------------------------------------------


def test_the_evidence_is_inside_byte_for_byte() -> None:
    for language, data in PAGES.items():
        page = read(data)
        assert page.evidence == EVIDENCE
        assert (page.language, page.version, page.edition) == (language, pages.VERSION, edition(language))
        assert Seen(data).raw["script"].encode() == EVIDENCE


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_a_function_of_evidence_and_language(language: str) -> None:
    assert render(EVIDENCE, language) == PAGES[language]
    assert compare(PAGES[language]) is Compared.SAME


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_one_character_changed_and_it_is_not_that_page(data: st.DataObject) -> None:
    page = PAGES["en"]
    start = page.index(OPENING.encode())
    place = data.draw(st.integers(0, start - 1))
    letter = data.draw(st.sampled_from(b"aZ09 <>\"'&").filter(lambda byte: byte != page[place]))
    changed = page[:place] + bytes([letter]) + page[place + 1 :]
    assert compare(changed) is not Compared.SAME


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Words of article 1.", b"Words of article 1!"),
        (b"[ provision 2 not shown ]", b""),
        (b"BY CONSENT", b"AGREED"),
        (b"</body>", b"<script>alert(1)</script></body>"),
        (b"\n", b"\r\n"),
        (b'<html lang="en" dir="ltr">', b'<html lang="xx" dir="ltr" >'),
        (b'<meta name="parley-page" content="1 ', b'<meta name="parley-page" content="x '),
    ],
)
def test_a_page_with_other_words_is_not_that_page(old: bytes, new: bytes) -> None:
    head, opening, tail = PAGES["en"].partition(OPENING.encode())
    changed = head.replace(old, new) + opening + tail if old in head else head + opening + tail.replace(old, new)
    assert changed != PAGES["en"]
    assert compare(changed) is Compared.DIFFERS


def test_a_page_in_another_language_than_it_says_is_not_that_page() -> None:
    assert compare(PAGES["fr"].replace(b'<html lang="fr"', b'<html lang="ru"', 1)) is not Compared.SAME


@pytest.mark.parametrize("form", [b"2 ", b"1 00000000"])
def test_a_page_of_another_version_is_said_to_be_one(form: bytes) -> None:
    ours = f"{pages.VERSION} {edition('en')}".encode()
    theirs = form if len(form) > 2 else form + edition("en").encode()
    assert compare(PAGES["en"].replace(b'content="' + ours, b'content="' + theirs)) is Compared.OTHER_VERSION


def test_a_language_of_a_later_version_is_another_version() -> None:
    assert compare(PAGES["en"].replace(b'<html lang="en"', b'<html lang="ar"', 1)) is Compared.OTHER_VERSION


def test_a_page_around_evidence_that_gives_none_is_not_that_page() -> None:
    for data in (unreleased(2), case_of_a_paper()):
        assert compare(PAGES["en"].replace(EVIDENCE, data)) is Compared.DIFFERS


def case_of_a_paper() -> bytes:
    case, deposit = delivered()
    return case.of_paper(deposit).encode()


def test_a_page_around_evidence_that_fails_fails() -> None:
    spoiled = PAGES["en"].replace(b"\\nindex 7\\n", b"\\nindex 6\\n")
    with pytest.raises(Invalid):
        compare(spoiled)


def test_a_page_is_made_of_an_excerpt_whose_words_may_be_shown() -> None:
    with pytest.raises(Refused, match=r"page\.nothing-to-show"):
        render(unreleased(2), "en")
    with pytest.raises(Malformed, match=r"page\.kind"):
        render(case_of_a_paper(), "en")


def test_evidence_with_a_less_than_sign_makes_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = pages.verify(EVIDENCE, None)
    monkeypatch.setattr(pages, "verify", lambda *_: verdict)
    with pytest.raises(Malformed, match=r"page\.evidence"):
        render(EVIDENCE.replace(b"{", b"<", 1), "en")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<html></html>", "page.no-evidence"),
        (b"\xff<html>", "page.not-text"),
        (OPENING.encode() + b"{}", "page.no-evidence"),
        (PAGES["en"] + OPENING.encode() + b"{}" + CLOSING.encode(), "page.no-evidence"),
        (PAGES["en"].replace(b'id="evidence"', b'id="other"'), "page.no-evidence"),
        (b'<script id="evidence">{}</script>' + PAGES["en"], "page.no-evidence"),
    ],
)
def test_what_is_no_page_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Malformed) as raised:
        read(data)
    assert raised.value.code == code


@pytest.mark.parametrize(("data", "page"), [(b"{", False), (b" \n<!doctype html>", True), (b"\xef\xbb\xbf<p>", True)])
def test_a_page_is_known_by_its_first_sign(data: bytes, page: bool) -> None:
    assert looks_like_page(data) is page


# --- its words --------------------------------------------------------------------------------------------------


def test_the_edition_holds_every_word_that_a_page_says(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: set[str] = set()

    class Heard(dict[str, object]):
        def get(self, key: str, default: object = None) -> object:
            asked.add(key)
            return super().get(key, default)

    heard = Heard(catalogue("fr"))
    edition("fr")
    monkeypatch.setattr(words, "catalogue", lambda *_: heard)
    rendering._environment.cache_clear()  # sentences without values are said when a template is read
    for data in (EVIDENCE, HOSTILE, one_sided(1), by_consent(2), by_author(1, receipt=False)):
        render(data, "fr")
    assert len(asked) > 60
    assert {key.partition(".")[0] for key in asked} <= set(pages._TABLES)


def test_the_editions_of_the_languages_differ() -> None:
    assert len({edition(language) for language in LANGUAGES}) == 3


def test_the_specification_gives_the_exact_form() -> None:
    text = SPEC.read_text("utf-8")
    assert OPENING in text
    assert CLOSING in text
    assert f'<meta name="parley-page" content="{pages.VERSION} ' in text
