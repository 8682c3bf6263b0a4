"""Three languages for what the public reads: the same keys, the same places, no word left in another language."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from parley import words
from parley.act import Expiry, Receipt, Refusal, Release, Withdrawal
from parley.canonical import Time
from parley.document import Position
from parley.envelope import Cover, HandedOver
from parley.exchange import State
from parley.terms import PRESETS, preset
from parley.verdict import verify
from parley.words import (
    LANGUAGES,
    MissingWords,
    Sentence,
    catalogue,
    explain_code,
    has,
    lines,
    places,
    public,
    say,
    speaking,
    spoken,
    term,
    with_article,
)
from parley.words.clock import DAY, HOUR, MINUTE, Clocks, left, short_day
from parley.words.telling import cover_rows, delivery_sentence, provisions, ranges, terms_head, terms_lines, what
from parley.words.verdicts import verdict_lines
from tests.evidence_build import LoggedCase, delivered, two_states
from tests.simulator import dishonest
from tests.words.forbidden import forbidden_in

OTHERS = tuple(language for language in LANGUAGES if language != "en")
KEYS = sorted(public("en"))
SAME = {"telling.what", "verdict.paper-name", "verdict.number", "clock.utc", "clock.short-date", "clock.date",
        "clock.day-change", "page.status", "precedences.flash", "names.article", "times.informed-value", "answers.line",
        "page.reference-value", "telling.terms-head", "verdict.act", "record.paper-title", "record.agreed",
        "record.press-capacity", "numbers.thousands", "obligation-reasons.in-time",
        "limits.plot-total"}  # fmt: skip
"""Sentences without a word, and words that are the same in all."""
NOTICE = Time.from_text("2022-01-26T17:16:04.000Z")
CYRILLIC, LATIN = re.compile("[а-яё]", re.IGNORECASE), re.compile("[a-z]{3,}", re.IGNORECASE)
LATIN_IN_RUSSIAN = {
    "UTC",
    "Parley",
    "parley",
    "verify",
    "FILE",
    "trust",
    "TRUSTFILE",
    "html",
    "CC0",
    "FOLDER",
    "CSV",
    "JSON",
    "TOML",
    "Atom",
}


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_there_in_each_language_and_no_other(language: str) -> None:
    assert sorted(public(language)) == KEYS


def _same_places(ours: Sentence, theirs: Sentence) -> bool:
    if isinstance(ours, str) and isinstance(theirs, str):
        return places(theirs) == places(ours)
    return not isinstance(ours, str) and not isinstance(theirs, str)


@pytest.mark.parametrize("language", OTHERS)
def test_a_sentence_wants_the_same_values_in_each_language(language: str) -> None:
    theirs = public(language)
    assert [key for key in KEYS if not _same_places(public("en")[key], theirs[key])] == []
    assert [key for key in KEYS if not theirs[key]] == ["names.article", "names.want-article"]
    for key in ("clock.weekdays", "clock.months"):
        assert len(theirs[key]) == len(public("en")[key])


@pytest.mark.parametrize("language", OTHERS)
def test_no_sentence_was_left_in_english(language: str) -> None:
    """Short French words may be the English ones; whole sentences, and Russian words, may not."""
    ours, theirs = public("en"), public(language)
    wanted = [key for key in KEYS if key not in SAME and (language == "ru" or len(ours[key]) > 15)]
    assert [key for key in wanted if theirs[key] == ours[key] and not key.startswith("cities.")] == []


def test_russian_is_written_in_russian() -> None:
    wrong = []
    for key in KEYS:
        text = re.sub(r"\{[a-z]+\}", "", _joined(public("ru")[key]))
        foreign = set(LATIN.findall(text)) - LATIN_IN_RUSSIAN
        if foreign or not (CYRILLIC.search(text) or key in SAME or key == "names.want-article"):
            wrong.append(key)
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_has_a_word_that_must_not_reach_a_person(language: str) -> None:
    found = {key: forbidden_in(_joined(sentence), language) for key, sentence in public(language).items()}
    assert {key: bad for key, bad in found.items() if bad} == {}


def _joined(sentence: Sentence) -> str:
    return sentence if isinstance(sentence, str) else " ".join(sentence)


def test_the_lists_of_such_words_find_them() -> None:
    assert forbidden_in("Le quorum n'est pas atteint", "fr") == ["quorum"]
    assert forbidden_in("Его обязательства", "ru") == ["обязательства"]


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_says_that_no_native_speaker_has_read_it(language: str) -> None:
    text = (Path(words.__file__).with_name("public") / f"{language}.toml").read_text("utf-8")
    assert text.startswith("# TO BE READ BY A NATIVE SPEAKER")


def test_nothing_is_said_both_in_public_and_at_home() -> None:
    assert len(catalogue("en")) > len(public("en")) > 250
    assert catalogue("fr").keys() - public("fr").keys() == {key for key in catalogue("en") if key[:7] == "errors."}


# --- speaking ---------------------------------------------------------------------------------------------------


def test_a_language_is_spoken_within_and_not_after() -> None:
    assert (spoken(), say("telling.public")) == ("en", "the public")
    with speaking("fr"):
        assert (spoken(), say("telling.public"), lines("clock.months")[1]) == ("fr", "le public", "févr.")
        with speaking("ru"):
            assert term("roles", "response") == "ответ"
        assert term("roles", "response") == "réponse"
    assert term("roles", "response") == "response"


def test_a_language_is_given_back_when_something_fails() -> None:
    with pytest.raises(ValueError, match="x"), speaking("ru"):
        raise ValueError("x")
    assert spoken() == "en"


def test_another_thread_is_not_spoken_for() -> None:
    heard: list[str] = []
    with speaking("ru"):
        thread = threading.Thread(target=lambda: heard.append(say("telling.public")))
        thread.start()
        thread.join()
    assert heard == ["the public"]


def test_a_language_that_is_not_spoken_is_a_defect() -> None:
    with pytest.raises(MissingWords), speaking("de"):
        pass


def test_what_is_not_for_the_public_is_not_there_in_another_language() -> None:
    with speaking("fr"):
        assert not has("screen.paper")
        with pytest.raises(MissingWords):
            say("screen.paper")


def test_the_reason_of_an_error_stays_english() -> None:
    with speaking("ru"):
        assert explain_code("paper.unknown").startswith("There is no such paper")


def test_names_take_an_article_in_english_only() -> None:
    assert with_article("United States") == "the United States"
    with speaking("fr"):
        assert with_article("United States") == "United States"


# --- all that speaks --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "clock"),
    [
        ("fr", "mer. 26 janv. 2022 17:16 UTC · 20:16 Moscou · 12:16 Washington"),
        ("ru", "ср 26 янв. 2022 17:16 UTC · 20:16 Москва · 12:16 Вашингтон"),
    ],
)
def test_clocks(language: str, clock: str) -> None:
    with speaking(language):
        assert Clocks.of(["Europe/Moscow", "America/New_York"]).instant(NOTICE) == clock
        assert short_day(NOTICE) in clock


@pytest.mark.parametrize("rest", [-1, 0, 3 * MINUTE, HOUR, 5 * HOUR, DAY, 9 * DAY])
def test_how_long_something_runs(rest: int) -> None:
    said = set()
    for language in LANGUAGES:
        with speaking(language):
            said.add(left(NOTICE, Time(NOTICE + rest)))
    assert len(said) == 3


def test_two_capitals_of_one_name_in_a_language_are_one_clock() -> None:
    with speaking("ru"):
        assert Clocks.of(["Asia/Kolkata", "Asia/Calcutta"]).zones == ("Asia/Kolkata",)


@pytest.mark.parametrize("language", OTHERS)
def test_terms_states_and_covers(language: str) -> None:
    also = HandedOver(at=NOTICE, by="A", to="B")
    cover = Cover(
        also_handed_over=also, languages=("en",), may_show=("x",), note="n", pages=3, precedence="flash",
        reference="5", shown_by_sender=("y",), subject="s",
    )  # fmt: skip
    with speaking(language):
        said = [terms_head(preset(name, parties=("ru", "us")), ("ru", "us")) for name in PRESETS]
        for name in PRESETS:
            said += terms_lines(preset(name, parties=("ru", "us")), cover, naming=str, clocks=Clocks())
        said += [name for name, _ in cover_rows(cover, clocks=Clocks())]
        for state in State:
            said.append(delivery_sentence(state.value, party="P", fault="form", reason="terms", available="T"))
        said += [term("positions", position.value) for position in Position]
        said += [provisions([1, 2]), what(role="note", in_reply_to="RU-1", standing="non_paper")]
    assert not [line for line in said if "{" in line]
    if language == "ru":
        assert all(CYRILLIC.search(line) for line in said)


def _refused(case: LoggedCase) -> None:
    case.admit(case.act(Refusal, "ru", deposit=case.paper("us", "ru").digest, reason="terms", words=()))


def _withdrawn(case: LoggedCase) -> None:
    case.admit(case.act(Withdrawal, "us", deposit=case.paper("us", "ru").digest, release=None))


def _expired(case: LoggedCase) -> None:
    deposit = case.paper("us", "ru")
    case.tick(4000)
    case.admit(case.act(Expiry, "depositary", deposit=deposit.digest, recipients=("ru",)))


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("ending", [_refused, _withdrawn, _expired, None])
def test_verdicts_on_papers(language: str, ending: Callable[[LoggedCase], None] | None) -> None:
    case, deposit = delivered() if ending is None else (two_states(), None)
    if ending is not None:
        ending(case)
        deposit = next(act for act in case.acts if act.act.kind == "deposit")
    assert deposit is not None
    for trust in (None, case.trust("ru"), case.trust(needed=2)):
        verdict = verify(case.of_paper(deposit).encode(), trust)
        english = verdict_lines(verdict)
        with speaking(language):
            said = verdict_lines(verdict)
        assert len(said) == len(english)
        assert not [line for line in said if line and line in english and not line.startswith("  ru   ")
                    and not line.startswith("  us   ")]  # fmt: skip
        assert forbidden_in("\n".join(said), language) == []


@pytest.mark.parametrize(
    ("language", "heads"),
    [("fr", ("Délivrance\u00a0: DÉLIVRÉ", "Texte\u00a0: EXACT.", "Publication\u00a0: PAR SON AUTEUR")),
     ("ru", ("Доставка: ДОСТАВЛЕНО", "Текст: ПОДЛИННЫЙ.", "Показ: АВТОРОМ"))],
)  # fmt: skip
def test_verdicts_on_excerpts(language: str, heads: tuple[str, ...]) -> None:
    case, deposit = delivered(terms="essence")
    case.admit(case.release("us", deposit, provisions=(1,)))
    for shown, words_shown in ((1, True), (3, False)):
        verdict = verify(case.excerpt(deposit, shown).encode(), None)
        with speaking(language):
            text = "\n".join(verdict_lines(verdict))
        assert ("Words of article 1." in text) is words_shown
        assert all(head in text for head in heads) is words_shown


@pytest.mark.parametrize("language", OTHERS)
def test_verdicts_on_a_depositary(language: str) -> None:
    from parley import evidence

    case = dishonest()
    deposit = case.paper("us", "ru")
    receipt = case.logged(case.admit(case.receipt("ru", deposit)))
    case.rewind(receipt.at.index)
    instead = case.logged(case.admit(case.act(Refusal, "ru", deposit=deposit.digest, reason="terms", words=())))
    verdict = verify(evidence.fork([receipt, instead], support=case.support()).encode(), case.trust())
    with speaking(language):
        assert verdict_lines(verdict)[0] == say("verdict.proven-fork")


@pytest.mark.parametrize(
    ("numbers", "said"),
    [((), ""), ((3,), "3"), ((1, 2), "1, 2"), ((1, 2, 3), "1–3"), ((1, 3, 4, 5, 6, 9, 10), "1, 3–6, 9, 10")],
)
def test_numbers_that_follow_one_another(numbers: tuple[int, ...], said: str) -> None:
    assert ranges(numbers) == said


def test_every_act_that_can_be_about_a_paper_has_its_word_in_each_language() -> None:
    for language in LANGUAGES:
        with speaking(language):
            assert len({term("acts", kind.kind) for kind in (Receipt, Refusal, Release, Withdrawal, Expiry)}) == 5
