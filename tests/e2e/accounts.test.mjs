// Accounts with a life: an office from one workbook, several posts, a deputy, a second factor.

import assert from "node:assert/strict";
import { join } from "node:path";
import { createServer } from "node:http";
import { leaveFor, root, screenshot, test } from "./harness.mjs";
import { expectCount, openAs, runCommand } from "./request_page.mjs";
import { shown } from "./second_factor.mjs";

const OFFICE = join(root, "tests/cases/accounts/office.xlsx");
const FAULTY = join(root, "tests/cases/accounts/office-faulty.xlsx");
const PASSWORD = "yunwei-2024";

const outcomes = (page) =>
  page.locator("[data-preview] tbody tr").evaluateAll((rows) => rows.map((row) => row.dataset.outcome));

// Takes the sheet that waits; answers with the file's name.
async function takeSheet(page) {
  const download = page.waitForEvent("download");
  await page.locator('[data-act="take-sheet"]').click();
  return (await download).suggestedFilename();
}

test("an office comes from one workbook by two administrators", async (world) => {
  const system = await openAs(world, "admin.system", "/accounts");
  await system.locator('[data-act="import-accounts"]').click();
  const choose = (file) => system.locator('[data-import="accounts"]').setInputFiles(file);
  const template = system.waitForEvent("download");
  await system.locator('[data-act="template"]').click();
  assert.match((await template).suggestedFilename(), /\.xlsx$/);

  await choose(FAULTY);
  await system.locator('[data-fault="ACT-12"]').waitFor();
  const cells = await system.locator("[data-fault] b").allInnerTexts();
  assert.deepEqual(cells.sort(), ["账号!B3", "账号!D4", "账号!E2", "账号!F2"]);
  assert.equal(await system.locator('[data-act="ask-import"]').isDisabled(), true);
  await screenshot(system, "accounts-import-faults");

  await choose(OFFICE);
  await system.locator('[data-outcome="changed"]').waitFor();
  assert.deepEqual((await outcomes(system)).sort(), ["changed", "new", "new", "new", "new", "same"]);
  await screenshot(system, "accounts-import-preview");
  await system.locator('[data-act="ask-import"]').click();
  await system.getByText("待同意的账号事项").waitFor();

  const security = await openAs(world, "admin.security", "/accounts");
  await security.locator('[data-act="decide-order"]').click();
  await security.locator('[data-act="agree-order"]').waitFor();
  await screenshot(security, "accounts-import-decision");
  await security.locator('[data-act="agree-order"]').click();
  await security.locator('[data-sheet="codes"]').waitFor();
  assert.match(await takeSheet(security), /^激活码-/);
  await security.locator('[data-sheet="codes"]').waitFor({ state: "detached" });
  await leaveFor(system, `${world.server.url}/accounts`);
  await system.locator('[data-sheet="links"]').waitFor();
  await screenshot(system, "accounts-import-sheet");
  assert.match(await takeSheet(system), /^激活链接-/);
  await system.locator('[data-account-line="fire.filler"]').getByText("待激活").waitFor();
});

test("a person with two posts sees what waits in the other and switches to it", async (world) => {
  const system = await openAs(world, "admin.system", "/accounts");
  await system.locator('[data-account-line="ecology.filler"] [data-act="add-post"]').click();
  const dialog = system.locator('[data-dialog="account"]');
  await dialog.locator("#role").selectOption("department_filler");
  await dialog.locator("#department").selectOption("health");
  await dialog.getByRole("button", { name: "提出" }).click();
  const security = await openAs(world, "admin.security", "/accounts");
  await security.locator('[data-act="decide-order"]').click();
  await security.locator('[data-act="agree-order"]').click();
  await security.locator('[data-account-line="ecology.filler"] [data-further-post]').waitFor();
  await screenshot(security, "accounts-further-post");

  const page = await openAs(world, "ecology.filler");
  await page.locator('[data-elsewhere="1"]').waitFor();
  await screenshot(page, "posts-desk");
  await page.locator('[data-act="switch-post"]').selectOption({ label: "省卫生健康委员会 部门填报人" });
  await page.locator('[data-request="health-2024"]').waitFor();
  assert.match(await page.locator(".bar-who").innerText(), /省卫生健康委员会/);
  await leaveFor(page);
  await page.locator('[data-request="health-2024"]').waitFor();
  await screenshot(page, "posts-switched");
});

