"""Two programs that share no code write the same page of an excerpt, byte for byte, and say the same of a changed one:
ours, and the browser's, run by node."""

from __future__ import annotations

import base64
import json
import random
import zoneinfo
from collections.abc import Callable, Iterator
from datetime import tzinfo
from pathlib import Path
from typing import Any

import pytest

from parley.act import DEPOSITARY, Audience, Expiry, Notice, Opening, Refusal, Withdrawal
from parley.canonical import Time
from parley.errors import Invalid, Malformed
from parley.record.page import OPENING, compare, read, render, render_verified
from parley.statement import Signed
from parley.terms import Publication, PublicationRule, Terms
from parley.verdict import verify
from parley.words import LANGUAGES, clock
from parley.words.clock import Clocks
from parley.words.neutral import shown
from parley.words.zones import names
from tests.evidence_build import LoggedCase, delivered, two_states
from tests.evidence_cases import all_cases, evidence_bytes
from tests.record.excerpts import by_author, by_consent, hostile, one_sided, shown_in
from tests.record.verifier import compared, install, ran

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("installed")]

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "page" / "cases.json").read_text("utf-8"))
AT_ONCE = Opening(kind="at_once", round=None, time=None)
SOME = Audience(parties=("ru", "us"), public=False)


@pytest.fixture(scope="module")
def installed() -> None:
    install()


def written(jobs: list[tuple[bytes, str]]) -> list[str | None]:
    """The page of each file in a language, as the browser's program writes it; None where there is none."""
    found = ran([{"evidence": base64.b64encode(data).decode(), "page": language} for data, language in jobs])
    return [each["page"] for each in found]


def both_write(files: dict[str, bytes]) -> int:
    """Write each file's page in each language in both programs; fails where they differ. How many pages there were."""
    jobs = [(data, language) for data in files.values() for language in LANGUAGES]
    names = [name for name in files for _ in LANGUAGES]
    pages = 0
    for name, (data, language), page in zip(names, jobs, written(jobs), strict=True):
        verdict = verify(data, None)
        shows = verdict.text is not None and verdict.text.word in ("genuine", "incomplete")
        ours = render_verified(data, verdict, language).decode("utf-8") if shows else None
        assert page == ours, (name, language)
        pages += shows
    return pages


# --- whole pages ------------------------------------------------------------------------------------------------


def test_of_every_vector_they_write_the_same_page() -> None:
    files = {}
    for case in all_cases():
        data = evidence_bytes(case)
        try:
            files[case["name"]] = data if verify(data, None).kind == "excerpt" else b""
        except (Malformed, Invalid):
            continue
    files = {name: data for name, data in files.items() if data}
    pages = both_write(files)
    assert len(files) * len(LANGUAGES) > pages > 100, "some files have no page, and many have"


def ended(end: Callable[[LoggedCase, Signed], object], **changes: Any) -> bytes:
    """An excerpt of a paper that ended so."""
    case = two_states()
    deposit = case.paper("us", "ru", **changes)
    case.admit(case.release("us", deposit, provisions=(1,)))
    end(case, deposit)
    return case.excerpt(deposit, 1).encode()


def _of(case: LoggedCase, kind: type, by: str, deposit: Signed, **members: Any) -> Signed:
    return case.admit(case.act(kind, by, deposit=deposit.digest, **members))


def _refused(case: LoggedCase, deposit: Signed) -> None:
    _of(case, Refusal, "ru", deposit, reason="other", words=())


def _handed_over(case: LoggedCase, deposit: Signed) -> None:
    case.admit(case.handover("ru", deposit))


def _handed_over_and_refused(case: LoggedCase, deposit: Signed) -> None:
    _handed_over(case, deposit)
    _refused(case, deposit)


def _expired(case: LoggedCase, deposit: Signed) -> None:
    case.tick(4000)
    _of(case, Expiry, DEPOSITARY, deposit, recipients=("ru",))


