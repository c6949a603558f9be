// What is carried away: the workbook comes down under its Chinese name, goes back unchanged without harm, and a cell
// changed in it is found by its address; the official document is a PDF.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch, screenshot, startServer } from "./harness.mjs";
import { enter, header, open, saved } from "./request_page.mjs";

let server, browser, page, workbook;

before(async () => {
  server = await startServer();
  browser = await launch();
  page = await enter(browser, server, "water.filler", "/requests/water-2024", {
    acceptDownloads: true,
    serviceWorkers: "block",
  });
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

async function download(link) {
  const [file] = await Promise.all([page.waitForEvent("download"), link.click()]);
  const path = join(server.folder, file.suggestedFilename());
  await file.saveAs(path);
  return path;
}

test("the workbook and the official document come down under their names", async () => {
  workbook = await download(page.locator('.rq-head [data-file="xlsx"]'));
  assert.match(workbook, /省水利厅2024年度运维服务申请（填报中）\.xlsx$/);
  const pdf = await download(page.locator('.rq-head [data-file="pdf"]'));
  assert.match(pdf, /省水利厅2024年度运维服务申请（填报中）\.pdf$/);
  assert.equal(readFileSync(pdf).subarray(0, 5).toString(), "%PDF-");
});

test("what was typed just before is in the file", async () => {
  const contact = header(page, "contact");
  await contact.click();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("导出前一刻");
  // Pressed at once: the typing is neither handed over nor delivered yet.
  const file = await download(page.locator('.rq-head [data-file="xlsx"]'));
  const headers = { "content-type": "application/octet-stream", origin: server.url };
  const sent = await page.request.post(`${server.url}/api/workbooks`, { headers, data: readFileSync(file) });
  const cells = (await sent.json()).sheets.flatMap((sheet) => sheet.cells.map((cell) => cell.text));
  assert.ok(cells.includes("导出前一刻"));
  workbook = file;
});

test("without the server nothing old is handed out, and it says so", async () => {
  await page.context().setOffline(true);
  let handed = 0;
  const count = () => (handed += 1);
  page.on("download", count);
  for (const typed of [true, false]) {
    if (typed) {
      await header(page, "phone").click();
      await page.keyboard.press("Control+a");
      await page.keyboard.type("0351-5550000");
    }
    await page.locator('.rq-head [data-file="pdf"]').click();
    const told = page.locator(".rq-banner.rq-bad");
    await told.getByText("没有导出：连不上服务器").waitFor();
    await told.getByRole("button", { name: "知道了" }).click();
  }
  assert.equal(handed, 0);
  page.off("download", count);
  await page.context().setOffline(false);
  await saved(page);
  await download(page.locator('.rq-head [data-file="pdf"]'));
});

test("imported again unchanged, it says that nothing changed", async () => {
  await open(page, "hardware");
  await page.locator('[data-import="open"]').click();
  await page.locator('[data-import="file"]').setInputFiles(workbook);
  const told = page.locator('[data-returned="0"]');
  await told.waitFor();
  assert.match(await told.innerText(), /没有改动/);
  assert.equal(await page.locator('[data-import="confirm"]').isDisabled(), true);
  await screenshot(page, "export-unchanged");
});

test("a cell changed in the workbook is found by its address and carried over in one step", async () => {
  // As read from a file in which somebody typed 4321 over the first quantity of the cloud resources.
  const headers = { "content-type": "application/octet-stream", origin: server.url };
  const sent = await page.request.post(`${server.url}/api/workbooks`, { headers, data: readFileSync(workbook) });
  const read = await sent.json();
  const sheet = read.sheets.find((sheet) => sheet.name === "云资源服务");
  const column = sheet.cells.find((cell) => cell.row === 0 && cell.text === "quantity").column;
  sheet.cells.find((cell) => cell.row === 3 && cell.column === column).text = "4321";
  const file = { name: "改动.xlsx", mimeType: "application/octet-stream" };
  await page.route("**/api/workbooks", (route) => route.fulfill({ json: read }));
  await page.locator('[data-import="file"]').setInputFiles({ ...file, buffer: readFileSync(workbook) });
  const found = page.locator('[data-changed^="云资源服务!"]');
  await found.waitFor();
  assert.match(await found.innerText(), /数量：\d+ → 4321/);
  await screenshot(page, "export-changed");
  await page.locator('[data-import="confirm"]').click();
  await open(page, "cloud");
  await page.locator('[data-table="cloud"][data-field="quantity"]', { hasText: "4,321" }).first().waitFor();
  assert.deepEqual(page.troubles, []);
});
