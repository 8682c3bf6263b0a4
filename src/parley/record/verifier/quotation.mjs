// A quotation against the provisions that were released: word for word, nearly, or not there. Words are compared, in
// their case; quotation marks, other punctuation and spaces are not. It says nothing of what was not released.

const HAN = "\\p{Script=Han}"; // written without spaces: each sign is a word
const LETTERS = `(?:(?!${HAN})[\\p{L}\\p{N}\\p{M}])+`;
const WORD = new RegExp(`${HAN}|${LETTERS}(?:['-]${LETTERS})*`, "gu");
const NEAR = 0.4; // of the words of a quotation, at most so many may differ
const MOST_STEPS = 20_000_000; // words of the quotation times words of a provision

/** The words of a text, compared in NFC with one kind of apostrophe and hyphen. */
export function wordsOf(text) {
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
export function compareQuotation(quotation, provisions) {
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
