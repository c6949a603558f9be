// Accessibility: no serious finding of axe on any page, everything by keyboard alone, a tablet's width is enough, and the
// content security policy blocks nothing the web app needs.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { leaveFor, press, screenshot, test } from "./harness.mjs";
import {
  PASSWORD, cell, expectText, grid, headerField, inventory, openAs, openSection, waitForSaveState, waitForStage,
} from "./request_page.mjs";

const { AxeBuilder } = createRequire(import.meta.url)("@axe-core/playwright");
const REQUEST = "/requests/water-2024";

// Findings of axe that keep somebody from using the page.
async function barriers(page) {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return grave.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
}

test("no barrier on the sign-in, the desk and every section of a request", async (world) => {
  const visitor = await world.newPage();
  await visitor.goto(world.server.url);
  await visitor.locator('input[name="account"]').waitFor();
  assert.deepEqual(await barriers(visitor), [], "sign-in");
  const page = await openAs(world, "water.filler");
  await page.locator("[data-opening]").waitFor();
  assert.deepEqual(await barriers(page), [], "desk");
  await leaveFor(page, world.server.url + REQUEST);
  for (const section of ["budget_request", "hardware", "performance_targets", "hand-over", "changes", "record"]) {
    await openSection(page, section);
    assert.deepEqual(await barriers(page), [], section);
  }
  await page.locator(".rq-count").first().click();
  await page.locator(".rq-problem").first().waitFor();
  assert.deepEqual(await barriers(page), [], "problems");
  await openSection(page, "hardware");
  await page.locator('[data-import="open"]').click();
  await page.locator('dialog.rq-import input[type="file"]').setInputFiles(inventory);
  await expectText(page.locator('[data-import-count="rows"]'), "64");
  assert.deepEqual(await barriers(page), [], "import");
});

// Presses Tab until the focus is on `selector`.
async function tabTo(page, selector, key = "Tab") {
  for (let n = 0; n < 120; n++) {
    if (await page.evaluate((selector) => document.activeElement?.matches(selector), selector)) return;
    await page.keyboard.press(key);
  }
  assert.fail(`${selector} is not reached with ${key}`);
}

test("with the keyboard alone: sign in, open the request, change a cell, submit", async (world) => {
  const page = await world.newPage();
  await page.goto(world.server.url);
  await page.locator('input[name="account"]').waitFor();
  await page.keyboard.type("health.filler");
  await press(page, "Tab");
  await page.keyboard.type(PASSWORD);
  await press(page, "Enter");
  await page.locator("tr[data-request] a").waitFor();
  await tabTo(page, "tr[data-request] a");
  await press(page, "Enter");
  await page.locator('[data-section="systems"]').waitFor();
  await tabTo(page, '[data-section="systems"]');
  await press(page, "Enter");
  await cell(page, "systems", 0, "name").waitFor();
  await tabTo(page, '[data-grid-input="systems"]');
  await press(page, "Control+Home", "ArrowRight");
  await page.keyboard.type("只用键盘改的名称");
  await press(page, "Enter");
  await expectText(cell(page, "systems", 0, "name"), "只用键盘改的名称");
  await waitForSaveState(page);
  // Escape, then Tab, leaves the grid.
  await press(page, "Escape", "Tab");
  assert.equal(await page.evaluate(() => document.activeElement.matches("[data-grid-input]")), false);
  await tabTo(page, '.rq-commands [data-command="submit"]', "Shift+Tab");
  await press(page, "Enter");
  await page.locator('[data-confirm="submit"]').waitFor();
  await tabTo(page, '[data-confirm="submit"]');
  await press(page, "Escape");
  await page.locator('[data-confirm="submit"]').waitFor({ state: "detached" });
  // The dialog returns the focus to the button that opened it.
  assert.equal(await page.evaluate(() => document.activeElement.dataset.command), "submit");
  await press(page, "Enter");
  await tabTo(page, '[data-confirm="submit"]');
  await press(page, "Enter");
  await waitForStage(page, "department_check");
});

for (const [width, height] of [[1280, 800], [768, 1024]]) {
  test(`usable at ${width} × ${height}: nothing is cut off, everything can be pressed`, async (world) => {
    const page = await openAs(world, "water.filler", "/", { width, height, hasTouch: width < 1000 });
    await page.locator("[data-opening]").waitFor();
    const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
    assert.ok(await fits(), "desk");
    await screenshot(page, `access-desk-${width}`);
    await leaveFor(page, world.server.url + REQUEST);
    await headerField(page, "contact").waitFor();
    await screenshot(page, `access-header-${width}`);
    assert.ok(await fits(), "header");
    await openSection(page, "hardware");
    await cell(page, "hardware", 1, "name").click();
    assert.ok(await fits(), "hardware");
    await page.keyboard.type("平板上也能填");
    await press(page, "Enter");
    await expectText(cell(page, "hardware", 1, "name"), "平板上也能填");
    await press(page, "Control+z");
    await screenshot(page, `access-grid-${width}`);
    const total = await page.locator(".rq-totals [data-total='total']").boundingBox();
    assert.ok(total.y + total.height <= height && total.x + total.width <= width, "the total is in sight");
    const table = await grid(page, "hardware").boundingBox();
    assert.ok(table.height > height / 3, "the grid has room");
    await page.locator(".rq-count").first().click();
    await page.locator(".rq-problem").first().click();
    // The panel does not cover the cell that the problem leads to.
    await page.waitForFunction(() => {
      const box = document.querySelector(".grid-cell.cursor")?.getBoundingClientRect();
      const found = box && document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
      return Boolean(found?.closest("[data-grid]"));
    });
    await screenshot(page, `access-problems-${width}`);
  });
}
