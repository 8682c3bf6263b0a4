"""What the tests of draft files share: acts of two officers, drafts of them, and files written in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from msgspec import structs

from parley import statement
from parley.act import Act, By, Join, Sealed
from parley.archive import MemoryReader, Reader
from parley.crypto import Digest, KeySetId, SigningKey, VerifyingKey, sha256
from parley.draft import Draft, Place, draft_of, read_draft, write_draft
from tests.build import Case, seed, two_parties

SECOND = SigningKey(seed("second officer ed"), seed("second officer pq"))
PAYLOAD = bytes(range(100))
PARTS: Mapping[Digest, bytes] = {sha256(data): data for data in (b"cover" * 20, b"header" * 50, PAYLOAD, b"title")}


def officers(case: Case, party: str) -> tuple[SigningKey, SigningKey]:
    """Two keys of a party, in the order in which an act names them."""
    first, second = sorted((case.parties[party].officer, SECOND), key=lambda key: key.id)
    return first, second


def for_two(case: Case, act: Act) -> Act:
    keys = tuple(key.id for key in officers(case, act.by.party))
    return structs.replace(act, by=By(party=act.by.party, keys=keys))


def deposit(case: Case) -> Act:
    """A deposit whose sealed parts are those in `PARTS`."""
    cover, header, payload = (Sealed(digest=digest, length=len(data)) for digest, data in list(PARTS.items())[:3])
    return case.deposit("us", "ru", cover=cover, header=header, payload=payload).act


def unsigned(*, kind: str = "deposit") -> tuple[Case, Draft]:
    """A draft for two officers of us that nobody has signed: of a deposit, a convene, or a join and a receipt."""
    case = two_parties()
    if kind == "deposit":
        return case, draft_of([for_two(case, deposit(case))])
    if kind == "convene":
        convened = case.world.negotiations[case.negotiation].convene
        return case, draft_of([for_two(case, structs.replace(convened, title=sha256(b"title")))])
    paper = case.admit(case.deposit("ru", "us"))
    receipt = case.receipt("us", paper).act
    join = case.act(Join, "us", convene=case.world.negotiations[case.negotiation].convened.digest).act
    join = structs.replace(join, after=receipt.after, claimed_time=receipt.claimed_time)
    return case, draft_of([for_two(case, join), for_two(case, receipt)])


def signed(draft: Draft, *keys: SigningKey) -> Draft:
    acts = draft.acts
    for key in keys:
        acts = tuple(statement.add_signature(each, key) for each in acts)
    return Draft(acts=acts)


def keys_of(case: Case) -> Mapping[KeySetId, VerifyingKey]:
    return {key.id: key.verifying for key in officers(case, "us")}


def content(place: Place) -> tuple[int, Callable[[], Reader]]:
    """A part as these tests shut it: with a letter before it."""
    plain = PARTS[place.part.digest]
    data = b"#" + plain if place.shut else plain
    return len(data), lambda: MemoryReader(data)


def file_of(draft: Draft) -> bytes:
    return b"".join(write_draft(draft, content))


def read(data: bytes) -> tuple[Draft, dict[str, bytes]]:
    """A draft with its parts by their path."""
    parts: dict[str, bytes] = {}

    def take(place: Place, pieces: Iterator[memoryview]) -> None:
        parts[place.path] = b"".join(pieces)

    return read_draft([data], take), parts


def written(found: tuple[Draft, dict[str, bytes]]) -> bytes:
    """The file of what was read, from nothing but that."""
    draft, parts = found

    def again(place: Place) -> tuple[int, Callable[[], Reader]]:
        data = parts[place.path]
        return len(data), lambda: MemoryReader(data)

    return b"".join(write_draft(draft, again))
