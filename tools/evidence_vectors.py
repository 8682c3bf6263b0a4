"""Writes vectors/evidence: evidence files, trust files, and what a verifier must say of them, whole and spoiled.

ML-DSA signatures are hedged, so a second run writes other bytes with the same verdicts; run it only when the format
changes. It runs from the root of the checkout: python -m tools.evidence_vectors
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from tests.build import Party, seed
from tests.evidence_build import LoggedCase, delivered, two_states
from tests.simulator import dishonest

from parley import evidence
from parley.act import Refusal, Revocation
from parley.checkpoint import LogSigner
from parley.crypto import SigningKey
from parley.errors import ParleyError
from parley.evidence import Evidence
from parley.policy import Policy, Trust
from parley.verdict import verify

OUT = Path(__file__).parent.parent / "vectors" / "evidence"
Case = dict[str, Any]


def case(name: str, file: str, trust: str | None, expect: str, **more: Any) -> Case:
    """One case: what to do to `file` first is in `drop` (places in acts) and `replace` (pairs of texts, each once)."""
    return {"name": name, "file": file, "trust": trust, "drop": [], "replace": []} | more | {"expect": expect}


def spoiled(data: bytes, one: Case) -> bytes:
    """The bytes that a case is about."""
    text = data.decode()
    for old, new in one["replace"]:
        if text.count(old) != 1:
            raise SystemExit(f"{one['name']}: {old!r} stands in the file {text.count(old)} times")
        text = text.replace(old, new)
    if one["drop"]:
        value = json.loads(text)
        value["acts"] = [item for place, item in enumerate(value["acts"]) if place not in one["drop"]]
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
    return text.encode()


def trusts(log: LoggedCase) -> dict[str, Trust]:
    other = LogSigner("other.example/log/1", SigningKey.from_secret(seed("other log"), info="log"))
    known = log.trust("us", "ru")
    return {
        "both": known,
        "quorum": log.trust("us", "ru", needed=1),
        "us-only": log.trust("us"),
        "other-root": log.trust("us", "ru", roots={"us": log.parties["us"], "ru": Party("another")}),
        "other-log": Trust(policy=Policy.write(logs=other.keys), parties=known.parties),
    }


def files() -> dict[str, Evidence]:
    out: dict[str, Evidence] = {}
    log, deposit = delivered()
    bare = log.note(by=())
    out["act"] = log.of_acts(deposit, note=bare)
    out["paper"] = log.of_paper(deposit, note=bare)
    out["history"] = log.history(without=[log.acts[8], log.acts[10]], note=bare)
    log = two_states()
    before = log.note(by=("oslo",))
    deposit = log.paper("us", "ru")
    log.admit(log.receipt("ru", deposit))
    for party in ("us", "ru"):
        log.admit(log.release(party, deposit, provisions=(1, 3)))
    out["excerpt"] = dataclasses.replace(log.excerpt(deposit, 1, 3, note=log.note(by=("oslo",))), earlier=before)
    out["excerpt-other-set"] = log.excerpt(deposit, 1, 2, note=log.note(by=()))
    liar = dishonest()
    deposit = liar.paper("us", "ru")
    receipt = liar.admit(liar.receipt("ru", deposit))
    one = liar.logged(receipt, liar.note(by=()))
    refusal = liar.act(Refusal, "ru", deposit=deposit.digest, reason="terms", words=())
    two = liar.force(refusal).signed
    end = liar.note(by=())
    shown = [liar.logged(item, end) for item in (deposit, receipt, two)]
    out["fork-second-outcome"] = evidence.fork(shown, support=liar.support(end))
    out["second-outcome"] = dataclasses.replace(out["fork-second-outcome"], kind="act")
    liar.rewind(8)
    refusal = liar.act(Refusal, "ru", deposit=deposit.digest, reason="terms", words=())
    instead = liar.logged(liar.admit(refusal), liar.note(by=()))
    out["fork-two-leaves"] = evidence.fork([], bare=[one, instead], support=liar.support(liar.note(by=())))
    honest = [liar.logged(act, liar.note(by=())) for act in (deposit, refusal)]
    out["fork-of-nothing"] = evidence.fork(honest, support=liar.support(liar.note(by=())))
    liar.rewind(8)
    liar.admit(liar.root_act(Revocation, "ru", key=liar.parties["ru"].officer.id, reading_key=None))
    late = liar.force(liar.receipt("ru", deposit)).signed
    end = liar.note(by=())
    acts = (*liar.acts[:5], deposit, liar.acts[8], late)
    out["revoked-before"] = Evidence(kind="act", items=tuple(liar.logged(act, end).item() for act in acts))
    return out


def cases(found: dict[str, Evidence]) -> list[Case]:
    digest = found["history"].items[-1].digest.hex()
    return [
        case("a paper and its outcomes, with a trust file", "paper", "both", "proven"),
        case("the same without a trust file", "paper", None, "unchecked"),
        case("the same, one party not in the trust file", "paper", "us-only", "unchecked"),
        case("one act, its party in the trust file", "act", "us-only", "proven"),
        case("a quorum that no witness met", "act", "quorum", "invalid"),
        case("an excerpt by consent, cosigned", "excerpt", "quorum", "proven"),
        case("an excerpt of another set than was released", "excerpt-other-set", "both", "unchecked"),
        case("an excerpt without its releases", "excerpt", "both", "unchecked", drop=[7, 8]),
        case("an excerpt without its receipt", "excerpt", "both", "proven", drop=[6]),
        case("an excerpt without its deposit", "excerpt", "both", "malformed", drop=[5]),
        case("a number in the opening", "excerpt", "both", "disproven", replace=[['"number":3', '"number":2']]),
        case("the total in the opening", "excerpt", "both", "disproven", replace=[['"total":3', '"total":4']]),
        case("half a witness", "excerpt", "quorum", "invalid", replace=[half(found["excerpt"])]),
        case("a history that leaves acts out", "history", "both", "proven"),
        case("a history with a gap", "history", "both", "invalid", drop=[8]),
        case("a bare digest of another act", "history", "both", "invalid", replace=[[digest, "00" * 32]]),
        case("a bare digest in an act file", "history", "both", "malformed", replace=[['"history"', '"act"']]),
        case("another log in the trust file", "paper", "other-log", "invalid"),
        case("another root in the trust file", "paper", "other-root", "invalid"),
        case("without the powers of a key", "paper", "both", "invalid", drop=[2]),
        case("without the enrolment of a party", "paper", "both", "invalid", drop=[1]),
        case("without the genesis", "paper", "both", "malformed", drop=[0]),
        case("a key revoked an entry earlier", "revoked-before", "both", "invalid"),
        case("the same with the revocation left out", "revoked-before", "both", "proven", drop=[6]),
        case("a second outcome", "second-outcome", "both", "invalid"),
        case("a second outcome convicts", "fork-second-outcome", "both", "proven"),
        case("a second outcome alone convicts nobody", "fork-second-outcome", "both", "invalid", drop=[-1]),
        case("two leaves convict, without the acts", "fork-two-leaves", "both", "proven"),
        case("a conviction without a trust file", "fork-two-leaves", None, "unchecked"),
        case("an honest log convicts nobody", "fork-of-nothing", "both", "invalid"),
        case("a newer version", "act", "both", "malformed", replace=[['"version":1', '"version":2']]),
        case("an unknown kind", "act", "both", "malformed", replace=[['"kind":"act"', '"kind":"proof"']]),
        case("an unknown member", "act", "both", "malformed", replace=[['"version":1', '"version":1,"x":0']]),
        case("a member twice", "act", "both", "malformed", replace=[['"version":1', '"version":1,"version":1']]),
        case("a space", "act", "both", "malformed", replace=[['"version":1', '"version": 1']]),
        case("a float", "act", "both", "malformed", replace=[['"version":1', '"version":1.0']]),
        case("no final line feed", "act", "both", "malformed", replace=[['"version":1}\n', '"version":1}']]),
        case("an index", "act", "both", "invalid", replace=[["\\nindex 7\\n", "\\nindex 6\\n"]]),
    ]


def half(file: Evidence) -> list[str]:
    """One letter of a witness's name on the second of its lines in one checkpoint."""
    note = file.earlier or file.items[0].proof.note
    line = note.signatures[-1].to_text()[:60]
    return [line, line.replace("oslo", "osla")]


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    found = files()
    log, _ = delivered()
    known = trusts(log)
    for name, file in found.items():
        (OUT / f"{name}.evidence").write_bytes(file.encode())
    for name, trust in known.items():
        (OUT / f"{name}.trust").write_text(trust.to_text(), encoding="utf-8")
    written = []
    for one in cases(found):
        if -1 in one["drop"]:
            one["drop"] = [len(found[one["file"]].items) - 1]
        data = spoiled(found[one["file"]].encode(), one)
        try:
            result, code = verify(data, known[one["trust"]] if one["trust"] else None).result.value, None
        except ParleyError as error:
            result, code = type(error).__name__.lower(), error.code
        if result != one["expect"]:
            raise SystemExit(f"{one['name']}: {result} {code}")
        written.append(one | {"code": code})
    note = (
        "Take the file, replace each pair of texts (the first stands in it once), then leave out the acts at the "
        "places in drop and write canonical JSON and LF again; verify it with the trust file. expect: a result, or the "
        "class of failure."
    )
    value = {"note": note, "cases": written}
    (OUT / "cases.json").write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
