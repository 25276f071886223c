import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import type { BlockLog } from "./block-log.ts";
import { readChecked } from "./checked-file.ts";

/** An integer of each row, in memory from the first use on. */
export class IntegerColumn {
  readonly values: Int32Array;

  constructor(path: string) {
    const { buffer, length } = readChecked(path);
    this.values = new Int32Array(buffer, 0, length / 4);
  }

  static write(path: string, log: BlockLog, field: string): void {
    const file = openSync(path, "w");
    try {
      for (const { values } of log.column(field)) {
        const bytes = Buffer.from(Int32Array.from(values as number[]).buffer);
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      }
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }

  /** Rows whose value lies in [from, to), ascending. */
  between(from: number, to: number): number[] {
    const rows: number[] = [];
    for (let row = 0; row < this.values.length; row++) {
      const value = this.values[row]!;
      if (value >= from && value < to) rows.push(row);
    }
    return rows;
  }

  /** Sets the bits of rows with one of these values. */
  mark(wanted: readonly number[], bits: Uint8Array): void {
    const values = new Set(wanted);
    for (let row = 0; row < this.values.length; row++)
      if (values.has(this.values[row]!)) bits[row >> 3]! |= 1 << (row & 7);
  }
}
