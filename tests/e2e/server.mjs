// A real server on a database of its own.
//
// Knows processes, ports and files; nothing of browsers or of the product.

import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { cpSync, existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 10_000;
// What the server prints once it listens and its database is ready.
const LISTENING = /^listening on (http:\/\/\S+)$/m;

// Starts `omfund serve` on a free port, on an empty database or on a copy of the `seed` folder; as a demonstration, or in
// `production`.
export async function startServer({ args = [], seed, production = false } = {}) {
  // Seeds are renamed into their folder, so they must be made on its file system.
  const folder = mkdtempSync(join(process.env.OMFUND_SEEDS ?? tmpdir(), "omfund-e2e-"));
  if (seed) cpSync(seed, folder, { recursive: true });
  const server = new Server(folder, args, production ? [] : ["--demo"]);
  await server.start();
  return server;
}

// Folder with the database of a fresh demonstration, to be copied for each test: filling takes seconds, copying milliseconds.
// Filled once per run and set of arguments where the run names a folder for it (OMFUND_SEEDS), else once per process.
export function seedFolder(args = []) {
  const key = args.join(" ");
  if (!seeds.has(key)) seeds.set(key, findSeed(key, args));
  return seeds.get(key);
}
const seeds = new Map();

async function findSeed(key, args) {
  const shared = process.env.OMFUND_SEEDS && join(process.env.OMFUND_SEEDS, key.replace(/[^\w.-]+/g, "_") || "plain");
  if (shared && existsSync(shared)) return shared;
  const server = await startServer({ args });
  await server.halt();
  if (!shared) {
    process.on("exit", () => rmSync(server.folder, { recursive: true, force: true }));
    return server.folder;
  }
  try {
    // A folder appears under its final name whole.
    renameSync(server.folder, shared);
  } catch (error) {
    // The process of another file was quicker.
    if (!["ENOTEMPTY", "EEXIST", "EPERM"].includes(error.code)) throw error;
    rmSync(server.folder, { recursive: true, force: true });
  }
  return shared;
}

class Server {
  folder;
  url;
  log = "";
  #args;
  #mode;
  #printed = new EventEmitter();
  #process;
  #killAtExit = () => this.#process?.kill("SIGKILL");

  constructor(folder, args, mode) {
    this.folder = folder;
    this.#mode = mode;
    this.#args = args;
    process.on("exit", this.#killAtExit);
  }

  // Starts the process; again on the same port and database after `halt`.
  async start() {
    const command = [
      "serve",
      ...this.#mode,
      "--listen",
      this.url ? new URL(this.url).host : "127.0.0.1:0",
      "--database",
      `sqlite:${join(this.folder, "omfund.sqlite")}`,
      "--assets",
      join(root, "target/dist"),
      ...this.#args,
    ];
    const child = spawn(serverBinary(), command, { cwd: this.folder, stdio: ["ignore", "pipe", "pipe"] });
    this.#process = child;
    let printed = "";
    const listening = new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("exit", (code, signal) => reject(new Error(`it ended with ${code ?? signal}`)));
      setTimeout(() => reject(new Error("it took too long")), START_TIMEOUT_MS).unref();
      const read = (text) => {
        this.log += text;
        this.#printed.emit("text");
        printed += text;
        const address = LISTENING.exec(printed);
        if (address) resolve(address[1]);
      };
      for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", read);
    });
    try {
      this.url = await listening;
    } catch (error) {
      await this.halt("SIGKILL");
      throw new Error(`the server did not start: ${error.message}\n${printed}`);
    }
  }

  // What matches in the text that the server has printed or will print.
  async match(pattern) {
    for (;;) {
      const found = pattern.exec(this.log);
      if (found) return found;
      await once(this.#printed, "text");
    }
  }

  // Ends the process and keeps the database. With "SIGKILL" as `signal` it is a crash.
  async halt(signal = "SIGTERM") {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
  }

  async restart(signal = "SIGTERM") {
    await this.halt(signal);
    await this.start();
  }

  // Ends the process and starts it with other arguments on the same port and database.
  async restartWith(args) {
    await this.halt();
    this.#args = args;
    await this.start();
  }

  // Ends the process and removes the database.
  async stop() {
    await this.halt();
    process.off("exit", this.#killAtExit);
    rmSync(this.folder, { recursive: true, force: true });
  }
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
