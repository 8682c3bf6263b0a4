// Step 9: the rules. In the order of entries, no act is refused that no acts beside those shown could have made admissible.
// The same rules judge a negotiation that is shown whole: then nothing may be missing. spec/evidence.md, docs/states.md.

import { DEPOSITARY, capabilityOf, isRegisterAct } from "./act.mjs";
import { Refused } from "./errors.mjs";
import { VerifyingKey } from "./keys.mjs";
import { Paper } from "./paper.mjs";
import { Order, Register } from "./register.mjs";

/** The digests that an act names, and which must therefore stand before it in the log. */
function named({ kind, act }) {
  if (kind === "join") return [act.convene];
  if (kind === "deposit") return [act.in_reply_to, act.replaces].filter((digest) => digest !== null);
  if (kind === "withdrawal") return [act.deposit, act.release].filter((digest) => digest !== null);
  if (kind === "release") return [act.deposit, ...act.beside];
  return "deposit" in act ? [act.deposit] : [];
}

/** Registers, negotiations and papers as far as some acts show them. `done` below is a verified act and its place. */
export class World {
  /** `places`: the first index of every act that is shown, by digest. */
  constructor(places) {
    this.places = places;
    this.whole = false;
    this.genesis = null;
    this.registers = new Map();
    this.convened = new Map(); // negotiation -> done
    this.joined = new Map(); // negotiation and party -> digest
    this.papers = new Map(); // digest -> Paper
    this.counts = new Map(); // party -> papers, when the negotiation is whole
    this.order = null;
  }

  /** A world in which a negotiation shown whole is judged; registers are known from the acts shown. */
  static entire(genesis, registers) {
    const world = new World(new Map());
    world.whole = true;
    world.genesis = genesis;
    world.registers = registers;
    return world;
  }

  /** The full powers shown under which an act was signed; none for acts of a root or of the depositary. */
  powers(done) {
    const { by } = done.act;
    if (by.party === DEPOSITARY) {
      const key = this.genesis === null ? null : new VerifyingKey(this.genesis.act.act_keys).id;
      if (by.keys.length !== 1 || by.keys[0] !== key) throw new Refused("powers.none", { party: by.party });
      return [];
    }
    const register = this.registers.get(by.party);
    if (register === undefined) throw new Refused("register.not-enrolled", { party: by.party });
    return register.authorise(by.keys, capabilityOf(done), done.at);
  }

  /** Take one act more, or refuse it. */
  admit(done) {
    if (!this.whole) {
      this.checkPlace(done);
      this.checkNotRevoked(done);
    }
    if (done.kind === "genesis") this.begin(done);
    else if (isRegisterAct(done)) this.register(done);
    else if (done.kind === "convene") this.convene(done);
    else {
      this.checkParty(done);
      if (done.kind === "join") this.join(done);
      else if (done.kind === "deposit") this.deposit(done);
      else this.aboutPaper(done);
    }
  }

  checkPlace(done) {
    if ((this.places.get(done.digest) ?? done.at.index) !== done.at.index) {
      throw new Refused("chain.repeated", {}, done.digest);
    }
    for (const digest of named(done)) {
      if ((this.places.get(digest) ?? -1n) >= done.at.index) throw new Refused("chain.names-unknown");
    }
  }

  checkNotRevoked({ act, at }) {
    const register = this.registers.get(act.by.party);
    if (register !== undefined && act.by.keys.some((key) => register.wasRevoked(key, at))) {
      throw new Refused("powers.revoked", { party: act.by.party });
    }
  }

  // --- registers, procedure ----------------------------------------------------------------------------------------

  begin(done) {
    if (this.genesis !== null) throw new Refused("genesis.second", {}, this.genesis.digest);
    this.genesis = done;
  }

  register(done) {
    const { party } = done.act.by;
    const register = this.registers.get(party);
    if (register !== undefined) register.admit(done);
    else if (done.kind === "enrol") this.registers.set(party, new Register(done, false));
    // else the enrolment may be left out: whoever believes what such an act says must ask for it
  }

  convene(done) {
    const { negotiation, by } = done.act;
    const first = this.convened.get(negotiation);
    if (first !== undefined) throw new Refused("convene.taken", {}, first.digest);
    this.convened.set(negotiation, done);
    if (!this.whole) return;
    this.order = new Order(done.payload);
    this.order.follow(done);
    this.joined.set(`${negotiation} ${by.party}`, done.digest);
  }

  parties({ act }) {
    return this.convened.get(act.negotiation)?.act.parties ?? null;
  }

  checkParty(done) {
    const parties = this.parties(done);
    const { party } = done.act.by;
    if (parties !== null && party !== DEPOSITARY && !parties.includes(party)) throw new Refused("negotiation.unknown");
  }

