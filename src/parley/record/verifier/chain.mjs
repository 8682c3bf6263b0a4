// Entries of the log, and the chains that acts form. spec/log.md "Entry", "Chains".

import { fromHex, tagged, toBigInt, toHex } from "./bytes.mjs";
import { readTime } from "./canonical.mjs";
import { Malformed } from "./errors.mjs";

const LAST_TIME = BigInt(readTime("9999-12-31T23:59:59.999Z"));

/** 0x01, act digest, link, u64 milliseconds: digest and link as hexadecimal, the time as a number. */
export function parseEntry(bytes) {
  if (bytes.length !== 73) throw new Malformed("entry.length", { expected: 73, found: bytes.length });
  if (bytes[0] !== 1) throw new Malformed("entry.version", { found: bytes[0] });
  const time = toBigInt(bytes.subarray(65));
  if (time > LAST_TIME) throw new Malformed("entry.time");
  return { act: toHex(bytes.subarray(1, 33)), link: toHex(bytes.subarray(33, 65)), time: Number(time), bytes };
}

/** The head of a chain and the number of its acts. */
export class Chain {
  constructor(head, length = 0) {
    this.head = head;
    this.length = length;
  }

  /** A chain before its first act, whose payload makes its head. */
  static start(payload) {
    return new Chain(tagged("parley/chain/v1", payload));
  }

  /** What the next entry of this chain bears. */
  get link() {
    return toHex(tagged("parley/link/v1", this.head));
  }

  extend(digest) {
    return new Chain(tagged("parley/head/v1", this.head, fromHex(digest)), this.length + 1);
  }
}
