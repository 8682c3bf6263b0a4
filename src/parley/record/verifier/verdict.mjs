// The numbered verification of spec/evidence.md, step by step, and the verdict as data.
//
// Whatever fails ends it with an error, which bears the number of its step. What a person reads is written in `telling`.

import { DEPOSITARY, isRegisterAct, verifyStatement } from "./act.mjs";
import { delivery, release, textOf } from "./answers.mjs";
import { toHex } from "./bytes.mjs";
import { parseEvidence } from "./evidence.mjs";
import { Invalid, Malformed } from "./errors.mjs";
import { convict, placesOf } from "./fork.mjs";
import { beginsChain, history, refusedAt } from "./history.mjs";
import { VerifyingKey } from "./keys.mjs";
import { leafHash, verifyInclusion } from "./merkle.mjs";
import { NoteKey, openCheckpoint } from "./note.mjs";
import { rootNumber } from "./policy.mjs";
import { World } from "./rules.mjs";

const ALLOWANCE = 60_000; // milliseconds by which clocks may differ
const ENDS = ["deposit", "receipt", "refusal", "withdrawal", "expiry"];
const UNCHECKED = ["log-identity", "one-log", "party-identity", "text", "release"];
// Where a paper does not open by its receipt alone, what the receipt does not show.
const NOT_OPENED = [["together", "round"], ["not_before", "not-before"], ["held", "held"]];

/**
 * What the bytes of an evidence file prove under a reader's trust file, or, with null, by themselves.
 * Throws Malformed or Invalid, with the number of the step that failed as `step` and what held before it as `steps`.
 */
export function verify(bytes, trust = null) {
  const check = new Check(bytes, trust);
  try {
    return check.run();
  } catch (error) {
    error.step = check.step;
    error.steps = check.steps;
    throw error;
  }
}

class Check {
  constructor(bytes, trust) {
    this.bytes = bytes;
    this.trust = trust;
    this.step = 1;
    this.steps = [];
    this.checkpoints = new Map(); // note -> opened
    this.bounds = new Map(); // index -> [earliest, latest]
    this.keys = new Map(); // party -> key id -> key
    this.roots = new Map(); // party -> root
    this.believed = new Set(); // digests of acts whose signatures hold
    this.granted = new Map(); // digest -> grants
  }

  note(step, label, details) {
    this.steps.push({ number: step, label, details });
  }

  run() {
    this.form();
    const fork = this.file.kind === "fork";
    this.step = 3;
    this.log();
    if (!fork) {
      this.step = 4;
      this.witnesses();
      this.step = 5;
      this.oneLog();
    }
    this.step = 6;
    this.parties(fork);
    this.step = 7;
    for (const item of this.items) if (item.statement !== null && !this.believed.has(item.digest)) this.believe(item);
    this.world = new World(placesOf(this.items));
    if (!fork) this.rules();
    this.step = 10;
    return this.conclude();
  }

  /** The verified act of an item with its place in the log; null of a bare one. */
  done = (item) => (item.statement === null ? null : { ...item.statement, at: item.at });

  // --- 1, 2: the file and its acts ---

  form() {
    this.file = parseEvidence(this.bytes, (step) => {
      this.step = step;
    });
    this.items = this.file.items;
    this.note(1, "form", { kind: this.file.kind, bytes: this.bytes.length, acts: this.items.length });
    for (const { at, digest } of this.items) this.note(2, "act", { entry: at.index, digest });
    const first = this.items[0];
    this.step = 3;
    if (first.proof.index !== 0n) throw new Malformed("evidence.genesis");
    this.genesis = first.statement.act;
  }

  // --- 3: the log ---

  log() {
    const notes = this.items.map((item) => item.proof.note);
    if (this.file.earlier !== null) notes.push(this.file.earlier);
    for (const { whole } of notes) {
      if (!this.checkpoints.has(whole)) this.checkpoints.set(whole, this.open(whole));
    }
    for (const { proof, statement, at } of this.items) {
      const { size, root } = this.checkpoints.get(proof.note.whole);
      const leaf = leafHash(proof.extra);
      verifyInclusion({ index: proof.index, size, leaf, path: proof.path, root });
      this.note(3, "entry", { entry: at.index, leaf: toHex(leaf), size });
      const other = statement !== null && statement.act.log !== this.genesis.log;
      if (other) throw new Invalid("evidence.other-log", { entry: at.index });
    }
  }

