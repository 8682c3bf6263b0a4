"""Joint draws through a real depositary: bound, shown in one round, drawn alike on both sides, and proven to anyone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from parley import canonical
from parley.canonical import Base64, Time
from parley.client import Delegation
from parley.client.draws import Draws, Limits
from parley.client.references import find
from parley.crypto import sha256
from parley.errors import Invalid, Malformed, Refused
from parley.measures.draw import Drawn, NotDrawn, Seed
from parley.measures.draw_proof import DrawProof, looks_like_draw, verify_draw
from parley.measures.held_file import Shown
from parley.measures.site_list import Sites
from parley.policy import Trust
from tests.client.places import DAY, Office, draft_file, trust_each_other, two

SITES = Sites(items=("Base A", "Base B", "Base C", "Base D", "Base E"), excluded=("Base C",))


def limits(office: Office) -> Limits:
    """Two days for each step."""
    now = office.clock()
    return Limits(bind_by=Time(now + 2 * DAY), show_by=Time(now + 4 * DAY), sign_by=Time(now + 6 * DAY))


def proposed(office: Office, folder: Path, **changes: Any) -> tuple[Delegation, Delegation, str]:
    ru, us = two(office, folder)
    ru.join("amber-heron")
    us.sync()
    rules: dict[str, Any] = {"take": 2, "if_not_shown": "others_choose", "limits": limits(office), "terms": "public"}
    draft = us.draws.prepare_terms(SITES, to=["ru"], **(rules | changes))
    reference = us.send(draft).reference
    available(ru, reference)
    return ru, us, reference


def available(party: Delegation, reference: str) -> None:
    for _ in range(200):
        party.sync()
        if party.show(reference).deliveries[0].state == "made available":
            return
    raise AssertionError(f"{reference} is not made available")


def bind_both(ru: Delegation, us: Delegation, reference: str) -> None:
    us.send(us.draws.prepare_seed(reference, Seed(bytes(32))))
    ru.send(ru.draws.prepare_seed(reference))


def show_both(ru: Delegation, us: Delegation, reference: str) -> tuple[str, str]:
    shown = [each.send(each.draws.prepare_showing(reference)).reference for each in (ru, us)]
    return shown[0], shown[1]


def drawn(ru: Delegation, us: Delegation, reference: str) -> tuple[str, str]:
    """All the steps to the end; returns the papers that show the seeds, of ru and of us."""
    bind_both(ru, us, reference)
    of_ru, of_us = show_both(ru, us, reference)
    us.receive(of_ru, terms="accepted")
    ru.receive(of_us, terms="accepted")
    us.receive(of_ru, terms="accepted")  # opened with the receipt that completes the round
    return of_ru, of_us


def test_both_sides_draw_alike_and_nobody_sees_a_seed_before(office: Office, tmp_path: Path) -> None:
    ru, us, reference = proposed(office, tmp_path)
    assert us.draws.view(reference).standing.stage == "binding"
    bind_both(ru, us, reference)
    assert us.draws.view(reference).standing.stage == "showing"
    of_ru, of_us = show_both(ru, us, reference)
    standing = us.draws.view(reference).standing
    assert standing.stage == "signing"
    assert [paper.reference for paper in standing.to_sign["us"]] == [of_ru]
    us.receive(of_ru, terms="accepted")
    with pytest.raises(Refused) as shut:  # signed for, and shut all the same: the other has not signed
        us.read(of_ru)
    assert shut.value.code == "paper.waits-round"
    ru.receive(of_us, terms="accepted")
    results = [each.draws.view(reference).standing.result for each in (ru, us)]
    assert results[0] == results[1]
    assert isinstance(results[0], Drawn)
    assert len(set(results[0].items) - {"Base C"}) == 2
    # Any paper of the draw names it.
    assert us.draws.view(of_ru).reference == us.draws.view(of_us).reference == reference


def test_a_stranger_computes_the_draw_again(office: Office, tmp_path: Path) -> None:
    ru, us, reference = proposed(office, tmp_path)
    drawn(ru, us, reference)
    data = us.draws.proof(reference)
    assert looks_like_draw(data)
    found = verify_draw(data, Trust.parse(us.trust_file()))
    assert found.drawn == us.draws.view(reference).standing.result
    assert found.verdict.result.value == "proven"
    assert verify_draw(ru.draws.proof(reference), None).drawn == found.drawn


def _changed(data: bytes, **changes: Any) -> bytes:
    proof = canonical.decode(data[:-1], DrawProof)
    members = {name: getattr(proof, name) for name in ("evidence", "kind", "opened", "version")}
    return DrawProof(**(members | changes)).write()


def _with_file(shown: Shown, data: bytes) -> Shown:
    return Shown(deposit=shown.deposit, document=shown.document, file=Base64(data), seal=shown.seal)


def test_a_proof_that_was_changed_proves_nothing(office: Office, tmp_path: Path) -> None:
    ru, us, reference = proposed(office, tmp_path)
    drawn(ru, us, reference)
    data = us.draws.proof(reference)
    terms, *rest = canonical.decode(data[:-1], DrawProof).opened
    stranger = Shown(deposit=sha256(b"no act"), document=terms.document, file=terms.file, seal=terms.seal)
    cases = {
        "draw.not-proven": [_changed(data, opened=(terms, rest[0]))],
        "disclosure.file": [
            _changed(data, opened=(_with_file(terms, b"{}"), *rest)),
            _changed(data, opened=(terms, rest[0], _with_file(rest[1], bytes(rest[0].file)))),
        ],
        "draw.incomplete": [_changed(data, opened=()), _changed(data, opened=(terms, stranger)),
                            _changed(data, opened=(stranger, *rest))],
        "evidence.last-line": [data[:-1]],
        "evidence.kind": [_changed(data, evidence=us.evidence(reference, kind="history").decode())],
    }  # fmt: skip
    for code, files in cases.items():
        for each in files:
            with pytest.raises((Invalid, Malformed)) as caught:
                verify_draw(each, None)
            assert caught.value.code == code


def test_a_draw_under_terms_that_let_nobody_show_it_is_not_written_out(office: Office, tmp_path: Path) -> None:
    ru, us, reference = proposed(office, tmp_path, terms="confidential")
    _, of_us = drawn(ru, us, reference)
    assert ru.show(of_us).terms == us.show(reference).terms  # every paper of a draw is under the terms of its first
    for each in (ru, us):
        with pytest.raises(Refused) as caught:
            each.draws.proof(reference)
        assert caught.value.code == "draw.confidential"


def test_what_is_not_yet_due_is_refused(office: Office, tmp_path: Path) -> None:
    ru, us, reference = proposed(office, tmp_path)
    us.send(us.draws.prepare_seed(reference))

    def refused(step: Any) -> str:
        with pytest.raises(Refused) as caught:
            step()
        return caught.value.code

    assert refused(lambda: us.draws.prepare_showing(reference)) == "draw.not-all-bound"
    assert refused(lambda: us.draws.prepare_seed(reference)) == "draw.bound"
    assert refused(lambda: us.draws.proof(reference)) == "draw.not-drawn"
    ru.send(ru.draws.prepare_seed(reference))
    us.send(us.draws.prepare_showing(reference))
    assert refused(lambda: us.draws.prepare_showing(reference)) == "draw.shown"
    office.pass_(5 * DAY)
    assert refused(lambda: ru.draws.prepare_showing(reference)) == "draw.over"


def test_who_stays_away_does_not_choose(office: Office, tmp_path: Path) -> None:
    """The other has shown its seed; it stays shut, and what the terms say follows."""
    ru, us, reference = proposed(office, tmp_path)
    bind_both(ru, us, reference)
    of_us = us.send(us.draws.prepare_showing(reference)).reference
    ru.receive(of_us, terms="accepted")
    office.pass_(5 * DAY)
    for each in (ru, us):
        standing = each.draws.view(reference).standing
        assert (standing.stage, dict(standing.missed)) == ("not_drawn", {"ru": "not_shown"})
        assert standing.result == NotDrawn(missing=("ru",), consequence="others_choose")
    with pytest.raises(Refused):
        ru.read(of_us)


def test_a_party_that_shows_another_seed_than_it_bound_is_named(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ru, us, reference = proposed(office, tmp_path)
    bind_both(ru, us, reference)
    true = Draws._shown

    def dishonest(self: Draws, paper: Any) -> Shown:
        shown = true(self, paper)
        return _with_file(shown, canonical.encode({"draw": "00" * 32, "seed": "ff" * 32, "terms": "00" * 32}))

    monkeypatch.setattr(Draws, "_shown", dishonest)
    of_ru = ru.send(ru.draws.prepare_showing(reference)).reference
    monkeypatch.undo()
    of_us = us.send(us.draws.prepare_showing(reference)).reference
    us.receive(of_ru, terms="accepted")
    ru.receive(of_us, terms="accepted")
    for each in (ru, us):
        standing = each.draws.view(reference).standing
        assert dict(standing.missed) == {"ru": "other_seed"}
        assert standing.result == NotDrawn(missing=("ru",), consequence="others_choose")


def test_what_is_shown_and_taken_back_is_the_fault_of_who_took_it_back(office: Office, tmp_path: Path) -> None:
    """A party shows, signs for the other's, and withdraws its own before the other can sign for that."""
    ru, us, reference = proposed(office, tmp_path)
    bind_both(ru, us, reference)
    of_ru, of_us = show_both(ru, us, reference)
    ru.receive(of_us, terms="accepted")
    ru.withdraw(of_ru)
    office.pass_(5 * DAY)
    for each in (ru, us):
        assert dict(each.draws.view(reference).standing.missed) == {"ru": "not_shown"}


