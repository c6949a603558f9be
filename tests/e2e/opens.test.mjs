// The web app opens: what the server sends is compressed, cached for ever by its name, and runs under a strict policy.

import assert from "node:assert/strict";
import { get } from "node:http";
import { leaveFor, signIn, test } from "./harness.mjs";
import { PASSWORD, SERVER_DOWN, openAs } from "./request_page.mjs";

test("the page starts without anything inline and without an error", async (world) => {
  const page = await world.newPage();
  const reply = await page.goto(world.server.url);
  const policy = reply.headers()["content-security-policy"];
  assert.match(policy, /script-src 'self' 'wasm-unsafe-eval'/);
  assert.doesNotMatch(policy, /unsafe-inline/);
  await page.locator("#opening").waitFor({ state: "detached" });
});

test("no text becomes HTML that runs, nor the address of a script", async (world) => {
  world.expectTrouble(/Trusted ?(HTML|Script|Type)/i, /Content Security Policy/);
  const page = await openAs(world, "water.filler");
  const refused = await page.evaluate(() => {
    const attempts = {
      handler: () => (document.createElement("div").innerHTML = '<img src="x" onerror="window.ran = true">'),
      script: () => (document.createElement("div").innerHTML = "<script>window.ran = true</script>"),
      address: () => (document.createElement("script").src = "/assets/other.js"),
      policy: () => trustedTypes.createPolicy("other", { createHTML: (html) => html }),
      code: () => setTimeout("window.ran = true"),
    };
    const throws = ([, attempt]) => {
      try {
        attempt();
        return false;
      } catch {
        return true;
      }
    };
    return Object.entries(attempts).filter(throws).map(([name]) => name);
  });
  assert.deepEqual(refused, ["handler", "script", "address", "policy", "code"]);
  assert.equal(await page.evaluate(() => window.ran), undefined);
});

test("every asset is precompressed and immutable", async ({ server }) => {
  const html = await (await fetch(server.url)).text();
  const paths = [...html.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map((found) => found[1]);
  assert.ok(paths.length >= 4, html);
  for (const path of paths) {
    const headers = await headersOf(`${server.url}${path}`);
    assert.equal(headers["content-encoding"], "br", path);
    assert.match(headers["cache-control"], /max-age=31536000.*immutable/, path);
    assert.equal(headers["x-content-type-options"], "nosniff", path);
    // A browser can show or run everything but WebAssembly by itself, so only that goes without the policy.
    assert.equal("content-security-policy" in headers, !path.endsWith(".wasm"), path);
  }
});

test("once opened, the web app opens again from the device while the server is down, with all its chunks", async (world) => {
  const page = await openAs(world, "water.filler");
  // The service worker has stored everything once it is in charge.
  await page.evaluate(() => navigator.serviceWorker.ready);
  const stored = await page.evaluate(async () => {
    const [name] = await caches.keys();
    return (await (await caches.open(name)).keys()).map((request) => new URL(request.url).pathname);
  });
  const chunks = stored.filter((path) => /\/assets\/chunk-.*\.wasm$/.test(path));
  assert.ok(stored.includes("/") && chunks.length >= 4, stored.join(" "));

  world.expectTrouble(SERVER_DOWN);
  await world.server.halt();
  await leaveFor(page);
  await page.getByText("正在连接服务器").waitFor();
  await world.server.restart();
  await page.getByText("待我办理").waitFor();
});

test("a chunk that does not arrive says so and is loaded when asked for again", async (world) => {
  world.expectTrouble(/chunk-split_office/, /Failed to fetch/);
  const page = await world.newPage({ serviceWorkers: "block" });
  const chunk = "**/assets/chunk-split_office*";
  await page.route(chunk, (route) => route.abort());
  await page.goto(world.server.url);
  await signIn(page, "bureau.leader", PASSWORD);
  await page.getByRole("link", { name: "整体预算" }).click();
  await page.getByText("这部分没有下载到").waitFor();
  await page.unroute(chunk);
  await page.getByRole("button", { name: "重试" }).click();
  await page.getByRole("heading", { name: /整体运维预算/ }).waitFor();
});

// `fetch` decompresses and hides how the reply was compressed.
function headersOf(url) {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers: { "accept-encoding": "br, gzip" } }, (reply) => {
      reply.resume();
      resolve(reply.headers);
    });
    request.on("error", reject);
  });
}
