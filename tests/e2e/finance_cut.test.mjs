// Finance's own cuts: their column beside the bureau's in the same grid, sorting and filtering by it, and what each side sees.

import assert from "node:assert/strict";
import { press, screenshot, test } from "./harness.mjs";
import {
  cell, expectCount, expectText, grid, openAs, openSection, reportConsolidatedBudget, runOfficeCommand, waitForStage,
} from "./request_page.mjs";

const PATH = "/requests/agriculture-2024";
const TABLE = "software";
const review = (page, name) => page.locator(`[data-review="${name}"]`);
const figure = (page, name) => page.locator(`.rv-sums [data-total="${name}"]`);
const number = (text) => Number(text.replaceAll(",", "") || 0);

// The sums of a level: requested, cut by the bureau, cut by finance, approved.
async function level(page, name) {
  const columns = ["requested", "bureau_cut", "cut", "approved"];
  return Promise.all(columns.map(async (column) => number(await figure(page, `${name}:${column}`).innerText())));
}

// The texts of a column's visible cells, in the order of the rows.
async function column(page, field) {
  const cells = grid(page, TABLE).locator(`[data-row-index] [data-field="${field}"]`);
  const visible = (elements) =>
    elements
      .filter((cell) => cell.closest("[data-row-index]").checkVisibility())
      .map((cell) => [Number(cell.closest("[data-row-index]").dataset.rowIndex), cell.textContent]);
  const found = await cells.evaluateAll(visible);
  return found.sort(([a], [b]) => a - b).map(([, text]) => text);
}

function cutCell(page, row, note) {
  return grid(page, TABLE).locator(`[data-row-index="${row}"] [data-field="finance_cut"][data-note="${note}"]`);
}

const waitForCutInput = (page) => page.waitForFunction(() => document.activeElement?.dataset.cut === "much");

// Opens the cut of a row from its cell, types the amount and keeps it for publishing.
async function cut(page, row, amount) {
  await cell(page, TABLE, row, "finance_cut").click();
  await press(page, "Enter");
  await waitForCutInput(page);
  await page.keyboard.type(amount);
  await review(page, "keep").click();
  await cutCell(page, row, "待发送").waitFor();
}

async function sortByCut(page, direction) {
  await cell(page, TABLE, 0, "finance_cut").click();
  await press(page, "Control+Shift+L");
  await page.locator(`.grid-filter-panel [data-act="${direction}"]`).click();
}

async function cutWhileTyping(finance) {
  const [requested, bureau, own, approved] = await level(finance, "total");
  assert.ok(bureau > 0 && own === 0, `${bureau}, ${own}`);
  assert.equal((requested - bureau).toFixed(2), approved.toFixed(2));
  const requestTotal = await finance.locator('.rq-totals [data-total="total"]').first().innerText();
  assert.equal(requested, number(requestTotal), "the requested total is the same for everybody");
  await openSection(finance, TABLE);
  // The button leads to the row: its columns are in view, and the next keys are the amount.
  await review(finance, "cut").click();
  await waitForCutInput(finance);
  await grid(finance, TABLE).locator('[data-row-index="0"] .cursor[data-field="amount"]').waitFor();
  const row = { cut: cell(finance, TABLE, 0, "finance_cut"), approved: cell(finance, TABLE, 0, "approved") };
  const viewport = finance.locator(`[data-viewport="${TABLE}"]`);
  const [area, box] = await Promise.all([viewport.boundingBox(), row.cut.boundingBox()]);
  assert.ok(box.x >= area.x && box.x + box.width <= area.x + area.width + 1, "the column is in view beside the panel");
  const before = number(await row.approved.innerText());
  for (const [key, cut] of [["5", 5], ["0", 50], [".", 50], ["2", 50.2]]) {
    await finance.keyboard.press(key);
    await expectText(row.cut, cut.toFixed(2));
    assert.equal(number(await row.approved.innerText()).toFixed(2), (before - cut).toFixed(2));
    const expected = [requested, bureau, cut, approved - cut];
    assert.deepEqual((await level(finance, "total")).map((sum) => sum.toFixed(2)), expected.map((sum) => sum.toFixed(2)));
  }
  await screenshot(finance, "finance-cut-typing");
  await review(finance, "keep").click();
  await cutCell(finance, 0, "待发送").waitFor();
}

