// The first load of a request over a slow line: what is transferred up to the first field that can be typed in, how long
// that takes on a device that was never here, and on one that keeps the program.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { launch, newPage, startServer } from "../e2e/harness.mjs";
import { report, reportTimes, root } from "./figures.mjs";

const PART = "First load";
const REPETITIONS = Number(process.env.OMFUND_BENCH_REPETITIONS ?? 5);
const PROBE = readFileSync(join(root, "tests/bench/probe.js"), "utf8");
const ACCOUNT = { account: "water.filler", password: "yunwei-2024" };
// 10 Mbit/s, 40 ms.
const LINE = { offline: false, latency: 40, downloadThroughput: 10_000_000 / 8, uploadThroughput: 10_000_000 / 8 };
const MOST = [["wasm", ".wasm", 450], ["JS", ".js", 40], ["CSS", ".css", 25]];

const server = await startServer();
try {
  const cookies = [await signedIn()];
  const [cold, warm] = [[], []];
  let transferred;
  for (let n = 0; n < REPETITIONS; n += 1) {
    const browser = await launch();
    try {
      const page = await newPage(browser, { width: 1920, height: 1080 });
      await page.context().addCookies(cookies);
      const first = await opened(page);
      transferred ??= first.transferred;
      cold.push(first.time);
      await page.evaluate(() => navigator.serviceWorker.ready);
      warm.push((await opened(await page.context().newPage())).time);
    } finally {
      await browser.close();
    }
  }
  sizes(transferred);
  reportTimes(PART, "navigation → first editable field, 10 Mbit/s with 40 ms, never here before", cold, 2_500);
  reportTimes(PART, "the same, program kept by the service worker", warm, 800);
} finally {
  await server.stop();
}

async function signedIn() {
  const headers = { "content-type": "application/json", origin: server.url };
  const answer = await fetch(`${server.url}/api/session`, { method: "POST", headers, body: JSON.stringify(ACCOUNT) });
  const [name, ...value] = answer.headers.get("set-cookie").split(";")[0].split("=");
  return { name, value: value.join("="), url: server.url };
}

// Opens the request over the slow line, up to the first editable field.
async function opened(page) {
  await page.addInitScript(PROBE);
  const cdp = await page.context().newCDPSession(page);
  const [addresses, transferred] = [new Map(), new Map()];
  cdp.on("Network.requestWillBeSent", ({ requestId, request }) => addresses.set(requestId, new URL(request.url).pathname));
  cdp.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    transferred.set(addresses.get(requestId), encodedDataLength);
  });
  await cdp.send("Network.enable");
  await cdp.send("Network.emulateNetworkConditions", LINE);
  await page.goto(`${server.url}/requests/water-2024`, { waitUntil: "commit" });
  await page.waitForFunction(() => omfundProbe.editable);
  const time = await page.evaluate(() => omfundProbe.editable);
  return { time, transferred: new Map(transferred) };
}

function sizes(transferred) {
  const manifest = Object.values(JSON.parse(readFileSync(join(root, "target/dist/manifest.json"), "utf8")));
  const kilobytes = (bytes) => (bytes / 1000).toFixed(1);
  const sum = (sizes) => sizes.reduce((all, size) => all + size, 0);
  for (const [kind, ending, most] of MOST) {
    const wire = sum([...transferred].filter(([address]) => address?.endsWith(ending)).map(([, bytes]) => bytes));
    const whole = sum(manifest.filter(({ file }) => file.endsWith(ending)).map(({ brotli }) => brotli));
    const measured = `${kilobytes(wire)} KB (the whole product: ${kilobytes(whole)} KB)`;
    report(PART, `${kind}, Brotli, on the wire`, `≤ ${most} KB`, measured, wire > 0 && wire <= most * 1000);
  }
}
