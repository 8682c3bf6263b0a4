"""Cases of vectors/evidence in which bytes are spoiled: the file, an act, a proof, a note, one bit."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

from tests.evidence_cases import Case, text_of

MALFORMED, INVALID, PROVEN, UNCHECKED = "malformed", "invalid", "proven", "unchecked"


def case(name: str, file: str, trust: str | None, expect: str | None, **more: Any) -> Case:
    """One case; see tests/evidence_cases.py for what may be done to a file."""
    return {"name": name, "file": file, "trust": trust, "drop": [], "replace": []} | more | {"expect": expect}


def spoiled_cases() -> Iterator[Case]:
    yield from _form()
    yield from _notes()
    yield from _flips()


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
