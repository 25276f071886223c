import type { OnProgress } from "../../src/terminology/progress.ts";
import { addToSample, type Sample } from "../work/sample.ts";
import { definitionDocuments, definitionVectorBlock, readDefinitionBlock } from "./definition-blocks.ts";
import type { EncoderTarget } from "./encoder-targets.ts";
import { type FillOptions, readyDocuments, readyVectors } from "./fill-collection.ts";

export interface BuildDefinitionsOptions extends FillOptions {
  /** Encoders that know definitions, each with the collection of its vectors of them. */
  targets: readonly EncoderTarget[];
  folder: string;
  parts: number;
  /** Collection of the documents. */
  collection: string;
  onProgress?: OnProgress | undefined;
  signal?: AbortSignal | undefined;
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
  const { targets, journal, shard, collection, parts } = options;
  const result: DefinitionsResult = { count: 0, sample: { ids: [], texts: [] } };
  for (let number = 0; number < parts; number++) {
    options.signal?.throwIfAborted();
    const block = await readDefinitionBlock({ folder: options.folder, number, parts }, result.count);
    result.count += block.ids.length;
    if (!shard.has(number)) continue;
    addToSample(result.sample, block);
    for (const target of targets) {
      if (journal.block(number, target.collection)) continue;
      const ready = await readyVectors(options, target, block, definitionVectorBlock(block), () => undefined);
      await ready.write();
    }
    if (!journal.block(number, collection))
      await (await readyDocuments(options, collection, definitionDocuments(block))).write();
    options.onProgress?.({ stage: "encode definitions", done: number + 1, total: parts, unit: "parts" });
  }
  return result;
}
