"""The twelve sentences, and what really happens under each: every line is read from what was signed and entered.

Dates and acts are public history (the day alone where no hour is known); the texts are invented.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from demo import cheats
from demo.measures import measures, visits
from demo.program import OwnProgram
from demo.public import answered, leaked_page, own_words_and_essence, publish, release_own_text, sample
from demo.stage import NAMES, ROOT, RU, US, ZONES, Stage
from demo.telling import Beat, Line, day, good, plain, quiet, three_clocks
from parley.client.views import PaperView
from parley.depositary import office
from parley.errors import Refused, Unavailable
from parley.policy import Trust
from parley.tiles import format_tile, tiles_of
from parley.words import explain

FOOT = "Dates and acts are public history; the texts are invented; neither government used Parley."

_PUBLICATION = {"none": "not to be published", "consent": "published by consent", "free": "free to publish"}


class _Scene:
    """One sentence, said at a second of the telling, with the function that shows it."""

    def __init__(self, second: int, said: str, show: Callable[[Stage], list[Line]]) -> None:
        self.second, self.said, self.show = second, said, show


def _in_log(paper: PaperView) -> str:
    return f"{paper.reference} · {paper.role.replace('_', '-')} · {paper.standing.replace('_', '-')}"


def two_desks(stage: Stage) -> list[Line]:
    """Found the office and both parties, and compare numbers."""
    stage.clock.set("2021-12-14T08:00:00.000Z")
    stage.found_depositary()
    for party in (RU, US):
        stage.found_party(party)
    stage.compare_numbers()
    stage.us.sync()
    numbers = [quiet(f"{NAMES[party]}: {stage.desks[party].me().number}") for party in (RU, US)]
    return [
        plain("An office is founded. Both delegations enrol; each types the number that the other reads out:"),
        *numbers,
    ]


def hand_over_draft(stage: Stage) -> list[Line]:
    """15 December 2021: the draft treaty."""
    stage.clock.set("2021-12-15T12:00:00.000Z")
    stage.ru.convene("Security guarantees", [US], handle=stage.handle)
    draft = stage.ru.prepare(
        sample("draft-treaty.md"),
        to=[US],
        role="proposal",
        terms="public",
        language_status="unofficial_translation",
        accept_by="2022-01-31",
        subject="Draft treaty",
        our_ref="No. 1",
    )
    stage.ru.send(draft)
    return list(what_the_office_sees(stage, "RU-1"))


def what_the_office_sees(stage: Stage, reference: str) -> Iterator[Line]:
    """Three lines, read from the office's own store and not from anybody's home."""
    view = office.newest(stage.office)
    paper = next(paper for _, paper in view.world.papers() if paper.reference == reference)
    act, to = paper.act, ", ".join(NAMES[party] for party in paper.outcomes)
    answer = "answers nothing" if act.in_reply_to is None else "answers another paper"
    rule = _PUBLICATION[act.terms.publication.full.mode]
    limit = day(act.accept_by, ZONES[next(iter(paper.outcomes))])
    yield plain(f"from the {NAMES[act.by.party]}, for the {to}")
    yield plain(f"{act.role}, {act.standing.replace('_', '-')}, {answer}, {rule}, open until {limit}")
    if act.payload is None:
        raise Unavailable("demo.payload")
    kept = (path for path in (stage.office / "sealed").rglob(f"*{act.payload.digest.hex()}*") if path.is_file())
    sealed = next(kept).read_bytes()
    if any(word.encode() in sealed for word in sample("draft-treaty.md").read_text("utf-8").split() if len(word) > 5):
        raise cheats.CheatSucceeded("the office could read a word")
    yield quiet(f"content: {len(sealed):,} bytes, sealed; not one word of the draft can be found in them")


def sign_and_open(stage: Stage) -> list[Line]:
    """The United States reads nothing, signs, opens."""
    stage.clock.set("2021-12-15T14:00:00.000Z")
    waiting = stage.us.inbox().for_us[0]
    try:
        stage.us.read(waiting.reference)
    except Refused as refused:
        before = plain(f"{waiting.reference}, before the receipt: {explain(refused)}")
    else:
        raise cheats.CheatSucceeded("a paper was read before its receipt")
    received = stage.us.receive(waiting.reference, terms="accepted")
    reading = stage.us.read(waiting.reference)
    articles = [provision for provision in reading.document.provisions if provision.kind == "article"]
    done = good(f"signed for, then opened: “{reading.document.title}”, {len(articles)} articles; it matches its seal")
    if not received.matches:
        raise cheats.CheatSucceeded("the paper did not match its seal")
    return [before, done, quiet(", ".join(article.name for article in articles[:4]) + " …")]


def opened_and_published(stage: Stage) -> list[Line]:
    """15 and 17 December 2021: the draft is signed for and opened; its author publishes it."""
    return [*sign_and_open(stage), *release_own_text(stage)]


def respond(stage: Stage) -> list[Line]:
    """26 January 2022: the written response, signed for at 20:16 in Moscow."""
    stage.clock.set("2022-01-26T17:02:00.000Z")
    stage.us.sync()
    draft = stage.us.prepare_reply(
        "RU-1",
        sample("response.md"),
        terms="essence",
        standing="non_paper",
        accept_by="2022-02-09",
        subject="Written response",
        shown_by_us=("allies", "Ukraine", "the Congress"),
        pages=5,
    )
    stage.us.send(draft)
    stage.ru.inbox()
    stage.clock.set("2022-01-26T17:16:00.000Z")
    received = stage.ru.receive("US-1", terms="under_reserve", our_ref="No. 1234")
    slip = received.paper
    delivery = slip.deliveries[0]
    if delivery.received is None or not received.matches:
        raise Unavailable("demo.receipt")
    taken = "taken under reserve: noted, not accepted" if delivery.terms_taken == "under_reserve" else "accepted"
    return [
        plain(f"{_in_log(slip)} · in reply to {slip.in_reply_to} · {day(delivery.received)}"),
        good(f"signed for {three_clocks(delivery.received)}"),
        plain(f"terms: {_asked(slip)}, {slip.terms.force} by the sender; {taken}"),
    ]


def _asked(paper: PaperView) -> str:
    """What the terms say of showing provisions, and of the whole."""
    rules = paper.terms.publication
    return f"single provisions {_PUBLICATION[rules.excerpts.mode]}, the whole {_PUBLICATION[rules.full.mode]}"


def note_to_nothing(stage: Stage) -> list[Line]:
    """28 January 2022: a letter. On the 31st it is taken for a written follow-up; the record has what it is."""
    stage.clock.set("2022-01-28T09:00:00.000Z")
    draft = stage.ru.prepare(
        sample("letter.md"), to=[US], role="note", terms="public", accept_by="2022-02-11", subject="Indivisibility"
    )
    stage.ru.send(draft)
    stage.us.inbox()
    stage.attempts.extend(cheats.read_without_signing(stage, "RU-2"))
    stage.clock.set("2022-01-28T15:00:00.000Z")
    stage.us.receive("RU-2", terms="accepted")
    stage.ru.sync()
    lines = []
    for paper in stage.us.status():
        answers = f"in reply to {paper.in_reply_to}" if paper.in_reply_to else "in reply to nothing"
        line = f"{_in_log(paper)} · {answers} · {day(paper.deposited)}"
        lines.append(good(line) if paper.reference == "RU-2" else plain(line))
    return [*lines, quiet("Sender and recipient both signed role and reply, before anyone disputed them.")]


def compared_and_answered(stage: Stage) -> list[Line]:
    """2 and 17 February 2022: a printed page beside the paper; which articles of the draft were answered."""
    return [*leaked_page(stage), *answered(stage)]


def four_attempts(stage: Stage) -> list[Line]:
    """The four attempts; the first was made before the United States signed for RU-2."""
    stage.clock.set("2022-02-18T09:00:00.000Z")
    lines = list(stage.attempts)
    lines += cheats.deny(stage, "US-1")
    lines += cheats.backdate(stage, "US-1")
    lines += cheats.forge_a_paragraph(stage, "essence", "We cannot agree to close", "We agree to close")
    return lines


def check_as_stranger(stage: Stage) -> list[Line]:
    """The office is switched off, the network too; somebody with a file and a trust file checks."""
    collect(stage)
    publish(stage, _trust_of_a_stranger(stage))
    stage.stop()
    trust, file = stage.files / "stranger.trust", stage.files / "US-1.evidence"
    said, of_record = _verified(file, trust), _verified(stage.public / "record", trust)
    return [
        quiet("parley verify US-1.evidence --trust stranger.trust       (the office is switched off)"),
        good(said[0]),
        *(plain(line.strip()) for line in said[2:5]),
        plain(said[-1]),
        good(f"parley verify record/: {of_record[0]}"),
    ]


def _verified(file: Path, trust: Path) -> list[str]:
    """What `parley verify` says, in a process without a network. Raises: Unavailable unless it is proven."""
    done = subprocess.run(  # noqa: S603 - our own program, in our own folder
        [sys.executable, "-m", "demo.offline", "verify", str(file), "--trust", str(trust)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Unavailable("demo.verify")
    return [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]


def collect(stage: Stage) -> None:
    """Leave what others can check: evidence files, the log as tiles, one sealed paper as an age file with its key."""
    for reference in ("RU-1", "US-1", "RU-2"):
        (stage.files / f"{reference}.evidence").write_bytes(stage.us.evidence(reference))
    (stage.files / "negotiation.evidence").write_bytes(stage.us.evidence("US-1", kind="history"))
    (stage.files / "stranger.trust").write_text(_trust_of_a_stranger(stage).to_text(), "utf-8")
    with OwnProgram(stage, US) as program:
        sealed, key = program.whole_file("RU-1")
        (stage.files / "RU-1.age").write_bytes(sealed)
        (stage.files / "RU-1.key.txt").write_text(f"# opens RU-1.age; a secret, of the demo only\n{key}\n", "ascii")
        note = program.session.remote.checkpoint()
        size = int(note.split(b"\n")[1])
        log = stage.files / "log"
        log.mkdir()
        (log / "checkpoint").write_bytes(note)
        for path in (format_tile(tile) for tile in tiles_of(size)):
            target = log / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(program.session.remote.tile(path))


def _trust_of_a_stranger(stage: Stage) -> Trust:
    """A party's trust file names the other; a stranger's names both."""
    ours, theirs = (Trust.parse(stage.desks[party].trust_file()) for party in (RU, US))
    parties = {each.party: each for trust in (ours, theirs) for each in trust.parties}
    ordered = tuple(parties[name] for name in sorted(parties))
    return Trust(policy=ours.policy, parties=ordered)


def limits(_: Stage) -> list[Line]:
    """Three things that no program can do here."""
    return [
        plain("1. It keeps nobody quiet: whoever has read a paper can copy it. It shows whether that was agreed."),
        plain("2. It proves no understanding and no agreement: a receipt says delivered, and no more."),
        plain("3. It does not stop the office and a recipient who act together from opening a paper early."),
    ]


SCENES = (
    _Scene(
        0,
        "Two governments negotiate in writing. Neither trusts the other. Neither trusts the office between them.",
        two_desks,
    ),
    _Scene(5, "15 December: Russia hands over a draft treaty. This is all that the office can see.", hand_over_draft),
    _Scene(
        11,
        "The United States cannot read it before it signs for it. Now it can. "
        "17 December: Russia publishes its own text; it may, as the author.",
        opened_and_published,
    ),
    _Scene(
        18,
        "26 January: the response. The sender asks for confidence. Signed for at 20:16 in Moscow. "
        "A receipt, not an agreement.",
        respond,
    ),
    _Scene(
        25,
        "Each says in its own words what it is about. The paper's own words are shown where both agree.",
        own_words_and_essence,
    ),
    _Scene(
        31,
        "28 January: a letter from Russia. Is it the answer to the response? "
        "No: both sides signed that it answers nothing.",
        note_to_nothing,
    ),
    _Scene(
        36,
        "A newspaper prints pages: each side compares at its own desk. Article by article, the record says what was "
        "answered.",
        compared_and_answered,
    ),
    _Scene(
        40,
        "Read without signing. Deny the receipt. Backdate. Forge a paragraph. Each fails, or convicts.",
        four_attempts,
    ),
    _Scene(
        45,
        "Had they agreed: the response's measures in force, an exercise notified, data open to both or to neither.",
        measures,
    ),
    _Scene(
        50,
        "Two bases are drawn that neither side chose. A reply comes late, and turns red. "
        "A shut list is opened one step.",
        visits,
    ),
    _Scene(54, "Someone who is party to nothing checks it, offline.", check_as_stranger),
    _Scene(57, "Three things it cannot do. The first: keep anyone quiet who has read.", limits),
)


def tell(stage: Stage) -> Iterator[Beat]:
    """Play the scenes in order; each happens when it is asked for."""
    for scene in SCENES:
        yield Beat(second=scene.second, said=scene.said, lines=tuple(scene.show(stage)))
