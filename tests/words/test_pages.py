"""Pages: nothing fetched, nothing run, nothing of others unescaped; the sheet reads back."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from parley.errors import Malformed
from parley.negotiation.differing import Mark, Segment, differ
from parley.words import LANGUAGES, MissingWords, rendering, say, speaking
from parley.words.compared import Beside, compared_page, marked
from parley.words.pages import SheetFacts, Slip, SlipParty, qr, read_sheet, register_page, sheet_page, slip_page
from parley.words.rendering import Templates
from tests.words.forbidden import forbidden_in

EVIL = "<script>alert(1)</script>\u202e\" onload='x'"
FACTS = SheetFacts(
    party="ru",
    name="Russian Federation",
    address="https://depositary.example:8750",
    depositary_number="12345 67890 12345 67890 12345 67890 12345 67890",
    groups=" ".join(["S6C8", "WYZE", "34AE", "5DQ2", "C4JS", "RNGD", "T9ZZ"] * 2),
)


def slip(text: str = "words") -> Slip:
    party = SlipParty(
        name=text,
        capacity=text,
        outcome=text,
        times=(
            ("received", "the recipient signed for it", ("Wed 26 Jan 2022", "17:16:04 UTC", "20:16:04 Moscow")),
            ("informed", "the recipient was told of it", ("not yet",)),
        ),
        signed_by=text,
        terms=text,
    )
    return Slip(
        reference="US-1",
        handle="amber-heron",
        digest="3f9a01c2" * 8,
        sender=text,
        sender_signed_by=text,
        designation=text,
        rows=(("subject", text),),
        terms_head=text,
        terms=(text,),
        recipients=(party,),
        numbers=((text, FACTS.depositary_number),),
        log="depositary.example/log/1",
        printed="Wed 26 Jan 2022 17:16 UTC",
    )


class Page(HTMLParser):
    """The elements and attributes of a page, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.style = ""
        self._in_style = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._in_style = tag == "style"

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.style += data
            self._in_style = False
        else:
            self.text += data


def test_digits_stand_at_the_foot_of_a_slip_and_each_time_says_what_it_means() -> None:
    text = slip_page(slip())
    assert text.index("3f9a01c2") > text.index("<footer>")
    assert text.index("received") < text.index("the recipient signed for it") < text.index("17:16:04 UTC")


def beside(old: str, new: str) -> str:
    rows = [Beside(word="changed", name=EVIL, segments=differ(old, new))]
    notes = ("For your own eyes.",)
    return compared_page(EVIL, summary="1 changed", notes=notes, sides=("RU-1", EVIL), rows=rows, nowhere=(EVIL,))


PAGES = {
    "two texts": beside(f"twelve miles {EVIL}", f"twenty miles {EVIL} more"),
    "slip": slip_page(slip()),
    "slip with hostile text": slip_page(slip(EVIL)),
    "sheet": sheet_page(FACTS),
    "register": register_page("Russian Federation", ["reference", "subject"], [["US-1", EVIL]]),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_runs_nothing_and_fetches_nothing(name: str) -> None:
    page = Page(PAGES[name])
    for tag, attributes in page.elements:
        assert tag not in ("script", "link", "img", "iframe", "object", "form", "base", "a")
        assert not {key for key in attributes if key.startswith("on") or key in ("style", "src", "href", "xlink:href")}


@pytest.mark.parametrize("name", PAGES)
def test_the_policy_allows_the_very_style_and_nothing_else(name: str) -> None:
    page = Page(PAGES[name])
    policy = next(a["content"] for tag, a in page.elements if tag == "meta" and a.get("http-equiv"))
    digest = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'none'; base-uri 'none'"
    assert "@media print" in page.style
    assert "size: A4" in page.style


@pytest.mark.parametrize("name", PAGES)
def test_no_page_has_a_word_that_must_not_reach_a_person(name: str) -> None:
    assert forbidden_in(Page(PAGES[name]).text) == []


def test_hostile_text_is_shown_as_text() -> None:
    page = Page(PAGES["slip with hostile text"])
    assert "<script>alert(1)</script>" in page.text
    assert "\u202e" not in PAGES["slip with hostile text"]
    assert "‹U+202E›" in page.text


def test_the_slip_says_what_a_receipt_means_and_how_to_check() -> None:
    text = Page(PAGES["slip"]).text
    assert "It does not say that the recipient agrees with anything in it" in text
    assert "parley verify" in text
    assert "20:16:04 Moscow" in text
    assert "3f9a01c2" * 8 in text
    assert FACTS.depositary_number in text
    assert any(tag == "svg" for tag, _ in Page(PAGES["slip"]).elements)


def test_the_sheet_reads_back_from_its_page_its_line_and_as_typed() -> None:
    from_page = read_sheet(sheet_page(FACTS))
    assert from_page.groups.split("-") == FACTS.groups.split()
    assert (from_page.party, from_page.address) == (FACTS.party, FACTS.address)
    assert from_page.depositary_number == FACTS.depositary_number.replace(" ", "")
    assert read_sheet(FACTS.line) == from_page
    typed = f"PARLEY-SHEET 1 ru\n{FACTS.address}\n{FACTS.depositary_number}\n{'-'.join(FACTS.groups.split()).lower()}\n"
    assert read_sheet(typed).groups.upper() == from_page.groups


@pytest.mark.parametrize(
    "text", ["", "no sheet", "PARLEY-SHEET 2 ru https://x 1 A", FACTS.line + "\n" + FACTS.line.replace(" ru ", " us ")]
)
def test_what_is_no_sheet_or_two_of_them_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match=r"sheet\.line"):
        read_sheet(text)


