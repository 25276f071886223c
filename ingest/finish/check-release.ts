import { TermduetError } from "../../src/terminology/termduet-error.ts";
import { collectionsOf, type ReleaseRecord } from "../../src/vector-store/release-record.ts";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";
import { verifyCount } from "./verify-release.ts";

export interface CheckedRelease {
  damages: string[];
  mended: string[];
  /** Collections of an earlier version, whose files have no checksums. */
  unchecked: string[];
}

/** Reads all of a release against its checksums, and mends what can be made again. */
export async function checkRelease(store: VectorStore, record: ReleaseRecord): Promise<CheckedRelease> {
  const found: CheckedRelease = { damages: [], mended: [], unchecked: [] };
  for (const { spec, count } of collectionsOf(record)) {
    try {
      const integrity = await store.integrity?.(spec.name);
      found.damages.push(...(integrity?.damages ?? []));
      found.mended.push(...(integrity?.mended ?? []));
      if (integrity?.checked === false) found.unchecked.push(spec.name);
      if (!integrity?.damages.length) await verifyCount(store, spec.name, count);
    } catch (error) {
      if (!(error instanceof TermduetError)) throw error;
      found.damages.push(error.message);
    }
  }
  return found;
}

/** Errors: `bad-input` for a release that is not whole, naming the first damage and what mends it. */
export async function requireWhole(store: VectorStore, record: ReleaseRecord): Promise<void> {
  const { damages } = await checkRelease(store, record);
  if (damages.length === 0) return;
  const { dataset, release } = record;
  const more = damages.length > 1 ? ` (and ${damages.length - 1} more)` : "";
  throw new TermduetError(
    "bad-input",
    `${dataset} ${release} is in the store, but not whole: ${damages[0]}${more}; ingest it again with --restart`,
  );
}
