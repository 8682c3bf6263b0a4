// Reads the catalogues of words: tables, and strings or lists of strings on one line each. No more of TOML than they use,
// and anything else is refused, so that a build never leaves out a sentence that it could not read.

import { readFileSync } from "node:fs";

const TABLE = /^\[([a-z-]+)\]$/;
const LINE = /^([A-Za-z_0-9-]+|"[^"\\]+") = (.+)$/;

function value(text, line) {
  try {
    const found = JSON.parse(text); // a TOML basic string without escapes of its own is a JSON string
    const good = typeof found === "string" || (Array.isArray(found) && found.every((item) => typeof item === "string"));
    if (good) return found;
  } catch {
    // said below, with the line
  }
  throw new Error(`line ${line}: neither a string nor a list of strings`);
}

/** Sentences by their keys, tables joined by dots: `{"text.genuine": "…"}`. */
export function readWords(text) {
  const found = {};
  let table = "";
  text.split("\n").forEach((raw, place) => {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) return;
    const head = TABLE.exec(line);
    if (head !== null) {
      table = head[1];
      return;
    }
    const pair = LINE.exec(line);
    if (pair === null || table === "") throw new Error(`line ${place + 1}: no sentence`);
    const name = pair[1].startsWith('"') ? JSON.parse(pair[1]) : pair[1];
    found[`${table}.${name}`] = value(pair[2], place + 1);
  });
  return found;
}

export const LANGUAGES = ["en", "fr", "ru"];
const TABLES = [
  "acts", "answers", "checker", "cities", "clock", "crimes", "delivery", "language-names", "language-statuses", "meaning",
  "names", "not-shown", "page", "positions", "presets", "release-answers", "roles", "standings", "telling",
  "terms-sentences", "text", "verdict",
];

/** All that the public reads in a language, by its keys. */
export function catalogue(language) {
  return readWords(readFileSync(new URL(`../../words/public/${language}.toml`, import.meta.url), "utf8"));
}

/** What this program says, by language: of the catalogues in words/public the tables that it takes sentences from. */
export function allWords() {
  return Object.fromEntries(
    LANGUAGES.map((language) => {
      const found = Object.entries(catalogue(language)).filter(([key]) => TABLES.includes(key.split(".")[0]));
      return [language, Object.fromEntries(found)];
    }),
  );
}
