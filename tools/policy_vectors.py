"""Write vectors/policy: policy files, quorums, trust files and numbers, good and bad.

Keys stand as {name} in the texts and in full in `keys`. Run as `python tools/policy_vectors.py vectors/policy`; a test
runs it and compares.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from parley.checkpoint import LogSigner, WitnessSigner
from parley.crypto import KeySetId, SigningKey
from parley.policy import number

Case = dict[str, Any]


def keys() -> dict[str, str]:
    """The vkeys that texts name, and ways in which a key does not fit its place."""
    found = {}
    for place, name in enumerate(("log", "second", "oslo", "wien", "rome")):
        key = SigningKey(bytes([2 * place + 1]) * 32, bytes([2 * place + 2]) * 32)
        log = name in ("log", "second")
        signer = LogSigner(f"{name}.example/log", key) if log else WitnessSigner(f"witness.example/{name}", key)
        for half, public in zip(("ed", "pq"), signer.keys, strict=True):
            found[f"{name}-{half}"] = public.to_text()
        if log:
            found[f"{name} as a witness"] = WitnessSigner(f"{name}.example/log", key).keys[0].to_text()
        other = WitnessSigner("witness.example/other", key)
        found[f"{name}-pq under another name"] = other.keys[1].to_text()
    strange = SigningKey(b"s" * 32, b"t" * 32)
    found["a log's name for a witness, ed"], found["a log's name for a witness, pq"] = (
        key.to_text() for key in WitnessSigner("log.example/log", strange).keys
    )
    again = WitnessSigner("witness.example/oslo", SigningKey(b"u" * 32, b"v" * 32))
    found["oslo again, ed"], found["oslo again, pq"] = (key.to_text() for key in again.keys)
    return found


LOG = "log {log-ed}\nlog {log-pq}\n"


def witness(name: str) -> str:
    return f"witness {name}-ed {{{name}-ed}}\nwitness {name}-pq {{{name}-pq}}\ngroup {name} all {name}-ed {name}-pq\n"


THREE = LOG + witness("oslo") + witness("wien") + witness("rome")
NONE = "quorum none\n"


def good() -> Iterator[Case]:
    """Policies that read, with what they ask for."""

    def case(name: str, text: str, needed: int, *members: str, origins: int = 1, witnesses: int = 3) -> Case:
        result = {"needed": needed, "members": list(members), "origins": origins, "witnesses": witnesses}
        return {"name": name, "text": text, "expect": "ok"} | result

    everyone = ("oslo", "wien", "rome")
    yield case("no quorum and no witnesses", LOG + NONE, 0, witnesses=0)
    yield case("witnesses but no quorum", THREE + NONE, 0)
    yield case("two of three", THREE + "group q 2 oslo wien rome\nquorum q\n", 2, *everyone)
    yield case("any", THREE + "group q any oslo wien rome\nquorum q\n", 1, *everyone)
    yield case("all", THREE + "group q all oslo wien rome\nquorum q\n", 3, *everyone)
    yield case("one witness", THREE + "quorum wien\n", 1, "wien")
    yield case("a group of one", THREE + "group q 1 rome\nquorum q\n", 1, "rome")
    yield case("groups that are not the quorum", THREE + "group q 1 oslo wien\ngroup r 1 rome\nquorum r\n", 1, "rome")
    yield case("logs last", witness("oslo") + "quorum oslo\n" + LOG, 1, "oslo", witnesses=1)
    yield case("two logs", LOG + "log {second-ed}\nlog {second-pq}\n" + NONE, 0, origins=2, witnesses=0)
    yield case(
        "addresses",
        "log {log-ed} https://log.example/\nlog {log-pq}\n"
        + witness("oslo").replace("}\n", "} https://oslo.example/\n")
        + NONE,
        0,
        witnesses=1,
    )
    spaced = "\n# ours\n  \t\n\tlog\t {log-ed}  \n log {log-pq}\t\n  # quorum all\nquorum\tnone \n"
    yield case("comments, empty lines, spaces and tabs", spaced, 0, witnesses=0)
    unicode = witness("oslo").replace("oslo ", "Осло ").replace("oslo-ed ", "Осло-ed ").replace("oslo-pq ", "Осло-pq ")
    unicode = unicode.replace("oslo-pq\n", "Осло-pq\n")
    yield case("names in another script", LOG + unicode + "quorum Осло\n", 1, "Осло", witnesses=1)


def bad() -> Iterator[Case]:
    """Policies that are refused, with the code."""
    oslo = witness("oslo")
    for name, code, text in (
        ("empty", "policy.quorum-line", ""),
        ("no quorum line", "policy.quorum-line", LOG),
        ("two quorum lines", "policy.quorum-line", LOG + NONE + NONE),
        ("no log", "policy.no-log", NONE),
        ("Ed25519 of the log alone", "policy.one-algorithm", "log {log-ed}\n" + NONE),
        ("ML-DSA-44 of the log alone", "policy.one-algorithm", "log {log-pq}\n" + NONE),
        ("halves of two logs", "policy.one-algorithm", "log {log-ed}\nlog {second-pq}\n" + NONE),
        ("a cosigning key as the log's", "policy.log-algorithm", "log {log as a witness}\nlog {log-pq}\n" + NONE),
        ("a log twice", "policy.repeated-key", LOG + "log {log-ed}\n" + NONE),
        ("the log's key as a witness's", "policy.repeated-key", LOG + "witness l-ed {log as a witness}\n" + NONE),
        (
            "a key under two names",
            "policy.repeated-key",
            LOG + oslo + "witness x-pq {oslo-pq under another name}\n" + NONE,
        ),
        (
            "a witness named as the log",
            "policy.log-as-witness",
            LOG
            + "witness l-ed {a log's name for a witness, ed}\nwitness l-pq {a log's name for a witness, pq}\n"
            + "group l all l-ed l-pq\n"
            + NONE,
        ),
        ("a witness without a group", "policy.pair", LOG + oslo.rsplit("group", 1)[0] + NONE),
        ("half a witness", "policy.pair", LOG + "witness oslo-ed {oslo-ed}\n" + NONE),
        (
            "half a witness in a group",
            "policy.pair",
            LOG + "witness oslo-ed {oslo-ed}\ngroup oslo all oslo-ed\n" + NONE,
        ),
        ("half a witness as quorum", "policy.undefined", LOG + oslo + "quorum oslo-ed\n"),
        ("either half of a witness", "policy.pair", LOG + oslo.replace("all", "any") + NONE),
        ("two in place of all", "policy.pair", LOG + oslo.replace("all", "2") + NONE),
        ("halves the other way round", "policy.pair", LOG + oslo.replace("oslo-ed oslo-pq", "oslo-pq oslo-ed") + NONE),
        ("a pair under another name", "policy.pair", LOG + oslo.replace("group oslo", "group x") + NONE),
        (
            "one witness under two names",
            "policy.pair-names",
            LOG + oslo + "witness x-ed {oslo again, ed}\nwitness x-pq {oslo again, pq}\ngroup x all x-ed x-pq\n" + NONE,
        ),
        (
            "a pair of two witnesses' halves",
            "policy.pair-names",
            LOG + oslo.replace("{oslo-pq}", "{wien-pq}") + NONE,
        ),
        ("keys swapped", "policy.witness-name", LOG + "witness oslo-ed {oslo-pq}\n" + NONE),
        ("a witness's name without a half", "policy.witness-name", LOG + "witness oslo {oslo-ed}\n" + NONE),
        ("a witness's name that is only a half", "policy.witness-name", LOG + "witness -ed {oslo-ed}\n" + NONE),
        ("a log's key as a witness's", "policy.witness-name", LOG + "witness x-ed {second-ed}\n" + NONE),
        ("a group of groups", "policy.pair", THREE + "group a 1 oslo wien\ngroup q all a rome\nquorum q\n"),
        ("a half in a quorum group", "policy.member-twice", THREE + "group q 2 oslo wien-ed\nquorum q\n"),
        (
            "a witness in two groups",
            "policy.member-twice",
            THREE + "group a 1 oslo wien\ngroup b 1 oslo rome\nquorum a\n",
        ),
        ("a member twice", "policy.member-twice", THREE + "group q 2 oslo oslo\nquorum q\n"),
        ("a group before its members", "policy.undefined", LOG + "group q 1 oslo\n" + oslo + "quorum q\n"),
        ("quorum before its group", "policy.undefined", LOG + oslo + "quorum q\ngroup q 1 oslo\n"),
        ("an undefined quorum", "policy.undefined", THREE + "quorum q\n"),
        ("none as a member", "policy.undefined", THREE + "group q 1 none oslo\nquorum q\n"),
        ("none as a group", "policy.repeated-name", THREE + "group none 1 oslo\nquorum none\n"),
        ("a name twice", "policy.repeated-name", THREE + "group oslo 1 wien\nquorum oslo\n"),
        ("threshold 0", "policy.threshold", THREE + "group q 0 oslo wien\nquorum q\n"),
        ("threshold above the members", "policy.threshold", THREE + "group q 3 oslo wien\nquorum q\n"),
        ("threshold with a sign", "policy.threshold", THREE + "group q +1 oslo wien\nquorum q\n"),
        ("threshold with a zero before", "policy.threshold", THREE + "group q 01 oslo wien\nquorum q\n"),
        ("threshold in a word", "policy.threshold", THREE + "group q most oslo wien\nquorum q\n"),
        ("a group without members", "policy.line", THREE + "group q all\nquorum q\n"),
        ("an unknown line", "policy.line", LOG + "party us\n" + NONE),
        ("a keyword in capitals", "policy.line", LOG + "Quorum none\n"),
        ("a log without a key", "policy.line", LOG + "log\n" + NONE),
        ("too many fields", "policy.line", LOG + "log {second-ed} https://a.example b\n" + NONE),
        ("a comment at the end of a line", "policy.line", LOG + "quorum none # really\n"),
        ("a key whose id is another's", "policy.key", LOG + "log x+00000000+{log-ed}\n" + NONE),
        ("no line end", "policy.last-line", LOG + "quorum none"),
        ("CR LF", "policy.characters", (LOG + NONE).replace("\n", "\r\n")),
        ("a NUL", "policy.characters", LOG + "#\x00\n" + NONE),
        ("a form feed for a space", "policy.characters", LOG + "quorum\x0cnone\n"),
        ("DEL", "policy.characters", LOG + "#\x7f\n" + NONE),
        ("a no-break space for a space", "policy.line", LOG + "quorum\u00a0none\n"),
    ):
        yield {"name": name, "text": text, "expect": "malformed", "code": code}


def quorums() -> Iterator[Case]:
    """Which cosignatures make a quorum, and the times that follow."""
    two = THREE + "group q 2 oslo wien rome\nquorum q\n"

    def pair(name: str, plain: int, lattice: int) -> dict[str, int]:
        return {f"{name}-ed": plain, f"{name}-pq": lattice}

    oslo, wien, rome = pair("oslo", 100, 110), pair("wien", 205, 200), pair("rome", 300, 300)

    def case(name: str, text: str, cosigned: dict[str, int], earliest: int | None, latest: int | None) -> Case:
        result = {"earliest": earliest, "latest": latest}
        return {"name": name, "text": text, "cosigned": cosigned, "expect": "ok"} | result

    def fails(name: str, text: str, cosigned: dict[str, int]) -> Case:
        code = {"expect": "invalid", "code": "policy.quorum"}
        return {"name": name, "text": text, "cosigned": cosigned} | code

    yield case("two of three, two", two, oslo | wien, 100, 205)
    yield case("two of three, all", two, oslo | wien | rome, 200, 205)
    yield case("any, all signed", two.replace("q 2", "q any"), oslo | wien | rome, 300, 110)
    yield case("all, all signed", two.replace("q 2", "q all"), oslo | wien | rome, 100, 300)
    yield case("one witness", THREE + "quorum wien\n", oslo | wien, 200, 205)
    yield case("nobody asked for", THREE + NONE, oslo | wien | rome, None, None)
    yield case("nobody asked for, nobody signed", THREE + NONE, {}, None, None)
    yield fails("two of three, none", two, {})
    yield fails("two of three, one", two, oslo)
    yield fails("two of three, one and halves", two, oslo | {"wien-ed": 1, "rome-pq": 1})
    yield fails("two of three, halves alone", two, {"oslo-ed": 1, "wien-ed": 1, "rome-ed": 1})
    yield fails("another witness than the one asked for", THREE + "quorum wien\n", oslo | rome)
    yield fails("a witness outside the group", THREE + "group q all oslo wien\nquorum q\n", oslo | rome)


ROOT, OTHER = "11" * 32, "22" * 32


def trusts() -> Iterator[Case]:
    """Trust files."""
    head, policy = "parley.trust/v1\n", LOG + NONE
    start = head + policy + "\nparties\n"
    us, ru = f"us {ROOT} United States of America\n", f"ru {OTHER} Российская Федерация\n"
    for name, text, parties in (
        ("two parties", start + us + ru, ["us", "ru"]),
        ("no parties", start, []),
        ("a policy with empty lines and comments", head + "# ours\n\n" + policy + "\n\nparties\n" + us, ["us"]),
        ("a name that begins with a number", start + f"x {ROOT} 2nd Delegation\n", ["x"]),
    ):
        yield {"name": name, "text": text, "expect": "ok", "parties": parties}
    for name, code, text in (
        ("no first line", "trust.first-line", policy + "\nparties\n" + us),
        ("version 2", "trust.first-line", start.replace("v1", "v2")),
        ("CR LF in the first line", "trust.first-line", start.replace("v1\n", "v1\r\n")),
        ("no parties line", "trust.form", head + policy),
        ("no empty line", "trust.form", head + policy + "parties\n" + us),
        ("parties in capitals", "trust.form", head + policy + "\nPARTIES\n" + us),
        ("no line end", "trust.form", (start + us).rstrip("\n")),
        ("an empty line among parties", "trust.party-line", start + us + "\n" + ru),
        ("an empty line at the end", "trust.party-line", start + us + "\n"),
        ("a comment among parties", "trust.party-line", start + "# us\n" + us),
        ("no display name", "trust.party-line", start + f"us {ROOT}\n"),
        ("an empty display name", "trust.party-line", start + f"us {ROOT} \n"),
        ("two spaces", "trust.party-line", start + f"us  {ROOT} Name\n"),
        ("two spaces before the name", "trust.party-line", start + f"us {ROOT}  Name\n"),
        ("a space at the end", "trust.party-line", start + f"us {ROOT} Name \n"),
        ("a tab", "trust.party-line", start + f"us\t{ROOT} Name\n"),
        ("a party id in capitals", "trust.party-line", start + f"US {ROOT} Name\n"),
        ("a party id that begins with a digit", "trust.party-line", start + f"1us {ROOT} Name\n"),
        ("a party id of 33 letters", "trust.party-line", start + f"{'a' * 33} {ROOT} Name\n"),
        ("a root in capitals", "trust.party-line", start + f"us {'AA' * 32} Name\n"),
        ("a root of 31 bytes", "trust.party-line", start + f"us {'11' * 31} Name\n"),
        ("a name that turns the line round", "trust.party-line", start + f"us {ROOT} Na\u202eme\n"),
        ("a name with an invisible space", "trust.party-line", start + f"us {ROOT} Na\u200bme\n"),
        ("a name that is not composed", "trust.party-line", start + f"us {ROOT} e\u0301\n"),
        ("a party twice", "trust.repeated", start + us + f"us {OTHER} Another name\n"),
        ("a root twice", "trust.repeated", start + us + f"ru {ROOT} Another name\n"),
        ("a name twice", "trust.repeated", start + us + f"ru {OTHER} United States of America\n"),
        ("a policy without a quorum", "policy.quorum-line", head + LOG + "\nparties\n" + us),
        ("a party line in the policy", "policy.line", head + us + policy + "\nparties\n"),
    ):
        yield {"name": name, "text": text, "expect": "malformed", "code": code}


def numbers() -> Iterator[Case]:
    """Roots and the numbers that people compare."""
    for root in ("00" * 32, "ff" * 32, ROOT, "".join(f"{value:02x}" for value in range(32))):
        written = number(KeySetId(bytes.fromhex(root)))
        yield {"name": f"root {root[:8]}", "root": root, "number": written, "expect": "ok"}
        yield {"name": f"root {root[:8]}, no spaces", "root": root, "number": written.replace(" ", ""), "expect": "ok"}
        spaced = "  " + written.replace(" ", "  ") + " "
        yield {"name": f"root {root[:8]}, more spaces", "root": root, "number": spaced, "expect": "ok"}
        changed = written[:-1] + str((int(written[-1]) + 1) % 10)
        differs = {"expect": "invalid", "code": "trust.number-differs"}
        yield {"name": f"root {root[:8]}, last digit changed", "root": root, "number": changed} | differs
    good = number(KeySetId(bytes.fromhex(ROOT)))
    for name, text in (
        ("39 digits", good[:-1]),
        ("41 digits", good + "0"),
        ("nothing", ""),
        ("a letter", "O" + good[1:]),
        ("Arabic digits", "\u0661" * 40),
        ("full-width digits", "\uff11" * 40),
        ("a sign", "+" + good[1:]),
        ("dashes", good.replace(" ", "-")),
        ("a line end", good + "\n"),
        ("no-break spaces", good.replace(" ", "\u00a0")),
    ):
        yield {"name": name, "root": ROOT, "number": text, "expect": "malformed", "code": "trust.number"}


ABOUT = {
    "policies.json": "Read a tlog-policy file; {name} stands for a key.",
    "quorums.json": "Is it a quorum, when the log signed and these keys cosigned at these POSIX seconds?",
    "trusts.json": "Read a trust file; {name} stands for a key.",
    "numbers.json": "Compare a root, in hex, with the number somebody typed.",
}


def files() -> dict[str, str]:
    """The text of each file."""
    cases = {
        "policies.json": [*good(), *bad()],
        "quorums.json": list(quorums()),
        "trusts.json": list(trusts()),
        "numbers.json": list(numbers()),
    }
    found = {}
    for name, listed in cases.items():
        texts = "".join(case.get("text", "") for case in listed)
        named = {key: vkey for key, vkey in keys().items() if f"{{{key}}}" in texts}
        content = {"about": ABOUT[name], **({"keys": named} if named else {}), "cases": listed}
        found[name] = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    return found


if __name__ == "__main__":
    for file, text in files().items():
        (Path(sys.argv[1]) / file).write_text(text, "utf-8")
