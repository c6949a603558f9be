// The money of a year in the browser: the year page with its figures, and an advance that is refused by its rule, mended and
// accepted.

import assert from "node:assert/strict";
import { screenshot, test } from "./harness.mjs";
import { cell, expectText, gridInput, openAs, paste, rowCount } from "./request_page.mjs";

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

test("where the money of a year went is drawn, with every figure in a table", AUTUMN, async (world) => {
  const page = await openAs(world, "finance.reviewer", "/money/2024");
  await page.locator('svg[data-chart="sankey"] path').first().waitFor();
  await screenshot(page, "money-page");
  const approved = number(await page.locator('tr[data-flow="批复"] td').innerText());
  const went = page.locator('tr[data-flow]:not([data-flow="批复"]):not([data-flow="预拨"]) td');
  const sum = (await went.allInnerTexts()).map(number).reduce((a, b) => a + b, 0);
  assert.equal(sum.toFixed(2), approved.toFixed(2), "what was approved stands somewhere, once");
  assert.equal(number(await page.locator("table[data-waterfall] tbody tr").first().locator("td").innerText()), approved);
  await page.locator("table[data-waterfall]").scrollIntoViewIfNeeded();
  await screenshot(page, "money-flows");
  await page.locator('tr[data-flow="预拨"] button').click();
  await page.locator('[data-dialog="transfers"] tr[data-transfer]').first().waitFor();
});

test("a statement is refused by its cell, mended, taken and matched by hand", AUTUMN, async (world) => {
  world.expectTrouble(/status of 4\d\d .*statements/);
  const page = await openAs(world, "bureau.treasurer", "/statements");
  const movements = page.locator("tr[data-movement]");
  await movements.nth(1).waitFor();
  const cells = await movements.evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.innerText)));
  const [[voucher, day, direction, amount], [other, ...rest]] = cells;
  const plain = (text) => text.replaceAll(",", "");
  const send = (lines) => page.setInputFiles('[data-import="statement"]', {
    name: "二月.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(["日期,收付,金额,凭证号", ...lines].join("\n")),
  });
  await send([`${day},${direction},若干,${voucher}`]);
  await page.locator('[data-fault$="C2"]').waitFor();
  assert.equal(await page.locator('[data-act="take"]').count(), 0);

  await send([`${day},${direction},${plain(amount)},${voucher}`, `${rest[0]},${rest[1]},${plain(rest[2])},银行0001`]);
  await page.locator('[data-act="take"]').click();
  await page.locator("tr[data-statement] button").click();
  await page.locator('tr[data-row="1"][data-state="matched"]').waitFor();
  await page.locator('tr[data-row="2"][data-state="open"] [data-act="match"]').click();
  const dialog = page.locator('[data-dialog="match"]');
  const option = await dialog.locator("option", { hasText: other }).getAttribute("value");
  await dialog.locator('[name="movement"]').selectOption(option);
  await dialog.locator('[name="reason"]').fill("银行按本行流水号记账，与国库凭证为同一笔");
  await dialog.locator('[data-confirm="match"]').click();
  await page.locator('tr[data-row="2"][data-state="by_hand"]').waitFor();
  await screenshot(page, "statements");
});

test("an advance is refused by its rule, mended and accepted", AUTUMN, async (world) => {
  world.expectTrouble(/status of 403 .*\/transitions\]/);
  const page = await openAs(world, "bureau.treasurer", "/cases?kind=money.advance&year=2024");
  const open = page.locator('[data-act="open-advance"]');
  await open.click();
  const dialog = page.locator('[data-dialog="command"]');
  await dialog.locator('[data-field="year"]').fill("2024");
  // The lines come from a spreadsheet; one step back takes them all, one forward brings them again.
  await gridInput(page, "lines").focus();
  await paste(page, "approved-land/i1\t99999999.00");
  await expectText(rowCount(page, "lines"), "1 行");
  await page.keyboard.press("Control+z");
  await expectText(rowCount(page, "lines"), "0 行");
  await page.keyboard.press("Control+y");
  await expectText(rowCount(page, "lines"), "1 行");
  await screenshot(page, "money-dialog");
  await dialog.locator('[data-confirm="apply"]').click();
  await dialog.locator('[data-problem="refused"]').filter({ hasText: "未预拨" }).waitFor();
  // What was typed outlives the page.
  await page.reload();
  await open.click();
  await cell(page, "lines", 0, "amount").click();
  await page.keyboard.type("1000");
  await page.keyboard.press("Enter");
  await expectText(cell(page, "lines", 0, "amount"), "1,000.00");
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
  // Its own account: contracts, scores over time, payments.
  await page.goto(`${world.server.url}/money-cases/provider-jinyun`);
  await page.locator('tr[data-contract="con-1"]').waitFor();
  await page.locator("tr[data-payment]").first().waitFor();
  await screenshot(page, "provider");
});

test("payments are listed, narrowed, sorted, saved and taken away, and each has its document", AUTUMN, async (world) => {
  const page = await openAs(world, "bureau.treasurer", "/cases?kind=money.payment");
  await page.locator('tr[data-case="pay-1"]').waitFor();
  const ids = () => page.locator("tr[data-case]").evaluateAll((rows) => rows.map((row) => row.dataset.case));
  const all = await ids();
  await page.locator('[data-sort="amount"]').click();
  await page.locator('th[aria-sort="ascending"]').waitFor();
  await page.waitForFunction(() => {
    const cells = [...document.querySelectorAll('td[data-column="amount"]')];
    const amounts = cells.map((cell) => Number(cell.innerText.replaceAll(",", "")));
    return amounts.length > 1 && amounts.every((amount, at) => at === 0 || amounts[at - 1] <= amount);
  });
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
