import type { OnProgress } from "../src/terminology/progress.ts";
import {
  definitionsSpec,
  definitionVectorsSpec,
  type ReleaseRecord,
} from "../src/vector-store/release-record.ts";
import type { Block, VectorStore } from "../src/vector-store/vector-store.ts";
import { definitionDocuments, definitionVectorBlock, readDefinitionBlock } from "./definition-blocks.ts";
import type { EncoderTarget } from "./encoder-targets.ts";
import { beginCollections, latestCollection, readyDocuments, readyVectors } from "./fill-collection.ts";
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
  const { targets, journal, share, collection, parts, records } = options;
  const filling = targets.map((target) => {
    const { hash, manifest } = target.pool.folder;
    const earlier = latestCollection(records, (record) => vectorsOfDefinitions(record, hash));
    return { ...target, spec: definitionVectorsSpec(target.collection, manifest.dimension), earlier };
  });
  const documents = {
    spec: definitionsSpec(collection),
    earlier: latestCollection(records, ({ definitions }) => definitions?.collection),
  };
  const copied = await beginCollections(options, "definition collections", [documents, ...filling]);
  const fill = { ...options, copied };
  const result: DefinitionsResult = { count: 0, sample: { ids: [], texts: [] } };
  for (let number = 0; number < parts; number++) {
    options.signal?.throwIfAborted();
    const block = await readDefinitionBlock({ folder: options.folder, number, parts }, result.count);
    result.count += block.ids.length;
    if (!share.has(number)) continue;
    addToSample(result.sample, block);
    for (const target of filling) {
      if (journal.block(number, target.collection)) continue;
      const contents = (vectors?: Float32Array): Block => definitionVectorBlock(block, vectors);
      const ready = await readyVectors(fill, target, target.earlier, block, contents, () => undefined);
      await ready.write();
    }
    if (!journal.block(number, collection))
      await (await readyDocuments(fill, collection, definitionDocuments(block))).write();
    options.onProgress?.({ stage: "encode definitions", done: number + 1, total: parts, unit: "parts" });
  }
  return result;
}

/** A release's definitions as vectors of the encoder of just these files. */
function vectorsOfDefinitions({ encoders, definitions }: ReleaseRecord, hash: string): string | undefined {
  const id = encoders.find((e) => e.hash === hash)?.id;
  return definitions?.vectors.find(({ encoder }) => encoder === id)?.collection;
}
