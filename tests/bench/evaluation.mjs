// The page of a self-evaluation with 300 indicators on a processor four times slower: from a key to the frame that shows it, one
// key at a time and at the pace of a person, whose next key may come while the form is judged.

import { setTimeout as sleep } from "node:timers/promises";
import { launch, newPage, startServer } from "../e2e/harness.mjs";
import { reportTimes } from "./figures.mjs";
import { signIn } from "./filling.mjs";
import { idle, press, PROBE } from "./page.mjs";

const part = "Performance page, 300 indicators";
const REPETITIONS = Number(process.env.OMFUND_BENCH_REPETITIONS ?? 3);
const INDICATORS = 300;
const SLOWER = 4;
const TODAY = "2024-01-20";
const [REQUEST, CASE] = ["approved-bench-2023", "self-bench-2023"];
// A row is typed digit by digit, then the next.
const DIGITS = "1234567890";
const ROWS = 5;
// Milliseconds between two keys; judging begins 300 ms after a key, so that the last of these meets it.
const PACES = [80, 120, 150, 320];
const MOST_MS = 33;

const server = await startServer({ args: ["--today", TODAY] });
try {
  const site = await begin(server.url);
  const runs = [];
  for (let n = 0; n < REPETITIONS; n += 1) runs.push(await once(site));
  publish(runs);
} finally {
  await server.stop();
}

// Finance approves a request with so many indicators, the bureau opens its evaluation, the department fills it in.
async function begin(url) {
  const [leader, reviewer] = [await signIn(url, "finance.leader"), await signIn(url, "bureau.reviewer")];
  const targets = Array.from({ length: INDICATORS }, (_, n) => ({
    id: `t${n + 1}`,
    level1: "产出",
    level2: n % 2 ? "数量" : "质量",
    name: `第${n + 1}项运维指标`,
    nature: "定量",
    operator: "≥",
    value: "1000000",
    unit: "次",
    weight: "0.3",
    scoring: "比例",
  }));
  const approved = { number: "晋财行〔2023〕99号", requested: "1000000.00", targets };
  const lines = [{ id: "l1", category: "software", name: "运维", amount: "1000000.00" }];
  await give(leader, REQUEST, "request", { verb: "approve", year: 2023, department: "ecology", lines, ...approved });
  await give(reviewer, CASE, "self_evaluation", { verb: "open", request: REQUEST });
  const filler = await signIn(url, "ecology.filler");
  return { url: `${url}/money-cases/${CASE}`, cookies: filler.cookies };
}

function give(person, request, kind, command) {
  const operation = `bench-${kind}-${command.verb}`;
  return person.post(`/api/requests/${request}/transitions`, { operation, seen: 0, kind, command });
}

async function once(site) {
  const browser = await launch();
  try {
    const page = await newPage(browser, { width: 1920, height: 1080 });
    await page.context().addCookies(site.cookies);
    await page.addInitScript(PROBE);
    const cdp = await page.context().newCDPSession(page);
    await page.goto(site.url, { waitUntil: "commit" });
    await page.locator('[data-viewport="indicators"] [data-row="t1"]').first().waitFor();
    await idle(page, 1_000);
    await cdp.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
    const rows = Array.from({ length: ROWS }, (_, n) => `t${n + 1}`);
    const alone = await typed(page, cdp, rows, null);
    const paced = [];
    for (const pace of PACES) paced.push(await typed(page, cdp, rows, pace));
    const judged = await judgings(page, cdp);
    if (page.troubles.length) throw new Error(`trouble on the page: ${page.troubles.join("; ")}`);
    return { alone, paced, judged };
  } finally {
    await browser.close();
  }
}

// Types over the 实际完成值 of these rows; each key once the one before is painted, or at a pace.
async function typed(page, cdp, rows, pace) {
  const paints = [];
  for (const row of rows) {
    await page.locator(`[data-table="indicators"][data-row="${row}"][data-field="actual"]`).click();
    // Judged, painted and at rest before the first key.
    await idle(page, 600);
    const texts = [...DIGITS].map((_, n) => DIGITS.slice(0, n + 1));
    await page.evaluate((texts) => void omfundProbe.follow(texts), texts);
    const sent = [];
    const began = performance.now();
    for (const [n, key] of [...DIGITS].entries()) {
      if (pace) await sleep(Math.max(0, began + n * pace - performance.now()));
      sent.push(press(cdp, key));
      if (!pace) {
        await page.evaluate((n) => omfundProbe.painted[n], n);
        await idle(page, 30);
      }
    }
    await Promise.all(sent);
    paints.push(...(await page.evaluate(() => Promise.all(omfundProbe.painted))));
  }
  return paints;
}

// From a key to the frame that shows the total it comes to.
async function judgings(page, cdp) {
  const times = [];
  for (let row = 11; row <= 20; row += 1) {
    await page.locator(`[data-table="indicators"][data-row="t${row}"][data-field="actual"]`).click();
    await idle(page, 600);
    await page.evaluate(() => void omfundProbe.changed("keydown", '[data-fact="total"]'));
    await press(cdp, "9");
    await press(cdp, "9");
    await press(cdp, "9");
    await press(cdp, "9");
    await press(cdp, "9");
    times.push(await page.evaluate(() => omfundProbe.result));
  }
  return times;
}

function publish(runs) {
  const all = (pick) => runs.flatMap(pick);
  reportTimes(part, "key → paint on a processor 4 × slower, one key at a time", all((run) => run.alone), MOST_MS);
  for (const [at, pace] of PACES.entries()) {
    const what = `key → paint on a processor 4 × slower, a key each ${pace} ms`;
    reportTimes(part, what, all((run) => run.paced[at]), MOST_MS);
  }
  reportTimes(part, "last key → total of the form painted on a processor 4 × slower, 300 ms of rest included", all((run) => run.judged));
}
