// A browser driven through its debugging pipe with nothing in between. For measuring memory: a driver that follows
// the network makes the page's process keep a copy of every answer it ever got, 2.4 MB for each opening of a large
// request, which no person's browser does.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { flags } from "../e2e/harness.mjs";

const LATE_MS = 20_000;
const [DEBUG_IN, DEBUG_OUT] = [3, 4];
// Virtual key codes and texts of the keys that are not digits; control is a modifier.
const KEYS = { Enter: { windowsVirtualKeyCode: 13, text: "\r" }, z: { windowsVirtualKeyCode: 90 } };
const CONTROL = 2;

export async function launch({ width, height }) {
  const folder = mkdtempSync(join(tmpdir(), "omfund-bench-"));
  const program = process.env.OMFUND_CHROMIUM ?? "/usr/bin/chromium";
  const own = ["--remote-debugging-pipe", `--user-data-dir=${folder}`, `--window-size=${width},${height}`];
  const child = spawn(program, [...flags, ...own, "about:blank"], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const waiting = new Map();
  let rest = "";
  child.stdio[DEBUG_OUT].setEncoding("utf8").on("data", (text) => {
    const messages = (rest + text).split("\0");
    rest = messages.pop();
    for (const message of messages.map((message) => JSON.parse(message))) {
      const asked = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.error) asked?.reject(new Error(`${asked.method}: ${message.error.message}`));
      else asked?.resolve(message.result);
    }
  });
  let last = 0;
  const send = (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject, method });
      child.stdio[DEBUG_IN].write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
    });
  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
  const page = new Page((method, params) => send(method, params, sessionId));
  await page.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
  const close = async () => {
    await send("Browser.close");
    await ended;
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  return { page, send, close };
}

class Page {
  constructor(send) {
    this.send = send;
  }

  async open(url, cookies) {
    for (const cookie of cookies) await this.send("Network.setCookie", cookie);
    await this.send("Page.navigate", { url });
  }

  // The value of a function in the page.
  async evaluate(asked, ...values) {
    const expression = `(${asked})(...${JSON.stringify(values)})`;
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  // Waits until there are, or are not, elements of `selector`.
  async until(selector, there = true) {
    for (const end = Date.now() + LATE_MS; Date.now() < end; await sleep(20)) {
      if ((await this.evaluate((wanted) => !!document.querySelector(wanted), selector)) === there) return;
    }
    throw new Error(`${selector} ${there ? "did not come" : "stayed"} within ${LATE_MS} ms`);
  }

  async click(selector) {
    await this.until(selector);
    const [x, y] = await this.evaluate((wanted) => {
      const element = document.querySelector(wanted);
      element.scrollIntoView({ block: "nearest", inline: "center" });
      const { left, top, width, height } = element.getBoundingClientRect();
      return [left + width / 2, top + height / 2];
    }, selector);
    for (const type of ["mousePressed", "mouseReleased"]) {
      await this.send("Input.dispatchMouseEvent", { type, x, y, button: "left", clickCount: 1 });
    }
  }

  // A digit, Enter, or a letter with control.
  async press(key, control = false) {
    const code = /\d/.test(key) ? `Digit${key}` : key.length === 1 ? `Key${key.toUpperCase()}` : key;
    const { windowsVirtualKeyCode, text } = KEYS[key] ?? { windowsVirtualKeyCode: key.charCodeAt(0), text: key };
    const event = { key, code, windowsVirtualKeyCode, modifiers: control ? CONTROL : 0 };
    const down = text ? { type: "keyDown", text, unmodifiedText: text } : { type: "rawKeyDown" };
    await this.send("Input.dispatchKeyEvent", { ...event, ...down });
    await this.send("Input.dispatchKeyEvent", { ...event, type: "keyUp" });
  }
}
