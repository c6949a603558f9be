// Each page by keyboard alone: every stop is seen and has a name, the page is left at its end, and an act never drops the focus.

import assert from "node:assert/strict";
import { press, test } from "./harness.mjs";
import { openAs, reportConsolidatedBudget } from "./request_page.mjs";

// Further than any page has stops.
const MOST_STOPS = 220;

// Where the keyboard is, as a person hears and sees it.
const stop = (page) => page.evaluate(() => {
  const element = document.activeElement;
  if (!element || element === document.body) return { isBody: true };
  const text = (id) => document.getElementById(id)?.innerText ?? "";
  const labels = [...(element.labels ?? [])].map((label) => label.innerText).join(" ");
  const named = (element.getAttribute("aria-labelledby") ?? "").split(" ").filter(Boolean).map(text).join(" ");
  const box = element.getBoundingClientRect();
  const grid = element.closest("[data-grid]")?.getAttribute("data-grid");
  return {
    isBody: false,
    name: (element.getAttribute("aria-label") || named || labels || element.innerText || element.title || "").trim(),
    html: element.outerHTML.slice(0, 160),
    isSeen: box.width > 0 && box.height > 0 && getComputedStyle(element).visibility === "visible",
    grid: element.matches("[data-grid-input]") ? grid : undefined,
  };
});

// Tabs from the top of the page until the focus leaves it. A grid is one stop: Esc, then Tab.
async function walk(page) {
  await page.evaluate(() => {
    document.activeElement?.blur();
    getSelection().removeAllRanges();
    window.scrollTo(0, 0);
  });
  const stops = [];
  for (let n = 0; n < MOST_STOPS; n++) {
    await press(page, "Tab");
    const here = await stop(page);
    if (here.isBody) return stops;
    if (here.html === stops[0]?.html) return stops;
    stops.push(here);
    if (here.grid) await press(page, "Escape");
  }
  throw new Error(`no end after ${MOST_STOPS} stops; the last: ${stops.slice(-3).map((s) => s.html).join("\n")}`);
}

async function assertWalkable(page, what) {
  const stops = await walk(page);
  assert.ok(stops.length > 1, `${what}: nothing can be reached`);
  assert.deepEqual(stops.filter((s) => !s.name).map((s) => s.html), [], `${what}: stops without a name`);
  assert.deepEqual(stops.filter((s) => !s.isSeen).map((s) => s.html), [], `${what}: stops that are not seen`);
  return stops;
}

// Opens a page and waits until its parts have arrived.
async function show(page, world, path) {
  await page.goto(world.server.url + path);
  await page.locator("h1").first().waitFor();
  await page.locator(".arriving").first().waitFor({ state: "detached" });
}

const REQUEST = "/requests/water-2024";
const PARTS = ["budget_request", "systems", "hardware", "performance_targets", "indicators", "hand-over", "attachments", "changes", "record"];
const PAGES = {
  "water.filler": ["/", "/cases?kind=separate", ...["budget_request", "hardware", "record"].map((part) => `${REQUEST}?part=${part}`)],
  "bureau.reviewer": ["/requests/education-2024", "/consolidation", "/plan", "/cases?kind=money.advance"],
  "finance.reviewer": ["/finance", "/money/2024"],
  "admin.system": ["/accounts"],
  "admin.audit": ["/audit?subject=water-2024"],
};

test("every page is walked by Tab from its top to its end", async (world) => {
  for (const [account, paths] of Object.entries(PAGES)) {
    await world.step(account, async () => {
      if (account === "finance.reviewer") await reportConsolidatedBudget(world);
      const page = await openAs(world, account);
      for (const path of paths) {
        await show(page, world, path);
        await assertWalkable(page, `${account} ${path}`);
      }
    });
  }
});

// Presses what `locator` finds by keyboard and says where the focus is once the page has settled.
async function act(page, locator, key = "Enter") {
  await locator.focus();
  await press(page, key);
  await page.waitForTimeout(1_700);
  const here = await stop(page);
  assert.ok(!here.isBody, `the focus fell to the page after ${await locator.first().innerText().catch(() => key)}`);
}

test("no act of a reviewer or a filler by keyboard drops the focus", async (world) => {
  const reviewer = await openAs(world, "bureau.reviewer", "/requests/education-2024?part=hardware", { width: 1600, height: 900 });
  await reviewer.locator("[data-grid]").waitFor();
  for (const name of ["问题清单", "所选单元格", "审核意见", "收起", "展开"]) {
    await act(reviewer, reviewer.locator(".rq-tab", { hasText: name }));
  }
  const filler = await openAs(world, "water.filler", `${REQUEST}?part=hardware`, { width: 1600, height: 900 });
  const input = filler.locator('[data-grid-input="hardware"]');
  await input.focus();
  await press(filler, "Control+-");
  assert.ok(!(await stop(filler)).isBody);
  await press(filler, "Control+z");
  assert.ok(!(await stop(filler)).isBody);
  for (const section of PARTS) {
    await act(filler, filler.locator(`[data-section="${section}"]`));
  }
  await act(filler, filler.locator('.rq-count[data-severity="warning"]'));
  await act(filler, filler.locator(".rq-problem").first());
  await act(filler, filler.locator('.rq-commands [data-command="submit"]'));
  await press(filler, "Escape");
  assert.ok(!(await stop(filler)).isBody);
  await act(filler, filler.locator('[data-section="hand-over"]'));
  const reason = filler.locator('[data-justify="all"]').first();
  await reason.focus();
  await filler.keyboard.type("设备全年在保，由厂商负责");
  await act(filler, filler.locator('[data-justify="save-all"]').first());
});

test("the keyboard goes on from a wrong field to the next field, and hears what is wrong with a cell", async (world) => {
  const page = await openAs(world, "water.filler", REQUEST, { width: 1600, height: 900 });
  const phone = page.locator('.rq-centre [data-field="phone"]').first();
  await phone.waitFor();
  await phone.focus();
  await press(page, "Control+a");
  await page.keyboard.type("0351-40");
  await press(page, "Tab");
  const next = await page.evaluate(() => document.activeElement.className);
  assert.match(next, /rq-entry/);
  assert.equal(await phone.getAttribute("aria-invalid"), "true");
  await page.locator('[data-section="hardware"]').focus();
  await press(page, "Enter");
  await page.locator('[data-grid-input="hardware"]').focus();
  // A warning is part of the name of its cell.
  await page.locator('.rq-count[data-severity="warning"]').focus();
  await press(page, "Enter");
  await page.locator(".rq-problem").first().focus();
  await press(page, "Enter");
  await page.waitForFunction(() => /提醒：/.test(document.activeElement.getAttribute("aria-label") ?? document.activeElement.innerText));
});
