"""A verdict in sentences: what is shown, by whose keys, and at the end always what is not shown."""

from __future__ import annotations

from collections.abc import Callable

from parley.act import DEPOSITARY, Act, Enrol
from parley.answers import Delivered, Delivery, ReleaseAnswer, Released, TextAnswer
from parley.canonical import Time
from parley.conviction import Conviction, Crime
from parley.findings import NotShown, PaperShown
from parley.verdict import ActShown, PartyShown, Result, Step, Verdict
from parley.words import explain_code, say, term, with_article
from parley.words.clock import Clocks
from parley.words.neutral import shown
from parley.words.telling import listed, ranges, what

Naming = Callable[[str], str]


def naming_of(verdict: Verdict) -> Naming:
    """How a verdict calls parties: as the reader's trust file does, else by the id they bear in the file."""
    names = {party.party: party.name for party in verdict.parties if party.name is not None}

    def name(party: str) -> str:
        if party == DEPOSITARY:
            return say("verdict.depositary")
        return with_article(shown(names[party])) if party in names else say("verdict.unchecked-name", party=party)

    return name


def clocks_of(verdict: Verdict) -> Clocks:
    """The clocks that the enrolments in the file name."""
    return Clocks.of(act.act.zone for act in verdict.acts if isinstance(act.act, Enrol))


def verdict_lines(verdict: Verdict, page: str | None = None) -> list[str]:
    """The verdict as a person reads it: first what would mislead whoever read no further, then the answer.

    `page` is what is to be said of the page that the evidence stood in.
    """
    naming, clocks = naming_of(verdict), clocks_of(verdict)
    alarms = alarm_lines(verdict, naming, clocks)
    lines = [*alarms, *([""] if alarms else []), *([page, ""] if page is not None else [])]
    lines += [head(verdict), say("verdict.register", log=verdict.log), ""]
    for paper in verdict.papers:
        lines += [*_paper(verdict, paper, naming, clocks), ""]
    if verdict.text is not None:
        lines += [*_excerpt(verdict, verdict.text, naming, clocks), ""]
    if verdict.conviction is not None:
        lines += [*conviction_lines(verdict.conviction), ""]
    if not verdict.papers and verdict.conviction is None:
        lines += [*(_act(act, naming, clocks) for act in verdict.acts if act.act is not None), ""]
    lines += [*_powers(verdict, naming), *digit_lines(verdict), *number_lines(verdict)]
    return [*lines, not_shown(verdict, naming)]


def alarm_lines(verdict: Verdict, naming: Naming, clocks: Clocks) -> list[str]:
    """What must be read before anything else: no receipt for the one paper, words left out, one side, a few only."""
    found = []
    if len(verdict.papers) == 1:
        (paper,) = verdict.papers
        said = zip(delivery_lines(verdict, paper, naming, clocks), paper.delivery, strict=True)
        found += [line for line, answer in said if answer.word is Delivery.NO_RECEIPT]
    if verdict.text is not None and verdict.text.word == "incomplete":
        found.append(text_line(verdict.text))
    if verdict.release is not None and verdict.release.word is Released.ONE_SIDED:
        found += release_lines(verdict.release, naming, clocks)[:1]
    if verdict.release is not None:
        found += audience_lines(verdict.release, naming)
    return found


def head(verdict: Verdict) -> str:
    """The answer in one line."""
    if verdict.result is Result.PROVEN:
        return say("verdict.proven-fork" if verdict.conviction else "verdict.proven")
    if verdict.result is Result.DISPROVEN:
        return say("verdict.disproven")
    codes = {item.code for item in verdict.not_shown}
    if "log-identity" in codes:
        return say("verdict.no-trust-file")
    return say("verdict.unknown-party" if "party-identity" in codes else "verdict.incomplete")


def conviction_lines(found: Conviction) -> list[str]:
    """Of what the depositary is convicted, and by which entries: one, two, or two registers of one size."""
    crime = term("crimes", found.crime.name)
    if found.crime is Crime.TWO_ROOTS:
        line = say("verdict.convicts-size", crime=crime, first=found.first)
    elif found.first == found.second:
        line = say("verdict.convicts-one", crime=crime, first=found.first)
    else:
        line = say("verdict.convicts", crime=crime, first=found.first, second=found.second)
    return [line, *([say("verdict.rule", rule=explain_code(found.rule))] if found.rule else [])]


