// A page held against the one that its evidence and its language give. spec/page.md "Verification".

import { sha256, toHex, utf8 } from "./bytes.mjs";
import { Blanks, citiesOf, explained, readHours } from "./hours.mjs";
import { VERSION, formOf, showsTheSame } from "./page.mjs";
import { Words } from "./words.mjs";
import { escaped, hasPage, writePage, zonesOf } from "./written.mjs";

/**
 * What is to be said of a page: "same" and "differs"; "other version" of form or words, which this program cannot write; or
 * "other hours", where nothing differs but clocks of zones that the tables of this machine may not have. In another version
 * only the provisions are compared; where they differ, the page does.
 *
 * `verdict` is that of the evidence inside, without a trust file. `all` are the words, `forms` the style and the editions.
 */
export function comparePage(text, { evidence, verdict, all, forms }) {
  const { language, version, edition } = formOf(text);
  const ours = Object.hasOwn(all, language) && version === VERSION && edition === forms.editions[language];
  if (!ours) {
    const someones = version > 0 && language !== ""; // a page without a form or a language is nobody's page
    return someones && showsTheSame(text, verdict.text ?? { provisions: [], total: 0 }) ? "other version" : "differs";
  }
  if (!hasPage(evidence, verdict)) return "differs";
  const page = { evidence, verdict, words: new Words(all, language), forms };
  if (writePage(page) === text) return "same";
  return hasOtherHours(text, page) ? "other hours" : "differs";
}

/**
 * Whether nothing but the hours beside UTC differs, and each may be right by other tables of zones than ours: a page is then
 * written with these hours left blank, and read along it.
 */
function hasOtherHours(text, { evidence, verdict, words, forms }) {
  const cities = citiesOf(words, zonesOf(verdict));
  const blanks = new Blanks(words, toHex(sha256(utf8(evidence)))); // no page can hold the digest of its own evidence
  const pieces = writePage({ evidence, verdict, words, forms, clocks: blanks }).split(blanks.pattern);
  const found = [];
  let at = 0;
  for (let place = 0; place < pieces.length; place += 2) {
    if (!text.startsWith(pieces[place], at)) return false;
    at += pieces[place].length;
    if (place + 1 === pieces.length) break;
    const read = readHours(text, at, { ...blanks.left[pieces[place + 1]], words, cities, escaped });
    found.push(read);
    at = read.end;
  }
  return at === text.length && explained(found, cities);
}
