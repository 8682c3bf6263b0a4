// A browser that does what it is told, a line of JSON at a time, and answers each with a line of JSON.
//
//   {"do": "open", "file": "/…/page.html", "width": 360}      → {"is": null}
//   {"do": "axe"}                                             → {"is": [{"rule": …, "where": …}, …]}
//
// It starts /usr/bin/chromium, or what PARLEY_CHROMIUM names. Each page has a profile of its own, and no network; what it
// asks for and what it complains of is kept, to be asked for with "seen".

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const browser = await chromium.launch({
  executablePath: process.env.PARLEY_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"], // the tests may run as root, as they do in a container
});
let context = null;
let page = null;
let seen = null;
let asked = null;

const deeds = {
  /** Open a file in a window of this width, with this language; `script` false is a browser that runs none. */
  async open({ file, width = 1000, language = "en", script = true, colours = "light" }) {
    await context?.close();
    context = await browser.newContext({
      viewport: { width, height: 800 },
      locale: language,
      javaScriptEnabled: script,
      colorScheme: colours,
    });
    await context.setOffline(true);
    page = await context.newPage();
    seen = { requests: [], complaints: [] };
    context.on("request", (request) => seen.requests.push(request.url()));
    page.on("console", (message) => seen.complaints.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => seen.complaints.push(String(error)));
    page.on("filechooser", (chooser) => asked?.(chooser)); // heard from the beginning: the first key may ask
    await page.goto(pathToFileURL(file).href);
  },

  /** Everything that was asked for, and everything the console has to say. */
  seen: async () => seen,

  /** What a reader can see of an element. */
  text: async ({ where = "body" }) => page.locator(where).first().innerText(),
  count: async ({ where }) => page.locator(where).filter({ visible: true }).count(),

  /** Put a file where files are dropped. */
  async drop({ where, name, data }) {
    const carried = await page.evaluateHandle(
      ([called, base64]) => {
        const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
        const transfer = new DataTransfer();
        transfer.items.add(new File([bytes], called));
        return transfer;
      },
      [name, data],
    );
    for (const event of ["dragenter", "dragover", "drop"]) await page.dispatchEvent(where, event, { dataTransfer: carried });
  },

  /** Drop a file: how many milliseconds until the page has written down what it found. */
  dropTimed: async ({ where, found, name, data }) =>
    page.evaluate(
      async ([target, written, called, base64]) => {
        const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([bytes], called));
        const done = new Promise((heard) => {
          const watching = new MutationObserver(() => heard(performance.now()));
          watching.observe(document.querySelector(written), { childList: true });
        });
        const began = performance.now();
        document.querySelector(target).dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
        return (await done) - began;
      },
      [where, found, name, data],
    ),

  /** Do nothing for a while. */
  rest: async ({ milliseconds }) => page.waitForTimeout(milliseconds),

  /** Press keys, one after the other. */
  async press({ keys }) {
    for (const key of keys) await page.keyboard.press(key);
  },
  type: async ({ text }) => page.keyboard.type(text),

  /** Press a key that asks for a file, and choose this one. */
  async choose({ key, file }) {
    const chooser = new Promise((heard, failed) => {
      asked = heard;
      setTimeout(failed, 20_000, new Error(`${key} asks for no file`)).unref();
    });
    await page.keyboard.press(key);
    await (await chooser).setFiles(file);
  },

  /** What has the keyboard: its id or text, and whether one can see that it has it. */
  focused: async () =>
    page.evaluate(() => {
      const here = document.activeElement;
      const shown = document.querySelector(`label[for="${here.id}"]`) ?? here;
      const rings = [here, shown].map((each) => getComputedStyle(each));
      return {
        tag: here.tagName.toLowerCase(),
        id: here.id,
        text: here.innerText,
        ring: rings.some(({ outlineStyle, outlineWidth }) => outlineStyle !== "none" && outlineWidth !== "0px"),
      };
    }),

  /** Wait until an element shows this text. */
  wait: async ({ where, text }) => page.locator(where).filter({ hasText: text }).first().waitFor({ timeout: 20_000 }),

  /** How far the page is wider than its window, and what sticks out; not what can be moved within its own frame. */
  overflow: async () =>
    page.evaluate(() => {
      const width = document.documentElement.clientWidth;
      const framed = (each) => {
        for (let above = each.parentElement; above && above !== document.body; above = above.parentElement) {
          if (["auto", "scroll"].includes(getComputedStyle(above).overflowX)) return true;
        }
        return false;
      };
      const out = [...document.querySelectorAll("body *")].filter((each) => {
        const box = each.getBoundingClientRect();
        return box.width > 1 && box.right > width + 1 && !framed(each);
      });
      return { by: document.documentElement.scrollWidth - width, what: out.map((each) => each.tagName) };
    }),

  /** How many sheets the page is when it is printed: of the paper that it asks for, or of another, such as "Letter". */
  async sheets({ paper = null }) {
    const pdf = await page.pdf(paper === null ? { preferCSSPageSize: true } : { format: paper });
    return pdf.toString("latin1").match(/\/Type\s*\/Page\b/g).length;
  },

  /** Texts of drawings that run into one another or out of their drawing. */
  crossed: async () =>
    page.evaluate(() => {
      const found = [];
      for (const drawing of document.querySelectorAll("svg")) {
        const within = drawing.getBoundingClientRect();
        const texts = Array.from(drawing.querySelectorAll("text"), (each) => [each.textContent, each.getBoundingClientRect()]);
        for (const [place, [words, box]] of texts.entries()) {
          if (box.left < within.left - 1 || box.right > within.right + 1) found.push(words);
          for (const [others, other] of texts.slice(place + 1)) {
            const beside = box.right + 2 <= other.left || other.right + 2 <= box.left;
            if (!beside && Math.abs(box.top - other.top) < 3) found.push(`${words} / ${others}`);
          }
        }
      }
      return found;
    }),

  /** Words of tables that a line's end breaks inside. */
  broken: async () =>
    page.evaluate(() => {
      const found = [];
      const walk = (node) => {
        for (const child of node.childNodes) walk(child);
        if (node.nodeType !== Node.TEXT_NODE) return;
        for (const { 0: word, index } of node.data.matchAll(/[\p{L}\p{N}]+/gu)) {
          const range = document.createRange();
          range.setStart(node, index);
          range.setEnd(node, index + word.length);
          if (new Set(Array.from(range.getClientRects(), (box) => Math.round(box.top))).size > 1) found.push(word);
        }
      };
      for (const table of document.querySelectorAll("table")) walk(table);
      return found;
    }),

  /** Frames with more in them than they show, and whether their edge says so. */
  moved: async () =>
    page.evaluate(() =>
      Array.from(document.querySelectorAll(".wide"))
        .filter((each) => each.scrollWidth > each.clientWidth)
        .map((each) => ({ what: each.firstElementChild.tagName, seen: getComputedStyle(each).backgroundAttachment.includes("local") })),
    ),

  /** What axe finds, also on the page as it is printed. */
  async axe({ printed = false }) {
    await page.emulateMedia({ media: printed ? "print" : "screen" });
    await page.evaluate(AXE);
    const found = await page.evaluate((values) => globalThis.axe.run(document, { runOnly: { type: "tag", values } }), RULES);
    if (found.passes.length === 0) throw new Error("axe looked at nothing");
    return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => ({ rule: id, where: node.html, why: node.failureSummary })));
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { do: deed, ...given } = JSON.parse(line);
  let answer;
  try {
    answer = { is: (await deeds[deed](given)) ?? null };
  } catch (error) {
    answer = { failed: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await browser.close();
