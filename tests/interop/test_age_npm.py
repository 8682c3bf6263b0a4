"""Sealed files open in npm age-encryption, and files made there open here. Needs node, and npm to install by lock."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path

import pytest

from parley import age, envelope
from parley.errors import Invalid
from parley.sealed_shape import CHUNK
from tests.seals import BUNDLE, COVER, ROOT, assemble, bases, cases, repeating, secret

NODE = ROOT / "interop" / "node"
US, RU, STRANGER = secret("us"), secret("ru"), secret("stranger")

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("installed")]


@pytest.fixture(scope="module")
def installed() -> Path:
    """The independent implementation, installed exactly as its lock says. Fails, and does not skip, without node."""
    package = NODE / "node_modules" / "age-encryption"
    if not package.is_dir():
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=NODE, check=True)
    assert '"version": "0.3.1"' in (package / "package.json").read_text("utf-8")
    return package


def npm(command: str, *keys: str, given: bytes = b"") -> bytes:
    ran = subprocess.run(["node", "age.mjs", command, *keys], cwd=NODE, input=given, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr.decode("utf-8")
    return ran.stdout


@pytest.mark.parametrize("reader", [US, RU])
def test_header_and_payload_joined_open_there(reader: age.ReadingSecret) -> None:
    sealed, payload = envelope.seal_in_memory(
        BUNDLE, COVER, recipients=[RU.public], sender=US.public, rng=repeating("npm")
    )  # fmt: skip
    plain = npm("open", age.reading_secret_text(reader), given=age.join(sealed.header, payload))
    assert envelope.read_bundle((plain,), cover=COVER).document == BUNDLE.document
    with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
        assert "attachments/annex 1.csv" in tar.getnames()


def test_the_cover_opens_there() -> None:
    sealed = envelope.seal_cover(COVER, [RU.public], repeating("npm cover"))
    plain = npm("open", age.reading_secret_text(RU), given=sealed)
    assert plain.rstrip(b"\0") == envelope.encode_cover(COVER)


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_files_of_any_length_go_both_ways(size: int) -> None:
    plain = repeating("sizes")(size)
    file = age.seal_small(bytes(16), bytes(16), plain, [US.public, RU.public])
    assert npm("open", age.reading_secret_text(RU), given=file) == plain
    made = npm("seal", age.reading_key_text(US.public), age.reading_key_text(RU.public), given=plain)
    assert age.open_small(made, US) == age.open_small(made, RU) == plain
    with pytest.raises(Invalid):
        age.open_small(made, STRANGER)


def test_a_whole_bundle_made_there_opens_here() -> None:
    sealed, payload = envelope.seal_in_memory(
        BUNDLE, COVER, recipients=[RU.public], sender=US.public, rng=repeating("npm")
    )  # fmt: skip
    plain = age.open_small(sealed.header + payload, US)
    header, payload = age.split(npm("seal", age.reading_key_text(RU.public), given=plain))
    assert envelope.open_bundle(header, (payload,), RU, cover=COVER).seal == BUNDLE.seal


def test_keys_are_the_same_text_there() -> None:
    identity = npm("identity").decode("ascii")
    ours = age.parse_reading_secret(identity)
    assert age.reading_secret_text(ours) == identity
    assert npm("recipient", identity).decode("ascii") == age.reading_key_text(ours.public)


def test_good_vectors_open_there_too() -> None:
    default = age.reading_secret_text(RU)
    for case in (each for each in cases("files") if each["expect"] == "ok"):
        file = assemble(case["pieces"], bases("files"))
        assert len(npm("open", case.get("identity", default), given=file)) == case["plain_length"]
