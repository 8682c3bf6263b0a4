// Writes ../verify.html: one file with script, style and words inside, whose content rules name both by their SHA-256.
//
//   node build.mjs            writes it
//   node build.mjs --check    compares it with what would be written, and exits 1 when they differ

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { allForms } from "./forms.mjs";
import { allWords } from "./toml.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const OUT = new URL("../verify.html", import.meta.url);

/** What is read at build, as modules: the very sentences of words/public, and the forms of the page of an excerpt. */
const READ = { "words:all": allWords, "forms:all": allForms };
const modules = {
  name: "read at build",
  setup(builder) {
    builder.onResolve({ filter: /^[a-z]+:all$/ }, ({ path }) => ({ path, namespace: "read" }));
    builder.onLoad({ filter: /.*/, namespace: "read" }, ({ path }) => ({ contents: JSON.stringify(READ[path]()), loader: "json" }));
  },
};

function read(name) {
  return readFileSync(new URL(name, import.meta.url), "utf8");
}

function digest(text) {
  return createHash("sha256").update(text, "utf8").digest("base64");
}

async function bundle() {
  const made = await build({
    absWorkingDir: HERE,
    entryPoints: ["main.mjs"],
    bundle: true,
    charset: "utf8",
    format: "iife",
    legalComments: "eof",
    minify: true,
    plugins: [modules],
    target: ["chrome111", "firefox119", "safari16.4"],
    write: false,
  });
  const [{ text }] = made.outputFiles;
  if (/<\/script|<!--/i.test(text)) throw new Error("the script would end its own element");
  return text;
}

const script = await bundle();
const style = read("verify.css");
const parts = { script, style, "script-digest": digest(script), "style-digest": digest(style) };
const page = read("verify.template.html").replace(/\{([a-z-]+)\}/g, (_, name) => parts[name]);

if (process.argv.includes("--check")) {
  if (readFileSync(OUT, "utf8") !== page) {
    console.error("src/parley/record/verify.html is not what its sources make. Write it anew: npm run build");
    process.exit(1);
  }
} else writeFileSync(OUT, page);
