"""The public record: what stands on its pages, that it is a function of its inputs, and that a change is seen."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.canonical import Time
from parley.errors import Malformed
from parley.record import site
from parley.record.browser import verifier
from parley.record.inputs import LIST, Inputs
from parley.record.page import Compared as PageCompared
from parley.record.page import compare as compare_page
from parley.record.site import Compared, Comparison, build, compare, edition, suffix_of
from parley.words import LANGUAGES
from parley.words.rendering import fingerprint
from tests.evidence_build import two_states
from tests.record.excerpts import EVIL, EVIL_NAME, Seen
from tests.record.records import answered, ended, hostile, of_one, received, whole
from tests.words.forbidden import forbidden_in

WHOLE = whole()
FILES = build(WHOLE)
HOSTILE = build(hostile())
ATOM = "{http://www.w3.org/2005/Atom}"


def pages(files: dict[str, bytes]) -> dict[str, bytes]:
    """The pages that are the record's own: not verify.html, and not an excerpt's page, which has tests of its own."""
    return {
        name: data
        for name, data in files.items()
        if name.endswith(".html") and name != "verify.html" and "-excerpt-" not in name
    }


PAGES = pages(FILES)
ANSWERED = build(answered())
EVERY = [*PAGES.items(), *pages(HOSTILE).items(), *pages(ANSWERED).items()]
IDS = [*PAGES, *(f"hostile {name}" for name in pages(HOSTILE)), *(f"answered {name}" for name in pages(ANSWERED))]


def text_of(name: str, files: dict[str, bytes] = FILES) -> str:
    return re.sub(r"\s*\n\s*", "\n", Seen(files[name]).text)


def language_of(name: str) -> str:
    found = re.search(r"\.([a-z]{2})\.html$", name)
    return found[1] if found else "en"


# --- what is in it ----------------------------------------------------------------------------------------------


def test_every_file_of_a_record() -> None:
    stems = ("index", "us-1", "ru-1", "us-1-excerpt-1", "us-1-excerpt-2")
    expected = {f"{stem}{suffix_of(language, LANGUAGES)}" for stem in stems for language in LANGUAGES}
    expected |= {"feed.atom", "feed.fr.atom", "feed.ru.atom", "register.csv", "acts.json", "verify.html", "site.json"}
    expected |= {"press.toml", "parties.trust", "evidence/ru-1.evidence"}
    expected |= {f"evidence/us-1{part}.evidence" for part in ("", "-excerpt-1", "-excerpt-2")}
    assert set(FILES) == expected
    assert list(FILES) == sorted(FILES)


def test_the_verifier_beside_it_brings_the_list_of_the_parties() -> None:
    assert FILES["verify.html"] != verifier()
    assert b"parley.trust/v1" in FILES["verify.html"]
    assert build(replace(WHOLE, trust=None))["verify.html"] == verifier()


def test_a_page_of_an_excerpt_in_it_is_that_page() -> None:
    for name, data in FILES.items():
        if "-excerpt-" in name and name.endswith(".html"):
            assert compare_page(data) is PageCompared.SAME


def test_the_first_page_says_what_happened_and_what_it_does_not_show() -> None:
    text = text_of("index.html")
    places = [
        text.index(piece)
        for piece in (
            "Record of the negotiation amber-heron",
            "Made by Party us from what it holds and may show",
            "as things stood Wed 26 Jan 2022 17:02 UTC · 18:02 Vienna.",
            "That nothing else happened, it does not show",
            "Pages cannot vouch for themselves",
            "It does not say that the recipient agrees with anything in it",
            "\nPapers\n",
            "DELIVERED: signed for by Party ru",
            "NO RECEIPT IN THIS FILE: nothing here shows that Party us signed for this paper.",
            "\nWhat happened, as a drawing\n",
            "\nWhat happened, as a table\n",
            "\nWhat others printed\n",
            "\nParties\n",
            "\nTo work with\n",
            "Names imply no position on the status of anyone or anything.",
        )
    ]
    assert places == sorted(places)


def test_parties_stand_in_the_order_of_their_ids() -> None:
    text = text_of("index.html")
    parties = text[text.index("\nParties\n") :]
    assert parties.index("\nru\nParty ru\n") < parties.index("\nus\nParty us\n")


def test_each_time_stands_in_utc_and_on_the_clock_of_each_capital() -> None:
    text = text_of("us-1.html")
    for name, hour in (
        ("sent", "17:00:04"),
        ("deposited", "17:00:04"),
        ("informed", "17:00:05"),
        ("received", "17:00:06"),
    ):
        local = hour.replace("17", "18", 1)
        assert re.search(rf"{name}Wed 26 Jan 2022[^\n]*{hour} UTC{local} Vienna", text), name
    assert "Wed 26 Jan 2022 (the sender's word)" in text
    assert "informed not" not in text
    assert "informednot in this record" in text_of("ru-1.html")


def test_the_page_of_a_paper_says_who_may_publish_it_and_who_must_consent() -> None:
    text = text_of("us-1.html")
    for line in (
        "single provisions: Party us (its author) may show it without anyone's consent.",
        "single provisions: it is shown BY CONSENT once Party ru and Party us have each agreed to exactly the same.",
        "all of it: a consent of others is not foreseen.",
        "BY CONSENT of Party ru and Party us. They agreed to its being shown, which is not to agree with it.",
        "ONE-SIDED, marked so by its own signer, Party ru.",
        "Still missing: the agreement of Party us.",
    ):
        assert f"\n{line}\n" in text


def test_what_is_one_sided_is_said_before_anything_else() -> None:
    for language, word in (("en", "ONE-SIDED:"), ("fr", "Publication UNILATÉRALE"), ("ru", "В ОДНОСТОРОННЕМ")):
        page = Seen(FILES[f"us-1{suffix_of(language, LANGUAGES)}"])
        alarms = [attributes for _, attributes in page.elements if attributes.get("class") == "alarm"]
        assert alarms[0]["role"] == "note"
        content = page.text.index(word)
        assert content < page.text.index("DELIVERED" if language == "en" else "\n", content)
    assert text_of("ru-1.html").count("NO RECEIPT IN THIS FILE") == 2


def test_statements_are_marked_as_own_words() -> None:
    text = text_of("us-1.html")
    assert "Own words of Party ru. They are not the paper's." in text
    assert "We <b>have</b> it." in text
    assert text.index("Own words of Party us") < text.index("It is about measures.") < text.index("Это о мерах.")
    assert "No public statement about it is in this record." in text_of("ru-1.html")


def test_provisions_and_gaps_and_their_answers() -> None:
    text = text_of("us-1.html")
    first = text[text.index("\nExcerpt 1: provision 1\n") : text.index("\nExcerpt 2: provision 3\n")]
    for line in (
        "GENUINE. Shown: 1 of 3 provisions; omitted: 2, 3. These words stand in the paper that was handed in.",
        "BY CONSENT of Party ru and Party us. They agreed to its being shown, which is not to agree with it.",
        "This does not say that either side agrees with the text.",
        "Words of article 1.",
        "English · authentic text",
        "[ 2 provisions not shown: 2 to 3 ]",
    ):
        assert line in first
    assert "Words of article 3." not in first
    assert "Words of article 2." not in "".join(data.decode() for data in FILES.values() if b"<html" in data)


def test_the_press_stands_with_its_way_and_is_not_merged() -> None:
    text = text_of("us-1.html")
    assert "\nForeign Minister, as quoted by his Ministry, as printed by a news agency\n" in text
    assert "\nForeign Minister, as translated by a web notice\n" in text
    assert "\nNamed only, no copy is held: his Ministry.\n" in text
    assert "\nWhoever made this record holds a copy: a news agency.\n" in text
    assert "\nStands word for word in US-1, provision 1.\n" in text
    assert "\nDoes not stand word for word in what is shown of US-1.\n" in text
    assert "in English; said in Russian" in text
    assert "declines to comment" in text_of("ru-1.html")
    assert "word for word" not in text_of("ru-1.html").replace("Paste", "")


def test_a_footnote_has_all_it_needs() -> None:
    text = text_of("us-1.html")
    cite = text[text.index("\nTo cite this\n") :]
    digest = WHOLE.papers[0].digest.hex()
    for line in (
        "paperUS-1 (proposal · formal)",
        "partiesfrom Party us to Party ru",
        "handed inWed 26 Jan 2022 17:00:04 UTC",
        "registerdepositary.example/log/1: number 7 in that register",
        f"digits{digest}",
        "record as ofWed 26 Jan 2022 17:02",
    ):
        assert line in cite.replace("\n", "") or line in cite


@pytest.mark.parametrize(
    ("outcome", "word", "cell"),
    [
        ("refusal", "REFUSED, unread", "refusal"),
        ("withdrawal", "WITHDRAWN", "withdrawal"),
        ("expiry", "EXPIRED", "expiry"),
    ],
)
def test_how_else_a_paper_ends(outcome: str, word: str, cell: str) -> None:
    files = build(of_one(*ended(outcome)))
    text = text_of("us-1.html", files)
    assert word in text
    assert "\nended" in text
    row = next(csv.DictReader(io.StringIO(files["register.csv"].decode())))
    assert row["outcome"] == cell
    assert row["outcome_time"] > row["deposited"]
    assert row["received"] == ""
    assert ("The reason that Party ru gave: the form." in text) is (outcome == "refusal")


def test_context_stands_right_behind_what_it_is_context_to() -> None:
    from tests.record.records import cut

    case = two_states()
    deposit = received(case, "us", "ru", terms="public")
    first = case.admit(case.release("us", deposit, provisions=(1,)))
    case.admit(case.release("us", deposit, provisions=(3,)))
    case.admit(case.release("ru", deposit, provisions=(2,)))
    inputs = of_one(case, deposit, cut(case, deposit, 1), cut(case, deposit, 3), cut(case, deposit, 2, beside=[first]))
    text = text_of("us-1.html", build(inputs))
    order = [
        text.index(f"\n{name}\n")
        for name in ("Excerpt 1: provision 1", "Context, excerpt 3: provision 2", "Excerpt 2: provision 3")
    ]
    assert order == sorted(order)
    assert "Its sender or recipient asks that this be read beside: excerpt 1." in text


def test_the_whole_of_a_paper_can_be_shown() -> None:
    from tests.record.records import cut

    case = two_states()
    deposit = received(case, "us", "ru", terms="public")
    case.admit(case.release("us", deposit, provisions=None))
    text = text_of("us-1.html", build(of_one(case, deposit, cut(case, deposit, 0, 1, 2, 3))))
    assert "\nThe whole paper\n" in text
    assert "not shown:" not in text


def test_a_record_without_a_paper_says_so() -> None:
    files = build(replace(WHOLE, papers=(), press=None))
    assert "No papers can be shown." in text_of("index.html", files)
    assert compare(files).word is Compared.SAME


# --- for programs -----------------------------------------------------------------------------------------------


def test_the_register_has_a_row_for_each_paper_and_recipient() -> None:
    rows = list(csv.DictReader(io.StringIO(FILES["register.csv"].decode())))
    assert [(row["reference"], row["from"], row["to"], row["role"], row["in_reply_to"]) for row in rows] == [
        ("US-1", "us", "ru", "proposal", ""),
        ("RU-1", "ru", "us", "response", "US-1"),
    ]
    assert rows[0]["received"] == "2022-01-26T17:00:06.000Z"
    assert rows[0]["terms_taken"] == "accepted"
    assert rows[1]["outcome"] == ""
    assert all(row["evidence"] in FILES for row in rows)


def test_acts_are_all_there_once_in_order() -> None:
    found = json.loads(FILES["acts.json"])
    entries = [act["entry"] for act in found["acts"]]
    assert entries == sorted(set(entries))
    kinds = [act["act"] for act in found["acts"]]
    assert kinds.count("statement") == 2
    assert kinds.count("release") == 3
    assert [act["one_sided"] for act in found["acts"] if act["act"] == "release"] == [False, False, True]
    assert {act["evidence"] for act in found["acts"]} <= set(FILES)
    assert (found["version"], found["negotiation"], found["log"]) == (1, "amber-heron", "depositary.example/log/1")


@pytest.mark.parametrize("files", [FILES, HOSTILE], ids=["whole", "hostile"])
def test_the_feeds_are_atom(files: dict[str, bytes]) -> None:
    for name in ("feed.atom", "feed.fr.atom", "feed.ru.atom"):
        feed = ElementTree.fromstring(files[name])
        assert feed.tag == f"{ATOM}feed"
        for each in [feed, *feed.findall(f"{ATOM}entry")]:
            for needed in ("id", "title", "updated"):
                assert each.findtext(f"{ATOM}{needed}"), needed
            Time.from_text(str(each.findtext(f"{ATOM}updated")))
            assert each.find(f"{ATOM}author/{ATOM}name") is not None
        ids = [entry.findtext(f"{ATOM}id") for entry in feed.findall(f"{ATOM}entry")]
        assert len(set(ids)) == len(ids) > 2
        assert all(str(each).startswith("tag:depositary.example,2022-01-26:log/1:") for each in ids)
        times = [str(entry.findtext(f"{ATOM}updated")) for entry in feed.findall(f"{ATOM}entry")]
        assert times == sorted(times, reverse=True)


def test_an_entry_of_a_feed_is_the_same_in_every_record() -> None:
    def ids(files: dict[str, bytes], name: str) -> set[str | None]:
        return {entry.findtext(f"{ATOM}id") for entry in ElementTree.fromstring(files[name]).findall(f"{ATOM}entry")}

    later = build(replace(WHOLE, as_of=Time(WHOLE.as_of + 10**6), address="https://example.org/record/"))
    assert ids(later, "feed.atom") == ids(FILES, "feed.atom") == ids(FILES, "feed.ru.atom")


def test_with_an_address_links_of_the_feed_are_whole() -> None:
    files = build(replace(WHOLE, address="https://example.org/record/", languages=("fr",)))
    feed = ElementTree.fromstring(files["feed.atom"])
    links = [str(link.get("href")) for link in feed.iter(f"{ATOM}link")]
    assert links
    for link in links:
        assert link.removeprefix("https://example.org/record/") in files
    assert feed.findtext(f"{ATOM}id") == "https://example.org/record/feed.atom"


@pytest.mark.parametrize(("name", "data"), EVERY, ids=IDS)
def test_what_search_engines_read_is_json_and_ends_nothing(name: str, data: bytes) -> None:
    blocks = re.findall(rb'<script type="application/ld\+json">(.*?)</script>', data)
    assert len(blocks) == 1
    assert not re.search(rb"[<>&]", blocks[0])
    value = json.loads(blocks[0])
    assert value["@context"] == "https://schema.org"
    assert value["@type"] == ("Dataset" if name.startswith("index") else "Message")


def test_a_message_has_its_parties_and_times() -> None:
    block = re.search(rb'<script type="application/ld\+json">(.*?)</script>', FILES["us-1.html"])
    assert block
    value = json.loads(block[1])
    assert value["sender"]["name"] == "Party us"
    assert [each["name"] for each in value["recipient"]] == ["Party ru"]
    assert (value["dateSent"], value["dateReceived"]) == ("2022-01-26T17:00:04.000Z", "2022-01-26T17:00:06.000Z")


# --- what a browser makes of it ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "data"), EVERY, ids=IDS)
def test_a_page_fetches_nothing_and_runs_one_script_at_most(name: str, data: bytes) -> None:
    page = Seen(data)
    rules = next(str(a["content"]) for tag, a in page.elements if tag == "meta" and a.get("http-equiv"))
    kinds = [attributes.get("type") for tag, attributes in page.elements if tag == "script"]
    runs = kinds.count(None)
    assert sorted(set(kinds), key=str) in (
        ["application/ld+json"],
        [None, "application/ld+json"],
        ["application/ld+json", None],
    )
    assert rules.startswith(f"default-src 'none'; style-src '{fingerprint(page.raw['style'])}';")
    assert rules.endswith(" form-action 'none'; base-uri 'none'")
    scripts = re.findall(r"<script>(.*?)</script>", data.decode(), re.DOTALL)
    assert len(scripts) == runs <= 1
    assert re.findall(r"script-src '([^']*)'", rules) == [fingerprint(script) for script in scripts]
    for tag, attributes in page.elements:
        assert tag not in ("img", "iframe", "object", "form", "base", "embed", "video", "audio", "image", "use")
        assert not {
            each for each in attributes if each.startswith("on") or each in ("style", "src", "srcdoc", "xlink:href")
        }
    assert not re.search(r"@import|url\(|expression", page.raw["style"])


@pytest.mark.parametrize("files", [FILES, HOSTILE, ANSWERED], ids=["whole", "hostile", "answered"])
def test_every_link_leads_to_a_file_or_a_place_that_is_there(files: dict[str, bytes]) -> None:
    for name, data in pages(files).items():
        page = Seen(data)
        ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
        assert len(ids) == len(set(ids)), name
        for tag, attributes in page.elements:
            for reference in ("aria-labelledby", "aria-describedby", "for"):
                assert attributes.get(reference) in (None, *ids), (name, attributes)
            link = attributes.get("href")
            if tag in ("a", "link") and link is not None:
                leads, _, place = link.partition("#")
                assert not leads or leads in files, (name, link)
                there = [a.get("id") for _, a in Seen(files[leads or name]).elements] if place else [place]
                assert place in there, (name, link)


@pytest.mark.parametrize(("name", "data"), EVERY, ids=IDS)
def test_a_page_can_be_heard_and_walked_through(name: str, data: bytes) -> None:
    page, language = Seen(data), language_of(name)
    assert page.elements[0] == ("html", {"lang": language, "dir": "ltr"})
    headings = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert headings.count(1) == 1
    assert headings[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(headings))
    tags = [tag for tag, _ in page.elements]
    assert tags.count("main") == tags.count("header") == tags.count("footer") == 1
    first = next(attributes for tag, attributes in page.elements if tag == "a")
    assert first == {"class": "skip", "href": "#content"}
    for tag, attributes in page.elements:
        if tag == "th":
            assert attributes.get("scope") in ("row", "col")
        if tag in ("blockquote", "q"):
            assert attributes.get("lang")
            assert attributes.get("dir") == "auto"
        if str(attributes.get("class")).startswith("wide"):
            assert attributes["tabindex"] == "0"  # so that a keyboard scrolls it
            assert attributes["role"] == "region"


@pytest.mark.parametrize("name", PAGES)
def test_other_languages_are_a_link_away(name: str) -> None:
    links = [a for tag, a in Seen(PAGES[name]).elements if tag == "a" and a.get("hreflang")]
    assert [link["hreflang"] for link in links] == list(LANGUAGES)
    assert [link["hreflang"] for link in links if link.get("aria-current")] == [language_of(name)]
    assert all(link["lang"] == link["hreflang"] for link in links)


@pytest.mark.parametrize("name", PAGES)
def test_no_page_has_a_word_that_must_not_reach_a_person(name: str) -> None:
    assert forbidden_in(Seen(PAGES[name]).text, language_of(name)) == []


@pytest.mark.parametrize("name", pages(ANSWERED))
def test_nor_has_one_with_answers(name: str) -> None:
    assert forbidden_in(Seen(ANSWERED[name]).text, language_of(name)) == []


@pytest.mark.parametrize("language", ["fr", "ru"])
def test_no_sentence_of_ours_is_left_in_english(language: str) -> None:
    for stem in ("index", "us-1", "ru-1"):
        text = text_of(f"{stem}.{language}.html")
        for english in (
            "What ",
            "Paste",
            "Made by",
            "agreement",
            "The evidence",
            "Own words",
            "received",
            "provision ",
        ):
            assert english not in text, (stem, english)


def test_hostile_text_is_shown_as_text() -> None:
    text = text_of("us-1.html", HOSTILE)
    assert EVIL.replace("\u202e", "‹U+202E›") in text
    assert EVIL_NAME in text
    assert "<script>alert(1)</script>, </title><b>" in text
    assert not [name for name, data in HOSTILE.items() if "\u202e".encode() in data and name != "verify.html"]
    for name, data in pages(HOSTILE).items():
        assert [tag for tag, _ in Seen(data).elements].count("b") == 0, name


def test_without_its_script_a_page_says_the_same() -> None:
    """What the script needs is hidden until it runs, and a sentence stands in its place."""
    page = Seen(FILES["us-1.html"])
    box = next(attributes for _, attributes in page.elements if attributes.get("id") == "quotation")
    assert "hidden" in box
    assert {key for key in box if key.startswith("data-")} == {
        f"data-{key}" for key in ("same", "near", "key", "absent", "empty", "long", "quoted", "there")
    }
    assert "Without a script this box is not there." in page.text


# --- that record, or none ---------------------------------------------------------------------------------------


def test_a_record_is_a_function_of_its_inputs() -> None:
    assert build(WHOLE) == FILES
    assert compare(FILES) == Comparison(word=Compared.SAME)


def test_its_inputs_come_back_out_of_it() -> None:
    from parley.record.inputs import read

    assert read(FILES)[1] == WHOLE


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_one_byte_changed_anywhere_and_it_is_not_that_record(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(FILES)))
    place = data.draw(st.integers(0, len(FILES[name]) - 1))
    changed = bytearray(FILES[name])
    changed[place] ^= data.draw(st.sampled_from([1, 2, 32]))
    found = compare(FILES | {name: bytes(changed)})
    assert found.word is not Compared.SAME
    if name != LIST:
        assert found.word is Compared.DIFFERS


EVIDENCE = sorted(name for name in FILES if name.endswith(".evidence"))


@pytest.mark.parametrize("name", EVIDENCE)
@pytest.mark.parametrize("place", range(3), ids=["genesis", "enrol", "powers"])
def test_a_byte_of_one_files_copy_of_what_supports_it_is_seen(name: str, place: int) -> None:
    """All files hold these acts, byte for byte; each copy is looked at, though the others held."""
    shared = [json.loads(FILES[each])["acts"][place] for each in EVIDENCE]
    assert all(act == shared[0] for act in shared)
    for old in (shared[0]["act"]["payload"], shared[0]["act"]["signatures"][-1]["sig"]):
        changed = FILES[name].replace(old.encode(), (("B" if old[0] == "A" else "A") + old[1:]).encode())
        assert changed != FILES[name]
        found = compare(FILES | {name: changed})
        assert (found.word, found.file, found.how) == (Compared.DIFFERS, name, "broken")
        assert found.reason is not None
        assert found.reason.code == "site.evidence"


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_file_taken_out_is_named(name: str) -> None:
    left = {each: data for each, data in FILES.items() if each != name}
    if name == LIST:
        with pytest.raises(Malformed) as caught:
            compare(left)
        assert caught.value.code == "site.none"
        return
    found = compare(left)
    assert (found.word, found.file, found.how) == (Compared.DIFFERS, name, "missing")


@pytest.mark.parametrize("name", ["us-2.html", "evidence/us-2.evidence", "a", "zz/z", "robots.txt"])
def test_a_file_put_in_is_named(name: str) -> None:
    found = compare(FILES | {name: b"x"})
    assert (found.word, found.file, found.how) == (Compared.DIFFERS, name, "strange")


def test_the_first_file_that_differs_is_named() -> None:
    found = compare(FILES | {"us-1.html": b"x", "index.html": b"x", "ru-1.html": b"x"})
    assert (found.file, found.how) == ("index.html", "changed")


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("evidence/us-1.evidence", b"{}\n", "site.evidence"),
        ("evidence/us-1-excerpt-1.evidence", FILES["evidence/us-1.evidence"], "site.other-evidence"),
        ("evidence/us-1.evidence", FILES["evidence/ru-1.evidence"], "site.other-evidence"),
        ("evidence/us-1-excerpt-1.evidence", FILES["evidence/us-1-excerpt-2.evidence"], None),
        ("press.toml", b"[", "press.form"),
        ("parties.trust", b"\xff", "trust.form"),
        ("parties.trust", b"x\n", "trust.first-line"),
    ],
)
def test_an_input_that_is_not_what_it_must_be_is_named(name: str, data: bytes, code: str | None) -> None:
    found = compare(FILES | {name: data})
    assert found.word is Compared.DIFFERS
    if code is not None:
        assert (found.file, found.how) == (name, "broken")
        assert found.reason is not None
        assert found.reason.code == code


def test_another_edition_is_not_called_changed() -> None:
    listed = FILES[LIST].replace(edition().encode(), b"00000000")
    assert compare(FILES | {LIST: listed}).word is Compared.OTHER_VERSION
    listed = FILES[LIST].replace(b'"form":1', b'"form":2')
    assert compare(FILES | {LIST: listed}).word is Compared.OTHER_VERSION


def test_the_edition_changes_with_words_and_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    before = edition()
    monkeypatch.setattr(site, "verifier", lambda: b"another")
    edition.cache_clear()
    after = edition()
    monkeypatch.undo()
    edition.cache_clear()
    assert (before, len(after)) == (edition(), 8)
    assert after != before


@pytest.mark.parametrize("languages", [("ru",), ("fr", "en"), ("ru", "fr", "en")])
def test_any_languages_in_any_order(languages: tuple[str, ...]) -> None:
    inputs: Inputs = replace(WHOLE, languages=languages)
    files = build(inputs)
    assert Seen(files["index.html"]).elements[0][1]["lang"] == languages[0]
    assert sum(name.startswith("index.") for name in files) == len(languages)
    assert compare(files).word is Compared.SAME
