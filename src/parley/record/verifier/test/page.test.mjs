// Pages that carry evidence, quotations, and sentences: what the browser does beside verifying.

import assert from "node:assert/strict";
import test from "node:test";
import { utf8 } from "../bytes.mjs";
import { evidenceOf, looksLikePage, provisionsOf, showsTheSame } from "../page.mjs";
import { compareQuotation, wordsOf } from "../quotation.mjs";
import { tell, tellFailure } from "../telling.mjs";
import { LANGUAGES, allWords, readWords } from "../toml.mjs";
import { verify } from "../verdict.mjs";
import { Words, ranges } from "../words.mjs";
import { shown } from "../wording.mjs";
import { bytesOf, outcome, spoiled, vectors } from "./vectors.mjs";

const PAGE = new TextDecoder().decode(bytesOf("page/excerpt.html"));
const EVIDENCE = new TextDecoder().decode(bytesOf("evidence/excerpt.evidence"));
const ALL = allWords();
const found = verify(utf8(EVIDENCE));

// --- pages ---------------------------------------------------------------------------------------------------------

test("a page is told from evidence by its first sign", () => {
  assert.ok(looksLikePage(PAGE));
  assert.ok(looksLikePage(`\ufeff\n ${PAGE}`));
  assert.ok(!looksLikePage(EVIDENCE));
});

test("the evidence comes out of a page as it went in", () => {
  assert.equal(evidenceOf(PAGE), EVIDENCE);
});

test("a page without evidence, with two, or with something that passes for it", () => {
  const block = '<script type="application/vnd.parley.evidence+json" id="evidence">';
  for (const bad of [PAGE.replace(block, "<script>"), PAGE.replace("</body>", `${block}</script></body>`),
    PAGE.replace("<header>", '<header id="evidence">'), PAGE.split("</script>")[0]]) {
    assert.equal(outcome(() => evidenceOf(bad)).code, "page.no-evidence");
  }
});

test("the provisions that a page shows are those of its evidence", () => {
  assert.deepEqual(provisionsOf(PAGE).map(({ number }) => number), [1, 3]);
  assert.ok(showsTheSame(PAGE, found.text));
});

test("a page that shows other words, another number, a provision more or less, or hides one", () => {
  const article = /<article id="provision-1">[^]*?<\/article>/.exec(PAGE)[0];
  const changes = [
    ["Words of article 1.", "Ideas of article 1."],
    ["Words of article 1.", "Words of article 1. "],
    ['<article id="provision-3">', '<article id="provision-2">'],
    ['dir="auto">Article 1<', 'dir="auto">Article 2<'],
    [article, ""],
    ["[ provision 2 not shown ]", "[provision 4 not shown ]"],
    ['<p class="gap">[ provision 2 not shown ]</p>', ""],
    [article, article + article],
    [article, `<!-- ${article} -->`],
    ["</body>", "<p>And more.</p>\n</body>"],
    ["</html>", "</html>\n<p>And more.</p>"],
    ["<footer>", "<P>Both sides agree with the text.</P>\n<footer>"],
    ["<footer>", "<SCRIPT>alert(1)</SCRIPT>\n<footer>"],
    ["<main>", '<main style="display:none">'],
    ["<main>", "<main hidden>"],
    ["<main>", '<main onclick="alert(1)">'],
    ["</main>", '<img alt="And more.">\n</main>'],
    ["</main>", "</main>\n<main></main>"],
    [article, `${article}<blockquote>And more.</blockquote>`],
    [article, article.replace("<blockquote", "<p").replace("</blockquote>", "</p>")],
  ];
  for (const [old, instead] of changes) {
    assert.ok(PAGE.includes(old), old);
    assert.ok(!showsTheSame(PAGE.replace(old, () => instead), found.text), instead.slice(0, 60));
  }
});

test("words with markup in them are compared as words", () => {
  const provisions = [{ number: 1, path: ["A & B"], words: '<b>"x"</b>\u202e' }];
  const article = `<article id="provision-1">\n<h3><span lang="en" dir="auto">A &amp; B</span> <span class="small">(provision 1 of 1)</span></h3>\n<blockquote lang="en" dir="auto">&lt;b&gt;&#34;x&#34;&lt;/b&gt;‹U+202E›</blockquote>\n</article>\n`;
  const page = PAGE.replace(/<article id="provision-1">[^]*<\/article>\n/, () => article);
  assert.ok(showsTheSame(page, { provisions, total: 1 }));
});

// --- quotations ----------------------------------------------------------------------------------------------------

const PROVISIONS = [
  { number: 3, words: "The Parties shall not deploy ground-launched missiles outside their national territories." },
  { number: 5, words: "L’accord n’entre en vigueur qu’après l’échange des instruments." },
  { number: 8, words: "第四条 缔约方不得部署导弹。" },
];

test("a quotation word for word, whatever its quotation marks, ends of lines and blanks", () => {
  for (const quoted of ["shall not deploy", "  “The Parties\nshall not deploy ground-launched missiles…”", "missiles, outside their"]) {
    assert.deepEqual([compareQuotation(quoted, PROVISIONS).found, compareQuotation(quoted, PROVISIONS).number], ["same", 3], quoted);
  }
  assert.equal(compareQuotation("L'accord n'entre", PROVISIONS).number, 5);
  assert.equal(compareQuotation("缔约方不得部署", PROVISIONS).number, 8);
});

