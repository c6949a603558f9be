// The grid by keyboard alone and as a screen reader finds it: ways in and out, rows made by keys, names and order.

import assert from "node:assert/strict";
import { press, test } from "./harness.mjs";
import { cell as cellOf, gridInput, openAs, openSection, paste } from "./request_page.mjs";

const TABLE = "hardware";

// The filler's browser with the table open and the cursor in its first cell.
async function openTable(world) {
  const page = await openAs(world, "water.filler", "/requests/water-2024", { width: 1920, height: 900 });
  await openSection(page, TABLE);
  await page.locator(`[data-grid="${TABLE}"] [role=gridcell]`).first().waitFor();
  await gridInput(page, TABLE).focus();
  await press(page, "Escape", "Control+Home");
  return page;
}

const cell = (page, row, field) => cellOf(page, TABLE, row, field);

// Row and field of the active cell.
function cursor(page) {
  return page
    .locator(`[data-grid="${TABLE}"] .grid-cell.cursor`)
    .evaluate((cell) => `${cell.parentElement.dataset.rowIndex} ${cell.dataset.field}`);
}

function rowCount(page) {
  return page.locator(`[data-grid="${TABLE}"] [data-grid-count="rows"]`).textContent();
}

function heading(page, label) {
  return page.locator(`[data-grid="${TABLE}"] [role=columnheader]`, { hasText: label });
}

test("Shift+Tab leaves the grid after Escape, as Tab does", async (world) => {
  const page = await openTable(world);
  await press(page, "Control+Home", "ArrowDown", "Escape", "Shift+Tab");
  assert.equal(await page.evaluate((table) => document.activeElement.dataset.gridInput === table, TABLE), false);
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "BUTTON");
  assert.equal(await cursor(page), "1 system");
});

test("Enter below the last row makes a row, and typing into an empty table makes the first", async (world) => {
  const page = await openTable(world);
  await press(page, "Control+End", "Enter");
  assert.equal(await rowCount(page), "65 行");
  assert.equal(await cursor(page), "64 system");
  await press(page, "Enter");
  assert.equal(await rowCount(page), "65 行", "an empty last row is not followed by another");
  await press(page, "Control+z", "Control+a", "Control+Minus");
  assert.equal(await rowCount(page), "0 行");
  await page.keyboard.type("海");
  await press(page, "Escape");
  assert.equal(await rowCount(page), "1 行");
  await press(page, "Control+z", "Control+z");
  assert.equal(await rowCount(page), "64 行");
});

test("a row keeps its own number however the rows are sorted", async (world) => {
  const page = await openTable(world);
  const numbers = () =>
    page.locator(`[data-grid="${TABLE}"] .grid-body [role=row]`).evaluateAll((rows) =>
      rows
        .toSorted((a, b) => a.dataset.rowIndex - b.dataset.rowIndex)
        .slice(0, 8)
        .map((row) => `${row.querySelector("[role=rowheader]").textContent} ${row.querySelector("[data-field=name]").textContent}`),
    );
  const before = await numbers();
  assert.deepEqual(before.map((text) => Number(text.split(" ")[0])), [1, 2, 3, 4, 5, 6, 7, 8]);
  await heading(page, "设备名称").click();
  await heading(page, "设备名称").click();
  const sorted = await numbers();
  assert.notDeepEqual(sorted, before);
  await cell(page, 0, "name").click();
  const [number] = sorted[0].split(" ");
  const spoken = await gridInput(page, TABLE).getAttribute("aria-label");
  assert.ok(spoken.startsWith(`设备名称，第 ${number} 行，`), spoken);
});

test("the input names the value of the cell and what is wrong with it", async (world) => {
  const page = await openTable(world);
  const spoken = () => gridInput(page, TABLE).getAttribute("aria-label");
  await cell(page, 2, "name").click();
  const name = await cell(page, 2, "name").textContent();
  assert.equal(await spoken(), `设备名称，第 3 行，${name}`);
  await press(page, "Delete", "ArrowDown", "ArrowUp");
  assert.match(await spoken(), /^设备名称，第 3 行，错误：./);
});

test("after scrolling the page reads rows and cells in their order", async (world) => {
  const page = await openTable(world);
  await press(page, "Control+End");
  await page.waitForFunction((table) => {
    const rows = [...document.querySelectorAll(`[data-grid="${table}"] .grid-body [role=row]`)];
    const rising = (numbers) => numbers.every((number, at) => at === 0 || numbers[at - 1] < number);
    const cells = (row) => [...row.children].map((cell) => Number(cell.getAttribute("aria-colindex")));
    const last = rows.at(-1)?.getAttribute("aria-rowindex");
    return last === "65" && rising(rows.map((row) => Number(row.dataset.rowIndex))) && rows.every((row) => rising(cells(row)));
  }, TABLE);
});
