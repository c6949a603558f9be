// The bell: a return on one screen rings on another, links to the request, and is silent once read.

import assert from "node:assert/strict";
import { press, screenshot, test } from "./harness.mjs";
import { expectText, openAs } from "./request_page.mjs";

const bell = (page) => page.locator('[data-act="notices"]');
const unread = (page) => page.locator('[data-count="unread"]');

async function markAllRead(page) {
  await bell(page).click();
  await page.locator('[data-act="notices-read"]').click();
  await unread(page).waitFor({ state: "detached" });
}

test("a return rings at once at the department; read on one screen, it is read on all of that person's", async (world) => {
  const filler = await openAs(world, "education.filler");
  await markAllRead(filler);
  await press(filler, "Escape");

  const reviewer = await openAs(world, "bureau.reviewer", "/requests/education-2024");
  // The open remarks are returned together with this reason.
  await reviewer.locator(".rv-item").first().waitFor();
  await reviewer.locator('[data-command="bureau_return"]').click();
  await reviewer.getByRole("button", { name: "再加一条" }).click();
  await reviewer.getByLabel("退回理由").first().fill("云资源的用量依据不足，请补充近一年的监控数据。");
  await reviewer.locator('[data-confirm="return"]').click();

  await expectText(unread(filler), "1");
  await bell(filler).click();
  const notice = filler.locator('[data-notice="n2"]');
  await notice.waitFor();
  assert.match(await notice.innerText(), /退回补正，1 条意见：云资源的用量依据不足/);
  assert.equal(await notice.getAttribute("data-read"), "false");
  await screenshot(filler, "notices");

  const other = await openAs(world, "education.filler");
  await expectText(unread(other), "1");
  await filler.locator(".bell-group a").click();
  await filler.locator(".rq-head").waitFor();
  await unread(filler).waitFor({ state: "detached" });
  await unread(other).waitFor({ state: "detached" });
  await bell(other).click();
  await other.locator('[data-notice="n2"][data-read="true"]').waitFor();
  await press(other, "Escape");
  await other.locator("#bell-list").waitFor({ state: "detached" });
});

test("a near deadline is listed without any timer", { server: ["--today", "2023-08-25"] }, async (world) => {
  const page = await openAs(world, "water.filler");
  await bell(page).click();
  await page.locator('[data-notice^="window.2024"]').waitFor();
  await page.locator('[data-act="notices-read"]').click();
  await unread(page).waitFor({ state: "detached" });
  await screenshot(page, "notices-deadline");
});
