"""The cases of vectors/evidence: how the bytes that each is about are made from the files beside it.

In this order, each step only where the case has it: `trust_replace` in the trust file; `replace` in the text of the
file; `keep` or `drop` acts by their places; `add` acts of other files, in the order of their entries; `order` the acts
anew; `kind`, `opening` (by its name in openings.json), `leaves` of the opening by their places, `earlier` (the
checkpoint that ends the proof of an act of a file); `flip` bits of the bytes so made.
"""

from __future__ import annotations

import base64
import json
from functools import cache
from pathlib import Path
from typing import Any

from parley import canonical
from parley.verdict import Verdict

VECTORS = Path(__file__).parent.parent / "vectors" / "evidence"
Case = dict[str, Any]


@cache
def text_of(name: str) -> str:
    """A file beside the cases."""
    return (VECTORS / name).read_text("utf-8")


def all_cases() -> list[Case]:
    found: list[Case] = json.loads(text_of("cases.json"))["cases"]
    return found


def replaced(text: str, pairs: list[list[str]]) -> str:
    """Each pair of texts in turn: the first must stand there exactly once."""
    for old, new in pairs:
        if text.count(old) != 1:
            raise AssertionError(f"{old!r} stands there {text.count(old)} times")
        text = text.replace(old, new)
    return text


def trust_text(case: Case) -> str | None:
    """The trust file of a case, or null."""
    return replaced(text_of(f"{case['trust']}.trust"), case.get("trust_replace", [])) if case["trust"] else None


def evidence_bytes(case: Case) -> bytes:
    """The bytes that a case is about."""
    text = replaced(text_of(f"{case['file']}.evidence"), case["replace"])
    if (
        any(case.get(name) is not None for name in ("keep", "add", "order", "kind", "opening", "leaves", "earlier"))
        or (case["drop"])
    ):
        text = canonical.encode(_made(json.loads(text), case)).decode() + "\n"
    data = bytearray(text.encode())
    for place, bits in case.get("flip", []):
        data[place] ^= bits
    return bytes(data)


def _made(value: Any, case: Case) -> Any:
    acts = value["acts"]
    kept = case.get("keep", range(len(acts)))
    acts = [acts[place] for place in kept if place not in case["drop"]]
    for file, place in case.get("add", []):
        acts.append(json.loads(text_of(f"{file}.evidence"))["acts"][place])
    if "add" in case:
        acts.sort(key=_place)
    value["acts"] = [acts[place] for place in case.get("order", range(len(acts)))]
    value["kind"] = case.get("kind", value["kind"])
    if "opening" in case:
        name = case["opening"]
        value["opening"] = json.loads(text_of("openings.json"))["openings"][name] if name else None
    if "leaves" in case:
        value["opening"]["leaves"] = [value["opening"]["leaves"][place] for place in case["leaves"]]
    if "earlier" in case:
        file, place = case["earlier"]
        proof = json.loads(text_of(f"{file}.evidence"))["acts"][place]["proof"]
        value["earlier"] = proof.partition("\n\n")[2]
    return value


def _place(item: Any) -> tuple[int, bytes, bytes]:
    lines = item["proof"].split("\n")
    extra = base64.b64decode(lines[1].removeprefix("extra "))
    return int(lines[2].removeprefix("index ")), extra, item["proof"].encode()


def answers_of(found: Verdict) -> Case:
    """What a verdict answers, in words that every verifier has."""
    release = found.release
    return {
        "text": found.text.word if found.text else None,
        "release": release.word.value if release else None,
        "parties": list(release.parties) if release else [],
        "missing": list(release.missing) if release else [],
        "delivery": [f"{answer.word.value}: {answer.party}" for paper in found.papers for answer in paper.delivery],
        "not_shown": [item.code for item in found.not_shown],
        "crime": found.conviction.crime.name if found.conviction else None,
        "rule": found.conviction.rule if found.conviction else None,
    }
