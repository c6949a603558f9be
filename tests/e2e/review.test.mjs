// The review, each person in a browser of their own: the reviewer remarks and cuts, the department answers and may change
// only what was questioned, the leader confirms what the leader read.

import assert from "node:assert/strict";
import { test } from "node:test";
import { press, screenshot } from "./harness.mjs";
import { at, command, enter, grid, open, saved, shows, stage } from "./request_page.mjs";
import { browser, server } from "./started.mjs";

const address = "/requests/transport-2024";
const act = (page, name) => page.locator(`[data-review="${name}"]`);
const figure = (page, name) => page.locator(`.rv-sums [data-total="${name}"]`);
const thread = (page, kind) => page.locator(`.rv-item[data-kind="${kind}"]`);
const pending = (page, number) => page.locator(`[data-pending="${number}"]`);
const plain = (text) => Number(text.replaceAll(",", ""));
let reviewer, filler;

async function published(page) {
  await act(page, "publish").click();
  await page.locator('[data-count="pending"]').waitFor({ state: "detached" });
}

test("the reviewer remarks on a cell where it stands; nobody sees it until it is published", async () => {
  reviewer = await enter(browser, server, "bureau.reviewer", address);
  await command(reviewer, "bureau_take");
  await stage(reviewer, "bureau_review");
  filler = await enter(browser, server, "transport.filler", address);
  await open(reviewer, "hardware");
  await at(reviewer, "hardware", 0, "quantity").click();
  await act(reviewer, "remark").click();
  await reviewer.getByLabel("须改正").check();
  await reviewer.getByLabel("意见", { exact: true }).fill("数量与台账不一致，请核对。");
  await act(reviewer, "keep").click();
  await shows(reviewer.locator('[data-count="pending"]'), "1 项待发布，只有您能看到");
  assert.equal(await filler.locator(".rv-item").count(), 0);
  await screenshot(reviewer, "review-1-pending");
});

test("a pending remark is rewritten where it stands; taken back, one takes along what was said in it", async () => {
  await pending(reviewer, 1).locator('[data-review="rewrite"]').click();
  const text = reviewer.getByLabel("意见", { exact: true });
  await text.click();
  await press(reviewer, "Control+End");
  await reviewer.keyboard.type("附台账。");
  await act(reviewer, "keep").click();
  await pending(reviewer, 1).getByText("数量与台账不一致，请核对。附台账。").waitFor();
  // 所属系统 is always in sight: what is beside it comes and goes with scrolling.
  await at(reviewer, "hardware", 1, "system").click();
  await act(reviewer, "remark").click();
  await text.click();
  await reviewer.keyboard.type("所属系统是否有误？");
  await act(reviewer, "keep").click();
  await pending(reviewer, 2).waitFor();
  await thread(reviewer, "question").click();
  await reviewer.getByLabel("说明", { exact: true }).click();
  await reviewer.keyboard.type("请附采购合同。");
  await reviewer.locator('[data-step="replied"]').click();
  await pending(reviewer, 3).waitFor();
  await pending(reviewer, 2).locator('[data-review="take-back"]').click();
  await act(reviewer, "resting").getByText("第 3 项要在它之后才能办").waitFor();
  await screenshot(reviewer, "review-1b-taking-back");
  await act(reviewer, "take-back-all").click();
  await shows(reviewer.locator('[data-count="pending"]'), "1 项待发布，只有您能看到");
  await act(reviewer, "list").click();
  await shows(reviewer.locator('[data-count="threads"]'), "1 条");
});

