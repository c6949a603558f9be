// An e2e test: a real server, a real Chromium, real keys, and a world of its own.
//
// Each test has its own server, database and browser contexts, so tests depend on no order. `cargo xtask test browser` builds the
// bundle and the server first and says where they are (OMFUND_BIN, OMFUND_CHROMIUM).

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test as nodeTest } from "node:test";
import { launch, newContext, troublesOf } from "./browser.mjs";
import { root, seedFolder, startServer } from "./server.mjs";

export { flags, launch, leaveFor, newPage } from "./browser.mjs";
export { root, startServer } from "./server.mjs";

// A test that hangs still has to leave its evidence.
const TEST_TIMEOUT_MS = 10 * 60_000;

// Defines a test. `play` gets a `World`; `server` are arguments of the server besides the usual ones. In `production` the
// database is empty and the clock real.
//
// The test also fails on any trouble of its pages (browser.mjs) that it did not expect. A test that fails leaves screenshots,
// traces and the server's log in `target/failures/<name>`.
export function test(name, options, play) {
  if (typeof options === "function") [options, play] = [{}, options];
  shareBrowser();
  nodeTest(name, async (t) => {
    const world = new World(t);
    const evidence = join(root, "target/failures", name.replace(/[^\p{L}\p{N}.]+/gu, "-").slice(0, 100));
    rmSync(evidence, { recursive: true, force: true });
    try {
      await world.open(options);
      await withTimeout(play(world));
      world.checkTroubles();
    } catch (error) {
      await world.saveEvidence(evidence, error);
      t.diagnostic(`evidence: ${evidence}`);
      throw error;
    } finally {
      await world.close();
    }
  });
}

class World {
  server;
  browser;
  #t;
  #contexts = [];
  #expected = [];

  constructor(t) {
    this.#t = t;
  }

  async open({ server: args = [], production = false }) {
    this.browser = await sharedBrowser();
    const seed = production ? undefined : await seedFolder(args);
    this.server = await startServer({ args, seed, production });
  }

  // A page of a person nobody knows yet: own cookies, own storage.
  newPage = async (options) => {
    const context = await newContext(this.browser, options);
    this.#contexts.push(context);
    // Without DOM snapshots, which cost 30 ms per key on a page of 3 000 elements; pictures cost 1 ms.
    await context.tracing.start({ screenshots: true });
    return context.newPage();
  };

  // Troubles that match are part of this test.
  expectTrouble = (...patterns) => {
    this.#expected.push(...patterns);
  };

  // A named part of a long test, reported with its own duration; the test ends with the first that fails.
  step = async (name, play) => {
    let failure;
    await this.#t.test(name, async () => {
      try {
        await play();
      } catch (error) {
        failure = error;
        throw error;
      }
    });
    if (failure) throw new Error(`step failed: ${name}`, { cause: failure });
  };

  #troubles() {
    const all = this.#contexts.flatMap(troublesOf);
    return all.filter((trouble) => !this.#expected.some((pattern) => pattern.test(trouble)));
  }

  checkTroubles() {
    const troubles = this.#troubles();
    if (troubles.length > 0) throw new Error(`trouble on the pages:\n${troubles.join("\n")}`);
  }

  async saveEvidence(folder, error) {
    mkdirSync(folder, { recursive: true });
    const cause = error.cause ? `\n\ncaused by: ${error.cause.stack ?? error.cause}` : "";
    writeFileSync(join(folder, "error.txt"), `${error.stack ?? error}${cause}\n`);
    writeFileSync(join(folder, "troubles.txt"), this.#troubles().map((trouble) => `${trouble}\n`).join(""));
    writeFileSync(join(folder, "server.log"), this.server?.log ?? "");
    for (const [n, context] of this.#contexts.entries()) {
      for (const [m, page] of context.pages().entries()) {
        // A page that crashed or is gone has no picture; the others still do.
        await page.screenshot({ path: join(folder, `context-${n + 1}-page-${m + 1}.png`), timeout: 5_000 }).catch(() => {});
      }
      await context.tracing.stop({ path: join(folder, `context-${n + 1}-trace.zip`) }).catch(() => {});
    }
  }

  async close() {
    await Promise.all(this.#contexts.map((context) => context.close().catch(() => {})));
    await this.server?.stop();
  }
}

// One Chromium for all tests of a file; contexts keep them apart.
let chromium;

async function sharedBrowser() {
  if (!chromium?.isConnected()) chromium = await launch();
  return chromium;
}

function shareBrowser() {
  if (shareBrowser.isDone) return;
  shareBrowser.isDone = true;
  after(() => chromium?.close());
}

async function withTimeout(play) {
  let timer;
  const timeout = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not finished after ${TEST_TIMEOUT_MS / 60_000} minutes`)), TEST_TIMEOUT_MS);
  });
  try {
    await Promise.race([play, timeout]);
  } finally {
    clearTimeout(timer);
  }
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

// Saves a picture of the page as target/screenshots/<name>.png.
export async function screenshot(page, name, options = {}) {
  const folder = join(root, "target/screenshots");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path, ...options });
  return path;
}
