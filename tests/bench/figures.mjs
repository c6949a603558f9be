// How a figure is told: one JSON line on standard output, which `cargo xtask bench` puts into the table.

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

// `holds`: whether the target is met; undefined where there is none.
export function report(part, what, target, measured, holds) {
  console.log(JSON.stringify({ part, what, target, measured, holds: holds ?? null }));
}

// Times in milliseconds against the most their 95th percentile may be.
export function reportTimes(part, what, times, most) {
  const target = most === undefined ? "–" : `p95 ≤ ${most} ms`;
  report(part, what, target, spread(times), most === undefined ? undefined : percentile(times, 95) <= most);
}

// Median and 95th percentile, with how many there were.
export function spread(times) {
  return `${shown(percentile(times, 50))} / ${shown(percentile(times, 95))} ms (n = ${times.length})`;
}

export function percentile(values, percent) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * percent) / 100) - 1)];
}

export function median(values) {
  return percentile(values, 50);
}

function shown(milliseconds) {
  return milliseconds < 10 ? milliseconds.toFixed(2) : milliseconds.toFixed(1);
}