  join(done) {
    const { act } = done;
    const convened = this.convened.get(act.negotiation);
    if (convened !== undefined && convened.digest !== act.convene) {
      throw new Refused("join.other-procedure", {}, convened.digest);
    }
    const place = `${act.negotiation} ${act.by.party}`;
    if (this.joined.has(place)) throw new Refused("join.already", {}, this.joined.get(place));
    this.follow(done);
    this.joined.set(place, done.digest);
  }

  /** In a whole negotiation an act stands in its chain behind what it names. */
  follow(done) {
    if (this.whole) this.order.follow(done, named(done));
  }

  mustHaveJoined({ act }) {
    const { party } = act.by;
    if (this.whole && party !== DEPOSITARY && !this.joined.has(`${act.negotiation} ${party}`)) {
      throw new Refused("join.first", { party });
    }
  }

  // --- papers ------------------------------------------------------------------------------------------------------

  /** A paper by its digest; null where it is not shown and need not be. */
  paper(digest, { act }) {
    const paper = this.papers.get(digest) ?? null;
    if (paper === null && this.whole) throw new Refused("paper.unknown");
    if (paper !== null && paper.act.negotiation !== act.negotiation) throw new Refused("paper.unknown");
    return paper;
  }

  deposit(done) {
    const { act, at } = done;
    this.mustHaveJoined(done);
    if (at.time >= act.accept_by) throw new Refused("deposit.limit-passed");
    this.checkReaders(done);
    const old = act.replaces === null ? null : this.paper(act.replaces, done);
    if (old !== null && old.act.by.party !== act.by.party) throw new Refused("deposit.replaces-strange-paper");
    if (old !== null && old.replacedBy !== null) throw new Refused("deposit.already-replaced", {}, old.replacedBy);
    const answered = act.in_reply_to === null ? null : this.paper(act.in_reply_to, done);
    if (answered !== null && answered.actor(act.by.party) === "other") {
      throw new Refused("deposit.reply-to-strange-paper");
    }
    this.follow(done);
    if (this.whole) this.checkOnceInRound(act);
    const number = (this.counts.get(act.by.party) ?? 0) + 1;
    this.counts.set(act.by.party, number);
    this.papers.set(done.digest, new Paper(done, { whole: this.whole, number }));
    if (old !== null) old.replacedBy = done.digest;
  }

  /** The paper is sealed to parties of the negotiation, to reading keys that were current. */
  checkReaders(done) {
    const { act, at } = done;
    const parties = this.parties(done);
    const readers = act.recipients.map((recipient) => [recipient.party, recipient.reading_key]);
    for (const [party, key] of [...readers, [act.by.party, act.sender_reading_key]]) {
      if (parties !== null && !parties.includes(party)) throw new Refused("deposit.not-a-party", { party });
      const reads = this.registers.get(party)?.reads(key, at) ?? null;
      if (reads === false || (this.whole && reads === null)) throw new Refused("deposit.reading-key", { party });
    }
  }

  aboutPaper(done) {
    const { act, kind } = done;
    const paper = this.paper(act.deposit, done);
    if (paper === null) return;
    this.mustHaveJoined(done);
    this.follow(done);
    if (kind === "handover") {
      paper.checkHandover(done);
      if (this.whole && paper.opening === "together") this.checkRound(paper);
    }
    if (kind === "notice" || kind === "handover") paper.step(act.to, "depositary", done);
    else if (["receipt", "refusal", "confirmation", "fault"].includes(kind)) paper.answer(done);
    else if (kind === "expiry") paper.expire(done);
    else if (kind === "withdrawal" && act.release === null) paper.withdraw(done);
    else if (kind === "withdrawal") paper.withdrawRelease(done);
    else paper.publish(done);
  }

  /** The papers of a round that were not taken back; none without a round. */
  inRound(meeting) {
    if (meeting === null) return [];
    const same = (other) => JSON.stringify(other.act.opening.round) === JSON.stringify(meeting);
    return [...this.papers.values()].filter((other) => same(other) && !other.takenBack);
  }

  /** A party has one paper in a round: with two, nobody could say which opens. */
  checkOnceInRound(act) {
    const other = this.inRound(act.opening.round).find((paper) => paper.act.by.party === act.by.party);
    if (other !== undefined) throw new Refused("deposit.round-twice", {}, other.digest);
  }

  /** Each party of the round has one paper with this very round, and all the others have signed for it. */
  checkRound(paper) {
    const papers = this.inRound(paper.act.opening.round);
    const parties = papers.map((other) => other.act.by.party).sort();
    const complete = parties.join() === paper.act.opening.round.parties.join();
    if (!complete || !papers.every((other) => other.answered)) throw new Refused("handover.round-incomplete");
  }
}