def deliveries() -> Iterator[tuple[str, bytes]]:
    yield "no answer", ended(lambda *_: None)
    yield "refused", ended(_refused)
    yield "refused, of a paper that opened at once", ended(_refused, opening=AT_ONCE)
    yield "refused after it was made available", ended(_handed_over_and_refused, opening=AT_ONCE)
    yield "made available", ended(_handed_over, opening=AT_ONCE)
    yield "expired", ended(_expired)
    yield "withdrawn", ended(lambda c, d: _of(c, Withdrawal, "us", d, release=None))
    yield "noticed", ended(lambda c, d: _of(c, Notice, DEPOSITARY, d, channel="mail", time=c.now, to="ru"))
    yield "replaced", ended(lambda c, d: c.paper("us", "ru", replaces=d.digest))


def releases() -> Iterator[tuple[str, bytes]]:
    yield "by consent", by_consent(1, 3)
    yield "by consent, incomplete", by_consent(2)
    yield "by consent, with gaps", by_consent(2, 3, 5, 9, 10, 11, provisions=17)
    yield "by its author, without a receipt", by_author(1, receipt=False)
    yield "one-sided", one_sided(1, 3)
    case, deposit = delivered(terms="public")
    case.admit(case.release("us", deposit, provisions=(3,)))
    case.admit(case.release("ru", deposit, provisions=(1, 2), not_before=Time.from_text("2030-01-01T00:00:00.000Z")))
    yield "context to another release", case.excerpt(deposit, 1, 2).encode()
    case.admit(case.release("us", deposit, provisions=None))
    yield "the whole, beside two excerpts", case.excerpt(deposit, 0, 1, 2, 3).encode()
    case, deposit = delivered(terms="public")
    case.admit(case.release("us", deposit, provisions=(1,), audience=SOME))
    yield "not for the public", case.excerpt(deposit, 1).encode()
    case, first = delivered()
    reply = case.paper(
        "ru", "us", in_reply_to=first.digest, role="response", standing="non_paper",
        language_status="unofficial_translation",
    )  # fmt: skip
    case.admit(case.receipt("us", reply, terms_taken="under_reserve"))
    case.admit(case.release("us", reply, provisions=(1,)))
    yield "a response, terms under reserve", case.excerpt(reply, 1).encode()
    for name, terms in own_terms().items():
        case, deposit = delivered(terms=terms)
        case.admit(case.release("ru", deposit, provisions=(1,), one_sided=True))
        yield f"terms: {name}", case.excerpt(deposit, 1).encode()


def own_terms() -> dict[str, Terms]:
    def terms(excerpts: str, full: str, **members: Any) -> Terms:
        rules = [
            PublicationRule(mode=mode, parties=("ru", "us") if mode == "consent" else ())  # type: ignore[arg-type]
            for mode in (excerpts, full)
        ]
        more = {"audience": (), "author_free": True, "embargo": None, "force": "asked"} | members
        return Terms(publication=Publication(excerpts=rules[0], full=rules[1]), **more)

    modes = ("none", "consent", "free")
    found = {f"{one}, {other}": terms(one, other) for one in modes for other in modes}
    found["bound"] = terms("free", "free", author_free=False, force="required")
    late = Time.from_text("2022-02-17T23:59:59.999Z")
    found["embargo and audience"] = terms("none", "none", author_free=False, audience=("de", "ru"), embargo=late)
    found["an embargo since ever"] = terms("none", "none", embargo=Time.from_text("0001-01-01T00:00:00.000Z"))
    found["an embargo for ever"] = terms("none", "none", embargo=Time.from_text("9999-12-31T23:59:59.999Z"))
    return found


def hostilities() -> Iterator[tuple[str, bytes]]:
    yield "markup", hostile()
    yield "a language that is none", hostile(language='en" onload="alert(1)', path=[])
    yield "no words", hostile(words="", path=["A", "B & C", ""])
    yield "lines", hostile(words="one\ntwo\r\nthree\u2028four\n\n", path=["a\nb", "\t"])
    yield "marks beside a line's end", hostile(words="e\u0301\u2028e\u0301\u0327 \u0627\u064b\u0085")
    yield "signs that later versions of Unicode know", hostile(words="\U0001fae8 \U00016d67\U00016d67 e\u0301")
    yield "fillers and private signs", hostile(words="\u3164\uffa0\ue000\U000e0041x\u200c", path=["\u115f"])
    chance = random.Random(17)
    signs = "aé\u0301\u200c\u200d\u0645\u06cc\u094d\u0915\u202e\n\r\t\u2028<&>\"'\x00\x7f\u0378\u00a0"
    for number in range(8):
        words = "".join(chance.choice(signs) for _ in range(40))
        yield f"random signs {number}", hostile(words=words, path=[words[:5], words[5:9]])


