"""The cases of vectors/evidence: which file, what is done to it, and what must come of it. See `evidence_vectors`.

What is wanted is a result, a class of failure, or the code of one; what a verifier says is written beside it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

from tests.evidence_cases import Case, text_of
from tools import evidence_apart
from tools.evidence_pools import BAD, HIDING, MANIFESTS
from tools.evidence_spoiled import INVALID, MALFORMED, PROVEN, UNCHECKED, case, spoiled_cases

SUPPORT = [0, 1, 2, 3, 4]
"""In the logs of many papers: the genesis, and for two parties the enrolment and the powers."""


def all_cases() -> Iterator[Case]:
    yield from _first()
    yield from _excerpts()
    yield from _openings()
    yield from _breaches()
    yield from _histories()
    yield from _forks()
    yield from _one_log()
    yield from evidence_apart.cases()
    yield from _times()
    yield from _trusts()
    yield from spoiled_cases()


def stories(file: str) -> dict[str, list[int]]:
    found: dict[str, list[int]] = json.loads(text_of("openings.json"))["stories"][file]
    return found


# --- the first ones ---------------------------------------------------------------------------------------------


def _first() -> Iterator[Case]:
    digest = json.loads(text_of("history.evidence"))["acts"][-1]["digest"]
    yield from (
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
        case("half a witness", "excerpt", "quorum", "invalid", replace=[half("excerpt")]),
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
        case("a second outcome alone convicts nobody", "fork-second-outcome", "both", "invalid", drop=[7]),
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
    )


def half(name: str) -> list[str]:
    """One letter of a witness's name on the second of its lines in the earlier checkpoint of a file."""
    line = json.loads(text_of(f"{name}.evidence"))["earlier"].split("\n")[-2][:60]
    return [line, line.replace("oslo", "osla")]


# --- excerpts ---------------------------------------------------------------------------------------------------


def excerpt(
    name: str, story: str, opening: str, expect: str | None, *, without: tuple[int, ...] = (), **more: Any
) -> Case:
    """An excerpt of a paper of the honest log: its story's acts, but those at the places `without` in it."""
    places = stories("papers")[story]
    kept = [place for number, place in enumerate(places) if number not in without]
    members: Case = {"keep": SUPPORT + kept, "kind": "excerpt", "opening": opening} | more
    return case(name, "papers", members.pop("trust", "both"), expect, **members)


