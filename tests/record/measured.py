"""A record with papers under an agreement: whole ones, a test, parts, what was shown one-sidedly, what was replaced."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from parley.canonical import Time
from parley.cli import templates
from parley.crypto import sha256
from parley.disclosure import contents
from parley.document import Document, File
from parley.measures import paper_text, step_text
from parley.measures.agreement_file import read_agreement
from parley.measures.content import of_items
from parley.record.inputs import Inputs, PaperInput
from parley.statement import Signed
from parley.words import LANGUAGES
from tests.evidence_build import LoggedCase, two_states
from tests.record.records import about, cut, received

NAME = "security-guarantees-2022"
FILE = templates.read(NAME)
AGREEMENT = read_agreement(FILE)
PRESS = b'agreements = ["security-guarantees-2022"]\n'
DATA: dict[str, Any] = {
    "exchange": date(2022, 1, 10), "as-of": date(2022, 1, 1), "deployed-icbms": 397, "deployed-slbms": 230,
    "deployed-bombers": 48, "other-launchers": 125, "missile-warheads": 1409, "bomber-warheads": 100,
    "stored-strategic": 1, "stored-other": 1, "deployed-other": 1,
}  # fmt: skip
EXERCISE: dict[str, Any] = {
    "designation": "Summer <b>", "purpose": "Training", "states": "Russian Federation", "area": "Region 2",
    "start": date(2021, 12, 28), "end": date(2022, 1, 3), "troops": 12700, "tanks": 140, "acvs": 370, "artillery": 150,
    "bombers": False,
}  # fmt: skip


def document(form: str, items: dict[str, Any], *, language: str = "en", test: bool = False) -> Document:
    """A filled form as it is sealed."""
    found = AGREEMENT.form(form)
    assert found is not None
    content = of_items(AGREEMENT, found, items, test=test)
    file = File(name="notice.toml", media_type=paper_text.MEDIA_TYPE, size=3, sha256=sha256(b"abc"))
    return paper_text.document_of(content, AGREEMENT, file, language=language)


def adoption() -> Document:
    """The agreement as it is sealed, with its file."""
    file = File(name=f"{NAME}.toml", media_type=step_text.MEDIA_TYPE, size=len(FILE), sha256=sha256(FILE))
    return step_text.document_of_agreement(AGREEMENT, file, language="en")


@dataclass
class Measured:
    """Papers as they are handed over and released, each named by the order in which its sender sent it."""

    case: LoggedCase = field(default_factory=two_states)
    papers: list[tuple[str, Signed, list[tuple[int, ...]]]] = field(default_factory=list)

    def paper(self, by: str, made: Document, **changes: Any) -> Signed:
        to = "us" if by == "ru" else "ru"
        given: dict[str, Any] = {"terms": "public", "role": "notification", **changes}
        deposit = received(self.case, by, to, contents=list(contents(made)), **given)
        number = sum(each.act.by.party == by for _, each, _ in self.papers) + 1
        self.papers.append((f"{by.upper()}-{number}", deposit, []))
        self.case.tick(60)
        return deposit

    def show(self, deposit: Signed, *numbers: int, by: str | None = None, **changes: Any) -> Signed:
        """Release these provisions, the whole for none."""
        released = self.case.admit(
            self.case.release(by or deposit.act.by.party, deposit, provisions=numbers or None, **changes)
        )
        total = self.case.commitments[deposit.digest].total
        shown = next(sets for _, each, sets in self.papers if each.digest == deposit.digest)
        shown.append(numbers or (0, *range(1, total + 1)))
        return released

    def inputs(self, **changes: Any) -> Inputs:
        papers = tuple(
            PaperInput(
                reference=reference,
                digest=deposit.digest,
                evidence=about(self.case, deposit),
                excerpts=tuple(cut(self.case, deposit, *numbers) for numbers in shown),
            )
            for reference, deposit, shown in self.papers
        )
        given: dict[str, Any] = {
            "by": "us", "handle": "amber-heron", "as_of": Time(self.case.now + 60_000), "papers": papers,
            "languages": LANGUAGES, "press": PRESS, "agreements": ((NAME, FILE),),
        }  # fmt: skip
        return Inputs(**(given | changes))


def measured(**changes: Any) -> Inputs:
    """Declarations of both, an exercise with its test and its change, and what may not count."""
    found = Measured()
    for made, by, role in (
        (document("data", DATA), "us", "declaration"),  # US-1
        (document("data", {**DATA, "deployed-icbms": 300}, language="ru"), "ru", "declaration"),  # RU-1
        (document("exercise", EXERCISE), "ru", "notification"),  # RU-2
        (document("exercise", {**EXERCISE, "designation": "Trial"}, test=True), "ru", "notification"),  # RU-3
    ):
        found.show(found.paper(by, made, role=role))
    part = found.paper("ru", document("exercise", {**EXERCISE, "designation": "In part"}))  # RU-4
    found.show(part, 1, 5, 6)
    against = found.paper(  # US-2, which its recipient shows without leave
        "us", document("exercise", {**EXERCISE, "designation": "One-sided"}), terms="essence"
    )
    found.show(against, by="ru", one_sided=True)
    letter = found.paper("us", document("exercise", EXERCISE), role="note")  # US-3, in the role of something else
    found.show(letter)
    return found.inputs(**changes)
