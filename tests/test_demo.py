"""The demo runs end to end: the twelve sentences word for word, what it leaves behind, and every claim it makes."""

from __future__ import annotations

import io
import re
import shlex
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
from demo import run, story
from demo.clock import StoryClock
from demo.page import page
from demo.stage import PASSPHRASE
from demo.telling import Beat, good, plain, three_clocks

from parley import age
from parley.archive import ArchiveReader
from parley.canonical import Time
from parley.checkpoint import Checkpoint
from parley.cli.app import run as parley
from parley.depositary import office
from parley.measures.draw_proof import verify_draw
from parley.merkle import Tree
from parley.note import Note
from parley.policy import Trust
from parley.record.page import Compared, compare
from parley.tiles import Tile, bundle_leaves, decode_bundle, format_tile
from parley.verdict import Result, verify
from parley.words.telling import preset_name

SENTENCES = [
    "Two governments negotiate in writing. Neither trusts the other. Neither trusts the office between them.",
    "15 December: Russia hands over a draft treaty. This is all that the office can see.",
    (
        "The United States cannot read it before it signs for it. Now it can. "
        "17 December: Russia publishes its own text; it may, as the author."
    ),
    (
        "26 January: the response. The sender asks for confidence. Signed for at 20:16 in Moscow. "
        "A receipt, not an agreement."
    ),
    "Each says in its own words what it is about. The paper's own words are shown where both agree.",
    (
        "28 January: a letter from Russia. Is it the answer to the response? "
        "No: both sides signed that it answers nothing."
    ),
    (
        "A newspaper prints pages: each side compares at its own desk. Article by article, the record says what was "
        "answered."
    ),
    "Read without signing. Deny the receipt. Backdate. Forge a paragraph. Each fails, or convicts.",
    "Had they agreed: the response's measures in force, an exercise notified, data open to both or to neither.",
    "Two bases are drawn that neither side chose. A reply comes late, and turns red. A shut list is opened one step.",
    "Someone who is party to nothing checks it, offline.",
    "Three things it cannot do. The first: keep anyone quiet who has read.",
]
NOT_FOR_PEOPLE = re.compile(
    r"\b(commitment|policy|hash|digest|checkpoint|inclusion|quorum|stanza|header|payload|nonce)s?\b", re.IGNORECASE
)


@dataclass
class Played:
    folder: Path
    said: str
    page: str

    @property
    def proofs(self) -> Path:
        return self.folder / "proofs"


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("demo") / "kept"
    out = io.StringIO()
    assert run.main(["--keep", str(folder)], out) == 0, out.getvalue()
    return Played(folder, out.getvalue(), (folder / "story.html").read_text("utf-8"))


def test_a_stopped_demo_says_so_in_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def stopped(_stage: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "tell", stopped)
    out = io.StringIO()
    assert run.main(["--pause", "--keep", str(tmp_path / "kept")], out) == 130
    assert out.getvalue() == "\nStopped.\n"


def test_a_paper_of_another_negotiation_is_named_with_it(played: Played) -> None:
    assert "in calm-harbour, a negotiation of its own" in played.page
    assert "calm-harbour/RU-2 is sent" in played.page


def test_the_sentences_are_said_word_for_word_and_in_time() -> None:
    assert [scene.said for scene in story.SCENES] == SENTENCES
    assert len(SENTENCES) <= 12
    seconds = [scene.second for scene in story.SCENES]
    assert seconds == sorted(seconds)
    assert seconds[-1] < 60


def test_terminal_and_page_tell_the_same(played: Played) -> None:
    spoken = " ".join(played.said.split())
    for sentence in SENTENCES:
        assert sentence in spoken
        assert sentence.replace("'", "&#39;") in played.page
    assert story.FOOT in played.said
    assert story.FOOT in played.page


def test_the_response_is_signed_for_at_a_quarter_past_eight_in_three_cities(played: Played) -> None:
    assert "20:16 Moscow · 17:16 UTC · 12:16 Washington" in played.page
    assert three_clocks(Time.from_text("2022-01-26T17:16:00.000Z")) in played.page