  open(note) {
    let keys = this.genesis.log_keys.map((key) => NoteKey.parse(key));
    if (this.trust !== null) {
      const trusted = this.trust.policy.logs.get(this.genesis.log);
      if (trusted === undefined) throw new Invalid("checkpoint.unknown-log");
      const [one, other] = [trusted, keys].map((set) => [...new Set(set.map((key) => key.text))].sort().join());
      if (one !== other) throw new Invalid("evidence.genesis-keys");
      keys = this.trust.policy.keys;
    }
    const opened = openCheckpoint(note, keys);
    if (opened.origin !== this.genesis.log) throw new Invalid("evidence.other-log", { entry: 0n });
    this.note(3, "checkpoint", { size: opened.size, root: toHex(opened.root) });
    return opened;
  }

  // --- 4: the witnesses and the times ---

  witnesses() {
    if (this.trust === null) return;
    const { policy } = this.trust;
    const views = new Map();
    for (const [note, opened] of this.checkpoints) {
      for (const [witness, { ed25519, mldsa44 }] of policy.witnesses) {
        const half = opened.cosigned.has(ed25519.text) !== opened.cosigned.has(mldsa44.text);
        if (half) throw new Invalid("evidence.half-witness", { witness });
      }
      const view = policy.view(opened);
      const { met, needed, found } = view;
      if (!met && note !== this.file.earlier?.whole) throw new Invalid("policy.quorum", { needed, found });
      this.note(4, "witnesses", { size: opened.size, needed, found });
      views.set(note, view);
    }
    for (const item of this.items) this.bound(item, views);
  }

  /** Latest: a quorum had cosigned the tree it stands in. Earliest: the newest tree cosigned before it. */
  bound({ proof, at }, views) {
    const latest = views.get(proof.note.whole).latest;
    let earliest = null;
    for (const [note, { size }] of this.checkpoints) {
      const time = views.get(note).earliest;
      if (size <= proof.index && time !== null && (earliest === null || time > earliest)) earliest = time;
    }
    const entry = at.index;
    if (earliest !== null && at.time < earliest * 1000 - ALLOWANCE) throw new Invalid("evidence.too-early", { entry });
    if (latest !== null && at.time > latest * 1000 + 999 + ALLOWANCE) throw new Invalid("evidence.too-late", { entry });
    this.bounds.set(entry, [earliest, latest].map((time) => (time === null ? null : time * 1000)));
  }

  // --- 5: one log ---

  oneLog() {
    const roots = new Map();
    for (const { size, root } of this.checkpoints.values()) {
      const known = roots.get(size) ?? toHex(root);
      roots.set(size, known);
      if (known !== toHex(root)) throw new Invalid("evidence.two-roots", { size });
    }
    const links = new Map();
    for (const item of this.items) {
      const first = links.get(item.entry.link) ?? item.at.index;
      links.set(item.entry.link, first);
      if (first !== item.at.index) throw new Invalid("evidence.link-twice", { first, second: item.at.index });
      if (!beginsChain(item)) throw new Invalid("evidence.outside-chain", { entry: item.at.index });
    }
    this.items.slice(1).forEach((other, place) => {
      const one = this.items[place];
      if (other.at.time < one.at.time) {
        throw new Invalid("evidence.time-backwards", { first: one.at.index, second: other.at.index });
      }
    });
    this.note(5, "one-log", { checkpoints: roots.size, entries: this.items.length });
  }

  /**
   * Whether the trees in which the acts stand are one, or one quorum of the reader's witnesses cosigned them all: a
   * witness cosigns only what continues what it cosigned before. A file holds nothing that compares trees of two sizes.
   */
  inOneLog() {
    const trees = [...new Set(this.items.map(({ proof }) => this.checkpoints.get(proof.note.whole)))];
    if (new Set(trees.map(({ size }) => size)).size <= 1) return true;
    if (!this.trust?.policy.needed) return false;
    const { members, needed, witnesses } = this.trust.policy;
    const saw = ({ ed25519, mldsa44 }) =>
      trees.every(({ cosigned }) => cosigned.has(ed25519.text) && cosigned.has(mldsa44.text));
    return members.filter((name) => saw(witnesses.get(name))).length >= needed;
  }

