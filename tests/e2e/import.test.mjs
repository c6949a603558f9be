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

test("unreadable cells keep their text and are marked; replacing is one act that one undo takes back", async (world) => {
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
  await dialog.locator('[data-import-mode="replace"]').check();
  await dialog.locator('[data-import="confirm"]').click();
  await dialog.waitFor({ state: "detached" });
  await expectText(rowCount(page, "hardware"), "64 行");
  assert.notEqual(await page.locator('.rq-counts [data-count="error"]').textContent(), "0");
  await gridInput(page, "hardware").focus();
  await press(page, "Control+z");
  await expectUnchanged();
});

test("the same file again adds nothing, and the same name can be chosen twice", async (world) => {
  const { page, dialog, choose, expectUnchanged } = await openImport(world);
  for (const _ of [1, 2]) {
    await choose(inventory);
    await expectText(dialog.locator('[data-import-count="rows"]'), "64");
    assert.equal(await dialog.locator('input[type="file"]').inputValue(), "");
  }
  assert.ok(await dialog.locator('[data-import="confirm"]').isDisabled());
  await press(page, "Escape");
  await expectUnchanged();
});

const csv = (name, text) => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
const heading = "所属系统,设备分类,设备名称,数量,单价（美元）,购置时间,维保方式,费率\n";

test("a unit that is not understood must be chosen before anything is imported", async (world) => {
  const { page, dialog, choose } = await openImport(world);
  await choose(csv("台账.csv", `${heading}全新系统,服务器,全新服务器,2,12.5,2019-06-03,原厂,5%\n`));
  await expectText(dialog.locator('[data-import-count="rows"]'), "1");
  const confirm = dialog.locator('[data-import="confirm"]');
  assert.ok(await confirm.isDisabled());
  await dialog.locator('[data-import="unit"]').selectOption({ label: "万元" });
  await dialog.locator('[data-import="confirm"]:enabled').waitFor();
  await confirm.click();
  await expectText(rowCount(page, "hardware"), "65 行");
});

test("all refused cells are listed, page by page, and saved as a marked workbook", async (world) => {
  const { page, dialog, choose, expectUnchanged } = await openImport(world);
  const lines = Array.from({ length: 150 }, (_, n) => `视频会议系统,服务器,新${n}号,2,1,2019年6月,原厂,5%\n`).join("");
  await choose(csv("台账.csv", heading.replace("（美元）", "") + lines));
  await expectText(dialog.locator('[data-import-count="refused"]'), "150");
  await dialog.locator('[data-more="refused"]').click();
  await dialog.getByText("第 101–150 项，共 150 项").waitFor();
  const saving = page.waitForEvent("download");
  await dialog.locator('[data-import="marked"]').click();
  assert.equal((await saving).suggestedFilename(), "台账（标记稿）.xlsx");
  await press(page, "Escape");
  await expectUnchanged();
});
