// Files to take away: the workbook under its Chinese name, which re-imports without a change and whose changed cell is found by its
// address; the official document as PDF.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { screenshot, test } from "./harness.mjs";
import { OFFLINE, headerField, openAs, openSection, waitForSaveState } from "./request_page.mjs";

const openRequest = (world) =>
  openAs(world, "water.filler", "/requests/water-2024", { acceptDownloads: true, serviceWorkers: "block" });

const fileLink = (page, kind) => page.locator(`.rq-head [data-file="${kind}"]`);

async function download(world, page, kind) {
  const [file] = await Promise.all([page.waitForEvent("download"), fileLink(page, kind).click()]);
  const path = join(world.server.folder, file.suggestedFilename());
  await file.saveAs(path);
  return path;
}

// The workbook as the server reads it.
async function readWorkbook(world, page, path) {
  const headers = { "content-type": "application/octet-stream", origin: world.server.url };
  const reply = await page.request.post(`${world.server.url}/api/workbooks`, { headers, data: readFileSync(path) });
  return reply.json();
}

async function retype(page, field, text) {
  await headerField(page, field).click();
  await page.keyboard.press("Control+a");
  await page.keyboard.type(text);
}

async function chooseImport(page, file) {
  await openSection(page, "hardware");
  await page.locator('[data-import="open"]').click();
  await page.locator('[data-import="file"]').setInputFiles(file);
}

test("the workbook and the official document are downloaded under their names", async (world) => {
  const page = await openRequest(world);
  assert.match(await download(world, page, "xlsx"), /省水利厅2024年度运维服务申请（填报中）\.xlsx$/);
  const pdf = await download(world, page, "pdf");
  assert.match(pdf, /省水利厅2024年度运维服务申请（填报中）\.pdf$/);
  assert.equal(readFileSync(pdf).subarray(0, 5).toString(), "%PDF-");
});

test("an export contains what was typed just before", async (world) => {
  const page = await openRequest(world);
  await retype(page, "contact", "导出前一刻");
  // Pressed at once: the typing is neither on the device nor delivered yet.
  const { sheets } = await readWorkbook(world, page, await download(world, page, "xlsx"));
  const texts = sheets.flatMap((sheet) => sheet.cells.map((cell) => cell.text));
  assert.ok(texts.includes("导出前一刻"));
});

test("without the server no outdated file is offered, and the page says so", async (world) => {
  world.expectTrouble(OFFLINE);
  const page = await openRequest(world);
  await headerField(page, "phone").waitFor();
  // The links come with a chunk of their own.
  await fileLink(page, "pdf").waitFor();
  await page.context().setOffline(true);
  let downloads = 0;
  const count = () => (downloads += 1);
  page.on("download", count);
  for (const isTyping of [true, false]) {
    if (isTyping) await retype(page, "phone", "0351-5550000");
    await fileLink(page, "pdf").click();
    const banner = page.locator(".rq-banner.rq-bad");
    await banner.getByText("没有导出：连不上服务器").waitFor();
    await banner.getByRole("button", { name: "关闭" }).click();
  }
  assert.equal(downloads, 0);
  page.off("download", count);
  await page.context().setOffline(false);
  await waitForSaveState(page);
  await download(world, page, "pdf");
});

test("an unchanged workbook imports as no change", async (world) => {
  const page = await openRequest(world);
  const workbook = await download(world, page, "xlsx");
  await chooseImport(page, workbook);
  const outcome = page.locator('[data-returned="0"]');
  await outcome.waitFor();
  assert.match(await outcome.innerText(), /没有改动/);
  assert.equal(await page.locator('[data-import="confirm"]').isDisabled(), true);
  await screenshot(page, "export-unchanged");
});

test("a cell changed in the workbook is found by its address and imported in one step", async (world) => {
  const page = await openRequest(world);
  const workbook = await download(world, page, "xlsx");
  // The reply to a file in which 4321 replaces the first quantity of the cloud resources.
  const read = await readWorkbook(world, page, workbook);
  const sheet = read.sheets.find((sheet) => sheet.name === "云资源服务");
  const column = sheet.cells.find((cell) => cell.row === 0 && cell.text === "quantity").column;
  sheet.cells.find((cell) => cell.row === 3 && cell.column === column).text = "4321";
  await page.route("**/api/workbooks", (route) => route.fulfill({ json: read }));
  await chooseImport(page, { name: "改动.xlsx", mimeType: "application/octet-stream", buffer: readFileSync(workbook) });
  const change = page.locator('[data-changed^="云资源服务!"]');
  await change.waitFor();
  assert.match(await change.innerText(), /数量：\d+ → 4321/);
  await screenshot(page, "export-changed");
  await page.locator('[data-import="confirm"]').click();
  await openSection(page, "cloud");
  await page.locator('[data-table="cloud"][data-field="quantity"]', { hasText: "4,321" }).first().waitFor();
});
