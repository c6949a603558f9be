// A device that shows one-time codes.

import { createHmac } from "node:crypto";

// The code that a device shows `steps` steps of 30 s from now (RFC 6238).
export function shown(secret, steps = 0) {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((letter) => letters.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const mac = createHmac("sha1", key).update(step).digest();
  const value = mac.readUInt32BE(mac.at(-1) & 15) & 0x7fffffff;
  return String(value % 1_000_000).padStart(6, "0");
}
