// The pages as a person uses them: their sections, fields, grids and commands; and the worked case as spreadsheet text.
//
// Knows the product's attributes (ARCHITECTURE.md, "Contract for tests"), so that a test reads as what is done.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root, signIn } from "./harness.mjs";

export const PASSWORD = "yunwei-2024";
const CASE = join(root, "tests/cases/water-2024");
export const water = JSON.parse(readFileSync(join(CASE, "request.json"), "utf8"));
export const inventory = join(CASE, "inventory.xlsx");
const systemNames = new Map(water.budget_request.systems.map((row) => [row.id, row.name]));

// What Chromium reports while the server is down or the network is off.
export const SERVER_DOWN = /Failed to load resource: net::ERR_(CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE|INCOMPLETE_CHUNKED_ENCODING)/;
export const OFFLINE = /Failed to load resource: net::ERR_INTERNET_DISCONNECTED/;
// What Chromium reports where the server asks for a session.
export const SIGNED_OUT = /status of 401 \(Unauthorized\)/;

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

// A table of the worked case as a spreadsheet copies it: tabs between cells, names instead of ids.
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

// A browser of this person's own, signed in, at a path.
export async function openAs(world, account, path = "/", options = {}) {
  const page = await world.newPage({ permissions: ["clipboard-read", "clipboard-write"], ...options });
  await page.goto(world.server.url + path);
  await signIn(page, account, PASSWORD);
  return page;
}

// Waits until an element's text is `expected`.
export async function expectText(locator, expected) {
  const literal = expected.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const element = locator.first();
  try {
    await element.filter({ hasText: new RegExp(`^${literal}$`) }).waitFor({ state: "attached" });
  } catch (error) {
    if (error.name !== "TimeoutError") throw error;
    assert.equal(await element.textContent(), expected);
  }
}

// Waits until exactly `expected` elements answer to the locator; the failure names how many did.
export async function expectCount(locator, expected) {
  try {
    if (expected > 0) await locator.nth(expected - 1).waitFor({ state: "attached" });
    await locator.nth(expected).waitFor({ state: "detached" });
  } catch (error) {
    if (error.name !== "TimeoutError") throw error;
    assert.equal(await locator.count(), expected);
  }
}

export function headerField(page, field, form = "budget_request") {
  return page.locator(`.rq-centre [data-table="${form}"][data-row="header"][data-field="${field}"]`);
}

export function total(page, name = "total") {
  return page.locator(`.rq-totals [data-total="${name}"]`);
}

export async function openSection(page, section) {
  await page.locator(`[data-section="${section}"]`).click();
  await page.locator(`[data-section="${section}"][aria-current="true"]`).waitFor();
}

export async function waitForSaveState(page, state = "delivered") {
  await page.locator(`[data-saved="${state}"]`).waitFor();
}

export function grid(page, table) {
  return page.locator(`[data-grid="${table}"]`);
}

export function gridInput(page, table) {
  return page.locator(`[data-grid-input="${table}"]`);
}

// A cell by its row as shown, counted from 0.
export function cell(page, table, row, field) {
  return grid(page, table).locator(`[data-row-index="${row}"] [data-field="${field}"]`);
}

export function rowCount(page, table) {
  return grid(page, table).locator('[data-grid-count="rows"]');
}

// Puts text on the clipboard, as a spreadsheet would, and pastes it with the keyboard.
export async function paste(page, text) {
  await page.evaluate((text) => navigator.clipboard.writeText(text), text);
  await page.keyboard.press("Control+v");
}

// Opens a table's section and pastes its rows of the worked case at its first cell.
export async function pasteTable(page, table) {
  await openSection(page, table);
  await gridInput(page, table).focus();
  await paste(page, asSpreadsheetText(table));
  const rows = water.budget_request[table] ?? water.performance_targets[table];
  await expectText(rowCount(page, table), `${rows.length} 行`);
}

// Presses a command of a request and confirms it.
export async function runCommand(page, verb) {
  await page.locator(`.rq-commands [data-command="${verb}"]`).click();
  await page.locator(`[data-confirm="${verb}"]`).click();
}

// Presses a command in the bar of a case, fills in the fields of its dialog by name and confirms it.
export async function runOfficeCommand(page, verb, fields = {}) {
  await page.locator(`[data-command="${verb}"]`).first().click();
  for (const [name, text] of Object.entries(fields)) {
    await page.locator(`[data-dialog="command"] [name="${name}"]`).fill(text);
  }
  await page.locator(`[data-confirm="${verb}"]`).click();
  await page.locator(`[data-confirm="${verb}"]`).waitFor({ state: "detached" });
}

// Waits until the open request is at a stage.
export async function waitForStage(page, stage) {
  await page.locator(`.rq-stage[data-stage="${stage}"]`).waitFor();
}

// Waits until the open case of another kind is at a stage.
export async function waitForCaseStage(page, stage) {
  await page.locator(`.page-head [data-stage="${stage}"]`).waitFor();
}

// Publishes a review without objections, as the page would: every section viewed, the targets scored.
export async function completeReview(page) {
  await page.evaluate(async () => {
    const path = `/api/requests/${location.pathname.split("/").pop()}/review`;
    const { progress } = await (await fetch(path)).json();
    const sheet = { points: [9, 9, 9, 9, 14, 14, 14, 14], opinion: "" };
    const acts = [...progress.unviewed.map((section) => ({ act: "view", section })), { act: "score", sheet }];
    const body = JSON.stringify({ operation: crypto.randomUUID(), acts });
    const reply = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body });
    if (!reply.ok) throw new Error(await reply.text());
  });
}

// Takes the consolidated budget from nothing to the finance department: compiled, confirmed by the leader, reported.
export async function reportConsolidatedBudget(world) {
  const reviewer = await openAs(world, "bureau.reviewer", "/consolidation");
  await reviewer.locator('[data-act="open-compilation"]').click();
  await waitForCaseStage(reviewer, "compiling");
  await runOfficeCommand(reviewer, "compile");
  await waitForCaseStage(reviewer, "bureau_confirm");
  const leader = await openAs(world, "bureau.leader", "/consolidation");
  await waitForCaseStage(leader, "bureau_confirm");
  await runOfficeCommand(leader, "confirm_compilation");
  await waitForCaseStage(leader, "confirmed");
  await runOfficeCommand(leader, "submit_to_finance");
  await waitForCaseStage(leader, "reported");
}
