"""The list of a record: what was written is read back, and anything else is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.canonical import Time, encode
from parley.crypto import Digest
from parley.errors import Malformed
from parley.record.inputs import LIST, Inputs, PaperInput, check_address, read, read_list
from parley.words import LANGUAGES

NAMES = st.from_regex(r"[A-Z][A-Z0-9-]{0,5}-[1-9][0-9]{0,3}", fullmatch=True)
BYTES = st.binary(max_size=20)
PAPERS = st.builds(
    PaperInput,
    reference=NAMES,
    digest=st.binary(min_size=32, max_size=32).map(Digest),
    evidence=BYTES,
    excerpts=st.lists(BYTES, max_size=3).map(tuple),
)
INPUTS = st.builds(
    Inputs,
    by=st.sampled_from(["us", "ru", "a-party-9"]),
    handle=st.just("amber-heron"),
    as_of=st.integers(0, 4_000_000_000_000).map(Time),
    papers=st.lists(PAPERS, max_size=4, unique_by=(lambda each: each.reference, lambda each: each.digest)).map(tuple),
    languages=st.permutations(LANGUAGES).map(lambda found: tuple(found[:2])),
    address=st.none() | st.just("https://example.org/record/"),
    press=st.none() | BYTES,
    trust=st.none() | BYTES,
)
ONE = Inputs(
    by="us",
    handle="amber-heron",
    as_of=Time(0),
    papers=(PaperInput(reference="US-1", digest=Digest(bytes(32)), evidence=b"e", excerpts=(b"x", b"y")),),
)
FILES = ONE.files("0a1b2c3d")


@given(INPUTS)
def test_what_was_written_is_read_back(inputs: Inputs) -> None:
    files = inputs.files("0a1b2c3d")
    listed, found = read(files | {"index.html": b"a page"})
    assert found == inputs
    assert listed.edition == "0a1b2c3d"
    assert files[LIST] == encode(json.loads(files[LIST])) + b"\n"


def test_where_the_inputs_lie() -> None:
    assert set(FILES) == {
        "site.json",
        "evidence/us-1.evidence",
        "evidence/us-1-excerpt-1.evidence",
        "evidence/us-1-excerpt-2.evidence",
    }


def changed(**members: object) -> bytes:
    value = json.loads(FILES[LIST]) | members
    return encode({name: member for name, member in value.items() if member != "left out"}) + b"\n"


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"form": 2}, "site.version"),
        ({"form": True}, "site.version"),
        ({"form": "left out"}, "site.version"),
        ({"handle": "../evil"}, "site.handle"),
        ({"languages": []}, "site.languages"),
        ({"languages": ["en", "en"]}, "site.languages"),
        ({"languages": ["de"]}, "site.languages"),
        ({"address": "javascript:alert(1)"}, "site.address"),
        ({"by": "left out"}, "canonical.shape"),
        ({"more": 1}, "canonical.shape"),
        ({"as_of": "yesterday"}, "canonical.time"),
        ({"by": "../x"}, "canonical.shape"),
    ],
)
def test_another_list_is_refused(members: dict[str, object], code: str) -> None:
    with pytest.raises(Malformed) as caught:
        read_list(changed(**members))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("papers", "code"),
    [
        ([{"digest": "00" * 32, "excerpts": 0, "reference": "../../etc/passwd-1"}], "site.reference"),
        ([{"digest": "00" * 32, "excerpts": 0, "reference": "us-1"}], "site.reference"),
        ([{"digest": "00" * 32, "excerpts": -1, "reference": "US-1"}], "canonical.shape"),
        ([{"digest": "00" * 32, "excerpts": 10**6, "reference": "US-1"}], "canonical.shape"),
        ([{"digest": "00" * 31, "excerpts": 0, "reference": "US-1"}], "canonical.hex"),
        ([{"digest": f"0{n}" * 32, "excerpts": 0, "reference": "US-1"} for n in (1, 2)], "site.papers"),
        ([{"digest": "00" * 32, "excerpts": 0, "reference": f"US-{n}"} for n in (1, 2)], "site.papers"),
    ],
)
def test_a_list_of_other_papers_is_refused(papers: list[dict[str, object]], code: str) -> None:
    with pytest.raises(Malformed) as caught:
        read_list(changed(papers=papers))
    assert caught.value.code == code


@pytest.mark.parametrize("data", [b"", b"{}", b"[]\n", b"\xff\n", b"{}\n", FILES[LIST][:-1], FILES[LIST] + b"\n"])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        read_list(data)
    assert (caught.value.code == "site.last-line") == (not data.endswith(b"\n"))


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_file_that_the_list_names_must_be_there(name: str) -> None:
    with pytest.raises(Malformed) as caught:
        read({each: data for each, data in FILES.items() if each != name})
    assert (caught.value.code, caught.value.details) == ("site.missing", {"file": name})


@pytest.mark.parametrize("text", ["https://example.org/", "http://127.0.0.1:8000/a/b-c/", "https://x.example/~y/"])
def test_addresses(text: str) -> None:
    assert check_address(text) == text


@pytest.mark.parametrize(
    "text",
    ["", "example.org/", "https://example.org", "ftp://example.org/", 'https://a/"onload="/', "https://a/b c/",
     "https://a/<b>/", "https://a/?q=/", "//example.org/", "https://user@a/"],
)  # fmt: skip
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(Malformed) as caught:
        check_address(text)
    assert caught.value.code == "site.address"


def test_what_could_not_be_read_again_is_not_written() -> None:
    with pytest.raises(Malformed):
        Inputs(by="us", handle="no handle", as_of=Time(0), papers=()).files("0a1b2c3d")


def test_the_agreements_that_the_press_file_names_lie_in_the_record() -> None:
    press = b'agreements = ["new-start", "ours.toml"]\n'
    named = (("new-start", b"one"), ("ours", b"two"))
    inputs = Inputs(by="us", handle="amber-heron", as_of=Time(0), papers=(), press=press, agreements=named)
    files = inputs.files("0a1b2c3d")
    assert {name for name in files if name.startswith("agreements/")} == {
        "agreements/new-start.toml",
        "agreements/ours.toml",
    }
    assert read(files)[1] == inputs
    del files["agreements/ours.toml"]
    with pytest.raises(Malformed) as caught:
        read(files)
    assert (caught.value.code, caught.value.details) == ("site.missing", {"file": "agreements/ours.toml"})
