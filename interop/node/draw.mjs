// Computes the draws of vectors/measures/draw.json once more, from spec/draw.md and nothing of ours.
//   node draw.mjs ../../vectors/measures/draw.json      prints one line a case: its name, then what was drawn
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const hash = (...parts) => parts.reduce((sum, part) => sum.update(part), createHash("sha256")).digest();
const u32 = (n) => Buffer.from([n >>> 24, n >>> 16, n >>> 8, n]);

function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

function draw(terms, seeds) {
  const subject = hash("parley/draw/v1\n", canonical(terms));
  const named = terms.parties.flatMap((party) => [Buffer.from([party.length]), party, Buffer.from(seeds[party], "hex")]);
  const mixed = hash("parley/draw-mixed/v1\n", subject, ...named);
  const left = terms.items.filter((name) => !terms.excluded.includes(name));
  const drawn = [];
  for (let i = 0; drawn.length < terms.take; i++) {
    const bits = (left.length - 1).toString(2).length * (left.length > 1);
    const word = hash("parley/draw-word/v1\n", mixed, u32(i)).readUInt32BE(0);
    const place = bits ? word >>> (32 - bits) : 0;
    if (place < left.length) drawn.push(...left.splice(place, 1));
  }
  return { subject: subject.toString("hex"), drawn };
}

for (const { name, terms, seeds } of JSON.parse(readFileSync(process.argv[2], "utf8")).cases) {
  console.log(JSON.stringify({ name, ...draw(terms, seeds) }));
}
