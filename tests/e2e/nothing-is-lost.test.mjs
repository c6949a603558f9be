// Nothing typed into a grid is lost: the tab may crash, the server may die in the middle of a word, the network may be
// gone, the session may run out, the person may sign out.

import assert from "node:assert/strict";
import { test } from "node:test";
import { press, signIn } from "./harness.mjs";
import { PASSWORD, at, enter, open, paste, rowCount, saved, shows, total } from "./request_page.mjs";
import { browser, server } from "./started.mjs";

const TABLE = "hardware";
const REQUEST = "/requests/water-2024";

async function filler() {
  const page = await enter(browser, server, "water.filler", REQUEST, { width: 2000, height: 900 });
  await lines(page);
  return page;
}

async function lines(page) {
  await open(page, TABLE);
  await at(page, TABLE, 0, "name").waitFor();
}

async function type(page, row, field, text) {
  await at(page, TABLE, row, field).click();
  await page.keyboard.type(text);
}

async function onServer(row, field, expected) {
  const page = await filler();
  await shows(at(page, TABLE, row, field), expected);
  await page.context().close();
}

test("a server killed in the middle of a word, again and again, gets every word", async () => {
  const page = await filler();
  for (const row of [0, 1, 2]) {
    await type(page, row, "name", "断电前");
    await server.restart("SIGKILL");
    await page.keyboard.type(`后第${row}行`);
    await press(page, "Enter");
  }
  await saved(page);
  for (const row of [0, 1, 2]) await onServer(row, "name", `断电前后第${row}行`);
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});

test("a tab that crashes after 已存本机 has lost nothing, with the server away all the time", async () => {
  const page = await filler();
  await saved(page);
  const before = await rowCount(page, TABLE).textContent();
  await server.halt("SIGKILL");
  await page.locator(`[data-grid-input="${TABLE}"]`).focus();
  await press(page, "Control+Home", "Control+ArrowDown");
  const line = "防汛监测预警平台\t服务器\t离线粘贴的服务器\t浪潮\tNF5280\t1\t1000\t2020-01-01\t\t第三方\t6";
  await paste(page, Array(40).fill(line).join("\n"));
  await shows(rowCount(page, TABLE), "103 行");
  assert.notEqual(before, "103 行");
  const amount = await total(page).textContent();
  await saved(page, "offline");
  const context = page.context();
  const devtools = await context.newCDPSession(page);
  const crashed = page.waitForEvent("crash");
  devtools.send("Page.crash").catch(() => {});
  await crashed;
  await server.restart();
  const next = await context.newPage();
  await next.goto(server.url + REQUEST);
  await lines(next);
  await shows(rowCount(next, TABLE), "103 行");
  await shows(total(next), amount);
  await saved(next);
  await context.close();
  const fresh = await filler();
  await shows(rowCount(fresh, TABLE), "103 行");
  await shows(total(fresh), amount);
  await fresh.context().close();
});

test("without the network everything goes on; back in the network everything is there", async () => {
  const page = await filler();
  await saved(page);
  await page.context().setOffline(true);
  await type(page, 5, "brand", "断网时填的");
  await press(page, "Enter");
  await saved(page, "offline");
  await press(page, "Control+z");
  await press(page, "Control+y");
  await shows(at(page, TABLE, 5, "brand"), "断网时填的");
  await page.context().setOffline(false);
  await saved(page);
  await page.context().close();
  await onServer(5, "brand", "断网时填的");
});

test("a session that ran out while typing in a cell: typing goes on, signing in again is in place", async () => {
  const page = await filler();
  await saved(page);
  await page.context().clearCookies();
  await type(page, 6, "model", "会话");
  await page.locator("[data-renewal]").waitFor();
  await page.keyboard.type("过期时填的");
  await press(page, "Enter");
  await shows(at(page, TABLE, 6, "model"), "会话过期时填的");
  await page.locator('[data-renewal] input[name="password"]').fill(PASSWORD);
  await press(page, "Enter");
  await page.locator("[data-renewal]").waitFor({ state: "detached" });
  await saved(page);
  await page.context().close();
  await onServer(6, "model", "会话过期时填的");
});

test("signing out in the middle of a cell and in again finds it", async () => {
  const page = await filler();
  await type(page, 7, "name", "退出前填的");
  await page.locator('[data-act="sign-out"]').click();
  // Said only when signing out was faster than delivering.
  const anyway = page.locator('[data-act="sign-out-anyway"]');
  await anyway.or(page.locator('input[name="password"]')).waitFor();
  if (await anyway.isVisible()) await anyway.click();
  await page.locator('input[name="password"]').waitFor();
  await signIn(page, "water.filler", PASSWORD);
  await page.goto(server.url + REQUEST);
  await lines(page);
  await shows(at(page, TABLE, 7, "name"), "退出前填的");
  await page.context().close();
});
