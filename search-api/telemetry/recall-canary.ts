import type { Logger } from "pino";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";
import type { Admission } from "../guards/admission.ts";
import type { SearchBackend } from "../search-backend.ts";
import type { Metrics } from "./metrics.ts";
import { faultOf } from "./request-log.ts";

export interface RecallCanaryDeps {
  searcher: SearchBackend;
  store: VectorStore;
  admission: Admission;
  metrics: Pick<Metrics, "recall">;
  log: Logger;
}

/** Texts of our own: nothing that somebody asked. */
const TEXTS = [
  "pain in the chest",
  "maladie du coeur",
  "high blood sugar",
  "mal de tête",
  "trouble breathing",
];
const NEAREST = 10;
// Equal cosines are as good as each other.
const TOLERANCE = 1e-6;

/**
 * Looks from time to time whether the indexes still find what comparing with every vector finds: an index that has gone
 * wrong answers fast and looks healthy otherwise. A look takes its turn like any search.
 */
export class RecallCanary {
  readonly #deps: RecallCanaryDeps;

  constructor(deps: RecallCanaryDeps) {
    this.#deps = deps;
  }

  /** Looks now and then every so many milliseconds, until it is disposed. */
  every(intervalMs: number): Disposable {
    const stop = new AbortController();
    const look = (): void => {
      this.look(stop.signal).catch((error: unknown) => {
        if (!stop.signal.aborted)
          this.#deps.log.warn({ fault: faultOf(error) }, "recall could not be looked at");
      });
    };
    const timer = setInterval(look, intervalMs);
    timer.unref();
    look();
    return {
      [Symbol.dispose]: () => {
        clearInterval(timer);
        stop.abort();
      },
    };
  }

  /** One look at every encoder of every active release. */
  async look(signal: AbortSignal): Promise<void> {
    const { searcher, store, admission, metrics } = this.#deps;
    for (const release of await searcher.releases.all()) {
      for (const { encoder, collection } of await searcher.retrievers(release)) {
        const { id, dimension } = encoder.folder.manifest;
        const { vectors } = await encoder.encode(TEXTS, "query");
        let found = 0;
        let wanted = 0;
        for (let i = 0; i < TEXTS.length; i++) {
          const query = vectors.subarray(i * dimension, (i + 1) * dimension);
          const [near, truth] = await admission.run(signal, async () => [
            (await store.search(collection, query, { limit: NEAREST }))[0]!,
            (await store.search(collection, query, { limit: NEAREST, exact: true }))[0]!,
          ]);
          const last = (truth.at(-1)?.cosine ?? 0) - TOLERANCE;
          found += near.filter(({ cosine }) => cosine >= last).length;
          wanted += truth.length;
        }
        if (wanted > 0) metrics.recall(release.dataset, id, Math.min(1, found / wanted));
      }
    }
  }
}