PLACES = {
    "two capitals": {"us": "America/New_York", "ru": "Europe/Moscow"},
    "another day": {"us": "Pacific/Kiritimati", "ru": "Asia/Kathmandu"},
    "zones that nobody knows": {"us": "Mars/Olympus_Mons", "ru": "Europe"},
    "two zones of one city": {"us": "Asia/Kolkata", "ru": "Asia/Calcutta", "fr": "Etc/UTC"},
    "names that are no cities": {"us": "Etc/GMT+5", "ru": "EST5EDT", "fr": "GMT"},
}


def test_of_what_nobody_thought_to_publish_they_write_the_same_page() -> None:
    files = dict([*deliveries(), *releases(), *hostilities()])
    files |= {f"clocks: {name}": shown_in(**zones) for name, zones in PLACES.items()}
    assert both_write(files) == len(files) * len(LANGUAGES)


def test_what_hides_is_written_out_in_one_way() -> None:
    """Every sign between two letters, and signs in a row at random: what is harmless for one is for the other."""
    chance = random.Random(5)
    pool = [chr(sign) for sign in (
        9, 10, 13, 0x85, 0x2028, 0x2029, 0x200C, 0x200D, 0x94D, 0x915, 0x645, 0x62E, 0xAD, 0x301, 0x65, 0x327, 0x3164,
        0x16D67, 0x16D68, 0x202E, 0x20, 0xA0, 0x3000, 0x1100, 0x1161, 0x11A8, 0x64E, 0x1FAE8, 0x378, 0xFE0F, 0x344,
        0x958,
    )]  # fmt: skip
    texts = [f"a{chr(sign)}b" for sign in range(0x20000) if not 0xD800 <= sign <= 0xDFFF]
    texts += ["".join(chance.choices(pool, k=chance.randrange(1, 9))) for _ in range(20_000)]
    for text, theirs in zip(texts, ran([{"shown": text} for text in texts]), strict=True):
        assert theirs == [shown(text), shown(text, lines=True)], ascii(text)


# --- changed pages ----------------------------------------------------------------------------------------------


def said(page: bytes) -> dict[str, str]:
    """What ours says of a page: its evidence first, as `parley verify` does."""
    try:
        verify(read(page).evidence, None)
        return {"word": compare(page).value}
    except (Malformed, Invalid) as error:
        return {"class": type(error).__name__.lower(), "code": error.code}


def agree(theirs: dict[str, Any], ours: dict[str, str], what: object) -> None:
    """A page in other words the browser still compares by its provisions; and hours it may leave to other tables."""
    allowed = {"other version": ("other version", "differs"), "differs": ("differs", "other hours")}
    if "word" in ours:
        assert theirs.get("word") in allowed.get(ours["word"], (ours["word"],)), (what, ours, theirs)
    else:
        assert (theirs.get("class"), theirs.get("code")) == (ours["class"], ours["code"]), (what, ours, theirs)


def test_of_pages_changed_at_random_they_say_the_same() -> None:
    """Signs changed, taken out, put in and doubled, where a seed says, in all that is not evidence."""
    chance = random.Random(20220126)
    pages = [render(by_consent(1, 3), language).decode() for language in LANGUAGES]
    pages.append(render(shown_in(**PLACES["two capitals"]), "en").decode())
    changed = []
    for _ in range(160):
        page = chance.choice(pages)
        start, end = page.index(OPENING), page.index("</script>")
        place = chance.choice((chance.randrange(start), chance.randrange(start), end + chance.randrange(25)))
        width = chance.choice((0, 1, 1, 1, 9))
        instead = "".join(chance.choice('aZ0 19<>"&\n é\u202e') for _ in range(chance.choice((0, 1, 1, 1, 3))))
        changed.append((page[:place] + instead + page[place + width :]).encode())
    same = 0
    for number, (page, theirs) in enumerate(zip(changed, compared(changed), strict=True)):
        ours = said(page)
        agree(theirs, ours, number)
        same += ours == {"word": "same"}
        assert (theirs.get("word") == "same") is (ours.get("word") == "same")
    assert same < 30, "most were changed"


