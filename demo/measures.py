"""Had they agreed: what the response offered, run as an agreement in a negotiation of its own. None of this took place.

The figures are invented, and small ones; deadlines and thresholds are those of the template that comes along.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from demo.stage import RU, US, ZONES, Stage
from demo.telling import Line, day, good, late, moment, plain
from parley.canonical import Time
from parley.cli.templates import read as template
from parley.client import Delegation
from parley.client.draws import Limits
from parley.errors import Refused, Unavailable
from parley.measures.agreement import Agreement
from parley.measures.content import read_content
from parley.measures.draw import Drawn
from parley.measures.escrow_answers import Absent
from parley.measures.escrow_table import read_declaration
from parley.measures.obligation import Obligation
from parley.measures.site_list import Sites
from parley.words.clock import Clocks, zone_of
from parley.words.notices import checked
from parley.words.obligations import state

NAME, HANDLE = "security-guarantees-2022", "calm-harbour"
DECLARED = b"uid,region,place,launchers\n" + b"".join(
    f"{uid},Region {1 + number % 2},{place},{launchers}\n".encode()
    for number, (uid, place, launchers) in enumerate(
        [("A-1", "Base A", 12), ("A-2", "Base B", 9), ("A-3", "Base E", 12), ("A-4", "Base F", 6)]
    )
)
BASES = Sites(items=("Base A", "Base B", "Base C", "Base D", "Base E", "Base F"), excluded=())
EXERCISE = {
    "designation": '"{name}"', "purpose": '"Training"', "states": '"Russian Federation"', "area": '"Region 1"',
    "start": "2022-05-02", "end": "2022-05-08", "troops": "{troops}", "tanks": "40", "acvs": "80", "artillery": "20",
    "bombers": "false",
}  # fmt: skip


def measures(stage: Stage) -> list[Line]:
    """March and April 2022, had they agreed: an agreement; a notice, and none; data open to both or to neither."""
    adopt(stage)
    return [*adopted(stage), *notify(stage), *exchange(stage)]


def visits(stage: Stage) -> list[Line]:
    """May 2022, had they agreed: two bases drawn, a late reply, a visit reported, a shut list opened one step."""
    bases = draw(stage)
    lines = [*drawn(stage, bases), *visit(stage, bases[0]), *open_one_step(stage)]
    for desk in (stage.ru, stage.us):
        desk.use(stage.handle)  # what is left of the story is about the papers themselves
    return lines


# --- adopted, notified, exchanged -------------------------------------------------------------------------------


def adopt(stage: Stage) -> None:
    """Both deposit one file: from then on it is in force."""
    stage.clock.set("2022-03-01T09:00:00.000Z")
    stage.us.convene("Measures of the response", [RU], handle=HANDLE)
    stage.ru.inbox()
    stage.ru.join(HANDLE)
    data = template(NAME)
    for desk, other in ((stage.us, stage.ru), (stage.ru, stage.us)):
        draft = desk.measures.prepare_agreement(data, to=[_party(other)], terms="public", accept_by="2022-03-15")
        reference = desk.send(draft).reference
        other.inbox()
        other.receive(reference, terms="accepted")
    stage.us.sync()


def adopted(stage: Stage) -> Iterator[Line]:
    """That both hold one text."""
    agreement = _agreement(stage)
    kinds = f"{len(agreement.measures)} measures, {len(agreement.limits)} limits, {len(agreement.quotas)} quota"
    yield good(f"in {HANDLE}, a negotiation of its own: one file of both is in force: {agreement.name['en']}: {kinds}")


def notify(stage: Stage) -> Iterator[Line]:
    """A notice that is due, and one that is not; the second is written nowhere but here."""
    agreement = _agreement(stage)
    now, zone = stage.clock.set("2022-03-03T09:00:00.000Z"), zone_of(ZONES[RU])
    for name, troops in (("Summer", 12_700), ("Spring", 2_900)):
        data = _form("exercise", {key: text.format(name=name, troops=troops) for key, text in EXERCISE.items()})
        content = read_content(data, agreement)
        first = next(checked(agreement, content, now=now, zone=zone, clocks=Clocks(()))).split(";")[0].removesuffix(".")
        if troops < 3_000:
            yield plain(f"Russia, {name}: {first}. Nothing is sent.")
            continue
        draft = stage.ru.measures.prepare_notice(data, content, agreement, to=[US], terms="public")
        reference = stage.ru.send(draft).reference
        _available(stage.us, reference)
        yield good(
            f"Russia, {name}: {first}. {HANDLE}/{reference} is sent, and can be read at once, without a signature."
        )


def exchange(stage: Stage) -> Iterator[Line]:
    """Both declare their posture: each is shut until the other is in and both have signed."""
    agreement, references = _agreement(stage), {}
    for party, moment_, forces in ((RU, "2022-04-05T08:00:00.000Z", 0), (US, "2022-04-06T15:00:00.000Z", 0)):
        stage.clock.set(moment_)
        items = {"exchange": "2022-03-01", "as-of": "2022-04-01", "combat-forces": str(forces), "ground-missiles": "0"}
        data = _form("posture", items)
        desk = stage.desks[party]
        draft = desk.measures.prepare_declaration(
            data, read_content(data, agreement), agreement, round_name="2022-04", terms="confidential",
            deadline=Time.from_text("2022-04-15T12:00:00.000Z"),
        )  # fmt: skip
        references[party] = desk.send(draft).reference
    stage.us.sync()
    stage.us.receive(references[RU], terms="accepted")
    yield plain(f"{references[RU]} is in and signed for; the United States reads it: {_refused(stage, references[RU])}")
    stage.ru.inbox()
    stage.ru.receive(references[US], terms="accepted")
    stage.us.sync()
    titles = [stage.us.read(references[RU]).document.title, stage.ru.read(references[US]).document.title]
    yield good(f"then Russia signs for {references[US]}, and both open at once: {titles[0]}")


def _refused(stage: Stage, reference: str) -> str:
    try:
        stage.us.read(reference)
    except Refused:
        return "it stays shut until Russia has signed too."
    raise Unavailable("demo.round")


# --- drawn, visited ---------------------------------------------------------------------------------------------


def draw(stage: Stage) -> tuple[str, ...]:
    """Each binds itself to a seed, then both are shown; two of the bases are drawn."""
    stage.clock.set("2022-05-03T09:00:00.000Z")
    (drawing,) = _agreement(stage).drawings
    bind, show, sign = (Time.from_text(f"2022-05-{day_:02}T21:00:00.000Z") for day_ in (8, 12, 16))
    terms = stage.us.draws.prepare_terms(
        BASES, take=drawing.take, if_not_shown=drawing.if_not_shown, to=[RU], terms="public",
        limits=Limits(bind_by=bind, show_by=show, sign_by=sign),
    )  # fmt: skip
    reference = stage.us.send(terms).reference
    _available(stage.ru, reference)
    bound = {desk: desk.send(desk.draws.prepare_seed(reference)).reference for desk in (stage.us, stage.ru)}
    stage.us.sync()
    stage.us.receive(bound[stage.ru], terms="accepted")
    stage.ru.receive(bound[stage.us], terms="accepted")
    shown = {desk: desk.send(desk.draws.prepare_showing(reference)).reference for desk in (stage.us, stage.ru)}
    stage.us.sync()
    stage.us.receive(shown[stage.ru], terms="accepted")
    stage.ru.receive(shown[stage.us], terms="accepted")
    results = [desk.draws.view(reference).standing.result for desk in (stage.us, stage.ru)]
    if results[0] != results[1] or not isinstance(results[0], Drawn):
        raise Unavailable("demo.draw")
    (stage.files / "bases.draw").write_bytes(stage.us.draws.proof(reference))
    return results[0].items


def drawn(_: Stage, bases: tuple[str, ...]) -> Iterator[Line]:
    """What was drawn, of what."""
    yield good(
        f"drawn from {len(BASES.items)} bases by a seed of each side, both bound before either was seen: "
        f"{' and '.join(bases)}"
    )


def visit(stage: Stage, base: str) -> Iterator[Line]:
    """The United States asks to visit a base; the reply comes after 48 hours; the visit is made and reported."""
    request = _sent(stage, US, "2022-05-04T08:00:00.000Z", "visit-request", {
        "base": f'"{base}"', "by": '"drawn"', "arrival": "2022-05-20T06:00:00.000Z", "visitors": "4",
    })  # fmt: skip
    reply = _sent(stage, RU, "2022-05-07T15:30:00.000Z", "visit-reply", {"answer": '"accepted"'}, request)
    owed = next(each for each in _owed(stage) if each.measure.id == "visit-reply")
    if state(owed) != "MET LATE" or owed.deadline is None:
        raise Unavailable("demo.late")
    hours = (stage.us.show(reply).deposited - owed.deadline) // 3_600_000
    yield late(f"{reply}, the reply to {request}: {state(owed)}, due {_when(owed.deadline)}, {hours} hours over")
    arrival = _sent(stage, US, "2022-05-20T07:00:00.000Z", "visit-arrival", {
        "arrived": "2022-05-20T06:00:00.000Z", "ends": "2022-05-21T15:00:00.000Z",
    }, reply)  # fmt: skip
    report = _sent(stage, US, "2022-05-25T12:00:00.000Z", "visit-report", {
        "base": f'"{base}"', "launchers": "12", "as-declared": "true",
    }, arrival)  # fmt: skip
    content = stage.ru.measures.message(report, _agreement(stage)).content
    ((_, board),) = stage.us.measures.quotas(year=2022)
    left = next(row.left for row in board if row.party == RU)
    yield good(
        f"{report}: {base} visited, {content.items['launchers']} launchers, as declared; {left} visit left this year"
    )


def _sent(
    stage: Stage, party: str, at: str, form: str, items: dict[str, str], answers: str | None = None
) -> str:  # fmt: skip
    """Fill in a form and hand it over at a moment; the other side signs for it. Returns its reference."""
    stage.clock.set(at)
    agreement, data = _agreement(stage), _form(form, items)
    desk, other = stage.desks[party], RU if party == US else US
    desk.sync()
    draft = desk.measures.prepare_notice(
        data, read_content(data, agreement), agreement, to=[other], terms="public", in_reply_to=answers, at_once=True
    )
    reference = desk.send(draft).reference
    stage.desks[other].inbox()
    stage.desks[other].receive(reference, terms="accepted")
    return reference


def open_one_step(stage: Stage) -> Iterator[Line]:
    """Russia seals a whole list and opens its first step; the United States asks of a place, and is answered."""
    stage.clock.set("2022-05-30T09:00:00.000Z")
    ours, theirs, table = stage.ru, stage.us, read_declaration([DECLARED])
    terms = {"terms": "confidential", "accept_by": "2022-06-30"}
    plan = ours.send(ours.escrows.prepare_plan(table.plan, to=[US], handle=HANDLE, **terms)).reference
    sealed = ours.send(ours.escrows.prepare_declaration(table.items, under=plan, to=[US], **terms)).reference
    opened = ours.send(ours.escrows.prepare_opening(sealed, **terms)).reference
    theirs.inbox()
    for reference in (plan, sealed, opened):
        theirs.receive(reference, terms="accepted")
    question = theirs.send(theirs.escrows.prepare_question(sealed, "Base Q", **terms)).reference
    ours.inbox()
    ours.receive(question, terms="accepted")
    answer = ours.send(ours.escrows.prepare_answer(question, **terms)).reference
    theirs.inbox()
    theirs.receive(answer, terms="accepted")
    story = theirs.escrows.story(sealed)
    (asked,) = story.questions
    if not isinstance(asked.found, Absent) or story.unproven or story.progress.step != 1:
        raise Unavailable("demo.escrow")
    steps = len(story.steps)
    yield good(f"{opened}: step 1 of {steps} of a list sealed in {sealed}: {len(story.items)} items, their ids alone")
    yield plain(f"{question}: is Base Q in it? {answer}, with proof: no. Nothing else of the list is shown.")


# --- what all of them need --------------------------------------------------------------------------------------


def _agreement(stage: Stage) -> Agreement:
    return stage.us.measures.text(NAME, HANDLE).agreement


def _form(form: str, items: dict[str, str]) -> bytes:
    lines = [f'agreement = "{NAME}"', f'form = "{form}"', "", "[items]"]
    return "\n".join([*lines, *(f"{key} = {value}" for key, value in items.items()), ""]).encode()


def _owed(stage: Stage) -> tuple[Obligation, ...]:
    ((_, found),) = stage.us.measures.obligations(HANDLE)
    return found


def _available(desk: Delegation, reference: str) -> None:
    """Wait until a paper that opens at once is there: its handover is entered with the office's next batch."""
    for _ in range(200):
        desk.inbox()
        if desk.show(reference).deliveries[0].state != "waiting":
            return
        time.sleep(0.02)
    raise Unavailable("demo.available")


def _party(desk: Delegation) -> str:
    return desk.me().party


def _when(at: Time) -> str:
    return f"{day(at, 'UTC')}, {moment(at):%H:%M} UTC"