test("the three columns follow every key of a cut, and a share of all lines shown is one act", async () => {
  await act(reviewer, "cut").click();
  await at(reviewer, "hardware", 1, "system").click();
  await press(reviewer, "End", "ArrowLeft", "ArrowLeft");
  await reviewer.locator('[data-cut="much"]').pressSequentially("12.34");
  await shows(figure(reviewer, "line:cut"), "12.34");
  for (const level of ["line", "category:hardware", "total"]) {
    const [requested, cut, approved] = await Promise.all(
      ["requested", "cut", "approved"].map(async (column) => plain(await figure(reviewer, `${level}:${column}`).innerText())),
    );
    assert.equal((requested - cut).toFixed(2), approved.toFixed(2), level);
  }
  const line = { cut: at(reviewer, "hardware", 1, "bureau_cut"), approved: at(reviewer, "hardware", 1, "approved") };
  await shows(line.cut, "12.34");
  assert.equal(await line.cut.getAttribute("data-note"), "填写中");
  const amount = plain(await at(reviewer, "hardware", 1, "amount").innerText());
  assert.equal(plain(await line.approved.innerText()).toFixed(2), (amount - 12.34).toFixed(2));
  await act(reviewer, "keep").click();
  await reviewer.locator('[data-count="pending"]', { hasText: "2 项" }).waitFor();
  await reviewer.locator('[data-row-index="1"] [data-field="bureau_cut"][data-note="待发布"]').waitFor();
  await open(reviewer, "cloud");
  await act(reviewer, "cut").click();
  await reviewer.locator('[data-cut="all"]').check();
  await reviewer.locator('[data-cut="much"]').fill("10");
  await reviewer.locator('[data-cut="outcome"]', { hasText: "共 2 行" }).waitFor();
  await screenshot(reviewer, "review-2-bulk-cut");
  await act(reviewer, "keep").click();
  await reviewer.locator('[data-count="pending"]', { hasText: "3 项" }).waitFor();
  await published(reviewer);
  await shows(reviewer.locator('[data-count="threads"]'), "4 条");
  await shows(reviewer.locator('[data-section="cloud"] [data-count="remarks"]'), "2");
});

test("the columns are part of the grid: its keys go over them, Enter opens the cut, the filter finds what is cut", async () => {
  await open(reviewer, "hardware");
  const cursor = (field) => grid(reviewer, "hardware").locator(`[data-row-index="1"] .cursor[data-field="${field}"]`).waitFor();
  await at(reviewer, "hardware", 1, "system").click();
  await press(reviewer, "End", "ArrowLeft", "ArrowLeft", "ArrowLeft");
  await cursor("amount");
  await press(reviewer, "ArrowRight", "ArrowRight");
  await cursor("approved");
  await press(reviewer, "Shift+ArrowLeft", "Control+c");
  const copied = await reviewer.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, /^12\.34\t\d+\.\d\d/);
  await press(reviewer, "ArrowLeft", "Control+Shift+L");
  await reviewer.locator(".grid-filter-panel").getByRole("button", { name: "只看非空" }).click();
  await reviewer.locator('[data-grid-count="rows"]', { hasText: /^显示 1 \/ \d+ 行$/ }).waitFor();
  await screenshot(reviewer, "review-2b-columns");
  assert.match(await grid(reviewer, "hardware").locator(".grid-view-state").innerText(), /“核减数（元）”非空/);
  await reviewer.getByRole("button", { name: "恢复原样" }).click();
  await at(reviewer, "hardware", 0, "bureau_cut").click();
  await press(reviewer, "5", "Enter");
  assert.equal(await at(reviewer, "hardware", 0, "bureau_cut").innerText(), "", "it is no cell to type into");
  await reviewer.waitForFunction(() => document.activeElement?.dataset.cut === "much");
  await reviewer.keyboard.type("7");
  await shows(at(reviewer, "hardware", 0, "bureau_cut"), "7.00");
  await act(reviewer, "keep").click();
  await pending(reviewer, 1).waitFor();
  // Again: the pending cut itself, to be rewritten.
  await at(reviewer, "hardware", 0, "bureau_cut").click();
  await press(reviewer, "Enter");
  await reviewer.waitForFunction(() => document.activeElement?.value === "7.00");
  await press(reviewer, "Control+a");
  await reviewer.keyboard.type("8.5");
  await shows(at(reviewer, "hardware", 0, "bureau_cut"), "8.50");
  await act(reviewer, "keep").click();
  await pending(reviewer, 1).getByText("8.50 元").waitFor();
  await pending(reviewer, 1).locator('[data-review="take-back"]').click();
  await pending(reviewer, 1).waitFor({ state: "detached" });
  await shows(at(reviewer, "hardware", 0, "bureau_cut"), "");
});

test("the department hears of it, answers in place, accepts one cut and contests another", async () => {
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
  // The columns came to the department with the cuts, and say what became of them.
  await open(filler, "hardware");
  await at(filler, "hardware", 1, "system").click();
  await press(filler, "End");
  await grid(filler, "hardware").locator('[data-row-index="1"] [data-field="bureau_cut"][data-note="接受"]').waitFor();
  await open(filler, "cloud");
  await at(filler, "cloud", 0, "system").click();
  await press(filler, "End");
  await grid(filler, "cloud").locator('[data-field="bureau_cut"][data-note="异议"]').waitFor();
  await grid(reviewer, "hardware").locator('[data-row-index="1"] [data-field="bureau_cut"][data-note="接受"]').waitFor();
  await screenshot(filler, "review-3-answer");
});

