// Rules explain themselves where they apply: why a cell is red, what would pass, where a figure comes from; and nothing with an
// error in it is submitted.

import assert from "node:assert/strict";
import { press, screenshot, test } from "./harness.mjs";
import {
  cell, expectText, gridInput, headerField, openAs, openSection, paste, rowCount, total, waitForSaveState,
} from "./request_page.mjs";

async function openRequest(world) {
  const page = await openAs(world, "water.filler", "/requests/water-2024", { width: 2000, height: 900 });
  await headerField(page, "contact").waitFor();
  return page;
}

const side = (page) => page.locator(".rq-side");
const count = (page, severity) => page.locator(`.rq-counts [data-count="${severity}"]`);

// Types into a cell and selects it again.
async function type(page, table, row, field, text) {
  await cell(page, table, row, field).click();
  await page.keyboard.type(text);
  await press(page, "Tab");
  await cell(page, table, row, field).click();
}

// Empties three required cells in three sections: four errors. The cloud row then costs nothing, so the funds of the targets
// no longer equal the total.
async function makeFourErrors(page) {
  await openSection(page, "budget_request");
  await headerField(page, "contact").click();
  await press(page, "Control+a", "Delete");
  await openSection(page, "hardware");
  await cell(page, "hardware", 5, "name").click();
  await press(page, "Delete");
  await openSection(page, "cloud");
  await cell(page, "cloud", 1, "quantity").click();
  await press(page, "Delete");
  await expectText(count(page, "error"), "4");
}

test("a red cell names the rule, the article and what would pass; one button corrects it", async (world) => {
  const page = await openRequest(world);
  await openSection(page, "hardware");
  const before = await total(page).textContent();
  await type(page, "hardware", 0, "rate", "101");
  await cell(page, "hardware", 0, "rate").and(page.locator('[aria-invalid="true"]')).waitFor();
  const card = side(page).locator('.rq-finding[data-severity="error"]').first();
  await card.waitFor();
  assert.match(await card.innerText(), /A-\d\d|B-\d\d/);
  assert.match(await card.innerText(), /依据《办法》第[一二三四五六七八九十]+条/);
  await screenshot(page, "rules-red");
  const correction = card.locator(".rq-correct");
  const nearest = (await correction.innerText()).match(/改为 (\S+)/)[1];
  await correction.click();
  await expectText(cell(page, "hardware", 0, "rate"), nearest);
  await cell(page, "hardware", 0, "rate").and(page.locator('[aria-invalid="false"]')).waitFor();
  await gridInput(page, "hardware").focus();
  await press(page, "Control+z", "Control+z");
  await expectText(total(page), before);
});

test("a warning names its rule and takes a written reason, which one undo takes back", async (world) => {
  const page = await openRequest(world);
  await openSection(page, "hardware");
  await page.locator(".rq-count[data-severity='warning']").click();
  await side(page).locator('.rq-problem[data-rule="B-04"]').first().click();
  const card = side(page).locator('.rq-finding[data-rule="B-04"]');
  await side(page).getByRole("button", { name: "所选单元格" }).click();
  await card.getByLabel("情况属实，说明如下").click();
  await page.keyboard.type("在保");
  await card.getByRole("button", { name: "保存理由" }).click();
  await card.getByText("理由应为 5 至 500 个字").waitFor();
  await card.getByLabel("情况属实，说明如下").click();
  await press(page, "Control+End");
  await page.keyboard.type("设备，不申请费用");
  await card.getByRole("button", { name: "保存理由" }).click();
  await card.getByText("在保设备，不申请费用").waitFor();
  await gridInput(page, "hardware").focus();
  await press(page, "Control+z");
  await card.getByLabel("情况属实，说明如下").waitFor();
});

test("a computed figure is explained level by level, down to what was typed", async (world) => {
  const page = await openRequest(world);
  await openSection(page, "hardware");
  await cell(page, "hardware", 0, "amount").click();
  await side(page).getByText("计算过程").waitFor();
  const trace = side(page).locator(".rq-trace").first();
  assert.match(await trace.innerText(), /数量[\s\S]*单位购置费[\s\S]*费率%[\s\S]*计费月数/);
  await total(page).click();
  await side(page).getByText("基本情况 · 申报总额（元）").waitFor();
  assert.match(await trace.innerText(), /申报总额（元）[\s\S]*基础环境小计（元）[\s\S]*硬件设备小计（元）/);
  await screenshot(page, "rules-where-from");
  // A part of a figure links to its cell.
  await openSection(page, "hardware");
  await cell(page, "hardware", 2, "amount").click();
  await side(page).locator(".rq-trace-leaf", { hasText: "费率%" }).getByRole("button", { name: "转到" }).click();
  await page.locator('[data-grid="hardware"] [data-row-index="2"] .cursor[data-field="rate"]').waitFor();
});

