// The request page as a person uses it: its parts, its fields, its grids, and the worked case as a spreadsheet has it.
//
// Apart from the harness because it knows the product; the journeys read as what is done, not as where it is.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { newPage, root, signIn } from "./harness.mjs";

export const PASSWORD = "yunwei-2024";
// A debug build on a busy machine is slow; what is waited for is the state, never the time.
const PATIENCE = 30_000;
const CASE = join(root, "tests/cases/water-2024");
export const water = JSON.parse(readFileSync(join(CASE, "request.json"), "utf8"));
export const inventory = join(CASE, "inventory.xlsx");
const systemNames = new Map(water.budget_request.systems.map((row) => [row.id, row.name]));

// The columns of each table as the grid shows them; `null` where the grid computes.
const COLUMNS = {
  systems:
    "code name online_date contract_amount protection_level deployment users service_level classified",
  infrastructure:
    "system kind name quantity method unit_value rate free_until unit_price months null null basis",
  hardware:
    "system kind name brand model quantity unit_value purchased free_until service_mode rate null null null null basis",
  software:
    "system kind name method contract_amount rate free_until person_months monthly_price null null basis",
  other: "system kind name quantity unit_price times null basis",
  cloud: "system kind spec quantity unit_price months discount null basis",
  indicators:
    "level1 level2 name nature direction operator value unit weight basis source evidence scoring",
};

// A table of the worked case as text from a spreadsheet: tabs between cells, names instead of ids.
export function asSpreadsheetText(table) {
  const rows = water.budget_request[table] ?? water.performance_targets[table];
  const text = (row, column) => {
    const value = row[column];
    if (value === null || value === undefined) return "";
    if (column === "system") return systemNames.get(value);
    return typeof value === "boolean" ? (value ? "是" : "否") : String(value);
  };
  const line = (row) => COLUMNS[table].split(" ").map((column) => text(row, column)).join("\t");
  return rows.map(line).join("\n");
}

// A person's own browser with this address open, signed in.
export async function enter(browser, server, account, path = "/", options = {}) {
  const page = await newPage(browser, { permissions: ["clipboard-read", "clipboard-write"], ...options });
  page.setDefaultTimeout(PATIENCE);
  await page.goto(server.url + path);
  await signIn(page, account, PASSWORD);
  return page;
}

export function header(page, field, form = "budget_request") {
  return page.locator(`.rq-centre [data-table="${form}"][data-row="header"][data-field="${field}"]`);
}

export function total(page, name = "total") {
  return page.locator(`.rq-totals [data-total="${name}"]`);
}

export async function open(page, section) {
  await page.locator(`[data-section="${section}"]`).click();
  await page.locator(`[data-section="${section}"][aria-current="true"]`).waitFor();
}

export async function saved(page, state = "delivered") {
  await page.locator(`[data-saved="${state}"]`).waitFor();
}

// Waits until `read` of the page answers `expected`.
export async function shows(locator, expected) {
  const found = async () => (await locator.first().textContent()) ?? "";
  const until = Date.now() + PATIENCE;
  let text = await found();
  while (text !== expected && Date.now() < until) text = await found();
  assert.equal(text, expected);
}

export function grid(page, table) {
  return page.locator(`[data-grid="${table}"]`);
}

// The cell in a row as shown, counted from 0.
export function at(page, table, row, field) {
  return grid(page, table).locator(`[data-row-index="${row}"] [data-field="${field}"]`);
}

export function rowCount(page, table) {
  return grid(page, table).locator('[data-grid-count="rows"]');
}

// Pastes with the keyboard what is on the clipboard of a spreadsheet.
export async function paste(page, text) {
  await page.evaluate((text) => navigator.clipboard.writeText(text), text);
  await page.keyboard.press("Control+v");
}

// Opens a table's part and pastes its lines from the worked case at its first cell.
export async function pasteTable(page, table) {
  await open(page, table);
  await page.locator(`[data-grid-input="${table}"]`).focus();
  await paste(page, asSpreadsheetText(table));
  const rows = water.budget_request[table] ?? water.performance_targets[table];
  await shows(rowCount(page, table), `${rows.length} 行`);
}

// Presses a command's button and confirms what it asks.
export async function command(page, verb) {
  await page.locator(`.rq-commands [data-command="${verb}"]`).click();
  await page.locator(`[data-confirm="${verb}"]`).click();
}

// The same on the pages of the offices, with the words some commands ask for; done once the question is gone.
export async function tell(page, verb, written) {
  await page.locator(`[data-command="${verb}"]`).first().click();
  if (written) await page.locator('[name="written"]').fill(written);
  await page.locator(`[data-confirm="${verb}"]`).click();
  await page.locator(`[data-confirm="${verb}"]`).waitFor({ state: "detached" });
}

export async function stage(page, word) {
  await page.locator(`.rq-stage[data-stage="${word}"]`).waitFor();
}

// A review with nothing to object to, as the page would publish it: every section looked through, the targets scored.
export async function looksThrough(page) {
  await page.evaluate(async () => {
    const path = `/api/requests/${location.pathname.split("/").pop()}/review`;
    const { standing } = await (await fetch(path)).json();
    const sheet = { points: [9, 9, 9, 9, 14, 14, 14, 14], opinion: "" };
    const acts = [...standing.unviewed.map((section) => ({ act: "view", section })), { act: "score", sheet }];
    const body = JSON.stringify({ operation: crypto.randomUUID(), acts });
    const reply = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body });
    if (!reply.ok) throw new Error(await reply.text());
  });
}