async function sortAndFilter(finance) {
  const systems = await column(finance, "system");
  for (const [row, amount] of [[2, "300"], [1, "7"]]) await cut(finance, row, amount);
  await sortByCut(finance, "falling");
  assert.deepEqual(await column(finance, "finance_cut"), ["300.00", "50.20", "7.00", ""]);
  await sortByCut(finance, "rising");
  assert.deepEqual(await column(finance, "finance_cut"), ["7.00", "50.20", "300.00", ""]);
  // A cut of the row that had none leaves the order alone until it is sorted again.
  await cut(finance, 3, "9");
  assert.deepEqual(await column(finance, "finance_cut"), ["7.00", "50.20", "300.00", "9.00"]);
  const sorted = grid(finance, TABLE).locator('[role="columnheader"][aria-sort="ascending"]', { hasText: "财政核减" });
  await expectCount(sorted, 1);
  await sortByCut(finance, "rising");
  assert.deepEqual(await column(finance, "finance_cut"), ["7.00", "9.00", "50.20", "300.00"]);
  await press(finance, "Control+Shift+L");
  await finance.locator(".grid-filter-panel input").fill("9.00");
  await finance.locator('[data-grid-count="rows"]', { hasText: /^显示 1 \/ 4 行$/ }).waitFor();
  await finance.locator('.grid-filter-panel [data-act="close"]').click();
  await screenshot(finance, "finance-cut-sorted");
  await finance.getByRole("button", { name: "清除筛选排序" }).click();
  await expectText(finance.locator('[data-grid-count="rows"]'), "4 行");
  await cell(finance, TABLE, 3, "system").waitFor();
  assert.deepEqual(await column(finance, "system"), systems);
}

async function acceptCuts(filler) {
  await filler.locator('.rv-item[data-kind="cut"][data-state="open"]').first().click();
  await filler.locator('[data-step="accepted"]').click();
  await filler.locator('[data-verdict="accepted"]').waitFor();
  await filler.getByRole("button", { name: "← 返回清单" }).click();
  await review(filler, "settle").getByText("接受全部 3 项核减").click();
  await screenshot(filler, "finance-cut-settle");
  await review(filler, "settle-all").click();
  await review(filler, "settle").waitFor({ state: "detached" });
}

test("finance cuts lines of a reported request, publishes, and passes it once the cuts are accepted", async (world) => {
  await reportConsolidatedBudget(world);
  const finance = await openAs(world, "finance.reviewer", PATH);
  await waitForStage(finance, "finance_review");
  await world.step("columns and sums follow every key of a cut", () => cutWhileTyping(finance));
  await world.step("sorting and filtering by the cut leave the data alone and survive a new cut", () => sortAndFilter(finance));

  let filler;
  await world.step("published, the department and the bureau see both columns", async () => {
    await review(finance, "publish").click();
    await finance.locator('[data-count="pending"]').waitFor({ state: "detached" });
    await finance.locator("#rq-why-finance_pass", { hasText: "还有 4 项核减部门未接受" }).waitFor();
    const sums = await level(finance, "total");
    filler = await openAs(world, "agriculture.filler", PATH);
    const bureau = await openAs(world, "bureau.reviewer", PATH);
    for (const page of [filler, bureau]) {
      await page.locator(".rq-tab", { hasText: "审核意见" }).click();
      await figure(page, "total:bureau_cut").waitFor();
      assert.deepEqual(await level(page, "total"), sums);
      await openSection(page, TABLE);
      await cell(page, TABLE, 0, "system").click();
      await press(page, "End");
      await cutCell(page, 2, "待回应").waitFor();
    }
    assert.equal(await review(bureau, "settle").count(), 0, "the bureau may not settle finance's cuts");
  });

  await world.step("the department accepts the cuts in one act, and finance passes", async () => {
    await acceptCuts(filler);
    await finance.waitForFunction(() => document.querySelector("#rq-why-finance_pass").textContent === "");
    assert.equal(await review(finance, "settle").count(), 0, "an accepted cut need not be upheld");
    await expectText(cell(finance, TABLE, 3, "finance_cut"), "9.00");
    await cutCell(finance, 3, "接受").waitFor();
    await runOfficeCommand(finance, "finance_pass");
    await finance.getByText("已财政审核通过").first().waitFor();
  });
});
