// Key sets: an Ed25519 and an ML-DSA-44 key that sign together, both always required; and reading keys, of which only
// the form and the name matter here.

import { ml_dsa44 } from "@noble/post-quantum/ml-dsa.js";
import { concat, tagged, toHex, utf8 } from "./bytes.mjs";
import { publicPoint, verifyEd25519 } from "./ed25519.mjs";
import { Invalid, Malformed } from "./errors.mjs";

export const MLDSA44_PUBLIC = 1312;
export const MLDSA44_SIGNATURE = 2420;
export const ED25519_SIGNATURE = 64;
const ACT = utf8("parley/act/v1");
const MLKEM768_PUBLIC = 1184;
const READING_PUBLIC = MLKEM768_PUBLIC + 32;
const MLKEM_Q = 3329;

/** Throws unless an ML-DSA-44 signature holds, under a context. */
export function verifyMldsa44(key, message, signature, context = new Uint8Array(0)) {
  if (key.length !== MLDSA44_PUBLIC) {
    throw new Malformed("key.mldsa-length", { expected: MLDSA44_PUBLIC, found: key.length });
  }
  let holds = false;
  try {
    holds = signature.length === MLDSA44_SIGNATURE && ml_dsa44.verify(signature, message, key, { context });
  } catch {
    holds = false; // the library throws for encodings that FIPS 204 rejects
  }
  if (!holds) throw new Invalid("signature.mldsa44");
}

/** Both public keys of a key set, checked, with the key set id. */
export class VerifyingKey {
  constructor({ ed25519, mldsa44 }) {
    publicPoint(ed25519);
    if (mldsa44.length !== MLDSA44_PUBLIC) {
      throw new Malformed("key.mldsa-length", { expected: MLDSA44_PUBLIC, found: mldsa44.length });
    }
    this.ed25519 = ed25519;
    this.mldsa44 = mldsa44;
    this.id = toHex(tagged("parley/keyset/v1", ed25519, mldsa44));
  }

  /** Throws unless both signatures over an act's bytes hold; the cheaper one first. */
  verify(body, { ed25519, mldsa44 }) {
    verifyEd25519(this.ed25519, body, ed25519);
    verifyMldsa44(this.mldsa44, body, mldsa44, ACT);
  }
}

/** The id of a reading key, whose form is checked: its length, and every coefficient of the ML-KEM part below q. */
export function readingKeyId(encoded) {
  if (encoded.length !== READING_PUBLIC) {
    throw new Malformed("key.reading-length", { expected: READING_PUBLIC, found: encoded.length });
  }
  for (let at = 0; at < MLKEM768_PUBLIC - 32; at += 3) {
    const low = encoded[at] | ((encoded[at + 1] & 0x0f) << 8);
    const high = (encoded[at + 1] >> 4) | (encoded[at + 2] << 4);
    if (low >= MLKEM_Q || high >= MLKEM_Q) throw new Malformed("key.reading");
  }
  return toHex(tagged("parley/reading/v1", encoded));
}

/** Verify nothing twice over, so that the engine has compiled the arithmetic before a reader waits for it. */
export function warmUp() {
  const [key, message] = [new Uint8Array(MLDSA44_PUBLIC), new Uint8Array(1000)];
  const base = Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? 0x58 : 0x66)); // the curve's own base point
  for (let round = 0; round < 4; round += 1) {
    for (const check of [
      () => verifyMldsa44(key, message, new Uint8Array(MLDSA44_SIGNATURE)),
      () => verifyEd25519(base, message, concat(base, new Uint8Array(32))),
    ]) {
      try {
        check();
      } catch {
        // neither holds, and neither is asked for
      }
    }
  }
}
