// Two people at one draft: each sees the other's cells as they are typed, in the grid as in the header, and where both
// typed into the same cell, a person chooses.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, press, screenshot, startServer } from "./harness.mjs";
import { at, enter, open, rowCount, saved, shows, total } from "./request_page.mjs";

const TABLE = "hardware";
let server, browser, one, other;

before(async () => {
  server = await startServer();
  browser = await launch();
  [one, other] = [await colleague(), await colleague()];
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

async function colleague() {
  const page = await enter(browser, server, "water.filler", "/requests/water-2024", { width: 2000, height: 900 });
  await open(page, TABLE);
  await at(page, TABLE, 0, "name").waitFor();
  return page;
}

async function type(page, row, field, text) {
  await at(page, TABLE, row, field).click();
  await page.keyboard.type(text);
  await press(page, "Enter");
}

test("a cell typed in one browser shows in the other, with the amount and the total", async () => {
  await type(one, 0, "unit_value", "1234567.89");
  await shows(at(other, TABLE, 0, "unit_value"), "1,234,567.89");
  await shows(at(other, TABLE, 0, "amount"), await at(one, TABLE, 0, "amount").textContent());
  await shows(total(other), await total(one).textContent());
});

test("rows come and go for both; what the other is typing is not disturbed", async () => {
  await at(other, TABLE, 3, "name").click();
  await press(other, "F2", "Control+a");
  await other.keyboard.type("正在填写的");
  await at(one, TABLE, 1, "name").click();
  await press(one, "Control+Shift+Equal");
  await shows(rowCount(other, TABLE), "65 行");
  await other.keyboard.type("设备名称");
  await press(other, "Enter");
  await shows(at(one, TABLE, 4, "name"), "正在填写的设备名称");
  await at(one, TABLE, 1, "name").click();
  await press(one, "Control+Minus");
  await shows(rowCount(other, TABLE), "64 行");
});

test("undo takes back one's own act and leaves the colleague's", async () => {
  const before = await at(one, TABLE, 6, "brand").textContent();
  await type(one, 6, "brand", "曙光");
  await shows(at(other, TABLE, 6, "brand"), "曙光");
  await type(other, 7, "brand", "同方");
  await shows(at(one, TABLE, 7, "brand"), "同方");
  await press(one, "Control+z");
  await shows(at(other, TABLE, 6, "brand"), before);
  await shows(at(other, TABLE, 7, "brand"), "同方");
});

test("the same cell typed in by both shows both values until one is chosen", async () => {
  await Promise.all([saved(one), saved(other)]);
  await one.context().setOffline(true);
  await type(one, 2, "model", "我方型号");
  await saved(one, "offline");
  await type(other, 2, "model", "对方型号");
  await saved(other);
  await one.context().setOffline(false);
  await saved(one, "conflict");
  const asked = one.locator(".rq-conflicts");
  assert.match(await asked.innerText(), /硬件设备运维费[\s\S]*我方型号[\s\S]*对方型号/);
  await at(one, TABLE, 2, "model").and(one.locator(".conflict")).waitFor();
  await screenshot(one, "two-people-conflict");
  await asked.getByRole("button", { name: "保留我的" }).click();
  await shows(at(other, TABLE, 2, "model"), "我方型号");
  await saved(one);
  await asked.waitFor({ state: "detached" });
  assert.deepEqual([...one.troubles, ...other.troubles], []);
});
