// A page under strain: scrolled fast along both axes, typed into on a slow processor.

import { point, reveal, type } from "./page.mjs";

// Pixels a second, and how far.
const SPEED = 5_000;
const FAR = { down: 30_000, right: 1_500 };
const SLOWER = 4;

export async function strain(page, cdp, large) {
  const scrolled = await scroll(page, cdp, large.table);
  await reveal(page, large);
  await point(page, large, large.field);
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  const slow = await type(page, cdp, large, 5);
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: 1 });
  return { scrolled, slow };
}

// Every frame while scrolling: is there a cell at nine points of what is seen?
export async function scroll(page, cdp, table) {
  await page.evaluate((table) => {
    const viewport = document.querySelector(`[data-viewport="${table}"]`);
    const seen = (window.omfundScroll = { frames: 0, blank: 0, longestBlank: 0, longest: 0, over: false });
    const { left, top, bottom, width } = viewport.getBoundingClientRect();
    // A grid may reach below the window.
    const height = Math.min(bottom, innerHeight) - top;
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
  }, table);
  const box = await page.locator(`[data-viewport="${table}"]`).boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const ways = [[0, -FAR.down], [-FAR.right, 0], [0, FAR.down], [FAR.right, 0]];
  for (const [xDistance, yDistance] of ways) {
    await cdp.send("Input.synthesizeScrollGesture", { x, y, xDistance, yDistance, speed: SPEED, gestureSourceType: "mouse" });
  }
  return page.evaluate(() => Object.assign(omfundScroll, { over: true }));
}
