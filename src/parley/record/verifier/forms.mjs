// What the page of an excerpt is written with, beside its words: the style, and the edition of words and forms in each
// language, by which a page in other words is told from a changed one. Read where a program is built. spec/page.md.

import { readFileSync } from "node:fs";
import { sha256, toHex, utf8 } from "./bytes.mjs";
import { encode } from "./canonical.mjs";
import { LANGUAGES, catalogue } from "./toml.mjs";

const TABLES = [
  "acts", "answers", "cities", "clock", "delivery", "language-names", "language-statuses", "meaning", "names",
  "not-shown", "openings", "page", "positions", "presets", "release-answers", "roles", "standings", "telling",
  "terms-sentences", "text", "verdict",
];

function read(name) {
  return readFileSync(new URL(`../templates/${name}`, import.meta.url), "utf8");
}

/** The first eight digits of the SHA-256 of canonical JSON: the words by their keys, the form, the style. */
function editionOf(language, form, style) {
  const words = Object.entries(catalogue(language)).filter(([key]) => TABLES.includes(key.split(".")[0]));
  return toHex(sha256(utf8(encode([Object.fromEntries(words), form, style])))).slice(0, 8);
}

export function allForms() {
  const [form, style] = [read("excerpt.html"), read("excerpt.css")];
  return { style, editions: Object.fromEntries(LANGUAGES.map((language) => [language, editionOf(language, form, style)])) };
}
