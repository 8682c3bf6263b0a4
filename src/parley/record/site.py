"""The public record of a negotiation: pages that need no server, with the evidence that they rest on beside them.

    build(inputs)       every file of the record by its name
    compare(files)      whether a folder is, byte for byte, the record that its own inputs give

The record is a function of its inputs (see `inputs`) and of the edition of words and forms. So nothing on a page counts
by itself: whoever has the folder writes it once more, and checks the evidence. The exact form: spec/record.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Literal

from parley.crypto import Digest, sha256
from parley.errors import Invalid, Malformed, ParleyError, Refused
from parley.measures.agreement import Agreement
from parley.policy import Trust
from parley.record import data, feed, index_page, measures_page, paper_page, papers, press
from parley.record.browser import verifier
from parley.record.events import Event, events
from parley.record.inputs import FORM, LIST, PRESS, TRUST, Inputs, agreement_file, read
from parley.record.names import Names
from parley.record.page import render_verified
from parley.record.papers import Reading
from parley.record.press import Quotation
from parley.sitting import Sitting
from parley.words import LANGUAGES, public, say, speaking
from parley.words.rendering import Templates

REGISTER, ACTS, VERIFIER = "register.csv", "acts.json", "verify.html"
MEASURES = "measures"
"""How the page of measures is called, in front of what its language adds; no paper can be called so."""

_TEMPLATES = Templates(Path(__file__).with_name("templates"))
_STYLES, _SCRIPT = ("record.css", "tables.css"), "quotation.js"
_FORMS = (
    *_STYLES, _SCRIPT, "record.html", "record-index.html", "record-paper.html", "record-parts.html", "excerpt.html",
    "excerpt.css", "record-measures.html", "tables.html",
)  # fmt: skip
_OWN_NAMES = {"en": "English", "fr": "Français", "ru": "Русский"}
"""Each language by its own name, for those who read no other."""


@cache
def edition() -> str:
    """Eight digits that change with every word, form, style or script of a record, and with its verifier.

    So a later program tells a record that was written in other words from one that was changed.
    """
    words = [f"{language} {key}={text}" for language in LANGUAGES for key, text in sorted(public(language).items())]
    forms = [_TEMPLATES.file(name) for name in _FORMS]
    return sha256("\n".join([*words, *forms]).encode("utf-8"), verifier()).hex()[:8]


def build(inputs: Inputs, sitting: Sitting | None = None) -> dict[str, bytes]:
    """Every file of a record by its name, in the order in which a person would list them.

    Verifies every evidence, without a trust file, in a sitting of its own or the caller's. Raises: as `papers.read`
    and `press.parse`; Malformed for a list that could not be read again, or a trust file that is none.
    """
    reading = papers.read(inputs, sitting)
    references = [paper.reference for paper in inputs.papers]
    quotations = press.parse(inputs.press, references) if inputs.press is not None else ()
    agreements = measures_page.read_agreements(inputs.agreements)
    found: dict[str, bytes] = {}
    for place, language in enumerate(inputs.languages):
        with speaking(language):
            found |= _spoken(reading, quotations, agreements, language, first=place == 0)
    found |= {REGISTER: data.register(reading), ACTS: data.acts(reading), VERIFIER: verifier(_trust(inputs))}
    return dict(sorted((found | inputs.files(edition())).items()))


def _trust(inputs: Inputs) -> Trust | None:
    if inputs.trust is None:
        return None
    try:
        return Trust.parse(inputs.trust.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Malformed("trust.form") from error


# --- in one language --------------------------------------------------------------------------------------------


def suffix_of(language: str, languages: Sequence[str]) -> str:
    """What a page's name ends in: `.html` in the first language, `.fr.html` in another."""
    return ".html" if language == languages[0] else f".{language}.html"


def _spoken(
    reading: Reading,
    quotations: Sequence[Quotation],
    agreements: Sequence[tuple[str, Agreement, Digest]],
    language: str,
    *,
    first: bool,
) -> dict[str, bytes]:
    """The pages and the feed in the language that is being spoken."""
    names = Names.of(reading.verdicts)
    suffix = suffix_of(language, reading.inputs.languages)
    happened = events(reading, quotations, names)
    feed_name = "feed.atom" if first else f"feed.{language}.atom"
    frame = _Frame(reading=reading, language=language, suffix=suffix, feed=feed_name)
    first_page = index_page.facts(reading, happened, quotations, names, _files(reading, feed_name))
    numbers = [(name, number) for _, name, number in first_page.parties]
    measures = measures_page.facts(reading, agreements, names)
    found = {
        f"index{suffix}": frame.render(
            "record-index.html",
            "index",
            page=first_page,
            numbers=numbers,
            measures=MEASURES + suffix if measures else "",
        )
    }
    if measures is not None:
        found[MEASURES + suffix] = frame.render("record-measures.html", MEASURES, page=measures)
    for paper in reading.papers:
        page = paper_page.facts(reading, paper, quotations, names, suffix)
        found[f"{paper.stem}{suffix}"] = frame.render(
            "record-paper.html", paper.stem, page=page, words=_quoting(), script=bool(page.excerpts)
        )
        for excerpt in paper.excerpts:
            found[f"{excerpt.stem}{suffix}"] = render_verified(excerpt.evidence, excerpt.verdict, language)
    found[feed_name] = _feed(reading, happened, names, feed_name, suffix)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """What all pages of a language have in common."""

    reading: Reading
    language: str
    suffix: str
    feed: str

    def render(self, name: str, stem: str, *, script: bool = False, **values: object) -> bytes:
        languages = self.reading.inputs.languages
        others = [
            {
                "language": other,
                "name": _OWN_NAMES[other],
                "file": stem + suffix_of(other, languages),
                "here": other == self.language,
            }
            for other in languages
        ]
        text = _TEMPLATES.render(
            name,
            style=_STYLES,
            script=_SCRIPT if script else None,
            form=f"{FORM} {edition()}",
            version=FORM,
            feed=self.feed,
            index=f"index{self.suffix}",
            suffix=self.suffix,
            others=others,
            **values,
        )
        return text.encode("utf-8")


