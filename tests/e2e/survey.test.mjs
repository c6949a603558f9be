// The user evaluation on a phone: one item a page, with fingers, over a reload and without a network.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { leaveFor, screenshot, test } from "./harness.mjs";
import { OFFLINE, expectCount, expectText, openAs } from "./request_page.mjs";

const { AxeBuilder } = createRequire(import.meta.url)("@axe-core/playwright");
const AUTUMN = { server: ["--today", "2024-09-01"] };
const PHONE = { width: 360, height: 640, hasTouch: true, isMobile: true };
const FILLER = "agriculture.filler";
const LIST = "/cases?kind=money.user_evaluation";
const ITEMS = ["response", "repair", "attitude", "patrol", "documents"];
const RESPONDENTS = ["张一", "李二", "王三"];

const next = (page) => page.locator('[data-act="next"]').tap();
const heading = (page, text) => expectText(page.locator("#survey-heading"), text);
const counted = (page, text) => expectText(page.locator('[data-count="steps"]'), text);
const grade = (page, label) => page.locator(".survey-grade", { hasText: new RegExp(`^${label}$`) });

// The page waits for the grade to be chosen, as a person does.
async function choose(page, label) {
  await grade(page, label).tap();
  await page.locator(".survey-grade.chosen", { hasText: new RegExp(`^${label}$`) }).waitFor();
}

async function fits(page, where) {
  const [scroll, client] = await page.evaluate(() => {
    const root = document.documentElement;
    return [root.scrollWidth, root.clientWidth];
  });
  assert.ok(scroll <= client, `${where}: ${scroll} > ${client}`);
}

// Colours change within a tenth of a second; what is judged is what stays.
const settled = (page) => page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== "running"));

