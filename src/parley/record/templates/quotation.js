"use strict";
// Paste a quotation: the one script of a record. It compares what is pasted with the provisions on this page, here and
// nowhere else, and says it as text. The rule, from here to the next line of dashes, is that of the verifier.
// -----
const HAN = "\\p{Script=Han}"; // written without spaces: each sign is a word
const LETTERS = `(?:(?!${HAN})[\\p{L}\\p{N}\\p{M}])+`;
const WORD = new RegExp(`${HAN}|${LETTERS}(?:['-]${LETTERS})*`, "gu");
const NEAR = 0.4; // of the words of a quotation, at most so many may differ
const MOST_STEPS = 20_000_000; // words of the quotation times words of a provision

/** The words of a text, compared in NFC with one kind of apostrophe and hyphen. */
function wordsOf(text) {
  const plain = text.normalize("NFC").replaceAll("\u00ad", "").replaceAll("’", "'").replaceAll("‑", "-");
  return Array.from(plain.matchAll(WORD), ([word]) => word);
}

/**
 * The stretch of `words` nearest to `quoted`, by insertions, removals and changes of words, and how each word fares:
 * a list of [kind, word], kind one of "same", "quoted", "there".
 */
function align(quoted, words) {
  const width = words.length + 1;
  const cost = [new Uint16Array(width)]; // a quotation may begin anywhere in the provision, at no cost
  for (let row = 1; row <= quoted.length; row += 1) {
    const [above, own] = [cost[row - 1], new Uint16Array(width)];
    own[0] = row;
    for (let at = 1; at < width; at += 1) {
      const changed = above[at - 1] + (quoted[row - 1] === words[at - 1] ? 0 : 1);
      own[at] = Math.min(changed, above[at] + 1, own[at - 1] + 1);
    }
    cost.push(own);
  }
  const last = cost[quoted.length];
  let end = 0;
  for (let at = 1; at < width; at += 1) if (last[at] < last[end]) end = at;
  return { differ: last[end], parts: trace(cost, quoted, words, end) };
}

function trace(cost, quoted, words, end) {
  const parts = [];
  let [row, at] = [quoted.length, end];
  while (row > 0) {
    const same = at > 0 && quoted[row - 1] === words[at - 1];
    if (at > 0 && cost[row][at] === cost[row - 1][at - 1] + (same ? 0 : 1)) {
      if (same) parts.push(["same", words[at - 1]]);
      else parts.push(["there", words[at - 1]], ["quoted", quoted[row - 1]]);
      row -= 1;
      at -= 1;
    } else if (at > 0 && cost[row][at] === cost[row][at - 1] + 1) {
      parts.push(["there", words[at - 1]]);
      at -= 1;
    } else {
      parts.push(["quoted", quoted[row - 1]]);
      row -= 1;
    }
  }
  return parts.reverse();
}

/**
 * Where a quotation stands: {found: "same" | "near" | "absent" | "empty" | "long", number, differ, parts}. An ellipsis in it is
 * not filled in: quote what is meant to be one piece.
 */
function compareQuotation(quotation, provisions) {
  const quoted = wordsOf(quotation);
  if (quoted.length === 0) return { found: "empty" };
  let best = null;
  for (const { number, words: text } of provisions) {
    const words = wordsOf(text);
    if (quoted.length * words.length > MOST_STEPS) return { found: "long" };
    const found = align(quoted, words);
    if (best === null || found.differ < best.differ) best = { number, ...found };
  }
  if (best === null || best.differ > quoted.length * NEAR) return { found: "absent" };
  return { found: best.differ === 0 ? "same" : "near", ...best };
}
// -----

const box = document.getElementById("quotation");
if (box !== null) {
  const found = document.getElementById("found");
  const pasted = document.getElementById("quoted");
  const provisions = Array.from(document.querySelectorAll("article.provision"), (article) => ({
    number: article.dataset.number,
    words: article.querySelector("blockquote")?.textContent ?? "",
  }));

  const line = (text) => {
    const element = document.createElement("p");
    element.textContent = text;
    return element;
  };
  const piece = (name, label, text) => {
    const element = document.createElement(name);
    if (label !== "") element.setAttribute("aria-label", `${label} ${text}`);
    element.textContent = text;
    return element;
  };
  const differing = (parts) => {
    const element = document.createElement("p");
    for (const [kind, word] of parts) {
      if (kind === "same") element.append(word, " ");
      else if (kind === "quoted") element.append(piece("del", box.dataset.quoted, word), " ");
      else element.append(piece("ins", box.dataset.there, word), " ");
    }
    return element;
  };
  const answer = (result) => {
    const said = box.dataset[result.found].replace("{number}", result.number).replace("{count}", result.differ);
    found.replaceChildren(line(said));
    if (result.found === "near") found.append(differing(result.parts), line(box.dataset.key));
  };

  document.getElementById("compare").addEventListener("click", () => answer(compareQuotation(pasted.value, provisions)));
  box.hidden = false;
  document.getElementById("quote-plain").hidden = true;
}
