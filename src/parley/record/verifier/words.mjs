// Sentences of one language, filled in. What is filled in comes from other people and is made harmless first.

import { shown } from "./wording.mjs";

const PLACE = /\{([a-z][a-z_]*)\}/g;

export class Words {
  constructor(all, language) {
    this.language = language;
    this.sentences = all[language];
  }

  has(key) {
    return Object.hasOwn(this.sentences, key);
  }

  /** The sentence of a key with its values. A missing key, or a value too few or too many, is a defect of this program. */
  say(key, values = {}) {
    const sentence = this.sentences[key];
    if (typeof sentence !== "string") throw new Error(`no sentence ${key}`);
    const wanted = new Set(Array.from(sentence.matchAll(PLACE), (match) => match[1]));
    const given = Object.keys(values);
    if (wanted.size !== given.length || !given.every((name) => wanted.has(name))) throw new Error(`values of ${key}`);
    const article = `${this.sentences["names.article"]} `;
    return sentence.replace(PLACE, (_, name, at) => {
      const value = shown(String(values[name]));
      const before = sentence.slice(0, at);
      const begins = before.endsWith(". ") || (before === "" && /[.:?]$/.test(sentence));
      return begins && value.startsWith(article) ? value[0].toUpperCase() + value.slice(1) : value;
    });
  }

  lines(key) {
    return this.sentences[key];
  }

  /** One word of a table; one that only a newer version knows stands as it is. */
  term(table, name) {
    return this.has(`${table}.${name}`) ? this.say(`${table}.${name}`) : shown(name).replaceAll("_", " ");
  }

  /** Names in a row, the last two joined by "and". */
  listed(names) {
    const found = names.map((name) => shown(name));
    if (found.length < 2) return found.join("");
    return this.say("telling.and", { first: found.slice(0, -1).join(", "), last: found.at(-1) });
  }

  withArticle(name) {
    const wanted = this.lines("names.want-article");
    const parts = name.split(/\s+/);
    return parts.some((part) => wanted.includes(part)) ? `${this.say("names.article")} ${name}` : name;
  }
}

/** Increasing numbers in a row, three or more that follow one another as 4–7. */
export function ranges(numbers) {
  const runs = [];
  for (const number of numbers) {
    if (runs.length > 0 && runs.at(-1).at(-1) === number - 1) runs.at(-1).push(number);
    else runs.push([number]);
  }
  return runs.map((run) => (run.length > 2 ? `${run[0]}–${run.at(-1)}` : run.join(", "))).join(", ");
}
