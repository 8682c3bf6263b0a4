"""Files that people name: one clear line for each way they can be wrong, and nothing written over."""

from __future__ import annotations

import contextlib
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.cli.files import (
    check_new,
    check_source,
    make_folder,
    read_file,
    read_folder,
    read_text,
    size,
    write_folder,
    write_new,
)
from parley.cli.terms_file import read_terms
from parley.errors import Malformed, ParleyError, Refused, Unavailable
from parley.terms import Terms, preset

PARTIES = ("ru", "us")


@pytest.mark.parametrize("read", [read_file, read_text, check_source])
def test_missing_empty_and_folder(tmp_path: Path, read: object) -> None:
    assert callable(read)
    (tmp_path / "empty").write_bytes(b"")
    for name, family, code in (
        ("none", Refused, "file.missing"),
        ("empty/below", Refused, "file.missing"),
        ("empty", Malformed, "file.empty"),
        (".", Malformed, "file.is-folder"),
    ):
        with pytest.raises(family, match=code):
            read(tmp_path / name)


def test_too_large_and_not_text(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"x" * 101)
    (tmp_path / "latin").write_bytes(b"Caf\xe9")
    with pytest.raises(Malformed, match=r"file\.too-large"):
        read_file(tmp_path / "large", most=100)
    assert read_file(tmp_path / "large", most=101) == b"x" * 101
    with pytest.raises(Malformed, match=r"file\.not-text"):
        read_text(tmp_path / "latin")


def test_a_name_that_can_be_none(tmp_path: Path) -> None:
    with pytest.raises((Malformed, Unavailable)):
        read_file(tmp_path / ("x" * 300))
    with pytest.raises(ParleyError):
        read_file(Path("a\0b"))


def test_a_file_is_written_once_and_never_through_a_link(tmp_path: Path) -> None:
    target = tmp_path / "new"
    write_new(target, b"first", private=True)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    with pytest.raises(Refused, match=r"file\.exists"):
        write_new(target, b"second")
    assert target.read_bytes() == b"first"
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused, match=r"file\.exists"):
        write_new(tmp_path / "link", b"x")
    with pytest.raises(Refused, match=r"file\.exists"):
        check_new(tmp_path / "link")
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"file\.unwritable"):
        write_new(tmp_path / "none" / "new", b"x")
    with pytest.raises(Unavailable, match=r"file\.unwritable"):
        make_folder(tmp_path / "none" / "none")
    make_folder(tmp_path / "made")
    make_folder(tmp_path / "made")
    assert stat.S_IMODE((tmp_path / "made").stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 bytes"),
        (1023, "1023 bytes"),
        (1024, "1.0 kB"),
        (48 * 1024, "48 kB"),
        (3 << 20, "3.0 MB"),
        (1 << 34, "16 GB"),
    ],
)
def test_sizes_as_people_say_them(count: int, words: str) -> None:
    assert size(count) == words


# --- terms --------------------------------------------------------------------------------------------------------


def terms_from(tmp_path: Path, text: str) -> object:
    file = tmp_path / "own.toml"
    file.write_text(text, "utf-8")
    return read_terms(file, PARTIES, str)


def test_terms_begin_like_a_preset(tmp_path: Path) -> None:
    assert terms_from(tmp_path, 'like = "essence"\n') == preset("essence", parties=PARTIES)
    required = terms_from(tmp_path, 'like = "public"\nforce = "required"\n')
    assert required == preset("public", parties=PARTIES, force="required")


def test_terms_of_ones_own(tmp_path: Path) -> None:
    text = (
        'audience = ["fr", "de"]\nauthor_free = true\nembargo = "2022-03-01T00:00Z"\n'
        'excerpts = {mode = "consent", parties = ["us", "ru"]}\nfull = {mode = "none"}\n'
    )
    terms = terms_from(tmp_path, text)
    assert terms.audience == ("de", "fr")  # type: ignore[attr-defined]
    assert terms.publication.excerpts.parties == ("ru", "us")  # type: ignore[attr-defined]
    assert terms.embargo.to_text() == "2022-03-01T00:00:00.000Z"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "text",
    [
        "like = ",
        'forc = "asked"',
        'force = "begged"',
        "audience = 1",
        "audience = [1]",
        'author_free = "yes"',
        'excerpts = "free"',
        'excerpts = {mode = "sometimes"}',
        'excerpts = {mode = "free", whom = ["ru"]}',
        "embargo = 2022-03-01",
    ],
)
def test_terms_that_are_none_are_one_clear_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(Malformed, match=r"file\.terms"):
        terms_from(tmp_path, text)


@given(text=st.text(max_size=200))
def test_any_text_is_terms_or_malformed(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.mktemp("terms") / "own.toml"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    with contextlib.suppress(Malformed):  # anything else that comes out is a defect
        assert isinstance(read_terms(file, PARTIES, str), Terms)


# --- whole folders ----------------------------------------------------------------------------------------------

FILES = {"site.json": b"{}", "evidence/a.evidence": b"a", "z.html": b"z"}


def test_a_folder_is_written_whole_and_read_back(tmp_path: Path) -> None:
    write_folder(tmp_path / "site", FILES)
    assert read_folder(tmp_path / "site", most=100) == FILES
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_folder_is_never_written_over_unless_it_may_be_replaced(tmp_path: Path) -> None:
    target = tmp_path / "site"
    write_folder(target, FILES)
    for instead_of in (None, "another.json"):
        with pytest.raises(Refused, match=r"file\.exists"):
            write_folder(target, {"x": b"x"}, instead_of=instead_of)
    assert read_folder(target, most=100) == FILES
    write_folder(target, {"site.json": b"new"}, instead_of="site.json")
    assert read_folder(target, most=100) == {"site.json": b"new"}
    (tmp_path / "link").symlink_to(target)
    with pytest.raises(Refused, match=r"file\.exists"):
        write_folder(tmp_path / "link", FILES, instead_of="site.json")


def test_what_cannot_be_written_whole_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "site"
    write_folder(target, FILES)
    with pytest.raises(Unavailable, match=r"file\.unwritable"):
        write_folder(target, {"a": b"1", "a/b": b"2"}, instead_of="site.json")  # a file cannot be a folder too
    assert read_folder(target, most=100) == FILES
    assert [path.name for path in tmp_path.iterdir()] == ["site"]
    with pytest.raises(Unavailable, match=r"file\.unwritable"):
        write_folder(tmp_path / "none" / "b" / ("x" * 300), FILES)


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    for name, target in (("file", "/etc/hostname"), ("folder", "/etc"), ("gone", "nowhere")):
        write_folder(tmp_path / name, FILES)
        (tmp_path / name / "link").symlink_to(target)
        with pytest.raises(Malformed, match=r"file\.no-file"):
            read_folder(tmp_path / name, most=10**6)


def test_a_folder_that_is_too_large_is_refused(tmp_path: Path) -> None:
    write_folder(tmp_path / "site", FILES)
    assert len(read_folder(tmp_path / "site", most=4)) == 3
    with pytest.raises(Malformed, match=r"file\.folder-too-large"):
        read_folder(tmp_path / "site", most=3)
