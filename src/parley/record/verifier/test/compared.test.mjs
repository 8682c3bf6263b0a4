// A page written again and compared: the same, another, one of another version, or one with other hours beside UTC.

import assert from "node:assert/strict";
import test from "node:test";
import { sha256, toHex, utf8 } from "../bytes.mjs";
import { Clocks, isZone, wall } from "../clocks.mjs";
import { comparePage } from "../compared.mjs";
import { allForms } from "../forms.mjs";
import { Blanks, citiesOf, explained, readHours } from "../hours.mjs";
import { OPENING, evidenceOf, formOf } from "../page.mjs";
import { termsHead, termsLines } from "../terms.mjs";
import { LANGUAGES, allWords } from "../toml.mjs";
import { verify } from "../verdict.mjs";
import { Words } from "../words.mjs";
import { escaped, writePage } from "../written.mjs";
import { bytesOf, outcome, vectors } from "./vectors.mjs";

const [ALL, FORMS] = [allWords(), allForms()];
const textOf = (path) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytesOf(path));
const PAGE = textOf("page/excerpt.html");
const EVIDENCE = textOf("evidence/excerpt.evidence");
const VERDICT = verify(utf8(EVIDENCE));
const { pages, cases } = vectors("page/cases.json");

/** What is said of a page; `verdict` where it is at hand and the evidence was left as it is. */
function compared(text, verdict = null) {
  const evidence = evidenceOf(text);
  return comparePage(text, { evidence, verdict: verdict ?? verify(utf8(evidence)), all: ALL, forms: FORMS });
}

function written(language, verdict = VERDICT) {
  return writePage({ evidence: EVIDENCE, verdict, words: new Words(ALL, language), forms: FORMS });
}

// --- pages ---------------------------------------------------------------------------------------------------------

for (const { language, edition, sha256: digest } of pages) {
  test(`the page of the vectors in ${language}, byte for byte`, () => {
    assert.equal(FORMS.editions[language], edition);
    assert.equal(toHex(sha256(utf8(written(language)))), digest);
    assert.equal(compared(written(language), VERDICT), "same");
  });
}

const named = (text) => text.replace(/^EVIDENCE ([a-z-]+)$/, (_, name) => textOf(`evidence/${name}.evidence`));

for (const one of cases) {
  test(`a page ${one.name}`, () => {
    const text = one.replace.reduce((whole, [old, instead]) => whole.replaceAll(named(old), () => named(instead)), PAGE);
    const got = outcome(() => compared(text));
    if (one.code !== null) assert.deepEqual([got.expect, got.code], [one.expect, one.code]);
    // Here the evidence is verified first, and it does not survive other line ends.
    else if (one.name === "other line ends") assert.equal(got.code, "canonical.not-canonical");
    else assert.equal(got.found, one.browser ?? one.expect);
  });
}

test("one byte changed anywhere before the evidence, or behind it: it is not that page", () => {
  const bytes = utf8(PAGE);
  const start = utf8(PAGE.slice(0, PAGE.indexOf(OPENING))).length;
  const places = [...Array.from({ length: start }, (_, place) => place), ...[8, 5, 2].map((back) => bytes.length - back)];
  for (const place of places.filter((each) => each % 13 === 0 || each > start)) {
    const changed = bytes.slice();
    changed[place] = changed[place] === 0x61 ? 0x62 : 0x61;
    const text = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true }).decode(changed);
    const word = compared(text, VERDICT);
    const { language, version, edition } = formOf(text);
    const ours = language === "en" && version === 1 && edition === FORMS.editions.en;
    if (ours) assert.equal(word, "differs", `byte ${place}`);
    else assert.notEqual(word, "same", `byte ${place}`);
  }
});

test("a page of another version whose provisions are changed too", () => {
  const other = PAGE.replace('content="1 ', 'content="2 ');
  assert.equal(compared(other, VERDICT), "other version");
  assert.equal(compared(other.replace("Words of article 3.", "Words of article 4."), VERDICT), "differs");
  assert.equal(compared(other.replace("</footer>", "<img></footer>"), VERDICT), "differs");
});

test("a page around evidence of which there is none", () => {
  for (const name of ["paper", "history", "excerpt-other-set"]) {
    assert.equal(compared(PAGE.replace(EVIDENCE, () => textOf(`evidence/${name}.evidence`))), "differs", name);
  }
  const withheld = { ...VERDICT, text: { ...VERDICT.text, word: "withheld" } };
  assert.equal(comparePage(PAGE, { evidence: EVIDENCE, verdict: withheld, all: ALL, forms: FORMS }), "differs");
  const sign = { evidence: `${EVIDENCE}<`, verdict: VERDICT, all: ALL, forms: FORMS };
  assert.equal(comparePage(PAGE.replace(EVIDENCE, () => `${EVIDENCE}<`), sign), "differs", "its block could be ended");
});