test("a quotation that differs in some words, and how", () => {
  const { found: how, number, differ, parts } = compareQuotation("The Parties shall deploy nuclear missiles outside", PROVISIONS);
  assert.deepEqual([how, number, differ], ["near", 3, 2]);
  assert.deepEqual(parts.filter(([kind]) => kind === "there").map(([, word]) => word), ["not", "ground-launched"]);
  assert.deepEqual(parts.filter(([kind]) => kind === "quoted").map(([, word]) => word), ["nuclear"]);
  assert.equal(parts.filter(([kind]) => kind !== "there").map(([, word]) => word).join(" "), "The Parties shall deploy nuclear missiles outside");
});

test("a word in capitals is another word", () => {
  const { found: how, differ } = compareQuotation("the Parties shall NOT deploy ground-launched missiles", PROVISIONS);
  assert.deepEqual([how, differ], ["near", 2]);
});

test("a quotation that is not there, is empty, or is too long to compare", () => {
  assert.equal(compareQuotation("An entirely different sentence about wheat.", PROVISIONS).found, "absent");
  assert.equal(compareQuotation(" … «» ", PROVISIONS).found, "empty");
  assert.equal(compareQuotation("word ".repeat(3_000_000), PROVISIONS).found, "long");
  assert.equal(compareQuotation("anything", []).found, "absent");
});

test("words are compared in one writing of their letters", () => {
  assert.deepEqual(wordsOf("e\u0301tat l’\u00e9tat co\u00adop"), ["état", "l'état", "coop"]);
});

// --- sentences -----------------------------------------------------------------------------------------------------

test("every sentence is there in each language, and takes the same values", () => {
  const keys = Object.keys(ALL.en);
  const places = (sentence) => String(sentence).match(/\{[a-z]+\}/g)?.sort() ?? [];
  for (const language of LANGUAGES) {
    assert.deepEqual(Object.keys(ALL[language]).sort(), keys.toSorted());
    for (const key of keys) assert.deepEqual(places(ALL[language][key]), places(ALL.en[key]), key);
  }
});

test("a catalogue that cannot be read is refused", () => {
  for (const bad of ['a = "b"', "[t]\na = 1", "[t]\na = \"x", "[t]\na", "[t]\na = [1]", "[t]\na = '''x'''"]) {
    assert.throws(() => readWords(bad), /line/);
  }
});

test("a verdict can be told in each language, of each kind of file", () => {
  for (const language of LANGUAGES) {
    const words = new Words(ALL, language);
    for (const one of vectors("evidence/cases.json").cases.slice(0, 38)) {
      const got = outcome(() => verify(spoiled(one)));
      if (got.code === null) assert.ok(tell(got.found, words, 0).head.length > 10);
    }
    for (let step = 1; step <= 10; step += 1) {
      const told = tellFailure({ step, steps: [], code: "some.code" }, words);
      assert.ok(told.head.length > 10 && told.code.includes("some.code"));
      assert.deepEqual(told.steps.map(({ failed }) => failed).indexOf(true), step - 1);
    }
  }
});

test("no receipt stands before anything else", () => {
  const one = vectors("evidence/cases.json").cases.find(({ name }) => name === "by consent, and the receipt left out");
  const told = tell(verify(spoiled(one)), new Words(ALL, "en"), 0);
  assert.match(told.alarms[0], /^NO RECEIPT IN THIS FILE/);
});

test("a time that has not come is said to have not", () => {
  const one = vectors("evidence/cases.json").cases.find(({ name }) => name.startsWith("an embargo"));
  const verdict = verify(spoiled(one));
  const said = (now) => tell(verdict, new Words(ALL, "en"), now).answers[1][1];
  assert.equal(said(0).length, 3);
  assert.equal(said(Date.UTC(2024, 0)).length, 2);
});

test("words of others can neither hide nor turn a line", () => {
  assert.equal(shown("a\u202eb\u200bc\u0000"), "a‹U+202E›b‹U+200B›c‹U+0000›");
  assert.equal(shown("a\nb"), "a‹U+000A›b");
  assert.equal(shown("a\nb", true), "a\nb");
  assert.equal(shown("\u0645\u06cc\u200c\u062e"), "\u0645\u06cc\u200c\u062e");
  assert.equal(new Words(ALL, "en").say("verdict.register", { log: "x\u202e" }), "Register of x‹U+202E›.");
});

test("numbers that follow one another", () => {
  assert.equal(ranges([1, 2, 4, 5, 6, 9]), "1, 2, 4–6, 9");
});

test("under a list that came with the page nothing is proven by the reader's own", () => {
  const words = new Words(ALL, "en");
  const proven = { ...found, result: "proven" };
  assert.match(tell(proven, words, 0).head, /your trust file names/u);
  const head = tell(proven, words, 0, true).head;
  assert.match(head, /^PROVEN, as far as the list that came with this page is right/u);
  assert.doesNotMatch(head, /your trust file/u);
  assert.equal(tell(found, words, 0, true).head, tell(found, words, 0).head);
});
