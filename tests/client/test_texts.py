"""Agreements that were handed over, found by their ids: the text that counts, in one negotiation or in all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from parley.client import Delegation
from parley.errors import Refused
from tests.client.places import Office
from tests.client.test_measures import both
from tests.measures.agreements import SMALL

AMENDED = SMALL.replace("at_least = 9000", "at_least = 5000").encode()
GIVEN: dict[str, Any] = {"terms": "public"}


def hand_over(delegation: Delegation, data: bytes, to: str, **more: Any) -> str:
    return delegation.send(delegation.measures.prepare_agreement(data, to=[to], **GIVEN, **more)).reference


def test_the_newest_text_is_found_with_the_paper_that_brought_it(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    assert ru.measures.deposited("small") is None
    assert ru.measures.all_deposited() == ()
    hand_over(ru, SMALL.encode(), "us")
    us.receive("RU-1", terms="accepted")
    for delegation in (ru, us):
        found = delegation.measures.deposited("small")
        assert found is not None
        assert (found.paper, found.negotiation, found.data) == ("amber-heron/RU-1", "amber-heron", SMALL.encode())
        assert not found.by_all
    hand_over(us, SMALL.encode(), "ru")
    ru.receive("US-1", terms="accepted")
    found = ru.measures.deposited("small", "amber-heron")
    assert found is not None
    assert (found.paper, found.by_all) == ("amber-heron/US-1", True)
    hand_over(us, AMENDED, "ru", amends="small")
    ru.receive("US-2", terms="accepted")
    (found,) = ru.measures.all_deposited()
    assert (found.paper, found.data, found.by_all) == ("amber-heron/US-1", SMALL.encode(), True)
    for delegation, paper in ((ru, "US-2"), (us, "US-1")):
        found = delegation.measures.to_adopt("small")
        assert found is not None
        assert found.paper == f"amber-heron/{paper}"
    assert ru.measures.deposited("large") is None


def test_a_text_that_was_not_signed_for_is_not_there_yet(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    hand_over(ru, SMALL.encode(), "us")
    us.sync()
    assert us.measures.deposited("small") is None


def test_of_several_negotiations_the_one_in_use_is_meant(office: Office, tmp_path: Path) -> None:
    ru, us = both(office, tmp_path)
    us.convene("Grain", ["ru"], handle="calm-lake")
    ru.sync()
    hand_over(us, SMALL.encode(), "ru", handle="amber-heron")
    found = us.measures.deposited("small")
    assert found is not None
    assert found.negotiation == "amber-heron"
    hand_over(us, SMALL.encode(), "ru", handle="calm-lake")
    found = us.measures.deposited("small")
    assert found is not None
    assert found.data == SMALL.encode()
    hand_over(us, AMENDED, "ru", handle="calm-lake", amends="small")
    us.convene("Fish", ["ru"], handle="green-finch")  # now in use, and without an agreement
    with pytest.raises(Refused) as caught:
        us.measures.deposited("small")
    assert caught.value.code == "agreement.several"
    assert caught.value.details["candidates"] == "amber-heron, calm-lake"
    us.use("calm-lake")
    found = us.measures.deposited("small")
    assert found is not None
    assert found.data == AMENDED
    found = us.measures.deposited("small", "amber-heron")
    assert found is not None
    assert found.data == SMALL.encode()
    with pytest.raises(Refused) as unknown:
        us.measures.deposited("small", "red-fox")
    assert unknown.value.code == "negotiation.unknown-handle"
