// Ed25519 by one equation: S < L and encode([S]B - [k mod L]A) = R, byte for byte, without the cofactor. Public keys and
// R of small order, and public keys not canonically encoded, are refused before that. spec/act.md "The signed bytes".
//
// The library's own verify multiplies by the cofactor, and browsers' WebCrypto differ among themselves: neither is used.

import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { concat, equal } from "./bytes.mjs";
import { Invalid, Malformed } from "./errors.mjs";

const { Point } = ed25519;
const ORDER = Point.Fn.ORDER;
const known = new Map();

function littleEndian(bytes) {
  return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function times(point, scalar) {
  return scalar === 0n ? Point.ZERO : point.multiplyUnsafe(scalar);
}

/** The point of a public key, canonical and of large order. */
export function publicPoint(bytes) {
  if (bytes.length !== 32) throw new Malformed("key.ed25519-length", { expected: 32, found: bytes.length });
  const name = bytes.join();
  if (!known.has(name)) known.set(name, decodePoint(bytes));
  return known.get(name);
}

function decodePoint(bytes) {
  let point;
  try {
    point = Point.fromBytes(bytes); // strict: y below p, and no negative zero
  } catch {
    throw new Malformed("key.ed25519-point");
  }
  if (point.isSmallOrder()) throw new Malformed("key.ed25519-point");
  return point;
}

function isSmall(encoded) {
  try {
    return Point.fromBytes(encoded).isSmallOrder();
  } catch {
    return false; // not an encoding at all: the comparison below fails
  }
}

/** Throws unless `signature` (64 bytes) over `message` holds under `key` (32 bytes). */
export function verifyEd25519(key, message, signature) {
  const point = publicPoint(key);
  if (signature.length !== 64) throw new Invalid("signature.ed25519");
  const [r, s] = [signature.subarray(0, 32), littleEndian(signature.subarray(32))];
  if (s >= ORDER || isSmall(r)) throw new Invalid("signature.ed25519");
  const k = littleEndian(sha512(concat(r, key, message))) % ORDER;
  const found = times(Point.BASE, s).add(times(point, k).negate());
  if (!equal(found.toBytes(), r)) throw new Invalid("signature.ed25519");
}
