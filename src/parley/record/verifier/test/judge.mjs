// Reads jobs, a line of JSON each, and writes what this verifier says of each: for comparison with other verifiers.
//
//   {"evidence": base64, "trust": text or null}   ->   {"result": …} or {"class": …, "code": …, "step": …}
//
// With "language" in a job it writes the sentences instead, as the page would say them.

import { createInterface } from "node:readline";
import { fromBase64 } from "../bytes.mjs";
import { Trust } from "../policy.mjs";
import { tell, tellFailure } from "../telling.mjs";
import { allWords } from "../toml.mjs";
import { verify } from "../verdict.mjs";
import { Words } from "../words.mjs";

const trusts = new Map([[null, null]]);
const all = allWords();

function trustOf(text) {
  if (!trusts.has(text)) trusts.set(text, Trust.parse(text));
  return trusts.get(text);
}

/** A verdict as plain JSON: words, parties, places; no bytes. Numbers of the log are written as text. */
export function plain(found) {
  return {
    result: found.result,
    kind: found.kind,
    log: found.log,
    acts: found.acts.map(({ index, time, digest, kind, powers, earliest, latest }) => ({
      index, time, digest, kind, powers, earliest, latest,
    })),
    parties: found.parties,
    papers: found.papers.map(({ digest, delivery, reference }) => ({ digest, delivery, reference })),
    text: found.text && {
      ...found.text,
      manifest: found.text.manifest?.title ?? null,
      provisions: found.text.provisions.map(({ number, path, words }) => ({ number, path, words })),
    },
    release: found.release,
    conviction: found.conviction,
    notShown: found.notShown,
    steps: found.steps.map(({ number, label }) => `${number} ${label}`),
  };
}

function judge({ evidence, trust, language }) {
  const words = language === undefined ? null : new Words(all, language);
  try {
    const found = verify(fromBase64(evidence), trustOf(trust));
    return words === null ? plain(found) : tell(found, words, Number.POSITIVE_INFINITY);
  } catch (error) {
    if (!error.family) throw error;
    if (words !== null) return tellFailure(error, words);
    return { class: error.family, code: error.code, step: error.step ?? 0 };
  }
}

function written(_name, value) {
  return typeof value === "bigint" ? value.toString() : value;
}

if (process.argv[1] === import.meta.filename) {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(judge(JSON.parse(line)), written)}\n`);
  }
}
