"""Every parser of foreign bytes, with what it would print and some bytes it accepts to start from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from parley import age, archive, chain, checkpoint, envelope, evidence, note, sealed_shape, statement, tiles, verdict
from parley.act import Deposit
from parley.canonical import Base64, Time, decode, decode_any, encode
from parley.crypto import Digest, Nonce, ReadingSecret, SigningKey, sha256
from parley.disclosure import Blind, Openings, Seal, Seed, commit, subject_of, verify_openings
from parley.document import Document
from parley.errors import ParleyError
from parley.fold import depositary_key
from parley.measures import escrow_papers
from parley.measures.draw_proof import DrawProof, verify_draw
from parley.measures.escrow_table import read_declaration
from parley.merkle import Tree, leaf_hash
from parley.policy import Policy, Trust
from parley.record import page
from parley.wire import Admitted, ChainPage, Chains, Invitation, InvitationCode, Items, Problem
from tests import drafts
from tests.build import LOG, START, seed, two_parties
from tests.measures.escrow_rail import Rail

VECTORS = Path(__file__).parents[2] / "vectors" / "evidence"
TREATIES = Path(__file__).parents[1] / "data" / "treaties"


@dataclass(frozen=True, slots=True)
class Parser:
    """`parse` reads, `write` prints what was read, or None where reading keeps no way back; `seeds` are accepted."""

    name: str
    parse: Callable[[bytes], Any]
    write: Callable[[Any], bytes] | None
    seeds: tuple[bytes, ...]


def _log() -> tuple[Tree, checkpoint.LogSigner, bytes]:
    tree = Tree(leaf_hash(bytes([i]) * 73) for i in range(7))
    signer = checkpoint.LogSigner(LOG, SigningKey(seed("log ed"), seed("log pq")))
    head = checkpoint.Checkpoint(origin=LOG, size=tree.size, root=tree.root())
    return tree, signer, signer.sign_checkpoint(head, START // 1000).encode()


def _disclosed() -> tuple[Document, Digest, Digest, Openings]:
    from parley.articulate import Particulars, articulate

    text = b"# Title\n\n## Article 1\n\nWords one.\n\n## Article 2\n\n(a) words;\n\n(b) more.\n"
    document = articulate("t.md", text, Particulars(language="en"))
    subject = subject_of(log=LOG, negotiation=Nonce(bytes(16)), nonce=Nonce(bytes(16)), party="us")
    committed = commit(document, seed=Seed(seed("seed")), blind=Blind(seed("blind")), subject=subject)
    return document, subject, committed.commitment, committed.reveal([1, 2])


def _bodies() -> list[Parser]:
    """What travels over HTTP."""
    examples: tuple[tuple[type, bytes], ...] = (
        (Admitted, encode(Admitted(index=3, proof="c2sp"))),
        (Chains, b'{"chains":[{"id":"ru","kind":"register","length":2}]}'),
        (ChainPage, encode(ChainPage(acts=(), length=0))),
        (Items, encode(Items(acts=(), more=False))),
        (Problem, b'{"details":{"found":3},"error":"wire.size"}'),
    )
    return [Parser(kind.__name__, partial(decode, shape=kind), encode, (example,)) for kind, example in examples]


def _evidence() -> list[Parser]:
    """Evidence files and the trust files they are checked against, from the vectors that every verifier reads."""
    files = [path.read_bytes() for path in sorted(VECTORS.glob("*.evidence"))]
    accepted = [data for data in files if _parses(data)]
    trusts = [path.read_bytes() for path in sorted(VECTORS.glob("*.trust")) if b"parties" in path.read_bytes()]
    trust = Trust.parse(trusts[0].decode())
    proven = [data for data in accepted if _verifies(data, trust)]
    return [
        Parser("evidence", evidence.parse, lambda value: value.encode(), tuple(accepted)),
        Parser("verdict", lambda data: verdict.verify(data, trust), None, tuple(proven[:2])),
        Parser("trust file", lambda data: Trust.parse(note.to_text(data)), lambda value: value.to_text().encode(),
               tuple(trusts[:2])),
        Parser("policy", lambda data: Policy.parse(note.to_text(data)), None,
               (Trust.parse(trusts[0].decode()).policy.text.encode(),)),
    ]  # fmt: skip


def _draws() -> list[Parser]:
    """What proves a draw: its form, and the whole check."""
    proof = (VECTORS.parent / "measures" / "bases.draw").read_bytes()
    return [
        Parser("draw's proof", DrawProof.read, DrawProof.write, (proof,)),
        Parser("draw", lambda data: verify_draw(data, None), None, (proof,)),
    ]


def _escrows() -> list[Parser]:
    """The files of an escrow's papers, each read, put in words, and checked as the other side checks it; its tables."""
    from tests.measures.test_escrow_papers import ALL, MADE, document

    files = tuple(encode(file) for made, file in ALL if made is MADE)

    def told(data: bytes) -> Any:
        file = escrow_papers.read_file(data)
        found = document(file)
        rail = Rail()
        held = rail.begin(MADE)
        asked = rail.ask("Base 3", held)
        rail.hand(file, asked if file.kind == "answer" else held)
        return found, rail.story()

    table = b"uid,region,place,launchers\nA-01,North,Base 1,12\n"
    plan = b'slots = 32\n[grid]\ncolumns = 40\nrows = 30\nwest = -20\nsouth = -10\nunit = "1 km"\n'
    on_grid = b"uid,region,east,north,launchers\nA-01,North,-3,14,12\n"
    return [
        Parser("escrow's file", escrow_papers.read_file, encode, files),
        Parser("escrow's paper", told, None, files),
        Parser("escrow's table", lambda data: read_declaration([data]), None, (table,)),
        Parser("escrow's plan", lambda data: read_declaration([on_grid], data), None, (plan,)),
    ]


