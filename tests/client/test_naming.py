"""How papers, negotiations, parties and limits are named, and whom a delegation trusts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley import canonical
from parley.canonical import Time, decode, encode
from parley.client import Delegation
from parley.client.convening import random_handle
from parley.client.limits import after_working_days, day_of, end_of_day, is_working, next_working, parse_limit
from parley.client.ports import Response
from parley.errors import Malformed, ParleyError, Refused
from parley.policy import Trust
from parley.wire import Chains
from tests.client.places import Office, Random, draft_file, trust_each_other, two

# --- limits -----------------------------------------------------------------------------------------------------

days = st.dates(date(1990, 1, 1), date(2090, 1, 1))
zones = st.sampled_from(["UTC", "Europe/Moscow", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Asia/Tehran"])


@given(days, zones)
def test_the_end_of_a_day_is_its_last_millisecond(day: date, zone: str) -> None:
    end = end_of_day(day, zone)
    assert day_of(end, zone) == day
    assert day_of(Time(end + 1), zone) > day
    assert parse_limit(day.isoformat(), zone) == end


@given(days, st.integers(1, 30), st.sets(days, max_size=3), zones)
def test_so_many_working_days_later(day: date, count: int, off: set[date], zone: str) -> None:
    non_working = {each.isoformat() for each in off}
    limit = day_of(after_working_days(end_of_day(day, zone), count, non_working, zone), zone)
    assert is_working(limit, non_working)
    between = (date.fromordinal(number) for number in range(day.toordinal() + 1, limit.toordinal() + 1))
    assert sum(is_working(each, non_working) for each in between) == count


@given(days, zones)
def test_a_limit_on_a_holiday_gets_an_offer(day: date, zone: str) -> None:
    limit = end_of_day(day, zone)
    offer = next_working(limit, {"2022-01-07"}, zone)
    if is_working(day, {"2022-01-07"}):
        assert offer is None
    else:
        assert offer is not None
        assert offer > limit
        assert next_working(offer, {"2022-01-07"}, zone) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022-01-31", "2022-01-31T20:59:59.999Z"),
        ("2022-01-31T21:00Z", "2022-01-31T21:00:00.000Z"),
        ("2022-01-31T21:00:00+03:00", "2022-01-31T18:00:00.000Z"),
    ],
)
def test_limits_as_people_type_them(text: str, expected: str) -> None:
    assert parse_limit(text, "Europe/Moscow").to_text() == expected


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "2022-02-30", "2022-01-31T21:00", "0001-01-01T00:00+23:59", "9999-12-31"]
)
def test_what_is_no_limit(text: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse_limit(text, "Europe/Moscow")
    assert caught.value.code == "limit.form"


@pytest.mark.parametrize("zone", ["", "Nowhere/Nothing", "../etc/passwd", "a\0b"])
def test_zones_that_do_not_exist(zone: str) -> None:
    with pytest.raises(Malformed) as caught:
        end_of_day(date(2022, 1, 1), zone)
    assert caught.value.code == "limit.zone"


# --- references -------------------------------------------------------------------------------------------------


def _code(refused: object) -> str:
    assert callable(refused)
    with pytest.raises(ParleyError) as caught:
        refused()
    return caught.value.code


def _deposit(sender: Delegation, folder: Path, to: str, handle: str | None = None) -> str:
    draft = sender.prepare(draft_file(folder), to=[to], role="note", terms="public", handle=handle)
    return sender.send(draft).digest


def test_names_of_papers(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    first = _deposit(us, tmp_path, "ru")
    ru.join("AMBER-HERON ")
    _deposit(ru, tmp_path, "us")
    us.sync()
    for name in ("US-1", "us-1", " Us-1 ", "amber-heron/US-1", "Amber-Heron/us-1", first[:8], first, first[:9].upper()):
        assert us.show(name, fetch=False).digest == first
    assert us.show("latest", fetch=False).reference == "RU-1"
    assert _code(lambda: us.show("US-9", fetch=False)) == "reference.unknown"
    assert _code(lambda: us.show("calm-lake/US-1", fetch=False)) == "reference.unknown"
    assert _code(lambda: us.show("00000000", fetch=False)) == "reference.unknown"
    for text in ("", "US", "US-0", "US-01", "US-1;", "../US-1", first[:7], "US-1\n/"):
        assert _code(lambda text=text: us.show(text, fetch=False)) == "reference.form"
    assert _code(lambda: us.withdraw("latest")) == "reference.latest"


def test_a_reference_in_two_negotiations(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    us.convene("Another matter", ["ru"], handle="calm-lake")
    _deposit(us, tmp_path, "ru", "amber-heron")
    _deposit(us, tmp_path, "ru", "calm-lake")
    ru.sync()
    with pytest.raises(Refused) as caught:
        ru.refuse("US-1", reason="other")
    assert caught.value.code == "reference.ambiguous"
    assert caught.value.details["candidates"] == "amber-heron/US-1, calm-lake/US-1"
    assert _code(lambda: ru.negotiation()) == "reference.ambiguous"
    assert _code(lambda: ru.use("still-water")) == "negotiation.unknown-handle"
    ru.use("calm-lake")
    assert ru.show("US-1").handle == "calm-lake"
    assert ru.show("amber-heron/US-1").handle == "amber-heron"
    assert ru.negotiation().in_use
    assert [each.handle for each in ru.negotiations()] == ["calm-lake", "amber-heron"]


def test_a_paper_is_called_what_finds_it(office: Office, tmp_path: Path) -> None:
    """What screens and next commands say of a paper means that paper, whichever negotiation is in use."""
    ru, us = two(office, tmp_path)
    us.convene("Another matter", ["ru"], handle="calm-lake")
    us.convene("A third", ["ru"], handle="still-water")
    for handle in ("amber-heron", "calm-lake", "calm-lake"):
        _deposit(us, tmp_path, "ru", handle)
    ru.sync()
    assert ru.negotiation("still-water").papers == 0
    for chosen, names in (
        (None, {"amber-heron/US-1", "calm-lake/US-1", "US-2"}),
        ("calm-lake", {"amber-heron/US-1", "US-1", "US-2"}),
        ("amber-heron", {"US-1", "calm-lake/US-1", "US-2"}),
        ("still-water", {"amber-heron/US-1", "calm-lake/US-1", "US-2"}),
    ):
        if chosen is not None:
            ru.use(chosen)
        papers = ru.inbox().for_us
        assert {paper.called for paper in papers} == names
        for paper in papers:
            assert ru.show(paper.called, fetch=False).digest == paper.digest
            assert paper.reference == paper.called.rpartition("/")[2]
    assert ru.refuse("calm-lake/US-1", reason="other").reference == "calm-lake/US-1"
    assert ru.refuse("US-2", reason="other").reference == "US-2"


def test_a_handle_that_a_stranger_takes_as_well(office: Office, tmp_path: Path) -> None:
    """The first in the log keeps the plain handle, whoever joins what; the other has a number."""
    ru, us = two(office, tmp_path)
    ours = us.negotiation().id
    ru.join("amber-heron")
    _deposit(us, tmp_path, "ru", "amber-heron")
    stranger = office.party(tmp_path, "xx", "Stranger")
    stranger.sync()
    theirs = stranger.convene("Taken", ["ru", "us"], handle="amber-heron", unconfirmed=True)
    assert theirs.handle == "amber-heron"  # nothing else of that name is known to the stranger
    for delegation in (ru, us):
        delegation.sync()
        assert delegation.negotiation("amber-heron").id == ours
        assert delegation.negotiation("Amber-Heron-2").id == theirs.id
        assert [each.handle for each in delegation.negotiations()] == ["amber-heron-2", "amber-heron"]
        assert delegation.show("amber-heron/US-1").handle == "amber-heron"
        assert _code(lambda each=delegation: each.negotiation("amber-heron-1")) == "negotiation.unknown-handle"
        assert _code(lambda each=delegation: each.negotiation("amber-heron-3")) == "negotiation.unknown-handle"
    _deposit(us, tmp_path, "ru", "amber-heron-2")
    ru.sync()
    assert ru.show("amber-heron-2/US-1").handle == "amber-heron-2"
    assert ru.show("US-1").handle == "amber-heron"  # the one that it joined is in use
    reply = ru.prepare_reply("amber-heron-2/US-1", draft_file(tmp_path, "# Words\n"), terms="essence")
    assert reply.handle == "amber-heron-2"


def test_a_name_goes_on_meaning_what_it_meant(office: Office, tmp_path: Path) -> None:
    """A negotiation that stands earlier in the log and is read later takes the next number, in this home for good."""
    ru, us = two(office, tmp_path)
    stranger = office.party(tmp_path, "xx", "Stranger")
    early = us.negotiation()
    stranger.convene("Taken", ["ru", "us"], handle="amber-heron", unconfirmed=True)
    between = HiddenChain(office, early.id)
    ru._session.remote._transport = between
    ru.sync()
    late = ru.negotiation("amber-heron")
    assert late.id != early.id
    between.hidden = ""
    ru.sync()
    for delegation in (ru, office.open(tmp_path / "ru")):
        assert delegation.negotiation("amber-heron").id == late.id
        assert delegation.negotiation("amber-heron-2").id == early.id
    us.sync()
    assert us.negotiation("amber-heron").id == early.id
    assert ru.audit().bad is None


class HiddenChain:
    """An honest depositary that keeps one negotiation back."""

    def __init__(self, office: Office, hidden: str) -> None:
        self._inner, self.hidden = office.transport, hidden

    def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response:
        answer = self._inner.send(method, target, headers, body)
        if target != "/v1/chains":
            return answer
        kept = tuple(each for each in decode(answer.body, Chains).chains if each.id != self.hidden)
        return Response(status=answer.status, headers=answer.headers, body=encode(Chains(chains=kept)))

    def close(self) -> None:
        return None


def test_the_title_opens_for_the_parties(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    (to_join,) = ru.inbox().to_join
    assert (to_join.title, to_join.we_joined, to_join.convened_by) == ("Security guarantees", False, "us")
    assert us.negotiation().title == "Security guarantees"
    assert ru.join("amber-heron").joined == ("ru", "us")
    assert ru.join("amber-heron").we_joined
    sealed = {path.stat().st_size for path in (tmp_path / "depositary").rglob("*") if path.is_file()}
    us.convene("S", ["ru"])
    grown = {path.stat().st_size for path in (tmp_path / "depositary").rglob("*") if path.is_file()}
    assert any(size in sealed for size in grown)


def test_handles_are_two_plain_words() -> None:
    handles = {random_handle(Random(str(number))) for number in range(300)}
    assert len(handles) > 250
    assert all(len(handle.split("-")) == 2 for handle in handles)


# --- trust ------------------------------------------------------------------------------------------------------


def test_numbers_are_compared_by_typing(office: Office, tmp_path: Path) -> None:
    ru = office.party(tmp_path, "ru", "Russian Federation")
    us = office.party(tmp_path, "us", "United States")
    us.sync()
    number = ru.me().number
    assert us.partner("ru").number == number
    assert us.partner("ru").compared is None
    wrong = ("1" if number[0] != "1" else "2") + number[1:]
    assert _code(lambda: us.trust("ru", wrong)) == "trust.differs"
    assert _code(lambda: us.trust("ru", number[:-1])) == "trust.number"
    assert _code(lambda: us.trust("xx", number)) == "party.unknown"
    assert us.partner("ru").compared is None
    first = us.trust("ru", number.replace(" ", ""), name="Russia")
    assert (first.already, first.partner.name) == (False, "Russia")
    office.pass_(1000)
    again = us.trust("ru", number)
    assert (again.already, again.partner.compared) == (True, first.partner.compared)


def test_nothing_is_sealed_to_a_party_that_was_not_compared(office: Office, tmp_path: Path) -> None:
    ru = office.party(tmp_path, "ru", "Russian Federation")
    us = office.party(tmp_path, "us", "United States")
    us.sync()
    with pytest.raises(Refused) as caught:
        us.convene("Guarantees", ["ru"])
    assert (caught.value.code, caught.value.details) == (
        "trust.not-compared",
        {"party": "Russian Federation", "id": "ru"},
    )
    us.convene("Guarantees", ["ru"], unconfirmed=True)
    file = draft_file(tmp_path)
    assert _code(lambda: us.prepare(file, to=["ru"], role="note", terms="public")) == "trust.not-compared"
    draft = us.prepare(file, to=["ru"], role="note", terms="public", unconfirmed=True)
    assert draft.untrusted == ("ru",)
    us.send(draft)
    (waiting,) = ru.inbox().for_us
    assert waiting.sender_compared is None
    assert _code(lambda: ru.receive("US-1", terms="accepted")) == "trust.not-compared"
    assert _code(lambda: ru.join(waiting.handle)) == "trust.not-compared"
    assert ru.show("US-1").deliveries[0].state == "waiting"
    trust_each_other(ru, us)
    assert ru.receive("US-1", terms="accepted").paper.sender_compared is not None


def test_a_root_that_is_not_the_compared_one_is_refused_whatever_is_said(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    session = us._session
    kept = session.ledger.kept("trust", "ru")
    assert kept is not None
    other = kept.replace(ru._session.party_file.root.hex().encode(), b"00" * 32)
    session.ledger.keep("trust", "ru", other)
    for unconfirmed in (False, True):
        with pytest.raises(Refused) as caught:
            us.prepare(draft_file(tmp_path), to=["ru"], role="note", terms="public", unconfirmed=unconfirmed)
        assert caught.value.code == "trust.root-differs"


def test_the_trust_file_names_us_and_whom_we_compared(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    trust = Trust.parse(us.trust_file())
    assert {party.party: party.root for party in trust.parties} == {
        "us": us._session.party_file.root,
        "ru": ru._session.party_file.root,
    }
    assert list(trust.policy.logs) == ["depositary.example/log/1"]


def test_a_comparison_kept_by_an_older_home_still_counts(office: Office, tmp_path: Path) -> None:
    _, us = two(office, tmp_path)
    ledger = us._session.ledger
    kept = ledger.kept("trust", "ru")
    assert kept is not None
    older = canonical.decode_any(kept)
    del older["given"]
    ledger.keep("trust", "ru", encode(older))
    russia = us.partner("ru")
    assert (russia.compared is not None, russia.given) == (True, False)
    assert us.partner("Russian Federation").party == "ru"
    assert {party.party for party in Trust.parse(us.trust_file()).parties} == {"ru", "us"}
    ledger.keep("trust", "ru", encode(older | {"given": "yes"}))
    with pytest.raises(Malformed):
        us.partner("ru")


def test_a_party_is_found_by_its_name(office: Office, tmp_path: Path) -> None:
    _, us = two(office, tmp_path)
    assert us.partner("russian federation").party == "ru"
    assert us.partner("RU").party == "ru"
    draft = us.prepare(draft_file(tmp_path), to=["Russian Federation"], role="note", terms="public")
    assert [recipient.party for recipient in draft.recipients] == ["ru"]


@pytest.mark.parametrize("called", ["us", "US", "Us", "u\u017f"])
def test_a_party_that_calls_itself_by_the_id_of_another_is_not_taken_for_it(
    office: Office, tmp_path: Path, called: str
) -> None:
    ru = office.party(tmp_path, "ru", "Russian Federation")
    office.found(tmp_path, "xx", "Stranger", calling_itself=called)
    stranger = office.open(tmp_path / "xx")
    stranger.sync()
    stranger.convene("Gas", ["ru"], unconfirmed=True)
    ru.sync()
    assert [each.name for each in ru.partners()] == ["Russian Federation", called]
    number, file = stranger.me().number, draft_file(tmp_path)
    for compared in (False, True):
        if compared:
            ru.trust("xx", number)
        for typed in ("us", "US", " Us ", "uS"):
            for step in (
                lambda typed=typed: ru.partner(typed),
                lambda typed=typed: ru.trust(typed, number),
                lambda typed=typed: ru.convene("Security", [typed], unconfirmed=True),
                lambda typed=typed: ru.prepare(file, to=[typed], role="note", terms="public", unconfirmed=True),
            ):
                assert _code(step) == "party.called-so"
    us = office.party(tmp_path, "us", "United States")
    assert us.me().number != number
    assert ru.partner("us").number == ru.partner("US").number == us.me().number
    assert _code(lambda: ru.trust("us", number)) == "trust.differs"


def test_a_name_that_could_be_an_id_is_good_once_this_reader_gave_it(office: Office, tmp_path: Path) -> None:
    us = office.party(tmp_path, "us", "United States")
    number = office.party(tmp_path, "fr", "France").me().number
    us.trust("fr", number)
    assert not us.partner("fr").given
    assert us.partner("france").party == "fr"  # a name as States have them, and its number was compared
    us.trust("fr", number, name="Paris")
    assert us.partner("fr").given
    assert us.partner("paris").party == "fr"
    for typed in ("France", "berlin"):
        assert _code(lambda typed=typed: us.partner(typed)) == "party.unknown"
    assert us.partner("US").party == "us"


def test_a_name_is_not_enough_before_the_number_was_compared(office: Office, tmp_path: Path) -> None:
    us = office.party(tmp_path, "us", "United States")
    fr = office.party(tmp_path, "fr", "France")
    fr.sync()
    fr.convene("Gas", ["us"], unconfirmed=True)
    us.sync()
    for typed in ("France", "france"):
        with pytest.raises(Refused) as caught:
            us.partner(typed)
        assert (caught.value.code, caught.value.details) == ("party.called-so", {"name": typed, "candidates": "fr"})
    assert us.partner("fr").name == "France"


def test_an_id_that_is_known_comes_before_a_name_that_was_given(office: Office, tmp_path: Path) -> None:
    us = office.party(tmp_path, "us", "United States")
    us.trust("fr", office.party(tmp_path, "fr", "France").me().number, name="Paris")
    paris = office.party(tmp_path, "paris", "City of Paris")
    assert us.partner("paris").party == "fr"
    paris.convene("Olympic games", ["us"], unconfirmed=True)
    us.sync()
    assert us.partner("Paris").party == "paris"


def test_whom_a_paper_cannot_go_to(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    fr = office.party(tmp_path, "fr", "France")
    us.trust("fr", fr.me().number)
    file = draft_file(tmp_path)
    assert _code(lambda: us.prepare(file, to=["us"], role="note", terms="public")) == "deposit.to-ourselves"
    assert _code(lambda: us.prepare(file, to=["fr"], role="note", terms="public")) == "deposit.not-a-party"
    assert _code(lambda: us.prepare(file, to=[], role="note", terms="public")) == "deposit.no-recipient"
    assert _code(lambda: us.prepare(file, to=["nobody"], role="note", terms="public")) == "party.unknown"
    assert _code(lambda: us.prepare(file, to=["no body!"], role="note", terms="public")) == "party.unknown"
    assert _code(lambda: fr.negotiation()) == "negotiation.none"
    ru.sync()
    assert _code(lambda: ru.prepare(file, to=["us"], role="response", terms="public")) == "act.response-to-nothing"
