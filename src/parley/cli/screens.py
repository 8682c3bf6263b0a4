"""What is shown before something is signed, and what a paper looks like on a screen. Values in, lines out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from parley.answers import Released
from parley.canonical import Time
from parley.cli.files import size
from parley.cli.session import Session
from parley.words import say, term
from parley.words.clock import Clocks, city, day, left, short_day
from parley.words.neutral import shown
from parley.words.table import aligned
from parley.words.telling import (
    at,
    brief_terms,
    cover_rows,
    delivery_sentence,
    left_out,
    listed,
    provisions,
    ranges,
    terms_head,
    what,
)

if TYPE_CHECKING:
    from parley.act import Holder
    from parley.client.disclosing import Leave, Selection
    from parley.client.views import Delivery, Draft, PaperView
    from parley.envelope import Cover
    from parley.terms import Terms

Rows = list[tuple[str, str]]
Set = tuple[tuple[int, ...] | None, tuple[str, ...]]
"""Provisions, None for all of them, and an audience, empty for the public."""


def clocks_of(session: Session, paper: PaperView) -> Clocks:
    """The clocks of everybody a paper concerns, our own first."""
    return session.clocks(paper.sender, *(delivery.party for delivery in paper.deliveries))


def parties_of(paper: PaperView) -> list[str]:
    return [paper.sender, *(delivery.party for delivery in paper.deliveries)]


def who(holder: Holder | None) -> str:
    """The holder of a key as people call an officer: name, office, or both."""
    parts = [part for part in ((holder.name, holder.office) if holder else ()) if part]
    return shown(", ".join(parts)) or say("names.unnamed-officer")


def compared(session: Session, paper: PaperView) -> str:
    """The sender's name, and when its key was compared; in capitals where it never was."""
    name = session.name(paper.sender)
    if paper.ours:
        return say("screen.from-us", name=name)
    if paper.sender_compared is None:
        return say("screen.from-not-compared", name=name)
    return say("screen.from-compared", name=name, day=short_day(paper.sender_compared))


def paper_line(paper: PaperView) -> str:
    """`US-1 · response to RU-1 · NON-PAPER · 5 pp. · about 48 kB          3f9a01c2`."""
    parts = [paper.called, what(role=paper.role, in_reply_to=paper.in_reply_to, standing=paper.standing)]
    if paper.cover and paper.cover.pages:
        parts.append(say("screen.pages", count=paper.cover.pages))
    parts.append(shown(paper.language))
    if paper.opening != "held":
        parts.append(say("screen.about", size=size(paper.length)))
    return " · ".join(parts) + f"     {paper.digest[:8]}"


def paper_rows(session: Session, paper: PaperView, now: Time) -> Rows:
    """What may be known before a receipt: paper, sender, cover, time, limit, terms, opening."""
    clocks = clocks_of(session, paper)
    rows: Rows = [(say("screen.paper"), paper_line(paper)), (say("screen.from"), compared(session, paper))]
    if paper.sender_signed_by is not None:
        rows.append((say("screen.signed-by"), who(paper.sender_signed_by)))
    rows.append((say("screen.to"), recipients(session, paper.deliveries)))
    rows.append((say("screen.handed-in"), clocks.instant(paper.deposited)))
    if paper.cover is not None:
        rows.extend(cover_rows(paper.cover, clocks=clocks))
    if paper.replaces:
        rows.append((say("screen.replaces"), paper.replaces))
    if paper.replaced_by:
        rows.append((say("screen.replaced-by"), say("screen.replaced-value", reference=paper.replaced_by)))
    if paper.our_ref:
        rows.append((say("screen.our-ref"), shown(paper.our_ref)))
    rows.append((say("screen.opens"), opens(paper, clocks)))
    waits = any(each.received is None and each.ended is None for each in paper.deliveries)
    until = limit(paper.accept_by, now, clocks) if waits else clocks.instant(paper.accept_by)
    rows.append((say("screen.sign-by"), until))
    rows.append((say("screen.terms"), terms_cell(session, paper.terms, paper.cover, parties_of(paper))))
    return rows


