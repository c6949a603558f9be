// Random requests, random acts: the engine natively and as WebAssembly give the same bytes after every one of them.
//
// fuzz.mjs SEED REQUESTS ACTS: request n walks ACTS acts from seed SEED + n. `cargo xtask fault` walks far, `cargo xtask
// test parity` a little; both say the seed, and the same seed walks the same way again.

import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const { walk } = await import(join(root, "target/parity/parity.js"));
const [seed, requests, acts] = process.argv.slice(2).map(Number);

console.log(`seed ${seed}: ${requests} requests, ${acts} acts each`);
for (let n = 0; n < requests; n += 1) {
  const [native, wasm] = [natively(seed + n), inWasm(seed + n)];
  if (native === wasm) continue;
  const [theirs, ours] = [native.split("\n"), wasm.split("\n")];
  const at = theirs.findIndex((line, index) => line !== ours[index]);
  console.error(`seed ${seed + n} (SEED ${seed + n} 1 ${acts}) differs at: native “${theirs[at]}”, wasm “${ours[at]}”`);
  process.exit(1);
}
console.log(`${requests * acts} acts, the same bytes`);

// Also a refusal must be the same.
function natively(from) {
  const ran = spawnSync(process.env.OMFUND_WALK, [from, acts].map(String), { encoding: "utf8", maxBuffer: 1 << 28 });
  if (ran.error) throw ran.error;
  if (ran.status === 0) return ran.stdout;
  console.error(ran.stderr);
  process.exit(1);
}

function inWasm(from) {
  return walk(BigInt(from), acts);
}