# --- papers -----------------------------------------------------------------------------------------------------


def _paper(verdict: Verdict, paper: PaperShown, naming: Naming, clocks: Clocks) -> list[str]:
    deposit, acts = paper.deposit, {act.digest: act for act in verdict.acts}
    reply = next((each.reference for each in verdict.papers if each.digest == deposit.in_reply_to), None)
    another = deposit.in_reply_to is not None and reply is None
    designation = what(role=deposit.role, in_reply_to=reply, standing=deposit.standing, another=another)
    to = listed(naming(recipient.party) for recipient in deposit.recipients)
    name = called(verdict, paper)
    lines = [say("verdict.paper", name=name, what=designation, sender=naming(deposit.by.party), to=to)]
    if paper.digest in acts:
        lines.append("  " + say("verdict.handed-in", time=between(acts[paper.digest], clocks)))
    delivered = delivery_lines(verdict, paper, naming, clocks)
    if verdict.text is not None:
        delivered = [_headed("delivery", line) for line in delivered]
    return lines + [f"  {line}" for line in delivered]


def called(verdict: Verdict, paper: PaperShown) -> str:
    """How a verdict calls a paper: by its reference where the file is a history, else by its place in the file."""
    if paper.reference:
        return say("verdict.paper-named", reference=paper.reference)
    if len(verdict.papers) > 1:
        return say("verdict.paper-place", number=verdict.papers.index(paper) + 1)
    return say("verdict.paper-here")


def digit_lines(verdict: Verdict) -> list[str]:
    """The first digits of each paper, and of what it answers: for whoever keeps a register, and far from the answer."""
    lines = []
    for paper in verdict.papers:
        name = called(verdict, paper)
        lines.append(say("verdict.digits", name=name, digits=paper.digest.hex()[:8]))
        if paper.deposit.in_reply_to:
            lines.append(say("verdict.digits-answered", digits=paper.deposit.in_reply_to.hex()[:8]))
    return lines


def _headed(answer: str, says: str) -> str:
    return say("answers.line", head=say(f"answers.{answer}"), says=says)


def delivery_lines(verdict: Verdict, paper: PaperShown, naming: Naming, clocks: Clocks) -> list[str]:
    """What the file shows of a paper's delivery, a sentence for each recipient."""
    acts, at_once = {act.digest: act for act in verdict.acts}, paper.deposit.opening.kind == "at_once"
    return [
        _delivery(answer, acts.get(answer.act) if answer.act else None, naming, clocks, at_once=at_once)
        for answer in paper.delivery
    ]


def _delivery(answer: Delivered, act: ActShown | None, naming: Naming, clocks: Clocks, *, at_once: bool) -> str:
    key = f"delivery.{answer.word.name.lower().replace('_', '-')}"
    if answer.word is Delivery.REFUSED and not at_once:
        # Nothing is handed over without a receipt. What opens at once may have been read, whether or not the file
        # shows the handover: it may have been left out.
        key = "delivery.refused-unread"
    if answer.word is Delivery.NO_RECEIPT or act is None:
        return say("delivery.no-receipt", party=naming(answer.party))
    if answer.word is Delivery.REPLACED:
        return say(key, digits=act.digest.hex()[:8], time=clocks.instant(act.time))
    line = say(key, party=naming(answer.party), time=between(act, clocks))
    if answer.word is Delivery.DELIVERED:
        taken = "under_reserve" if answer.under_reserve else "accepted"
        line += " " + say("delivery.terms", taken=say(f"terms-sentences.{taken}"))
    return line


def between(act: ActShown, clocks: Clocks) -> str:
    """An act's time; between two instants where witnesses say so."""
    if act.earliest is not None and act.latest is not None:
        return say(
            "verdict.between",
            time=clocks.instant(act.time, seconds=True),
            first=_second(act.earliest, clocks),
            last=_second(act.latest, clocks),
        )
    if act.latest is not None:
        return say("verdict.by", time=clocks.instant(act.time, seconds=True), last=_second(act.latest, clocks))
    return clocks.instant(act.time, seconds=True)


def _second(time: Time, clocks: Clocks) -> str:
    return clocks.instant(time, seconds=True).split(" · ")[0]


