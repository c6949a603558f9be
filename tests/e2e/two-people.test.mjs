// Two people at one draft: each sees the other's cells while they are typed, in the grid as in the header; where both typed into
// the same cell, a person chooses.

import assert from "node:assert/strict";
import { press, screenshot, test } from "./harness.mjs";
import {
  OFFLINE, cell, expectText, openAs, openSection, rowCount, total, waitForSaveState,
} from "./request_page.mjs";

const TABLE = "hardware";

async function openColleagues(world) {
  const pages = [];
  for (let n = 0; n < 2; n += 1) {
    const page = await openAs(world, "water.filler", "/requests/water-2024", { width: 2000, height: 900 });
    await openSection(page, TABLE);
    await cell(page, TABLE, 0, "name").waitFor();
    pages.push(page);
  }
  return pages;
}

async function type(page, row, field, text) {
  await cell(page, TABLE, row, field).click();
  await page.keyboard.type(text);
  await press(page, "Enter");
}

test("a cell typed in one browser shows in the other, with the amount and the total", async (world) => {
  const [one, other] = await openColleagues(world);
  await type(one, 0, "unit_value", "1234567.89");
  await expectText(cell(other, TABLE, 0, "unit_value"), "1,234,567.89");
  await expectText(cell(other, TABLE, 0, "amount"), await cell(one, TABLE, 0, "amount").textContent());
  await expectText(total(other), await total(one).textContent());
});

test("rows come and go for both and do not disturb what the other is typing", async (world) => {
  const [one, other] = await openColleagues(world);
  await cell(other, TABLE, 3, "name").click();
  await press(other, "F2", "Control+a");
  await other.keyboard.type("正在填写的");
  await cell(one, TABLE, 1, "name").click();
  await press(one, "Control+Shift+Equal");
  await expectText(rowCount(other, TABLE), "65 行");
  await other.keyboard.type("设备名称");
  await press(other, "Enter");
  await expectText(cell(one, TABLE, 4, "name"), "正在填写的设备名称");
  await cell(one, TABLE, 1, "name").click();
  await press(one, "Control+Minus");
  await expectText(rowCount(other, TABLE), "64 行");
});

test("undo takes back one's own act and leaves the colleague's", async (world) => {
  const [one, other] = await openColleagues(world);
  const before = await cell(one, TABLE, 6, "brand").textContent();
  await type(one, 6, "brand", "曙光");
  await expectText(cell(other, TABLE, 6, "brand"), "曙光");
  await type(other, 7, "brand", "同方");
  await expectText(cell(one, TABLE, 7, "brand"), "同方");
  await press(one, "Control+z");
  await expectText(cell(other, TABLE, 6, "brand"), before);
  await expectText(cell(other, TABLE, 7, "brand"), "同方");
});

test("a cell typed in by both shows both values until one is chosen", async (world) => {
  world.expectTrouble(OFFLINE);
  const [one, other] = await openColleagues(world);
  await Promise.all([waitForSaveState(one), waitForSaveState(other)]);
  await one.context().setOffline(true);
  await type(one, 2, "model", "我方型号");
  await waitForSaveState(one, "offline");
  await type(other, 2, "model", "对方型号");
  await waitForSaveState(other);
  await one.context().setOffline(false);
  await waitForSaveState(one, "conflict");
  const conflicts = one.locator(".rq-conflicts");
  assert.match(await conflicts.innerText(), /硬件设备运维费[\s\S]*我方型号[\s\S]*对方型号/);
  await cell(one, TABLE, 2, "model").and(one.locator(".conflict")).waitFor();
  await screenshot(one, "two-people-conflict");
  await conflicts.getByRole("button", { name: "保留我的" }).click();
  await expectText(cell(other, TABLE, 2, "model"), "我方型号");
  await waitForSaveState(one);
  await conflicts.waitFor({ state: "detached" });
});
