// Everybody can use it: no serious finding of axe on any page, the keyboard alone is enough, a tablet is wide enough,
// and the security policy blocks nothing that the program needs.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { newPage, press, screenshot } from "./harness.mjs";
import { PASSWORD, at, enter, grid, header, inventory, open, saved, shows } from "./request_page.mjs";
import { browser, server } from "./started.mjs";

const { AxeBuilder } = createRequire(import.meta.url)("@axe-core/playwright");
const REQUEST = "/requests/water-2024";

// What axe finds that stops somebody.
async function barriers(page) {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return grave.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
}

test("no barrier on the sign-in, the desk and every part of a request", async () => {
  const page = await newPage(browser);
  await page.goto(server.url);
  await page.locator('input[name="account"]').waitFor();
  assert.deepEqual(await barriers(page), [], "sign-in");
  await page.context().close();
  const filler = await enter(browser, server, "water.filler");
  await filler.locator("[data-opening]").waitFor();
  assert.deepEqual(await barriers(filler), [], "desk");
  await filler.goto(server.url + REQUEST);
  for (const section of ["budget_request", "hardware", "performance_targets", "hand-over", "changes", "record"]) {
    await open(filler, section);
    assert.deepEqual(await barriers(filler), [], section);
  }
  await filler.locator(".rq-count").first().click();
  await filler.locator(".rq-problem").first().waitFor();
  assert.deepEqual(await barriers(filler), [], "problems");
  await open(filler, "hardware");
  await filler.locator('[data-import="open"]').click();
  await filler.locator('dialog.rq-import input[type="file"]').setInputFiles(inventory);
  await shows(filler.locator('[data-import-count="rows"]'), "64");
  assert.deepEqual(await barriers(filler), [], "import");
  assert.deepEqual(filler.troubles, []);
  await filler.context().close();
});

// Tabs on until the focus is on what `selector` means.
async function tabTo(page, selector, key = "Tab") {
  for (let n = 0; n < 120; n++) {
    if (await page.evaluate((selector) => document.activeElement?.matches(selector), selector)) return;
    await page.keyboard.press(key);
  }
  assert.fail(`${selector} is not reached with ${key}`);
}

test("with the keyboard alone: sign in, open the request, change a cell, hand over", async () => {
  const page = await newPage(browser);
  page.setDefaultTimeout(30_000);
  await page.goto(server.url);
  await page.locator('input[name="account"]').waitFor();
  await page.keyboard.type("health.filler");
  await press(page, "Tab");
  await page.keyboard.type(PASSWORD);
  await press(page, "Enter");
  await page.locator("tr[data-request] a").waitFor();
  await tabTo(page, "tr[data-request] a");
  await press(page, "Enter");
  await page.locator('[data-section="hardware"]').waitFor();
  await tabTo(page, '[data-section="hardware"]');
  await press(page, "Enter");
  await at(page, "hardware", 0, "name").waitFor();
  await tabTo(page, '[data-grid-input="hardware"]');
  await press(page, "Control+Home", "ArrowRight", "ArrowRight");
  await page.keyboard.type("只用键盘改的名称");
  await press(page, "Enter");
  await shows(at(page, "hardware", 0, "name"), "只用键盘改的名称");
  await saved(page);
  // Escape, then Tab, leaves the grid.
  await press(page, "Escape", "Tab");
  assert.equal(await page.evaluate(() => document.activeElement.matches("[data-grid-input]")), false);
  await tabTo(page, '.rq-commands [data-command="submit"]', "Shift+Tab");
  await press(page, "Enter");
  await page.locator('[data-confirm="submit"]').waitFor();
  await tabTo(page, '[data-confirm="submit"]');
  await press(page, "Escape");
  await page.locator('[data-confirm="submit"]').waitFor({ state: "detached" });
  // The dialog gives the focus back to where it was called from.
  assert.equal(await page.evaluate(() => document.activeElement.dataset.command), "submit");
  await press(page, "Enter");
  await tabTo(page, '[data-confirm="submit"]');
  await press(page, "Enter");
  await page.locator('.rq-stage[data-stage="department_check"]').waitFor();
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});

for (const [width, height] of [[1280, 800], [768, 1024]]) {
  test(`usable at ${width} × ${height}: nothing is cut off, everything can be pressed`, async () => {
    const page = await enter(browser, server, "water.filler", "/", { width, height, hasTouch: width < 1000 });
    await page.locator("[data-opening]").waitFor();
    const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
    assert.ok(await fits(), "desk");
    await screenshot(page, `access-desk-${width}`);
    await page.goto(server.url + REQUEST);
    await header(page, "contact").waitFor();
    await screenshot(page, `access-header-${width}`);
    assert.ok(await fits(), "header");
    await open(page, "hardware");
    await at(page, "hardware", 1, "name").click();
    assert.ok(await fits(), "hardware");
    await page.keyboard.type("平板上也能填");
    await press(page, "Enter");
    await shows(at(page, "hardware", 1, "name"), "平板上也能填");
    await press(page, "Control+z");
    await screenshot(page, `access-grid-${width}`);
    const total = await page.locator(".rq-totals [data-total='total']").boundingBox();
    assert.ok(total.y + total.height <= height && total.x + total.width <= width, "the total is in sight");
    const table = await grid(page, "hardware").boundingBox();
    assert.ok(table.height > height / 3, "the grid has room");
    await page.locator(".rq-count").first().click();
    await page.locator(".rq-problem").first().click();
    // The place gone to is not under the panel.
    await page.waitForFunction(() => {
      const box = document.querySelector(".grid-cell.cursor")?.getBoundingClientRect();
      const found = box && document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
      return Boolean(found?.closest("[data-grid]"));
    });
    await screenshot(page, `access-problems-${width}`);
    assert.deepEqual(page.troubles, []);
    await page.context().close();
  });
}
