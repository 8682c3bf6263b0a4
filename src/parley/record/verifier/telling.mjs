// A verdict in sentences: what is shown, by whose keys, and at the end always what is not shown.

import { DEPOSITARY } from "./act.mjs";
import { Clocks } from "./clocks.mjs";
import { nameOf, namesOf } from "./page.mjs";
import { shown } from "./wording.mjs";
import { ranges } from "./words.mjs";

const STEPS = 10;

/**
 * What a reader is told of a verdict, as data for a page. `now` is the reader's own clock; `brought`: the list of whose keys
 * are whose came with the page, and is its publisher's.
 */
export function tell(verdict, words, now, brought = false) {
  const teller = new Teller(verdict, words, now);
  return {
    head: brought && verdict.result === "proven" && verdict.conviction === null ? words.say("checker.proven-brought") : teller.head(),
    disproven: verdict.result === "disproven",
    register: words.say("verdict.register", { log: verdict.log }),
    alarms: teller.alarms(),
    answers: teller.answers(),
    agreement: words.say("meaning.agreement"),
    papers: verdict.papers.map((paper) => teller.paper(paper)),
    provisions: teller.provisions(),
    conviction: teller.conviction(),
    acts: teller.acts(),
    powers: teller.powers(),
    numbers: teller.numbers(),
    notShown: teller.notShown(),
    steps: stepsOf(words, null, verdict.steps),
  };
}

/** What a reader is told of a file that does not hold: the step that failed in a sentence, and its code. */
export function tellFailure(error, words) {
  return {
    head: words.say("verdict.failed", { reason: words.say(`checker.fails-${error.step}`) }),
    code: words.say("checker.code", { code: error.code }),
    nothing: words.say("verdict.failed-shows"),
    steps: stepsOf(words, error.step, error.steps),
  };
}

/** The numbered steps: each held, failed, was not reached, or was not asked in a file of this kind. */
function stepsOf(words, failed, steps) {
  return Array.from({ length: STEPS }, (_, place) => {
    const number = place + 1;
    const lines = steps.filter((step) => step.number === number);
    const late = failed !== null && number > failed;
    let state = words.say(late ? "checker.step-not-reached" : "checker.step-not-asked");
    if (lines.length > 0 && !late) state = words.say("checker.step-held", { count: lines.length });
    if (number === failed) state = words.say("checker.step-failed");
    const details = lines.map(({ label, details: found }) => [
      label,
      ...Object.entries(found).map(([name, value]) => `${name}=${value}`),
    ]);
    return {
      name: words.say("checker.step", { number }),
      what: words.say(`checker.${number === failed ? "fails" : "step"}-${number}`),
      state,
      failed: number === failed,
      details: late ? [] : details.map((line) => shown(line.join("  "))),
    };
  });
}

/** What is said of a verdict, and how parties are called in it. */
export class Teller {
  constructor(verdict, words, now) {
    this.verdict = verdict;
    this.words = words;
    this.now = now;
    this.names = new Map(verdict.parties.filter(({ name }) => name !== null).map(({ party, name }) => [party, name]));
    this.clocks = new Clocks(words, verdict.acts.filter(({ kind }) => kind === "enrol").map(({ act }) => act.zone));
    this.byDigest = new Map(verdict.acts.map((act) => [act.digest, act]));
  }

  say(key, values) {
    return this.words.say(key, values);
  }

  /** How the reader's trust file calls a party, else the id it bears in the file. */
  name(party) {
    if (party === DEPOSITARY) return this.say("verdict.depositary");
    if (!this.names.has(party)) return this.say("verdict.unchecked-name", { party });
    return this.words.withArticle(shown(this.names.get(party)));
  }

  head() {
    const { result, conviction, notShown } = this.verdict;
    if (result === "proven") return this.say(conviction === null ? "verdict.proven" : "verdict.proven-fork");
    if (result === "disproven") return this.say("verdict.disproven");
    const codes = notShown.map(({ code }) => code);
    if (codes.includes("log-identity")) return this.say("verdict.no-trust-file");
    return this.say(codes.includes("party-identity") ? "verdict.unknown-party" : "verdict.incomplete");
  }

  /** What must be read before anything else: no receipt for the one paper, words left out, one side alone, not for all. */
  alarms() {
    const { text, release, papers } = this.verdict;
    const [paper] = papers.length === 1 ? papers : [{ delivery: [] }];
    const unreceived = paper.delivery.filter(({ word }) => word === "no receipt in this file");
    return [
      ...unreceived.map((answer) => this.delivery(answer, paper)),
      ...(text?.word === "incomplete" ? [this.text()] : []),
      ...(release?.word === "one-sided" ? [this.release()[0]] : []),
      ...this.audience(),
    ];
  }

