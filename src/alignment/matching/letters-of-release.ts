import type { SearchFilter } from "../../retrieval/request/search-filter.ts";
import type { StringRecord } from "../../terminology/concept.ts";
import type { ReleaseRecord } from "../../vector-store/release-record.ts";
import type { VectorStore } from "../../vector-store/vector-store.ts";
import { type IndexedString, TrigramIndex } from "./trigram-index.ts";

/** A string takes some 250 bytes: so many take half a gigabyte. */
export const MAX_INDEXED_STRINGS = 2_000_000;

/**
 * The first `limit` strings of a release by their letters, each tagged by the sources and languages of its atoms. Strings lie
 * in the order of a hash, so that a few of them tell as well how common a trigram is.
 */
export function indexLetters(
  store: VectorStore,
  release: ReleaseRecord,
  limit: number,
  signal?: AbortSignal,
): Promise<TrigramIndex> {
  return TrigramIndex.build(stringsOf(store, release, limit), signal);
}

async function* stringsOf(
  store: VectorStore,
  release: ReleaseRecord,
  limit: number,
): AsyncGenerator<IndexedString[]> {
  let left = limit;
  for await (const batch of store.documents(release.strings)) {
    yield batch.slice(0, left).map(({ id, ordinal, body }) => {
      const { text, atoms } = JSON.parse(body) as StringRecord;
      const tag = [...new Set(atoms.map(({ sab, lat }) => `${sab} ${lat}`))].sort().join("|");
      return { ref: { id, ordinal }, text, tag };
    });
    left -= batch.length;
    if (left <= 0) return;
  }
}

/** Whether a string of this tag may have an atom that passes; its record tells for sure. */
export function tagPasses(tag: string, { sab, lat }: SearchFilter): boolean {
  return tag.split("|").some((atom) => {
    const [source, language] = atom.split(" ") as [string, string];
    return (!sab?.length || sab.includes(source)) && (!lat?.length || lat.includes(language));
  });
}