def test_nobody_shows_twice_in_one_round(office: Office, tmp_path: Path) -> None:
    ru, us, reference = proposed(office, tmp_path)
    bind_both(ru, us, reference)
    one, other = us.draws.prepare_showing(reference), us.draws.prepare_showing(reference)
    us.send(one)
    with pytest.raises(Refused) as caught:
        us.send(other)
    assert caught.value.code == "deposit.round-twice"


def test_whoever_was_never_bound_owes_nothing(office: Office, tmp_path: Path) -> None:
    ru, us, reference = proposed(office, tmp_path)
    us.send(us.draws.prepare_seed(reference))
    office.pass_(3 * DAY)
    standing = us.draws.view(reference).standing
    assert standing.result == NotDrawn(missing=("ru",), consequence="void")
    assert dict(standing.missed) == {"ru": "not_bound"}
    assert ru.draws.view(reference).standing == standing


def test_a_draw_proposed_in_reply_to_another_is_one_of_its_own(office: Office, tmp_path: Path) -> None:
    ru, us, reference = proposed(office, tmp_path)
    rules: dict[str, Any] = {"take": 1, "if_not_shown": "void", "limits": limits(office), "terms": "public"}
    draft = us.draws.prepare_terms(SITES, to=["ru"], **rules)
    second = us.send(draft).reference
    available(ru, second)
    ru.send(ru.draws.prepare_seed(second))
    assert ru.draws.view(reference).standing.bound == {}
    assert list(us.draws.view(second).standing.bound) == ["ru"]


