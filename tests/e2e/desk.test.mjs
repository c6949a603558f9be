// The desk of each kind of person, signing in, and the accounts: what everybody meets first.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { launch, newPage, signIn, startServer } from "./harness.mjs";

const { AxeBuilder } = createRequire(import.meta.url)("@axe-core/playwright");
const password = "yunwei-2024";
let server;
let browser;

before(async () => {
  server = await startServer();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

async function somebody(account, options) {
  const page = await newPage(browser, options);
  await page.goto(server.url);
  await signIn(page, account, password);
  await page.locator("h1").waitFor();
  return page;
}

async function accessible(page) {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" ")}`), []);
}

test("signing in: what is missing and what is wrong is said, Enter is enough", async () => {
  const page = await newPage(browser, { bypassCSP: true });
  await page.goto(server.url);
  await page.locator('input[name="account"]').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.name), "account");
  await page.keyboard.type("water.filler");
  await page.keyboard.press("Enter");
  await page.getByText("请输入密码").waitFor();
  await page.waitForFunction(() => document.activeElement.name === "password");
  await page.keyboard.type("not-the-password");
  await page.keyboard.press("Enter");
  await page.locator('[data-problem="wrong_password"]').waitFor();
  await accessible(page);
  await page.locator('input[name="password"]').fill(password);
  await page.keyboard.press("Enter");
  await page.locator('[data-account="water.filler"]').waitFor();
  assert.deepEqual(page.troubles, []);
});

test("the page asked for opens after signing in, and stays signed in", async () => {
  const page = await newPage(browser);
  await page.goto(`${server.url}/accounts`);
  await signIn(page, "admin.system", password);
  await page.getByRole("heading", { name: "账号管理" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "账号管理" }).waitFor();
  await page.locator('[data-act="sign-out"]').click();
  await page.locator('input[name="password"]').waitFor();
  await page.reload();
  await page.locator('input[name="password"]').waitFor();
});

test("a department's desk: the window with its days, and what waits", async () => {
  const page = await somebody("water.filler", { bypassCSP: true });
  assert.match(await page.locator("[data-demo]").innerText(), /2023-07-15/);
  assert.equal(await page.locator("[data-opening]").innerText(), "还剩 48 天");
  assert.equal(await page.locator('[data-count="tasks"]').innerText(), "1");
  await accessible(page);
  await page.locator('[data-request="water-2024"] a').click();
  await page.waitForURL(/\/requests\/water-2024$/);
});

test("a department without a request starts one", async () => {
  const page = await somebody("ecology.filler");
  assert.equal(await page.locator('[data-count="tasks"]').innerText(), "0");
  await page.locator('[data-act="open-request"]').click();
  await page.waitForURL(/\/requests\/r[0-9a-f]+$/);
  await page.locator("a", { hasText: "待办" }).click();
  await page.locator("[data-request]").waitFor();
  assert.equal(await page.locator('[data-act="open-request"]').count(), 0);
});

test("the bureau sees every department; its leader grants a late window with a reason", async () => {
  const page = await somebody("bureau.leader", { bypassCSP: true });
  assert.equal(await page.locator("[data-department]").count(), 12);
  await accessible(page);
  await page.getByRole("button", { name: /^已报送/ }).click();
  assert.equal(await page.locator("[data-department]").count(), 1);
  await page.getByRole("button", { name: /^全部/ }).click();
  await page.locator('[data-department="forest"] [data-act="grant-late"]').click();
  const dialog = page.locator('[data-dialog="grant-late"]');
  await dialog.getByRole("button", { name: "批准延期" }).click();
  await dialog.getByText("理由不少于 10 个字").waitFor();
  await dialog.locator('input[name="until"]').fill("2023-11-01");
  await dialog.getByText("请选择 2023-07-15 至 2023-10-31 之间的日期").waitFor();
  await accessible(page);
  await dialog.locator('input[name="until"]').fill("2023-09-15");
  await dialog.locator('textarea[name="reason"]').fill("机构改革职能划转，系统清单尚在移交");
  await dialog.getByRole("button", { name: "批准延期" }).click();
  await page.locator('[data-department="forest"] [data-late="2023-09-15"]').waitFor();
  assert.deepEqual(page.troubles, []);
  const reviewer = await somebody("bureau.reviewer");
  assert.equal(await reviewer.locator('[data-act="grant-late"]').count(), 0);
});

test("an account comes to be by two administrators and its owner", async () => {
  const system = await somebody("admin.system", { bypassCSP: true });
  await system.getByRole("link", { name: "账号管理" }).click();
  await system.locator('[data-act="create-account"]').click();
  await system.locator('input[name="new-account"]').fill("ma.liu");
  await system.locator('input[name="new-name"]').fill("马六");
  await system.locator('input[name="new-person"]').fill("P-100");
  await accessible(system);
  await system.keyboard.press("Enter");
  const link = await system.locator("[data-invitation]").innerText();
  assert.equal(await system.locator('[data-act="assign-role"]').count(), 0);

  const owner = await newPage(browser);
  await owner.goto(link);
  await owner.locator('input[name="password"]').fill("short");
  await owner.keyboard.press("Enter");
  await owner.getByText("密码至少 10 个字符").waitFor();
  await owner.locator('input[name="password"]').fill("long-enough-1");
  await owner.locator('input[name="again"]').fill("long-enough-1");
  await owner.keyboard.press("Enter");
  await owner.locator("[data-activated]").waitFor();
  // The link is good once.
  await owner.reload();
  await owner.locator('input[name="password"]').fill("long-enough-2");
  await owner.locator('input[name="again"]').fill("long-enough-2");
  await owner.keyboard.press("Enter");
  await owner.locator("[data-problem]").waitFor();

  const security = await somebody("admin.security");
  await security.getByRole("link", { name: "账号管理" }).click();
  await security.locator('[data-account-line="ma.liu"] [data-act="assign-role"]').click();
  await security.locator("#role").selectOption("department_filler");
  await security.locator("#department").selectOption("water");
  await security.locator('[data-dialog="account"]').getByRole("button", { name: "授予" }).click();
  await security.locator('[data-account-line="ma.liu"]').getByText("省水利厅").waitFor();

  await owner.goto(server.url);
  await signIn(owner, "ma.liu", "long-enough-1");
  await owner.locator('[data-request="water-2024"]').waitFor();
  for (const page of [system, owner, security]) assert.deepEqual(page.troubles, []);
});

test("an unknown address says so", async () => {
  const page = await somebody("auditor");
  await page.goto(`${server.url}/nowhere`);
  await page.getByRole("heading", { name: "没有这个页面" }).waitFor();
});

test("another person signing in in another tab is noticed: nothing is sent in their name", async () => {
  const page = await somebody("water.filler");
  await page.goto(`${server.url}/requests/water-2024`);
  await page.locator('[data-field="contact"]').click();
  const sent = [];
  page.on("request", (request) => {
    if (request.method() === "POST" && request.url().endsWith("/operations")) sent.push(request.url());
  });
  const other = await page.context().newPage();
  await other.goto(server.url);
  await other.locator('[data-act="sign-out"]').click();
  await other.locator('input[name="password"]').waitFor();
  // Typed while nobody is signed in: it waits for its own person.
  await page.keyboard.type("水");
  await page.locator("[data-renewal]").waitFor();
  const tried = sent.length;
  await signIn(other, "forest.filler", password);
  await page.locator('[data-account="forest.filler"]').waitFor();
  await page.waitForTimeout(2_000);
  assert.equal(sent.length, tried);
  await other.locator('[data-act="sign-out"]').click();
  await other.locator('input[name="password"]').waitFor();
  const delivered = other.waitForResponse((r) => r.url().endsWith("/operations") && r.request().method() === "POST");
  await signIn(other, "water.filler", password);
  assert.equal((await delivered).status(), 200);
});
