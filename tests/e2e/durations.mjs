// Reporter of node:test: one JSON object a line for each test, which `cargo xtask test` lists the slowest from.

import { basename } from "node:path";

export default async function* durations(events) {
  for await (const { type, data } of events) {
    const isTest = type === "test:pass" || type === "test:fail";
    if (!isTest || data.nesting > 0 || data.skip !== undefined) continue;
    const file = basename(data.file ?? "", ".test.mjs");
    yield `${JSON.stringify({ file, name: data.name, ms: Math.round(data.details.duration_ms) })}\n`;
  }
}
