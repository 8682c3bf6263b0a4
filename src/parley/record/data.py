"""A record for programs: the papers as CSV, every act as JSON, and what search engines read (schema.org, JSON-LD).

Words of the program's own language do not stand here: parties by id, kinds as acts name them, times in UTC.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from markupsafe import Markup

from parley import canonical
from parley.act import Deposit, Expiry, Handover, Notice, Receipt, Refusal, Release, Statement, Withdrawal
from parley.paper import Done, Outcome
from parley.record.papers import PaperRead, Reading
from parley.verdict import ActShown

VERSION = 1
COLUMNS = (
    "reference", "paper", "from", "to", "role", "in_reply_to", "standing", "language", "sent", "deposited", "informed",
    "received", "handed_over", "outcome", "outcome_time", "terms_taken", "excerpts", "evidence",
)  # fmt: skip
"""The columns of register.csv; one row for each paper and recipient."""


def register(reading: Reading) -> bytes:
    """The papers with their four times and outcomes, after RFC 4180. A cell begins with nothing a spreadsheet runs."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for paper in reading.papers:
        writer.writerows(_rows(reading, paper))
    return written.getvalue().encode("utf-8")


def _rows(reading: Reading, paper: PaperRead) -> Iterator[list[str]]:
    deposit = paper.deposit
    reply = deposit.in_reply_to
    for recipient in deposit.recipients:
        outcome = paper.paper.outcomes[recipient.party]
        receipt = outcome.find(Receipt)
        taken = receipt.act.terms_taken if receipt and isinstance(receipt.act, Receipt) else ""
        decided = outcome.decided
        yield [
            paper.reference,
            paper.shown.digest.hex(),
            deposit.by.party,
            recipient.party,
            deposit.role,
            (reading.reference_of(reply) or reply.hex()) if reply else "",
            deposit.standing,
            deposit.language,
            deposit.claimed_time.to_text(),
            paper.paper.at.time.to_text(),
            *(_time(outcome, kind) for kind in (Notice, Receipt, Handover)),
            decided.act.kind if decided else "",
            decided.at.time.to_text() if decided else "",
            taken,
            str(len(paper.excerpts)),
            f"evidence/{paper.stem}.evidence",
        ]


def _time(outcome: Outcome, kind: type[Notice] | type[Receipt] | type[Handover]) -> str:
    done: Done | None = outcome.find(kind)
    return done.at.time.to_text() if done else ""


def acts(reading: Reading) -> bytes:
    """Every act shown, in the order of the register: canonical JSON and a final LF."""
    shown = [
        (act, paper) for paper in reading.papers for act in paper.acts
    ]  # each act stands in the file of its own paper alone
    shown.sort(key=lambda item: item[0].index)
    value = {
        "acts": [_act(act, paper) for act, paper in shown],
        "as_of": reading.inputs.as_of,
        "log": reading.log,
        "negotiation": reading.inputs.handle,
        "version": VERSION,
    }
    return canonical.encode(value) + b"\n"


def _act(shown: ActShown, paper: PaperRead) -> dict[str, Any]:
    act = shown.act
    assert act is not None  # noqa: S101 - files of kind `act` show every act
    found: dict[str, Any] = {
        "act": act.kind,
        "by": act.by.party,
        "digest": shown.digest,
        "entry": shown.index,
        "evidence": f"evidence/{paper.stem}.evidence",
        "paper": paper.reference,
        "time": shown.time,
    }
    match act:
        case Deposit():
            found |= {"in_reply_to": act.in_reply_to, "role": act.role, "standing": act.standing, "terms": act.terms,
                      "to": [recipient.party for recipient in act.recipients]}  # fmt: skip
        case Receipt(terms_taken=taken):
            found["terms_taken"] = taken
        case Refusal(reason=reason):
            found["reason"] = reason
        case Release():
            found |= {"not_before": act.not_before, "one_sided": act.one_sided, "provisions": act.provisions,
                      "until": act.until}  # fmt: skip
        case Statement():
            found |= {"kind": act.about, "words": act.words}
        case Expiry(recipients=parties):
            found["to"] = parties
        case Withdrawal():
            found |= {"release": act.release, "to": act.recipients}
        case _:
            pass
    return found


# --- schema.org -------------------------------------------------------------------------------------------------


def linked(value: dict[str, Any]) -> Markup:
    """A block of JSON-LD that cannot end before its end."""
    text = canonical.encode({"@context": "https://schema.org", **value}).decode("utf-8")
    for sign, written in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(sign, written)
    return Markup('<script type="application/ld+json">' + text + "</script>")  # noqa: S704 - no sign of markup is left


def dataset(reading: Reading, *, name: str, language: str, files: Iterable[tuple[str, str]]) -> Markup:
    """What the index is: a set of data, with the files it can be taken as."""
    base = reading.inputs.address or ""
    return linked(
        {
            "@type": "Dataset",
            "dateModified": reading.inputs.as_of,
            "distribution": [
                {"@type": "DataDownload", "contentUrl": base + file, "encodingFormat": form} for file, form in files
            ],
            "identifier": reading.log,
            "inLanguage": language,
            "license": "https://creativecommons.org/publicdomain/zero/1.0/",
            "name": name,
            **({"url": base} if base else {}),
        }
    )


def message(paper: PaperRead, *, name: str, called: dict[str, str]) -> Markup:
    """What the page of a paper is about: a message, from whom, to whom, sent and received when. Not what it says."""
    deposit = paper.deposit
    received = [
        done.at.time for outcome in paper.paper.outcomes.values() if (done := outcome.find(Receipt)) is not None
    ]
    return linked(
        {
            "@type": "Message",
            "dateSent": paper.paper.at.time,
            **({"dateReceived": min(received)} if received else {}),
            "identifier": paper.shown.digest,
            "inLanguage": deposit.language,
            "name": name,
            "recipient": [{"@type": "Organization", "name": called[each.party]} for each in deposit.recipients],
            "sender": {"@type": "Organization", "name": called[deposit.by.party]},
        }
    )
