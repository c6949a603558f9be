// The cover of a page without input: the figures are covered, the session is over, and everything comes back as it was.

import assert from "node:assert/strict";
import { leaveFor, press, signIn, test } from "./harness.mjs";
import {
  PASSWORD, SIGNED_OUT, cell, expectText, headerField, openSection, waitForSaveState,
} from "./request_page.mjs";

const REQUEST = "/requests/water-2024";
const TABLE = "hardware";

// A page whose clock the story moves on.
async function openWithClock(world, account) {
  const page = await world.newPage();
  await page.clock.install();
  await page.goto(world.server.url + REQUEST);
  await signIn(page, account, PASSWORD);
  await headerField(page, "contact").waitFor();
  await openSection(page, TABLE);
  await cell(page, TABLE, 0, "name").waitFor();
  return page;
}

async function unlock(page) {
  await page.locator('[data-lock] input[name="password"]').fill(PASSWORD);
  await press(page, "Enter");
  await page.locator("[data-lock]").waitFor({ state: "detached" });
}

test("a page nobody touches is covered, and comes back with what was being typed", async (world) => {
  world.expectTrouble(SIGNED_OUT);
  const page = await openWithClock(world, "water.filler");
  await cell(page, TABLE, 2, "name").click();
  await page.keyboard.type("正在填的内容");
  await page.clock.fastForward("31:00");
  await page.locator("[data-lock]").waitFor();
  const covered = await page.evaluate(() => {
    const points = [[100, 200], [innerWidth / 2, 300], [innerWidth - 60, innerHeight - 60]];
    return points.every(([x, y]) => document.elementFromPoint(x, y)?.closest("[data-lock]"));
  });
  assert.ok(covered, "nothing beneath the cover can be reached");
  await press(page, "Escape", "Escape");
  await page.locator("[data-lock]").waitFor();
  // The session is over on the server as well.
  assert.equal(await page.evaluate(async () => (await fetch("/api/me")).status), 401);
  await unlock(page);
  // Part, cell and undo are where they were.
  await expectText(cell(page, TABLE, 2, "name"), "正在填的内容");
  await waitForSaveState(page);
  await page.locator(`[data-grid-input="${TABLE}"]`).focus();
  await press(page, "Control+z");
  await cell(page, TABLE, 2, "name").filter({ hasNotText: "正在填的内容" }).waitFor();
});

test("a covered page that is loaded again asks for the password and shows no figure", async (world) => {
  world.expectTrouble(SIGNED_OUT);
  const page = await openWithClock(world, "water.filler");
  await cell(page, TABLE, 3, "name").click();
  await page.keyboard.type("锁定前填的");
  await press(page, "Enter");
  await waitForSaveState(page);
  await page.clock.fastForward("31:00");
  await page.locator("[data-lock]").waitFor();
  await leaveFor(page);
  await page.locator('input[name="account"]').waitFor();
  assert.equal(await page.locator("[data-table]").count(), 0);
  await signIn(page, "water.filler", PASSWORD);
  await openSection(page, TABLE);
  await expectText(cell(page, TABLE, 3, "name"), "锁定前填的");
});
