// The page of an excerpt, written from its evidence and a language: whoever has both can write it, and compare.
// spec/page.md. Verified as it is written: without a trust file, whomever the reader trusts.

import { DEPOSITARY, isRegisterAct } from "./act.mjs";
import { sha256, toBase64, utf8 } from "./bytes.mjs";
import { Clocks } from "./clocks.mjs";
import { CLOSING, OPENING, VERSION } from "./page.mjs";
import { Teller } from "./telling.mjs";
import { termsHead, termsLines } from "./terms.mjs";
import { ranges } from "./words.mjs";
import { shown } from "./wording.mjs";

// --- markup --------------------------------------------------------------------------------------------------------

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;" };

/** Text that is markup already: ours. */
class Markup {
  constructor(text) {
    this.text = text;
  }
}

/** Text of others as it stands in a page: harmless, then escaped. */
export function escaped(text) {
  return shown(text, true).replace(/[&<>"']/g, (sign) => ENTITIES[sign]);
}

function filled(value) {
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map(filled).join("");
  return typeof value === "string" ? escaped(value) : String(value);
}

/** A piece of a page: what is filled in is escaped, but pieces of a page and lists of them. */
function html(pieces, ...values) {
  return new Markup(pieces.map((piece, place) => (place === 0 ? "" : filled(values[place - 1])) + piece).join(""));
}

const each = (values, write) => Array.from(values, write);

// --- what stands on it ---------------------------------------------------------------------------------------------

/** Tells of a verdict as a page does: parties by the names that they gave themselves in the file. */
class PageTeller extends Teller {
  constructor(verdict, words, clocks) {
    super(verdict, words, Number.POSITIVE_INFINITY); // a page has no clock of its own
    this.clocks = clocks;
    this.own = new Map();
    for (const { kind, act } of verdict.acts) {
      if (kind !== "enrol") continue;
      const { text } = act.names.find(({ language }) => language === words.language) ?? act.names[0];
      this.own.set(act.by.party, text);
    }
  }

  name(party) {
    if (party === DEPOSITARY) return this.say("verdict.depositary");
    if (!this.own.has(party)) return this.say("page.unnamed", { party });
    return this.words.withArticle(shown(this.own.get(party)));
  }

  named(parties) {
    return this.words.listed(parties.map((party) => this.name(party)));
  }

  numbered(provisions) {
    if (provisions === null) return this.say("telling.all");
    const numbers = this.words.listed(provisions.map(String));
    return this.say(`telling.provision${provisions.length === 1 ? "" : "s"}`, { numbers });
  }

  opened() {
    return this.verdict.text.provisions.map(({ number }) => number);
  }

  /** The releases of other provisions of the same paper: then the page is context to what they show. */
  beside() {
    const whole = Array.from({ length: this.verdict.text.total }, (_, place) => place + 1).join();
    const scopeOf = (numbers) => (numbers === null ? whole : numbers.join()); // all, one by one, are the whole paper
    const others = this.verdict.acts.filter(
      ({ kind, act }) => kind === "release" && scopeOf(act.provisions) !== scopeOf(this.opened()),
    );
    return others.map(({ act, time }) => {
      const values = { party: this.name(act.by.party), what: this.numbered(act.provisions) };
      return this.say("page.beside", { time: this.clocks.instant(time), ...values });
    });
  }

  /** What each party did: the act, by whom, whose signature, its time on each clock, its entry. */
  rows() {
    const acts = this.verdict.acts.filter((found) => found.act !== null && found.kind !== "genesis" && !isRegisterAct(found));
    return acts.map((found) => {
      const { act, powers, time, index } = found;
      const signers = powers.map(({ name, office }) => [name, office].filter((part) => part !== "").join(", "));
      const signed = this.words.listed(signers.map((signer) => signer || this.say("names.unnamed-officer")));
      return {
        act: this.kindOf(found),
        party: this.name(act.by.party),
        signedBy: signed || this.say("page.by-itself"),
        time: `${this.clocks.day(time)} · ${this.clocks.hours(time, true)}`,
        entry: index,
      };
    });
  }

  kindOf({ kind, act }) {
    const name = this.words.term("acts", kind);
    if (kind === "deposit") return this.say("page.act-deposit");
    if (kind !== "release") return name;
    const audience = this.named(act.audience.parties) || this.say("telling.public");
    return `${name} · ${this.numbered(act.provisions)} · ${audience}`;
  }

  /** What a footnote needs. */
  cite({ digest, deposit }) {
    const entry = this.verdict.acts.find((found) => found.digest === digest);
    const [total, sender] = [this.verdict.text.total, this.name(deposit.by.party)];
    const to = this.named(deposit.recipients.map(({ party }) => party));
    const utc = new Clocks(this.words);
    return Object.entries({
      reference: this.designation(deposit),
      provisions: this.say("page.provisions-value", { numbers: ranges(this.opened()), total }),
      parties: this.say("page.parties-value", { sender, to }),
      "handed-in": utc.instant(entry.time, true),
      register: this.say("page.register-value", { log: this.verdict.log, entry: entry.index }),
      digits: digest,
      licence: this.say("page.licence-value"),
    }).map(([name, value]) => [this.say(`page.${name}`), value]);
  }

  designation({ role, in_reply_to: reply, standing }) {
    const name = this.words.term("roles", role);
    const designated = reply === null ? name : this.say("telling.in-reply-to-another", { role: name });
    return this.say("telling.what", { role: designated, standing: this.words.term("standings", standing) });
  }
}

// --- the page ------------------------------------------------------------------------------------------------------

/** Whether there is a page of this evidence: words are proven and released, and no sign of it could end its block. */
export function hasPage(evidence, { kind, text }) {
  return kind === "excerpt" && ["genuine", "incomplete"].includes(text.word) && !evidence.includes("<");
}

/** The clocks that the enrolments in the file name. */
export function zonesOf({ acts }) {
  return acts.filter(({ kind }) => kind === "enrol").map(({ act }) => act.zone);
}

/**
 * The page of an excerpt, of which `hasPage` said that there is one; `verdict` is the one without a trust file. `forms` are
 * the style and the editions of the words.
 */
export function writePage({ evidence, verdict, words, forms, clocks = new Clocks(words, zonesOf(verdict)) }) {
  const teller = new PageTeller(verdict, words, clocks);
  const { text } = html`<!doctype html>
<html lang="${words.language}" dir="ltr">
${head(teller, forms)}<body>
${header(teller)}<main>
${each(teller.beside(), (line) => html`<p class="fixed">${line}</p>\n`)}${answers(teller)}${provisions(teller)}${who(teller)}${
    terms(teller)
  }${check(teller)}${cite(teller)}</main>
<footer>
<p>${words.say("page.names")}</p>
<p>${words.say("page.foot", { version: VERSION })}</p>
</footer>
${new Markup(OPENING + evidence + CLOSING)}
</body>
</html>`;
  return text;
}

function titleOf(teller) {
  const party = teller.name(teller.verdict.papers[0].deposit.by.party);
  return teller.say(teller.beside().length > 0 ? "page.context-title" : "page.title", { party });
}

function head(teller, { style, editions }) {
  const rule = `'sha256-${toBase64(sha256(utf8(style)))}'`;
  return html`<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${`default-src 'none'; style-src ${rule}; form-action 'none'; base-uri 'none'`}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="parley-page" content="${`${VERSION} ${editions[teller.words.language]}`}">
<title>${titleOf(teller)}</title>
<style>${new Markup(style)}</style>
</head>
`;
}

function header(teller) {
  return html`<header>
${each(teller.alarms(), (line) => html`<p class="alarm" role="note">${line}</p>\n`)}<h1>${titleOf(teller)}</h1>
<p>${teller.say("page.called-a", { what: teller.designation(teller.verdict.papers[0].deposit) })}</p>
<p>${teller.say("page.vouch")} <a href="#check">${teller.say("page.check")}</a>.</p>
</header>
`;
}

function answers(teller) {
  const says = (lines) => each(lines, (line) => html`<dd>${line}</dd>\n`);
  return html`<section aria-labelledby="answers">
<h2 id="answers">${teller.say("page.answers")}</h2>
<dl class="answers">
<dt>${teller.say("answers.delivery")}</dt>
${says(teller.deliveries(teller.verdict.papers[0]))}<dt>${teller.say("answers.text")}</dt>
${says([teller.text()])}<dt>${teller.say("answers.release")}</dt>
${says(teller.release())}</dl>
<p class="fixed">${teller.say("meaning.agreement")}</p>
</section>
`;
}

function provisions(teller) {
  return html`<section aria-labelledby="shown">
<h2 id="shown">${teller.say("page.shown")}</h2>
${each(teller.provisions(), (row) => (row.gap === undefined ? provision(teller, row) : html`<p class="gap">[ ${row.gap} ]</p>\n`))}</section>
`;
}

function provision(teller, { number, name, names, place, language, raw, status, answers: lines }) {
  const steps = each(names, (step, at) => html`${at === 0 ? "" : " › "}${step}`);
  const called = html`<span lang="${language}" dir="auto">${steps}</span> <span class="small">(${place})</span>`;
  const words = raw === "" ? html`<p class="small">${teller.say("page.heading-only")}</p>` : html`<blockquote lang="${language}" dir="auto">${raw}</blockquote>`;
  return html`<article id="provision-${number}">
<h3>${names.length === 0 ? name : called}</h3>
${words}
${each([status, ...lines], (line) => html`<p class="small">${line}</p>\n`)}</article>
`;
}

function who(teller) {
  const row = ({ act, party, signedBy, time, entry }) => html`<li><strong>${act}</strong>
<dl>
<dt>${teller.say("page.party")}</dt><dd><bdi>${party}</bdi></dd>
<dt>${teller.say("page.signed-by")}</dt><dd><bdi>${signedBy}</bdi></dd>
<dt>${teller.say("page.time")}</dt><dd>${time}</dd>
<dt>${teller.say("page.entry")}</dt><dd>${entry}</dd>
</dl></li>
`;
  return html`<section aria-labelledby="who">
<h2 id="who">${teller.say("page.who")}</h2>
<ol class="acts">
${each(teller.rows(), row)}</ol>
</section>
`;
}

function terms(teller) {
  const { words, clocks } = teller;
  const { deposit } = teller.verdict.papers[0];
  const parties = [deposit.by.party, ...deposit.recipients.map(({ party }) => party)];
  const asked = termsLines(words, deposit.terms, { naming: (party) => teller.name(party), clocks });
  return html`<section aria-labelledby="terms">
<h2 id="terms">${teller.say("page.terms")}</h2>
<p>${termsHead(words, deposit.terms, parties)}</p>
<ul>
${items(asked)}</ul>
</section>
<section aria-labelledby="not-shown">
<h2 id="not-shown">${teller.say("page.not-shown")}</h2>
<ul>
${items(teller.notShown())}</ul>
</section>
`;
}

function items(lines) {
  return each(lines, (line) => html`<li>${line}</li>\n`);
}

function check(teller) {
  const number = ({ party, number: digits }) =>
    html`<dt><bdi>${`${teller.name(party)} (${party})`}</bdi></dt><dd class="mono">${digits}</dd>\n`;
  return html`<section aria-labelledby="check">
<h2 id="check">${teller.say("page.check")}</h2>
<ul>
${items([teller.say("page.check-program"), teller.say("page.check-browser")])}</ul>
<p>${teller.say("page.check-numbers")}</p>
<dl>
${each(teller.verdict.parties, number)}</dl>
</section>
`;
}

function cite(teller) {
  const rows = teller.cite(teller.verdict.papers[0]);
  return html`<section class="fixed" aria-labelledby="cite">
<h2 id="cite">${teller.say("page.cite")}</h2>
<dl>
${each(rows, ([name, value]) => html`<dt>${name}</dt><dd><bdi>${value}</bdi></dd>\n`)}</dl>
</section>
`;
}
