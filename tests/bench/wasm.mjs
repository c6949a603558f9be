// The engine as the browser runs it: the very module of the parity tests, timed under Node.
//
// Apart from the browser's figures because no page, no frame and no server is in these.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { report, reportTimes, root } from "./figures.mjs";

const { Large, memory_bytes: memoryBytes } = await import(join(root, "target/parity/parity.js"));
const request = readFileSync(join(root, "tests/cases/large-5000/request.json"), "utf8");
const part = "Engine, wasm (Node)";

const expected = JSON.parse(readFileSync(join(root, "tests/cases/large-5000/expected.json"), "utf8"));

const large = new Large(request);
if (large.validate_all() !== expected.findings.length) throw new Error("the findings are not the worked ones");
const [validated, busy] = [[], []];
for (let n = 0; n < 20; n += 1) {
  const before = process.cpuUsage();
  timed(validated, () => large.validate_all());
  const { user, system } = process.cpuUsage(before);
  busy.push((user + system) / 1000);
}
reportTimes(part, "validate all: every cell, every rule, every finding in words", validated);
// Other work on the machine is in the time on the clock, not in this.
reportTimes(part, "validate all, CPU time", busy, 120);

const opened = memoryBytes();
reportTimes(part, "one edit of a unit price", repeat(1_000, (n) => large.type_price(`${10_000 + n}.5`)));
reportTimes(part, "undo of one edit", repeat(1_000, () => large.undo()));

const block = large.block();
const [pasted, takenBack] = [[], []];
for (let n = 0; n < 5; n += 1) {
  const changed = timed(pasted, () => large.paste(block));
  if (changed !== 10_000) throw new Error(`the paste changed ${changed} cells instead of 10 000`);
  timed(takenBack, () => large.undo());
}
reportTimes(part, "paste 1 000 × 10", pasted);
reportTimes(part, "undo of that paste", takenBack);

const [merged, compared] = [[], []];
for (let n = 0; n < 5; n += 1) {
  const other = new Large(request);
  if (timed(merged, () => other.merge()) !== 100) throw new Error("not every conflict was named");
  other.keep();
  if (timed(compared, () => other.differing()) !== 900) throw new Error("the difference is another");
  other.free();
}
reportTimes(part, "merge 500 + 500 edits, 100 of them conflicts", merged, 50);
reportTimes(part, "difference of two versions", compared, 30);

const used = memoryBytes();
large.free();
for (let n = 0; n < 20; n += 1) new Large(request).free();
const grown = memoryBytes() / used - 1;
const sizes = [opened, used, memoryBytes()].map((bytes) => (bytes / 1e6).toFixed(1)).join(" → ");
report(part, "memory: open → 1 000 edits, 5 pastes, all undone → 20 more openings", "last step < 5 %", `${sizes} MB`, grown < 0.05);

function repeat(times, act) {
  const took = [];
  for (let n = 0; n < times; n += 1) timed(took, () => act(n));
  return took;
}

function timed(into, act) {
  const from = performance.now();
  const result = act();
  into.push(performance.now() - from);
  return result;
}