def _drafts() -> tuple[bytes, ...]:
    """Draft files, unsigned and signed by one of two."""
    case, draft = drafts.unsigned()
    half = drafts.signed(draft, drafts.officers(case, "us")[0])
    return (drafts.file_of(drafts.unsigned(kind="join and receipt")[1]), drafts.file_of(draft), drafts.file_of(half))


def _parses(data: bytes) -> bool:
    try:
        evidence.parse(data)
    except ParleyError:
        return False
    return True


def _verifies(data: bytes, trust: Trust) -> bool:
    try:
        verdict.verify(data, trust)
    except ParleyError:
        return False
    return True


def _texts() -> list[Parser]:
    """Papers as people write them, and names of places in them."""
    from parley.articulate import Particulars, articulate, html
    from parley.citing import cite

    given = Particulars(language="en")
    treaty = (TREATIES / "limits-en.md").read_bytes()
    document = articulate("t.md", treaty, given)
    page = b"<h1>T</h1><p>Article 1</p><ol type=a><li>x;<li>y</ol><table><tr><td>1<td>2</table><p hidden>z</p>"
    return [
        Parser("markdown", lambda data: articulate("t.md", data, given), None, (treaty[:1500],)),
        Parser("plain text", lambda data: articulate("t.txt", data, given), None,
               ((TREATIES / "limits-fr.txt").read_bytes(),)),
        Parser("html", lambda data: html.read("t.html", data, given), None, (page,)),
        Parser("name of a place", lambda data: cite(document, note.to_text(data)), None,
               (b"art II(1)(A), annex I, 1", b"paragraph 1 of Article II", b"3,5,7-9", "ст. III, п. 2".encode())),
    ]  # fmt: skip


