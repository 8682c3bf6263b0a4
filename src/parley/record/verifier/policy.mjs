// The trust file: whom a reader trusts. A C2SP tlog-policy, then the parties whose roots the reader has compared.
// spec/trust.md. Both algorithms, always: a log has keys of both, and a witness is a pair.

import { tagged, toBigInt, fromHex } from "./bytes.mjs";
import { DIGEST } from "./canonical.mjs";
import { Invalid, Malformed } from "./errors.mjs";
import { ED25519, ED25519_COSIGNATURE, MLDSA44_COSIGNATURE, NoteKey, partition, readDecimal } from "./note.mjs";
import { displayed } from "./wording.mjs";

const LARGEST = 1_000_000;
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/;
const HEAD = "parley.trust/v1\n";
const SEPARATOR = "\n\nparties\n";
export const PARTY_ID = /^[a-z][a-z0-9-]{0,31}$/;

function isSubset(items, of) {
  return items.every((item) => of.has(item));
}

function threshold(line, text, members) {
  if (text === "any") return 1;
  if (text === "all") return members;
  let needed = -1n;
  try {
    needed = readDecimal(text);
  } catch {
    // said below, with the line
  }
  if (needed < 1n || needed > BigInt(members)) throw new Malformed("policy.threshold", { line, most: members });
  return Number(needed);
}

/** A tlog-policy being read: what is defined so far. */
class Reader {
  logs = new Map(); // origin -> keys
  halves = new Map(); // witness line -> key
  witnesses = new Map(); // name -> { ed25519, mldsa44 }
  groups = new Map(); // name -> [needed, members]
  grouped = new Set();
  keys = new Set(); // public keys
  quorum = null;

  read(line, fields) {
    const [word, name, third, ...rest] = fields;
    if (word === "log" && (fields.length === 2 || fields.length === 3)) this.log(line, name);
    else if (word === "witness" && (fields.length === 3 || fields.length === 4)) this.witness(line, name, third);
    else if (word === "group" && rest.length > 0) this.group(line, name, third, rest);
    else if (word === "quorum" && fields.length === 2) this.rule(line, name);
    else throw new Malformed("policy.line", { line });
  }

  key(line, text) {
    let key;
    try {
      key = NoteKey.parse(text);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      throw new Malformed("policy.key", { line, problem: error.code });
    }
    const own = key.public.join();
    if (this.keys.has(own)) throw new Malformed("policy.repeated-key", { line });
    this.keys.add(own);
    return key;
  }

  log(line, text) {
    const key = this.key(line, text);
    if (key.algorithm === ED25519_COSIGNATURE) throw new Malformed("policy.log-algorithm", { line });
    this.logs.set(key.name, [...(this.logs.get(key.name) ?? []), key]);
  }

  define(line, name) {
    const taken = this.halves.has(name) || this.groups.has(name) || this.witnesses.has(name);
    if (name === "none" || taken) throw new Malformed("policy.repeated-name", { line });
  }

  witness(line, name, text) {
    this.define(line, name);
    const key = this.key(line, text);
    const ending = { [ED25519_COSIGNATURE]: "-ed", [MLDSA44_COSIGNATURE]: "-pq" }[key.algorithm];
    if (Array.from(name).slice(-3).join("") !== ending || name === ending) {
      throw new Malformed("policy.witness-name", { line });
    }
    this.halves.set(name, key);
  }

  group(line, name, needed, members) {
    this.define(line, name);
    const defined = new Set([...this.halves.keys(), ...this.witnesses.keys(), ...this.groups.keys()]);
    if (!isSubset(members, defined)) throw new Malformed("policy.undefined", { line });
    if (new Set(members).size !== members.length || members.some((member) => this.grouped.has(member))) {
      throw new Malformed("policy.member-twice", { line });
    }
    members.forEach((member) => this.grouped.add(member));
    const pair = members.length === 2 && members[0] === `${name}-ed` && members[1] === `${name}-pq`;
    if (pair && needed === "all") this.witnesses.set(name, this.pair(line, name));
    else if (isSubset(members, this.witnesses)) {
      this.groups.set(name, [threshold(line, needed, members.length), members]);
    } else throw new Malformed("policy.pair", { line });
  }

  pair(line, name) {
    const [ed25519, mldsa44] = [this.halves.get(`${name}-ed`), this.halves.get(`${name}-pq`)];
    const taken = [...this.witnesses.values()].some((witness) => witness.ed25519.name === ed25519.name);
    if (ed25519.name !== mldsa44.name || taken) throw new Malformed("policy.pair-names", { line });
    return { ed25519, mldsa44 };
  }

  rule(line, name) {
    if (this.quorum !== null) throw new Malformed("policy.quorum-line", { line });
    if (name !== "none" && !this.groups.has(name) && !this.witnesses.has(name)) {
      throw new Malformed("policy.undefined", { line });
    }
    this.quorum = name;
  }

