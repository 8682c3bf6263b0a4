// The vectors of this repository, as every test here reads them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { utf8 } from "../bytes.mjs";
import { decode, encode } from "../canonical.mjs";

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

/** The bytes that a case of evidence is about: texts replaced, then acts left out, then bytes flipped. */
export function spoiled(one) {
  let text = new TextDecoder().decode(bytesOf(`evidence/${one.file}.evidence`));
  for (const [old, instead] of one.replace) text = text.replace(old, () => instead);
  if (one.drop.length === 0) return utf8(text);
  const value = decode(utf8(text.slice(0, -1)));
  value.acts = value.acts.filter((_, place) => !one.drop.includes(place));
  return utf8(`${encode(value)}\n`);
}

export function trustText(name) {
  return new TextDecoder().decode(bytesOf(`evidence/${name}.trust`));
}
