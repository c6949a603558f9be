// 审计日志: the audit administrator finds an act, reads what is around it, and takes the evidence out; all by keyboard.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { press, screenshot, test } from "./harness.mjs";
import { expectCount, openAs } from "./request_page.mjs";

const OFFICE = { width: 1366, height: 768 };
const DENIED = /status of 401 .*\/api\/session\]/;

const entries = (page) => page.locator('section[aria-label="记录"] tr[data-entry]');
const column = (page, at) => entries(page).locator(`td:nth-child(${at})`).allInnerTexts();

async function filterBy(page, name, text) {
  await page.locator(`.au-fields [name="${name}"]`).fill(text);
  await press(page, "Enter");
  await page.waitForFunction(([name, text]) => new URLSearchParams(location.search).get(name) === text, [name, text]);
}

async function download(page, format) {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.locator(`[data-file="${format}"]`).focus().then(() => press(page, "Enter")),
  ]);
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

test("the audit administrator finds a refused sign-in, reads it and takes the evidence out", async (world) => {
  world.expectTrouble(DENIED);
  const stranger = await world.newPage();
  await stranger.goto(world.server.url);
  await stranger.locator('input[name="account"]').fill("water.filler");
  await stranger.locator('input[name="password"]').fill("not-the-password");
  await press(stranger, "Enter");
  await stranger.locator('[data-problem="wrong_password"]').waitFor();

  const page = await openAs(world, "admin.audit", "/", { ...OFFICE, acceptDownloads: true });
  await page.locator('main a[href="/audit"]').focus();
  await press(page, "Enter");
  await entries(page).first().waitFor();
  assert.match(await page.locator('[data-count="entries"]').innerText(), /^共 [\d,]+ 条$/);
  assert.match(await page.locator("[data-retention]").innerText(), /不足 12 个月/);
  // Every act is named in Chinese, none by its code alone.
  const named = await column(page, 6);
  assert.deepEqual(named.filter((name) => /^[a-z_.]+$/.test(name)), []);
  await screenshot(page, "audit");

  // A filter is asked for by Enter, stands in the address and survives a reload; the focus stays in it.
  await page.locator('.au-fields [name="outcome"]').selectOption("refused");
  await filterBy(page, "subject", "water.filler");
  await page.waitForFunction(() => document.querySelectorAll('section[aria-label="记录"] tr[data-entry]').length === 1);
  assert.equal(await page.evaluate(() => document.activeElement.name), "subject");
  assert.deepEqual(await column(page, 6), ["登录未成功"]);
  await page.reload();
  await entries(page).first().waitFor();
  assert.equal(await page.locator('.au-fields [name="subject"]').inputValue(), "water.filler");
  await expectCount(entries(page), 1);

  // An entry opens by its number and takes the focus; Escape closes it and gives the focus back.
  const link = entries(page).first().locator("a");
  const seq = await link.innerText();
  await link.focus();
  await press(page, "Enter");
  const opened = page.locator(`[data-opened="${seq}"]`);
  await opened.locator("code").first().waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "H2");
  assert.match(await opened.innerText(), /session\.refused/);
  await screenshot(page, "audit-entry");
  await opened.locator('[data-act="previous-entry"]').focus();
  await press(page, "Enter");
  await page.locator(`[data-opened="${Number(seq) - 1}"] code`).first().waitFor();
  await press(page, "Escape");
  await page.locator("[data-opened]").waitFor({ state: "detached" });
  assert.notEqual(await page.evaluate(() => document.activeElement.tagName), "BODY");

  // The files hold what the filter finds, and each is in the trail itself.
  const csv = await download(page, "csv");
  assert.match(csv.name, /^审计日志-.*\.csv$/);
  assert.equal(csv.bytes.toString("utf8").trimEnd().split("\r\n").length, 2);
  const evidence = await download(page, "evidence");
  assert.match(evidence.name, /^取证包-.*\.zip$/);
  const text = evidence.bytes.toString("latin1");
  for (const part of ["entries.jsonl", "before.json", "verify.json", "manifest.json", "README.txt"]) {
    assert.ok(text.includes(part), part);
  }
  await page.locator('[data-act="reset"]').click();
  await page.locator('[name="group"]').selectOption("export");
  await page.locator('[data-act="filter"]').click();
  await page.locator('tr[data-deed="export.audit"]').nth(1).waitFor();
});

test("the auditor reaches the case of an entry, the others have no such page", async (world) => {
  world.expectTrouble(/status of 403 .*\/api\/audit-trail/);
  const page = await openAs(world, "auditor", "/audit?from=2020-01-01&text=transition.", OFFICE);
  await entries(page).first().locator("a").click();
  await page.locator('[data-act="open-case"]').waitFor();
  await page.locator(".au-days summary").click();
  await page.locator("tr[data-day]").first().waitFor();
  await screenshot(page, "audit-days");
  await page.locator('[data-act="open-case"]').click();
  await page.waitForFunction(() => !location.pathname.startsWith("/audit"));

  const filler = await openAs(world, "water.filler", "/audit");
  await filler.locator('[data-problem]').waitFor();
  assert.equal(await filler.locator('.bar-pages a[href="/audit"]').count(), 0);
});
