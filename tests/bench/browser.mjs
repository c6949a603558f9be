// The request page with the large request, in Chromium, beside a page written by hand (limit.html): time from a key to
// the figures it changes, opening and pasting.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { startServer } from "../e2e/harness.mjs";
import { fill, signIn } from "./filling.mjs";
import { longDay } from "./memory.mjs";
import { median, report, reportTimes, root, spread } from "./figures.mjs";
import { ended, idle, measure } from "./page.mjs";
import { strain } from "./strain.mjs";

const REPETITIONS = Number(process.env.OMFUND_BENCH_REPETITIONS ?? 5);
const CYCLES = 6;
const REQUEST = "bench-large";
const part = "Page, large-5000";
const { Large } = await import(join(root, "target/parity/parity.js"));
const file = (name) => readFileSync(join(root, "tests/cases/large-5000", name), "utf8");
const [request, expected] = [file("request.json"), JSON.parse(file("expected.json"))];

// The request in the engine alone.
class Apart extends Large {
  table = "hardware";
  field = "unit_value";
}

const limit = await serveLimit();
try {
  const [page, byHand] = [[], []];
  for (let n = 0; n < REPETITIONS; n += 1) {
    page.push(await onFreshServer({ cycles: CYCLES }));
    byHand.push(await measure({ url: limit.url, data: "/limit.json" }, new Apart(request), { cycles: CYCLES }));
  }
  compare(page, byHand);
  underStrain(await onFreshServer({ instead: strain }));
  usedForLong(await onServer(async (url) => longDay(await fillLarge(url))));
} finally {
  limit.close();
}

// What one repetition types must not be there in the next.
function onFreshServer(how) {
  return onServer(async (url) => measure(await fillLarge(url), new Apart(request), how));
}

async function onServer(use) {
  const server = await startServer();
  try {
    return await use(server.url);
  } finally {
    await server.stop();
  }
}

// A demonstration department's filler opens a request and types the whole document, through the API.
async function fillLarge(url) {
  const filler = await signIn(url, "ecology.filler");
  await fill(filler, REQUEST, JSON.parse(request));
  return {
    url: `${url}/requests/${REQUEST}`,
    data: `/api/requests/${REQUEST}`,
    cookies: filler.cookies,
    undoes: true,
    table: showTable,
  };
}

// Goes to the hardware lines by the task list, to the first frame that shows rows; then makes room for all columns.
async function showTable(page, begin) {
  await begin("click", [{ find: '[data-grid-input="hardware"]:not([readonly])' }, { find: '[data-table="hardware"][data-row]' }]);
  await page.locator('[data-section="hardware"]').click();
  const shown = await ended(page);
  await page.getByRole("button", { name: "收起", exact: true }).click();
  await idle(page, 200);
  return shown;
}

// limit.html with the same rows; what the other tables add to the total is a constant there.
function serveLimit() {
  const cents = (text) => Number(text.replace(".", ""));
  const rows = JSON.parse(request).budget_request.hardware;
  const ofTable = rows.reduce((sum, { id }) => sum + cents(expected.computed.hardware[id].amount), 0);
  const pages = {
    "/": ["text/html; charset=utf-8", readFileSync(join(root, "tests/bench/limit.html"))],
    "/limit.json": ["application/json", JSON.stringify({ rows, rest: cents(expected.total) - ofTable })],
  };
  const answering = createServer((asked, answer) => {
    const [type, body] = pages[asked.url] ?? ["text/plain", ""];
    answer.writeHead(body ? 200 : 404, { "content-type": type }).end(body);
  });
  return new Promise((resolve) => {
    answering.listen(0, "127.0.0.1", () => {
      resolve({ url: `http://127.0.0.1:${answering.address().port}/`, close: () => answering.close() });
    });
  });
}

function underStrain({ scrolled, slow }) {
  const { frames, blank, longestBlank, longest } = scrolled;
  const seen = `${blank} of ${frames} frames, ${longestBlank} in a row; longest frame ${longest.toFixed(1)} ms`;
  report(part, "scroll at 5 000 px/s, down, right and back: frames with a blank cell", "≤ 1 in a row", seen, longestBlank <= 1);
  reportTimes(part, "key → paint on a processor 4 × slower", slow.map(({ paint }) => paint), 100);
}

function usedForLong({ edited, reopened }) {
  const grown = (what, { before, after }) => {
    const shown = `${before.toFixed(1)} → ${after.toFixed(1)} MB`;
    report(part, `memory of the page's process after ${what}`, "growth < 5 %", shown, after < before * 1.05);
  };
  grown("100 → 1 000 more edits, each taken back", edited);
  grown("3 → 20 more openings of the request", reopened);
}

function compare(page, byHand) {
  const each = (runs, pick) => runs.map(pick);
  const keys = (runs, name) => runs.flatMap((run) => run.keys.map((key) => key[name]));
  const ratio = (what, ours, theirs) => {
    report(part, `${what}, against the limit`, "–", `${(median(ours) / median(theirs)).toFixed(2)} × (limit: ${spread(theirs)})`);
  };
  const opened = each(page, (run) => run.opened + run.table);
  reportTimes(part, "open: data arrived → first editable field painted", each(page, (run) => run.opened));
  reportTimes(part, "task list → table of 4 980 rows painted, editable", each(page, (run) => run.table));
  reportTimes(part, "open, both together", opened, 1_000);
  ratio("open", opened, each(byHand, (run) => run.opened));
  reportTimes(part, "navigation → first editable field, cold", each(page, (run) => run.editable));
  reportTimes(part, "key → paint of row amount and grand total", keys(page, "paint"), 33);
  ratio("key → paint", keys(page, "paint"), keys(byHand, "paint"));
  reportTimes(part, "key → DOM", keys(page, "dom"));
  ratio("key → DOM", keys(page, "dom"), keys(byHand, "dom"));
  reportTimes(part, "main-thread CPU per key", keys(page, "cpu"));
  ratio("CPU per key", keys(page, "cpu"), keys(byHand, "cpu"));
  reportTimes(part, "script per key", keys(page, "script"));
  const elements = Math.max(...each(page, (run) => run.elements));
  report(part, "DOM elements", "≤ 3 000", String(elements), elements <= 3_000);
  reportTimes(part, "paste 1 000 × 10: Ctrl+V → totals painted", each(page, (run) => run.pasted.paint), 400);
  ratio("paste", each(page, (run) => run.pasted.paint), each(byHand, (run) => run.pasted.paint));
  reportTimes(part, "undo of that paste: Ctrl+Z → totals painted", each(page, (run) => run.undone.paint));
  const troubles = [...new Set(page.flatMap((run) => run.troubles))];
  if (troubles.length) console.error(`the page said: ${troubles.slice(0, 3).join("; ")}`);
}
