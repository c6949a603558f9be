// Two versions compared: a reviewer who comes back sees what the department changed after the return, row by row and side by
// side, with who submitted each version and when.

import assert from "node:assert/strict";
import { leaveFor, press, screenshot, test } from "./harness.mjs";
import {
  cell, expectCount, expectText, grid, openAs, openSection, paste, rowCount, runCommand, waitForSaveState,
  waitForStage,
} from "./request_page.mjs";

const PATH = "/requests/transport-2024";
const review = (page, name) => page.locator(`[data-review="${name}"]`);
const changedRow = (page, fate) => page.locator(`.rq-changed[data-fate="${fate}"]`);

async function takeAndReturn(reviewer) {
  const look = reviewer.waitForResponse((reply) => reply.url().endsWith("/look") && reply.ok());
  await runCommand(reviewer, "bureau_take");
  await waitForStage(reviewer, "bureau_review");
  await look;
  await reviewer.locator('.rq-commands [data-command="bureau_return"]').click();
  await reviewer.getByLabel("退回理由", { exact: true }).first().click();
  await reviewer.keyboard.type("请按新合同核对云服务。");
  await reviewer.locator('[data-confirm="return"]').click();
  await waitForStage(reviewer, "returned");
}

// One row added above, one removed, one quantity changed.
async function changeCloudRows(filler) {
  await openSection(filler, "cloud");
  await cell(filler, "cloud", 0, "quantity").click();
  await filler.keyboard.type("7");
  await press(filler, "Enter");
  await cell(filler, "cloud", 1, "quantity").click();
  await press(filler, "Control+-");
  await expectText(rowCount(filler, "cloud"), "1 行");
  // The row added is a copy of the other under a new name.
  await cell(filler, "cloud", 0, "system").click();
  await press(filler, "Shift+End", "Control+c");
  const copied = await filler.evaluate(() => navigator.clipboard.readText());
  await press(filler, "Control+Shift+=");
  await expectText(rowCount(filler, "cloud"), "2 行");
  await cell(filler, "cloud", 0, "system").click();
  await paste(filler, copied);
  await cell(filler, "cloud", 0, "spec").click();
  await filler.keyboard.type("新增的对象存储");
  await press(filler, "Enter");
  await waitForSaveState(filler);
}

async function submitAgain(filler) {
  await openSection(filler, "performance_targets");
  await filler.getByRole("button", { name: "财政拨款按申报总额填入" }).click();
  await waitForSaveState(filler);
  await filler.locator('.rq-commands [data-command="submit"]').click();
  const reasons = filler.locator('[data-justify="all"]');
  // Asked for only where a warning needs one.
  await reasons.or(filler.locator('[data-confirm="submit"]')).first().waitFor();
  if (await reasons.isVisible()) {
    await reasons.click();
    await filler.keyboard.type("按新合同核定。");
    await filler.locator('[data-justify="save-all"]').click();
    await reasons.waitFor({ state: "detached" });
    await filler.locator('.rq-commands [data-command="submit"]').click();
  }
  await filler.locator('[data-confirm="submit"]').click();
  await waitForStage(filler, "department_check");
}

test("a returned request comes back: the reviewer sees every change until the review has seen it", async (world) => {
  const reviewer = await openAs(world, "bureau.reviewer", PATH);
  await world.step("the reviewer takes the first version and returns it", () => takeAndReturn(reviewer));

  await world.step("the department changes three rows and submits again", async () => {
    const filler = await openAs(world, "transport.filler", PATH);
    await waitForStage(filler, "returned");
    await changeCloudRows(filler);
    await submitAgain(filler);
    const approver = await openAs(world, "transport.approver", PATH);
    await runCommand(approver, "department_approve");
    await waitForStage(approver, "submitted");
  });

  const changedInPlace = reviewer.locator("section", { hasText: "云资源服务" }).locator('.rq-changed[data-fate="in_place"]');
  await world.step("the reviewer is shown what is new since the last look, row by row", async () => {
    await runCommand(reviewer, "bureau_take");
    await waitForStage(reviewer, "bureau_review");
    await review(reviewer, "since").getByText("内容从第 1 版到第 2 版").waitFor();
    await review(reviewer, "compare").click();
    await changedRow(reviewer, "added").waitFor();
    // Rows are matched by id, not by position: the row below the new one differs in one cell only.
    assert.match(await changedRow(reviewer, "added").innerText(), /新增 第 1 行/);
    await expectCount(changedInPlace, 1);
    assert.match(await changedInPlace.innerText(), /修改 第 2 行/);
    assert.deepEqual(await changedInPlace.locator("dt").allInnerTexts(), ["数量"]);
    assert.equal(await changedInPlace.locator("ins").innerText(), "7");
    await expectCount(changedRow(reviewer, "removed"), 1);
    for (const [side, version] of [["before", 1], ["after", 2]]) {
      const heading = await reviewer.locator(`[data-side="${side}"]`).innerText();
      assert.match(heading, new RegExp(`第 ${version} 版 · \\S+ \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d 提交`));
    }
    await screenshot(reviewer, "compare-1-changes");
  });

  await world.step("side by side, old and new cell are on one line under their versions", async () => {
    await reviewer.locator('[data-compare="beside"]').click();
    const box = (locator) => locator.boundingBox();
    const [old, now] = [await box(changedInPlace.locator("del")), await box(changedInPlace.locator("ins"))];
    const sides = ["before", "after"].map((side) => box(reviewer.locator(`[data-side="${side}"]`)));
    const [left, right] = await Promise.all(sides);
    assert.ok(Math.abs(old.y - now.y) < 2, "on one line");
    assert.ok(Math.abs(old.x - left.x) < 2 && Math.abs(now.x - right.x) < 2, "under their headings");
    await screenshot(reviewer, "compare-2-beside");
    await changedInPlace.getByRole("button", { name: "转到" }).click();
    await grid(reviewer, "cloud").locator('[data-row-index="1"] .cursor[data-field="quantity"]').waitFor();
  });

  await world.step("what has been seen is no longer new, and any two versions can be compared", async () => {
    await review(reviewer, "look").click();
    await review(reviewer, "since").waitFor({ state: "detached" });
    await leaveFor(reviewer);
    await review(reviewer, "list").waitFor();
    assert.equal(await review(reviewer, "since").count(), 0);
    await openSection(reviewer, "changes");
    await reviewer.locator(".rq-compare select").first().selectOption("2");
    await reviewer.locator(".rq-compare select").last().selectOption("1");
    // From the second to the first version the added row is a removed one, and the other way round.
    await changedRow(reviewer, "added").waitFor();
    assert.match(await reviewer.locator('[data-side="before"]').innerText(), /^第 2 版/);
    await reviewer.locator(".rq-compare select").last().selectOption("2");
    await reviewer.getByText("两者内容相同，没有修改。").waitFor();
  });
});
