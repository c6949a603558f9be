// Finance's own cut: its column beside the bureau's in the same grid, sorted and filtered by, and what each side sees of
// it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { press, screenshot } from "./harness.mjs";
import { at, enter, grid, open, shows, stage, tell } from "./request_page.mjs";
import { browser, server } from "./started.mjs";

const address = "/requests/agriculture-2024";
const act = (page, name) => page.locator(`[data-review="${name}"]`);
const figure = (page, name) => page.locator(`.rv-sums [data-total="${name}"]`);
const plain = (text) => Number(text.replaceAll(",", "") || 0);
let finance, filler;

// What the columns of a level come to: requested, the bureau's cut, finance's, what is left.
async function level(page, name) {
  const columns = ["requested", "bureau_cut", "cut", "approved"];
  return Promise.all(columns.map(async (column) => plain(await figure(page, `${name}:${column}`).innerText())));
}

async function column(page, table, field) {
  const cells = grid(page, table).locator(`[data-row-index] [data-field="${field}"]`);
  const shown = (elements) =>
    elements
      .filter((cell) => cell.closest("[data-row-index]").checkVisibility())
      .map((cell) => [Number(cell.closest("[data-row-index]").dataset.rowIndex), cell.textContent]);
  const found = await cells.evaluateAll(shown);
  return found.sort(([a], [b]) => a - b).map(([, text]) => text);
}

test("the whole goes to finance", async () => {
  const reviewer = await enter(browser, server, "bureau.reviewer", "/consolidation");
  await reviewer.locator('[data-act="open-compilation"]').click();
  await reviewer.locator('.page-head [data-stage="compiling"]').waitFor();
  await tell(reviewer, "compile");
  await reviewer.locator('.page-head [data-stage="bureau_confirm"]').waitFor();
  const leader = await enter(browser, server, "bureau.leader", "/consolidation");
  await leader.locator('.page-head [data-stage="bureau_confirm"]').waitFor();
  await tell(leader, "confirm_compilation");
  await leader.locator('.page-head [data-stage="confirmed"]').waitFor();
  await tell(leader, "submit_to_finance");
  await leader.locator('.page-head [data-stage="reported"]').waitFor();
  for (const page of [reviewer, leader]) await page.context().close();
});

test("finance sees what the bureau cut; a cut of her own follows every key in columns and sums", async () => {
  finance = await enter(browser, server, "finance.reviewer", address);
  await stage(finance, "finance_review");
  const [requested, bureau, own, approved] = await level(finance, "total");
  assert.ok(bureau > 0 && own === 0, `${bureau}, ${own}`);
  assert.equal((requested - bureau).toFixed(2), approved.toFixed(2));
  const asked = await finance.locator('.rq-totals [data-total="total"]').first().innerText();
  assert.equal(requested, plain(asked), "what was asked for is called that, whoever looks");
  await open(finance, "software");
  // The button goes to the line: its columns come into sight, and what is typed next is how much.
  await act(finance, "cut").click();
  await finance.waitForFunction(() => document.activeElement?.dataset.cut === "much");
  await grid(finance, "software").locator('[data-row-index="0"] .cursor[data-field="amount"]').waitFor();
  const seen = { cut: at(finance, "software", 0, "finance_cut"), approved: at(finance, "software", 0, "approved") };
  const [area, cell] = await Promise.all([finance.locator('[data-viewport="software"]').boundingBox(), seen.cut.boundingBox()]);
  assert.ok(cell.x >= area.x && cell.x + cell.width <= area.x + area.width + 1, "her column is in sight beside the panel");
  const before = plain(await seen.approved.innerText());
  for (const [key, cut] of [["5", 5], ["0", 50], [".", 50], ["2", 50.2]]) {
    await finance.keyboard.press(key);
    await shows(seen.cut, cut.toFixed(2));
    assert.equal(plain(await seen.approved.innerText()).toFixed(2), (before - cut).toFixed(2));
    assert.deepEqual((await level(finance, "total")).map((sum) => sum.toFixed(2)), [requested, bureau, cut, approved - cut].map((sum) => sum.toFixed(2)));
  }
  await screenshot(finance, "finance-cut-typing");
  await act(finance, "keep").click();
  await grid(finance, "software").locator('[data-row-index="0"] [data-field="finance_cut"][data-note="待发布"]').waitFor();
});

