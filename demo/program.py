"""A program of one's own: a party's keys and ledger without the client's manners, for cheats and for collectors.

What it cannot do shows what the rules rest on: not on the other side using the right program.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from demo.stage import PASSPHRASE, Stage
from parley import age
from parley.act import Deposit, Sealed
from parley.client.home import Home
from parley.client.proving import evidence_of
from parley.client.references import find
from parley.client.session import Session
from parley.client.viewing import own_reading_key
from parley.crypto import Nonce, ReadingSecret, SigningKey
from parley.errors import Refused
from parley.fold import depositary_key
from parley.paper import Paper
from parley.statement import Signed
from parley.wire import Admitted


class OwnProgram:
    """One party's keys, and the plain interface of the depositary."""

    def __init__(self, stage: Stage, party: str) -> None:
        self.party, self._stage = party, stage
        stage.leave_desk(party)  # one program at a time works in a home
        home = Home.open(stage.folder / party)
        self.session = Session.open(home, lambda: PASSPHRASE, tls_ca=None, ports=stage.ports())

    def __enter__(self) -> Self:
        self.session.sync()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.session.close()
        self._stage.open_desk(self.party)

    @property
    def key(self) -> SigningKey:
        return self.session.keyring.signing

    def paper(self, reference: str) -> Paper:
        return find(self.session, reference, signing=False)[1]

    def common(self, negotiation: Nonce | None) -> dict[str, Any]:
        return self.session.common(negotiation, self.key)

    def send(self, signed: Signed) -> Admitted:
        """Send an act as it is. Raises: Refused on the depositary's own signature."""
        depositary = depositary_key(self.session.known.genesis)
        return self.session.remote.submit(signed.data, signed.digest, depositary=depositary, invitation=None)

    def fetch(self, part: Sealed) -> bytes:
        """Fetch a sealed part from the depositary. Raises: Refused when it is not for us now."""
        return self.session.fetch(part.digest, part.length).read_bytes()

    def reading_secret(self, act: Deposit) -> ReadingSecret:
        """The party's secret for a paper. Raises: Refused when the paper is not sealed to this party."""
        key = own_reading_key(act, self.party)
        if key is None:
            raise Refused("paper.not-ours-to-open")
        return self.session.box().secret(key[0])

    def header_in_hand(self) -> tuple[Paper, bytes]:
        """The header of a paper this party has received: the nearest thing to a key that it has."""
        for _, paper in self.session.known.world.papers():
            receipt = paper.receipt(self.party)
            if receipt is not None and paper.act.header is not None:
                return paper, self.fetch(paper.act.header)
        raise Refused("paper.unknown")

    def whole_file(self, reference: str) -> tuple[bytes, str]:
        """A paper as one age file, and the secret that opens it as text."""
        act = self.paper(reference).act
        if act.header is None or act.payload is None:
            raise Refused("paper.not-ours-to-open")
        file = age.join(self.fetch(act.header), self.fetch(act.payload))
        return file, age.reading_secret_text(self.reading_secret(act))

    def history(self, reference: str = "latest") -> bytes:
        return evidence_of(self.session, reference, "history")
