"""The cases of vectors/evidence: which file, what is done to it, and what must come of it. See `evidence_vectors`.

What is wanted is a result, a class of failure, or the code of one; what a verifier says is written beside it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

from tests.evidence_cases import Case, text_of
from tools.evidence_pools import BAD, HIDING, MANIFESTS

SUPPORT = [0, 1, 2, 3, 4]
"""In the logs of many papers: the genesis, and for two parties the enrolment and the powers."""

MALFORMED, INVALID, PROVEN, UNCHECKED = "malformed", "invalid", "proven", "unchecked"


def case(name: str, file: str, trust: str | None, expect: str | None, **more: Any) -> Case:
    """One case; see tests/evidence_cases.py for what may be done to a file."""
    return {"name": name, "file": file, "trust": trust, "drop": [], "replace": []} | more | {"expect": expect}


def all_cases() -> Iterator[Case]:
    yield from _first()
    yield from _excerpts()
    yield from _openings()
    yield from _breaches()
    yield from _histories()
    yield from _forks()
    yield from _one_log()
    yield from _times()
    yield from _trusts()
    yield from _form()
    yield from _notes()
    yield from _flips()


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
    yield excerpt("the manifest alone", "free", "manifest alone", UNCHECKED)
    yield excerpt("one-sided, after a refusal", "one-sided", "one-sided", PROVEN)
    yield excerpt("one-sided, and the refusal left out", "one-sided", "one-sided", PROVEN, without=(1,))
    yield excerpt("of two audiences the better answer", "audiences", "better answer", PROVEN)
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


# --- form -------------------------------------------------------------------------------------------------------


def _form() -> Iterator[Case]:
    """The bytes of the file, and of the acts in it."""

    def form(name: str, expect: str | None, *pairs: list[str], file: str = "act") -> Case:
        return case(f"form: {name}", file, "both", expect, replace=list(pairs))

    end = '"opening":null,"version":1}\n'
    yield form("a lone surrogate", "canonical.json", ['"kind":"act"', '"kind":"\\ud800"'])
    yield form("an escape that need not be", "canonical.not-canonical", ['"kind":"act"', '"kind":"\\u0061ct"'])
    yield form("a slash escaped", "canonical.not-canonical", ['"kind":"act"', '"kind":"a\\/ct"'])
    yield form("an unknown escape", "canonical.json", ['"kind":"act"', '"kind":"\\act"'])
    yield form("a control character", "canonical.json", ['"kind":"act"', '"kind":"a\u0001ct"'])
    yield form(
        "members in another order", "canonical.not-canonical", ['"kind":"act",' + end[:-1], end[:-2] + ',"kind":"act"}']
    )
    yield form("an exponent", "canonical.float", ['"version":1', '"version":1e0'])
    yield form("minus nought", "canonical.not-canonical", ['"version":1', '"version":-0'])
    yield form("a leading zero", "canonical.json", ['"version":1', '"version":01'])
    yield form("the greatest integer", "evidence.version", ['"version":1', '"version":9007199254740991'])
    yield form("an integer beyond it", "canonical.integer", ['"version":1', '"version":9007199254740992'])
    yield form("a version that is text", "evidence.version", ['"version":1', '"version":"1"'])
    yield form("a version that is true", "evidence.version", ['"version":1', '"version":true'])
    yield form("a member called __proto__", "canonical.not-canonical", ['"version":1', '"version":1,"__proto__":{}'])
    yield form("__proto__ in its place", "canonical.shape", ['{"acts":[', '{"__proto__":{},"acts":['])
    yield form("a name that is not ASCII", "canonical.member-name", ['"version":1', '"version":1,"\u0435":0'])
    yield form("an array too deep", "canonical.depth", ['"opening":null', f'"opening":{"[" * 40}{"]" * 40}'])
    yield form("a byte order mark", "canonical.json", ['{"acts":[', '\ufeff{"acts":['])
    yield form("two line feeds", None, [end, end + "\n"])
    yield form("a carriage return at the end", None, [end, end[:-1] + "\r\n"])
    yield form("something after it", "evidence.last-line", [end, end + "more"])
    yield form("nothing but an array", None, ['{"acts":[', '[{"acts":['], [end, end[:-1] + "]\n"])
    yield form("a member missing", "canonical.shape", ['"opening":null,', ""])
    yield form("an opening that is nothing", "canonical.shape", ['"opening":null', '"opening":[]'])
    yield form("an earlier checkpoint that is none", "note.form", ['"earlier":null', '"earlier":"three"'])
    yield form("no acts", "evidence.acts") | {"keep": []}
    yield form("acts in another order", "evidence.order") | {"order": [1, 0, 2, 3]}
    yield form("an act twice", "evidence.order") | {"keep": [0, 1, 2, 3, 3]}
    yield form("the genesis last", "evidence.order") | {"order": [1, 2, 3, 0]}
    yield form("a history in a file of acts", PROVEN, file="history") | {"kind": "act", "keep": [0, 1, 2, 3, 4, 5]}
    yield form("an excerpt of acts", "evidence.opening") | {"kind": "excerpt"}
    acts = json.loads(text_of("act.evidence"))["acts"]
    for place, kind in ((0, "genesis"), (1, "enrol"), (2, "full-powers"), (3, "deposit")):
        yield from _acts(kind, acts[place]["act"])


def _acts(kind: str, act: dict[str, Any]) -> Iterator[Case]:
    """Defects of one act: each changes the payload, so that what comes first is its form, and then its digest."""
    payload = base64.b64decode(act["payload"]).decode()

    def changed(name: str, expect: str | None, old: str, new: str) -> Case:
        if payload.count(old) != 1:
            raise AssertionError(f"{name}: {old!r}")
        written = base64.b64encode(payload.replace(old, new).encode()).decode()
        return case(f"{kind}: {name}", "act", "both", expect, replace=[pair(act["payload"], written)])

    nonce = json.loads(payload)["nonce"]
    yield changed("a nonce in capitals", "canonical.hex", nonce, "A" + nonce[1:])
    yield changed("a log that could not be one", "act.origin", '"log":"depositary', '"log":"Depositary')
    yield changed("an unknown member", "canonical.shape", '"nonce":', '"no":0,"nonce":')
    yield changed("a space", "canonical.not-canonical", '"nonce":', '"nonce": ')
    yield changed("no such day", "canonical.time", '"claimed_time":"2022-01-26', '"claimed_time":"2022-02-30')
    if kind == "deposit":
        yield changed("a role there is none of", "canonical.shape", '"role":"proposal"', '"role":"draft"')
        yield changed("a response to nothing", "act.response-to-nothing", '"role":"proposal"', '"role":"response"')
        yield changed(
            "consent of parties in another order", "terms.order", '"parties":["ru","us"]', '"parties":["us","ru"]'
        )
        yield changed("consent of nobody", "terms.consent-parties", '"parties":["ru","us"]', '"parties":[]')
        yield changed("held, with sealed parts", "act.sealed-parts", '"kind":"on_receipt"', '"kind":"held"')
        yield changed("together, without a round", "act.opening", '"kind":"on_receipt"', '"kind":"together"')
        yield changed("to itself", "act.recipients", '"party":"ru","reading_key"', '"party":"us","reading_key"')
        yield changed(
            "a party's name that is none", "canonical.shape", '"party":"ru","reading_key"', '"party":"RU","reading_key"'
        )
        yield changed("a language that is none", "act.language", '"language":"en"', '"language":"English"')
    if kind == "enrol":
        yield changed("a name that turns the reading direction", "wording.bidi-control", "Party us", "Party \u202eus")
        yield changed("a name with a hidden sign", "wording.hidden", "Party us", "Party \u2060us")
        yield changed("a name with a tag", "wording.tag", "Party us", "Party \U000e0041us")
        yield changed("a name with a variation selector", "wording.variation-selector", "Party us", "Party us\ufe0f")
        yield changed("a name with a joiner out of place", "wording.joiner", "Party us", "Par\u200cty us")
        yield changed("a name of a later Unicode", "wording.unassigned", "Party us", "Party \U0001fae8")
        yield changed("a name that is not composed", "wording.not-nfc", "Party us", "Party u\u0301s")
        yield changed("a name too long", "wording.too-long", "Party us", "P" * 121)
        yield changed("a name with a control", "wording.control", "Party us", "Party\\tus")
        yield changed("a zone that is none", "act.zone", "Europe/Vienna", "Europe Vienna")
        yield changed("by the depositary", "act.by-party", '"party":"us"', '"party":"depositary"')
    if kind == "full-powers":
        yield changed("capabilities in another order", "act.powers", '"carry","deposit"', '"deposit","carry"')
        yield changed("three officers", "canonical.shape", '"needs":1', '"needs":3')
        yield changed("an end before the beginning", "act.powers", '"until":"2023', '"until":"2021')
    yield changed("another nonce", "evidence.other-entry", nonce, "f" + nonce[1:])


def pair(old: str, new: str, name: str = "act") -> list[str]:
    """The change of one long text of a file into another, as a pair of short ones: the first stands there once."""
    whole = text_of(f"{name}.evidence")
    start = next((at for at in range(min(len(old), len(new))) if old[at] != new[at]), min(len(old), len(new)))
    same = 0
    while same < min(len(old), len(new)) - start and old[-1 - same] == new[-1 - same]:
        same += 1
    left, right = start, len(old) - same
    while not old[left:right] or whole.count(old[left:right]) != 1:
        if left == 0 and right == len(old):
            raise AssertionError("it stands there more than once whatever is taken with it")
        left, right = max(0, left - 20), min(len(old), right + 20)
    return [old[left:right], new[left : len(new) - (len(old) - right)]]


# --- notes and proofs -------------------------------------------------------------------------------------------


def _notes() -> Iterator[Case]:
    """The last proof of a file, and the signed note that it ends in."""
    item = json.loads(text_of("act.evidence"))["acts"][-1]["proof"]
    head, _, note = item.partition("\n\n")
    lines = head.split("\n")
    text, _, signatures = note.rpartition("\n\n")
    one, two = signatures.rstrip("\n").split("\n")

    def proof(name: str, expect: str | None, new: str) -> Case:
        old_text, new_text = (json.dumps(value, ensure_ascii=False)[1:-1] for value in (item, new))
        return case(f"proof: {name}", "act", "both", expect, replace=[pair(old_text, new_text)])

    def joined(head: list[str], note: str = note) -> str:
        return "\n".join(head) + "\n\n" + note

    yield proof("another first line", "proof.form", joined(["c2sp.org/tlog-proof@v2", *lines[1:]]))
    yield proof("without its entry", "entry.length", joined([lines[0], *lines[2:]]))
    yield proof("an index with a leading zero", "note.number", joined([*lines[:2], "index 07", *lines[3:]]))
    yield proof("an index beyond the tree", "merkle.index", joined([*lines[:2], "index 99", *lines[3:]]))
    yield proof("an index of 2^63", "note.number", joined([*lines[:2], f"index {2**63}", *lines[3:]]))
    yield proof("an index beyond 2^53", "merkle.index", joined([*lines[:2], f"index {2**53 + 1}", *lines[3:]]))
    yield proof("a hash too many", "merkle.proof-length", joined([*lines, lines[-1]]))
    yield proof("a hash too few", "merkle.proof-length", joined(lines[:-1]))
    yield proof("another hash", "merkle.inclusion", joined([*lines[:-1], "A" * 43 + "="]))
    yield proof("a hash of 33 bytes", "merkle.hash-length", joined([*lines[:-1], "A" * 44]))
    yield proof("base64 with spare bits", "canonical.base64", joined([*lines[:-1], "A" * 42 + "B="]))
    yield proof("a blank after a line", None, joined([*lines[:-1], lines[-1] + " "]))
    entry = base64.b64decode(lines[1].removeprefix("extra "))

    def other_entry(new: bytes) -> str:
        return joined([lines[0], "extra " + base64.b64encode(new).decode(), *lines[2:]])

    yield proof("an entry of version 2", "entry.version", other_entry(b"\x02" + entry[1:]))
    yield proof("an entry a byte short", "entry.length", other_entry(entry[:-1]))
    yield proof("an entry a millisecond later", "merkle.inclusion", other_entry(entry[:-1] + bytes([entry[-1] ^ 1])))
    yield proof(
        "an entry in the year 10000", "entry.time", other_entry(entry[:65] + (253402300800000).to_bytes(8, "big"))
    )
    yield proof("an entry at the greatest time", "entry.time", other_entry(entry[:65] + b"\xff" * 8))
    yield proof("an entry with another link", "merkle.inclusion", other_entry(entry[:33] + bytes(32) + entry[65:]))
    origin, size, root = text.split("\n")

    def noted(*lines_of: str, signed: str = signatures) -> str:
        return joined(lines, "\n".join(lines_of) + "\n\n" + signed)

    yield proof("a tree of another size", INVALID, noted(origin, str(int(size) + 1), root))
    yield proof("a tree with another root", "signature.ed25519", noted(origin, size, "A" * 43 + "="))
    yield proof("a checkpoint of another log", INVALID, noted("other.example/log/1", size, root))
    yield proof("an extension line", "checkpoint.extension", noted(origin, size, root, "more"))
    yield proof("a size with a sign", "note.number", noted(origin, "+" + size, root))
    yield proof("a checkpoint of two lines", "checkpoint.form", noted(origin, size))
    yield proof("without Ed25519", "checkpoint.log-signature-missing", noted(origin, size, root, signed=two + "\n"))
    yield proof("without ML-DSA-44", "checkpoint.log-signature-missing", noted(origin, size, root, signed=one + "\n"))
    yield proof("one line twice", "note.repeated-signature", noted(origin, size, root, signed=f"{one}\n{one}\n{two}\n"))
    yield proof("the lines the other way round", PROVEN, noted(origin, size, root, signed=f"{two}\n{one}\n"))
    stranger = "\u2014 nobody.example " + base64.b64encode(b"abcd" + bytes(64)).decode()
    yield proof("a line of an unknown witness", PROVEN, noted(origin, size, root, signed=f"{signatures}{stranger}\n"))
    yield proof(
        "a line of an unknown witness twice",
        PROVEN,
        noted(origin, size, root, signed=f"{signatures}{stranger}\n{stranger}\n"),
    )
    yield proof(
        "101 lines", "note.signature-count", noted(origin, size, root, signed=signatures + f"{stranger}\n" * 99)
    )
    yield proof("a line without a name", None, noted(origin, size, root, signed=f"{signatures}\u2014  AAAAAAA=\n"))
    yield proof(
        "a line with a hyphen for a dash",
        "note.signature-line",
        noted(origin, size, root, signed=f"{signatures}- a AAAAAAA=\n"),
    )
    yield proof(
        "a line that claims a known witness", INVALID, noted(origin, size, root, signed=f"{signatures}{_claimed()}\n")
    )
    yield proof("no last line feed", "note.form", noted(origin, size, root, signed=signatures[:-1]))
    yield proof("a tab in the note", "note.control", noted(origin, size, root, signed=signatures + "\t\n"))


def _claimed() -> str:
    """A line under the name and key id of a witness in the trust file, that the witness did not sign."""
    key = next(line for line in text_of("both.trust").split("\n") if line.startswith("witness oslo-ed ")).split(" ")[2]
    name, key_id, _ = key.split("+", 2)
    return (
        f"\u2014 {name} "
        + base64.b64encode(bytes.fromhex(key_id) + (1643216400).to_bytes(8, "big") + bytes(64)).decode()
    )


# --- one bit of one byte ----------------------------------------------------------------------------------------


def _flips() -> Iterator[Case]:
    """One bit changed in each kind of place of one excerpt: refused, or NOT PROVEN, or the same verdict."""
    text = text_of("excerpt.evidence")
    data = text.encode()
    value = json.loads(text)

    def flipped(name: str, near: str, ahead: int = 0, bits: int = 1) -> Case:
        place = data.rindex(near.encode()) + ahead
        return case(f"one bit: {name}", "excerpt", "quorum", None, flip=[[place, bits]])

    last = value["acts"][-1]
    yield flipped("the first brace", '{"acts":')
    yield flipped("a payload", last["act"]["payload"], 200)
    yield flipped("the end of a payload", last["act"]["payload"], len(last["act"]["payload"]) - 4)
    yield flipped("a kind of act", "parley.release.v1", 7)
    yield flipped("a key set id", last["act"]["signatures"][0]["keyid"], 9)
    yield flipped("the second key set id", last["act"]["signatures"][1]["keyid"], 9)
    yield flipped("an Ed25519 signature", last["act"]["signatures"][0]["sig"], 30)
    yield flipped("the other half of it", last["act"]["signatures"][0]["sig"], 60)
    yield flipped("an ML-DSA-44 signature", last["act"]["signatures"][1]["sig"], 1000)
    yield flipped("the end of an ML-DSA-44 signature", last["act"]["signatures"][1]["sig"], 3200)
    yield flipped("a genesis", value["acts"][0]["act"]["payload"], 900)
    yield flipped("an enrolment", value["acts"][1]["act"]["payload"], 2500)
    yield flipped("full powers", value["acts"][2]["act"]["payload"], 4000)
    yield flipped("a deposit", value["acts"][5]["act"]["payload"], 700)
    lines = last["proof"].split("\n")
    yield flipped("the name of the proof's form", "tlog-proof@v1", 12)
    yield flipped("a digest in an entry", lines[1], 20)
    yield flipped("a link in an entry", lines[1], 60)
    yield flipped("a time in an entry", lines[1], len(lines[1]) - 6)
    yield flipped("an index", "\\nindex ", 8)
    yield flipped("a hash of a path", lines[3], 11)
    note = last["proof"].partition("\n\n")[2].split("\n")
    yield flipped("the log's name", f"\\n\\n{note[0]}", 9)
    yield flipped("a size", f"{note[0]}\\n{note[1]}", len(note[0]) + 2)
    yield flipped("a root", note[2], 5)
    names = (
        "the log's Ed25519 line",
        "the log's ML-DSA-44 line",
        "a witness's Ed25519 line",
        "a witness's ML-DSA-44 line",
    )
    for name, line in zip(names, note[4:8], strict=True):
        yield flipped(f"the name in {name}", line, 6)
        yield flipped(f"the key id in {name}", line, line.rindex(" ") + 4)
        yield flipped(f"the time or signature in {name}", line, line.rindex(" ") + 12)
        yield flipped(f"the end of {name}", line, len(line) + 1)
    earlier = value["earlier"].split("\n")
    yield flipped("the root of the earlier checkpoint", earlier[2], 5)
    yield flipped("the log's line in the earlier checkpoint", earlier[4], 80)
    yield flipped("the kind of the file", '"kind":"excerpt"', 9)
    yield flipped("a blind", value["opening"]["blind"], 3)
    leaf = value["opening"]["leaves"][-1]
    yield flipped("a salt", leaf["data"], 40)
    yield flipped("words", leaf["data"], len(leaf["data"]) - 30)
    yield flipped("a sibling", leaf["proof"][2], 7)
    yield flipped("a number", '"number":3', 9, 3)
    yield flipped("a total", '"total":3', 8)
    yield flipped("the version", '"version":1', 10, 3)
    yield flipped("the last brace", "}\n")
    yield flipped("the last line feed", "}\n", 1)
