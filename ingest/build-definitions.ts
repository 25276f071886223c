import type { OnProgress } from "../src/terminology/progress.ts";
import {
  definitionsSpec,
  definitionVectorsSpec,
  type ReleaseRecord,
} from "../src/vector-store/release-record.ts";
import type { VectorStore } from "../src/vector-store/vector-store.ts";
import { definitionDocuments, definitionVectorBlock, readDefinitionBlock } from "./definition-blocks.ts";
import { encodeBlock, latestVectors, type VectorSource } from "./encode-block.ts";
import type { EncoderTarget } from "./encoder-targets.ts";
import type { Journal } from "./journal.ts";
import type { Share } from "./share.ts";
import { addToSample, type Sample } from "./verify-release.ts";

export interface BuildDefinitionsOptions {
  store: VectorStore;
  /** Encoders that know definitions, each with the collection of its vectors of them. */
  targets: readonly EncoderTarget[];
  journal: Journal;
  folder: string;
  parts: number;
  share: Share;
  /** Releases of the dataset whose vectors may be copied. */
  records: readonly ReleaseRecord[];
  /** Collection of the documents. */
  collection: string;
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

export interface DefinitionsResult {
  /** Distinct definitions of the release, of all blocks. */
  count: number;
  sample: Sample;
}

/**
 * Fourth stage: the release's definitions, block by block, as vectors of the encoders that know them and as documents that
 * say which concepts each defines.
 */
export async function buildDefinitions(options: BuildDefinitionsOptions): Promise<DefinitionsResult> {
  const { store, targets, journal, share, collection, parts } = options;
  if (!journal.stage("definition collections")) {
    const vectors = targets.map((t) => definitionVectorsSpec(t.collection, t.pool.folder.manifest.dimension));
    // Together, as those of strings are.
    const specs = [definitionsSpec(collection), ...vectors];
    await Promise.all(specs.map((spec) => store.createCollection(spec, share.creation)));
    journal.stageDone("definition collections", true);
  }
  const filling = targets.map((target) => {
    return { ...target, earlier: earlierDefinitions(options, target.pool.folder.hash) };
  });
  const result: DefinitionsResult = { count: 0, sample: { ids: [], ordinals: [], texts: [] } };
  for (let number = 0; number < parts; number++) {
    options.signal?.throwIfAborted();
    const block = await readDefinitionBlock(options.folder, number, result.count);
    result.count += block.ids.length;
    if (!share.has(number)) continue;
    addToSample(result.sample, block);
    for (const { pool, collection: vectors, earlier } of filling) {
      if (journal.block(number, vectors)) continue;
      const made = await encodeBlock(block, pool, earlier, () => undefined);
      await store.writeBlock(vectors, definitionVectorBlock(block, made.vectors), share.writing);
      const { encoded, copied } = made;
      journal.blockDone(number, vectors, { count: block.ids.length, encoded, copied });
    }
    if (!journal.block(number, collection)) {
      await store.writeBlock(collection, definitionDocuments(block), share.writing);
      journal.blockDone(number, collection, { count: block.ids.length, encoded: 0, copied: 0 });
    }
    options.onProgress?.({ stage: "encode definitions", done: number + 1, total: parts, unit: "parts" });
  }
  return result;
}

/** Definitions of an earlier release that were encoded by just these files, the latest first. */
function earlierDefinitions(
  { store, records }: BuildDefinitionsOptions,
  hash: string,
): VectorSource | undefined {
  return latestVectors(store, records, ({ encoders, definitions }) => {
    const id = encoders.find((e) => e.hash === hash)?.id;
    return definitions?.vectors.find(({ encoder }) => encoder === id)?.collection;
  });
}