def _excerpt(verdict: Verdict, text: TextAnswer, naming: Naming, clocks: Clocks) -> list[str]:
    """The answers about text and release; words are shown only where they are proven and released."""
    lines = [_headed("text", text_line(text))]
    first, *more = (
        release_lines(verdict.release, naming, clocks) if verdict.release else [say("release-answers.not-proven")]
    )
    lines += [_headed("release", first), *more]
    for leaf in text.provisions:
        lines += ["", " — ".join(shown(step) for step in leaf.path)]
        lines += [shown(leaf.words, lines=True)] if leaf.words else []
    return lines


def text_line(text: TextAnswer) -> str:
    """Whether the words shown stand in the paper, and what was left out."""
    key = f"text.{text.word.replace(' ', '-')}"
    if text.word not in ("genuine", "incomplete"):
        return say(key)
    omitted = ranges(text.omitted) or say("telling.none")
    values = {"shown": len(text.provisions), "total": text.total, "omitted": omitted}
    return say(key, **values, **({"missing": ranges(text.missing)} if text.word == "incomplete" else {}))


def release_lines(answer: ReleaseAnswer, naming: Naming, clocks: Clocks) -> list[str]:
    """By whose leave the words are shown, and from when on that counts."""
    parties = answer.missing if answer.word is Released.NOT_RELEASED else answer.parties
    named = listed(map(naming, parties)) or say("telling.nobody")
    lines = [say(f"release-answers.{answer.word.name.lower().replace('_', '-')}", parties=named)]
    lines += audience_lines(answer, naming)
    if answer.since is not None:
        lines.append(say("release-answers.since", time=clocks.instant(answer.since)))
    return lines


def audience_lines(answer: ReleaseAnswer, naming: Naming) -> list[str]:
    """To whom alone the words may be shown, where that is not the public."""
    if answer.audience is None or answer.audience.public or answer.word is Released.NOT_RELEASED:
        return []
    return [say("release-answers.audience", parties=listed(map(naming, answer.audience.parties)))]


# --- acts, powers, numbers --------------------------------------------------------------------------------------


def _act(act: ActShown, naming: Naming, clocks: Clocks) -> str:
    found = act.act
    assert isinstance(found, Act)  # noqa: S101 - the caller leaves bare digests out
    kind = term("acts", found.kind)
    return "  " + say("verdict.act", kind=kind, party=naming(found.by.party), time=between(act, clocks))


def _powers(verdict: Verdict, naming: Naming) -> list[str]:
    """Who signed what, under which powers."""
    lines = []
    for act in verdict.acts:
        for power in act.powers:
            if act.act is None:
                continue
            name = ", ".join(part for part in (power.name, power.office) if part) or say("names.unnamed-officer")
            values = {"kind": term("acts", act.act.kind), "name": name, "party": naming(act.act.by.party)}
            lines.append(say("verdict.power", entry=power.granted, **values))
    return lines


def number_lines(verdict: Verdict) -> list[str]:
    """The number to compare of every party that the reader's trust file does not vouch for."""
    unknown = [party for party in verdict.parties if party.name is None]
    if not unknown or verdict.conviction is not None:
        return []
    return [say("verdict.compare"), *(_number(party) for party in unknown)]


def _number(party: PartyShown) -> str:
    return "  " + say("verdict.number", party=party.party, number=party.number)


def not_shown(verdict: Verdict, naming: Naming) -> str:
    """The last line of every verdict."""
    return say("verdict.not-shown", what="; ".join(not_shown_lines(verdict, naming)))


def not_shown_lines(verdict: Verdict, naming: Naming) -> list[str]:
    """What a verdict does not show, each once, the most misleading first."""
    return list(dict.fromkeys(_not_shown(item, naming) for item in verdict.not_shown))


def _not_shown(item: NotShown, naming: Naming) -> str:
    values = {name: naming(str(value)) if name == "party" else value for name, value in item.details}
    if item.code == "party-identity":
        values = {"party": item.details[0][1]}
    return say(f"not-shown.{item.code}", **values)


def step_lines(steps: tuple[Step, ...]) -> list[str]:
    """The numbered steps of spec/evidence.md with what was computed, for those who check the checker."""
    lines, last = [], 0
    for step in steps:
        if step.number != last:
            lines.append(say("explain.step", number=step.number, what=say(f"explain.step-{step.number}")))
            last = step.number
        details = "  ".join(f"{name}={shown(str(value))}" for name, value in step.details)
        lines.append(f"     {step.label}  {details}")
    return lines
