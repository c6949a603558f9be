// The main job, from an empty desk to 审核通过: fill → import → submit → return → fix → submit → accept, each person in a
// browser of their own, with the keys and the clipboard of an office day.

import assert from "node:assert/strict";
import { test } from "node:test";
import { press, screenshot } from "./harness.mjs";
import {
  asSpreadsheetText, at, command, enter, grid, header, inventory, looksThrough, open, pasteTable, rowCount, saved, shows, stage, total,
  water,
} from "./request_page.mjs";
import { browser, server } from "./started.mjs";

const GRAND_TOTAL = "3,671,330.87";
const ADDED = "包括机房、网络、服务器与应用系统的全年运行维护。";
let filler, address;

test("the filler starts the year's request from the desk and fills the header with the keyboard", async () => {
  filler = await enter(browser, server, "ecology.filler");
  await filler.locator('[data-act="open-request"]').click();
  await filler.waitForURL(/\/requests\//);
  address = new URL(filler.url()).pathname;
  const { header: typed } = water.budget_request;
  await header(filler, "credit_code").click();
  await filler.keyboard.type("11140000MB12345771");
  for (const text of ["韩清", typed.phone, typed.policy_basis, typed.summary, typed.last_year_settled]) {
    await press(filler, "Tab");
    await filler.keyboard.type(text);
  }
  assert.equal(await header(filler, "summary").inputValue(), typed.summary);
  await saved(filler);
  await screenshot(filler, "main-1-header");
});

test("the systems come from a spreadsheet by the clipboard", async () => {
  await pasteTable(filler, "systems");
  await shows(at(filler, "systems", 3, "name"), "防汛监测预警平台");
  await shows(at(filler, "systems", 0, "contract_amount"), "7,460,000.00");
  await screenshot(filler, "main-2-systems");
});

test("the inventory is imported after a look at what would happen, and one undo takes it back", async () => {
  await open(filler, "hardware");
  await filler.locator('[data-import="open"]').click();
  const dialog = filler.locator("dialog.rq-import");
  await dialog.locator('input[type="file"]').setInputFiles(inventory);
  const counted = (what) => dialog.locator(`[data-import-count="${what}"]`);
  await shows(counted("rows"), "64");
  await shows(counted("refused"), "0");
  assert.notEqual(await counted("skipped").textContent(), "0");
  const skipped = dialog.locator("details", { hasText: "跳过的行" });
  await skipped.locator("summary").click();
  assert.match(await skipped.innerText(), /合计|小计/);
  await screenshot(filler, "main-3-import");

  // A column mapped wrongly is named cell by cell; put right, nothing is refused.
  const model = dialog.locator('select[data-import="column"]').filter({ has: filler.locator('option[value="model"]:checked') });
  const letter = await model.getAttribute("data-column");
  const column = dialog.locator(`select[data-column="${letter}"]`);
  const quantity = dialog.locator('select[data-import="column"]').filter({ has: filler.locator('option[value="quantity"]:checked') });
  const counts = await quantity.getAttribute("data-column");
  await column.selectOption("quantity");
  assert.match(await dialog.locator("[data-refused]").first().innerText(), new RegExp(`硬件设备台账!${letter}\\d+`));
  await screenshot(filler, "main-4-refused");
  await column.selectOption("model");
  await dialog.locator(`select[data-column="${counts}"]`).selectOption("quantity");
  await shows(counted("refused"), "0");
  await shows(rowCount(filler, "hardware"), "0 行");

  await dialog.locator('[data-import="confirm"]').click();
  await shows(rowCount(filler, "hardware"), "64 行");
  const amount = await total(filler, "category:hardware").textContent();
  await filler.locator('[data-grid-input="hardware"]').focus();
  await press(filler, "Control+z");
  await shows(rowCount(filler, "hardware"), "0 行");
  await shows(total(filler, "category:hardware"), "0.00");
  await press(filler, "Control+y");
  await shows(rowCount(filler, "hardware"), "64 行");
  await shows(total(filler, "category:hardware"), amount);
  await saved(filler);
});

test("the imported rows are what the department wrote", async () => {
  await press(filler, "Control+Home", "Control+a", "Control+c");
  const copied = await filler.evaluate(() => navigator.clipboard.readText());
  // Computed, and the basis of two costly lines, which the inventory does not have.
  const beside = [11, 12, 13, 14, 15];
  // The inventory has them by category.
  const typed = (text) =>
    text
      .split(/\r?\n/)
      .filter((line) => line)
      .map((line) => line.split("\t").map((cell, n) => (beside.includes(n) ? "" : plain(cell))))
      .sort((one, other) => one[2].localeCompare(other[2]));
  assert.deepEqual(typed(copied), typed(asSpreadsheetText("hardware")));
});

// Figures without their grouping and their last zeros.
function plain(text) {
  const figure = text.replaceAll(",", "");
  return /^\d+(\.\d+)?$/.test(figure) ? String(Number(figure)) : text;
}

test("the other tables and the targets complete it: the total and the balance stand", async () => {
  for (const table of ["infrastructure", "software", "other", "cloud"]) await pasteTable(filler, table);
  await shows(total(filler), GRAND_TOTAL);
  await open(filler, "performance_targets");
  const targets = water.performance_targets.header;
  const field = (name) => header(filler, name, "performance_targets");
  await field("project_name").click();
  await filler.keyboard.type("省生态环境厅信息系统运行维护");
  await field("attribute").selectOption(targets.attribute);
  await field("period").click();
  await filler.keyboard.type(targets.period);
  await press(filler, "Tab");
  await filler.keyboard.type("杨碧");
  await shows(filler.locator(".rq-balance-told"), `资金总额少 ${GRAND_TOTAL} 元`);
  await filler.getByRole("button", { name: "财政拨款按申报总额填入" }).click();
  await shows(filler.locator(".rq-balance-told"), "相符");
  await field("goal").click();
  await filler.keyboard.type(targets.goal);
  await pasteTable(filler, "indicators");
  assert.equal(await filler.locator('[data-weight][data-right="false"]').count(), 0);
  await saved(filler);
  await screenshot(filler, "main-5-targets");
});

test("the two errors that are left are found with F8 and put right", async () => {
  const errors = filler.locator('.rq-counts [data-count="error"]');
  const missing = water.budget_request.hardware.filter((row) => row.basis);
  await shows(errors, String(missing.length));
  for (const left of [1, 0]) {
    await press(filler, "F8");
    await grid(filler, "hardware").locator('.cursor[data-field="basis"]').waitFor();
    await filler.keyboard.type(missing[left].basis);
    await press(filler, "Tab");
    await shows(errors, String(left));
  }
  await shows(filler.locator('.rq-counts [data-count="warning"]'), "19");
  await saved(filler);
});

test("warnings need a written reason; then the request is handed over", async () => {
  await filler.locator('.rq-commands [data-command="submit"]').click();
  await filler.locator('[data-section="hand-over"][aria-current="true"]').waitFor();
  await filler.getByText("还有 19 条提醒没有写明采纳理由").waitFor();
  const reasons = filler.locator('[data-justify="all"]');
  await reasons.click();
  await filler.keyboard.type("设备全年在保，列入清单仅供核对，不申请费用。");
  await filler.locator('[data-justify="save-all"]').click();
  await reasons.waitFor({ state: "detached" });
  await filler.getByLabel("情况属实，采纳理由").click();
  await filler.keyboard.type("等级测评已于本年度完成，下一周期再行申报。");
  await filler.getByRole("button", { name: "保存理由" }).click();
  await filler.getByText("19 条提醒都已写明采纳理由").waitFor();
  await screenshot(filler, "main-6-hand-over");
  await command(filler, "submit");
  await stage(filler, "department_check");
});

test("the department's head approves; the bureau takes it and returns it with two reasons", async () => {
  const approver = await enter(browser, server, "ecology.approver");
  await approver.locator(`[data-request] a[href="${address}"]`).click();
  await shows(total(approver), GRAND_TOTAL);
  await command(approver, "department_approve");
  await stage(approver, "submitted");
  await stage(filler, "submitted");
  await approver.context().close();

  const reviewer = await enter(browser, server, "bureau.reviewer");
  await reviewer.locator(`[data-request] a[href="${address}"]`).click();
  await command(reviewer, "bureau_take");
  await stage(reviewer, "bureau_review");
  await reviewer.locator('.rq-commands [data-command="bureau_return"]').click();
  await header(reviewer, "summary").click();
  const reasons = reviewer.getByLabel("退回理由", { exact: true });
  await reviewer.getByRole("button", { name: "退回理由", exact: true }).click();
  await reasons.first().click();
  await reviewer.keyboard.type("需求概述过于简略，请写明范围。");
  await reviewer.getByRole("button", { name: "用当前所选位置" }).click();
  await reviewer.getByRole("button", { name: "再加一条" }).click();
  await reasons.nth(1).click();
  await reviewer.keyboard.type("请补充运维合同。");
  await screenshot(reviewer, "main-7-returning");
  await reviewer.locator('[data-confirm="return"]').click();
  await stage(reviewer, "returned");
  await reviewer.context().close();
});

test("the filler sees the reasons, goes to the place, puts it right and sees what changed", async () => {
  await stage(filler, "returned");
  const returned = filler.locator(".rq-returned");
  assert.match(await returned.innerText(), /2 条理由[\s\S]*需求概述过于简略[\s\S]*请补充运维合同/);
  await screenshot(filler, "main-8-returned");
  await returned.locator("li").first().getByRole("button").click();
  await filler.waitForFunction(() => document.activeElement?.dataset.field === "summary");
  await press(filler, "Control+End");
  await filler.keyboard.type(ADDED);
  await filler.getByRole("button", { name: "查看退回后修改了什么" }).click();
  const changed = filler.locator(".rq-changed");
  await changed.first().waitFor();
  assert.equal(await changed.count(), 1);
  assert.equal(await changed.locator("ins").textContent(), water.budget_request.header.summary + ADDED);
  await screenshot(filler, "main-9-changes");
  await command(filler, "submit");
  await stage(filler, "department_check");
});

test("approved, taken, passed and confirmed: accepted on everybody's page", async () => {
  const act = async (account, steps) => {
    const page = await enter(browser, server, account, address);
    for (const [verb, after] of steps) {
      await command(page, verb);
      await stage(page, after);
    }
    return page;
  };
  const approver = await act("ecology.approver", [["department_approve", "submitted"]]);
  const reviewer = await act("bureau.reviewer", [["bureau_take", "bureau_review"]]);
  await looksThrough(reviewer);
  await command(reviewer, "bureau_pass");
  await stage(reviewer, "bureau_confirm");
  const leader = await enter(browser, server, "bureau.leader", address);
  await leader.locator('.rq-commands [data-command="bureau_confirm"]').click();
  await leader.getByText("内容摘要（SM3）").last().waitFor();
  await screenshot(leader, "main-10-confirm");
  await leader.locator('[data-confirm="bureau_confirm"]').click();
  for (const page of [leader, reviewer, approver, filler]) {
    await stage(page, "accepted");
    await shows(total(page), GRAND_TOTAL);
    assert.deepEqual(page.troubles, []);
  }
  await open(filler, "record");
  assert.equal(await filler.locator(".rq-list tbody tr").count(), 2);
  await screenshot(filler, "main-11-accepted");
});
