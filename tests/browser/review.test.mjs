// The review, each person in a browser of their own: the reviewer remarks and cuts, the department answers and may change
// only what was questioned, the leader confirms what the leader read.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, press, screenshot, startServer } from "./harness.mjs";
import { at, command, enter, grid, open, saved, shows, stage } from "./request_page.mjs";

const address = "/requests/transport-2024";
const act = (page, name) => page.locator(`[data-review="${name}"]`);
const figure = (page, name) => page.locator(`.rv-sums [data-total="${name}"]`);
const thread = (page, kind) => page.locator(`.rv-item[data-kind="${kind}"]`);
const plain = (text) => Number(text.replaceAll(",", ""));
let server, browser, reviewer, filler;

before(async () => {
  server = await startServer();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

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

test("the three columns follow every key of a cut, and a share of all lines shown is one act", async () => {
  await act(reviewer, "cut").click();
  await at(reviewer, "hardware", 1, "system").click();
  await reviewer.locator('[data-cut="much"]').pressSequentially("12.34");
  await shows(figure(reviewer, "line:cut"), "12.34");
  for (const level of ["line", "category:hardware", "total"]) {
    const [requested, cut, approved] = await Promise.all(
      ["requested", "cut", "approved"].map(async (column) => plain(await figure(reviewer, `${level}:${column}`).innerText())),
    );
    assert.equal((requested - cut).toFixed(2), approved.toFixed(2), level);
  }
  await act(reviewer, "keep").click();
  await reviewer.locator('[data-count="pending"]', { hasText: "2 项" }).waitFor();
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
  await screenshot(filler, "review-3-answer");
});

test("a return opens the cell that was questioned and what its rules call for, and says why", async () => {
  await reviewer.locator('[data-command="bureau_return"]').click();
  await reviewer.locator('[data-return="remarks"]').waitFor();
  await reviewer.locator('[data-confirm="return"]').click();
  await stage(reviewer, "returned");
  await stage(filler, "returned");
  await open(filler, "hardware");
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
