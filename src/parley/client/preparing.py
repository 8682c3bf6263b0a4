"""Acts written to a draft file instead of signed: for officers whose powers ask for two, and for three hands.

The methods are those of `Delegation`, with the same arguments; what they would sign and send stands in the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from parley.act import FaultReason, RefusalReason, StatementKind, TermsTaken, Words
from parley.canonical import Time
from parley.client import convening, handing, hands, overview, receiving, saying
from parley.client.draft_view import Prepared
from parley.client.home import remove
from parley.client.references import find_negotiation
from parley.client.session import Intent, Session
from parley.client.views import Draft
from parley.draft import parts_of
from parley.errors import Refused
from parley.terms import Terms


@dataclass(frozen=True)
class Preparing:
    """`path` is a file that is not there yet; `officers` are the signers by name, none where they are obvious.

    Raises everywhere: as signing the act would; Refused("file.exists"), Refused("draft.…"), Unavailable.
    """

    session: Session
    path: Path
    officers: Sequence[str] = ()

    def _write(self, *intents: Intent) -> Prepared:
        return hands.prepare(self.session, self.path, intents, self.officers)

    def deposit(self, draft: Draft) -> Prepared:
        """A paper that `Delegation.prepare` sealed; a join before it where our party has not joined."""
        negotiation = find_negotiation(self.session, draft.handle)
        joining = convening.joining(self.session, negotiation, unconfirmed=True)
        return hands.prepare_deposit(self.session, self.path, draft.id, joining, self.officers)

    def convene(
        self,
        title: str,
        parties: Sequence[str],
        *,
        handle: str | None = None,
        answer_days: int = 10,
        non_working: Sequence[str] = (),
        terms: Terms | None = None,
        unconfirmed: bool = False,
    ) -> Prepared:
        intent = convening.convening(
            self.session,
            title,
            parties,
            handle=handle,
            answer_days=answer_days,
            non_working=non_working,
            terms=terms,
            unconfirmed=unconfirmed,
        )
        found = self._write(intent)
        for part in parts_of(found.act):  # the sealed title lies in the file now
            remove(self.session.home.sealed(part.digest))
        return found

    def join(self, handle: str, *, unconfirmed: bool = False) -> Prepared:
        """Raises: Refused("join.already")."""
        self.session.sync()
        negotiation = find_negotiation(self.session, handle)
        intents = convening.joining(self.session, negotiation, unconfirmed=unconfirmed)
        if not intents:
            raise Refused("join.already", winner=negotiation.joined[self.session.party].hex())
        return self._write(*intents)

    def withdraw(self, ref: str) -> Prepared:
        return self._write(handing.withdrawal(self.session, ref))

    def receive(
        self, ref: str, *, terms: TermsTaken, our_ref: str | None = None, unconfirmed: bool = False
    ) -> Prepared:
        """A receipt; for a paper handed over already, a confirmation or a fault, as it opens here."""
        intents = receiving.receipt_or_confirmation(self.session, ref, terms=terms, unconfirmed=unconfirmed)
        found = self._write(*intents)
        if our_ref is not None:
            overview.note_our_ref(self.session, ref, our_ref)
        return found

    def refuse(self, ref: str, *, reason: RefusalReason, words: Sequence[Words] = ()) -> Prepared:
        return self._write(*receiving.refusal(self.session, ref, reason=reason, words=words))

    def fault(self, ref: str, *, reason: FaultReason) -> Prepared:
        return self._write(receiving.faulting(self.session, ref, reason=reason))

    def statement(self, kind: StatementKind, ref: str, words: Sequence[Words] = ()) -> Prepared:
        return self._write(saying.statement(self.session, kind, ref, words))

    def release(
        self,
        ref: str,
        *,
        provisions: Sequence[int] | None = None,
        audience: Sequence[str] = (),
        not_before: Time | None = None,
        until: Time | None = None,
        one_sided: bool = False,
    ) -> Prepared:
        intent = saying.release(
            self.session,
            ref,
            provisions=provisions,
            audience=audience,
            not_before=not_before,
            until=until,
            one_sided=one_sided,
        )
        return self._write(intent)

    def withdraw_release(self, ref: str, digest: str) -> Prepared:
        return self._write(saying.withdraw_release(self.session, ref, digest))
