// The evidence file: its exact bytes, and what stands in it. Form only; `verdict` says whether it holds.
// spec/evidence.md "Members", "Exact bytes".

import { readStatement } from "./act.mjs";
import { compareBytes, utf8 } from "./bytes.mjs";
import * as canonical from "./canonical.mjs";
import { DIGEST, anything, list, oneOf, orNull, record, text, whole } from "./canonical.mjs";
import { parseEntry } from "./chain.mjs";
import { openingsShape } from "./disclosure.mjs";
import { Invalid, Malformed } from "./errors.mjs";
import { parseNote, parseProof } from "./note.mjs";

const LARGEST = 64 * 1024 * 1024;
const MOST_ACTS = 10_000;
const KINDS = ["act", "excerpt", "fork", "history"];
const BARE = ["fork", "history"];
const NEWLINE = 10;

const shape = record({
  acts: list(anything),
  earlier: orNull(text),
  kind: oneOf(...KINDS),
  opening: orNull(openingsShape),
  version: whole(),
});

/** An act, or only its digest, with the proof of its entry. */
function readItem(value, kind) {
  if (typeof value.proof !== "string") throw new Malformed("evidence.item");
  const proof = parseProof(value.proof);
  const members = Object.keys(value).sort().join();
  let statement = null;
  let digest;
  if (members === "act,proof") {
    statement = readStatement(value.act);
    digest = statement.digest;
  } else if (members === "digest,proof" && BARE.includes(kind) && typeof value.digest === "string") {
    digest = DIGEST(value.digest);
  } else throw new Malformed("evidence.item");
  const entry = parseEntry(proof.extra);
  if (entry.act !== digest) throw new Invalid("evidence.other-entry", { index: proof.index });
  const at = { index: proof.index, time: entry.time };
  return { statement, digest, proof, entry, at, same: `${statement === null} ${digest} ${proof.whole}` };
}

function comparePlaces(one, other) {
  if (one.proof.index !== other.proof.index) return one.proof.index < other.proof.index ? -1 : 1;
  return compareBytes(one.proof.extra, other.proof.extra) || compareBytes(utf8(one.proof.whole), utf8(other.proof.whole));
}

function checkOrder(items, kind) {
  for (let at = 1; at < items.length; at += 1) {
    const alike = kind !== "fork" && items[at - 1].proof.index === items[at].proof.index;
    if (alike || comparePlaces(items[at - 1], items[at]) > 0) throw new Malformed("evidence.order");
  }
}

/** Steps 1 and 2: read the bytes of an evidence file; `enter` is told which of the two is under way. */
export function parseEvidence(bytes, enter = () => {}) {
  if (bytes.length > LARGEST) throw new Malformed("evidence.size", { most: LARGEST });
  if (bytes.at(-1) !== NEWLINE) throw new Malformed("evidence.last-line");
  const value = canonical.decode(bytes.subarray(0, -1));
  if (value === null || Array.isArray(value) || !KINDS.includes(value.kind)) throw new Malformed("evidence.kind");
  if (value.version !== 1) throw new Malformed("evidence.version");
  const file = shape(value);
  if (file.acts.length === 0 || file.acts.length > MOST_ACTS) throw new Malformed("evidence.acts", { most: MOST_ACTS });
  if ((file.opening === null) === (file.kind === "excerpt")) throw new Malformed("evidence.opening");
  enter(2);
  const items = file.acts.map((item) => readItem(item, file.kind));
  enter(1);
  checkOrder(items, file.kind);
  if (items[0].statement?.kind !== "genesis") throw new Malformed("evidence.genesis");
  const earlier = file.earlier === null ? null : parseNote(file.earlier);
  return { kind: file.kind, items, earlier, opening: file.opening };
}
