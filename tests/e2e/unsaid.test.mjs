// Texts being written beside the form and not yet sent: they survive closing the panel and reloading the page.

import assert from "node:assert/strict";
import { leaveFor, screenshot, test } from "./harness.mjs";
import { openAs, openSection, waitForStage } from "./request_page.mjs";

const review = (page, name) => page.locator(`[data-review="${name}"]`);
const waitForCutInput = (page) => page.waitForFunction(() => document.activeElement?.dataset.cut === "much");

test("unsent reasons of a return, remark and cut survive closing and reloading; a sent one is gone", async (world) => {
  const reviewer = await openAs(world, "bureau.reviewer", "/requests/education-2024");
  await review(reviewer, "remark").click();
  await reviewer.getByLabel("意见", { exact: true }).fill("请补充合同");
  await openSection(reviewer, "hardware");
  await review(reviewer, "cut").click();
  await waitForCutInput(reviewer);
  await reviewer.getByLabel("说明", { exact: true }).fill("按市场询价中位数核定");
  await reviewer.locator('[data-command="bureau_return"]').click();
  await reviewer.getByRole("button", { name: "再加一条" }).click();
  const reason = reviewer.getByLabel("退回理由");
  await reason.first().click();
  await reviewer.keyboard.type("硬件清单缺两台服务器。");
  await reviewer.locator('[data-return="stored"]').waitFor();
  await reviewer.locator('[data-return="later"]').click();
  await reason.first().waitFor({ state: "detached" });
  await leaveFor(reviewer);
  await review(reviewer, "cut").click();
  await waitForCutInput(reviewer);
  assert.equal(await reviewer.getByLabel("说明", { exact: true }).inputValue(), "按市场询价中位数核定");
  await reviewer.locator('[data-command="bureau_return"]').click();
  await reviewer.waitForFunction(() => document.querySelector('[aria-label="退回理由"]')?.value === "硬件清单缺两台服务器。");
  assert.equal(await reason.count(), 1, "no empty one beside it");
  await screenshot(reviewer, "return-kept");
  const fold = await reviewer.locator(".rq-fold").boundingBox();
  assert.ok(fold.x + fold.width <= 1280, "all tabs of the panel are in view, and the button that folds it");
  await reviewer.locator('[data-confirm="return"]').click();
  await waitForStage(reviewer, "returned");
  const unsent = await reviewer.evaluate(() =>
    Object.entries(localStorage)
      .filter(([name]) => name.startsWith("omfund.writing/"))
      .map(([name, text]) => [name.split("/").at(-1), text])
      .sort(),
  );
  assert.deepEqual(unsent, [["cut", "按市场询价中位数核定"], ["remark", "请补充合同"]]);
});