  finish() {
    if (this.quorum === null) throw new Malformed("policy.quorum-line", { line: 0 });
    if (this.halves.size !== 2 * this.witnesses.size) throw new Malformed("policy.pair", { line: 0 });
    if (this.logs.size === 0) throw new Malformed("policy.no-log");
    for (const keys of this.logs.values()) {
      const algorithms = new Set(keys.map((key) => key.algorithm));
      if (!algorithms.has(ED25519) || !algorithms.has(MLDSA44_COSIGNATURE)) throw new Malformed("policy.one-algorithm");
    }
    for (const { ed25519 } of this.witnesses.values()) {
      if (this.logs.has(ed25519.name)) throw new Malformed("policy.log-as-witness");
    }
    const [needed, members] = this.quorum === "none" ? [0, []] : (this.groups.get(this.quorum) ?? [1, [this.quorum]]);
    return new Policy(this.logs, this.witnesses, needed, members);
  }
}

/** Which logs and witnesses count, and how many witnesses must have cosigned. */
export class Policy {
  constructor(logs, witnesses, needed, members) {
    this.logs = logs;
    this.witnesses = witnesses;
    this.needed = needed;
    this.members = members;
  }

  static parse(text, firstLine = 1) {
    if (Array.from(text).length > LARGEST || CONTROL.test(text)) throw new Malformed("policy.characters", { most: LARGEST });
    if (text !== "" && !text.endsWith("\n")) throw new Malformed("policy.last-line");
    const reader = new Reader();
    text.split("\n").forEach((line, place) => {
      const fields = line.split(/[ \t]+/).filter((field) => field !== "");
      if (fields.length && !fields[0].startsWith("#")) reader.read(firstLine + place, fields);
    });
    return reader.finish();
  }

  /** Every key that a checkpoint may be opened with. */
  get keys() {
    const pairs = [...this.witnesses.values()].flatMap(({ ed25519, mldsa44 }) => [ed25519, mldsa44]);
    return [...[...this.logs.values()].flat(), ...pairs];
  }

  /**
   * The witnesses of the quorum that cosigned an opened checkpoint with both keys, and what that says of time, in POSIX
   * seconds: a quorum had seen it by `latest`, and none larger before `earliest`; null when the quorum is not met.
   */
  view(opened) {
    const own = new Set(opened.logKeys.map((key) => key.text));
    const keys = this.logs.get(opened.origin);
    if (keys === undefined || !keys.every((key) => own.has(key.text))) throw new Invalid("checkpoint.unknown-log");
    const counted = [];
    for (const [name, { ed25519, mldsa44 }] of this.witnesses) {
      const [one, other] = [opened.cosigned.get(ed25519.text), opened.cosigned.get(mldsa44.text)];
      if (one === undefined || other === undefined || !this.members.includes(name)) continue;
      counted.push(one < other ? { earlier: one, later: other } : { earlier: other, later: one });
    }
    const met = counted.length >= this.needed;
    const place = this.needed - 1;
    const told = met && this.needed > 0;
    const later = counted.map((times) => times.later).sort((one, other) => (one < other ? -1 : 1));
    const earlier = counted.map((times) => times.earlier).sort((one, other) => (one > other ? -1 : 1));
    return {
      met,
      needed: this.needed,
      found: counted.length,
      latest: told ? Number(later[place]) : null,
      earliest: told ? Number(earlier[place]) : null,
    };
  }
}

function readParty(line, text) {
  const [party, rest] = partition(text, " ") ?? [];
  const [root, name] = rest === undefined ? [] : (partition(rest, " ") ?? []);
  if (name === undefined) throw new Malformed("trust.party-line", { line, problem: "trust.form" });
  try {
    DIGEST(root);
    if (!PARTY_ID.test(party)) throw new Malformed("trust.party-id");
    displayed(name, 120);
    if (name === "" || name.startsWith(" ") || name.endsWith(" ")) throw new Malformed("trust.name");
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new Malformed("trust.party-line", { line, problem: error.code });
  }
  return { party, root, name };
}

/** A reader's trust file: a policy, and parties with the names this reader shows them under. */
export class Trust {
  constructor(policy, parties) {
    this.policy = policy;
    this.parties = parties;
  }

  static parse(text) {
    if (Array.from(text).length > LARGEST || !text.startsWith(HEAD)) throw new Malformed("trust.first-line");
    const parts = partition(text.slice(HEAD.length), SEPARATOR);
    if (parts === null || (parts[1] !== "" && !parts[1].endsWith("\n"))) throw new Malformed("trust.form");
    const policy = Policy.parse(`${parts[0]}\n`, 2);
    const first = `${HEAD}${parts[0]}${SEPARATOR}`.split("\n").length;
    const parties = parts[1].split("\n").slice(0, -1).map((line, place) => readParty(first + place, line));
    for (const member of ["party", "root", "name"]) {
      if (new Set(parties.map((party) => party[member])).size !== parties.length) throw new Malformed("trust.repeated");
    }
    return new Trust(policy, parties);
  }

  /** The party as this reader knows it, or undefined. */
  find(party) {
    return this.parties.find((known) => known.party === party);
  }
}

/** The number that two people read to each other to compare a root: forty digits, in groups of five. */
export function rootNumber(root) {
  const value = toBigInt(tagged("parley/number/v1", fromHex(root))) % 10n ** 40n;
  return value.toString().padStart(40, "0").match(/.{5}/g).join(" ");
}