def test_the_record_says_what_each_paper_is(played: Played) -> None:
    assert "RU-2 · note · formal · in reply to nothing" in played.page
    assert "US-1 · response · non-paper · in reply to RU-1" in played.page


def test_four_attempts_fail_or_convict(played: Played) -> None:
    """A cheat that fails is a good outcome, and is not told in the colour of an alarm."""
    answers = re.findall(r'class="good">((?:FAILS|CONVICTS)[^<]*)<', played.page)
    assert [answer.split(".")[0] for answer in answers] == ["FAILS", "FAILS", "CONVICTS", "FAILS"]
    assert 'class="bad"' not in played.page


def test_one_exercise_is_notified_and_a_smaller_one_is_not(played: Played) -> None:
    said = " ".join(played.said.split())
    assert "Russia, Summer: Exercise to be notified: yes. Troops, support troops included 12,700, from 3,000" in said
    assert "Russia, Spring: Exercise to be notified: no. Troops, support troops included 2,900, from 3,000" in said
    assert said.count("is sent, and can be read at once") == 1


def test_a_late_reply_is_told_in_red_and_in_words(played: Played) -> None:
    (late,) = re.findall(r'class="late">([^<]*)<', played.page)
    assert re.fullmatch(r"RU-\d+, the reply to US-\d+: MET LATE, due 6 May 2022, 08:00 UTC, 31 hours over", late)


def test_what_was_drawn_is_what_anyone_computes_again(played: Played) -> None:
    trust = Trust.parse((played.proofs / "stranger.trust").read_text("utf-8"))
    found = verify_draw((played.proofs / "bases.draw").read_bytes(), trust)
    assert found.verdict.result is Result.PROVEN
    assert f"{' and '.join(found.drawn.items)}" in " ".join(played.said.split())
    assert f": {found.drawn.items[0]} visited, 12 launchers, as declared; 1 visit left" in " ".join(played.said.split())


def test_a_shut_list_is_opened_one_step_and_no_further(played: Played) -> None:
    said = " ".join(played.said.split())
    assert re.search(r"RU-\d+: step 1 of 4 of a list sealed in RU-\d+: 4 items, their ids alone", said)
    assert re.search(r"US-\d+: is Base Q in it\? RU-\d+, with proof: no\.", said)
    for launchers in ("A-1", "Region 1"):
        assert launchers not in played.page


def test_every_article_of_the_draft_is_listed_with_what_was_answered(played: Played) -> None:
    assert "Of 8 articles of RU-1: 5 answered, 1 refused, 2 silent." in played.page
    states = re.findall(r"<p>Article ([1-8]) — [^:]*: (answered|refused|silent)", played.page)
    assert [int(number) for number, _ in states] == list(range(1, 9))
    assert dict(states) | {"2": "silent", "4": "refused", "8": "silent"} == dict(states)


def test_the_response_is_handed_over_under_the_terms_of_its_essence(played: Played) -> None:
    verdict = verify((played.proofs / "US-1.evidence").read_bytes(), None)
    terms = verdict.papers[0].deposit.terms
    assert preset_name(terms, ("ru", "us")) == "essence"
    assert verdict.papers[0].delivery[0].under_reserve


def test_the_essence_is_shown_by_consent_of_both_with_its_gaps(played: Played) -> None:
    trust = Trust.parse((played.proofs / "stranger.trust").read_text("utf-8"))
    verdict = verify((played.proofs / "essence.evidence").read_bytes(), trust)
    assert verdict.result is Result.PROVEN
    assert verdict.text is not None
    assert (verdict.text.word, verdict.text.total) == ("genuine", 19)
    assert verdict.release is not None
    assert (verdict.release.word.value, verdict.release.parties) == ("by consent", ("ru", "us"))
    assert len(re.findall(r"\[ [0-9]+ provisions not shown: [0-9]+ to [0-9]+ \]", played.page)) == 3


