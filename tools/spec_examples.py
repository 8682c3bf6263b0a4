"""Puts the examples into the pages of spec/, from one signed exchange that the code reads and checks again.

A page marks a place with `<!-- example: NAME -->`; the fenced block behind it is written here. The exchange is in
vectors/spec/exchange.json; every act in it is verified and admitted by the fold before anything of it is printed.

    python -m tools.spec_examples            writes the blocks into the pages
    python -m tools.spec_examples --check    exits 1 when a block on a page is not what the code prints
"""

from __future__ import annotations

import ast
import json
import re
import sys
import textwrap
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from tools import escrow_vectors

from parley import archive, canonical, fold, policy, statement
from parley.act import Deposit, Genesis
from parley.age import decrypt_payload, join, open_header
from parley.canonical import Time
from parley.chain import Chain, Entry
from parley.checkpoint import TlogProof
from parley.crypto import KeySetId, ReadingSecret, VerifyingKey, sha256, tagged
from parley.disclosure import Blind, Seal, Seed, check, contents, depth, subject_of
from parley.document import Document
from parley.draft import Draft, draft_of
from parley.envelope import open_bundle, open_cover
from parley.fold import World
from parley.measures.escrow_papers import OpeningPaper, QuestionPaper
from parley.measures.escrow_plan import Cell
from parley.measures.escrow_steps import open_step
from parley.merkle import leaf_hash
from parley.note import NoteKey
from parley.policy import Policy, Trust, TrustedParty
from parley.register import At
from parley.request import Request, signature_base, verify_request
from parley.sealed_shape import header_length, padded_length, payload_length
from parley.statement import Signed
from parley.terms import terms_digest

ROOT = Path(__file__).parent.parent
SPEC = ROOT / "spec"
_PLACE = re.compile(r"(<!-- example: ([a-z-]+) -->\n```[a-z]*\n)(.*?)(```\n)", re.DOTALL)


