// Chromium, and what goes wrong on its pages.

import { chromium } from "playwright-core";
import { watch } from "./watch.mjs";

export const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

// A debug build on a busy machine is slow; a wait ends with the state it waits for, not with time.
const TIMEOUT_MS = 30_000;

// A visitor's first request, who is signed in, is answered 401, which Chromium reports as an error.
const VISITOR = /status of 401 \(Unauthorized\) \[\S+\/api\/me\]$/;

// What Chromium and the web app report of a download that leaving the page has cancelled. It is left by an
// address, a reload or signing out.
const CANCELLED = [
  /^(page|console) error: TypeError: Failed to fetch\s+at \S+\/assets\/chunks-/,
  /WebAssembly compilation aborted: Network error: Response body loading was aborted/,
  /Failed to load resource: net::ERR_ABORTED/,
];

// A Chromium with a fresh profile. Close it when done.
export function launch() {
  const executablePath = process.env.OMFUND_CHROMIUM ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, args: flags });
}

// A context with cookies and storage of its own. `context.troubles` collects what goes wrong on its pages: script errors, console
// errors (what the content security policy blocks is one), answers of status 500 and above, crashes, and what `watch.mjs` notices.
export async function newContext(browser, { width = 1280, height = 800, ...options } = {}) {
  const context = await browser.newContext({
    viewport: { width, height },
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
    ...options,
  });
  context.setDefaultTimeout(TIMEOUT_MS);
  context.troubles = [];
  const report = (text) => {
    if (!VISITOR.test(text)) context.troubles.push(text);
  };
  context.on("weberror", (web) => report(`page error: ${web.error().stack ?? web.error()}`));
  context.on("console", (message) => {
    if (message.type() === "error") report(`console error: ${message.text()} [${message.location().url}]`);
  });
  context.on("response", (response) => {
    if (response.status() >= 500) report(`status ${response.status()}: ${response.request().method()} ${response.url()}`);
  });
  await watch(context, report);
  context.on("requestfailed", (request) => {
    if (request.failure()?.errorText === "net::ERR_ABORTED") context.hasCancelled = true;
  });
  context.on("page", (page) => page.on("crash", () => report(`crash: ${page.url()}`)));
  return context;
}

// What went wrong on the pages of a context, without what came of downloads it cancelled itself.
export function troublesOf(context) {
  const isCancelled = (trouble) => context.hasCancelled && CANCELLED.some((pattern) => pattern.test(trouble));
  return context.troubles.filter((trouble) => !isCancelled(trouble));
}

// The first page of a context of its own.
export async function newPage(browser, options) {
  const context = await newContext(browser, options);
  const page = await context.newPage();
  page.troubles = context.troubles;
  return page;
}

// Leaves what a page shows for another address, or loads it anew without one.
export async function leaveFor(page, url) {
  await (url ? page.goto(url) : page.reload());
}
