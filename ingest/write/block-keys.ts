import { BUCKETS } from "../../src/text/string-id.ts";
import type { BlockKeys } from "../../src/vector-store/vector-store.ts";

// A key is a whole number that a float64 holds: 16 bits of bucket, 37 of the id.
const ID_BITS = 37;
const KEYS_PER_BUCKET = 2 ** ID_BITS;

/**
 * A number for each text that is the same in every release: its bucket, then the first bits of its id, so that the order of
 * keys is that of bucket and id. Where two would share a number, which happens in one of some sixty releases of 17 million
 * texts, the later takes the next.
 */
export function blockKeys(
  ids: readonly string[],
  buckets: readonly number[],
  number: number,
  parts: number,
): BlockKeys {
  const of: number[] = [];
  for (const [i, id] of ids.entries()) {
    const first40 = Number.parseInt(id.slice(0, 8) + id.slice(9, 11), 16);
    const key = buckets[i]! * KEYS_PER_BUCKET + Math.floor(first40 / 2 ** (40 - ID_BITS));
    of.push(Math.max((of.at(-1) ?? -1) + 1, key));
  }
  const start = (part: number): number => Math.ceil((part * BUCKETS) / parts) * KEYS_PER_BUCKET;
  return { of, from: start(number), to: start(number + 1) };
}
