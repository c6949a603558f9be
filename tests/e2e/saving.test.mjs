// Nothing typed into a field is lost: not by a reload, a server that is down, a crash, an expired session, a colleague in the same
// field, a value the server refuses, or signing out.

import assert from "node:assert/strict";
import { leaveFor, signIn, test } from "./harness.mjs";
import { OFFLINE, PASSWORD, SERVER_DOWN, SIGNED_OUT, headerField, openAs, waitForSaveState } from "./request_page.mjs";

const REQUEST = "/requests/water-2024";

async function openRequest(world) {
  const page = await openAs(world, "water.filler", REQUEST);
  await headerField(page, "contact").waitFor();
  return page;
}

async function type(page, name, text) {
  await headerField(page, name).click();
  await page.keyboard.press("Control+a");
  await page.keyboard.type(text);
}

// Leaving the field commits it at once.
async function typeAndLeave(page, name, text) {
  await type(page, name, text);
  await page.keyboard.press("Tab");
}

async function waitForValue(page, name, text) {
  const field = await headerField(page, name).elementHandle();
  await page.waitForFunction(([field, text]) => field.value === text, [field, text]);
}

// What a fresh browser reads from the server.
async function valueOnServer(world, name) {
  return headerField(await openRequest(world), name).inputValue();
}

const isDelivery = (reply) => reply.url().endsWith("/operations") && reply.request().method() === "POST";

test("typing is delivered by itself and is there after a reload", async (world) => {
  const page = await openRequest(world);
  const delivery = page.waitForResponse(isDelivery);
  await type(page, "contact", "陈一");
  const typed = Date.now();
  await delivery;
  // Typing stays in the page for at most one second; the rest is for sending.
  assert.ok(Date.now() - typed < 5_000);
  await waitForSaveState(page);
  await leaveFor(page);
  await headerField(page, "contact").waitFor();
  assert.equal(await headerField(page, "contact").inputValue(), "陈一");
});

test("what is typed while the server is down is delivered when it is back, also by the next page", async (world) => {
  world.expectTrouble(SERVER_DOWN);
  const page = await openRequest(world);
  await waitForSaveState(page);
  await world.server.halt("SIGKILL");
  await type(page, "contact", "赵二");
  await waitForSaveState(page, "offline");
  // The tab ends without notice: what the page showed as stored is on the device.
  const context = page.context();
  await page.close({ runBeforeUnload: false });
  await world.server.restart();
  const next = await context.newPage();
  await next.goto(world.server.url + REQUEST);
  await headerField(next, "contact").waitFor();
  assert.equal(await headerField(next, "contact").inputValue(), "赵二");
  await waitForSaveState(next);
  assert.equal(await valueOnServer(world, "contact"), "赵二");
});

test("a server that comes back under an open page gets everything", async (world) => {
  world.expectTrouble(SERVER_DOWN);
  const page = await openRequest(world);
  await waitForSaveState(page);
  await world.server.halt("SIGKILL");
  await type(page, "contact", "钱三");
  await waitForSaveState(page, "offline");
  await typeAndLeave(page, "phone", "0351-7654321");
  await world.server.restart();
  await waitForSaveState(page);
  assert.equal(await valueOnServer(world, "contact"), "钱三");
  assert.equal(await valueOnServer(world, "phone"), "0351-7654321");
});

test("an expired session is renewed in place while typing goes on", async (world) => {
  world.expectTrouble(SIGNED_OUT);
  const page = await openRequest(world);
  await waitForSaveState(page);
  await page.context().clearCookies();
  await type(page, "contact", "孙");
  await page.locator("[data-renewal]").waitFor();
  // The focus has not moved: the next keys go to the same field.
  await page.keyboard.type("四");
  assert.equal(await headerField(page, "contact").inputValue(), "孙四");
  await page.locator('[data-renewal] input[name="password"]').fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.locator("[data-renewal]").waitFor({ state: "detached" });
  await waitForSaveState(page);
  assert.equal(await headerField(page, "contact").inputValue(), "孙四");
  assert.equal(await valueOnServer(world, "contact"), "孙四");
});

