// The main job, from an empty desk to 审核通过: fill → import → submit → return → correct → submit → accept, each person in a
// browser of their own, with the keys and the clipboard of an office day.

import assert from "node:assert/strict";
import { press, screenshot, test } from "./harness.mjs";
import {
  asSpreadsheetText, cell, completeReview, expectCount, expectText, grid, gridInput, headerField, inventory, openAs,
  openSection, pasteTable, rowCount, runCommand, total, waitForSaveState, waitForStage, water,
} from "./request_page.mjs";

const GRAND_TOTAL = "3,671,330.87";
const ADDED_SCOPE = "包括机房、网络、服务器与应用系统的全年运行维护。";

async function fillHeader(filler) {
  const { header: typed } = water.budget_request;
  await headerField(filler, "credit_code").click();
  await filler.keyboard.type("11140000MB12345771");
  for (const text of ["韩清", typed.phone, typed.policy_basis, typed.summary, typed.last_year_settled]) {
    await press(filler, "Tab");
    await filler.keyboard.type(text);
  }
  assert.equal(await headerField(filler, "summary").inputValue(), typed.summary);
  await waitForSaveState(filler);
  await screenshot(filler, "main-1-header");
}

async function pasteSystems(filler) {
  await pasteTable(filler, "systems");
  await expectText(cell(filler, "systems", 3, "name"), "防汛监测预警平台");
  await expectText(cell(filler, "systems", 0, "contract_amount"), "7,460,000.00");
  await screenshot(filler, "main-2-systems");
}

const importCount = (dialog, of) => dialog.locator(`[data-import-count="${of}"]`);

// The letter of the workbook column that is mapped to a field.
async function mappedColumn(page, dialog, field) {
  const mapped = dialog
    .locator('select[data-import="column"]')
    .filter({ has: page.locator(`option[value="${field}"]:checked`) });
  return mapped.getAttribute("data-column");
}

async function previewInventory(filler) {
  await openSection(filler, "hardware");
  await filler.locator('[data-import="open"]').click();
  const dialog = filler.locator("dialog.rq-import");
  await dialog.locator('input[type="file"]').setInputFiles(inventory);
  await expectText(importCount(dialog, "rows"), "64");
  await expectText(importCount(dialog, "refused"), "0");
  assert.notEqual(await importCount(dialog, "skipped").textContent(), "0");
  const skipped = dialog.locator("details", { hasText: "跳过的行" });
  await skipped.locator("summary").click();
  assert.match(await skipped.innerText(), /合计|小计/);
  await screenshot(filler, "main-3-import");

  // A wrong mapping names each unreadable cell; corrected, none is left.
  const [model, quantity] = [await mappedColumn(filler, dialog, "model"), await mappedColumn(filler, dialog, "quantity")];
  const map = (letter, field) => dialog.locator(`select[data-column="${letter}"]`).selectOption(field);
  await map(model, "quantity");
  assert.match(await dialog.locator("[data-refused]").first().innerText(), new RegExp(`硬件设备台账!${model}\\d+`));
  await screenshot(filler, "main-4-refused");
  await map(model, "model");
  await map(quantity, "quantity");
  await expectText(importCount(dialog, "refused"), "0");
  await expectText(rowCount(filler, "hardware"), "0 行");
  await dialog.locator('[data-import="confirm"]').click();
  await expectText(rowCount(filler, "hardware"), "64 行");
}

async function undoAndRedoImport(filler) {
  const amount = await total(filler, "category:hardware").textContent();
  await gridInput(filler, "hardware").focus();
  await press(filler, "Control+z");
  await expectText(rowCount(filler, "hardware"), "0 行");
  await expectText(total(filler, "category:hardware"), "0.00");
  await press(filler, "Control+y");
  await expectText(rowCount(filler, "hardware"), "64 行");
  await expectText(total(filler, "category:hardware"), amount);
  await waitForSaveState(filler);
}

