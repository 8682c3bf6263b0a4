// A page that carries evidence: the evidence out of it, in which form it says that it was written, and, where it cannot be
// written again, whether the provisions that it shows are those of the evidence. spec/page.md. Nothing of the page is rendered
// or run; it is read as text.

import { Malformed } from "./errors.mjs";
import { shown } from "./wording.mjs";

export const VERSION = 1;
export const OPENING = '<script type="application/vnd.parley.evidence+json" id="evidence">';
export const CLOSING = "</script>";
const FORM = /<meta name="parley-page" content="([0-9]{1,4}) ([0-9a-f]{8})">\n/;
const LANGUAGE = /^<!doctype html>\n<html lang="([a-z]{2})" dir="ltr">\n/;
const ARTICLE =
  /<article id="provision-([0-9]+)">\n<h3>(?:<span lang="[^"]*" dir="auto">([^<]*)<\/span> <span class="small">)?[^<]*(?:<\/span>)?<\/h3>\n(?:<blockquote lang="[^"]*" dir="auto">([^<]*)<\/blockquote>\n)?/g;
const TAG =
  /^<(?:!doctype html|\/?(?:a|article|bdi|blockquote|body|dd|dl|dt|footer|h[123]|head|header|html|li|main|meta|ol|p|section|span|strong|style|title|ul)(?: (?:aria-labelledby|charset|class|content|dir|href|http-equiv|id|lang|name)="[^"<>]*")*)>$/;
const END = "\n</body>\n</html>";
const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&#34;": '"', "&#39;": "'", "&quot;": '"' };

/** Whether these bytes are a page, and not evidence: by the first sign that is no space. */
export function looksLikePage(text) {
  return text.replace(/^\ufeff/, "").trimStart().startsWith("<");
}

/** The evidence that a page carries, as text. Throws unless it stands in exactly one block. */
export function evidenceOf(text) {
  const parts = text.split(OPENING);
  const marks = text.split('id="evidence"').length - 1;
  if (parts.length !== 2 || marks !== 1 || !parts[1].includes(CLOSING)) throw new Malformed("page.no-evidence");
  return parts[1].slice(0, parts[1].indexOf(CLOSING));
}

/** In which language, version and edition a page says that it was written; an empty language or version 0 for none. */
export function formOf(text) {
  const [before] = text.split(OPENING);
  const [, version = "0", edition = ""] = FORM.exec(before) ?? [];
  return { language: LANGUAGE.exec(before)?.[1] ?? "", version: Number(version), edition };
}

function unescaped(text) {
  return text.replace(/&(?:amp|lt|gt|quot|#34|#39);/g, (entity) => ENTITIES[entity]);
}

/** What an author calls a provision: without a dash between a number that has its point and a heading, or beside nothing. */
export function namesOf({ path }) {
  return path.map((step) => step.replace(/^[ —]+|[ —]+$/g, "").replaceAll(". — ", ". ")).filter((step) => step !== "");
}

/** Such names as one, harmless. */
export function nameOf(leaf) {
  return namesOf(leaf).map((name) => shown(name)).join(" › ");
}

/** The provisions that a page shows: number, name and words, in the one form in which such a page writes them. */
export function provisionsOf(text) {
  const visible = text.split(OPENING)[0];
  return Array.from(visible.matchAll(ARTICLE), ([, number, name, words]) => ({
    number: Number(number),
    name: unescaped(name ?? ""),
    words: unescaped(words ?? ""),
  }));
}

/** The rows of a page in their order: the number of each provision, and of each gap the numbers in its sentence. */
function rowsOf(visible) {
  const row = /<article id="provision-([0-9]+)">|<p class="gap">([^<]*)<\/p>/g;
  return Array.from(visible.matchAll(row), ([, number, gap]) =>
    gap === undefined ? number : gapOf(gap.match(/[0-9]+/g) ?? []),
  );
}

/** A gap by the numbers in its sentence; where one provision is left out, not every language says "1" in digits. */
function gapOf(numbers) {
  const all = numbers.length === 1 ? ["1", ...numbers] : numbers;
  return `gap ${all.sort().join(" ")}`;
}

/** The same of what the evidence proves: a gap names its length, its first and its last, which are one where one is left out. */
function rowsProven(provisions, total) {
  const rows = [];
  let expected = 1;
  for (const number of [...provisions.map((leaf) => leaf.number), total + 1]) {
    const [count, last] = [number - expected, number - 1];
    if (count === 1) rows.push(gapOf([String(last)]));
    else if (count > 1) rows.push(gapOf([count, expected, last].map(String)));
    if (number <= total) rows.push(String(number));
    expected = number + 1;
  }
  return rows;
}

/** Whether a page has no other parts than such a page has: no tag of another name or case, and nothing behind its evidence. */
function isWhole(text) {
  const [visible, rest] = text.split(OPENING);
  if (rest === undefined || !rest.endsWith(CLOSING + END) || rest.indexOf(CLOSING) !== rest.length - (CLOSING + END).length) return false;
  const tags = visible.match(/<[^>]*>?/g) ?? [];
  const once = ["<html", "<head>", "<style>", "<body>", "<main"].every((tag) => visible.split(tag).length === 2);
  return once && tags.every((tag) => TAG.test(tag)) && !visible.includes("\r");
}

/**
 * Whether a page shows exactly the provisions and gaps that its evidence proves, in these words and no others. That it
 * says nothing else beside them, only writing the whole page again can show (`comparePage`).
 */
export function showsTheSame(text, { provisions, total }) {
  const visible = text.split(OPENING)[0];
  const found = provisionsOf(text);
  const quotes = visible.split("<blockquote").length - 1;
  const articles = visible.split("<article").length - 1;
  const counted = articles === found.length && quotes === found.filter(({ words }) => words !== "").length;
  if (!counted || !isWhole(text) || /<!-{2}/.test(visible) || found.length !== provisions.length) return false;
  if (rowsOf(visible).join() !== rowsProven(provisions, total).join()) return false;
  return provisions.every((leaf, place) => {
    const one = found[place];
    return one.number === leaf.number && one.name === nameOf(leaf) && one.words === shown(leaf.words, true);
  });
}
