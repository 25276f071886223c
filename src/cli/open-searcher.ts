import { availableParallelism } from "node:os";
import type { EncoderCatalogue } from "../encoder/catalogue.ts";
import { type Encoder, EncoderPool } from "../encoder/encoder-pool.ts";
import type { Provider } from "../encoder/providers.ts";
import { RecentQueries } from "../encoder/recent-queries.ts";
import { Searcher } from "../retrieval/searcher.ts";
import type { VectorStore } from "../vector-store/vector-store.ts";

/** Weights are read once per batch, so small batches are best for one query, and a few hundred tokens for many. */
const QUERY_TOKEN_BUDGET = 512;

export interface OpenedSearcher extends AsyncDisposable {
  searcher: Searcher;
  /** Starts, or gives, any encoder that is installed. */
  encoder: (id: string, hash: string) => Promise<Encoder | undefined>;
}

/** A searcher with one query worker per encoder, apart from any bulk work; workers start when first needed. */
export function openSearcher(
  store: VectorStore,
  catalogue: EncoderCatalogue,
  provider: Provider,
): OpenedSearcher {
  const pools = new Map<string, Promise<Encoder>>();
  const known = catalogue.list();
  const encoder = async (id: string, hash: string): Promise<Encoder | undefined> => {
    const folder = known.find((f) => f.manifest.id === id && f.hash === hash);
    if (!folder) return undefined;
    let pool = pools.get(hash);
    if (!pool) {
      const threads = Math.max(1, Math.floor(availableParallelism() / 2));
      const options = { provider, threads, tokenBudget: QUERY_TOKEN_BUDGET };
      pool = EncoderPool.start(folder, 1, options).then((started) => new RecentQueries(started));
      pools.set(hash, pool);
      pool.catch(() => pools.delete(hash));
    }
    return pool;
  };
  return {
    searcher: new Searcher({ store, encoder, known }),
    encoder,
    async [Symbol.asyncDispose]() {
      const started = await Promise.allSettled(pools.values());
      for (const result of started)
        if (result.status === "fulfilled") await result.value[Symbol.asyncDispose]();
    },
  };
}