// Figures without grouping and trailing zeros.
function plain(text) {
  const figure = text.replaceAll(",", "");
  return /^\d+(\.\d+)?$/.test(figure) ? String(Number(figure)) : text;
}

async function compareWithInventory(filler) {
  await press(filler, "Control+Home", "Control+a", "Control+c");
  const copied = await filler.evaluate(() => navigator.clipboard.readText());
  // Computed columns, and the basis of two costly rows, which the inventory does not have.
  const ignored = [11, 12, 13, 14, 15];
  // The inventory is ordered by category.
  const rows = (text) =>
    text
      .split(/\r?\n/)
      .filter((line) => line)
      .map((line) => line.split("\t").map((cell, n) => (ignored.includes(n) ? "" : plain(cell))))
      .sort((one, other) => one[2].localeCompare(other[2]));
  assert.deepEqual(rows(copied), rows(asSpreadsheetText("hardware")));
}

async function fillTargets(filler) {
  await openSection(filler, "performance_targets");
  const targets = water.performance_targets.header;
  const field = (name) => headerField(filler, name, "performance_targets");
  await field("project_name").click();
  await filler.keyboard.type("省生态环境厅信息系统运行维护");
  await field("attribute").selectOption(targets.attribute);
  await field("period").click();
  await filler.keyboard.type(targets.period);
  await press(filler, "Tab");
  await filler.keyboard.type("杨碧");
  await expectText(filler.locator(".rq-balance-text"), `资金总额少 ${GRAND_TOTAL} 元`);
  await filler.getByRole("button", { name: "财政拨款按申报总额填入" }).click();
  await expectText(filler.locator(".rq-balance-text"), "相符");
  await field("goal").click();
  await filler.keyboard.type(targets.goal);
  await pasteTable(filler, "indicators");
  assert.equal(await filler.locator('[data-weight][data-right="false"]').count(), 0);
  await waitForSaveState(filler);
  await screenshot(filler, "main-5-targets");
}

async function correctErrors(filler) {
  const errors = filler.locator('.rq-counts [data-count="error"]');
  const missing = water.budget_request.hardware.filter((row) => row.basis);
  await expectText(errors, String(missing.length));
  for (const left of [1, 0]) {
    await press(filler, "F8");
    await grid(filler, "hardware").locator('.cursor[data-field="basis"]').waitFor();
    await filler.keyboard.type(missing[left].basis);
    await press(filler, "Tab");
    await expectText(errors, String(left));
  }
  await expectText(filler.locator('.rq-counts [data-count="warning"]'), "19");
  await waitForSaveState(filler);
}

async function justifyAndSubmit(filler) {
  await filler.locator('.rq-commands [data-command="submit"]').click();
  await filler.locator('[data-section="hand-over"][aria-current="true"]').waitFor();
  await filler.getByText("还有 19 条提醒待说明").waitFor();
  const reasons = filler.locator('[data-justify="all"]');
  await reasons.click();
  await filler.keyboard.type("设备全年在保，列入清单仅供核对，不申请费用。");
  await filler.locator('[data-justify="save-all"]').click();
  await reasons.waitFor({ state: "detached" });
  await filler.getByLabel("情况属实，说明如下").click();
  await filler.keyboard.type("等级测评已于本年度完成，下一周期再行申报。");
  await filler.getByRole("button", { name: "保存理由" }).click();
  await filler.getByText("19 条提醒均已说明").waitFor();
  await screenshot(filler, "main-6-hand-over");
  await runCommand(filler, "submit");
  await waitForStage(filler, "department_check");
}

// The bureau takes the request and returns it with two reasons, one of them at a field.
async function takeAndReturn(reviewer) {
  await runCommand(reviewer, "bureau_take");
  await waitForStage(reviewer, "bureau_review");
  await reviewer.locator('.rq-commands [data-command="bureau_return"]').click();
  await headerField(reviewer, "summary").click();
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
  await waitForStage(reviewer, "returned");
}

