// Checks the ML-DSA-44 lines of an exported checkpoint with @noble/post-quantum, which shares no code with Parley.
//
//   node checkpoint.mjs FOLDER      prints a line a check, exits 1 when one fails
import { ml_dsa44 } from "@noble/post-quantum/ml-dsa.js";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const MLDSA44 = 0x06;
const folder = process.argv[2];
if (!folder) throw new Error("usage: checkpoint.mjs FOLDER");
const note = readFileSync(join(folder, "checkpoint"), "utf8");
const split = note.lastIndexOf("\n\n");
const [origin, size, root] = note.slice(0, split).split("\n");
const lines = note.slice(split + 2, -1).split("\n");

function number(value) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

function named(text) {
  const bytes = Buffer.from(text, "utf8");
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}

// The cosigned_message of c2sp.org/tlog-cosignature: start 0, end the size.
function message(name, time) {
  const label = Buffer.from("subtree/v1\n\0", "latin1");
  const range = [number(0), number(size), Buffer.from(root, "base64")];
  return Buffer.concat([label, named(name), time, named(origin), ...range]);
}

function check(name, id, encoded) {
  const own = createHash("sha256").update(`${name}\n`).update(encoded).digest("hex").slice(0, 8);
  if (own !== id) return "the key id is not the key's";
  const signed = lines
    .map((line) => line.split(" "))
    .filter(([, by, data]) => by === name && Buffer.from(data, "base64").toString("hex", 0, 4) === id);
  if (signed.length !== 1) return `${signed.length} lines`;
  const data = Buffer.from(signed[0][2], "base64");
  const [time, signature] = [data.subarray(4, 12), data.subarray(12)];
  return ml_dsa44.verify(signature, message(name, time), encoded.subarray(1)) ? null : "the signature does not hold";
}

let checked = 0;
let failed = 0;
for (const vkey of readFileSync(join(folder, "vkeys"), "utf8").trim().split("\n")) {
  const [, name, id, key] = vkey.match(/^([^+]+)\+([0-9a-f]{8})\+(.+)$/);
  const encoded = Buffer.from(key, "base64");
  if (encoded[0] !== MLDSA44) continue;
  checked += 1;
  const problem = check(name, id, encoded);
  if (problem) failed += 1;
  console.log(problem ? `FAIL ${name} ${id}: ${problem}` : `ok ML-DSA-44 line of ${name} ${id}`);
}
if (!checked) console.log("FAIL no ML-DSA-44 key in vkeys");
process.exit(failed || !checked ? 1 : 0);
