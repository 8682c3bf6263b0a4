"""Sealing and opening one GiB, beside the raw cipher over the same chunks, with the most memory the process held."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from bench.report import Section

SIZE = 1 << 30
WORKER = "bench.sealing"


def _child(what: str, path: str) -> dict[str, float]:
    out = subprocess.run([sys.executable, "-m", WORKER, what, path], check=True, capture_output=True, text=True).stdout
    answer: dict[str, float] = json.loads(out)
    return answer


def run() -> Section:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        results = {what: _child(what, folder) for what in ("raw", "hash", "copy", "seal", "discard", "open")}
    names = {
        "raw": "ChaCha20-Poly1305, 64 KiB chunks",
        "hash": "SHA-256 over the same",
        "copy": "copy a file of 1 GiB, in pieces of 1 MiB",
        "seal": "seal a 1 GiB attachment",
        "discard": "seal it, giving the payload away",
        "open": "open it, giving the content away",
    }
    raw = results["raw"]["seconds"]
    rows = [
        (
            names[what],
            f"{SIZE / (1 << 20) / result['seconds']:.0f} MB/s",
            f"{result['seconds'] / raw:.2f}",
            f"{result['peak']:.0f} MiB",
        )
        for what, result in results.items()
    ]
    return Section(
        name="sealing",
        title="Sealing",
        method="One GiB from a file to a file, each row a process of its own.",
        columns=("work", "speed", "time against the raw cipher", "most memory"),
        rows=tuple(rows),
        reading=(
            "Aim: seal within 1.5 times the raw cipher, under 100 MiB. Beside the cipher, sealing hashes the payload "
            "for the deposit on a second thread, and reads and writes the disk: compare the copy."
        ),
    )


def _work(what: str, folder: str) -> dict[str, float]:
    import time
    from pathlib import Path

    from parley import envelope
    from parley.client.digesting import ThreadedSha256
    from parley.crypto import Cipher, ReadingSecret, Sha256
    from parley.disclosure import Blind, Seal, Seed

    chunk = os.urandom(1 << 16)
    secret = ReadingSecret(bytes(range(32)))
    source, payload, header = (Path(folder) / name for name in ("source", "payload", "header"))
    cover = envelope.Cover(
        also_handed_over=None, languages=("en",), may_show=(), note=None, pages=None, precedence="routine",
        reference=None, shown_by_sender=(), subject="Benchmark",
    )  # fmt: skip
    if what == "copy":
        with source.open("wb") as out:
            for _ in range(SIZE // len(chunk)):
                out.write(chunk)
        os.sync()
    began = time.perf_counter()
    match what:
        case "raw":
            cipher = Cipher(bytes(32))
            for i in range(SIZE // len(chunk)):
                cipher.encrypt(i.to_bytes(12, "big"), chunk)
        case "hash":
            state = Sha256()
            for _ in range(SIZE // len(chunk)):
                state.update(chunk)
            state.digest()
        case "copy":
            with source.open("rb") as data, payload.open("wb") as out:
                while piece := data.read(1 << 20):
                    out.write(piece)
        case "seal" | "discard":
            part = envelope.Part(name="scan.bin", size=SIZE, open=lambda: source.open("rb"))
            bundle = envelope.Bundle(
                document=b"{}", seal=Seal(seed=Seed(os.urandom(32)), blind=Blind(os.urandom(32))), attachments=(part,)
            )
            target = payload if what == "seal" else Path(os.devnull)
            with target.open("wb") as out, ThreadedSha256() as digesting:
                sealed = envelope.seal(
                    bundle,
                    cover,
                    recipients=(),
                    sender=secret.public,
                    rng=os.urandom,
                    write=out.write,
                    digesting=digesting,
                )
            if what == "seal":
                header.write_bytes(sealed.header)
        case "open":
            with payload.open("rb") as data, Path(os.devnull).open("wb") as nothing:
                pieces = iter(lambda: data.read(1 << 20), b"")
                envelope.open_bundle(
                    header.read_bytes(), pieces, secret, cover=None, sink=lambda _name, _place: nothing
                )
    return {
        "seconds": time.perf_counter() - began,
        "peak": _most_memory(),
    }


def _most_memory() -> float:
    """MiB: the process's own, unlike getrusage, which counts the parent's from before the program was loaded."""
    from pathlib import Path

    line = next(each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    print(json.dumps(_work(sys.argv[1], sys.argv[2])))
