import type { StringRecord } from "../../src/terminology/concept.ts";
import { normalizeText } from "../../src/text/normalize.ts";
import { bucketOf } from "../../src/text/string-id.ts";
import type { ReleaseRecord } from "../../src/vector-store/release-record.ts";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";
import { type RetiredConcepts, successorsOf } from "./retired-concepts.ts";

/** One string that is not the same in two releases. */
export interface StringChange {
  change: "came" | "went" | "moved";
  string: string;
  /** Concepts in the older and in the newer release. */
  before: string[];
  after: string[];
}

export interface DiffCounts {
  /** `followed` are those of `moved` that went where MRCUI says that their concept went. */
  strings: { came: number; went: number; moved: number; followed: number; same: number };
  /** `followed` are those of `went` that MRCUI says were merged into one that is there. */
  concepts: { came: number; went: number; followed: number; same: number };
}

interface Keyed {
  bucket: number;
  id: string;
  record: StringRecord;
}

/**
 * Compares two releases of a dataset. Both are read once, side by side, in the order of bucket and id in which they
 * were written, so memory does not grow with the number of strings. `onChange` gets every string that differs; `retired` is
 * MRCUI of the newer release, where there is one.
 */
export async function diffReleases(
  store: VectorStore,
  older: ReleaseRecord,
  newer: ReleaseRecord,
  onChange: (change: StringChange) => void,
  retired: RetiredConcepts = new Map(),
): Promise<DiffCounts> {
  const strings = { came: 0, went: 0, moved: 0, followed: 0, same: 0 };
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
        if (isFollowed(before, after, retired)) strings.followed++;
        onChange({ change: "moved", string: a!.record.text, before, after });
      }
      [a, b] = [await next(left), await next(right)];
    }
  }
  return { strings, concepts: await diffConcepts(store, older, newer, retired) };
}

/** Whether each concept that a string had is still its, or has a successor that is. */
function isFollowed(before: readonly string[], after: readonly string[], retired: RetiredConcepts): boolean {
  const isHere = (cui: string): boolean => after.includes(cui);
  return before.every((cui) => successorsOf(cui, retired, isHere).length > 0);
}

/** Concepts lie in the order of their parts; their ids alone fit in memory at the size of UMLS (3 million). */
async function diffConcepts(
  store: VectorStore,
  older: ReleaseRecord,
  newer: ReleaseRecord,
  retired: RetiredConcepts,
): Promise<DiffCounts["concepts"]> {
  const before = new Set<string>();
  for await (const rows of store.documents(older.concepts)) for (const { id } of rows) before.add(id);
  const after = new Set<string>();
  let same = 0;
  for await (const rows of store.documents(newer.concepts)) {
    for (const { id } of rows) {
      after.add(id);
      if (before.has(id)) same++;
    }
  }
  let followed = 0;
  for (const cui of before)
    if (!after.has(cui) && successorsOf(cui, retired, (next) => after.has(next)).length > 0) followed++;
  return { came: after.size - same, went: before.size - same, followed, same };
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
