// Nothing typed into a grid is lost: not by a crashing tab, a server killed in the middle of a word, a lost network, an expired
// session or signing out.

import assert from "node:assert/strict";
import { press, signIn, test } from "./harness.mjs";
import {
  OFFLINE, PASSWORD, SERVER_DOWN, SIGNED_OUT, cell, expectText, gridInput, openAs, openSection, paste, rowCount, total,
  waitForSaveState,
} from "./request_page.mjs";

const TABLE = "hardware";
const REQUEST = "/requests/water-2024";

// The filler's browser with the table open.
async function openTable(world) {
  const page = await openAs(world, "water.filler", REQUEST, { width: 2000, height: 900 });
  await showTable(page);
  return page;
}

async function showTable(page) {
  await openSection(page, TABLE);
  await cell(page, TABLE, 0, "name").waitFor();
}

async function type(page, row, field, text) {
  await cell(page, TABLE, row, field).click();
  await page.keyboard.type(text);
}

// What a fresh browser reads from the server.
async function expectOnServer(world, row, field, expected) {
  const page = await openTable(world);
  await expectText(cell(page, TABLE, row, field), expected);
}

test("a server killed in the middle of a word, three times, gets every word", async (world) => {
  world.expectTrouble(SERVER_DOWN);
  const page = await openTable(world);
  for (const row of [0, 1, 2]) {
    await type(page, row, "name", "断电前");
    await world.server.restart("SIGKILL");
    await page.keyboard.type(`后第${row}行`);
    await press(page, "Enter");
  }
  await waitForSaveState(page);
  const fresh = await openTable(world);
  for (const row of [0, 1, 2]) await expectText(cell(fresh, TABLE, row, "name"), `断电前后第${row}行`);
});

test("a tab that crashes after 已暂存本机 has lost nothing, with the server down all the time", async (world) => {
  world.expectTrouble(SERVER_DOWN, /^crash/);
  const page = await openTable(world);
  await waitForSaveState(page);
  const before = await rowCount(page, TABLE).textContent();
  await world.server.halt("SIGKILL");
  await gridInput(page, TABLE).focus();
  await press(page, "Control+Home", "Control+ArrowDown");
  const line = "防汛监测预警平台\t服务器\t离线粘贴的服务器\t浪潮\tNF5280\t1\t1000\t2020-01-01\t\t第三方\t6";
  await paste(page, Array(40).fill(line).join("\n"));
  await expectText(rowCount(page, TABLE), "103 行");
  assert.notEqual(before, "103 行");
  const amount = await total(page).textContent();
  await waitForSaveState(page, "offline");
  const context = page.context();
  const devtools = await context.newCDPSession(page);
  const crash = page.waitForEvent("crash");
  // The page does not live to answer this.
  devtools.send("Page.crash").catch(() => {});
  await crash;
  await world.server.restart();
  const next = await context.newPage();
  await next.goto(world.server.url + REQUEST);
  await showTable(next);
  await expectText(rowCount(next, TABLE), "103 行");
  await expectText(total(next), amount);
  await waitForSaveState(next);
  const fresh = await openTable(world);
  await expectText(rowCount(fresh, TABLE), "103 行");
  await expectText(total(fresh), amount);
});

test("without the network editing goes on; back in the network everything is delivered", async (world) => {
  world.expectTrouble(OFFLINE);
  const page = await openTable(world);
  await waitForSaveState(page);
  await page.context().setOffline(true);
  await type(page, 5, "brand", "断网时填的");
  await press(page, "Enter");
  await waitForSaveState(page, "offline");
  await press(page, "Control+z");
  await press(page, "Control+y");
  await expectText(cell(page, TABLE, 5, "brand"), "断网时填的");
  await page.context().setOffline(false);
  await waitForSaveState(page);
  await expectOnServer(world, 5, "brand", "断网时填的");
});

test("when the session expires while typing in a cell, typing goes on and signing in again is in place", async (world) => {
  world.expectTrouble(SIGNED_OUT);
  const page = await openTable(world);
  await waitForSaveState(page);
  await page.context().clearCookies();
  await type(page, 6, "model", "会话");
  await page.locator("[data-renewal]").waitFor();
  await page.keyboard.type("过期时填的");
  await press(page, "Enter");
  await expectText(cell(page, TABLE, 6, "model"), "会话过期时填的");
  await page.locator('[data-renewal] input[name="password"]').fill(PASSWORD);
  await press(page, "Enter");
  await page.locator("[data-renewal]").waitFor({ state: "detached" });
  await waitForSaveState(page);
  await expectOnServer(world, 6, "model", "会话过期时填的");
});

test("signing out in the middle of a cell and in again finds it", async (world) => {
  world.expectTrouble(SIGNED_OUT);
  const page = await openTable(world);
  await type(page, 7, "name", "退出前填的");
  await page.locator('[data-act="sign-out"]').click();
  // Asked only when signing out was faster than delivering.
  const anyway = page.locator('[data-act="sign-out-anyway"]');
  await anyway.or(page.locator('input[name="password"]')).waitFor();
  if (await anyway.isVisible()) await anyway.click();
  await page.locator('input[name="password"]').waitFor();
  await signIn(page, "water.filler", PASSWORD);
  await page.goto(world.server.url + REQUEST);
  await showTable(page);
  await expectText(cell(page, TABLE, 7, "name"), "退出前填的");
});
