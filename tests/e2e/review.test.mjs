// The review, each person in a browser of their own: the reviewer remarks and cuts, the department answers and may change only
// what was questioned, the leader confirms what the leader has read.

import assert from "node:assert/strict";
import { press, screenshot, test } from "./harness.mjs";
import { cell, expectText, grid, openAs, openSection, runCommand, waitForSaveState, waitForStage } from "./request_page.mjs";

const PATH = "/requests/transport-2024";
const review = (page, name) => page.locator(`[data-review="${name}"]`);
const figure = (page, name) => page.locator(`.rv-sums [data-total="${name}"]`);
const thread = (page, kind) => page.locator(`.rv-item[data-kind="${kind}"]`);
const pendingAct = (page, number) => page.locator(`[data-pending="${number}"]`);
const pendingCount = (page) => page.locator('[data-count="pending"]');
const cutCell = (page, table, row, note) =>
  grid(page, table).locator(`[data-row-index="${row}"] [data-field="bureau_cut"][data-note="${note}"]`);
const number = (text) => Number(text.replaceAll(",", ""));

const waitForCutInput = (page) => page.waitForFunction(() => document.activeElement?.dataset.cut === "much");

async function remarkOnCell(reviewer) {
  await openSection(reviewer, "hardware");
  await cell(reviewer, "hardware", 0, "quantity").click();
  await review(reviewer, "remark").click();
  await reviewer.getByLabel("须整改").check();
  await reviewer.getByLabel("意见", { exact: true }).fill("数量与台账不一致，请核对。");
  await review(reviewer, "keep").click();
  await expectText(pendingCount(reviewer), "1 项尚未发送，仅本人可见");
  await screenshot(reviewer, "review-1-pending");
}

async function rewriteAndTakeBack(reviewer) {
  await pendingAct(reviewer, 1).locator('[data-review="rewrite"]').click();
  const text = reviewer.getByLabel("意见", { exact: true });
  await text.click();
  await press(reviewer, "Control+End");
  await reviewer.keyboard.type("附台账。");
  await review(reviewer, "keep").click();
  await pendingAct(reviewer, 1).getByText("数量与台账不一致，请核对。附台账。").waitFor();
  // 所属系统 is a frozen column and always in view.
  await cell(reviewer, "hardware", 1, "system").click();
  await review(reviewer, "remark").click();
  await text.click();
  await reviewer.keyboard.type("所属系统是否有误？");
  await review(reviewer, "keep").click();
  await pendingAct(reviewer, 2).waitFor();
  await thread(reviewer, "question").click();
  await reviewer.getByLabel("说明", { exact: true }).click();
  await reviewer.keyboard.type("请附采购合同。");
  await reviewer.locator('[data-step="replied"]').click();
  await pendingAct(reviewer, 3).waitFor();
  await pendingAct(reviewer, 2).locator('[data-review="take-back"]').click();
  await review(reviewer, "resting").getByText("第 3 项要在它之后才能办").waitFor();
  await screenshot(reviewer, "review-1b-taking-back");
  await review(reviewer, "take-back-all").click();
  await expectText(pendingCount(reviewer), "1 项尚未发送，仅本人可见");
  await review(reviewer, "list").click();
  await expectText(reviewer.locator('[data-count="threads"]'), "1 条");
}