def opens(paper: PaperView | Draft, clocks: Clocks) -> str:
    """When a paper opens, with the time where one was set."""
    how = term("openings", paper.opening)
    return how if paper.opens is None else say("screen.opens-at", how=how, time=clocks.instant(paper.opens))


def limit(until: Time, now: Time, clocks: Clocks) -> str:
    return say("screen.limit", time=clocks.instant(until), left=left(now, until))


def terms_cell(session: Session, terms: Terms, cover: Cover | None, parties: Sequence[str]) -> str:
    """Head and sentences of the terms, one a line; `parties` are the sender, then the recipients."""
    clocks = session.clocks(*parties)
    sentences = brief_terms(terms, cover, parties=parties, naming=session.the, clocks=clocks)
    return "\n".join([f"{terms_head(terms, parties)}:", *(f"- {line}" for line in sentences)])


def recipients(session: Session, deliveries: Sequence[Delivery]) -> str:
    """Everybody it was sent to; those for information in brackets."""
    names = [
        session.name(each.party) if each.capacity == "to" else say("screen.info", name=session.name(each.party))
        for each in deliveries
    ]
    return listed(names)


def delivery_rows(session: Session, delivery: Delivery, clocks: Clocks) -> Rows:
    """The four times of a paper with one recipient, and its outcome."""
    rows: Rows = [
        (say("times.sent"), say("times.claimed", time=clocks.instant(delivery.sent))),
        (say("times.deposited"), clocks.instant(delivery.deposited)),
        (say("times.informed"), _informed(delivery, clocks)),
        (say("times.received"), at(delivery.received, clocks)),
    ]
    if delivery.received is not None and delivery.terms_taken is not None:
        rows.append((say("screen.terms"), say(f"terms-sentences.{delivery.terms_taken}")))
    if delivery.signed_by is not None:
        rows.append((say("screen.signed-by"), who(delivery.signed_by)))
    if delivery.handed_over is not None:
        rows.append((say("times.handed-over"), clocks.instant(delivery.handed_over)))
    if delivery.ended is not None and delivery.received is None:
        rows.append((say("times.ended"), clocks.instant(delivery.ended)))
    rows.append((say("screen.state"), outcome(session, delivery, clocks)))
    rows.extend((say("screen.words"), f"{shown(text)} ({shown(tag)})") for tag, text in delivery.refusal_words)
    return rows


def _informed(delivery: Delivery, clocks: Clocks) -> str:
    if delivery.informed is None:
        return say("telling.not-yet")
    channel = term("channels", delivery.channel or "fetched")
    return say("times.informed-value", time=clocks.instant(delivery.informed), channel=channel)


def outcome(session: Session, delivery: Delivery, clocks: Clocks) -> str:
    """The outcome with one recipient, in a sentence."""
    return delivery_sentence(
        delivery.state,
        party=session.the(delivery.party),
        fault=delivery.fault_reason,
        reason=delivery.refusal_reason,
        available=clocks.instant(delivery.handed_over) if delivery.handed_over is not None else "",
    )


def state_of(delivery: Delivery) -> str:
    """Where a paper stands with one recipient, in few words; that its terms were not accepted is among them."""
    state = term("states", delivery.state)
    return say("terms-taken.beside", state=state) if delivery.terms_taken == "under_reserve" else state


def receive_screen(session: Session, paper: PaperView, now: Time) -> list[str]:
    """The screen before a receipt: nothing is signed by looking at it."""
    head = say("screen.receive-head", party=session.the(session.ours))
    lines = [head, *aligned(paper_rows(session, paper, now), indent="  ", most=session.width), say("meaning.sign")]
    if paper.join_first:
        lines.append(say("screen.join-first", handle=paper.handle))
    if paper.opening == "at_once":
        lines.append(say("screen.at-once"))
    return lines


