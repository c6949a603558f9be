// The list of cases as an office uses it: search, filter, sort, a saved view, the workbook. A department attaches a file to its
// request, and an old version opens with the form it was frozen with.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { screenshot, test } from "./harness.mjs";
import { openAs, openSection } from "./request_page.mjs";

// Posts as the person of a page.
async function post(page, path, body) {
  const status = await page.evaluate(
    async ([path, body]) => {
      const headers = { "content-type": "application/json" };
      const reply = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
      return reply.ok ? "" : await reply.text();
    },
    [path, body],
  );
  assert.equal(status, "", path);
}

// A department begins a separate application, fills it in and reports it to the bureau.
async function report(filler, approver, id, system, amount) {
  await post(filler, "/api/cases", { case: id, kind: "separate", fiscal_year: 2024 });
  const texts = {
    system,
    amount,
    reason: "新建专用监测网络须单独维护，本年度到期续保。",
    why_outside: "专网不接入政务云，由流域机构统一运行。",
  };
  const set = ([field, to]) => ({ set: { at: { table: "separate", row: "header", field }, from: null, to } });
  const ops = [{ id: randomUUID(), changes: Object.entries(texts).map(set) }];
  await post(filler, `/api/requests/${id}/operations`, { ops });
  const order = (seen, verb) => ({ operation: randomUUID(), seen, command: { verb } });
  await post(filler, `/api/requests/${id}/transitions`, order(0, "submit"));
  await post(approver, `/api/requests/${id}/transitions`, order(1, "department_approve"));
}

const shown = (page) => page.locator("tr[data-case]").evaluateAll((rows) => rows.map((row) => row.dataset.case));

async function expectCases(page, expected) {
  await page.locator('section[aria-label="一览"][aria-busy="false"]').waitFor();
  await page.locator('[data-count="cases"]', { hasText: new RegExp(`^(共 ${expected.length} 件|没有符合条件的案卷。)$`) }).waitFor();
  assert.deepEqual(await shown(page), expected);
}

test("an office narrows the list of cases, saves the view and takes the list away", async (world) => {
  for (const [department, cases] of [
    ["water", [["s-1", "水库大坝安全监测专网", "500000"], ["s-2", "水文 GIS 平台", "90000.5"]]],
    ["ecology", [["s-3", "在线监测专网", "1200000"]]],
  ]) {
    const filler = await openAs(world, `${department}.filler`);
    const approver = await openAs(world, `${department}.approver`);
    for (const [id, system, amount] of cases) await report(filler, approver, id, system, amount);
    if (department === "ecology") {
      // A draft of another year, which nobody else may see.
      await post(filler, "/api/cases", { case: "s-2023", kind: "separate", fiscal_year: 2023 });
    }
  }
  const page = await openAs(world, "bureau.reviewer", "/cases?kind=separate&year=2024");
  await expectCases(page, ["s-1", "s-2", "s-3"]);
  const years = page.locator('select[name="year"] option');
  assert.deepEqual(await years.allTextContents(), ["全部年度", "2024 年度"]);

  await page.locator('[data-sort="amount"]').click();
  await page.locator('th[aria-sort="ascending"]').waitFor();
  await expectCases(page, ["s-2", "s-1", "s-3"]);
  await page.locator('[data-sort="amount"]').click();
  await page.locator('th[aria-sort="descending"]').waitFor();
  await expectCases(page, ["s-3", "s-1", "s-2"]);

  await page.locator('input[name="search"]').fill("专网");
  await page.keyboard.press("Enter");
  await expectCases(page, ["s-3", "s-1"]);
  await page.locator('input[name="view-name"]').fill("专网由大到小");
  await page.locator('[data-act="save-view"]').click();
  await page.locator('[data-view="专网由大到小"]').waitFor();

  await page.locator('select[name="department"]').selectOption({ label: "省水利厅" });
  await expectCases(page, ["s-1"]);
  await page.locator('select[name="stage"]').selectOption("bureau_opinion");
  await expectCases(page, ["s-1"]);
  await screenshot(page, "case-list", { fullPage: true });

  // As it was left, after coming back; the saved view with one press.
  await page.goto(`${world.server.url}/cases?kind=separate`);
  await expectCases(page, ["s-1"]);
  assert.equal(await page.locator('input[name="search"]').inputValue(), "专网");
  await page.locator('[data-view="专网由大到小"] button').first().click();
  await expectCases(page, ["s-3", "s-1"]);

  const [file] = await Promise.all([page.waitForEvent("download"), page.locator('[data-file="list"]').click()]);
  assert.match(file.suggestedFilename(), /\.xlsx$/);
  assert.equal(readFileSync(await file.path()).subarray(0, 2).toString(), "PK");

  await page.getByRole("link", { name: /水库大坝安全监测专网/ }).click();
  await page.locator('.page-head [data-stage="bureau_opinion"]').waitFor();
});

test("a department attaches a file to its request and finds it after a reload", async (world) => {
  const page = await openAs(world, "water.filler", "/requests/water-2024");
  await openSection(page, "attachments");
  const buffer = Buffer.from("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n");
  await page.locator('[data-attachment-act="choose"]').setInputFiles({ name: "合同.pdf", mimeType: "application/pdf", buffer });
  await page.locator("[data-attachment]", { hasText: "合同.pdf" }).waitFor();
  await screenshot(page, "request-attachments");
  await page.reload();
  await openSection(page, "attachments");
  await page.locator("[data-attachment]", { hasText: "合同.pdf" }).waitFor();
  // An office reads it there and adds nothing.
  const approver = await openAs(world, "water.approver", "/requests/water-2024");
  await openSection(approver, "attachments");
  await approver.locator("[data-attachment]", { hasText: "合同.pdf" }).waitFor();
});

test("an old version of a request opens with the form and the parameters it was frozen with", async (world) => {
  const page = await openAs(world, "auditor", "/", { serviceWorkers: "block" });
  const EARLIER = "e".repeat(64);
  // As the server answers once form and edition have changed: the version names an earlier definition, in which a table has
  // another title, and brings the parameters it was judged by.
  await page.route("**/api/requests/culture-2024/versions/1", async (route) => {
    const reply = await route.fetch();
    const frozen = await reply.json();
    frozen.parameters.numbers.execution_weight = "7";
    await route.fulfill({ response: reply, json: { ...frozen, definition: EARLIER } });
  });
  await page.route(`**/api/definitions/${EARLIER}`, async (route) => {
    const { definition } = await (await route.fetch({ url: `${world.server.url}/api/requests/culture-2024` })).json();
    const reply = await route.fetch({ url: `${world.server.url}/api/definitions/${definition}` });
    const earlier = await reply.json();
    earlier.forms[0].tables.find((table) => table.key === "hardware").title = "硬件维护费（旧表）";
    await route.fulfill({ response: reply, json: earlier });
  });
  await page.goto(`${world.server.url}/requests/culture-2024?version=1`);
  await page.getByText("第 1 版，只能查看").waitFor();
  await page.locator('[data-section="hardware"]', { hasText: "硬件维护费（旧表）" }).waitFor();
  await openSection(page, "indicators");
  await page.getByText("另 7 分为预算执行率").waitFor();
  await screenshot(page, "frozen-with");
  await page.getByRole("link", { name: "回到当前稿" }).click();
  await page.locator('[data-section="hardware"]', { hasText: "旧表" }).waitFor({ state: "detached" });
  await page.locator('[data-section="hardware"]', { hasText: "硬件" }).waitFor();
});
