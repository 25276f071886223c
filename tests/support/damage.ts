import { readFileSync, writeFileSync } from "node:fs";

/** Turns a byte of a file into another, as a failing disk does. */
export function flipped(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at % bytes.length]! ^= 0x55;
  writeFileSync(path, bytes);
}
