// A command whose answer is lost: it is sent again under its id, done once, and shown as done.

import assert from "node:assert/strict";
import { test } from "./harness.mjs";
import { openAs, waitForStage } from "./request_page.mjs";

const LOST = /Failed to load resource: net::ERR_FAILED/;

// Lets the first request to `path` reach the server or not, and loses its answer; the second is held until `release`, so
// that what the page says meanwhile is there to be read on a machine of any speed. Returns the operations sent as well.
async function loseFirstAnswer(page, path, { reaches }) {
  const operations = [];
  let release;
  const released = new Promise((resolve) => {
    release = resolve;
  });
  await page.route(path, async (route) => {
    operations.push(route.request().postDataJSON().operation);
    if (operations.length > 1) {
      await released;
      return route.continue();
    }
    if (reaches) await route.fetch();
    return route.abort();
  });
  return { operations, release };
}

function assertSentTwiceAsOne(operations) {
  assert.equal(operations.length, 2);
  assert.equal(operations[0], operations[1], "sent again under the same id");
}

test("a late window whose grant got no answer is granted once, without a word of failure", async (world) => {
  world.expectTrouble(LOST);
  const page = await openAs(world, "bureau.leader");
  const row = page.locator('[data-department="ecology"]');
  await row.locator('[data-act="grant-late"]').click();
  const { operations, release } = await loseFirstAnswer(page, "**/api/late-windows", { reaches: true });
  const dialog = page.locator('[data-dialog="grant-late"]');
  await dialog.locator('input[name="until"]').fill("2023-09-10");
  await dialog.locator('textarea[name="reason"]').fill("机构改革，经费归口八月下旬才明确。");
  await dialog.getByRole("button", { name: "批准延期" }).click();
  await dialog.getByText("正在重试").waitFor();
  release();
  await row.locator('[data-late="2023-09-10"]').waitFor();
  await dialog.locator("form").waitFor({ state: "detached" });
  assertSentTwiceAsOne(operations);
});

test("a return that did not reach the server is sent again by itself", async (world) => {
  world.expectTrouble(LOST);
  const reviewer = await openAs(world, "bureau.reviewer", "/requests/education-2024");
  await reviewer.locator('[data-command="bureau_return"]').click();
  // Its open remarks are reason enough; this one is written besides.
  await reviewer.getByRole("button", { name: "再加一条" }).click();
  await reviewer.getByLabel("退回理由", { exact: true }).first().fill("硬件清单缺两台服务器。");
  const { operations, release } = await loseFirstAnswer(reviewer, "**/transitions", { reaches: false });
  await reviewer.locator('[data-confirm="return"]').click();
  await reviewer.getByText("正在重试").waitFor();
  release();
  await waitForStage(reviewer, "returned");
  await reviewer.locator(".rq-banner.rq-good").waitFor();
  assertSentTwiceAsOne(operations);
  assert.equal(await reviewer.locator(".rq-banner.rq-bad").count(), 0);
});