test("text of others is escaped and harmless", () => {
  assert.equal(escaped(`<b title='x' lang="y">&amp;\u202e\n`), "&lt;b title=&#39;x&#39; lang=&#34;y&#34;&gt;&amp;amp;‹U+202E›\n");
});

// --- what was asked ------------------------------------------------------------------------------------------------

test("terms by the name that there is for them, and each rule in a sentence", () => {
  const words = new Words(ALL, "en");
  const rule = (mode, ...parties) => ({ mode, parties });
  const terms = (excerpts, full, free, more = {}) => ({
    audience: [], author_free: free, embargo: null, force: "required", publication: { excerpts, full }, ...more,
  });
  const heads = [
    [terms(rule("none"), rule("none"), false), "Terms called 'confidential'"],
    [terms(rule("consent", "ru", "us"), rule("none"), true), "Terms called 'essence'"],
    [terms(rule("free"), rule("free"), true), "Terms called 'public'"],
    [terms(rule("consent", "ru"), rule("none"), true), "The sender's own terms"],
    [terms(rule("none"), rule("none"), true), "The sender's own terms"],
    [terms(rule("free"), rule("none"), true), "The sender's own terms"],
  ];
  for (const [found, name] of heads) assert.ok(termsHead(words, found, ["us", "ru"]).startsWith(`${name}, required`), name);
  const speak = (found) => termsLines(words, found, { naming: (party) => party.toUpperCase(), clocks: new Clocks(words) });
  assert.deepEqual(speak(terms(rule("none"), rule("none"), false)), [
    "nothing of it is to be published",
    "its author, too, keeps to this",
  ]);
  const all = terms(rule("free"), rule("consent", "fr", "ru", "us"), true, { audience: ["de"], embargo: Date.UTC(2022, 0, 26, 17) });
  assert.deepEqual(speak(all), [
    "both sides may say in public what it is about, in their own words",
    "sender and recipients may publish parts of it",
    "the whole is shown only when FR, RU and US have agreed to its being shown",
    "its author may publish its own text",
    "not before Wed 26 Jan 2022 17:00 UTC",
    "it may also be shown to: DE",
  ]);
});

// --- hours beside UTC ----------------------------------------------------------------------------------------------

/** The verdict as if the parties had named these zones when they enrolled, a zone for each in turn. */
function inZones(...zones) {
  let place = 0;
  const acts = VERDICT.acts.map((found) => {
    if (found.kind !== "enrol") return found;
    place += 1;
    return { ...found, act: { ...found.act, zone: zones[(place - 1) % zones.length] } };
  });
  return { ...VERDICT, acts };
}

/** What is said of the page in English of this verdict, after a change of it. */
function judged(verdict, change) {
  const page = written("en", verdict);
  const text = change(page);
  assert.notEqual(text, page);
  return comparePage(text, { evidence: EVIDENCE, verdict, all: ALL, forms: FORMS });
}

const AT = /(17:00:04 UTC)/g; // the citation, too, has one, but never a clock beside it
const beside = (text) => (page) => page.replace(AT, (_, utc, at) => (page.startsWith("</bdi>", at + utc.length) ? utc : `${utc}${text}`));

test("a zone that this machine does not know", () => {
  const strange = inZones("Mars/Olympus_Mons", "UTC");
  assert.ok(!isZone("Mars/Olympus_Mons"));
  const told = (text) => judged(strange, beside(text));
  assert.equal(written("en", strange).includes("Olympus"), false);
  assert.equal(told(" · 20:30:04 Olympus Mons"), "other hours");
  assert.equal(told(" · Thu 06:45:04 Olympus Mons"), "other hours");
  for (const bad of [" · 20:31:04 Olympus Mons", " · 20:30:05 Olympus Mons", " · 20:30 Olympus Mons", " · 20:30:04 Moscow",
    " · Fri 06:45:04 Olympus Mons", " · Thu 20:30:04 Olympus Mons", " · 25:00:04 Olympus Mons", " · 17:60:04 Olympus Mons",
    " · 20:30:04 Olympus Mons · 20:30:04 Olympus Mons", " · 20:30:04 <b>Olympus Mons</b>"]) {
    assert.equal(told(bad), "differs", bad);
  }
});

