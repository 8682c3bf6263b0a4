// A paper: one deposit, and what the acts shown say became of it with each recipient. With each it is in a set of states;
// when a negotiation is shown whole the set has one member. The rules of publication are here too.

import { termsDigest } from "./act.mjs";
import { Refused } from "./errors.mjs";
import { ANSWERED, OPEN, TAKEN, WAITING, WITHDRAWN, nameOf, next, reachable } from "./table.mjs";

export class Paper {
  constructor(done, { whole, number }) {
    this.digest = done.digest;
    this.act = done.act;
    this.at = done.at;
    this.whole = whole;
    this.number = number;
    this.outcomes = new Map(
      done.act.recipients.map(({ party }) => [party, { possible: new Set([WAITING]), done: [] }]),
    );
    this.replacedBy = null;
    this.releases = [];
    this.withdrawn = new Set(); // digests of releases taken back
  }

  get opening() {
    return this.act.opening.kind;
  }

  get reference() {
    return `${this.act.by.party.toUpperCase()}-${this.number}`;
  }

  actor(party) {
    if (party === this.act.by.party) return "sender";
    return this.outcomes.has(party) ? "recipient" : "other";
  }

  receipt(party) {
    return this.outcomes.get(party)?.done.find((done) => done.kind === "receipt")?.act ?? null;
  }

  /** The states in which the paper may be with a recipient just before an act. */
  before(party) {
    const outcome = this.outcomes.get(party);
    if (outcome === undefined) throw new Refused("paper.not-a-recipient", { party });
    return this.whole ? outcome.possible : reachable(this.opening, outcome.possible);
  }

  step(party, actor, done) {
    const after = new Set();
    for (const state of this.before(party)) {
      const target = next(this.opening, actor, state, done.kind);
      if (target !== undefined) after.add(target);
    }
    this.enter(party, after, done);
  }

  /** Note an act and the states that it leaves possible; none of them refuses it, naming what came first. */
  enter(party, after, done, noted = true) {
    const outcome = this.outcomes.get(party);
    if (after.size === 0) {
      throw new Refused("paper.not-now", { act: done.kind, state: nameOf(outcome.possible) }, winner(outcome, done.kind));
    }
    outcome.possible = after;
    if (noted) outcome.done.push(done);
  }

  // --- answers, handover -------------------------------------------------------------------------------------------

  answer(done) {
    const { act, kind } = done;
    const party = act.by.party;
    const open = [...(this.outcomes.get(party)?.possible ?? [])].some((state) => OPEN.has(state));
    const ends = kind === "receipt" || kind === "refusal";
    if (ends && open && done.at.time > this.act.accept_by) throw new Refused("paper.limit-passed");
    if (kind === "receipt") this.checkReceipt(act);
    this.step(party, "recipient", done);
  }

  checkReceipt(act) {
    const payload = this.act.payload?.digest ?? null;
    const same = act.role === this.act.role && act.in_reply_to === this.act.in_reply_to && act.payload === payload;
    if (!same) throw new Refused("receipt.other-paper");
    if (act.terms !== termsDigest(this.act.terms)) throw new Refused("receipt.other-terms");
    if (act.terms_taken === "under_reserve" && this.act.terms.force === "required") {
      throw new Refused("receipt.terms-required");
    }
  }

  checkHandover(done) {
    const { act } = done;
    if (this.act.header === null || act.header !== this.act.header.digest) throw new Refused("handover.other-header");
    const given = this.outcomes.get(act.to)?.done.find((item) => item.kind === "handover");
    if (given !== undefined) throw new Refused("handover.already", { party: act.to }, given.digest);
    const { kind, time } = this.act.opening;
    if (kind === "not_before" && done.at.time < time) throw new Refused("handover.early");
  }

  expire(done) {
    if (done.at.time <= this.act.accept_by) throw new Refused("expiry.early");
    for (const party of done.act.recipients) this.step(party, "depositary", done);
  }

  // --- withdrawal --------------------------------------------------------------------------------------------------

  withdraw(done) {
    if (done.act.by.party !== this.act.by.party) throw new Refused("withdrawal.not-the-sender");
    if (this.whole) this.checkNotReceived();
    if (done.at.time > this.act.accept_by) throw new Refused("paper.limit-passed");
    if (this.whole) this.checkWaiting(done);
    for (const party of [...this.outcomes.keys()].sort()) {
      const waited = done.act.recipients.includes(party);
      const left = [...this.before(party)].filter((state) => !TAKEN.has(state));
      const waiting = left.some((state) => OPEN.has(state));
      const after = waited ? (waiting ? [WITHDRAWN] : []) : left.filter((state) => !OPEN.has(state));
      this.enter(party, new Set(after), done, waited);
    }
  }

  checkNotReceived() {
    for (const outcome of this.outcomes.values()) {
      if ([...outcome.possible].some((state) => TAKEN.has(state))) {
        throw new Refused("withdrawal.received", {}, winner(outcome, "receipt"));
      }
    }
  }