async function cutOneLineAndAllShown(reviewer) {
  await review(reviewer, "cut").click();
  await cell(reviewer, "hardware", 1, "system").click();
  await press(reviewer, "End", "ArrowLeft", "ArrowLeft");
  await reviewer.locator('[data-cut="much"]').pressSequentially("12.34");
  await expectText(figure(reviewer, "line:cut"), "12.34");
  for (const level of ["line", "category:hardware", "total"]) {
    const columns = ["requested", "cut", "approved"];
    const figures = columns.map(async (column) => number(await figure(reviewer, `${level}:${column}`).innerText()));
    const [requested, cut, approved] = await Promise.all(figures);
    assert.equal((requested - cut).toFixed(2), approved.toFixed(2), level);
  }
  const line = { cut: cell(reviewer, "hardware", 1, "bureau_cut"), approved: cell(reviewer, "hardware", 1, "approved") };
  await expectText(line.cut, "12.34");
  assert.equal(await line.cut.getAttribute("data-note"), "填写中");
  const amount = number(await cell(reviewer, "hardware", 1, "amount").innerText());
  assert.equal(number(await line.approved.innerText()).toFixed(2), (amount - 12.34).toFixed(2));
  await review(reviewer, "keep").click();
  await pendingCount(reviewer).filter({ hasText: "2 项" }).waitFor();
  await cutCell(reviewer, "hardware", 1, "待发送").waitFor();
  await openSection(reviewer, "cloud");
  await review(reviewer, "cut").click();
  await reviewer.locator('[data-cut="all"]').check();
  await reviewer.locator('[data-cut="much"]').fill("10");
  await reviewer.locator('[data-cut="outcome"]', { hasText: "共 2 行" }).waitFor();
  await screenshot(reviewer, "review-2-bulk-cut");
  await review(reviewer, "keep").click();
  await pendingCount(reviewer).filter({ hasText: "3 项" }).waitFor();
  await review(reviewer, "publish").click();
  await pendingCount(reviewer).waitFor({ state: "detached" });
  await expectText(reviewer.locator('[data-count="threads"]'), "4 条");
  await expectText(reviewer.locator('[data-section="cloud"] [data-count="remarks"]'), "2");
}

async function useCutColumns(reviewer) {
  await openSection(reviewer, "hardware");
  const cursorOn = (field) =>
    grid(reviewer, "hardware").locator(`[data-row-index="1"] .cursor[data-field="${field}"]`).waitFor();
  await cell(reviewer, "hardware", 1, "system").click();
  await press(reviewer, "End", "ArrowLeft", "ArrowLeft", "ArrowLeft");
  await cursorOn("amount");
  await press(reviewer, "ArrowRight", "ArrowRight");
  await cursorOn("approved");
  await press(reviewer, "Shift+ArrowLeft", "Control+c");
  const copied = await reviewer.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, /^12\.34\t\d+\.\d\d/);
  await press(reviewer, "ArrowLeft", "Control+Shift+L");
  await reviewer.locator(".grid-filter-panel").getByRole("button", { name: "只看非空" }).click();
  await reviewer.locator('[data-grid-count="rows"]', { hasText: /^显示 1 \/ \d+ 行$/ }).waitFor();
  await screenshot(reviewer, "review-2b-columns");
  assert.match(await grid(reviewer, "hardware").locator(".grid-view-state").innerText(), /“核减数（元）”非空/);
  await reviewer.getByRole("button", { name: "清除筛选排序" }).click();
  await cell(reviewer, "hardware", 0, "bureau_cut").click();
  await press(reviewer, "5", "Enter");
  assert.equal(await cell(reviewer, "hardware", 0, "bureau_cut").innerText(), "", "keys do not type into the column");
  await waitForCutInput(reviewer);
  await reviewer.keyboard.type("7");
  await expectText(cell(reviewer, "hardware", 0, "bureau_cut"), "7.00");
  await review(reviewer, "keep").click();
  await pendingAct(reviewer, 1).waitFor();
  // Enter on a pending cut opens it for rewriting.
  await cell(reviewer, "hardware", 0, "bureau_cut").click();
  await press(reviewer, "Enter");
  await reviewer.waitForFunction(() => document.activeElement?.value === "7.00");
  await press(reviewer, "Control+a");
  await reviewer.keyboard.type("8.5");
  await expectText(cell(reviewer, "hardware", 0, "bureau_cut"), "8.50");
  await review(reviewer, "keep").click();
  await pendingAct(reviewer, 1).getByText("8.50 元").waitFor();
  await pendingAct(reviewer, 1).locator('[data-review="take-back"]').click();
  await pendingAct(reviewer, 1).waitFor({ state: "detached" });
  await expectText(cell(reviewer, "hardware", 0, "bureau_cut"), "");
}

