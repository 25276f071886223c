import type { EncoderFolder } from "../../src/encoder/encoder-manifest.ts";
import { EncoderPool } from "../../src/encoder/encoder-pool.ts";
import type { Provider } from "../../src/encoder/providers.ts";
import { definitionVectors, type ReleaseRecord } from "../../src/vector-store/release-record.ts";
import { encoderWorkers } from "./encoder-workers.ts";

/** An encoder at work, and the collection that it fills. */
export interface EncoderTarget {
  pool: EncoderPool;
  collection: string;
}

export interface EncodingOptions {
  encoders: readonly EncoderFolder[];
  provider: Provider;
  /** The most worker threads per encoder; left out: what cores and memory hold. On a GPU there is one unless more are asked for. */
  workers?: number | undefined;
}

/** The encoders that know definitions, each with the collection of its vectors of them. */
export function definitionTargets(
  targets: readonly EncoderTarget[],
  name: (content: string) => string,
): EncoderTarget[] {
  return targets
    .filter(({ pool }) => pool.folder.manifest.definitions)
    .map(({ pool }) => ({ pool, collection: name(definitionVectors(pool.folder.manifest.id)) }));
}

export function definitionsRecord(
  collection: string,
  count: number,
  targets: readonly EncoderTarget[],
): NonNullable<ReleaseRecord["definitions"]> {
  const vectors = targets.map((target) => {
    return { encoder: target.pool.folder.manifest.id, collection: target.collection };
  });
  return { collection, count, vectors };
}

// Weights of a small encoder stay in the cache with a thousand tokens; a GPU wants far more at once.
const TOKEN_BUDGET = { cpu: 1024, gpu: 32_768 };

/** Starts all encoders for bulk work on so many texts; they end with `stack`. */
export async function startEncoders(
  { encoders, provider, workers: asked = provider === "cpu" ? undefined : 1 }: EncodingOptions,
  texts: number,
  collectionOf: (encoder: string) => string,
  stack: AsyncDisposableStack,
): Promise<EncoderTarget[]> {
  const targets: EncoderTarget[] = [];
  const tokenBudget = provider === "cpu" ? TOKEN_BUDGET.cpu : TOKEN_BUDGET.gpu;
  const workers = encoderWorkers({ encoders, texts, asked });
  for (const folder of encoders) {
    const pool = stack.use(await EncoderPool.start(folder, workers, { provider, threads: 1, tokenBudget }));
    targets.push({ pool, collection: collectionOf(folder.manifest.id) });
  }
  return targets;
}
