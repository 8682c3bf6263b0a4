// Openings: single leaves of a committed document, with proof. spec/disclosure.md "Opening".
//
// It proves presence and normalises nothing: the bytes of a leaf are hashed as they are.

import { bigEndian, fromBase64, fromHex, tagged, toHex, utf8 } from "./bytes.mjs";
import * as canonical from "./canonical.mjs";
import { DIGEST, hex, list, oneOf, orNull, record, text, whole } from "./canonical.mjs";
import { Invalid, Malformed } from "./errors.mjs";
import { leafHash, nodeHash } from "./merkle.mjs";
import { checkLine } from "./wording.mjs";

const MOST = 65_535;
const LEAF = utf8("parley/leaf/v1\n");
const SALT = 32;
const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}$/;
const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,63}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}$/;
const DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])$/;
const bytes = (value) => fromBase64(text(value));

export const openingsShape = record(
  { blind: hex(32), leaves: list(record({ data: bytes, number: whole(), proof: list(bytes) })), total: whole() },
  (found) => {
    if (found.total < 1 || found.total > MOST) throw new Malformed("disclosure.total", { most: MOST });
  },
);

// --- what leaves hold ----------------------------------------------------------------------------------------------

/** A name without regard to case, as far as ASCII names can be met by one. */
function folded(name) {
  return name.toLowerCase().toUpperCase().toLowerCase();
}

function checkFileName(name) {
  checkLine(name, 100);
  const length = utf8(name).length;
  const stem = folded(name.split(".")[0].replace(/ +$/, ""));
  const ends = length >= 1 && length <= 100 && !".-~".includes(name[0]) && !name.endsWith(".");
  const kept = ["document.json", "seal.json"].includes(folded(name));
  if (!ends || kept || /[/\\:*?"<>|]/.test(name) || DEVICE.test(stem)) throw new Malformed("document.file-name");
}

const file = record({ media_type: text, name: text, sha256: DIGEST, size: whole() }, (found) => {
  checkFileName(found.name);
  if (!MEDIA_TYPE.test(found.media_type)) throw new Malformed("document.media-type");
  if (found.size < 0) throw new Malformed("document.file-size");
});

const manifestShape = record({
  attachments: list(file),
  languages: list(
    record({
      first: whole(),
      language: text,
      last: whole(),
      status: oneOf("authentic", "official_translation", "unofficial_translation"),
    }),
  ),
  number: whole(),
  original: orNull(file),
  prevails: oneOf("text", "original"),
  standing: oneOf("formal", "non_paper"),
  title: text,
});

const position = oneOf("accept", "accept_if", "amend", "counter", "refuse", "reserve", "question", "noted");
const answer = record({ deposit: DIGEST, position, provision: orNull(whole()) }, (found) => {
  const { provision } = found;
  if (provision !== null && (provision < 1 || provision > MOST)) throw new Malformed("document.answer", { provision });
});
const provisionShape = record({
  answers: list(answer),
  eId: text,
  language: text,
  number: whole(),
  path: list(text),
  requires: list(whole()),
  wId: text,
  words: text,
});

function checkLanguages(languages, total) {
  let expected = 1;
  for (const { language, first, last } of languages) {
    if (!LANGUAGE.test(language)) throw new Malformed("document.language-tag");
    if (first !== expected || last < first) throw new Malformed("document.languages");
    expected = last + 1;
  }
  const distinct = new Set(languages.map(({ language }) => language)).size === languages.length;
  if (expected !== total + 1 || !distinct) throw new Malformed("document.languages");
}

function checkRequires(requires, number, total) {
  const ascending = requires.every((required, place) => required > (place === 0 ? 0 : requires[place - 1]));
  const within = requires.length === 0 || requires.at(-1) <= total;
  if (!ascending || requires.includes(number) || !within) throw new Malformed("document.requires", { provision: number });
}

/** The JSON in a leaf, of which the hash is already known to be the committed one. */
function readLeaf(leaf, total) {
  const start = LEAF.length + SALT;
  if (leaf.data.length <= start || !LEAF.every((byte, at) => byte === leaf.data[at])) {
    throw new Malformed("disclosure.leaf", { provision: leaf.number });
  }
  const content = canonical.decode(leaf.data.subarray(start));
  const found = leaf.number === 0 ? manifestShape(content) : provisionShape(content);
  if (found.number !== leaf.number) throw new Malformed("disclosure.place", { provision: leaf.number });
  if (leaf.number === 0) checkLanguages(found.languages, total);
  else checkRequires(found.requires, leaf.number, total);
  return found;
}

// --- the tree ------------------------------------------------------------------------------------------------------

/** How many hashes every proof has: the least k with 2^k >= max(16, N + 1). */
export function depth(total) {
  let k = 4;
  while (2 ** k < total + 1) k += 1;
  return k;
}

/** Who deposits where, so that nobody can adopt another's commitment. */
export function subjectOf({ log, negotiation, nonce, party }) {
  return tagged("parley/subject/v1", utf8(canonical.encode({ log, negotiation: negotiation ?? "", nonce, party })));
}

export function commitmentOf(subject, blind, total, root) {
  return toHex(tagged("parley/commitment/v1", subject, fromHex(blind), bigEndian(total, 4), root));
}

function rootOver(leaf, total) {
  const expected = depth(total);
  if (leaf.proof.length !== expected) {
    throw new Malformed("disclosure.proof-length", { provision: leaf.number, expected, found: leaf.proof.length });
  }
  let [node, place] = [leafHash(leaf.data), leaf.number];
  for (const sibling of leaf.proof) {
    if (sibling.length !== 32) throw new Malformed("canonical.length", { expected: 32, found: sibling.length });
    node = place % 2 === 1 ? nodeHash(sibling, node) : nodeHash(node, sibling);
    place = Math.floor(place / 2);
  }
  return node;
}

/**
 * What an opening proves of the document behind a commitment: its manifest if that is opened, the provisions opened, the
 * running numbers left out, and those that an opened provision requires and that are not there.
 */
export function verifyOpenings(openings, subject, commitment) {
  const { leaves, total, blind } = openings;
  if (leaves.length === 0) throw new Malformed("disclosure.opening-empty");
  let previous = -1;
  for (const { number } of leaves) {
    if (number < 0 || number > total) throw new Malformed("disclosure.number", { provision: number, most: total });
    if (number <= previous) throw new Malformed("disclosure.order", { provision: number });
    previous = number;
  }
  const roots = leaves.map((leaf) => rootOver(leaf, total));
  const one = roots.every((root) => toHex(root) === toHex(roots[0]));
  if (!one || commitmentOf(subject, blind, total, roots[0]) !== commitment) throw new Invalid("disclosure.commitment");
  const read = leaves.map((leaf) => readLeaf(leaf, total));
  const provisions = read.filter((leaf) => leaf.number > 0);
  const opened = new Set(provisions.map((leaf) => leaf.number));
  const all = Array.from({ length: total }, (_, place) => place + 1);
  const wanted = new Set(provisions.flatMap((leaf) => leaf.requires));
  return {
    manifest: read.find((leaf) => leaf.number === 0) ?? null,
    provisions,
    total,
    omitted: all.filter((number) => !opened.has(number)),
    missing: [...wanted].filter((number) => !opened.has(number)).sort((a, b) => a - b),
  };
}

