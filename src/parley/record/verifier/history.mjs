// A history: one chain from its first act on, without a gap; and when no act is left out, the whole fold over it.

import { isRegisterAct } from "./act.mjs";
import { Chain } from "./chain.mjs";
import { Invalid, Malformed, Refused } from "./errors.mjs";
import { Register } from "./register.mjs";
import { World } from "./rules.mjs";

/** The entries whose links follow one another from a chain's first act on; others are passed over. */
export function walk(items, first) {
  let chain = Chain.start(first.statement.payload);
  const inside = [];
  for (const item of items) {
    if (item.entry.link !== chain.link) continue;
    inside.push(item);
    chain = chain.extend(item.digest);
  }
  return inside.length > 0 ? inside : [first];
}

/** Whether an entry bears the first link of its chain, if its act is one that always begins a chain. */
export function beginsChain({ statement, entry }) {
  if (statement === null || !["genesis", "convene"].includes(statement.kind)) return true;
  return entry.link === Chain.start(statement.payload).link;
}

/** What the rules refuse is a file that does not hold: the code stays, the entry is named. */
export function refusedAt(item, judge) {
  try {
    return judge();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    throw new Invalid(error.code, { ...error.details, entry: item.at.index });
  }
}

function firstOf(items) {
  const shown = items.filter((item) => item.statement !== null);
  const first = shown.find(({ statement }) => statement.kind === "convene");
  const found = first ?? shown.find(({ statement }) => statement.kind === "enrol");
  if (found === undefined) throw new Malformed("evidence.history-start");
  return found;
}

/** Repeat the whole fold over a negotiation that is shown whole, with the registers that come along. */
function fold(first, chain, done, shown) {
  const known = new Set([...shown.registers.values()].flatMap((register) => register.reading.map((term) => term.id)));
  const deposits = chain.filter(({ statement }) => statement.kind === "deposit").map(({ statement }) => statement.act);
  const readers = deposits.flatMap((act) => [act.sender_reading_key, ...act.recipients.map((one) => one.reading_key)]);
  const enrolled = first.statement.act.parties.every((party) => shown.registers.has(party));
  if (!enrolled || !readers.every((key) => known.has(key))) throw new Malformed("evidence.register-missing");
  const world = World.entire(shown.genesis, shown.registers);
  for (const item of chain) refusedAt(item, () => world.admit(done(item)));
  return world;
}

function foldRegister(chain, done) {
  let register = null;
  for (const item of chain) {
    refusedAt(item, () => {
      if (register !== null) register.admit(done(item));
      else if (item.statement.kind === "enrol") register = new Register(done(item), true);
      else throw new Refused("register.not-enrolled", { party: item.statement.act.by.party });
    });
  }
}

/**
 * What a history shows: the world to read papers from, whether it is whole, and how many acts it leaves out.
 * `done` gives the verified act of an item; `shown` is the world of step 9.
 */
export function history(items, done, shown) {
  const first = firstOf(items);
  const negotiation = first.statement.kind === "convene";
  const chain = walk(items, first);
  for (const item of items) {
    const { statement } = item;
    const support = statement?.kind === "genesis" || (negotiation && statement !== null && isRegisterAct(statement));
    const inside = chain.includes(item);
    const strange = inside && statement !== null && statement.act.negotiation !== first.statement.act.negotiation;
    if ((!inside && !support) || strange) throw new Invalid("evidence.outside-chain", { entry: item.at.index });
  }
  const bare = chain.filter(({ statement }) => statement === null).length;
  if (bare > 0 || !negotiation) {
    if (bare === 0) foldRegister(chain, done);
    return { world: shown, whole: false, bare };
  }
  return { world: fold(first, chain, done, shown), whole: true, bare };
}