  /** The three answers, each under its head; null for files of other kinds. */
  answers() {
    const { text, papers } = this.verdict;
    if (text === null) return null;
    return [
      [this.say("answers.text"), [this.text()]],
      [this.say("answers.release"), this.release()],
      [this.say("answers.delivery"), this.deliveries(papers[0])],
    ];
  }

  // --- text, release, delivery ---

  text() {
    const { word, provisions, total, omitted, missing } = this.verdict.text;
    const key = `text.${word.replaceAll(" ", "-")}`;
    if (word !== "genuine" && word !== "incomplete") return this.say(key);
    const values = { shown: provisions.length, total, omitted: ranges(omitted) || this.say("telling.none") };
    return this.say(key, word === "incomplete" ? { ...values, missing: ranges(missing) } : values);
  }

  /** By whose leave the words are shown; nothing of the kind is said of words that are not proven. */
  release() {
    if (this.verdict.release === null) return [this.say("release-answers.not-proven")];
    const { word, missing, parties, since } = this.verdict.release;
    const named = this.words.listed((word === "not released" ? missing : parties).map((party) => this.name(party)));
    const key = { "by its author": "by-author", "by its recipient": "by-recipient" }[word] ?? word.replaceAll(" ", "-");
    const lines = [this.say(`release-answers.${key}`, { parties: named || this.say("telling.nobody") })];
    lines.push(...this.audience());
    if (since === null) return lines;
    lines.push(this.say("release-answers.since", { time: this.clocks.instant(since) }));
    if (since > this.now) lines.push(this.say("checker.not-come"));
    return lines;
  }

  /** To whom alone the words may be shown, where that is not the public. */
  audience() {
    const { word, audience } = this.verdict.release ?? { word: "not released", audience: null };
    if (word === "not released" || audience === null || audience.public) return [];
    return [this.say("release-answers.audience", { parties: this.words.listed(audience.parties.map((id) => this.name(id))) })];
  }

  deliveries(paper) {
    return paper.delivery.map((answer) => this.delivery(answer, paper));
  }

  delivery({ word, party, act: digest, underReserve }, { deposit }) {
    const act = this.byDigest.get(digest);
    if (word === "no receipt in this file" || act === undefined) {
      return this.say("delivery.no-receipt", { party: this.name(party) });
    }
    // Nothing is handed over without a receipt, but what opens at once may have been read, shown here or not.
    const unread = word === "refused" && deposit.opening.kind !== "at_once";
    const key = unread ? "delivery.refused-unread" : `delivery.${word.replaceAll(" ", "-")}`;
    if (word === "replaced") {
      return this.say(key, { digits: act.digest.slice(0, 8), time: this.clocks.instant(act.time) });
    }
    const line = this.say(key, { party: this.name(party), time: this.between(act) });
    if (word !== "delivered") return line;
    const taken = this.say(`terms-sentences.${underReserve ? "under_reserve" : "accepted"}`);
    return `${line} ${this.say("delivery.terms", { taken })}`;
  }

  /** An act's time; between two instants where witnesses say so. */
  between({ time, earliest, latest }) {
    const when = this.clocks.instant(time, true);
    if (latest === null) return when;
    const second = (at) => this.clocks.instant(at, true).split(" · ")[0];
    if (earliest === null) return this.say("verdict.by", { time: when, last: second(latest) });
    return this.say("verdict.between", { time: when, first: second(earliest), last: second(latest) });
  }

  // --- papers, provisions ---

  paper(found) {
    const { digest, deposit } = found;
    const name = this.called(found);
    const answered = deposit.in_reply_to;
    const digits = [this.say("verdict.digits", { name, digits: digest.slice(0, 8) })];
    if (answered !== null) digits.push(this.say("verdict.digits-answered", { digits: answered.slice(0, 8) }));
    const to = this.words.listed(deposit.recipients.map(({ party }) => this.name(party)));
    const sender = this.name(deposit.by.party);
    const entry = this.byDigest.get(digest);
    return {
      paper: this.say("verdict.paper", { name, what: this.what(deposit), sender, to }),
      handedIn: entry === undefined ? "" : this.say("verdict.handed-in", { time: this.between(entry) }),
      delivery: this.deliveries(found),
      digits: digits.join(" "),
    };
  }

  /** How a paper is called: by its reference where the file is a history, else by its place in the file. */
  called(paper) {
    const { papers } = this.verdict;
    if (paper.reference !== null) return this.say("verdict.paper-named", { reference: paper.reference });
    if (papers.length === 1) return this.say("verdict.paper-here");
    return this.say("verdict.paper-place", { number: papers.indexOf(paper) + 1 });
  }

