// Text that people see: one writing, and nothing in it that hides. spec/act.md "Canonical JSON", spec/disclosure.md
// "Words". A verifier of openings uses none of this on words: it hashes bytes as they are.

import { Malformed } from "./errors.mjs";
import * as tables from "./tables.mjs";

const BIDI = new Set(Array.from("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"));
const NON_JOINER = "\u200c";
const JOINER = "\u200d";
const REACH = 64; // contexts are looked for this far to either side
const BREAKS = /\r\n|[\r\u0085\u2028\u2029]/g;
const read = new Map();

function runs(name) {
  if (!read.has(name)) {
    const numbers = tables[name].split(" ").map((word) => Number.parseInt(word, 16));
    const found = [];
    let position = 0;
    for (let at = 0; at < numbers.length; at += 2) {
      const first = position + numbers[at];
      position = first + numbers[at + 1];
      found.push([first, position]);
    }
    read.set(name, found);
  }
  return read.get(name);
}

/** Whether a character, by its number, stands in one of the runs of a table: by halves. */
function within(name, value) {
  const found = runs(name);
  let low = 0;
  let high = found.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (value < found[middle][0]) high = middle - 1;
    else if (value > found[middle][1]) low = middle + 1;
    else return true;
  }
  return false;
}

function isControl(value) {
  return (value < 0x20 && value !== 9 && value !== 10) || (value >= 0x7f && value <= 0x9f);
}

/** In what way a character may be out of place; null for one that may stand anywhere. */
function suspicion(character) {
  const value = character.codePointAt(0);
  if (!isControl(value) && !within("HIDDEN", value) && within("ASSIGNED", value)) return null;
  if (BIDI.has(character)) return "wording.bidi-control";
  if (character === NON_JOINER || character === JOINER) return "wording.joiner";
  if (isControl(value)) return "wording.control";
  if (value >= 0xe0000 && value <= 0xe007f) return "wording.tag";
  const selector = (value >= 0xfe00 && value <= 0xfe0f) || (value >= 0xe0100 && value <= 0xe01ef);
  if (selector || (value >= 0x180b && value <= 0x180d)) return "wording.variation-selector";
  return within("ASSIGNED", value) ? "wording.hidden" : "wording.unassigned";
}

/** RFC 5892 appendices A.1 and A.2: whether a joiner is spelling where it stands. */
function joins(line, place) {
  const start = Math.max(0, place - REACH);
  const near = line.slice(start, place + REACH + 1).map((character) => character.codePointAt(0));
  const here = place - start;
  if (here > 0 && within("VIRAMA", near[here - 1])) return true;
  if (line[place] === JOINER) return false;
  const beside = (step, ...types) => {
    let at = here + step;
    while (at >= 0 && at < near.length && within("JOINING_T", near[at])) at += step;
    return at >= 0 && at < near.length && types.some((type) => within(type, near[at]));
  };
  return beside(-1, "JOINING_L", "JOINING_D") && beside(1, "JOINING_R", "JOINING_D");
}

/** The lines of a text with plain spaces, composed; a line with a character that Unicode 14 does not have stays as it is. */
function composed(text) {
  return text
    .replace(BREAKS, "\n")
    .split("\n")
    .map((raw) => {
      const spaced = Array.from(raw, (c) => (c === "\t" || within("SPACES", c.codePointAt(0)) ? " " : c));
      const strange = spaced.some((character) => suspicion(character) === "wording.unassigned");
      return { strange, line: strange ? spaced : Array.from(spaced.join("").normalize("NFC")) };
    });
}

function refuseFaults(text) {
  composed(text).forEach(({ strange, line }, number) => {
    line.forEach((character, place) => {
      const code = suspicion(character);
      if (code === null || (code === "wording.joiner" && !strange && joins(line, place))) return;
      throw fault(code, number + 1, place + 1, character);
    });
  });
}

function fault(code, line, column, character) {
  const digits = character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
  return new Malformed(code, { line, column, character: `U+${digits}` });
}

/** The one writing of a text; refuses the first character that may not stand. */
export function canonicalWords(text) {
  refuseFaults(text);
  const lines = composed(text).map(({ line }) => line.join("").replace(/ +/g, " ").replace(/^ | $/g, ""));
  return lines.join("\n").replace(/\n{3,}/g, "\n\n").replace(/^\n+|\n+$/g, "");
}

/** A short string as it is, when nothing in it can mislead a screen. */
export function displayed(text, most = 500) {
  const length = Array.from(text).length;
  if (length > most) throw new Malformed("wording.too-long", { most, found: length });
  text.split("\n").forEach((line, number) => {
    Array.from(line).forEach((character, place) => {
      if ("\t\r\u0085\u2028\u2029".includes(character)) throw fault("wording.control", number + 1, place + 1, character);
    });
  });
  refuseFaults(text);
  if (text.includes("\n")) {
    throw fault("wording.control", 1, Array.from(text.slice(0, text.indexOf("\n"))).length + 1, "\n");
  }
  if (text.normalize("NFC") !== text) throw new Malformed("wording.not-nfc");
  return text;
}

/** As `displayed`, and written as words are before they are hashed. */
export function checkLine(text, most) {
  if (canonicalWords(displayed(text, most)) !== text) throw new Malformed("wording.not-canonical");
  return text;
}

/** Text of other people for a screen: whatever hides, turns or controls is written out, as ‹U+202E›. */
export function shown(text, lines = false) {
  if (/^[ -~]*$/.test(text)) return text;
  return lines ? text.split("\n").map(writtenOut).join("\n") : writtenOut(text.replaceAll("\n", "‹U+000A›"));
}

function writtenOut(line) {
  const strange = Array.from(line).some((character) => suspicion(character) === "wording.unassigned");
  // What our table does not have is written out before anything is composed, for a later Unicode may compose it.
  const characters = Array.from(strange ? line : line.normalize("NFC"));
  const written = characters.map((character, place) => {
    const code = suspicion(character);
    const ends = "\r\u0085\u2028\u2029".includes(character);
    if (character === "\t") return " ";
    if (!ends && (code === null || (code === "wording.joiner" && !strange && joins(characters, place)))) return character;
    return `‹U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}›`;
  });
  return written.join("").normalize("NFC");
}