def _quoting() -> dict[str, str]:
    """What the script says, with places for a number: the sentences of verify.html."""
    return {
        "same": say("checker.quote-same", number="{number}"),
        "near": say("checker.quote-near", number="{number}", count="{count}"),
        "key": say("checker.quote-key"),
        "absent": say("checker.quote-absent"),
        "empty": say("checker.quote-empty"),
        "long": say("checker.quote-long"),
        "quoted": say("checker.quote-only-quoted"),
        "there": say("checker.quote-only-there"),
    }


def _files(reading: Reading, feed_name: str) -> list[tuple[str, str, str]]:
    found = [
        (REGISTER, say("record.data-register"), "text/csv"),
        (ACTS, say("record.data-acts"), "application/json"),
        (feed_name, say("record.data-feed"), "application/atom+xml"),
        (LIST, say("record.data-list"), "application/json"),
    ]
    if reading.inputs.press is not None:
        found.append((PRESS, say("record.data-press"), "application/toml"))
    for name, content in reading.inputs.agreements:
        words = say("record.data-agreement", name=name, digits=sha256(content).hex())
        found.append((agreement_file(name), words, "application/toml"))
    if reading.inputs.trust is not None:
        found.append((TRUST, say("record.data-trust"), "text/plain"))
    return found


def _feed(reading: Reading, happened: Sequence[Event], names: Names, name: str, suffix: str) -> bytes:
    return feed.atom(
        happened,
        log=reading.log or reading.inputs.handle,
        title=say("record.feed-title", handle=reading.inputs.handle),
        author=names(reading.inputs.by),
        as_of=reading.inputs.as_of,
        address=reading.inputs.address,
        name=name,
        page=f"index{suffix}",
        suffix=suffix,
    )


# --- that record, or none ---------------------------------------------------------------------------------------


class Compared(Enum):
    """A folder held against the record that its own inputs give."""

    SAME = "same"
    DIFFERS = "differs"
    OTHER_VERSION = "other version"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The answer. `file` is the first that differs, in the order of names, and `how`: changed, missing, or strange.

    Where an input is not what it must be, `file` is that input, `how` is "broken" and `reason` says why.
    """

    word: Compared
    file: str | None = None
    how: Literal["changed", "missing", "strange", "broken"] | None = None
    reason: ParleyError | None = None


def compare(files: Mapping[str, bytes], sitting: Sitting | None = None) -> Comparison:
    """Whether these files are, byte for byte, the record that its inputs give, and no file more.

    Evidence is verified without a trust file: whose the keys are is not asked. Raises: Malformed("site.none") for a
    folder without a list.
    """
    if LIST not in files:
        raise Malformed("site.none")
    try:
        listed, inputs = read(files)
        if listed.edition != edition():
            return Comparison(word=Compared.OTHER_VERSION)
        written = build(inputs, sitting)
    except (Malformed, Invalid, Refused) as error:
        return _broken(error)
    for name, how in _differing(files, written):
        return Comparison(word=Compared.DIFFERS, file=name, how=how)
    return Comparison(word=Compared.SAME)


def _broken(error: ParleyError) -> Comparison:
    """A record whose inputs give none, by the first input that is at fault."""
    if error.code == "site.version":
        return Comparison(word=Compared.OTHER_VERSION)
    area = error.code.partition(".")[0]
    file = str(error.details.get("file", {"press": PRESS, "trust": TRUST, "policy": TRUST}.get(area, LIST)))
    how: Literal["missing", "broken"] = "missing" if error.code == "site.missing" else "broken"
    return Comparison(word=Compared.DIFFERS, file=file, how=how, reason=error)


def _differing(
    files: Mapping[str, bytes], written: Mapping[str, bytes]
) -> Iterator[tuple[str, Literal["changed", "missing", "strange"]]]:
    for name in sorted(files.keys() | written.keys()):
        if name not in written:
            yield name, "strange"
        elif name not in files:
            yield name, "missing"
        elif files[name] != written[name]:
            yield name, "changed"


def evidence_of(inputs: Inputs) -> Iterator[tuple[str, bytes]]:
    """Every evidence file of a record, by its name."""
    for paper in inputs.papers:
        yield from paper.files()


__all__: Sequence[str] = ("Compared", "Comparison", "build", "compare", "edition", "evidence_of", "suffix_of")
