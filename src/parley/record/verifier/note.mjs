// Signed notes and the keys that verify them (c2sp.org/signed-note); checkpoints and proofs (tlog-checkpoint,
// tlog-cosignature, tlog-proof). spec/log.md "Checkpoint", "Proof".

import { bigEndian, concat, equal, fromBase64, fromUtf8, sha256, toBase64, toBigInt, toHex, utf8 } from "./bytes.mjs";
import { publicPoint, verifyEd25519 } from "./ed25519.mjs";
import { Invalid, Malformed } from "./errors.mjs";
import { ED25519_SIGNATURE, MLDSA44_PUBLIC, MLDSA44_SIGNATURE, verifyMldsa44 } from "./keys.mjs";
import { EMPTY_ROOT } from "./merkle.mjs";

export const ED25519 = 0x01;
export const ED25519_COSIGNATURE = 0x04;
export const MLDSA44_COSIGNATURE = 0x06;
const MOST_SIGNATURES = 100;
const LONGEST = 1_000_000;
const MOST = 2n ** 63n - 1n;
const MOST_PATH = 63;
const MOST_EXTRA = 48_000;
const LAST_SECOND = 253_402_300_799n;
const DASH = "\u2014 ";
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;
const SPACE = /[\u0009-\u000d\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
const DECIMAL = /^(0|[1-9][0-9]{0,18})$/;
const LABEL = utf8("subtree/v1\n\0");
const PROOF_HEAD = "c2sp.org/tlog-proof@v1";

// --- pieces --------------------------------------------------------------------------------------------------------

/** Base64 of at least one byte. */
export function readBase64(text) {
  const bytes = fromBase64(text);
  if (bytes.length === 0) throw new Malformed("canonical.base64");
  return bytes;
}

/** A number from 0 to 2^63-1, as a BigInt. */
export function readDecimal(text) {
  if (!DECIMAL.test(text) || BigInt(text) > MOST) throw new Malformed("note.number");
  return BigInt(text);
}

export function readHash(text) {
  const bytes = readBase64(text);
  if (bytes.length !== 32) throw new Malformed("merkle.hash-length", { expected: 32, found: bytes.length });
  return bytes;
}

/** A note's characters, from bytes or text: UTF-8 without controls but LF, at most a million bytes. */
export function noteText(data) {
  const text = typeof data === "string" ? data : fromUtf8(data);
  if (text === null) throw new Malformed("note.utf-8");
  const length = utf8(text).length;
  if (length > LONGEST) throw new Malformed("note.length", { most: LONGEST, found: length });
  if (CONTROL.test(text)) throw new Malformed("note.control");
  return text;
}

function checkName(name) {
  if (name === "" || name.includes("+") || SPACE.test(name)) throw new Malformed("note.key-name");
  return noteText(name);
}

function checkOwnName(name) {
  if (utf8(checkName(name)).length > 255) throw new Malformed("note.key-name");
  return name;
}

/** The text before the first separator and after it; null when it is not there. */
export function partition(text, separator) {
  const at = text.indexOf(separator);
  return at < 0 ? null : [text.slice(0, at), text.slice(at + separator.length)];
}

// --- keys ----------------------------------------------------------------------------------------------------------

/** A public key that signs notes under a name. Two are the same key when their `text` is the same. */
export class NoteKey {
  constructor(name, algorithm, publicKey) {
    this.name = checkOwnName(name);
    this.algorithm = algorithm;
    this.public = publicKey;
    if (algorithm !== MLDSA44_COSIGNATURE) publicPoint(publicKey);
    else if (publicKey.length !== MLDSA44_PUBLIC) {
      throw new Malformed("key.mldsa-length", { expected: MLDSA44_PUBLIC, found: publicKey.length });
    }
    const encoded = concat(Uint8Array.of(algorithm), publicKey);
    this.id = toHex(sha256(utf8(`${name}\n`), encoded).subarray(0, 4));
    this.text = `${name}+${this.id}+${toBase64(encoded)}`;
  }

  /** Read a verifier key: name "+" key id "+" base64(algorithm byte, public key). */
  static parse(text) {
    const [name, rest] = partition(text, "+") ?? [text, ""];
    const [id, encoded] = partition(rest, "+") ?? ["", ""];
    if (!/^[0-9a-f]{8}$/.test(id)) throw new Malformed("note.key");
    const bytes = readBase64(encoded);
    if (![ED25519, ED25519_COSIGNATURE, MLDSA44_COSIGNATURE].includes(bytes[0])) {
      throw new Malformed("note.key-algorithm", { found: bytes[0] });
    }
    const key = new NoteKey(name, bytes[0], bytes.subarray(1));
    if (key.id !== id) throw new Malformed("note.key-id");
    return key;
  }
}

// --- notes ---------------------------------------------------------------------------------------------------------

function readLine(line) {
  const parts = line.startsWith(DASH) ? partition(line.slice(DASH.length), " ") : null;
  if (parts === null) throw new Malformed("note.signature-line");
  const bytes = readBase64(parts[1]);
  checkName(parts[0]);
  if (bytes.length <= 4) throw new Malformed("note.signature-line");
  return { name: parts[0], id: toHex(bytes.subarray(0, 4)), signature: bytes.subarray(4) };
}

/** A text that ends in LF, and its signature lines, none of them verified; `whole` is the note as it stands. */
export function parseNote(data) {
  const whole = noteText(data);
  const split = whole.lastIndexOf("\n\n");
  if (split < 0 || split + 2 >= whole.length || !whole.endsWith("\n")) throw new Malformed("note.form");
  const lines = whole.slice(split + 2, -1).split("\n");
  if (lines.length > MOST_SIGNATURES) {
    throw new Malformed("note.signature-count", { most: MOST_SIGNATURES, found: lines.length });
  }
  return { whole, text: whole.slice(0, split + 1), lines: lines.map(readLine) };
}

/** What follows the key id in a key's line, or null without one. Two lines by one key are refused. */
function lineBy(note, key) {
  const found = note.lines.filter((line) => line.name === key.name && line.id === key.id);
  if (found.length > 1) throw new Malformed("note.repeated-signature");
  return found.length ? found[0].signature : null;
}

// --- checkpoints ---------------------------------------------------------------------------------------------------

export function parseCheckpoint(text) {
  const lines = noteText(text).split("\n");
  if (lines.length < 4 || lines.at(-1) !== "") throw new Malformed("checkpoint.form");
  if (lines.length > 4) throw new Malformed("checkpoint.extension");
  const checkpoint = { origin: lines[0], size: readDecimal(lines[1]), root: readHash(lines[2]), text };
  checkOwnName(checkpoint.origin);
  return checkpoint;
}

function named(text) {
  const bytes = utf8(text);
  return concat(Uint8Array.of(bytes.length), bytes);
}

function signedMessage(key, checkpoint, seconds) {
  if (key.algorithm === ED25519) return utf8(checkpoint.text);
  if (key.algorithm === ED25519_COSIGNATURE) return utf8(`cosignature/v1\ntime ${seconds}\n${checkpoint.text}`);
  const ends = concat(bigEndian(0n, 8), bigEndian(checkpoint.size, 8));
  return concat(LABEL, named(key.name), bigEndian(seconds, 8), named(checkpoint.origin), ends, checkpoint.root);
}

/** The POSIX seconds in a key's signature over a checkpoint, 0 for plain Ed25519; throws when it does not hold. */
function verifyLine(key, checkpoint, line) {
  const lattice = key.algorithm === MLDSA44_COSIGNATURE;
  const timed = key.algorithm === ED25519 ? 0 : 8;
  const expected = timed + (lattice ? MLDSA44_SIGNATURE : ED25519_SIGNATURE);
  if (line.length !== expected) throw new Invalid("note.signature-length", { expected, found: line.length });
  const seconds = toBigInt(line.subarray(0, timed));
  if (seconds > LAST_SECOND) throw new Invalid("checkpoint.time");
  const message = signedMessage(key, checkpoint, seconds);
  if (lattice) verifyMldsa44(key.public, message, line.subarray(timed));
  else verifyEd25519(key.public, message, line.subarray(timed));
  return seconds;
}

/** Each key once, and which of them are the log's and which may be witnesses'. */
function sortKeys(keys, origin) {
  const known = [...new Map(keys.map((key) => [key.text, key])).values()];
  const log = known.filter((key) => key.name === origin && key.algorithm !== ED25519_COSIGNATURE);
  if (log.length === 0) throw new Invalid("checkpoint.unknown-log");
  if (new Set(log.map((key) => key.algorithm)).size !== 2) throw new Invalid("checkpoint.one-algorithm");
  return { log, witnesses: known.filter((key) => key.name !== origin && key.algorithm !== ED25519) };
}

/** A checkpoint that its log signed with all its keys, and the cosignatures by known keys, all verified. */
export function openCheckpoint(data, keys) {
  const note = parseNote(data);
  const checkpoint = parseCheckpoint(note.text);
  const { log, witnesses } = sortKeys(keys, checkpoint.origin);
  let logSeconds = 0n;
  for (const key of log) {
    const line = lineBy(note, key);
    if (line === null) throw new Invalid("checkpoint.log-signature-missing", { algorithm: key.algorithm });
    const seconds = verifyLine(key, checkpoint, line);
    if (seconds > logSeconds) logSeconds = seconds;
  }
  const cosigned = new Map();
  for (const key of witnesses) {
    const line = lineBy(note, key);
    if (line === null) continue;
    const seconds = verifyLine(key, checkpoint, line);
    if (seconds === 0n) throw new Invalid("checkpoint.time");
    cosigned.set(key.text, seconds);
  }
  if (checkpoint.size === 0n && !equal(checkpoint.root, EMPTY_ROOT)) throw new Invalid("checkpoint.empty-root");
  return { ...checkpoint, logKeys: log, logSeconds, cosigned, whole: note.whole };
}

// --- proofs --------------------------------------------------------------------------------------------------------

/** A tlog-proof; form only. `index` is a BigInt, `note` is not opened. */
export function parseProof(data) {
  const whole = noteText(data);
  const parts = partition(whole, "\n\n");
  const lines = parts === null ? [] : parts[0].split("\n");
  if (lines.shift() !== PROOF_HEAD) throw new Malformed("proof.form");
  let extra = new Uint8Array(0);
  if (lines.length && lines[0].startsWith("extra ")) extra = readBase64(lines.shift().slice("extra ".length));
  if (!lines.length || !lines[0].startsWith("index ")) throw new Malformed("proof.form");
  const index = readDecimal(lines.shift().slice("index ".length));
  if (lines.length > MOST_PATH) throw new Malformed("proof.length", { most: MOST_PATH, found: lines.length });
  const path = lines.map(readHash);
  const note = parseNote(parts[1]);
  if (extra.length > MOST_EXTRA) throw new Malformed("proof.extra", { most: MOST_EXTRA, found: extra.length });
  return { whole, index, path, extra, note };
}