def test_of_the_vectors_they_say_the_same() -> None:
    folder = Path(__file__).parents[2] / "vectors"
    page = (folder / "page" / "excerpt.html").read_text("utf-8")

    def named(text: str) -> str:
        name = text.removeprefix("EVIDENCE ")
        return text if name == text else (folder / "evidence" / f"{name}.evidence").read_text("utf-8")

    changed = []
    for case in VECTORS["cases"]:
        text = page
        for old, new in case["replace"]:
            text = text.replace(named(old), named(new))
        changed.append(text.encode())
    for case, data, theirs in zip(VECTORS["cases"], changed, compared(changed), strict=True):
        ours = said(data)
        agree(theirs, ours, case["name"])
        if "word" in ours:
            assert theirs["word"] == case.get("browser", case["expect"]), case["name"]


# --- clocks -----------------------------------------------------------------------------------------------------


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable[[str], tzinfo]], None]]:
    """Has pages written by other tables of zones."""

    def change(zone_of: Callable[[str], tzinfo]) -> None:
        monkeypatch.setattr(clock, "zone_of", zone_of)
        clock._parts.cache_clear()

    yield change
    clock._parts.cache_clear()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_zone_that_one_of_them_does_not_know_raises_no_alarm(language: str, tables: Any) -> None:
    """Nor are the two pages called the same: it is said that of the hours nothing is known."""
    data = shown_in(us="Mars/Olympus_Mons", ru="Europe/Moscow")
    plain, known = render(data, language), clock.zone_of
    assert compared([plain]) == [{"word": "same"}], "nobody knows it, so nobody shows it"
    zones = {"Mars/Olympus_Mons": zoneinfo.ZoneInfo("Asia/Tehran")}
    tables(lambda name: zones.get(name) or known(name))
    ours_alone = render(data, language)
    tables(lambda name: clock.UTC if name == "Europe/Moscow" else known(name))
    theirs_alone = render(data, language)
    assert len({plain, ours_alone, theirs_alone}) == 3
    assert compared([ours_alone, theirs_alone]) == [{"word": "other hours"}] * 2
    changed = ours_alone.replace(b"Olympus Mons</dd>", b"Olympus</dd>", 1)
    assert changed != ours_alone
    assert compared([changed]) == [{"word": "differs"}]


def test_tables_that_are_older_than_a_rule_raise_no_alarm(tables: Any) -> None:
    """As when Kazakhstan moved its clocks by an hour and a browser had not heard of it."""
    data, known = shown_in(us="America/New_York", ru="Asia/Almaty"), clock.zone_of
    tables(lambda name: known("Asia/Tashkent" if name == "Asia/Almaty" else name))
    assert compared([render(data, "en")]) == [{"word": "other hours"}]
    tables(lambda name: known("Asia/Tokyo" if name == "Asia/Almaty" else name))
    assert compared([render(data, "en")]) == [{"word": "differs"}], "no government does that"


def test_of_every_zone_they_show_the_same_hour_or_one_knows_none() -> None:
    """Summer and winter, in years long enough ago to be in both their tables: rules of years to come are changed."""
    zones = sorted(names())
    days = [f"{year}-{month}-15" for year in (1999, 2014, 2021, 2022, 2024) for month in ("01", "07")]
    times = [Time.from_text(f"{day}T20:40:00.000Z") for day in days]
    assert len(zones) > 400
    known = 0
    for zone, theirs in zip(zones, ran([{"zone": zone, "times": times} for zone in zones]), strict=True):
        clocks = Clocks.of([zone])
        ours = [clocks.hours(time, seconds=True).partition(" UTC")[2] for time in times]
        known += theirs == ours
        assert theirs == ours or theirs == [""] * len(times), zone
    assert known > len(zones) * 0.9
