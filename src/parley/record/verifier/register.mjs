// Registers: who a party is, which keys act for it, and which reading key papers are sealed to, with their history.
//
// A register may be shown whole, or in part. Shown in part, an act is refused only when nothing that is left out could
// have made it admissible; shown whole, also when something that it needs is not there, or its place in its chain is wrong.

import { Chain } from "./chain.mjs";
import { Refused } from "./errors.mjs";
import { VerifyingKey, readingKeyId } from "./keys.mjs";

/** The acts of one chain in their order, and how far each key has shown that it had seen them. */
export class Order {
  constructor(payload) {
    this.chain = Chain.start(payload);
    this.behind = new Map(); // link -> acts before it
    this.place = new Map(); // digest -> its number
    this.seen = new Map(); // key -> how far
  }

  follow({ digest, act }, named = []) {
    const known = this.known(act.after);
    if (this.place.has(digest)) throw new Refused("chain.repeated", {}, digest);
    for (const other of named) {
      if (!this.place.has(other)) throw new Refused("chain.names-unknown");
      if (this.place.get(other) > known) throw new Refused("chain.names-unseen", {}, other);
    }
    for (const key of act.by.keys) {
      if ((this.seen.get(key) ?? 0) > known) throw new Refused("chain.goes-back");
      this.seen.set(key, known);
    }
    this.chain = this.chain.extend(digest);
    this.behind.set(this.chain.link, this.chain.length);
    this.place.set(digest, this.chain.length);
  }

  known(after) {
    if (after === null) {
      if (this.chain.length > 0) throw new Refused("chain.not-first");
      return 0;
    }
    if (!this.behind.has(after)) throw new Refused("chain.unknown-after");
    return this.behind.get(after);
  }
}

export class Register {
  /** Begins with the first enrolment that is shown. `done` is a verified act with its place. */
  constructor(done, whole) {
    this.party = done.act.by.party;
    this.whole = whole;
    this.order = new Order(done.payload);
    this.enrolled = done.digest;
    this.root = new VerifyingKey(done.act.root);
    this.reading = [{ id: readingKeyId(done.act.reading_key), since: done.at, until: null }];
    this.grants = new Map(); // key -> grants in log order
    this.revoked = new Map(); // key -> place
    if (whole) this.order.follow(done);
  }

  /** One act more of this party's root. */
  admit(done) {
    const { act } = done;
    if (act.by.keys.length !== 1 || act.by.keys[0] !== this.root.id) {
      throw new Refused("register.not-the-root", { party: this.party }, this.enrolled);
    }
    if (this.whole) this.order.follow(done);
    if (done.kind === "enrol") this.readAnew(done);
    else if (done.kind === "full-powers") this.empower(done);
    else if (act.key !== null) this.revoke(done);
    else this.endReading(done);
  }

  readAnew({ act, at, digest }) {
    const id = readingKeyId(act.reading_key);
    if (this.reading.some((term) => term.id === id)) {
      throw new Refused("register.reading-key-known", { party: this.party });
    }
    for (const term of this.reading) term.until ??= at;
    this.reading.push({ id, since: at, until: null });
    if (this.whole) this.enrolled = digest;
  }

  empower({ act, at, digest }) {
    const key = new VerifyingKey(act.key);
    if (key.id === this.root.id || this.revoked.has(key.id)) {
      throw new Refused("register.key-not-for-powers", { party: this.party });
    }
    this.grants.set(key.id, [...(this.grants.get(key.id) ?? []), { act: digest, at, key: key.id, powers: act }]);
  }

  revoke({ act, at }) {
    const nothing = this.revoked.has(act.key) || (this.whole && !this.grants.has(act.key));
    if (nothing) throw new Refused("register.nothing-to-revoke", { party: this.party });
    this.revoked.set(act.key, at);
  }

  endReading({ act, at }) {
    const named = this.reading.filter((term) => term.id === act.reading_key);
    const ended = named.some((term) => term.until !== null);
    if (ended || (this.whole && named.length === 0)) {
      throw new Refused("register.nothing-to-revoke", { party: this.party });
    }
    for (const term of named) term.until = at;
  }

  /** Whether a reading key was current at a place; null when this register does not know the key. */
  reads(id, at) {
    const terms = this.reading.filter((term) => term.id === id);
    if (terms.length === 0) return null;
    return terms.some(({ since, until }) => since.index < at.index && (until === null || until.index >= at.index));
  }

  /** The full powers under which a key has a capability at a place of the log. */
  grant(key, capability, at) {
    const refuse = (code, details = {}) => {
      throw new Refused(code, { party: this.party, ...details });
    };
    const granted = (this.grants.get(key) ?? []).filter((grant) => grant.at.index < at.index);
    if (granted.length === 0) refuse("powers.none");
    if (this.wasRevoked(key, at)) refuse("powers.revoked");
    const timely = granted.filter(({ powers }) => powers.from <= at.time && at.time <= powers.until);
    if (timely.length === 0) refuse("powers.dates");
    const found = timely.findLast(({ powers }) => powers.capabilities.includes(capability));
    return found ?? refuse("powers.capability", { capability });
  }

  wasRevoked(key, at) {
    const revoked = this.revoked.get(key);
    return revoked !== undefined && revoked.index < at.index;
  }

  /** The powers of all keys that signed one act; as many officers as each of them asks for. */
  authorise(keys, capability, at) {
    const grants = keys.map((key) => this.grant(key, capability, at));
    const needed = Math.max(...grants.map(({ powers }) => powers.needs));
    if (grants.length < needed) throw new Refused("powers.second-officer", { party: this.party });
    return grants;
  }
}
