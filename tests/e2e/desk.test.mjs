// What everybody meets first: signing in, the desk of each kind of person, the accounts.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { leaveFor, signIn, test } from "./harness.mjs";
import { PASSWORD, SIGNED_OUT, expectCount, openAs, waitForStage } from "./request_page.mjs";

const { AxeBuilder } = createRequire(import.meta.url)("@axe-core/playwright");
// axe injects its script into the page.
const FOR_AXE = { bypassCSP: true };

async function openDesk(world, account, options) {
  const page = await openAs(world, account, "/", options);
  await page.locator("h1").waitFor();
  return page;
}

async function assertAccessible(page) {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" ")}`), []);
}

test("signing in: a missing and a wrong password are named, Enter is enough", async (world) => {
  // The wrong password.
  world.expectTrouble(/status of 401 .*\/api\/session\]/);
  const page = await world.newPage(FOR_AXE);
  await page.goto(world.server.url);
  await page.locator('input[name="account"]').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.name), "account");
  await page.keyboard.type("water.filler");
  await page.keyboard.press("Enter");
  await page.getByText("请输入密码").waitFor();
  await page.waitForFunction(() => document.activeElement.name === "password");
  await page.keyboard.type("not-the-password");
  await page.keyboard.press("Enter");
  await page.locator('[data-problem="wrong_password"]').waitFor();
  await assertAccessible(page);
  await page.locator('input[name="password"]').fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.locator('[data-account="water.filler"]').waitFor();
});

test("the requested page opens after signing in, and the session outlives a reload", async (world) => {
  const page = await world.newPage();
  await page.goto(`${world.server.url}/accounts`);
  await signIn(page, "admin.system", PASSWORD);
  await page.getByRole("heading", { name: "账号管理" }).waitFor();
  await leaveFor(page);
  await page.getByRole("heading", { name: "账号管理" }).waitFor();
  await page.locator('[data-act="sign-out"]').click();
  await page.locator('input[name="password"]').waitFor();
  await leaveFor(page);
  await page.locator('input[name="password"]').waitFor();
});

test("a department's desk shows the days left and the waiting tasks", async (world) => {
  const page = await openDesk(world, "water.filler", FOR_AXE);
  assert.match(await page.locator("[data-demo]").innerText(), /2023-07-15/);
  assert.equal(await page.locator("[data-opening]").innerText(), "还剩 48 天");
  assert.equal(await page.locator('[data-count="tasks"]').innerText(), "1");
  await assertAccessible(page);
  await page.locator('[data-request="water-2024"] a').click();
  await page.waitForURL(/\/requests\/water-2024$/);
});

test("a department without a request starts one", async (world) => {
  const page = await openDesk(world, "ecology.filler");
  assert.equal(await page.locator('[data-count="tasks"]').innerText(), "1");
  await page.getByText("2024 年度运维服务申请还没有开始").waitFor();
  await page.locator('[data-act="open-request"]').click();
  await page.waitForURL(/\/requests\/r[0-9a-f]+$/);
  await page.locator("a", { hasText: "待办" }).click();
  await page.locator("[data-request]").waitFor();
  assert.equal(await page.locator('[data-act="open-request"]').count(), 0);
});

test("the bureau sees every department; its leader grants a late window with a reason", async (world) => {
  const page = await openDesk(world, "bureau.leader", FOR_AXE);
  await expectCount(page.locator("[data-department]"), 12);
  await assertAccessible(page);
  await page.getByRole("button", { name: /^已报送/ }).click();
  await expectCount(page.locator("[data-department]"), 1);
  await page.getByRole("button", { name: /^全部/ }).click();
  await page.locator('[data-department="forest"] [data-act="grant-late"]').click();
  const dialog = page.locator('[data-dialog="grant-late"]');
  await dialog.getByRole("button", { name: "批准延期" }).click();
  await dialog.getByText("理由不少于 10 个字").waitFor();
  await dialog.locator('input[name="until"]').fill("2023-11-01");
  await dialog.getByText("请选择 2023-07-15 至 2023-10-31 之间的日期").waitFor();
  await assertAccessible(page);
  await dialog.locator('input[name="until"]').fill("2023-09-15");
  await dialog.locator('textarea[name="reason"]').fill("机构改革职能划转，系统清单尚在移交");
  await dialog.getByRole("button", { name: "批准延期" }).click();
  await page.locator('[data-department="forest"] [data-late="2023-09-15"]').waitFor();
  const reviewer = await openDesk(world, "bureau.reviewer");
  assert.equal(await reviewer.locator('[data-act="grant-late"]').count(), 0);
});

test("an account is created by two administrators and activated by its owner", async (world) => {
  const system = await openDesk(world, "admin.system", FOR_AXE);
  await system.getByRole("link", { name: "账号管理" }).click();
  await system.locator('[data-act="create-account"]').click();
  await system.locator('input[name="new-account"]').fill("ma.liu");
  await system.locator('input[name="new-name"]').fill("马六");
  await system.locator('input[name="new-person"]').fill("P-100");
  await assertAccessible(system);
  await system.keyboard.press("Enter");
  const link = await system.locator("[data-invitation]").innerText();
  assert.equal(await system.locator('[data-account-line="ma.liu"] [data-act="assign-role"]').count(), 0);

  // The other half comes from whoever gives the role.
  const security = await openDesk(world, "admin.security");
  await security.getByRole("link", { name: "账号管理" }).click();
  await security.locator('[data-account-line="ma.liu"] [data-act="assign-role"]').click();
  await security.locator("#role").selectOption("department_filler");
  await security.locator("#department").selectOption("water");
  await security.locator('[data-dialog="account"]').getByRole("button", { name: "授予" }).click();
  const code = await security.locator("[data-code]").innerText();
  await security.locator('[data-dialog="account"]').getByRole("button", { name: "完成" }).click();
  await security.locator('[data-account-line="ma.liu"]').getByText("省水利厅").waitFor();

  const owner = await world.newPage();
  await owner.goto(link);
  await owner.locator('input[name="code"]').fill(code);
  await owner.locator('input[name="password"]').fill("short");
  await owner.keyboard.press("Enter");
  await owner.getByText("密码至少 10 个字符").waitFor();
  await owner.locator('input[name="password"]').fill("long-enough-1");
  await owner.locator('input[name="again"]').fill("long-enough-1");
  await owner.keyboard.press("Enter");
  await owner.locator("[data-activated]").waitFor();
  // The link works once.
  world.expectTrouble(/status of 4\d\d .*\/api\/invitations\]/);
  await leaveFor(owner);
  await owner.locator('input[name="code"]').fill(code);
  await owner.locator('input[name="password"]').fill("long-enough-2");
  await owner.locator('input[name="again"]').fill("long-enough-2");
  await owner.keyboard.press("Enter");
  await owner.locator("[data-problem]").waitFor();

  await leaveFor(owner, world.server.url);
  await signIn(owner, "ma.liu", "long-enough-1");
  await owner.locator('[data-request="water-2024"]').waitFor();
});

test("an unknown address says so", async (world) => {
  const page = await openDesk(world, "auditor");
  await leaveFor(page, `${world.server.url}/nowhere`);
  await page.getByRole("heading", { name: "没有这个页面" }).waitFor();
});

test("when another person signs in in another tab, nothing is sent under their name", async (world) => {
  world.expectTrouble(SIGNED_OUT);
  // The first tab reads its request again while somebody of another department is signed in.
  world.expectTrouble(/status of 404 .*\/api\/requests\/water-2024\]/);
  const page = await openDesk(world, "water.filler");
  await leaveFor(page, `${world.server.url}/requests/water-2024`);
  await page.locator('[data-field="contact"]').click();
  const context = page.context();
  const sent = [];
  context.on("request", (request) => {
    if (request.method() === "POST" && request.url().endsWith("/operations")) sent.push(request);
  });
  const other = await context.newPage();
  await other.goto(world.server.url);
  await other.locator('[data-act="sign-out"]').click();
  await other.locator('input[name="password"]').waitFor();
  // Typed while nobody is signed in: it waits for its author.
  await page.keyboard.type("水");
  await page.locator("[data-renewal]").waitFor();
  await signIn(other, "forest.filler", PASSWORD);
  await page.locator('[data-account="forest.filler"]').waitFor();
  const session = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  // Coming to the front makes a page send what is pending; meanwhile the other person works.
  await page.evaluate(() => window.dispatchEvent(new Event("focus")));
  await leaveFor(other, `${world.server.url}/requests/forest-2024`);
  await waitForStage(other, "department_check");
  await other.locator('[data-act="sign-out"]').click();
  await other.locator('input[name="password"]').waitFor();
  const delivery = context.waitForEvent("response", (r) => r.ok() && sent.includes(r.request()));
  await signIn(other, "water.filler", PASSWORD);
  await delivery;
  for (const request of sent) assert.notEqual((await request.allHeaders()).cookie, session);
});
