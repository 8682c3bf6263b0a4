// The acts: the closed set of version 1, and the DSSE envelopes that they are signed in. spec/act.md.
//
// Digests, ids and links are lowercase hexadecimal text, times are milliseconds, keys and signatures are bytes.

import { concat, fromBase64, tagged, toHex, utf8 } from "./bytes.mjs";
import * as canonical from "./canonical.mjs";
import { DIGEST, NONCE, flag, list, matching, oneOf, orNull, record, text, time, whole } from "./canonical.mjs";
import { Invalid, Malformed } from "./errors.mjs";
import { ED25519_SIGNATURE, MLDSA44_SIGNATURE, VerifyingKey } from "./keys.mjs";
import { PARTY_ID } from "./policy.mjs";
import { displayed } from "./wording.mjs";

export const DEPOSITARY = "depositary";
const HANDLE = /^[a-z]{2,20}-[a-z]{2,20}$/;
const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;
const ORIGIN = /^[a-z0-9][a-z0-9.:/-]{0,199}$/;
const ZONE = /^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/;

function must(holds, code, details = {}) {
  if (!holds) throw new Malformed(code, details);
}

/** Compare as a dictionary of code points does; all names here but one are ASCII. */
function before(one, other) {
  if (typeof one === "number") return one < other;
  const [left, right] = [Array.from(one), Array.from(other)];
  for (let at = 0; at < left.length && at < right.length; at += 1) {
    if (left[at] !== right[at]) return left[at].codePointAt(0) < right[at].codePointAt(0);
  }
  return left.length < right.length;
}

export function isAscending(values) {
  return values.every((value, place) => place === 0 || before(values[place - 1], value));
}

// --- pieces --------------------------------------------------------------------------------------------------------

const party = matching(PARTY_ID);
const bytes = (value) => fromBase64(text(value));
const count = whole(0);
const keys = record({ ed25519: bytes, mldsa44: bytes });
const words = record({ language: text, text }, (found) => {
  must(LANGUAGE.test(found.language), "act.language");
  displayed(found.text, 2000);
});
const by = record({ keys: list(DIGEST), party }, (found) => {
  must(found.keys.length === 1 || found.keys.length === 2, "act.by-keys");
  must(isAscending(found.keys), "act.by-keys");
});
const rule = record({ mode: oneOf("none", "consent", "free"), parties: list(party) }, (found) => {
  must((found.mode === "consent") === found.parties.length > 0, "terms.consent-parties");
  must(isAscending(found.parties), "terms.order");
});
const terms = record(
  {
    audience: list(party),
    author_free: flag,
    embargo: orNull(time),
    force: oneOf("asked", "required"),
    publication: record({ excerpts: rule, full: rule }),
  },
  (found) => must(isAscending(found.audience), "terms.order"),
);
const sealed = orNull(record({ digest: DIGEST, length: count }));
const round = record({ deadline: time, id: NONCE, parties: list(party) }, (found) =>
  must(isAscending(found.parties), "act.parties"),
);
const opening = record(
  { kind: oneOf("at_once", "on_receipt", "together", "not_before", "held"), round: orNull(round), time: orNull(time) },
  (found) => {
    must((found.round === null) === (found.kind !== "together"), "act.opening");
    must((found.time === null) === (found.kind !== "not_before"), "act.opening");
  },
);
const audience = record({ parties: list(party), public: flag }, (found) => {
  must(isAscending(found.parties), "act.audience");
  must(found.public === (found.parties.length === 0), "act.audience");
});
const role = oneOf(
  "proposal", "response", "counter_proposal", "note", "question", "notification", "declaration",
);
const standing = oneOf("formal", "non_paper");
const languageStatus = oneOf("authentic", "official_translation", "unofficial_translation");

// --- kinds ---------------------------------------------------------------------------------------------------------

const KINDS = new Map();

/** One kind of act: who signs it (root, depositary, or a capability), its own members, and what they must be together. */
function kind(name, signer, members, together = () => {}) {
  const common = {
    after: orNull(DIGEST),
    by,
    claimed_time: time,
    log: text,
    negotiation: orNull(NONCE),
    nonce: NONCE,
  };
  const shape = record({ ...common, ...members }, (act) => {
    must(ORIGIN.test(act.log), "act.origin");
    must((act.negotiation === null) === (signer === "root" || name === "genesis"), "act.negotiation", { act: name });
    must((act.by.party === DEPOSITARY) === (signer === "depositary"), "act.by-party", { act: name });
    together(act);
  });
  KINDS.set(`application/vnd.parley.${name}.v1+json`, { name, signer, shape });
}

