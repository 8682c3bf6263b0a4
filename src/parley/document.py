"""A document: ordered provisions, articulated once, at sealing; one provision's own words are one leaf.

A provision stands in a tree (an article holds paragraphs, a paragraph holds points) and in a row: its running number is
its place in the row, in the reading order of the text. Of its two identifiers (see `identifiers`) `e_id` is where it
stands now, `w_id` where it stood when first tabled, kept for life.

Every value of these types is valid: what a constructor accepts is what `document.json` may say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import Literal

from parley import canonical
from parley.canonical import Record
from parley.crypto import Digest, sha256
from parley.errors import Malformed
from parley.identifiers import ABBREVIATIONS, Kind, is_identifier
from parley.wording import check_line, check_words

MAX_PROVISIONS = 65_535
MAX_DEPTH = 24
MAX_LABEL, MAX_HEADING, MAX_TITLE = 80, 1_000, 1_000
MAX_NAME_BYTES = 100  # what a POSIX ustar name field holds
DOCUMENT_NAME, SEAL_NAME = "document.json", "seal.json"

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}")


LanguageStatus = Literal["authentic", "official_translation", "unofficial_translation"]
"""What a language version is (VCLT 33): authentic, a translation its party answers for, or any other translation."""

Standing = Literal["formal", "non_paper"]
"""Whether a text commits its author as a position."""


class Position(StrEnum):
    """What a provision says to the one it answers."""

    ACCEPT = "accept"
    ACCEPT_IF = "accept_if"
    AMEND = "amend"
    COUNTER = "counter"
    REFUSE = "refuse"
    RESERVE = "reserve"
    QUESTION = "question"
    NOTED = "noted"


class Answer(Record, frozen=True):
    """That a provision answers a provision of another deposit, or, with `provision` null, the whole of it."""

    deposit: Digest
    provision: int | None
    position: Position

    def __post_init__(self) -> None:
        if self.provision is not None and not 1 <= self.provision <= MAX_PROVISIONS:
            raise Malformed("document.answer", provision=self.provision)


class Provision(Record, frozen=True, rename={"e_id": "eId", "w_id": "wId"}):
    """One unit of text: `number` is its place from 1, `label` its number as printed, `words` its own words only.

    `parent` is the running number of the provision that holds it, 0 at the top. `requires` are the running numbers
    that must accompany it in any excerpt: all that hold it, the chapeau before it, definitions, provisos.
    """

    number: int
    kind: Kind
    label: str
    heading: str
    words: str
    language: str
    e_id: str
    w_id: str
    parent: int
    requires: tuple[int, ...]
    answers: tuple[Answer, ...]

    def __post_init__(self) -> None:
        at = self.number
        check_line(self.label, most=MAX_LABEL)
        check_line(self.heading, most=MAX_HEADING)
        check_words(self.words)
        if not (self.label or self.heading or self.words):
            raise Malformed("document.provision-empty", provision=at)
        check_language(self.language)
        _check_identifier(self.e_id, at)
        _check_identifier(self.w_id, at)
        check_companions(self.requires, number=at)
        if len({(answer.deposit, answer.provision) for answer in self.answers}) != len(self.answers):
            raise Malformed("document.answer-twice", provision=at)

    @property
    def name(self) -> str:
        """What a person calls it: its label and heading, as far as it has them."""
        return " — ".join(part for part in (self.label, self.heading) if part)


class Language(Record, frozen=True):
    """One language version: its tag (BCP 47), its status, and the running numbers of its first and last provision."""

    language: str
    status: LanguageStatus
    first: int
    last: int


class File(Record, frozen=True):
    """A file that goes with the document, named by size in bytes and SHA-256 of its content."""

    name: str
    media_type: str
    size: int
    sha256: Digest

    def __post_init__(self) -> None:
        check_file_name(self.name)
        if not _MEDIA_TYPE.fullmatch(self.media_type):
            raise Malformed("document.media-type")
        if not 0 <= self.size <= canonical.MAX_INTEGER:
            raise Malformed("document.file-size")


class Prevails(StrEnum):
    """Which one counts where the articulated text and the original file differ."""

    TEXT = "text"
    ORIGINAL = "original"


class Document(Record, frozen=True):
    """What a deposit carries; its canonical JSON is the file `document.json` of the bundle."""

    title: str
    standing: Standing
    languages: tuple[Language, ...]
    prevails: Prevails
    attachments: tuple[File, ...]
    original: File | None
    provisions: tuple[Provision, ...]
    version: Literal[1]

    def __post_init__(self) -> None:
        check_line(self.title, most=MAX_TITLE)
        if not 1 <= len(self.provisions) <= MAX_PROVISIONS:
            raise Malformed("document.provisions", found=len(self.provisions), most=MAX_PROVISIONS)
        if self.prevails is Prevails.ORIGINAL and self.original is None:
            raise Malformed("document.no-original")
        names = [file.name.casefold() for file in self.files]
        if len(set(names)) != len(names):
            raise Malformed("document.file-twice")
        check_languages(self.languages, total=len(self.provisions))
        for version in self.languages:
            _check_tree(version, self.provisions)

    @property
    def files(self) -> tuple[File, ...]:
        """Attachments, then the original when there is one."""
        return self.attachments + ((self.original,) if self.original else ())

    def provision(self, number: int) -> Provision:
        """The provision with this running number. Raises: Malformed when there is none."""
        if not 1 <= number <= len(self.provisions):
            raise Malformed("document.no-provision", provision=number, most=len(self.provisions))
        return self.provisions[number - 1]

    def lineage(self, number: int) -> tuple[Provision, ...]:
        """The provisions that hold this one, outermost first, and itself last."""
        found = [self.provision(number)]
        while found[-1].parent:
            found.append(self.provisions[found[-1].parent - 1])
        return tuple(reversed(found))

    def path(self, number: int) -> tuple[str, ...]:
        """Numbers as printed and headings from the outermost down to the provision; one without either is left out."""
        return tuple(step.name for step in self.lineage(number) if step.name)

    def companions(self, numbers: Iterable[int]) -> tuple[int, ...]:
        """`numbers` and everything that they require, directly or through others, in order."""
        found: set[int] = set()
        waiting = list(numbers)
        while waiting:
            number = waiting.pop()
            if number not in found:
                found.add(number)
                waiting.extend(self.provision(number).requires)
        return tuple(sorted(found))

    def find(self, text: str) -> Provision | None:
        """The one provision so labelled or so identified: "Article 4", "article 4", "art_4__para_2", "#7"; else None.

        Letters' case does not count; a label that two provisions bear finds nothing.
        """
        wanted = text.strip().casefold()
        if re.fullmatch("#[1-9][0-9]{0,4}", wanted):
            number = int(wanted[1:])
            return self.provisions[number - 1] if number <= len(self.provisions) else None
        found = [each for each in self.provisions if wanted in (each.label.casefold(), each.e_id)]
        return found[0] if len(found) == 1 else None

    def to_bytes(self) -> bytes:
        """`document.json`."""
        return canonical.encode(self)

    @classmethod
    def from_bytes(cls, data: bytes) -> Document:
        """Read `document.json`.

        Verifies all that a sealed document must be: canonical JSON, canonical words without hidden characters, a tree
        in reading order, unique identifiers, companions that exist. Not that the files named are the ones at hand.
        Raises: Malformed.
        """
        return canonical.decode(data, cls)


def file_of(name: str, media_type: str, data: bytes) -> File:
    """The entry of a file whose content is at hand. Raises: Malformed for a name or media type that may not stand."""
    return File(name=name, media_type=media_type, size=len(data), sha256=sha256(data))


def check_file_name(name: str) -> str:
    """Return a file name that is safe to write anywhere and fits an archive.

    Raises: Malformed when it is empty, hidden, a path, a device name, longer than 100 bytes or kept for the bundle.
    """
    check_line(name, most=MAX_NAME_BYTES)
    stem = name.split(".", 1)[0].rstrip(" ").casefold()
    if (
        not 1 <= len(name.encode("utf-8")) <= MAX_NAME_BYTES
        or name[0] in ".-~"
        or name[-1] == "."
        or re.search(r'[/\\:*?"<>|]', name)
        or name.casefold() in (DOCUMENT_NAME, SEAL_NAME)
        or re.fullmatch("con|prn|aux|nul|com[0-9]|lpt[0-9]", stem)
    ):
        raise Malformed("document.file-name")
    return name


def check_companions(requires: Sequence[int], *, number: int) -> None:
    """Raises: Malformed unless `requires` are increasing running numbers from 1, without `number` itself."""
    if any(a >= b for a, b in pairwise((0, *requires))) or number in requires:
        raise Malformed("document.requires", provision=number)


def check_languages(languages: Sequence[Language], *, total: int) -> None:
    """Raises: Malformed unless the versions are of different languages and cover 1 to `total` in consecutive ranges."""
    expected = 1
    for version in languages:
        check_language(version.language)
        if version.first != expected or version.last < version.first:
            raise Malformed("document.languages")
        expected = version.last + 1
    if expected != total + 1 or len({version.language for version in languages}) != len(languages):
        raise Malformed("document.languages")


def check_language(tag: str) -> str:
    """Return a tag that a document may name a language by. Raises: Malformed("document.language-tag")."""
    if not _LANGUAGE.fullmatch(tag):
        raise Malformed("document.language-tag")
    return tag


def _check_identifier(identifier: str, number: int) -> None:
    if not is_identifier(identifier):
        raise Malformed("document.identifier", provision=number)


def _check_tree(version: Language, provisions: Sequence[Provision]) -> None:
    """One language's range: numbers are places, parents hold what follows them, identifiers are unique and nest."""
    open_: list[Provision] = []
    eids: set[str] = set()
    wids: set[str] = set()
    for place in range(version.first, version.last + 1):
        provision = provisions[place - 1]
        if provision.number != place or provision.language != version.language:
            raise Malformed("document.place", provision=place)
        while open_ and open_[-1].number != provision.parent:
            open_.pop()
        if len(open_) >= MAX_DEPTH or (provision.parent and not open_):
            raise Malformed("document.parent", provision=place)
        _check_nesting(provision, open_)
        if provision.e_id in eids or provision.w_id in wids:
            raise Malformed("document.identifier-twice", provision=place)
        eids.add(provision.e_id)
        wids.add(provision.w_id)
        if any(not version.first <= number <= version.last for number in provision.requires):
            raise Malformed("document.requires", provision=place)
        open_.append(provision)


def _check_nesting(provision: Provision, holders: Sequence[Provision]) -> None:
    above = f"{holders[-1].e_id}__" if holders else ""
    step = provision.e_id.removeprefix(above)
    if not provision.e_id.startswith(above) or "__" in step or step.split("_")[0] != ABBREVIATIONS[provision.kind]:
        raise Malformed("document.identifier", provision=provision.number)
    if not {holder.number for holder in holders} <= set(provision.requires):
        raise Malformed("document.requires", provision=provision.number)
