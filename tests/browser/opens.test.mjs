// The program opens: what the server sends is small, cached for ever by its name, and runs under a strict policy.

import assert from "node:assert/strict";
import { get } from "node:http";
import { after, before, test } from "node:test";
import { launch, newPage, startServer } from "./harness.mjs";

let server, browser;
before(async () => {
  server = await startServer();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

test("the page starts without anything inline and without an error", async () => {
  const page = await newPage(browser);
  const answer = await page.goto(server.url);
  const policy = answer.headers()["content-security-policy"];
  assert.match(policy, /script-src 'self' 'wasm-unsafe-eval'/);
  assert.doesNotMatch(policy, /unsafe-inline/);
  await page.locator("#opening").waitFor({ state: "detached" });
  assert.deepEqual(page.troubles, []);
});

test("every asset is precompressed and immutable", async () => {
  const html = await (await fetch(server.url)).text();
  const addresses = [...html.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map((found) => found[1]);
  assert.ok(addresses.length >= 4, html);
  for (const address of addresses) {
    const headers = await headersOf(`${server.url}${address}`);
    assert.equal(headers["content-encoding"], "br", address);
    assert.match(headers["cache-control"], /max-age=31536000.*immutable/, address);
  }
});

// `fetch` unpacks and forgets how the answer was packed.
function headersOf(url) {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers: { "accept-encoding": "br, gzip" } }, (answer) => {
      answer.resume();
      resolve(answer.headers);
    });
    request.on("error", reject);
  });
}