class Exchange:
    """The exchange of the vector file, read and checked: what the examples speak of."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.entries = [Entry.parse(bytes.fromhex(text)) for text in data["entries"]]
        self.proofs = [TlogProof.parse(text) for text in data["proofs"]]
        self.acts: list[Signed] = []
        self.world = self._admit_all()
        self.secrets = {name: bytes.fromhex(text) for name, text in data["secrets"].items()}
        self.deposit = self.act("deposit")

    def _admit_all(self) -> World:
        world: World | None = None
        for place, envelope in enumerate(self.data["acts"]):
            unverified = statement.read_value(envelope)
            entry, known = self.entries[place], world
            party = unverified.act.by.party
            signed = statement.verify(unverified, partial(_key, known, party))
            if signed.digest != entry.act:
                raise SystemExit(f"entry {place} is not of the act beside it")
            at = At(index=place, time=entry.time)
            world = World(genesis=signed) if known is None else fold.admit(known, signed, at)
            self.acts.append(signed)
        if world is None:
            raise SystemExit("no acts")
        return world

    def place(self, kind: str) -> int:
        return next(place for place, signed in enumerate(self.acts) if signed.act.kind == kind)

    def act(self, kind: str) -> Signed:
        return self.acts[self.place(kind)]

    @property
    def log_keys(self) -> list[NoteKey]:
        genesis = self.world.genesis.act
        return [NoteKey.parse(text) for text in genesis.log_keys] if isinstance(genesis, Genesis) else []


def _key(world: World | None, party: str, key_id: KeySetId) -> VerifyingKey | None:
    return world.key(party, key_id) if world else None


def load() -> Exchange:
    """Read the vector file; raises what the kernel raises when anything in it does not hold."""
    return Exchange(json.loads((ROOT / "vectors" / "spec" / "exchange.json").read_text("utf-8")))


# --- writing for people -----------------------------------------------------------------------------------------


def _short(value: Any) -> Any:
    """Long base64 cut, with its length in characters, so that a page can be read."""
    if isinstance(value, str) and len(value) > 100 and re.fullmatch(r"[A-Za-z0-9+/=]+", value):
        return f"{value[:16]}… ({len(value)} characters)"
    if isinstance(value, list):
        return [_short(item) for item in value]
    if isinstance(value, dict):
        return {name: _short(member) for name, member in value.items()}
    return value


def _spread(value: Any) -> str:
    """JSON spread over lines for reading; what is hashed and signed has no white space."""
    return json.dumps(_short(value), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _notes(text: str) -> str:
    """Signature lines of notes cut in the same way."""
    return re.sub(r"(\u2014 \S+ [A-Za-z0-9+/=]{40})[A-Za-z0-9+/=]{60,}", r"\1…", text)


def _table(rows: list[tuple[str, object]]) -> str:
    width = max(len(name) for name, _ in rows)
    return "".join(f"{name:<{width}}  {value}\n" for name, value in rows)


# --- the examples -----------------------------------------------------------------------------------------------


def _envelope(kind: str) -> Callable[[Exchange], str]:
    return lambda exchange: _spread(exchange.data["acts"][exchange.place(kind)])


def _payload(kind: str) -> Callable[[Exchange], str]:
    return lambda exchange: _spread(canonical.decode_any(exchange.act(kind).envelope.payload))


def _act_bytes(exchange: Exchange) -> str:
    envelope = exchange.act("receipt").envelope
    body = statement.pre_authentication(envelope.payload_type, envelope.payload)
    deposit = exchange.deposit.act
    if not isinstance(deposit, Deposit):
        raise SystemExit("the exchange has no deposit")
    return _table(
        [
            ("signed bytes begin", body[:80].decode("ascii") + "…"),
            ("length of the payload", len(envelope.payload)),
            ("SHA-256 of the signed bytes", sha256(body).hex()),
            ("act digest", exchange.act("receipt").digest.hex()),
            (
                "digest of the deposit's terms",
                terms_digest(deposit.terms).hex() if isinstance(deposit, Deposit) else "",
            ),
            ("key set id of the officer", envelope.signatures[0].keyid.hex()),
        ]
    )


def _not_admitted(exchange: Exchange) -> str:
    data = canonical.encode(exchange.data["not_admitted"])
    answer = statement.read_not_admitted(data, fold.depositary_key(exchange.world.genesis))
    return _spread(canonical.decode_any(canonical.encode(answer)))


def _header(exchange: Exchange) -> str:
    lines = exchange.data["sealed"]["header"].splitlines(keepends=True)
    return "".join(line if len(line) < 100 else f"{line[:46]}… ({len(line) - 1} characters)\n" for line in lines)


def _sealed_numbers(exchange: Exchange) -> str:
    deposit = exchange.deposit.act
    sealed = exchange.data["sealed"]
    if not isinstance(deposit, Deposit) or not (deposit.header and deposit.payload and deposit.cover):
        raise SystemExit("the deposit of the exchange has no sealed parts")
    whole = join(sealed["header"].encode(), bytes.fromhex(sealed["payload"]))
    length = archive.archive_length(member_sizes(exchange))
    return _table(
        [
            ("header", f"{deposit.header.length} bytes = header_length(2) = {header_length(2)}"),
            ("archive", f"{length} bytes, padded to {padded_length(length)}"),
            ("payload", f"{deposit.payload.length} bytes = payload_length({padded_length(length)})"),
            ("payload_length of 4096", payload_length(4096)),
            ("cover", f"{deposit.cover.length} bytes"),
            ("header digest", deposit.header.digest.hex()),
            ("payload digest", deposit.payload.digest.hex()),
            ("cover digest", deposit.cover.digest.hex()),
            ("the whole age file", f"{len(whole)} bytes"),
        ]
    )


def member_sizes(exchange: Exchange) -> list[int]:
    """Sizes of the three small members of the archive, as it was opened."""
    opened = _open(exchange)
    return [len(opened.document), len(canonical.encode(opened.seal)), len(canonical.encode(opened.cover))]


def _open(exchange: Exchange) -> Any:
    sealed = exchange.data["sealed"]
    secret = ReadingSecret(exchange.secrets["ru reading"])
    cover = open_cover(bytes.fromhex(sealed["cover"]), secret)
    return open_bundle(sealed["header"].encode(), [bytes.fromhex(sealed["payload"])], secret, cover=cover)


def _members(exchange: Exchange) -> str:
    sealed = exchange.data["sealed"]
    file_key = open_header(sealed["header"].encode(), ReadingSecret(exchange.secrets["ru reading"]))
    reader = archive.ArchiveReader(decrypt_payload(file_key, [bytes.fromhex(sealed["payload"])]))
    rows: list[tuple[str, object]] = []
    while (member := reader.next_member()) is not None:
        content = b"".join(reader.content(member))
        rows.append((member.path, f"{len(content)} bytes"))
    return _table(rows)


def _draft(exchange: Exchange) -> Draft:
    """The exchange's deposit as it would have been prepared: the same act, signed by nobody yet."""
    return draft_of([exchange.deposit.act])


