"""The main job against a depositary in a process of its own: found, trust, convene, hand over, take in, read, prove."""

from __future__ import annotations

from pathlib import Path

import pytest

from parley.act import Holder
from parley.client import Delegation, found
from parley.errors import Refused
from parley.policy import Trust
from parley.verdict import verify
from tests.client.places import PASSPHRASE, ServedOffice, draft_file, trust_each_other


def _found(served: ServedOffice, folder: Path, party: str, name: str) -> Delegation:
    result = found(
        folder / party,
        served.invite(party, name),
        passphrase=PASSPHRASE,
        root_folder=folder / f"{party}-root",
        holder=Holder(name=f"Officer of {name}", office="Registry"),
    )
    assert result.party == party
    assert result.root_file.stat().st_mode & 0o777 == 0o600
    return Delegation.open(folder / party, lambda: PASSPHRASE)


def test_from_invitation_to_evidence(served: ServedOffice, tmp_path: Path) -> None:
    with (
        _found(served, tmp_path, "ru", "Russian Federation") as ru,
        _found(served, tmp_path, "us", "United States") as us,
    ):
        trust_each_other(ru, us)
        us.convene("Security guarantees", ["ru"])
        draft = us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="essence", our_ref="No. 1234")
        assert (draft.title, draft.provisions, draft.untrusted) == ("Draft", 2, ())
        entered = us.send(draft)
        assert entered.reference == "US-1"

        (waiting,) = ru.inbox().for_us
        assert waiting.cover is not None
        assert (waiting.cover.subject, waiting.cover.reference, waiting.join_first) == ("Draft", "No. 1234", True)
        with pytest.raises(Refused) as caught:
            ru.read("US-1")
        assert caught.value.code == "paper.receipt-first"

        received = ru.receive("US-1", terms="under_reserve", our_ref="IN-7")
        assert received.joined is not None
        assert received.matches
        assert received.paper.our_ref == "IN-7"
        (delivery,) = received.paper.deliveries
        assert (delivery.state, delivery.terms_taken) == ("confirmed", "under_reserve")
        assert delivery.informed is not None

        reading = ru.read("latest")
        assert [provision.words for provision in reading.document.provisions] == ["Words one.", "Words two."]
        assert us.read("us-1").document == reading.document

        us.sync()
        evidence = us.evidence("US-1")
        verdict = verify(evidence, Trust.parse(us.trust_file()))
        assert verdict.result.name == "PROVEN", verdict
        assert us.audit().bad is None
        assert ru.audit().bad is None
