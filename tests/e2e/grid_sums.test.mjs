// What a clerk does in a spreadsheet without thinking: works out a figure in its cell, looks at the sum of some cells, copies a
// row, presses Ctrl+S.

import assert from "node:assert/strict";
import AxeBuilder from "@axe-core/playwright";
import { press, screenshot, test } from "./harness.mjs";
import { cell as cellOf, expectCount, expectText, grid, gridInput, openAs, openSection, waitForSaveState } from "./request_page.mjs";

const TABLE = "hardware";
const OFFICE_PC = { width: 1366, height: 768 };

async function openTable(world) {
  const page = await openAs(world, "water.filler", "/requests/water-2024", OFFICE_PC);
  await openSection(page, TABLE);
  await page.locator(`[data-grid="${TABLE}"] [role=gridcell]`).first().waitFor();
  await gridInput(page, TABLE).focus();
  await press(page, "Escape", "Control+Home");
  return page;
}

const cell = (page, row, field) => cellOf(page, TABLE, row, field);
const sum = (page) => grid(page, TABLE).locator(".grid-sum");

test("a figure is worked out in its cell, and what cannot be stays as it was typed", async (world) => {
  const page = await openTable(world);
  await cell(page, 0, "quantity").click();
  await page.keyboard.type("=2*(3+4)");
  await press(page, "Enter");
  await expectText(cell(page, 0, "quantity"), "14");
  await cell(page, 1, "unit_value").click();
  await page.keyboard.type("=1.2万+10/3");
  await press(page, "Enter");
  await expectText(cell(page, 1, "unit_value"), "12,003.33");
  await cell(page, 2, "unit_value").click();
  await page.keyboard.type("=5/0");
  await press(page, "Enter");
  await expectText(cell(page, 2, "unit_value"), "=5/0");
  assert.equal(await cell(page, 2, "unit_value").getAttribute("aria-invalid"), "true");
  await press(page, "Control+z", "Control+z", "Control+z");
  await waitForSaveState(page);
});

test("several selected cells show their sum, and nothing moves", async (world) => {
  const page = await openTable(world);
  await cell(page, 0, "quantity").click();
  const place = await cell(page, 0, "quantity").boundingBox();
  assert.equal(await sum(page).isVisible(), false, "one cell is its own sum");
  await press(page, "Shift+ArrowDown", "Shift+ArrowDown");
  const figures = [];
  for (const row of [0, 1, 2]) figures.push(Number(await cell(page, row, "quantity").textContent()));
  const whole = figures.reduce((all, one) => all + one);
  const average = Math.round((whole * 100) / 3) / 100;
  await expectText(sum(page), `求和 ${whole} · 平均 ${average} · 计数 3`);
  assert.deepEqual(await cell(page, 0, "quantity").boundingBox(), place);
  await screenshot(page, "grid-sum");
  const axe = await new AxeBuilder({ page }).include(`[data-grid="${TABLE}"]`).analyze();
  assert.deepEqual(axe.violations.map((violation) => violation.id), []);
  await press(page, "Escape");
  await sum(page).waitFor({ state: "hidden" });
  // Names have no sum.
  await cell(page, 0, "name").click();
  await press(page, "Shift+ArrowDown");
  await expectText(sum(page), "计数 2");
});

test("a row is copied below itself and is one step back", async (world) => {
  const page = await openTable(world);
  const rows = Number(await grid(page, TABLE).locator('[data-grid-count="rows"]').textContent().then((text) => text.replace(" 行", "")));
  const [name, model] = [await cell(page, 1, "name").textContent(), await cell(page, 1, "model").textContent()];
  await cell(page, 1, "name").click();
  await press(page, "Control+Shift+d");
  await expectText(grid(page, TABLE).locator('[data-grid-count="rows"]'), `${rows + 1} 行`);
  await expectText(cell(page, 2, "name"), name);
  await expectText(cell(page, 2, "model"), model);
  await press(page, "Control+z");
  await expectText(grid(page, TABLE).locator('[data-grid-count="rows"]'), `${rows} 行`);
});

test("Ctrl+S is answered once the server has everything, and without it by what is stored here", async (world) => {
  world.expectTrouble(/ERR_INTERNET_DISCONNECTED/);
  const page = await openTable(world);
  await cell(page, 0, "brand").click();
  await page.keyboard.type("联想");
  await press(page, "Control+s");
  await page.locator(".toast", { hasText: "已保存" }).waitFor();
  await waitForSaveState(page);
  await expectText(cell(page, 0, "brand"), "联想");
  await page.context().setOffline(true);
  await cell(page, 1, "brand").click();
  await page.keyboard.type("曙光");
  await press(page, "Enter");
  await waitForSaveState(page, "offline");
  await press(page, "Control+s");
  await page.locator(".toast", { hasText: "已暂存本机，连通后自动上传" }).waitFor();
  await page.context().setOffline(false);
  await waitForSaveState(page);
  await expectCount(page.locator(".rq-banner.rq-bad"), 0);
});
