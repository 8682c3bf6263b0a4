"""The envelope: what goes in comes out, one archive for given members, and nothing else is accepted."""

from __future__ import annotations

import io
import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley import age, archive, envelope
from parley.canonical import encode
from parley.client.digesting import ThreadedSha256
from parley.crypto import Sha256, sha256
from parley.document import check_file_name
from parley.envelope import Bundle, Cover, Opened, Part, Sealed
from parley.errors import Invalid, Malformed, Refused, Unavailable
from parley.sealed_shape import (
    CHUNK,
    check_cover_shape,
    check_header_shape,
    check_payload_length,
    cover_length,
    padded_length,
    plain_length,
)
from tests.seals import BUNDLE, COVER, SEAL, assemble, bases, cases, part, repeating, secret

US, RU, STRANGER = secret("us"), secret("ru"), secret("stranger")


def seal(bundle: Bundle = BUNDLE, cover: Cover = COVER) -> tuple[Sealed, bytes]:
    return envelope.seal_in_memory(
        bundle, cover, recipients=[RU.public], sender=US.public, rng=repeating("envelope")
    )  # fmt: skip


def reopen(sealed: Sealed, payload: bytes) -> Opened:
    return envelope.open_bundle(sealed.header, (payload,), RU, cover=envelope.open_cover(sealed.cover, RU))


def archived(*members: archive.Member) -> bytes:
    return b"".join(archive.write_archive(members))


def member(path: str, content: bytes) -> archive.Member:
    return archive.Member(path=path, size=len(content), open=lambda: archive.MemoryReader(content))


START = (member("document.json", b"{}"), member("seal.json", encode(SEAL)), member("cover.json", encode(COVER)))


class Endless:
    """A reader of so many bytes that are never all in memory, which notes how much it was asked for at once."""

    def __init__(self, size: int) -> None:
        self.left, self.most = size, 0

    def read(self, size: int, /) -> bytes:
        self.most = max(self.most, size)
        size = min(size, self.left)
        self.left -= size
        return bytes(size)

    def close(self) -> None:
        self.left = -1


# --- round trips ------------------------------------------------------------------------------------------------


def test_sender_and_recipient_open_the_same_bundle() -> None:
    sealed, payload = seal()
    for reader in (US, RU):
        opened = envelope.open_bundle(sealed.header, (payload,), reader, cover=COVER)
        assert (opened.document, opened.seal, opened.cover) == (BUNDLE.document, SEAL, COVER)
        assert [found.name for found in opened.attachments] == ["annex 1.csv", "Приложение 2.pdf"]
        assert [found.place for found in opened.attachments] == [1, 2]
        assert opened.attachments[0].content == b"a,b\n1,2\n"
        assert opened.attachments[1].digest == sha256(b"%PDF" * 700)
        assert opened.original is not None
        assert (opened.original.name, opened.original.place, opened.original.size) == ("response.docx", 0, 666)


NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60).filter(lambda name: _safe(name))


def _safe(name: str) -> bool:
    try:
        check_file_name(name)
    except Malformed:
        return False
    return True


@given(
    document=st.binary(max_size=2000),
    parts=st.lists(st.tuples(NAMES, st.binary(max_size=3000)), max_size=4, unique_by=lambda it: it[0].casefold()),
    original=st.booleans(),
)
@settings(max_examples=40)
def test_any_bundle_comes_back(document: bytes, parts: list[tuple[str, bytes]], original: bool) -> None:
    made = [part(name, content) for name, content in parts]
    last = made.pop() if original and made else None
    bundle = Bundle(document=document, seal=SEAL, attachments=made, original=last)
    opened = reopen(*seal(bundle))
    found = [*opened.attachments, *((opened.original,) if opened.original else ())]
    assert opened.document == document
    assert [(each.name, each.content) for each in found] == parts


def test_what_is_sealed_has_the_shape_digests_and_lengths_told() -> None:
    sealed, payload = seal()
    assert sealed.readers == (RU.public.id, US.public.id)
    assert (sealed.header_digest, sealed.cover_digest) == (sha256(sealed.header), sha256(sealed.cover))
    assert (sealed.payload_digest, sealed.payload_length) == (sha256(payload), len(payload))
    check_header_shape(sealed.header, stanzas=2)
    check_cover_shape(sealed.cover, stanzas=2)
    assert check_payload_length(len(payload)) == padded_length(plain_length(len(payload)))
    assert len(sealed.cover) == cover_length(2)