def _excerpts() -> Iterator[Case]:
    """What an excerpt can answer; the acts of a story are the deposit, then what became of it."""
    yield excerpt("by consent", "consent", "consent", PROVEN)
    yield excerpt("by consent, without a trust file", "consent", "consent", UNCHECKED, trust=None)
    yield excerpt("by consent, one party unknown", "consent", "consent", UNCHECKED, trust="us-only")
    yield excerpt("by consent, and the receipt left out", "consent", "consent", PROVEN, without=(1,))
    yield excerpt("by its author, since the other consent is left out", "consent", "consent", PROVEN, without=(3,))
    yield excerpt("a consent whose fellow is left out", "consent", "consent", UNCHECKED, without=(2,))
    yield excerpt("no release at all", "consent", "consent", UNCHECKED, without=(2, 3))
    yield excerpt("openings that fail with no release are not examined", "consent", "twin", UNCHECKED, without=(2, 3))
    yield excerpt("openings of another deposit with equal words", "consent", "twin", "disproven")
    yield excerpt("openings of another deposit, and none of the releases is for them", "consent", "author", "disproven")
    yield excerpt("a provision more than was released", "consent", "consent more", UNCHECKED)
    yield excerpt("a provision less than was released", "consent", "consent less", UNCHECKED)
    yield excerpt("the manifest with single provisions", "consent", "consent with manifest", UNCHECKED)
    yield excerpt("a companion left out", "companion", "companion", UNCHECKED)
    yield excerpt("a release taken back", "taken back", "taken back", UNCHECKED)
    yield excerpt("a release taken back, and that left out", "taken back", "taken back", UNCHECKED, without=(3,))
    yield excerpt(
        "a release that names a provision there is none of", "unknown provision", "unknown provision", UNCHECKED
    )
    yield excerpt("seventeen provisions, five hashes a proof", "seventeen", "seventeen", PROVEN)
    yield excerpt("by its author, a companion left out", "author", "author", UNCHECKED)
    yield excerpt("by its author, and the companion that was not released", "author", "author and companion", UNCHECKED)
    yield excerpt("under reserve", "reserve", "reserve", PROVEN)
    yield excerpt("under reserve, and the receipt left out", "reserve", "reserve", UNCHECKED, without=(1,))
    yield excerpt("the whole, by its recipient", "free", "whole", PROVEN)
    yield excerpt("the whole with its manifest", "free", "whole with manifest", PROVEN)
    yield excerpt("the whole, named one by one", "numbered", "numbered", UNCHECKED)
    yield excerpt("the manifest alone", "free", "manifest alone", UNCHECKED)
    yield excerpt("one-sided, after a refusal", "one-sided", "one-sided", PROVEN)
    yield excerpt("one-sided, and the refusal left out", "one-sided", "one-sided", PROVEN, without=(1,))
    yield excerpt("of two audiences the public one", "audiences", "public one", PROVEN)
    yield excerpt("for a named audience", "audiences", "named audience", PROVEN)
    yield excerpt("consent lapsed", "lapsed", "lapsed", UNCHECKED)
    yield excerpt("an embargo, and days before which nobody agreed", "embargo", "embargo", PROVEN)
    for story in ("nobody", "noticed", "withdrawn", "expired", "available", "replaced", "received, replaced"):
        yield excerpt(f"delivery: {story}", story, story, PROVEN)
        yield excerpt(f"delivery: {story}, without a trust file", story, story, UNCHECKED, trust=None)
    yield excerpt("delivery: available, expired", "available, expired", "available, expired", PROVEN)
    yield excerpt("delivery: expired, the expiry left out", "expired", "expired", PROVEN, without=(2,))
    yield excerpt("delivery: the newer deposit left out", "replaced", "replaced", PROVEN, without=(2,))
    yield excerpt("an excerpt of the newer deposit alone", "replaced", "replaced", None, without=(0, 1))
    for name in HIDING:
        number = list(HIDING).index(name) + 1
        others = tuple(place for place in range(1, 1 + len(HIDING)) if place != number)
        yield excerpt(f"words that no sender seals: {name}", "hiding", name, PROVEN, without=others)
    for name in BAD:
        yield excerpt(f"a committed leaf that is no provision: {name}", "bad leaves", name, MALFORMED)
    for name in MANIFESTS:
        yield excerpt(f"a committed manifest that is none: {name}", name, name, MALFORMED)
    twin = stories("papers")["twin"]
    both = SUPPORT + stories("papers")["consent"] + twin
    yield excerpt("two papers in one excerpt", "consent", "consent", MALFORMED, keep=both)
    strange = SUPPORT + stories("papers")["consent"] + twin[1:2]
    yield excerpt("an act of another paper in an excerpt", "consent", "consent", MALFORMED, keep=strange)