def _draft_acts(exchange: Exchange) -> str:
    return _spread(canonical.decode_any(_draft(exchange).encode()))


def _draft_members(exchange: Exchange) -> str:
    """The members of its file, before and after its one signature."""
    rows: list[tuple[str, object]] = []
    before = _draft(exchange)
    after = Draft(acts=(statement.read_unfinished(exchange.deposit.envelope),))
    for said, draft in (("unsigned", before), ("signed", after)):
        rows.append((f"{said}: draft.json", f"{len(draft.encode())} bytes"))
        for place in draft.places:
            size = "with its second seal" if place.shut else f"{place.part.length} bytes"
            rows.append((f"{said}: {place.path[:16]}…", size))
    return _table(rows)


def _cover(exchange: Exchange) -> str:
    return _spread(canonical.decode_any(canonical.encode(_open(exchange).cover)))


def _committed(exchange: Exchange) -> Any:
    act = exchange.deposit.act
    if not isinstance(act, Deposit) or act.negotiation is None:
        raise SystemExit("the exchange has no deposit")
    document = Document.from_bytes(exchange.data["sealed"]["document"].encode())
    subject = subject_of(log=act.log, negotiation=act.negotiation, nonce=act.nonce, party=act.by.party)
    seal = Seal(seed=Seed(exchange.secrets["salts"]), blind=Blind(exchange.secrets["blind"]))
    return check(document, seal, subject=subject, commitment=act.commitment)


def _document(exchange: Exchange) -> str:
    return _spread(canonical.decode_any(exchange.data["sealed"]["document"].encode()))


def _leaves(exchange: Exchange) -> str:
    document = Document.from_bytes(exchange.data["sealed"]["document"].encode())
    return "".join(content.decode() + "\n" for content in contents(document))


def _commitment(exchange: Exchange) -> str:
    made = _committed(exchange)
    act = exchange.deposit.act
    named = {"log": act.log, "negotiation": act.negotiation.hex(), "nonce": act.nonce.hex(), "party": act.by.party}  # type: ignore[union-attr]  # _committed saw that there is a negotiation
    return _table(
        [
            ("subject of", canonical.encode(named).decode()),
            ("subject", made.subject.hex()),
            ("seed", exchange.secrets["salts"].hex()),
            ("blind", exchange.secrets["blind"].hex()),
            ("salt of leaf 1", made.leaves[1][15:47].hex()),
            ("leaf hash of leaf 1", leaf_hash(made.leaves[1]).hex()),
            ("k, hashes a proof", depth(made.total)),
            ("root", made.root.hex()),
            ("commitment", made.commitment.hex()),
        ]
    )


def _opening(exchange: Exchange) -> str:
    return _spread(canonical.decode_any(canonical.encode(_committed(exchange).reveal([2]))))


def _entry(exchange: Exchange) -> str:
    place = exchange.place("receipt")
    entry = exchange.entries[place]
    return _table(
        [
            ("index", place),
            ("entry", entry.encode().hex()),
            ("version", "01"),
            ("act digest", entry.act.hex()),
            ("link", entry.link.hex()),
            ("time", f"{int(entry.time):016x} = {entry.time.to_text()}"),
            ("leaf hash", leaf_hash(entry.encode()).hex()),
        ]
    )


def _chain(exchange: Exchange) -> str:
    start = exchange.place("convene")
    chain = Chain.start(exchange.acts[start].envelope.payload)
    rows: list[tuple[str, object]] = [("head_0", chain.head.hex())]
    for number, signed in enumerate(exchange.acts[start : start + 3], start=1):
        rows.append((f"link_{number}", f"{chain.link.hex()}  entry {start + number - 1}, {signed.act.kind}"))
        chain = chain.extend(signed.digest)
        rows.append((f"head_{number}", chain.head.hex()))
    return _table(rows)


