"""Papers beside one another, and beside a text from elsewhere: opened in memory, nothing of it kept or sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from parley.articulate import Particulars, articulate, media_type_of
from parley.client.opening import open_paper
from parley.client.receiving import readable
from parley.client.references import Found
from parley.client.session import Session
from parley.client.viewing import may
from parley.document import Document
from parley.errors import Malformed, Refused, Unavailable
from parley.identifiers import Kind
from parley.negotiation.comparison import Comparison, Index, Provided
from parley.negotiation.coverage import Coverage, Held, cover
from parley.negotiation.folding import tokens
from parley.negotiation.outline import called
from parley.negotiation.redline import Redline, redline
from parley.wording import canonical_line, cleaned

SeenAs = Literal["proposal", "response"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageView:
    """What answers a paper. `coverage` is None where nothing open here replies to it, or it replies to nothing.

    `unopened` are replies that wait for a receipt or went to others; `replaced` says that a response named itself was
    replaced since.
    """

    reference: str
    seen_as: SeenAs
    coverage: Coverage | None
    unopened: tuple[str, ...]
    replaced: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedText:
    """A text from elsewhere beside papers that are open here; `whole` are papers that are one file, without words."""

    name: str
    papers: tuple[str, ...]
    whole: tuple[str, ...]
    comparison: Comparison


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedPapers:
    """What changed from one paper to another."""

    old: str
    new: str
    redline: Redline


def coverage(session: Session, reference: str, seen_as: SeenAs | None) -> CoverageView:
    """Which articles were answered: of the paper named, or, when that replies to one, of the paper it replies to.

    Raises: Refused("coverage.replies-to-nothing") for a response that is none, and as `read` for what is not open here.
    """
    with suppress(Unavailable):  # what is held can be read without the depositary
        session.sync()
    negotiation, paper = readable(session, reference)
    answered = paper.act.in_reply_to
    seen_as = seen_as or ("response" if answered is not None else "proposal")
    if seen_as == "response" and answered is None:
        raise Refused("coverage.replies-to-nothing", reference=paper.reference)
    if seen_as == "response" and answered is not None:
        proposal, replies = readable(session, answered.hex())[1], [paper]
    else:
        proposal = paper
        replies = [
            each
            for each in sorted(negotiation.papers.values(), key=lambda each: each.at.index)
            if each.act.in_reply_to == paper.digest and each.replaced_by is None
        ]
    opened = [each for each in replies if "read" in may(session, each)]
    replacing = negotiation.papers.get(paper.replaced_by) if paper.replaced_by is not None else None
    return CoverageView(
        reference=proposal.reference,
        seen_as=seen_as,
        coverage=_cover(session, (negotiation, proposal), [(negotiation, each) for each in opened]) if opened else None,
        unopened=tuple(each.reference for each in replies if each not in opened),
        replaced=replacing.reference if replacing is not None and seen_as == "response" else None,
    )


def _cover(session: Session, proposal: Found, responses: Sequence[Found]) -> Coverage:
    return cover(_held(session, proposal), [_held(session, each) for each in responses])


def _held(session: Session, found: Found) -> Held:
    paper = found[1]
    return Held(reference=paper.reference, digest=paper.digest, document=open_paper(session, paper.act).document)


def compare_text(session: Session, name: str, data: bytes, reference: str | None) -> ComparedText:
    """Compare a file's text with one paper, or with all that are open here.

    Hidden characters in the file are taken out first. Raises: Malformed("compare.no-text") for a file whose words
    cannot be read, Refused("compare.whole") for a paper that is one file, Refused("compare.nothing-open").
    """
    passages = _passages(name, data)
    if reference is not None:
        found = [readable(session, reference)]
    else:
        in_order = sorted(session.known.world.papers(), key=lambda each: each[1].at.index)
        found = [each for each in in_order if "read" in may(session, each[1])]
    held = [_held(session, each) for each in found]
    whole = [each.reference for each in held if _is_file(each.document)]
    worded = [each for each in held if not _is_file(each.document)]
    if reference is not None and whole:
        raise Refused("compare.whole", reference=whole[0])
    if not worded:
        raise Refused("compare.nothing-open")
    headings = {tuple(tokens(text)) for each in worded for text in _headings(each.document)}
    comparison = Index(provision for each in worded for provision in _provided(each)).compare(
        [text for text, heading in passages if not (heading and tuple(tokens(text)) in headings)],
        whole=reference is not None,
    )
    papers = tuple(each.reference for each in worded)
    return ComparedText(name=name, papers=papers, whole=tuple(whole), comparison=comparison)


def compare_papers(session: Session, first: str, second: str) -> ComparedPapers:
    """What changed from one paper to the other. Raises: Refused("compare.whole"), and as `read`."""
    old, new = (_held(session, readable(session, each)) for each in (first, second))
    for each in (old, new):
        if _is_file(each.document):
            raise Refused("compare.whole", reference=each.reference)
    return ComparedPapers(old=old.reference, new=new.reference, redline=redline(old.document, new.document))


def _provided(held: Held) -> Iterator[Provided]:
    for each in held.document.provisions:
        name = called(held.document, each.number)
        yield Provided(reference=held.reference, number=each.number, name=name, words=each.words)


def _headings(document: Document) -> Iterator[str]:
    yield document.title
    for each in document.provisions:
        yield each.heading
        yield each.label


def _is_file(document: Document) -> bool:
    return document.provisions[0].kind is Kind.FILE


def _passages(name: str, data: bytes) -> list[tuple[str, bool]]:
    """The paragraphs of a file, and which are headings."""
    if media_type_of(name).startswith("text/"):
        with suppress(UnicodeDecodeError):  # articulating says in which line
            data = cleaned(data.decode("utf-8-sig"))[0].encode("utf-8")
    document = articulate(name, data, Particulars(language="und"))
    if _is_file(document):
        raise Malformed("compare.no-text", file=name)
    found = [(document.title, True)] if document.title != canonical_line(name) else []
    for each in document.provisions:
        found += [(text, heading) for text, heading in ((each.heading, True), (each.words, False)) if text]
    return found