def test_a_paper_that_is_none_of_a_draw(office: Office, tmp_path: Path) -> None:
    ru, us, reference = proposed(office, tmp_path)
    (tmp_path / "note.md").write_text("# Note\n\nNothing is drawn here.\n", encoding="utf-8")
    other = us.send(us.prepare(tmp_path / "note.md", to=["ru"], role="note", terms="public")).reference
    with pytest.raises(Refused) as caught:
        us.draws.view(other)
    assert caught.value.code == "draw.none"
    assert us.draws.view(reference).terms.items == SITES.items
    _, paper = find(ru._session, reference, signing=False)
    assert paper.act.opening.kind == "at_once"


def three(office: Office, folder: Path) -> tuple[Delegation, Delegation, Delegation]:
    """Us, ru and fr, in one negotiation."""
    names = {"us": "United States", "ru": "Russian Federation", "fr": "France"}
    us, ru, fr = (office.party(folder, party, name) for party, name in names.items())
    trust_each_other(us, ru, fr)
    us.convene("Security guarantees", ["ru", "fr"], handle="amber-heron")
    for each in (ru, fr):
        each.join("amber-heron")
    us.sync()
    return us, ru, fr


def test_who_is_no_party_of_a_draw_sees_nothing_of_it(office: Office, tmp_path: Path) -> None:
    us, ru, fr = three(office, tmp_path)
    rules: dict[str, Any] = {"take": 1, "if_not_shown": "void", "limits": limits(office)}
    reference = us.send(us.draws.prepare_terms(SITES, to=["ru"], terms="public", **rules)).reference
    fr.sync()
    with pytest.raises(Refused) as caught:
        fr.draws.view(reference)
    assert caught.value.code == "paper.not-a-recipient"
    available(ru, reference)
    drawn(ru, us, reference)
    result = ru.draws.view(reference).standing.result
    assert isinstance(result, Drawn)
    assert ru.draws.view(reference).terms.parties == ("ru", "us")


def test_who_is_told_of_a_draw_and_is_no_party_of_it_binds_itself_to_nothing(office: Office, tmp_path: Path) -> None:
    us, _, fr = three(office, tmp_path)
    rules: dict[str, Any] = {"take": 1, "if_not_shown": "void", "limits": limits(office)}
    draft = us.draws.prepare_terms(SITES, to=["ru"], info=["fr"], terms="public", **rules)
    reference = us.send(draft).reference
    for _ in range(3):  # the notice, and with the next batch the handover
        fr.sync()
        fr.show(reference)
    assert fr.draws.view(reference).standing.stage == "binding"
    with pytest.raises(Refused) as caught:
        fr.draws.prepare_seed(reference)
    assert caught.value.code == "draw.not-a-party"


def test_a_draw_in_a_negotiation_that_is_not_in_use_is_called_with_its_handle(office: Office, tmp_path: Path) -> None:
    ru, us, reference = proposed(office, tmp_path)
    assert us.draws.view(reference).called("US-9") == "US-9"
    ru.convene("Grain", ["us"], handle="calm-lake")
    ru.use("calm-lake")
    ru.send(ru.prepare(draft_file(tmp_path), to=["us"], role="note", terms="public"))
    us.sync()
    us.use("calm-lake")
    us.join("calm-lake")
    us.send(us.prepare(draft_file(tmp_path), to=["ru"], role="note", terms="public"))
    view = us.draws.view(f"amber-heron/{reference}")
    assert (view.reference, view.called("US-9")) == (f"amber-heron/{reference}", "amber-heron/US-9")


def test_no_draw_is_proposed_whose_limit_has_passed(office: Office, tmp_path: Path) -> None:
    us = two(office, tmp_path)[1]
    now = office.clock()
    passed = Limits(bind_by=Time(now), show_by=Time(now + DAY), sign_by=Time(now + 2 * DAY))
    with pytest.raises(Refused) as caught:
        us.draws.prepare_terms(SITES, to=["ru"], take=2, if_not_shown="others_choose", limits=passed, terms="public")
    assert (caught.value.code, caught.value.details["time"]) == ("draw.past", now.to_text())