  // --- 6, 7: whose keys, and the signatures ---

  parties(fork) {
    for (const item of this.items) {
      const { kind, act } = item.statement ?? {};
      if (kind === "genesis") {
        this.know(DEPOSITARY, new VerifyingKey(act.act_keys));
        this.believe(item);
      } else if (kind === "enrol") {
        this.root(act.by.party, new VerifyingKey(act.root), fork);
        this.believe(item);
      } else if (kind === "full-powers") this.know(act.by.party, new VerifyingKey(act.key));
    }
  }

  know(party, key) {
    if (!this.keys.has(party)) this.keys.set(party, new Map());
    this.keys.get(party).set(key.id, key);
  }

  root(party, root, fork) {
    this.know(party, root);
    if (!this.roots.has(party)) this.roots.set(party, root.id);
    const trusted = this.trust?.find(party)?.root;
    if (!fork && trusted !== undefined && trusted !== root.id) throw new Invalid("evidence.other-root", { party });
    this.note(6, "party", { party, root: root.id, trusted: trusted === root.id ? "yes" : "no" });
  }

  believe(item) {
    const [step, entry] = [this.step, item.at.index];
    this.step = 7;
    const { statement } = item;
    const { keys, party } = statement.act.by;
    const known = this.keys.get(party) ?? new Map();
    for (const key of keys) {
      if (!known.has(key)) throw new Invalid("evidence.key-not-shown", { party, entry });
      this.note(7, "signatures", { entry, act: statement.kind, key });
    }
    verifyStatement(statement, (id) => known.get(id));
    this.believed.add(item.digest);
    this.step = step;
  }

  // --- 8, 9: powers and rules ---

  rules() {
    for (const item of this.items) {
      const done = this.done(item);
      if (done === null) continue;
      this.step = 8;
      this.granted.set(item.digest, refusedAt(item, () => this.powers(done)));
      this.step = 9;
      refusedAt(item, () => this.world.admit(done));
      this.note(9, "rules", { entry: item.at.index, act: done.kind });
    }
  }

  powers(done) {
    if (done.kind === "genesis" || done.kind === "enrol") return []; // by the key that the act itself names
    const { party, keys } = done.act.by;
    if (isRegisterAct(done)) {
      const root = this.world.registers.get(party)?.root.id;
      const own = keys.length === 1 && keys[0] === root;
      if (!own) throw new Invalid("register.not-the-root", { party, entry: done.at.index });
      return [];
    }
    const grants = this.world.powers(done);
    for (const { key, at } of grants) this.note(8, "powers", { entry: done.at.index, key, granted: at.index });
    return grants;
  }

  // --- 10: what the file is about ---

  conclude() {
    const found = this.find();
    const acts = this.items.map((item) => this.shown(item));
    const parties = [...this.roots].map(([party, root]) => this.party(party, root));
    const notShown = [...found.notShown, ...this.notShown(found, parties, acts)];
    const result = resultOf(found, notShown);
    this.note(10, "conclusion", { result });
    const steps = this.steps.toSorted((one, other) => one.number - other.number);
    const { kind } = this.file;
    return { result, kind, log: this.genesis.log, acts, parties, ...found, notShown, steps };
  }

  find() {
    const { kind } = this.file;
    const none = { papers: [], text: null, release: null, conviction: null, notShown: [] };
    if (kind === "act") return { ...none, papers: papersOf(this.world), notShown: this.absentDeposits() };
    if (kind === "excerpt") return { ...none, ...this.excerpt() };
    if (kind === "history") {
      const { world, whole, bare } = history(this.items, this.done, this.world);
      const notShown = bare > 0 ? [{ code: "left-out", details: { acts: bare } }] : [];
      return { ...none, papers: papersOf(world, whole), notShown };
    }
    const checkpoints = [...this.checkpoints.values()];
    const conviction = convict({ items: this.items, checkpoints, done: this.done });
    if (conviction === null) throw new Invalid("evidence.no-conviction");
    return { ...none, conviction };
  }

  /** Acts about a paper whose deposit is not in the file: what the paper is, only its digest says. */
  absentDeposits() {
    const about = this.items.filter(({ statement: found }) => found !== null && "deposit" in found.act);
    return about
      .filter(({ statement: found }) => !this.world.papers.has(found.act.deposit))
      .map(({ at }) => ({ code: "deposit", details: { entry: at.index } }));
  }

