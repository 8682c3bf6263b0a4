"""What a paper is and what its sender asks, in sentences: the same on every screen, page and slip."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from parley.canonical import Time
from parley.envelope import Cover
from parley.terms import PRESETS, PublicationRule, Terms, preset
from parley.words import say, term
from parley.words.clock import Clocks
from parley.words.neutral import shown

Naming = Callable[[str], str]


def listed(names: Iterable[str]) -> str:
    """Names in a row, the last two joined by "and"."""
    found = [shown(name) for name in names]
    if len(found) < 2:
        return "".join(found)
    return say("telling.and", first=", ".join(found[:-1]), last=found[-1])


def preset_name(terms: Terms, parties: Sequence[str]) -> str:
    """The preset that these terms are for sender and recipients, else `own`: audience and embargo do not count."""
    for name in PRESETS:
        candidate = preset(name, parties=tuple(parties), force=terms.force)
        if (candidate.publication, candidate.author_free) == (terms.publication, terms.author_free):
            return name
    return "own"


def terms_head(terms: Terms, parties: Sequence[str]) -> str:
    """`essence, asked by the sender`."""
    name = term("presets", preset_name(terms, parties))
    return say("telling.terms-head", name=name, force=say(f"terms-sentences.{terms.force}"))


def terms_lines(terms: Terms, cover: Cover | None, *, naming: Naming, clocks: Clocks) -> list[str]:
    """What the terms ask, a sentence each; with the cover, also whom the paper was and may be shown to."""
    found = _publication(terms, naming)
    if terms.publication.excerpts.mode != "none":
        found.insert(0, say("terms-sentences.about"))
    return [*found, *_beside(terms, cover, naming, clocks, "terms-sentences")]


def _beside(terms: Terms, cover: Cover | None, naming: Naming, clocks: Clocks, table: str) -> list[str]:
    """What the terms say beside the two rules, in the sentences of a table."""
    found = [say(f"{table}.author-free" if terms.author_free else f"{table}.author-bound")]
    if terms.embargo is not None:
        found.append(say("terms-sentences.embargo", time=clocks.instant(terms.embargo)))
    if terms.audience:
        found.append(say("terms-sentences.audience", parties=listed(map(naming, terms.audience))))
    if cover and cover.shown_by_sender:
        found.append(say("terms-sentences.shown", names=listed(cover.shown_by_sender)))
    if cover and cover.may_show:
        found.append(say("terms-sentences.may-show", names=listed(cover.may_show)))
    return found


def brief_terms(
    terms: Terms, cover: Cover | None, *, parties: Sequence[str], naming: Naming, clocks: Clocks
) -> list[str]:
    """`terms_lines`, each short enough for a line of a screen; `parties` are the sender, then the recipients."""
    found = [] if terms.publication.excerpts.mode == "none" else [say("terms-brief.about")]
    excerpts, full = terms.publication.excerpts, terms.publication.full
    if excerpts.mode == full.mode and excerpts.mode != "consent":
        found.append(say(f"terms-brief.{excerpts.mode}"))
    else:
        for extent, rule in (("excerpts", excerpts), ("full", full)):
            values = {"parties": _agreeing(rule, parties, naming)} if rule.mode == "consent" else {}
            found.append(say(f"terms-brief.{extent}-{rule.mode}", **values))
    return [*found, *_beside(terms, cover, naming, clocks, "terms-brief")]


def _agreeing(rule: PublicationRule, parties: Sequence[str], naming: Naming) -> str:
    """Whose consent is asked: all who have the paper, in a word, else by name."""
    if set(rule.parties) == set(parties):
        return say("terms-brief.both-sides" if len(rule.parties) == 2 else "terms-brief.all-sides")
    return listed(map(naming, rule.parties))


def _publication(terms: Terms, naming: Naming) -> list[str]:
    excerpts, full = terms.publication.excerpts, terms.publication.full
    if excerpts.mode == full.mode and excerpts.mode != "consent":
        return [say(f"terms-sentences.{excerpts.mode}")]
    return [_rule("excerpts", excerpts, naming), _rule("full", full, naming)]


def _rule(extent: str, rule: PublicationRule, naming: Naming) -> str:
    key = f"terms-sentences.{extent}-{rule.mode}"
    return say(key, parties=listed(map(naming, rule.parties))) if rule.mode == "consent" else say(key)


def what(*, role: str, in_reply_to: str | None, standing: str, another: bool = False) -> str:
    """`response to RU-1 · NON-PAPER`: how the sender designates a paper; `another` is one that has no name here."""
    designation = term("roles", role)
    if another:
        designation = say("telling.in-reply-to-another", role=designation)
    elif in_reply_to:
        designation = say("telling.in-reply-to", role=designation, reference=in_reply_to)
    return say("telling.what", role=designation, standing=term("standings", standing))


def cover_rows(cover: Cover, *, clocks: Clocks) -> list[tuple[str, str]]:
    """What stands on the cover, as names and values; the sender's words, checked by nobody."""
    rows = [(say("cover.subject"), cover.subject)]
    rows.append((say("cover.precedence"), term("precedences", cover.precedence)))
    if cover.reference:
        rows.append((say("cover.reference"), cover.reference))
    if cover.pages:
        rows.append((say("cover.pages"), str(cover.pages)))
    if len(cover.languages) > 1:  # one is said of the paper already
        rows.append((say("cover.languages"), ", ".join(cover.languages)))
    if cover.also_handed_over:
        rows.append((say("cover.also"), handed_over(cover, clocks)))
    if cover.note:
        rows.append((say("cover.note"), cover.note))
    return [(name, shown(value)) for name, value in rows]


def handed_over(cover: Cover, clocks: Clocks) -> str:
    """That the paper was also given by hand, as its sender says."""
    also = cover.also_handed_over
    return say("cover.also-value", by=also.by, to=also.to, time=clocks.instant(also.at)) if also else ""


def ranges(numbers: Sequence[int]) -> str:
    """Increasing numbers in a row, three or more that follow one another as `4–7`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)


def provisions(numbers: Sequence[int] | None) -> str:
    """`provision 3`, `provisions 3 and 5`, or the whole paper."""
    if numbers is None:
        return say("telling.all")
    key = "telling.provision" if len(numbers) == 1 else "telling.provisions"
    return say(key, numbers=listed(map(str, numbers)))


def delivery_sentence(state: str, *, party: str, fault: str | None, reason: str | None, available: str = "") -> str:
    """Where a paper stands with one recipient; `available`: since when the part that opens it was at its disposal."""
    key = f"state-sentences.{state}"
    if state == "faulted":
        return say(key, party=party, fault=term("fault-reasons", fault or "form"))
    if state == "refused":
        key = key if available else "state-sentences.refused-unread"
        return say(key, party=party, reason=term("refusal-reasons", reason or "none_given"))
    if state == "made available":
        return say(key, party=party, time=available)
    return say(key, party=party)


def at(time: Time | None, clocks: Clocks) -> str:
    """An instant, or the word for "not yet"."""
    return clocks.instant(time) if time is not None else say("telling.not-yet")


def left_out(what: str, count: int) -> str:
    """That something of a file is not in its text: what, by its code, and how many."""
    return say("left-out.line", what=say(f"left-out.{what}"), count=count)