  what({ role, in_reply_to: reply, standing }) {
    let designation = this.words.term("roles", role);
    if (reply !== null) {
      const reference = this.verdict.papers.find(({ digest }) => digest === reply)?.reference ?? null;
      const key = reference === null ? "telling.in-reply-to-another" : "telling.in-reply-to";
      designation = this.say(key, { role: designation, ...(reference === null ? {} : { reference }) });
    }
    return this.say("telling.what", { role: designation, standing: this.words.term("standings", standing) });
  }

  /** What is shown and what is not, in reading order; words are given only where they are proven and released. */
  provisions() {
    const { text, papers } = this.verdict;
    if (text === null || text.total === null) return [];
    const rows = [];
    let last = 0;
    const gap = (first, end) => {
      if (first === end) rows.push({ gap: this.say("page.gap-one", { number: first }) });
      else if (first < end) rows.push({ gap: this.say("page.gap", { count: end - first + 1, first, last: end }) });
    };
    for (const leaf of text.provisions) {
      gap(last + 1, leaf.number - 1);
      rows.push(this.provision(leaf, papers[0].deposit));
      last = leaf.number;
    }
    gap(last + 1, text.total);
    return rows;
  }

  provision(leaf, deposit) {
    const language = this.words.has(`language-names.${leaf.language}`)
      ? this.say(`language-names.${leaf.language}`)
      : shown(leaf.language);
    const answers = leaf.answers.map(({ deposit: digest, provision, position }) => {
      const values = { digits: digest.slice(0, 8), position: this.words.term("positions", position) };
      return provision === null
        ? this.say("page.answer-whole", values)
        : this.say("page.answer", { ...values, number: provision });
    });
    return {
      number: leaf.number,
      name: this.say("page.provision", { number: leaf.number }),
      names: namesOf(leaf),
      called: nameOf(leaf),
      place: this.say("page.place", { number: leaf.number, total: this.verdict.text.total }),
      language: leaf.language,
      status: this.status(leaf, deposit, language),
      words: shown(leaf.words, true),
      raw: leaf.words,
      answers,
    };
  }

  status(leaf, deposit, language) {
    const ranges = this.verdict.text.manifest?.languages ?? [];
    const run = ranges.find(({ first, last }) => first <= leaf.number && leaf.number <= last);
    const own = deposit.language === leaf.language ? deposit.language_status : null;
    const status = run?.status ?? own;
    if (status === null) return this.say("page.status-unknown", { language });
    return this.say("page.status", { language, status: this.words.term("language-statuses", status) });
  }

  // --- conviction, acts, powers, numbers ---

  conviction() {
    const found = this.verdict.conviction;
    if (found === null) return [];
    const { crime, first, second, rule } = found;
    const key = crime === "TWO_ROOTS" ? "convicts-size" : first === second ? "convicts-one" : "convicts";
    const values = { crime: this.words.term("crimes", crime), first };
    const said = this.say(`verdict.${key}`, key === "convicts" ? { ...values, second } : values);
    return rule === null ? [said] : [said, this.say("verdict.rule", { rule })];
  }

  acts() {
    return this.verdict.acts
      .filter(({ act }) => act !== null)
      .map((shownAct) => {
        const kind = this.words.term("acts", shownAct.kind);
        const party = this.name(shownAct.act.by.party);
        return this.say("verdict.act", { kind, party, time: this.between(shownAct) });
      });
  }

  powers() {
    return this.verdict.acts.flatMap(({ act, kind, powers }) =>
      powers.map(({ name, office, granted }) => {
        const signer = [name, office].filter((part) => part !== "").join(", ") || this.say("names.unnamed-officer");
        const values = { kind: this.words.term("acts", kind), name: signer, party: this.name(act.by.party) };
        return this.say("verdict.power", { ...values, entry: granted });
      }),
    );
  }

  /** Of every party its number; those that the reader's list does not vouch for are to be compared. */
  numbers() {
    if (this.verdict.conviction !== null) return [];
    return this.verdict.parties.map(({ party, number, name }) => ({ party: this.name(party), number, known: name !== null }));
  }

  /** What a verdict does not show, each once, the most misleading first. */
  notShown() {
    const said = this.verdict.notShown.map(({ code, details }) => {
      const { number: _, ...values } = details;
      if ("party" in values && code !== "party-identity") values.party = this.name(values.party);
      return this.say(`not-shown.${code}`, values);
    });
    return [...new Set(said)];
  }
}
