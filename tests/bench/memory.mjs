// Memory of the request page used for a long day: cells typed into and taken back, the request left and opened again.

import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { launch } from "./pipe.mjs";

const TABLE = "hardware";
const FIELD = "unit_value";
const OPENINGS = 20;
const EDITS = 1_000;
// After this the device has its copy and everything typed is delivered.
const SETTLED_MS = 3_000;
const HEADING = `[data-section="${TABLE}"]`;
const ROWS = `[data-viewport="${TABLE}"] [data-row]`;

// `site`: { url, cookies } of the page; each of the two days begins in a browser of its own.
export async function longDay(site) {
  return { edited: await inBrowser(site, edit), reopened: await inBrowser(site, reopen) };
}

async function inBrowser(site, use) {
  const browser = await launch({ width: 1920, height: 1080 });
  try {
    await browser.page.open(site.url, site.cookies);
    await toTable(browser.page);
    return await use(browser.page, browser);
  } finally {
    await browser.close();
  }
}

async function toTable(page) {
  await page.click(HEADING);
  await page.until(ROWS);
}

// After the first hundred of these and after a thousand more.
async function edit(page, browser) {
  await page.click(`${ROWS}[data-field="${FIELD}"]`);
  const steps = async (count) => {
    for (let n = 0; n < count; n += 1) {
      await page.press(String(1 + (n % 9)));
      await page.press("Enter");
      await page.press("z", true);
    }
    return memory(page, browser);
  };
  return { before: await steps(EDITS / 10), after: await steps(EDITS) };
}

// Leaves the request for the desk and comes back.
async function reopen(page, browser) {
  const times = async (count) => {
    for (let n = 0; n < count; n += 1) {
      await page.click('a[href="/"]');
      await page.until(ROWS, false);
      await page.evaluate(() => history.back());
      await toTable(page);
    }
    return memory(page, browser);
  };
  return { before: await times(3), after: await times(OPENINGS) };
}

// Megabytes of the page's process that are its own, rubbish collected.
async function memory(page, { send }) {
  await sleep(SETTLED_MS);
  for (let times = 0; times < 2; times += 1) await page.send("HeapProfiler.collectGarbage");
  const { processInfo } = await send("SystemInfo.getProcessInfo");
  const renderers = processInfo.filter(({ type }) => type === "renderer").sort((a, b) => b.cpuTime - a.cpuTime);
  const rollup = readFileSync(`/proc/${renderers[0].id}/smaps_rollup`, "utf8");
  const kilobytes = (name) => Number(rollup.match(new RegExp(`^${name}:\\s+(\\d+)`, "m"))[1]);
  return (kilobytes("Private_Dirty") + kilobytes("Private_Clean")) / 1024;
}
