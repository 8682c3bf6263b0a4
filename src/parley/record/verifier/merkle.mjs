// RFC 9162 section 2.1: whether a leaf stands in a tree, and whether one tree begins with another. Sizes and places are
// BigInt: a log's numbers go to 2^63.

import { equal, sha256 } from "./bytes.mjs";
import { Invalid, Malformed } from "./errors.mjs";

export const EMPTY_ROOT = sha256();

export function leafHash(data) {
  return sha256(Uint8Array.of(0), data);
}

export function nodeHash(left, right) {
  return sha256(Uint8Array.of(1), left, right);
}

function checkHashes(...hashes) {
  for (const hash of hashes) {
    if (hash.length !== 32) throw new Malformed("merkle.hash-length", { expected: 32, found: hash.length });
  }
}

/** How many hashes the path from a node to the root of its tree has: a sibling a level, and none where there is none. */
function pathLength(place, last) {
  let count = 0;
  for (let [here, end] = [place, last]; end > 0n; here >>= 1n, end >>= 1n) {
    if (here & 1n || here < end) count += 1;
  }
  return count;
}

function checkPath(path, expected) {
  if (path.length !== expected) throw new Invalid("merkle.proof-length", { expected, found: path.length });
  checkHashes(...path);
}

/** Walk from node `place` of a level whose last node is `last` to the root, a sibling at a time. */
function climb(place, last, path, onLeft, onRight) {
  let [here, end] = [place, last];
  for (const sibling of path) {
    while (!(here & 1n) && here === end) {
      here >>= 1n; // alone at the right edge: it is carried up as it is
      end >>= 1n;
    }
    if (here & 1n) onLeft(sibling);
    else onRight(sibling);
    here >>= 1n;
    end >>= 1n;
  }
}

export function verifyInclusion({ index, size, leaf, path, root }) {
  checkHashes(leaf, root);
  if (index < 0n || index >= size) throw new Invalid("merkle.index");
  checkPath(path, pathLength(index, size - 1n));
  let found = leaf;
  climb(
    index,
    size - 1n,
    path,
    (sibling) => (found = nodeHash(sibling, found)),
    (sibling) => (found = nodeHash(found, sibling)),
  );
  if (!equal(found, root)) throw new Invalid("merkle.inclusion");
}

export function verifyConsistency({ old, size, oldRoot, root, path }) {
  checkHashes(oldRoot, root);
  if (old <= 0n || old > size) throw new Invalid("merkle.sizes");
  if (old === size) {
    checkPath(path, 0);
    if (!equal(oldRoot, root)) throw new Invalid("merkle.consistency");
    return;
  }
  let [place, last] = [old - 1n, size - 1n];
  while (place & 1n) {
    place >>= 1n; // the largest whole subtree that ends where the old tree ends
    last >>= 1n;
  }
  const first = place > 0n ? 1 : 0; // when it is the whole old tree, its root is known and not in the proof
  checkPath(path, pathLength(place, last) + first);
  let [before, after] = first ? [path[0], path[0]] : [oldRoot, oldRoot];
  climb(
    place,
    last,
    path.slice(first),
    (sibling) => {
      before = nodeHash(sibling, before);
      after = nodeHash(sibling, after);
    },
    (sibling) => (after = nodeHash(after, sibling)),
  );
  if (!equal(before, oldRoot) || !equal(after, root)) throw new Invalid("merkle.consistency");
}

/** The root over leaf hashes in order: used to check the checker. */
export function rootOf(leaves) {
  if (leaves.length === 0) return EMPTY_ROOT;
  if (leaves.length === 1) return leaves[0];
  const half = 2 ** Math.floor(Math.log2(leaves.length - 1));
  return nodeHash(rootOf(leaves.slice(0, half)), rootOf(leaves.slice(half)));
}