def _openings() -> Iterator[Case]:
    """The opening itself, in all the ways in which it may be spoiled."""

    def opened(name: str, expect: str, opening: str = "consent", **more: Any) -> Case:
        return excerpt(f"opening: {name}", "consent", opening, expect, **more)

    yield opened("leaves in another order", MALFORMED, leaves=[1, 0])
    yield opened("a leaf twice", MALFORMED, leaves=[0, 0, 1])
    yield opened("no leaf", MALFORMED, leaves=[])
    yield opened("one leaf of two", UNCHECKED, leaves=[0])
    yield opened("none in an excerpt", MALFORMED, opening=None)
    yield case("opening: in a file of acts", "papers", "both", MALFORMED, keep=SUPPORT, opening="consent")
    leaf = json.loads(text_of("excerpt.evidence"))["opening"]["leaves"][0]
    raw = base64.b64decode(leaf["data"])

    def spoiled(name: str, expect: str, *pairs: list[str]) -> Case:
        return case(f"opening: {name}", "excerpt", "both", expect, replace=list(pairs))

    words = base64.b64encode(raw.replace(b"Words of", b"Ideas of")).decode()
    yield spoiled("a word changed", "disproven", [leaf["data"], words])
    salted = base64.b64encode(raw[:20] + bytes([raw[20] ^ 1]) + raw[21:]).decode()
    yield spoiled("a salt changed", "disproven", [leaf["data"], salted])
    yield spoiled("a leaf of no bytes", "disproven", [leaf["data"], ""])
    yield spoiled(
        "the tag of a dummy", "disproven", [leaf["data"], base64.b64encode(b"parley/dummy/v1\n" + raw[15:47]).decode()]
    )
    yield spoiled("a provision numbered anew", "disproven", ['"number":1,', '"number":2,'])
    yield spoiled("a number beyond the last", MALFORMED, ['"number":3', '"number":4'])
    yield spoiled("a number below nought", MALFORMED, ['"number":1,', '"number":-1,'])
    yield spoiled("a number that is text", MALFORMED, ['"number":1,', '"number":"1",'])
    yield spoiled("no provision in all", MALFORMED, ['"total":3', '"total":0'])
    yield spoiled("more provisions than there can be", MALFORMED, ['"total":3', '"total":65536'])
    yield spoiled("more provisions, so longer proofs", MALFORMED, ['"total":3', '"total":16'])
    sibling = leaf["proof"][0]
    yield spoiled("a sibling changed", "disproven", [f'"proof":["{sibling}"', f'"proof":["{"A" * 43}="'])
    yield spoiled("a hash short", MALFORMED, [f'"proof":["{sibling}",', '"proof":['])
    yield spoiled("a hash of 31 bytes", MALFORMED, [f'"proof":["{sibling}"', f'"proof":["{"A" * 42}=="'])
    yield spoiled("another blind", "disproven", ['"opening":{"blind":"', '"opening":{"blind":"'], *_blind())


def _blind() -> list[list[str]]:
    blind = json.loads(text_of("excerpt.evidence"))["opening"]["blind"]
    return [[blind, blind[:-1] + ("0" if blind[-1] != "0" else "1")]]


# --- what the rules refuse --------------------------------------------------------------------------------------


def _breaches() -> Iterator[Case]:
    """Acts that nothing left out could excuse: a file that shows them does not hold, and as a fork it convicts."""
    support = [0, 1, 2, 3, 4, 5, 6]  # three parties
    for name, places in stories("breaches").items():
        convened = [7, 8, 9] if "join" in name or "stranger" in name else []
        kept = support + convened + places
        code = name.rpartition(" ")[0] if "." in name else INVALID
        if name == "handover before the receipt is shown":
            code = PROVEN  # the receipt may have been left out
        yield case(f"refused: {name}", "breaches", "fr-too", code, keep=kept)
        convicts = None if name.startswith(("powers", "handover before the receipt")) else PROVEN
        yield case(f"convicts: {name}", "breaches", "fr-too", convicts, keep=kept, kind="fork")