async function answerCuts(filler, reviewer) {
  await filler.locator('[data-count="open-remarks"]', { hasText: "4" }).waitFor();
  await filler.getByRole("button", { name: "审核意见" }).click();
  await thread(filler, "cut").first().click();
  await filler.locator('[data-step="accepted"]').click();
  await filler.locator('[data-verdict="accepted"]').waitFor();
  await press(filler, "F9");
  await press(filler, "F9");
  await filler.locator('.rv-thread [data-kind="cut"]').waitFor();
  await filler.getByLabel("说明", { exact: true }).fill("按合同单价测算，请复核。");
  await filler.locator('[data-step="contested"]').click();
  await filler.locator('[data-verdict="contested"]').waitFor();
  // The department sees the columns, with what became of each cut.
  await openSection(filler, "hardware");
  await cell(filler, "hardware", 1, "system").click();
  await press(filler, "End");
  await cutCell(filler, "hardware", 1, "接受").waitFor();
  await openSection(filler, "cloud");
  await cell(filler, "cloud", 0, "system").click();
  await press(filler, "End");
  await grid(filler, "cloud").locator('[data-field="bureau_cut"][data-note="异议"]').waitFor();
  await cutCell(reviewer, "hardware", 1, "接受").waitFor();
  await screenshot(filler, "review-3-answer");
}

async function changeOnlyOpenedCells(filler) {
  await openSection(filler, "hardware");
  await cell(filler, "hardware", 0, "system").click();
  await cell(filler, "hardware", 0, "quantity").click();
  await filler.locator('.rv-open[data-open="true"]', { hasText: "数量与台账不一致" }).waitFor();
  await press(filler, "ArrowRight");
  await filler.locator('.rv-open[data-open="false"]').waitFor();
  const price = await cell(filler, "hardware", 0, "unit_value").innerText();
  await filler.keyboard.type("1");
  await press(filler, "Enter");
  assert.equal(await cell(filler, "hardware", 0, "unit_value").innerText(), price);
  assert.match(await cell(filler, "hardware", 0, "unit_value").getAttribute("class"), /closed/);
  await cell(filler, "hardware", 0, "quantity").click();
  await filler.keyboard.type("3");
  await press(filler, "Enter");
  await expectText(cell(filler, "hardware", 0, "quantity"), "3");
  await waitForSaveState(filler);
  assert.ok((await grid(filler, "hardware").locator(".remarked").count()) > 0);
  await screenshot(filler, "review-4-opened");
  await thread(filler, "must_fix").first().click();
  await expectText(filler.locator('[data-value="now"]'), "3");
  await filler.getByLabel("说明", { exact: true }).fill("已按台账改为 3。");
  await filler.locator('[data-step="answered"]').click();
  await filler.locator('.rv-thread[data-state="answered"]').waitFor();
}

test("a review from the first remark to the corrected cell", async (world) => {
  const { step } = world;
  const reviewer = await openAs(world, "bureau.reviewer", PATH);
  await runCommand(reviewer, "bureau_take");
  await waitForStage(reviewer, "bureau_review");
  const filler = await openAs(world, "transport.filler", PATH);
  await step("the reviewer remarks on a cell; nobody else sees it before it is published", async () => {
    await remarkOnCell(reviewer);
    assert.equal(await filler.locator(".rv-item").count(), 0);
  });
  await step("a pending remark is rewritten in place; taken back, it takes along what depends on it", () =>
    rewriteAndTakeBack(reviewer),
  );
  await step("the three columns follow every key of a cut, and a share of all rows shown is one act", () =>
    cutOneLineAndAllShown(reviewer),
  );
  await step("the cut columns are part of the grid: cursor, copy, filter; Enter opens the cut", () => useCutColumns(reviewer));
  await step("the department accepts one cut and contests another", () => answerCuts(filler, reviewer));
  await step("a return opens the questioned cell and what its rules call for, and says why", async () => {
    await reviewer.locator('[data-command="bureau_return"]').click();
    await reviewer.locator('[data-return="remarks"]').waitFor();
    await reviewer.locator('[data-confirm="return"]').click();
    await waitForStage(reviewer, "returned");
    await waitForStage(filler, "returned");
    await changeOnlyOpenedCells(filler);
  });
});

// Types into the cell that the cursor is on.
async function type(page, text) {
  await page.keyboard.type(text);
  await press(page, "Enter");
}