async function correctAndSubmit(filler) {
  await waitForStage(filler, "returned");
  const returned = filler.locator(".rq-returned");
  assert.match(await returned.innerText(), /2 条理由[\s\S]*需求概述过于简略[\s\S]*请补充运维合同/);
  await screenshot(filler, "main-8-returned");
  await returned.locator("li").first().getByRole("button").click();
  await filler.waitForFunction(() => document.activeElement?.dataset.field === "summary");
  await press(filler, "Control+End");
  await filler.keyboard.type(ADDED_SCOPE);
  await filler.getByRole("button", { name: "查看退回后修改了什么" }).click();
  const changed = filler.locator(".rq-changed");
  await changed.first().waitFor();
  await expectCount(changed, 1);
  assert.equal(await changed.locator("ins").textContent(), water.budget_request.header.summary + ADDED_SCOPE);
  await screenshot(filler, "main-9-changes");
  await runCommand(filler, "submit");
  await waitForStage(filler, "department_check");
}

test("the main job: a request is filled in, returned, corrected and accepted", async (world) => {
  const { step } = world;
  const filler = await openAs(world, "ecology.filler");
  let path;
  await step("the filler starts the year's request from the desk and fills the header by keyboard", async () => {
    await filler.locator('[data-act="open-request"]').click();
    await filler.waitForURL(/\/requests\//);
    path = new URL(filler.url()).pathname;
    await fillHeader(filler);
  });
  await step("the systems are pasted from a spreadsheet", () => pasteSystems(filler));
  await step("the inventory is imported after a preview, and one undo takes it back", async () => {
    await previewInventory(filler);
    await undoAndRedoImport(filler);
  });
  await step("the imported rows are what the department wrote", () => compareWithInventory(filler));
  await step("the other tables and the targets complete it: total and balance are right", async () => {
    for (const table of ["infrastructure", "software", "other", "cloud"]) await pasteTable(filler, table);
    await expectText(total(filler), GRAND_TOTAL);
    await fillTargets(filler);
  });
  await step("the two remaining errors are found with F8 and corrected", () => correctErrors(filler));
  await step("warnings need a written reason, then the request is submitted", () => justifyAndSubmit(filler));

  const approver = await openAs(world, "ecology.approver");
  await step("the department's head approves it", async () => {
    await approver.locator(`[data-request] a[href="${path}"]`).click();
    await expectText(total(approver), GRAND_TOTAL);
    await runCommand(approver, "department_approve");
    await waitForStage(approver, "submitted");
    await waitForStage(filler, "submitted");
  });
  const reviewer = await openAs(world, "bureau.reviewer");
  await step("the bureau takes it and returns it with two reasons", async () => {
    await reviewer.locator(`[data-request] a[href="${path}"]`).click();
    await takeAndReturn(reviewer);
  });
  await step("the filler sees the reasons, goes to the place, corrects it and sees what changed", () => correctAndSubmit(filler));
  await step("approved, taken, passed and confirmed, it is accepted on everybody's page", async () => {
    await runCommand(approver, "department_approve");
    await waitForStage(approver, "submitted");
    await runCommand(reviewer, "bureau_take");
    await waitForStage(reviewer, "bureau_review");
    await completeReview(reviewer);
    await runCommand(reviewer, "bureau_pass");
    await waitForStage(reviewer, "bureau_confirm");
    const leader = await openAs(world, "bureau.leader", path);
    await leader.locator('.rq-commands [data-command="bureau_confirm"]').click();
    await leader.getByText("内容摘要（SM3）").last().waitFor();
    await screenshot(leader, "main-10-confirm");
    await leader.locator('[data-confirm="bureau_confirm"]').click();
    for (const page of [leader, reviewer, approver, filler]) {
      await waitForStage(page, "accepted");
      await expectText(total(page), GRAND_TOTAL);
    }
    await openSection(filler, "record");
    await expectCount(filler.locator(".rq-list tbody tr"), 2);
    await screenshot(filler, "main-11-accepted");
  });
});
