"""Work with what is open here: what was answered, what changed, and what of a text from elsewhere stands in a paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from parley.cli.command import Word, command
from parley.cli.session import Session
from parley.errors import Malformed
from parley.words import say
from parley.words.neutral import shown
from parley.words.table import table, wrap
from parley.words.telling import listed

if TYPE_CHECKING:
    from parley.client.comparing import ComparedPapers, ComparedText
    from parley.negotiation.coverage import Article, Coverage, Given
    from parley.negotiation.differing import Segment

PATH = click.Path(path_type=Path)


# --- what was answered ------------------------------------------------------------------------------------------


@command("coverage", data=True)
@click.argument("reference", default="latest")
@click.option("--as", "as_", type=Word(("proposal", "response")))
def coverage(session: Session, reference: str, as_: Literal["proposal", "response"] | None) -> None:
    from parley.cli.progress import working

    with session.delegation() as delegation, working(session, say("working.fetching")):
        view = delegation.coverage(reference, seen_as=as_)
    if session.json:
        session.print_json("coverage", view)
        return
    found = view.coverage
    if found is None:
        session.tell(say("coverage.no-reply", reference=view.reference))
    elif not found.answers_anything:
        responses = listed(found.responses)
        session.tell(say("coverage.answers-nothing", responses=responses, reference=view.reference))
    else:
        session.data(coverage_lines(session, found))
        session.tell(say("coverage.meaning"))
    if view.unopened:
        session.tell(say("coverage.unopened", references=listed(view.unopened)))
    if view.replaced and found:
        session.tell(say("coverage.replaced", reference=found.responses[0], replaced=view.replaced))


def coverage_lines(session: Session, found: Coverage) -> list[str]:
    """The table, its totals, and what of the responses answers nothing."""
    from parley.negotiation.coverage import State

    columns = ("article" if found.by_article else "part", "state", "position", "by")
    rows = [row for article in found.articles for row in _article_rows(session, article)]
    rows += [[_named(each), say("coverage.beside"), *_answer(each)] for each in found.beside]
    head = [say(f"coverage.{column}") for column in columns]
    lines = table(head, rows, plain=session.lines_only, most=session.width)
    counts = {state.value: found.count(state) for state in State}
    key = "coverage.totals" if found.by_article else "coverage.totals-parts"
    lines += ["", say(key, total=len(found.articles), reference=found.reference, **counts)]
    if found.loose:
        lines += ["", say("coverage.loose", reference=found.reference)]
    for each in found.loose:
        line = f"  {each.reference} {shown(each.name)}"
        lines.append(f"{line} {say('coverage.elsewhere')}" if each.elsewhere else line)
    return lines


def _article_rows(session: Session, article: Article) -> Iterator[list[str]]:
    """A row for each answer, or one without; the article stands in the first, or in each where lines are read alone."""
    name, state = shown(article.name), say(f"coverage.{article.state.value}")
    if not article.given:
        yield [name, state, "", ""]
    for number, each in enumerate(article.given):
        position, by = _answer(each)
        if number == len(article.given) - 1 and article.open:
            by += f"; {say('coverage.open', names=', '.join(map(shown, article.open)))}"
        repeated = number and not session.lines_only
        yield ["" if repeated else name, "" if repeated else state, position, by]


def _answer(each: Given) -> tuple[str, str]:
    by = f"{each.reference} {shown(each.name)}"
    return say(f"positions.{each.position.value}"), f"{by} ({say('coverage.ranged')})" if each.ranged else by


def _named(each: Given) -> str:
    if each.named is None:
        return say("coverage.whole-paper")
    return shown(each.named_name) if each.named_name else say("coverage.not-there", number=each.named)


# --- what changed, what was found -------------------------------------------------------------------------------


@command("compare", data=True)
@click.argument("first", metavar="A")
@click.argument("second", required=False, metavar="[B]")
@click.option("--html", type=PATH, metavar="FILE")
def compare(session: Session, first: str, second: str | None, html: Path | None) -> None:
    from parley.cli.files import check_new
    from parley.client.references import is_reference

    if html is not None:
        check_new(html)
    papers = [text for text in (first, second) if text is not None and is_reference(text)]
    files = [text for text in (first, second) if text is not None and not is_reference(text)]
    if len(files) > 1:
        raise Malformed("use.two-files")
    if files:
        _compare_text(session, Path(files[0]), papers[0] if papers else None, html)
    elif second is None:
        raise Malformed("use.one-paper", reference=first)
    else:
        _compare_papers(session, first, second, html)
    session.tell(say("compare.own-eyes"))


def _compare_text(session: Session, file: Path, reference: str | None, html: Path | None) -> None:
    from parley.articulate import media_type_of
    from parley.articulate.builder import MAX_TEXT
    from parley.cli.files import LARGEST_SMALL, read_file
    from parley.cli.progress import working

    most = MAX_TEXT if media_type_of(file.name).startswith("text/") else LARGEST_SMALL
    data = read_file(file, most=most)
    with session.delegation() as delegation, working(session, say("working.comparing")):
        found = delegation.compare_text(file.name, data, reference)
    if html is not None:
        _write(session, html, _text_page(found))
    if session.json:
        session.print_json("compared", found)
        return
    if html is None:
        _show(session, text_lines(session, found))
    if found.whole:
        session.tell(say("compare.whole", references=listed(found.whole)))
    session.tell(say("compare.not-proven"))


def text_lines(session: Session, found: ComparedText) -> list[str]:
    """The provisions found, each with what differs, and what stands nowhere."""
    from parley.negotiation.comparison import Likeness

    comparison, papers = found.comparison, listed(found.papers)
    hits = [each for each in comparison.matches if each.likeness is not Likeness.NONE]
    if not hits:
        return [say("compare.nothing", file=found.name, papers=papers)]
    head = [say(f"compare.{column}") for column in ("provision", "found", "share")]
    rows = [
        [f"{each.reference} {shown(each.name)}", _likeness(each.likeness, each.too_short), _percent(each.share)]
        for each in comparison.matches
    ]
    lines = [*table(head, rows, plain=session.lines_only), "", _text_totals(found)]
    differing = [each for each in hits if each.likeness is not Likeness.IDENTICAL]
    lines += ["", say("compare.legend")] if differing else []
    for each in differing:
        lines += ["", f"{each.reference} {shown(each.name)}: {_likeness(each.likeness, False)}, {_percent(each.share)}"]
        lines += _marked(session, each.segments)
    if not comparison.nowhere:
        return [*lines, "", say("compare.everywhere", file=found.name)]
    lines += ["", say("compare.nowhere")]
    for passage in comparison.nowhere:
        lines += [f"  {line}" for line in wrap(shown(passage, lines=True), session.width - 2)]
    return lines


def _text_totals(found: ComparedText) -> str:
    from parley.negotiation.comparison import Likeness

    comparison, papers = found.comparison, listed(found.papers)
    counts = {each.value: comparison.count(each) for each in Likeness}
    if comparison.whole:
        return say("compare.text-totals", total=len(comparison.matches), papers=papers, **counts)
    del counts["none"]
    return say("compare.text-found", papers=papers, **counts)


def _likeness(likeness: str, too_short: bool) -> str:
    return say("compare.too-short") if too_short and likeness == "none" else say(f"compare.{likeness}")


def _percent(share: int) -> str:
    return say("compare.percent", share=share) if share else ""


def _compare_papers(session: Session, first: str, second: str, html: Path | None) -> None:
    from parley.cli.progress import working

    with session.delegation() as delegation, working(session, say("working.comparing")):
        found = delegation.compare_papers(first, second)
    if html is not None:
        _write(session, html, _papers_page(found))
    if session.json:
        session.print_json("redline", found)
    elif html is None:
        _show(session, redline_lines(session, found))


def redline_lines(session: Session, found: ComparedPapers) -> list[str]:
    """Every provision that is not the same, with what differs; renumbered ones by their names alone."""
    from parley.negotiation.redline import Change

    lines = [_redline_totals(found)]
    if found.redline.count(Change.SAME) == len(found.redline.lines):
        return [*lines, say("compare.redline-same", old=found.old, new=found.new)]
    lines.append(say("compare.redline-legend", old=found.old, new=found.new))
    for each in found.redline.lines:
        if each.change is Change.SAME and not each.renumbered:
            continue
        lines += ["", f"{say(f'compare.{each.change.value}')}: {_names(each.old_name, each.new_name)}"]
        if each.change is not Change.SAME:
            lines += _marked(session, each.heading) if len(each.heading) > 1 else []
            lines += _marked(session, each.words)
    return lines


def _redline_totals(found: ComparedPapers) -> str:
    from parley.negotiation.redline import Change

    counts = {change.value: found.redline.count(change) for change in Change}
    return say("compare.redline-totals", old=found.old, new=found.new, **counts)


def _names(old: str | None, new: str | None) -> str:
    if old is not None and new is not None and old != new:
        return say("compare.renamed", old=old, new=new)
    return shown(old or new or "")


def _marked(session: Session, segments: Sequence[Segment]) -> list[str]:
    """Segments as text with signs for what is on one side only."""
    from parley.words.compared import marked

    text = marked(segments)
    return [f"  {line}" for line in wrap(shown(text, lines=True), session.width - 2)] if text else []


def _show(session: Session, lines: Sequence[str]) -> None:
    from parley.cli.pager import page

    page(session, lines)


# --- as a page --------------------------------------------------------------------------------------------------


def _write(session: Session, file: Path, page: str) -> None:
    from parley.cli.files import write_new

    write_new(file, page.encode("utf-8"), private=True)
    session.tell(say("compare.written", file=file))


def _text_page(found: ComparedText) -> str:
    from parley.words.compared import Beside, compared_page

    papers = listed(found.papers)
    rows = [
        Beside(
            word=_likeness(each.likeness, each.too_short),
            name=f"{each.reference} {each.name}",
            segments=each.segments,
        )
        for each in found.comparison.matches
    ]
    return compared_page(
        say("compare.page-text", file=found.name, papers=papers),
        summary=_text_totals(found),
        notes=(say("compare.not-proven"), say("compare.own-eyes")),
        sides=(papers, found.name),
        rows=rows,
        nowhere=found.comparison.nowhere,
    )


def _papers_page(found: ComparedPapers) -> str:
    from parley.words.compared import Beside, compared_page

    rows = [
        Beside(
            word=say(f"compare.{each.change.value}"),
            name=_names(each.old_name, each.new_name),
            segments=(*(each.heading if len(each.heading) > 1 else ()), *each.words),
        )
        for each in found.redline.lines
    ]
    return compared_page(
        say("compare.page-papers", old=found.old, new=found.new),
        summary=_redline_totals(found),
        notes=(say("compare.own-eyes"),),
        sides=(found.old, found.new),
        rows=rows,
        nowhere=(),
    )
