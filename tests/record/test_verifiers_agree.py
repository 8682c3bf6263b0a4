"""Two verifiers that share no code say the same of every evidence file: ours, and the browser's, run by node."""

from __future__ import annotations

import base64
import dataclasses
import json
import random
import subprocess
from typing import Any

import pytest

from parley import canonical
from parley.errors import Invalid, Malformed
from parley.policy import Trust
from parley.verdict import Verdict, verify
from parley.words import LANGUAGES, say, speaking
from parley.words.verdicts import (
    alarm_lines,
    clocks_of,
    delivery_lines,
    digit_lines,
    head,
    naming_of,
    not_shown_lines,
    release_lines,
    text_line,
)
from tests.evidence_cases import all_cases, evidence_bytes, text_of, trust_text
from tests.record.verifier import VERIFIER, Job, install, judged

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("installed")]


@pytest.fixture(scope="module")
def installed() -> None:
    install()


def told(data: bytes, trust: str | None) -> dict[str, Any]:
    """What our verifier says, in the form in which the browser's says it."""
    try:
        return plain(verify(data, Trust.parse(trust) if trust is not None else None))
    except (Malformed, Invalid) as error:
        return {"class": type(error).__name__.lower(), "code": error.code}


def plain(found: Verdict) -> dict[str, Any]:
    """All of a verdict but what was hashed on the way. Places in the log are text: JavaScript has no such number."""
    text, release, crime = found.text, found.release, found.conviction
    return {
        "result": found.result.value,
        "kind": found.kind,
        "log": found.log,
        "acts": [
            {
                "index": str(act.index),
                "time": act.time,
                "digest": act.digest.hex(),
                "kind": act.act.kind if act.act else None,
                "powers": [
                    {"key": p.key.hex(), "granted": str(p.granted), "name": p.name, "office": p.office}
                    for p in act.powers
                ],
                "earliest": act.earliest,
                "latest": act.latest,
            }
            for act in found.acts
        ],
        "parties": [dataclasses.asdict(party) | {"root": party.root.hex()} for party in found.parties],
        "papers": [
            {
                "digest": paper.digest.hex(),
                "delivery": [
                    {
                        "word": answer.word.value,
                        "party": answer.party,
                        "act": answer.act.hex() if answer.act else None,
                        "index": str(answer.index) if answer.index is not None else None,
                        "underReserve": answer.under_reserve,
                    }
                    for answer in paper.delivery
                ],
                "reference": paper.reference,
            }
            for paper in found.papers
        ],
        "text": {
            "word": text.word,
            "manifest": text.manifest.title if text.manifest else None,
            "provisions": [
                {"number": leaf.number, "path": list(leaf.path), "words": leaf.words} for leaf in text.provisions
            ],
            "omitted": list(text.omitted),
            "missing": list(text.missing),
            "total": text.total,
        }
        if text
        else None,
        "release": {
            "word": release.word.value,
            "parties": list(release.parties),
            "missing": list(release.missing),
            "audience": {"parties": list(release.audience.parties), "public": release.audience.public}
            if release.audience
            else None,
            "since": release.since,
            "underReserve": release.under_reserve,
        }
        if release
        else None,
        "conviction": {
            "crime": crime.crime.name,
            "first": str(crime.first),
            "second": str(crime.second),
            "rule": crime.rule,
        }
        if crime
        else None,
        "notShown": [
            {"code": item.code, "details": {name: str(value) for name, value in item.details}}
            for item in found.not_shown
        ],
        "steps": {step.number for step in found.steps},
    }


def said(found: dict[str, Any]) -> dict[str, Any]:
    """What the browser's verifier said, as `told` says it: numbers in details as text, of the steps their numbers."""
    if "class" in found:
        return {"class": found["class"], "code": found["code"]}
    for item in found["notShown"]:
        item["details"] = {name: str(value) for name, value in item["details"].items()}
    return found | {"steps": {int(step.split(" ")[0]) for step in found["steps"]}}


def agree(jobs: list[Job], names: list[str]) -> list[dict[str, Any]]:
    theirs = judged(jobs)
    assert len(theirs) == len(jobs)
    for (data, trust), found, name in zip(jobs, theirs, names, strict=True):
        assert said(found) == told(data, trust), name
    return theirs


def test_of_every_case_they_say_the_same() -> None:
    cases = all_cases()
    assert len(cases) > 400
    jobs = [(evidence_bytes(case), trust_text(case)) for case in cases]
    agree(jobs, [case["name"] for case in cases])


def test_of_files_spoiled_at_random_they_say_the_same() -> None:
    """Bytes changed, taken out and put in, where a seed says: parsers differ where nobody thought to look."""
    chance = random.Random(20220126)
    trust = text_of("quorum.trust")
    jobs: list[Job] = []
    for name in ("excerpt", "history", "fork-two-leaves"):
        data = text_of(f"{name}.evidence").encode()
        for _ in range(60):
            place, width = chance.randrange(len(data)), chance.choice((0, 1, 1, 1, 4))
            instead = bytes(chance.randrange(256) for _ in range(chance.choice((0, 1, 1, 1, 3))))
            jobs.append((data[:place] + instead + data[place + width :], trust))
    agree(jobs, [str(number) for number in range(len(jobs))])


VALUES: list[Any] = [
    None, True, 0, -1, 2**53 - 1, "", "us", "depositary", "00" * 32, "A" * 64, "2022-13-26T17:00:00.000Z", "AAAA", [],
    {}, ["us", "ru"], [2, 1], "\u202e", "e\u0301", "x\u200cy",
]  # fmt: skip
LETTERS = "aA0 \u202e\u00e9\u0301/-._\n"


