// Canonical JSON: RFC 8785, restricted to objects with ASCII names, arrays, strings, true, false, null and integers
// within 2^53-1. A reader decodes, encodes again, and refuses bytes that differ.
//
// The parser is our own because JSON.parse forgets what must be refused: a member twice, 1.0 beside 1, large numbers.
// Objects come back without a prototype, so a member called __proto__ is a member like another.

import { fromUtf8 } from "./bytes.mjs";
import { Malformed } from "./errors.mjs";

const MOST = BigInt(Number.MAX_SAFE_INTEGER);
const DEEPEST = 32;
const NEVER = 900; // deeper than this is not even looked at
const BLANK = /[ \t\n\r]*/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const ESCAPES = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/** A number that canonical JSON does not have; kept until it is known that the whole is JSON at all. */
class Strange {
  constructor(code) {
    this.code = code;
  }
}

class Parser {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  fail() {
    throw new Malformed("canonical.json");
  }

  match(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) this.fail();
    this.at = pattern.lastIndex;
    return found;
  }

  take(character) {
    if (this.text[this.at] !== character) this.fail();
    this.at += 1;
  }

  value(depth) {
    if (depth > NEVER) this.fail();
    this.match(BLANK);
    const start = this.text[this.at];
    let value;
    if (start === "{") value = this.object(depth);
    else if (start === "[") value = this.array(depth);
    else if (start === '"') value = this.string();
    else if (start === "t") value = this.word("true", true);
    else if (start === "f") value = this.word("false", false);
    else if (start === "n") value = this.word("null", null);
    else value = this.number();
    this.match(BLANK);
    return value;
  }

  word(word, value) {
    if (!this.text.startsWith(word, this.at)) this.fail();
    this.at += word.length;
    return value;
  }

  number() {
    const [text, fraction, exponent] = this.match(NUMBER);
    if (fraction !== undefined || exponent !== undefined) {
      if (!Number.isFinite(Number(text))) this.fail();
      return new Strange("canonical.float");
    }
    const value = BigInt(text);
    return value > MOST || value < -MOST ? new Strange("canonical.integer") : Number(value);
  }

  string() {
    this.take('"');
    let value = "";
    for (;;) {
      value += this.match(PLAIN)[0];
      const next = this.text[this.at];
      this.at += 1;
      if (next === '"') break;
      if (next !== "\\") this.fail();
      value += this.escape();
    }
    if (!value.isWellFormed()) this.fail();
    return value;
  }

  escape() {
    const letter = this.text[this.at];
    this.at += 1;
    if (letter === "u") return String.fromCharCode(Number.parseInt(this.match(/[0-9a-fA-F]{4}/y)[0], 16));
    if (letter === undefined || !Object.hasOwn(ESCAPES, letter)) this.fail();
    return ESCAPES[letter];
  }

  array(depth) {
    const items = [];
    this.take("[");
    this.match(BLANK);
    if (this.text[this.at] === "]") {
      this.at += 1;
      return items;
    }
    for (;;) {
      items.push(this.value(depth + 1));
      if (this.text[this.at] !== ",") break;
      this.at += 1;
    }
    this.take("]");
    return items;
  }

  object(depth) {
    const members = Object.create(null);
    this.take("{");
    this.match(BLANK);
    if (this.text[this.at] === "}") {
      this.at += 1;
      return members;
    }
    for (;;) {
      this.match(BLANK);
      const name = this.string();
      this.match(BLANK);
      this.take(":");
      members[name] = this.value(depth + 1); // a second one of the name wins here, and shows when it is encoded again
      if (this.text[this.at] !== ",") break;
      this.at += 1;
    }
    this.take("}");
    return members;
  }
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function check(value, depth) {
  if (depth > DEEPEST) throw new Malformed("canonical.depth", { most: DEEPEST });
  if (value instanceof Strange) throw new Malformed(value.code);
  if (Array.isArray(value)) for (const item of value) check(item, depth + 1);
  else if (isObject(value)) {
    for (const name of Object.keys(value)) {
      if (/[^\u0000-\u007f]/.test(name)) throw new Malformed("canonical.member-name");
      check(value[name], depth + 1);
    }
  }
}

/** Write a value: no white space, members sorted, strings as JSON.stringify writes them (RFC 8785 section 3.2.2.2). */
export function encode(value) {
  if (Array.isArray(value)) return `[${value.map(encode).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${encode(value[name])}`).join(",")}}`;
}

/** Read canonical JSON of any shape from bytes. */
export function decode(bytes) {
  const text = fromUtf8(bytes);
  if (text === null) throw new Malformed("canonical.json");
  const parser = new Parser(text);
  const value = parser.value(0);
  if (parser.at !== text.length) parser.fail();
  check(value, 0);
  if (encode(value) !== text) throw new Malformed("canonical.not-canonical");
  return value;
}

// --- times ---------------------------------------------------------------------------------------------------------

const TIME = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})\.([0-9]{3})Z$/;

/** Milliseconds since 1970 of a time written as the formats write it; years 1 to 9999. */
export function readTime(text) {
  if (typeof text !== "string" || !TIME.test(text) || text.startsWith("0000")) throw new Malformed("canonical.time");
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds) || writeTime(milliseconds) !== text) throw new Malformed("canonical.time");
  return milliseconds;
}

export function writeTime(milliseconds) {
  return new Date(milliseconds).toISOString();
}

// --- shapes --------------------------------------------------------------------------------------------------------
// A shape takes a decoded value and returns it, or refuses it. Digests, ids and links stay lowercase hexadecimal text;
// keys, signatures and leaves become bytes; times become milliseconds.

function no(problem) {
  throw new Malformed("canonical.shape", { problem });
}

export const text = (value) => (typeof value === "string" ? value : no("a string"));
export const flag = (value) => (typeof value === "boolean" ? value : no("true or false"));
export const time = (value) => readTime(text(value));
export const anything = (value) => (isObject(value) ? value : no("an object"));

export function whole(least = -Infinity, most = Infinity) {
  return (value) => (Number.isInteger(value) && value >= least && value <= most ? value : no("an integer"));
}

export function oneOf(...values) {
  return (value) => (values.includes(value) ? value : no("one of a closed set"));
}

export function matching(pattern) {
  return (value) => (pattern.test(text(value)) ? value : no("a string of a certain form"));
}

export function hex(size) {
  const form = new RegExp(`^[0-9a-f]{${2 * size}}$`);
  return (value) => {
    if (!form.test(text(value))) throw new Malformed("canonical.hex", { expected: 2 * size });
    return value;
  };
}

export function orNull(shape) {
  return (value) => (value === null ? null : shape(value));
}

export function list(shape) {
  return (value) => (Array.isArray(value) ? value.map((item) => shape(item)) : no("an array"));
}

/** Exactly these members, in whatever order; then what the members must be together. */
export function record(members, together = (value) => value) {
  return (value) => {
    if (!isObject(value)) no("an object");
    const found = Object.create(null);
    for (const name of Object.keys(value).sort()) {
      if (!Object.hasOwn(members, name)) no("no such member");
      found[name] = members[name](value[name]);
    }
    for (const name of Object.keys(members)) if (!(name in found)) no("a member is missing");
    together(found);
    return found;
  };
}

export const DIGEST = hex(32);
export const NONCE = hex(16);
