"""Sealing: age v1 files with post-quantum recipients, the text of reading keys, and streams in constant memory.

A file key of 16 bytes, random and never used twice, is wrapped to each reader by HPKE over X-Wing; a MAC under it binds
the header; ChaCha20-Poly1305 in chunks of 64 KiB carries the payload. Any age 1.3 opens what is made here. Source:
C2SP age, "File key" to "Payload"; C2SP age plugin page "Native recipients"; RFC 9180 for HPKE.

Stricter than age: every stanza is of the post-quantum type, and all is written in the one way we would write it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from parley.crypto import Cipher, ReadingKey, ReadingSecret, equal, hkdf, hmac_sha256
from parley.errors import Invalid, Malformed
from parley.sealed_shape import (
    CHUNK,
    MAX_STANZAS,
    NONCE,
    SEALED_CHUNK,
    STANZA_TYPE,
    TAG,
    Header,
    Stanza,
    header_end,
    parse_header,
)

FILE_KEY = 16
_INFO = "age-encryption.org/" + STANZA_TYPE.decode("ascii")

# --- keys as text -----------------------------------------------------------------------------------------------

READING_KEY_PREFIX = "age1pq"
READING_SECRET_PREFIX = "AGE-SECRET-KEY-PQ-"  # noqa: S105 - the public name of a kind of text, not a secret
_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
_CHECK_LETTERS = 6


def _generator_row(top: int) -> int:
    generator = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
    row = 0
    for bit, term in enumerate(generator):
        row ^= term if top >> bit & 1 else 0
    return row


_GENERATOR_ROWS = tuple(_generator_row(top) for top in range(32))


def _checksum(prefix: str, values: Iterable[int]) -> int:
    """The BCH remainder of BIP 173; 1 where the checksum holds."""
    remainder = 1
    lower = prefix.lower().encode("ascii")
    for part in ((byte >> 5 for byte in lower), (0,), (byte & 31 for byte in lower), values):
        for value in part:
            remainder = (remainder & 0x1FFFFFF) << 5 ^ value ^ _GENERATOR_ROWS[remainder >> 25]
    return remainder


def _bech32(prefix: str, data: bytes) -> str:
    """Bech32 (BIP 173) without its limit of 90 letters, in the case of the prefix."""
    bits = len(data) * 8
    groups = -(-bits // 5)
    number = int.from_bytes(data, "big") << (groups * 5 - bits)
    values = [number >> (5 * at) & 31 for at in range(groups - 1, -1, -1)]
    check = _checksum(prefix, [*values, *(0,) * _CHECK_LETTERS]) ^ 1
    values += [check >> (5 * at) & 31 for at in range(_CHECK_LETTERS - 1, -1, -1)]
    text = "".join(_ALPHABET[value] for value in values)
    return f"{prefix}1{text if prefix.islower() else text.upper()}"


def _unbech32(prefix: str, text: str, size: int) -> bytes:
    """Read the `size` bytes back, from the one text that `_bech32` writes. Raises: Malformed, never naming the text."""
    if not text.startswith(prefix + "1"):
        raise Malformed("age.key-kind", expected=prefix)
    letters = text[len(prefix) + 1 :]
    groups = -(-size * 8 // 5)
    if len(letters) != groups + _CHECK_LETTERS:
        raise Malformed("age.key-length", expected=groups + _CHECK_LETTERS, found=len(letters))
    written = letters if prefix.islower() else letters.swapcase()
    values = [_VALUES.get(letter, -1) for letter in written]
    if -1 in values:
        raise Malformed("age.key-letter", place=len(prefix) + 2 + values.index(-1))
    if _checksum(prefix, values) != 1:
        raise Malformed("age.key-checksum")
    number = 0
    for value in values[:groups]:
        number = number << 5 | value
    spare = groups * 5 - size * 8
    if number & ((1 << spare) - 1):
        raise Malformed("age.key-spare-bits")
    return (number >> spare).to_bytes(size, "big")


def reading_key_text(key: ReadingKey) -> str:
    """The recipient `age1pq1…` of a public reading key, 1959 letters."""
    return _bech32(READING_KEY_PREFIX, key.encoded)


def parse_reading_key(text: str) -> ReadingKey:
    """Read a recipient. Keep the result: reading it costs fifteen times what wrapping to it does. Raises: Malformed."""
    return ReadingKey(_unbech32(READING_KEY_PREFIX, text, 1216))


def reading_secret_text(secret: ReadingSecret) -> str:
    """The identity `AGE-SECRET-KEY-PQ-1…` of a secret reading key, which stock age takes with -i."""
    return _bech32(READING_SECRET_PREFIX, secret.seed)


def parse_reading_secret(text: str) -> ReadingSecret:
    """Read an identity. Raises: Malformed, whose details hold nothing of the text."""
    return ReadingSecret(_unbech32(READING_SECRET_PREFIX, text, 32))


# --- the header -------------------------------------------------------------------------------------------------


def _header_mac(file_key: bytes, header: Header) -> bytes:
    key = hkdf(file_key, salt=b"", info=b"header", length=32)
    return hmac_sha256(key, header.authenticated())


def seal_header(file_key: bytes, recipients: Sequence[ReadingKey]) -> bytes:
    """Write the header that gives `file_key` (16 fresh random bytes) to each reader, in the order given.

    Raises: Malformed when there is no reader, the same one twice, or more than `MAX_STANZAS`.
    """
    if len(file_key) != FILE_KEY:
        raise Malformed("age.file-key-length", expected=FILE_KEY, found=len(file_key))
    if not 1 <= len(recipients) <= MAX_STANZAS:
        raise Malformed("age.reader-count", most=MAX_STANZAS, found=len(recipients))
    if len({key.encoded for key in recipients}) != len(recipients):
        raise Malformed("age.reader-twice")
    wrapped = (key.wrap(file_key, info=_INFO.encode("ascii")) for key in recipients)
    stanzas = tuple(Stanza(encapsulated=encapsulated, wrapped=body) for encapsulated, body in wrapped)
    bare = Header(stanzas=stanzas, mac=b"")
    return Header(stanzas=stanzas, mac=_header_mac(file_key, bare)).encode()


def open_header(header: bytes, secret: ReadingSecret, *, place: int | None = None) -> bytes:
    """Return the file key that a header gives to this reader.

    Verifies its form, that a stanza opens (with `place`, that this one does, counted from 0), and the MAC: all readers
    whose stanza opens under this MAC hold the same file key. Not who wrote it: an age file is not signed.
    Raises: Malformed as `parse_header`; Invalid when no stanza opens or the MAC is wrong.
    """
    parsed = parse_header(header)
    if place is not None and not 0 <= place < len(parsed.stanzas):
        raise Malformed("age.no-such-stanza", place=place, found=len(parsed.stanzas))
    candidates = parsed.stanzas if place is None else parsed.stanzas[place : place + 1]
    file_key = _unwrap_first(candidates, secret)  # 16 bytes: the 32 of a stanza, whose length is fixed, less the tag
    if not equal(_header_mac(file_key, parsed), parsed.mac):
        raise Invalid("age.header-mac")
    return file_key


def _unwrap_first(stanzas: Sequence[Stanza], secret: ReadingSecret) -> bytes:
    for stanza in stanzas:
        try:
            return secret.unwrap(stanza.encapsulated, stanza.wrapped, info=_INFO.encode("ascii"))
        except Invalid:
            continue  # sealed to somebody else: nothing in a stanza says to whom
    raise Invalid("age.not-for-this-key")


# --- the payload ------------------------------------------------------------------------------------------------


def _regroup(pieces: Iterable[bytes], size: int) -> Iterator[tuple[bytes, bool]]:
    """Cut a stream into pieces of `size` and one last, each with whether it is the last.

    The last is empty only when the stream is. A piece of exactly `size` that falls on a boundary passes uncopied.
    """
    whole: bytes | None = None  # kept back: whether it is the last shows only when more comes
    rest = bytearray()
    for piece in pieces:
        view = memoryview(piece)
        while view:
            if not rest and len(view) == size == len(piece):
                ready = piece
                view = view[size:]
            else:
                taken = min(size - len(rest), len(view))
                rest += view[:taken]
                view = view[taken:]
                if len(rest) < size:
                    break
                ready = bytes(rest)
                rest.clear()
            if whole is not None:
                yield whole, False
            whole = ready
    if rest and whole is not None:
        yield whole, False
        whole = None
    yield bytes(rest) if whole is None else whole, True


def _chunk_nonce(counter: int, last: bool) -> bytes:
    return counter.to_bytes(11, "big") + bytes((last,))


def _payload_cipher(file_key: bytes, nonce: bytes) -> Cipher:
    return Cipher(hkdf(file_key, salt=nonce, info=b"payload", length=32))


def encrypt_payload(file_key: bytes, nonce: bytes, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Encrypt a stream under `nonce` (16 fresh random bytes), 64 KiB at a time; pieces of any length go in.

    Fastest when fed 64 KiB pieces. Raises: Malformed for a file key or nonce of another length.
    """
    if len(file_key) != FILE_KEY or len(nonce) != NONCE:
        raise Malformed("age.file-key-length", expected=FILE_KEY, found=min(len(file_key), len(nonce)))
    yield nonce
    cipher = _payload_cipher(file_key, nonce)
    for counter, (chunk, last) in enumerate(_regroup(chunks, CHUNK)):
        yield cipher.encrypt(_chunk_nonce(counter, last), chunk)


