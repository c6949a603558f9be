// One measurement of one page in a browser of its own: open it, type into the row in the middle, paste, take it back.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { launch, newPage } from "../e2e/harness.mjs";
import { root } from "./figures.mjs";

export const PROBE = readFileSync(join(root, "tests/bench/probe.js"), "utf8");
const LATE_MS = 20_000;
// The price grows digit by digit and shrinks again.
const CYCLE = ["2", "3", "4", "Backspace", "Backspace", "Backspace"];
const CONTROL = 2;

// `site`: { url, cookies, data: the address the page reads its data from, table: how its table is opened }.
// `large` is the same document apart from the page: `table` and `field` name the cells typed into, and it says what
// must be shown. With `instead`, that is done once the table is shown.
export async function measure(site, large, { cycles, instead }) {
  const browser = await launch();
  try {
    const page = await newPage(browser, { width: 1920, height: 1080 });
    if (site.cookies) await page.context().addCookies(site.cookies);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.addInitScript(PROBE);
    const cdp = await page.context().newCDPSession(page);
    await page.goto(site.url, { waitUntil: "commit" });
    await page.waitForFunction(() => omfundProbe.editable);
    return await use(page, cdp, site, large, cycles, instead);
  } finally {
    await browser.close();
  }
}

async function use(page, cdp, site, large, cycles, instead) {
  await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
  const times = await page.evaluate((data) => [omfundProbe.editable, omfundProbe.arrived(data)], site.data);
  const result = { opened: times[0] - times[1], editable: times[0] };
  await idle(page, 300);
  if (site.table) result.table = (await site.table(page, (type, checks) => begin(page, type, checks))).paint;
  if (instead) return instead(page, cdp, large);
  await reveal(page, large);
  await point(page, large, large.field);
  result.keys = await type(page, cdp, large, cycles);
  result.elements = await page.evaluate(() => document.querySelectorAll("*").length);
  await point(page, large, "kind");
  Object.assign(result, await paste(page, cdp, large, site.undoes));
  result.troubles = page.troubles;
  return result;
}

export async function type(page, cdp, large, cycles) {
  const keys = [];
  let price = "";
  for (const key of ["1", ...Array.from({ length: cycles }, () => CYCLE).flat()]) {
    price = key === "Backspace" ? price.slice(0, -1) : price + key;
    large.type_price(price);
    await idle(page, 30);
    await begin(page, "keydown", both(large));
    const before = await cpu(cdp);
    await press(cdp, key);
    const took = await ended(page);
    const after = await cpu(cdp);
    keys.push({ ...took, cpu: after.task - before.task, script: after.script - before.script });
  }
  return keys;
}

async function paste(page, cdp, large, undoes) {
  const block = large.block();
  await page.evaluate((text) => navigator.clipboard.writeText(text), block);
  await idle(page, 300);
  large.paste(block);
  await begin(page, "keydown", both(large));
  await press(cdp, "v", CONTROL, ["paste"]);
  const pasted = await ended(page);
  if (!undoes) return { pasted };
  await idle(page, 1_500);
  large.undo();
  await begin(page, "keydown", both(large));
  await press(cdp, "z", CONTROL);
  return { pasted, undone: await ended(page) };
}

// The row's amount and the grand total, exactly.
function both(large) {
  const [row, amount, total] = large.shown();
  return [
    { find: `[data-total="row:${row}:amount"]`, figure: amount },
    { find: '[data-total="total"]', figure: total },
  ];
}

export function begin(page, type, checks) {
  return page.evaluate((wanted) => void omfundProbe.begin(wanted), { type, checks, timeout: LATE_MS });
}

export async function ended(page) {
  const result = await page.evaluate(() => omfundProbe.result);
  if (result.late) throw new Error(`nothing right was shown within ${LATE_MS} ms: ${result.late.join("; ")}`);
  return result;
}

export function idle(page, least) {
  return page.evaluate((milliseconds) => omfundProbe.idle(milliseconds), least);
}

// Scrolls until the row stands in the middle and its amount in sight, beside its unit price.
export async function reveal(page, large) {
  const [row] = large.shown();
  const found = await page.evaluate(
    async ({ row, table, field }) => {
      const viewport = document.querySelector(`[data-viewport="${table}"]`);
      viewport.scrollTop = viewport.scrollHeight / 2 - viewport.clientHeight / 2;
      await omfundProbe.idle(50);
      const right = (element) => element?.getBoundingClientRect().right ?? Infinity;
      const amount = () => document.querySelector(`[data-total="row:${row}:amount"]`);
      while (right(amount()) > right(viewport) && viewport.scrollLeft < viewport.scrollWidth - viewport.clientWidth) {
        viewport.scrollLeft += 40;
        await omfundProbe.idle(0);
      }
      return !!amount() && !!document.querySelector(`[data-row="${row}"][data-field="${field}"]`);
    },
    { row, table: large.table, field: large.field },
  );
  if (!found) throw new Error("the row in the middle does not show its price and its amount");
}

export async function point(page, large, field) {
  const [row] = large.shown();
  await page.locator(`[data-table="${large.table}"][data-row="${row}"][data-field="${field}"]`).click();
  await idle(page, 100);
}

// A real key, as the browser gets it from the system.
export async function press(cdp, key, modifiers = 0, commands = []) {
  const code = key === "Backspace" ? key : /\d/.test(key) ? `Digit${key}` : `Key${key.toUpperCase()}`;
  const windowsVirtualKeyCode = key === "Backspace" ? 8 : key.toUpperCase().charCodeAt(0);
  const typed = key.length === 1 && !modifiers;
  const event = { key, code, windowsVirtualKeyCode, modifiers };
  const down = typed ? { type: "keyDown", text: key, unmodifiedText: key } : { type: "rawKeyDown", commands };
  await cdp.send("Input.dispatchKeyEvent", { ...event, ...down });
  await cdp.send("Input.dispatchKeyEvent", { ...event, type: "keyUp" });
}

// Processor time of the page's main thread, in milliseconds.
async function cpu(cdp) {
  const { metrics } = await cdp.send("Performance.getMetrics");
  const of = (name) => metrics.find((metric) => metric.name === name).value * 1000;
  return { task: of("TaskDuration"), script: of("ScriptDuration") };
}
