// The performance of a year in the browser: lamps and grades of the departments, a correction planned in the dialog of its
// form, and what an evaluator sees.

import assert from "node:assert/strict";
import { screenshot, test } from "./harness.mjs";
import { openAs } from "./request_page.mjs";

const OCTOBER = { server: ["--today", "2024-10-25"] };
const AUGUST = { server: ["--today", "2024-08-21"] };

test("the page of a year shows lamps, grades and what is to be corrected", OCTOBER, async (world) => {
  const page = await openAs(world, "bureau.leader", "/performance/2024");
  await page.setViewportSize({ width: 1366, height: 768 });
  const line = page.locator('tr[data-department="agriculture"]');
  await line.waitFor();
  assert.equal(await line.locator('[data-lamp="红"]').count(), 2);
  assert.equal(await line.locator('[data-grade="优"]').count(), 1);
  assert.match(await line.locator('[data-count="open-corrections"]').innerText(), /^1（逾期 1）$/);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  await screenshot(page, "performance-year");
  await line.locator("th a").click();
  await page.locator('section[data-kind="monitoring"] tr[data-case]').first().waitFor();
  await screenshot(page, "performance-department");
  await page.locator('tr[data-case="mon-agriculture-2024-d"] a').click();
  await page.locator('[data-fact="overall_lamp"]').waitFor();
  await screenshot(page, "performance-monitoring");
});

test("a department plans its correction in the form of the case", AUGUST, async (world) => {
  world.expectTrouble(/status of 403 .*\/transitions\]/);
  const page = await openAs(world, "agriculture.filler", "/money-cases/cor-approved-agriculture-1-7-t5");
  await page.setViewportSize({ width: 1366, height: 768 });
  await page.locator('[data-command="plan"]').click();
  const dialog = page.locator('[data-dialog="command"]');
  await dialog.locator('[data-confirm="plan"]').click();
  await dialog.locator("[data-problem]").waitFor();
  await page.keyboard.press("Escape");
  await page.locator('[data-command="fill"]').click();
  await dialog.locator('[data-field="measures"]').fill("补充两名驻场人员，按周通报及时率。");
  await dialog.locator('[data-field="responsible"]').fill("蒋禾");
  await dialog.locator('[data-field="planned"]').fill("2024-09-10");
  await screenshot(page, "performance-fill");
  await dialog.locator('[data-confirm="fill"]').click();
  await page.locator('[data-fact="responsible"]').filter({ hasText: "蒋禾" }).waitFor();
  await page.locator('[data-command="plan"]').click();
  await dialog.locator('[data-confirm="plan"]').click();
  await page.locator('.stage[data-stage="planned"]').waitFor();
});

test("an evaluator sees what the institution was given and nothing else", OCTOBER, async (world) => {
  const page = await openAs(world, "evaluator.qin", "/cases");
  await page.locator('tr[data-case="key-agriculture-2023"]').waitFor();
  assert.equal(await page.locator("tr[data-case]").count(), 2);
});
