// The engine gives the same bytes natively and as WebAssembly, and the figures and findings of the worked cases.
//
// `cargo xtask test parity` compiles both sides first and says where the native one is (OMFUND_BIN).

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const cases = join(root, "tests/cases");
const { check, play } = await import(join(root, "target/parity/parity.js"));

const names = readdirSync(cases).filter((name) => existsSync(join(cases, name, "request.json")));

for (const name of names) {
  test(`${name}: native and wasm agree to the byte`, () => {
    const request = join(cases, name, "request.json");
    const wasm = check(readFileSync(request, "utf8"));
    const native = execFileSync(process.env.OMFUND_BIN, ["check", request], {
      encoding: "utf8",
      maxBuffer: 64 << 20,
    });
    assert.ok(wasm.trimEnd() === native.trimEnd(), "the two outputs differ");
  });

  test(`${name}: the worked figures and findings`, () => {
    const figures = JSON.parse(check(readFileSync(join(cases, name, "request.json"), "utf8")));
    const expected = JSON.parse(readFileSync(join(cases, name, "expected.json"), "utf8"));
    assert.deepEqual(figures, expected);
  });
}

const scripts = readdirSync(cases).filter((name) => existsSync(join(cases, name, "script.json")));

for (const name of scripts) {
  test(`${name}: native and wasm play the script alike, to the last 分`, () => {
    const script = join(cases, name, "script.json");
    const wasm = play(readFileSync(script, "utf8"));
    const native = execFileSync(process.env.OMFUND_BIN, ["play", script], { encoding: "utf8", maxBuffer: 64 << 20 });
    assert.ok(wasm.trimEnd() === native.trimEnd(), "the two outputs differ");
    assert.deepEqual(JSON.parse(wasm), JSON.parse(readFileSync(join(cases, name, "expected.json"), "utf8")));
  });
}

test("a refusal is the same sentence", () => {
  assert.throws(() => check("{}"), /^fiscal_year：应为年份$/);
});