test("F8 goes from error to error over all sections and moves the focus; so does the list", async (world) => {
  const page = await openRequest(world);
  await makeFourErrors(page);
  const waitForFocus = (field) =>
    page.waitForFunction((field) => {
      const { activeElement: element } = document;
      const cursor = document.getElementById(element?.getAttribute("aria-activedescendant") ?? "");
      return (cursor ?? element)?.dataset.field === field;
    }, field);
  await openSection(page, "budget_request");
  await press(page, "F8");
  await waitForFocus("contact");
  await press(page, "F8");
  await waitForFocus("name");
  await press(page, "F8");
  await waitForFocus("quantity");
  await press(page, "Shift+F8");
  await waitForFocus("name");
  await page.locator(".rq-count[data-severity='error']").click();
  await side(page).locator('.rq-problem[data-severity="error"]').nth(1).click();
  await waitForFocus("name");
  await screenshot(page, "rules-list");
});

test("a submit with errors stops at the list of problems, the same that the server would answer", async (world) => {
  const page = await openRequest(world);
  await makeFourErrors(page);
  await page.locator('.rq-commands [data-command="submit"]').click();
  await page.waitForFunction(() => document.activeElement?.id === "rq-problems-heading");
  await expectText(page.locator("#rq-problems-heading"), "4 处错误，19 条提醒");
  assert.match(await side(page).innerText(), /不能提交：还有 4 处错误/);
  const rules = (lines) => lines.map((line) => line.dataset.rule).sort();
  const listed = await side(page).locator(".rq-problem").evaluateAll(rules);
  await waitForSaveState(page);
  // Submitted past the page.
  world.expectTrouble(/status of 422 .*\/transitions\]/);
  const refusal = await page.evaluate(async () => {
    const id = "water-2024";
    const view = await (await fetch(`/api/requests/${id}`)).json();
    const reply = await fetch(`/api/requests/${id}/transitions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ operation: crypto.randomUUID(), seen: view.case.revision, command: { verb: "submit" } }),
    });
    return { status: reply.status, rules: (await reply.json()).findings?.map((finding) => finding.rule).sort() };
  });
  assert.deepEqual(refusal, { status: 422, rules: listed });
});

test("undo goes back over all sections, one step for each act; redo repeats them", async (world) => {
  const page = await openRequest(world);
  await makeFourErrors(page);
  await gridInput(page, "cloud").focus();
  await press(page, "Control+z", "Control+z", "Control+z");
  await expectText(count(page, "error"), "0");
  await openSection(page, "budget_request");
  assert.notEqual(await headerField(page, "contact").inputValue(), "");
  await openSection(page, "cloud");
  await gridInput(page, "cloud").focus();
  await press(page, "Control+y", "Control+y", "Control+y");
  await expectText(count(page, "error"), "4");
  await press(page, "Control+z", "Control+z", "Control+z");
  await expectText(count(page, "error"), "0");
});

test("pasting a thousand rows is one undo step", async (world) => {
  const page = await openRequest(world);
  await openSection(page, "hardware");
  const before = [await rowCount(page, "hardware").textContent(), await total(page).textContent()];
  await gridInput(page, "hardware").focus();
  await press(page, "Control+Home", "Control+ArrowDown");
  const line = "防汛监测预警平台\t服务器\t批量服务器\t浪潮\tNF5280\t1\t1000\t2020-01-01\t\t第三方\t6";
  await paste(page, Array(1_000).fill(line).join("\n"));
  await expectText(rowCount(page, "hardware"), "1,063 行");
  assert.notEqual(await total(page).textContent(), before[1]);
  await press(page, "Control+z");
  await expectText(rowCount(page, "hardware"), before[0]);
  await expectText(total(page), before[1]);
  await waitForSaveState(page);
});