@given(st.text(max_size=300))
def test_any_text_reads_as_a_sheet_or_is_refused(text: str) -> None:
    with contextlib.suppress(Malformed):  # anything else that comes out is a defect
        assert read_sheet(text).party


def test_a_code_is_drawn_in_the_page() -> None:
    drawn = str(qr("3f9a01c2" * 8))
    assert drawn.startswith("<svg")
    assert re.search(r'class="qr"', drawn)
    assert "style=" not in drawn


def test_what_only_one_text_has_is_marked_by_element_and_by_sign_on_its_own_side() -> None:
    page = beside("Ships keep twelve miles.", "Ships keep twenty miles.")
    assert '<del><span class="sign">[−</span>twelve<span class="sign">−]</span></del> ' in page
    assert '<ins><span class="sign">[+</span>twenty<span class="sign">+]</span></ins> ' in page
    left, right = re.findall(r'<td dir="auto">(.*?)</td>', page)
    assert "twenty" not in left
    assert "twelve" not in right
    assert [tag for tag, _ in Page(page).elements].count("th") == 4


def test_a_page_of_two_texts_shows_hostile_text_as_text() -> None:
    page = PAGES["two texts"]
    assert "<script>" not in page
    assert "\u202e" not in page
    assert "<script>alert(1)</script>" in Page(page).text


def test_signs_stand_close_around_what_they_mark() -> None:
    segments = (Segment(mark=Mark.REMOVED, text="twelve "), Segment(mark=Mark.ADDED, text="twenty "))
    assert marked((*segments, Segment(mark=Mark.SAME, text="miles"))) == "[−twelve−] [+twenty+] miles"
    assert marked((Segment(mark=Mark.ADDED, text=" "),)) == " "


# --- templates --------------------------------------------------------------------------------------------------


def test_a_sentence_without_values_is_put_in_when_its_template_is_read_in_each_language(tmp_path: Path) -> None:
    """As the call would have filled it in: escaped, harmless, in the language; with values it stays a call."""
    (tmp_path / "style.css").write_text("p {}")
    fixed, filled = '{{ say("meaning.agreement") }}', '{{ say("page.provision", number=n) }}'
    (tmp_path / "page.html").write_text(f'<p title="{fixed}">{fixed}</p>\n{{% if n %}}\n{filled}\n{{% endif %}}\n')
    templates = Templates(tmp_path)
    for language in LANGUAGES:
        with speaking(language):
            sentence, number = say("meaning.agreement"), say("page.provision", number=3)
            for _ in range(2):
                text = templates.render("page.html", style="style.css", n=3)
                assert text == f'<p title="{escape(sentence)}">{escape(sentence)}</p>\n{number}\n'


def test_a_sentence_that_would_read_as_a_part_of_a_template_is_not_put_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "say", lambda key: f"{{{{ {key} }}}} <b>")
    (tmp_path / "style.css").write_text("p {}")
    (tmp_path / "page.html").write_text('<p>{{ say("a.b") }}</p>')
    assert Templates(tmp_path).render("page.html", style="style.css") == "<p>{{ a.b }} &lt;b&gt;</p>"


def test_a_sentence_that_does_not_exist_stops_its_page(tmp_path: Path) -> None:
    (tmp_path / "style.css").write_text("p {}")
    (tmp_path / "page.html").write_text('{% if never %}{{ say("no.such") }}{% endif %}')
    with pytest.raises(MissingWords):
        Templates(tmp_path).render("page.html", style="style.css", never=False)
