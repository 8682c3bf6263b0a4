// Bytes as Uint8Array, and the few ways in which the formats write them. Nothing here knows what the bytes mean.

import { sha256 as hash } from "@noble/hashes/sha2.js";
import { Malformed } from "./errors.mjs";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A string's UTF-8; a lone surrogate has none. */
export function utf8(text) {
  if (!text.isWellFormed()) throw new Malformed("note.utf-8");
  return encoder.encode(text);
}

/** The text of UTF-8 bytes, a byte order mark included, or null when they are not UTF-8. */
export function fromUtf8(bytes) {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function equal(one, other) {
  return one.length === other.length && one.every((byte, place) => byte === other[place]);
}

/** Negative, zero or positive, as Array.prototype.sort asks: bytes in the order of a dictionary. */
export function compareBytes(one, other) {
  const shorter = Math.min(one.length, other.length);
  for (let at = 0; at < shorter; at += 1) if (one[at] !== other[at]) return one[at] - other[at];
  return one.length - other.length;
}

/** An unsigned number below 2^64, big-endian, in `size` bytes. */
export function bigEndian(value, size) {
  const bytes = new Uint8Array(size);
  let rest = BigInt(value);
  for (let at = size - 1; at >= 0; at -= 1) {
    bytes[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

export function toBigInt(bytes) {
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

export function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Lowercase hexadecimal of a text already known to be that. */
export function fromHex(text) {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function toBase64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

/** RFC 4648 section 4, with padding, and only the one writing of each value. */
export function fromBase64(text) {
  let plain;
  try {
    plain = atob(text);
  } catch {
    throw new Malformed("canonical.base64");
  }
  if (btoa(plain) !== text) throw new Malformed("canonical.base64");
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}

export function sha256(...parts) {
  const state = hash.create();
  for (const part of parts) state.update(part);
  return state.digest();
}

/** SHA-256(tag LF parts): no digest made for one purpose can stand for another. */
export function tagged(tag, ...parts) {
  return sha256(encoder.encode(`${tag}\n`), ...parts);
}