test("a returned list of systems opens the lines that a rule then calls for, and no other", async (world) => {
  const reviewer = await openAs(world, "bureau.reviewer", PATH);
  await runCommand(reviewer, "bureau_take");
  await waitForStage(reviewer, "bureau_review");
  await openSection(reviewer, "systems");
  await review(reviewer, "remark").click();
  await reviewer.getByLabel("位置").selectOption({ label: "信息系统清单（整个部分）" });
  await reviewer.getByLabel("须整改").check();
  await reviewer.getByLabel("意见", { exact: true }).fill("请核对各系统是否涉密。");
  await review(reviewer, "keep").click();
  await review(reviewer, "publish").click();
  await pendingCount(reviewer).waitFor({ state: "detached" });
  await reviewer.locator('[data-command="bureau_return"]').click();
  await reviewer.locator('[data-confirm="return"]').click();
  await waitForStage(reviewer, "returned");

  const filler = await openAs(world, "transport.filler", PATH);
  await openSection(filler, "hardware");
  const name = cell(filler, "hardware", 0, "name");
  await name.and(filler.locator(".closed")).waitFor();
  const [system, before] = [await cell(filler, "hardware", 0, "system").innerText(), await name.innerText()];
  await openSection(filler, "systems");
  const line = grid(filler, "systems").locator("[data-row-index]").filter({ hasText: system });
  const row = await line.getAttribute("data-row-index");
  await line.locator('[data-field="name"]').click();
  await press(filler, "End");
  await cell(filler, "systems", row, "classified").click();
  await filler.keyboard.type("是");
  await press(filler, "Tab");
  await waitForSaveState(filler);
  await openSection(filler, "hardware");
  await name.and(filler.locator(":not(.closed)")).waitFor();
  await name.click();
  await filler.locator('.rv-open[data-open="true"]', { hasText: "B-09" }).waitFor();
  await screenshot(filler, "review-4b-called-for");
  await type(filler, "涉密");
  await expectText(name, "涉密");
  // What was written for the rule may be put back, here by undoing it.
  await press(filler, "Control+z");
  await expectText(name, before);
  await waitForSaveState(filler);
});

test("targets graded 中 must be returned, and passing says what is missing", async (world) => {
  const reviewer = await openAs(world, "bureau.reviewer", "/requests/education-2024");
  await review(reviewer, "score-sheet").click();
  for (const [n, points] of [8, 7, 7, 7, 10, 10, 10, 10].entries()) {
    await reviewer.locator(`[data-score="${n}"]`).fill(String(points));
  }
  await reviewer.locator('[data-score="total"]', { hasText: "合计 69 分，等次“中”" }).waitFor();
  await reviewer.getByLabel("审核意见", { exact: true }).fill("产出指标偏少。");
  await review(reviewer, "score").click();
  await review(reviewer, "grade").getByText("等次“中”").waitFor();
  await reviewer.locator(".rq-why", { hasText: "没有审阅" }).waitFor();
  await review(reviewer, "viewed").waitFor({ state: "detached" });
  await openSection(reviewer, "indicators");
  await review(reviewer, "viewed").click();
  await reviewer.locator('[data-count="viewed"]', { hasText: "已阅 5/9" }).waitFor();
  await screenshot(reviewer, "review-5-progress");
  // One act upholds the cuts the department has not accepted; it does not publish what is pending.
  const pending = await pendingCount(reviewer).innerText();
  await review(reviewer, "settle").getByText("维持全部 2 项未办结的核减").click();
  await review(reviewer, "settle-all").click();
  await review(reviewer, "settle").waitFor({ state: "detached" });
  await review(reviewer, "settle-all").waitFor({ state: "detached" });
  assert.equal(await pendingCount(reviewer).innerText(), pending);
});

test("the leader confirms a content and a review, both by their hash", async (world) => {
  const leader = await openAs(world, "bureau.leader", "/requests/culture-2024");
  await figure(leader, "total:cut").waitFor();
  const cut = await figure(leader, "total:cut").innerText();
  await leader.locator('.rq-commands [data-command="bureau_confirm"]').click();
  await leader.locator(".rq-ask", { hasText: `核减 ${cut} 元` }).waitFor();
  await screenshot(leader, "review-6-confirm");
  await leader.locator('[data-confirm="bureau_confirm"]').click();
  await waitForStage(leader, "accepted");
});
