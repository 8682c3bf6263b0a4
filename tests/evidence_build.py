"""A case with a log that is signed and cosigned, for tests of evidence: proofs of every act, trust files, excerpts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from parley import disclosure, evidence
from parley.act import Deposit, Genesis, RegisterAct
from parley.canonical import Time, encode
from parley.checkpoint import Checkpoint, LogSigner, TlogProof, WitnessSigner
from parley.crypto import Digest, Nonce, SigningKey
from parley.disclosure import Blind, Committed, Seed
from parley.evidence import Evidence, Logged
from parley.merkle import Tree, leaf_hash
from parley.note import Note
from parley.policy import Policy, Trust, TrustedParty
from parley.statement import Signed
from tests.build import LOG, Case, Party, seed

NAMES = {"ru": "Russian Federation", "us": "United States of America", "fr": "French Republic"}
WITNESSES = ("oslo", "vienna", "geneva")


class LoggedCase(Case):
    """A case whose entries are leaves of a tree; checkpoints are signed at the case's own clock."""

    def __init__(self) -> None:
        self.signer = LogSigner(LOG, SigningKey.from_secret(seed("log"), info="log"))
        self.witnesses = {
            name: WitnessSigner(
                f"witness.example/{name}", SigningKey.from_secret(seed(f"witness {name}"), info="witness")
            )
            for name in WITNESSES
        }
        self.commitments: dict[Digest, Committed] = {}
        self.notes: dict[tuple[Digest, int, tuple[str, ...]], Note] = {}
        super().__init__()

    def log_keys(self) -> tuple[str, ...]:
        return tuple(key.to_text() for key in self.signer.keys)

    def tick(self, seconds: int) -> None:
        self.now = Time(self.now + 1000 * seconds)

    # --- the log ---

    def tree(self) -> Tree:
        return Tree(leaf_hash(entry.encode()) for entry in self.entries)

    def note(self, size: int | None = None, *, seconds: int | None = None, by: Sequence[str] = WITNESSES) -> Note:
        """The checkpoint of a size, signed by the log and cosigned; by default at the time of its last entry."""
        tree = self.tree()
        size = tree.size if size is None else size
        checkpoint = Checkpoint(origin=LOG, size=size, root=tree.root(size))
        at = int(self.entries[size - 1].time) // 1000 if seconds is None else seconds
        key = (checkpoint.root, at, tuple(by))
        if key not in self.notes:
            signed = self.signer.sign_checkpoint(checkpoint, at)
            lines = [line for name in by for line in self.witnesses[name].cosign(checkpoint, at)]
            self.notes[key] = signed.with_signatures(lines)
        return self.notes[key]

    def proof(self, index: int, note: Note | None = None) -> TlogProof:
        note = note or self.note()
        size = Checkpoint.parse(note.text).size
        path = self.tree().inclusion(index, size)
        return TlogProof(index=index, path=path, note=note, extra=self.entries[index].encode())

    def logged(self, signed: Signed, note: Note | None = None) -> Logged:
        index = next(place for place, act in enumerate(self.acts) if act.digest == signed.digest)
        return Logged(signed=signed, proof=self.proof(index, note))

    def all_logged(self, note: Note | None = None) -> list[Logged]:
        size = Checkpoint.parse(note.text).size if note else len(self.acts)
        return [Logged(signed=act, proof=self.proof(index, note)) for index, act in enumerate(self.acts[:size])]

    def support(self, note: Note | None = None) -> list[Logged]:
        return [item for item in self.all_logged(note) if isinstance(item.signed.act, RegisterAct | Genesis)]

    # --- trust ---

    def trust(self, *parties: str, needed: int = 0, roots: dict[str, Party] | None = None) -> Trust:
        """A reader's trust file: all enrolled parties unless some are named, all witnesses, a quorum of `needed`."""
        witnesses = {name: signer.keys for name, signer in self.witnesses.items()}
        known = roots or self.parties
        return Trust(
            policy=Policy.write(logs=self.signer.keys, witnesses=witnesses, needed=needed),
            parties=tuple(
                TrustedParty(party=party, root=known[party].root.id, name=NAMES[party]) for party in parties or known
            ),
        )

    # --- papers ---

    def paper(
        self, by: str, *to: str, provisions: int = 3, contents: list[bytes] | None = None, **changes: object
    ) -> Signed:
        """Deposit a paper with a true commitment over short provisions, the second of which requires the first; or over
        `contents`, the manifest and each provision as bytes."""
        nonce = Nonce(b"paper" + len(self.acts).to_bytes(11, "big"))
        subject = disclosure.subject_of(log=LOG, negotiation=self.negotiation, nonce=nonce, party=by)
        committed = disclosure.commit_contents(
            contents or leaves(provisions),
            seed=Seed(seed(f"salts {nonce.hex()}")),
            blind=Blind(seed("blind")),
            subject=subject,
        )
        deposit = self.admit(self.deposit(by, *to, commitment=committed.commitment, nonce=nonce, **changes))
        self.commitments[deposit.digest] = committed
        return deposit

    def excerpt(self, deposit: Signed, *numbers: int, note: Note | None = None) -> Evidence:
        openings = self.commitments[deposit.digest].reveal(numbers)
        return evidence.excerpt(self.logged(deposit, note), self.all_logged(note), openings, support=self.support(note))

    def of_paper(self, deposit: Signed, note: Note | None = None) -> Evidence:
        assert isinstance(deposit.act, Deposit)
        return evidence.for_paper(self.logged(deposit, note), self.all_logged(note), support=self.support(note))

    def of_acts(self, *acts: Signed, note: Note | None = None) -> Evidence:
        return evidence.for_act([self.logged(act, note) for act in acts], support=self.support(note))

    def history(self, *, without: Iterable[Signed] = (), note: Note | None = None) -> Evidence:
        """The history of the negotiation."""
        chain = [item for item in self.all_logged(note) if item.signed.act.negotiation == self.negotiation]
        left_out = [act.digest for act in without]
        return evidence.history(chain, support=self.support(note), without=left_out)


def leaves(provisions: int) -> list[bytes]:
    """A manifest and so many provisions, as canonical JSON."""
    manifest = {
        "attachments": [],
        "languages": [{"first": 1, "language": "en", "last": provisions, "status": "authentic"}],
        "number": 0,
        "original": None,
        "prevails": "text",
        "standing": "formal",
        "title": "A paper",
    }
    return [encode(manifest)] + [
        encode(
            {
                "answers": [],
                "eId": f"art_{number}",
                "language": "en",
                "number": number,
                "path": [f"Article {number}"],
                "requires": [1] if number == 2 else [],
                "wId": f"art_{number}",
                "words": f"Words of article {number}.",
            }
        )
        for number in range(1, provisions + 1)
    ]


def two_states() -> LoggedCase:
    """ru and us, enrolled, convened by us and joined by ru, a second apart."""
    case = LoggedCase()
    for step in (
        lambda: case.enrol("ru"),
        lambda: case.enrol("us"),
        lambda: case.convene("us", "ru"),
        lambda: case.join("ru"),
    ):
        step()
        case.tick(1)
    return case


def delivered(**changes: object) -> tuple[LoggedCase, Signed]:
    """A paper of us, receipted by ru, handed over and confirmed."""
    case = two_states()
    deposit = case.paper("us", "ru", **changes)
    case.tick(1)
    case.admit(case.receipt("ru", deposit))
    case.tick(1)
    case.admit(case.handover("ru", deposit))
    case.admit(case.confirmation("ru", deposit))
    return case, deposit
