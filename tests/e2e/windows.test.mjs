// Many windows at once: a browser opens at most six connections to a server, and still every window reads, types and saves; the
// ones last in front receive live updates.

import assert from "node:assert/strict";
import { test } from "./harness.mjs";
import { headerField, openAs, waitForSaveState } from "./request_page.mjs";

const WINDOWS = 8;

// Records the streams that each further window of a context opens.
async function recordStreams(context) {
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

const openStreams = (page) => page.evaluate(() => window.streams.filter((s) => s.readyState !== 2).map((s) => s.url));

// As clicking its title bar does: headless, every window counts as focused and none gets the event.
const bringToFront = (page) => page.evaluate(() => window.dispatchEvent(new Event("focus")));

const waitForContact = (page, text) =>
  page.waitForFunction((text) => document.querySelector('[data-field="contact"]').value === text, text);

async function typeContact(page, text) {
  await headerField(page, "contact").click();
  await page.keyboard.press("Control+a");
  await page.keyboard.type(text);
  await page.keyboard.press("Tab");
}

test("eight windows of one browser: each opens, types and saves", async (world) => {
  const first = await openAs(world, "water.filler", "/requests/water-2024");
  await headerField(first, "contact").waitFor();
  await recordStreams(first.context());
  const pages = [first];
  for (let n = 1; n < WINDOWS; n += 1) {
    const page = await first.context().newPage();
    await page.goto(`${world.server.url}/requests/water-2024`);
    await headerField(page, "contact").waitFor();
    await page.locator('[data-act="notices"]').waitFor();
    pages.push(page);
  }
  let before = await headerField(first, "contact").inputValue();
  for (const [n, page] of pages.entries()) {
    await bringToFront(page);
    await waitForContact(page, before);
    before = `窗口${n}`;
    await typeContact(page, before);
    await waitForSaveState(page);
  }
  // The window in front receives what is typed in another.
  const [other, front] = pages.slice(-2);
  await typeContact(other, "最后一句");
  await waitForContact(front, "最后一句");
  const streams = await Promise.all(pages.slice(1).map(openStreams));
  assert.ok(streams.every((own) => own.length <= 1), JSON.stringify(streams));
  assert.ok(streams.flat().length <= 4, JSON.stringify(streams));
  assert.match(streams.at(-1)[0], /\/api\/live\?since=[\d.]*&request=water-2024&after=\d+/);
});

test("a window left behind catches up when it comes to the front", async (world) => {
  const first = await openAs(world, "water.approver", "/requests/water-2024");
  await headerField(first, "contact").waitFor();
  await recordStreams(first.context());
  const behind = await first.context().newPage();
  await behind.goto(`${world.server.url}/requests/water-2024`);
  await behind.locator('[data-act="notices"]').waitFor();
  // Four other windows have been in front since.
  await first.evaluate(() => ["a", "b", "c", "d"].forEach((name) => localStorage.setItem("omfund.front", name)));
  await behind.waitForFunction(() => window.streams.every((source) => source.readyState === 2));
  const filler = await openAs(world, "water.filler", "/requests/water-2024");
  await typeContact(filler, "错过的话");
  await waitForSaveState(filler);
  await bringToFront(behind);
  await waitForContact(behind, "错过的话");
});
