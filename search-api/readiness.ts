import type { ReleaseRecord } from "../src/vector-store/release-record.ts";
import { HttpProblem } from "./problems/http-problem.ts";
import type { Readiness } from "./schemas/health-schema.ts";
import type { SearchBackend } from "./search-backend.ts";

// A probe every second must not keep the encoders busy.
const FRESH_MS = 5_000;

/** Whether the active releases can be searched: each is. Asking loads what searches need. */
export class ReadinessCheck {
  readonly #searcher: SearchBackend;
  readonly #now: () => number;
  #asked = 0;
  #last: { at: number; answer: Promise<Readiness> } | undefined;

  constructor(searcher: SearchBackend, now: () => number) {
    this.#searcher = searcher;
    this.#now = now;
  }

  /** Errors: those of the store; `unavailable` without a release; that of the first release when none can be searched. */
  ready(): Promise<Readiness> {
    if (!this.#last || this.#now() - this.#last.at > FRESH_MS) {
      const answer = this.#check();
      this.#last = { at: this.#now(), answer };
      answer.catch(() => {
        this.#last = undefined;
      });
    }
    return this.#last.answer;
  }

  async #check(): Promise<Readiness> {
    const active = await this.#searcher.releases.all();
    if (active.length === 0) {
      throw new HttpProblem("unavailable", "the store holds no release", { "Retry-After": "5" });
    }
    const outcomes = await Promise.allSettled(active.map((record) => this.#search(record)));
    const failed = outcomes.filter((outcome) => outcome.status === "rejected");
    if (failed.length === outcomes.length) throw failed[0]!.reason;
    const releases = active.map(({ dataset, release, encoders }, i) => ({
      dataset,
      release,
      encoders: encoders.map(({ id }) => id),
      ready: outcomes[i]!.status === "fulfilled",
    }));
    return { status: "ok", releases };
  }

  async #search({ dataset }: ReleaseRecord): Promise<void> {
    // Another text each time: of one that was asked before the vectors are known.
    await this.#searcher.search({ queries: [`ready ${this.#asked++}`], k: 1, dataset });
  }
}
