// Two versions compared: a reviewer who comes back sees what the department made of the return, row by row and side by
// side, with who handed it over and when.

import assert from "node:assert/strict";
import { test } from "node:test";
import { press, screenshot } from "./harness.mjs";
import { at, command, enter, grid, open, paste, rowCount, saved, shows, stage } from "./request_page.mjs";
import { browser, server } from "./started.mjs";

const address = "/requests/transport-2024";
const act = (page, name) => page.locator(`[data-review="${name}"]`);
const changed = (page, fate) => page.locator(`.rq-changed[data-fate="${fate}"]`);
let reviewer, filler;

test("the reviewer has looked at the first version and returns it", async () => {
  reviewer = await enter(browser, server, "bureau.reviewer", address);
  const looked = reviewer.waitForResponse((reply) => reply.url().endsWith("/look") && reply.ok());
  await command(reviewer, "bureau_take");
  await stage(reviewer, "bureau_review");
  await looked;
  await reviewer.locator('.rq-commands [data-command="bureau_return"]').click();
  await reviewer.getByLabel("退回理由", { exact: true }).first().click();
  await reviewer.keyboard.type("请按新合同核对云服务。");
  await reviewer.locator('[data-confirm="return"]').click();
  await stage(reviewer, "returned");
});

test("the department puts a line above, takes one out, types another quantity, and hands it over again", async () => {
  filler = await enter(browser, server, "transport.filler", address);
  await stage(filler, "returned");
  await open(filler, "cloud");
  await at(filler, "cloud", 0, "quantity").click();
  await filler.keyboard.type("7");
  await press(filler, "Enter");
  await at(filler, "cloud", 1, "quantity").click();
  await press(filler, "Control+-");
  await shows(rowCount(filler, "cloud"), "1 行");
  // A copy of the line, put above it under another name.
  await at(filler, "cloud", 0, "system").click();
  await press(filler, "Shift+End", "Control+c");
  const copied = await filler.evaluate(() => navigator.clipboard.readText());
  await press(filler, "Control+Shift+=");
  await shows(rowCount(filler, "cloud"), "2 行");
  await at(filler, "cloud", 0, "system").click();
  await paste(filler, copied);
  await at(filler, "cloud", 0, "spec").click();
  await filler.keyboard.type("新增的对象存储");
  await press(filler, "Enter");
  await saved(filler);
  await open(filler, "performance_targets");
  await filler.getByRole("button", { name: "财政拨款按申报总额填入" }).click();
  await saved(filler);
  await filler.locator('.rq-commands [data-command="submit"]').click();
  const reasons = filler.locator('[data-justify="all"]');
  if (await reasons.count()) {
    await reasons.click();
    await filler.keyboard.type("按新合同核定。");
    await filler.locator('[data-justify="save-all"]').click();
    await reasons.waitFor({ state: "detached" });
    await filler.locator('.rq-commands [data-command="submit"]').click();
  }
  await filler.locator('[data-confirm="submit"]').click();
  await stage(filler, "department_check");
  const approver = await enter(browser, server, "transport.approver", address);
  await command(approver, "department_approve");
  await stage(approver, "submitted");
});

test("coming back, the reviewer is told what is new since the last look, and sees it row by row", async () => {
  await command(reviewer, "bureau_take");
  await stage(reviewer, "bureau_review");
  const since = act(reviewer, "since");
  await since.getByText("内容从第 1 版到第 2 版").waitFor();
  await act(reviewer, "compare").click();
  await changed(reviewer, "added").waitFor();
  // Matched by what they are, not by where they stand: the line below the new one has changed in one cell only.
  assert.match(await changed(reviewer, "added").innerText(), /新增 第 1 行/);
  const kept = reviewer.locator("section", { hasText: "云资源服务" }).locator('.rq-changed[data-fate="kept"]');
  assert.equal(await kept.count(), 1);
  assert.match(await kept.innerText(), /修改 第 2 行/);
  assert.deepEqual(await kept.locator("dt").allInnerTexts(), ["数量"]);
  assert.equal(await kept.locator("ins").innerText(), "7");
  assert.equal(await changed(reviewer, "removed").count(), 1);
  for (const [side, version] of [["before", 1], ["after", 2]]) {
    const told = await reviewer.locator(`[data-side="${side}"]`).innerText();
    assert.match(told, new RegExp(`第 ${version} 版 · \\S+ \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d 提交`));
  }
  await screenshot(reviewer, "compare-1-changes");
});

test("side by side, each cell stands level with what it was, under who handed it over", async () => {
  await reviewer.locator('[data-compare="beside"]').click();
  const kept = reviewer.locator("section", { hasText: "云资源服务" }).locator('.rq-changed[data-fate="kept"]');
  const box = (locator) => locator.boundingBox();
  const [was, is] = [await box(kept.locator("del")), await box(kept.locator("ins"))];
  const [left, right] = await Promise.all(["before", "after"].map((side) => box(reviewer.locator(`[data-side="${side}"]`))));
  assert.ok(Math.abs(was.y - is.y) < 2, "on one line");
  assert.ok(Math.abs(was.x - left.x) < 2 && Math.abs(is.x - right.x) < 2, "under their headings");
  await screenshot(reviewer, "compare-2-beside");
  await kept.getByRole("button", { name: "转到" }).click();
  await grid(reviewer, "cloud").locator('[data-row-index="1"] .cursor[data-field="quantity"]').waitFor();
});

test("what was seen is new no more, and any two may be compared", async () => {
  await act(reviewer, "look").click();
  await act(reviewer, "since").waitFor({ state: "detached" });
  await reviewer.reload();
  await act(reviewer, "list").waitFor();
  assert.equal(await act(reviewer, "since").count(), 0);
  await open(reviewer, "changes");
  await reviewer.locator(".rq-compare select").first().selectOption("2");
  await reviewer.locator(".rq-compare select").last().selectOption("1");
  // The other way round, what was added has gone.
  await changed(reviewer, "added").waitFor();
  assert.equal(await reviewer.locator('[data-side="before"]').innerText().then((text) => text.startsWith("第 2 版")), true);
  await reviewer.locator(".rq-compare select").last().selectOption("2");
  await reviewer.getByText("两者内容相同，没有修改。").waitFor();
  assert.deepEqual([...reviewer.troubles, ...filler.troubles], []);
});
