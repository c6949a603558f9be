// What each role finds on its desk, and what it does not find: the administrators see no business at all.

import assert from "node:assert/strict";
import { test } from "node:test";
import { screenshot } from "./harness.mjs";
import { enter, shows, stage } from "./request_page.mjs";
import { browser, server } from "./started.mjs";

const waiting = (page) => page.locator('[data-count="tasks"]');
const departments = (page) => page.locator("tr[data-department]");

async function offered(page) {
  return page.locator(".rq-commands [data-command]").evaluateAll((all) => all.map((one) => one.dataset.command).sort());
}

// The role, how many requests wait, how many departments are in sight, and what is offered on a request that waits.
const DESKS = [
  ["forest.approver", 1, 1, "forest-2024", ["department_approve", "department_return", "withdraw"]],
  ["bureau.reviewer", 2, 12, "transport-2024", ["bureau_take"]],
  ["bureau.leader", 1, 12, "culture-2024", ["bureau_confirm", "leader_return"]],
  ["auditor", 0, 12, undefined, []],
];
for (const [account, tasks, seen, request, verbs] of DESKS) {
  test(`the desk of ${account}`, async () => {
    const page = await enter(browser, server, account);
    await shows(waiting(page), String(tasks));
    assert.equal(await departments(page).count(), seen);
    await page.locator("[data-opening]").waitFor();
    await screenshot(page, `desks-${account}`);
    if (request) {
      await page.locator(`tr[data-request="${request}"] a`).click();
      await page.locator(".rq-commands").waitFor();
      assert.deepEqual(await offered(page), verbs);
    }
    assert.deepEqual(page.troubles, []);
    await page.context().close();
  });
}

test("the auditor reads a request and can do nothing to it", async () => {
  const page = await enter(browser, server, "auditor");
  await page.locator('tr[data-department="agriculture"] a').click();
  await stage(page, "accepted");
  assert.deepEqual(await offered(page), []);
  await page.locator(".rq-locked").waitFor();
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});

for (const account of ["admin.system", "admin.security", "admin.audit"]) {
  test(`${account} sees no business`, async () => {
    const page = await enter(browser, server, account);
    await page.getByText("三员不查看业务内容").waitFor();
    assert.equal(await page.locator("[data-request], [data-department]").count(), 0);
    await page.goto(`${server.url}/requests/water-2024`);
    await page.getByText("没有这份申请").waitFor();
    assert.doesNotMatch(await page.locator("body").innerText(), /省水利厅|3,671,330/);
    await screenshot(page, `desks-${account}`);
    await page.context().close();
  });
}

test("a request of another department is not there", async () => {
  const page = await enter(browser, server, "forest.filler", "/requests/water-2024");
  await page.getByText("没有这份申请").waitFor();
  await page.context().close();
});
