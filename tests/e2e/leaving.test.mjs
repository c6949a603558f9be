// Nothing typed is lost by leaving in the middle of it, and the page comes back where it was.

import assert from "node:assert/strict";
import { leaveFor, press, signIn, test } from "./harness.mjs";
import {
  PASSWORD, SIGNED_OUT, cell, expectText, grid, gridInput, headerField, openAs, openSection, total, waitForSaveState,
} from "./request_page.mjs";

const REQUEST = "/requests/water-2024";
const TABLE = "hardware";

const currentPart = (page) => page.locator('[data-section][aria-current="true"]').getAttribute("data-section");
const isFocused = (locator) => locator.evaluate((element) => element === document.activeElement);

async function openTable(world) {
  const page = await openAs(world, "water.filler", `${REQUEST}?part=${TABLE}`, { width: 1600, height: 900 });
  await cell(page, TABLE, 0, "name").waitFor();
  await waitForSaveState(page);
  return page;
}

test("what is typed and not entered survives a reload at any moment, and 已保存 is shown only when it is true", async (world) => {
  const page = await openTable(world);
  for (const [row, wait] of [0, 30, 200, 800].entries()) {
    await cell(page, TABLE, row, "unit_value").click();
    await page.keyboard.type(`77${row}`);
    assert.notEqual(await page.locator("[data-saved]").getAttribute("data-saved"), "delivered");
    await page.waitForTimeout(wait);
    await leaveFor(page);
    // The address names the part.
    await expectText(cell(page, TABLE, row, "unit_value"), `77${row}.00`);
    await waitForSaveState(page);
  }
  await openSection(page, "budget_request");
  await headerField(page, "contact").fill("正在写的联系人");
  await leaveFor(page);
  await headerField(page, "contact").waitFor();
  assert.equal(await headerField(page, "contact").inputValue(), "正在写的联系人");
  await waitForSaveState(page);
  // It is on the server, and this device holds no note of it any more.
  const notes = () => page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith("omfund.unwritten")));
  assert.deepEqual(await notes(), []);
  const fresh = await openAs(world, "water.filler", REQUEST);
  await headerField(fresh, "contact").waitFor();
  assert.equal(await headerField(fresh, "contact").inputValue(), "正在写的联系人");
});

test("one undo for the whole page: header entries, grid and parts, never the browser's own", async (world) => {
  const page = await openAs(world, "water.filler", REQUEST, { width: 1600, height: 900 });
  const settled = headerField(page, "last_year_settled");
  await settled.waitFor();
  const [before, sum] = [await settled.inputValue(), await total(page).textContent()];
  await settled.click();
  await press(page, "Control+a", "Delete");
  await page.keyboard.type("3400000");
  await press(page, "Tab", "Control+z");
  await page.waitForFunction(([id, before]) => document.getElementById(id).value.replaceAll(",", "") === before, [await settled.getAttribute("id"), before.replaceAll(",", "")]);
  await settled.click();
  await press(page, "Control+y");
  assert.match(await settled.inputValue(), /^3,?400,?000(\.00)?$/);
  await press(page, "Control+z");
  await openSection(page, TABLE);
  await cell(page, TABLE, 0, "unit_value").click();
  await page.keyboard.type("5");
  await press(page, "Enter");
  await openSection(page, "budget_request");
  await headerField(page, "contact").click();
  // From an entry of another part the last act is taken back, and shown where it was.
  await press(page, "Control+z");
  await page.locator(`[data-section="${TABLE}"][aria-current="true"]`).waitFor();
  await expectText(total(page), sum);
  await waitForSaveState(page);
});

test("signing in again and unlocking leave part, cell, scroll and undo as they were", async (world) => {
  world.expectTrouble(SIGNED_OUT);
  const page = await openTable(world);
  const before = await cell(page, TABLE, 10, "name").textContent();
  await cell(page, TABLE, 10, "name").click();
  await page.context().clearCookies();
  await page.keyboard.type("甲");
  await press(page, "Enter");
  await page.locator("[data-renewal]").waitFor();
  const scrolled = await grid(page, TABLE).locator("[data-viewport]").evaluate((viewport) => (viewport.scrollTop = 200, viewport.scrollTop));
  await page.locator('[data-renewal] input[name="password"]').fill(PASSWORD);
  await press(page, "Enter");
  await page.locator("[data-renewal]").waitFor({ state: "detached" });
  await waitForSaveState(page);
  assert.equal(await currentPart(page), TABLE);
  assert.equal(await grid(page, TABLE).locator("[data-viewport]").evaluate((viewport) => viewport.scrollTop), scrolled);
  await gridInput(page, TABLE).focus();
  await press(page, "Control+z");
  await expectText(cell(page, TABLE, 10, "name"), before);
});

test("when the session ends under a dialog, signing in lies over it and the dialog goes on", async (world) => {
  // What is chosen is no workbook.
  world.expectTrouble(SIGNED_OUT, /status of 422 .*\/api\/workbooks\]/);
  const page = await openTable(world);
  await page.locator('[data-import="open"]').click();
  const dialog = page.locator("dialog.rq-import");
  await dialog.waitFor();
  await page.context().clearCookies();
  await dialog.locator('input[type="file"]').setInputFiles({ name: "台账.xlsx", mimeType: "application/zip", buffer: Buffer.from("no workbook") });
  const password = page.locator('[data-renewal] input[name="password"]');
  await password.click();
  assert.ok(await isFocused(password));
  // Esc leaves no page on which nothing can be reached.
  await press(page, "Escape");
  await password.click();
  assert.ok(await isFocused(password));
  await page.keyboard.type(PASSWORD);
  await press(page, "Enter");
  await page.locator("[data-renewal]").waitFor({ state: "detached" });
  await dialog.locator("[data-problem], .rq-fault, .notice").first().waitFor();
  assert.ok(await dialog.isVisible());
  assert.equal(await currentPart(page), TABLE);
});

test("a plan and a batch that are being written are found again", async (world) => {
  const page = await openAs(world, "bureau.reviewer", "/plan");
  await page.locator('[data-act="open-plan"]').click();
  const row = page.locator('tr[data-plan="agriculture-2024"]');
  await row.locator('[data-year="第二年"]').fill("90万");
  await row.locator(".of-reason").fill("免费维护期满");
  await leaveFor(page);
  await row.waitFor();
  assert.match(await row.locator('[data-year="第二年"]').inputValue(), /^(90万|900000)/);
  assert.equal(await row.locator(".of-reason").inputValue(), "免费维护期满");
  // What cannot be read says so at its field.
  await row.locator('[data-year="第三年"]').fill("很多");
  await row.locator(".field-error").filter({ hasText: /./ }).first().waitFor();
  await page.locator('[data-command="plan_years"]').click();
  await page.waitForFunction(() => document.activeElement.dataset.year === "第三年");
  await row.locator('[data-year="第三年"]').fill("2000万");
  await row.locator(".of-reason").fill("");
  await page.locator('[data-command="plan_years"]').click();
  await page.waitForFunction(() => document.activeElement.classList.contains("of-reason"));
});
