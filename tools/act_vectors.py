"""Writes vectors/act: Ed25519 traps, canonical JSON, entries and chains, statements whole and spoiled.

Run from the root of the checkout: python -m tools.act_vectors. The ML-DSA halves of statements are hedged, so a second
run writes other signatures with the same verdicts; run it only when the format changes.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests import edwards25519 as curve
from tests.build import Case, seed, two_parties

from parley import statement
from parley.act import By, Confirmation
from parley.crypto import SigningKey, sha256
from parley.errors import ParleyError
from parley.statement import Signed

OUT = Path(__file__).parent.parent / "vectors" / "act"
Vector = dict[str, Any]


def write(name: str, note: str, **members: Any) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"note": note, **members}, indent=1, ensure_ascii=False)
    (OUT / f"{name}.json").write_text(text + "\n", encoding="utf-8")


# --- Ed25519 ----------------------------------------------------------------------------------------------------

SECRET, FACTOR = 0x1234567 * 8 + 3, 0x7654321 * 8 + 5
MESSAGE = b"an act"


def trap(name: str, public: bytes, message: bytes, r: bytes, s: int, code: str | None, *, equation: bool) -> Vector:
    """`equation`: whether encode([S]B - [k]A) = R holds with these bytes, which alone does not make a signature."""
    point = curve.recover(int.from_bytes(public, "little") % 2**255 % curve.P, public[31] >> 7)
    held = point is not None and curve.holds(point, r, s % curve.L, public, message, cofactor=1)
    if held != equation:
        raise SystemExit(f"{name}: the equation is {held}")
    lenient = point is not None and curve.holds(point, r, s % curve.L, public, message, cofactor=8)
    family = "ok" if code is None else ("malformed" if code.startswith("key.") else "invalid")
    return {
        "name": name,
        "public": public.hex(),
        "message": message.hex(),
        "signature": (r + s.to_bytes(32, "little")).hex(),
        "equation": held,
        "cofactored_equation": lenient,
        "expect": family,
        "code": code,
    }


def with_challenge(public: bytes, r: bytes, remainder: int | None) -> bytes:
    """A message whose k is `remainder` modulo 8; None for one whose k is odd."""
    for count in range(10_000):
        message = MESSAGE + b" %d" % count
        k = curve.challenge(r, public, message)
        if k % 8 == remainder if remainder is not None else k % 2:
            return message
    raise SystemExit("no such message")


def ed25519() -> Iterator[Vector]:
    bad_key, bad = "key.ed25519-point", "signature.ed25519"
    point = curve.multiply(SECRET, curve.BASE)
    public, r = curve.encode(point), curve.encode(curve.multiply(FACTOR, curve.BASE))
    k = curve.challenge(r, public, MESSAGE)
    s = (FACTOR + k * SECRET) % curve.L
    yield trap("a signature by an ordinary key", public, MESSAGE, r, s, None, equation=True)
    yield trap("the same over another message", public, MESSAGE + b".", r, s, bad, equation=False)
    yield trap("S is not below L", public, MESSAGE, r, s + curve.L, bad, equation=True)
    yield trap("S is another", public, MESSAGE, r, s + 1, bad, equation=False)
    eighth = curve.torsion()
    for order in range(8):
        small = curve.encode(curve.multiply(order, eighth))
        anything = with_challenge(small, r, 0)
        yield trap(
            f"a public key of small order, {order} times a point of order 8: a signature of nobody, by nobody",
            small, anything, r, FACTOR, bad_key, equation=True,
        )  # fmt: skip
    y_one = [(1 + curve.P).to_bytes(32, "little"), bytes([1]) + bytes(30) + b"\x80"]
    for encoded, how in zip(y_one, ("y above p", "minus zero"), strict=True):
        yield trap(f"the identity as public key, {how}", encoded, MESSAGE, r, FACTOR, bad_key, equation=True)
    low = next(y for y in range(2, 19) if curve.recover(y, 0))
    high = (low + curve.P).to_bytes(32, "little")
    yield trap("a public key with y above p, not of small order", high, MESSAGE, r, s, bad_key, equation=False)
    off = next(y for y in range(2, 19) if not curve.recover(y, 0))
    yield trap("no point of the curve", off.to_bytes(32, "little"), MESSAGE, r, s, bad_key, equation=False)
    yield from torsion_cases(point, public, eighth, bad)


def torsion_cases(point: curve.Point, public: bytes, eighth: curve.Point, bad: str) -> Iterator[Vector]:
    none = curve.encode(curve.IDENTITY)
    k = curve.challenge(none, public, MESSAGE)
    yield trap("R is the identity", public, MESSAGE, none, k * SECRET % curve.L, bad, equation=True)
    for r, how in (((1 + curve.P).to_bytes(32, "little"), "y above p"), (none[:31] + b"\x80", "minus zero")):
        k = curve.challenge(r, public, MESSAGE)
        yield trap(f"R is the identity, {how}", public, MESSAGE, r, k * SECRET % curve.L, bad, equation=False)
    r = curve.encode(curve.add(curve.multiply(FACTOR, curve.BASE), eighth))
    k = curve.challenge(r, public, MESSAGE)
    s = (FACTOR + k * SECRET) % curve.L
    yield trap("torsion in R: only the cofactored equation holds", public, MESSAGE, r, s, bad, equation=False)
    mixed = curve.add(point, eighth)
    public, r = curve.encode(mixed), curve.encode(curve.multiply(FACTOR, curve.BASE))
    for remainder, how, code in (
        (0, "k divisible by 8", None),
        (4, "k divisible by 4 only", bad),
        (None, "k odd", bad),
    ):
        message = with_challenge(public, r, remainder)
        s = (FACTOR + curve.challenge(r, public, message) * SECRET) % curve.L
        yield trap(f"a public key of mixed order, {how}", public, message, r, s, code, equation=code is None)
    for count in range(1, 8):
        r = curve.encode(curve.add(curve.multiply(FACTOR, curve.BASE), curve.multiply(8 - count, eighth)))
        message = with_challenge(public, r, count)
        s = (FACTOR + curve.challenge(r, public, message) * SECRET) % curve.L
        name = f"a public key of mixed order and the torsion in R that it needs, k = {count} modulo 8"
        yield trap(name, public, message, r, s, None, equation=True)
    r = curve.encode(curve.multiply(3, eighth))
    message = with_challenge(public, r, 5)
    s = curve.challenge(r, public, message) * SECRET % curve.L
    yield trap("a public key of mixed order, R of small order", public, message, r, s, bad, equation=True)


# --- canonical JSON ---------------------------------------------------------------------------------------------

DEEP = 33


def nested(value: bytes, deep: int) -> bytes:
    """A value within arrays, the `deep`-th from outside."""
    return b"[" * (deep - 1) + value + b"]" * (deep - 1)


CANONICAL: list[tuple[str, bytes, str | None]] = [
    ("an empty object", b"{}", None),
    ("members in order", b'{"A":1,"a":2,"aa":3,"b":[]}', None),
    ("all kinds of value", b'[{},[],"",0,-1,true,false,null]', None),
    ("the greatest integer", b"9007199254740991", None),
    ("the least integer", b"-9007199254740991", None),
    ("text of many scripts", '"Ответ на вопрос, 回答, ответ 🕊"'.encode(), None),
    ("escapes that must be", b'"\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f"', None),
    ("the line separator is not escaped", '"\u2028"'.encode(), None),
    ("thirty-three deep", b"[" * DEEP + b"]" * DEEP, None),
    ("thirty-three deep, the last a string", nested(b'"[[[["', DEEP), None),
    ("thirty-three deep, the last a number", nested(b"0", DEEP), None),
    ("thirty-three deep, the last a member", nested(b'{"a":""}', DEEP - 1), None),
    ("nothing", b"", "canonical.json"),
    ("a space", b'{"a": 1}', "canonical.not-canonical"),
    ("a final line feed", b"{}\n", "canonical.not-canonical"),
    ("a byte order mark", b"\xef\xbb\xbf{}", "canonical.json"),
    ("members out of order", b'{"b":1,"a":2}', "canonical.not-canonical"),
    ("a member twice", b'{"a":1,"a":1}', "canonical.not-canonical"),
    ("a member twice, one of them escaped", b'{"a":1,"\\u0061":1}', "canonical.not-canonical"),
    ("an escape that need not be", b'"\\u0061"', "canonical.not-canonical"),
    ("an escape in capitals", b'"\\u001F"', "canonical.not-canonical"),
    ("a slash escaped", b'"\\/"', "canonical.not-canonical"),
    ("a lone surrogate", b'"\\ud800"', "canonical.json"),
    ("not UTF-8", b'"\xff"', "canonical.json"),
    ("a surrogate in UTF-8", b'"\xed\xa0\x80"', "canonical.json"),
    ("an overlong encoding", b'"\xc0\xaf"', "canonical.json"),
    ("a raw control character", b'"\x01"', "canonical.json"),
    ("a float", b"1.5", "canonical.float"),
    ("an integer as a float", b"1.0", "canonical.float"),
    ("an exponent", b"1e3", "canonical.float"),
    ("minus zero", b"-0", "canonical.not-canonical"),
    ("a leading zero", b"01", "canonical.json"),
    ("a plus sign", b"+1", "canonical.json"),
    ("one past the greatest integer", b"9007199254740992", "canonical.integer"),
    ("one below the least integer", b"-9007199254740992", "canonical.integer"),
    ("past 64 bits", b"18446744073709551616", "canonical.integer"),
    ("not a number", b"NaN", "canonical.json"),
    ("infinite", b"Infinity", "canonical.json"),
    ("a comment", b"{}//", "canonical.json"),
    ("a final comma", b"[1,]", "canonical.json"),
    ("two values", b"{}{}", "canonical.json"),
    ("a member name that is not ASCII", '{"é":1}'.encode(), "canonical.member-name"),
    ("thirty-four deep", b"[" * (DEEP + 1) + b"]" * (DEEP + 1), "canonical.depth"),
    ("thirty-four deep, the last a string", nested(b'""', DEEP + 1), "canonical.depth"),
    ("thirty-four deep, the last a number", nested(b"0", DEEP + 1), "canonical.depth"),
    ("thirty-four deep, the last a member", nested(b'{"a":""}', DEEP), "canonical.depth"),
    ("a hundred thousand deep", b"[" * 100_000, "canonical.json"),
]


def canonical() -> Iterator[Vector]:
    for name, data, code in CANONICAL:
        shown = {"text": "[", "times": len(data)} if len(data) > 1000 else {"base64": base64.b64encode(data).decode()}
        yield {"name": name, **shown, "expect": "ok" if code is None else "malformed", "code": code}


# --- entries and chains -----------------------------------------------------------------------------------------


def chain() -> Vector:
    """The vector of the specification, which other implementations computed too."""
    return {
        "first_payload": '{"nonce":"00000000000000000000000000000000","note":"payload of the chain\'s first act"}',
        "acts": ["a1" * 32, "a2" * 32],
        "heads": [
            "0eff58b6971868f4c03c5a8d765dd7ebee601b512bf6a149b4ba3af4b2b57172",
            "b7add04debb73faccbdef0009b0ead06722a4821e1ae3ced21ae5b4a695039c3",
        ],
        "links": [
            "e149be1a998ea1a111fae0e107ce9b536349dfaaab252397f11eb11a58515938",
            "cdf92a886cf8f1ad35993b7af6838d807735709675b59f9b34dd34fe342bff23",
        ],
        "entry": {
            "milliseconds": 1643217360000,
            "leaf_hash": "598c17a75086af1750be8dda1508c7498bf49cfbcb2201c4c536ded9f6045e57",
        },
    }


def entries() -> Iterator[Vector]:
    act, link = "a1" * 32, "e149be1a998ea1a111fae0e107ce9b536349dfaaab252397f11eb11a58515938"
    last = 253402300799999
    for name, data, code in (
        ("an entry", f"01{act}{link}{1643217360000:016x}", None),
        ("at the beginning of time", f"01{act}{link}{0:016x}", None),
        ("at the end of year 9999", f"01{act}{link}{last:016x}", None),
        ("a millisecond later", f"01{act}{link}{last + 1:016x}", "entry.time"),
        ("the greatest number", f"01{act}{link}{'f' * 16}", "entry.time"),
        ("another version", f"02{act}{link}{0:016x}", "entry.version"),
        ("version zero", f"00{act}{link}{0:016x}", "entry.version"),
        ("a byte short", f"01{act}{link}{0:014x}", "entry.length"),
        ("a byte long", f"01{act}{link}{0:018x}", "entry.length"),
        ("nothing", "", "entry.length"),
    ):
        yield {"name": name, "entry": data, "expect": "ok" if code is None else "malformed", "code": code}


# --- statements -------------------------------------------------------------------------------------------------


def good() -> tuple[Case, dict[str, Signed]]:
    log = two_parties()
    deposit = log.admit(log.deposit("us", "ru"))
    receipt = log.admit(log.receipt("ru", deposit))
    second = SigningKey.from_secret(seed("second officer"), info="officer")
    officers = sorted((log.parties["ru"].officer, second), key=lambda key: key.id)
    members = log.common("ru", officers[0], log.negotiation, log.link(log.negotiation, "ru"))
    members["by"] = By(party="ru", keys=tuple(key.id for key in officers))
    two = statement.sign(Confirmation(**members, deposit=deposit.digest), officers)
    log.parties["ru"].officer = second
    return log, {
        "genesis": log.genesis,
        "enrol": log.acts[1],
        "full-powers": log.acts[2],
        "convene": log.acts[5],
        "deposit": deposit,
        "receipt": receipt,
        "two-officers": two,
    }


def spoiled(name: str, of: str, family: str, code: str, **changes: Any) -> Vector:
    base: Vector = {"name": name, "statement": of, "payload": [], "envelope": [], "signatures": None}
    return base | changes | {"expect": family, "code": code}


def statements(signed: dict[str, Signed]) -> Iterator[Vector]:
    for name in signed:
        yield spoiled(f"{name}, as it is", name, "ok", "") | {"code": None}
    bad, receipt, deposit = "malformed", signed["receipt"], signed["deposit"]
    nonce = receipt.act.nonce.hex()
    key = receipt.act.by.keys[0].hex()
    role = [['"role":"proposal"', '"role":"response"']]
    yield spoiled("one byte of the payload", "receipt", "invalid", "signature.ed25519", payload=role)
    kind = [["parley.receipt.v1", "parley.refusal.v1"]]
    yield spoiled("another kind of act", "receipt", bad, "canonical.shape", envelope=kind)
    newer = [["parley.receipt.v1", "parley.receipt.v2"]]
    yield spoiled("a newer version of the act", "receipt", bad, "statement.kind", envelope=newer)
    notes = "canonical.not-canonical"
    for what, order, code in (
        ("Ed25519 alone", [0], "statement.signature-count"),
        ("ML-DSA-44 alone", [1], "statement.signature-count"),
        ("ML-DSA-44 first", [1, 0], "statement.signature-length"),
        ("no signature", [], "statement.signature-count"),
        ("a signature twice", [0, 0, 1], "statement.signature-count"),
        ("Ed25519 twice", [0, 0], "statement.signature-length"),
        ("both signatures twice", [0, 1, 0, 1], "statement.keys"),
    ):
        yield spoiled(what, "receipt", bad, code, signatures=order)
    yield spoiled("one officer of two", "two-officers", bad, "statement.keys", signatures=[0, 1])
    yield spoiled("the officers turned", "two-officers", bad, "statement.keys", signatures=[2, 3, 0, 1])
    yield spoiled("the officers mixed", "two-officers", bad, "statement.signature-order", signatures=[0, 3, 2, 1])
    other = [[f'"keys":["{key}"]', f'"keys":["{"00" * 32}"]']]
    yield spoiled("another key in the payload than in the envelope", "receipt", bad, "statement.keys", payload=other)
    yield spoiled(
        "a member more", "receipt", bad, "canonical.shape", payload=[['"terms_taken"', '"terms_a":0,"terms_taken"']]
    )
    yield spoiled("a member less", "receipt", bad, "canonical.shape", payload=[['"role":"proposal",', ""]])
    yield spoiled("a member twice", "receipt", bad, notes, payload=[['"role"', '"role":"note","role"']])
    yield spoiled("a space in the payload", "receipt", bad, notes, payload=[['"role":', '"role": ']])
    yield spoiled("a word that is not of the set", "receipt", bad, "canonical.shape", payload=[["proposal", "promise"]])
    yield spoiled("capitals in hex", "receipt", bad, "canonical.hex", payload=[[nonce, "A" * 32]])
    yield spoiled("a nonce too short", "receipt", bad, "canonical.hex", payload=[[nonce, nonce[2:]]])
    zone = [['.000Z","deposit"', '.000+00:00","deposit"']]
    yield spoiled("a time with an offset", "receipt", bad, "canonical.time", payload=zone)
    day = [["2022-01-26T17", "2022-02-30T17"]]
    yield spoiled("a day that is not", "receipt", bad, "canonical.time", payload=day)
    yield spoiled("a number for a text", "receipt", bad, "canonical.shape", payload=[['"role":"proposal"', '"role":1']])
    party = [['"party":"ru"', '"party":"RU"']]
    yield spoiled("a party in capitals", "receipt", bad, "canonical.shape", payload=party)
    party = [['"party":"ru"', '"party":"depositary"']]
    yield spoiled("a receipt by the depositary", "receipt", bad, "act.by-party", payload=party)
    none = [
        [f'"negotiation":"{receipt.act.negotiation.hex() if receipt.act.negotiation else ""}"', '"negotiation":null']
    ]
    yield spoiled("a receipt outside every negotiation", "receipt", bad, "act.negotiation", payload=none)
    whom = [['"party":"ru","reading', '"party":"us","reading']]
    yield spoiled("a sender among the recipients", "deposit", bad, "act.recipients", payload=whom)
    answer = [['"role":"proposal"', '"role":"response"']]
    yield spoiled("a response to nothing", "deposit", bad, "act.response-to-nothing", payload=answer)
    turned = [['["ru","us"]', '["us","ru"]']]
    yield spoiled("parties out of order", "convene", bad, "act.parties", payload=turned)
    for what, text in (
        ("a bidi override", "Party \u202eru"),
        ("a tag character", "Party \U000e0072u"),
        ("a bell", "Party \\u0007ru"),
    ):
        yield spoiled(f"a name with {what}", "enrol", bad, "", payload=[["Party ru", text]])
    yield spoiled("a name that is not NFC", "enrol", bad, "", payload=[["Party ru", "Party re\u0301"]])
    pad = [
        [base64.b64encode(deposit.envelope.payload).decode(), base64.b64encode(deposit.envelope.payload).decode() + "="]
    ]
    yield spoiled("base64 with too much padding", "deposit", bad, "canonical.base64", envelope=pad)
    member = [['"payloadType"', '"payloadTyp":"","payloadType"']]
    yield spoiled("a member more in the envelope", "receipt", bad, "canonical.shape", envelope=member)
    prove = base64.b64encode(signed["full-powers"].act.possession.ed25519).decode()  # type: ignore[attr-defined]  # FullPowers
    swap = [[prove, base64.b64encode(bytes(64)).decode()]]
    yield spoiled(
        "full powers without proof of possession", "full-powers", "invalid", "signature.ed25519", payload=swap
    )


def apply(signed: Signed, one: Vector) -> bytes:
    """The envelope that a case is about: texts replaced in the decoded payload and in the envelope, lines chosen."""
    payload = bytes(signed.envelope.payload).decode()
    for old, new in one["payload"]:
        if old not in payload:
            raise SystemExit(f"{one['name']}: {old!r} is not in the payload")
        payload = payload.replace(old, new)
    value = json.loads(signed.data)
    value["payload"] = base64.b64encode(payload.encode()).decode()
    if one["signatures"] is not None:
        value["signatures"] = [value["signatures"][place] for place in one["signatures"]]
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    for old, new in one["envelope"]:
        if old not in text:
            raise SystemExit(f"{one['name']}: {old!r} is not in the envelope")
        text = text.replace(old, new)
    return text.encode()


def write_statements() -> None:
    log, signed = good()
    keys: dict[str, Any] = {}
    for party in log.parties.values():
        for key in (party.root, party.officer, SigningKey.from_secret(seed(f"{party.id} officer"), info="officer")):
            public = key.verifying.public
            keys[key.id.hex()] = {
                "ed25519": base64.b64encode(public.ed25519).decode(),
                "mldsa44": base64.b64encode(public.mldsa44).decode(),
            }
    written, found = [], list(statements(signed))
    for one in found:
        code = reason(apply(signed[one["statement"]], one), log)
        if one["code"] not in ("", code):
            raise SystemExit(f"{one['name']}: {code}")
        written.append(one | {"code": code})
    shown = {
        name: {
            "envelope": json.loads(act.data),
            "pae_sha256": sha256(statement.pre_authentication(act.envelope.payload_type, act.envelope.payload)).hex(),
            "digest": act.digest.hex(),
        }
        for name, act in signed.items()
    }
    note = (
        "Take the statement; in its decoded payload replace each pair of texts; take the signatures at these places; "
        "write canonical JSON; replace each pair of texts in it. Read, then verify with keys. A genesis and an enrol "
        "name their own key."
    )
    write("statements", note, keys=keys, statements=shown, cases=written)


def reason(data: bytes, log: Case) -> str | None:
    """The code with which a statement is refused, if it is."""
    keys = {
        key.id: key.verifying
        for party in log.parties.values()
        for key in (party.root, party.officer, SigningKey.from_secret(seed(f"{party.id} officer"), info="officer"))
    }
    try:
        statement.verify(statement.read(data), keys.get)
    except ParleyError as error:
        return error.code
    return None


def main() -> None:
    note = (
        "Verification is encode([S]B - [k]A) = R with S < L, byte for byte, and neither A nor R of small order, A a "
        "canonical point. equation: whether the first of these holds for S modulo L; cofactored_equation: what lenient "
        "libraries compute instead."
    )
    write("ed25519", note, cases=list(ed25519()))
    write("canonical", "RFC 8785 without floats; integers to 2^53-1, member names ASCII.", cases=list(canonical()))
    write("chain", "Heads, links and an entry of a chain; entries to be read.", chain=chain(), cases=list(entries()))
    write_statements()


if __name__ == "__main__":
    main()