def _take(pieces: Iterator[bytes], size: int) -> tuple[bytes, bytes]:
    """The first `size` bytes of a stream, or all there are, and the rest of the piece they ended in."""
    held = b""
    for piece in pieces:
        held += piece
        if len(held) >= size:
            break
    return held[:size], held[size:]


def _prepend(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from pieces


def decrypt_payload(file_key: bytes, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Decrypt a payload, 64 KiB at a time; pieces of any length go in.

    Each piece that comes out is authentic and in its place; that none is missing is known only when the stream ends
    without an error, so a caller keeps nothing it wrote until then.
    Raises: Malformed when the payload is truncated, extended, or ends in an empty chunk; Invalid when a chunk is not
    what was sealed (altered, re-ordered, or under another key).
    """
    if len(file_key) != FILE_KEY:
        raise Malformed("age.file-key-length", expected=FILE_KEY, found=len(file_key))
    source = iter(chunks)
    nonce, rest = _take(source, NONCE)
    if len(nonce) < NONCE:
        raise Malformed("age.truncated")
    cipher = _payload_cipher(file_key, nonce)
    for counter, (chunk, last) in enumerate(_regroup(_prepend(rest, source), SEALED_CHUNK)):
        if len(chunk) < TAG:
            raise Malformed("age.truncated")
        if last and counter and len(chunk) == TAG:
            raise Malformed("age.empty-last-chunk")
        yield _decrypt_chunk(cipher, counter, chunk, last)


def _decrypt_chunk(cipher: Cipher, counter: int, chunk: bytes, last: bool) -> bytes:
    try:
        return cipher.decrypt(_chunk_nonce(counter, last), chunk)
    except Invalid as error:
        _explain(cipher, counter, chunk, last)
        raise Invalid("age.altered", chunk=counter) from error


def _explain(cipher: Cipher, counter: int, chunk: bytes, last: bool) -> None:
    """Tell a stream cut off or added to at a chunk's end from an altered one: it opens with the other last flag."""
    try:
        cipher.decrypt(_chunk_nonce(counter, not last), chunk)
    except Invalid:
        return
    raise Malformed("age.truncated" if last else "age.extended")


# --- a whole file -----------------------------------------------------------------------------------------------


def split(file: bytes) -> tuple[bytes, bytes]:
    """Cut an age file in two: the header, up to and including its MAC line, and the payload. Raises: Malformed."""
    end = header_end(file)
    return file[:end], file[end:]


def join(header: bytes, payload: bytes) -> bytes:
    """Make an age file of its two parts. Raises: Malformed when the header has not the one form."""
    return parse_header(header).encode() + payload


def seal_small(file_key: bytes, nonce: bytes, plain: bytes, recipients: Sequence[ReadingKey]) -> bytes:
    """Write a whole age file that fits in memory. Raises: Malformed as `seal_header` does."""
    return seal_header(file_key, recipients) + b"".join(encrypt_payload(file_key, nonce, (plain,)))


def open_small(file: bytes, secret: ReadingSecret) -> bytes:
    """Return the plain bytes of a whole age file. Raises: as `open_header` and `decrypt_payload` do."""
    header, payload = split(file)
    return b"".join(decrypt_payload(open_header(header, secret), (payload,)))