async function barriers(page, where) {
  await settled(page);
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`), [], where);
}

// From the list of evaluations to the first page, with the contract and the period chosen.
async function begin(world) {
  const page = await openAs(world, FILLER, LIST, PHONE);
  await page.locator('[data-act="open-user_evaluation"]').tap();
  await heading(page, "评价对象");
  await page.locator('[data-contract="con-1"]').tap();
  await page.locator('[data-contract="con-1"][aria-pressed="true"]').waitFor();
  await page.locator('[data-field="period"]').selectOption("上半年");
  return page;
}

async function name(page, text) {
  const entry = page.locator('[data-field="respondent"]');
  await entry.tap();
  await page.keyboard.type(text);
  await next(page);
}

// Grades all items of one respondent alike.
async function gradeAll(page, label) {
  for (const item of ITEMS) {
    await page.locator(`[data-field="${item}"]`).first().waitFor();
    await choose(page, label);
    await next(page);
  }
}

// The answers of an evaluation as the server shows them: a line for each respondent.
async function stored(page) {
  const id = new URL(page.url()).pathname.split("/").pop();
  const { line, content } = await page.evaluate(async (id) => (await fetch(`/api/money-cases/${id}`)).json(), id);
  const { value } = content.find(({ key }) => key === "answers");
  const cells = (row) => Object.fromEntries(row.map(({ key, value }) => [key, value.text]));
  const text = ({ respondent, reason = "", ...of }) => [respondent, ...ITEMS.map((item) => of[item]), reason].join(" ");
  return { line, answers: value.rows.map((row) => text(cells(row))) };
}

test("an evaluation is filled in on a phone, survives a reload and names what is missing", AUTUMN, async (world) => {
  const page = await begin(world);
  await counted(page, "第 1 项，共 19 项");
  await settled(page);
  await screenshot(page, "survey-subject");
  await fits(page, "subject");
  await barriers(page, "subject");
  await next(page);
  await name(page, RESPONDENTS[0]);

  await world.step("a low grade asks for its reason where it is given", async () => {
    await heading(page, "响应");
    const boxes = await page.locator(".survey-grade").evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height));
    assert.equal(boxes.length, 5);
    assert.ok(boxes.every((height) => height >= 48), String(boxes));
    await screenshot(page, "survey-item");
    await choose(page, "非常满意");
    await next(page);
    await heading(page, "修复");
    const top = () => grade(page, "非常满意").evaluate((one) => one.getBoundingClientRect().top);
    const before = await top();
    await choose(page, "不太满意");
    const reason = page.locator("#survey-reason");
    await reason.waitFor();
    assert.equal(await top(), before, "nothing above the reason moves");
    const bar = await page.locator(".survey-nav").boundingBox();
    const box = await reason.boundingBox();
    assert.ok(box.y + 24 <= bar.y, `the entry is in sight: ${box.y} of ${bar.y}`);
    await page.locator('[data-faults="reason"] li').waitFor();
    await screenshot(page, "survey-low");
    await barriers(page, "low grade");
    await page.locator("#survey-reason").tap();
    await page.keyboard.type("两次超过约定时间");
    await expectCount(page.locator('[data-faults="reason"] li'), 0);
    await next(page);
    await heading(page, "服务态度");
  });

  await world.step("the heading has the focus, and the arrow keys go from grade to grade", async () => {
    assert.equal(await page.evaluate(() => document.activeElement.id), "survey-heading");
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowDown");
    await page.locator(".survey-grade.chosen").waitFor();
    await choose(page, "满意");
  });

  await world.step("a reload in the middle loses nothing and stays at the item", async () => {
    await page.locator('[data-saved="on_device"]').waitFor();
    await leaveFor(page);
    await heading(page, "服务态度");
    await page.locator(".survey-grade.chosen", { hasText: /^满意$/ }).waitFor();
    // Opened anew, it goes on at the first page with something missing.
    await leaveFor(page, world.server.url + LIST);
    await page.locator('[data-act="open-user_evaluation"]').tap();
    await heading(page, "巡检");
    await counted(page, "第 6 项，共 19 项");
    await page.locator('[data-act="previous"]').tap();
    await heading(page, "服务态度");
    await next(page);
    await choose(page, "满意");
    await next(page);
    await choose(page, "基本满意");
    await next(page);
  });

  for (const respondent of RESPONDENTS.slice(1)) {
    await name(page, respondent);
    await gradeAll(page, "满意");
  }

  await world.step("what is missing is named before anything is sent", async () => {
    await heading(page, "汇总");
    await page.locator('[data-missing="0"]').waitFor();
    await screenshot(page, "survey-summary", { fullPage: true });
    await barriers(page, "summary");
    await page.locator(".survey-answers a", { hasText: "巡检" }).nth(1).tap();
    await heading(page, "巡检");
    await choose(page, "不满意");
    await page.locator('[data-act="summary"]').tap();
    await page.locator('[data-missing="1"]').waitFor();
    await page.locator('[data-confirm="submit"]').tap();
    await page.waitForFunction(() => document.activeElement.id === "survey-gaps");
    assert.match(await page.locator("#survey-gaps").innerText(), /李二 · 巡检：低分须写理由/);
    await screenshot(page, "survey-missing");
    await page.locator("#survey-gaps a").tap();
    await page.locator("#survey-reason").tap();
    await page.keyboard.type("上半年只巡检一次");
    await page.locator('[data-act="summary"]').tap();
    await page.locator('[data-missing="0"]').waitFor();
  });

  await world.step("without a network everything stays, and it arrives once there is one", async () => {
    world.expectTrouble(OFFLINE);
    await page.context().setOffline(true);
    await page.locator('[data-confirm="submit"]').tap();
    await page.locator('[data-problem="unreached"]').waitFor();
    await page.locator('[data-saved="on_device"]').waitFor();
    await page.locator("[data-persisted]").waitFor();
    await screenshot(page, "survey-offline");
    await page.context().setOffline(false);
    await page.locator('.stage[data-stage="submitted"]').waitFor();
  });

  const { line, answers } = await stored(page);
  assert.equal(line.stage, "submitted");
  assert.deepEqual(answers, ["张一 5 2 4 4 3 两次超过约定时间", "李二 4 4 4 1 4 上半年只巡检一次", "王三 4 4 4 4 4 "]);
  await screenshot(page, "survey-submitted");

  await world.step("what is returned is filled in the same way", async () => {
    // The notice of the return comes in a line of its own, not in the place of the one before.
    await leaveFor(page);
    await page.locator('.stage[data-stage="submitted"]').waitFor();
    const approver = await openAs(world, "agriculture.approver", new URL(page.url()).pathname, PHONE);
    await approver.locator('[data-command="return"]').tap();
    await approver.locator('[data-dialog="command"] [data-field="reason"]').fill("第二位评价人的理由请写明日期");
    await approver.locator('[data-confirm="return"]').tap();
    await approver.locator('.stage[data-stage="returned"]').waitFor();
    await leaveFor(page);
    await page.locator('[data-command="submit"]').tap();
    await heading(page, "评价对象");
    assert.match(page.url(), /\/user-evaluations\/user_evaluation/);
  });
});

test("type of twice the size needs no sideways scrolling on a phone", AUTUMN, async (world) => {
  const page = await openAs(world, FILLER, "/user-evaluations", PHONE);
  // Before the page draws anything: somebody who reads large type has set it long before.
  await page.addInitScript(() => document.addEventListener("readystatechange", () => {
    document.documentElement.style.fontSize = "200%";
  }));
  for (const [step, title] of [[1, "评价对象"], [2, "评价人 1 / 3"], [3, "响应"], [20, "汇总"]]) {
    await leaveFor(page, `${world.server.url}/user-evaluations?step=${step}`);
    await heading(page, title);
    assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector(".survey")).fontSize), "32px");
    if (step === 3) await choose(page, "不满意");
    await fits(page, title);
    await barriers(page, title);
    await screenshot(page, `survey-large-${step}`);
  }
});

test("a wide screen asks by the dialog and goes on with what the phone began", AUTUMN, async (world) => {
  const page = await openAs(world, FILLER, "/user-evaluations?step=3");
  await grade(page, "满意").click();
  await page.locator('[data-saved="on_device"]').waitFor();
  await leaveFor(page, world.server.url + LIST);
  await page.locator('[data-act="open-user_evaluation"]').click();
  await page.locator('[data-dialog="command"] [data-grid="answers"] [data-row-index="0"] [data-field="response"]', { hasText: "4" }).waitFor();
});
