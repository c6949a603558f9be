// 现场评价 on tablets: two evaluators without network, what is on the tablet, and what confirms nothing.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { screenshot, test } from "./harness.mjs";
import { OFFLINE, PASSWORD, expectCount, expectText } from "./request_page.mjs";

const { AxeBuilder } = createRequire(import.meta.url)("@axe-core/playwright");
// The demonstration's visit is sent out the day before.
const MAY = { server: ["--today", "2024-05-13"] };
const VISIT = "visit-agriculture-2023";
const PIN = "592837";
const PORTRAIT = { width: 768, height: 1024, hasTouch: true };
const SIZES = [
  { width: 768, height: 1024 },
  { width: 1024, height: 768 },
  { width: 360, height: 640 },
];

const act = (page, name) => page.locator(`[data-act="${name}"]`);
const word = (page, text) => expectText(page.locator('.site-bar [data-count="storage"]'), text);

async function press(page, digits) {
  for (const digit of digits) await page.locator(`[data-key="${digit}"]`).tap();
}

async function unlock(page, pin) {
  await press(page, pin);
  await act(page, "unlock").tap();
}

// Signs in, enrols the tablet and brings the visit onto it, with the network on.
async function tablet(world, account) {
  const page = await world.newPage(PORTRAIT);
  await page.goto(`${world.server.url}/site`);
  await page.locator('input[name="account"]').fill(account);
  await page.locator('input[name="password"]').fill(PASSWORD);
  await page.getByRole("button", { name: "登录" }).tap();
  await page.locator('input[name="device"]').fill(`${account} 的平板`);
  await page.locator('input[name="pin"]').fill(PIN);
  await page.locator('input[name="again"]').fill(PIN);
  await page.getByRole("button", { name: "登记" }).tap();
  const card = page.locator(`[data-visit="${VISIT}"]`);
  await card.locator('[data-act="download"]').tap();
  await expectText(card.locator('[data-count="bundle"]'), "可离线");
  await word(page, "已送达");
  // All files are on the tablet before the network goes.
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  return page;
}

async function open(page, tile) {
  await page.locator(`[data-visit="${VISIT}"] [data-act="open"]`).tap();
  await page.locator(`[data-tile="${tile}"]`).tap();
}

async function goOffline(world, page) {
  world.expectTrouble(OFFLINE);
  await page.context().setOffline(true);
}

const result = (page, text) => page.locator(`[data-field="result"] [data-word="${text}"]`);
const facts = (page) => page.locator('textarea[data-field="facts"]');

async function back(page, times = 1) {
  for (let turn = 0; turn < times; turn += 1) await act(page, "back").tap();
}

// Every text in the values of the tablet's database, as far as bytes are text.
const storedText = (page) =>
  page.evaluate(async () => {
    const done = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const database = await done(indexedDB.open("omfund-site"));
    let text = "";
    for (const name of database.objectStoreNames) {
      for (const value of await done(database.transaction(name).objectStore(name).getAll())) {
        text += typeof value === "string" ? value : new TextDecoder().decode(value.ct);
      }
    }
    database.close();
    return text;
  });

async function fits(page, where) {
  const [scroll, client] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(scroll <= client, `${where}: ${scroll} > ${client}`);
  const small = await page.evaluate(() =>
    [...document.querySelectorAll("button, input, textarea")]
      .map((target) => [target.outerHTML.slice(0, 80), target.getBoundingClientRect().height])
      .filter(([, height]) => height > 0 && height < 48),
  );
  assert.deepEqual(small, [], where);
}

