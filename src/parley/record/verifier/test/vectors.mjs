// The vectors of this repository, as every test here reads them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { compareBytes, utf8 } from "../bytes.mjs";
import { encode } from "../canonical.mjs";
import { parseProof } from "../note.mjs";

const ROOT = new URL("../../../../../vectors/", import.meta.url);

export function bytesOf(path) {
  return new Uint8Array(readFileSync(new URL(path, ROOT)));
}

export function vectors(path) {
  return JSON.parse(readFileSync(new URL(path, ROOT), "utf8"));
}

/** What came of it: "ok", or the class of failure and its code. Any other exception is a defect, and comes out. */
export function outcome(what) {
  try {
    return { expect: "ok", code: null, found: what() };
  } catch (error) {
    if (!error.family) throw error;
    return { expect: error.family, code: error.code, details: error.details };
  }
}

/** A case's expectation, where `code` may be absent in a good one. */
export function agrees(one, got) {
  const wanted = { expect: one.expect, code: one.code ?? null };
  assert.deepEqual({ expect: got.expect, code: got.code }, wanted, one.name);
}

const texts = new Map();

function textOf(name) {
  if (!texts.has(name)) texts.set(name, new TextDecoder().decode(bytesOf(`evidence/${name}`)));
  return texts.get(name);
}

/** Each pair of texts in turn: the first must stand there exactly once. */
function replaced(text, pairs) {
  return pairs.reduce((whole, [old, instead]) => {
    assert.equal(whole.split(old).length, 2, old);
    return whole.replace(old, () => instead);
  }, text);
}

export function trustText(one) {
  return one.trust === null ? null : replaced(textOf(`${one.trust}.trust`), one.trust_replace ?? []);
}

function placeOf(item) {
  const proof = parseProof(item.proof);
  return [proof.index, proof.extra, utf8(item.proof)];
}

function comparePlaces(one, other) {
  const [left, right] = [placeOf(one), placeOf(other)];
  if (left[0] !== right[0]) return left[0] < right[0] ? -1 : 1;
  return compareBytes(left[1], right[1]) || compareBytes(left[2], right[2]);
}

const STRUCTURAL = ["keep", "add", "order", "kind", "opening", "leaves", "earlier"];

/** The bytes that a case of evidence is about: what its note says is done, in that order. */
export function spoiled(one) {
  let text = replaced(textOf(`${one.file}.evidence`), one.replace);
  if (one.drop.length > 0 || STRUCTURAL.some((name) => name in one && (name === "opening" || one[name] !== null))) {
    text = `${encode(made(JSON.parse(text), one))}\n`;
  }
  const bytes = utf8(text);
  for (const [place, bits] of one.flip ?? []) bytes[place] ^= bits;
  return bytes;
}

function made(value, one) {
  const kept = one.keep ?? value.acts.map((_, place) => place);
  let acts = kept.filter((place) => !one.drop.includes(place)).map((place) => value.acts[place]);
  for (const [file, place] of one.add ?? []) acts.push(JSON.parse(textOf(`${file}.evidence`)).acts[place]);
  if (one.add !== undefined) acts.sort(comparePlaces);
  if (one.order !== undefined) acts = one.order.map((place) => acts[place]);
  const found = { ...value, acts, kind: one.kind ?? value.kind };
  if (one.opening !== undefined) found.opening = one.opening === null ? null : openings()[one.opening];
  if (one.leaves !== undefined) {
    found.opening = { ...found.opening, leaves: one.leaves.map((place) => found.opening.leaves[place]) };
  }
  if (one.earlier !== undefined) {
    const [file, place] = one.earlier;
    const { proof } = JSON.parse(textOf(`${file}.evidence`)).acts[place];
    found.earlier = proof.slice(proof.indexOf("\n\n") + 2);
  }
  return found;
}

function openings() {
  return JSON.parse(textOf("openings.json")).openings;
}