def test_each_stanza_stands_where_the_readers_say() -> None:
    sealed, payload = seal()
    assert envelope.open_bundle(sealed.header, (payload,), RU, cover=COVER, place=0).cover == COVER
    with pytest.raises(Invalid, match=r"age\.not-for-this-key"):
        envelope.open_bundle(sealed.header, (payload,), RU, cover=COVER, place=1)


def test_header_payload_and_cover_are_of_keys_of_their_own() -> None:
    """One file key for two streams would repeat nonces under one key, were the two payload nonces equal."""
    sealed, payload = seal()
    end = len(sealed.cover) - (cover_length(0) - 70)
    assert age.open_header(sealed.header, RU) != age.open_header(sealed.cover[:end], RU)
    assert payload[:16] != sealed.cover[end : end + 16]


def test_a_thread_of_its_own_computes_the_same_digest() -> None:
    big = Bundle(
        document=b"{}", seal=SEAL, attachments=[Part(name="a", size=5_000_000, open=lambda: Endless(5_000_000))]
    )
    plainly, _ = seal(big)
    with ThreadedSha256() as digesting:
        kept: list[bytes] = []
        sealed = envelope.seal(
            big, COVER, recipients=[RU.public], sender=US.public, rng=repeating("envelope"), write=kept.append,
            digesting=digesting,
        )  # fmt: skip
    assert sealed.payload_digest == plainly.payload_digest == sha256(b"".join(kept))


@given(st.lists(st.binary(max_size=400_000), max_size=12))
@settings(max_examples=20)
def test_a_threaded_digest_is_the_plain_one(pieces: list[bytes]) -> None:
    plain = Sha256()
    with ThreadedSha256() as threaded:
        for piece in pieces:
            plain.update(piece)
            threaded.update(piece)
        assert threaded.digest() == plain.digest()
        threaded.update(b"more")
        assert threaded.digest() == sha256(*pieces, b"more")


# --- constant memory --------------------------------------------------------------------------------------------


def test_a_huge_attachment_is_read_in_chunks_that_fall_on_the_ciphers() -> None:
    size = 40 * 1024 * 1024
    reader = Endless(size)
    bundle = Bundle(document=b"{}", seal=SEAL, attachments=[Part(name="a", size=size, open=lambda: reader)])
    largest = 0

    def write(piece: bytes) -> None:
        nonlocal largest
        largest = max(largest, len(piece))

    sealed = envelope.seal(
        bundle, COVER, recipients=[RU.public], sender=US.public, rng=repeating("huge"), write=write
    )  # fmt: skip
    assert reader.most == CHUNK
    assert largest == CHUNK + 16
    assert reader.left == -1, "the reader is closed"
    assert plain_length(sealed.payload_length) >= size


def test_whole_chunks_pass_through_the_cipher_without_a_copy() -> None:
    """After the first, every piece of the archive that feeds the cipher is one chunk, whole."""
    size = 1024 * 1024
    bundle = Bundle(document=b"{}", seal=SEAL, attachments=[Part(name="a", size=size, open=lambda: Endless(size))])
    pieces = list(archive.write_archive(tuple(envelope._members(bundle, COVER))))
    lengths = [len(piece) for piece in pieces]
    start = lengths.index(CHUNK)
    assert sum(lengths[:start]) == CHUNK
    assert lengths[start : start + 14] == [CHUNK] * 14


class Kept(io.BytesIO):
    """A writer that can still be looked at after it is closed."""

    final: bytes | None = None

    def close(self) -> None:
        self.final = self.getvalue()
        super().close()


