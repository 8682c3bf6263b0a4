// What convicts a depositary: things that it signed and that cannot all be true of one honest log. spec/evidence.md
// "What convicts a depositary". Absence convicts nobody.

import { isRegisterAct } from "./act.mjs";
import { equal, toHex } from "./bytes.mjs";
import { Refused } from "./errors.mjs";
import { beginsChain, walk } from "./history.mjs";
import { World } from "./rules.mjs";

function guilty(crime, first, second, rule = null) {
  return { crime, first, second, rule };
}

function pairsOf(items) {
  return items.slice(1).map((other, place) => [items[place], other]);
}

function twoLeaves({ items }) {
  for (const [one, other] of pairsOf(items)) {
    const differ = !equal(one.proof.extra, other.proof.extra);
    if (one.proof.index === other.proof.index && differ) return guilty("TWO_LEAVES", one.at.index, other.at.index);
  }
  return null;
}

function twoRoots({ checkpoints }) {
  const roots = new Map();
  for (const { size, root } of checkpoints) {
    const known = roots.get(size) ?? toHex(root);
    roots.set(size, known);
    if (known !== toHex(root)) return guilty("TWO_ROOTS", size, size);
  }
  return null;
}

function linkTwice({ items }) {
  const seen = new Map();
  for (const { entry, at } of items) {
    const first = seen.get(entry.link) ?? at.index;
    seen.set(entry.link, first);
    if (first !== at.index) return guilty("LINK_TWICE", first, at.index);
  }
  return null;
}

function timeBackwards({ items }) {
  for (const [{ at: one }, { at: other }] of pairsOf(items)) {
    if (other.index > one.index && other.time < one.time) return guilty("TIME_BACKWARDS", one.index, other.index);
  }
  return null;
}

function notAdmissible({ items, done }) {
  const world = new World(placesOf(items));
  const judged = new Set();
  for (const item of items) {
    const key = `${item.digest} ${item.at.index} ${item.at.time}`;
    const signed = done(item);
    if (signed === null || judged.has(key)) continue;
    judged.add(key); // an entry proven twice is still one entry
    try {
      world.admit(signed);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const first = items.find((other) => other.digest === error.winner) ?? item;
      return guilty("NOT_ADMISSIBLE", first.at.index, item.at.index, error.code);
    }
  }
  return null;
}

/** The first index of every act that is shown. */
export function placesOf(items) {
  const places = new Map();
  for (const { digest, at } of items) if (!places.has(digest)) places.set(digest, at.index);
  return places;
}

function sameChain(first, other) {
  if (other.kind === "genesis") return false;
  if (first.kind === "enrol") return isRegisterAct(other) && other.act.by.party === first.act.by.party;
  return other.act.negotiation === first.act.negotiation;
}

function outsideChain({ items }) {
  for (const first of items) {
    if (!beginsChain(first)) return guilty("OUTSIDE_CHAIN", first.at.index, first.at.index);
    if (!["convene", "enrol"].includes(first.statement?.kind)) continue;
    const inside = walk(items, first);
    const last = inside.at(-1).at.index;
    const known = new Set(inside.map((item) => item.same));
    for (const item of items) {
      if (item.statement === null || known.has(item.same) || !sameChain(first.statement, item.statement)) continue;
      if (first.at.index < item.at.index && item.at.index < last) return guilty("OUTSIDE_CHAIN", last, item.at.index);
    }
  }
  return null;
}

/** The first crime that the file proves, or null. `done` gives the verified act of an item, null of a bare one. */
export function convict(shown) {
  for (const judge of [twoLeaves, twoRoots, linkTwice, timeBackwards, notAdmissible, outsideChain]) {
    const found = judge(shown);
    if (found !== null) return found;
  }
  return null;
}
