// 催报: the bureau nudges about many cases at once; the department sees it in its bell and on the case.

import assert from "node:assert/strict";
import { screenshot, test } from "./harness.mjs";
import { expectCount, openAs } from "./request_page.mjs";

test("drafts and returned cases are nudged about at once, and not again within the day", async (world) => {
  const bureau = await openAs(world, "bureau.reviewer", "/");
  await bureau.locator('[data-link="nudges"]').click();
  const water = bureau.locator('[data-nudge="water-2024"]');
  await water.waitFor();
  assert.equal(await water.locator("[data-reason]").getAttribute("data-reason"), "draft");
  await expectCount(bureau.locator('[data-nudge="health-2024"] [data-reason="returned"]'), 1);
  assert.ok(await bureau.locator('[data-act="nudge"]').isDisabled(), "nothing chosen yet");
  for (const id of ["water-2024", "health-2024"]) {
    await bureau.locator(`[data-nudge="${id}"] input`).check();
  }
  await bureau.locator('input[name="nudge-text"]').fill("窗口月底关闭，请尽快报送。");
  await screenshot(bureau, "nudges");
  await bureau.locator('[data-act="nudge"]').click();
  await water.locator('[data-times="1"]').waitFor();
  assert.ok(await water.locator("input").isDisabled(), "within the day nobody is nudged again");
  await screenshot(bureau, "nudged");

  const department = await openAs(world, "water.filler", "/requests/water-2024");
  const notices = await department.evaluate(() => fetch("/api/notices").then((reply) => reply.json()));
  assert.equal(notices.notices[0].text, "催报：窗口月底关闭，请尽快报送。");
});
