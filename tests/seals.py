"""What the tests of sealing share: keys that are the same in every run, randomness that repeats, a small bundle."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any

from parley.canonical import Time
from parley.crypto import ReadingSecret, Rng
from parley.disclosure import Blind, Seal, Seed
from parley.envelope import Bundle, Cover, HandedOver, Part

ROOT = Path(__file__).parent.parent
VECTORS = ROOT / "vectors" / "age"


def secret(name: str) -> ReadingSecret:
    return ReadingSecret(hashlib.sha256(f"reading {name}".encode()).digest())


def repeating(name: str) -> Rng:
    """A stream of bytes that looks random and is the same in every run."""
    counter = 0

    def draw(size: int) -> bytes:
        nonlocal counter
        counter += 1
        return hashlib.shake_256(f"{name} {counter}".encode()).digest(size)

    return draw


def part(name: str, content: bytes) -> Part:
    return Part(name=name, size=len(content), open=lambda: io.BytesIO(content))


SEAL = Seal(seed=Seed(bytes(range(32))), blind=Blind(bytes(range(32, 64))))

COVER = Cover(
    also_handed_over=HandedOver(
        at=Time.from_text("2022-01-26T17:16:00.000Z"), by="our ambassador", to="a deputy minister"
    ),
    languages=("en", "ru"),
    may_show=("the Security Council",),
    note=None,
    pages=12,
    precedence="immediate",
    reference="No. 1234",
    shown_by_sender=("allies", "Ukraine"),
    subject="Written response to the draft treaty",
)

BUNDLE = Bundle(
    document=b'{"title":"Response"}',
    seal=SEAL,
    attachments=(part("annex 1.csv", b"a,b\n1,2\n"), part("Приложение 2.pdf", b"%PDF" * 700)),
    original=part("response.docx", b"PK" * 333),
)


def assemble(pieces: list[dict[str, Any]], bases: dict[str, bytes]) -> bytes:
    """Bytes as a vector tells them: stretches of a base file, hexadecimal, text, or zeros, one after another."""
    out = bytearray()
    for piece in pieces:
        if "base" in piece:
            base = bases[piece["base"]]
            out += base[piece.get("from", 0) : piece.get("to", len(base))]
        elif "zeros" in piece:
            out += bytes(piece["zeros"])
        elif "text" in piece:
            out += piece["text"].encode("utf-8")
        else:
            out += bytes.fromhex(piece["hex"])
    return bytes(out)


def cases(name: str) -> list[dict[str, Any]]:
    """The cases of vectors/age/<name>.json."""
    loaded: list[dict[str, Any]] = json.loads((VECTORS / f"{name}.json").read_text("utf-8"))["cases"]
    return loaded


def bases(name: str) -> dict[str, bytes]:
    """The base files that vectors/age/<name>.json cuts from."""
    listed: dict[str, str] = json.loads((VECTORS / f"{name}.json").read_text("utf-8"))["bases"]
    return {key: (VECTORS / file).read_bytes() for key, file in listed.items()}