def _histories() -> Iterator[Case]:
    for name, places in stories("histories").items():
        if name == "register":
            continue
        expect = PROVEN if name == "whole" else INVALID
        yield case(f"history: {name}", "histories", "both", expect, keep=SUPPORT + places, kind="history")
    whole = SUPPORT + stories("histories")["whole"]
    yield case("history: whole, without a trust file", "histories", None, UNCHECKED, keep=whole, kind="history")
    yield case("history: without its last act", "histories", "both", PROVEN, keep=whole[:-1], kind="history")
    yield case(
        "history: without an act in between",
        "histories",
        "both",
        INVALID,
        keep=[*whole[:8], *whole[9:]],
        kind="history",
    )
    yield case(
        "history: without its first act", "histories", "both", None, keep=[*whole[:5], *whole[6:]], kind="history"
    )
    yield case("history: without a register", "histories", "both", None, keep=[*whole[:1], *whole[3:]], kind="history")
    more = whole + stories("histories")["goes back"][:1]
    yield case("history: an act of another negotiation in it", "histories", "both", INVALID, keep=more, kind="history")
    register = [0, 1, 2, *stories("histories")["register"]]
    yield case("history: of a register", "histories", "both", PROVEN, keep=register, kind="history")
    yield case(
        "history: of a register, an act left out",
        "histories",
        "both",
        INVALID,
        keep=[0, 1, *register[3:]],
        kind="history",
    )
    yield case(
        "history: of a register with another party's enrolment",
        "histories",
        "both",
        INVALID,
        keep=[*register[:3], 3, *register[3:]],
        kind="history",
    )
    yield case("history: of nothing", "histories", "both", MALFORMED, keep=[0], kind="history")


def _forks() -> Iterator[Case]:
    for name in ("fork-link-twice", "fork-time-backwards", "fork-two-roots", "fork-outside-chain"):
        yield case(f"{name} convicts", name, "both", PROVEN)
        yield case(f"{name} convicts without a trust file", name, None, UNCHECKED)
        yield case(f"{name}: another log in the trust file", name, "other-log", INVALID)
    yield case(
        "two roots without the second checkpoint",
        "fork-two-roots",
        "both",
        "evidence.no-conviction",
        replace=[_earlier("fork-two-roots")],
    )
    yield case(
        "one of two acts behind one head",
        "fork-link-twice",
        "both",
        "evidence.no-conviction",
        drop=[_last("fork-link-twice")],
    )
    yield case(
        "one of two leaves, and the two roots that they stand under",
        "fork-two-leaves",
        "both",
        PROVEN,
        drop=[_last("fork-two-leaves")],
    )
    yield case(
        "two leaves in another order",
        "fork-two-leaves",
        "both",
        MALFORMED,
        order=[*range(_last("fork-two-leaves") - 1), _last("fork-two-leaves"), _last("fork-two-leaves") - 1],
    )
    yield case("a fork's leaves in a history", "fork-two-leaves", "both", MALFORMED, kind="history")
    yield case(
        "one entry twice, and another root beside it",
        "fork-two-leaves",
        "both",
        PROVEN,
        drop=[_last("fork-two-leaves")],
        add=[["fork-two-leaves", _last("fork-two-leaves") - 1]],
    )
    yield case(
        "an act of a chain whose end is not shown",
        "fork-outside-chain",
        "both",
        "evidence.no-conviction",
        drop=[_last("fork-outside-chain")],
    )


def _one_log() -> Iterator[Case]:
    """What would convict a depositary is no evidence of anything else."""
    for name, code in (("link-twice", "link-twice"), ("time-backwards", "time-backwards"), ("two-roots", "two-roots")):
        file = f"fork-{name}"
        yield case(f"{file} as a history", file, "both", f"evidence.{code}", kind="history")


def _last(name: str) -> int:
    return len(json.loads(text_of(f"{name}.evidence"))["acts"]) - 1


def _earlier(name: str) -> list[str]:
    earlier = json.loads(text_of(f"{name}.evidence"))["earlier"]
    return [f'"earlier":{json.dumps(earlier, ensure_ascii=False)}', '"earlier":null']


def _times() -> Iterator[Case]:
    yield case("times between two bounds", "timed", "quorum", PROVEN)
    yield case("the same without the earlier checkpoint", "timed", "quorum", PROVEN, replace=[_earlier("timed")])
    yield case("the same with no quorum asked", "timed", "both", PROVEN)
    yield case("an entry later than a quorum had seen it", "too-late", "quorum", "evidence.too-late")
    yield case("the same with no quorum asked for", "too-late", "both", PROVEN)
    yield case("an entry earlier than what a quorum had seen before it", "too-early", "quorum", "evidence.too-early")
    yield case("a limit between the bounds", "at-the-limit", "quorum", PROVEN)
    yield case("a quorum of which no witness signed", "paper", "quorum", "policy.quorum")
    yield case("a checkpoint of another tree beside it", "timed", "both", None, earlier=["act", 0])
    twice = case(
        "link twice in a file of acts",
        "breaches",
        "fr-too",
        None,
        keep=[*range(7), *stories("breaches")["second outcome"], *stories("breaches")["second receipt"][1:2]],
    )
    yield twice


