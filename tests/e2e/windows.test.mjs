// Many windows at once: a browser keeps six connections to a server, and however many windows are open, each is read, typed
// in and saved; the ones last in front hear of each other at once.

import assert from "node:assert/strict";
import { test } from "node:test";
import { enter, header, saved } from "./request_page.mjs";
import { browser, server } from "./started.mjs";

const WINDOWS = 8;

// The streams a window has open, as it asked for them: one EventSource at most.
async function counted(context) {
  await context.addInitScript(() => {
    window.streams = [];
    const Real = window.EventSource;
    window.EventSource = function (url) {
      const source = new Real(url);
      window.streams.push(source);
      return source;
    };
    Object.assign(window.EventSource, { CONNECTING: 0, OPEN: 1, CLOSED: 2 });
  });
}

const listening = (page) => page.evaluate(() => window.streams.filter((s) => s.readyState !== 2).map((s) => s.url));

// As when its title is pressed: without a screen every window counts as the one in front, and none is told.
const toFront = (page) => page.evaluate(() => window.dispatchEvent(new Event("focus")));

const shows = (page, text) =>
  page.waitForFunction((text) => document.querySelector('[data-field="contact"]').value === text, text);

async function type(page, text) {
  await header(page, "contact").click();
  await page.keyboard.press("Control+a");
  await page.keyboard.type(text);
  await page.keyboard.press("Tab");
}

test("eight windows of one browser: each opens, types and saves", async () => {
  const first = await enter(browser, server, "water.filler", "/requests/water-2024");
  await header(first, "contact").waitFor();
  await counted(first.context());
  const pages = [first];
  for (let n = 1; n < WINDOWS; n += 1) {
    const page = await first.context().newPage();
    page.setDefaultTimeout(30_000);
    await page.goto(`${server.url}/requests/water-2024`);
    await header(page, "contact").waitFor();
    await page.locator('[data-act="notices"]').waitFor();
    pages.push(page);
  }
  let before = await header(first, "contact").inputValue();
  for (const [n, page] of pages.entries()) {
    await toFront(page);
    await shows(page, before);
    before = `窗口${n}`;
    await type(page, before);
    await saved(page);
  }
  // Whoever is in front hears what is typed in another window.
  const [other, front] = pages.slice(-2);
  await type(other, "最后一句");
  await shows(front, "最后一句");
  const streams = await Promise.all(pages.slice(1).map(listening));
  assert.ok(streams.every((own) => own.length <= 1), JSON.stringify(streams));
  assert.ok(streams.flat().length <= 4, JSON.stringify(streams));
  assert.match(streams.at(-1)[0], /\/api\/live\?since=[\d.]*&request=water-2024&after=\d+/);
});

test("a window left behind catches up when it comes to the front", async () => {
  const first = await enter(browser, server, "water.approver", "/requests/water-2024");
  await header(first, "contact").waitFor();
  await counted(first.context());
  const behind = await first.context().newPage();
  await behind.goto(`${server.url}/requests/water-2024`);
  await behind.locator('[data-act="notices"]').waitFor();
  // Four others were in front since.
  await first.evaluate(() => ["a", "b", "c", "d"].forEach((name) => localStorage.setItem("omfund.front", name)));
  await behind.waitForFunction(() => window.streams.every((source) => source.readyState === 2));
  const filler = await enter(browser, server, "water.filler", "/requests/water-2024");
  await type(filler, "错过的话");
  await saved(filler);
  await toFront(behind);
  await shows(behind, "错过的话");
});