test("a second factor is set up, asked for at the sign-in and replaced by a recovery code", async (world) => {
  world.expectTrouble(/status of 403 .*\/api\/session/);
  const page = await openAs(world, "water.filler", "/account");
  await page.locator('input[name="factor-password"]').fill(PASSWORD);
  await page.locator('[data-act="begin-factor"]').click();
  await page.locator(".qr").waitFor();
  await screenshot(page, "second-factor-setup");
  const secret = await page.locator("[data-factor-secret]").innerText();
  await page.locator('input[name="factor-code"]').fill(shown(secret));
  await page.locator('[data-act="confirm-factor"]').click();
  const recovery = page.locator("[data-recovery] code");
  await expectCount(recovery, 10);
  const codes = await recovery.allInnerTexts();
  await page.locator('[data-act="codes-noted"]').click();
  await page.locator('[data-factor="on"]').waitFor();

  await page.locator('[data-act="sign-out"]').click();
  const signIn = async (code) => {
    await page.locator('input[name="code"]').fill(code);
    await page.locator("form button.primary").click();
  };
  await page.locator('input[name="account"]').fill("water.filler");
  await page.locator('input[name="password"]').fill(PASSWORD);
  await page.locator("form button.primary").click();
  await page.locator('input[name="code"]').waitFor();
  await screenshot(page, "second-factor-sign-in");
  await signIn("000000");
  await page.getByText("动态口令不正确").waitFor();
  await signIn(shown(secret, 1));
  await page.locator('[data-act="sign-out"]').click();
  await page.locator('input[name="account"]').fill("water.filler");
  await page.locator('input[name="password"]').fill(PASSWORD);
  await page.locator("form button.primary").click();
  await signIn(codes[0]);
  await page.locator('[data-account="water.filler"]').waitFor();
});

test("a colleague acts for an absent one and both names are on what they do", async (world) => {
  const system = await openAs(world, "admin.system", "/accounts");
  await system.locator('[data-account-line="water.approver"] [data-act="assign-role"]').click();
  const dialog = system.locator('[data-dialog="account"]');
  await dialog.locator("#role").selectOption("department_filler");
  await dialog.locator("#department").selectOption("water");
  await dialog.getByRole("button", { name: "提出" }).click();
  const security = await openAs(world, "admin.security", "/accounts");
  await security.locator('[data-act="decide-order"]').click();
  await security.locator('[data-act="agree-order"]').click();
  await security.locator('[data-account-line="water.approver"]').getByText("部门填报人").waitFor();

  const owner = await openAs(world, "water.filler", "/account");
  await owner.locator("#delegate-to").selectOption("water.approver");
  await owner.locator('input[name="delegate-last"]').fill("2023-07-20");
  await owner.locator('[data-act="delegate"]').click();
  await owner.locator("tr[data-delegation]").waitFor();
  await screenshot(owner, "delegation-given");
  const deputy = await openAs(world, "water.approver");
  await deputy.locator('[data-act="switch-post"]').selectOption({ label: "省水利厅 部门填报人（代 王芳）" });
  await deputy.locator(".bar-who").filter({ hasText: "李明（代 王芳）" }).waitFor();
  await screenshot(deputy, "delegation-deputy");
  await leaveFor(deputy, `${world.server.url}/account`);
  await deputy.locator('[data-act="end-delegation"]').click();
  await deputy.locator(".bar-who").filter({ hasNotText: "代" }).waitFor();
});

// An office system that refuses whatever it is sent.
const office = createServer((request, response) => {
  request.resume();
  response.statusCode = 400;
  response.end();
});
await new Promise((ready) => office.listen(0, "127.0.0.1", ready));
office.unref();

test("what an office system refuses is listed and sent again, and a person chooses how notices come", {
  server: ["--webhook", `http://127.0.0.1:${office.address().port}/`],
}, async (world) => {
  const person = await openAs(world, "bureau.reviewer", "/account");
  const channel = person.locator('select[data-channel="webhook"][data-topic="information"]');
  await channel.waitFor();
  await screenshot(person, "channels");
  const approver = await openAs(world, "forest.approver", "/requests/forest-2024");
  await runCommand(approver, "department_approve");
  const system = await openAs(world, "admin.system", "/accounts");
  const undelivered = system.locator("[data-undelivered]");
  await system.waitForFunction(() => fetch("/api/outbox").then((reply) => reply.json()).then((read) => read.rows.length > 0));
  await leaveFor(system, `${world.server.url}/accounts`);
  await undelivered.first().waitFor();
  await screenshot(system, "undelivered");
  const before = await undelivered.count();
  await undelivered.first().locator('[data-act="send-again"]').click();
  await system.waitForFunction((count) => document.querySelectorAll("[data-undelivered]").length < count, before);
  await channel.selectOption("digest");
  await person.waitForFunction(() =>
    fetch("/api/me/channels").then((reply) => reply.json()).then((read) =>
      read.channels[0].manners.some((of) => of.topic === "information" && of.manner === "digest")
    )
  );
  await leaveFor(person);
  await channel.waitFor();
  assert.equal(await channel.inputValue(), "digest");
  // A nudge cannot be muted: there is nothing to choose.
  assert.equal(await person.locator('select[data-topic="nudge"]').count(), 0);
});