def _checkpoint(exchange: Exchange) -> str:
    return _notes(exchange.proofs[0].note.to_text())


def _proof(exchange: Exchange) -> str:
    proof = exchange.proofs[exchange.place("receipt")]
    entry = exchange.entries[exchange.place("receipt")]
    proof.verify(leaf_hash(entry.encode()), exchange.log_keys)
    return _notes(proof.to_text())


def _log_keys(exchange: Exchange) -> str:
    texts = [key.to_text() for key in exchange.log_keys]
    return "".join(f"{text[:90]}…\n" if len(text) > 200 else f"{text}\n" for text in texts)


def _request(exchange: Exchange) -> str:
    headers = _headers(exchange)
    lines = [f"{name}: {headers[name]}\n" for name in ("Parley-Party", "Signature-Input", "Signature")]
    return "GET /v1/chains\n" + re.sub(r"(pq=:[A-Za-z0-9+/]{20})[A-Za-z0-9+/=]*:", r"\1…:", "".join(lines))


def _headers(exchange: Exchange) -> dict[str, str]:
    return dict(exchange.data["request"]["headers"])


def _request_base(exchange: Exchange) -> str:
    request = Request(method="GET", authority="depositary.example", path="/v1/chains")
    now = Time.from_text(exchange.data["request"]["now"])
    who = verify_request(request, _headers(exchange), key_of=exchange.world.key, now=now)
    return signature_base(request, key=who.key, nonce=who.nonce, created=who.created).decode() + "\n"


def trust_of(exchange: Exchange) -> Trust:
    """What one of the parties would keep: the log, and the other's root."""
    known = exchange.world.registers["us"]
    rules = Policy.write(logs=exchange.log_keys)
    return Trust(policy=rules, parties=(TrustedParty(party="us", root=known.root.id, name="United States"),))


def _trust(exchange: Exchange) -> str:
    text = trust_of(exchange).to_text()
    return re.sub(r"(\+[A-Za-z0-9+/]{40})[A-Za-z0-9+/=]{200,}", r"\1…", text)


def _number(exchange: Exchange) -> str:
    root = exchange.world.registers["us"].root.id
    return _table(
        [
            ("root key set id", root.hex()),
            ("SHA-256(tag LF root)", tagged("parley/number/v1", root).hex()),
            ("number", policy.number(root)),
        ]
    )


_FAMILIES = ("Malformed", "Invalid", "Refused", "Unavailable")


