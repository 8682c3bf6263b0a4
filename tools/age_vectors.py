"""Writes vectors/age: sealed files and archives, good and bad, each with the class and code of its failure.

    python -m tools.age_vectors

The files differ at every run, because wrapping a key is random; what is expected of them does not. A case is put
together from pieces: stretches of a base file, hexadecimal, text, zeros. Bases are binary files beside the JSON.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from tests.seals import BUNDLE, COVER, VECTORS, repeating, secret

from parley import age
from parley.archive import member_header, write_archive
from parley.crypto import Cipher, hkdf
from parley.envelope import _members
from parley.sealed_shape import CHUNK, SEALED_CHUNK, header_length

Case = dict[str, Any]
READER, OTHER, STRANGER = secret("ru"), secret("us"), secret("stranger")


def sealed(name: str, plain: bytes, readers: int = 1) -> bytes:
    rng = repeating(name)
    keys = [READER.public, OTHER.public][:readers]
    return age.seal_small(rng(16), rng(16), plain, keys)


def empty_last() -> bytes:
    """One full chunk and an empty last one, which no sealer may write."""
    rng = repeating("empty last")
    file_key, nonce = rng(16), rng(16)
    cipher = Cipher(hkdf(file_key, salt=nonce, info=b"payload", length=32))
    chunks = cipher.encrypt(bytes(12), bytes(CHUNK)) + cipher.encrypt((1).to_bytes(11, "big") + b"\1", b"")
    return age.seal_header(file_key, [READER.public]) + nonce + chunks


def case(name: str, pieces: list[Case], expect: str, code: str | None = None, **more: Any) -> Case:
    return {"name": name, "pieces": pieces, "expect": expect, **({"code": code} if code else {}), **more}


def whole(base: str, **cut: int) -> Case:
    return {"base": base, **cut}


def good(name: str, base: str, plain: bytes, **more: Any) -> Case:
    digest = hashlib.sha256(plain).hexdigest()
    return case(name, [whole(base)], "ok", plain_sha256=digest, plain_length=len(plain), **more)


def malformed(name: str, pieces: list[Case], code: str) -> Case:
    return case(name, pieces, "malformed", code)


def invalid(name: str, pieces: list[Case], code: str, **more: Any) -> Case:
    return case(name, pieces, "invalid", code, **more)


def header_cases(small: bytes) -> list[Case]:
    """Cases of `small`, one reader: version line 22, arguments to 18 + 1494, a body of 43, MAC line of 48."""
    end = header_length(1)
    enc, body, mac = 22 + 18, 22 + 18 + 1494 + 1, end - 44
    stanza = whole("small", **{"from": 22, "to": mac - 4})
    rest = whole("small", **{"from": mac - 4})
    start = whole("small", to=22)

    def swap(at: int, to: int, text: str) -> list[Case]:
        return [whole("small", to=at), {"text": text}, whole("small", **{"from": to})]

    def twist(at: int) -> str:
        """The last letter of a base64 text with its spare bits set: another writing of the same bytes."""
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        return alphabet[alphabet.index(chr(small[at])) ^ 1]

    other = "A" if small[enc : enc + 1] != b"A" else "B"
    mac_letter = "A" if small[mac : mac + 1] != b"A" else "B"
    return [
        invalid("MAC altered", swap(mac, mac + 1, mac_letter), "age.header-mac"),
        invalid("MAC of another file", [whole("small", to=mac), whole("two", **{"from": header_length(2) - 44,
            "to": header_length(2)}), whole("small", **{"from": end})], "age.header-mac"),
        invalid("stanza altered", swap(enc, enc + 1, other), "age.not-for-this-key"),
        invalid("a reader's stanza taken out", [start, whole("two", **{"from": 22 + 1557})], "age.header-mac",
            identity=age.reading_secret_text(OTHER)),
        invalid("a stanza repeated", [start, stanza, stanza, rest], "age.header-mac"),
        malformed("version 2", swap(0, 22, "age-encryption.org/v2\n"), "sealed.version"),
        malformed("no version line", [whole("small", **{"from": 22})], "sealed.version"),
        malformed("CR LF after the version line", swap(21, 22, "\r\n"), "sealed.version"),
        malformed("no stanza", [start, rest], "sealed.no-stanza"),
        malformed("an X25519 stanza beside", [start, {"text": "-> X25519 " + "A" * 43 + "\n" + "A" * 43 + "\n"}, stanza,
            rest], "sealed.stanza-type"),
        malformed("a grease stanza", [start, stanza, {"text": "-> xyz-grease\n\n"}, rest], "sealed.stanza-type"),
        malformed("a second argument", swap(body - 1, body - 1, " x"), "sealed.stanza-arguments"),
        malformed("argument padded with =", swap(body - 1, body - 1, "=="), "sealed.base64"),
        malformed("spare bits in the argument", swap(body - 2, body - 1, twist(body - 2)), "sealed.base64"),
        malformed("spare bits in the body", swap(body + 42, body + 43, twist(body + 42)), "sealed.base64"),
        malformed("spare bits in the MAC", swap(mac + 42, mac + 43, twist(mac + 42)), "sealed.base64"),
        malformed("a letter of URL-safe base64", swap(enc, enc + 1, "-"), "sealed.base64"),
        malformed("body broken over two lines", swap(body + 20, body + 20, "\n"), "sealed.wrapping"),
        malformed("an empty line after the body", swap(body + 43, body + 43, "\n"), "sealed.wrapping"),
        malformed("body too short", swap(body + 40, body + 43, ""), "sealed.wrapping"),
        malformed("body too long", swap(body + 43, body + 43, "A"), "sealed.wrapping"),
        malformed("no MAC line", [whole("small", to=mac - 4), whole("small", **{"from": end})], "sealed.mac-line"),
        malformed("MAC line without a MAC", swap(mac - 1, mac + 43, ""), "sealed.mac-line"),
        malformed("MAC line cut off", [whole("small", to=end - 1)], "sealed.mac-line"),
        malformed("MAC too short", swap(mac + 39, mac + 43, ""), "sealed.base64"),
        malformed("nothing at all", [], "sealed.version"),
    ]  # fmt: skip


def payload_cases() -> list[Case]:
    """Cases of `three`, two readers: three chunks, the last of 100 bytes."""
    start = header_length(2) + 16
    one, two = start + SEALED_CHUNK, start + 2 * SEALED_CHUNK

    def chunks(*spans: tuple[int, int]) -> list[Case]:
        return [whole("three", to=start), *(whole("three", **{"from": at, "to": to}) for at, to in spans)]

    end = two + 100 + 16
    return [
        malformed("truncated: last chunk missing", chunks((start, two)), "age.truncated"),
        malformed("truncated: two chunks missing", chunks((start, one)), "age.truncated"),
        malformed("truncated: no chunk", chunks(), "age.truncated"),
        malformed("truncated: in the nonce", [whole("three", to=start - 1)], "age.truncated"),
        malformed("truncated: no payload", [whole("three", to=start - 16)], "age.truncated"),
        malformed("truncated: in a tag", chunks((start, two + 15)), "age.truncated"),
        invalid("truncated: in the last chunk", chunks((start, end - 1)), "age.altered"),
        invalid("extended by a byte", [whole("three"), {"hex": "00"}], "age.altered"),
        malformed("extended after a full last chunk", [whole("full"), {"zeros": 17}], "age.extended"),
        malformed("extended by an empty chunk", [whole("full"), {"zeros": 16}], "age.extended"),
        invalid("chunks exchanged", chunks((one, two), (start, one), (two, end)), "age.altered"),
        invalid("chunk repeated", chunks((start, one), (start, one), (one, end)), "age.altered"),
        invalid("chunk left out", chunks((start, one), (two, end)), "age.altered"),
        invalid("nonce altered", [whole("three", to=start - 1), {"hex": "ff"}, whole("three", **{"from": start})],
            "age.altered"),
        invalid("payload of another file", [whole("three", to=start - 16), whole("full", **{"from":
            header_length(1)})], "age.altered"),
        malformed("empty last chunk that is not the first", [whole("empty-last")], "age.empty-last-chunk"),
        invalid("not a reader", [whole("three")], "age.not-for-this-key", identity=age.reading_secret_text(STRANGER)),
    ]  # fmt: skip


def member(path: str, content: bytes, **fields: bytes) -> bytes:
    """A member whose header has other bytes in some fields, and the checksum that fits them."""
    places = {"name": 0, "mode": 100, "owner": 108, "size": 124, "time": 136, "kind": 156, "link": 157, "format": 257,
              "user": 265, "device": 329, "folder": 345, "end": 500}  # fmt: skip
    block = bytearray(member_header(path, len(content)))
    for field, value in fields.items():
        block[places[field] : places[field] + len(value)] = value
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block) + content + bytes(-len(content) % 512)


def archive_cases(bundle: bytes) -> list[Case]:
    """Cases of `bundle`, an archive before it is sealed: what comes after its first three members is replaced."""
    first = 3 * 1024

    def with_members(*members: bytes) -> list[Case]:
        joined = b"".join(members)
        rest = max(4096, first + len(joined) + 1024) - first - len(joined)
        told: list[Case] = []
        for made in members:
            kept = made.rstrip(b"\0")
            told += [{"hex": kept.hex()}, {"zeros": len(made) - len(kept)}]
        return [whole("bundle", to=first), *told, {"zeros": rest}]

    def other(label: str, code: str, field: str | None = None, /, path: str = "attachments/a", **fields: bytes) -> Case:
        made = malformed(label, with_members(member(path, b"words", **fields)), code)
        return made | ({"field": field} if field else {})

    header = "archive.member-header"
    plain = member("attachments/a", b"words")
    return [
        case("one attachment", with_members(plain), "ok"),
        other("name leaves the folder", "archive.path", name=b"../x"),
        other("name leaves the folder, without a folder", header, "name", path="ax", name=b"../x"),
        other("name is absolute", header, "name", path="ax", name=b"/x"),
        other("name is absolute, in a folder", "archive.path", name=b"/etc/passwd"),
        other("folder leaves the folder", "archive.path", folder=b"attachments/.."),
        other("name is the folder above", "document.file-name", path="attachments/.."),
        other("name with a backslash", "document.file-name", path="attachments/a\\b"),
        other("name that hides", "document.file-name", path="attachments/.profile"),
        other("name with a terminal control", "wording.control", path="attachments/a\x1b[2Jb"),
        other("name that turns direction", "wording.bidi-control", path="attachments/a\u202efdp.exe"),
        other("name is a device", "document.file-name", path="attachments/NUL.txt"),
        other("name is not UTF-8", header, "name", name=b"\xff"),
        other("bytes after the name's end", "archive.path", name=b"a\0b"),
        other("another folder", "envelope.member-unexpected", path="elsewhere/a"),
        other("no folder", "envelope.member-unexpected", path="a.txt"),
        other("symbolic link", header, "kind", kind=b"2", link=b"/etc/passwd"),
        other("hard link", header, "kind", kind=b"1", link=b"document.json"),
        other("link name on a plain file", header, "link", link=b"document.json"),
        other("a folder", header, "kind", kind=b"5"),
        other("a device", header, "kind", kind=b"3", device=b"0000001\0"),
        other("a pax header", header, "kind", kind=b"x"),
        other("a plain file of old kind", header, "kind", kind=b"\0"),
        other("mode 0644", header, "mode", mode=b"0000644\0"),
        other("set-user-id", header, "mode", mode=b"0004600\0"),
        other("an owner", header, "owner", owner=b"0001750\0"),
        other("an owner's name", header, "owner", user=b"root\0"),
        other("a time", header, "time", time=b"14174302300\0"),
        other("GNU format", header, "format", format=b"ustar  \0"),
        other("size in base 256", header, "size", size=b"\x80" + bytes(10) + b"\x05"),
        other("size with spaces", header, "size", size=b"          5\0"),
        other("bytes behind the header", header, "end", end=b"x"),
        malformed("checksum wrong", with_members(plain[:148] + b"000000\0 " + plain[156:]), header),
        malformed("member's padding not zero", with_members(plain[:600] + b"x" + plain[601:]),
            "archive.member-padding"),
        malformed("same name twice", with_members(plain, plain), "envelope.name-twice"),
        malformed("same name in other case", with_members(plain, member("attachments/A", b"")), "envelope.name-twice"),
        malformed("attachment after the original", with_members(member("original/o", b""), plain),
            "envelope.member-unexpected"),
        malformed("two originals", with_members(member("original/o", b""), member("original/p", b"")),
            "envelope.member-unexpected"),
        malformed("padding not zero", [whole("bundle", to=len(bundle) - 1), {"hex": "01"}], "archive.padding"),
        malformed("padding one byte short", [whole("bundle", to=len(bundle) - 1)], "archive.short"),
        malformed("padding too long", [whole("bundle"), {"zeros": 512}], "archive.trailing"),
        malformed("members after the end", [*with_members(plain)[:-1], {"zeros": 512}, {"hex": plain[:512].hex()}],
            "archive.padding"),
        malformed("not padded", [*with_members(plain)[:-1], {"zeros": 511}], "archive.short"),
        malformed("document missing", [whole("bundle", **{"from": 1024})], "archive.member-missing"),
        malformed("document and seal exchanged", [whole("bundle", **{"from": 1024, "to": 2048}), whole("bundle",
            to=1024), whole("bundle", **{"from": 2048})], "archive.member-missing"),
        malformed("seal not canonical", [whole("bundle", to=1024), {"hex": member("seal.json", b'{ "seed":1}').hex()},
            whole("bundle", **{"from": 2048})], "canonical.not-canonical"),
        malformed("empty", [], "archive.short"),
    ]  # fmt: skip


def write(name: str, about: str, bases: dict[str, bytes], cases: list[Case]) -> None:
    for base, content in bases.items():
        (VECTORS / f"{base}.bin").write_bytes(content)
    listed = {base: f"{base}.bin" for base in bases}
    text = {"about": about, "identity": age.reading_secret_text(READER), "bases": listed, "cases": cases}
    (VECTORS / f"{name}.json").write_text(json.dumps(text, indent=1, ensure_ascii=False) + "\n", "utf-8")


def main() -> None:
    VECTORS.mkdir(parents=True, exist_ok=True)
    long = bytes(range(256)) * 512 + b"last" * 25
    plains = {"small": b"hello", "two": b"two readers", "three": long, "full": bytes(CHUNK), "empty": b""}
    files = {name: sealed(name, plain, 2 if name in ("two", "three") else 1) for name, plain in plains.items()}
    files["empty-last"] = empty_last()
    goods = [good(f"opens: {name}", name, plain) for name, plain in plains.items()]
    goods.append(good("opens for the second reader", "three", long, identity=age.reading_secret_text(OTHER)))
    about = "Sealed files. Open each with its identity, or else the one of the file."
    write("files", about, files, goods + header_cases(files["small"]) + payload_cases())
    bundle = b"".join(write_archive(tuple(_members(BUNDLE, COVER))))
    about = "Archives as they are before sealing, padding and all: documents, seals, covers, attachments, original."
    write("archives", about, {"bundle": bundle}, [case("opens", [whole("bundle")], "ok"), *archive_cases(bundle)])


if __name__ == "__main__":
    main()