  excerpt() {
    const { opening } = this.file;
    const paper = this.world.papers.get(subjectOfExcerpt(this.items));
    const shown = paperShown(paper, this.world);
    const released = release(paper, opening);
    const text = textOf(paper, opening, released);
    const notShown = ["not proven", "withheld"].includes(text.word) ? [{ code: "text", details: {} }] : [];
    for (const { word, party } of shown.delivery) {
      if (word === "no receipt in this file") notShown.push({ code: "delivery", details: { party } });
    }
    // Whatever was agreed to be shown are the words of the paper, and nothing shows that these are.
    const answered = text.word === "not proven" ? null : released;
    if (answered === null || answered.word === "not released") notShown.push({ code: "release", details: {} });
    return { papers: [shown], text, release: answered, notShown };
  }

  shown({ at, digest, statement }) {
    const [earliest, latest] = this.bounds.get(at.index) ?? [null, null];
    const powers = (this.granted.get(digest) ?? []).map(({ key, at: granted, powers: given }) => ({
      key,
      granted: granted.index,
      name: given.holder.name,
      office: given.holder.office,
    }));
    const { kind = null, act = null } = statement ?? {};
    return { index: at.index, time: at.time, digest, kind, act, powers, earliest, latest };
  }

  party(party, root) {
    const known = this.trust?.find(party);
    return { party, root, number: rootNumber(root), name: known?.root === root ? known.name : null };
  }

  /** What the reader must be told, the most misleading first; the last two always. */
  notShown(found, parties, acts) {
    const told = [];
    const tell = (code, details = {}) => told.push({ code, details });
    if (this.trust === null) tell("log-identity");
    if (this.file.kind !== "fork") {
      for (const { party, number, name } of parties) if (name === null) tell("party-identity", { party, number });
      if (!this.inOneLog()) tell("one-log");
      if (!this.trust?.policy.needed) tell("times");
      for (const act of acts) if (onTheLine(act, found)) tell("deadline", { entry: act.index });
      const openings = new Set(found.papers.map(({ deposit }) => deposit.opening.kind));
      for (const [opening, code] of NOT_OPENED) if (openings.has(opening)) tell(code);
      tell("absence");
    }
    tell("agreement");
    return told;
  }
}

/** The one deposit that an excerpt is of; others may only replace it, and no act is about another paper. */
function subjectOfExcerpt(items) {
  const acts = items.map((item) => item.statement);
  const deposits = acts.filter((found) => found.kind === "deposit");
  const subjects = deposits.filter(({ digest }) =>
    deposits.every((other) => other.digest === digest || other.act.replaces === digest),
  );
  if (subjects.length !== 1) throw new Malformed("evidence.excerpt-acts");
  const { digest } = subjects[0];
  const fits = (found) =>
    found.kind === "genesis" || found.kind === "deposit" || isRegisterAct(found) || found.act.deposit === digest;
  if (!acts.every(fits)) throw new Malformed("evidence.excerpt-acts");
  return digest;
}

function paperShown(paper, world, whole = false) {
  const { digest, act } = paper;
  return { digest, deposit: act, delivery: delivery(paper, world.papers), reference: whole ? paper.reference : null };
}

function papersOf(world, whole = false) {
  const papers = [...world.papers.values()].sort((one, other) => (one.at.index < other.at.index ? -1 : 1));
  return papers.map((paper) => paperShown(paper, world, whole));
}

/** Whether a time limit lies between an act's bounds, so that the depositary's clock alone decided it. */
function onTheLine(act, { papers }) {
  if (act.act === null || act.latest === null || !ENDS.includes(act.kind)) return false;
  const about = act.kind === "deposit" ? act.digest : act.act.deposit;
  const limit = papers.find(({ digest }) => digest === about)?.deposit.accept_by;
  return limit !== undefined && (act.earliest ?? 0) <= limit && limit <= act.latest;
}

function resultOf({ text }, notShown) {
  if (text?.word === "not proven") return "disproven";
  if (text?.word === "incomplete") return "unchecked"; // a proviso that belongs to the words is not here
  return notShown.some(({ code }) => UNCHECKED.includes(code)) ? "unchecked" : "proven";
}