def _codes(*modules: str, families: tuple[str, ...] = _FAMILIES) -> Callable[[Exchange], str]:
    """The codes that modules raise by name, a line for each family."""

    def block(_: Exchange) -> str:
        found: set[tuple[str, str]] = set()
        for module in modules:
            path = ROOT / "src" / "parley" / module
            files = sorted(path.glob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
            for tree in (ast.parse(file.read_text("utf-8")) for file in files):
                found |= set(_raised(tree))
        lines = []
        for family in families:
            codes = ", ".join(sorted(code for code, of in found if of == family))
            if codes:
                lines.append(textwrap.fill(f"{family}: {codes}", 118, subsequent_indent="  ", break_on_hyphens=False))
        return "\n".join(lines) + "\n"

    return block


def _raised(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _FAMILIES and node.args:
            code = node.args[0]
            if isinstance(code, ast.Constant) and isinstance(code.value, str):
                yield code.value, node.func.id


def _escrow_plan(_: Exchange) -> str:
    plan = escrow_vectors.ESCROWS["grid"].plan
    return _spread(canonical.decode_any(canonical.encode(plan)))


def _escrow_numbers(_: Exchange) -> str:
    made = escrow_vectors.ESCROWS["grid"]
    slot = made.find("A-02")
    leaves = made.leaves(slot)
    return _table(
        [
            ("subject", made.escrow.subject.hex()),
            ("seed", made.escrow.seed.hex()),
            ("blind", made.escrow.blind.hex()),
            ("plan digest", made.plan.digest.hex()),
            ("slot of A-02", slot),
            ("its key", f"{made.keys[slot]} = (2 + 10) * 40 + (7 + 20)"),
            (
                "its place leaf",
                leaves["place"][:23].decode().replace("\n", " LF ") + "salt " + leaves["place"][55:].decode(),
            ),
            ("that salt", leaves["place"][23:55].hex()),
            ("hash of that leaf", sha256(leaves["place"]).hex()),
            ("hash of the slot", made.levels[0][32 * slot : 32 * slot + 32].hex()),
            ("items", made.roots.items.hex()),
            ("index", made.roots.index.hex()),
            ("totals", made.roots.totals.hex()),
            ("commitment", made.commitment.commitment.hex()),
        ]
    )


def _escrow_answer(_: Exchange) -> str:
    case = next(case for case in escrow_vectors.answers() if case.name == "the way down ends at: zone 1")
    return _spread(canonical.decode_any(canonical.encode(case.proof)))


def _escrow_opening(_: Exchange) -> str:
    made = escrow_vectors.ESCROWS["grid"]
    file = OpeningPaper(kind="opening", opening=open_step(made, 3, ["A-02"]))
    return _spread(canonical.decode_any(canonical.encode(file)))


def _escrow_question(_: Exchange) -> str:
    file = QuestionPaper(kind="question", place=Cell(east=-20, north=-10))
    return canonical.encode(file).decode() + "\n"


EXAMPLES: dict[str, Callable[[Exchange], str]] = {
    "act-envelope": _envelope("receipt"),
    "act-payload": _payload("receipt"),
    "act-deposit": _payload("deposit"),
    "act-enrol": _payload("enrol"),
    "act-full-powers": _payload("full-powers"),
    "act-convene": _payload("convene"),
    "act-bytes": _act_bytes,
    "act-not-admitted": _not_admitted,
    "envelope-header": _header,
    "envelope-numbers": _sealed_numbers,
    "envelope-members": _members,
    "envelope-cover": _cover,
    "draft-acts": _draft_acts,
    "draft-members": _draft_members,
    "draft-codes": _codes("draft"),
    "disclosure-document": _document,
    "disclosure-leaves": _leaves,
    "disclosure-commitment": _commitment,
    "disclosure-opening": _opening,
    "escrow-plan": _escrow_plan,
    "escrow-numbers": _escrow_numbers,
    "escrow-answer": _escrow_answer,
    "escrow-opening": _escrow_opening,
    "escrow-question": _escrow_question,
    "escrow-rail-codes": _codes(
        *(f"measures/{name}" for name in ("escrow_papers", "escrow_text", "escrow_fold", "escrow_table")),
        "measures/escrow_learning",
    ),
    "escrow-codes": _codes(
        *(f"measures/{name}" for name in ("escrow_plan", "slot_tree", "range_index", "sum_tree", "escrow")),
        *(f"measures/{name}" for name in ("escrow_steps", "escrow_answers", "amendment")),
    ),
    "log-entry": _entry,
    "log-chain": _chain,
    "log-checkpoint": _checkpoint,
    "log-proof": _proof,
    "log-keys": _log_keys,
    "request-headers": _request,
    "request-base": _request_base,
    "trust-file": _trust,
    "trust-number": _number,
    "act-codes-form": _codes("act", "terms", "statement"),
    "act-codes-admission": _codes("chain", "register", "fold", "publication", families=("Refused",)),
    "envelope-codes": _codes("sealed_shape", "age", "archive", "envelope"),
    "disclosure-codes": _codes("document", "disclosure"),
    "log-codes": _codes("merkle", "note", "checkpoint", "tiles"),
    "request-codes": _codes("request"),
    "trust-codes": _codes("policy"),
}


def fill(text: str, exchange: Exchange) -> str:
    """A page with every marked block as the code prints it. Raises: KeyError for a name there is no example of."""
    return _PLACE.sub(lambda place: place[1] + EXAMPLES[place[2]](exchange) + place[4], text)


def main(arguments: list[str]) -> int:
    """Write the pages, or with --check compare them."""
    exchange = load()
    stale = 0
    for page in sorted(SPEC.glob("*.md")):
        text = page.read_text("utf-8")
        filled = fill(text, exchange)
        if filled != text:
            stale += 1
            if "--check" not in arguments:
                page.write_text(filled, "utf-8")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