  checkWaiting(done) {
    const waiting = [...this.outcomes].filter(([, { possible }]) => possible.has(WAITING)).map(([party]) => party);
    if (waiting.length === 0) {
      const ends = [...this.outcomes.values()].map(decided).filter((item) => item !== undefined);
      const last = ends.reduce((one, other) => (other.at.index > one.at.index ? other : one));
      throw new Refused("paper.not-now", { act: "withdrawal", state: "ended" }, last.digest);
    }
    if (waiting.sort().join() !== done.act.recipients.join()) throw new Refused("withdrawal.recipients");
  }

  // --- publication -------------------------------------------------------------------------------------------------

  ruleFor(release) {
    return release.provisions === null ? this.act.terms.publication.full : this.act.terms.publication.excerpts;
  }

  /** Whether the terms let this party release this. */
  allows(release) {
    const rule = this.ruleFor(release);
    const { party } = release.by;
    const actor = this.actor(party);
    if (rule.mode === "free" && actor !== "other") return true;
    if (rule.mode === "consent" && rule.parties.includes(party)) return true;
    if (actor === "sender") return this.act.terms.author_free;
    return this.receipt(party)?.terms_taken === "under_reserve";
  }

  publish(done) {
    this.checkLegal(done);
    if (done.kind === "statement") return;
    const { act } = done;
    const actor = this.actor(act.by.party);
    if (!this.allows(act)) {
      if (actor === "other") throw new Refused("release.stranger", { party: act.by.party });
      const unseen = !this.whole && actor === "recipient" && this.receipt(act.by.party) === null;
      // A recipient whose receipt is not shown may have taken the terms under reserve, where they leave it that.
      if (!act.one_sided && !(unseen && this.act.terms.force === "asked")) throw new Refused("release.terms");
    }
    if (act.until !== null && act.until < done.at.time) throw new Refused("release.lapsed");
    this.checkBeside(act);
    this.releases.push(done);
  }

  /** A recipient's release or statement must be legal in a state that the paper may be in with it. */
  checkLegal(done) {
    const party = done.act.by.party;
    if (this.actor(party) !== "recipient") return;
    const legal = [...this.before(party)].filter((state) => next(this.opening, "recipient", state, done.kind));
    const outcome = this.outcomes.get(party);
    if (legal.length === 0) {
      const first = this.whole ? winner(outcome, done.kind) : null;
      throw new Refused("paper.not-now", { act: done.kind, state: nameOf(outcome.possible) }, first);
    }
    outcome.possible = new Set(legal);
  }

  release(digest) {
    return this.releases.find((done) => done.digest === digest)?.act ?? null;
  }

  checkBeside(act) {
    for (const digest of act.beside) {
      const joined = this.release(digest);
      if (joined === null && !this.whole) continue;
      if (joined === null || !matches(act, joined)) throw new Refused("release.beside");
      if (this.withdrawn.has(digest)) throw new Refused("release.beside-withdrawn");
    }
  }

  /** Whether a release, with those it names beside it, holds every consent that a rule of the terms asks. */
  completes(release, rule) {
    const parties = new Set([release.by.party]);
    for (const digest of release.beside) {
      const joined = this.release(digest);
      if (joined !== null) parties.add(joined.by.party);
    }
    return rule.mode === "consent" && !release.one_sided && rule.parties.every((party) => parties.has(party));
  }

  withdrawRelease(done) {
    const digest = done.act.release;
    const release = this.release(digest);
    if (release === null && !this.whole) return;
    if (release === null || release.by.party !== done.act.by.party) throw new Refused("withdrawal.no-such-release");
    if (this.withdrawn.has(digest)) throw new Refused("withdrawal.already");
    for (const other of this.releases) {
      const joined = other.digest === digest || other.act.beside.includes(digest);
      if (joined && this.completes(other.act, this.ruleFor(other.act))) throw new Refused("withdrawal.matched", {}, other.digest);
    }
    this.withdrawn.add(digest);
  }

  /** Of a paper that opens together with others: whether this one has been signed for by all its recipients. */
  /** Whether its sender withdrew it; known where all that became of it is shown. */
  get takenBack() {
    return [...this.outcomes.values()].some(({ possible }) => possible.has("withdrawn"));
  }

  get answered() {
    return [...this.outcomes.values()].every(({ possible }) => [...possible].every((state) => ANSWERED.has(state)));
  }

}

const ENDS = new Set(["receipt", "refusal", "withdrawal", "expiry"]);

function decided(outcome) {
  return outcome.done.find((done) => ENDS.has(done.kind));
}

/** The digest of the act that an act of this kind came too late for. */
function winner(outcome, kind) {
  const same = outcome.done.find((done) => done.kind === kind);
  return (same ?? decided(outcome) ?? outcome.done.at(-1))?.digest ?? null;
}

/** Two parties released the same set to the same audience, neither against the terms. */
function matches(one, other) {
  return (
    sameRelease(one, other) && one.by.party !== other.by.party && !one.one_sided && !other.one_sided
  );
}

export function sameRelease(one, other) {
  return releaseKey(one) === releaseKey(other);
}

/** Set and audience of a release as one text. */
export function releaseKey({ audience, provisions }) {
  return JSON.stringify([audience.public, [...audience.parties], provisions === null ? null : [...provisions]]);
}