def test_the_leaked_pages_are_compared_and_told_apart(played: Played) -> None:
    assert "word for word: what stands under 3 and 6(2)" in played.page
    assert "with words changed: what stands under 6(1)" in played.page
    assert "nowhere in it: “This newspaper has seen the pages.”" in played.page
    assert "We keep to the rule" in (played.proofs / "leaked.txt").read_text("utf-8")


def test_the_pages_for_anyone_check_one_another(played: Played) -> None:
    public = played.folder / "public"
    assert sorted(path.name for path in public.iterdir()) == ["essence.html", "record", "verify.html"]
    assert compare((public / "essence.html").read_bytes()) is Compared.SAME
    assert parley(["verify", str(public / "essence.html"), "--trust", f"{played.proofs}/stranger.trust"]) == 0
    assert "Russian Federation" in (public / "verify.html").read_text("utf-8"), "it brings the list of the parties"
    for name in ("essence.html", "verify.html", "record/index.html"):
        assert str(public / name) in played.said


def test_the_record_is_what_its_evidence_gives_and_shows_no_other_words(played: Played) -> None:
    record = played.folder / "public" / "record"
    assert parley(["verify", str(record), "--trust", f"{played.proofs}/stranger.trust"]) == 0
    page_ = (record / "us-1.html").read_text("utf-8")
    assert "We keep to the rule that a State chooses its own arrangements for its security." in page_
    assert "as quoted by his Ministry, as translated by a news agency" in " ".join(page_.split())
    paper = story.sample("response.md").read_text("utf-8")
    lines = [line.lstrip("0123456789. ") for line in paper.splitlines() if len(line) > 60]
    closed = [line for line in lines if line not in page_]
    assert len(closed) > 5
    told = " ".join(path.read_text("utf-8") for path in record.glob("*.*"))
    assert not [line for line in closed if line in told]


def test_no_hexadecimal_reaches_a_person(played: Played) -> None:
    text = re.sub(r"<head>.*?</head>|<[^>]+>", " ", played.page, flags=re.DOTALL)
    for said in (text, played.said.replace(str(played.folder), "")):
        assert not re.findall(r"\b(?=[0-9]*[a-f])[0-9a-f]{6,}\b|\b(?:[0-9a-f]{2} ){4}", said)


def test_no_technical_word_reaches_a_person(played: Played) -> None:
    text = re.sub(r"<head>.*?</head>|<[^>]+>", " ", played.page, flags=re.DOTALL)
    assert not NOT_FOR_PEOPLE.findall(text)
    assert not NOT_FOR_PEOPLE.findall(played.said)
    assert "does not know" not in text, "an error of the demo has no sentence yet"


def test_the_page_is_one_file_without_script(played: Played) -> None:
    assert "<script" not in played.page
    assert "default-src 'none'" in played.page.replace("&#39;", "'")
    assert not re.findall(r'(?:src|href)="|url\((?!#)|@import|https?://(?!www\.w3\.org)', played.page)
    assert "keeps," in played.page, "the picture heads the page"
    assert "@page" in played.page


def test_a_page_escapes_what_others_wrote() -> None:
    beat = Beat(second=0, said="<b>said</b>", lines=(plain("<script>alert(1)</script>"), good("&")))
    assert "<script" not in page([beat])
    assert "<b>said" not in page([beat])


@pytest.mark.parametrize("reference", ["RU-1", "US-1", "RU-2"])
def test_a_stranger_verifies_each_paper(played: Played, reference: str) -> None:
    trust = Trust.parse((played.proofs / "stranger.trust").read_text("utf-8"))
    verdict = verify((played.proofs / f"{reference}.evidence").read_bytes(), trust)
    assert verdict.result is Result.PROVEN
    assert (
        parley(["verify", f"{played.proofs}/{reference}.evidence", "--trust", f"{played.proofs}/stranger.trust"]) == 0
    )


