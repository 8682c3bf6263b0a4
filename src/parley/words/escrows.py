"""A sealed declaration in words: its plan and steps, what is known of it, questions, totals, and what is not proven."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from parley.canonical import encode
from parley.crypto import Digest
from parley.measures.amendment import Change
from parley.measures.escrow_answers import Present
from parley.measures.escrow_conflicts import Contradiction
from parley.measures.escrow_plan import Place, Plan, Step
from parley.measures.escrow_questions import beyond
from parley.measures.escrow_story import Asked, Known, Story, Unproven
from parley.words import explain, say, term
from parley.words.agreements import number
from parley.words.clock import Clocks
from parley.words.neutral import shown

Naming = Callable[[str], str]
MOST_ROWS = 200
"""Items that a screen shows; a program is given all."""

NONE = "—"


def head(story: Story, *, naming: Naming, clocks: Clocks) -> list[tuple[str, str]]:
    """Who sealed it when, under which plan, and what it takes the place of."""
    rows = [
        (say("escrow.by"), naming(story.owner)),
        (say("escrow.sealed"), f"{story.sealed.reference}, {clocks.instant(story.sealed.made)}"),
        (say("escrow.plan"), plan(story)),
    ]
    if story.amends is not None:
        rows.append((say("escrow.amends"), story.amends))
    if story.amended_by:
        rows.append((say("escrow.amended-by"), ", ".join(story.amended_by)))
    return rows


def plan(story: Story) -> str:
    """The plan in a line, and the paper that states it."""
    if story.plan is None:
        return say("escrow.plan-unread", reference=story.plan_by)
    return say(
        "escrow.plan-line",
        reference=story.plan_by,
        counted=", ".join(map(shown, story.plan.categories)),
        places=places(story.plan),
        slots=number(story.plan.slots),
        questions=number(story.plan.questions),
    )


def places(of: Plan) -> str:
    """How places are named in a plan."""
    grid = of.grid
    if grid is None:
        return say("escrow.by-name")
    return say(
        "escrow.on-grid",
        columns=number(grid.columns),
        rows=number(grid.rows),
        west=grid.west,
        south=grid.south,
        unit=shown(grid.unit),
    )


def place(where: Place | None) -> str:
    """A place as its plan names them."""
    if where is None:
        return NONE
    return shown(where) if isinstance(where, str) else say("escrow.cell", east=where.east, north=where.north)


def what(step: Step) -> str:
    """The layers that a step opens."""
    return ", ".join(term("layers", layer) for layer in step.layers)


def step_rows(story: Story) -> Iterator[list[str]]:
    """Number, layers, of whom, and the papers that opened it."""
    due = story.due()
    for each in story.steps:
        shut = say("escrow.next") if each.number == due else NONE
        yield [
            str(each.number),
            what(each.step),
            say(f"escrow.of-{each.step.of}"),
            ", ".join(each.opened_by) or shut,
        ]


def item_columns(story: Story) -> list[str]:
    """What the columns of `item_rows` are called."""
    counted = list(map(shown, story.plan.categories)) if story.plan else []
    return [say("escrow.item"), say("escrow.region"), say("escrow.place"), *counted, say("escrow.opened-by")]


def item_rows(story: Story) -> Iterator[list[str]]:
    """An item a row, as far as it is known, up to `MOST_ROWS`."""
    for known in story.known()[:MOST_ROWS]:
        yield [
            shown(known.uid) if known.uid is not None else say("escrow.no-name", slot=known.slot),
            NONE if known.region is None else shown(known.region),
            place(known.place),
            *counts(known, story),
            ", ".join(dict.fromkeys(known.by.values())),
        ]


def counts(known: Known, story: Story) -> list[str]:
    """What is counted of an item, a cell each."""
    categories = story.plan.categories if story.plan else ()
    return [NONE] * len(categories) if known.counts is None else [number(count) for count in known.counts]


def question_rows(story: Story, *, naming: Naming) -> Iterator[list[str]]:
    """Reference, who asked, the place, the answer and its paper."""
    late, most = _beyond(story), story.plan.questions if story.plan else 0
    for asked in story.questions:
        over = asked.found is None and asked.digest in late
        said = say("escrow.beyond", most=number(most)) if over else found(asked)
        where = say("escrow.as-answered", place=place(asked.place)) if asked.unseen else place(asked.place)
        yield [asked.reference, naming(asked.by), where, said, asked.answered_by or NONE]


def _beyond(story: Story) -> frozenset[Digest]:
    """The questions that are more than their party may ask."""
    return frozenset() if story.plan is None else beyond(story.questions, story.plan)


def found(asked: Asked) -> str:
    """What the answer proved, if there is one."""
    if asked.found is None:
        return say("escrow.unanswered")
    if isinstance(asked.found, Present):
        return say("escrow.present")
    return say("escrow.absent-name") if isinstance(asked.place, str) else say("escrow.absent")


def totals(story: Story) -> Iterator[str]:
    """A sentence for each paper that showed the totals."""
    uids = {slot: known.uid for slot, known in story.items.items()}
    for each in story.totals:
        sums = ", ".join(f"{shown(name)} {number(count)}" for name, count in each.totals.items())
        yield say("escrow.totals", reference=each.reference, sums=sums)
        if each.slots:
            names = ", ".join(shown(uids.get(slot) or str(slot)) for slot in each.slots[:MOST_ROWS])
            yield say("escrow.in-totals", items=names)


def changes(story: Story) -> Iterator[str]:
    """Which items changed from the declaration before, or how many slots; nothing where it takes no place."""
    if story.amends is None:
        return
    if story.amendment is None or story.amendment_by is None:
        yield say("escrow.no-proof", reference=story.amends)
        return
    found_ = story.amendment.changes
    yield say("escrow.changed", count=number(len(found_)), before=story.amends, reference=story.amendment_by)
    for change in sorted(found_, key=lambda each: each.after or each.before or "")[:MOST_ROWS]:
        yield "  " + _change(change)


def _change(change: Change) -> str:
    if change.kind is None:
        return say("escrow.change-shut", slot=change.slot)
    if change.kind == "unused":
        return say("escrow.change-unused", slot=change.slot)
    uid = change.after if change.after is not None else change.before
    return say(f"escrow.change-{change.kind}", uid=uid or NONE)


def faults(story: Story, *, naming: Naming) -> Iterator[str]:
    """What is not proven, with the reason, what contradicts itself, and what stands beside it."""
    for each in story.unproven:
        yield unproven(each, story, naming=naming)
    for conflict in story.contradictions:
        yield contradiction(conflict)
    if story.pending:
        yield say("escrow.pending", references=", ".join(story.pending), waiting=", ".join(story.missing) or NONE)
    if story.others:
        references = ", ".join(
            say("escrow.beside-to", reference=other.reference, parties=", ".join(map(naming, other.to)))
            for other in story.others
        )
        yield say("escrow.beside", party=naming(story.owner), references=references)


def unproven(each: Unproven, story: Story, *, naming: Naming) -> str:
    """A paper that does not prove what it says, and why; one of another party is no fault of who sealed it."""
    kind = term("escrow-papers", each.kind) if each.kind else say("escrow.paper")
    reason = explain(each.error, naming=naming)
    if each.by != story.owner:
        return say("escrow.stray", reference=each.reference, kind=kind, party=naming(each.by), reason=reason)
    return say("escrow.unproven", reference=each.reference, kind=kind, reason=reason)


def contradiction(each: Contradiction) -> str:
    """Papers that cannot all be true, in how many things, and what joins two declarations that they are about."""
    one, other = each.papers[0], ", ".join(each.papers[1:])
    match each.conflict:
        case "above_totals":
            about = {"category": each.category or NONE}
        case "uid_twice":
            about = {"uid": each.uid or NONE}
        case _:
            about = {"place": place(each.place)}
    said = [say(f"escrow-conflicts.{each.conflict}", one=one, other=other, **about)]
    if each.count > 1:
        said.append(say("escrow-conflicts.more", count=number(each.count)))
    if each.through:
        said.append(say("escrow-conflicts.through", references=", ".join(each.through)))
    return " ".join(said)


# --- as data --------------------------------------------------------------------------------------------------------


def as_value(story: Story) -> dict[str, Any]:
    """A story as data, whole."""
    late = _beyond(story)
    stated = None if story.plan is None else msgspec.json.decode(encode(story.plan))
    return {
        "escrow": story.sealed.reference,
        "sound": story.sound,
        "sealed_by": story.owner,
        "sealed_to": list(story.sealed.to),
        "sealed_at": story.sealed.made.to_text(),
        "plan_paper": story.plan_by,
        "plan": stated,
        "amends": story.amends,
        "amended_by": list(story.amended_by),
        "beside": list(story.beside),
        "steps": [{"step": each.number, "opened_by": list(each.opened_by)} for each in story.steps],
        "next_step": story.due(),
        "items": [_item(known) for known in story.known()],
        "questions": [_question(asked, asked.digest in late) for asked in story.questions],
        "totals": [
            {"paper": each.reference, "totals": dict(each.totals), "slots": list(each.slots)} for each in story.totals
        ],
        "changes": _changes(story),
        "waiting": list(story.waiting),
        "elsewhere": list(story.elsewhere),
        "pending": list(story.pending),
        "missing": list(story.missing),
        "not_proven": [
            {"paper": each.reference, "by": each.by, "kind": each.kind, "code": each.code, "says": explain(each.error)}
            for each in story.unproven
        ],
        "contradictions": [
            {
                "conflict": each.conflict,
                "papers": list(each.papers),
                "through": list(each.through),
                "place": _place(each.place),
                "slot": each.slot,
                "uid": each.uid,
                "category": each.category,
                "count": each.count,
            }
            for each in story.contradictions
        ],
    }


def _place(where: Place | None) -> Any:
    return where if where is None or isinstance(where, str) else {"east": where.east, "north": where.north}


def _item(known: Known) -> dict[str, Any]:
    return {
        "slot": known.slot,
        "uid": known.uid,
        "region": known.region,
        "place": _place(known.place),
        "counts": None if known.counts is None else list(known.counts),
        "opened_by": dict(known.by),
    }


def _question(asked: Asked, late: bool) -> dict[str, Any]:
    answer = None if asked.found is None else "present" if isinstance(asked.found, Present) else "absent"
    return {
        "paper": asked.reference,
        "by": asked.by,
        "place": _place(asked.place),
        "unseen": asked.unseen,
        "answer": answer,
        "answered_by": asked.answered_by,
        "beyond": late,
    }


def _changes(story: Story) -> dict[str, Any] | None:
    if story.amendment is None:
        return None
    return {
        "paper": story.amendment_by,
        "slots": [
            {"slot": each.slot, "kind": each.kind, "before": each.before, "after": each.after}
            for each in story.amendment.changes
        ],
    }
