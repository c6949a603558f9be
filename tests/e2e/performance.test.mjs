// The performance of a year in the browser: lamps and grades of the departments, a correction planned in the dialog of its
// form, and what an evaluator sees.

import assert from "node:assert/strict";
import { screenshot, test } from "./harness.mjs";
import { cell, expectCount, expectText, openAs } from "./request_page.mjs";

const OCTOBER = { server: ["--today", "2024-10-25"] };
const JANUARY = { server: ["--today", "2024-01-20"] };
const AUGUST = { server: ["--today", "2024-08-21"] };

test("the page of a year shows lamps, grades and what is to be corrected", OCTOBER, async (world) => {
  const page = await openAs(world, "bureau.leader", "/performance/2024");
  await page.setViewportSize({ width: 1366, height: 768 });
  const line = page.locator('tr[data-department="agriculture"]');
  await line.waitFor();
  await expectCount(line.locator('[data-lamp="红"]'), 2);
  await expectCount(line.locator('[data-grade="优"]'), 1);
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
  // The form stands on the page; what breaks its rules is named as one types, with the way to the cell.
  const form = page.locator("[data-filling]");
  await form.locator('[data-field="responsible"]').fill("蒋禾");
  await form.locator('[data-field="planned"]').fill("2024-12-31");
  await form.locator('li[data-rule="COR-10"]').waitFor();
  await form.locator('li[data-rule="COR-10"] [data-act="go"]').click();
  assert.equal(await page.evaluate(() => document.activeElement.dataset.field), "planned");
  await form.locator('[data-field="planned"]').fill("2024-09-10");
  await form.locator('li[data-rule="COR-10"]').waitFor({ state: "detached" });
  await form.locator('[data-saved="on_device"]').waitFor();
  // What was typed outlives the page, and goes with the command that needs it.
  await page.reload();
  assert.equal(await form.locator('[data-field="responsible"]').inputValue(), "蒋禾");
  await form.locator('[data-field="measures"]').fill("补充两名驻场人员，按周通报及时率。");
  await form.locator('[data-count="findings"]', { hasText: "已填写完整" }).waitFor();
  await screenshot(page, "performance-fill", { fullPage: true });
  await page.locator('[data-command="plan"]').click();
  await dialog.locator('[data-confirm="plan"]').click();
  await page.locator('.stage[data-stage="planned"]').waitFor();
  await form.locator('[data-saved="delivered"]').waitFor();
  assert.equal(await form.locator('[data-field="responsible"]').inputValue(), "蒋禾");
  await form.locator('[data-field="result"]').waitFor();
});

test("a department evaluates itself: scores follow every key, up to a saved form", JANUARY, async (world) => {
  const page = await openAs(world, "agriculture.filler", "/money-cases/self-agriculture-2023");
  await page.setViewportSize({ width: 1366, height: 768 });
  const form = page.locator("[data-filling]");
  await form.waitFor();
  await screenshot(page, "self-evaluation-begun", { fullPage: true });
  const total = page.locator('[data-fact="total"]');
  await cell(page, "indicators", 0, "actual").click();
  await page.keyboard.type("100");
  await page.keyboard.press("Enter");
  await expectText(cell(page, "indicators", 0, "actual"), "100");
  await total.waitFor();
  const before = await total.innerText();
  await cell(page, "indicators", 1, "actual").click();
  await page.keyboard.type("100");
  await page.keyboard.press("Enter");
  await page.waitForFunction((before) => document.querySelector('[data-fact="total"]')?.innerText !== before, before);
  // What the judgement misses is marked in its cell, and the table finds it.
  await cell(page, "indicators", 2, "actual").and(page.locator(".wanted")).waitFor();
  await expectCount(cell(page, "indicators", 1, "actual").and(page.locator(".wanted")), 0);
  await cell(page, "indicators", 1, "actual").click();
  await page.keyboard.press("F8");
  await cell(page, "indicators", 1, "low_target").and(page.locator(".cursor")).waitFor();
  // What was copied in is not typed into.
  await cell(page, "indicators", 0, "weight").click();
  await page.keyboard.type("9");
  await page.keyboard.press("Escape");
  await screenshot(page, "self-evaluation-typed", { fullPage: true });
  await form.locator('[data-confirm="fill"]').click();
  await form.locator('[data-saved="delivered"]').waitFor();
  await expectText(cell(page, "indicators", 0, "actual"), "100");
});

test("an evaluator sees what the institution was given and nothing else", OCTOBER, async (world) => {
  const page = await openAs(world, "evaluator.qin", "/cases");
  await page.locator('tr[data-case="key-agriculture-2023"]').waitFor();
  await expectCount(page.locator("tr[data-case]"), 2);
});
