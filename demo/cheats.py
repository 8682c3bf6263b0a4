"""Four attempts to cheat. Each runs, against the real depositary or the real verifier, with the cheat's own keys.

A cheat does not use Parley's commands, which would refuse before anything is sent: it has a program of its own, which
may sign and send whatever its keys can. Each function returns what was tried, and in words what came of it; it raises
`CheatSucceeded` when the attempt was not stopped, so that the demo can never tell a better story than it runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from demo.program import OwnProgram
from demo.stage import RU, US, Stage
from demo.telling import Line, day, good, plain, three_clocks
from parley import evidence, statement
from parley.act import Deposit, Receipt, Refusal
from parley.canonical import Base64, Time
from parley.chain import Entry
from parley.checkpoint import Checkpoint, LogSigner, TlogProof
from parley.client.proving import logged
from parley.conviction import Crime
from parley.crypto import Digest
from parley.depositary.keys import Keys, read_secret
from parley.depositary.office import ENTRIES, SECRET
from parley.depositary.sqlite import SqliteStore
from parley.disclosure import OpenedLeaf, Openings
from parley.envelope import open_bundle
from parley.errors import Invalid, ParleyError, Refused
from parley.evidence import Logged
from parley.merkle import Tree, leaf_hash
from parley.verdict import Result, verify


class CheatSucceeded(AssertionError):
    """An attempt that was not stopped: the demo has found a defect."""


def _stopped(attempt: str, answer: str) -> list[Line]:
    return [plain(attempt), good(answer)]


# --- reading without signing ------------------------------------------------------------------------------------


def read_without_signing(stage: Stage, reference: str) -> list[Line]:
    """A recipient asks the depositary for what opens a paper it has not signed for, then tries what it has."""
    with OwnProgram(stage, US) as program:
        paper = program.paper(reference)
        act = paper.act
        if not isinstance(act, Deposit) or act.header is None or act.payload is None:
            raise CheatSucceeded("there is nothing sealed to try")
        try:
            program.fetch(act.header)
        except Refused:
            pass
        else:
            raise CheatSucceeded("the depositary handed over without a receipt")
        payload = program.fetch(act.payload)
        _, other = program.header_in_hand()
        try:
            open_bundle(other, [payload], program.reading_secret(act), cover=None)
        except ParleyError:
            pass
        else:
            raise CheatSucceeded("a paper opened without its own header")
    return _stopped(
        f"Read without signing. The United States asks the office for what opens {reference}, before its receipt.",
        "FAILS. The office hands it over only against a signature. The sealed paper, which the United States may "
        "fetch before, opens with no key that it has.",
    )


# --- denying ----------------------------------------------------------------------------------------------------


def deny(stage: Stage, reference: str) -> list[Line]:
    """A party that has signed for a paper sends a refusal of it; then shows the record with its receipt taken out."""
    with OwnProgram(stage, RU) as program:
        paper = program.paper(reference)
        refusal = Refusal(**program.common(paper.act.negotiation), deposit=paper.digest, reason="addressee", words=())
        signed = statement.sign(refusal, [program.key])
        try:
            program.send(signed)
        except Refused as refused:
            outcome = paper.outcomes[RU]
            receipt = outcome.find(Receipt)
            if receipt is None or refused.winner not in [done.digest.hex() for done in outcome.done]:
                raise CheatSucceeded("the refusal was turned down for another reason") from refused
        else:
            raise CheatSucceeded("a refusal was admitted after a receipt")
        shortened = _without_receipt(program, paper.digest)
    try:
        verify(shortened, None)
    except Invalid as broken:
        if broken.code != "evidence.outside-chain":
            raise CheatSucceeded("the shortened record was turned down for another reason") from broken
    else:
        raise CheatSucceeded("a record without the receipt was accepted")
    (stage.files / "receipt-left-out.evidence").write_bytes(shortened)
    return _stopped(
        f"Deny the receipt. Russia sends a refusal of {reference}, then shows the record without its receipt.",
        f"FAILS. The office answers, signed, that the receipt of {three_clocks(receipt.at.time)} came first. "
        "The shortened record does not hold: what was taken out has left its gap.",
    )


def _without_receipt(program: OwnProgram, deposit: Digest) -> bytes:
    whole = evidence.parse(program.history())
    kept = tuple(item for item in whole.items if not (isinstance(item.act, Receipt) and item.act.deposit == deposit))
    return replace(whole, items=kept).encode()


# --- backdating -------------------------------------------------------------------------------------------------


def backdate(stage: Stage, reference: str) -> list[Line]:
    """The office, with its own keys, writes its roll anew with one receipt a day earlier, and signs that too."""
    with OwnProgram(stage, US) as program:
        paper = program.paper(reference)
        receipt = paper.outcomes[RU].find(Receipt)
        if receipt is None:
            raise CheatSucceeded("there is no receipt to backdate")
        honest = logged(program.session, program.session.known.acts[receipt.digest])
        earlier = Time(receipt.at.time - 86_400_000)
        forged = _rewritten(stage, honest, earlier)
        support = [logged(program.session, act) for act in program.session.known.acts.values()]
        both = evidence.fork([honest, forged], support=support).encode()
    verdict = verify(both, None)
    if verdict.conviction is None or verdict.conviction.crime is not Crime.TWO_LEAVES:
        raise CheatSucceeded("two dates of one receipt convicted nobody")
    (stage.files / "backdated.evidence").write_bytes(both)
    return _stopped(
        f"Backdate. The office itself dates the receipt of {reference} {day(earlier)} and signs its roll again.",
        "CONVICTS. The office has signed two dates in one place of its roll: with the two, anyone can prove it false.",
    )


def _rewritten(stage: Stage, honest: Logged, earlier: Time) -> Logged:
    """What the office would show: the same act in a log of the same size, at an earlier time, properly signed."""
    checkpoint = Checkpoint.parse(honest.proof.note.text)
    store = SqliteStore(stage.office / ENTRIES)
    try:
        entries = [row.entry for row in store.rows(0, checkpoint.size)]
    finally:
        store.close()
    place = honest.proof.index
    entries[place] = replace(Entry.parse(entries[place]), time=earlier).encode()
    tree = Tree(leaf_hash(entry) for entry in entries)
    signer = LogSigner(checkpoint.origin, Keys.from_secret(read_secret(stage.office / SECRET)).log)
    note = signer.sign_checkpoint(replace(checkpoint, root=tree.root()), int(stage.clock()) // 1000)
    proof = TlogProof(index=place, path=tree.inclusion(place), note=note, extra=entries[place])
    return Logged.of(honest.signed, proof)


# --- forging a paragraph ----------------------------------------------------------------------------------------


def forge_a_paragraph(stage: Stage, name: str, before: str, after: str) -> list[Line]:
    """Somebody shows a released paragraph with other words in it, and the proof of the true one beside it."""
    published = evidence.parse((stage.files / f"{name}.evidence").read_bytes())
    if published.opening is None:
        raise CheatSucceeded("nothing was published")
    leaves = _with_words(published.opening, before.encode(), after.encode())
    forged = replace(published, opening=leaves).encode()
    (stage.files / f"{name}-forged.evidence").write_bytes(forged)
    verdict = verify(forged, None)
    if verdict.result is not Result.DISPROVEN or verdict.text is None:
        raise CheatSucceeded("a forged paragraph was taken for the sealed one")
    return _stopped(
        f"Forge a paragraph. Somebody shows the released one with “{before}” turned into “{after}”.",
        f"FAILS. {verdict.text.word.upper()}: the words shown are not those that were sealed.",
    )


def _with_words(openings: Openings, before: bytes, after: bytes) -> Openings:
    leaves: Sequence[OpenedLeaf] = openings.leaves
    if not any(before in bytes(leaf.data) for leaf in leaves):
        raise CheatSucceeded("the words to be changed do not stand in the paper")
    changed = tuple(
        OpenedLeaf(data=Base64(leaf.data.replace(before, after)), number=leaf.number, proof=leaf.proof)
        for leaf in leaves
    )
    return Openings(blind=openings.blind, leaves=changed, total=openings.total)
