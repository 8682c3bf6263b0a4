"""Negotiations: convened with a sealed title, joined, and chosen as the one that is meant."""

from __future__ import annotations

from collections.abc import Sequence

from parley.act import Convene, Join, NegotiationRules, check_handle
from parley.age import FILE_KEY, seal_small
from parley.canonical import encode
from parley.client import trusting
from parley.client.calling import handle_of, use
from parley.client.home import write_whole
from parley.client.references import find_negotiation
from parley.client.session import Intent, Session
from parley.client.viewing import negotiation_view
from parley.client.views import Entered, NegotiationView
from parley.crypto import Digest, Nonce, Rng, sha256
from parley.errors import Malformed, Refused
from parley.fold import Negotiation
from parley.sealed_shape import NONCE
from parley.terms import Terms
from parley.wording import check_line

TITLE_SIZE = 1024
"""Bytes every title is padded to, so that its length says nothing."""

_FIRST = (
    "amber", "ancient", "autumn", "bright", "calm", "cedar", "clear", "copper", "coral", "crystal", "distant",
    "early", "eastern", "evening", "gentle", "golden", "granite", "green", "hidden", "inner", "ivory", "late",
    "level", "linen", "little", "lunar", "marble", "mellow", "middle", "misty", "morning", "northern", "olive",
    "open", "outer", "pale", "patient", "plain", "polar", "quiet", "rapid", "river", "rolling", "round", "sandy",
    "scarlet", "silent", "silver", "slow", "snowy", "solar", "southern", "spring", "steady", "stone", "summer",
    "timber", "upper", "velvet", "warm", "western", "white", "winter", "wooden",
)  # fmt: skip
_SECOND = (
    "arch", "aspen", "badger", "basin", "beacon", "birch", "bridge", "brook", "canal", "cliff", "cloud", "crane",
    "creek", "delta", "dune", "eagle", "elm", "falcon", "fern", "field", "finch", "fjord", "forest", "garden", "gate",
    "glacier", "grove", "gull", "harbour", "hazel", "heron", "hill", "island", "lagoon", "lake", "lantern", "larch",
    "lark", "lighthouse", "maple", "marsh", "meadow", "mill", "moor", "oak", "orchard", "otter", "path", "pine",
    "plover", "pond", "poplar", "reed", "ridge", "robin", "shore", "sparrow", "spruce", "stork", "swan", "terrace",
    "thrush", "valley", "willow",
)  # fmt: skip


def random_handle(rng: Rng) -> str:
    """Two neutral words, of 4096 pairs."""
    first, second = rng(2)
    return f"{_FIRST[first % len(_FIRST)]}-{_SECOND[second % len(_SECOND)]}"


def seal_title(session: Session, title: str, parties: Sequence[str]) -> Digest:
    """Seal a title to all parties, keep it, and return its digest."""
    text = checked_title(title)
    readers = [trusting.reading_key(session, party) for party in parties]
    rng = session.ports.rng
    sealed = seal_small(rng(FILE_KEY), rng(NONCE), text.ljust(TITLE_SIZE, b"\0"), readers)
    digest = sha256(sealed)
    write_whole(session.home.sealed(digest), sealed)
    return digest


def checked_title(title: str) -> bytes:
    """Raises: Malformed for a title that is empty, too long, or holds what words may not hold."""
    text = check_line(title, most=200).encode("utf-8")
    if not text.strip():
        raise Malformed("convene.title-empty")
    return text


def check(
    session: Session, title: str, others: Sequence[str], *, handle: str | None, unconfirmed: bool
) -> tuple[str, ...]:
    """All parties of a negotiation to be, ours among them, when title, handle and every one of them will do.

    Raises: as `checked_title`, Malformed("act.handle"), Malformed("act.parties") for ourselves alone,
    Refused("party.unknown"), Refused("trust.not-compared").
    """
    checked_title(title)
    if handle is not None:
        check_handle(handle)
    named = [trusting.find_party(session, party) for party in others]
    parties = tuple(sorted({*named, session.party}))
    if len(parties) < 2:
        raise Malformed("act.parties")
    for party in parties:
        trusting.check_trusted(session, party, unconfirmed=unconfirmed)
    return parties


def convening(
    session: Session,
    title: str,
    others: Sequence[str],
    *,
    handle: str | None,
    answer_days: int,
    non_working: Sequence[str],
    terms: Terms | None,
    unconfirmed: bool,
) -> Intent:
    """To found a negotiation."""
    session.sync()
    parties = check(session, title, others, handle=handle, unconfirmed=unconfirmed)
    rules = NegotiationRules(
        agreements=(), answer_days=answer_days, non_working=tuple(sorted(set(non_working))), terms=terms, witnesses=()
    )
    name = Nonce(session.ports.rng(16))

    def build() -> Convene:
        return Convene(
            **session.common(name, session.keyring.signing),
            handle=handle or random_handle(session.ports.rng),
            parties=parties,
            rules=rules,
            title=seal_title(session, title, parties),
        )

    # The register of a party is served once a negotiation is shared with it: until then the fold cannot try this.
    all_known = all(party in session.known.world.registers for party in parties)
    wish = sha256(encode([title, list(parties), handle or ""])).hex()[:16]
    return Intent(
        purpose=f"convene {wish}", build=build, about=handle or title, trial=all_known, chosen={"rules": rules}
    )


def convene(session: Session, intent: Intent) -> NegotiationView:
    """Found a negotiation; it becomes the one in use."""
    entered = session.carry_out(intent)
    negotiation = convened(session, Digest.from_text(entered.digest))
    use(session, negotiation)
    return negotiation_view(session, negotiation)


def convened(session: Session, digest: Digest) -> Negotiation:
    """The negotiation that an act convened. Raises: Refused("negotiation.unknown")."""
    for negotiation in session.known.world.negotiations.values():
        if negotiation.convened.digest == digest:
            return negotiation
    raise Refused("negotiation.unknown")


def join(session: Session, negotiation: Negotiation, *, unconfirmed: bool) -> Entered | None:
    """Accept the procedure, unless our party has; None then."""
    intents = joining(session, negotiation, unconfirmed=unconfirmed)
    return session.carry_out(intents[0]) if intents else None


def joining(session: Session, negotiation: Negotiation, *, unconfirmed: bool) -> tuple[Intent, ...]:
    """To accept the procedure; nothing where our party has."""
    if session.party in negotiation.joined:
        return ()
    trusting.check_trusted(session, negotiation.convene.by.party, unconfirmed=unconfirmed)
    return (
        Intent(
            purpose=f"join {negotiation.id.hex()}",
            build=lambda: Join(
                **session.common(negotiation.id, session.keyring.signing), convene=negotiation.convened.digest
            ),
            about=handle_of(session, negotiation),
        ),
    )


def join_by_handle(session: Session, handle: str, *, unconfirmed: bool) -> NegotiationView:
    session.sync()
    negotiation = find_negotiation(session, handle)
    join(session, negotiation, unconfirmed=unconfirmed)
    negotiation = session.negotiation(negotiation.id)
    use(session, negotiation)
    return negotiation_view(session, negotiation, fetch=True)
