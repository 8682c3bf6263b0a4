"""What becomes of papers: three recipients, terms asked and required, withdrawal, handing over again, who was first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from parley.act import Expiry, Words
from parley.articulate import Particulars
from parley.canonical import Time
from parley.client import Delegation, drafting
from parley.client.source import Source, read_source
from parley.envelope import Part
from parley.errors import Malformed, Refused
from tests.articulate.wordfile import docx, p, run
from tests.client.places import DAY, Office, draft_file, trust_each_other, two

HOUR = 3_600_000


def _hand_over(sender: Delegation, folder: Path, *to: str, **options: object) -> str:
    said = {"role": "proposal", "terms": "essence", **options}
    draft = sender.prepare(draft_file(folder), to=to, **said)  # type: ignore[arg-type]  # what a test says
    return sender.send(draft).reference


def test_three_recipients_end_as_receipt_refusal_and_expiry(office: Office, tmp_path: Path) -> None:
    names = {"us": "United States", "ru": "Russian Federation", "fr": "France", "de": "Germany"}
    us, ru, fr, de = all_ = [office.party(tmp_path, party, name) for party, name in names.items()]
    trust_each_other(*all_)
    us.convene("Security guarantees", ["ru", "fr", "de"])
    limit = Time(office.clock() + HOUR)
    _hand_over(us, tmp_path, "ru", "fr", "de", accept_by=limit)
    assert len(de.inbox().for_us) == 1
    assert ru.receive("US-1", terms="accepted").matches
    fr.sync()
    fr.refuse("US-1", reason="addressee", words=[Words(language="fr", text="Pas pour nous.")])
    office.pass_(HOUR + 1)
    (paper,) = us.status()
    while paper.deliveries[2].state == "waiting":  # the depositary's expiry comes with its next batch
        (paper,) = us.status()
    received, refused, expired = paper.deliveries
    assert (received.state, refused.state, expired.state) == ("confirmed", "refused", "expired")
    assert (refused.refusal_reason, refused.refusal_words) == ("addressee", (("fr", "Pas pour nous."),))
    assert expired.ended is not None
    assert expired.ended > limit
    with pytest.raises(Refused) as caught:
        de.receive("US-1", terms="accepted")
    assert (caught.value.code, caught.value.details["reference"]) == ("paper.expired", "US-1")
    rows = us.register()
    assert [row.delivery.party for row in rows] == ["ru", "fr", "de"]
    assert {row.direction for row in rows} == {"out"}
    for delegation in all_:
        assert delegation.audit().bad is None


def test_under_reserve_where_asked_and_not_where_required(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    _hand_over(us, tmp_path, "ru")
    _hand_over(us, tmp_path, "ru", force="required")
    received = ru.receive("US-1", terms="under_reserve")
    assert received.paper.deliveries[0].terms_taken == "under_reserve"
    with pytest.raises(Refused) as caught:
        ru.receive("US-2", terms="under_reserve")
    assert caught.value.code == "receipt.terms-required"
    assert ru.show("US-2").deliveries[0].state == "waiting"
    assert ru.receive("US-2", terms="accepted").matches


def test_four_times_and_the_cover(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    sent = office.clock()
    _hand_over(us, tmp_path, "ru", subject="Guarantees", precedence="immediate", shown_by_us=["the Congress"], pages=5)
    office.clock.pass_(1000)
    (waiting,) = ru.inbox().for_us
    assert waiting.cover is not None
    assert (waiting.cover.subject, waiting.cover.precedence, waiting.cover.pages) == ("Guarantees", "immediate", 5)
    assert waiting.cover.shown_by_sender == ("the Congress",)
    office.clock.pass_(1000)
    ru.receive("US-1", terms="accepted")
    us.sync()
    (delivery,) = us.show("US-1").deliveries
    assert (delivery.sent, delivery.deposited) == (sent, sent)
    assert (delivery.informed, delivery.channel) == (Time(sent + 1000), "fetched")
    assert delivery.received == Time(sent + 2000)
    assert delivery.signed_by is not None
    assert delivery.signed_by.name == "Officer of Russian Federation"
    stranger_view = us.show("US-1")
    assert stranger_view.cover is not None  # the sender holds a copy


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"original": "right.md"}, "articulate.whole-original"),
        ({"original": "right.md", "attach": ["letter.md"]}, "articulate.whole-original"),
        ({"prevails": "text"}, "articulate.whole-prevails"),
        ({"prevails": "original"}, None),
        ({"attach": ["letter.md"]}, None),
    ],
)
def test_a_file_that_goes_in_whole_is_its_own_original(
    office: Office, tmp_path: Path, options: dict[str, Any], code: str | None
) -> None:
    ru, us = two(office, tmp_path)
    for name in ("note.pdf", "right.md", "letter.md"):
        (tmp_path / name).write_text(f"Words of {name}.", "utf-8")
    if "original" in options:
        options = options | {"original": tmp_path / options["original"]}
    options = options | {"attach": [tmp_path / name for name in options.get("attach", ())]}
    if code is None:
        us.send(us.prepare(tmp_path / "note.pdf", to=["ru"], role="note", terms="essence", **options))
        assert ru.receive("US-1", terms="accepted").matches
        assert us.read("US-1").document.original is not None
        return
    with pytest.raises(Malformed) as caught:
        us.prepare(tmp_path / "note.pdf", to=["ru"], role="note", terms="essence", **options)
    assert caught.value.code == code
    assert us.status() == ()


def test_what_our_own_read_would_refuse_is_not_sealed(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, us = two(office, tmp_path)
    other = tmp_path / "other.bin"
    other.write_bytes(b"other")

    def mistaken(path: Path, particulars: Particulars, **options: Any) -> Source:
        return replace(
            read_source(path, particulars, **options), attachments=(Part(name="other.bin", size=5, open=other.open),)
        )

    monkeypatch.setattr(drafting, "read_source", mistaken)
    with pytest.raises(Malformed) as caught:
        us.prepare(draft_file(tmp_path), to=["ru"], role="note", terms="essence", attach=[other])
    assert caught.value.code == "deposit.would-not-open"


def test_a_withdrawn_paper_is_handed_over_again(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    extra = tmp_path / "annex.bin"
    extra.write_bytes(b"\x00\x01" * 50_000)
    _hand_over(us, tmp_path, "ru", attach=[extra], our_ref="No. 7")
    us.withdraw("US-1")
    assert us.show("US-1").deliveries[0].state == "withdrawn"
    assert us.show("US-1").may == ("again", "read")
    with pytest.raises(Refused) as caught:
        ru.receive("US-1", terms="accepted")
    assert (caught.value.code, "instead" in caught.value.details) == ("paper.taken-back", False)
    draft = us.prepare_again("US-1")
    assert (draft.replaces, [file.name for file in draft.attachments]) == ("US-1", ["annex.bin"])
    assert us.send(draft).reference == "US-2"
    assert ru.receive("US-2", terms="accepted").matches
    assert ru.show("US-1").replaced_by == "US-2"
    for answer in (lambda: ru.check_open("US-1"), lambda: ru.refuse("US-1", reason="form")):
        with pytest.raises(Refused) as caught:
            answer()
        assert (caught.value.code, caught.value.details["instead"]) == ("paper.taken-back", "US-2")
    (tmp_path / "out").mkdir()
    written = ru.extract("US-2", tmp_path / "out")
    assert {path.name for path in written} == {"annex.bin", "US-2.txt"}


def test_a_paper_received_is_not_withdrawn(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    _hand_over(us, tmp_path, "ru")
    ru.receive("US-1", terms="accepted")
    with pytest.raises(Refused) as caught:
        us.withdraw("US-1")
    assert caught.value.code == "withdrawal.received"


def test_a_paper_is_withdrawn_once(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    _hand_over(us, tmp_path, "ru")
    first = us.withdraw("US-1")
    with pytest.raises(Refused) as caught:
        us.withdraw("US-1")
    assert (caught.value.code, caught.value.winner) == ("paper.not-now", first.digest)
    ru.sync()
    with pytest.raises(Refused) as other:
        ru.withdraw("US-1")
    assert other.value.code == "withdrawal.not-the-sender"


def test_a_withdrawal_that_was_too_late_is_told_who_won(office: Office, tmp_path: Path) -> None:
    """The withdrawal is signed before the receipt is known here: the depositary's signed answer decides."""
    ru, us = two(office, tmp_path)
    _hand_over(us, tmp_path, "ru")
    ru.sync()
    session = us._session
    known_before = session.sync

    def blind() -> int:
        return 0

    session.sync = blind  # type: ignore[method-assign]  # the sender does not look first
    ru.receive("US-1", terms="accepted")
    with pytest.raises(Refused) as caught:
        us.withdraw("US-1")
    session.sync = known_before  # type: ignore[method-assign]
    assert caught.value.code == "withdrawal.received"
    assert caught.value.winner is not None
    assert us.settle() == ()
    assert us.show("US-1").deliveries[0].state == "confirmed"


