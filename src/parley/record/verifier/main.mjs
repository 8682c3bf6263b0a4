// verify.html: takes a file, asks whose keys the reader trusts, and writes down what the verification found.
//
// Text reaches the page as text nodes only; nothing of a file is ever taken for markup, and nothing is fetched.

import FORMS from "forms:all";
import ALL from "words:all";
import { fromUtf8, utf8 } from "./bytes.mjs";
import { comparePage } from "./compared.mjs";
import { warmUp } from "./keys.mjs";
import { evidenceOf, looksLikePage } from "./page.mjs";
import { Trust } from "./policy.mjs";
import { compareQuotation } from "./quotation.mjs";
import { tell, tellFailure } from "./telling.mjs";
import { verify } from "./verdict.mjs";
import { Words } from "./words.mjs";
import { shown } from "./wording.mjs";

const LARGEST = 80 << 20;
const NAMES = { en: "English", fr: "Français", ru: "Русский" };
const at = (id) => document.getElementById(id);

/** What the reader has given so far; `own` is a trust file, or the code of why it is none. */
const state = { file: null, trust: "nobody", brought: readBrought(), own: null, ownName: "", quotation: "" };
let words = new Words(ALL, languageOf(navigator.languages));

function languageOf(wanted) {
  return wanted.map((tag) => tag.slice(0, 2)).find((tag) => tag in ALL) ?? "en";
}

function readBrought() {
  const text = JSON.parse(at("trust-list").textContent);
  return text === null ? null : Trust.parse(text);
}

// --- pieces of the page --------------------------------------------------------------------------------------------

