import type { StringRecord } from "../src/terminology/concept.ts";
import { normalizeText } from "../src/text/normalize.ts";
import { bucketOf } from "../src/text/string-id.ts";
import type { ReleaseRecord } from "../src/vector-store/release-record.ts";
import type { VectorStore } from "../src/vector-store/vector-store.ts";

/** One string that is not the same in two releases. */
export interface StringChange {
  change: "came" | "went" | "moved";
  string: string;
  /** Concepts in the older and in the newer release. */
  before: string[];
  after: string[];
}

export interface DiffCounts {
  strings: { came: number; went: number; moved: number; same: number };
  concepts: { came: number; went: number; same: number };
}

interface Keyed {
  bucket: number;
  id: string;
  record: StringRecord;
}

/**
 * Compares two releases of a dataset. Both are read once, side by side, in the order of bucket and id in which they
 * were written, so memory does not grow with the number of strings. `onChange` gets every string that differs.
 */
export async function diffReleases(
  store: VectorStore,
  older: ReleaseRecord,
  newer: ReleaseRecord,
  onChange: (change: StringChange) => void,
): Promise<DiffCounts> {
  const strings = { came: 0, went: 0, moved: 0, same: 0 };
  const left = keyed(store, older.strings);
  const right = keyed(store, newer.strings);
  let [a, b] = [await next(left), await next(right)];
  while (a || b) {
    const order = !a ? 1 : !b ? -1 : a.bucket - b.bucket || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
    if (order < 0) {
      strings.went++;
      onChange({ change: "went", string: a!.record.text, before: cuisOf(a!), after: [] });
      a = await next(left);
    } else if (order > 0) {
      strings.came++;
      onChange({ change: "came", string: b!.record.text, before: [], after: cuisOf(b!) });
      b = await next(right);
    } else {
      const [before, after] = [cuisOf(a!), cuisOf(b!)];
      if (before.join() === after.join()) strings.same++;
      else {
        strings.moved++;
        onChange({ change: "moved", string: a!.record.text, before, after });
      }
      [a, b] = [await next(left), await next(right)];
    }
  }
  return { strings, concepts: await diffConcepts(store, older, newer) };
}

/** Concepts lie in the order of their parts; their ids alone fit in memory at the size of UMLS (3 million). */
async function diffConcepts(
  store: VectorStore,
  older: ReleaseRecord,
  newer: ReleaseRecord,
): Promise<DiffCounts["concepts"]> {
  const before = new Set<string>();
  for await (const rows of store.documents(older.concepts)) for (const { id } of rows) before.add(id);
  let [came, same] = [0, 0];
  for await (const rows of store.documents(newer.concepts)) {
    for (const { id } of rows) {
      if (before.has(id)) same++;
      else came++;
    }
  }
  return { came, went: before.size - same, same };
}

async function* keyed(store: VectorStore, collection: string): AsyncGenerator<Keyed, undefined, undefined> {
  for await (const rows of store.documents(collection)) {
    for (const { id, body } of rows) {
      const record = JSON.parse(body) as StringRecord;
      yield { bucket: bucketOf(normalizeText(record.text)), id, record };
    }
  }
  return undefined;
}

async function next(rows: AsyncGenerator<Keyed, undefined, undefined>): Promise<Keyed | undefined> {
  return (await rows.next()).value;
}

function cuisOf({ record }: Keyed): string[] {
  return record.concepts.map((concept) => concept.cui);
}
