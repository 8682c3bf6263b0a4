// How long one excerpt takes: two parties, consent, a receipt, nine acts, three checkpoints; the first time and the median.
//
//   node test/bench.mjs

import { Trust } from "../policy.mjs";
import { verify } from "../verdict.mjs";
import { spoiled, trustText } from "./vectors.mjs";

const bytes = spoiled({ file: "excerpt", replace: [], drop: [] });
const trust = Trust.parse(trustText({ trust: "quorum" }));
const times = Array.from({ length: 31 }, () => {
  const began = performance.now();
  verify(bytes, trust);
  return performance.now() - began;
});
const median = times.slice(1).sort((one, other) => one - other)[15];
console.log(`${bytes.length} bytes: first ${times[0].toFixed(0)} ms, median of 30 more ${median.toFixed(0)} ms`);
