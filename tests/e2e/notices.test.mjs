// The bell: a return made on one screen rings on another, leads to the request, and is quiet once read.

import assert from "node:assert/strict";
import { test } from "node:test";
import { newPage, press, screenshot, signIn, startServer } from "./harness.mjs";
import { enter, shows } from "./request_page.mjs";
import { browser, server } from "./started.mjs";

let filler, reviewer;

const bell = (page) => page.locator('[data-act="notices"]');
const unread = (page) => page.locator('[data-count="unread"]');

test("a return rings at once at the department", async () => {
  filler = await newPage(browser);
  await filler.goto(server.url);
  await signIn(filler, "education.filler", "yunwei-2024");
  await bell(filler).click();
  await filler.locator('[data-act="notices-read"]').click();
  await unread(filler).waitFor({ state: "detached" });
  await press(filler, "Escape");

  reviewer = await enter(browser, server, "bureau.reviewer", "/requests/education-2024");
  // Open remarks are reason enough; this reason is written besides.
  await reviewer.locator(".rv-item").first().waitFor();
  await reviewer.locator('[data-command="bureau_return"]').click();
  await reviewer.getByRole("button", { name: "再加一条" }).click();
  await reviewer.getByLabel("退回理由").first().fill("云资源的用量依据不足，请补充近一年的监控数据。");
  await reviewer.locator('[data-confirm="return"]').click();

  await shows(unread(filler), "1");
  await bell(filler).click();
  const notice = filler.locator('[data-notice="n2"]');
  await notice.waitFor();
  assert.match(await notice.innerText(), /退回补正，1 条意见：云资源的用量依据不足/);
  assert.equal(await notice.getAttribute("data-read"), "false");
  await screenshot(filler, "notices");
});

test("its link opens the request and it is read, on every screen of that person", async () => {
  const other = await newPage(browser);
  await other.goto(server.url);
  await signIn(other, "education.filler", "yunwei-2024");
  await shows(unread(other), "1");
  await filler.locator(".bell-group a").click();
  await filler.locator(".rq-head").waitFor();
  await unread(filler).waitFor({ state: "detached" });
  await unread(other).waitFor({ state: "detached" });
  await bell(other).click();
  await other.locator('[data-notice="n2"][data-read="true"]').waitFor();
  await press(other, "Escape");
  await other.locator("#bell-list").waitFor({ state: "detached" });
  assert.deepEqual([...filler.troubles, ...other.troubles], []);
});

test("a nearing deadline stands in the list without anybody having set a timer", async () => {
  await server.halt();
  const late = await startServer({ args: ["--today", "2023-08-25"] });
  try {
    const page = await newPage(browser);
    await page.goto(late.url);
    await signIn(page, "water.filler", "yunwei-2024");
    await bell(page).click();
    await page.locator('[data-notice^="window.2024"]').waitFor();
    await page.locator('[data-act="notices-read"]').click();
    await unread(page).waitFor({ state: "detached" });
    await screenshot(page, "notices-deadline");
  } finally {
    await late.stop();
  }
});