kind("genesis", "depositary", {
  act_keys: keys,
  log_keys: list(text),
  rules: record(
    {
      contact: text,
      enrolment: oneOf("invitation"),
      largest_act: count,
      largest_payload: count,
      most_recipients: count,
    },
    (found) => displayed(found.contact, 500),
  ),
});

kind(
  "enrol",
  "root",
  { languages: list(text), names: list(words), reading_key: bytes, root: keys, zone: text },
  (act) => {
    must(act.names.length > 0 && act.languages.length > 0, "act.empty", { act: "enrol" });
    for (const language of act.languages) must(LANGUAGE.test(language), "act.language");
    for (const name of act.names) displayed(name.text, 120);
    must(ZONE.test(act.zone), "act.zone");
  },
);

kind(
  "full-powers",
  "root",
  {
    capabilities: list(oneOf("carry", "deposit", "manage", "read", "receive", "release")),
    from: time,
    holder: record({ name: text, office: text }, (found) => {
      displayed(found.name, 120);
      displayed(found.office, 120);
    }),
    key: keys,
    needs: oneOf(1, 2),
    possession: keys,
    until: time,
  },
  (act) => {
    must(act.capabilities.length > 0 && act.from <= act.until, "act.powers");
    must(isAscending(act.capabilities), "act.powers");
  },
);

kind("revocation", "root", { key: orNull(DIGEST), reading_key: orNull(DIGEST) }, (act) =>
  must((act.key === null) !== (act.reading_key === null), "act.revocation"),
);

kind(
  "convene",
  "manage",
  {
    handle: text,
    parties: list(party),
    rules: record(
      {
        agreements: list(DIGEST),
        answer_days: whole(1, 3650),
        non_working: list(text),
        terms: orNull(terms),
        witnesses: list(text),
      },
      (found) => {
        must(isAscending(found.non_working), "act.non-working");
        for (const day of found.non_working) canonical.readTime(`${day}T00:00:00.000Z`);
        for (const line of found.witnesses) displayed(line, 4000);
      },
    ),
    title: DIGEST,
  },
  (act) => {
    must(HANDLE.test(act.handle), "act.handle");
    must(act.parties.length >= 2 && act.parties.includes(act.by.party), "act.parties");
    must(isAscending(act.parties), "act.parties");
  },
);

kind("join", "manage", { convene: DIGEST });

kind(
  "deposit",
  "deposit",
  {
    accept_by: time,
    commitment: DIGEST,
    cover: sealed,
    header: sealed,
    in_reply_to: orNull(DIGEST),
    language: text,
    language_status: languageStatus,
    opening,
    payload: sealed,
    recipients: list(record({ capacity: oneOf("to", "info"), party, reading_key: DIGEST })),
    replaces: orNull(DIGEST),
    role,
    sender_reading_key: DIGEST,
    standing,
    terms,
  },
  (act) => {
    must(LANGUAGE.test(act.language), "act.language");
    const parties = act.recipients.map((recipient) => recipient.party);
    const distinct = new Set(parties).size === parties.length && !parties.includes(act.by.party);
    must(parties.length > 0 && distinct, "act.recipients");
    must(act.role !== "response" || act.in_reply_to !== null, "act.response-to-nothing");
    for (const part of [act.header, act.payload, act.cover]) {
      must((part === null) === (act.opening.kind === "held"), "act.sealed-parts");
    }
    const meeting = act.opening.round;
    if (meeting === null) return;
    const all = [...parties, act.by.party].sort();
    must(meeting.deadline === act.accept_by && meeting.parties.join() === all.join(), "act.round");
  },
);

kind("notice", "depositary", {
  channel: oneOf("fetched", "mail", "telephone", "courier"),
  deposit: DIGEST,
  time,
  to: party,
});

kind("receipt", "receive", {
  deposit: DIGEST,
  in_reply_to: orNull(DIGEST),
  payload: orNull(DIGEST),
  role,
  terms: DIGEST,
  terms_taken: oneOf("accepted", "under_reserve"),
});

kind("refusal", "receive", {
  deposit: DIGEST,
  reason: oneOf("terms", "form", "addressee", "standing", "language", "duplicate", "other", "none_given"),
  words: list(words),
});

kind(
  "withdrawal",
  "deposit",
  { deposit: DIGEST, recipients: list(party), release: orNull(DIGEST) },
  (act) => {
    must((act.release === null) === act.recipients.length > 0, "act.recipients");
    must(isAscending(act.recipients), "act.recipients");
  },
);

kind("expiry", "depositary", { deposit: DIGEST, recipients: list(party) }, (act) => {
  must(act.recipients.length > 0, "act.recipients");
  must(isAscending(act.recipients), "act.recipients");
});

kind("handover", "depositary", { deposit: DIGEST, header: DIGEST, to: party });

kind("confirmation", "receive", { deposit: DIGEST });

kind("fault", "receive", {
  deposit: DIGEST,
  reason: oneOf("does_not_open", "not_the_sealed_text", "form", "words", "cover_differs"),
});

kind(
  "release",
  "release",
  {
    audience,
    beside: list(DIGEST),
    deposit: DIGEST,
    not_before: orNull(time),
    one_sided: flag,
    provisions: orNull(list(whole(1))),
    until: orNull(time),
  },
  (act) => {
    if (act.provisions !== null) {
      must(isAscending(act.provisions), "act.provisions");
      must(act.provisions.length > 0, "act.provisions");
    }
    must(isAscending(act.beside), "act.beside");
    must(!act.one_sided || act.beside.length === 0, "act.beside");
  },
);

kind("statement", "release", {
  deposit: DIGEST,
  kind: oneOf("asks_confidentiality", "acknowledges", "describes", "confirms", "disputes", "corrects"),
  words: list(words),
});

const REGISTER = new Set(["enrol", "full-powers", "revocation"]);

/** Enrolment, full powers, revocation: acts of a party's root. */
export function isRegisterAct(signed) {
  return REGISTER.has(signed.kind);
}

/** The capability that an act needs: a release is taken back by who may release. */
export function capabilityOf(signed) {
  return signed.kind === "withdrawal" && signed.act.release !== null ? "release" : signed.signer;
}

/** SHA-256("parley/terms/v1" LF canonical JSON), from the payload's own JSON of the terms. */
export function termsDigest(found) {
  const written = { ...found, embargo: found.embargo === null ? null : canonical.writeTime(found.embargo) };
  return toHex(tagged("parley/terms/v1", utf8(canonical.encode(written))));
}

// --- envelopes -----------------------------------------------------------------------------------------------------

const envelopeShape = record({
  payload: bytes,
  payloadType: text,
  signatures: list(record({ keyid: DIGEST, sig: bytes })),
});

/** The bytes that are signed: DSSE's pre-authentication encoding. */
export function preAuthentication(type, payload) {
  return concat(utf8(`DSSEv1 ${type.length} ${type} ${payload.length} `), payload);
}

function pairs(lines) {
  must(lines.length === 2 || lines.length === 4, "statement.signature-count", { found: lines.length });
  const found = [];
  for (let at = 0; at < lines.length; at += 2) {
    const [first, second] = [lines[at], lines[at + 1]];
    must(first.keyid === second.keyid, "statement.signature-order");
    const lengths = first.sig.length === ED25519_SIGNATURE && second.sig.length === MLDSA44_SIGNATURE;
    must(lengths, "statement.signature-length");
    found.push({ key: first.keyid, ed25519: first.sig, mldsa44: second.sig });
  }
  return found;
}

/** Read a statement from a decoded envelope; form only. The digest is recomputed here. */
export function readStatement(value) {
  const envelope = envelopeShape(value);
  const known = KINDS.get(envelope.payloadType);
  if (known === undefined) throw new Malformed("statement.kind");
  const act = known.shape(canonical.decode(envelope.payload));
  const signatures = pairs(envelope.signatures);
  const named = signatures.map(({ key }) => key);
  must(named.length === act.by.keys.length && named.every((key, at) => key === act.by.keys[at]), "statement.keys");
  const body = preAuthentication(envelope.payloadType, envelope.payload);
  const digest = toHex(tagged("parley/act/v1", body, ...envelope.signatures.map((line) => line.sig)));
  return { kind: known.name, signer: known.signer, act, payload: envelope.payload, body, signatures, digest };
}

/** What an empowered key signs to show that its holder has it. */
function possessionBody(powers, key) {
  const named = canonical.encode({ key: key.id, log: powers.log, party: powers.by.party });
  return preAuthentication("application/vnd.parley.possession.v1+json", utf8(named));
}

/** Throws unless every signature of a statement holds under the keys that `keyOf` knows by their id. */
export function verifyStatement(statement, keyOf) {
  let find = keyOf;
  if (statement.kind === "enrol" || statement.kind === "genesis") {
    const own = new VerifyingKey(statement.kind === "enrol" ? statement.act.root : statement.act.act_keys);
    find = (id) => (id === own.id ? own : undefined);
  }
  if (statement.kind === "full-powers") {
    const key = new VerifyingKey(statement.act.key);
    key.verify(possessionBody(statement.act, key), statement.act.possession);
  }
  for (const { key: id, ...signatures } of statement.signatures) {
    const key = find(id);
    if (key === undefined) throw new Invalid("statement.unknown-key");
    key.verify(statement.body, signatures);
  }
}
