"""Writes vectors/evidence: evidence files, trust files, and what a verifier must say of them, whole and spoiled.

ML-DSA signatures are hedged, so a file written again has other bytes and the same verdicts. What is there already is
therefore left alone: to have a file anew, delete it first. The cases and what is expected of them are always written
anew. It runs from the root of the checkout: python -m tools.evidence_vectors
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable

from tests.build import Party, seed
from tests.evidence_build import LoggedCase, delivered, two_states
from tests.evidence_cases import VECTORS, Case, answers_of, evidence_bytes, trust_text
from tests.evidence_cases import __doc__ as recipe
from tests.simulator import dishonest
from tools import evidence_apart
from tools.evidence_breaches import breaches, histories
from tools.evidence_cases import all_cases
from tools.evidence_pools import Pool, papers

from parley import evidence
from parley.act import Refusal, Revocation
from parley.canonical import Time
from parley.checkpoint import LogSigner
from parley.crypto import Link, SigningKey
from parley.errors import ParleyError
from parley.evidence import Evidence
from parley.note import Note
from parley.policy import Policy, Trust
from parley.verdict import verify

FILES = (
    "act",
    "paper",
    "history",
    "excerpt",
    "excerpt-other-set",
    "fork-second-outcome",
    "second-outcome",
    "fork-two-leaves",
    "fork-of-nothing",
    "revoked-before",
)
MORE_FILES = (
    "fork-link-twice",
    "fork-time-backwards",
    "fork-two-roots",
    "fork-outside-chain",
    "timed",
    "too-late",
    "at-the-limit",
    "too-early",
)
POOLS: dict[str, Callable[[], Pool]] = {"papers": papers, "breaches": breaches, "histories": histories}


def trusts(log: LoggedCase) -> dict[str, Trust]:
    other = LogSigner("other.example/log/1", SigningKey.from_secret(seed("other log"), info="log"))
    known = log.trust("us", "ru")
    return {
        "both": known,
        "quorum": log.trust("us", "ru", needed=1),
        "fr-too": log.trust("us", "ru", "fr", roots=log.parties | {"fr": Party("fr")}),
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


def more_files() -> dict[str, Evidence]:
    """Forks of the kinds that need no act, and files whose times witnesses bound."""
    out: dict[str, Evidence] = {}
    liar = dishonest()
    first = liar.logged(liar.paper("us", "ru"), liar.note(by=()))
    liar.tick(1)
    again = liar.admit(liar.deposit("us", "ru"))
    liar.entries[-1] = dataclasses.replace(liar.entries[-1], link=liar.entries[-2].link)
    end = liar.note(by=())
    shown = [liar.logged(act, end) for act in (first.signed, again)]
    out["fork-link-twice"] = evidence.fork([], bare=shown, support=liar.support(end))
    liar.rewind(8)
    liar.force(liar.deposit("us", "ru"), time=Time(liar.now - 60_000))
    end = liar.note(by=())
    shown = [liar.logged(act, end) for act in liar.acts[-2:]]
    out["fork-time-backwards"] = evidence.fork([], bare=shown, support=liar.support(end))
    liar.rewind(8)
    before = liar.note(by=())
    liar.rewind(7)
    liar.admit(liar.deposit("us", "ru"))
    out["fork-two-roots"] = evidence.fork([], support=liar.support(liar.note(by=())), earlier=before)
    out |= outside_chain()
    log = two_states()
    before = log.note(by=("oslo",))
    log.tick(30)
    deposit = log.paper("us", "ru")
    log.tick(30)
    for name, seconds in (("timed", 0), ("too-late", -3600), ("at-the-limit", 3540)):
        note = log.note(seconds=int(log.now) // 1000 + seconds, by=("oslo",))
        out[name] = dataclasses.replace(log.of_acts(deposit, note=note), earlier=before)
    later = log.note(7, seconds=int(log.now) // 1000 + 3600, by=("oslo",))
    out["too-early"] = dataclasses.replace(
        log.of_acts(deposit, note=log.note(seconds=later_than(later))), earlier=later
    )
    return out


def later_than(note: Note) -> int:
    """A second after the witness of a checkpoint signed it."""
    return int.from_bytes(note.signatures[-1].signature[:8], "big") + 1


def outside_chain() -> dict[str, Evidence]:
    liar = dishonest()
    deposit = liar.paper("us", "ru")
    strange = liar.act(Refusal, "ru", deposit=deposit.digest, reason="terms", words=())
    liar.force(strange, link=Link(bytes(32)))
    receipt = liar.admit(liar.receipt("ru", deposit))
    end = liar.note(by=())
    chain = [liar.logged(liar.acts[place], end) for place in (5, 6, 7)]
    items = [*chain, liar.logged(strange, end)]
    return {"fork-outside-chain": evidence.fork(items, bare=[liar.logged(receipt, end)], support=liar.support(end))}


def missing(name: str) -> bool:
    return not (VECTORS / name).exists()


def write_files() -> None:
    """Write the files that are not there."""
    makers: list[tuple[Callable[[], dict[str, Evidence]], tuple[str, ...]]] = [
        (files, FILES),
        (more_files, MORE_FILES),
        (evidence_apart.files, evidence_apart.FILES),
    ]
    for make, names in makers:
        wanted = [name for name in names if missing(f"{name}.evidence")]
        found = make() if wanted else {}
        for name in wanted:
            (VECTORS / f"{name}.evidence").write_bytes(found[name].encode())
    pools = [name for name in POOLS if missing(f"{name}.evidence")]
    places = {} if missing("openings.json") else json.loads((VECTORS / "openings.json").read_text("utf-8"))
    for name in pools:
        pool = POOLS[name]()
        (VECTORS / f"{name}.evidence").write_bytes(pool.file().encode())
        places.setdefault("stories", {})[name] = pool.spans
        if pool.openings:
            places["openings"] = pool.openings
    if pools:
        note = "Openings by name, and the places of the acts of each story in the files that hold many."
        text = json.dumps({"note": note} | places, ensure_ascii=False)
        (VECTORS / "openings.json").write_text(text + "\n", encoding="utf-8")
    log, _ = delivered()
    for name, trust in trusts(log).items():
        if missing(f"{name}.trust"):
            (VECTORS / f"{name}.trust").write_text(trust.to_text(), encoding="utf-8")


def told(one: Case) -> Case:
    """What this verifier says of a case."""
    trust = trust_text(one)
    try:
        found = verify(evidence_bytes(one), Trust.parse(trust) if trust is not None else None)
    except ParleyError as error:
        return {"expect": type(error).__name__.lower(), "code": error.code}
    said: Case = {"expect": found.result.value, "code": None}
    if found.text is not None or found.conviction is not None or found.papers:
        said["answers"] = answers_of(found)
    return said


def main() -> None:
    VECTORS.mkdir(parents=True, exist_ok=True)
    write_files()
    written, wrong = [], []
    names = set()
    for one in all_cases():
        if one["name"] in names:
            raise SystemExit(f"two cases are called {one['name']}")
        names.add(one["name"])
        said = told(one)
        wanted = one.pop("expect")
        if wanted not in (said["expect"], said["code"], None):
            wrong.append(f"{one['name']}: {said['expect']} {said['code']} and not {wanted}")
        written.append(one | said)
    if wrong:
        raise SystemExit("\n".join(wrong))
    note = " ".join((recipe or "").split()) + (
        " expect: a result, or the class of failure; code: of the failure; answers: of a file that holds, what it says."
    )
    lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in written)
    text = f'{{"note": {json.dumps(note, ensure_ascii=False)},\n"cases": [\n{lines}\n]}}\n'
    (VECTORS / "cases.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