/** An element with attributes and children; children that are text stay text. */
function make(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

const say = (key, values) => words.say(`checker.${key}`, values);
const paragraph = (text, name = "") => make("p", name === "" ? {} : { class: name }, text);
const listOf = (lines) => make("ul", {}, ...lines.map((line) => make("li", {}, line)));

function section(head, ...children) {
  return make("section", {}, make("h2", {}, head), ...children);
}

// --- what never changes but with the language ----------------------------------------------------------------------

function fillFrame() {
  document.documentElement.lang = words.language;
  document.title = say("title");
  const texts = {
    title: "title", intro: "intro", "file-head": "file", "file-label": "choose", "drop-hint": "drop", "trust-head": "whose",
    brought: "brought", own: "own", "own-hint": "own-hint", "own-label": "own-choose", nobody: "nobody",
    "nobody-hint": "nobody-hint", foot: "foot",
  };
  for (const [id, key] of Object.entries(texts)) at(id).textContent = say(key);
  at("brought-hint").textContent = say(state.brought === null ? "brought-none" : "brought-hint");
  at("trust-brought").disabled = state.brought === null;
  at("languages").setAttribute("aria-label", say("language"));
  at("languages").replaceChildren(...Object.keys(ALL).map(languageButton));
  fillOwn();
}

function languageButton(language) {
  const pressed = String(language === words.language);
  const button = make("button", { type: "button", lang: language, "aria-pressed": pressed }, NAMES[language]);
  button.addEventListener("click", () => {
    words = new Words(ALL, language);
    fillFrame();
    check({ focus: false });
    at("languages").querySelector(`[lang="${language}"]`).focus();
  });
  return button;
}

function fillOwn() {
  const bad = typeof state.own === "string";
  const told = bad ? say("own-bad", { code: state.own }) : say("own-chosen", { file: state.ownName });
  at("own-status").textContent = state.own === null ? "" : told;
}

// --- files ---------------------------------------------------------------------------------------------------------

async function takeFile(file) {
  state.file = { name: file.name, bytes: null };
  if (file.size <= LARGEST) {
    at("status").textContent = say("reading", { file: file.name });
    try {
      state.file.bytes = new Uint8Array(await file.arrayBuffer());
    } catch {
      state.file.problem = "unreadable";
    }
  } else state.file.problem = "too-large";
  check({ focus: true });
}

async function takeTrust(file) {
  state.ownName = file.name;
  try {
    const text = fromUtf8(new Uint8Array(await file.arrayBuffer()));
    state.own = text === null ? "note.utf-8" : Trust.parse(text);
  } catch (error) {
    state.own = error.code ?? "unreadable";
  }
  state.trust = "own";
  at("trust-own").checked = true;
  fillOwn();
  check({ focus: false });
}

function chosenTrust() {
  if (state.trust === "brought") return state.brought;
  return state.trust === "own" && state.own instanceof Trust ? state.own : null;
}

// --- the verdict ---------------------------------------------------------------------------------------------------

/** Verify what was given, under whom the reader trusts now, and write it down. */
function check({ focus }) {
  const box = at("verdict");
  if (state.file === null) {
    at("status").textContent = say("none-yet");
    box.hidden = true;
    return;
  }
  const found = examine();
  box.replaceChildren(make("h2", { id: "verdict-head", tabindex: "-1" }, say("verdict")), ...found.children);
  box.hidden = false;
  at("status").textContent = `${say("checked", { file: state.file.name })}. ${found.summary}`;
  if (focus) at("verdict-head").focus();
}

function examine() {
  const { bytes, problem } = state.file;
  if (bytes === null) return failed(say(problem));
  const text = fromUtf8(bytes);
  const page = text !== null && looksLikePage(text);
  let evidence = bytes;
  if (page) {
    try {
      evidence = utf8(evidenceOf(text));
    } catch {
      return failed(say("no-page"));
    }
  }
  const began = performance.now();
  try {
    const verdict = verify(evidence, chosenTrust());
    document.documentElement.dataset.milliseconds = (performance.now() - began).toFixed(1);
    const told = tell(verdict, words, Date.now(), state.trust === "brought");
    const compared = page ? comparedPage(text, evidence, verdict) : null;
    const alarms = [...(compared === "differs" ? [say("page-differs")] : []), ...told.alarms];
    return { children: written(told, alarms, compared), summary: [...alarms, told.head].join(" ") };
  } catch (error) {
    if (error.family === undefined) throw error;
    return notHeld(tellFailure(error, words));
  }
}

/** A page is held against the one of its evidence by itself: whomever its reader trusts, it was written without a list. */
function comparedPage(text, evidence, verdict) {
  const alone = chosenTrust() === null ? verdict : verify(evidence, null);
  return comparePage(text, { evidence: fromUtf8(evidence), verdict: alone, all: ALL, forms: FORMS });
}

function failed(sentence) {
  return { children: [make("p", { class: "alarm" }, sentence)], summary: sentence };
}

function notHeld(told) {
  const children = [
    paragraph(told.head, "alarm"),
    paragraph(told.nothing, "fixed"),
    paragraph(told.code, "small"),
    steps(told.steps),
  ];
  return { children, summary: told.head };
}

/** What is said of a page itself, beside the alarm of one that differs. */
const OF_PAGE = { same: "page-same", "other version": "page-not-compared", "other hours": "page-hours" };

function written(told, alarms, compared) {
  return [
    ...alarms.map((line) => paragraph(line, "alarm")),
    compared in OF_PAGE ? paragraph(say(OF_PAGE[compared]), "fixed") : null,
    paragraph(told.head, told.disproven ? "alarm" : "head"),
    told.answers === null ? null : answers(told.answers),
    ...told.conviction.map((line) => paragraph(line, "alarm")),
    paragraph(told.agreement, "fixed"),
    ...(told.answers === null ? told.papers.map(paper) : []),
    told.provisions.length === 0 ? null : section(say("provisions"), ...told.provisions.map(provision)),
    told.provisions.length === 0 ? null : quotation(told.provisions),
    numbers(told.numbers),
    section(say("not-shown"), listOf(told.notShown)),
    section(say("acts"), paragraph(told.register), listOf(told.acts), listOf(told.powers)),
    steps(told.steps),
  ].filter((child) => child !== null);
}

function answers(found) {
  const rows = found.flatMap(([head, lines]) => [make("dt", {}, head), ...lines.map((line) => make("dd", {}, line))]);
  return make("dl", { class: "answers" }, ...rows);
}

function paper({ paper: name, handedIn, delivery, digits }) {
  const lines = [name, handedIn, ...delivery].filter((line) => line !== "");
  return make("article", {}, ...lines.map((line) => paragraph(line)), paragraph(digits, "small"));
}

function provision(row) {
  if (row.gap !== undefined) return paragraph(`[ ${row.gap} ]`, "gap");
  const called = make("span", { lang: row.language, dir: "auto" }, row.called);
  const name = row.called === "" ? [row.name] : [called, " ", make("span", { class: "small" }, `(${row.place})`)];
  return make(
    "article",
    { id: `provision-${row.number}` },
    make("h3", {}, ...name),
    row.words === ""
      ? paragraph(words.say("page.heading-only"), "small")
      : make("blockquote", { lang: row.language, dir: "auto" }, row.words),
    ...[row.status, ...row.answers].map((line) => paragraph(line, "small")),
  );
}

/** A list that came with the page vouches for nobody yet: all its numbers are there to be compared. */
function numbers(all) {
  const found = all.filter(({ known }) => !known || state.trust === "brought");
  if (found.length === 0) return null;
  const rows = found.flatMap(({ party, number }) => [
    make("dt", {}, make("bdi", {}, party)),
    make("dd", { class: "mono" }, number),
  ]);
  return section(say("numbers"), paragraph(words.say("verdict.compare")), make("dl", { class: "numbers" }, ...rows));
}

function steps(found) {
  const items = found.map(({ name, what, state: stands, failed: here, details }) => {
    const line = [make("strong", {}, `${name}. `), `${what} (${stands})`];
    if (details.length === 0) return make("li", here ? { class: "failed" } : {}, ...line);
    const computed = make("ul", { class: "mono" }, ...details.map((each) => make("li", {}, each)));
    return make("li", {}, make("details", {}, make("summary", {}, ...line), computed));
  });
  const list = make("ol", { role: "list", class: "steps" }, ...items);
  return make("details", { id: "steps" }, make("summary", {}, say("steps")), list);
}

// --- a quotation ---------------------------------------------------------------------------------------------------

function quotation(rows) {
  const provisions = rows.filter((row) => row.gap === undefined).map(({ number, raw }) => ({ number, words: raw }));
  const area = make("textarea", { id: "quotation-text", "aria-describedby": "quotation-hint", dir: "auto" });
  const result = make("div", { id: "quotation-result", role: "status", "aria-live": "polite" });
  const button = make("button", { type: "button" }, say("quote-compare"));
  area.value = state.quotation;
  area.addEventListener("input", () => {
    state.quotation = area.value;
  });
  button.addEventListener("click", () => result.replaceChildren(...compared(compareQuotation(area.value, provisions))));
  const made = section(
    make("label", { for: "quotation-text" }, say("quote")),
    make("p", { class: "hint", id: "quotation-hint" }, say("quote-hint")),
    area,
    make("p", {}, button),
    result,
  );
  made.id = "quotation";
  return made;
}

function compared({ found, number, differ, parts }) {
  if (found === "empty" || found === "long" || found === "absent") return [paragraph(say(`quote-${found}`), "head")];
  if (found === "same") return [paragraph(say("quote-same", { number }), "head")];
  const line = parts.flatMap(([kind, word]) => [markedWord(kind, word), " "]);
  return [paragraph(say("quote-near", { number, count: differ }), "head"), make("p", { dir: "auto" }, ...line), paragraph(say("quote-key"), "small")];
}

/** A word of the comparison: not by colour alone, and said aloud to those who hear the page. */
function markedWord(kind, word) {
  if (kind === "same") return shown(word);
  const [name, key] = kind === "quoted" ? ["del", "quote-only-quoted"] : ["ins", "quote-only-there"];
  return make(name, {}, make("span", { class: "unseen" }, `${say(key)} `), shown(word));
}

// --- hands ---------------------------------------------------------------------------------------------------------

function listen() {
  at("file").addEventListener("change", ({ target }) => {
    if (target.files.length > 0) takeFile(target.files[0]);
    target.value = "";
  });
  at("own-file").addEventListener("change", ({ target }) => {
    if (target.files.length > 0) takeTrust(target.files[0]);
    target.value = "";
  });
  for (const choice of document.querySelectorAll('input[name="trust"]')) {
    choice.addEventListener("change", () => {
      state.trust = choice.value;
      check({ focus: false });
    });
  }
  const drop = at("drop");
  for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
    document.addEventListener(name, (event) => {
      event.preventDefault(); // a file dropped beside the frame must not be opened in place of this page
      drop.classList.toggle("over", name === "dragenter" || name === "dragover");
    });
  }
  document.addEventListener("drop", ({ dataTransfer }) => {
    if (dataTransfer.files.length > 0) takeFile(dataTransfer.files[0]);
  });
}

fillFrame();
listen();
at("main").hidden = false;
check({ focus: false });
setTimeout(warmUp, 50); // while the reader looks for a file
