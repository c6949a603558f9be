// The money of a year in the browser: the year page with its figures, and an advance that is refused by its rule, mended and
// accepted.

import assert from "node:assert/strict";
import { screenshot, test } from "./harness.mjs";
import { openAs } from "./request_page.mjs";

const AUTUMN = { server: ["--today", "2024-09-01"] };
const number = (text) => Number(text.replaceAll(",", ""));

test("each figure of the money page opens the transfers it folds", AUTUMN, async (world) => {
  const page = await openAs(world, "finance.reviewer", "/money/2024");
  const line = page.locator("tr[data-line]").first();
  await line.waitFor();
  const paid = await line.locator('[data-column="paid"] button').innerText();
  assert.ok(number(paid) > 0, paid);
  await line.locator('[data-column="paid"] button').click();
  const dialog = page.locator('[data-dialog="transfers"]');
  await dialog.locator("tr[data-transfer]").first().waitFor();
  await screenshot(page, "money-year");
});

test("an advance is refused by its rule, mended and accepted", AUTUMN, async (world) => {
  world.expectTrouble(/status of 403 .*\/transitions\]/);
  const page = await openAs(world, "bureau.treasurer", "/cases?kind=money.advance&year=2024");
  const open = page.locator('[data-act="open-advance"]');
  await open.click();
  const dialog = page.locator('[data-dialog="command"]');
  await dialog.locator('[data-field="year"]').fill("2024");
  await dialog.locator('[data-act="add-lines"]').click();
  const row = dialog.locator('tr[data-row="0"]');
  await row.locator('[data-field="line"]').fill("approved-land/i1");
  await row.locator('[data-field="amount"]').fill("99999999.00");
  await dialog.locator('[data-confirm="apply"]').click();
  await dialog.locator('[data-problem="refused"]').filter({ hasText: "未预拨" }).waitFor();
  // What was typed outlives the page.
  await page.reload();
  await open.click();
  await row.locator('[data-field="amount"]').fill("1000.00");
  await dialog.locator('[data-confirm="apply"]').click();
  await page.locator('.stage[data-stage="submitted"]').first().waitFor();
  await page.locator("tr[data-transfer]").first().waitFor();

  const leader = await openAs(world, "bureau.leader", "/");
  await leader.locator("[data-money-task] a").first().waitFor();
  await screenshot(leader, "money-tasks");
});

test("a provider sees its own contracts", AUTUMN, async (world) => {
  const page = await openAs(world, "provider.jinyun", "/cases?kind=money.contract");
  await page.locator('tr[data-case="con-1"] a').click();
  await page.locator('.stage[data-stage="in_force"]').waitFor();
  assert.equal(await page.locator('[data-command]').count(), 0);
});

test("payments are listed, narrowed, sorted, saved and taken away, and each has its document", AUTUMN, async (world) => {
  const page = await openAs(world, "bureau.treasurer", "/cases?kind=money.payment");
  await page.locator('tr[data-case="pay-1"]').waitFor();
  const ids = () => page.locator("tr[data-case]").evaluateAll((rows) => rows.map((row) => row.dataset.case));
  const all = await ids();
  await page.locator('[data-sort="amount"]').click();
  await page.locator('th[aria-sort="ascending"]').waitFor();
  const amounts = await page.locator('td[data-column="amount"]').allInnerTexts();
  const sorted = amounts.map(number);
  assert.deepEqual(sorted, [...sorted].sort((a, b) => a - b));
  await screenshot(page, "money-list");

  await page.locator('select[name="stage"]').selectOption("paid");
  await page.locator('[data-count="cases"]', { hasText: /^共 \d+ 件$/ }).waitFor();
  await page.waitForFunction((before) => document.querySelectorAll("tr[data-case]").length < before, all.length);
  await page.locator('input[name="view-name"]').fill("已支付");
  await page.locator('[data-act="save-view"]').click();
  await page.locator('[data-view="已支付"]').waitFor();
  const [file] = await Promise.all([page.waitForEvent("download"), page.locator('[data-file="list"]').click()]);
  assert.match(file.suggestedFilename(), /拨付一览\.xlsx$/);

  await page.locator("tr[data-case] a").first().click();
  const [paper] = await Promise.all([page.waitForEvent("download"), page.locator('[data-file="approval"]').click()]);
  assert.match(paper.suggestedFilename(), /^支付审批单-pay-.*\.pdf$/);
  await screenshot(page, "money-case");

  // From one kind to another and to all of them.
  await page.goto(`${world.server.url}/cases`);
  await page.locator('select[name="kind"]').selectOption("money.contract");
  await page.locator('tr[data-case="con-1"]').waitFor();
  assert.match(page.url(), /kind=money\.contract/);
});
