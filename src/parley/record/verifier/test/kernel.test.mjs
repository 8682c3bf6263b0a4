// The vectors of the lower floors: encoding, signatures, trees, notes, trust files, acts, openings, words.

import assert from "node:assert/strict";
import test from "node:test";
import { readStatement, verifyStatement, preAuthentication } from "../act.mjs";
import { bigEndian, concat, fromBase64, fromHex, sha256, tagged, toBase64, toHex, utf8 } from "../bytes.mjs";
import { decode, encode, readTime } from "../canonical.mjs";
import { Chain, parseEntry } from "../chain.mjs";
import { commitmentOf, depth, openingsShape, subjectOf, verifyOpenings } from "../disclosure.mjs";
import { verifyEd25519 } from "../ed25519.mjs";
import { VerifyingKey } from "../keys.mjs";
import { leafHash, rootOf, verifyConsistency, verifyInclusion } from "../merkle.mjs";
import { NoteKey, openCheckpoint, parseProof } from "../note.mjs";
import { Policy, Trust, rootNumber } from "../policy.mjs";
import { canonicalWords, displayed } from "../wording.mjs";
import { agrees, outcome, vectors } from "./vectors.mjs";

function each(path, judge) {
  const file = vectors(path);
  assert.ok(file.cases.length > 0);
  for (const one of file.cases) agrees(one, outcome(() => judge(one, file)));
}

function filled(text, keys) {
  return text.replace(/\{([^}]*)\}/g, (whole, name) => keys[name] ?? whole);
}

test("canonical JSON", () => {
  each("act/canonical.json", (one) => {
    const bytes = "times" in one ? utf8(one.text.repeat(one.times)) : fromBase64(one.base64);
    assert.deepEqual(utf8(encode(decode(bytes))), bytes);
  });
});

test("canonical JSON keeps a member called __proto__ a member", () => {
  const value = decode(utf8('{"__proto__":{"kind":"act"}}'));
  assert.deepEqual(Object.keys(value), ["__proto__"]);
  assert.equal(value.kind, undefined);
});

test("times", () => {
  const good = ["0001-01-01T00:00:00.000Z", "1969-12-31T23:59:59.999Z", "2024-02-29T12:00:00.000Z", "9999-12-31T23:59:59.999Z"];
  for (const text of good) assert.equal(new Date(readTime(text)).toISOString(), text);
  const bad = ["0000-01-01T00:00:00.000Z", "2023-02-29T12:00:00.000Z", "2024-01-01T24:00:00.000Z", "2024-01-01T00:00:60.000Z",
    "2024-01-01T00:00:00Z", "2024-01-01 00:00:00.000Z", "2024-01-01T00:00:00.000z", "２024-01-01T00:00:00.000Z"];
  for (const text of bad) assert.equal(outcome(() => readTime(text)).code, "canonical.time", text);
});

test("Ed25519, with the traps", () => {
  each("act/ed25519.json", (one) => {
    verifyEd25519(fromHex(one.public), fromHex(one.message), fromHex(one.signature));
  });
});

test("inclusion in a tree", () => {
  each("merkle/inclusion.json", (one) => {
    verifyInclusion({
      index: BigInt(one.index), size: BigInt(one.size),
      leaf: fromBase64(one.leaf), root: fromBase64(one.root), path: one.path.map(fromBase64),
    });
  });
});

test("consistency of two trees", () => {
  each("merkle/consistency.json", (one) => {
    verifyConsistency({
      old: BigInt(one.old), size: BigInt(one.new),
      oldRoot: fromBase64(one.old_root), root: fromBase64(one.new_root), path: one.path.map(fromBase64),
    });
  });
});

test("roots", () => {
  each("merkle/roots.json", (one) => {
    const leaves = one.leaves.map((leaf) => leafHash(fromHex(leaf)));
    one.roots.forEach((root, size) => assert.equal(toHex(rootOf(leaves.slice(0, size))), root));
  });
});

function joined(pieces, file) {
  return concat(...pieces.map((piece) => {
    if ("part" in piece) return utf8(file.parts[piece.part]);
    return "text" in piece ? utf8(piece.text.repeat(piece.times ?? 1)) : fromHex(piece.hex);
  }));
}