def draft_screen(session: Session, draft: Draft, now: Time, does: Sequence[str] = ()) -> list[str]:
    """The screen before a deposit: what will be signed, exactly; of what a program writes also what it `does`."""
    clocks = session.clocks(*(partner.party for partner in draft.recipients))
    lines = [say("screen.deposit-head", party=session.the(draft.sender))]
    lines += aligned(_draft_rows(session, draft, clocks, now, does), indent="  ", most=session.width)
    if draft.limit_non_working:
        lines.append(_day_off(draft, clocks))
    if draft.standing == "non_paper":
        lines.append(say("screen.non-paper"))
    lines += [say("screen.removed", what=shown(each)) for each in draft.removed]
    lines += [left_out(what, count) for what, count in draft.left_out]
    lines += [say("screen.not-compared", party=session.the(party)) for party in draft.untrusted]
    if draft.join_first:
        lines.append(say("screen.join-first", handle=draft.handle))
    meaning = {"at_once": "meaning.deposit-at-once", "held": "meaning.deposit-held"}
    return [*lines, say(meaning.get(draft.opening, "meaning.deposit"))]


def _day_off(draft: Draft, clocks: Clocks) -> str:
    """That the limit falls on a day off, by the calendar of the first recipient's capital, and what comes next."""
    zone = draft.recipients[0].zone
    values = {"day": day(draft.accept_by, zone), "city": city(zone)}
    if draft.next_working is None:
        return say("screen.non-working", **values)
    return say("screen.non-working-offer", next=clocks.instant(draft.next_working), **values)


def _draft_rows(session: Session, draft: Draft, clocks: Clocks, now: Time, does: Sequence[str]) -> Rows:
    designation = what(role=draft.role, in_reply_to=draft.in_reply_to, standing=draft.standing)
    rows: Rows = [(say("screen.paper"), say("screen.draft", what=designation, title=draft.title))]
    rows.append((say("screen.to"), listed(_draft_names(session, draft))))
    rows.append((say("screen.negotiation"), draft.handle))
    if draft.replaces:
        rows.append((say("screen.replaces"), draft.replaces))
    rows.extend((say("screen.does") if not number else "", sentence) for number, sentence in enumerate(does))
    if draft.excerptable and not does:
        rows.append((say("screen.begins"), shown(draft.first_words)))
    if draft.excerptable and not does and draft.last_words and draft.last_words != draft.first_words:
        rows.append((say("screen.ends"), shown(draft.last_words)))
    rows.append((say("screen.language"), _language(draft)))
    rows.append((say("screen.content"), _content(draft)))
    rows.extend(cover_rows(draft.cover, clocks=clocks))
    for file in draft.attachments:
        rows.append((say("screen.attached"), say("screen.file", name=file.name, size=size(file.size))))
    if draft.original:
        rows.append(
            (say("screen.original"), say("screen.file", name=draft.original.name, size=size(draft.original.size)))
        )
        if draft.excerptable:
            rows.append((say("screen.prevails"), term("prevailing", draft.prevails)))
    rows.append((say("screen.opens"), opens(draft, clocks)))
    rows.append((say("screen.sign-by"), limit(draft.accept_by, now, clocks)))
    parties = [draft.sender, *(partner.party for partner in draft.recipients)]
    rows.append((say("screen.terms"), terms_cell(session, draft.terms, draft.cover, parties)))
    return rows


def _draft_names(session: Session, draft: Draft) -> list[str]:
    names = []
    for partner in draft.recipients:
        name = session.name(partner.party)
        names.append(say("screen.info", name=name) if partner.party in draft.info else name)
    return names


def _language(draft: Draft) -> str:
    return f"{shown(draft.language)}, {term('language-statuses', draft.language_status)}"


def _content(draft: Draft) -> str:
    if not draft.excerptable:
        return say("screen.whole")
    key = "screen.one-provision" if draft.provisions == 1 else "screen.provisions"
    values = {} if draft.provisions == 1 else {"count": draft.provisions}
    return say(key, size=size(draft.length), **values)


# --- what would be shown, and by whose leave --------------------------------------------------------------------