def test_a_sink_gets_the_parts_and_nothing_is_kept() -> None:
    sealed, payload = seal()
    writers: dict[tuple[str, int], Kept] = {}

    def sink(name: str, place: int) -> Kept:
        return writers.setdefault((name, place), Kept())

    opened = envelope.open_bundle(sealed.header, (payload,), RU, cover=COVER, sink=sink)
    assert list(writers) == [("annex 1.csv", 1), ("Приложение 2.pdf", 2), ("response.docx", 0)]
    assert writers["annex 1.csv", 1].final == b"a,b\n1,2\n"
    assert [found.content for found in opened.attachments] == [None, None]
    assert opened.attachments[1].digest == sha256(writers["Приложение 2.pdf", 2].final or b"")


def test_the_writer_is_closed_when_the_payload_breaks_off() -> None:
    big = b"x" * 200_000
    sealed, payload = seal(Bundle(document=b"{}", seal=SEAL, attachments=[part("a", big)]))
    writer = Kept()
    with pytest.raises(Malformed, match=r"age\.truncated"):
        envelope.open_bundle(sealed.header, (payload[: 16 + 2 * 65552],), RU, cover=COVER, sink=lambda *_: writer)
    assert writer.closed


def test_a_sink_that_cannot_write_is_unavailable() -> None:
    sealed, payload = seal()

    class Full(Kept):
        def write(self, piece: Any, /) -> int:
            raise OSError(f"no space for {len(piece)}")

    with pytest.raises(Unavailable, match=r"envelope\.unwritable"):
        envelope.open_bundle(sealed.header, (payload,), RU, cover=COVER, sink=lambda *_: Full())


def test_a_payload_that_cannot_be_written_is_unavailable() -> None:
    def write(piece: bytes) -> None:
        raise OSError("no space")

    with pytest.raises(Unavailable, match=r"envelope\.unwritable"):
        envelope.seal(BUNDLE, COVER, recipients=[RU.public], sender=US.public, rng=repeating("x"), write=write)


def test_what_is_too_large_for_memory_needs_a_sink() -> None:
    size = envelope.MAX_IN_MEMORY + 1

    def plain() -> Iterator[bytes]:
        yield archived(*START)[: sum(512 + -(-each.size // 512) * 512 for each in START)]
        yield archive.member_header("attachments/a", size)

    with pytest.raises(Refused) as caught:
        envelope.read_bundle(plain(), cover=COVER)
    assert caught.value.code == "envelope.too-large-for-memory"


# --- what sealing refuses ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"document": bytes(envelope.MAX_DOCUMENT + 1)}, "envelope.document-long"),
        ({"attachments": [part("../x", b"")]}, "document.file-name"),
        ({"attachments": [part("a", b""), part("A", b"")]}, "envelope.name-twice"),
        ({"attachments": [part("a", b"")], "original": part("a", b"")}, "envelope.name-twice"),
        ({"attachments": [part("a", b"")] * 1000}, "envelope.attachments"),
        ({"attachments": [replace(part("a", b"12345"), size=4)]}, "archive.member-grew"),
        ({"attachments": [replace(part("a", b"12345"), size=6)]}, "archive.member-shrank"),
        ({"attachments": [replace(part("a", b"12345"), size=8**11)]}, "archive.size"),
        ({"attachments": [replace(part("a", b"12345"), digest=sha256(b"12346"))]}, "envelope.part-changed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bundle_that_cannot_be_sealed(changed: dict[str, Any], code: str) -> None:
    with pytest.raises(Malformed) as caught:
        seal(replace(BUNDLE, **changed))
    assert caught.value.code == code


def test_a_part_of_the_digest_told_is_sealed() -> None:
    made = replace(part("a", b"12345"), digest=sha256(b"12345"))
    assert reopen(*seal(replace(BUNDLE, attachments=[made]))).attachments[0].content == b"12345"


def test_a_part_that_cannot_be_read_is_unavailable() -> None:
    class Broken(Endless):
        def read(self, size: int, /) -> bytes:
            raise OSError(f"gone at {size}")

    with pytest.raises(Unavailable, match=r"archive\.unreadable"):
        seal(replace(BUNDLE, attachments=[Part(name="a", size=3, open=lambda: Broken(3))]))


def test_a_reader_named_twice_is_refused() -> None:
    with pytest.raises(Malformed, match=r"age\.reader-twice"):
        envelope.seal_in_memory(BUNDLE, COVER, recipients=[US.public], sender=US.public, rng=repeating("twice"))


# --- the cover --------------------------------------------------------------------------------------------------


@given(
    subject=st.text("abc XYZ ёжик", min_size=1, max_size=60).filter(lambda text: text.strip() != ""),
    pages=st.none() | st.integers(1, 100_000),
    precedence=st.sampled_from(["routine", "priority", "immediate", "flash"]),
    shown=st.lists(st.sampled_from(["allies", "Ukraine", "the Congress"]), max_size=3),
)
@settings(max_examples=30)
def test_any_cover_comes_back(subject: str, pages: int | None, precedence: Any, shown: list[str]) -> None:
    made = Cover(
        also_handed_over=None, languages=(), may_show=(), note="Replaces our No. 7,\nwhich lacked page 3.", pages=pages,
        precedence=precedence, reference=None, shown_by_sender=tuple(shown), subject=subject,
    )  # fmt: skip
    sealed = envelope.seal_cover(made, [RU.public, US.public], repeating("cover"))
    assert len(sealed) == cover_length(2)
    assert envelope.open_cover(sealed, US) == envelope.open_cover(sealed, RU) == made


def test_a_cover_is_for_its_readers_alone() -> None:
    sealed, _ = seal()
    with pytest.raises(Invalid, match=r"age\.not-for-this-key"):
        envelope.open_cover(sealed.cover, STRANGER)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"subject": ""}, "cover.empty"),
        ({"subject": "  "}, "cover.empty"),
        ({"reference": ""}, "cover.empty"),
        ({"may_show": ("",)}, "cover.empty"),
        ({"subject": "a\u202eb"}, "wording.bidi-control"),
        ({"subject": "a\x1b[31mb"}, "wording.control"),
        ({"subject": "two\nlines"}, "wording.control"),
        ({"note": "a\u200bb"}, "wording.hidden"),
        ({"pages": 0}, "cover.pages"),
        ({"languages": ("English",)}, "cover.language"),
        ({"note": "x" * 5000}, "wording.too-long"),
    ],
)
def test_a_cover_that_may_not_be(changed: dict[str, Any], code: str) -> None:
    with pytest.raises(Malformed) as caught:
        msgspec.structs.replace(COVER, **changed)
    assert caught.value.code == code


