// What is being written beside the form and not said yet: it outlives closing the panel and reloading the page.

import assert from "node:assert/strict";
import { test } from "node:test";
import { screenshot } from "./harness.mjs";
import { enter, open, stage } from "./request_page.mjs";
import { browser, server } from "./started.mjs";

const act = (page, name) => page.locator(`[data-review="${name}"]`);

test("the reasons of a return, and a remark half written, outlive closing and reloading; once said they are gone", async () => {
  const reviewer = await enter(browser, server, "bureau.reviewer", "/requests/education-2024");
  await act(reviewer, "remark").click();
  await reviewer.getByLabel("意见", { exact: true }).fill("请补充合同");
  await open(reviewer, "hardware");
  await act(reviewer, "cut").click();
  await reviewer.waitForFunction(() => document.activeElement?.dataset.cut === "much");
  await reviewer.getByLabel("说明", { exact: true }).fill("按市场询价中位数核定");
  await reviewer.locator('[data-command="bureau_return"]').click();
  await reviewer.getByRole("button", { name: "再加一条" }).click();
  const reason = reviewer.getByLabel("退回理由");
  await reason.first().click();
  await reviewer.keyboard.type("硬件清单缺两台服务器。");
  await reviewer.locator('[data-return="kept"]').waitFor();
  await reviewer.locator('[data-return="later"]').click();
  await reason.first().waitFor({ state: "detached" });
  await reviewer.reload();
  await act(reviewer, "cut").click();
  await reviewer.waitForFunction(() => document.activeElement?.dataset.cut === "much");
  assert.equal(await reviewer.getByLabel("说明", { exact: true }).inputValue(), "按市场询价中位数核定");
  await reviewer.locator('[data-command="bureau_return"]').click();
  await reviewer.waitForFunction(() => document.querySelector('[aria-label="退回理由"]')?.value === "硬件清单缺两台服务器。");
  assert.equal(await reason.count(), 1, "no empty one beside it");
  await screenshot(reviewer, "return-kept");
  const fold = await reviewer.locator(".rq-fold").boundingBox();
  assert.ok(fold.x + fold.width <= 1280, "all pages of the panel are in sight, and the way to fold it");
  await reviewer.locator('[data-confirm="return"]').click();
  await stage(reviewer, "returned");
  const writings = () => Object.entries(localStorage).filter(([name]) => name.startsWith("omfund.writing/"));
  const left = await reviewer.evaluate(writings);
  const unsaid = left.map(([name, words]) => [name.split("/").at(-1), words]).sort();
  assert.deepEqual(unsaid, [["cut", "按市场询价中位数核定"], ["remark", "请补充合同"]]);
  assert.deepEqual(reviewer.troubles, []);
  await reviewer.context().close();
});