test("a department is renamed and two are merged, each by a document and two administrators", async (world) => {
  const system = await openAs(world, "admin.system", "/accounts");
  const dialog = system.locator('[data-dialog="account"]');
  const byDocument = async () => {
    await system.locator('input[name="change-document"]').fill("晋编办〔2023〕3号");
    await system.locator('input[name="change-day"]').fill("2023-07-10");
    await dialog.getByRole("button", { name: "提出" }).click();
    await dialog.getByRole("button", { name: "提出" }).waitFor({ state: "hidden" });
  };
  await system.locator('[data-department="water"] [data-act="rename-department"]').click();
  await system.locator('input[name="department-name"]').fill("省水务厅");
  await screenshot(system, "department-rename");
  await byDocument();
  const security = await openAs(world, "admin.security", "/accounts");
  await security.getByText("省水利厅更名为省水务厅").waitFor();
  await security.locator('[data-act="decide-order"]').click();
  await security.locator('[data-act="agree-order"]').click();
  await security.locator('[data-department="water"] [data-former]').waitFor();

  await leaveFor(system, `${world.server.url}/accounts`);
  await system.locator('[data-act="merge-departments"]').click();
  await system.locator('input[name="merged"][value="forest"]').check();
  await system.locator("#merge-into").selectOption("water");
  await screenshot(system, "department-merge");
  await byDocument();
  await leaveFor(security, `${world.server.url}/accounts`);
  await security.locator('[data-act="decide-order"]').click();
  await security.locator('[data-act="agree-order"]').click();
  await security.locator('[data-department="forest"]').waitFor({ state: "detached" });
  await screenshot(security, "departments-changed");

  const page = await openAs(world, "forest.filler");
  assert.match(await page.locator(".bar-who").innerText(), /省水务厅/);
  await page.goto(`${world.server.url}/cases?kind=request`);
  await page.locator('[data-case="forest-2024"]').waitFor();
  await screenshot(page, "departments-merged-list");
});

test("a department is split by the keyboard and another is closed, which one with open cases is not", async (world) => {
  world.expectTrouble(/status of 403 .*department-changes/);
  const system = await openAs(world, "admin.system", "/accounts");
  const security = await openAs(world, "admin.security", "/accounts");
  const dialog = system.locator('[data-dialog="account"]');
  const propose = dialog.getByRole("button", { name: "提出" });
  const byDocument = async () => {
    await system.locator('input[name="change-document"]').fill("晋编办〔2023〕5号");
    await system.locator('input[name="change-day"]').fill("2023-07-10");
    await propose.click();
  };
  const agree = async () => {
    await leaveFor(security, `${world.server.url}/accounts`);
    await security.locator('[data-act="decide-order"]').click();
    await security.locator('[data-act="agree-order"]').click();
  };
  await system.locator('[data-department="culture"] [data-act="split-department"]').click();
  await system.locator("#part-id-1").focus();
  for (const [id, name, carries] of [["arts", "省文化厅", true], ["tourism", "省旅游局", false]]) {
    await system.keyboard.type(id);
    await system.keyboard.press("Tab");
    await system.keyboard.type(name);
    await system.keyboard.press("Tab");
    if (carries) {
      await system.keyboard.press("Space");
      await system.keyboard.press("Tab");
    }
  }
  assert.equal(await system.locator('[data-part="1"] input[type="radio"]').isChecked(), true);
  await screenshot(system, "department-split");
  await byDocument();
  await propose.waitFor({ state: "hidden" });
  await security.reload();
  await security.getByText("省文化和旅游厅拆分为省文化厅、省旅游局，由省文化厅承接").waitFor();
  await agree();
  await security.locator('[data-department="tourism"] [data-former]').waitFor();
  await security.locator('[data-department="culture"]').waitFor({ state: "detached" });

  await leaveFor(system, `${world.server.url}/accounts`);
  await system.locator('[data-department="forest"] [data-act="close-department"]').click();
  await byDocument();
  await dialog.getByText("还有 1 件在办事项").waitFor();
  await screenshot(system, "department-close-refused");
  await system.keyboard.press("Escape");
  await system.locator('[data-department="ecology"] [data-act="close-department"]').click();
  await byDocument();
  await propose.waitFor({ state: "hidden" });
  await agree();
  await security.locator('[data-closed-department="ecology"] [data-former]').waitFor();
  await screenshot(security, "departments-ended");

  const page = await openAs(world, "culture.filler");
  assert.match(await page.locator(".bar-who").innerText(), /省文化厅/);
});