def test_the_history_and_the_publication_hold(played: Played) -> None:
    trust = Trust.parse((played.proofs / "stranger.trust").read_text("utf-8"))
    history = verify((played.proofs / "negotiation.evidence").read_bytes(), trust)
    assert [paper.reference for paper in history.papers] == ["RU-1", "US-1", "RU-2"]
    published = verify((played.proofs / "RU-1-published.evidence").read_bytes(), trust)
    assert published.release is not None
    assert published.release.word.value == "by its author"


@pytest.mark.parametrize("name", ["essence-forged", "receipt-left-out"])
def test_what_the_cheats_showed_is_disproven(played: Played, name: str) -> None:
    assert _checked(played, name) == 1


def _checked(played: Played, name: str) -> int:
    return parley(["verify", f"{played.proofs}/{name}.evidence", "--trust", f"{played.proofs}/stranger.trust"])


def test_the_backdating_convicts_the_office(played: Played) -> None:
    verdict = verify((played.proofs / "backdated.evidence").read_bytes(), None)
    assert verdict.conviction is not None


def test_the_sealed_paper_is_a_plain_age_file_with_a_plain_archive_in_it(played: Played) -> None:
    lines = (played.proofs / "RU-1.key.txt").read_text("ascii").splitlines()
    secret = age.parse_reading_secret(next(line for line in lines if not line.startswith("#")))
    reader = ArchiveReader([age.open_small((played.proofs / "RU-1.age").read_bytes(), secret)])
    names = []
    while (member := reader.next_member()) is not None:
        names.append(member.path)
        b"".join(reader.content(member))
    assert names[:3] == ["document.json", "seal.json", "cover.json"]


def test_the_log_is_there_as_tiles(played: Played) -> None:
    log = played.proofs / "log"
    checkpoint = Checkpoint.parse(Note.parse((log / "checkpoint").read_bytes()).text)
    bundle = (log / format_tile(Tile(level=None, index=0, width=checkpoint.size))).read_bytes()
    assert Tree(bundle_leaves(decode_bundle(bundle, checkpoint.size))).root() == checkpoint.root


def test_the_homes_stay_and_the_office_starts_again_at_todays_time(played: Played) -> None:
    assert f"depositary serve {played.folder / 'office'}" in played.said
    assert office.status(played.folder / "office").papers_waiting == 0
    for party in ("ru", "us"):
        assert (played.folder / party).is_dir()
        assert f"--home {played.folder / party}" in played.said


def test_the_lines_to_try_on_the_kept_homes_do_what_they_say(
    played: Played, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tried = re.findall(r"\./run parley (--home [^ \n]+ (?:coverage|compare|read) .*)", played.said)
    assert len(tried) == 3
    for line in tried:
        monkeypatch.setenv("PARLEY_PASSPHRASE", PASSPHRASE)  # it is taken out of the environment when it is read
        assert parley(shlex.split(line)) == 0, line
    out = capsys.readouterr().out
    assert "Of 8 articles of RU-1: 5 answered, 1 refused, 2 silent." in out
    assert "identical" in out


def test_the_python_of_the_readme_runs_and_says_proven(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    readme = (Path(run.__file__).parent.parent / "README.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    assert len([line for line in code.splitlines() if line]) <= 12
    monkeypatch.chdir(played.proofs)
    (played.proofs / "ours.trust").write_bytes((played.proofs / "stranger.trust").read_bytes())
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(code, "README.md", "exec"), {})
    assert printed.getvalue().startswith("proven in depositary.example/log/1")
    assert "('ru', 'delivered')" in printed.getvalue()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("keep", "utf-8")
    assert run.main(["--keep", str(tmp_path)], io.StringIO()) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_the_storys_clock_runs_on_and_is_one_for_all(tmp_path: Path) -> None:
    here, there = StoryClock(tmp_path / "clock"), StoryClock(tmp_path / "clock")
    start = here.set("2022-01-26T17:16:00.000Z")
    assert start <= here() <= there() < start + 60_000
