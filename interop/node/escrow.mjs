// Computes the commitments of vectors/measures/escrow.json once more, and verifies every case, from spec/escrow.md and
// nothing of ours.
//   node escrow.mjs ../../vectors/measures/escrow.json      prints a line an escrow, then a line a case
import { createCipheriv, createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const LAYERS = ["existence", "region", "place", "contents"];
const MOST = Number.MAX_SAFE_INTEGER;
const NONE = 0xffffffff;

class Failure extends Error {
  constructor(family) {
    super(family);
    this.family = family;
  }
}
const need = (holds, family) => {
  if (!holds) throw new Failure(family);
};

const bytes = (text) => Buffer.from(text, "utf8");
const hex = (text) => Buffer.from(text, "hex");
const base64 = (text) => Buffer.from(text, "base64");
const hash = (tag, ...parts) => parts.reduce((sum, part) => sum.update(part), createHash("sha256").update(`parley/${tag}/v1\n`)).digest();
const plainHash = (data) => createHash("sha256").update(data).digest();
const shake = (tag, length, ...parts) =>
  parts.reduce((sum, part) => sum.update(part), createHash("shake256", { outputLength: length }).update(`parley/${tag}/v1\n`)).digest();
const u32 = (number) => Buffer.from([number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255]);
const big = (buffer) => BigInt(`0x${buffer.toString("hex")}`);
const u128 = (number) => hex(number.toString(16).padStart(32, "0"));
const u64 = (number) => hex(BigInt(number).toString(16).padStart(16, "0"));

function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

// --- places and the commitment ------------------------------------------------------------------------------------

const spaceOf = ({ grid }) => (grid ? BigInt(grid.columns) * BigInt(grid.rows) : 1n << 128n);

function keyOf({ grid }, place) {
  if (typeof place === "string") {
    need(!grid && place, "malformed");
    return big(hash("escrow-key", bytes(place)).subarray(0, 16));
  }
  need(grid, "malformed");
  const [row, column] = [place.north - grid.south, place.east - grid.west];
  need(row >= 0 && row < grid.rows && column >= 0 && column < grid.columns, "malformed");
  return BigInt(row) * BigInt(grid.columns) + BigInt(column);
}

const commitmentOf = (plan, roots, subject) =>
  hash("escrow-commitment", subject, hex(roots.blind), hash("escrow-plan", bytes(canonical(plan))), hex(roots.items),
    hex(roots.index), hex(roots.totals)).toString("hex");

// --- making a commitment from the secret side ---------------------------------------------------------------------

function pairUp(list, join) {
  while (list.length > 1) list = Array.from({ length: list.length / 2 }, (_, i) => join(list[2 * i], list[2 * i + 1]));
  return list[0];
}

function orderOf(tag, seed, slots) {
  const stream = shake(tag, 8 * slots, seed);
  const weight = (slot) => stream.subarray(8 * slot, 8 * slot + 8);
  return Array.from({ length: slots }, (_, slot) => slot).sort((a, b) => Buffer.compare(weight(a), weight(b)) || a - b);
}

function rootsOf({ blind, items, plan, seed: seedText, versions }) {
  const seed = hex(seedText);
  const space = spaceOf(plan);
  const version = new Map(versions.flatMap((each) => each.slots.map((slot) => [slot, hex(each.blind)])));
  const held = new Map(items.map(({ item, slot }) => [slot, item]));
  const numbers = Array.from({ length: plan.slots }, (_, slot) => slot);
  const secrets = numbers.map((slot) => {
    const key = hash("escrow-secrets", seed, version.get(slot) ?? Buffer.alloc(32));
    return createCipheriv("chacha20", key, Buffer.alloc(16)).update(Buffer.alloc(272 * (slot + 1))).subarray(272 * slot);
  });
  const salt = (slot, at) => secrets[slot].subarray(32 * at, 32 * at + 32);

  const keys = numbers.map((slot) => (held.has(slot) ? keyOf(plan, held.get(slot).place) : null));
  const taken = new Set(keys.filter((key) => key !== null));
  for (const slot of numbers) {
    if (keys[slot] !== null) continue;
    let key = big(secrets[slot].subarray(256)) % space;
    while (taken.has(key)) key = (key + 1n) % space;
    taken.add(key);
    keys[slot] = key;
  }

  const slotHashes = numbers.map((slot) => {
    const item = held.get(slot);
    const contents = item ? [item.uid, item.region, item.place, item.counts] : [null, null, null, null];
    return hash("escrow-slot", ...LAYERS.map((layer, at) => hash(`escrow-${layer}`, salt(slot, at), bytes(canonical(contents[at])))));
  });

  const byKey = [...numbers].sort((a, b) => (keys[a] < keys[b] ? -1 : 1));
  const cuts = byKey.map((_, place) => {
    if (!place) return 0n;
    const [before, after] = [keys[byKey[place - 1]], keys[byKey[place]]];
    const drawn = big(hash("escrow-cut-at", salt(byKey[place - 1], 7), u128(after)));
    return before + 1n + (((after - before) * drawn) >> 256n);
  });
  const ranges = byKey.map((slot, place) => {
    const [key, low, high] = [keys[slot], cuts[place], (cuts[place + 1] ?? space) - 1n];
    const drawn = shake("escrow-zones", 128, salt(slot, 7), u128(low), u128(high));
    const part = (at) => big(drawn.subarray(32 * at, 32 * at + 32));
    const zone = (first, last, at) => [key - (((key - first) * part(at)) >> 257n), key + (((last - key) * part(at + 1)) >> 257n)];
    const outer = zone(low, high, 0);
    const inner = zone(...outer, 2);
    const use = hash("escrow-use", salt(slot, 5), u32(held.has(slot) ? slot : NONE));
    const at = hash("escrow-at", salt(slot, 4), u128(key), use);
    const nested = [inner, outer].reduce((under, ends) => hash("escrow-zone", ...ends.map(u128), under), at);
    return { from: low, hash: nested };
  });

  const leaves = orderOf("escrow-sum-order", seed, plan.slots).map((slot) => {
    const sums = held.get(slot)?.counts ?? plan.categories.map(() => 0);
    return { sums, hash: hash("escrow-counts", salt(slot, 6), u32(slot), ...sums.map(u64)) };
  });
  const top = pairUp(leaves, (left, right) => ({
    sums: left.sums.map((value, at) => value + right.sums[at]),
    hash: hash("escrow-sum", ...left.sums.map(u64), ...right.sums.map(u64), left.hash, right.hash),
  }));
  const totalSalt = hash("escrow-total-salt", seed, hex(blind));
  const index = pairUp(ranges, (left, right) => ({ from: left.from, hash: hash("escrow-cut", u128(right.from), left.hash, right.hash) }));
  return {
    blind,
    index: index.hash.toString("hex"),
    items: pairUp(slotHashes, (left, right) => hash("escrow-node", left, right)).toString("hex"),
    totals: hash("escrow-total", totalSalt, ...top.sums.map(u64), top.hash).toString("hex"),
  };
}

// --- verifying ----------------------------------------------------------------------------------------------------

function contentOf(layer, data) {
  const start = bytes(`parley/escrow-${layer}/v1\n`);
  need(data.subarray(0, start.length).equals(start) && data.length > start.length + 32, "malformed");
  return JSON.parse(data.subarray(start.length + 32).toString("utf8"));
}

function slotHash(opened, shown) {
  need(opened.data.length === shown.length && opened.hidden.length === 4 - shown.length, "malformed");
  const [data, hidden] = [opened.data.map(base64), opened.hidden.map(base64)];
  need(hidden.every((each) => each.length === 32), "malformed");
  return hash("escrow-slot", ...LAYERS.map((layer) => (shown.includes(layer) ? plainHash(data.shift()) : hidden.shift())));
}

function itemsRoot(hashes, siblings, slots) {
  let known = hashes;
  need(known.size && [...known.keys()].every((number) => number >= 0 && number < slots), "malformed");
  const left = siblings.map(base64);
  need(left.every((each) => each.length === 32), "malformed");
  for (let width = slots; width > 1; width /= 2) {
    for (const place of [...known.keys()].sort((a, b) => a - b)) {
      if (known.has(place ^ 1)) continue;
      need(left.length, "malformed");
      known.set(place ^ 1, left.shift());
    }
    const above = new Map();
    for (const place of known.keys()) above.set(place >> 1, hash("escrow-node", known.get(place & ~1), known.get(place | 1)));
    known = above;
  }
  need(!left.length, "malformed");
  return known.get(0).toString("hex");
}

function readSlot(opened, shown, plan, uid) {
  const read = Object.fromEntries(shown.map((layer, at) => [layer, contentOf(layer, base64(opened.data[at]))]));
  need(!Object.values(read).includes(null) && (read.existence ?? uid) !== undefined, "invalid");
  if (read.place !== undefined) keyOf(plan, read.place);
  return { slot: opened.number, uid: read.existence ?? uid, region: read.region ?? null, place: read.place ?? null, counts: read.contents ?? null };
}

const ascending = (list) => list.every((each, at) => !at || list[at - 1] < each);
const emptySlot = (opened) => opened.data.length > 0 && contentOf("existence", base64(opened.data[0])) === null;

function verifyStep(proof, plan, { progress }) {
  const reached = progress.step ? plan.steps[progress.step - 1] : null;
  need(proof.step === progress.step + 1 || (reached?.of === "named" && proof.step === progress.step), "refused");
  const step = plan.steps[proof.step - 1];
  need(step, "malformed");
  const numbers = proof.slots.map((opened) => opened.number);
  need(ascending(numbers), "malformed");
  const existence = step.layers.includes("existence");
  if (step.of === "all") {
    const all = existence ? [...Array(plan.slots).keys()] : Object.keys(progress.uids).map(Number).sort((a, b) => a - b);
    need(canonical(all) === canonical(numbers), "invalid");
  }
  const empty = new Set(proof.slots.filter((opened) => existence && emptySlot(opened)).map((opened) => opened.number));
  const hashes = proof.slots.map((opened) => [opened.number, slotHash(opened, empty.has(opened.number) ? ["existence"] : step.layers)]);
  if (hashes.length) need(itemsRoot(new Map(hashes), proof.siblings, plan.slots) === proof.roots.items, "invalid");
  else need(!proof.siblings.length, "malformed");
  need(!empty.size || step.of === "all", "invalid");
  return proof.slots.filter((opened) => !empty.has(opened.number)).map((opened) => readSlot(opened, step.layers, plan, progress.uids[opened.number]));
}

function verifyAnswer(proof, plan, { given, progress }) {
  const asked = keyOf(plan, given.asked);
  need(canonical(proof.place) === canonical(given.asked), "invalid");
  const { at, below, turns, zones } = proof.lookup;
  need(turns.length === Math.log2(plan.slots), "malformed");
  let [low, high] = [0n, spaceOf(plan) - 1n];
  for (const turn of [...turns].reverse()) {
    const cut = big(hex(turn.cut));
    need(low < cut && cut <= high, "invalid");
    if (asked >= cut) low = cut;
    else high = cut - 1n;
  }
  need((zones.length === 1 || zones.length === 2) && (at === null) !== (below === null), "malformed");
  let [outer, inner, inside] = [null, [low, high], true];
  for (const zone of zones) {
    const ends = [big(hex(zone.first)), big(hex(zone.last))];
    need(inside && inner[0] <= ends[0] && ends[0] <= ends[1] && ends[1] <= inner[1], "invalid");
    [outer, inner, inside] = [inner, ends, ends[0] <= asked && asked <= ends[1]];
  }
  let node, first, last, slot = null;
  if (at === null) {
    need(!inside, "invalid");
    [first, last] = asked < inner[0] ? [outer[0], inner[0] - 1n] : [inner[1] + 1n, outer[1]];
    node = hex(below);
  } else {
    const key = big(hex(at.key));
    need((at.use === null) !== (at.hidden === null), "malformed");
    need(inside && zones.length === 2 && inner[0] <= key && key <= inner[1] && (key === asked) === (at.use !== null), "invalid");
    let use;
    if (at.use) {
      slot = at.use.slot;
      need(slot === null || (slot >= 0 && slot < NONE), "malformed");
      use = hash("escrow-use", hex(at.use.salt), u32(slot ?? NONE));
      [first, last] = [asked, asked];
    } else {
      use = hex(at.hidden);
      [first, last] = asked < key ? [inner[0], key - 1n] : [key + 1n, inner[1]];
    }
    node = hash("escrow-at", hex(at.salt), hex(at.key), use);
  }
  for (const zone of [...zones].reverse()) node = hash("escrow-zone", hex(zone.first), hex(zone.last), node);
  for (const turn of turns) {
    const sibling = hex(turn.sibling);
    node = hash("escrow-cut", hex(turn.cut), ...(asked >= big(hex(turn.cut)) ? [sibling, node] : [node, sibling]));
  }
  need(node.toString("hex") === proof.roots.index, "invalid");
  if (slot === null) {
    need(proof.item === null && !proof.siblings.length, "malformed");
    return { first: u128(first).toString("hex"), last: u128(last).toString("hex") };
  }
  need(proof.item !== null, "malformed");
  need(proof.item.number === slot, "invalid");
  need(itemsRoot(new Map([[slot, slotHash(proof.item, ["place"])]]), proof.siblings, plan.slots) === proof.roots.items, "invalid");
  const place = contentOf("place", base64(proof.item.data[0]));
  need(canonical(place) === canonical(given.asked) && !(progress.complete && !(slot in progress.uids)), "invalid");
  return { slot };
}

const goodSums = (sums, plan) => sums.length === plan.categories.length && sums.every((value) => value >= 0 && value <= MOST);
const named = (plan, sums) => Object.fromEntries(plan.categories.map((name, at) => [name, sums[at]]));

function verifyTotals(proof, plan) {
  need(goodSums(proof.totals, plan), "malformed");
  need(hash("escrow-total", hex(proof.salt), ...proof.totals.map(u64), hex(proof.top)).toString("hex") === proof.roots.totals, "invalid");
  return named(plan, proof.totals);
}

function verifyContained(proof, plan, { given }) {
  need(proof.path.length === Math.log2(plan.slots) && proof.place >= 0 && proof.place < plan.slots, "malformed");
  need(given.slot >= 0 && given.slot < plan.slots && goodSums(given.counts, plan), "malformed");
  let [sums, place] = [given.counts, proof.place];
  let node = hash("escrow-counts", hex(proof.salt), u32(given.slot), ...sums.map(u64));
  for (const sibling of proof.path) {
    need(goodSums(sibling.sums, plan), "malformed");
    const pair = place & 1 ? [[sibling.sums, sums], [hex(sibling.hash), node]] : [[sums, sibling.sums], [node, hex(sibling.hash)]];
    node = hash("escrow-sum", ...pair[0].flat().map(u64), ...pair[1]);
    sums = sums.map((value, at) => value + sibling.sums[at]);
    need(goodSums(sums, plan), "malformed");
    place >>= 1;
  }
  need(hash("escrow-total", hex(proof.total_salt), ...sums.map(u64), node).toString("hex") === proof.roots.totals, "invalid");
  return named(plan, sums);
}

function verifyAmendment(proof, plan, { progress }) {
  const changed = proof.changed;
  need(changed.every(({ before, after }) => before.number === after.number) && ascending(changed.map(({ before }) => before.number)), "malformed");
  const shown = changed.length && changed[0].before.data.length ? ["existence"] : [];
  need(!shown.length || progress.complete, "refused");
  const sides = ["before", "after"].map((side) => changed.map((each) => [each[side].number, slotHash(each[side], shown)]));
  need(sides[0].every(([, before], at) => !before.equals(sides[1][at][1])), "invalid");
  ["before", "after"].forEach((side, at) => need(itemsRoot(new Map(sides[at]), proof.siblings, plan.slots) === proof[side].items, "invalid"));
  return changed.map((each) => {
    const [before, after] = ["before", "after"].map((side) => (shown.length ? contentOf("existence", base64(each[side].data[0])) : null));
    const kind = before === null ? (after === null ? "unused" : "added") : after === null ? "removed" : "changed";
    return { slot: each.before.number, kind: shown.length ? kind : null, before, after };
  });
}

// --- the file -----------------------------------------------------------------------------------------------------

const VERIFY = { step: verifyStep, answer: verifyAnswer, totals: verifyTotals, contained: verifyContained, amendment: verifyAmendment };
const { escrows, cases } = JSON.parse(readFileSync(process.argv[2], "utf8"));

for (const [name, { escrow }] of Object.entries(escrows)) {
  const roots = rootsOf(escrow);
  console.log(canonical({ name, roots, commitment: commitmentOf(escrow.plan, roots, hex(escrow.subject)) }));
}
for (const each of cases) {
  const of = escrows[each.of.replace(" under another deposit", "")];
  const plan = of.escrow.plan;
  let result;
  try {
    const pairs = each.kind === "amendment"
      ? [[each.proof.before, of, each.subject], [each.proof.after, escrows[each.given.after], escrows[each.given.after].escrow.subject]]
      : [[each.proof.roots, of, each.subject]];
    for (const [roots, { commitment }, subject] of pairs) need(commitmentOf(plan, roots, hex(subject)) === commitment, "invalid");
    result = { outcome: "proved", proves: VERIFY[each.kind](each.proof, plan, each) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    result = { outcome: error.family };
  }
  console.log(canonical({ name: each.name, ...result }));
}
