import { TermduetError } from "../../src/terminology/termduet-error.ts";
import type { CreateOptions, WriteOptions } from "../../src/vector-store/vector-store.ts";

/**
 * The part of a release that one of several processes ingests: every n-th block of concepts and of strings. Which rows a block
 * has depends on the source alone, so the processes need not know of each other.
 */
export class Shard {
  /** 1 to `of`. */
  readonly part: number;
  readonly of: number;

  constructor(part = 1, of = 1) {
    this.part = part;
    this.of = of;
  }

  get isWhole(): boolean {
    return this.of === 1;
  }

  get creation(): CreateOptions {
    return { keep: !this.isWhole };
  }

  get writing(): WriteOptions {
    return { besideOthers: !this.isWhole };
  }

  has(block: number): boolean {
    return block % this.of === this.part - 1;
  }
}

/** `3/8`. Errors: `usage` for anything else. */
export function parseShard(text: string): Shard {
  const [, part, of] = (/^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? []).map(Number);
  if (part === undefined || of === undefined || part < 1 || part > of)
    throw new TermduetError("usage", `--part ${text} is no part; write 3/8 for the third of eight`);
  return new Shard(part, of);
}
