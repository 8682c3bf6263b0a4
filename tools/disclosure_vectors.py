"""Write vectors/disclosure/openings.json: openings that prove and openings that do not, with the class of failure.

Every case is an opening, a subject and a commitment in the writing of FORMATS; `expect` is "ok", "malformed" or
"invalid". Run as `python tools/disclosure_vectors.py > vectors/disclosure/openings.json`; a test runs it and compares.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

from parley import canonical
from parley.articulate import Particulars, articulate
from parley.crypto import Digest, tagged
from parley.disclosure import (
    DUMMY_TAG,
    LEAF_TAG,
    Blind,
    Committed,
    Seed,
    commit,
    commit_contents,
    contents,
    salt,
    subject_of,
)
from parley.document import Document

TEXT = """# Sample treaty

## Article 1. Aim

The Parties exchange notes.

## Article 2. Notes

The Parties:

1. write notes;
2. answer them:

   (a) in time;

   (b) in writing.
"""
SEED, BLIND = Seed(bytes(range(32))), Blind(bytes(range(32, 64)))
Case = dict[str, Any]


def document(text: str = TEXT) -> Document:
    return articulate("sample.md", text.encode(), Particulars(language="en"))


def subject(party: str = "us", nonce: int = 0x22) -> Digest:
    return subject_of(log="depositary.example/log/1", negotiation=b"\x11" * 16, nonce=bytes([nonce]) * 16, party=party)


def sealed(text: str = TEXT, **who: Any) -> Committed:
    return commit(document(text), seed=SEED, blind=BLIND, subject=subject(**who))


def plain(committed: Committed, *numbers: int) -> Any:
    """An opening as JSON, for a case to spoil."""
    return json.loads(canonical.encode(committed.reveal(numbers)))


def case(name: str, opening: Any, committed: Committed, code: str | None = None, **members: Any) -> Case:
    failure = {"expect": "ok"} if code is None else {"expect": members.pop("failure", "invalid"), "code": code}
    return {
        "name": name,
        "opening": opening,
        "subject": committed.subject.hex(),
        "commitment": committed.commitment.hex(),
        **failure,
        **members,
    }


def good() -> Iterator[Case]:
    full, everything = sealed(), range(8)
    yield case("one provision that needs no other", plain(full, 1), full, opened=[1], missing=[])
    yield case("a point without what must accompany it", plain(full, 7), full, opened=[7], missing=[2, 3, 5])
    yield case(
        "a point with all that must accompany it", plain(full, 2, 3, 5, 7), full, opened=[2, 3, 5, 7], missing=[]
    )
    yield case("the manifest alone", plain(full, 0), full, opened=[], missing=[])
    yield case("everything", plain(full, *everything), full, opened=[1, 2, 3, 4, 5, 6, 7], missing=[])
    larger = sealed("# T\n\n" + "\n\n".join(f"Paragraph {number}." for number in range(40)))
    yield case("a document past sixteen leaves", plain(larger, 17, 40), larger, opened=[17, 40], missing=[])
    decomposed = _raw(b'"e\xcc\x81tat"')
    name = "words that are not canonical are hashed as they are"
    yield case(name, plain(decomposed, 1), decomposed, opened=[1], missing=[])


def _raw(words: bytes) -> Committed:
    """A commitment by a hand that follows no rule for the words of leaf 1."""
    manifest, first, *rest = contents(document())
    own = canonical.encode(canonical.decode_any(first)["words"])
    return commit_contents([manifest, first.replace(own, words), *rest], seed=SEED, blind=BLIND, subject=subject())


def spoiled(change: Callable[[Any], None], *numbers: int) -> Any:
    opening = plain(sealed(), *numbers)
    change(opening)
    return opening


def bad_form() -> Iterator[Case]:
    full = sealed()

    def malformed(name: str, code: str, change: Callable[[Any], None], *numbers: int) -> Case:
        return case(name, spoiled(change, *numbers), full, code, failure="malformed")

    yield malformed("no leaves", "disclosure.opening-empty", lambda o: o.update(leaves=[]), 1)
    yield malformed("proof a hash short", "disclosure.proof-length", lambda o: o["leaves"][0]["proof"].pop(), 1)
    yield malformed(
        "proof a hash long", "disclosure.proof-length", lambda o: o["leaves"][0]["proof"].append("A" * 43 + "="), 1
    )
    short = "A" * 42 + "=="
    yield malformed("a hash of 31 bytes", "canonical.length", lambda o: _set(o["leaves"][0]["proof"], 0, short), 1)
    yield malformed("leaves out of order", "disclosure.order", lambda o: o["leaves"].reverse(), 1, 2)
    yield malformed("a leaf twice", "disclosure.order", lambda o: o["leaves"].append(o["leaves"][0]), 1)
    yield malformed("a number past the total", "disclosure.number", lambda o: o["leaves"][0].update(number=9), 1)
    yield malformed("a negative number", "disclosure.number", lambda o: o["leaves"][0].update(number=-1), 1)
    yield malformed("a total of none", "disclosure.total", lambda o: o.update(total=0), 0)
    yield malformed("an unknown member", "canonical.shape", lambda o: o.update(note="x"), 1)
    yield malformed("a blind of 31 bytes", "canonical.hex", lambda o: o.update(blind="00" * 31), 1)
    yield malformed("data not base64", "canonical.base64", lambda o: o["leaves"][0].update(data="-"), 1)


def _set(items: list[Any], place: int, value: Any) -> None:
    items[place] = value


def bad_proof() -> Iterator[Case]:
    full = sealed()
    code = "disclosure.commitment"

    def invalid(name: str, change: Callable[[Any], None], *numbers: int) -> Case:
        return case(name, spoiled(change, *numbers), full, code)

    yield invalid("a leaf renumbered", lambda o: o["leaves"][0].update(number=2), 1)
    yield invalid("two leaves with their places exchanged", _exchange, 1, 2)
    yield invalid("one byte of the words changed", _flip_last_byte, 1)
    yield invalid("a total one more", lambda o: o.update(total=8), 1)
    yield invalid("a total one less", lambda o: o.update(total=6), 1)
    yield invalid("another blind", lambda o: o.update(blind="00" * 32), 1)
    yield invalid("a sibling changed", lambda o: _set(o["leaves"][0]["proof"], 3, "A" * 43 + "="), 1)
    yield invalid("siblings in another order", lambda o: o["leaves"][0]["proof"].reverse(), 1)
    other = sealed(TEXT.replace("in time", "in due time"))
    mixed = plain(full, 1)
    mixed["leaves"] += plain(other, 6)["leaves"]
    yield case("one leaf of another document among them", mixed, full, code)
    adopted = {"subject": subject(party="ru").hex()}
    yield case("a commitment adopted by another party", plain(full, 1), full, code) | adopted
    again = {"subject": subject(nonce=0x23).hex()}
    yield case("a commitment used again for another deposit", plain(full, 1), full, code) | again
    yield case("openings of another document", plain(other, 1), full, code) | {"commitment": "00" * 32}


def _exchange(opening: Any) -> None:
    first, second = opening["leaves"]
    first["number"], second["number"] = second["number"], first["number"]
    opening["leaves"].reverse()


def _flip_last_byte(opening: Any) -> None:
    leaf = sealed().leaves[1]
    opening["leaves"][0]["data"] = canonical.Base64(leaf[:-3] + b"!" + leaf[-2:]).to_text()


def dishonest() -> Iterator[Case]:
    """Commitments that hold, over leaves that may not be: only the sender could have made them."""
    manifest, *leaves = contents(document())

    def odd(name: str, code: str, changed: list[bytes], number: int = 1) -> Case:
        made = commit_contents(changed, seed=SEED, blind=BLIND, subject=subject())
        return case(name, plain(made, number), made, code, failure="malformed")

    yield odd("leaves exchanged before the sealing", "disclosure.place", [manifest, leaves[1], leaves[0], *leaves[2:]])
    yield odd("a leaf that calls itself the manifest", "canonical.shape", [manifest, manifest, *leaves[1:]])
    yield odd("a provision in the manifest's place", "canonical.shape", [leaves[0], *leaves], 0)
    spaced = leaves[0].replace(b'"language":', b'"language": ')
    yield odd("a leaf that is not canonical JSON", "canonical.not-canonical", [manifest, spaced, *leaves[1:]])
    unknown = leaves[0].replace(b'"words":', b'"wit":1,"words":')
    yield odd("a leaf with a member too many", "canonical.shape", [manifest, unknown, *leaves[1:]])
    absent = leaves[0].replace(b'"answers":[],', b"")
    yield odd("a leaf with a member too few", "canonical.shape", [manifest, absent, *leaves[1:]])
    itself = leaves[0].replace(b'"requires":[]', b'"requires":[1]')
    yield odd("a provision that requires itself", "document.requires", [manifest, itself, *leaves[1:]])
    beyond = leaves[0].replace(b'"requires":[]', b'"requires":[99]')
    yield odd("a provision that requires one past the last", "document.requires", [manifest, beyond, *leaves[1:]])
    ranges = manifest.replace(b'"last":7', b'"last":6')
    yield odd("a manifest whose languages leave a provision out", "document.languages", [ranges, *leaves], 0)
    yield odd("a leaf without words or JSON", "disclosure.leaf", [manifest, b"", *leaves[1:]])


def dummy_as_leaf() -> Iterator[Case]:
    """The total raised so that a dummy falls among the provisions: commitment made over that total by its sender."""
    full = sealed()
    raised = tagged("parley/commitment/v1", full.subject, BLIND, (full.total + 1).to_bytes(4, "big"), full.root)
    number = full.total + 1
    opening = {
        "blind": BLIND.hex(),
        "leaves": [
            {
                "data": canonical.Base64(DUMMY_TAG + salt(SEED, number)).to_text(),
                "number": number,
                "proof": [canonical.Base64(sibling).to_text() for sibling in full.tree.inclusion(number)],
            }
        ],
        "total": number,
    }
    named = "a dummy opened as a leaf, by a sender who counted it"
    yield case(named, opening, full, "disclosure.leaf", failure="malformed") | {"commitment": raised.hex()}
    honest = json.loads(json.dumps(opening))
    honest["total"] = full.total
    yield case("a dummy opened past the total", honest, full, "disclosure.number", failure="malformed")
    yield case("a dummy opened with the total raised", opening, full, "disclosure.commitment")


def main() -> int:
    cases = [*good(), *bad_form(), *bad_proof(), *dishonest(), *dummy_as_leaf()]
    about = "openings of a document commitment: what they prove, or the class of failure and its code"
    json.dump({"about": about, "leaf_tag": LEAF_TAG.decode(), "cases": cases}, sys.stdout, indent=1, sort_keys=True)
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
