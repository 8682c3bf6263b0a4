"""Saying in public: statements about a paper, releases of provisions, and taking an own release back.

What is returned is meant, and not yet signed: `Session.carry_out` signs it, `hands.prepare` writes it to a file.
"""

from __future__ import annotations

from collections.abc import Sequence

from parley import publication
from parley.act import Audience, Release, Statement, StatementKind, Withdrawal, Words
from parley.canonical import Time, encode
from parley.client import trusting
from parley.client.calling import called
from parley.client.references import find
from parley.client.session import Intent, Session
from parley.crypto import sha256
from parley.errors import Malformed, Refused


def statement(session: Session, kind: StatementKind, reference: str, words: Sequence[Words]) -> Intent:
    """To say something about a paper, in our own words."""
    session.sync()
    negotiation, paper = find(session, reference, signing=True)
    wish = sha256(encode([kind, list(words)])).hex()[:16]
    return Intent(
        purpose=f"statement {paper.digest.hex()} {wish}",
        build=lambda: Statement(
            **session.common(negotiation.id, session.keyring.signing),
            about=kind,
            deposit=paper.digest,
            words=tuple(words),
        ),
        about=called(session, negotiation, paper),
    )


def release(
    session: Session,
    reference: str,
    *,
    provisions: Sequence[int] | None,
    audience: Sequence[str],
    not_before: Time | None,
    until: Time | None,
    one_sided: bool,
) -> Intent:
    """To agree to provisions being shown. It publishes nothing."""
    session.sync()
    negotiation, paper = find(session, reference, signing=True)
    shown = tuple(sorted(set(provisions))) if provisions is not None else None
    parties = tuple(sorted({trusting.find_party(session, party) for party in audience}))
    to_whom = Audience(parties=parties, public=not parties)
    wish = sha256(encode([list(shown) if shown else None, list(parties), not_before, until, one_sided])).hex()[:16]
    return Intent(
        purpose=f"release {paper.digest.hex()} {wish}",
        build=lambda: Release(
            **session.common(negotiation.id, session.keyring.signing),
            audience=to_whom,
            beside=() if one_sided else publication.to_join(paper, session.party, to_whom, shown),
            deposit=paper.digest,
            not_before=not_before,
            one_sided=one_sided,
            provisions=shown,
            until=until,
        ),
        about=called(session, negotiation, paper),
    )


def withdraw_release(session: Session, reference: str, digits: str) -> Intent:
    """To take an own release back; `digits` are the first eight or more of its digest."""
    session.sync()
    negotiation, paper = find(session, reference, signing=True)
    if len(digits) < 8:
        raise Malformed("reference.form", reference=digits[:60])
    found = [done for done in paper.releases if done.digest.hex().startswith(digits.strip().casefold())]
    if len(found) != 1:
        raise Refused("withdrawal.no-such-release")
    return Intent(
        purpose=f"withdrawal {found[0].digest.hex()}",
        build=lambda: Withdrawal(
            **session.common(negotiation.id, session.keyring.signing),
            deposit=paper.digest,
            recipients=(),
            release=found[0].digest,
        ),
        about=called(session, negotiation, paper),
    )
