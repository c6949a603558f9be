// The request page under strain: scrolled fast along both axes, typed into on a slow processor, used for a long day.

import { readFileSync } from "node:fs";
import { idle, point, reveal, type } from "./page.mjs";

const TABLE = "hardware";
// Pixels a second, and how far.
const SPEED = 5_000;
const FAR = { down: 30_000, right: 1_500 };
const SLOWER = 4;
const OPENINGS = 20;
const EDITS = 1_000;

export async function strain(page, cdp, large) {
  const [row] = large.shown();
  const scrolled = await scroll(page, cdp);
  await reveal(page, row);
  await point(page, row, "unit_value");
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  const slow = await type(page, cdp, large, 5);
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: 1 });
  await page.keyboard.press("Escape");
  return { scrolled, slow, edited: await edit(page, cdp), reopened: await reopen(page, cdp) };
}

// Every frame while scrolling: is there a cell at nine points of what is seen?
async function scroll(page, cdp) {
  await page.evaluate((table) => {
    const viewport = document.querySelector(`[data-viewport="${table}"]`);
    const seen = (window.omfundScroll = { frames: 0, blank: 0, longestBlank: 0, longest: 0, over: false });
    const { left, top, width, height } = viewport.getBoundingClientRect();
    const parts = [0.08, 0.5, 0.92];
    const points = parts.flatMap((x) => parts.map((y) => [left + x * (width - 20), top + 40 + y * (height - 80)]));
    const filled = ([x, y]) => document.elementFromPoint(x, y)?.closest("[role=gridcell],[role=rowheader]");
    let [last, run] = [null, 0];
    const look = (now) => {
      if (seen.over) return;
      run = points.every(filled) ? 0 : run + 1;
      seen.frames += 1;
      seen.blank += run > 0 ? 1 : 0;
      seen.longestBlank = Math.max(seen.longestBlank, run);
      if (last !== null) seen.longest = Math.max(seen.longest, now - last);
      last = now;
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, TABLE);
  const box = await page.locator(`[data-viewport="${TABLE}"]`).boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const ways = [[0, -FAR.down], [-FAR.right, 0], [0, FAR.down], [FAR.right, 0]];
  for (const [xDistance, yDistance] of ways) {
    await cdp.send("Input.synthesizeScrollGesture", { x, y, xDistance, yDistance, speed: SPEED, gestureSourceType: "mouse" });
  }
  return page.evaluate(() => Object.assign(omfundScroll, { over: true }));
}

// Memory of the page after the first hundred of these and after them all.
async function edit(page, cdp) {
  const steps = async (count) => {
    for (let n = 0; n < count; n += 1) {
      for (const key of [String(1 + (n % 9)), "Enter", "Control+z"]) await page.keyboard.press(key);
    }
    await idle(page, 1_500);
    return memory(page, cdp);
  };
  return { before: await steps(EDITS / 10), after: await steps(EDITS) };
}

// Leaves the request for the desk and comes back.
async function reopen(page, cdp) {
  const times = async (count) => {
    for (let n = 0; n < count; n += 1) {
      await page.locator('a[href="/"]').first().click();
      await page.locator(`[data-viewport="${TABLE}"]`).waitFor({ state: "detached" });
      await page.goBack();
      await page.locator(`[data-section="${TABLE}"]`).click();
      await page.locator(`[data-viewport="${TABLE}"] [data-row]`).first().waitFor();
    }
    await idle(page, 1_500);
    return memory(page, cdp);
  };
  return { before: await times(3), after: await times(OPENINGS) };
}

// Megabytes of the page's process that are its own, rubbish collected.
async function memory(page, cdp) {
  await cdp.send("HeapProfiler.collectGarbage");
  await cdp.send("HeapProfiler.collectGarbage");
  const browser = await page.context().browser().newBrowserCDPSession();
  const { processInfo } = await browser.send("SystemInfo.getProcessInfo");
  await browser.detach();
  const renderers = processInfo.filter(({ type }) => type === "renderer").sort((a, b) => b.cpuTime - a.cpuTime);
  const rollup = readFileSync(`/proc/${renderers[0].id}/smaps_rollup`, "utf8");
  const kilobytes = (name) => Number(rollup.match(new RegExp(`^${name}:\\s+(\\d+)`, "m"))[1]);
  return (kilobytes("Private_Dirty") + kilobytes("Private_Clean")) / 1024;
}