test("a return opens the cell that was questioned and what its rules call for, and says why", async () => {
  await reviewer.locator('[data-command="bureau_return"]').click();
  await reviewer.locator('[data-return="remarks"]').waitFor();
  await reviewer.locator('[data-confirm="return"]').click();
  await stage(reviewer, "returned");
  await stage(filler, "returned");
  await open(filler, "hardware");
  await at(filler, "hardware", 0, "system").click();
  await at(filler, "hardware", 0, "quantity").click();
  await filler.locator('.rv-open[data-open="true"]', { hasText: "数量与台账不一致" }).waitFor();
  await press(filler, "ArrowRight");
  await filler.locator('.rv-open[data-open="false"]').waitFor();
  const price = await at(filler, "hardware", 0, "unit_value").innerText();
  await filler.keyboard.type("1");
  await press(filler, "Enter");
  assert.equal(await at(filler, "hardware", 0, "unit_value").innerText(), price);
  assert.match(await at(filler, "hardware", 0, "unit_value").getAttribute("class"), /closed/);
  await at(filler, "hardware", 0, "quantity").click();
  await filler.keyboard.type("3");
  await press(filler, "Enter");
  await shows(at(filler, "hardware", 0, "quantity"), "3");
  await saved(filler);
  assert.equal(await grid(filler, "hardware").locator(".remarked").count() > 0, true);
  await screenshot(filler, "review-4-opened");
  await thread(filler, "must_fix").first().click();
  await shows(filler.locator('[data-value="now"]'), "3");
  await filler.getByLabel("说明", { exact: true }).fill("已按台账改为 3。");
  await filler.locator('[data-step="answered"]').click();
  await filler.locator('.rv-thread[data-state="answered"]').waitFor();
  assert.deepEqual([...reviewer.troubles, ...filler.troubles], []);
});

test("targets that score 中 go back, and passing says what is left", async () => {
  const other = await enter(browser, server, "bureau.reviewer", "/requests/education-2024");
  await act(other, "score-sheet").click();
  for (const [at, points] of [8, 7, 7, 7, 10, 10, 10, 10].entries()) {
    await other.locator(`[data-score="${at}"]`).fill(String(points));
  }
  await other.locator('[data-score="total"]', { hasText: "合计 69 分，等次“中”" }).waitFor();
  await other.getByLabel("审核意见", { exact: true }).fill("产出指标偏少。");
  await act(other, "score").click();
  await act(other, "grade").getByText("等次“中”").waitFor();
  await other.locator(".rq-why", { hasText: "没有审阅" }).waitFor();
  await act(other, "viewed").waitFor({ state: "detached" });
  await open(other, "indicators");
  await act(other, "viewed").click();
  await other.locator('[data-count="viewed"]', { hasText: "已阅 5/9" }).waitFor();
  await screenshot(other, "review-5-progress");
  // What the department has not accepted is upheld in one act; what is still pending is not published by it.
  const pending = await other.locator('[data-count="pending"]').innerText();
  await act(other, "settle").getByText("维持全部 2 项未办结的核减").click();
  await act(other, "settle-all").click();
  await act(other, "settle").waitFor({ state: "detached" });
  await act(other, "settle-all").waitFor({ state: "detached" });
  assert.equal(await other.locator('[data-count="pending"]').innerText(), pending);
  assert.deepEqual(other.troubles, []);
});

test("the leader confirms a content and a review, both by their hash", async () => {
  const leader = await enter(browser, server, "bureau.leader", "/requests/culture-2024");
  await figure(leader, "total:cut").waitFor();
  const cut = await figure(leader, "total:cut").innerText();
  await leader.locator('.rq-commands [data-command="bureau_confirm"]').click();
  await leader.locator(".rq-ask", { hasText: `核减 ${cut} 元` }).waitFor();
  await screenshot(leader, "review-6-confirm");
  await leader.locator('[data-confirm="bureau_confirm"]').click();
  await stage(leader, "accepted");
  assert.deepEqual(leader.troubles, []);
});
