// The rules are explained where they bite: why a cell is red, what would pass, where a figure comes from; and nothing
// with an error in it is handed over.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, press, screenshot, startServer } from "./harness.mjs";
import { at, enter, header, open, paste, rowCount, saved, shows, total } from "./request_page.mjs";

let server, browser, page;

before(async () => {
  server = await startServer();
  browser = await launch();
  page = await enter(browser, server, "water.filler", "/requests/water-2024", { width: 2000, height: 900 });
  await header(page, "contact").waitFor();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const side = () => page.locator(".rq-side");
const count = (severity) => page.locator(`.rq-counts [data-count="${severity}"]`);

async function type(table, row, field, text) {
  await at(page, table, row, field).click();
  await page.keyboard.type(text);
  await press(page, "Tab");
  await at(page, table, row, field).click();
}

test("a red cell says which rule, which article and what would pass; one button makes it so", async () => {
  await open(page, "hardware");
  const before = await total(page).textContent();
  await type("hardware", 0, "rate", "101");
  await at(page, "hardware", 0, "rate").and(page.locator('[aria-invalid="true"]')).waitFor();
  const card = side().locator('.rq-finding[data-severity="error"]').first();
  await card.waitFor();
  assert.match(await card.innerText(), /A-\d\d|B-\d\d/);
  assert.match(await card.innerText(), /依据第 \d+ 条/);
  await screenshot(page, "rules-red");
  const fix = card.locator(".rq-correct");
  const nearest = (await fix.innerText()).match(/改为 (\S+)/)[1];
  await fix.click();
  await shows(at(page, "hardware", 0, "rate"), nearest);
  await at(page, "hardware", 0, "rate").and(page.locator('[aria-invalid="false"]')).waitFor();
  await page.locator('[data-grid-input="hardware"]').focus();
  await press(page, "Control+z", "Control+z");
  await shows(total(page), before);
});

test("a warning names its rule and takes a written reason, which is one step back", async () => {
  await open(page, "hardware");
  await page.locator(".rq-count[data-severity='warning']").click();
  const line = side().locator('.rq-problem[data-rule="B-04"]').first();
  await line.click();
  const card = side().locator('.rq-finding[data-rule="B-04"]');
  await side().getByRole("button", { name: "所选单元格" }).click();
  await card.getByLabel("情况属实，采纳理由").click();
  await page.keyboard.type("在保");
  await card.getByRole("button", { name: "保存理由" }).click();
  await card.getByText("理由应为 5 至 500 个字").waitFor();
  await card.getByLabel("情况属实，采纳理由").click();
  await press(page, "Control+End");
  await page.keyboard.type("设备，不申请费用");
  await card.getByRole("button", { name: "保存理由" }).click();
  await card.getByText("在保设备，不申请费用").waitFor();
  await page.locator('[data-grid-input="hardware"]').focus();
  await press(page, "Control+z");
  await card.getByLabel("情况属实，采纳理由").waitFor();
});

test("a computed figure says where it comes from, level by level, down to what was typed", async () => {
  await open(page, "hardware");
  await at(page, "hardware", 0, "amount").click();
  await side().getByText("这个数怎么来的").waitFor();
  const way = side().locator(".rq-trace").first();
  assert.match(await way.innerText(), /数量[\s\S]*单位购置费[\s\S]*费率%[\s\S]*计费月数/);
  await total(page).click();
  await side().getByText("基本情况 · 申报总额（元）").waitFor();
  const sum = side().locator(".rq-trace").first();
  assert.match(await sum.innerText(), /申报总额（元）[\s\S]*基础环境小计（元）[\s\S]*硬件设备小计（元）/);
  await screenshot(page, "rules-where-from");
  // A part leads to its own cell.
  await open(page, "hardware");
  await at(page, "hardware", 2, "amount").click();
  await side().locator(".rq-trace-leaf", { hasText: "费率%" }).getByRole("button", { name: "转到" }).click();
  await page.locator('[data-grid="hardware"] [data-row-index="2"] .cursor[data-field="rate"]').waitFor();
});

test("F8 goes from error to error over all parts and moves the focus; so does the list", async () => {
  await open(page, "budget_request");
  await header(page, "contact").click();
  await press(page, "Control+a", "Delete");
  await open(page, "hardware");
  await at(page, "hardware", 5, "name").click();
  await press(page, "Delete");
  await open(page, "cloud");
  await at(page, "cloud", 1, "quantity").click();
  await press(page, "Delete");
  // The cloud line costs nothing now, and the targets' funds no longer fit the total: a fourth error.
  await shows(count("error"), "4");
  const focused = (field) =>
    page.waitForFunction((field) => {
      const { activeElement: element } = document;
      const cursor = document.getElementById(element?.getAttribute("aria-activedescendant") ?? "");
      return (cursor ?? element)?.dataset.field === field;
    }, field);
  await open(page, "budget_request");
  await press(page, "F8");
  await focused("contact");
  await press(page, "F8");
  await focused("name");
  await press(page, "F8");
  await focused("quantity");
  await press(page, "Shift+F8");
  await focused("name");
  await page.locator(".rq-count[data-severity='error']").click();
  await side().locator('.rq-problem[data-severity="error"]').nth(1).click();
  await focused("name");
  await screenshot(page, "rules-list");
});

test("a submit with errors is stopped at the list of problems, which the server would answer with too", async () => {
  await page.locator('.rq-commands [data-command="submit"]').click();
  await page.waitForFunction(() => document.activeElement?.id === "rq-problems-heading");
  await shows(page.locator("#rq-problems-heading"), "4 处错误，19 条提醒");
  assert.match(await side().innerText(), /不能提交：还有 4 处错误/);
  const listed = await side().locator(".rq-problem").evaluateAll((lines) => lines.map((line) => line.dataset.rule).sort());
  await saved(page);
  const refused = await page.evaluate(async () => {
    const id = "water-2024";
    const view = await (await fetch(`/api/requests/${id}`)).json();
    const answer = await fetch(`/api/requests/${id}/transitions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ operation: crypto.randomUUID(), seen: view.case.revision, command: { verb: "submit" } }),
    });
    return { status: answer.status, rules: (await answer.json()).findings?.map((finding) => finding.rule).sort() };
  });
  assert.deepEqual(refused, { status: 422, rules: listed });
});

test("undo goes back over the parts, one step for each act; redo brings it again", async () => {
  await open(page, "cloud");
  await page.locator('[data-grid-input="cloud"]').focus();
  await press(page, "Control+z", "Control+z", "Control+z");
  await shows(count("error"), "0");
  await open(page, "budget_request");
  assert.notEqual(await header(page, "contact").inputValue(), "");
  await open(page, "cloud");
  await page.locator('[data-grid-input="cloud"]').focus();
  await press(page, "Control+y", "Control+y", "Control+y");
  await shows(count("error"), "4");
  await press(page, "Control+z", "Control+z", "Control+z");
  await shows(count("error"), "0");
});

test("pasting a thousand rows is one step back", async () => {
  await open(page, "hardware");
  const before = [await rowCount(page, "hardware").textContent(), await total(page).textContent()];
  await page.locator('[data-grid-input="hardware"]').focus();
  await press(page, "Control+Home", "Control+ArrowDown");
  const line = "防汛监测预警平台\t服务器\t批量服务器\t浪潮\tNF5280\t1\t1000\t2020-01-01\t\t第三方\t6";
  await paste(page, Array(1_000).fill(line).join("\n"));
  await shows(rowCount(page, "hardware"), "1,063 行");
  assert.notEqual(await total(page).textContent(), before[1]);
  await press(page, "Control+z");
  await shows(rowCount(page, "hardware"), before[0]);
  await shows(total(page), before[1]);
  await saved(page);
  assert.deepEqual(page.troubles, []);
});