def selection_lines(selection: Selection) -> list[str]:
    """The provisions that would be shown, by their first words, and why those are among them that nobody named."""
    if not selection.chosen:
        return [say("showing.not-opened")]
    if selection.numbers is None:
        return [say("showing.whole", reference=selection.reference, total=selection.total)]
    shown_, total = len(selection.chosen), selection.total
    lines = [say("showing.selected", reference=selection.reference, shown=shown_, total=total)]
    for each in selection.chosen:
        text = ": ".join(part for part in (shown(each.name), shown(each.begins)) if part)
        line = say("showing.provision", number=each.number, text=text)
        if each.of is not None:
            line += " " + say(f"showing.{each.why}", of=each.of)
        lines.append(f"  {line}")
    return lines


def leave_lines(
    session: Session, paper: PaperView, numbers: Sequence[int] | None, audience: Sequence[str], leave: Leave
) -> list[str]:
    """By whose leave provisions may be shown, whose is still missing, and what each side would type."""
    lines = []
    if leave.alone:
        lines.append(say("showing.alone", parties=listed(map(session.the, leave.alone))))
    if leave.mode == "consent":
        lines.append(say("showing.consent", parties=listed(map(session.the, consent_of(paper, numbers)))))
    elif not leave.alone:
        lines.append(say("showing.nobody"))
    lines.append(leave_line(session, leave))
    if leave.word in (Released.NOT_RELEASED, Released.ONE_SIDED):
        wanted = [*leave.missing, *(party for party in leave.alone if party not in leave.missing)]
        typed = release_command(paper.called, numbers, audience)
        lines += ["  " + say("showing.command", party=session.name(party), command=typed) for party in wanted]
    return lines


def leave_line(session: Session, leave: Leave) -> str:
    """What the agreements to one set amount to now, in a sentence."""
    parties = listed(map(session.the, leave.parties)) or say("telling.nobody")
    if leave.word is not Released.NOT_RELEASED:
        line = say(f"showing.{leave.word.value.replace(' ', '-')}", parties=parties)
        if leave.since is not None:
            line += " " + say("release-answers.since", time=session.clocks().instant(leave.since))
        return line
    if leave.lapsed is not None:
        return say("showing.lapsed", time=session.clocks().instant(leave.lapsed))
    if leave.mode != "consent":
        return say("showing.not-agreed")
    missing = listed(map(session.the, leave.missing))
    if not missing:
        return say("showing.apart", parties=parties)
    if leave.alone and len(leave.missing) > 1:
        alone = listed(map(session.the, leave.alone))
        return say("showing.agreed-or-alone", parties=parties, missing=missing, alone=alone)
    return say("showing.agreed", parties=parties, missing=missing)


def consent_of(paper: PaperView, numbers: Sequence[int] | None) -> tuple[str, ...]:
    """The parties whose agreement the terms ask for single provisions, or for the whole."""
    rules = paper.terms.publication
    return (rules.full if numbers is None else rules.excerpts).parties


def release_command(reference: str, numbers: Sequence[int] | None, audience: Sequence[str]) -> str:
    """What a side types to agree to exactly this."""
    which = f" --provisions {ranges(numbers).replace('–', '-').replace(' ', '')}" if numbers is not None else ""
    to = f" --to {','.join(audience)}" if audience else ""
    return f"parley release {reference}{which}{to}"


def agreed_rows(session: Session, paper: PaperView, leaves: Sequence[tuple[Set, Leave]]) -> list[list[str]]:
    """Each set of provisions that somebody agreed to show: what, to whom, and what it amounts to."""
    rows = []
    for (numbers, audience), leave in leaves:
        whom = listed(map(session.name, audience)) or say("telling.public")
        rows.append([paper.called, provisions(numbers), whom, leave_line(session, leave)])
    return rows


def sets_of(paper: PaperView) -> list[Set]:
    """The sets of provisions, each with its audience, that somebody agreed to show and did not take back."""
    found = {(each.provisions, each.audience): None for each in paper.releases if not each.withdrawn}
    return list(found)
