// What the page looks like where room is short or the medium is another: browser zoom on an office screen, forced colours, paper.

import assert from "node:assert/strict";
import { screenshot, test } from "./harness.mjs";
import { expectCount, grid, openAs } from "./request_page.mjs";

const PART = "/requests/water-2024?part=hardware";

// Rows of the grid that a press reaches once the grid is scrolled into sight.
async function reachableRows(page) {
  await grid(page, "hardware").locator("[data-viewport]").scrollIntoViewIfNeeded();
  return page.evaluate(() => {
    document.querySelector("[data-viewport]").scrollIntoView({ block: "start" });
    const cells = [...document.querySelectorAll('[data-viewport] [data-row-index] [data-field="name"]')];
    return cells.filter((cell) => {
      const box = cell.getBoundingClientRect();
      const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
      return at && (at === cell || cell.contains(at));
    }).length;
  });
}

// Viewport of a browser window on a screen: 136 px go to its own bars.
const zoomed = (width, height, zoom) => ({ width: Math.floor(width / zoom), height: Math.floor((height - 136) / zoom) });

test("zoomed in on office screens the grid keeps its rows, and nothing lies over it", async (world) => {
  for (const [screen, zoom, least] of [
    [[1366, 768], 1.25, 8], [[1366, 768], 1.5, 5], [[1600, 900], 1.5, 8], [[1920, 1080], 1.75, 8], [[1440, 900], 2, 5],
  ]) {
    const size = zoomed(...screen, zoom);
    const page = await openAs(world, "water.filler", PART, size);
    await grid(page, "hardware").locator('[data-row-index="0"]').waitFor();
    const rows = await reachableRows(page);
    await screenshot(page, `zoom-${screen[0]}-${zoom * 100}`);
    assert.ok(rows >= least, `${screen} at ${zoom * 100} %: ${rows} rows, ${least} wanted`);
    // A cell is pressed in its middle.
    await page.evaluate(() => document.querySelector('[data-viewport]').scrollIntoView({ block: "start" }));
    await grid(page, "hardware").locator('[data-row-index="1"] [data-field="name"]').click();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
    assert.ok(wide, "no scrolling in two directions");
    await page.close();
  }
});

test("forced colours show errors, warnings and the selection", async (world) => {
  const page = await openAs(world, "water.filler", PART, { width: 1366, height: 768, forcedColors: "active" });
  await grid(page, "hardware").locator(".grid-cell.warning").first().waitFor();
  const mark = (locator) => locator.first().evaluate((cell) => getComputedStyle(cell, "::before").content);
  assert.equal(await mark(grid(page, "hardware").locator(".grid-cell.warning")), '"!"');
  await grid(page, "hardware").locator('[data-row-index="1"] [data-field="unit_value"]').click();
  await page.keyboard.type("很多");
  await page.keyboard.press("Enter");
  assert.equal(await mark(grid(page, "hardware").locator(".grid-cell.error")), '"✕"');
  await screenshot(page, "forced-colours");
});

test("paper gets the whole table, not the window of it on the screen", async (world) => {
  const page = await openAs(world, "water.filler", PART, { width: 1366, height: 768 });
  await grid(page, "hardware").locator('[data-row-index="0"]').waitFor();
  await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
  await page.emulateMedia({ media: "print" });
  const printed = page.locator(".grid-print");
  await expectCount(printed.locator("tbody tr"), 64);
  assert.ok(await printed.isVisible());
  assert.equal(await page.locator(".grid-viewport").isVisible(), false);
  assert.ok(await page.locator("thead th", { hasText: "费率" }).first().isVisible());
  await screenshot(page, "print", { fullPage: true });
  await page.emulateMedia({ media: "screen" });
  await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
  assert.equal(await printed.count(), 0);
});
