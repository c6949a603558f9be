// How cost grows: the bench form with 5 000 and with 50 000 lines, in one run. Opened, typed into, scrolled to its end
// and validated.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { launch, newPage } from "../e2e/harness.mjs";
import { Declaration } from "./declaration.mjs";
import { median, report, reportTimes, root } from "./figures.mjs";
import { begin, ended, idle, point, PROBE, reveal, type } from "./page.mjs";
import { scroll } from "./strain.mjs";

const REPETITIONS = Number(process.env.OMFUND_BENCH_REPETITIONS ?? 5);
const SIZES = [5_000, 50_000];
const MOST_GROWTH = 1.1;
const CYCLES = 6;
const VALIDATIONS = 5;
// Narrow enough to scroll along both axes.
const WINDOW = { width: 900, height: 900 };
// A price that makes the line want its basis and the total exceed the ceiling.
const TOO_MUCH = "1234";
const PAGE = join(root, "target/peer_form");
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".wasm": "application/wasm" };

const served = await serve();
try {
  const runs = SIZES.map(() => []);
  for (let n = 0; n < REPETITIONS; n += 1) {
    // One after the other, so that what else the machine does falls on both.
    for (const [at, rows] of SIZES.entries()) runs[at].push(await once(rows, n === 0));
  }
  tell(runs);
} finally {
  served.close();
}

async function once(rows, whole) {
  const browser = await launch();
  try {
    const page = await newPage(browser, WINDOW);
    await page.addInitScript(PROBE);
    const cdp = await page.context().newCDPSession(page);
    await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
    const apart = new Declaration(rows);
    const [, , total] = apart.shown();
    const first = [{ find: '[data-total="total"]', figure: total }, { find: '[data-row="r1"]' }];
    await page.addInitScript((checks) => void omfundProbe.begin({ checks, timeout: 20_000 }), first);
    await page.goto(`${served.url}?n=${rows}`, { waitUntil: "commit" });
    const opened = await ended(page);
    await idle(page, 500);
    const result = { ready: opened.from + opened.paint };
    if (whole) result.scrolled = await scroll(page, cdp, apart.table);
    await reveal(page, apart);
    await point(page, apart, apart.field);
    result.keys = await type(page, cdp, apart, CYCLES);
    result.validated = await validate(page, cdp, apart);
    result.elements = await page.evaluate(() => document.querySelectorAll("*").length);
    if (whole) result.end = await toTheEnd(page, apart);
    if (page.troubles.length) throw new Error(`the page said: ${page.troubles.join("; ")}`);
    return result;
  } finally {
    await browser.close();
  }
}

// Everything judged anew, with two errors to be found.
async function validate(page, cdp, apart) {
  await page.keyboard.press("Escape");
  await page.keyboard.type(TOO_MUCH);
  apart.type_price(TOO_MUCH);
  await idle(page, 100);
  const times = [];
  for (let n = 0; n < VALIDATIONS; n += 1) {
    const [took, errors] = await page.evaluate(() => {
      const before = performance.now();
      __bench.validateAll();
      return [performance.now() - before, document.querySelector('[data-count="error"]').textContent];
    });
    if (errors !== "2") throw new Error(`${errors} errors were found instead of 2`);
    times.push(took);
    await idle(page, 100);
  }
  return times;
}

// The last line at the lower edge, its cells below their headings and its figures right; what is wrong otherwise.
async function toTheEnd(page, apart) {
  const { row, amount } = apart.last();
  await page.evaluate((table) => {
    const viewport = document.querySelector(`[data-viewport="${table}"]`);
    viewport.scrollTop = viewport.scrollHeight;
    viewport.scrollLeft = viewport.scrollWidth;
  }, apart.table);
  await idle(page, 200);
  return page.evaluate(
    ({ table, row, amount, rows }) => {
      const viewport = document.querySelector(`[data-viewport="${table}"]`);
      const cells = [...viewport.querySelectorAll(`[data-row="${row}"]`)];
      if (!cells.length) return "the last line is not there";
      const edge = (element, side) => element.getBoundingClientRect()[side];
      const below = edge(cells[0].parentElement, "bottom") - (edge(viewport, "top") + viewport.clientTop + viewport.clientHeight);
      if (Math.abs(below) > 1) return `the last line ends ${below} px below the edge`;
      const headings = [...viewport.querySelectorAll("[role=columnheader]")];
      const heading = (cell) => headings.find((other) => other.ariaColIndex === cell.ariaColIndex);
      const aside = cells.find((cell) => Math.abs(edge(cell, "left") - edge(heading(cell), "left")) > 1);
      if (aside) return `${aside.dataset.field} is not below its heading`;
      const index = cells[0].parentElement.dataset.rowIndex;
      if (index !== String(rows - 1)) return `the last line is number ${index}`;
      const shown = viewport.querySelector(`[data-total="row:${row}:amount"]`)?.textContent.replaceAll(",", "");
      return shown === amount ? "" : `the last line's amount is ${shown} instead of ${amount}`;
    },
    { table: apart.table, row, amount, rows: apart.rows },
  );
}

function tell(runs) {
  const [small, large] = runs;
  const count = (rows) => String(rows).replace(/\B(?=(\d{3})+$)/g, " ");
  const named = SIZES.map((rows) => `Bench form, ${count(rows)} lines`);
  const keys = (of, name) => of.flatMap((run) => run.keys.map((key) => key[name]));
  for (const [at, of] of runs.entries()) {
    const part = named[at];
    reportTimes(part, "navigation → table and total painted, editable", of.map((run) => run.ready));
    reportTimes(part, "key → DOM of row amount and grand total", keys(of, "dom"));
    reportTimes(part, "key → paint", keys(of, "paint"));
    reportTimes(part, "main-thread CPU per key", keys(of, "cpu"));
    reportTimes(part, "validate all: every field and rule of every line", of.flatMap((run) => run.validated));
    const [{ scrolled, end, elements }] = of;
    const seen = `${scrolled.blank} of ${scrolled.frames} frames, ${scrolled.longestBlank} in a row; longest frame ${scrolled.longest.toFixed(1)} ms`;
    report(part, "scroll at 5 000 px/s, down, right and back: frames with a blank cell", "≤ 1 in a row", seen, scrolled.longestBlank <= 1);
    report(part, "the last line: reached, below its headings, its amount exact", "yes", end || "yes", !end);
    report(part, "DOM elements", "≤ 3 000", String(elements), elements <= 3_000);
  }
  const growth = median(keys(large, "cpu")) / median(keys(small, "cpu"));
  const target = `≤ ${MOST_GROWTH.toFixed(2)} ×`;
  report(named[1], "CPU per key, against a tenth of the lines", target, `${growth.toFixed(3)} ×`, growth <= MOST_GROWTH);
}

function serve() {
  const answering = createServer(async (asked, answer) => {
    const path = new URL(asked.url, "http://bench").pathname;
    const file = join(PAGE, path === "/" ? "index.html" : path);
    try {
      const content = await readFile(file);
      answer.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(content);
    } catch {
      answer.writeHead(404).end();
    }
  });
  return new Promise((resolve) => {
    answering.listen(0, "127.0.0.1", () => {
      resolve({ url: `http://127.0.0.1:${answering.address().port}/`, close: () => answering.close() });
    });
  });
}
