// 第三方机构与设备: a reviewer of the bureau registers whom it engages and revokes a tablet; an auditor only reads.

import assert from "node:assert/strict";
import { screenshot, test } from "./harness.mjs";
import { openAs } from "./request_page.mjs";

const OCTOBER = { server: ["--today", "2024-10-25"] };

test("the bureau registers a third party with its evaluators and revokes a tablet", OCTOBER, async (world) => {
  const page = await openAs(world, "bureau.reviewer", "/performance/2024");
  await page.locator('[data-link="evaluators"]').click();
  await page.locator('[data-act="add-institution"]').click();
  await page.locator("#institution-name").fill("晋评咨询有限公司");
  await page.locator('[data-choices="served"] [data-choice="water"]').check();
  await page.locator('[data-act="register-institution"]').click();
  const row = page.locator('tr[data-institution="晋评咨询有限公司"]');
  await row.filter({ hasText: "省水利厅" }).waitFor();
  await page.locator("#device").fill("pad-7");
  await page.locator('[data-act="revoke-device"]').click();
  await page.locator('tr[data-device="pad-7"]').waitFor();
  await screenshot(page, "evaluators");
  const auditor = await openAs(world, "auditor", "/evaluators");
  await auditor.locator('tr[data-device="pad-7"]').waitFor();
  assert.equal(await auditor.locator('[data-act="add-institution"]').count(), 0);
  assert.equal(await auditor.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
});
