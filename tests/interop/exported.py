"""A log as a folder of files, made with our code for programs that are not ours; the layout is in interop/README.md."""

from __future__ import annotations

from pathlib import Path

from parley.checkpoint import Checkpoint, LogSigner, TlogProof, WitnessSigner
from parley.crypto import SigningKey
from parley.merkle import Tree, leaf_hash
from parley.note import encode_base64
from parley.tiles import WIDTH, encode_bundle, format_tile, tile_bytes, tiles_of

ORIGIN = "depositary.example/log/1"
NOON = 1643130960


def seeded(number: int) -> SigningKey:
    """A key set that is the same in every run."""
    return SigningKey(bytes([number]) * 32, bytes([number + 1]) * 32)


LOG = LogSigner(ORIGIN, seeded(1))
WITNESSES = (WitnessSigner("witness.example/oslo", seeded(3)), WitnessSigner("witness.example/wien", seeded(5)))


def entry(index: int) -> bytes:
    """An entry of the length that ours have."""
    return b"\x01" + index.to_bytes(72, "big")


def export(folder: Path, size: int, indices: list[int], olds: list[int]) -> Path:
    """Write a log of `size` entries with proofs of `indices` and from the sizes `olds`."""
    entries = [entry(index) for index in range(size)]
    tree = Tree(leaf_hash(data) for data in entries)
    checkpoint = Checkpoint(origin=ORIGIN, size=size, root=tree.root())
    note = LOG.sign_checkpoint(checkpoint, NOON)
    for place, witness in enumerate(WITNESSES):
        note = note.with_signatures(witness.cosign(checkpoint, NOON + place))
    files = {"checkpoint": note.encode()}
    vkeys = [key.to_text() for signer in (LOG, *WITNESSES) for key in signer.keys]
    files["vkeys"] = "".join(f"{vkey}\n" for vkey in vkeys).encode()
    for tile in tiles_of(size):
        start = tile.index * WIDTH
        bundle = tile.level is None
        content = encode_bundle(entries[start : start + tile.width]) if bundle else tile_bytes(tree, tile)
        files[format_tile(tile)] = content
    for index in indices:
        proof = TlogProof(index=index, path=tree.inclusion(index), note=note, extra=entries[index])
        files[f"inclusion/{index}.tlog-proof"] = proof.encode()
    for old in olds:
        lines = [tree.root(old), *tree.consistency(old)]
        files[f"consistency/{old}"] = "".join(encode_base64(line) + "\n" for line in lines).encode()
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder
