// The three answers of an excerpt: text, release, delivery. spec/evidence.md "The three answers of an excerpt".

import { subjectOf, verifyOpenings } from "./disclosure.mjs";
import { Invalid } from "./errors.mjs";
import { releaseKey } from "./paper.mjs";

const OUTCOMES = { receipt: "delivered", refusal: "refused", expiry: "expired", withdrawal: "withdrawn" };
const RELEASED = ["by consent", "by its author", "by its recipient", "one-sided", "not released"];

// --- delivery ------------------------------------------------------------------------------------------------------

function answer(word, party, done) {
  const reserve = done.kind === "receipt" && done.act.terms_taken === "under_reserve";
  return { word, party, act: done.digest, index: done.at.index, underReserve: reserve };
}

function deliveredTo(paper, party) {
  const { done } = paper.outcomes.get(party);
  const handover = done.find((item) => item.kind === "handover");
  const available = handover !== undefined && paper.opening === "at_once";
  // That nobody answered in time takes nothing away from what was made available.
  const first = done.find((item) => item.kind in OUTCOMES && !(available && item.kind === "expiry"));
  if (first !== undefined) return answer(OUTCOMES[first.kind], party, first);
  if (available) return answer("made available", party, handover);
  return { word: "no receipt in this file", party, act: null, index: null, underReserve: false };
}

/** For each recipient its first outcome; then the deposit that replaces the paper, where that is shown. */
export function delivery(paper, papers) {
  const found = paper.act.recipients.map(({ party }) => deliveredTo(paper, party));
  const newer = paper.replacedBy === null ? undefined : papers.get(paper.replacedBy);
  if (newer === undefined) return found;
  return [...found, answer("replaced", paper.act.by.party, { ...newer, kind: "deposit" })];
}

// --- release -------------------------------------------------------------------------------------------------------

function openedBy(openings) {
  return openings.leaves.map((leaf) => leaf.number);
}

/** Whether numbers are exactly 1 to `total`. */
function isAll(numbers, total) {
  const distinct = new Set(numbers);
  return distinct.size === total && [...distinct].every((number) => number >= 1 && number <= total);
}

/** Whether a release is for exactly what is opened; leaf 0, the manifest, belongs only to a release of the whole. */
function covers(release, openings) {
  const opened = openedBy(openings);
  if (release.provisions === null) return isAll(opened.filter((number) => number !== 0), openings.total);
  const wanted = new Set(release.provisions);
  return new Set(opened).size === wanted.size && opened.every((number) => wanted.has(number));
}

function underReserve(paper, party) {
  return paper.receipt(party)?.terms_taken === "under_reserve";
}

/** Whether the terms let this party release without anyone's consent. */
function alone(paper, act, rule) {
  if (act.one_sided) return false;
  if (rule.mode === "free" && paper.actor(act.by.party) !== "other") return true;
  if (act.by.party === paper.act.by.party) return paper.act.terms.author_free;
  return underReserve(paper, act.by.party);
}

/** The consents joined in one release that names all the others, when none had lapsed at its entry. */
function complete(paper, group, rule) {
  for (const last of group) {
    if (!paper.completes(last.act, rule)) continue;
    const joined = group.filter((done) => done === last || last.act.beside.includes(done.digest));
    if (joined.every(({ act }) => act.until === null || last.at.time <= act.until)) return joined;
  }
  return null;
}

function told(paper, word, group, missing = []) {
  const parties = [...new Set(group.map(({ act }) => act.by.party))].sort();
  const reserve = word === "by its recipient" && parties.every((party) => underReserve(paper, party));
  const starts = group.map(({ act }) => act.not_before).filter((time) => time !== null);
  const { embargo } = paper.act.terms;
  if (embargo !== null && word !== "one-sided" && !reserve) starts.push(embargo);
  const since = starts.length === 0 ? null : Math.max(...starts);
  return { word, parties, missing, audience: group[0].act.audience, since, underReserve: reserve };
}

/** The answer of releases for one set and one audience, in log order, under the rule for what they amount to. */
function judge(paper, group, rule) {
  const first = group[0].act;
  const together = rule.mode === "consent" ? complete(paper, group, rule) : null;
  if (together !== null) return told(paper, "by consent", together);
  const released = new Set(group.map(({ act }) => act.by.party));
  const missing = rule.parties.filter((party) => !released.has(party));
  for (const [actor, word] of [["sender", "by its author"], ["recipient", "by its recipient"]]) {
    const own = group.filter(({ act }) => paper.actor(act.by.party) === actor && alone(paper, act, rule));
    if (own.length > 0) return told(paper, word, own, missing);
  }
  const marked = group.filter(({ act }) => act.one_sided);
  if (marked.length > 0) return told(paper, "one-sided", marked, missing);
  return { ...nothing(missing), audience: first.audience };
}

function nothing(missing) {
  return { word: "not released", parties: [], missing, audience: null, since: null, underReserve: false };
}

function compareAnswers(one, other) {
  const counts = Number(one.word === "not released") - Number(other.word === "not released");
  if (counts !== 0) return counts;
  const widest = Number(other.audience.public) - Number(one.audience.public);
  if (widest !== 0) return widest;
  const words = RELEASED.indexOf(one.word) - RELEASED.indexOf(other.word);
  if (words !== 0) return words;
  const [left, right] = [one.missing.join(), other.missing.join()]; // names of parties have no comma, nor below it
  return left < right ? -1 : Number(left > right);
}

/** By whose leave: of several audiences the public one, then the better answer. */
export function release(paper, openings) {
  const groups = new Map();
  for (const done of paper.releases) {
    if (!covers(done.act, openings) || paper.withdrawn.has(done.digest)) continue;
    const key = releaseKey(done.act);
    groups.set(key, [...(groups.get(key) ?? []), done]);
  }
  const { publication } = paper.act.terms;
  // All provisions named one by one are the whole paper, and fall under its rule.
  const whole = isAll(openedBy(openings).filter((number) => number !== 0), openings.total);
  const rule = whole ? publication.full : publication.excerpts;
  if (groups.size > 0) return [...groups.values()].map((group) => judge(paper, group, rule)).sort(compareAnswers)[0];
  // Without any release the openings are not examined, so nothing may be read off them here either.
  const full = paper.releases.length > 0 && whole;
  return nothing((full ? publication.full : publication.excerpts).parties);
}

// --- text ----------------------------------------------------------------------------------------------------------

/**
 * Whether the words stand in the deposited document. With no release the openings are not examined: a leak is neither
 * confirmed nor denied. With releases of something else they are, and nothing is told of them.
 */
export function textOf(paper, openings, released) {
  const untold = { manifest: null, provisions: [], omitted: [], missing: [], total: null };
  if (paper.releases.length === 0) return { word: "withheld", ...untold };
  const { log, negotiation, nonce, by, commitment } = paper.act;
  let shown;
  try {
    shown = verifyOpenings(openings, subjectOf({ log, negotiation, nonce, party: by.party }), commitment);
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    return { word: "not proven", ...untold };
  }
  if (released.word === "not released") return { word: "withheld", ...untold };
  return { word: shown.missing.length > 0 ? "incomplete" : "genuine", ...shown };
}
