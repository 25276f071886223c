import { createHash } from "node:crypto";
import type { EncoderFolder } from "../../src/encoder/encoder-manifest.ts";
import type { AtomFilterOptions } from "../../src/terminology/atom-filter.ts";
import type { ReleaseRecord } from "../../src/vector-store/release-record.ts";

/** SHA-256 (hex) of what a release holds: the source's own fingerprint and what the filters leave of it. */
export function releaseFingerprint(
  source: string,
  filters: AtomFilterOptions & { sty?: readonly string[] },
): string {
  const lists = [filters.sab, filters.lat, filters.tty].map((list) => [...(list ?? [])].sort());
  const sty = filters.sty?.length ? [filters.sty.toSorted()] : [];
  return createHash("sha256")
    .update(JSON.stringify([source, ...lists, filters.includeSuppressed ?? false, ...sty]))
    .digest("hex");
}

/** Whether an ingest of this source with these encoders would make what the record describes. */
export function isUnchanged(
  record: ReleaseRecord,
  fingerprint: string,
  encoders: readonly EncoderFolder[],
): boolean {
  const wanted = encoders.map((e) => `${e.manifest.id} ${e.hash}`).sort();
  const present = record.encoders.map((e) => `${e.id} ${e.hash}`).sort();
  if (record.fingerprint !== fingerprint || wanted.join() !== present.join()) return false;
  return encoders.every((encoder) => hasAllFor(record, encoder));
}

/** An earlier version, or an earlier `encoder.json`, may have left out what the encoder makes use of now besides its vectors. */
function hasAllFor({ standing, definitions }: ReleaseRecord, { manifest }: EncoderFolder): boolean {
  const isDefined = definitions?.vectors.some(({ encoder }) => encoder === manifest.id) ?? false;
  return (!manifest.standing || standing !== undefined) && (!manifest.definitions || isDefined);
}
