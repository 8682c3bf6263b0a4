"""The delegation: what one officer can do at this machine, one method for each thing. Arguments in, values out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, Unpack

from parley.act import (
    Capability,
    FaultReason,
    Holder,
    RefusalReason,
    Role,
    StatementKind,
    Words,
)
from parley.canonical import Time
from parley.client import (
    alarm,
    auditing,
    calling,
    comparing,
    convening,
    disclosing,
    drafting,
    founding,
    handing,
    hands,
    kept_drafts,
    officers,
    overview,
    proving,
    publishing,
    receiving,
    references,
    rescue,
    saying,
    trusting,
    viewing,
)
from parley.client import office as office_
from parley.client.comparing import ComparedPapers, ComparedText, CoverageView, SeenAs
from parley.client.disclosing import Answered, Leave, Selection
from parley.client.draft_view import Prepared
from parley.client.draws import Draws
from parley.client.escrows import Escrows
from parley.client.founding import Founding
from parley.client.front_views import FrontPage
from parley.client.home import Home
from parley.client.measures import Measures
from parley.client.ports import Ports
from parley.client.preparing import Preparing
from parley.client.publishing import Publishable
from parley.client.rescue import SheetTyped
from parley.client.root import Root
from parley.client.session import Passphrase, Session
from parley.client.setup import Setup
from parley.client.views import (
    AlarmView,
    Audited,
    Draft,
    Empowered,
    Entered,
    Founded,
    Inbox,
    Me,
    NegotiationView,
    Officer,
    PaperView,
    Partner,
    Reading,
    Received,
    Recovered,
    RegisterRow,
    Revoked,
    Sheet,
    Trusted,
)
from parley.client.wish import Checked, Options, Wish
from parley.terms import Terms


def found(
    folder: Path,
    invitation: bytes,
    *,
    passphrase: str,
    root_folder: Path,
    holder: Holder,
    zone: str = "UTC",
    languages: tuple[str, ...] = ("en",),
    names: tuple[Words, ...] = (),
    until: Time | None = None,
    tls_ca: Path | None = None,
    ports: Ports | None = None,
) -> Founded:
    """Found a party from its invitation: keys, home, root file, key box, enrolment, full powers for this officer.

    Writes `root.key` into `root_folder` under the same passphrase. `names` default to the name in the invitation.
    After Unavailable, calling it again with the same folders goes on where it stopped and sends the same bytes.
    Raises: Refused when the home is another's or the invitation was used, Malformed, Invalid, Unavailable.
    """
    setup = Setup(folder=folder, passphrase=passphrase, tls_ca=tls_ca, ports=ports or Ports())
    founding_ = Founding(holder=holder, zone=zone, languages=languages, names=names, until=until)
    return founding.found(setup, invitation, root_folder, founding_)


def request_office(
    folder: Path,
    office: bytes,
    *,
    passphrase: str,
    holder: Holder,
    tls_ca: Path | None = None,
    ports: Ports | None = None,
) -> bytes:
    """Make an officer's own home from the party's office file, and return the request that `empower` takes.

    Called again in the same home it returns the same request. Verifies that the depositary is the one the file names.
    """
    setup = Setup(folder=folder, passphrase=passphrase, tls_ca=tls_ca, ports=ports or Ports())
    return office_.request_office(setup, office, holder)


def recover(
    folder: Path,
    *,
    groups: str,
    party: str,
    address: str,
    depositary_number: str,
    passphrase: str,
    holder: Holder,
    root_folder: Path,
    until: Time | None = None,
    tls_ca: Path | None = None,
    ports: Ports | None = None,
) -> Recovered:
    """Rebuild a home on an empty machine from what stands on the recovery sheet.

    `groups` as typed: spaces, dashes and letters' case do not count, O reads as 0, I and L as 1. A new officer key gets
    all capabilities; the key box opens by the sheet. Old officers' keys are not revoked: `revoke` does that.
    Raises: Malformed("sheet.checksum") for a mistyped sheet, Refused when the sheet is of another party.
    """
    setup = Setup(folder=folder, passphrase=passphrase, tls_ca=tls_ca, ports=ports or Ports())
    typed = SheetTyped(groups=groups, party=party, address=address, depositary_number=depositary_number)
    return rescue.recover(setup, typed, root_folder, holder, until)


class Delegation:
    """One officer's home, opened. Every method that asks the depositary verifies before it returns or signs.

    A method named after an act signs it, stores the signed bytes, and sends them; repeating a call after Unavailable
    sends the same bytes and gives the same outcome. Raises everywhere: Malformed, Invalid (an alarm, when its code
    begins with "alarm."), Refused, Unavailable.

    `ref` is `US-1`, `amber-heron/US-1` (any case), eight or more digits of a digest, or, where nothing is signed,
    `latest`. Without a handle the negotiation in use counts, or the only one that has such a paper. Refused
    "reference.ambiguous" (candidates), "reference.unknown", Malformed "reference.form".
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    @classmethod
    def open(
        cls, folder: Path, passphrase: Passphrase, *, tls_ca: Path | None = None, ports: Ports | None = None
    ) -> Self:
        """Open a home. Reads no secret yet. Raises: Refused("home.none"), Malformed("ledger.missing")."""
        home = Home.open(folder)
        home.check_ledger()
        return cls(Session.open(home, passphrase, tls_ca=tls_ca, ports=ports or Ports()))

    def close(self) -> None:
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- where we stand -----------------------------------------------------------------------------------------

    def me(self) -> Me:
        """Who we are, from what is held."""
        return officers.me(self._session)

    def sync(self) -> int:
        """Fetch and verify everything new; returns how many acts came. Raises: Invalid("alarm.…"), Unavailable."""
        return self._session.sync()

    def settle(self) -> tuple[Entered, ...]:
        """Send what was signed here and never answered: the same bytes."""
        return handing.settle(self._session)

    def front_page(self) -> FrontPage:
        """The front page; when the depositary cannot be reached, from what is held, and `reached` is false."""
        return overview.front_page(self._session)

    def alarms(self) -> tuple[AlarmView, ...]:
        """Alarms raised at this home, open ones first. Nothing is signed while one of them is not answered."""
        return alarm.heard(self._session.home)

    def answer_alarm(self, heard: AlarmView) -> AlarmView:
        """Write down that a person has looked at an alarm, and answers for signing again. The proof stays."""
        return alarm.answer(self._session.home, heard, now=self._session.now)

    # --- whom we trust ------------------------------------------------------------------------------------------

    def partners(self) -> tuple[Partner, ...]:
        """Our own party first, then all parties known here."""
        return trusting.partners(self._session)

    def partner(self, party: str) -> Partner:
        """One party by id, or by its name. Fetches its enrolment when it is not known here."""
        return trusting.partner_called(self._session, party)

    def trust(self, party: str, digits: str, *, name: str | None = None) -> Trusted:
        """Trust a party whose number was read out by its own people and typed here; `name` is what we call it.

        Raises: Refused("trust.differs") when the digits are another number, Malformed("number.…").
        """
        return trusting.trust(self._session, trusting.find_party(self._session, party), digits, name)

    def trust_file(self) -> str:
        """The trust file of this delegation: the depositary's keys, and the parties compared."""
        return trusting.trust_file(self._session)

    # --- officers -----------------------------------------------------------------------------------------------

    def officers(self) -> tuple[Officer, ...]:
        """Who may do what until when, soonest end first; revoked ones last."""
        return officers.officers(self._session)

    def office_file(self) -> bytes:
        """What a colleague's own machine needs for `request_office`; holds no secret."""
        return officers.office_file(self._session)

    def open_root(self, file: Path, passphrase: str) -> Root:
        """Open the root file. Raises: Malformed when damaged, Refused for a wrong passphrase or another's root."""
        return officers.open_root(self._session, file, passphrase)

    def open_sheet(self, groups: str) -> Root:
        """The root from the groups of the recovery sheet."""
        return officers.open_sheet(self._session, groups)

    def sheet(self, root: Root) -> Sheet:
        """What stands on the recovery sheet, to print it again."""
        return founding.sheet_of(root, self._session.party_file, trusting.name_of(self._session, self._session.party))

    def empower(
        self,
        request: bytes,
        *,
        root: Root,
        may: Sequence[Capability],
        until: Time,
        since: Time | None = None,
        office: str | None = None,
        needs: Literal[1, 2] = 1,
    ) -> Empowered:
        """Give full powers to the key in a request; with `read`, its holder can open the key box."""
        return officers.empower(
            self._session, request, root=root, may=may, until=until, since=since, office=office, needs=needs
        )

    def check_request(self, request: bytes, *, until: Time) -> None:
        """What `empower` would refuse without the root: to be known before anybody is asked for it."""
        officers.check_request(self._session, request, until)

    def check_officer(self, officer: str) -> None:
        """Raises: Refused("officer.unknown"), Refused("officer.ambiguous")."""
        officers.find_officer(self._session, officer)

    def revoke(self, officer: str, *, root: Root) -> Revoked:
        """End an officer's powers (by name or key), replace the reading key if it was in that officer's reach."""
        return officers.revoke(self._session, officer, root=root)

    # --- negotiations -------------------------------------------------------------------------------------------

    def check_convening(
        self, title: str, parties: Sequence[str], *, handle: str | None = None, unconfirmed: bool = False
    ) -> tuple[str, ...]:
        """All parties of what would be convened, ours among them; what `convene` would refuse is refused here first."""
        return convening.check(self._session, title, parties, handle=handle, unconfirmed=unconfirmed)

    def check_trusted(self, party: str, *, unconfirmed: bool = False) -> None:
        """Raises: Refused("trust.not-compared") unless `unconfirmed`, Refused("trust.root-differs") always."""
        trusting.check_trusted(self._session, party, unconfirmed=unconfirmed)

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
    ) -> NegotiationView:
        """Found a negotiation with other parties; `handle` is two random words unless given."""
        intent = convening.convening(
            self._session,
            title,
            parties,
            handle=handle,
            answer_days=answer_days,
            non_working=non_working,
            terms=terms,
            unconfirmed=unconfirmed,
        )
        return convening.convene(self._session, intent)

    def join(self, handle: str, *, unconfirmed: bool = False) -> NegotiationView:
        """Accept a negotiation's procedure: never its terms."""
        return convening.join_by_handle(self._session, handle, unconfirmed=unconfirmed)

    def use(self, handle: str) -> NegotiationView:
        """Remember a negotiation as the one meant when no handle is given. Signs nothing."""
        negotiation = references.find_negotiation(self._session, handle)
        calling.use(self._session, negotiation)
        return viewing.negotiation_view(self._session, negotiation)

    def negotiations(self) -> tuple[NegotiationView, ...]:
        """All negotiations we are named in, newest first."""
        return overview.negotiations(self._session)

    def negotiation(self, handle: str | None = None) -> NegotiationView:
        """One negotiation; without a handle the one in use, or the only one."""
        negotiation = references.find_negotiation(self._session, handle)
        return viewing.negotiation_view(self._session, negotiation)

    @property
    def measures(self) -> Measures:
        """What runs under agreements."""
        return Measures(self._session)

    @property
    def draws(self) -> Draws:
        """Joint draws that nobody can steer."""
        return Draws(self._session)

    @property
    def escrows(self) -> Escrows:
        """Declarations under one seal, opened step by step."""
        return Escrows(self._session)

    # --- handing over -------------------------------------------------------------------------------------------

    def check_wish(self, to: Sequence[str], handle: str | None = None, **options: Unpack[Checked]) -> None:
        """What `prepare` would refuse before it reads the file: to be known before anybody is asked anything more."""
        self._session.sync()
        drafting.check(self._session, handle, Wish(to=to, role="note", terms="public", **options))

    def prepare(
        self,
        source: Path,
        *,
        to: Sequence[str],
        role: Role,
        terms: str | Terms,
        handle: str | None = None,
        in_reply_to: str | None = None,
        **options: Unpack[Options],
    ) -> Draft:
        """Articulate, seal to recipients and ourselves, and say exactly what would be signed. Signs and sends nothing.

        `terms` is a preset or Terms; role "response" needs `in_reply_to`; for `options` see `wish.Options`.
        Raises: Refused("trust.not-compared", party) unless `unconfirmed`, and all that reading the file can find.
        """
        wish = Wish(to=to, role=role, terms=terms, in_reply_to=in_reply_to, **options)
        return drafting.prepare(self._session, source, handle, wish)

    def prepare_reply(
        self, ref: str, source: Path, *, terms: str | Terms, role: Role = "response", **options: Unpack[Options]
    ) -> Draft:
        """`prepare` to the sender of a paper, in reply to it, in its negotiation."""
        self._session.sync()
        negotiation, paper = references.find(self._session, ref, signing=True)
        wish = Wish(to=(paper.act.by.party,), role=role, terms=terms, in_reply_to=ref, **options)
        return drafting.prepare(self._session, source, calling.handle_of(self._session, negotiation), wish)

    def prepare_again(self, ref: str, *, accept_by: Time | str | None = None, unconfirmed: bool = False) -> Draft:
        """The same document to the same recipients, replacing an own paper that ended without a receipt."""
        return drafting.again(self._session, ref, accept_by, unconfirmed=unconfirmed)

    def drafts(self) -> tuple[Draft, ...]:
        """Drafts prepared here and not sent."""
        return kept_drafts.drafts(self._session)

    def unanswered(self) -> tuple[Draft, ...]:
        """Drafts that were signed, and whose answer nobody has had: `send` sends the same bytes again."""
        return kept_drafts.unanswered(self._session)

    def draft(self, id: str) -> Draft:  # noqa: A002 - what it is called everywhere
        return kept_drafts.draft(self._session, id)

    def discard(self, id: str) -> None:  # noqa: A002 - the same
        kept_drafts.discard(self._session, id)

    def send(self, draft: Draft) -> Entered:
        """Sign a draft as it was shown, store the signed bytes, upload, hand over; joins first where needed."""
        return handing.send(self._session, draft.id)

    def withdraw(self, ref: str) -> Entered:
        """Take an own paper back before any receipt."""
        return self._session.carry_out(handing.withdrawal(self._session, ref))

    # --- three hands --------------------------------------------------------------------------------------------

    def work_offline(self) -> None:
        """From now on what is held will do where the depositary cannot be reached; nothing is sent like this."""
        self._session.offline = True

    @property
    def reached(self) -> bool:
        """Whether the depositary could be reached, after `work_offline` and something that asks it."""
        return self._session.reached

    @property
    def read_until(self) -> Time:
        """The time of the newest entry of the register that was read here. What came later is not known here."""
        return self._session.known.last_time

    def alone(self, capability: Capability) -> bool:
        """Whether this officer's powers do not ask for a second one to sign what needs this capability."""
        return self._session.alone(capability)

    def check_not_stopped(self) -> None:
        """Raises: Refused("signing.stopped") while an alarm is not answered by a person; asked before a question."""
        self._session.check_not_stopped()

    def check_may_sign(self, capability: Capability) -> None:
        """Whether this officer may sign alone, now, what needs this capability; asked before a question.

        Raises: Refused("signing.stopped"), Refused("powers.…"), Refused("powers.second-officer").
        """
        self._session.check_may_sign(capability)

    def preparing(self, file: Path, officers: Sequence[str] = ()) -> Preparing:
        """The same acts as here, written to a new draft file for `officers` (by name) to sign, and not signed."""
        return Preparing(self._session, file, officers)

    def show_file(self, file: Path) -> Prepared:
        """What a draft file holds, as far as this officer may read it. The signatures in it hold."""
        return hands.show(self._session, file)

    def sign_file(
        self, file: Path, shown: Prepared, *, officers: Sequence[str] = (), unconfirmed: bool = False
    ) -> Prepared:
        """Add this officer's signature to what was shown, after the checks that come before any signature.

        `officers` are other signers than the file proposes, while nobody has signed.
        """
        return hands.sign(self._session, file, shown=shown.shown, names=officers, unconfirmed=unconfirmed)

    def send_file(self, file: Path) -> Entered:
        """Hand in what all have signed, whatever this officer's own powers; safe to repeat."""
        return hands.send(self._session, file)

    # --- taking in ----------------------------------------------------------------------------------------------

    def inbox(self) -> Inbox:
        """Fetch, verify, and list what waits."""
        return overview.inbox(self._session, fetch=True)

    def show(self, ref: str, *, fetch: bool = True) -> PaperView:
        """Everything that may be known before a receipt, with the cover opened."""
        return overview.show(self._session, ref, fetch=fetch)

    def check_open(self, ref: str) -> None:
        """Raises: Refused, saying what happened, when we cannot answer a paper any more."""
        receiving.check_open(self._session, ref)

    def receive(
        self,
        ref: str,
        *,
        terms: Literal["accepted", "under_reserve"],
        our_ref: str | None = None,
        unconfirmed: bool = False,
    ) -> Received:
        """Sign for a paper after every check of the design, join first where needed, open it, check it, confirm.

        A paper that a colleague received is opened, not refused: see `Received.already`.
        """
        return receiving.receive(self._session, ref, terms=terms, our_ref=our_ref, unconfirmed=unconfirmed)

    def refuse(self, ref: str, *, reason: RefusalReason, words: Sequence[Words] = ()) -> Entered:
        """Decline a paper."""
        return receiving.refuse(self._session, ref, reason=reason, words=words)

    def fault(self, ref: str, *, reason: FaultReason) -> Entered:
        """Say that a paper signed for does not open or is not the sealed one."""
        return receiving.fault(self._session, ref, reason=reason)

    def read(self, ref: str) -> Reading:
        """Open a paper in memory, ours or for us, and check it against its seal."""
        return receiving.read(self._session, ref)

    def extract(
        self,
        ref: str,
        folder: Path,
        *,
        text: bool = True,
        attachments: bool = True,
        original: bool = True,
    ) -> tuple[Path, ...]:
        """Write a paper's readable parts: mode 0600, never over an existing file, never through a link."""
        return receiving.extract(self._session, ref, folder, text=text, attachments=attachments, original=original)

    def note_our_ref(self, ref: str, our_ref: str) -> None:
        """Keep the registry's own number for a paper, here and nowhere else."""
        overview.note_our_ref(self._session, ref, our_ref)

    # --- working with what is open here -------------------------------------------------------------------------

    def coverage(self, ref: str, *, seen_as: SeenAs | None = None) -> CoverageView:
        """Which articles were answered: of the paper that `ref` replies to, or of `ref` by all replies open here."""
        return comparing.coverage(self._session, ref, seen_as)

    def compare_text(self, name: str, data: bytes, ref: str | None = None) -> ComparedText:
        """What of a file's text stands in a paper, or in all that are open here. Nothing is kept or sent."""
        return comparing.compare_text(self._session, name, data, ref)

    def compare_papers(self, first: str, second: str) -> ComparedPapers:
        """What changed from one paper to another."""
        return comparing.compare_papers(self._session, first, second)

    # --- saying in public ---------------------------------------------------------------------------------------

    def statement(self, kind: StatementKind, ref: str, words: Sequence[Words] = ()) -> Entered:
        """Say something about a paper, in public and in our own words."""
        return self._session.carry_out(saying.statement(self._session, kind, ref, words))

    def release(
        self,
        ref: str,
        *,
        provisions: Sequence[int] | None = None,
        audience: Sequence[str] = (),
        not_before: Time | None = None,
        until: Time | None = None,
        one_sided: bool = False,
    ) -> Entered:
        """Agree to these provisions (None: the whole paper) being shown to `audience` (empty: the public)."""
        intent = saying.release(
            self._session,
            ref,
            provisions=provisions,
            audience=audience,
            not_before=not_before,
            until=until,
            one_sided=one_sided,
        )
        return self._session.carry_out(intent)

    def select(self, ref: str, provisions: str | None) -> Selection:
        """The provisions that a text names, with all that must be shown beside them. Signs nothing."""
        return disclosing.select(self._session, ref, provisions)

    def leave(
        self,
        ref: str,
        *,
        provisions: Sequence[int] | None = None,
        audience: Sequence[str] = (),
        total: int | None = None,
    ) -> Leave:
        """By whose leave these provisions, of `total` if that is known, may be shown now, and whose is missing."""
        return disclosing.leave(self._session, ref, provisions, audience, total)

    def answered_by(self, ref: str, digits: str | None = None) -> Answered:
        """What another side agreed to show of a paper, for a context beside it."""
        return disclosing.answered_by(self._session, ref, digits)

    def excerpt(
        self,
        ref: str,
        *,
        provisions: Sequence[int] | None = None,
        audience: Sequence[str] = (),
        one_sided: bool = False,
        answered: Answered | None = None,
    ) -> bytes:
        """The evidence of an excerpt, where terms and releases allow it; of a context where it answers something."""
        return disclosing.excerpt(
            self._session, ref, provisions, audience=audience, one_sided=one_sided, answered=answered
        )

    def publishable(self, handle: str | None = None, *, one_sided: bool = False) -> Publishable:
        """All of a negotiation that may be shown in public now: what a record is made from."""
        return publishing.publishable(self._session, handle, one_sided=one_sided)

    def withdraw_release(self, ref: str, digest: str) -> Entered:
        """Take an own release back while nobody has matched it."""
        return self._session.carry_out(saying.withdraw_release(self._session, ref, digest))

    # --- proving ------------------------------------------------------------------------------------------------

    def status(self, handle: str | None = None, *, fetch: bool = True) -> tuple[PaperView, ...]:
        """Every paper of a negotiation, or of all, in log order."""
        return overview.status(self._session, handle, fetch=fetch)

    def register(self, handle: str | None = None, *, fetch: bool = True) -> tuple[RegisterRow, ...]:
        """A row for each paper and recipient."""
        return overview.register(self._session, handle, fetch=fetch)

    def evidence(self, ref: str, *, kind: Literal["act", "history"] = "act") -> bytes:
        """The evidence file of a paper: its deposit, what became of it, and the powers of the keys that signed."""
        return proving.evidence_of(self._session, ref, kind)

    def audit(self) -> Audited:
        """Re-read and re-check from bytes everything held: signatures, entries, chains, fold, tree. No network."""
        return auditing.audit(self._session.home, self._session.party_file, self._session.ledger)
