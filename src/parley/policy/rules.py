"""The rules of a tlog-policy file: which logs and witnesses count, and how many make a quorum (c2sp.org/tlog-policy).

    log depositary.example/log/1+de37a5a9+AQOhB7/z…
    log depositary.example/log/1+9880b971+BtezsXI…
    witness oslo-ed witness.example/oslo+e75f6532+BAOhB7/z…
    witness oslo-pq witness.example/oslo+5a83c6f1+BtezsXI…
    group oslo all oslo-ed oslo-pq
    group states 1 oslo
    quorum states

Stricter than C2SP in one rule: both algorithms, always. A log has a key of each and all its keys must have signed; a
witness is a pair of keys and counts when both have. A stock tool that reads the same file asks for less.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from parley.checkpoint import ProvenEntry, SignedCheckpoint, TlogProof, open_checkpoint
from parley.crypto import Digest
from parley.errors import Invalid, Malformed
from parley.note import Algorithm, NoteKey, parse_decimal

MAX_FILE = 1_000_000
NONE = "none"
"""The quorum of a policy that asks for no witness."""

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_PAIR = {"-ed": Algorithm.ED25519_COSIGNATURE, "-pq": Algorithm.MLDSA44_COSIGNATURE}
_LOG_ALGORITHMS = (Algorithm.ED25519, Algorithm.MLDSA44_COSIGNATURE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A witness by its name in the policy file, with both its keys; `url` is where to submit checkpoints, or ""."""

    name: str
    ed25519: NoteKey
    mldsa44: NoteKey
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessTime:
    """A witness that cosigned with both keys; POSIX seconds of the earlier and of the later of its two lines."""

    name: str
    earlier: int
    later: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuorumView:
    """Which witnesses of the policy cosigned a checkpoint, how many of `members` must, and what that says of time.

    In POSIX seconds: `latest` is when a quorum had seen the checkpoint, so that all in it existed by then; `earliest`
    is until when a quorum had seen none larger, so that all beyond it came later. Both are None when the quorum is not
    met or the policy asks for none: then only the log speaks of time. Witnesses outside the quorum are listed, and
    count for nothing.
    """

    needed: int
    members: tuple[str, ...]
    witnesses: tuple[WitnessTime, ...]

    @property
    def counted(self) -> tuple[WitnessTime, ...]:
        """Those of `witnesses` that belong to the quorum."""
        return tuple(witness for witness in self.witnesses if witness.name in self.members)

    @property
    def met(self) -> bool:
        """Whether as many have cosigned as the policy asks for."""
        return len(self.counted) >= self.needed

    @property
    def latest(self) -> int | None:
        """The `needed`-th smallest of the later times: any quorum has a member that is honest, none tells which."""
        times = sorted(witness.later for witness in self.counted)
        return times[self.needed - 1] if self.needed and self.met else None

    @property
    def earliest(self) -> int | None:
        """The `needed`-th greatest of the earlier times, for the same reason."""
        times = sorted((witness.earlier for witness in self.counted), reverse=True)
        return times[self.needed - 1] if self.needed and self.met else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A tlog-policy file, read. `text` is the file, verbatim; `members` are the witnesses its quorum counts."""

    text: str
    logs: Mapping[str, tuple[NoteKey, ...]]
    log_urls: Mapping[str, tuple[str, ...]]
    witnesses: Mapping[str, Witness]
    quorum: str
    needed: int
    members: tuple[str, ...]

    @classmethod
    def parse(cls, text: str, *, first_line: int = 1) -> Policy:
        """Read a tlog-policy file: comments, empty lines, spaces and tabs as in c2sp.org/tlog-policy.

        Lines are counted from `first_line` in errors. Raises: Malformed when a line is unknown, a name is undefined,
        defined twice or in two groups, a public key stands twice, a log lacks a key of either algorithm, a witness line
        is not half of a pair `<n>-ed`, `<n>-pq` with `group <n> all <n>-ed <n>-pq`, another group names anything but
        such pairs, or there is not exactly one quorum.
        """
        reader = _Reader()
        for number, fields in _lines(text, first_line):
            reader.read(number, fields)
        return reader.finish(text)

    @classmethod
    def write(
        cls,
        *,
        logs: Iterable[NoteKey],
        witnesses: Mapping[str, tuple[NoteKey, NoteKey]] | None = None,
        needed: int = 0,
    ) -> Policy:
        """Make a policy in which `needed` of `witnesses` are a quorum, none for 0. Raises: Malformed as `parse`."""
        lines = [f"log {key.to_text()}" for key in logs]
        witnesses = witnesses or {}
        for name, (plain, lattice) in witnesses.items():
            lines += [f"witness {name}-ed {plain.to_text()}", f"witness {name}-pq {lattice.to_text()}"]
            lines.append(f"group {name} all {name}-ed {name}-pq")
        if needed:
            lines.append(f"group quorum {needed} {' '.join(witnesses)}")
        lines.append(f"quorum {'quorum' if needed else NONE}")
        return cls.parse("\n".join(lines) + "\n")

    @property
    def keys(self) -> tuple[NoteKey, ...]:
        """Every key in the policy: what `open_checkpoint` takes."""
        logs = (key for keys in self.logs.values() for key in keys)
        return (*logs, *(key for witness in self.witnesses.values() for key in (witness.ed25519, witness.mldsa44)))

    def open(self, data: bytes | str) -> SignedCheckpoint:
        """Open a checkpoint with the keys of this policy; it asks for no quorum. Raises: as `open_checkpoint`."""
        return open_checkpoint(data, self.keys)

    def view(self, signed: SignedCheckpoint) -> QuorumView:
        """Count the witnesses that cosigned with both keys, met or not.

        Raises: Invalid when the checkpoint was not opened with all the keys this policy has for its log.
        """
        keys = self.logs.get(signed.checkpoint.origin)
        if keys is None or not set(keys) <= set(signed.log_keys):
            raise Invalid("checkpoint.unknown-log")
        seconds = {line.key: line.seconds for line in signed.cosignatures}
        times = []
        for name, witness in self.witnesses.items():
            pair = [seconds[key] for key in (witness.ed25519, witness.mldsa44) if key in seconds]
            if len(pair) == 2:
                times.append(WitnessTime(name=name, earlier=min(pair), later=max(pair)))
        return QuorumView(needed=self.needed, members=self.members, witnesses=tuple(times))

    def check(self, signed: SignedCheckpoint) -> QuorumView:
        """Return the view of the witnesses when the quorum is met.

        Raises: Invalid when it is not, or as `view`. Source: c2sp.org/tlog-policy, with both algorithms required.
        """
        view = self.view(signed)
        if not view.met:
            raise Invalid("policy.quorum", needed=view.needed, found=len(view.counted))
        return view

    def verify_proof(self, proof: TlogProof, leaf: Digest) -> tuple[ProvenEntry, QuorumView]:
        """Return the entry that stands in a log of this policy under a checkpoint that meets its quorum.

        `leaf` is for the caller to compute, from data it holds. Raises: as `TlogProof.verify` and `check`.
        """
        entry = proof.verify(leaf, self.keys)
        return entry, self.check(entry.signed)


def _lines(text: str, first_line: int) -> Iterator[tuple[int, list[str]]]:
    """The fields of each line that says something, with its number."""
    if len(text) > MAX_FILE or _CONTROL.search(text):
        raise Malformed("policy.characters", most=MAX_FILE)
    if text and not text.endswith("\n"):
        raise Malformed("policy.last-line")
    for number, line in enumerate(text.split("\n"), first_line):
        fields = [item for item in re.split("[ \t]+", line) if item]
        if fields and not fields[0].startswith("#"):
            yield number, fields


class _Reader:
    """A policy file, half read: what is defined so far."""

    def __init__(self) -> None:
        self._logs: dict[str, list[NoteKey]] = {}
        self._urls: dict[str, list[str]] = {}
        self._halves: dict[str, tuple[NoteKey, str]] = {}
        self._witnesses: dict[str, Witness] = {}
        self._groups: dict[str, tuple[int, tuple[str, ...]]] = {}
        self._grouped: set[str] = set()
        self._public: set[bytes] = set()
        self._quorum: str | None = None

    def read(self, number: int, fields: list[str]) -> None:
        """Take in the fields of line `number`. Raises: Malformed."""
        match fields:
            case ["log", vkey, *url] if len(url) <= 1:
                self._log(number, vkey, url)
            case ["witness", name, vkey, *url] if len(url) <= 1:
                self._witness(number, name, vkey, url)
            case ["group", name, threshold, *members] if members:
                self._group(number, name, threshold, members)
            case ["quorum", name]:
                if self._quorum is not None:
                    raise Malformed("policy.quorum-line", line=number)
                if name not in {NONE, *self._groups, *self._witnesses}:
                    raise Malformed("policy.undefined", line=number)
                self._quorum = name
            case _:
                raise Malformed("policy.line", line=number)

    def _key(self, number: int, vkey: str) -> NoteKey:
        try:
            key = NoteKey.parse(vkey)
        except Malformed as error:
            raise Malformed("policy.key", line=number, problem=error.code) from error
        if key.public in self._public:
            raise Malformed("policy.repeated-key", line=number)
        self._public.add(key.public)
        return key

    def _log(self, number: int, vkey: str, url: list[str]) -> None:
        key = self._key(number, vkey)
        if key.algorithm not in _LOG_ALGORITHMS:
            raise Malformed("policy.log-algorithm", line=number)
        self._logs.setdefault(key.name, []).append(key)
        self._urls.setdefault(key.name, []).extend(url)

    def _define(self, number: int, name: str) -> None:
        if name == NONE or name in self._halves or name in self._groups or name in self._witnesses:
            raise Malformed("policy.repeated-name", line=number)

    def _witness(self, number: int, name: str, vkey: str, url: list[str]) -> None:
        self._define(number, name)
        key = self._key(number, vkey)
        if _PAIR.get(name[-3:]) is not key.algorithm or name[:-3] == "":
            raise Malformed("policy.witness-name", line=number)
        self._halves[name] = (key, url[0] if url else "")

    def _group(self, number: int, name: str, threshold: str, members: list[str]) -> None:
        self._define(number, name)
        defined = {*self._halves, *self._witnesses, *self._groups}
        if not defined.issuperset(members):
            raise Malformed("policy.undefined", line=number)
        if len(set(members)) != len(members) or not self._grouped.isdisjoint(members):
            raise Malformed("policy.member-twice", line=number)
        self._grouped.update(members)
        if members == [f"{name}-ed", f"{name}-pq"] and threshold == "all":
            self._witnesses[name] = self._paired(number, name)
        elif self._witnesses.keys() >= set(members):
            self._groups[name] = (_threshold(number, threshold, len(members)), tuple(members))
        else:
            raise Malformed("policy.pair", line=number)

    def _paired(self, number: int, name: str) -> Witness:
        plain, url = self._halves[f"{name}-ed"]
        lattice, other = self._halves[f"{name}-pq"]
        taken = {witness.ed25519.name for witness in self._witnesses.values()}
        if plain.name != lattice.name or plain.name in taken:
            raise Malformed("policy.pair-names", line=number)
        return Witness(name=name, ed25519=plain, mldsa44=lattice, url=url or other)

    def finish(self, text: str) -> Policy:
        """Return the whole. Raises: Malformed when something that must be there is not."""
        if self._quorum is None:
            raise Malformed("policy.quorum-line", line=0)
        if len(self._halves) != 2 * len(self._witnesses):
            raise Malformed("policy.pair", line=0)
        if not self._logs:
            raise Malformed("policy.no-log")
        for keys in self._logs.values():
            if {key.algorithm for key in keys} != set(_LOG_ALGORITHMS):
                raise Malformed("policy.one-algorithm")
        if any(witness.ed25519.name in self._logs for witness in self._witnesses.values()):
            raise Malformed("policy.log-as-witness")
        needed, members = self._groups.get(self._quorum, (1, (self._quorum,)))
        if self._quorum == NONE:
            needed, members = 0, ()
        return Policy(
            text=text,
            logs={origin: tuple(keys) for origin, keys in self._logs.items()},
            log_urls={origin: tuple(urls) for origin, urls in self._urls.items()},
            witnesses=self._witnesses,
            quorum=self._quorum,
            needed=needed,
            members=members,
        )


def _threshold(number: int, text: str, members: int) -> int:
    if text in ("any", "all"):
        return 1 if text == "any" else members
    try:
        needed = parse_decimal(text)
    except Malformed as error:
        raise Malformed("policy.threshold", line=number, most=members) from error
    if not 1 <= needed <= members:
        raise Malformed("policy.threshold", line=number, most=members)
    return needed
