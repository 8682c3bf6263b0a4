"""What an evidence file proves: the numbered verification of spec/evidence.md, and the verdict as data.

`verify` follows the numbers of the specification, step by step. Whatever fails ends it with an error of the four
families; only an opening that fails leaves a verdict, because it says nothing about the document. What a person reads
of a verdict is written in `words`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from parley import evidence, partial, statement, witnesses
from parley.act import DEPOSITARY, Act, Deposit, Enrol, FullPowers, Genesis, RegisterAct
from parley.answers import ReleaseAnswer, TextAnswer
from parley.canonical import Time
from parley.checkpoint import SignedCheckpoint
from parley.conviction import Conviction, begins_chain
from parley.crypto import Digest, KeySetId, VerifyingKey
from parley.errors import Detail, Invalid, Malformed, Refused
from parley.evidence import Evidence, Item, Kind
from parley.findings import Findings, NotShown, PaperShown, find, of_openings
from parley.merkle import leaf_hash, verify_inclusion
from parley.note import NoteKey
from parley.partial import Glimpse
from parley.policy import Trust, number
from parley.register import Grant
from parley.sitting import Sitting
from parley.statement import Signed
from parley.witnesses import Bounds


class Result(Enum):
    """PROVEN needs a trust file that names every party that signed; UNCHECKED says that something was not checked."""

    PROVEN = "proven"
    UNCHECKED = "unchecked"
    DISPROVEN = "disproven"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of the explanation: the step's number in the specification, a plain label, what was computed."""

    number: int
    label: str
    details: tuple[tuple[str, Detail], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """Under which full powers a key signed: granted at entry `granted`; no revocation is in the file."""

    key: KeySetId
    granted: int
    name: str
    office: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActShown:
    """An act at its entry. `time` lies between `earliest` and `latest` where witnesses say so; both null otherwise.

    `act` is null where a history shows the digest alone. `powers` is empty for acts of a root or of the depositary.
    """

    index: int
    time: Time
    digest: Digest
    act: Act | None
    powers: tuple[Power, ...] = ()
    earliest: Time | None = None
    latest: Time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyShown:
    """A party that signed: the number of its root, to be compared, or the name the reader's trust file gives it."""

    party: str
    root: KeySetId
    number: str
    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was shown, in log order; with whose keys; how it was found; and what it does not show.

    `trees` are those of the log that the acts are proven in, by size.
    """

    result: Result
    kind: Kind
    log: str
    trees: Mapping[int, Digest]
    acts: tuple[ActShown, ...]
    parties: tuple[PartyShown, ...]
    papers: tuple[PaperShown, ...]
    text: TextAnswer | None
    release: ReleaseAnswer | None
    conviction: Conviction | None
    not_shown: tuple[NotShown, ...]
    steps: tuple[Step, ...]

    @property
    def trusted(self) -> bool:
        """Whether the keys of log and parties are those of the reader's trust file, and do not only fit together."""
        return not any(item.code in ("log-identity", "party-identity") for item in self.not_shown)


def verify(data: bytes, trust: Trust | None, sitting: Sitting | None = None) -> Verdict:
    """Return what the bytes of an evidence file prove, under a reader's trust file or, without one, by themselves.

    With a `sitting`, what held in an earlier file of it is not verified again where it is the same to the last byte.

    Verifies, in the numbers of spec/evidence.md: form and digests, the log's signatures and every inclusion, the
    quorum of witnesses and the times, that it is one log, the parties' roots, every signature, every power, the rules,
    and what the file is about. Not verified: that nothing else happened. Raises: Malformed, Invalid.
    """
    check = _Check(trust, sitting or Sitting())
    file = check.form(data)  # 1, 2
    check.log(file)  # 3
    if file.kind != "fork":
        check.witnesses(file)  # 4
        check.one_log(file)  # 5
    check.parties(file)  # 6
    check.signatures(file)  # 7
    if file.kind != "fork":
        check.rules(file)  # 8, 9
    return check.conclude(file)  # 10


class _Check:
    """One verification under way: what the steps so far have established."""

    def __init__(self, trust: Trust | None, sitting: Sitting) -> None:
        self.trust = trust
        self.sitting = sitting
        self.steps: dict[Step, None] = {}  # in order, each line once
        self.checkpoints: dict[str, SignedCheckpoint] = {}
        self.bounds: dict[int, Bounds] = {}
        self.keys: dict[str, dict[KeySetId, VerifyingKey]] = {}
        self.roots: dict[str, KeySetId] = {}
        self.signed: dict[Digest, Signed] = {}
        self.granted: dict[Digest, tuple[Grant, ...]] = {}
        self.glimpse = Glimpse(places={})

    def note(self, step: int, label: str, /, **details: Detail) -> None:
        self.steps[Step(number=step, label=label, details=tuple(details.items()))] = None

    # --- 1, 2: the file and its acts ---

    def form(self, data: bytes) -> Evidence:
        file = evidence.parse(data, read=self.sitting.item)
        self.note(1, "form", kind=file.kind, bytes=len(data), acts=len(file.items))
        for item in file.items:
            self.note(2, "act", entry=item.proof.index, digest=item.digest.hex(), extra=item.entry.encode().hex())
        return file

    # --- 3: the log ---

    def log(self, file: Evidence) -> None:
        genesis = self._genesis(file)
        for note in [item.proof.note for item in file.items] + ([file.earlier] if file.earlier else []):
            text = note.to_text()
            if text not in self.checkpoints:
                self.checkpoints[text] = self._open(text, genesis)
        for item in file.items:
            tree = self.checkpoints[item.proof.note.to_text()].checkpoint
            leaf = leaf_hash(item.entry.encode())
            verify_inclusion(index=item.proof.index, size=tree.size, leaf=leaf, path=item.proof.path, root=tree.root)
            self.note(3, "entry", entry=item.proof.index, leaf=leaf.hex(), size=tree.size)
            if item.act is not None and item.act.log != genesis.log:
                raise Invalid("evidence.other-log", entry=item.proof.index)

    def _genesis(self, file: Evidence) -> Genesis:
        """The genesis stands first, at entry 0; its own signatures are checked in step 6."""
        first = file.items[0]
        if not isinstance(first.act, Genesis) or first.proof.index != 0:
            raise Malformed("evidence.genesis")
        return first.act

    def _open(self, text: str, genesis: Genesis) -> SignedCheckpoint:
        keys: Sequence[NoteKey] = [self.sitting.log_key(key) for key in genesis.log_keys]
        if self.trust is not None:
            trusted = self.trust.policy.logs.get(genesis.log)
            if trusted is None:
                raise Invalid("checkpoint.unknown-log")
            if set(trusted) != set(keys):
                raise Invalid("evidence.genesis-keys")
            keys = self.trust.policy.keys
        signed = self.sitting.checkpoint(text, keys)
        if signed.checkpoint.origin != genesis.log:
            raise Invalid("evidence.other-log", entry=0)
        self.note(3, "checkpoint", size=signed.checkpoint.size, root=signed.checkpoint.root.hex())
        return signed

    # --- 4: the witnesses and the times ---

    def witnesses(self, file: Evidence) -> None:
        if self.trust is None:
            return
        earlier = file.earlier.to_text() if file.earlier else None
        seen = witnesses.views(self.trust.policy, self.checkpoints, unasked=earlier)
        for text, view in seen.items():
            size = self.checkpoints[text].checkpoint.size
            self.note(4, "witnesses", size=size, needed=view.needed, found=len(view.counted))
        for item in file.items:
            self.bounds[item.proof.index] = witnesses.bounds(item, self.checkpoints, seen)

    # --- 5: one log ---

    def one_log(self, file: Evidence) -> None:
        roots: dict[int, Digest] = {}
        for signed in self.checkpoints.values():
            tree = signed.checkpoint
            if roots.setdefault(tree.size, tree.root) != tree.root:
                raise Invalid("evidence.two-roots", size=tree.size)
        links: dict[bytes, int] = {}
        for item in file.items:
            first = links.setdefault(item.entry.link, item.proof.index)
            if first != item.proof.index:
                raise Invalid("evidence.link-twice", first=first, second=item.proof.index)
            if not begins_chain(item):
                raise Invalid("evidence.outside-chain", entry=item.proof.index)
        for one, other in pairwise(file.items):
            if other.entry.time < one.entry.time:
                raise Invalid("evidence.time-backwards", first=one.proof.index, second=other.proof.index)
        self.note(5, "one-log", checkpoints=len(roots), entries=len(file.items))

    def _trees(self, file: Evidence) -> Mapping[int, Digest]:
        found = {self.checkpoints[item.proof.note.to_text()].checkpoint for item in file.items}
        return {tree.size: tree.root for tree in sorted(found, key=lambda tree: tree.size)}

    def _in_one_log(self, file: Evidence) -> bool:
        """Whether all entries are known to stand in one log. A file holds nothing that compares trees of two sizes."""
        trees = {item.proof.note.to_text(): None for item in file.items}
        return witnesses.one_log(self.trust.policy if self.trust else None, [self.checkpoints[text] for text in trees])

    # --- 6, 7: whose keys, and the signatures ---

    def parties(self, file: Evidence) -> None:
        for item in file.items:
            match item.act:
                case Genesis() as act:
                    self._key(DEPOSITARY, self.sitting.key(act.act_keys))
                    self._believe(item)
                case Enrol() as act:
                    self._root(act.by.party, self.sitting.key(act.root), judged=file.kind != "fork")
                    self._believe(item)
                case FullPowers() as act:
                    self._key(act.by.party, self.sitting.key(act.key))

    def _key(self, party: str, key: VerifyingKey) -> None:
        self.keys.setdefault(party, {})[key.id] = key

    def _root(self, party: str, root: VerifyingKey, *, judged: bool) -> None:
        self._key(party, root)
        self.roots.setdefault(party, root.id)
        trusted = self._trusted(party)
        if judged and trusted is not None and trusted != root.id:
            raise Invalid("evidence.other-root", party=party)
        self.note(6, "party", party=party, root=root.id.hex(), trusted="yes" if trusted == root.id else "no")

    def _trusted(self, party: str) -> KeySetId | None:
        parties = self.trust.parties if self.trust else ()
        return next((trusted.root for trusted in parties if trusted.party == party), None)

    def signatures(self, file: Evidence) -> None:
        for item in file.items:
            if item.act is not None and item.digest not in self.signed:
                self._believe(item)

    def _believe(self, item: Item) -> None:
        unverified = item.statement
        if not isinstance(unverified, statement.Unverified):
            raise Malformed("evidence.item")
        keys = self.keys.get(unverified.act.by.party, {})
        for key in unverified.act.by.keys:
            if key not in keys:
                raise Invalid("evidence.key-not-shown", party=unverified.act.by.party, entry=item.proof.index)
            self.note(7, "signatures", entry=item.proof.index, act=unverified.act.kind, key=key.hex())
        self.signed[item.digest] = self.sitting.statement(unverified, keys.get)

    # --- 8, 9: powers and rules ---

    def rules(self, file: Evidence) -> None:
        self.glimpse = Glimpse(places={item.digest: item.proof.index for item in reversed(file.items)})
        for item in file.items:
            signed = self.signed.get(item.digest)
            if signed is None:
                continue
            try:
                self.granted[item.digest] = self._powers(signed, item)
                self.glimpse = partial.admit(self.glimpse, signed, item.at)
            except Refused as refused:
                raise Invalid(refused.code, **{**refused.details, "entry": item.proof.index}) from refused
            self.note(9, "rules", entry=item.proof.index, act=signed.act.kind)

    def _powers(self, signed: Signed, item: Item) -> tuple[Grant, ...]:
        if isinstance(signed.act, Genesis | Enrol):
            return ()  # by the key that the act itself names, compared with the trust file in step 6
        if isinstance(signed.act, RegisterAct):
            self._by_root(signed, item)
            return ()
        grants = partial.powers(self.glimpse, signed.act, item.at)
        for grant in grants:
            self.note(8, "powers", entry=item.proof.index, key=grant.key.id.hex(), granted=grant.at.index)
        return grants

    def _by_root(self, signed: Signed, item: Item) -> None:
        """A register act counts by the root of an enrolment that stands before it in the file, and by no other key."""
        register = self.glimpse.registers.get(signed.act.by.party)
        if register is None or signed.act.by.keys != (register.root.id,):
            raise Invalid("register.not-the-root", party=signed.act.by.party, entry=item.proof.index)

    # --- 10: what the file is about ---

    def conclude(self, file: Evidence) -> Verdict:
        found = find(file, self.signed, self.glimpse, [signed.checkpoint for signed in self.checkpoints.values()])
        acts = tuple(self._shown(item) for item in file.items)
        parties = tuple(self._party(party, root) for party, root in self.roots.items())
        not_shown = tuple(self._not_shown(file, found, parties, acts))
        result = _result(found, not_shown)
        self.note(10, "conclusion", result=result.value)
        return Verdict(
            result=result,
            kind=file.kind,
            log=self._genesis(file).log,
            trees=self._trees(file),
            acts=acts,
            parties=parties,
            papers=found.papers,
            text=found.text,
            release=found.release,
            conviction=found.conviction,
            not_shown=not_shown,
            steps=tuple(sorted(self.steps, key=lambda step: step.number)),
        )

    def _shown(self, item: Item) -> ActShown:
        earliest, latest = self.bounds.get(item.proof.index, (None, None))
        return ActShown(
            index=item.proof.index,
            time=item.entry.time,
            digest=item.digest,
            act=item.act,
            powers=tuple(_power(grant) for grant in self.granted.get(item.digest, ())),
            earliest=earliest,
            latest=latest,
        )

    def _party(self, party: str, root: KeySetId) -> PartyShown:
        parties = self.trust.parties if self.trust else ()
        name = next((trusted.name for trusted in parties if (trusted.party, trusted.root) == (party, root)), None)
        return PartyShown(party=party, root=root, number=number(root), name=name)

    def _not_shown(
        self, file: Evidence, found: Findings, parties: Iterable[PartyShown], acts: Iterable[ActShown]
    ) -> Iterable[NotShown]:
        """What the reader must be told, the most misleading first; the last two always."""
        yield from found.not_shown
        if self.trust is None:
            yield NotShown(code="log-identity")
        if file.kind != "fork":  # a conviction rests on the log's keys alone
            for shown in parties:
                if shown.name is None:
                    yield NotShown(code="party-identity", details=(("party", shown.party), ("number", shown.number)))
            if not self._in_one_log(file):
                yield NotShown(code="one-log")
            if self.trust is None or not self.trust.policy.needed:
                yield NotShown(code="times")
            yield from (
                NotShown(code="deadline", details=(("entry", act.index),)) for act in acts if _on_the_line(act, found)
            )
            yield from of_openings(found.papers)
            yield NotShown(code="absence")
        yield NotShown(code="agreement")


def _power(grant: Grant) -> Power:
    holder = grant.powers.holder
    return Power(key=grant.key.id, granted=grant.at.index, name=holder.name, office=holder.office)


def _on_the_line(act: ActShown, found: Findings) -> bool:
    """Whether a time limit lies between an act's bounds, so that the depositary's clock alone decided it."""
    about = act.digest if isinstance(act.act, Deposit) else getattr(act.act, "deposit", None)
    limits = [paper.deposit.accept_by for paper in found.papers if paper.digest == about]
    if not limits or act.latest is None or act.act is None:
        return False
    ends = act.act.kind in ("deposit", "receipt", "refusal", "withdrawal", "expiry")
    return ends and (act.earliest or 0) <= limits[0] <= act.latest


_UNCHECKED = {"log-identity", "one-log", "party-identity", "text", "release"}


def _result(found: Findings, not_shown: Iterable[NotShown]) -> Result:
    if found.text is not None and found.text.word == "not proven":
        return Result.DISPROVEN
    if found.text is not None and found.text.word == "incomplete":
        return Result.UNCHECKED  # a proviso that belongs to the words is not here to be read with them
    return Result.UNCHECKED if any(item.code in _UNCHECKED for item in not_shown) else Result.PROVEN
