// A year without an edition (Art. 18): the security administrator records the extension in the browser, finance's leader
// confirms what was read, and the department's filler opens the year.

import assert from "node:assert/strict";
import { screenshot, test } from "./harness.mjs";
import { openAs, runOfficeCommand, waitForCaseStage, waitForSaveState } from "./request_page.mjs";

// Inside the window of fiscal year 2026, which neither 晋财行〔2022〕51号 nor the invented successor covers.
const TODAY = ["--today", "2025-07-10"];

const field = (page, name) => page.locator(`[data-table="force"][data-row="header"][data-field="${name}"]`);

async function type(page, name, text) {
  await field(page, name).fill(text);
  await field(page, name).press("Tab");
}

test("an extension is recorded, confirmed and opens the year", { server: TODAY }, async (world) => {
  const filler = await openAs(world, "water.filler");
  await filler.getByText("请由安全管理员录入延续执行文件").waitFor();
  assert.equal(await filler.locator('[data-act="open-request"]').count(), 0);

  const security = await openAs(world, "admin.security");
  await security.getByRole("link", { name: "系统初始化" }).click();
  await security.locator('tr[data-step="6"][data-state="next"]').waitFor();
  await screenshot(security, "setup");
  await security.locator('.bar-pages a[href="/editions"]').click();
  await security.locator('[data-edition="2022-51#1"]').waitFor();
  await security.locator("#edition-base").selectOption("2022-51#1");
  await screenshot(security, "editions");
  await security.locator('[data-act="open-extension"]').click();
  await field(security, "document").waitFor();
  assert.equal(await security.locator('[data-table-part="values"]').count(), 0);
  await type(security, "document", "晋财行〔2025〕3号");
  await type(security, "dated", "2025-05-06");
  await type(security, "to", "2026-12-31");
  await waitForSaveState(security);
  await runOfficeCommand(security, "propose", { reason: "原办法有效期届满，主管部门已发文延续执行。" });
  await waitForCaseStage(security, "proposed");

  const chief = await openAs(world, "finance.leader");
  await chief.getByRole("link", { name: /政策版本变更/ }).first().click();
  await chief.getByText("晋财行〔2025〕3号，2025-01-01 至 2026-12-31").waitFor();
  await screenshot(chief, "edition-proposed");
  await runOfficeCommand(chief, "confirm");
  await waitForCaseStage(chief, "in_force");

  await filler.reload();
  await filler.locator('[data-act="open-request"]').click();
  await filler.locator(".rq-commands").waitFor();
  await filler.getByText(/2026 年度/).first().waitFor();
});