function keysOf(one, file) {
  return (one.keys ?? Object.keys(file.keys)).map((name) => NoteKey.parse(file.keys[name]));
}

test("checkpoints", () => {
  each("checkpoint/notes.json", (one, file) => {
    const opened = openCheckpoint(joined(one.note, file), keysOf(one, file));
    assert.equal(opened.size, BigInt(one.size));
    assert.equal(toBase64(opened.root), one.root);
    assert.equal(opened.logSeconds, BigInt(one.log_seconds));
    const names = Object.fromEntries(Object.entries(file.keys).map(([name, key]) => [key, name]));
    const found = Object.fromEntries([...opened.cosigned].map(([key, seconds]) => [names[key], Number(seconds)]));
    assert.deepEqual(found, one.cosigned);
  });
});

test("proofs", () => {
  each("checkpoint/proofs.json", (one, file) => {
    const proof = parseProof(joined(one.proof, file));
    const { size, root } = openCheckpoint(proof.note.whole, keysOf(one, file));
    verifyInclusion({ index: proof.index, size, leaf: fromBase64(one.leaf), path: proof.path, root });
    assert.equal(proof.index, BigInt(one.index));
    assert.equal(toBase64(proof.extra), one.extra);
  });
});

test("policies", () => {
  each("policy/policies.json", (one, { keys }) => {
    const policy = Policy.parse(filled(one.text, keys));
    const found = { needed: policy.needed, members: policy.members, origins: policy.logs.size, witnesses: policy.witnesses.size };
    const { needed, members, origins, witnesses } = one;
    assert.deepEqual(found, { needed, members, origins, witnesses });
  });
});

test("quorums", () => {
  const { cases, keys } = vectors("policy/quorums.json");
  const parsed = Object.fromEntries(Object.entries(keys).map(([name, text]) => [name, NoteKey.parse(text)]));
  for (const one of cases) {
    const policy = Policy.parse(filled(one.text, keys));
    const logKeys = [parsed["log-ed"], parsed["log-pq"]];
    const cosigned = new Map(Object.entries(one.cosigned).map(([name, at]) => [parsed[name].text, BigInt(at)]));
    const view = policy.view({ origin: "log.example/log", logKeys, cosigned });
    assert.equal(view.met ? "ok" : "invalid", one.expect, one.name);
    if (view.met) assert.deepEqual([view.earliest, view.latest], [one.earliest ?? null, one.latest ?? null], one.name);
  }
});

test("trust files", () => {
  each("policy/trusts.json", (one, { keys }) => {
    assert.deepEqual(Trust.parse(filled(one.text, keys)).parties.map(({ party }) => party), one.parties);
  });
});

test("numbers that people compare", () => {
  const good = vectors("policy/numbers.json").cases.filter((one) => one.expect === "ok");
  for (const { root, number } of good) assert.equal(rootNumber(root).replaceAll(" ", ""), number.replaceAll(" ", ""));
});

test("statements", () => {
  const file = vectors("act/statements.json");
  const known = new Map(
    Object.entries(file.keys).map(([id, { ed25519, mldsa44 }]) => [
      id, new VerifyingKey({ ed25519: fromBase64(ed25519), mldsa44: fromBase64(mldsa44) }),
    ]),
  );
  for (const one of file.cases) agrees(one, outcome(() => verifyStatement(readStatement(changed(one, file)), (id) => known.get(id))));
  for (const { envelope, digest, pae_sha256 } of Object.values(file.statements)) {
    assert.equal(readStatement(envelope).digest, digest);
    const body = preAuthentication(envelope.payloadType, fromBase64(envelope.payload));
    assert.equal(toHex(sha256(body)), pae_sha256);
  }
});

function changed(one, file) {
  const envelope = structuredClone(file.statements[one.statement].envelope);
  let payload = new TextDecoder().decode(fromBase64(envelope.payload));
  for (const [old, instead] of one.payload) payload = payload.replaceAll(old, () => instead);
  envelope.payload = toBase64(utf8(payload));
  if (one.signatures !== null) envelope.signatures = one.signatures.map((place) => envelope.signatures.at(place));
  let text = encode(envelope);
  for (const [old, instead] of one.envelope) text = text.replaceAll(old, () => instead);
  return decode(utf8(text));
}

