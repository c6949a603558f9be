// What each role finds on its desk and what it does not: the three administrators see no business at all.

import assert from "node:assert/strict";
import { leaveFor, screenshot, test } from "./harness.mjs";
import { expectCount, expectText, openAs, waitForStage } from "./request_page.mjs";

// A request that this person may not see is answered 404.
const NOT_THERE = /status of 404 .*\/api\/requests\/water-2024/;

const tasks = (page) => page.locator('[data-count="tasks"]');
const departments = (page) => page.locator("tr[data-department]");

async function availableCommands(page) {
  return page.locator(".rq-commands [data-command]").evaluateAll((all) => all.map((one) => one.dataset.command).sort());
}

// Account, waiting tasks, departments shown, a request that waits and the commands available on it.
const DESKS = [
  ["forest.approver", 1, 1, "forest-2024", ["department_approve", "department_return", "withdraw"]],
  ["bureau.reviewer", 2, 12, "transport-2024", ["bureau_take"]],
  ["bureau.leader", 1, 12, "culture-2024", ["bureau_confirm", "leader_return"]],
  ["auditor", 0, 12, undefined, []],
];
for (const [account, waiting, shown, request, verbs] of DESKS) {
  test(`the desk of ${account}`, async (world) => {
    const page = await openAs(world, account);
    await expectText(tasks(page), String(waiting));
    await expectCount(departments(page), shown);
    await page.locator("[data-opening]").waitFor();
    await screenshot(page, `desks-${account}`);
    if (request) {
      await page.locator(`tr[data-request="${request}"] a`).click();
      await page.locator(".rq-commands").waitFor();
      assert.deepEqual(await availableCommands(page), verbs);
    }
  });
}

test("the auditor reads a request and has no commands on it", async (world) => {
  const page = await openAs(world, "auditor");
  await page.locator('tr[data-department="agriculture"] a').click();
  await waitForStage(page, "accepted");
  assert.deepEqual(await availableCommands(page), []);
  await page.locator(".rq-locked").waitFor();
});

for (const account of ["admin.system", "admin.security", "admin.audit"]) {
  test(`${account} sees no business`, async (world) => {
    world.expectTrouble(NOT_THERE);
    const page = await openAs(world, account);
    await page.getByText("管理员账号不处理业务事项").waitFor();
    assert.equal(await page.locator("[data-request], [data-department]").count(), 0);
    await leaveFor(page, `${world.server.url}/requests/water-2024`);
    await page.getByText("没有这份申请").waitFor();
    assert.doesNotMatch(await page.locator("body").innerText(), /省水利厅|3,671,330/);
    await screenshot(page, `desks-${account}`);
  });
}

test("a request of another department does not exist for a filler", async (world) => {
  world.expectTrouble(NOT_THERE);
  const page = await openAs(world, "forest.filler", "/requests/water-2024");
  await page.getByText("没有这份申请").waitFor();
});
