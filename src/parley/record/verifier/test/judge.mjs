// Reads jobs, a line of JSON each, and writes what this verifier says of each: for comparison with other verifiers.
//
//   {"evidence": base64, "trust": text or null}   ->   {"result": …} or {"class": …, "code": …, "step": …}
//
// With "language" in a job it writes the sentences instead, as verify.html would say them; with "page", a language, the page
// of an excerpt in it, or null; with "html", a page as base64 and no evidence beside it, what is to be said of that page; with
// "shown" a text as it is made harmless, with and without its lines; with "zone" and "times" what stands beside UTC for it.

import { createInterface } from "node:readline";
import { fromBase64, fromUtf8, utf8 } from "../bytes.mjs";
import { Clocks } from "../clocks.mjs";
import { comparePage } from "../compared.mjs";
import { allForms } from "../forms.mjs";
import { evidenceOf } from "../page.mjs";
import { Trust } from "../policy.mjs";
import { tell, tellFailure } from "../telling.mjs";
import { allWords } from "../toml.mjs";
import { verify } from "../verdict.mjs";
import { Words } from "../words.mjs";
import { shown } from "../wording.mjs";
import { hasPage, writePage } from "../written.mjs";

const trusts = new Map([[null, null]]);
const all = allWords();
const forms = allForms();

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

function written(data, language) {
  const [evidence, verdict] = [fromUtf8(data), verify(data)];
  return hasPage(evidence, verdict) ? writePage({ evidence, verdict, words: new Words(all, language), forms }) : null;
}

function compared(text) {
  const evidence = evidenceOf(text);
  return { word: comparePage(text, { evidence, verdict: verify(utf8(evidence)), all, forms }) };
}

function judge({ evidence, trust, language, page, html, shown: text, zone, times }) {
  const words = language === undefined ? null : new Words(all, language);
  if (text !== undefined) return [shown(text), shown(text, true)];
  if (zone !== undefined) return times.map((time) => new Clocks(new Words(all, "en"), [zone]).beside(time, true));
  try {
    if (html !== undefined) return compared(fromUtf8(fromBase64(html)));
    if (page !== undefined) return { page: written(fromBase64(evidence), page) };
    const found = verify(fromBase64(evidence), trustOf(trust));
    return words === null ? plain(found) : tell(found, words, Number.POSITIVE_INFINITY);
  } catch (error) {
    if (!error.family) throw error;
    if (words !== null) return tellFailure(error, words);
    return { class: error.family, code: error.code, step: error.step ?? 0 };
  }
}

function asText(_name, value) {
  return typeof value === "bigint" ? value.toString() : value;
}

if (process.argv[1] === import.meta.filename) {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(judge(JSON.parse(line)), asText)}\n`);
  }
}
