// The first day of a real installation, on today's date: from the link that the server prints to a department that fills
// in this year's request. Nobody needs a command line after the start.

import assert from "node:assert/strict";
import { leaveFor, screenshot, signIn, test } from "./harness.mjs";
import {
  expectText, headerField, runOfficeCommand, waitForCaseStage, waitForSaveState,
} from "./request_page.mjs";
import { shown } from "./second_factor.mjs";

const PASSWORD = "Diyi-Tian-2027";

// A person opens the link, enters the code, chooses a password, signs in and sets up the device that all must have.
async function activate(world, link, account, code) {
  const page = await world.newPage();
  await page.goto(link);
  if (code) await page.locator('input[name="code"]').fill(code);
  await page.locator('input[name="password"]').fill(PASSWORD);
  await page.locator('input[name="again"]').fill(PASSWORD);
  await page.locator("form button.primary").click();
  await expectText(page.locator("[data-activated]"), account);
  await page.getByRole("link", { name: "去登录" }).click();
  await signIn(page, account, PASSWORD);
  await page.locator('[data-factor="required"]').waitFor();
  await page.locator('input[name="factor-password"]').fill(PASSWORD);
  await page.locator('[data-act="begin-factor"]').click();
  const secret = await page.locator("[data-factor-secret]").innerText();
  await page.locator('input[name="factor-code"]').fill(shown(secret));
  await page.locator('[data-act="confirm-factor"]').click();
  await page.locator('[data-act="codes-noted"]').click();
  await page.locator(".bar-who").waitFor();
  return page;
}

// An account with its one-time link; answers with the link.
async function create(system, account, name) {
  await system.locator('[data-act="create-account"]').click();
  await system.locator('input[name="new-account"]').fill(account);
  await system.locator('input[name="new-name"]').fill(name);
  await system.locator('input[name="new-person"]').fill(`R-${account}`);
  await system.getByRole("button", { name: "生成激活链接" }).click();
  const link = await system.locator("[data-invitation]").innerText();
  await system.getByRole("button", { name: "完成" }).click();
  return link;
}

// Gives an account its post; answers with the code, where it is shown.
async function assign(page, account, role, department) {
  await leaveFor(page);
  await page.locator(`[data-account-line="${account}"] [data-act="assign-role"]`).click();
  const dialog = page.locator('[data-dialog="account"]');
  await dialog.locator("#role").selectOption(role);
  if (department) await dialog.locator("#department").selectOption(department);
  await dialog.getByRole("button", { name: "授予" }).click();
  await dialog.getByRole("button", { name: "完成" }).waitFor();
  const code = await dialog.locator("[data-code]").allInnerTexts();
  await dialog.getByRole("button", { name: "完成" }).click();
  return code[0];
}

async function setupStep(page, number) {
  await leaveFor(page, new URL("/setup", page.url()).href);
  await page.locator(`tr[data-step="${number}"][data-state="next"]`).waitFor();
}

const field = (page, name) => page.locator(`[data-table="force"][data-row="header"][data-field="${name}"]`);

async function type(page, name, text) {
  await field(page, name).fill(text);
  await field(page, name).press("Tab");
}

test("from the printed link to the first request of this year", { production: true }, async (world) => {
  // What the open desk waits for comes: the notice goes and the button to begin comes in its place.
  world.expectTrouble(/^shift: \/ /);
  const [link] = await world.server.match(/http:\S+\/invitation#\w+/);
  const [, printed] = await world.server.match(/激活码 (\d{8})/);

  const system = await activate(world, link, "admin");
  await setupStep(system, 2);
  await screenshot(system, "first-run-setup");
  await leaveFor(system, `${world.server.url}/accounts`);
  const ofSecurity = await create(system, "safety", "安全员");
  assert.equal(await assign(system, "safety", "security_administrator"), undefined, "the code was printed at the start");
  const security = await activate(world, ofSecurity, "safety", printed);
  await leaveFor(security, `${world.server.url}/accounts`);
  const hire = async (account, name, role, department) => {
    const link = await create(system, account, name);
    return activate(world, link, account, await assign(security, account, role, department));
  };
  await hire("audit", "审计员", "audit_administrator");
  await setupStep(system, 4);
  await leaveFor(system, `${world.server.url}/accounts`);
  await system.locator('[data-act="add-department"]').click();
  await system.locator('input[name="new-department"]').fill("water");
  await system.locator('input[name="new-department-name"]').fill("省水利厅");
  await system.getByRole("button", { name: "登记", exact: true }).click();
  await system.locator('[data-department="water"]').waitFor();
  const filler = await hire("water.fill", "水利填报", "department_filler", "water");
  await hire("water.approve", "水利负责", "department_approver", "water");
  await setupStep(system, 5);
  await leaveFor(system, `${world.server.url}/accounts`);
  await hire("bureau.review", "省局审核", "bureau_reviewer");
  await hire("bureau.lead", "省局负责", "bureau_leader");
  await hire("finance.review", "财政审核", "finance_reviewer");
  const chief = await hire("finance.lead", "财政负责", "finance_leader");
  await setupStep(system, 6);

  await leaveFor(filler, world.server.url);
  await filler.getByText("请由安全管理员录入延续执行文件").waitFor();
  await screenshot(filler, "first-run-no-edition");
  await leaveFor(security, `${world.server.url}/editions`);
  await security.locator("#edition-base").selectOption("2022-51#1");
  await security.locator('[data-act="open-extension"]').click();
  await field(security, "document").waitFor();
  await type(security, "document", "晋财行〔2025〕3号");
  await type(security, "dated", "2025-05-06");
  await type(security, "to", "2029-12-31");
  await waitForSaveState(security);
  await runOfficeCommand(security, "propose", { reason: "原办法有效期届满，主管部门已发文延续执行。" });
  await waitForCaseStage(security, "proposed");

  await leaveFor(chief);
  await chief.getByRole("link", { name: /政策版本变更/ }).first().click();
  await chief.getByText("晋财行〔2025〕3号").first().waitFor();
  await runOfficeCommand(chief, "confirm");
  await waitForCaseStage(chief, "in_force");

  await leaveFor(filler);
  await filler.locator('[data-act="open-request"]').click();
  await headerField(filler, "summary").waitFor();
  await headerField(filler, "summary").fill("本年度运维内容与上年一致。");
  await waitForSaveState(filler);
  await screenshot(filler, "first-run-request");
  await leaveFor(system, `${world.server.url}/setup`);
  await expectText(system.locator('[data-setup="state"]'), "系统初始化已完成。");
});
