"""Write vectors/checkpoint/notes.json and proofs.json: checkpoints and proofs that hold, and every way to spoil one.

A case's bytes are its pieces joined: {"text"} in UTF-8, {"text", "times"} for a text many times, {"hex"}, or {"part"},
a line written once in `parts` because ML-DSA-44 lines are long. Those are signed with randomness, so a line that the
file already has is kept: run again as `python tools/checkpoint_vectors.py vectors/checkpoint`, the tool writes the same
bytes; a test runs it and compares.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from parley.checkpoint import Checkpoint, LogSigner, WitnessSigner, signed_message
from parley.crypto import Digest, SigningKey
from parley.merkle import EMPTY_ROOT, Tree, leaf_hash
from parley.note import NoteKey

ORIGIN = "depositary.example/log/1"
TIME = 1643130960
Case = dict[str, Any]
Pieces = list[dict[str, Any]]


def seeded(number: int) -> SigningKey:
    return SigningKey(bytes([number]) * 32, bytes([number + 1]) * 32)


KEYS = {"log": seeded(1), "oslo": seeded(3), "wien": seeded(5), "rome": seeded(7)}
LOG = LogSigner(ORIGIN, KEYS["log"])
WITNESSES = {name: WitnessSigner(f"witness.example/{name}", KEYS[name]) for name in ("oslo", "wien", "rome")}
TREE = Tree(leaf_hash(leaf) for leaf in (b"", b"\x00", b"\x10"))
THREE = Checkpoint(origin=ORIGIN, size=3, root=TREE.root())
EMPTY = Checkpoint(origin=ORIGIN, size=0, root=EMPTY_ROOT)
TEXT = THREE.to_text()


def all_keys() -> dict[str, NoteKey]:
    """The keys that cases name; `rome` is known to nobody."""
    pairs = {"log": LOG.keys, "oslo": WITNESSES["oslo"].keys, "wien": WITNESSES["wien"].keys}
    return {f"{name}-{half}": key for name, pair in pairs.items() for half, key in zip(("ed", "pq"), pair, strict=True)}


def line(name: str, key_id: bytes, data: bytes) -> str:
    return f"\u2014 {name} {base64.b64encode(key_id + data).decode()}\n"


def sign(who: str, half: str, checkpoint: Checkpoint = THREE, seconds: int = TIME, *, by: str = "") -> str:
    """A line that names a signer's key, over a checkpoint at a time; `by` signs with another's secret instead."""
    signer = LOG if who == "log" else WITNESSES[who]
    key = signer.keys[half == "pq"]
    message = signed_message(key, checkpoint, seconds)
    secret = KEYS[by or who]
    signature = secret.sign_mldsa44(message) if half == "pq" else secret.sign_ed25519(message)
    time = seconds.to_bytes(8, "big") if key.algorithm != 1 else b""
    return line(key.name, key.id, time + signature)


def other_forms() -> dict[str, Callable[[], str]]:
    """Lines whose signature is over something else than such a key signs."""
    log_ed, log_pq = LOG.keys
    oslo_ed, oslo_pq = WITNESSES["oslo"].keys
    time = TIME.to_bytes(8, "big")
    text = TEXT.encode()
    wien = signed_message(WITNESSES["wien"].keys[1], THREE, TIME)
    context = b"parley/act/v1"
    return {
        "log-pq over the text": lambda: line(log_pq.name, log_pq.id, time + KEYS["log"].sign_mldsa44(text)),
        "log-pq with a context": lambda: line(
            log_pq.name,
            log_pq.id,
            time + KEYS["log"].sign_mldsa44(signed_message(log_pq, THREE, TIME), context=context),
        ),
        "oslo-pq for wien's name": lambda: line(oslo_pq.name, oslo_pq.id, time + KEYS["oslo"].sign_mldsa44(wien)),
        "oslo-ed over the bare text": lambda: line(oslo_ed.name, oslo_ed.id, time + KEYS["oslo"].sign_ed25519(text)),
        "oslo-ed without a time": lambda: line(oslo_ed.name, oslo_ed.id, KEYS["oslo"].sign_ed25519(text)),
        "log-ed as a cosignature": lambda: line(
            log_ed.name, log_ed.id, time + KEYS["log"].sign_ed25519(signed_message(oslo_ed, THREE, TIME))
        ),
    }


def makers() -> dict[str, Callable[[], str]]:
    """Every line that has a name in `parts`, and how it is first made."""
    lies = Checkpoint(origin=ORIGIN, size=0, root=TREE.root())
    elsewhere = Checkpoint(origin="depositary.example/log/2", size=3, root=TREE.root())
    far = 253_402_300_800
    made: dict[str, Callable[[], str]] = {}
    for who in ("log", "oslo", "wien", "rome"):
        for half in ("ed", "pq"):
            made[f"{who}-{half}"] = lambda who=who, half=half: sign(who, half)  # type: ignore[misc]  # bound early
    for half in ("ed", "pq"):
        made[f"log-{half} of size 0"] = lambda half=half: sign("log", half, EMPTY)  # type: ignore[misc]  # bound early
        made[f"log-{half} of size 0, other root"] = lambda half=half: sign("log", half, lies)  # type: ignore[misc]  # the same
        made[f"log-{half} of another log"] = lambda half=half: sign("log", half, elsewhere)  # type: ignore[misc]  # the same
        made[f"log-{half} by wien"] = lambda half=half: sign("log", half, by="wien")  # type: ignore[misc]  # the same
        made[f"oslo-{half} at 0"] = lambda half=half: sign("oslo", half, seconds=0)  # type: ignore[misc]  # the same
        made[f"oslo-{half} after 9999"] = lambda half=half: sign("oslo", half, seconds=far)  # type: ignore[misc]  # the same
    made["oslo-pq later"] = lambda: sign("oslo", "pq", seconds=TIME + 90)
    made["log-pq at 0"] = lambda: sign("log", "pq", seconds=0)
    return made | other_forms()


def pieces(*items: str | bytes) -> Pieces:
    """ "@name" is a part, other strings are text, bytes are hex."""
    found: Pieces = []
    for item in items:
        if isinstance(item, bytes):
            found.append({"hex": item.hex()})
        elif item.startswith("@"):
            found.append({"part": item[1:]})
        else:
            found.append({"text": item})
    return found


BOTH = ("@log-ed", "@log-pq")
START = (TEXT, "\n")
KNOWN = ["log-ed", "log-pq", "oslo-ed", "oslo-pq", "wien-ed", "wien-pq"]


def good_notes() -> Iterator[Case]:
    """Checkpoints that open, with what is in them."""

    def case(name: str, note: Pieces, times: dict[str, int] | None = None, **more: Any) -> Case:
        result = {"size": 3, "root": base64.b64encode(TREE.root()).decode(), "log_seconds": TIME}
        return {"name": name, "note": note, "expect": "ok", **result, "cosigned": times or {}, **more}

    oslo = {"oslo-ed": TIME, "oslo-pq": TIME}
    empty = {"size": 0, "root": base64.b64encode(EMPTY_ROOT).decode()}
    stranger = line("stranger.example", b"\x01\x02\x03\x04", bytes(64))
    many = "".join(line(f"stranger.example/{number}", b"\x01\x02\x03\x04", bytes(64)) for number in range(98))
    ed, _ = LOG.keys
    yield case("both lines of the log", pieces(*START, *BOTH))
    yield case("the other way round", pieces(*START, "@log-pq", "@log-ed"))
    yield case("cosigned by one witness", pieces(*START, *BOTH, "@oslo-ed", "@oslo-pq"), oslo)
    times = oslo | {"wien-ed": TIME, "wien-pq": TIME}
    yield case("cosigned by two", pieces(*START, *BOTH, "@oslo-ed", "@oslo-pq", "@wien-ed", "@wien-pq"), times)
    yield case("half of a witness", pieces(*START, *BOTH, "@oslo-ed"), {"oslo-ed": TIME})
    later = {"oslo-ed": TIME, "oslo-pq": TIME + 90}
    yield case("two times of one witness", pieces(*START, *BOTH, "@oslo-ed", "@oslo-pq later"), later)
    yield case("an unknown witness", pieces(*START, *BOTH, "@rome-ed", "@rome-pq"))
    yield case("a stranger's line first", pieces(*START, stranger, *BOTH))
    yield case("a stranger's line twice", pieces(*START, *BOTH, stranger, stranger))
    yield case("a line of one byte by a stranger", pieces(*START, *BOTH, line("x", bytes(4), b"\x00")))
    yield case("the log's name with another id", pieces(*START, *BOTH, line(ORIGIN, bytes(4), bytes(64))))
    yield case("the log's id with another name", pieces(*START, *BOTH, line("x.example", ed.id, bytes(64))))
    yield case("a witness nobody asks about, forged", pieces(*START, *BOTH, "@oslo-ed"), keys=["log-ed", "log-pq"])
    yield case("a hundred lines", pieces(*START, *BOTH, many))
    yield case("empty log", pieces(EMPTY.to_text(), "\n", "@log-ed of size 0", "@log-pq of size 0"), **empty)
    yield case("the log gives no time", pieces(*START, "@log-ed", "@log-pq at 0"), log_seconds=0)


def malformed_texts() -> Iterator[tuple[str, str, str | bytes]]:
    """Texts that are no checkpoint: name, code, text."""
    root = base64.b64encode(TREE.root()).decode()
    head = f"{ORIGIN}\n"
    for name, size in (
        ("plus sign", "+3"), ("minus sign", "-3"), ("leading zero", "03"), ("space before", " 3"),
        ("space after", "3 "), ("no digits", ""), ("hexadecimal", "0x3"), ("underscore", "1_0"),
        ("Arabic digit", "\u0663"), ("two zeros", "00"), ("2 to the 63", str(2**63)), ("thirty digits", "1" * 30),
        ("fraction", "3.0"),
    ):  # fmt: skip
        yield f"size with {name}", "note.number", f"{head}{size}\n{root}\n"
    for name, code, written in (
        ("31 bytes", "merkle.hash-length", base64.b64encode(TREE.root()[:31]).decode()),
        ("33 bytes", "merkle.hash-length", base64.b64encode(TREE.root() + b"\x00").decode()),
        ("3 bytes", "merkle.hash-length", "AAAA"),
        ("no padding", "canonical.base64", root.rstrip("=")),
        ("junk inside", "canonical.base64", root[:4] + "!" + root[4:]),
        ("a space inside", "canonical.base64", root[:4] + " " + root[4:]),
        ("the URL alphabet", "canonical.base64", root.replace("/", "_")),
        ("leftover bits", "canonical.base64", root[:-2] + chr(ord(root[-2]) + 1) + "="),
        ("nothing", "canonical.base64", ""),
        ("hexadecimal", "merkle.hash-length", TREE.root().hex()),
    ):
        yield f"root: {name}", code, f"{head}3\n{written}\n"
    yield "an extension line", "checkpoint.extension", f"{TEXT}extension\n"
    yield "an empty extension line", "checkpoint.extension", f"{TEXT}\n"
    yield "no root", "checkpoint.form", f"{head}3\n"
    yield "no origin", "note.key-name", f"\n3\n{root}\n"
    yield "an origin with a space", "note.key-name", f"depositary example\n3\n{root}\n"
    yield "an origin with a no-break space", "note.key-name", f"depositary\u00a0example\n3\n{root}\n"
    yield "an origin with a plus", "note.key-name", f"depositary+example\n3\n{root}\n"
    yield "an origin of 256 bytes", "note.key-name", f"{'a' * 256}\n3\n{root}\n"
    yield "CR LF", "note.control", TEXT.replace("\n", "\r\n")
    yield "a tab", "note.control", TEXT.replace("3", "3\t")
    yield "a NUL", "note.control", TEXT.replace("3", "3\x00")
    yield "bytes that are not UTF-8", "note.utf-8", b"\xff" + TEXT.encode()
    yield "an overlong encoding", "note.utf-8", b"\xc0\xaf" + TEXT.encode()
    yield "an encoded surrogate", "note.utf-8", b"\xed\xa0\x80" + TEXT.encode()


def malformed_lines() -> Iterator[tuple[str, str, str]]:
    """Signature lines, or what stands for them after the empty line, that are none: name, code, lines."""
    good = line("x.example", bytes(4), bytes(64))
    encoded = good.split(" ")[2].rstrip("\n")
    yield "a hyphen for the dash", "note.signature-line", good.replace("\u2014", "-")
    yield "an en dash", "note.signature-line", good.replace("\u2014", "\u2013")
    yield "a horizontal bar", "note.signature-line", good.replace("\u2014", "\u2015")
    yield "no space after the dash", "note.signature-line", good.replace("\u2014 ", "\u2014")
    yield "two spaces after the dash", "canonical.base64", good.replace("\u2014 ", "\u2014  ")
    yield "a space before the dash", "note.signature-line", " " + good
    yield "two spaces before the signature", "canonical.base64", good.replace("example ", "example  ")
    yield "a space at the end", "canonical.base64", good.replace("\n", " \n")
    yield "no signature", "note.signature-line", "\u2014 x.example\n"
    yield "an empty signature", "canonical.base64", "\u2014 x.example \n"
    yield "a key id alone", "note.signature-line", "\u2014 x.example AAAAAA==\n"
    yield "half a key id", "note.signature-line", "\u2014 x.example AAA=\n"
    yield "a name with a plus", "note.key-name", good.replace("x.example", "x+example")
    yield "a name with a no-break space", "note.key-name", good.replace("x.example", "x\u00a0example")
    yield "a name with an ideographic space", "note.key-name", good.replace("x.example", "x\u3000example")
    yield "a name with a line separator", "note.key-name", good.replace("x.example", "x\u2028example")
    yield "base64 without padding", "canonical.base64", good.replace(encoded, encoded.rstrip("="))
    yield "base64 with more padding", "canonical.base64", good.replace(encoded, encoded + "=")
    yield "base64 with junk", "canonical.base64", good.replace(encoded, encoded[:8] + "*" + encoded[8:])
    yield "base64 of the URL alphabet", "canonical.base64", line("x", bytes(4), b"\xff" * 62).replace("/", "_")
    yield "base64 with leftover bits", "canonical.base64", "\u2014 x.example AAAAAAB=\n"
    yield "an empty line between signatures", "checkpoint.extension", "\n" + good
    yield "an empty line after the signatures", "note.form", good + "\n"
    yield "text after the signatures", "note.signature-line", good + "more\n"
    yield "no line end after the last signature", "note.form", good.rstrip("\n")
    more = "".join(line(f"stranger.example/{number}", bytes(4), bytes(64)) for number in range(99))
    yield "a hundred and one lines", "note.signature-count", more


def bad_notes() -> Iterator[Case]:
    """Checkpoints that do not open."""

    def case(name: str, note: Pieces, expect: str, code: str, **more: Any) -> Case:
        return {"name": name, "note": note, "expect": expect, "code": code, **more}

    for name, code, text in malformed_texts():
        yield case(name, pieces(text, "\n", *BOTH), "malformed", code)
    for name, code, lines in malformed_lines():
        yield case(f"signatures: {name}", pieces(*START, *BOTH, lines), "malformed", code)
    yield case("no bytes", [], "malformed", "note.form")
    yield case("text alone", pieces(TEXT), "malformed", "note.form")
    yield case("no signatures", pieces(*START), "malformed", "note.form")
    yield case("no empty line", pieces(TEXT, *BOTH), "malformed", "note.form")
    long = [*pieces(*START, *BOTH, "\u2014 x "), {"text": "AAAA", "times": 250_000}, *pieces("\n")]
    yield case("over a million bytes", long, "malformed", "note.length")
    for part in ("log-ed", "log-pq"):
        yield case(f"{part} twice", pieces(*START, *BOTH, f"@{part}"), "malformed", "note.repeated-signature")
    witnessed = (*START, *BOTH, "@oslo-ed", "@oslo-pq")
    yield case("a witness's line twice", pieces(*witnessed, "@oslo-ed"), "malformed", "note.repeated-signature")
    yield case(
        "a witness's two times in one form",
        pieces(*witnessed, "@oslo-pq later"),
        "malformed",
        "note.repeated-signature",
    )
    yield from unsigned(case)


def flipped(who: str, half: str, place: int) -> bytes:
    """A line by a known key with a changed byte in it; Ed25519 only, where a line is the same in every run."""
    text = sign(who, half)
    start, encoded = text.rsplit(" ", 1)
    data = bytearray(base64.b64decode(encoded))
    data[place] ^= 1
    return f"{start} {base64.b64encode(bytes(data)).decode()}\n".encode()


def unsigned(case: Callable[..., Case]) -> Iterator[Case]:
    """Well formed, but the signatures do not hold or are not enough."""

    def invalid(name: str, code: str, *items: str | bytes, **more: Any) -> Case:
        return case(name, pieces(*items), "invalid", code, **more)

    missing, ed25519, mldsa44 = "checkpoint.log-signature-missing", "signature.ed25519", "signature.mldsa44"
    length, time = "note.signature-length", "checkpoint.time"
    log_ed, log_pq = LOG.keys
    oslo_ed, oslo_pq = WITNESSES["oslo"].keys
    yield invalid("Ed25519 alone", missing, *START, "@log-ed")
    yield invalid("ML-DSA-44 alone", missing, *START, "@log-pq")
    yield invalid("witnesses alone", missing, *START, "@oslo-ed", "@oslo-pq")
    yield invalid("strangers alone", missing, *START, "@rome-ed", "@rome-pq")
    yield invalid("only one algorithm is known", "checkpoint.one-algorithm", *START, *BOTH, keys=["log-ed"])
    yield invalid("only the other is known", "checkpoint.one-algorithm", *START, *BOTH, keys=["log-pq"])
    yield invalid("no key of the log is known", "checkpoint.unknown-log", *START, *BOTH, keys=["oslo-ed", "oslo-pq"])
    yield invalid("no key is known", "checkpoint.unknown-log", *START, *BOTH, keys=[])
    for name, text in (
        ("another size", TEXT.replace("\n3\n", "\n4\n")),
        ("another root", Checkpoint(origin=ORIGIN, size=3, root=Digest(bytes(32))).to_text()),
    ):
        yield invalid(name, ed25519, text, "\n", *BOTH)
        yield invalid(f"{name}, ML-DSA-44 first", ed25519, text, "\n", "@log-pq", "@log-ed")
    other = Checkpoint(origin="depositary.example/log/2", size=3, root=TREE.root()).to_text()
    yield invalid("another log's text", "checkpoint.unknown-log", other, "\n", *BOTH)
    yield invalid("Ed25519 of another log's checkpoint", ed25519, *START, "@log-ed of another log", "@log-pq")
    yield invalid("ML-DSA-44 of another log's checkpoint", mldsa44, *START, "@log-ed", "@log-pq of another log")
    yield invalid("Ed25519 by another key", ed25519, *START, "@log-ed by wien", "@log-pq")
    yield invalid("ML-DSA-44 by another key", mldsa44, *START, "@log-ed", "@log-pq by wien")
    for place in (4, 35, 36, 67):
        yield invalid(f"Ed25519, byte {place} changed", ed25519, *START, flipped("log", "ed", place), "@log-pq")
    yield invalid("Ed25519, 63 bytes", length, *START, line(ORIGIN, log_ed.id, bytes(63)), "@log-pq")
    yield invalid("Ed25519, 65 bytes", length, *START, line(ORIGIN, log_ed.id, bytes(65)), "@log-pq")
    small = bytes([1]) + bytes(63)
    yield invalid("Ed25519, R of small order", ed25519, *START, line(ORIGIN, log_ed.id, small), "@log-pq")
    yield invalid("ML-DSA-44, no time", length, *START, "@log-ed", line(ORIGIN, log_pq.id, bytes(2420)))
    yield invalid("ML-DSA-44, a byte too many", length, *START, "@log-ed", line(ORIGIN, log_pq.id, bytes(2429)))
    yield invalid("ML-DSA-44, zeros", mldsa44, *START, "@log-ed", line(ORIGIN, log_pq.id, bytes(2428)))
    yield invalid("ML-DSA-44 over the text", mldsa44, *START, "@log-ed", "@log-pq over the text")
    yield invalid("ML-DSA-44 with a context", mldsa44, *START, "@log-ed", "@log-pq with a context")
    yield invalid("a cosignature in place of Ed25519", length, *START, "@log-ed as a cosignature", "@log-pq")
    for place in (11, 12, 75):
        yield invalid(f"a witness's byte {place} changed", ed25519, *START, *BOTH, flipped("oslo", "ed", place))
    yield invalid("a witness's ML-DSA-44, zeros", mldsa44, *START, *BOTH, line(oslo_pq.name, oslo_pq.id, bytes(2428)))
    yield invalid(
        "a witness's line is bad, another's good", ed25519, *START, *BOTH, flipped("oslo", "ed", 75), "@wien-ed"
    )
    yield invalid("a witness signs as another", mldsa44, *START, *BOTH, "@oslo-pq for wien's name")
    yield invalid("a witness signs the bare text", ed25519, *START, *BOTH, "@oslo-ed over the bare text")
    yield invalid("a witness's line without a time", length, *START, *BOTH, "@oslo-ed without a time")
    for half in ("ed", "pq"):
        yield invalid(f"a witness's time is 0, {half}", time, *START, *BOTH, f"@oslo-{half} at 0")
        yield invalid(f"a witness's time is after 9999, {half}", time, *START, *BOTH, f"@oslo-{half} after 9999")
    beyond = line(oslo_ed.name, oslo_ed.id, b"\x80" + bytes(71))
    yield invalid("a witness's time is 2 to the 63", time, *START, *BOTH, beyond)
    lies = Checkpoint(origin=ORIGIN, size=0, root=TREE.root()).to_text()
    signed = ("@log-ed of size 0, other root", "@log-pq of size 0, other root")
    yield invalid("an empty log with another root", "checkpoint.empty-root", lies, "\n", *signed)


def proofs() -> Iterator[Case]:
    """tlog-proofs of the second of three leaves."""
    path = "".join(base64.b64encode(item).decode() + "\n" for item in TREE.inclusion(1))
    head, index, note = "c2sp.org/tlog-proof@v1\n", "index 1\n", (TEXT, "\n", *BOTH)
    extra = f"extra {base64.b64encode(bytes(73)).decode()}\n"
    leaf = base64.b64encode(TREE.leaf(1)).decode()

    def case(name: str, items: tuple[str | bytes, ...], expect: str, code: str = "", **more: Any) -> Case:
        found = {"name": name, "proof": pieces(*items), "leaf": leaf, "expect": expect, **more}
        return found | ({"code": code} if code else {})

    whole = head + index + path + "\n"
    yield case("holds", (whole, *note), "ok", index=1, extra="")
    yield case(
        "with extra",
        (head + extra + index + path + "\n", *note),
        "ok",
        index=1,
        extra=base64.b64encode(bytes(73)).decode(),
    )
    yield case("with a witness", (whole, *note, "@oslo-ed", "@oslo-pq"), "ok", index=1, extra="")
    third = head + "index 2\n" + base64.b64encode(TREE.inclusion(2)[0]).decode() + "\n\n"
    yield case(
        "of the last leaf", (third, *note), "ok", index=2, extra="", leaf=base64.b64encode(TREE.leaf(2)).decode()
    )
    for name, code, text in (
        ("no first line", "proof.form", index + path + "\n"),
        ("version 2", "proof.form", whole.replace("@v1", "@v2")),
        ("no index", "proof.form", head + path + "\n"),
        ("extra after index", "canonical.base64", head + index + extra + path + "\n"),
        ("extra twice", "proof.form", head + extra + extra + index + path + "\n"),
        ("empty extra", "canonical.base64", head + "extra \n" + index + path + "\n"),
        (
            "extra of 48,001 bytes",
            "proof.extra",
            f"{head}extra {base64.b64encode(bytes(48_001)).decode()}\n{index}{path}\n",
        ),
        ("index with a sign", "note.number", whole.replace("index 1", "index +1")),
        ("index with a zero before", "note.number", whole.replace("index 1", "index 01")),
        ("index of 2 to the 63", "note.number", whole.replace("index 1", f"index {2**63}")),
        ("two spaces", "note.number", whole.replace("index 1", "index  1")),
        ("a hash of 31 bytes", "merkle.hash-length", head + index + base64.b64encode(bytes(31)).decode() + "\n\n"),
        ("64 hashes", "proof.length", head + index + path.split("\n")[0].join(["", "\n"]) * 64 + "\n"),
        ("spaces after a hash", "canonical.base64", whole.replace("=\n", "= \n", 1)),
        ("CR LF", "note.control", whole.replace("\n", "\r\n")),
        ("an empty line too many", "checkpoint.extension", whole + "\n"),
    ):
        yield case(name, (text, *note), "malformed", code)
    yield case("no checkpoint", (head + index + path,), "malformed", "proof.form")
    yield case("a checkpoint without signatures", (whole, TEXT), "malformed", "note.form")
    for name, code, text in (
        ("another index", "merkle.inclusion", whole.replace("index 1", "index 0")),
        ("an index past the size", "merkle.index", whole.replace("index 1", "index 3")),
        ("a hash too few", "merkle.proof-length", head + index + path.split("\n")[0] + "\n\n"),
        ("a hash too many", "merkle.proof-length", head + index + path + path.split("\n")[0] + "\n\n"),
        ("no hashes", "merkle.proof-length", head + index + "\n"),
    ):
        yield case(name, (text, *note), "invalid", code)
    yield case(
        "another leaf", (whole, *note), "invalid", "merkle.inclusion", leaf=base64.b64encode(TREE.leaf(0)).decode()
    )
    yield case("one signature", (whole, *START, "@log-ed"), "invalid", "checkpoint.log-signature-missing")
    bad = (whole, *START, "@log-ed by wien", "@log-pq")
    yield case("a signature by another", bad, "invalid", "signature.ed25519")


def files(stored: dict[str, str]) -> dict[str, str]:
    """The text of each file; lines in `stored` are kept, the others signed."""
    parts = {name: stored.get(name) or make() for name, make in makers().items()}
    keys = {name: key.to_text() for name, key in all_keys().items()}
    about = "Bytes are the pieces joined. Open with `keys` of the case, or all; times are POSIX seconds."
    found = {}
    for name, cases in (("notes.json", [*good_notes(), *bad_notes()]), ("proofs.json", list(proofs()))):
        used = {piece["part"] for case in cases for piece in case.get("note", case.get("proof", [])) if "part" in piece}
        content = {"about": about, "keys": keys, "parts": {key: parts[key] for key in sorted(used)}, "cases": cases}
        found[name] = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    return found


def stored_parts(folder: Path) -> dict[str, str]:
    """The lines of an earlier run."""
    path = folder / "notes.json"
    return dict(json.loads(path.read_text("utf-8"))["parts"]) if path.exists() else {}


if __name__ == "__main__":
    target = Path(sys.argv[1])
    for file, text in files(stored_parts(target)).items():
        (target / file).write_text(text, "utf-8")
