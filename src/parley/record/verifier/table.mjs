// The table of docs/states.md: opening, who acts, state, act -> next state. Illegal is a missing row.

export const WAITING = "waiting";
export const MADE_AVAILABLE = "made available";
export const WITHDRAWN = "withdrawn";
const [RECEIVED, HANDED_OVER, CONFIRMED, FAULTED] = ["received", "handed over", "confirmed", "faulted"];
const STATES = [
  WAITING, MADE_AVAILABLE, RECEIVED, HANDED_OVER, CONFIRMED, FAULTED, "refused", WITHDRAWN, "expired",
];

/** States that follow a receipt. */
export const ANSWERED = new Set([RECEIVED, HANDED_OVER, CONFIRMED, FAULTED]);
/** States in which a recipient may have the paper: one of them refuses a withdrawal. */
export const TAKEN = new Set([...ANSWERED, MADE_AVAILABLE]);
/** States without an outcome. */
export const OPEN = new Set([WAITING, MADE_AVAILABLE]);

// Beside the opening: who, state, act, next state. "any" stands for every opening, "sealed" for all but held.
const ROWS = [
  ["any", "depositary", WAITING, "notice", WAITING],
  ["any", "recipient", WAITING, "receipt", RECEIVED],
  ["any", "recipient", WAITING, "refusal", "refused"],
  ["any", "depositary", WAITING, "expiry", "expired"],
  ["any", "sender", WAITING, "withdrawal", WITHDRAWN],
  ["sealed", "depositary", RECEIVED, "handover", HANDED_OVER],
  ["sealed", "depositary", CONFIRMED, "handover", CONFIRMED],
  ["sealed", "depositary", FAULTED, "handover", FAULTED],
  ["sealed", "recipient", RECEIVED, "confirmation", CONFIRMED],
  ["sealed", "recipient", RECEIVED, "fault", FAULTED],
  ["sealed", "recipient", HANDED_OVER, "confirmation", CONFIRMED],
  ["sealed", "recipient", HANDED_OVER, "fault", FAULTED],
  ["at_once", "depositary", MADE_AVAILABLE, "notice", MADE_AVAILABLE],
  ["at_once", "recipient", MADE_AVAILABLE, "receipt", RECEIVED],
  ["at_once", "recipient", MADE_AVAILABLE, "refusal", "refused"],
  ["at_once", "depositary", MADE_AVAILABLE, "expiry", "expired"],
  ["at_once", "depositary", WAITING, "handover", MADE_AVAILABLE],
  ["at_once", "recipient", MADE_AVAILABLE, "confirmation", MADE_AVAILABLE],
  ["at_once", "recipient", MADE_AVAILABLE, "fault", MADE_AVAILABLE],
];

function holds(row, opening) {
  return row === "any" || row === opening || (row === "sealed" && opening !== "held");
}

/** The state that an act leads to, or undefined. Releases and statements change no state: they must be legal in it. */
export function next(opening, actor, state, act) {
  if (act === "statement" && actor !== "depositary") return state;
  if (act === "release" && actor !== "depositary") {
    return actor !== "recipient" || TAKEN.has(state) ? state : undefined;
  }
  return ROWS.find(
    ([kind, who, from, what]) => holds(kind, opening) && who === actor && from === state && what === act,
  )?.[4];
}

/** All states that acts which are not shown may have led to from one of these. */
export function reachable(opening, states) {
  const reached = new Set(states);
  for (const state of reached) {
    for (const [kind, , from, , to] of ROWS) if (holds(kind, opening) && from === state) reached.add(to);
  }
  return reached;
}

/** The one state to name of a set: an open one before the others. */
export function nameOf(states) {
  return STATES.filter((state) => states.has(state)).sort((one, other) => {
    const open = Number(!OPEN.has(one)) - Number(!OPEN.has(other));
    return open !== 0 ? open : one < other ? -1 : 1;
  })[0];
}
