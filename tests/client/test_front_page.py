"""The sender's side of the front page: what became of its papers, and who has not joined; parties by their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from parley.canonical import Time
from parley.client import Delegation
from parley.client.overview import LATELY
from parley.client.views import PaperView
from parley.errors import Malformed, Refused
from tests.client.places import Office, draft_file, trust_each_other, two

HOUR = 3_600_000


def hand_over(us: Delegation, folder: Path, **options: object) -> str:
    draft = us.prepare(draft_file(folder), to=["ru"], role="note", terms="essence", **options)  # type: ignore[arg-type]  # by name
    return us.send(draft).reference


def told(delegation: Delegation) -> list[tuple[str, list[str]]]:
    def states(paper: PaperView) -> list[str]:
        return [delivery.state for delivery in paper.deliveries]

    return [(paper.reference, states(paper)) for paper in delegation.front_page().news]


def test_a_receipt_a_refusal_and_an_expiry_are_news_to_the_sender_the_newest_first(
    office: Office, tmp_path: Path
) -> None:
    ru, us = two(office, tmp_path)
    for _ in range(2):
        hand_over(us, tmp_path)
    hand_over(us, tmp_path, accept_by=Time(office.clock() + 3 * HOUR))
    assert told(us) == []
    ru.receive("US-1", terms="accepted")
    office.clock.pass_(HOUR)
    ru.refuse("US-2", reason="form")
    assert told(us) == [("US-2", ["refused"]), ("US-1", ["confirmed"])]
    office.pass_(3 * HOUR)
    while ("US-3", ["expired"]) not in told(us):  # the depositary's expiry comes with its next batch
        pass
    assert [reference for reference, _ in told(us)] == ["US-3", "US-2", "US-1"]
    assert told(ru) == []


def test_what_was_replaced_taken_back_or_is_old_is_no_news(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    for _ in range(3):
        hand_over(us, tmp_path)
    ru.receive("US-1", terms="accepted")
    ru.refuse("US-2", reason="form")
    us.withdraw("US-3")
    assert us.send(us.prepare_again("US-2")).reference == "US-4"
    assert told(us) == [("US-1", ["confirmed"])]
    office.pass_(LATELY)
    assert told(us) == [("US-1", ["confirmed"])]
    office.pass_(1000)
    assert told(us) == []


def test_who_has_not_joined_is_waited_for(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    (joining,) = us.front_page().joining
    assert (joining.handle, set(joining.parties) - set(joining.joined)) == ("amber-heron", {"ru"})
    assert ru.front_page().joining == ()  # that ru should join is among what waits for ru
    ru.join("amber-heron")
    assert us.front_page().joining == ()


# --- parties by name --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["ru", "RU", "Russian Federation", " russian  FEDERATION "])
def test_a_party_goes_by_its_name_in_any_case(office: Office, tmp_path: Path, text: str) -> None:
    _, us = two(office, tmp_path)
    assert us.partner(text).party == "ru"


def test_a_party_compared_and_not_met_yet_goes_by_its_name(office: Office, tmp_path: Path) -> None:
    ru = office.party(tmp_path, "ru", "Russian Federation")
    fr = office.party(tmp_path, "fr", "France")
    for delegation in (ru, fr):
        delegation.sync()
    trust_each_other(ru, fr)
    assert ru.partner("FRANCE").party == "fr"
    ru.trust("france", fr.me().number, name="The Republic")
    assert ru.partner("the republic").party == "fr"
    assert ru.convene("Grain", ["The Republic"]).parties == ("fr", "ru")


def test_an_unknown_party_is_answered_with_those_that_are_known(office: Office, tmp_path: Path) -> None:
    _, us = two(office, tmp_path)
    for text in ("Germany", "germany", "The Moon & Stars"):
        with pytest.raises(Refused) as caught:
            us.partner(text)
        assert caught.value.code == "party.unknown"
        assert caught.value.details["candidates"] == "ru (Russian Federation)"


def test_one_name_for_two_parties_is_no_name(office: Office, tmp_path: Path) -> None:
    _, us = two(office, tmp_path)
    office.party(tmp_path, "fr", "Russian Federation")
    us.trust("fr", us.partner("fr").number)
    with pytest.raises(Refused) as caught:
        us.partner("Russian Federation")
    assert (caught.value.code, caught.value.details["candidates"]) == ("party.ambiguous", "fr, ru")


# --- what can be known before anybody is asked ------------------------------------------------------------------


def test_what_would_be_refused_is_known_before_a_file_is_read(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    office.party(tmp_path, "fr", "France")
    us.check_wish(["ru"], "amber-heron", accept_by=Time(office.clock() + HOUR))
    for code, to, options in (
        ("trust.not-compared", "fr", {}),
        ("deposit.not-a-party", "fr", {"unconfirmed": True}),
        ("deposit.to-ourselves", "us", {}),
        ("reference.unknown", "ru", {"replaces": "US-9"}),
        ("deposit.limit-passed", "ru", {"accept_by": office.clock()}),
    ):
        with pytest.raises(Refused) as caught:
            us.check_wish([to], **options)  # type: ignore[arg-type]  # by name
        assert caught.value.code == code
    with pytest.raises(Refused, match=r"negotiation\.unknown-handle"):
        us.check_wish(["ru"], "black-stork")
    assert us.status() == ()
    with pytest.raises(Refused, match=r"trust\.not-compared"):
        ru.check_convening("Grain", ["fr"])
    with pytest.raises(Malformed, match=r"act\.parties"):
        ru.check_convening("Grain", ["ru"])
    for title, handle, code in (("", None, "convene.title-empty"), ("Grain", "Amber", "act.handle")):
        with pytest.raises(Malformed, match=code):
            ru.check_convening(title, ["us"], handle=handle)
    assert ru.check_convening("Grain", ["United States"], handle="green-finch") == ("ru", "us")


def test_what_comes_first_is_known_where_nobody_waits(office: Office, tmp_path: Path) -> None:
    ru = office.party(tmp_path, "ru", "Russian Federation")
    us = office.party(tmp_path, "us", "United States")
    page = us.front_page()
    assert (page.compared, page.negotiates) == (False, False)
    us.trust("ru", ru.me().number)
    page = us.front_page()
    assert (page.compared, page.negotiates) == (True, False)
    us.convene("Guarantees", ["ru"])
    page = us.front_page()
    assert (page.compared, page.negotiates) == (True, True)