def test_a_cover_must_fit_its_four_kibibytes() -> None:
    long = msgspec.structs.replace(COVER, note="ж" * 2000)
    with pytest.raises(Malformed, match=r"envelope\.cover-long"):
        seal(cover=long)


@pytest.mark.parametrize(
    ("plain", "code"),
    [
        (encode(COVER), "envelope.cover-length"),
        (encode(COVER).ljust(4097, b"\0"), "envelope.cover-length"),
        (encode(COVER).ljust(4095, b"\0") + b" ", "canonical.json"),
        ((b" " + encode(COVER)).ljust(4096, b"\0"), "canonical.not-canonical"),
        (bytes(4096), "canonical.json"),
        (encode({"subject": "x"}).ljust(4096, b"\0"), "canonical.shape"),
    ],
)
def test_a_cover_of_another_form_is_refused(plain: bytes, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        envelope.open_cover(age.seal_small(bytes(16), bytes(16), plain, [RU.public]), RU)
    assert caught.value.code == code


def test_the_cover_inside_must_be_the_cover_outside() -> None:
    sealed, payload = seal()
    other = msgspec.structs.replace(COVER, subject="Something else")
    with pytest.raises(Invalid) as caught:
        envelope.open_bundle(sealed.header, (payload,), RU, cover=other)
    assert caught.value.code == "envelope.cover-differs"
    assert envelope.open_bundle(sealed.header, (payload,), RU, cover=None).cover == COVER


# --- the archive ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases("archives"), ids=lambda case: case["name"])
def test_archive_vector(case: dict[str, Any]) -> None:
    plain = assemble(case["pieces"], bases("archives"))
    if case["expect"] == "ok":
        assert envelope.read_bundle((plain,), cover=COVER).cover == COVER
        return
    assert case["expect"] == "malformed"
    with pytest.raises(Malformed) as caught:
        envelope.read_bundle((plain,), cover=COVER)
    assert caught.value.code == case["code"]
    if "field" in case:
        assert caught.value.details["field"] == case["field"]


BUNDLE_BYTES = archived(*envelope._members(BUNDLE, COVER))


@given(place=st.integers(0, len(BUNDLE_BYTES) - 1), flip=st.integers(1, 255))
@settings(max_examples=300)
def test_a_byte_changed_is_refused_or_is_content(place: int, flip: int) -> None:
    """What is accepted rebuilds to the very bytes that were read."""
    changed = bytearray(BUNDLE_BYTES)
    changed[place] ^= flip
    try:
        opened = envelope.read_bundle((bytes(changed),), cover=None)
    except (Malformed, Invalid):
        return
    parts = [part(found.name, found.content or b"") for found in opened.attachments]
    last = part(opened.original.name, opened.original.content or b"") if opened.original else None
    bundle = Bundle(document=opened.document, seal=opened.seal, attachments=parts, original=last)
    assert archived(*envelope._members(bundle, opened.cover)) == changed


@given(cut=st.integers(0, len(BUNDLE_BYTES) - 1), lengths=st.lists(st.integers(0, 5000), max_size=6))
def test_no_shorter_archive_is_read(cut: int, lengths: list[int]) -> None:
    pieces, at = [], 0
    for length in lengths:
        pieces.append(BUNDLE_BYTES[at : min(cut, at + length)])
        at = min(cut, at + length)
    with pytest.raises(Malformed):
        envelope.read_bundle([*pieces, BUNDLE_BYTES[at:cut]], cover=COVER)


@given(sizes=st.lists(st.integers(0, 70_000), max_size=4))
@settings(max_examples=30)
def test_the_length_of_an_archive_is_known_before_it_is_written(sizes: list[int]) -> None:
    written = archived(*(member(f"m{number}", bytes(size)) for number, size in enumerate(sizes)))
    assert len(written) == padded_length(archive.archive_length(sizes))


def test_the_same_members_make_the_same_archive_and_pythons_reader_agrees() -> None:
    assert archived(*envelope._members(BUNDLE, COVER)) == BUNDLE_BYTES
    with tarfile.open(fileobj=io.BytesIO(BUNDLE_BYTES)) as tar:
        found = {info.name: info for info in tar.getmembers()}
        assert list(found) == [
            "document.json",
            "seal.json",
            "cover.json",
            "attachments/annex 1.csv",
            "attachments/Приложение 2.pdf",
            "original/response.docx",
        ]
        assert {(info.mode, info.uid, info.mtime, info.type) for info in found.values()} == {(0o600, 0, 0, b"0")}
        content = tar.extractfile("original/response.docx")
        assert content is not None
        assert content.read() == b"PK" * 333


def test_stock_tar_reads_it_with_its_padding() -> None:
    ran = subprocess.run(["tar", "-xOf", "-", "cover.json"], input=BUNDLE_BYTES, capture_output=True, check=True)
    assert ran.stdout == encode(COVER)


@pytest.mark.parametrize("path", ["", "a/b/c", "x" * 101, "é" * 51, "a\0b", "attachments/"])
def test_a_path_that_no_header_can_tell(path: str) -> None:
    with pytest.raises(Malformed, match=r"archive\.path"):
        archive.member_header(path, 0)


def test_a_document_larger_than_any_is_refused_by_its_header() -> None:
    size = envelope.MAX_DOCUMENT + 1
    with pytest.raises(Malformed, match=r"archive\.size"):
        envelope.read_bundle((archive.member_header("document.json", size), bytes(512)), cover=COVER)


def test_opening_checks_the_payload_to_its_end_even_when_nothing_follows_the_archive() -> None:
    """The last chunk holds padding alone here: cut off, altered or added to, nothing is returned."""
    sealed, payload = seal(Bundle(document=bytes(65536 + 512), seal=SEAL))
    for wrong in (payload[: 16 + 65552], payload[:-1], payload[:-1] + bytes([payload[-1] ^ 1]), payload + b"x"):
        with pytest.raises((Malformed, Invalid)):
            reopen(sealed, wrong)
