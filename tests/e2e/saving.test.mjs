// Nothing typed is lost: over a reload, a server that is away, a crash, a session that ran out, a colleague at the
// same cell, a value the server will not store, and signing out.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, newPage, signIn, sleep, startServer } from "./harness.mjs";

const password = "yunwei-2024";
const request = "/requests/water-2024";
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

const field = (page, name) => page.locator(`[data-table="budget_request"][data-row="header"][data-field="${name}"]`);

async function until(page, state) {
  await page.locator(`[data-saved="${state}"]`).waitFor();
}

// A filler of the water department with the request open.
async function filler(options) {
  const page = await newPage(browser, options);
  await page.goto(server.url + request);
  await signIn(page, "water.filler", password);
  await field(page, "contact").waitFor();
  return page;
}

async function type(page, name, text) {
  await field(page, name).click();
  await page.keyboard.press("Control+a");
  await page.keyboard.type(text);
}

// Leaving the field hands it over at once.
async function enter(page, name, text) {
  await type(page, name, text);
  await page.keyboard.press("Tab");
}

// What the server has, as a fresh browser sees it.
async function onServer(name) {
  const page = await filler();
  const value = await field(page, name).inputValue();
  await page.context().close();
  return value;
}

test("typing is delivered within two seconds and is there after a reload", async () => {
  const page = await filler();
  const sent = page.waitForResponse((r) => r.url().endsWith("/operations") && r.request().method() === "POST");
  await type(page, "contact", "陈一");
  const from = Date.now();
  await sent;
  // One second of typing at most stays in the page; the rest is for sending.
  assert.ok(Date.now() - from < 5_000);
  await until(page, "delivered");
  await page.reload();
  await field(page, "contact").waitFor();
  assert.equal(await field(page, "contact").inputValue(), "陈一");
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});

test("what is typed while the server is away is delivered when it is back, also by the next page", async () => {
  const page = await filler();
  await until(page, "delivered");
  await server.halt("SIGKILL");
  await type(page, "contact", "赵二");
  await until(page, "offline");
  const context = page.context();
  // The tab is gone without a word: what was shown as stored is on the device.
  await page.close({ runBeforeUnload: false });
  await server.restart();
  const next = await context.newPage();
  await next.goto(server.url + request);
  await field(next, "contact").waitFor();
  assert.equal(await field(next, "contact").inputValue(), "赵二");
  await until(next, "delivered");
  await context.close();
  assert.equal(await onServer("contact"), "赵二");
});

test("a server that comes back under an open page gets everything", async () => {
  const page = await filler();
  await until(page, "delivered");
  await server.halt("SIGKILL");
  await type(page, "contact", "钱三");
  await until(page, "offline");
  await enter(page, "phone", "0351-7654321");
  await server.restart();
  await until(page, "delivered");
  await page.context().close();
  assert.equal(await onServer("contact"), "钱三");
  assert.equal(await onServer("phone"), "0351-7654321");
});

test("a session that ran out is renewed in place while typing goes on", async () => {
  const page = await filler();
  await until(page, "delivered");
  await page.context().clearCookies();
  await type(page, "contact", "孙");
  await page.locator("[data-renewal]").waitFor();
  // The focus has not moved: the next keys go where the others went.
  await page.keyboard.type("四");
  assert.equal(await field(page, "contact").inputValue(), "孙四");
  await page.locator('[data-renewal] input[name="password"]').fill(password);
  await page.keyboard.press("Enter");
  await page.locator("[data-renewal]").waitFor({ state: "detached" });
  await until(page, "delivered");
  assert.equal(await field(page, "contact").inputValue(), "孙四");
  await page.context().close();
  assert.equal(await onServer("contact"), "孙四");
});

test("two browsers see each other's edits live", async () => {
  const [one, other] = [await filler(), await filler()];
  await type(one, "contact", "李五");
  await other.waitForFunction(() => document.querySelector('[data-field="contact"]').value === "李五");
  await type(other, "phone", "0351-1111111");
  await one.waitForFunction(() => document.querySelector('[data-field="phone"]').value === "0351-1111111");
  await one.context().close();
  await other.context().close();
});

for (const [choice, expected] of [["保留我的", "我的话"], ["采用对方", "对方的话"]]) {
  test(`a cell typed in by two shows both values: ${choice}`, async () => {
    const [mine, theirs] = [await filler(), await filler()];
    await enter(theirs, "contact", "起初");
    await mine.waitForFunction(() => document.querySelector('[data-field="contact"]').value === "起初");
    await mine.context().setOffline(true);
    await enter(mine, "contact", "我的话");
    await until(mine, "offline");
    await enter(theirs, "contact", "对方的话");
    await until(theirs, "delivered");
    await mine.context().setOffline(false);
    await until(mine, "conflict");
    const asked = mine.locator(".rq-conflicts");
    assert.match(await asked.innerText(), /我的话[\s\S]*对方的话/);
    // Undecided, it is asked again after a reload.
    await mine.reload();
    await until(mine, "conflict");
    await asked.getByRole("button", { name: choice }).click();
    await until(mine, "delivered");
    await mine.waitForFunction((text) => document.querySelector('[data-field="contact"]').value === text, expected);
    await theirs.waitForFunction((text) => document.querySelector('[data-field="contact"]').value === text, expected);
    await mine.context().close();
    await theirs.context().close();
    assert.equal(await onServer("contact"), expected);
  });
}

test("a value the server will not store stays here with the reason, and what replaces it is stored", async () => {
  const page = await filler();
  await field(page, "summary").click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText("长".repeat(700_000));
  await until(page, "failed");
  await type(page, "contact", "周六");
  await sleep(2_500);
  assert.equal(await onServer("contact"), "周六");
  await page.reload();
  await field(page, "summary").waitFor();
  assert.equal((await field(page, "summary").inputValue()).length, 700_000);
  await until(page, "failed");
  await field(page, "summary").click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText("短一些的内容概述");
  await until(page, "delivered");
  await page.context().close();
  assert.equal(await onServer("summary"), "短一些的内容概述");
});

test("signing out with something undelivered says so, keeps it, and the same person's next sign-in delivers it", async () => {
  const page = await filler();
  await until(page, "delivered");
  await page.context().setOffline(true);
  await type(page, "contact", "吴七");
  await until(page, "offline");
  await page.locator('[data-act="sign-out"]').click();
  await page.locator('[data-dialog="leaving"]').getByText("没有送达服务器").waitFor();
  await page.locator('[data-act="sign-out-anyway"]').click();
  await page.locator('input[name="password"]').waitFor();
  await page.context().setOffline(false);
  // Another person at this computer neither sees nor sends it.
  await signIn(page, "water.approver", password);
  await sleep(2_000);
  assert.notEqual(await onServer("contact"), "吴七");
  await page.locator('[data-act="sign-out"]').click();
  // On the desk, without opening the request.
  await page.locator('input[name="password"]').waitFor();
  await page.goto(server.url + "/");
  const sent = page.waitForResponse((r) => r.url().endsWith("/operations") && r.request().method() === "POST");
  await signIn(page, "water.filler", password);
  assert.equal((await sent).status(), 200);
  assert.equal(await onServer("contact"), "吴七");
  await page.context().close();
});
