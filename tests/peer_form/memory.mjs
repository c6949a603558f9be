// What the process of each page holds, printed as a table: of the pages and sizes of the harness's last run.
// Started in the harness's folder with the folder of our page and, where it is not the usual one, the browser.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const HOW = `### The page's own process

\`private MB\` above is of the renderer that used the most processor time. A browser that shows its own address bar in a
renderer has one that used half a second before any page is asked for: where a page needs less, the column tells of the
browser, alike for every such page. Here is the renderer that shows the page, in MB, counted as the harness counts it, after
two collections at rest, the median of three starts; in brackets what of it are pages of files that no other process has
mapped at that moment (the browser's own code, fonts), which the system takes back when it needs the room. Of the pages
that were ready within 2.5 s in that run.
`;
const STARTS = 3;
const SLOWEST_MS = 2500;
const RESTS_MS = 1200;

const harness = (file) => import(pathToFileURL(join(process.cwd(), file)));
const [{ launch }, { serve }, { PEERS }] = await Promise.all(
  ["lib/measure.mjs", "lib/server.mjs", "lib/peers.mjs"].map(harness),
);
const [ours, chromium = "/usr/bin/chromium"] = process.argv.slice(2);
const run = JSON.parse(readFileSync("results/latest.json", "utf8"));

const peer = (id) => PEERS.find((one) => one.id === id) ?? { id, folder: ours };
const folder = (one) => one.folder ?? join(process.cwd(), "dist", one.dir ?? one.id);
const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

function held(process) {
  const rollup = readFileSync(`/proc/${process}/smaps_rollup`, "utf8");
  const megabytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(rollup)[1]) / 1024;
  const files = megabytes("Private_Clean");
  return { all: files + megabytes("Private_Dirty"), files };
}

async function measured(url) {
  const browser = await launch(chromium);
  try {
    const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
    await page.goto(url);
    await page.waitForTimeout(RESTS_MS);
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("HeapProfiler.enable");
    await devtools.send("HeapProfiler.collectGarbage");
    await devtools.send("HeapProfiler.collectGarbage");
    const { processInfo } = await (await browser.newBrowserCDPSession()).send("SystemInfo.getProcessInfo");
    const own = (id) => readFileSync(`/proc/${id}/cmdline`, "utf8").includes("--top-chrome-webui");
    const renderers = processInfo.filter((process) => process.type === "renderer" && !own(process.id));
    return held(renderers.toSorted((a, b) => b.cpuTime - a.cpuTime)[0].id);
  } finally {
    await browser.close();
  }
}

const usable = run.results.filter((result) => {
  const ready = result.runs.map((one) => one.ready).filter(Number.isFinite);
  return ready.length > 0 && median(ready) <= SLOWEST_MS;
});
const ids = [...new Set(usable.map((result) => result.peer))];
const sizes = [...new Set(usable.map((result) => result.n))].sort((a, b) => a - b);
const server = await serve(Object.fromEntries(ids.map((id) => [id, folder(peer(id))])));
const found = new Map();
for (let start = 0; start < STARTS; start++) {
  for (const { peer: id, n } of usable) {
    const query = `n=${n}&set=default&${peer(id).query ?? ""}`;
    const key = `${id} ${n}`;
    found.set(key, [...(found.get(key) ?? []), await measured(`http://127.0.0.1:${server.port}/${id}/index.html?${query}`)]);
  }
}
server.close();

const cell = (all) => (all ? ` ${median(all.map((one) => one.all)).toFixed(1)} (${median(all.map((one) => one.files)).toFixed(1)}) |` : " |");
const rows = ids.map((id) => `| ${id} |${sizes.map((n) => cell(found.get(`${id} ${n}`))).join("")}`);
console.log(`${HOW}
| peer |${sizes.map((n) => ` n = ${n} |`).join("")}
| --- |${" ---: |".repeat(sizes.length)}
${rows.join("\n")}`);
process.exit(0);
