// 公开绩效表核对 in the browser: a visitor pastes a table where the house lets them, somebody signed in chooses a file.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root, screenshot, test } from "./harness.mjs";
import { expectCount, openAs } from "./request_page.mjs";

const cases = join(root, "tests/cases");

test("a visitor checks a pasted table without signing in", { server: ["--public-checker"] }, async (world) => {
  world.expectTrouble(/status of 401 .*\/api\/me/);
  const page = await world.newPage();
  await page.setViewportSize({ width: 1366, height: 768 });
  await page.goto(`${world.server.url}/`);
  await page.locator('[data-link="check-table"]').click();
  const text = readFileSync(join(cases, "published-text/paste-modern.tsv"), "utf8");
  await page.locator('[data-check="text"]').fill(text);
  await page.locator('[data-act="check"]').click();
  await page.locator("[data-checked]").waitFor();
  const expected = JSON.parse(readFileSync(join(cases, "published-text/paste-modern.expected.json"), "utf8"));
  await expectCount(page.locator("[data-finding]"), expected.findings.length);
  const rate = await page.locator('[data-figure="rate"] td.number').innerText();
  assert.equal(rate, expected.computed.rate);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  await screenshot(page, "checker-visitor");
  await page.locator('[data-check="text"]').fill("不是表格");
  world.expectTrouble(/status of 422 .*\/api\/table-checks/);
  await page.locator('[data-act="check"]').click();
  await page.locator('[role="alert"]').filter({ hasText: "三级指标" }).waitFor();
});

test("where it is not open the page asks to sign in; from the year it is one link", {}, async (world) => {
  world.expectTrouble(/status of 401 .*\/api\/me/);
  const stranger = await world.newPage();
  await stranger.goto(`${world.server.url}/public/check-table`);
  await stranger.locator('a[href="/check-table"]').waitFor();
  const page = await openAs(world, "auditor", "/performance/2024");
  await page.locator('[data-link="check-table"]').click();
  await page.locator('[data-check="file"]').setInputFiles(join(cases, "published/langfang-2019-hvac.json"));
  await page.locator('[data-finding="TAB-29"]').waitFor();
  await expectCount(page.locator('[data-checked="langfang-2019-hvac"]'), 1);
  await screenshot(page, "checker-signed-in");
});
