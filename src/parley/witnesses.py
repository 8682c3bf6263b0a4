"""What the witnesses that a reader asks for say of a file's checkpoints: that they saw them, when, and of one log.

Steps 4 and 5 of spec/evidence.md. Where the reader's trust file asks for no quorum, none is missed, and times are the
depositary's word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from parley.canonical import Time
from parley.checkpoint import SignedCheckpoint
from parley.errors import Invalid
from parley.evidence import Item
from parley.policy import Policy, QuorumView

ALLOWANCE = 60_000
"""Milliseconds by which an entry's time may lie outside its bounds: clocks of depositary and witnesses differ."""

Bounds = tuple[Time | None, Time | None]
"""When an entry was made at the earliest and at the latest, where witnesses say so."""


def views(policy: Policy, checkpoints: Mapping[str, SignedCheckpoint], *, unasked: str | None) -> dict[str, QuorumView]:
    """Return what the witnesses say of each checkpoint, by its text; of the one `unasked`, without a quorum too.

    Raises: Invalid("policy.quorum") when too few have cosigned one, Invalid("evidence.half-witness").
    """
    found = {}
    for text, signed in checkpoints.items():
        _whole(policy, signed)
        found[text] = policy.view(signed)
        if text != unasked:
            policy.check(signed)
    return found


def _whole(policy: Policy, signed: SignedCheckpoint) -> None:
    """A witness of the policy has signed with both its keys or with neither: half a witness is a damaged file."""
    found = {line.key for line in signed.cosignatures}
    for witness in policy.witnesses.values():
        if (witness.ed25519 in found) != (witness.mldsa44 in found):
            raise Invalid("evidence.half-witness", witness=witness.name)


def bounds(item: Item, checkpoints: Mapping[str, SignedCheckpoint], seen: Mapping[str, QuorumView]) -> Bounds:
    """Return between which times an entry was made; `seen` is what `views` gives of the same checkpoints.

    Latest: a quorum had cosigned the tree it stands in. Earliest: the newest tree cosigned before it.
    Raises: Invalid when the entry's own time lies outside them by more than the allowance.
    """
    last = seen[item.proof.note.to_text()].latest
    before = [seen[text].earliest for text, s in checkpoints.items() if s.checkpoint.size <= item.proof.index]
    times = [time for time in before if time is not None]
    earliest = Time(max(times) * 1000) if times else None
    latest = Time(last * 1000) if last is not None else None
    if earliest is not None and item.entry.time < earliest - ALLOWANCE:
        raise Invalid("evidence.too-early", entry=item.proof.index)
    if latest is not None and item.entry.time > latest + 999 + ALLOWANCE:
        raise Invalid("evidence.too-late", entry=item.proof.index)
    return (earliest, latest)


def one_log(policy: Policy | None, checkpoints: Iterable[SignedCheckpoint]) -> bool:
    """Whether trees are known to be of one log: they are one tree, or one quorum of the reader's cosigned them all.

    A witness cosigns a tree only when it continues those that it cosigned before. Of trees of one size the roots are
    equal, which is for the caller to have verified.
    """
    signed = list(checkpoints)
    if len({each.checkpoint.size for each in signed}) <= 1:
        return True
    if policy is None:
        return False
    cosigned = [{witness.name for witness in policy.view(each).counted} for each in signed]
    return 0 < policy.needed <= len(set.intersection(*cosigned))