test("entries and chains", () => {
  each("act/chain.json", (one) => parseEntry(fromHex(one.entry)));
  const { chain: one } = vectors("act/chain.json");
  let chain = Chain.start(utf8(one.first_payload));
  one.acts.forEach((digest, place) => {
    assert.equal(toHex(chain.head), one.heads[place]);
    assert.equal(chain.link, one.links[place]);
    chain = chain.extend(digest);
  });
  const bytes = concat(Uint8Array.of(1), fromHex(one.acts[0]), fromHex(one.links[0]), bigEndian(one.entry.milliseconds, 8));
  assert.equal(toHex(leafHash(bytes)), one.entry.leaf_hash);
});

test("openings", () => {
  each("disclosure/openings.json", (one) => {
    const openings = openingsShape(decode(utf8(encode(one.opening))));
    const found = verifyOpenings(openings, fromHex(one.subject), one.commitment);
    assert.deepEqual(found.provisions.map(({ number }) => number), one.opened.filter((number) => number > 0), one.name);
    assert.deepEqual(found.missing, one.missing, one.name);
  });
});

/** Commit to words as they are, and open them: what a sender's program does, with salts of our own. */
function committed(contents) {
  const total = contents.length - 1;
  const salt = (number) => tagged("test/salt", bigEndian(number, 4));
  const leaves = contents.map((content, number) => concat(utf8("parley/leaf/v1\n"), salt(number), utf8(content)));
  const filler = Array.from({ length: 2 ** depth(total) - leaves.length }, (_, at) => sha256(bigEndian(at, 4)));
  const hashes = [...leaves.map(leafHash), ...filler];
  const blind = "11".repeat(32);
  const subject = subjectOf({ log: "a", negotiation: "00".repeat(16), nonce: "00".repeat(16), party: "us" });
  const proof = [];
  for (let [at, width] = [1, 1]; width < hashes.length; at >>= 1, width *= 2) {
    proof.push(rootOf(hashes.slice((at ^ 1) * width, ((at ^ 1) + 1) * width)));
  }
  const openings = { blind, total, leaves: [{ data: leaves[1], number: 1, proof }] };
  return { openings, subject, commitment: commitmentOf(subject, blind, total, rootOf(hashes)) };
}

test("a verifier of openings normalises nothing", () => {
  for (const { text, name } of vectors("words/canonical.json").cases) {
    if (!text.isWellFormed()) continue;
    const words = { answers: [], eId: "art_1", language: "en", number: 1, path: [], requires: [], wId: "art_1", words: text };
    const { openings, subject, commitment } = committed(["{}", encode(words)]);
    assert.equal(verifyOpenings(openings, subject, commitment).provisions[0].words, text, name);
  }
});

test("a commitment from its parts", () => {
  const [one] = vectors("disclosure/commitment.json").cases;
  const subject = subjectOf(one);
  assert.equal(toHex(subject), one.subject);
  assert.equal(commitmentOf(subject, one.blind, one.leaves.length - 1, fromHex(one.root)), one.commitment);
});

test("words in their one writing", () => {
  for (const one of vectors("words/canonical.json").cases) {
    const got = outcome(() => canonicalWords(one.text));
    agrees(one, got);
    if (got.code === null) assert.equal(got.found, one.canonical, one.name);
    else assert.deepEqual(got.details, { line: one.line, column: one.column, character: one.character }, one.name);
  }
});

test("short strings that people see", () => {
  each("words/displayed.json", (one) => assert.equal(displayed(one.text), one.text));
});

test("a spec's exchange: every act verifies under the keys of the acts before it", () => {
  const { acts, entries } = vectors("spec/exchange.json");
  const known = new Map();
  acts.forEach((envelope, place) => {
    const statement = readStatement(decode(utf8(encode(envelope))));
    const { act, kind } = statement;
    const own = { genesis: act.act_keys, enrol: act.root, "full-powers": act.key }[kind];
    verifyStatement(statement, (id) => known.get(id));
    if (own !== undefined) known.set(new VerifyingKey(own).id, new VerifyingKey(own));
    assert.equal(parseEntry(fromHex(entries[place])).act, statement.digest);
  });
});
