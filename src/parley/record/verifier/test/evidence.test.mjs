// Every evidence file of the vectors, whole and spoiled: the same result, the same class of failure, the same code.

import assert from "node:assert/strict";
import test from "node:test";
import { Trust } from "../policy.mjs";
import { verify } from "../verdict.mjs";
import { outcome, spoiled, trustText, vectors } from "./vectors.mjs";

const { cases } = vectors("evidence/cases.json");

for (const one of cases) {
  test(one.name, () => {
    const text = trustText(one);
    const got = outcome(() => verify(spoiled(one), text === null ? null : Trust.parse(text)));
    const found = { expect: got.code === null ? got.found.result : got.expect, code: got.code };
    assert.deepEqual(found, { expect: one.expect, code: one.code });
    if (got.code !== null || one.answers === undefined) return;
    const { release, papers, conviction, text: words, notShown } = got.found;
    const delivery = papers.flatMap((paper) => paper.delivery.map(({ word, party }) => `${word}: ${party}`));
    assert.deepEqual(
      {
        text: words?.word ?? null,
        release: release?.word ?? null,
        parties: release?.parties ?? [],
        missing: release?.missing ?? [],
        delivery,
        not_shown: notShown.map(({ code }) => code),
        crime: conviction?.crime ?? null,
        rule: conviction?.rule ?? null,
      },
      one.answers,
    );
  });
}

test("one byte changed anywhere: refused, or the same verdict", () => {
  const whole = spoiled({ file: "excerpt", replace: [], drop: [] });
  const trust = Trust.parse(trustText({ trust: "quorum" }));
  const plain = (found) => JSON.stringify([found.result, found.text?.word, found.release, found.papers[0]?.delivery], (_, value) =>
    typeof value === "bigint" ? value.toString() : value);
  const wanted = plain(verify(whole, trust));
  for (let at = 7; at < whole.length; at += 1009) {
    const bytes = whole.slice();
    bytes[at] ^= 1;
    const got = outcome(() => verify(bytes, trust));
    if (got.code !== null) continue;
    const same = plain(got.found) === wanted;
    assert.ok(same || got.found.text.word === "not proven", `byte ${at}`);
  }
});
