import { TermduetError } from "../../terminology/termduet-error.ts";
import { activeReleases, type ReleaseRecord } from "../../vector-store/release-record.ts";
import type { VectorStore } from "../../vector-store/vector-store.ts";

// A switch of releases is seen within this time; reading the aliases for every query would cost a call each.
const FRESH_MS = 1000;

/** Which release of which dataset a search goes to. */
export class ActiveReleaseLookup {
  readonly #store: VectorStore;
  readonly #now: () => number;
  #known: { at: number; records: Promise<ReleaseRecord[]> } | undefined;

  constructor(store: VectorStore, now: () => number = Date.now) {
    this.#store = store;
    this.#now = now;
  }

  /** Errors: `not-found` for an empty store or an unknown dataset, `usage` when the dataset must be named. */
  async resolve(dataset: string | undefined): Promise<ReleaseRecord> {
    const records = await this.all();
    if (records.length === 0) {
      throw new TermduetError(
        "not-found",
        `the store ${this.#store.url} holds no release; run \`termduet ingest SOURCE --dataset D --release R\``,
      );
    }
    const names = records.map((r) => r.dataset).join(", ");
    if (dataset === undefined) {
      if (records.length === 1) return records[0]!;
      throw new TermduetError(
        "usage",
        `the store holds several datasets (${names}); name the one that you mean (dataset)`,
      );
    }
    const record = records.find((r) => r.dataset === dataset);
    if (!record)
      throw new TermduetError(
        "not-found",
        `there is no dataset ${dataset} in ${this.#store.url}; it holds ${names}`,
      );
    return record;
  }

  /** Looks again at the next call: what was known has proved to be out of date. */
  forget(): void {
    this.#known = undefined;
  }

  all(): Promise<ReleaseRecord[]> {
    const now = this.#now();
    if (!this.#known || now - this.#known.at > FRESH_MS) {
      const records = activeReleases(this.#store);
      this.#known = { at: now, records };
      records.catch(() => {
        this.#known = undefined;
      });
    }
    return this.#known.records;
  }
}
