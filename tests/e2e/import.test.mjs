// An import that goes wrong changes nothing and says why: not a workbook, too large, cells nobody can read, a change of
// mind.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { launch, press, startServer } from "./harness.mjs";
import { enter, inventory, open, rowCount, saved, shows, total } from "./request_page.mjs";

let server, browser, page, dialog, asked;

before(async () => {
  server = await startServer();
  browser = await launch();
  page = await enter(browser, server, "water.filler", "/requests/water-2024");
  dialog = page.locator("dialog.rq-import");
  await open(page, "hardware");
  asked = await total(page).textContent();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});
beforeEach(async () => {
  await page.locator('[data-import="open"]').click();
  await dialog.waitFor();
});

async function choose(file) {
  await dialog.locator('input[type="file"]').setInputFiles(file);
}

async function unchanged() {
  await shows(rowCount(page, "hardware"), "64 行");
  await shows(total(page), asked);
  await saved(page);
}

const xlsx = (name, buffer) => ({
  name,
  mimeType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  buffer,
});

test("what is no workbook is refused with what to do", async () => {
  await choose(xlsx("台账.xlsx", Buffer.from("这不是工作簿")));
  const fault = dialog.locator('.rq-fault[role="alert"]');
  await fault.filter({ hasText: /\S/ }).waitFor();
  assert.match(await fault.innerText(), /xlsx/i);
  assert.ok(await dialog.locator('[data-import="confirm"]').isDisabled());
  await press(page, "Escape");
  await dialog.waitFor({ state: "detached" });
  await unchanged();
});

test("a file that is too large is not even sent", async () => {
  const sent = [];
  page.on("request", (request) => request.method() === "POST" && sent.push(request.url()));
  await choose(xlsx("太大.xlsx", Buffer.alloc(11 << 20)));
  await dialog.getByText("文件不能超过 10 MB").waitFor();
  assert.deepEqual(sent.filter((url) => url.includes("workbook")), []);
  await press(page, "Escape");
  await unchanged();
});

test("looking at a file and its mapping changes nothing until confirmed", async () => {
  await choose(inventory);
  await shows(dialog.locator('[data-import-count="rows"]'), "64");
  await dialog.locator('[data-import="header"]').selectOption({ label: "第 5 行" });
  await dialog.locator('[data-import="header"]').selectOption({ label: "第 3 行" });
  await shows(dialog.locator('[data-import-count="rows"]'), "64");
  await dialog.getByRole("button", { name: "取消" }).click();
  await dialog.waitFor({ state: "detached" });
  await unchanged();
});

test("cells nobody can read come in empty and marked, the others as they are; one step back", async () => {
  await choose(inventory);
  await shows(dialog.locator('[data-import-count="rows"]'), "64");
  const model = dialog
    .locator('select[data-import="column"]')
    .filter({ has: page.locator('option[value="model"]:checked') });
  const letter = await model.getAttribute("data-column");
  await dialog.locator(`select[data-column="${letter}"]`).selectOption("purchased");
  const refused = Number(await dialog.locator('[data-import-count="refused"]').textContent());
  assert.equal(refused, 64);
  assert.match(await dialog.locator("[data-refused]").first().innerText(), new RegExp(`^硬件设备台账!${letter}4 `));
  await dialog.locator('[data-import="confirm"]').click();
  await shows(rowCount(page, "hardware"), "128 行");
  assert.notEqual(await page.locator('.rq-counts [data-count="error"]').textContent(), "0");
  await page.locator('[data-grid-input="hardware"]').focus();
  await press(page, "Control+z");
  await unchanged();
  assert.deepEqual(page.troubles, []);
});