async function look(page, name) {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await screenshot(page, `site-${name}-${size.width}`);
    await fits(page, `${name} ${size.width}`);
  }
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`), [], name);
}

test("two evaluators fill in one visit without network, and a person chooses where they differ", MAY, async (world) => {
  const qin = await tablet(world, "evaluator.qin");
  const cao = await tablet(world, "evaluator.cao");
  await look(qin, "tasks");

  await goOffline(world, qin);
  await open(qin, "checklist");
  await result(qin, "不符合").tap();
  await facts(qin).fill("缺三月份巡检记录");
  await press(qin, "8.5");
  await expectText(qin.locator('[data-field="score"]'), "8.5");
  await press(qin, "0");
  await press(qin, "0");
  await expectText(qin.locator('[data-field="score"]'), "8.50");
  await word(qin, "离线");
  const photo = qin.locator('[data-act="photo"]');
  await photo.setInputFiles({ name: "坏.jpg", mimeType: "image/jpeg", buffer: Buffer.from("no picture") });
  await expectText(qin.locator('[data-count="photo-fault"]'), "照片已损坏，无法打开，请重拍");
  await photo.setInputFiles({ name: "巡检.png", mimeType: "image/png", buffer: await qin.screenshot() });
  await expectText(qin.locator('p[data-count="photos"]'), "照片 1 张");
  await look(qin, "item");

  // The window is closed without network: the app, the visit and what was typed come from the tablet.
  await qin.reload();
  await unlock(qin, "111333");
  await expectText(qin.locator('[data-count="attempts"]'), "解锁码不对。再错 4 次须等待");
  await look(qin, "unlock");
  await unlock(qin, PIN);
  await open(qin, "checklist");
  assert.equal(await facts(qin).inputValue(), "缺三月份巡检记录");
  await result(qin, "不符合").and(qin.locator('[aria-pressed="true"]')).waitFor();
  assert.doesNotMatch(await storedText(qin), /巡检|农业|不符合|8\.5/);

  await qin.context().setOffline(false);
  await act(qin, "sync").tap();
  await expectText(qin.locator('[data-count="waiting"]'), "0");
  await word(qin, "已送达");
  await look(qin, "sync");
  await back(qin);
  await qin.locator('[data-tile="photos"]').tap();
  await expectText(qin.locator('[data-count="upload"]'), "已送达");
  await qin.locator(".site-picture img").waitFor();
  await look(qin, "photos");

  await goOffline(world, cao);
  await open(cao, "checklist");
  await expectText(cao.locator('[data-count="other"]'), "评分后显示同组的评分");
  await result(cao, "部分符合").tap();
  await press(cao, "9");
  await cao.context().setOffline(false);
  await act(cao, "sync").tap();
  await word(cao, "有冲突 1");
  await act(cao, "conflicts").tap();
  await expectText(cao.locator('[data-side="mine"]'), "部分符合");
  await expectText(cao.locator('[data-side="theirs"]'), "不符合");
  await look(cao, "conflict");
  await act(cao, "take-mine").tap();
  await expectCount(cao.locator("[data-conflict]"), 0);
  await word(cao, "已送达");

  // The other tablet reads what was chosen, and now sees the score of its colleague.
  await back(qin);
  await act(qin, "sync").tap();
  await back(qin);
  await qin.locator('[data-tile="checklist"]').tap();
  await result(qin, "部分符合").and(qin.locator('[aria-pressed="true"]')).waitFor();
  await expectText(qin.locator('[data-count="other"]'), "曹核：9 分");
});

test("a network's sign-in page confirms nothing, and a second window does not write", MAY, async (world) => {
  const page = await tablet(world, "evaluator.qin");
  const second = await page.context().newPage();
  await second.goto(`${world.server.url}/site`);
  await second.getByRole("heading", { name: "已在另一窗口打开" }).waitFor();

  const portal = { status: 200, contentType: "text/html", body: "<h1>请登录网络</h1>" };
  await page.route("**/operations", (route) => route.fulfill(portal));
  await open(page, "conclusion");
  await page.locator('[data-field="place"]').fill("信息中心机房");
  await act(page, "sync").tap();
  await page.getByText("未经核实").waitFor();
  await expectText(page.locator('[data-count="delivered"]'), "0");
  await page.unroute("**/operations");
  await act(page, "retry").tap();
  await expectText(page.locator('[data-count="waiting"]'), "0");
  await word(page, "已送达");

  await act(page, "lock").tap();
  await page.getByRole("heading", { name: "解锁" }).waitFor();
  await page.close();
  // The other window goes on where the first has closed.
  await unlock(second, PIN);
  await open(second, "conclusion");
  assert.equal(await second.locator('[data-field="place"]').inputValue(), "信息中心机房");
  await look(second, "conclusion");
  await back(second);
  await second.locator('[data-tile="assets"]').tap();
  await act(second, "add-asset").tap();
  const asset = second.locator("[data-asset]").last();
  await asset.locator('[data-field="name"]').fill("交换机");
  await expectText(asset.locator('[data-count="difference"]'), "盘盈 1");
  await look(second, "assets");
});
