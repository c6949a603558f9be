// The review page of the large request with 300 threads, in Chromium: from the data's arrival to a page one can work on,
// from a remark to its cell, and a cut of every line as it is typed.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { launch, newPage, startServer } from "../e2e/harness.mjs";
import { reportTimes, root } from "./figures.mjs";
import { fill, signIn } from "./filling.mjs";
import { ended, idle } from "./page.mjs";

const PART = "Review page, large-5000, 300 threads";
const REPETITIONS = Number(process.env.OMFUND_BENCH_REPETITIONS ?? 5);
const PROBE = readFileSync(join(root, "tests/bench/probe.js"), "utf8");
const REQUEST = "bench-review";
const THREADS = 300;
const LATE_MS = 30_000;
const file = (name) => JSON.parse(readFileSync(join(root, "tests/cases/large-5000", name), "utf8"));
const [request, expected] = [file("request.json"), file("expected.json")];

const server = await startServer();
try {
  const reviewer = await prepared(server.url);
  const runs = [];
  for (let n = 0; n < REPETITIONS; n += 1) runs.push(await measured(server.url, reviewer.cookies));
  const each = (name) => runs.map((run) => run[name]);
  reportTimes(PART, "data arrived → list, marks and sums painted, main thread free", each("interactive"), 1_500);
  reportTimes(PART, "press on a remark → its thread and its cell, with the columns, painted", each("gone"));
  reportTimes(PART, "key of a cut of all 4 980 lines → its total painted", runs.flatMap((run) => run.keys));
} finally {
  await server.stop();
}

// The large request, handed over and taken, with its threads published.
async function prepared(url) {
  const [filler, approver, reviewer] = await Promise.all(
    ["ecology.filler", "ecology.approver", "bureau.reviewer"].map((account) => signIn(url, account)),
  );
  await fill(filler, REQUEST, request);
  const refused = await tell(filler, "submit").catch(({ problem }) => problem);
  await filler.post(`/api/requests/${REQUEST}/operations`, { ops: [{ id: "reasons", changes: refused.findings.map(reason) }] });
  await tell(filler, "submit");
  await tell(approver, "department_approve");
  await tell(reviewer, "bureau_take");
  await reviewer.post(`/api/requests/${REQUEST}/review`, { operation: "threads", acts: threads(), published: [] });
  return reviewer;
}

async function tell(person, verb) {
  const { case: now } = await (await person.get(`/api/requests/${REQUEST}`)).json();
  const body = { operation: `do-${verb}-${now.revision}`, seen: now.revision, command: { verb } };
  return person.post(`/api/requests/${REQUEST}/transitions`, body);
}

// The written reason for which a warning passes, as the page would write it.
function reason({ rule, form, table, row, field, about }, n) {
  const key = [rule, table ?? form, row ?? "", field ?? "", about ?? ""].join("|");
  const id = `j${createHash("sm3").update(key).digest("hex").slice(0, 24)}`;
  const cells = { finding: key, reason: "设备在保，列入清单仅供核对。" };
  return { insert_row: { table: "justifications", row: id, rank: (n + 1) * 1_048_576, cells } };
}

// Every other one a cut of 10.00 元, the rest remarks on the basis, spread over the lines that ask for enough.
function threads() {
  const asking = request.budget_request.hardware.filter(({ id }) => Number(expected.computed.hardware[id].amount) >= 10);
  const step = Math.floor(asking.length / THREADS);
  return Array.from({ length: THREADS }, (_, n) => {
    const [row, thread] = [asking[n * step].id, `t${n}`];
    if (n % 2) {
      const anchor = { on: "cell", table: "hardware", row, field: "basis" };
      return { act: "raise", thread, anchor, kind: "must_fix", text: `请补充第 ${n} 号明细的测算依据和合同。` };
    }
    const lines = [{ thread, table: "hardware", row }];
    return { act: "cut", lines, how_much: { amount: 1_000 }, total: 1_000, reason: "over_standard", article: 4, text: "" };
  });
}

async function measured(url, cookies) {
  const browser = await launch();
  try {
    const page = await newPage(browser, { width: 1920, height: 1080 });
    await page.context().addCookies(cookies);
    await page.addInitScript(PROBE);
    await page.goto(`${url}/requests/${REQUEST}`, { waitUntil: "commit" });
    const interactive = await opened(page);
    await idle(page, 500);
    const gone = await remark(page);
    return { interactive, gone, keys: await cut(page) };
  } finally {
    await browser.close();
  }
}

// The list is whole, and a task queued after that frame has had its turn.
async function opened(page) {
  const listed = [{ find: '[data-count="threads"]', figure: String(THREADS) }, { find: `.rv-list li:nth-child(${THREADS})` }];
  const cuts = [{ find: '.rv-sums [data-total="total:cut"]', figure: ((THREADS / 2) * 10).toFixed(2) }];
  await begin(page, undefined, [...listed, ...cuts]);
  const shown = await ended(page);
  const data = [`/api/requests/${REQUEST}`, `/api/requests/${REQUEST}/review`];
  const free = await page.evaluate(() => new Promise((done) => setTimeout(() => done(performance.now()))));
  const arrived = await page.evaluate((data) => Math.max(...data.map(omfundProbe.arrived)), data);
  return Math.max(shown.from + shown.paint, free) - arrived;
}

// Presses a remark far down: its thread, and its row in the grid with what is cut of it.
async function remark(page) {
  const item = page.locator(".rv-list li").nth(THREADS - 2).locator("button");
  const id = await item.getAttribute("data-thread");
  await item.scrollIntoViewIfNeeded();
  await idle(page, 200);
  await begin(page, "click", [{ find: `.rv-thread[data-thread="${id}"]` }, { find: '[data-field="approved"][data-row]' }]);
  await item.click();
  return (await ended(page)).paint;
}

// A share cut of every line shown, typed: 1 %, 12 %, 1 %, 15 %.
async function cut(page) {
  await page.locator('[data-review="cut"]').click();
  await page.locator('[data-cut="all"]').check();
  await page.locator('[data-cut="much"]').focus();
  const keys = [];
  for (const [key, percent] of [["1", 1n], ["2", 12n], ["Backspace", 1n], ["5", 15n]]) {
    await idle(page, 300);
    await begin(page, "keydown", [{ find: '.rv-sums [data-total="total:cut"]', figure: cutBy(percent) }]);
    await page.keyboard.press(key);
    keys.push((await ended(page)).paint);
  }
  return keys;
}

// What stands cut of the whole with this share of what is left of each line, half-up to the 分.
function cutBy(percent) {
  const fen = (text) => BigInt(text.replace(".", ""));
  const taken = new Map(threads().flatMap((act) => (act.act === "cut" ? [[act.lines[0].row, BigInt(act.total)]] : [])));
  const sum = request.budget_request.hardware.reduce((sum, { id }) => {
    const standing = taken.get(id) ?? 0n;
    const left = fen(expected.computed.hardware[id].amount) - standing;
    return sum + standing + (left * percent + 50n) / 100n;
  }, 0n);
  return `${sum / 100n}.${String(sum % 100n).padStart(2, "0")}`;
}

function begin(page, type, checks) {
  return page.evaluate((wanted) => void omfundProbe.begin(wanted), { type, checks, timeout: LATE_MS });
}
