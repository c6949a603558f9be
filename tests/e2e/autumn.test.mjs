// The autumn of a year: the bureau gathers and reports the whole, finance reviews, cuts nothing more and answers in a
// batch, the department sees what it got; and a separate request goes its own way.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { screenshot } from "./harness.mjs";
import { enter, tell } from "./request_page.mjs";
import { browser, server } from "./started.mjs";

const { AxeBuilder } = createRequire(import.meta.url)("@axe-core/playwright");
const open = { bypassCSP: true };

async function accessible(page) {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" ")}`), []);
}

const at = (page, stage) => page.locator(`.page-head [data-stage="${stage}"]`).waitFor();
const text = (page, selector) => page.locator(selector).first().innerText();
const number = (said) => Number(said.replaceAll(",", ""));

test("the bureau gathers the whole, its leader confirms and reports it", async () => {
  const reviewer = await enter(browser, server, "bureau.reviewer", "/consolidation", open);
  await reviewer.locator('[data-act="open-compilation"]').click();
  await at(reviewer, "compiling");
  assert.equal(await text(reviewer, '[data-count="included"]'), "5");
  assert.equal(await text(reviewer, '[data-count="missing"]'), "7");
  const [requested, cut, reviewed] = await Promise.all(
    ["requested", "cut", "reviewed"].map(async (total) => number(await text(reviewer, `[data-total="${total}"]`))),
  );
  assert.ok(cut > 0 && Math.abs(requested - cut - reviewed) < 0.005, `${requested} − ${cut} = ${reviewed}`);
  await reviewer.locator('[data-unit="wan"]').click();
  assert.equal(await text(reviewer, '[data-total="reviewed"]'), (reviewed / 10000).toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 }));
  await reviewer.locator('[data-unit="yuan"]').click();
  await accessible(reviewer);
  await tell(reviewer, "compile");
  await at(reviewer, "bureau_confirm");
  // Who gathered it is not offered to confirm it.
  assert.equal(await reviewer.locator('[data-command="confirm_compilation"]').count(), 0);

  const leader = await enter(browser, server, "bureau.leader", "/", open);
  await leader.getByRole("link", { name: "去办理：整体预算汇总" }).click();
  await at(leader, "bureau_confirm");
  await tell(leader, "confirm_compilation");
  await at(leader, "confirmed");
  await tell(leader, "submit_to_finance");
  await at(leader, "reported");
  await screenshot(leader, "consolidation", { fullPage: true });
  for (const page of [reviewer, leader]) {
    assert.deepEqual(page.troubles, []);
    await page.context().close();
  }
});

test("the rolling plan: the first year stands, the later two are written and confirmed", async () => {
  const reviewer = await enter(browser, server, "bureau.reviewer", "/plan", open);
  await reviewer.locator('[data-act="open-plan"]').click();
  const line = reviewer.locator('tr[data-plan="agriculture-2024"]');
  const first = await line.locator("td").first().innerText();
  await line.locator('[data-year="第二年"]').fill("9000000");
  await line.locator('[data-year="第三年"]').fill("9000000");
  await accessible(reviewer);
  await reviewer.locator('[data-command="plan_years"]').click();
  await reviewer.locator(".notice", { hasText: "请写明变动原因" }).waitFor();
  await line.locator(".of-reason").fill("三个系统免费维护期满，转入运维");
  await reviewer.locator('[data-command="plan_years"]').click();
  await at(reviewer, "bureau_confirm");
  assert.equal(await line.locator("td").first().innerText(), first);
  const leader = await enter(browser, server, "bureau.leader", "/", open);
  await leader.getByRole("link", { name: "去办理：中期财政规划" }).click();
  await tell(leader, "confirm_plan");
  await at(leader, "confirmed");
  await accessible(leader);
  await screenshot(leader, "plan", { fullPage: true });
  for (const page of [reviewer, leader]) {
    assert.deepEqual(page.troubles, []);
    await page.context().close();
  }
});

test("finance passes a request, drafts the batch and its leader issues it; the department sees the result", async () => {
  const reviewer = await enter(browser, server, "finance.reviewer", "/finance", open);
  const line = reviewer.locator('tr[data-request="agriculture-2024"]');
  await line.getByText("尚无数据").first().waitFor();
  await accessible(reviewer);
  await screenshot(reviewer, "finance", { fullPage: true });
  await line.getByRole("link").first().click();
  await tell(reviewer, "finance_pass");
  await reviewer.getByText("已财政审核通过").first().waitFor();
  await reviewer.goto(`${server.url}/finance`);
  await line.getByText("通过（尤财）").waitFor();
  await reviewer.locator('[data-act="open-batch"]').click();
  await reviewer.locator('tr[data-candidate="agriculture-2024"] input:checked').waitFor();
  await reviewer.locator('tr[data-candidate="civil-2024"] input:disabled').waitFor();
  await reviewer.locator('[data-command="draft_batch"]').click();
  await reviewer.getByText("文号应写作").waitFor();
  await reviewer.locator('input[name="number"]').fill("晋财行〔2023〕112号");
  await accessible(reviewer);
  await reviewer.locator('[data-command="draft_batch"]').click();
  await at(reviewer, "finance_confirm");
  const approved = await text(reviewer, '[data-total="approved"]');

  const leader = await enter(browser, server, "finance.leader", "/", open);
  await leader.getByRole("link", { name: "去办理：晋财行〔2023〕112号" }).click();
  await tell(leader, "return_batch", "批复日期请改为二十日。");
  await at(leader, "draft");
  await reviewer.reload();
  await reviewer.locator('input[name="date"]').fill("2023-12-20");
  await reviewer.locator('[data-command="draft_batch"]').click();
  await at(reviewer, "finance_confirm");
  await leader.reload();
  await tell(leader, "issue_batch");
  await at(leader, "issued");
  await screenshot(leader, "batch", { fullPage: true });

  const filler = await enter(browser, server, "agriculture.filler", "/requests/agriculture-2024", open);
  await filler.getByRole("link", { name: "逐行查看批复结果" }).click();
  await at(filler, "approved");
  assert.equal(await text(filler, '[data-total="approved"]'), approved);
  await accessible(filler);
  await screenshot(filler, "result", { fullPage: true });
  const notice = async (link) => {
    const [file] = await Promise.all([filler.waitForEvent("download"), link.click()]);
    assert.equal(file.suggestedFilename(), "批复通知-晋财行〔2023〕112号-省农业农村厅.pdf");
    return readFileSync(await file.path());
  };
  const paper = await notice(filler.locator('[data-file="approval"]'));
  assert.equal(paper.subarray(0, 5).toString(), "%PDF-");
  // From the request's own page as well, the same paper.
  await filler.getByRole("link", { name: "打开申请" }).click();
  assert.ok(paper.equals(await notice(filler.locator('[data-approval] [data-file="approval"]'))));
  for (const page of [reviewer, leader, filler]) {
    assert.deepEqual(page.troubles, []);
    await page.context().close();
  }
});

test("a separate request: the bureau's signed opinion, then finance", async () => {
  const filler = await enter(browser, server, "water.filler", "/separates", open);
  await filler.locator('[data-act="open-separate"]').click();
  await filler.locator('input[name="system"]').fill("水库大坝安全监测专网");
  await filler.locator('input[name="amount"]').fill("50,0000");
  await filler.locator('textarea[name="reason"]').fill("新建专用监测网络须单独维护，本年度到期续保。");
  await filler.locator('textarea[name="why_outside"]').fill("专网不接入政务云，由流域机构统一运行。");
  await filler.getByText("已填写完整").waitFor();
  await accessible(filler);
  await filler.locator('[data-command="fill_claim"]').click();
  await filler.getByText("已保存").waitFor();
  const place = new URL(filler.url()).pathname;
  await tell(filler, "submit");
  await at(filler, "department_check");
  const approver = await enter(browser, server, "water.approver", place);
  await tell(approver, "department_approve");
  await at(approver, "bureau_opinion");
  const finance = await enter(browser, server, "finance.reviewer", place);
  await finance.getByText("没有这份单独申请").waitFor();

  // The bell says whom it waits for, and leads there.
  const reviewer = await enter(browser, server, "bureau.reviewer", "/", open);
  await reviewer.locator('[data-act="notices"]').click();
  const group = reviewer.locator(".bell-group", { hasText: "单独申请（水库大坝安全监测专网）" });
  await group.getByText("部门已报送，请办理").waitFor();
  await group.getByRole("link").click();
  await at(reviewer, "bureau_opinion");
  assert.equal(new URL(reviewer.url()).pathname, place);
  await reviewer.locator('input[name="number"]').fill("晋政信函〔2023〕8号");
  await reviewer.locator('textarea[name="opinion"]').fill("该专网由流域机构运行，不在集中运维目录内。");
  await accessible(reviewer);
  await reviewer.locator('[data-command="draft_opinion"]').click();
  await at(reviewer, "bureau_confirm");
  const leader = await enter(browser, server, "bureau.leader", place);
  await tell(leader, "sign_opinion");
  await at(leader, "finance_decision");

  await finance.reload();
  await finance.locator('input[name="arranged"]').fill("400000");
  await finance.locator('textarea[name="decision"]').fill("同意安排，从部门预算列支。");
  await finance.locator('[data-command="draft_decision"]').click();
  await at(finance, "finance_confirm");
  const chief = await enter(browser, server, "finance.leader", place, open);
  await tell(chief, "sign_decision");
  await at(chief, "arranged");
  await chief.getByText("安排 400,000.00 元").waitFor();
  await accessible(chief);
  await screenshot(chief, "separate", { fullPage: true });
  await filler.reload();
  await filler.locator('[data-act="notices"]').click();
  await filler.locator(".bell-list").getByText("财政已安排 400,000.00 元").waitFor();
  const [opinion] = await Promise.all([
    filler.waitForEvent("download"),
    filler.locator('[data-file="opinion"]').click(),
  ]);
  assert.equal(opinion.suggestedFilename(), "审核意见-晋政信函〔2023〕8号.pdf");
  for (const page of [filler, approver, finance, reviewer, leader, chief]) {
    assert.deepEqual(page.troubles, []);
    await page.context().close();
  }
});