def _parsers() -> list[Parser]:
    case = two_parties()
    deposit = case.admit(case.deposit("us", "ru"))
    case.admit(case.receipt("ru", deposit))
    envelopes = tuple(signed.data for signed in case.acts)
    tree, signer, signed_checkpoint = _log()
    keys = signer.keys
    proof = checkpoint.TlogProof(
        index=3, path=tree.inclusion(3), note=note.Note.parse(signed_checkpoint), extra=case.entries[0].encode()
    ).encode()
    reader = ReadingSecret(seed("reader"))
    header = age.seal_header(bytes(16), [reader.public])
    document, subject, commitment, openings = _disclosed()
    answer = statement.NotAdmitted(
        act=deposit.digest, claimed_time=Time(START), log=LOG, reason="paper.not-now", winner=None
    )
    refusal = statement.sign_not_admitted(answer, case.depositary)
    cover = envelope.Cover(
        also_handed_over=None, languages=("en",), may_show=(), note=None, pages=5, precedence="routine", reference=None,
        shown_by_sender=("Congress",), subject="Response",
    )  # fmt: skip
    sealed_cover = envelope.seal_cover(cover, [reader.public], rng=lambda size: bytes(size))
    bundle = envelope.Bundle(
        document=b"{}",
        seal=Seal(seed=Seed(bytes(32)), blind=Blind(bytes(32))),
        attachments=(envelope.Part(name="a.txt", size=3, open=lambda: archive.MemoryReader(b"abc")),),
    )
    plain = b"".join(archive.write_archive(tuple(envelope._members(bundle, cover))))
    payload = b"".join(age.encrypt_payload(bytes(16), bytes(16), [plain]))
    invitation = Invitation(
        address="http://127.0.0.1:8750", code=InvitationCode(bytes(16)), genesis=case.genesis.digest, id="ru", log=LOG,
        name="Russian Federation", until=Time(START),
    )  # fmt: skip
    entries = [entry.encode() for entry in case.entries[:5]]

    def line(text: str) -> bytes:
        return text.encode("utf-8")

    return [
        Parser("canonical", decode_any, encode, (*envelopes[:2], b'{"a":[1,null,true,"x"]}', b"[]", b"-1")),
        Parser("statement", lambda data: statement.read(data).envelope, encode, envelopes),
        Parser("not admitted", lambda data: statement.read_not_admitted(data, depositary_key(case.genesis)), None,
               (refusal,)),
        Parser("deposit", lambda data: decode(data, Deposit), encode, (encode(deposit.act),)),
        Parser("entry", chain.Entry.parse, lambda entry: entry.encode(), tuple(entries)),
        Parser("note", note.Note.parse, lambda value: value.encode(), (signed_checkpoint,)),
        Parser("checkpoint", lambda data: checkpoint.open_checkpoint(data, keys), None, (signed_checkpoint,)),
        Parser("note key", lambda data: note.NoteKey.parse(note.to_text(data)), lambda key: line(key.to_text()),
               tuple(line(key.to_text()) for key in keys)),
        Parser("tlog-proof", checkpoint.TlogProof.parse, lambda value: value.encode(), (proof,)),
        Parser("tile path", lambda data: tiles.parse_tile(note.to_text(data)),
               lambda tile: line(tiles.format_tile(tile)),
               (b"tile/0/000", b"tile/entries/x001/234.p/7", b"tile/1/x001/x234/067.p/255")),
        Parser("entry bundle", lambda data: tiles.decode_bundle(data, 5), lambda found: tiles.encode_bundle(found),
               (tiles.encode_bundle(entries),)),
        Parser("age header", sealed_shape.parse_header, lambda value: value.encode(), (header,)),
        Parser("age header opened", lambda data: age.open_header(data, reader), None, (header,)),
        Parser("age payload", lambda data: b"".join(age.decrypt_payload(bytes(16), [data])), None, (payload,)),
        Parser("reading key", lambda data: age.parse_reading_key(note.to_text(data)),
               lambda key: line(age.reading_key_text(key)), (line(age.reading_key_text(reader.public)),)),
        Parser("reading secret", lambda data: age.parse_reading_secret(note.to_text(data)),
               lambda key: line(age.reading_secret_text(key)), (line(age.reading_secret_text(reader)),)),
        Parser("cover", lambda data: envelope.open_cover(data, reader), None, (sealed_cover,)),
        Parser("archive", lambda data: envelope.read_bundle([data], cover=None), None, (plain,)),
        Parser("document", Document.from_bytes, lambda value: value.to_bytes(), (document.to_bytes(),)),
        Parser("openings", lambda data: verify_openings(decode(data, Openings), subject=subject, commitment=commitment),
               None, (encode(openings),)),
        Parser("invitation", Invitation.parse, lambda value: value.print(), (invitation.print(),)),
        Parser("draft", drafts.read, drafts.written, _drafts()),
        *_bodies(),
        *_evidence(),
        *_draws(),
        *_escrows(),
        Parser("page", page.read, None, ((VECTORS.parent / "page" / "excerpt.html").read_bytes(),)),
        *_texts(),
        Parser("time", lambda data: Time.from_text(note.to_text(data)), lambda value: line(value.to_text()),
               (b"2022-01-26T17:16:00.000Z",)),
        Parser("base64", lambda data: Base64.from_text(note.to_text(data)), lambda value: line(value.to_text()),
               (b"YWJj", b"YWI=", b"")),
        Parser("hex", lambda data: Digest.from_text(note.to_text(data)), lambda value: line(value.to_text()),
               (sha256(b"").hex().encode(),)),
    ]  # fmt: skip


PARSERS = _parsers()
