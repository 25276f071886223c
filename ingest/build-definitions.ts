import type { OnProgress } from "../src/terminology/progress.ts";
import {
  definitionsSpec,
  definitionVectorsSpec,
  type ReleaseRecord,
} from "../src/vector-store/release-record.ts";
import type { VectorStore } from "../src/vector-store/vector-store.ts";
import { definitionDocuments, definitionVectorBlock, readDefinitionBlock } from "./definition-blocks.ts";
import { encodeBlock, type VectorSource } from "./encode-block.ts";
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
    await store.createCollection(definitionsSpec(collection), share.creation);
    for (const { pool, collection: vectors } of targets) {
      const { dimension } = pool.folder.manifest;
      await store.createCollection(definitionVectorsSpec(vectors, dimension), share.creation);
    }
    journal.stageDone("definition collections", true);
  }
  const result: DefinitionsResult = { count: 0, sample: { ids: [], ordinals: [], texts: [] } };
  for (let number = 0; number < parts; number++) {
    options.signal?.throwIfAborted();
    const block = await readDefinitionBlock(options.folder, number, result.count);
    result.count += block.ids.length;
    if (!share.has(number)) continue;
    addToSample(result.sample, block);
    for (const { pool, collection: vectors } of targets) {
      if (journal.block(number, vectors)) continue;
      const made = await encodeBlock(
        block,
        pool,
        earlierDefinitions(options, pool.folder.hash),
        () => undefined,
      );
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
  const latestFirst = [...records].sort((a, b) => (a.ingestedAt < b.ingestedAt ? 1 : -1));
  for (const { encoders, definitions } of latestFirst) {
    const same = encoders.find((e) => e.hash === hash);
    const vectors = definitions?.vectors.find((v) => v.encoder === same?.id);
    if (vectors) return { store, collection: vectors.collection };
  }
  return undefined;
}
