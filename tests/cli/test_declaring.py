"""`parley declare` with tables: what they come to, every mistake in one line, and a round that opens for both."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from parley.cli.app import run
from tests.cli.stage import Stage, must
from tests.cli.test_measures import said, sentence
from tests.measures.test_agreement_file import SMALL
from tests.measures.test_declaration import DATA, HEAD, TWO, WHOLE, lines


def table(tmp_path: Path, data: bytes = DATA, name: str = "data.csv") -> str:
    file = tmp_path / name
    file.write_bytes(data)
    return str(file)


# --- what it comes to ---------------------------------------------------------------------------------------------


def test_the_totals_are_said_beside_the_limits_and_nothing_is_sent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["declare", table(tmp_path), "--under", "new-start", "--check"]) == 0
    out, err = said(capsys)
    assert out.splitlines()[0] == "5 records, which come to:"
    assert "  Data as of: 2020-09-01" in out
    assert out.splitlines()[-3:] == [
        "Deployed ICBMs, SLBMs and heavy bombers: 675, at most 700, so 25 are left. [within]",
        "Warheads: 1,457, at most 1,550, so 93 are left. [within]",
        "Launchers and heavy bombers, deployed or not: 800, at most 800, so 0 are left. [within]",
    ]
    assert err == "Nothing was signed and nothing was sent.\n"
    assert run(["declare", table(tmp_path), "--under", "new-start", "--check", "--json"]) == 0
    found = json.loads(said(capsys)[0])["check"]
    assert (found["form"], found["records"], found["items"]["warheads"]) == ("data", 5, 1457)
    assert found["items"]["as-of"] == "2020-09-01"
    assert [(each["limit"], each["left"], each["state"]) for each in found["limits"]] == [
        ("deployed", 25, "within"), ("warheads", 93, "within"), ("launchers", 0, "within"),
    ]  # fmt: skip


def test_more_than_a_limit_and_a_form_with_totals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    above = table(tmp_path, DATA.replace(b"Minuteman III,397", b"Minuteman III,423"))
    assert run(["declare", above, "--under", "new-start", "--check"]) == 0
    assert "heavy bombers: 701, at most 700: 1 over. [ABOVE]" in said(capsys)[0]
    form = tmp_path / "data.toml"
    form.write_text(
        'agreement = "new-start"\nform = "data"\n\n[items]\nexchange = 2011-02-05\nas-of = 2011-02-05\n'
        "deployed = 882\nwarheads = 1800\nlaunchers = 1124\n",
        "utf-8",
    )
    assert run(["declare", str(form), "--check"]) == 0
    out, _ = said(capsys)
    assert "records" not in out
    assert "heavy bombers: 882, at most 700: 182 over. [does not hold yet]" in out
    assert run(["declare", str(form), "--check", "--json"]) == 0
    assert json.loads(said(capsys)[0])["check"]["records"] is None


def test_a_form_that_no_limit_is_about(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    two = tmp_path / "two.toml"
    two.write_text(TWO, "utf-8")
    file = table(tmp_path, b"arms,tents\n3,4\n")
    assert run(["declare", file, "--under", str(two), "--check"]) == 0
    assert (
        said(capsys)[0]
        == "One record, which comes to:\n  Arms: 3\n  Tents: 4\nNo limit of the agreement is about this form.\n"
    )


# --- mistakes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        (lines(*WHOLE).replace(b"Trident II", b"=HYPERLINK(1)"), "declaration.formula", 3),
        (lines(*WHOLE).replace(b"Trident II", b"Trident \xff"), "declaration.utf-8", 3),
        (DATA.decode().encode("utf-16"), "declaration.utf-8", 1),
        (lines(*WHOLE, WHOLE[4]), "declaration.twice", 7),
        (lines(*WHOLE[:3]), "declaration.category", 4),
        (lines(*WHOLE, "2020-08-31,2020-09-02,icbm,Other,1,1,1"), "declaration.differs", 7),
        (lines(*WHOLE).replace(b",230,", b",-230,"), "declaration.negative", 3),
        (lines(*WHOLE).replace(b",230,", b",230.5,"), "declaration.type", 3),
        (lines(*WHOLE).replace(b",230,", b",,"), "declaration.missing", 3),
        (lines(*WHOLE).replace(b",slbm,Tri", b",submarine,Tri"), "declaration.choice", 3),
        (lines(*WHOLE).replace(b"Trident II,230", b"Trident II"), "declaration.cells", 3),
        (lines(*WHOLE).replace(b"Trident II", b'"Trident II'), "declaration.quotes", 3),
        (lines(*WHOLE, f"2020-08-31,2020-09-01,icbm,Other,{10**15},1,1"), "declaration.total", 7),
        (DATA.replace(b"category,", b"kind,"), "declaration.unknown-column", 1),
        (DATA.replace(b"deployed,", b""), "declaration.column-missing", 1),
        (DATA.replace(b",", b";"), "declaration.commas", None),
        (b"\n", "declaration.empty", None),
        (b"", "file.empty", None),
    ],
)  # fmt: skip
def test_a_bad_table_is_refused_in_one_line_with_its_place(
    tmp_path: Path, data: bytes, code: str, line: int | None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["declare", table(tmp_path, data), "--under", "new-start", "--check"]) == 2
    out, err = said(capsys)
    assert out == ""
    assert sentence(code) in err
    (one,) = err.splitlines()
    if line is not None:
        assert re.search(rf"\b[Ll]ine,? {line}\b", one), one


def test_a_table_with_ten_million_records_is_not_read_to_its_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "data.csv"
    with file.open("wb") as out:
        out.write(f"{HEAD}\n".encode())
        out.writelines(b"2020-08-31,2020-09-01,icbm,R%d,1,1,1\n" % number for number in range(10_001))
        out.truncate(400_000_000)  # the rest is a hole: as long as ten million records
    assert run(["declare", str(file), "--under", "new-start", "--check"]) == 2
    (one,) = said(capsys)[1].splitlines()
    assert one.startswith(f"parley: {file}: Line 10002 is one more than the 10000 records that a table may have.")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (["declare", "TABLE", "--check"], "notice.under"),
        (["declare", "TABLE", "--under", "new-start"], "use.missing"),
        (["declare", "TABLE", "--under", "new-start", "--form", "war", "--check"], "declaration.no-form"),
        (["declare", "TABLE", "--under", "new-start", "--form", "change", "--check"], "declaration.no-table"),
        (["declare", "TABLE", "--under", "vienna-document-2011", "--check"], "declaration.no-tables"),
        (["declare", "TABLE", "--under", "TWO", "--check"], "declaration.which-form"),
        (["declare", "none.csv", "--under", "new-start", "--check"], "file.missing"),
        (["declare", "FORM", "--form", "data", "--check"], "declaration.form-of-file"),
        (["notify", "--blank", "change", "--under", "new-start", "-o", "NEW"], "declaration.no-table"),
    ],
)
def test_mistakes(tmp_path: Path, line: list[str], code: str, capsys: pytest.CaptureFixture[str]) -> None:
    files = {"TABLE": table(tmp_path), "NEW": str(tmp_path / "new.csv"), "FORM": str(tmp_path / "form.toml")}
    files["TWO"] = str(tmp_path / "two.toml")
    (tmp_path / "two.toml").write_text(TWO, "utf-8")
    (tmp_path / "form.toml").write_text('agreement = "small"\n', "utf-8")
    assert run([files.get(each, each) for each in line]) == 2
    assert sentence(code) in said(capsys)[1]
    assert not (tmp_path / "new.csv").exists()


def test_the_form_may_be_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    two = tmp_path / "two.toml"
    two.write_text(TWO, "utf-8")
    file = table(tmp_path, b"arms,tents\n3,4\n", "DATA.CSV")
    assert run(["declare", file, "--under", str(two), "--form", "data", "--check"]) == 2
    assert sentence("declaration.unknown-column") in said(capsys)[1]
    assert run(["declare", file, "--under", str(two), "--form", "sites", "--check"]) == 0
    assert SMALL in TWO.replace('\ntable = { same = ["day"] }', "")


def test_a_blank_table_is_its_first_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "new.csv"
    line = ["notify", "--blank", "data", "--under", "new-start", "-o", str(file)]
    assert run(line) == 0
    text = file.read_text("utf-8")
    assert text.startswith("exchange,as-of,deployed,")
    assert text.endswith(",category,record\n")
    out, err = said(capsys)
    assert out == f"{file}\n"
    assert f"parley declare {file} --under new-start --check" in " ".join(err.split())
    assert run(line) == 2
    cells = {"exchange": "2020-08-31", "as-of": "2020-09-01", "deployed": "1", "warheads": "1", "launchers": "1"}
    names = text.rstrip("\n").split(",")
    for kind in ("icbm", "slbm", "heavy-bomber"):
        record = cells | {"category": kind, "record": kind}
        text += ",".join(record.get(name, "") for name in names) + "\n"
    file.write_text(text, "utf-8")
    said(capsys)
    assert run(["declare", str(file), "--under", "new-start", "--check"]) == 0
    assert said(capsys)[0].startswith("3 records, which come to:\n")


# --- in a round ---------------------------------------------------------------------------------------------------


def reserve(stage: Stage) -> None:
    """Russia's standing reservation, from the blank form, in answer to what the United States declared."""
    must(stage.run("ru", "parley notify --blank reservation --under new-start -o reservation.toml"))
    file = stage.folder / "reservation.toml"
    text = file.read_text("utf-8")
    for name, value in (
        ("converted-launchers", "56"), ("converted-bombers", "41"), ("training-silos", "4"), ("standing", "true"),
        ("because", '"conversions that cannot be confirmed"'),
    ):  # fmt: skip
        assert f'{name} = ""' in text
        text = text.replace(f'{name} = ""', f"{name} = {value}")
    file.write_text(text, "utf-8")
    must(stage.run("ru", "parley notify reservation.toml --to us --in-reply-to US-2 --terms public --yes"))
    must(stage.run("us", "parley receive RU-3 --accept --yes"))


