// The program opens: what the server sends is small, cached for ever by its name, and runs under a strict policy.

import assert from "node:assert/strict";
import { get } from "node:http";
import { test } from "node:test";
import { newPage, signIn, startServer } from "./harness.mjs";
import { browser, server } from "./started.mjs";

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
    assert.equal(headers["x-content-type-options"], "nosniff", address);
    // What a browser could show or run by itself is bound by the policy; the program is not sent more than it needs.
    assert.equal("content-security-policy" in headers, !address.endsWith(".wasm"), address);
  }
});

test("once opened, the program opens again from the device while the server is away, with all its parts", async () => {
  const own = await startServer();
  try {
    const page = await newPage(browser);
    await page.goto(own.url);
    await signIn(page, "water.filler", "yunwei-2024");
    // Kept on the device once the worker is in charge.
    await page.evaluate(() => navigator.serviceWorker.ready);
    const kept = await page.evaluate(async () => {
      const [name] = await caches.keys();
      return (await (await caches.open(name)).keys()).map((request) => new URL(request.url).pathname);
    });
    const parts = kept.filter((path) => /\/assets\/part-.*\.wasm$/.test(path));
    assert.ok(kept.includes("/") && parts.length >= 4, kept.join(" "));

    await own.halt();
    await page.reload();
    await page.getByText("正在连接服务器").waitFor();
    await own.restart();
    await page.getByText("待我办理").waitFor();
    assert.deepEqual(page.troubles, []);
  } finally {
    await own.stop();
  }
});

test("a part that does not arrive says so and comes when asked again", async () => {
  const page = await newPage(browser, { serviceWorkers: "block" });
  const office = "**/assets/part-split_office*";
  await page.route(office, (route) => route.abort());
  await page.goto(server.url);
  await signIn(page, "bureau.leader", "yunwei-2024");
  await page.getByRole("link", { name: "整体预算" }).click();
  await page.getByText("这部分没有下载到").waitFor();
  await page.unroute(office);
  await page.getByRole("button", { name: "重试" }).click();
  await page.getByRole("heading", { name: /整体运维预算/ }).waitFor();
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