test("a zone that the program which wrote the page did not know", () => {
  const page = (text) => text.replaceAll(" · 20:00:04 Moscow", "");
  assert.equal(judged(inZones("Europe/Moscow", "UTC"), page), "other hours");
  const one = (text) => text.replace(" · 20:00:04 Moscow", "");
  assert.equal(judged(inZones("Europe/Moscow", "UTC"), one), "differs", "in one place alone it was taken out");
});

test("of two zones the one unknown here stands between or behind", () => {
  const two = inZones("Mars/Olympus_Mons", "Europe/Moscow");
  const change = (text) => text.replaceAll(" · 20:00:04 Moscow", " · 19:00:04 Olympus Mons · 20:00:04 Moscow");
  assert.equal(judged(two, change), "other hours");
  const moved = (text) => text.replaceAll(" · 20:00:04 Moscow", " · 19:00:04 Olympus Mons · 20:01:04 Moscow");
  assert.equal(judged(two, moved), "differs");
  const once = (text) => text.replace(" · 20:00:04 Moscow", " · 19:00:04 Olympus Mons · 20:00:04 Moscow");
  assert.equal(judged(two, once), "differs", "beside one time and not the others");
});

test("a city that is called like the beginning of another", () => {
  const two = inZones("Mars/New", "Mars/New_York");
  assert.equal(judged(two, beside(" · 20:00:04 New York · 21:00:04 New")), "other hours");
  assert.equal(judged(two, beside(" · 20:00:04 New York")), "other hours");
  assert.equal(judged(two, beside(" · 20:00:04 New Yor")), "differs");
});

test("another word beside other hours is another page", () => {
  const change = (text) => beside(" · 20:30:04 Olympus Mons")(text).replace("DELIVERED", "REFUSED");
  assert.equal(judged(inZones("Mars/Olympus_Mons", "UTC"), change), "differs");
});

test("hours in every language, on another day", () => {
  const zones = ["Pacific/Kiritimati", "Pacific/Pago_Pago"];
  for (const language of LANGUAGES) {
    const words = new Words(ALL, language);
    const time = Date.UTC(2022, 0, 26, 10, 30, 5, 999);
    const text = new Clocks(words, zones).beside(time, true);
    const read = readHours(`${text}.`, 0, { time, seconds: true, words, cities: citiesOf(words, zones), escaped });
    assert.deepEqual([read.end, [...read.cities]], [text.length, [["Kiritimati", 840], ["Pago Pago", -660]]]);
    assert.ok(explained([read], citiesOf(words, zones)));
  }
});

const MOSCOW = new Map([["Moscow", "Europe/Moscow"]]);

/** Readings of one city at some instants, by how many minutes each is from what our tables say. */
function readings(zone, moved) {
  return moved.map(([time, minutes]) => {
    const ours = Math.round((wall(time, zone).milliseconds - time) / 60_000);
    return { time, cities: new Map([["Moscow", ours + minutes]]) };
  });
}

test("a known zone may have other rules, as governments make them, from some instant on", () => {
  const days = [0, 1, 2, 3].map((day) => Date.UTC(2022, 0, 26 + day, 17, 0, 0, 5));
  const may = (...moved) => explained(readings("Europe/Moscow", moved.map((minutes, day) => [days[day], minutes])), MOSCOW);
  for (const good of [[0, 0, 0, 0], [60, 60, 60, 60], [0, 0, -60, -60], [0, 0, 0, 30]]) assert.ok(may(...good), String(good));
  for (const bad of [[60, 0, 0, 0], [0, 60, 0, 0], [0, 60, 0, 60], [0, 0, 30, 60], [0, 0, 0, 90], [0, 0, 0, 15]]) assert.ok(!may(...bad), String(bad));
  const [one] = readings("Europe/Moscow", [[days[3], 0]]);
  const [other] = readings("Europe/Moscow", [[days[3], 60]]);
  assert.ok(!explained([one, other], MOSCOW), "one instant has one hour");
});

test("of times before 1970, and after 2037, tables need not say the same", () => {
  for (const time of [Date.UTC(1930, 0), Date.UTC(9998, 0)]) {
    assert.ok(explained(readings("Europe/Moscow", [[time, 45 - 45 % 15]]), MOSCOW));
  }
});

test("a blank is no text that evidence could hold", () => {
  const blanks = new Blanks(new Words(ALL, "en"), "ab".repeat(32));
  const line = blanks.instant(0, true);
  assert.equal(line, `Thu 1 Jan 1970 00:00:00 UTC · ${"ab".repeat(32)}-0.`);
  assert.equal(escaped(line), line);
  assert.deepEqual(`${line}.`.split(blanks.pattern), ["Thu 1 Jan 1970 00:00:00 UTC", "0", "."]);
});
