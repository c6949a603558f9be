// What every journey stands on: a real server on a fresh database, a real Chromium, real keys.
//
// Apart from the journeys so that they read as what a person does. `cargo xtask test browser` builds the bundle and
// the server first and says where they are (OMFUND_BIN, OMFUND_CHROMIUM).

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

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

// Starts `omfund serve --demo` on a free port with a database of its own.
// `restart()` stops it and starts it again on the same port and database; `stop()` also removes the database.
export async function startServer({ args = [], database } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "omfund-journey-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const command = [
    "serve",
    "--demo",
    "--listen",
    `127.0.0.1:${port}`,
    "--database",
    database ?? `sqlite:${join(folder, "omfund.sqlite")}`,
    "--assets",
    join(root, "target/dist"),
    ...args,
  ];
  let running = await ready(command, folder, url);
  const killAtExit = () => running?.child.kill("SIGKILL");
  process.on("exit", killAtExit);
  return {
    url,
    folder,
    log: () => running?.log() ?? "",
    // With "SIGKILL" as `signal` it is a crash.
    async halt(signal = "SIGTERM") {
      if (running) await end(running.child, signal);
      running = undefined;
    },
    async restart(signal = "SIGTERM") {
      await this.halt(signal);
      running = await ready(command, folder, url);
    },
    async stop() {
      await this.halt();
      process.off("exit", killAtExit);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function ready(command, folder, url) {
  const child = spawn(serverBinary(), command, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => (log += text));
  }
  let failure;
  child.on("error", (error) => (failure = error.message));
  const until = Date.now() + 60_000;
  while (Date.now() < until && !failure && child.exitCode === null) {
    const answer = await fetch(`${url}/healthz`).catch(() => undefined);
    if (answer?.ok) return { child, log: () => log };
    await sleep(50);
  }
  child.kill("SIGKILL");
  throw new Error(`the server did not start: ${failure ?? `exit code ${child.exitCode}`}\n${log}`);
}

async function end(child, signal) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await ended;
  clearTimeout(late);
}

function serverBinary() {
  const candidates = [
    process.env.OMFUND_BIN,
    join(root, "target/debug/omfund"),
    join(root, "target/release/omfund"),
  ];
  const found = candidates.find((candidate) => candidate && existsSync(candidate));
  if (!found) throw new Error("no server binary; run: cargo xtask test browser");
  return found;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

// A Chromium with a fresh profile. Close it when done.
export function launch() {
  const executablePath = process.env.OMFUND_CHROMIUM ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, args: flags });
}

// What the browser says of a request that did not come through: what comes of it is for the page to show. A page that is left
// while a part of the program is on its way is the usual reason.
const UNFETCHED = [
  /^Failed to load resource/,
  /^TypeError: Failed to fetch\s+at \S+\/assets\/parts-/,
  /^TypeError: WebAssembly compilation aborted: Network error: Response body loading was aborted/,
];

// A page of its own person: own cookies, own local storage. What goes wrong on it is kept in `page.troubles`:
// script errors and everything the content security policy blocked.
export async function newPage(browser, { width = 1280, height = 800, ...options } = {}) {
  const context = await browser.newContext({
    viewport: { width, height },
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.troubles = [];
  page.on("pageerror", (error) => page.troubles.push(String(error)));
  page.on("console", (message) => {
    const text = message.text();
    if (message.type() === "error" && !UNFETCHED.some((said) => said.test(text))) page.troubles.push(text);
  });
  return page;
}

// Signs in as a person does: account, Tab, password, Enter.
export async function signIn(page, account, password) {
  await page.locator('input[name="account"]').click();
  await page.keyboard.type(account);
  await page.keyboard.press("Tab");
  await page.keyboard.type(password);
  await page.keyboard.press("Enter");
  await page.locator('input[name="password"]').waitFor({ state: "detached" });
}

// Presses keys one after another, as "Control+c" or "ArrowDown".
export async function press(page, ...keys) {
  for (const key of keys) await page.keyboard.press(key);
}

// A picture of the page in target/screenshots/.
export async function screenshot(page, name, options = {}) {
  const folder = join(root, "target/screenshots");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path, ...options });
  return path;
}

export function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
