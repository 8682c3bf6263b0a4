"""The seal on a document: a salted tree over its provisions, from which single ones can be shown with proof.

    subject    = SHA-256("parley/subject/v1"    LF canonical {"log","negotiation","nonce","party"})
    salt_i     = HMAC-SHA-256(seed, "parley/salt/v1" LF u32_be(i))
    leaf_i     = "parley/leaf/v1"  LF salt_i canonical JSON          i = 0 the manifest, 1..N the provisions in order
    dummy_i    = "parley/dummy/v1" LF salt_i                         i = N+1 .. 2^k-1
    root       = RFC 9162 tree hash over 2^k leaves, 2^k the least power of two >= max(16, N+1)
    commitment = SHA-256("parley/commitment/v1" LF subject blind u32_be(N) root)

Members of the manifest (leaf 0): `attachments`, `languages`, `number` (0), `original`, `prevails`, `standing`, `title`.
Members of a provision (leaf 1..N): `answers`, `eId`, `language`, `number`, `path`, `requires`, `wId`, `words`.

The subject names who deposits where, so nobody can adopt another's commitment. A sender and a recipient build every
leaf from the document and the seed (`commit`, `check`); a verifier of openings hashes the leaf bytes it is given as
they are and normalises nothing (`verify_openings`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from parley import canonical
from parley.canonical import Base64, Hex, Record
from parley.crypto import Digest, equal, hmac_sha256, sha256, tagged
from parley.document import (
    MAX_PROVISIONS,
    Answer,
    Document,
    File,
    Language,
    Prevails,
    Provision,
    Standing,
    check_companions,
    check_languages,
)
from parley.errors import Invalid, Malformed
from parley.merkle import Tree, leaf_hash, node_hash

LEAF_TAG, DUMMY_TAG = b"parley/leaf/v1\n", b"parley/dummy/v1\n"
SALT_SIZE = 32
MIN_DEPTH = 4


class Seed(Hex, size=32):
    """The secret every salt of one deposit comes from. For one deposit only, or its salts repeat."""


class Blind(Hex, size=32):
    """The secret that keeps a commitment from confirming a guessed root."""


class Seal(Record, frozen=True):
    """What opens a commitment beside the document: the file `seal.json` of the bundle."""

    blind: Blind
    seed: Seed


class Manifest(Record, frozen=True):
    """Leaf 0: what the document is, apart from its provisions."""

    attachments: tuple[File, ...]
    languages: tuple[Language, ...]
    number: int
    original: File | None
    prevails: Prevails
    standing: Standing
    title: str


class Leaf(Record, frozen=True, rename={"e_id": "eId", "w_id": "wId"}):
    """Leaf 1 to N: one provision as an excerpt shows it; `path` are the numbers and headings down to it."""

    answers: tuple[Answer, ...]
    e_id: str
    language: str
    number: int
    path: tuple[str, ...]
    requires: tuple[int, ...]
    w_id: str
    words: str


class OpenedLeaf(Record, frozen=True):
    """One leaf shown: its bytes, its place, and the siblings from leaf to root, 32 bytes each."""

    data: Base64
    number: int
    proof: tuple[Base64, ...]


class Openings(Record, frozen=True):
    """Some leaves of a commitment in increasing order; `total` is N, the number of provisions."""

    blind: Blind
    leaves: tuple[OpenedLeaf, ...]
    total: int

    def __post_init__(self) -> None:
        if not 1 <= self.total <= MAX_PROVISIONS:
            raise Malformed("disclosure.total", found=self.total, most=MAX_PROVISIONS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Committed:
    """A commitment and all it was made from; what its holder opens leaves with. `leaves` are 0 to N, salts included."""

    commitment: Digest
    root: Digest
    subject: Digest
    total: int
    blind: Blind
    leaves: tuple[bytes, ...]
    tree: Tree

    def reveal(self, numbers: Iterable[int]) -> Openings:
        """Open the leaves with these numbers, 0 being the manifest; adds no companions by itself.

        Raises: Malformed("disclosure.opening-empty"), Malformed("disclosure.number") for one that is no leaf.
        """
        wanted = sorted(set(numbers))
        if not wanted:
            raise Malformed("disclosure.opening-empty")
        for number in wanted:
            _check_number(number, self.total)
        return Openings(
            blind=self.blind,
            leaves=tuple(
                OpenedLeaf(
                    data=Base64(self.leaves[number]),
                    number=number,
                    proof=tuple(Base64(sibling) for sibling in self.tree.inclusion(number)),
                )
                for number in wanted
            ),
            total=self.total,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Excerpt:
    """What an opening proved: these stand in the committed document, at these places, of so many provisions."""

    manifest: Manifest | None
    provisions: tuple[Leaf, ...]
    total: int

    @property
    def opened(self) -> tuple[int, ...]:
        """The running numbers shown."""
        return tuple(leaf.number for leaf in self.provisions)

    @property
    def omitted(self) -> tuple[int, ...]:
        """The running numbers not shown."""
        shown = set(self.opened)
        return tuple(number for number in range(1, self.total + 1) if number not in shown)

    @property
    def missing(self) -> tuple[int, ...]:
        """The running numbers that a provision shown requires and that are not shown: the excerpt is incomplete."""
        wanted = {number for leaf in self.provisions for number in leaf.requires}
        return tuple(sorted(wanted - set(self.opened)))


def subject_of(*, log: str, negotiation: bytes, nonce: bytes, party: str) -> Digest:
    """The digest of who deposits where: log origin, negotiation id, the deposit's nonce, the sender's party id."""
    named = {"log": log, "negotiation": negotiation.hex(), "nonce": nonce.hex(), "party": party}
    return tagged("parley/subject/v1", canonical.encode(named))


def depth(total: int) -> int:
    """k, the number of hashes in every proof over `total` provisions: 2^k >= max(16, total + 1)."""
    return max(MIN_DEPTH, total.bit_length())


def salt(seed: Seed, number: int) -> Digest:
    """The 32-byte salt of one leaf or dummy."""
    return hmac_sha256(seed, b"parley/salt/v1\n", number.to_bytes(4, "big"))


def contents(document: Document) -> tuple[bytes, ...]:
    """The canonical JSON of leaves 0 to N, without salts."""
    manifest = Manifest(
        attachments=document.attachments,
        languages=document.languages,
        number=0,
        original=document.original,
        prevails=document.prevails,
        standing=document.standing,
        title=document.title,
    )
    leaves = (_leaf(provision, document.path(provision.number)) for provision in document.provisions)
    return (canonical.encode(manifest), *(canonical.encode(leaf) for leaf in leaves))


def _leaf(provision: Provision, path: tuple[str, ...]) -> Leaf:
    return Leaf(
        answers=provision.answers,
        e_id=provision.e_id,
        language=provision.language,
        number=provision.number,
        path=path,
        requires=provision.requires,
        w_id=provision.w_id,
        words=provision.words,
    )


def commit_contents(leaves: Sequence[bytes], *, seed: Seed, blind: Blind, subject: Digest) -> Committed:
    """Commit to the canonical JSON of leaf 0 and of 1 to N provisions, whatever its members."""
    total = len(leaves) - 1
    if not 1 <= total <= MAX_PROVISIONS:
        raise Malformed("document.provisions", found=total, most=MAX_PROVISIONS)
    salted = tuple(LEAF_TAG + salt(seed, number) + content for number, content in enumerate(leaves))
    tree = Tree()
    for leaf in salted:
        tree.append(leaf_hash(leaf))
    for number in range(total + 1, 2 ** depth(total)):
        tree.append(leaf_hash(DUMMY_TAG + salt(seed, number)))
    root = tree.root()
    return Committed(
        commitment=_commitment(subject=subject, blind=blind, total=total, root=root),
        root=root,
        subject=subject,
        total=total,
        blind=blind,
        leaves=salted,
        tree=tree,
    )


def commit(document: Document, *, seed: Seed, blind: Blind, subject: Digest) -> Committed:
    """Commit to a document, its files by digest, under secrets used for this deposit alone."""
    return commit_contents(contents(document), seed=seed, blind=blind, subject=subject)


def check(document: Document, seal: Seal, *, subject: Digest, commitment: Digest) -> Committed:
    """Rebuild every leaf and dummy from an opened bundle and compare with the deposit's commitment.

    Verifies that this document is the committed one, with `subject` made from the deposit in hand. Not that the files
    it names are the ones at hand. Raises: Invalid("disclosure.commitment").
    """
    rebuilt = commit(document, seed=seal.seed, blind=seal.blind, subject=subject)
    if not equal(rebuilt.commitment, commitment):
        raise Invalid("disclosure.commitment")
    return rebuilt


def _commitment(*, subject: Digest, blind: Blind, total: int, root: Digest) -> Digest:
    return tagged("parley/commitment/v1", subject, blind, total.to_bytes(4, "big"), root)


def verify_openings(openings: Openings, *, subject: Digest, commitment: Digest) -> Excerpt:
    """Check that every leaf shown stands in the committed document at its number, and return what is so proven.

    Verifies: places increasing and at most `total`; exactly k hashes of 32 bytes a proof; one root for all leaves,
    which with subject, blind and total gives the commitment; leaf bytes that begin as a leaf and end in canonical JSON
    of the fixed members whose `number` is the place. Not: that words are canonical, that companions are
    shown (`missing`).
    Raises: Malformed for the form, Invalid("disclosure.commitment") when it does not prove itself.
    """
    if not openings.leaves:
        raise Malformed("disclosure.opening-empty")
    previous = -1
    for leaf in openings.leaves:
        _check_number(leaf.number, openings.total)
        if leaf.number <= previous:
            raise Malformed("disclosure.order", provision=leaf.number)
        previous = leaf.number
    roots = {_root(leaf, openings.total) for leaf in openings.leaves}
    root = roots.pop()
    if roots or _commitment(subject=subject, blind=openings.blind, total=openings.total, root=root) != commitment:
        raise Invalid("disclosure.commitment")
    read = [_read(leaf, openings.total) for leaf in openings.leaves]
    return Excerpt(
        manifest=next((leaf for leaf in read if isinstance(leaf, Manifest)), None),
        provisions=tuple(leaf for leaf in read if isinstance(leaf, Leaf)),
        total=openings.total,
    )


def _check_number(number: int, total: int) -> None:
    if not 0 <= number <= total:
        raise Malformed("disclosure.number", provision=number, most=total)


def _root(leaf: OpenedLeaf, total: int) -> Digest:
    """The root that a leaf's bytes and siblings lead to: the tree is full, so its place alone says left or right."""
    if len(leaf.proof) != depth(total):
        raise Malformed("disclosure.proof-length", provision=leaf.number, expected=depth(total), found=len(leaf.proof))
    node, place = leaf_hash(leaf.data), leaf.number
    for sibling in leaf.proof:
        other = Digest(sibling)
        node = node_hash(other, node) if place & 1 else node_hash(node, other)
        place >>= 1
    return node


def _read(leaf: OpenedLeaf, total: int) -> Manifest | Leaf:
    """The JSON in a leaf, of which the hash is already known to be the committed one."""
    start = len(LEAF_TAG) + SALT_SIZE
    if not leaf.data.startswith(LEAF_TAG) or len(leaf.data) <= start:
        raise Malformed("disclosure.leaf", provision=leaf.number)
    content = leaf.data[start:]
    read: Manifest | Leaf = canonical.decode(content, Leaf) if leaf.number else canonical.decode(content, Manifest)
    if read.number != leaf.number:
        raise Malformed("disclosure.place", provision=leaf.number)
    if isinstance(read, Leaf):
        check_companions(read.requires, number=read.number)
        if read.requires and read.requires[-1] > total:
            raise Malformed("document.requires", provision=read.number)
    else:
        check_languages(read.languages, total=total)
    return read


def file_matches(file: File, data: bytes) -> bytes:
    """Return `data` when it is the content a document names. Raises: Invalid("disclosure.file")."""
    if len(data) != file.size or sha256(data) != file.sha256:
        raise Invalid("disclosure.file")
    return data