test("sorted and filtered by 核减数: the order is right, the data is not touched, the sort outlives a new cut", async () => {
  const untouched = await column(finance, "software", "system");
  for (const [row, much] of [[2, "300"], [1, "7"]]) {
    await at(finance, "software", row, "finance_cut").click();
    await press(finance, "Enter");
    await finance.waitForFunction(() => document.activeElement?.dataset.cut === "much");
    await finance.keyboard.type(much);
    await act(finance, "keep").click();
    await grid(finance, "software").locator(`[data-row-index="${row}"] [data-field="finance_cut"][data-note="待发布"]`).waitFor();
  }
  const sort = async (direction) => {
    await at(finance, "software", 0, "finance_cut").click();
    await press(finance, "Control+Shift+L");
    await finance.locator(`.grid-filter-panel [data-act="${direction}"]`).click();
  };
  await sort("falling");
  assert.deepEqual(await column(finance, "software", "finance_cut"), ["300.00", "50.20", "7.00", ""]);
  await sort("rising");
  assert.deepEqual(await column(finance, "software", "finance_cut"), ["7.00", "50.20", "300.00", ""]);
  // The row that was empty is cut: it stays where it is seen, the sort stays, and sorting again puts it in its place.
  await at(finance, "software", 3, "finance_cut").click();
  await press(finance, "Enter");
  await finance.waitForFunction(() => document.activeElement?.dataset.cut === "much");
  await finance.keyboard.type("9");
  await act(finance, "keep").click();
  await grid(finance, "software").locator('[data-row-index="3"] [data-field="finance_cut"][data-note="待发布"]').waitFor();
  assert.deepEqual(await column(finance, "software", "finance_cut"), ["7.00", "50.20", "300.00", "9.00"]);
  assert.equal(await grid(finance, "software").locator('[role="columnheader"][aria-sort="ascending"]', { hasText: "财政核减" }).count(), 1);
  await sort("rising");
  assert.deepEqual(await column(finance, "software", "finance_cut"), ["7.00", "9.00", "50.20", "300.00"]);
  await press(finance, "Control+Shift+L");
  await finance.locator(".grid-filter-panel input").fill("9.00");
  await finance.locator('[data-grid-count="rows"]', { hasText: /^显示 1 \/ 4 行$/ }).waitFor();
  await finance.locator('.grid-filter-panel [data-act="close"]').click();
  await screenshot(finance, "finance-cut-sorted");
  await finance.getByRole("button", { name: "恢复原样" }).click();
  await shows(finance.locator('[data-grid-count="rows"]'), "4 行");
  await at(finance, "software", 3, "system").waitFor();
  assert.deepEqual(await column(finance, "software", "system"), untouched);
});

test("published, the department and the bureau see both columns; the cuts are settled in one act, and finance passes", async () => {
  // Until its own cuts are settled the page says what is in the way.
  await act(finance, "publish").click();
  await finance.locator('[data-count="pending"]').waitFor({ state: "detached" });
  await finance.locator("#rq-why-finance_pass", { hasText: "还有 4 项核减部门未接受" }).waitFor();
  const sums = await level(finance, "total");
  filler = await enter(browser, server, "agriculture.filler", address);
  const bureau = await enter(browser, server, "bureau.reviewer", address);
  for (const page of [filler, bureau]) {
    await page.locator(".rq-tab", { hasText: "审核意见" }).click();
    await figure(page, "total:bureau_cut").waitFor();
    assert.deepEqual(await level(page, "total"), sums);
    await open(page, "software");
    await at(page, "software", 0, "system").click();
    await press(page, "End");
    await grid(page, "software").locator('[data-row-index="2"] [data-field="finance_cut"][data-note="待回应"]').waitFor();
  }
  assert.equal(await act(bureau, "settle").count(), 0, "they are not the bureau's to settle");
  await filler.locator('.rv-item[data-kind="cut"][data-state="open"]').first().click();
  await filler.locator('[data-step="accepted"]').click();
  await filler.locator('[data-verdict="accepted"]').waitFor();
  await filler.getByRole("button", { name: "← 返回清单" }).click();
  await act(filler, "settle").getByText("接受全部 3 项核减").click();
  await screenshot(filler, "finance-cut-settle");
  await act(filler, "settle-all").click();
  await act(filler, "settle").waitFor({ state: "detached" });
  await finance.locator("#rq-why-finance_pass").waitFor({ state: "detached" });
  assert.equal(await act(finance, "settle").count(), 0, "what is accepted need not be upheld");
  await shows(at(finance, "software", 3, "finance_cut"), "9.00");
  await grid(finance, "software").locator('[data-row-index="3"] [data-field="finance_cut"][data-note="接受"]').waitFor();
  await tell(finance, "finance_pass");
  await finance.getByText("已财政审核通过").first().waitFor();
  for (const page of [finance, filler, bureau]) {
    assert.deepEqual(page.troubles, []);
    await page.context().close();
  }
});