def places_in(value: Any) -> list[tuple[Any, Any]]:
    """Each container of a value with each of its keys."""
    if not isinstance(value, dict | list):
        return []
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    return [(value, key) for key in keys] + [place for key in keys for place in places_in(value[key])]


def spoil(value: Any, chance: random.Random) -> None:
    """Change one member somewhere: taken out, put in, doubled, a letter of it, or something else in its place."""
    holder, key = chance.choice(places_in(value))
    text, what = holder[key], chance.randrange(5)
    if what == 0 and isinstance(holder, dict):
        del holder[key]
    elif what == 1 and isinstance(holder, dict):
        holder[chance.choice("Zax~")] = chance.choice(VALUES)
    elif what == 2 and isinstance(holder, list):
        holder.insert(key, text)
    elif what == 3 and isinstance(text, str) and text:
        at = chance.randrange(len(text))
        holder[key] = text[:at] + chance.choice(LETTERS) + text[at + 1 :]
    else:
        holder[key] = chance.choice(VALUES)


def test_of_members_spoiled_at_random_they_say_the_same() -> None:
    """Files and acts that are canonical JSON and not as they should be: each member of each act has its form."""
    chance = random.Random(20220217)
    trust = text_of("both.trust")
    files = {
        name: text_of(f"{name}.evidence") for name in ("act", "excerpt", "history", "papers", "breaches", "histories")
    }
    jobs: list[Job] = []
    for _ in range(600):
        value = json.loads(files[chance.choice(sorted(files))])
        if len(value["acts"]) > 12:
            value["acts"] = [*value["acts"][:7], chance.choice(value["acts"][7:])]
        item = value["acts"][-1] if chance.random() < 0.7 else chance.choice(value["acts"])
        if "act" not in item or chance.random() < 0.2:
            spoil(value if chance.random() < 0.5 else item, chance)
        else:
            payload = json.loads(base64.b64decode(item["act"]["payload"]))
            spoil(payload, chance)
            item["act"]["payload"] = base64.b64encode(canonical.encode(payload)).decode()
        jobs.append((canonical.encode(value) + b"\n", trust))
    agree(jobs, [str(number) for number in range(len(jobs))])


def test_of_trust_files_spoiled_at_random_they_say_the_same() -> None:
    chance = random.Random(1643217360)
    data, whole = text_of("act.evidence").encode(), text_of("both.trust")
    jobs: list[Job] = []
    for _ in range(120):
        place = chance.randrange(len(whole))
        instead = chance.choice(("", " ", "\n", "\t", "+", "A", "\u202e", "\u00a0", "\u0301", "#", "=", "\u200d"))
        jobs.append((data, whole[:place] + instead + whole[place + chance.choice((0, 1)) :]))
    agree(jobs, [str(number) for number in range(len(jobs))])


def test_a_step_that_fails_bears_its_number() -> None:
    """The page says in a sentence which step failed; each step that can fail does so in some case."""
    cases = [case for case in all_cases() if case["code"] is not None and not case.get("trust_replace")]
    found = judged([(evidence_bytes(case), trust_text(case)) for case in cases])
    assert {one["step"] for one in found} == set(range(1, 11))


@pytest.mark.parametrize("language", LANGUAGES)
def test_they_say_it_in_the_same_words(language: str) -> None:
    """The browser adds that a time has not come, by its own clock; all else it says as `parley verify` says it."""
    cases = [case for case in all_cases() if "answers" in case]
    jobs = [(evidence_bytes(case), trust_text(case)) for case in cases]
    for (data, trust), found in zip(jobs, judged(jobs, language=language), strict=True):
        verdict = verify(data, Trust.parse(trust) if trust is not None else None)
        with speaking(language):
            said = sentences(verdict)
        found["digits"] = " ".join(paper["digits"] for paper in found["papers"])
        assert {name: found[name] for name in said} == said


def sentences(verdict: Verdict) -> dict[str, Any]:
    """What a person reads of a verdict, in the language that is spoken."""
    naming, clocks = naming_of(verdict), clocks_of(verdict)
    text, release = verdict.text, verdict.release
    found: dict[str, Any] = {
        "alarms": alarm_lines(verdict, naming, clocks),
        "head": head(verdict),
        "register": say("verdict.register", log=verdict.log),
        "digits": " ".join(digit_lines(verdict)),
        "notShown": not_shown_lines(verdict, naming),
        "agreement": say("meaning.agreement"),
        "numbers": [
            {"party": naming(party.party), "number": party.number, "known": party.name is not None}
            for party in ([] if verdict.conviction else verdict.parties)
        ],
    }
    if text is None:
        return found | {"answers": None}
    delivered = delivery_lines(verdict, verdict.papers[0], naming, clocks)
    answers = (
        ("text", [text_line(text)]),
        ("release", release_lines(release, naming, clocks) if release else [say("release-answers.not-proven")]),
        ("delivery", delivered),
    )
    return found | {"answers": [[say(f"answers.{name}"), lines] for name, lines in answers]}


def test_its_own_tests_pass() -> None:
    """The vectors of all floors: encoding, signatures, trees, notes, trust files, acts, openings, words."""
    ran = subprocess.run(["npm", "test"], cwd=VERIFIER, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stdout.decode("utf-8")[-4000:]