# --- whom the reader trusts -------------------------------------------------------------------------------------


def _trusts() -> Iterator[Case]:
    """The trust file: refused for its form, or naming others."""
    lines = text_of("both.trust").split("\n")
    first, second = [line for line in lines if line.startswith("log ")]
    witness = next(line for line in lines if line.startswith("witness "))
    us = next(line for line in lines if line.startswith("us "))
    ru = next(line for line in lines if line.startswith("ru "))

    def trusting(name: str, expect: str | None, *pairs: list[str]) -> Case:
        return case(f"trust file: {name}", "act", "both", expect, trust_replace=list(pairs))

    yield trusting("as it is", PROVEN)
    yield trusting("a key twice", MALFORMED, [f"{second}\n", f"{second}\n{second}\n"])
    yield trusting("only Ed25519 of the log", "policy.one-algorithm", [f"{second}\n", ""])
    yield trusting("no log", "policy.no-log", [f"{first}\n", ""], [f"{second}\n", ""])
    yield trusting("half a witness", MALFORMED, [f"{witness}\n", ""])
    yield trusting("no quorum line", "policy.quorum-line", ["quorum none\n", ""])
    yield trusting("two quorum lines", "policy.quorum-line", ["quorum none\n", "quorum none\nquorum none\n"])
    yield trusting("a quorum that is not defined", "policy.undefined", ["quorum none\n", "quorum all\n"])
    yield trusting("a line of another kind", "policy.line", ["quorum none\n", "trust everybody\nquorum none\n"])
    yield trusting("a comment and blanks", PROVEN, ["quorum none\n", "# nobody\n\t \nquorum \t none\n"])
    yield trusting("another first line", "trust.first-line", ["parley.trust/v1", "parley.trust/v2"])
    yield trusting("no parties", MALFORMED, ["\n\nparties\n", "\n\npeople\n"])
    yield trusting("a party twice", "trust.repeated", [f"{ru}\n", f"{us}\n"])
    yield trusting("a party line without a name", "trust.party-line", [us, us.rpartition(" United")[0]])
    yield trusting("a root in capitals", "trust.party-line", [us.split(" ")[1], us.split(" ")[1].upper()])
    yield trusting(
        "a name that turns the reading direction", "trust.party-line", ["United States", "United \u202eStates"]
    )
    yield trusting("a name with a soft hyphen", "trust.party-line", ["United States", "United \u00adStates"])
    yield trusting("a name that is not composed", "trust.party-line", ["United States", "Unite\u0301d States"])
    yield trusting(
        "a Persian name with its joiner",
        PROVEN,
        ["United States of America", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"],
    )
    yield trusting("a carriage return", MALFORMED, ["quorum none\n", "quorum none\r\n"])
    yield (
        trusting("no last line feed", "trust.form", [f"{us}\n", us])
        if lines[-2] == us
        else trusting("no last line feed", "trust.form", [f"{ru}\n", ru])
    )
    _, key_id, key = first.split("+", 2)
    yield trusting("a key whose id is another's", "policy.key", [f"+{key_id}+{key}", f"+00000000+{key}"])
    yield trusting("a key of small order", "policy.key", [key, base64.b64encode(b"\x01\x01" + bytes(31)).decode()])
    yield trusting("nobody named", UNCHECKED, [f"{us}\n", ""], [f"{ru}\n", ""])
    yield case("trust file: without the party that signed", "act", "both", UNCHECKED, trust_replace=[[f"{us}\n", ""]])