def test_a_reply_answers_provisions(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    _hand_over(us, tmp_path, "ru")
    ru.receive("US-1", terms="accepted")
    response = tmp_path / "response.md"
    response.write_text("# Response\n\n## Article 1\n\nRe: US-1 Article 2 — refuse\n\nNo.\n", encoding="utf-8")
    draft = ru.prepare_reply("US-1", response, terms="confidential", standing="non_paper")
    assert (draft.role, draft.in_reply_to, [p.party for p in draft.recipients]) == ("response", "US-1", ["us"])
    assert ru.send(draft).reference == "RU-1"
    us.receive("RU-1", terms="accepted")
    document = us.read("RU-1").document
    answers = [answer for provision in document.provisions for answer in provision.answers]
    assert [(answer.provision, answer.position) for answer in answers] == [(2, "refuse")]


def test_made_available_at_once_needs_no_receipt(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    ru.join("amber-heron")
    _hand_over(us, tmp_path, "ru", role="notification", at_once=True)
    ru.sync()
    view = ru.show("US-1")
    while view.deliveries[0].state == "waiting":  # the handover comes with the depositary's next batch
        view = ru.show("US-1")
    assert view.deliveries[0].state == "made available"
    assert ru.read("US-1").document.title == "Draft"
    assert ru.show("US-1").deliveries[0].received is None
    ru.refuse("US-1", reason="terms")
    refused = ru.show("US-1").deliveries[0]
    assert refused.state == "refused"
    assert refused.handed_over is not None, "so nobody may call it unread"


def test_made_available_stays_so_when_the_limit_is_over(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    limit = Time(office.clock() + HOUR)
    ru.join("amber-heron")
    _hand_over(us, tmp_path, "ru", role="notification", at_once=True, accept_by=limit)
    while ru.show("US-1").deliveries[0].state == "waiting":  # the handover comes with the depositary's next batch
        ru.sync()
    us.sync()
    office.pass_(HOUR + 1)
    session = us._session
    while not any(isinstance(signed.act, Expiry) for signed in session.known.acts.values()):
        us.sync()
    for delegation in (us, ru):
        delegation.sync()
        for paper in (delegation.show("US-1"), *delegation.status(), *(row.paper for row in delegation.register())):
            (delivery,) = paper.deliveries
            assert (delivery.state, delivery.received, delivery.ended) == ("made available", None, None)
            assert delivery.handed_over is not None
            assert delivery.handed_over < limit
    assert us.show("US-1").may == ("read",)
    assert us.front_page().news == ()


def test_statements_and_releases(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    _hand_over(us, tmp_path, "ru")
    ru.receive("US-1", terms="accepted")
    ru.statement("acknowledges", "US-1", [Words(language="en", text="We have received it.")])
    released = us.release("US-1", provisions=[1])
    ru.sync()
    view = ru.show("US-1")
    assert [(s.kind, s.name, s.words) for s in view.statements] == [
        ("acknowledges", "Russian Federation", (("en", "We have received it."),))
    ]
    assert [(r.party, r.provisions, r.withdrawn) for r in view.releases] == [("us", (1,), False)]
    us.withdraw_release("US-1", released.digest[:8])
    assert us.show("US-1").releases[0].withdrawn
    ru.release("US-1", provisions=[2])
    with pytest.raises(Refused) as caught:
        us.withdraw_release("US-1", released.digest[:8])
    assert caught.value.code == "withdrawal.already"


def test_a_draft_is_shown_again_and_discarded(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    draft = us.prepare(draft_file(tmp_path), to=["ru"], role="proposal", terms="public")
    home = tmp_path / "us"
    us.close()
    us = office.open(home)
    assert us.drafts() == (draft,)
    parts = set(home.joinpath("sealed").iterdir())
    us.discard(draft.id)
    assert us.drafts() == ()
    assert len(parts - set(home.joinpath("sealed").iterdir())) == 3
    with pytest.raises(Refused) as caught:
        us.send(draft)
    assert caught.value.code == "draft.unknown"
    assert ru.inbox().for_us == ()


def test_nothing_readable_lies_in_the_homes(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    words = "Zebra crossing at the northern barracks."
    path = draft_file(tmp_path, f"# Draft\n\n## Article 1\n\n{words}\n")
    us.send(us.prepare(path, to=["ru"], role="proposal", terms="essence", subject="Quagga report"))
    ru.receive("US-1", terms="accepted")
    assert ru.read("US-1").document.provisions[0].words == words
    us.read("US-1")
    ru.inbox()
    for folder in (tmp_path / "ru", tmp_path / "us", tmp_path / "depositary"):
        for file in folder.rglob("*"):
            if file.is_file():
                data = file.read_bytes()
                assert b"Zebra" not in data, file
                assert b"Quagga" not in data, file
                assert b"Security guarantees" not in data, file


def test_files_go_out_only_when_asked_and_never_over_others(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    annex, scan = tmp_path / "annex.csv", tmp_path / "scan.pdf"
    annex.write_bytes(b"a,b\n1,2\n")
    scan.write_bytes(b"%PDF-" + bytes(70_000))
    draft = us.prepare(
        draft_file(tmp_path),
        to=["ru"],
        role="note",
        terms="essence",
        attach=[annex],
        original=scan,
        prevails="original",
    )
    assert draft.original is not None
    us.send(draft)
    ru.receive("US-1", terms="accepted")
    out = tmp_path / "out"
    out.mkdir()
    assert {path.name for path in ru.extract("US-1", out, text=False, original=False)} == {"annex.csv"}
    assert {path.name for path in out.iterdir()} == {"annex.csv"}
    with pytest.raises(Refused) as caught:
        ru.extract("US-1", out)
    assert (caught.value.code, caught.value.details["file"]) == ("file.exists", "annex.csv")
    assert {path.name for path in out.iterdir()} == {"annex.csv"}
    (out / "annex.csv").unlink()
    (out / "US-1.txt").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused):
        ru.extract("US-1", out)
    (out / "US-1.txt").unlink()
    ru.extract("US-1", out)
    assert (out / "scan.pdf").read_bytes() == scan.read_bytes()
    assert "Words two." in (out / "US-1.txt").read_text("utf-8")
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in out.iterdir())


def test_any_other_file_goes_in_whole(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"%PDF-" + bytes(200_000))
    draft = us.prepare(scan, to=["ru"], role="note", terms="essence")
    assert (draft.excerptable, draft.prevails) == (False, "original")
    us.send(draft)
    ru.receive("US-1", terms="accepted")
    out = tmp_path / "out"
    out.mkdir()
    (path,) = ru.extract("US-1", out)
    assert path.read_bytes() == scan.read_bytes()


@pytest.mark.parametrize(
    ("content", "family", "code"),
    [
        (None, Refused, "file.missing"),
        (b"", Malformed, "file.empty"),
        (b"\xff\xfe\x00", Malformed, "articulate.not-utf-8"),
        ("pay\u200bment".encode(), Malformed, "wording.hidden"),
    ],
)
def test_files_that_cannot_be_handed_over(
    office: Office, tmp_path: Path, content: bytes | None, family: type[Exception], code: str
) -> None:
    _, us = two(office, tmp_path)
    path = tmp_path / "paper.md"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(family) as caught:
        us.prepare(path, to=["ru"], role="proposal", terms="essence")
    assert getattr(caught.value, "code", None) == code
    assert us.drafts() == ()


@pytest.mark.parametrize("tag", ["zh-x-foo", "en-aa-bb-cc-dd-ee", "en-Latn-", ""])
def test_a_language_that_no_paper_can_name_is_refused_before_anything_is_sealed(
    office: Office, tmp_path: Path, tag: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, us = two(office, tmp_path)
    path = draft_file(tmp_path)
    monkeypatch.setattr(drafting, "seal", lambda *_, **__: pytest.fail("something was sealed"))
    for said in ({"language": tag}, {"with_language": [(tag, path)]}):
        with pytest.raises(Malformed) as caught:
            us.prepare(path, to=["ru"], role="proposal", terms="essence", **said)  # type: ignore[arg-type]
        assert caught.value.code in ("act.language", "document.language-tag")
    assert us.drafts() == ()


def test_hidden_characters_are_taken_out_when_asked(office: Office, tmp_path: Path) -> None:
    _, us = two(office, tmp_path)
    path = draft_file(tmp_path, "# Draft\n\npay\u200bment\n")
    draft = us.prepare(path, to=["ru"], role="proposal", terms="essence", clean=True)
    assert draft.removed == ("U+200B 3:4",)
    assert draft.first_words == "payment"


def test_cleaning_says_in_which_line_a_file_is_no_text(office: Office, tmp_path: Path) -> None:
    _, us = two(office, tmp_path)
    path = tmp_path / "paper.md"
    path.write_bytes(b"# Draft\n\npay\xe9ment\n")
    for clean in (False, True):
        with pytest.raises(Malformed) as caught:
            us.prepare(path, to=["ru"], role="proposal", terms="essence", clean=clean)
        assert (caught.value.code, caught.value.details) == ("articulate.not-utf-8", {"line": 3})


def test_of_a_word_file_only_the_text_goes_and_the_rest_is_told(office: Office, tmp_path: Path) -> None:
    _, us = two(office, tmp_path)
    path = tmp_path / "draft.docx"
    added = "<w:ins w:author='D. Drafter'>" + run("firmly ") + "</w:ins>"
    path.write_bytes(docx(p("Draft"), p("We ", added, "decline", run(" never", "<w:vanish/>"), ".")))
    with pytest.raises(Malformed) as caught:
        us.prepare(path, to=["ru"], role="proposal", terms="essence")
    assert caught.value.code == "articulate.tracked-changes"
    draft = us.prepare(path, to=["ru"], role="proposal", terms="essence", changes="accept")
    assert draft.left_out == (("author", 1), ("change", 1), ("hidden", 1))
    assert draft.first_words == "We firmly decline."
    assert (draft.original, draft.attachments) == (None, ())
    assert us.draft(draft.id).left_out == draft.left_out


def test_what_a_page_loses_is_told_before_it_is_handed_over(office: Office, tmp_path: Path) -> None:
    _, us = two(office, tmp_path)
    path = tmp_path / "draft.html"
    path.write_text("<h1>Draft</h1><p>We decline.</p><script>x</script><!-- y -->", "utf-8")
    other = tmp_path / "draft-ru.html"
    other.write_text("<h1>Проект</h1><p>Отклоняем.</p><img>", "utf-8")
    draft = us.prepare(path, to=["ru"], role="proposal", terms="essence", with_language=[("ru", other)])
    assert draft.left_out == (("comment", 1), ("script", 1), ("image", 1))


def test_a_limit_is_an_instant_and_lies_ahead(office: Office, tmp_path: Path) -> None:
    _, us = two(office, tmp_path)
    file = draft_file(tmp_path)
    with pytest.raises(Refused) as caught:
        us.prepare(file, to=["ru"], role="note", terms="essence", accept_by=Time(office.clock() - 1))
    assert caught.value.code == "deposit.limit-passed"
    draft = us.prepare(file, to=["ru"], role="note", terms="essence")
    assert 10 * DAY < draft.accept_by - office.clock() < 18 * DAY
    assert not draft.limit_non_working
    draft = us.prepare(file, to=["ru"], role="note", terms="essence", accept_by="2099-01-04")
    assert (draft.accept_by.to_text(), draft.limit_non_working) == ("2099-01-04T20:59:59.999Z", True)
    assert draft.next_working is not None
    assert draft.next_working.to_text() == "2099-01-05T20:59:59.999Z"


def test_languages_go_in_one_paper(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    french = tmp_path / "paper-fr.md"
    french.write_text("# Réponse\n\n## Article 1\n\nNon.\n", "utf-8")
    _hand_over(us, tmp_path, "ru", with_language=[("fr", french)])
    ru.receive("US-1", terms="accepted")
    document = ru.read("US-1").document
    assert [version.language for version in document.languages] == ["en", "fr"]
    assert document.provisions[-1].words == "Non."
    scan = tmp_path / "scan-fr.pdf"
    scan.write_bytes(b"%PDF")
    with pytest.raises(Malformed) as caught:
        _hand_over(us, tmp_path, "ru", with_language=[("fr", scan)])
    assert caught.value.code == "articulate.language-file"
    with pytest.raises(Malformed) as caught:
        _hand_over(us, tmp_path, "ru", with_language=[("en", french)])
    assert caught.value.code == "document.languages"


def test_a_reply_names_provisions_as_lawyers_do(office: Office, tmp_path: Path) -> None:
    ru, us = two(office, tmp_path)
    text = (
        "# T\n\n## Article 4\n\n1. one\n\n2. two:\n\n    (a) x;\n\n    (b) y.\n\n"
        "## Article 5\n\nz\n\n## Annex\n\n### Article 5\n\nw\n"
    )
    us.send(us.prepare(draft_file(tmp_path, text), to=["ru"], role="proposal", terms="essence"))
    ru.receive("US-1", terms="accepted")
    opened = ru.read("US-1").document
    for place, expected in (
        ("Article 4, paragraph 2", ["art_4__para_2"]),
        ("art 4(2)(b) and art 5", ["art_4__para_2__point_b", "art_5"]),
        ("article 5 of the annex", ["att_1__art_5"]),
    ):
        answered = [opened.provision(number).e_id for number in _answered(ru, tmp_path, place)]
        assert answered == expected
    for place, code in (("Article 9", "articulate.answer-target"), ("paragraph", "citing.unclear")):
        with pytest.raises(Malformed) as caught:
            _answered(ru, tmp_path, place)
        assert caught.value.code == code


def _answered(party: Delegation, folder: Path, place: str) -> list[int]:
    """The provisions of US-1 that a reply with one answer line answers."""
    response = folder / "response.md"
    response.write_text(f"# Response\n\n## 1. Door\n\nRe: US-1 {place} — refuse\n\nNo.\n", encoding="utf-8")
    reference = party.send(party.prepare_reply("US-1", response, terms="essence")).reference
    provisions = party.read(reference).document.provisions
    return [answer.provision for each in provisions for answer in each.answers if answer.provision]