def test_tables_are_declared_in_a_round_and_counted_by_both(stage: Stage) -> None:
    must(stage.run("us", "parley agreement adopt new-start --terms public --yes"))
    must(stage.run("ru", "parley receive US-1 --accept --yes"))
    must(stage.run("ru", "parley agreement adopt new-start --terms public --yes"))
    must(stage.run("us", "parley receive RU-1 --accept --yes"))
    (stage.folder / "ours.csv").write_bytes(DATA)
    (stage.folder / "theirs.csv").write_bytes(DATA.replace(b"Minuteman III,397,0,454", b"Yars,320,0,454"))
    declaring = "--under new-start --round 2020-09 --terms public --yes"
    handed = must(stage.run("us", f"parley declare ours.csv {declaring} --deadline 2022-01-31T12:00Z"))
    assert "original     new-start.data.csv" in handed
    must(stage.run("ru", "parley receive US-2 --accept --yes"))
    assert stage.run("ru", "parley read US-2").code == 3
    must(stage.run("ru", f"parley declare theirs.csv {declaring}"))
    must(stage.run("us", "parley receive RU-2 --accept --yes"))
    read = must(stage.run("ru", "parley read US-2"))
    assert "Minuteman III" in read
    assert must(stage.run("ru", "parley read US-2 -o taken")) is not None
    assert (stage.folder / "taken" / "new-start.data.csv").read_bytes() == DATA
    for actor in ("us", "ru"):
        found = json.loads(stage.run(actor, "parley limits --json").data)["limits"]
        assert {(each["limit"], each["party"], each["declared"], each["paper"]) for each in found} == {
            ("deployed", "us", 675, "US-2"), ("warheads", "us", 1457, "US-2"), ("launchers", "us", 800, "US-2"),
            ("deployed", "ru", 598, "RU-2"), ("warheads", "ru", 1457, "RU-2"), ("launchers", "ru", 800, "RU-2"),
        }  # fmt: skip
    reserve(stage)
    for actor in ("us", "ru"):
        found = json.loads(stage.run(actor, "parley limits --json").data)["limits"]
        (row,) = (each for each in found if each["readings"])
        assert (row["limit"], row["declared"], row["state"]) == ("launchers", 800, "within")
        assert [(each["by"], each["difference"], each["value"]) for each in row["readings"]] == [("ru", 101, 901)]
    assert "4. WARHEADS ON DEPLOYED ICBMS AND SLBMS, AND COUNTED FOR DEPLOYED HEAVY BOMBERS: 1457" in must(
        stage.run("ru", "parley print US-2 --format message -o message.txt")
    ) + (stage.folder / "message.txt").read_text("utf-8")
