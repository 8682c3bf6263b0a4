"""`parley record build`: a public record of ten thousand acts in three languages, beside the raw checks of its acts."""

from __future__ import annotations

import time

from tests.evidence_build import LoggedCase, two_states

from bench.report import Section
from parley import evidence, statement
from parley.act import Confirmation, Genesis, Notice, RegisterAct, Statement, Words
from parley.canonical import Time
from parley.checkpoint import TlogProof
from parley.crypto import Digest, Purpose
from parley.evidence import Logged
from parley.merkle import Tree, leaf_hash
from parley.record import site
from parley.record.inputs import Inputs, PaperInput
from parley.statement import Signed

PAPERS, ACTS_EACH, EXCERPTS = 1_000, 10, 100


def negotiation(papers: int) -> tuple[LoggedCase, list[Signed]]:
    """Papers of two parties, ten acts each: handed in, noticed, received, handed over, confirmed, agreed, spoken of."""
    case, found = two_states(), []
    for number in range(papers):
        by, to = ("us", "ru") if number % 2 else ("ru", "us")
        deposit = case.paper(by, to)
        about = {"deposit": deposit.digest}
        case.admit(case.act(Notice, "depositary", channel="fetched", time=case.now, to=to, **about))
        case.admit(case.receipt(to, deposit))
        case.admit(case.handover(to, deposit))
        case.admit(case.act(Confirmation, to, **about))
        for party in (by, to):
            case.admit(case.release(party, deposit, provisions=(1, 2)))
        for party in (by, to, by):
            words = (Words(language="en", text=f"What {party} says of paper {number}."),)
            case.admit(case.act(Statement, party, about="describes", words=words, **about))
        case.tick(30)
        found.append(deposit)
    return case, found


def inputs_of(case: LoggedCase, papers: list[Signed], excerpts: int) -> Inputs:
    """What a party's program would hand to the record: evidence of each paper, and of an excerpt of some."""
    note, tree = case.note(), Tree(leaf_hash(entry.encode()) for entry in case.entries)
    size = len(case.entries)
    proven = [
        Logged(
            signed=act,
            proof=TlogProof(
                index=place, path=tree.inclusion(place, size), note=note, extra=case.entries[place].encode()
            ),
        )
        for place, act in enumerate(case.acts)
    ]
    support = [item for item in proven if isinstance(item.signed.act, RegisterAct | Genesis)]
    about: dict[Digest, list[Logged]] = {}
    for item in proven:
        about.setdefault(getattr(item.signed.act, "deposit", None) or item.signed.digest, []).append(item)
    counts: dict[str, int] = {}
    found = []
    for place, deposit in enumerate(papers):
        own, party = about[deposit.digest], deposit.act.by.party
        counts[party] = counts.get(party, 0) + 1
        cut = [evidence.excerpt(own[0], own, case.commitments[deposit.digest].reveal((1, 2)), support=support).encode()]
        found.append(
            PaperInput(
                reference=f"{party.upper()}-{counts[party]}",
                digest=deposit.digest,
                evidence=evidence.for_act(own, support=support).encode(),
                excerpts=tuple(cut if place < excerpts else ()),
            )
        )
    return Inputs(by="us", handle="amber-heron", as_of=Time(case.now), papers=tuple(found))


def _raw(case: LoggedCase) -> float:
    """Seconds to verify the two signatures of every act of the case, and nothing else."""
    ready = []
    for signed in case.acts:
        read = statement.read(signed.data)
        for key_id, signatures in read.signatures():
            key = case.world.key(signed.act.by.party, key_id)
            assert key is not None
            body = statement.pre_authentication(read.envelope.payload_type, read.envelope.payload)
            ready.append((key, body, signatures))
    began = time.perf_counter()
    for key, body, signatures in ready:
        key.verify(Purpose.ACT, body, signatures)
    return time.perf_counter() - began


def run() -> Section:
    """Build the record from values in memory, then hold it against its inputs as `parley verify` does."""
    case, papers = negotiation(PAPERS)
    inputs = inputs_of(case, papers, EXCERPTS)
    raw = _raw(case)
    began = time.perf_counter()
    files = site.build(inputs)
    built = time.perf_counter() - began
    began = time.perf_counter()
    compared = site.compare(files)
    checked = time.perf_counter() - began
    size = sum(map(len, files.values())) >> 20
    return Section(
        name="record",
        title=f"A public record of {PAPERS * ACTS_EACH:,} acts",
        method=(
            f"{PAPERS:,} papers of {ACTS_EACH} acts each, {EXCERPTS} excerpts, three languages: every act verified, "
            f"every page written, from evidence in memory to {len(files):,} files of {size:,} MB in memory. One core."
        ),
        columns=("work", "time", "raw verification of the acts", "result"),
        rows=(
            ("build", f"{built:.1f} s", f"{raw:.1f} s", f"{len(files):,} files"),
            ("verify: build again, compare", f"{checked:.1f} s", f"{raw:.1f} s", compared.word.value),
        ),
        reading=(
            f"Aim: under 10 s. Seen: {built:.1f} s. Each file also holds the powers of those who signed it, so that "
            "it proves by itself; acts and checkpoints that files repeat, byte for byte, are verified once a build."
        ),
    )
