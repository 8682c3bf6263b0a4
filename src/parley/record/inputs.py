"""What a record is made from, as values and as the files that lie in it: its list, evidence, press, trust.

    site.json                               this list, canonical JSON
    evidence/us-1.evidence                  what became of a paper, and what was said and agreed about it
    evidence/us-1-excerpt-1.evidence        an excerpt of it
    press.toml                              what others printed, and which agreements are read, where there is any
    agreements/new-start.toml               an agreement that press.toml names
    parties.trust                           the maker's list of whose keys are whose, where there is one

Whoever has these files can write every page again. Reading them verifies their form alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from parley import canonical
from parley.canonical import Record, Time
from parley.crypto import Digest
from parley.errors import Malformed
from parley.record import press as press_file
from parley.terms import PartyId
from parley.words import LANGUAGES

FORM = 1
LIST, PRESS, TRUST = "site.json", "press.toml", "parties.trust"
MAX_PAPERS, MAX_EXCERPTS = 10_000, 1_000

_REFERENCE = re.compile(r"[A-Z][A-Z0-9-]{0,31}-[1-9][0-9]{0,6}")
_HANDLE = re.compile(r"[a-z]{2,20}-[a-z]{2,20}")
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:-]{1,200}(/[A-Za-z0-9._~-]{1,100}){0,10}/")


class PaperListed(Record, frozen=True):
    """A paper of the list: its digest, how its parties name it, how many excerpts of it there are."""

    digest: Digest
    excerpts: Annotated[int, Meta(ge=0, le=MAX_EXCERPTS)]
    reference: str

    def __post_init__(self) -> None:
        if not _REFERENCE.fullmatch(self.reference):
            raise Malformed("site.reference")


class Listed(Record, frozen=True):
    """The file site.json. `address` is where the record will be read, for the feed; `by` is the party that made it."""

    address: str | None
    as_of: Time
    by: PartyId
    edition: str
    form: int
    handle: str
    languages: tuple[str, ...]
    papers: tuple[PaperListed, ...]
    press: bool
    trust: bool

    def __post_init__(self) -> None:
        if not _HANDLE.fullmatch(self.handle):
            raise Malformed("site.handle")
        if not self.languages or len(set(self.languages)) != len(self.languages) or set(self.languages) - {*LANGUAGES}:
            raise Malformed("site.languages")
        if self.address is not None:
            check_address(self.address)
        for named in ([each.reference for each in self.papers], [each.digest for each in self.papers]):
            if len(set(named)) != len(named) or len(named) > MAX_PAPERS:
                raise Malformed("site.papers")


def check_address(text: str) -> str:
    """Where a record will be read: http or https, a plain path, a slash at its end. Raises: Malformed."""
    if not _ADDRESS.fullmatch(text):
        raise Malformed("site.address", text=text[:80])
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperInput:
    """A paper: evidence of kind `act` about it, and its public excerpts, each with the page's file name."""

    reference: str
    digest: Digest
    evidence: bytes
    excerpts: tuple[bytes, ...] = ()

    @property
    def stem(self) -> str:
        """How its files are called."""
        return self.reference.lower()

    def files(self) -> Iterator[tuple[str, bytes]]:
        yield f"evidence/{self.stem}.evidence", self.evidence
        for number, excerpt in enumerate(self.excerpts, start=1):
            yield excerpt_file(self.stem, number), excerpt


def agreement_file(name: str) -> str:
    """Where an agreement lies that the press file calls so, with its ending or without."""
    return f"agreements/{name.removesuffix('.toml')}.toml"


def excerpt_file(stem: str, number: int) -> str:
    return f"evidence/{stem}-excerpt-{number}.evidence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Everything that a record is a function of, beside the edition of its words and forms.

    `agreements` are those that the press file names, in its order, each by that name without its ending, with its file.
    """

    by: str
    handle: str
    as_of: Time
    papers: tuple[PaperInput, ...]
    languages: tuple[str, ...] = LANGUAGES
    address: str | None = None
    press: bytes | None = None
    trust: bytes | None = None
    agreements: tuple[tuple[str, bytes], ...] = ()

    def files(self, edition: str) -> dict[str, bytes]:
        """The inputs as the files that lie in the record. Raises: Malformed for what cannot be listed."""
        listed = Listed(
            address=self.address,
            as_of=self.as_of,
            by=self.by,
            edition=edition,
            form=FORM,
            handle=self.handle,
            languages=self.languages,
            papers=tuple(
                PaperListed(digest=each.digest, excerpts=len(each.excerpts), reference=each.reference)
                for each in self.papers
            ),
            press=self.press is not None,
            trust=self.trust is not None,
        )
        found = {LIST: canonical.encode(listed) + b"\n"}
        canonical.decode(found[LIST][:-1], Listed)  # what could not be read again is not written
        for paper in self.papers:
            found.update(paper.files())
        found.update({agreement_file(name): data for name, data in self.agreements})
        found.update({name: data for name, data in ((PRESS, self.press), (TRUST, self.trust)) if data is not None})
        return found


def read_list(data: bytes) -> Listed:
    """The list of a record. Raises: Malformed("site.version") for a later form, Malformed for other bytes."""
    if not data.endswith(b"\n"):
        raise Malformed("site.last-line")
    value = canonical.decode_any(data[:-1])
    if not isinstance(value, dict) or type(value.get("form")) is not int:
        raise Malformed("site.version")
    if value["form"] != FORM:
        raise Malformed("site.version")
    return canonical.convert(value, Listed)


def read(files: Mapping[str, bytes]) -> tuple[Listed, Inputs]:
    """The inputs out of a record's files. Raises: Malformed("site.missing", file) and as `read_list`."""
    listed = read_list(_one(files, LIST))
    papers = tuple(_paper(files, each) for each in listed.papers)
    press = _one(files, PRESS) if listed.press else None
    return listed, Inputs(
        by=listed.by,
        handle=listed.handle,
        as_of=listed.as_of,
        papers=papers,
        languages=listed.languages,
        address=listed.address,
        press=press,
        trust=_one(files, TRUST) if listed.trust else None,
        agreements=tuple((name.removesuffix(".toml"), _one(files, agreement_file(name))) for name in _named(press)),
    )


def _named(press: bytes | None) -> tuple[str, ...]:
    """The agreements that a press file names; what is wrong with such a file is said where its quotations are read."""
    try:
        return press_file.agreements(press) if press is not None else ()
    except Malformed:
        return ()


def _paper(files: Mapping[str, bytes], listed: PaperListed) -> PaperInput:
    stem = listed.reference.lower()
    return PaperInput(
        reference=listed.reference,
        digest=listed.digest,
        evidence=_one(files, f"evidence/{stem}.evidence"),
        excerpts=tuple(_one(files, excerpt_file(stem, number)) for number in range(1, listed.excerpts + 1)),
    )


def _one(files: Mapping[str, bytes], name: str) -> bytes:
    if name not in files:
        raise Malformed("site.missing", file=name)
    return files[name]


__all__: Sequence[str] = (
    "Inputs",
    "Listed",
    "PaperInput",
    "PaperListed",
    "agreement_file",
    "check_address",
    "read",
    "read_list",
)
