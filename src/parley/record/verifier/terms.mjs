// What a sender asks of those who receive a paper, in sentences: a name where there is one for it, then each rule.

const PRESETS = ["confidential", "essence", "public"];

/** Whether terms are those of a preset for sender and recipients; audience and embargo do not count. spec/page.md. */
function isPreset(name, { publication: { excerpts, full }, author_free: free }, parties) {
  const all = [...new Set(parties)].sort().join(); // names of parties have no comma
  if (name === "confidential") return excerpts.mode === "none" && full.mode === "none" && !free;
  if (name === "public") return excerpts.mode === "free" && full.mode === "free" && free;
  return excerpts.mode === "consent" && excerpts.parties.join() === all && full.mode === "none" && free;
}

/** What the terms are called, and with which force; `parties` are the sender, then the recipients. */
export function termsHead(words, terms, parties) {
  const name = PRESETS.find((preset) => isPreset(preset, terms, parties));
  const force = words.say(`terms-sentences.${terms.force}`);
  if (name === undefined) return words.say("page.terms-head-own", { force });
  return words.say("page.terms-head", { name: words.term("presets", name), force });
}

/** What the terms ask, a sentence each. */
export function termsLines(words, { publication: { excerpts, full }, ...terms }, { naming, clocks }) {
  const say = (name, values) => words.say(`terms-sentences.${name}`, values);
  const named = (parties) => words.listed(parties.map(naming));
  const rule = (extent, { mode, parties }) =>
    say(`${extent}-${mode}`, mode === "consent" ? { parties: named(parties) } : {});
  const alike = excerpts.mode === full.mode && excerpts.mode !== "consent";
  return [
    ...(excerpts.mode === "none" ? [] : [say("about")]),
    ...(alike ? [say(excerpts.mode)] : [rule("excerpts", excerpts), rule("full", full)]),
    say(terms.author_free ? "author-free" : "author-bound"),
    ...(terms.embargo === null ? [] : [say("embargo", { time: clocks.instant(terms.embargo) })]),
    ...(terms.audience.length === 0 ? [] : [say("audience", { parties: named(terms.audience) })]),
  ];
}
