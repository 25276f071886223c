import type { EncoderFolder } from "../src/encoder/encoder-manifest.ts";
import { EncoderPool } from "../src/encoder/encoder-pool.ts";
import type { Provider } from "../src/encoder/providers.ts";

/** An encoder at work, and the collection that it fills. */
export interface EncoderTarget {
  pool: EncoderPool;
  collection: string;
}

export interface EncodingOptions {
  encoders: readonly EncoderFolder[];
  provider: Provider;
  /** Worker threads per encoder. */
  workers: number;
}

// Weights of a small encoder stay in the cache with a thousand tokens; a GPU wants far more at once.
const TOKEN_BUDGET = { cpu: 1024, gpu: 32_768 };

/** Starts all encoders for bulk work; they end with `stack`. */
export async function startEncoders(
  { encoders, provider, workers }: EncodingOptions,
  collectionOf: (encoder: string) => string,
  stack: AsyncDisposableStack,
): Promise<EncoderTarget[]> {
  const targets: EncoderTarget[] = [];
  const tokenBudget = provider === "cpu" ? TOKEN_BUDGET.cpu : TOKEN_BUDGET.gpu;
  for (const folder of encoders) {
    const pool = stack.use(await EncoderPool.start(folder, workers, { provider, threads: 1, tokenBudget }));
    targets.push({ pool, collection: collectionOf(folder.manifest.id) });
  }
  return targets;
}
