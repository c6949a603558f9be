// An import that goes wrong changes nothing and says why: no workbook, too large, unreadable cells, cancelled.

import assert from "node:assert/strict";
import { press, test } from "./harness.mjs";
import {
  expectText, gridInput, inventory, openAs, openSection, rowCount, total, waitForSaveState,
} from "./request_page.mjs";

// A request with the import dialog open.
async function openImport(world) {
  const page = await openAs(world, "water.filler", "/requests/water-2024");
  await openSection(page, "hardware");
  const before = await total(page).textContent();
  await page.locator('[data-import="open"]').click();
  const dialog = page.locator("dialog.rq-import");
  await dialog.waitFor();
  const choose = (file) => dialog.locator('input[type="file"]').setInputFiles(file);
  const expectUnchanged = async () => {
    await expectText(rowCount(page, "hardware"), "64 行");
    await expectText(total(page), before);
    await waitForSaveState(page);
  };
  return { page, dialog, choose, expectUnchanged };
}

const xlsx = (name, buffer) => ({
  name,
  mimeType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  buffer,
});

test("a file that is no workbook is refused with what to do", async (world) => {
  world.expectTrouble(/status of 4\d\d .*\/api\/workbooks\]/);
  const { page, dialog, choose, expectUnchanged } = await openImport(world);
  await choose(xlsx("台账.xlsx", Buffer.from("这不是工作簿")));
  const fault = dialog.locator('.rq-fault[role="alert"]');
  await fault.filter({ hasText: /\S/ }).waitFor();
  assert.match(await fault.innerText(), /xlsx/i);
  assert.ok(await dialog.locator('[data-import="confirm"]').isDisabled());
  await press(page, "Escape");
  await dialog.waitFor({ state: "detached" });
  await expectUnchanged();
});

test("a file that is too large is not sent", async (world) => {
  const { page, dialog, choose, expectUnchanged } = await openImport(world);
  const sent = [];
  page.on("request", (request) => request.method() === "POST" && sent.push(request.url()));
  await choose(xlsx("太大.xlsx", Buffer.alloc(11 << 20)));
  await dialog.getByText("文件不能超过 10 MB").waitFor();
  assert.deepEqual(sent.filter((url) => url.includes("workbook")), []);
  await press(page, "Escape");
  await expectUnchanged();
});

test("a chosen file and its mapping change nothing until confirmed", async (world) => {
  const { dialog, choose, expectUnchanged } = await openImport(world);
  await choose(inventory);
  await expectText(dialog.locator('[data-import-count="rows"]'), "64");
  await dialog.locator('[data-import="header"]').selectOption({ label: "第 5 行" });
  await dialog.locator('[data-import="header"]').selectOption({ label: "第 3 行" });
  await expectText(dialog.locator('[data-import-count="rows"]'), "64");
  await dialog.getByRole("button", { name: "取消" }).click();
  await dialog.waitFor({ state: "detached" });
  await expectUnchanged();
});

test("unreadable cells are imported empty and marked, the others as they are; one undo takes all back", async (world) => {
  const { page, dialog, choose, expectUnchanged } = await openImport(world);
  await choose(inventory);
  await expectText(dialog.locator('[data-import-count="rows"]'), "64");
  const model = dialog
    .locator('select[data-import="column"]')
    .filter({ has: page.locator('option[value="model"]:checked') });
  const letter = await model.getAttribute("data-column");
  await dialog.locator(`select[data-column="${letter}"]`).selectOption("purchased");
  const refused = Number(await dialog.locator('[data-import-count="refused"]').textContent());
  assert.equal(refused, 64);
  assert.match(await dialog.locator("[data-refused]").first().innerText(), new RegExp(`^硬件设备台账!${letter}4 `));
  await dialog.locator('[data-import="confirm"]').click();
  await expectText(rowCount(page, "hardware"), "128 行");
  assert.notEqual(await page.locator('.rq-counts [data-count="error"]').textContent(), "0");
  await gridInput(page, "hardware").focus();
  await press(page, "Control+z");
  await expectUnchanged();
});