test("two browsers see each other's edits live", async (world) => {
  const [one, other] = [await openRequest(world), await openRequest(world)];
  await type(one, "contact", "李五");
  await waitForValue(other, "contact", "李五");
  await type(other, "phone", "0351-1111111");
  await waitForValue(one, "phone", "0351-1111111");
});

for (const [choice, expected] of [["保留我的", "我的话"], ["采用对方", "对方的话"]]) {
  test(`a field typed in by two shows both values: ${choice}`, async (world) => {
    world.expectTrouble(OFFLINE);
    const [mine, theirs] = [await openRequest(world), await openRequest(world)];
    await typeAndLeave(theirs, "contact", "起初");
    await waitForValue(mine, "contact", "起初");
    await mine.context().setOffline(true);
    await typeAndLeave(mine, "contact", "我的话");
    await waitForSaveState(mine, "offline");
    await typeAndLeave(theirs, "contact", "对方的话");
    await waitForSaveState(theirs);
    await mine.context().setOffline(false);
    await waitForSaveState(mine, "conflict");
    const conflicts = mine.locator(".rq-conflicts");
    assert.match(await conflicts.innerText(), /我的话[\s\S]*对方的话/);
    // An undecided conflict survives a reload.
    await leaveFor(mine);
    await waitForSaveState(mine, "conflict");
    await conflicts.getByRole("button", { name: choice }).click();
    await waitForSaveState(mine);
    await waitForValue(mine, "contact", expected);
    await waitForValue(theirs, "contact", expected);
    assert.equal(await valueOnServer(world, "contact"), expected);
  });
}

test("a value the server refuses stays here with the reason, and what replaces it is stored", async (world) => {
  world.expectTrouble(/status of 4\d\d .*\/operations\]/);
  const page = await openRequest(world);
  await headerField(page, "summary").click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText("长".repeat(700_000));
  await waitForSaveState(page, "failed");
  const delivery = page.waitForResponse((reply) => isDelivery(reply) && reply.ok());
  await type(page, "contact", "周六");
  await delivery;
  assert.equal(await valueOnServer(world, "contact"), "周六");
  await leaveFor(page);
  await headerField(page, "summary").waitFor();
  assert.equal((await headerField(page, "summary").inputValue()).length, 700_000);
  await waitForSaveState(page, "failed");
  await headerField(page, "summary").click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText("短一些的内容概述");
  await waitForSaveState(page);
  assert.equal(await valueOnServer(world, "summary"), "短一些的内容概述");
});

test("signing out with something undelivered says so, keeps it, and the same person's next sign-in delivers it", async (world) => {
  world.expectTrouble(OFFLINE, SIGNED_OUT);
  const page = await openRequest(world);
  await waitForSaveState(page);
  await page.context().setOffline(true);
  await type(page, "contact", "吴七");
  await waitForSaveState(page, "offline");
  await page.locator('[data-act="sign-out"]').click();
  await page.locator('[data-dialog="leaving"]').getByText("没有送达服务器").waitFor();
  await page.locator('[data-act="sign-out-anyway"]').click();
  await page.locator('input[name="password"]').waitFor();
  const deliveries = [];
  page.on("request", (request) => {
    if (request.method() === "POST" && request.url().endsWith("/operations")) deliveries.push(request.url());
  });
  await page.context().setOffline(false);
  // Another person at this computer neither sees nor sends it, also while the request is open.
  await signIn(page, "water.approver", PASSWORD);
  await leaveFor(page, world.server.url + REQUEST);
  await headerField(page, "contact").waitFor();
  assert.notEqual(await headerField(page, "contact").inputValue(), "吴七");
  assert.notEqual(await valueOnServer(world, "contact"), "吴七");
  await page.locator('[data-act="sign-out"]').click();
  await page.locator('input[name="password"]').waitFor();
  await leaveFor(page, `${world.server.url}/`);
  assert.deepEqual(deliveries, []);
  // The desk delivers it, without opening the request.
  const delivery = page.waitForResponse(isDelivery);
  await signIn(page, "water.filler", PASSWORD);
  assert.equal((await delivery).status(), 200);
  assert.equal(await valueOnServer(world, "contact"), "吴七");
});
