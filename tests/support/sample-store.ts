import { join } from "node:path";
import { type IngestOptions, ingest } from "../../ingest/ingest.ts";
import { type Encoder, EncoderPool } from "../../src/encoder/encoder-pool.ts";
import { Searcher } from "../../src/retrieval/searcher.ts";
import { openStore } from "../../src/vector-store/open-store.ts";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";
import { tinyEncoder } from "./tiny-encoders.ts";

export const SAMPLE: string = join(import.meta.dirname, "..", "..", "sample");

/** Options that ingest the sample release; work and rejects go below `folder`. */
export function sampleIngest(
  folder: string,
  given: Pick<IngestOptions, "store" | "encoders"> & Partial<IngestOptions>,
): IngestOptions {
  return {
    source: join(SAMPLE, "META"),
    dataset: "sample",
    release: "1",
    provider: "cpu",
    workers: 1,
    filters: {},
    maxRejectShare: 0,
    atomsPerBlock: 300,
    mode: "new",
    dryRun: false,
    workFolder: join(folder, "work"),
    rejectsFolder: join(folder, "rejects"),
    ...given,
  };
}

export interface SampleStore extends AsyncDisposable {
  store: VectorStore;
  searcher: Searcher;
}

/** The sample release (or another, with `given.source`) in a store of its own, encoded by the two tiny encoders, and a searcher over it. */
export async function sampleStore(
  folder: string,
  url = `lancedb:${join(folder, "store")}`,
  given: Partial<IngestOptions> = {},
): Promise<SampleStore> {
  const encoders = [
    await tinyEncoder("tiny-bert", join(folder, "a"), { definitions: { from: 0.5, weight: 0.3 } }),
    await tinyEncoder("tiny-xlmr", join(folder, "b"), { standing: { by: "names", weight: 0.1 } }),
  ];
  const store = await openStore(url);
  await ingest(sampleIngest(folder, { store, encoders, atomsPerBlock: 10_000, ...given }));
  const load = { provider: "cpu", threads: 1, tokenBudget: 256 } as const;
  const pools = new Map<string, EncoderPool>();
  for (const encoder of encoders) pools.set(encoder.hash, await EncoderPool.start(encoder, 1, load));
  const encoder = async (_: string, hash: string): Promise<Encoder | undefined> => pools.get(hash);
  return {
    store,
    searcher: new Searcher({ store, encoder, known: encoders }),
    async [Symbol.asyncDispose]() {
      for (const pool of pools.values()) await pool[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}
