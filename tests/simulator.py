"""A dishonest depositary in memory: it signs whatever it likes, so that an attack is a test of three lines."""

from __future__ import annotations

from parley import evidence, verdict
from parley.canonical import Time
from parley.chain import Chain, Entry
from parley.conviction import Conviction
from parley.crypto import Digest, Link
from parley.evidence import Logged
from parley.fold import World
from parley.note import Note
from parley.register import At
from parley.statement import Signed
from tests.evidence_build import LoggedCase


class Dishonest(LoggedCase):
    """Behaves until told otherwise. Whatever it once signed stays signed: take a `logged` proof before it cheats."""

    def __init__(self) -> None:
        self.worlds: list[World] = []
        super().__init__()

    def _enter(self, signed: Signed, link: Link) -> At:
        self.worlds.append(self.world)
        return super()._enter(signed, link)

    def force(self, signed: Signed, *, link: Link | None = None, time: Time | None = None) -> Logged:
        """Enter an act without asking the rules: with the next link of its chain, now, unless told otherwise."""
        next_link = self.link(signed.act.negotiation, signed.act.by.party)
        link = link or next_link or Chain.start(signed.envelope.payload).link
        self.worlds.append(self.world)
        self.entries.append(Entry(act=signed.digest, link=link, time=self.now if time is None else time))
        self.acts.append(signed)
        return Logged(signed=signed, proof=self.proof(len(self.acts) - 1))

    def rewind(self, size: int) -> None:
        """Forget all entries from `size` on, although they were answered."""
        self.world = self.worlds[size - 1]
        del self.worlds[size:], self.acts[size:], self.entries[size:]

    def place(self, digest: Digest) -> int:
        return next(index for index, act in enumerate(self.acts) if act.digest == digest)

    def prosecute(self, *shown: Logged, bare: tuple[Logged, ...] = (), earlier: Note | None = None) -> Conviction:
        """Take the two things that convict to a reader who trusts the log's keys, as a file, and return its verdict."""
        file = evidence.fork(shown, support=self.support(), bare=bare, earlier=earlier)
        found = verdict.verify(file.encode(), self.trust())
        assert found.result is verdict.Result.PROVEN
        assert found.conviction is not None
        return found.conviction


def dishonest() -> Dishonest:
    """ru and us, enrolled, convened by us and joined by ru, a second apart, as if all were well."""
    case = Dishonest()
    for step in (
        lambda: case.enrol("ru"),
        lambda: case.enrol("us"),
        lambda: case.convene("us", "ru"),
        lambda: case.join("ru"),
    ):
        step()
        case.tick(1)
    return case
