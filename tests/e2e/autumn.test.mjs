// The second half of the process: the bureau consolidates and reports, finance reviews and approves in batches, the department
// sees its result; the mid-term plan; a separate application.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { leaveFor, press, screenshot, test } from "./harness.mjs";
import { openAs, reportConsolidatedBudget, runOfficeCommand, waitForCaseStage } from "./request_page.mjs";

const { AxeBuilder } = createRequire(import.meta.url)("@axe-core/playwright");
// axe injects its script into the page.
const FOR_AXE = { bypassCSP: true };

async function assertAccessible(page) {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" ")}`), []);
}

const text = (page, selector) => page.locator(selector).first().innerText();
const number = (text) => Number(text.replaceAll(",", ""));

test("the bureau compiles the consolidated budget, its leader confirms and reports it", async (world) => {
  const reviewer = await openAs(world, "bureau.reviewer", "/consolidation", FOR_AXE);
  await reviewer.locator('[data-act="open-compilation"]').click();
  await waitForCaseStage(reviewer, "compiling");
  assert.equal(await text(reviewer, '[data-count="included"]'), "5");
  assert.equal(await text(reviewer, '[data-count="missing"]'), "7");
  const [requested, cut, reviewed] = await Promise.all(
    ["requested", "cut", "reviewed"].map(async (total) => number(await text(reviewer, `[data-total="${total}"]`))),
  );
  assert.ok(cut > 0 && Math.abs(requested - cut - reviewed) < 0.005, `${requested} − ${cut} = ${reviewed}`);
  await reviewer.locator('[data-unit="wan"]').click();
  const inWan = (reviewed / 10000).toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  assert.equal(await text(reviewer, '[data-total="reviewed"]'), inWan);
  await reviewer.locator('[data-unit="yuan"]').click();
  await assertAccessible(reviewer);
  await runOfficeCommand(reviewer, "compile");
  await waitForCaseStage(reviewer, "bureau_confirm");
  // Its author may not confirm it.
  assert.equal(await reviewer.locator('[data-command="confirm_compilation"]').count(), 0);

  const leader = await openAs(world, "bureau.leader", "/", FOR_AXE);
  await leader.getByRole("link", { name: "去办理：整体预算汇总" }).click();
  await waitForCaseStage(leader, "bureau_confirm");
  await runOfficeCommand(leader, "confirm_compilation");
  await waitForCaseStage(leader, "confirmed");
  await runOfficeCommand(leader, "submit_to_finance");
  await waitForCaseStage(leader, "reported");
  await screenshot(leader, "consolidation", { fullPage: true });
});

test("the mid-term plan: the first year is given, the later two are written and confirmed", async (world) => {
  // A growth without a reason is not sent.
  const reviewer = await openAs(world, "bureau.reviewer", "/plan", FOR_AXE);
  await reviewer.locator('[data-act="open-plan"]').click();
  const line = reviewer.locator('tr[data-plan="agriculture-2024"]');
  const first = await line.locator("td").first().innerText();
  await line.locator('[data-year="第二年"]').fill("9000000");
  await line.locator('[data-year="第三年"]').fill("9000000");
  await assertAccessible(reviewer);
  await reviewer.locator('[data-command="plan_years"]').click();
  await line.locator(".field-error", { hasText: "请写明变动原因" }).waitFor();
  await line.locator(".of-reason").fill("三个系统免费维护期满，转入运维");
  await reviewer.locator('[data-command="plan_years"]').click();
  await waitForCaseStage(reviewer, "bureau_confirm");
  assert.equal(await line.locator("td").first().innerText(), first);
  const leader = await openAs(world, "bureau.leader", "/", FOR_AXE);
  await leader.getByRole("link", { name: "去办理：中期财政规划" }).click();
  await runOfficeCommand(leader, "confirm_plan");
  await waitForCaseStage(leader, "confirmed");
  await assertAccessible(leader);
  await screenshot(leader, "plan", { fullPage: true });
});

test("finance passes a request, drafts the batch and its leader issues it; the department sees the result", async (world) => {
  await reportConsolidatedBudget(world);
  const reviewer = await openAs(world, "finance.reviewer", "/finance", FOR_AXE);
  const line = reviewer.locator('tr[data-request="agriculture-2024"]');
  await line.waitFor();
  await reviewer.getByText("尚无数据的参考信息").waitFor();
  await assertAccessible(reviewer);
  await screenshot(reviewer, "finance", { fullPage: true });
  await line.getByRole("link").first().click();
  await runOfficeCommand(reviewer, "finance_pass");
  await reviewer.getByText("已财政审核通过").first().waitFor();
  await leaveFor(reviewer, `${world.server.url}/finance`);
  await line.getByText("通过（尤财）").waitFor();
  await reviewer.locator('[data-act="open-batch"]').click();
  await reviewer.locator('tr[data-candidate="agriculture-2024"] input:checked').waitFor();
  await reviewer.locator('tr[data-candidate="civil-2024"] input:disabled').waitFor();
  // A batch without a document number is refused.
  world.expectTrouble(/status of 403 .*\/transitions\]/);
  await reviewer.locator('[data-command="draft_batch"]').click();
  await reviewer.getByText("文号应写作").waitFor();
  await reviewer.locator('input[name="number"]').fill("晋财行〔2023〕112号");
  await assertAccessible(reviewer);
  await reviewer.locator('[data-command="draft_batch"]').click();
  await waitForCaseStage(reviewer, "finance_confirm");
  const approved = await text(reviewer, '[data-total="approved"]');

  const leader = await openAs(world, "finance.leader", "/", FOR_AXE);
  await leader.getByRole("link", { name: "去办理：晋财行〔2023〕112号" }).click();
  await runOfficeCommand(leader, "return_batch", { reasons: "批复日期请改为二十日。" });
  await waitForCaseStage(leader, "draft");
  await leaveFor(reviewer);
  await reviewer.locator('input[name="date"]').fill("2023-12-20");
  await reviewer.locator('[data-command="draft_batch"]').click();
  await waitForCaseStage(reviewer, "finance_confirm");
  await leaveFor(leader);
  await runOfficeCommand(leader, "issue_batch");
  await waitForCaseStage(leader, "issued");
  await screenshot(leader, "batch", { fullPage: true });

  const filler = await openAs(world, "agriculture.filler", "/requests/agriculture-2024", FOR_AXE);
  await filler.getByRole("link", { name: "逐行查看批复结果" }).click();
  await waitForCaseStage(filler, "approved");
  assert.equal(await text(filler, '[data-total="approved"]'), approved);
  await assertAccessible(filler);
  await screenshot(filler, "result", { fullPage: true });
  const download = async (link) => {
    const [file] = await Promise.all([filler.waitForEvent("download"), link.click()]);
    assert.equal(file.suggestedFilename(), "批复通知-晋财行〔2023〕112号-省农业农村厅.pdf");
    return readFileSync(await file.path());
  };
  const letter = await download(filler.locator('[data-file="approval"]'));
  assert.equal(letter.subarray(0, 5).toString(), "%PDF-");
  // The request's own page offers the same document.
  await filler.getByRole("link", { name: "打开申请" }).click();
  assert.ok(letter.equals(await download(filler.locator('[data-approval] [data-file="approval"]'))));
});

test("a separate application: the bureau's signed opinion, then the decision of finance", async (world) => {
  const { server } = world;
  const filler = await openAs(world, "water.filler", "/cases?kind=separate", FOR_AXE);
  await filler.locator('[data-act="open-separate"]').click();
  const fields = {
    system: "水库大坝安全监测专网",
    amount: "500,000",
    reason: "新建专用监测网络须单独维护，本年度到期续保。",
    why_outside: "专网不接入政务云，由流域机构统一运行。",
  };
  for (const [field, value] of Object.entries(fields)) {
    await filler.locator(`[data-field="${field}"]`).fill(value);
  }
  await filler.getByText("已填写完整").waitFor();
  await assertAccessible(filler);
  await filler.locator('[data-saved="delivered"]').waitFor();
  const path = new URL(filler.url()).pathname;
  await runOfficeCommand(filler, "submit");
  await waitForCaseStage(filler, "department_check");
  const approver = await openAs(world, "water.approver", path);
  await runOfficeCommand(approver, "department_approve");
  await waitForCaseStage(approver, "bureau_opinion");
  // To finance it does not exist before the opinion.
  world.expectTrouble(/status of 404 .*\/cases\//);
  const finance = await openAs(world, "finance.reviewer", path);
  await finance.getByText("没有这份案卷").waitFor();

  // The bell names the case and links to it.
  const reviewer = await openAs(world, "bureau.reviewer", "/", FOR_AXE);
  await reviewer.locator('[data-act="notices"]').click();
  const group = reviewer.locator(".bell-group", { hasText: "单独申请（水库大坝安全监测专网）" });
  await group.getByText("部门已报送，请办理").waitFor();
  await group.getByRole("link").click();
  await waitForCaseStage(reviewer, "bureau_opinion");
  assert.equal(reviewer.url(), server.url + path);
  await reviewer.locator('[data-command="draft_opinion"]').click();
  await reviewer.locator('[data-confirm="draft_opinion"]').waitFor();
  await assertAccessible(reviewer);
  await press(reviewer, "Escape");
  await reviewer.locator('[data-confirm="draft_opinion"]').waitFor({ state: "detached" });
  const opinionFields = { number: "晋政信函〔2023〕8号", text: "该专网由流域机构运行，不在集中运维目录内。" };
  await runOfficeCommand(reviewer, "draft_opinion", opinionFields);
  await waitForCaseStage(reviewer, "bureau_confirm");
  const leader = await openAs(world, "bureau.leader", path);
  await runOfficeCommand(leader, "sign_opinion");
  await waitForCaseStage(leader, "finance_decision");

  await leaveFor(finance);
  await runOfficeCommand(finance, "draft_decision", { amount: "400000", text: "同意安排，从部门预算列支。" });
  await waitForCaseStage(finance, "finance_confirm");
  const financeLeader = await openAs(world, "finance.leader", path, FOR_AXE);
  await runOfficeCommand(financeLeader, "sign_decision");
  await waitForCaseStage(financeLeader, "arranged");
  await financeLeader.getByText("安排 400,000.00 元").waitFor();
  await assertAccessible(financeLeader);
  await screenshot(financeLeader, "separate", { fullPage: true });
  await leaveFor(filler);
  await filler.locator('[data-act="notices"]').click();
  await filler.locator(".bell-list").getByText("财政已安排 400,000.00 元").waitFor();
  const [opinion] = await Promise.all([
    filler.waitForEvent("download"),
    filler.locator('[data-file="opinion"]').click(),
  ]);
  assert.equal(opinion.suggestedFilename(), "审核意见-晋政信函〔2023〕8号.pdf");
});
